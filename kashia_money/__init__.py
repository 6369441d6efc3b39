"""What a payment costs, to the last minor unit.

Importing this loads no third party: py-moneyed, Babel and slow parts of the standard library are
imported in the functions that use them. So no name needs a `__getattr__` of the module, which would
slow every use of the others.
"""

from ._core import rounding as _rounding
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

COMPILED = not _rounding.__file__.endswith(".py")
"""Whether the core runs compiled; it computes the same either way."""

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


def _say_public_module() -> None:
    """Let reprs and pickles name this module, and not the private file that a name is defined in."""
    for name in __all__:
        value = globals().get(name)
        if callable(value):
            value.__module__ = __name__


_say_public_module()
