"""What Hypothesis calls when it is imported, by its entry point, so that `st.from_type(Quote)` needs no set-up.

Floor 6: imports `schedules`, `quotes`, `tiers`, `fees` and `rules`, and `strategies` once something is drawn.

Apart from `strategies`, because Hypothesis calls this while it is itself being imported, perhaps by that very module,
and because tests that never price anything are then spared all but the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from .fees import FeeRule
    from .quotes import Quote
    from .rules import Rule
    from .schedules import FeeSchedule
    from .tiers import TieredRule


def register() -> None:
    """Tell Hypothesis how to draw what this library has.

    >>> from hypothesis import given, strategies as st
    >>> from kashia_money import Quote
    >>> register()  # Hypothesis has done so by itself
    >>> @given(st.from_type(Quote))
    ... def test_seller_gets_the_base(quote):
    ...     assert quote.seller_amount == quote.amount
    >>> test_seller_gets_the_base()
    """
    from hypothesis.strategies import register_type_strategy

    from .fees import FeeRule
    from .quotes import Quote
    from .rules import Rule
    from .schedules import FeeSchedule
    from .tiers import TieredRule

    register_type_strategy(Rule, _rules)
    register_type_strategy(FeeRule, _fee_rules)
    register_type_strategy(TieredRule, _tiered_rules)
    register_type_strategy(FeeSchedule, _schedules)
    register_type_strategy(Quote, _quotes)


def _rules(_: type[Rule]) -> SearchStrategy[Rule]:
    from .strategies import rules

    return rules()


def _fee_rules(_: type[FeeRule]) -> SearchStrategy[FeeRule]:
    from .strategies import fee_rules

    return fee_rules()


def _tiered_rules(_: type[TieredRule]) -> SearchStrategy[TieredRule]:
    from .strategies import tiered_rules

    return tiered_rules()


def _schedules(_: type[FeeSchedule]) -> SearchStrategy[FeeSchedule]:
    from .strategies import schedules

    return schedules()


def _quotes(_: type[Quote]) -> SearchStrategy[Quote]:
    from .strategies import quotes

    return quotes()
