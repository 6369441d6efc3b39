"""Compute the fees of a payment, exact to the last minor unit.

`quote()` returns the platform fee, the marketplace's commission and the total that the buyer pays.
Every amount is an `int` in minor units: 150_000_000 kobo are ₦1,500,000. `quote()` computes
in integers only, and rounds each fee once, half up by default. Ambiguous input is rejected. The
error names the rejected value, the accepted values and a remedy.

>>> from kashia_money import quote
>>> link = quote(150_000_000, merchant_fee_percentage=2)
>>> link.platform_fee, link.merchant_fee, link.total_amount
(2250000, 3000000, 155250000)

A `FeeSchedule` holds the rules for a currency, and `PUBLISHED` has the schedule for NGN. Other
functions convert and format amounts, explain fees, split amounts and check documents.
`kashia_money.javascript` writes a schedule as a JavaScript module for web pages. Four modules need
an extra, such as `pip install 'kashia_money[arrays]'`:

- `kashia_money.arrays` (extra `arrays`): quotes for NumPy columns.
- `kashia_money.frames` (extra `frames`): fee columns for data frames (pandas, Polars, Spark).
- `kashia_money.pydantic` (extra `pydantic`): fields for Pydantic models.
- `kashia_money.strategies` (extra `test`): Hypothesis strategies for tests.
"""

# This module loads only parts of the standard library that load fast. Functions import py-moneyed
# and Babel when they use them. So the module needs no `__getattr__`, which would slow every name.

from ._core.allocation import allocate, split_refund
from ._core.currencies import exponent
from ._core.explanation import FeeExplanation, FeePart
from ._core.fields import Tier
from ._core.published import PUBLISHED, quote
from ._core.quotes import FeeSchedule, Quote, Settlement
from ._core.rounding import Rounding
from ._core.rules import Breakpoints, FeeRule, commission
from ._display.describe import describe
from ._display.money import format_minor, from_minor, parse_minor, to_minor
from ._documents.consistency import Discrepancy
from ._documents.discrepancies import discrepancies
from ._documents.requests import quote_from_request
from ._documents.totals import Totals, totals
from .errors import (
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidColumnError,
    InvalidCurrencyError,
    InvalidDocumentError,
    InvalidLocaleError,
    InvalidPercentageError,
    InvalidRatioError,
    InvalidRoundingError,
    InvalidRuleError,
    KashiaMoneyError,
    MissingScheduleError,
    NoMinorUnitError,
    NotAMarketplaceError,
    UnreachableTotalError,
)

__version__ = "0.2.0"

COMPILED = not hasattr(quote, "__code__")
"""True if the compiled core runs. Pure Python computes the same figures."""

if not COMPILED:  # pragma: no branch  # a compiled build is not measured
    from ._core.pure import build_values_in_new

    build_values_in_new()

__all__ = [
    "PUBLISHED",
    "Breakpoints",
    "CurrencyMismatchError",
    "Discrepancy",
    "FeeExplanation",
    "FeePart",
    "FeeRule",
    "FeeSchedule",
    "InvalidAmountError",
    "InvalidColumnError",
    "InvalidCurrencyError",
    "InvalidDocumentError",
    "InvalidLocaleError",
    "InvalidPercentageError",
    "InvalidRatioError",
    "InvalidRoundingError",
    "InvalidRuleError",
    "KashiaMoneyError",
    "MissingScheduleError",
    "NoMinorUnitError",
    "NotAMarketplaceError",
    "Quote",
    "Rounding",
    "Settlement",
    "Tier",
    "Totals",
    "UnreachableTotalError",
    "allocate",
    "commission",
    "describe",
    "discrepancies",
    "exponent",
    "format_minor",
    "from_minor",
    "parse_minor",
    "quote",
    "quote_from_request",
    "split_refund",
    "to_minor",
    "totals",
]


def _set_public_module() -> None:
    """Set the module of each public name, so that reprs and pickles name no private file."""
    for name in __all__:
        value = globals().get(name)
        if callable(value):
            value.__module__ = __name__


_set_public_module()
