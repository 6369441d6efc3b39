"""The formula of planned columns against the oracle and the scalar, in checked 64-bit integers."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kashia_money import FeeRule, Rounding, Tier
from kashia_money._columns.formula import Writer, fee
from kashia_money._core.fields import MAX_COMMISSION
from kashia_money._core.rules import ABSENT
from tests.support import oracle
from tests.support.strategies import MAX, amounts, caps, large_amounts, near, rules, schedules
from tests.support.writers import (
    FloatWriter,
    IntegerWriter,
    Natural,
    Signed,
    Unbounded,
    UnboundedWriter,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


D = 10**8
# The first passed 64 bits where a row had a percentage or a cap.
ALL_BUT_HALF = FeeRule.graduated([Tier(0, "0.5"), Tier(1, 100)], rounding=Rounding.CEILING)
HALF_EVEN_AT_100 = FeeRule.graduated([Tier(0, 50), Tier(1, 100)], rounding=Rounding.HALF_EVEN)
# Divided by D as floats, it is one less than it should be.
ONE_LESS_BY_FLOATS = 23_100_000_001 * D
FLAT_BEYOND_ALL = FeeRule.volume([Tier(0, 1, MAX), Tier(MAX, 100, MAX)])


def by_integers(rule: FeeRule, amount: int) -> int:
    return fee(IntegerWriter(), rule._curve, Natural(amount)).value


def by_floats(rule: FeeRule, amount: int) -> int:
    return fee(FloatWriter(), rule._curve, Signed(amount)).value


def by_integers_of_any_size(rule: FeeRule, amount: int) -> int:
    charged = fee(UnboundedWriter(), rule._curve, Unbounded(amount), words=False).value
    return min(charged, MAX)


def by_scalar(rule: FeeRule, amount: int) -> int:
    return min(rule._charge(amount), MAX)  # a larger fee is rejected with its total


every_amount = (
    amounts
    | large_amounts
    | st.integers(0, 20)
    # Where floats are divided, one less than a multiple of D is taken for it.
    | st.builds(
        lambda whole, less: min(whole * D + D - less, MAX),
        st.integers(0, MAX // D),
        st.integers(1, 3),
    )
)


def near_starts(rule: FeeRule) -> st.SearchStrategy[int]:
    return near(*(band.start for band in rule._curve.bands))


rules_and_amounts = rules().flatmap(
    lambda rule: st.tuples(st.just(rule), every_amount | near_starts(rule))
)


@example((ALL_BUT_HALF, MAX))
@example((HALF_EVEN_AT_100, MAX))
@example((FLAT_BEYOND_ALL, MAX))
@example((FeeRule("99.999993"), ONE_LESS_BY_FLOATS))
@given(rules_and_amounts)
def test_formula_matches_the_oracle_without_overflow(drawn: tuple[FeeRule, int]) -> None:
    rule, amount = drawn
    expected = min(oracle.fee_by(rule.to_dict(), amount), MAX)

    assert by_integers(rule, amount) == expected
    assert by_floats(rule, amount) == expected
    assert by_integers_of_any_size(rule, amount) == expected
    assert rule._curve.fee(amount) == expected


RATES = ("0", "0.000001", "0.5", "1.5", "25", "33.333333", "50", "66.666667", "99.999999", "100")
ENDS = (
    *range(9),
    60,
    D - 1,
    D,
    D + 1,
    2**53 + 1,
    MAX // D * D - 1,
    MAX // 2,
    MAX - 2,
    MAX - 1,
    MAX,
)


def small_rules(rounding: Rounding) -> Iterator[FeeRule]:
    for one, other in product(RATES, repeat=2):
        for start in (1, 2, 3):
            tiers = [Tier(0, one), Tier(start, other)]
            yield FeeRule.graduated(tiers, rounding=rounding)
            flats = [Tier(0, one, 1), Tier(start, other, 2)]
            yield FeeRule.volume(flats, minimum=2, cap=40, rounding=rounding)
    for rate, flat, flat_from in product(RATES, (0, 1, 3), (0, 2)):
        yield FeeRule(rate, flat=flat, flat_from=flat_from, rounding=rounding)
        yield FeeRule(rate, flat=flat, flat_from=flat_from, minimum=2, cap=5, rounding=rounding)


@pytest.mark.parametrize("rounding", Rounding)
def test_formula_matches_the_scalar_on_small_rules(rounding: Rounding) -> None:
    for rule in small_rules(rounding):
        expected = [by_scalar(rule, amount) for amount in ENDS]

        assert [by_integers(rule, amount) for amount in ENDS] == expected, rule
        assert [by_floats(rule, amount) for amount in ENDS] == expected, rule
        assert [by_integers_of_any_size(rule, amount) for amount in ENDS] == expected, rule
        assert [rule._curve.fee(amount) for amount in ENDS] == expected, rule


merchants = st.builds(lambda schedule: schedule.merchant, schedules)
overrides = st.tuples(
    merchants,
    every_amount,
    st.none() | st.integers(-1, MAX_COMMISSION),
    st.none() | caps | near(MAX),
)


@example((FeeRule.graduated([Tier(0, "0.5"), Tier(1, 20)]), MAX, -1, MAX))
@example((FeeRule.graduated([Tier(0, 20), Tier(300, 10)]), 400, -1, 65))
@given(overrides)
def test_formula_takes_a_rate_and_cap_per_row(
    drawn: tuple[FeeRule, int, int | None, int | None],
) -> None:
    rule, amount, rate, cap = drawn
    single_rate = rule._curve.single_rate
    rate = single_rate if rate == -1 and single_rate is not None else rate
    expected = rule._charge(
        amount, ABSENT if rate is None else rate, ABSENT if cap is None else cap
    )

    assert _overridden(IntegerWriter(), Natural, rule, amount, rate, cap) == expected
    assert _overridden(FloatWriter(), Signed, rule, amount, rate, cap) == expected
    any_size = _overridden(UnboundedWriter(), Unbounded, rule, amount, rate, cap, words=False)
    assert any_size == expected


N = TypeVar("N", bound=Signed)


def _overridden(
    to: Writer[N],
    kind: type[N],
    rule: FeeRule,
    amount: int,
    rate: int | None,
    cap: int | None,
    *,
    words: bool = True,
) -> int:
    own_rate = None if rate is None else kind(rate)
    own_cap = None if cap is None else kind(cap)
    return fee(to, rule._curve, kind(amount), own_rate, own_cap, words=words).value
