"""What a payment costs, to the last minor unit.

Importing this loads no third party: py-moneyed, Babel and slow parts of the standard library are imported in the
functions that use them. So no name needs a `__getattr__` of the module, which would slow every use of the others.
"""

from . import rounding as _rounding
from .allocation import allocate, split_refund
from .consistency import Discrepancy
from .currencies import exponent
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
from .explanation import FeeExplanation, FeePart
from .fields import Tier
from .money import format_minor, from_minor, parse_minor, to_minor
from .payloads import Totals, discrepancies, quote_from_request, totals
from .published import PUBLISHED, quote
from .quotes import FeeSchedule, Quote, Settlement
from .rounding import Rounding
from .rules import Breakpoints, FeeRule, commission
from .sentences import describe

__version__ = "0.2.0"

COMPILED = not _rounding.__file__.endswith(".py")
"""Whether the core runs compiled; it computes the same either way."""

if not COMPILED:  # pragma: no branch  # a compiled build is not measured
    from .pure import build_values_in_new

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
