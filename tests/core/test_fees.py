"""A fee rule against the oracle, and the laws that every rule keeps."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kashia_money import (
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidPercentageError,
    Rounding,
    commission,
)
from kashia_money._core.rounding import HALF, SCALE, rounded
from tests.support import oracle
from tests.support.strategies import (
    MAX,
    amounts,
    caps,
    commissions,
    fee_rules,
    large_amounts,
    millionths,
    percentages,
    roundings,
)


@given(fee_rules(), amounts)
@example(
    FeeRule(50, flat=1, rounding=Rounding.HALF_EVEN), 1
)  # ½ + 1 is one rounding to 2, not 0 + 1
@example(FeeRule(50, rounding=Rounding.HALF_EVEN), 5)  # 2.5 to 2, where half up has 3
@example(FeeRule(50, flat=4, rounding=Rounding.HALF_EVEN), 3)  # 5.5: even or odd is the sum
def test_fee_matches_the_oracle(rule: FeeRule, amount: int) -> None:
    assert rule.fee(amount) == oracle.fee_by(rule.to_dict(), amount)


def test_commission_reads_numbers_up_to_the_range_of_a_float() -> None:
    largest = 10**309 - 1

    assert commission(largest).percentage == commission(Decimal(f"{largest}.5")).percentage == 20
    assert commission(-largest).percentage == 0
    for beyond in (10**309, -(10**309), Decimal("1E309"), "1e309"):
        with pytest.raises(InvalidPercentageError, match="pass a number below 1e309"):
            commission(beyond)


def test_commission_reads_text_of_up_to_400_characters() -> None:
    assert commission("5".zfill(400)).percentage == 5
    with pytest.raises(InvalidPercentageError, match="write it as a plain decimal number"):
        commission("5".zfill(401))


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_commission_says_that_it_needs_a_finite_number(value: str) -> None:
    with pytest.raises(InvalidPercentageError, match="pass a finite number"):
        commission(Decimal(value))


@given(large_amounts, percentages, roundings)
def test_fee_is_exact_up_to_the_largest_amount(
    amount: int, percentage: Decimal, rounding: Rounding
) -> None:
    expected = oracle.fee(amount, Fraction(percentage), rounding=rounding.value)

    assert FeeRule(percentage, rounding=rounding).fee(amount) == expected


@pytest.mark.parametrize("rest", [0, 1, HALF - 1, HALF, HALF + 1, SCALE - 1])
@pytest.mark.parametrize("rounding", Rounding)
@given(st.integers(0, 10**12))
@example(0)
@example(1)
def test_rounded_matches_decimal(rounding: Rounding, rest: int, whole: int) -> None:
    exact = whole * SCALE + rest

    assert rounded(exact, rounding) == oracle.by_decimal(Fraction(exact, SCALE), rounding.value)
    assert rounded(exact, rounding) == oracle.ROUND[rounding.value](Fraction(exact, SCALE))


@given(fee_rules(), amounts)
def test_fee_is_within_its_bounds(rule: FeeRule, amount: int) -> None:
    assume(amount > 0)

    assert rule.minimum <= rule.fee(amount) <= (MAX if rule.cap is None else rule.cap)


@given(fee_rules(), amounts, amounts)
def test_fee_never_falls_as_the_amount_rises(rule: FeeRule, one: int, other: int) -> None:
    assert rule.fee(min(one, other)) <= rule.fee(max(one, other))


@given(fee_rules(), amounts)
def test_cap_never_raises_a_fee(rule: FeeRule, amount: int) -> None:
    uncapped = FeeRule(
        rule.percentage,
        flat=rule.flat,
        flat_from=rule.flat_from,
        minimum=rule.minimum,
        rounding=rule.rounding,
    )

    assert rule.fee(amount) <= uncapped.fee(amount)


@given(percentages, amounts)
def test_fee_rounds_once_with_ties_up(percentage: Decimal, amount: int) -> None:
    error = FeeRule(percentage).fee(amount) - oracle.exact_fee(amount, Fraction(percentage))

    assert Fraction(-1, 2) < error <= Fraction(1, 2)


@given(percentages, amounts, roundings)
def test_fee_is_within_one_unit_of_exact(
    percentage: Decimal, amount: int, rounding: Rounding
) -> None:
    error = FeeRule(percentage, rounding=rounding).fee(amount) - oracle.exact_fee(
        amount, Fraction(percentage)
    )

    assert -1 < error < 1


@given(fee_rules(), amounts)
def test_basis_names_the_bound_of_the_fee(rule: FeeRule, amount: int) -> None:
    match FeeSchedule("NGN", rule).quote(amount).explain()[0].basis:
        case "cap":
            assert rule.fee(amount) == rule.cap
        case "minimum":
            assert rule.fee(amount) == rule.minimum
        case basis:
            assert basis == "percentage"
            assert amount == 0 or rule.minimum <= rule.fee(amount) != rule.cap
            expected = oracle.fee(
                amount,
                Fraction(rule.percentage),
                rule.flat,
                rule.flat_from,
                rounding=rule.rounding.value,
            )
            assert rule.fee(amount) == expected


@given(commissions, caps, amounts)
def test_commission_is_within_0_and_20_percent(
    percentage: Decimal, cap: int | None, amount: int
) -> None:
    rule = commission(percentage, cap)

    assert rule.fee(amount) == oracle.commission(amount, Fraction(percentage), cap)
    assert 0 <= rule.fee(amount) <= Fraction(amount, 5) + Fraction(1, 2)
    assert 0 <= rule.percentage <= 20
    assert rule.clamped_from == (None if 0 <= percentage <= 20 else percentage)


@given(commissions, caps)
def test_commission_clamps_once(percentage: Decimal, cap: int | None) -> None:
    once = commission(percentage, cap)

    assert commission(once.percentage, once.cap) == once
    assert commission(once.percentage).clamped_from is None


@given(millionths)
@example(1)  # 0.000001, whose float prints as 1e-06
@example(1_100_000)  # 1.1, which no float is
def test_percentage_is_the_same_in_every_spelling(rate: int) -> None:
    text = f"{rate // 10**6}.{rate % 10**6:06}"
    rule = FeeRule(text)
    spellings: list[str | float | Decimal] = [
        Decimal(text),
        float(text),
        repr(float(text)),
        f"+{text}000",
    ]
    if rate % 10**6 == 0:
        spellings.append(rate // 10**6)

    assert {FeeRule(spelling) for spelling in spellings} == {rule}
    assert rule.percentage == Decimal(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(1e308)
@example(-1e308)
@example(-1.5)
@example(5e-324)
@example(999_999_999.999999)
@example(1e9)
@example(12345678901.25)
@example(8796093022207.999)  # above 1e9 the product with a million may be another integer's
def test_commission_reads_a_float_as_it_prints(percentage: float) -> None:
    printed = Decimal(repr(percentage))
    places = -int(printed.normalize().as_tuple().exponent)
    if places <= 6:
        assert commission(percentage) == commission(printed)
        assert commission(percentage).clamped_from == commission(printed).clamped_from
    else:
        with pytest.raises(ValueError, match="at most 6 decimal places"):
            commission(percentage)


def test_fee_rejects_a_fee_beyond_64_bits() -> None:
    rule = FeeRule(100, flat=1)

    assert rule.fee(MAX - 1) == MAX
    with pytest.raises(InvalidAmountError, match="an amount whose fee is at most"):
        rule.fee(MAX)
