"""What a payment costs, to the last minor unit.

Importing this loads the core alone, which needs nothing outside the standard library. The names that need a third
party are loaded at their first use.
"""

from typing import TYPE_CHECKING

from . import rounding as _rounding
from .currencies import exponent
from .errors import (
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidColumnError,
    InvalidCurrencyError,
    InvalidLocaleError,
    InvalidPercentageError,
    InvalidRuleError,
    KashiaMoneyError,
    MissingScheduleError,
    NoMinorUnitError,
)
from .fees import FeeRule, commission
from .quotes import Quote
from .rounding import Rounding
from .schedules import PUBLISHED, FeeSchedule, quote

if TYPE_CHECKING:
    from .money import format_minor, from_minor, parse_minor, to_minor

__version__ = "0.1.0"

COMPILED = not _rounding.__file__.endswith(".py")
"""Whether the core runs compiled; it computes the same either way."""

__all__ = [
    "COMPILED",
    "PUBLISHED",
    "CurrencyMismatchError",
    "FeeRule",
    "FeeSchedule",
    "InvalidAmountError",
    "InvalidColumnError",
    "InvalidCurrencyError",
    "InvalidLocaleError",
    "InvalidPercentageError",
    "InvalidRuleError",
    "KashiaMoneyError",
    "MissingScheduleError",
    "NoMinorUnitError",
    "Quote",
    "Rounding",
    "commission",
    "exponent",
    "format_minor",
    "from_minor",
    "parse_minor",
    "quote",
    "to_minor",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        from . import money

        value: object = getattr(money, name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
