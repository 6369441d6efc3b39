"""Strategies of the tests: the package's strategies, and amounts that are too large for them."""

from __future__ import annotations

from hypothesis import strategies as st

from kashia_money import FeeRule, strategies
from kashia_money._core.numbers import MAX_AMOUNT as MAX
from kashia_money.strategies import fee_rules, rules, tiered_rules

__all__ = [
    "MAX",
    "amounts",
    "caps",
    "commissions",
    "currencies",
    "falls",
    "fee_rules",
    "large_amounts",
    "millionths",
    "near",
    "percentages",
    "quotes",
    "roundings",
    "rules",
    "schedules",
    "tiered_rules",
]

amounts = strategies.amounts()
percentages = strategies.percentages()
commissions = strategies.commissions()
caps = strategies.caps()
currencies = strategies.currencies()
roundings = strategies.roundings()
schedules = strategies.schedules()
quotes = strategies.quotes()

millionths = percentages.map(lambda percentage: int(percentage.scaleb(6)))


def near(*points: int, by: int = 3) -> st.SearchStrategy[int]:
    """Integers from 0 to the limit within a few of some points."""
    return st.builds(
        lambda point, step: min(max(point + step, 0), MAX),
        st.sampled_from(points),
        st.integers(-by, by),
    )


def falls(rule: FeeRule) -> list[int]:
    """The amounts at which the fee may fall: the starts of volume tiers."""
    return [tier.start for tier in rule.tiers[1:]] if rule.mode == "volume" else []


# A total may not pass the limit either, as it may with these.
large_amounts = st.one_of(st.integers(0, MAX), near(MAX, 2**62, MAX // 2))
