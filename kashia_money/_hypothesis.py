"""Register this library's types with Hypothesis, so that `st.from_type(Quote)` needs no setup.

Hypothesis calls `register()` through an entry point while it is being imported. The import may come
from `strategies`, so `register()` must not import that module. Tests that draw no quote load only
the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from ._core.quotes import FeeSchedule, Quote
    from ._core.rules import FeeRule


def register() -> None:
    """Register a strategy for each type of this library that tests draw.

    >>> from hypothesis import given, strategies as st
    >>> from kashia_money import Quote
    >>> register()  # Hypothesis has done so by itself
    >>> @given(st.from_type(Quote))
    ... def test_seller_gets_the_base(quote):
    ...     assert quote.seller_amount == quote.amount
    >>> test_seller_gets_the_base()
    """
    from hypothesis.strategies import register_type_strategy

    from ._core.quotes import FeeSchedule, Quote
    from ._core.rules import FeeRule

    register_type_strategy(FeeRule, _rules)
    register_type_strategy(FeeSchedule, _schedules)
    register_type_strategy(Quote, _quotes)


def _rules(_: type[FeeRule]) -> SearchStrategy[FeeRule]:
    from .strategies import rules

    return rules()


def _schedules(_: type[FeeSchedule]) -> SearchStrategy[FeeSchedule]:
    from .strategies import schedules

    return schedules()


def _quotes(_: type[Quote]) -> SearchStrategy[Quote]:
    from .strategies import quotes

    return quotes()
