"""What a payment costs, to the last minor unit.

Importing this loads the core alone, which needs nothing outside the standard library. The names that need a third
party, or more than most callers do, are loaded at their first use.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from . import rounding as _rounding
from .allocation import allocate, split_refund
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
    InvalidRuleError,
    KashiaMoneyError,
    MissingScheduleError,
    NoMinorUnitError,
    UnreachableTotalError,
)
from .explanation import Part, Step
from .fees import FeeRule, commission
from .quotes import Quote, Settlement
from .rounding import Rounding
from .rules import Breakpoints, Rule
from .schedules import PUBLISHED, FeeSchedule, quote
from .tiers import Tier, TieredRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from .money import format_minor, from_minor, parse_minor, to_minor
    from .payloads import Discrepancy, Totals, quote_request, totals, verify
    from .sentences import describe

__version__ = "0.1.0"

COMPILED = not _rounding.__file__.endswith(".py")
"""Whether the core runs compiled; it computes the same either way."""


def _build_in_new(kind: type, initialize: Callable[..., None]) -> None:
    """Make a class build its values in `__new__`, as compiled ones do: calling `__init__` again changes nothing."""

    @wraps(initialize)
    def build(cls: type, *arguments: object, **named: object) -> object:
        value: object = object.__new__(cls)
        initialize(value, *arguments, **named)
        return value

    # A quote is built often, and so without the detour over `*arguments`.
    @wraps(initialize)
    def build_quote(
        cls: type,
        amount: object,
        schedule: object,
        merchant_fee_percentage: object = None,
        merchant_fee_cap: object = None,
    ) -> object:
        value: object = object.__new__(cls)
        initialize(value, amount, schedule, merchant_fee_percentage, merchant_fee_cap)
        return value

    kind.__new__ = build_quote if kind is Quote else build  # type: ignore[assignment, method-assign]
    kind.__init__ = object.__init__  # type: ignore[misc]  # it is this class's


for _kind in () if COMPILED else (FeeRule, TieredRule, FeeSchedule, Quote):
    _build_in_new(_kind, _kind.__init__)

__all__ = [
    "COMPILED",
    "PUBLISHED",
    "Breakpoints",
    "CurrencyMismatchError",
    "Discrepancy",
    "FeeRule",
    "FeeSchedule",
    "InvalidAmountError",
    "InvalidColumnError",
    "InvalidCurrencyError",
    "InvalidDocumentError",
    "InvalidLocaleError",
    "InvalidPercentageError",
    "InvalidRatioError",
    "InvalidRuleError",
    "KashiaMoneyError",
    "MissingScheduleError",
    "NoMinorUnitError",
    "Part",
    "Quote",
    "Rounding",
    "Rule",
    "Settlement",
    "Step",
    "Tier",
    "TieredRule",
    "Totals",
    "UnreachableTotalError",
    "allocate",
    "commission",
    "describe",
    "exponent",
    "format_minor",
    "from_minor",
    "parse_minor",
    "quote",
    "quote_request",
    "split_refund",
    "to_minor",
    "totals",
    "verify",
]

_LAZY = {
    **dict.fromkeys(("format_minor", "from_minor", "parse_minor", "to_minor"), "money"),
    "describe": "sentences",
    **dict.fromkeys(("Discrepancy", "Totals", "quote_request", "totals", "verify"), "payloads"),
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        value: object = getattr(import_module(f".{_LAZY[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
