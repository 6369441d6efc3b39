"""Amounts, percentages, rules and schedules that come near the places where a rule bends."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from kashia_money import FeeRule, FeeSchedule, Rounding, commission
from kashia_money.currencies import EXPONENTS

MAX = 2**63 - 1

currencies = st.sampled_from(sorted(EXPONENTS))
roundings = st.sampled_from(Rounding)


def near(*points: int, by: int = 3) -> st.SearchStrategy[int]:
    """Integers from 0 to the limit within a few of some points."""
    return st.builds(lambda point, step: min(max(point + step, 0), MAX), st.sampled_from(points), st.integers(-by, by))


# A total may not pass the limit either; a fee is at most 120 % of this and what a rule adds flat.
amounts = st.one_of(
    st.integers(0, 10_000),
    st.integers(0, 10**9),
    st.integers(0, MAX // 4),
    near(0, 666_699, 333_333_300, 10**10, 2**31, 2**53, MAX // 4 - 3),
)
large_amounts = st.one_of(st.integers(0, MAX), near(MAX, 2**62, MAX // 2))

millionths = st.one_of(st.integers(0, 10**8), st.sampled_from([0, 1, 1_500_000, 20_000_000, 10**8]))
percentages = millionths.map(lambda rate: Decimal(rate).scaleb(-6))
commissions = st.one_of(st.integers(0, 20 * 10**6), st.integers(-(10**9), 10**9), st.integers(-(2**62), 2**62)).map(
    lambda rate: Decimal(rate).scaleb(-6)
)
caps = st.none() | st.integers(0, 10**12) | near(0, 5_000_000)


@st.composite
def rules(draw: st.DrawFn) -> FeeRule:
    cap = draw(caps)
    return FeeRule(
        draw(percentages),
        flat=draw(st.just(0) | st.integers(0, 10**6)),
        flat_from=draw(st.just(0) | st.integers(0, 10**6)),
        minimum=draw(st.just(0) | st.integers(0, 10**12 if cap is None else cap)),
        cap=cap,
        rounding=draw(roundings),
    )


schedules = st.builds(FeeSchedule, currencies, rules(), st.none() | st.builds(commission, commissions, caps))


def fraction(percentage: Decimal) -> Fraction:
    return Fraction(percentage)
