"""The way back, against brute force where that is possible and against its own definition where it is not."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kashia_money import (
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    Rounding,
    UnreachableTotalError,
    commission,
    quote,
)
from tests.strategies import MAX, amounts, caps, commissions, large_amounts, roundings, rules, schedules

if TYPE_CHECKING:
    from decimal import Decimal

NGN = PUBLISHED["NGN"]

# Small enough that every amount up to a few hundred can be tried, with every kind of bend among them.
small = st.integers(0, 60)
small_rules = st.builds(
    lambda rate, flat, start, bounds, rounding: FeeRule(
        rate, flat=flat, flat_from=start, minimum=min(bounds), cap=max(bounds), rounding=rounding
    ),
    st.sampled_from([0, "0.5", "1.5", 5, 33, "66.7", 90, 95]),
    small,
    small,
    st.tuples(small, small | st.integers(60, 500)),
    roundings,
)


@given(small_rules, st.integers(0, 200))
@example(FeeRule(50, rounding=Rounding.ROUND_05UP), 5)  # 10 leaves 5, but 11 leaves 5 and 9 leaves 5 as well
@example(FeeRule(90, rounding=Rounding.ROUND_05UP), 6)
@example(FeeRule("1.5", flat=50, flat_from=60), 58)  # found below the threshold, where more is left
def test_gross_up_is_the_smallest(rule: FeeRule, net: int) -> None:
    by_trying = next(amount for amount in range(10_000) if amount - rule.fee(amount) >= net)
    assert rule.gross_up(net) == by_trying


@given(rules(), amounts)
def test_gross_up_leaves_enough_and_one_less_does_not(rule: FeeRule, net: int) -> None:
    assume(rule.percentage < 99)
    try:
        gross = rule.gross_up(net)
    except InvalidAmountError:
        assert MAX - rule.charge(MAX) < net
    else:
        assert rule.net(gross) >= net
        assert gross == 0 or rule.net(gross - 1) < net


def test_gross_up_that_closed_formulas_get_wrong() -> None:
    """Paystack's local fee: published helpers overcharge where the flat part is waived, and at the cap."""
    rule = FeeRule("1.5", flat=100_00, flat_from=2_500_00, cap=2_000_00)
    assert rule.gross_up(240_000) == 243_655  # 2,436.55 nets 2,400.00, where a published helper asks 2,538.08
    assert all(rule.net(rule.gross_up(net) - 1) < net <= rule.net(rule.gross_up(net)) for net in range(1, 300_000, 101))


def test_what_no_amount_leaves_is_refused() -> None:
    assert FeeRule(100).gross_up(0) == 0
    with pytest.raises(InvalidAmountError, match="leaves"):
        FeeRule(100).gross_up(1)
    assert FeeRule(0).gross_up(MAX) == MAX
    assert FeeRule(0, flat=5).net(3) == -2


@given(schedules, amounts, st.none() | commissions, caps)
def test_quote_for_its_total_is_the_quote(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    back = schedule.quote_for_total(made.total_amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    assert back == made
    assert back.merchant_rule == made.merchant_rule


@given(schedules, large_amounts | amounts)
def test_quote_for_a_total_has_that_total_or_says_which_are_near(schedule: FeeSchedule, total: int) -> None:
    found, refused = None, None
    try:
        found = schedule.quote_for_total(total)
    except UnreachableTotalError as error:
        refused = error
    if found is not None:
        assert found.total_amount == total
    if refused is not None:
        assert refused.below is not None
        assert refused.below < total
        below = schedule.quote_for_total(refused.below)
        if refused.above is not None:
            assert total < refused.above
            assert schedule.quote_for_total(refused.above).amount == below.amount + 1


@given(schedules, large_amounts | amounts, st.none() | commissions, caps)
def test_quote_within_is_the_most_that_a_budget_pays_for(
    schedule: FeeSchedule, budget: int, percentage: Decimal | None, cap: int | None
) -> None:
    made = schedule.quote_within(budget, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    assert made.total_amount <= budget
    one_more = made.amount + 1
    fees = made.platform_rule.charge(one_more) + made.merchant_rule.charge(one_more)
    assert one_more + fees > budget


def test_figures_by_hand() -> None:
    assert NGN.quote_within(5_000_000).amount == 4_926_108  # ₦50,000: 4926108 + 73892 = 5000000
    assert NGN.quote_for_total(111_500_000, merchant_fee_percentage=10).amount == 100_000_000
    assert NGN.quote_within(10_000) == quote(0), "what the minimum fee eats up buys nothing"
    with pytest.raises(UnreachableTotalError, match="got 5000: the nearest are 0 or 10001") as caught:
        NGN.quote_for_total(5_000)
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (str(twin), twin.value, twin.below, twin.above) == (str(caught.value), 5_000, 0, 10_001)


def test_largest_total_has_none_above() -> None:
    doubling = FeeSchedule("NGN", FeeRule(100), commission(0))
    with pytest.raises(UnreachableTotalError) as caught:
        doubling.quote_for_total(MAX)
    assert (caught.value.below, caught.value.above) == (MAX - 1, None)


@given(rules(), amounts)
def test_breakpoints_are_where_the_bounds_take_over(rule: FeeRule, amount: int) -> None:
    minimum_until, cap_from = rule.breakpoints()
    assume(amount > 0)
    if cap_from is not None:
        assert (rule.fee(amount) == rule.cap) == (amount >= cap_from)
    if minimum_until is not None:
        assert (rule.fee(amount) == rule.minimum) == (amount <= minimum_until)
        assert rule.fee(minimum_until) == rule.minimum


def test_breakpoints_by_hand() -> None:
    assert NGN.platform.breakpoints() == (666_699, 333_333_300)
    assert FeeRule(1).breakpoints() == (None, None)
    assert FeeRule(0, minimum=5, cap=7).breakpoints() == (MAX, None), "the cap is never reached"
    assert FeeRule(0, flat=9, minimum=5, cap=9).breakpoints() == (None, 1), "the minimum never binds"
    assert FeeRule(1, minimum=5, cap=5).breakpoints() == (MAX, 1)
