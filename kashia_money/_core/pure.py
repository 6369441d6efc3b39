"""Makes the classes of a pure Python build as strict as those of a compiled build.

In a compiled build, `__new__` builds the complete value, and a second call of `__init__` changes
nothing. This module gives pure Python the same behaviour. So in both builds, values never change
and are never incomplete. A `__new__` in the classes themselves would make a compiled quote two
thirds slower.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from .quotes import FeeSchedule, Quote
from .rules import FeeRule

if TYPE_CHECKING:
    from collections.abc import Callable


def build_values_in_new() -> None:
    """Change the classes of this process: `__new__` builds the value, and `__init__` does nothing.

    Call this once, only in a pure build, before a user creates a value.

    >>> from kashia_money import quote
    >>> link = quote(5)
    >>> link.__init__(7, link.schedule)  # the same in a compiled build
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
    """Return the maker of quotes: positional arguments, because they are faster."""

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
