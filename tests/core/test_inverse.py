"""From a fee back to an amount, against brute force and against the definition."""

from __future__ import annotations

import pickle
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kashia_money import (
    COMPILED,
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    Rounding,
    Tier,
    UnreachableTotalError,
    commission,
    quote,
)
from kashia_money._core.fields import MODES
from kashia_money._core.rules import MAKERS
from kashia_money._core.search import (
    base_for_total,
    largest_base,
    shared_segments,
    smallest_leaving,
)
from tests.support.strategies import (
    MAX,
    amounts,
    caps,
    commissions,
    falls,
    large_amounts,
    near,
    roundings,
    rules,
    schedules,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from kashia_money._core.curve import Segment


NGN = PUBLISHED["NGN"]

# Small enough that every amount up to a few hundred can be tried, with every kind of bend among
# them.
small = st.integers(0, 60)
rates = st.sampled_from([0, "0.5", "1.5", 5, 33, "66.7", 90, 95, "99.999999", 100])
bounds = st.tuples(small, small | st.integers(60, 500))
small_fee_rules = st.builds(
    lambda rate, flat, start, bounds, rounding: FeeRule(
        rate, flat=flat, flat_from=start, minimum=min(bounds), cap=max(bounds), rounding=rounding
    ),
    rates,
    small,
    small,
    bounds,
    roundings,
)


@st.composite
def small_tiered_rules(
    draw: st.DrawFn, most: int = 100, flats: st.SearchStrategy[int] = small
) -> FeeRule:
    mode = draw(st.sampled_from(MODES))
    starts = [0, *sorted(draw(st.lists(st.integers(1, 200), max_size=3, unique=True)))]
    flats = flats if mode == "volume" else st.just(0)
    tiers = [Tier(start, draw(st.integers(0, most)), draw(flats)) for start in starts]
    least, cap = draw(bounds)
    least = least if most > 20 else 0  # a commission has none
    return MAKERS[mode](
        tiers, minimum=min(least, cap), cap=max(least, cap), rounding=draw(roundings)
    )


small_rules = small_fee_rules | small_tiered_rules()
small_merchants = (
    st.none() | st.builds(commission, st.integers(0, 20)) | small_tiered_rules(20, st.just(0))
)
small_schedules = st.builds(FeeSchedule, st.just("NGN"), small_rules, small_merchants)


@given(small_rules, st.integers(0, 200))
# At 100 % with half a unit over, the net falls from one amount to the next, and a search that
# trusts it goes far off.
@example(FeeRule.graduated([Tier(0), Tier(14, 75), Tier(16, 100)], rounding=Rounding.HALF_EVEN), 15)
@example(FeeRule.graduated([Tier(0, 50), Tier(3, 100)], rounding=Rounding.HALF_EVEN), 2)
@example(FeeRule("1.5", flat=50, flat_from=60), 58)  # found below the threshold, where more is left
@example(
    FeeRule.volume([Tier(0, 50), Tier(10, 90), Tier(20, 1)]), 6
)  # no amount from 10 to 19 leaves enough
def test_gross_up_finds_the_smallest_amount(rule: FeeRule, net: int) -> None:
    by_trying = next(amount for amount in range(10_000) if amount - rule.fee(amount) >= net)

    assert rule.gross_up(net) == by_trying


@given(rules(), amounts)
def test_gross_up_is_enough_and_one_less_is_not(rule: FeeRule, net: int) -> None:
    assume(all(band.rate < 99_000_000 for band in rule._curve.bands))
    try:
        gross = rule.gross_up(net)
    except InvalidAmountError:
        assert MAX - rule._charge(MAX) < net
    else:
        assert rule.net(gross) >= net
        assert gross == 0 or rule.net(gross - 1) < net


def test_gross_up_is_right_where_formulas_fail() -> None:
    """Paystack's local fee: published helpers overcharge at the threshold and at the cap."""
    rule = FeeRule("1.5", flat=100_00, flat_from=2_500_00, cap=2_000_00)

    assert (
        rule.gross_up(240_000) == 243_655
    )  # 2,436.55 nets 2,400.00, where a published helper asks 2,538.08
    assert all(
        rule.net(rule.gross_up(net) - 1) < net <= rule.net(rule.gross_up(net))
        for net in range(1, 300_000, 101)
    )


def test_gross_up_rejects_a_net_without_an_amount() -> None:
    assert FeeRule(100).gross_up(0) == 0
    with pytest.raises(InvalidAmountError, match="a net that an amount of at most"):
        FeeRule(100).gross_up(1)
    assert FeeRule(0).gross_up(MAX) == MAX
    assert FeeRule(0, flat=5).net(3) == -2


FALLS = FeeSchedule("NGN", FeeRule.volume([Tier(0, 20), Tier(100, 0)]))
JUMPS = FeeSchedule("NGN", FeeRule.volume([Tier(0, 20), Tier(100, 33)]))
FALLS_AND_JUMPS = FeeSchedule("NGN", FeeRule.volume([Tier(0, 20), Tier(100, 0), Tier(110, 90)]))
DOUBLES = FeeSchedule("NGN", FeeRule.volume([Tier(0), Tier(10, 100)]))


@given(small_schedules, st.integers(0, 300))
@example(FALLS, 110)
@example(JUMPS, 121)
@example(FALLS_AND_JUMPS, 115)
@example(DOUBLES, 21)
def test_quote_within_matches_brute_force(schedule: FeeSchedule, budget: int) -> None:
    """The largest base whose total is within the budget."""
    affordable = [base for base in range(1_000) if schedule.quote(base).total_amount <= budget]

    assert schedule.quote_within(budget).amount == affordable[-1]


@given(small_schedules, st.integers(0, 300))
@example(FALLS, 110)  # of bases 92 and 110: the larger
@example(JUMPS, 121)  # no base has a total from 119 to 133
@example(FALLS_AND_JUMPS, 115)  # only of base 96
@example(DOUBLES, 21)  # the nearest total below is at the start of a tier
def test_quote_for_total_matches_brute_force(schedule: FeeSchedule, total: int) -> None:
    """The largest base with the total, otherwise the nearest totals."""
    totals = [schedule.quote(base).total_amount for base in range(1_000)]
    bases = [base for base, reached in enumerate(totals) if reached == total]
    if bases:
        assert schedule.quote_for_total(total).amount == bases[-1]
    else:
        with pytest.raises(UnreachableTotalError) as caught:
            schedule.quote_for_total(total)
        assert caught.value.below == max(reached for reached in totals if reached < total)
        assert caught.value.above == min(reached for reached in totals if reached > total)


@given(schedules, amounts, st.none() | commissions, caps)
def test_quote_for_total_inverts_quote(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    back = schedule.quote_for_total(
        made.total_amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap
    )
    assert back.total_amount == made.total_amount
    assert back.schedule.merchant == made.schedule.merchant
    if falls(schedule.platform) or falls(made.schedule.merchant):
        assert back.amount >= made.amount, "of several bases with one total, the largest"
    else:
        assert back == made


@given(schedules, large_amounts | amounts)
def test_quote_for_total_names_the_nearest_totals(schedule: FeeSchedule, total: int) -> None:
    found, below, above = None, None, None
    try:
        found = schedule.quote_for_total(total).total_amount
    except UnreachableTotalError as error:
        below, above = error.below, error.above
    assert found == total or (found is None and below is not None and below < total)
    assert above is None or above > total
    for near_by in (below, above):
        assert near_by is None or schedule.quote_for_total(near_by).total_amount == near_by


@given(schedules, large_amounts | amounts, st.none() | commissions, caps)
def test_quote_within_is_the_largest_in_budget(
    schedule: FeeSchedule, budget: int, percentage: Decimal | None, cap: int | None
) -> None:
    made = schedule.quote_within(budget, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    assert made.total_amount <= budget
    rules = (made.schedule.platform, made.schedule.merchant)
    for more in (
        made.amount + 1,
        *(fall for rule in rules for fall in falls(rule) if fall > made.amount),
    ):
        assert more + sum(rule._charge(more) for rule in rules) > budget


def test_quote_within_and_for_total_by_hand() -> None:
    assert NGN.quote_within(5_000_000).amount == 4_926_108  # ₦50,000: 4926108 + 73892 = 5000000
    assert NGN.quote_for_total(111_500_000, merchant_fee_percentage=10).amount == 100_000_000
    assert NGN.quote_within(10_000) == quote(0), "what the minimum fee eats up buys nothing"
    with pytest.raises(
        UnreachableTotalError, match="got 5000: pass one of the nearest, 0 or 10001"
    ) as caught:
        NGN.quote_for_total(5_000)
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (str(twin), twin.value, twin.below, twin.above) == (str(caught.value), 5_000, 0, 10_001)


def test_quote_for_total_knows_the_largest_total() -> None:
    doubling = FeeSchedule("NGN", FeeRule(100), commission(0))
    with pytest.raises(UnreachableTotalError) as caught:
        doubling.quote_for_total(MAX)

    assert (caught.value.below, caught.value.above) == (MAX - 1, None)
    with pytest.raises(UnreachableTotalError) as caught:
        FeeSchedule("NGN", FeeRule(100, flat=1)).quote_for_total(MAX - 1)
    assert (caught.value.below, caught.value.above) == (MAX - 2, MAX)


@given(st.data(), rules())
def test_breakpoints_separate_bounds_from_other_fees(data: st.DataObject, rule: FeeRule) -> None:
    minimum_until, cap_from = rule.breakpoints()
    amount = data.draw(
        amounts
        | near(
            *(segment.low for segment in rule._segments),
            *(point for point in rule.breakpoints() if point),
        )
    )
    assume(amount > 0)
    fee = rule._charge(amount)
    if cap_from is None or amount < cap_from:
        assert fee != rule.cap
    else:
        assert rule._charge(cap_from) == rule.cap
        assert fee == rule.cap or falls(rule)
    if minimum_until is None or amount > minimum_until:
        assert rule.minimum == 0 or fee > rule.minimum
    else:
        assert rule._charge(minimum_until) == rule.minimum
        assert fee == rule.minimum or falls(rule)


@given(small_rules)
def test_breakpoints_match_brute_force(rule: FeeRule) -> None:
    fees = {amount: rule.fee(amount) for amount in range(1, 600)}
    at_cap = [amount for amount, fee in fees.items() if fee == rule.cap]
    at_minimum = [amount for amount, fee in fees.items() if fee == rule.minimum > 0]
    last = max(fees)
    minimum_until, cap_from = (-1 if point is None else point for point in rule.breakpoints())

    assert cap_from == min(at_cap, default=-1) or (not at_cap and cap_from > last)
    assert minimum_until == max(at_minimum, default=-1) or (
        at_minimum[-1] == last and minimum_until > last
    )


def test_breakpoints_by_hand() -> None:
    assert NGN.platform.breakpoints() == (666_699, 333_333_300)
    assert FeeRule(1).breakpoints() == (None, None)
    assert FeeRule(0, minimum=5, cap=7).breakpoints() == (MAX, None), "the cap is never reached"
    assert FeeRule(0, flat=9, minimum=5, cap=9).breakpoints() == (None, 1), (
        "the minimum never binds"
    )
    assert FeeRule(1, minimum=5, cap=5).breakpoints() == (MAX, 1)


class CountedSegment:
    """A segment that counts how often its fee is computed."""

    def __init__(self, segment: Segment, counts: list[int]) -> None:
        self.segment, self.counts = segment, counts

    def __getattr__(self, name: str) -> Any:
        return getattr(self.segment, name)

    def fee(self, amount: int) -> int:
        self.counts[0] += 1
        return self.segment.fee(amount)

    def ties_down(self) -> CountedSegment:
        return CountedSegment(self.segment.ties_down(), self.counts)


def counted(*rules: FeeRule) -> tuple[list[int], list[Any]]:
    counts = [0]
    return counts, [
        [CountedSegment(segment, counts) for segment in rule._segments] for rule in rules
    ]


if not COMPILED:  # a compiled search takes nothing but its own segments

    @given(rules(), large_amounts | amounts | st.integers(0, 60))
    @example(
        FeeRule(100, cap=2**62), 2**61
    )  # nothing is left until the cap, so that only halving helps
    def test_gross_up_computes_few_fees(rule: FeeRule, net: int) -> None:
        counts, (segments,) = counted(rule)
        smallest_leaving(segments, max(net, 1))

        assert counts[0] <= 4 * 63 * len(segments)

    @given(schedules, large_amounts | amounts | st.integers(0, 60))
    def test_quote_for_total_computes_few_fees(schedule: FeeSchedule, total: int) -> None:
        """A round computes four fees and leaves less than a third of the range.

        It nearly always leaves less than a thousandth.
        """
        counts, (platforms, merchants) = counted(schedule.platform, schedule.merchant)
        segments = shared_segments(platforms, merchants)
        bound = len(platforms) + len(merchants)
        largest_base(segments, total)
        assert counts[0] <= 40 * bound
        with suppress(UnreachableTotalError):
            base_for_total(segments, total)
        assert counts[0] <= 200 * bound
