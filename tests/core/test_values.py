"""Quotes, rules and schedules are values: immutable, comparable, and safe to copy and store."""

from __future__ import annotations

import copy
import pickle
from decimal import Context, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Quote, Rounding, Tier, commission, quote
from tests.support.strategies import amounts, near, schedules

RULE = FeeRule("1.5", flat=1, flat_from=2, minimum=3, cap=4, rounding=Rounding.HALF_EVEN)
SCHEDULE = FeeSchedule("USD", RULE, commission(25, cap=5))
TIERED = FeeRule.volume(
    [Tier(0, flat=5), Tier(9, 0), Tier(10, "2.5", 1)], minimum=3, cap=4, rounding=Rounding.UP
)
VALUES = [
    RULE,
    TIERED,
    commission(25),
    SCHEDULE,
    SCHEDULE.quote(10),
    quote(10, merchant_fee_percentage="0.5"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_immutable(value: object) -> None:
    names = [
        name
        for name in dir(value)
        if not name.startswith("_") and not callable(getattr(value, name, None))
    ]
    assert names
    for name in names:
        with pytest.raises(AttributeError):
            setattr(value, name, 0)
        with pytest.raises(AttributeError):
            delattr(value, name)
    with pytest.raises(AttributeError):
        value.other = 0  # type: ignore[attr-defined]  # that is the test


@given(schedules, amounts)
def test_copies_are_equal_with_equal_reprs(schedule: FeeSchedule, amount: int) -> None:
    made = schedule.quote(amount, merchant_fee_percentage=30)
    for value in (made, schedule, schedule.platform, made.schedule.merchant):
        for twin in (
            *(
                pickle.loads(pickle.dumps(value, protocol))
                for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
            ),
            copy.copy(value),
            copy.deepcopy(value),
        ):
            assert twin == value
            assert hash(twin) == hash(value)
            assert repr(twin) == repr(value)

    assert pickle.loads(pickle.dumps(made)).schedule.merchant.clamped_from == 30


@given(schedules)
def test_repr_evaluates_to_an_equal_value(schedule: FeeSchedule) -> None:
    kinds = (FeeRule, FeeSchedule, Rounding, Tier)
    names = {kind.__name__: kind for kind in kinds}

    assert eval(repr(schedule), names) == schedule
    assert eval(repr(schedule.platform), names) == schedule.platform


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_init_changes_nothing_when_repeated(value: object) -> None:
    before = repr(value)

    value.__init__()  # type: ignore[misc]  # that is the test
    value.__init__(5, PUBLISHED["NGN"])  # type: ignore[misc]

    assert repr(value) == before


def test_new_builds_the_whole_value() -> None:
    assert FeeRule.__new__(FeeRule) == FeeRule()
    for kind in (FeeSchedule, Quote):
        with pytest.raises(TypeError):
            kind.__new__(kind)


def test_quote_reads_its_terms_once() -> None:
    class Changing:
        value = 3

        def __index__(self) -> int:
            return self.value

    percentage, cap = Changing(), Changing()
    made = quote(1_000, merchant_fee_percentage=percentage, merchant_fee_cap=cap)  # type: ignore[arg-type]

    percentage.value = cap.value = 9

    assert (
        made.schedule.merchant
        == pickle.loads(pickle.dumps(made)).schedule.merchant
        == FeeRule(3, cap=3)
    )


@given(st.one_of(st.integers(-(10**9), 10**17), st.just(10**300), near(10**15, 20_000_000)))
@example(-1)  # what also stands for "no percentage" inside
@example(0)
@example(10**15 - 1)  # the last that a float is made of
@example(10**15)
def test_merchant_rule_has_the_links_percentage(millionths: int) -> None:
    asked = Decimal(millionths).scaleb(-6, Context(prec=400))
    made = quote(1_000, merchant_fee_percentage=asked, merchant_fee_cap=0)
    expected = None if 0 <= asked <= 20 else asked

    for twin in (made, pickle.loads(pickle.dumps(made))):
        assert twin.schedule.merchant.clamped_from == expected
        assert twin.schedule.merchant.cap == 0


def test_repr_by_hand() -> None:
    assert repr(RULE) == (
        "FeeRule('1.5', flat=1, flat_from=2, minimum=3, cap=4, rounding=Rounding.HALF_EVEN)"
    )
    assert repr(TIERED) == (
        "FeeRule.volume([Tier(0, flat=5), Tier(9, '0'), Tier(10, '2.5', flat=1)], minimum=3, cap=4,"
        " rounding=Rounding.UP)"
    )
    assert (
        repr(PUBLISHED["NGN"]) == "FeeSchedule('NGN', FeeRule('1.5', minimum=10000, cap=5000000))"
    )
    assert repr(quote(100)) == (
        "<Quote NGN 100: platform_fee=10000, merchant_fee=0, total_fees=10000, total_amount=10100>"
    )


def test_equality_compares_the_charged_fields() -> None:
    assert commission(25) == commission(20) == FeeRule(20)
    assert commission(25) != commission(20, cap=1)
    assert FeeRule(5, flat_from=10) == FeeRule(5), (
        "with no flat part there is nothing to charge from 10 on"
    )
    assert quote(10_000, merchant_fee_percentage=25) == quote(10_000, merchant_fee_percentage=20)
    assert len({quote(5), quote(5), quote(6)}) == 2
    tiers = [Tier(0, "1.50"), Tier(10, 2)]
    assert FeeRule.volume(tiers) == FeeRule.volume([Tier(0, 1.5), Tier(10, "2")])
    assert FeeRule.volume(tiers) != FeeRule.graduated(tiers)
    assert FeeRule.volume(tiers) != FeeRule.volume([Tier(0, 1.5), Tier(11, 2)])
    assert FeeRule.volume(tiers) != FeeRule.volume(tiers, cap=5)
    for value in VALUES:
        assert value != 5
        assert value != "NGN"


def test_equality_compares_currencies() -> None:
    platform = PUBLISHED["NGN"].platform

    assert FeeSchedule("USD", platform).quote(5) != quote(5)


def test_values_match_patterns() -> None:
    match quote(150_000_000):
        case Quote(amount, "NGN", platform_fee=fee, total_amount=total):
            assert (amount, fee, total) == (150_000_000, 2_250_000, 152_250_000)
        case _:
            pytest.fail("a quote matches its own pattern")
    match PUBLISHED["NGN"]:
        case FeeSchedule("NGN", FeeRule(percentage, cap=cap)):
            assert (str(percentage), cap) == ("1.5", 5_000_000)
        case _:
            pytest.fail("a schedule matches its own pattern")
    match TIERED:
        case FeeRule(tiers=(_, _, Tier(start, flat=flat)), mode="volume", cap=4):
            assert (start, flat) == (10, 1)
        case _:
            pytest.fail("a rule matches its own pattern")
