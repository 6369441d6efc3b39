"""The laws of a quote, for every schedule."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from kashia_money import (
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidRuleError,
    Quote,
    commission,
    quote,
)
from kashia_money._core.serialization import read_rule
from tests.support import oracle
from tests.support.strategies import MAX, amounts, caps, commissions, falls, schedules

if TYPE_CHECKING:
    from decimal import Decimal


@given(amounts, commissions, caps)
def test_quote_matches_the_oracle(amount: int, percentage: Decimal, cap: int | None) -> None:
    made = quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)

    assert made.platform_fee == oracle.platform_fee(amount)
    assert made.merchant_fee == oracle.commission(amount, Fraction(percentage), cap)


@given(schedules, amounts)
def test_quote_figures_add_up(schedule: FeeSchedule, amount: int) -> None:
    made = schedule.quote(amount)

    assert made.platform_fee == oracle.fee_by(schedule.platform.to_dict(), amount)
    assert made.merchant_fee == oracle.fee_by(schedule.merchant.to_dict(), amount)
    assert made.total_fees == made.platform_fee + made.merchant_fee
    assert made.total_amount == made.amount + made.total_fees
    assert made.seller_amount == made.amount == amount
    assert made.currency == schedule.currency


@given(schedules, amounts, amounts)
def test_total_amount_rises_with_the_amount(schedule: FeeSchedule, one: int, other: int) -> None:
    low, high = sorted((one, other))
    may_fall = falls(schedule.platform) or falls(schedule.merchant)

    assert (
        may_fall
        or low == high
        or schedule.quote(low).total_amount < schedule.quote(high).total_amount
    )


@given(schedules, amounts, commissions, caps)
def test_quote_with_terms_equals_a_schedule_with_them(
    schedule: FeeSchedule, amount: int, percentage: Decimal, cap: int | None
) -> None:
    own = schedule.merchant
    capped = read_rule(own.to_dict() | ({} if cap is None else {"cap": cap}))
    linked = FeeRule(commission(percentage).percentage, cap=capped.cap, rounding=own.rounding)

    assert schedule.quote(
        amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap
    ) == FeeSchedule(schedule.currency, schedule.platform, linked).quote(amount)
    assert schedule.quote(amount, merchant_fee_cap=cap) == FeeSchedule(
        schedule.currency, schedule.platform, capped
    ).quote(amount)
    assert quote(amount, schedule.currency, schedule=schedule) == schedule.quote(amount)


@given(schedules, amounts, commissions, caps)
def test_merchant_rule_charges_the_links_terms(
    schedule: FeeSchedule, amount: int, percentage: Decimal, cap: int | None
) -> None:
    made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)

    assert made.schedule.merchant.fee(amount) == made.merchant_fee
    assert made.schedule.merchant.clamped_from == commission(percentage).clamped_from
    assert made.schedule.platform == schedule.platform


@given(schedules, amounts, caps)
def test_merchant_rule_without_a_percentage_keeps_the_default(
    schedule: FeeSchedule, amount: int, cap: int | None
) -> None:
    capped = schedule.quote(amount, merchant_fee_cap=cap).schedule.merchant

    assert schedule.quote(amount).schedule == schedule
    assert capped._fields.rows == schedule.merchant._fields.rows


@given(schedules, amounts)
def test_to_dict_and_fees_contain_the_figures(schedule: FeeSchedule, amount: int) -> None:
    made = schedule.quote(amount)
    assert (
        json.loads(json.dumps(made.fees))
        == made.fees
        == {name: getattr(made, name) for name in made.fees}
    )
    flat = made.to_dict()
    assert json.loads(json.dumps(flat)) == flat == {name: getattr(made, name) for name in flat}


def test_quote_rejects_a_total_beyond_64_bits() -> None:
    with pytest.raises(
        InvalidAmountError, match=f"an amount whose total is at most {MAX}"
    ) as error:
        quote(MAX - 4_999_999)

    assert error.value.value == MAX - 4_999_999
    assert quote(MAX - 5_000_000).total_amount == MAX


def test_quote_counts_the_commission_towards_the_limit() -> None:
    largest = 7_686_143_364_041_479_839  # with ₦50,000 and a fifth, rounded half up, exactly 2⁶³-1

    assert quote(largest, merchant_fee_percentage=20).total_amount == MAX
    with pytest.raises(InvalidAmountError, match="an amount whose total"):
        quote(largest + 1, merchant_fee_percentage=20)


@pytest.mark.parametrize(
    ("rule", "remedy"),
    [
        (FeeRule("20.000001"), "lower its percentage to at most 20"),
        (FeeRule(1, flat=1), "leave out its flat part"),
        (FeeRule(1, minimum=1), "leave out its minimum"),
    ],
)
def test_schedule_rejects_a_commission_beyond_20_percent(rule: FeeRule, remedy: str) -> None:
    with pytest.raises(InvalidRuleError, match=f"{remedy}$"):
        FeeSchedule("NGN", PUBLISHED["NGN"].platform, rule)


def test_quote_takes_index_objects() -> None:
    class Index:
        def __index__(self) -> int:
            return 666_700

    made = quote(Index(), merchant_fee_percentage=1, merchant_fee_cap=Index())

    assert made == quote(666_700, merchant_fee_percentage=1, merchant_fee_cap=666_700)
    assert type(made.amount) is int


class OwnInt(int):
    """Computes in a way of its own, which must not reach a fee."""

    def __mul__(self, other: object) -> float:  # type: ignore[override]
        return 2.5

    __rmul__ = __mul__  # type: ignore[assignment]

    def __le__(self, other: object) -> bool:
        return True

    __ge__ = __le__


class OwnFloat(float):
    """Computes in a way of its own, too."""

    def __mul__(self, other: object) -> float:
        return 2.5

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize("five", [OwnInt(5), OwnFloat(5)])
def test_fee_ignores_operators_of_subclasses(five: float) -> None:
    fee = FeeRule(five).fee(100)

    assert fee == quote(100, merchant_fee_percentage=five).merchant_fee == 5
    assert type(fee) is int


def test_quote_compares_currencies_by_value() -> None:
    assert quote(5, "".join("NGN")) == quote(5)


def test_quote_class_takes_an_amount_and_a_schedule() -> None:
    assert Quote(5, PUBLISHED["NGN"]) == quote(5)
