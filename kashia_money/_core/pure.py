"""Pure Python's classes as strict as compiled ones: they build a value in `__new__`, and `__init__` changes nothing.

So a value never changes after it is made, and there is no half-made one, on both builds. To write
`__new__` in the classes themselves would cost a compiled quote two thirds more.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from .quotes import FeeSchedule, Quote
from .rules import FeeRule

if TYPE_CHECKING:
    from collections.abc import Callable


def build_values_in_new() -> None:
    """Change the classes of this process; for a pure build only, once, before a value is made by a user.

    >>> from kashia_money import quote
    >>> link = quote(5)
    >>> link.__init__(7, link.schedule)  # or for a compiled build, where this is so already
    >>> link.amount
    5
    """
    for kind in (FeeRule, FeeSchedule, Quote):
        initialize: Callable[..., None] = kind.__init__
        maker = _quote_maker(initialize) if kind is Quote else _maker(initialize)
        kind.__new__ = maker  # type: ignore[assignment, method-assign]
        kind.__init__ = object.__init__  # type: ignore[assignment, method-assign]


def _maker(initialize: Callable[..., None]) -> Callable[..., object]:
    @wraps(initialize)
    def build(cls: type, *arguments: object, **named: object) -> object:
        value: object = object.__new__(cls)
        initialize(value, *arguments, **named)
        return value

    return build


def _quote_maker(initialize: Callable[..., None]) -> Callable[..., object]:
    """Return the same for a quote, whose arguments are passed faster by position."""

    @wraps(initialize)
    def build(
        cls: type,
        amount: object,
        schedule: object,
        merchant_fee_percentage: object = None,
        merchant_fee_cap: object = None,
    ) -> object:
        value: object = object.__new__(cls)
        initialize(value, amount, schedule, merchant_fee_percentage, merchant_fee_cap)
        return value

    return build
