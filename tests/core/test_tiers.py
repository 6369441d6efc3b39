"""Tiers against the oracle, and the laws that tell graduated ones from those by volume."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kashia_money import (
    FeePart,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidPercentageError,
    InvalidRuleError,
    KashiaMoneyError,
    Rounding,
    Tier,
    describe,
)
from kashia_money._core.fields import MAX_TIERS, MODES
from kashia_money._core.rules import MAKERS
from tests.support import oracle
from tests.support.strategies import (
    MAX,
    amounts,
    falls,
    fee_rules,
    large_amounts,
    near,
    percentages,
    roundings,
    tiered_rules,
)

LADDER = [
    Tier(0, flat=50_00),
    Tier(5_000_00, flat=150_00),
    Tier(20_000_00, "1.2"),
    Tier(100_000_00, "0.9"),
]
RATES = [Tier(0, "2.5"), Tier(1_000_00, 1)]


EVERY_RULE = tiered_rules()
GRADUATED = EVERY_RULE.filter(lambda rule: rule.mode == "graduated")


@st.composite
def tiered_amounts(
    draw: st.DrawFn, rules: st.SearchStrategy[FeeRule] = EVERY_RULE
) -> tuple[FeeRule, int]:
    rule = draw(rules)
    return rule, draw(amounts | large_amounts | near(*(segment.low for segment in rule._segments)))


@given(tiered_amounts())
@example((FeeRule.graduated([Tier(0, 50), Tier(1, "0.000001")]), MAX))
@example((FeeRule.graduated([Tier(0), Tier(MAX, 100)], rounding=Rounding.HALF_EVEN), MAX))
@example(
    (FeeRule.volume([Tier(0, 50, 1)], rounding=Rounding.HALF_EVEN), 1)
)  # ½ + 1 is rounded once, to 2
def test_fee_matches_the_oracle(drawn: tuple[FeeRule, int]) -> None:
    rule, amount = drawn

    assert rule._charge(amount) == oracle.fee_by(rule.to_dict(), amount)


@given(tiered_amounts())
@example((FeeRule.volume([Tier(0, 0, 5)]), 1))
def test_explain_matches_the_oracle(drawn: tuple[FeeRule, int]) -> None:
    rule, amount = drawn
    amount = min(amount, MAX // 4)
    step, _ = FeeSchedule("NGN", rule).quote(amount).explain()

    assert Fraction(step.exact) == (oracle.exact_by(rule.to_dict(), amount) if amount else 0)
    assert step.exact == sum(part.amount * part.percentage / 100 + part.flat for part in step.parts)
    assert sum(part.amount for part in step.parts) == amount
    assert [part.start for part in step.parts] == sorted({part.start for part in step.parts})


@given(tiered_amounts(GRADUATED))
@example((FeeRule.graduated([Tier(0, 50), Tier(3, 100)], rounding=Rounding.HALF_EVEN), 4))
def test_graduated_fee_neither_falls_nor_jumps(drawn: tuple[FeeRule, int]) -> None:
    rule, amount = drawn
    unbounded = FeeRule.graduated(rule.tiers, rounding=rule.rounding)
    step = unbounded._charge(amount + 1) - unbounded._charge(amount)
    # At 100 % a fee of 1½ and one of 2½ both become 2 by half even, and so the next is 4.
    assert 0 <= step <= (2 if rule.rounding is Rounding.HALF_EVEN else 1)
    for before, tier in zip(rule.tiers, rule.tiers[1:], strict=False):
        above, below = (oracle.exact_by(rule.to_dict(), tier.start - less) for less in (0, 1))
        assert above - below == Fraction(before.percentage) / 100, "no jump where a tier starts"


@given(tiered_amounts())
def test_volume_fee_never_falls_within_a_tier(drawn: tuple[FeeRule, int]) -> None:
    rule, amount = drawn
    if amount + 1 not in falls(rule):
        assert rule._charge(amount) <= rule._charge(amount + 1)


def test_volume_fee_jumps_at_a_start() -> None:
    """Half-open: the start of a tier is in it, and the amount below is not."""
    volume, graduated = FeeRule.volume(RATES), FeeRule.graduated(RATES)
    assert [volume.fee(amount) for amount in (99_999, 100_000)] == [2_500, 1_000]
    assert [graduated.fee(amount) for amount in (99_999, 100_000, 100_100)] == [2_500, 2_500, 2_501]
    bounded = FeeRule.volume(RATES, minimum=2_000, cap=2_400)
    assert [bounded.fee(amount) for amount in (99_999, 100_000)] == [2_400, 2_000]


def test_volume_fee_by_hand() -> None:
    """₦50 below ₦5,000, ₦150 below ₦20,000, then 1.2 %, and 0.9 % from ₦100,000 on."""
    ladder = FeeRule.volume(LADDER, cap=2_500_00)
    fees = {
        0: 0,  # nothing is sold
        1: 5_000,
        499_999: 5_000,
        500_000: 15_000,
        1_999_999: 15_000,
        2_000_000: 24_000,
        2_000_041: 24_000,  # 24000.492
        2_000_042: 24_001,  # 24000.504
        9_999_999: 120_000,  # 119999.988
        10_000_000: 90_000,  # it steps down
        27_777_722: 249_999,  # 249999.498
        27_777_723: 250_000,  # 249999.507: the first at the cap
        10**9: 250_000,
    }

    assert {amount: ladder.fee(amount) for amount in fees} == fees
    assert ladder.breakpoints() == (None, 27_777_723)
    assert falls(ladder) == [500_000, 2_000_000, 10_000_000]


def test_graduated_fee_by_hand() -> None:
    """2.9 % of the first $1,000, 2.5 % of the next $9,000, 2 % of the rest, in cents."""
    rule = FeeRule.graduated([Tier(0, "2.9"), Tier(100_000, "2.5"), Tier(1_000_000, 2)])
    fees = {
        0: 0,
        100_000: 2_900,
        100_001: 2_900,
        100_020: 2_901,
        1_000_000: 25_400,
        2_000_000: 45_400,
    }

    assert {amount: rule.fee(amount) for amount in fees} == fees
    assert [rule.net(rule.gross_up(net)) for net in (97_100, 97_101, 10**6)] == [
        97_100,
        97_101,
        10**6,
    ]


@given(fee_rules(), amounts)
def test_volume_of_one_tier_equals_a_plain_rule(rule: FeeRule, amount: int) -> None:
    whole, waived = Tier(0, rule.percentage, rule.flat), Tier(0, rule.percentage)
    tiers = [waived, whole._replace(start=rule.flat_from)] if rule.flat_from else [whole]
    same = FeeRule.volume(tiers, minimum=rule.minimum, cap=rule.cap, rounding=rule.rounding)

    assert same.fee(amount) == rule.fee(amount)
    assert same.breakpoints() == rule.breakpoints()


@given(percentages, st.lists(st.integers(1, 10**9), max_size=4, unique=True), roundings, amounts)
def test_graduated_of_one_percentage_equals_a_plain_rule(
    percentage: Decimal, starts: list[int], rounding: Rounding, amount: int
) -> None:
    tiers = [Tier(start, percentage) for start in (0, *sorted(starts))]
    plain = FeeRule(percentage, rounding=rounding)

    assert FeeRule.graduated(tiers, rounding=rounding).fee(amount) == plain.fee(amount)


@given(tiered_rules())
def test_tiers_rebuild_the_rule(rule: FeeRule) -> None:
    assert (
        MAKERS[rule.mode](rule.tiers, minimum=rule.minimum, cap=rule.cap, rounding=rule.rounding)
        == rule
    )


def test_quote_replaces_tiers_by_the_links_percentage() -> None:
    merchant = FeeRule.graduated([Tier(0, 10), Tier(100_000, 5)], cap=50_000, rounding=Rounding.UP)
    plan = FeeSchedule("NGN", FeeRule(0), merchant)

    assert plan.quote(200_001).merchant_fee == 15_001
    assert plan.quote(200_001, merchant_fee_percentage=1).schedule.merchant == FeeRule(
        1, cap=50_000, rounding=Rounding.UP
    )
    assert plan.quote(200_001, merchant_fee_percentage=1).merchant_fee == 2_001
    assert plan.quote(200_001, merchant_fee_percentage=25).schedule.merchant.clamped_from == 25
    assert plan.quote(200_001, merchant_fee_cap=15_000).merchant_fee == 15_000
    assert plan.quote(10**9).merchant_fee == 50_000


def test_describe_tiers_by_hand() -> None:
    plan = FeeSchedule(
        "NGN", FeeRule.graduated(RATES), FeeRule.volume([Tier(0, 5), Tier(1_000_00, 2)])
    )
    made = plan.quote(150_050)
    platform_fee, merchant_fee = made.explain()
    assert platform_fee.parts == (
        FeePart(0, 100_000, Decimal("2.5"), 0),
        FeePart(100_000, 50_050, Decimal(1), 0),
    )
    assert merchant_fee.parts == (FeePart(100_000, 150_050, Decimal(2), 0),)
    assert describe(made)[1].startswith(
        "The platform fee is 2.5 % of the first ₦1,000.00 and 1 % of the next ₦500.50, "
    )
    assert describe(made)[1].endswith(", which is ₦30.005, rounded to ₦30.01.")
    assert (
        describe(made)[2]
        == "From ₦1,000.00 on, the commission is 2 % of ₦1,500.50, which is ₦30.01."
    )
    ladder = FeeSchedule("NGN", FeeRule.volume(LADDER))
    assert describe(ladder.quote(400_000))[1] == "The platform fee is a flat ₦50.00."
    assert (
        describe(ladder.quote(600_000))[1]
        == "From ₦5,000.00 on, the platform fee is a flat ₦150.00."
    )


REFUSED: list[tuple[list[Tier], type[KashiaMoneyError], str]] = [
    ([], InvalidRuleError, "1 to 100 tiers, got '0 tiers'"),
    (
        [Tier(start) for start in range(MAX_TIERS + 1)],
        InvalidRuleError,
        "1 to 100 tiers, got '101 tiers'",
    ),
    ([Tier(1, 2)], InvalidRuleError, "a first tier that starts at 0, got 1"),
    ([Tier(0, 2), Tier(0, 3)], InvalidRuleError, "a tier that starts above 0, got 0"),
    ([Tier(0, 2), Tier(9, 3), Tier(5, 1)], InvalidRuleError, "a tier that starts above 9, got 5"),
    ([Tier(0, 101)], InvalidPercentageError, "from 0 to 100, got 101"),
    ([Tier(0), Tier(5, "1.2345678")], InvalidPercentageError, "at most 6 decimal places"),
    ([Tier(-1)], InvalidAmountError, "start as an int of minor units"),
    ([Tier(0), Tier(2**63)], InvalidAmountError, "start as an int of minor units"),
    ([Tier(0, 1, -1)], InvalidAmountError, "flat as an int of minor units"),
]


@pytest.mark.parametrize(("tiers", "error", "words"), REFUSED)
def test_graduated_and_volume_reject_wrong_tiers(
    tiers: list[Tier], error: type[KashiaMoneyError], words: str
) -> None:
    for mode in MODES:
        with pytest.raises(error, match=words):
            MAKERS[mode](tiers)


def test_percentage_raises_for_tiers() -> None:
    rule = FeeRule.volume(RATES)
    with pytest.raises(AttributeError, match=r"read rule.tiers"):
        _ = rule.percentage
    match rule:
        case FeeRule(percentage):
            pytest.fail(f"{percentage} is not the rule's")


def test_tiers_reject_flat_parts_bounds_and_types() -> None:
    with pytest.raises(InvalidRuleError, match="without a flat part, got 5"):
        FeeRule.graduated([Tier(0, 1, 5)])
    with pytest.raises(InvalidRuleError, match="at most the cap, 4, got 5"):
        FeeRule.volume([Tier(0)], minimum=5, cap=4)
    for wrong in (None, 5, (0, 1, 0)):
        with pytest.raises(TypeError, match="each of tiers"):
            FeeRule.volume([wrong])  # type: ignore[list-item]  # that is the test
    for tiers in ([Tier(0, 5, 1)], [Tier(0, 5), Tier(9, 5, 1)], [Tier(0), Tier(5, 21)]):
        with pytest.raises(InvalidRuleError, match="a commission"):
            FeeSchedule("NGN", FeeRule(1), FeeRule.volume(tiers))
    with pytest.raises(InvalidRuleError, match="a commission"):
        FeeSchedule("NGN", FeeRule(1), FeeRule.volume(RATES, minimum=1))
