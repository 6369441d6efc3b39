"""Allocations and split refunds: an oracle, their laws, and rejected input."""

from __future__ import annotations

import decimal
import time
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kashia_money import (
    FeeSchedule,
    InvalidAmountError,
    InvalidRatioError,
    KashiaMoneyError,
    Settlement,
    allocate,
    quote,
    split_refund,
)
from kashia_money.errors import quoted
from tests.support.strategies import MAX, amounts, near, schedules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kashia_money._core.allocation import Ratio

signed = st.one_of(
    st.integers(-100, 100), st.integers(-MAX, MAX), near(MAX).map(lambda amount: -amount)
)
small = st.integers(0, 3)  # so that ties, zeros and shares without a remainder are common
decimals = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(0, 9999),
    st.integers(-90, 300),
)
numbers = st.one_of(
    small, st.integers(0, 10**6), st.integers(0, 10**308), decimals, decimals.map(str)
)
ratios = st.lists(small, min_size=1, max_size=8) | st.lists(numbers, min_size=1, max_size=20)
ratios = ratios.filter(lambda given: any(map(Fraction, given)))
parts = st.one_of(
    st.lists(small, max_size=9),
    st.lists(st.integers(0, 10**6), max_size=40),
    st.lists(st.integers(0, MAX // 10), max_size=10),
    st.sampled_from([[MAX], [MAX, 0], [1, MAX - 1], [MAX - 2, 1, 1], [MAX // 3] * 3]),
)


@st.composite
def refunds(draw: st.DrawFn) -> tuple[list[int], int]:
    held = draw(parts)
    return held, draw(st.integers(0, sum(held)))


def exact_shares(amount: int, given: Iterable[Ratio]) -> list[Fraction]:
    weights = list(map(Fraction, given))
    return [amount * weight / sum(weights) for weight in weights]


def by_oracle(amount: int, given: Sequence[Ratio]) -> tuple[int, ...]:
    """Round every share up, then take units back from the most overpaid.

    Of equally overpaid shares, the latest loses the unit.
    """
    if amount < 0:
        return tuple(-share for share in by_oracle(-amount, given))
    exact = exact_shares(amount, given)
    shares = list(map(ceil, exact))
    while sum(shares) > amount:
        *_, (_, latest) = sorted((shares[row] - exact[row], row) for row in range(len(shares)))
        shares[latest] -= 1
    return tuple(shares)


# allocate


@given(signed, ratios)
@example(2, [1, 3])  # ½ and 1½: a tie of shares that differ
@example(MAX, ["1e308", "1e-90"])
def test_allocate_matches_the_oracle(amount: int, given: list[Ratio]) -> None:
    assert allocate(amount, given) == by_oracle(amount, given)


@given(signed, ratios)
def test_allocate_gives_whole_shares_that_sum_to_the_amount(
    amount: int, given: list[Ratio]
) -> None:
    shares = allocate(amount, given)
    assert len(shares) == len(given)
    assert sum(shares) == amount
    for share, exact, ratio in zip(shares, exact_shares(amount, given), given, strict=True):
        assert -1 < share - exact < 1
        assert share == exact or exact.denominator > 1
        assert share == 0 or Fraction(ratio) > 0
    assert allocate(-amount, given) == tuple(-share for share in shares)
    assert all(type(share) is int for share in shares)


@given(signed, ratios)
def test_allocate_orders_shares_as_ratios(amount: int, given: list[Ratio]) -> None:
    shares = allocate(abs(amount), given)
    rows = list(enumerate(zip(map(Fraction, given), shares, strict=True)))
    for row, (ratio, share) in rows:
        for later, (other, others_share) in rows[row + 1 :]:
            if ratio == other:
                assert share - others_share in (0, 1), (row, later)
            elif abs(share - others_share) > 1:
                assert (ratio < other) == (share < others_share)


@given(signed, ratios, st.randoms(use_true_random=False))
def test_allocate_uses_the_order_only_for_ties(
    amount: int, given: list[Ratio], random: Any
) -> None:
    shuffled = random.sample(given, len(given))

    def by_remainder(order: list[Ratio]) -> dict[Fraction, int]:
        sums: dict[Fraction, int] = {}
        for share, exact in zip(allocate(amount, order), exact_shares(amount, order), strict=True):
            sums[exact % 1] = sums.get(exact % 1, 0) + share
        return sums

    assert by_remainder(shuffled) == by_remainder(given)
    if len({exact % 1 for exact in exact_shares(amount, given)}) == len(given):
        pairs = zip(map(Fraction, given), allocate(amount, given), strict=True)
        assert sorted(pairs) == sorted(
            zip(map(Fraction, shuffled), allocate(amount, shuffled), strict=True)
        )


@given(signed, st.lists(decimals, min_size=1, max_size=9).filter(any), st.integers(-80, 80))
def test_allocate_depends_only_on_proportions(
    amount: int, given: list[Decimal], exponent: int
) -> None:
    scaled = [Fraction(ratio) * 10**90 for ratio in given]
    shares = allocate(amount, given)
    assert allocate(amount, list(map(str, given))) == shares
    if max(scaled) < 10**309:
        assert allocate(amount, list(map(int, scaled))) == shares
        assert allocate(amount, [f"{int(ratio)}e{min(exponent, 0)}" for ratio in scaled]) == shares


@pytest.mark.parametrize(
    ("amount", "given", "shares"),
    [
        (0, [1, 0], (0, 0)),
        (5, [7], (5,)),
        (100, [1, 1, 1], (34, 33, 33)),
        (1, [0, 1, 1], (0, 1, 0)),
        (2, [1, 3], (1, 1)),
        (2, [3, 1], (2, 0)),
        (11, [1000, 150, 50], (9, 1, 1)),
        (12, [1000, 150, 50], (10, 2, 0)),
        (100, ["0.333", "0.333", "0.334"], (33, 33, 34)),
        (100, ["33.3", Decimal("33.3"), 33], (34, 33, 33)),
        (10, [Decimal("0E+5"), "-0", 1], (0, 0, 10)),
        (MAX, [1, 1], (2**62, 2**62 - 1)),
        (-MAX, [1, MAX], (-1, 1 - MAX)),
        # What the users of other libraries met (RubyMoney 652, 971 and 1033; Shopify/money 190;
        # moneyphp 492 and 506).
        (-100, [1, 1, 1], (-34, -33, -33)),
        (-5, [3, 7], (-2, -3)),
        (5, [3, 7], (2, 3)),
        (100_000, ["0.2", "0.3", "0.5"], (20_000, 30_000, 50_000)),
        (10_000, ["18.2", "81.8"], (1820, 8180)),
        (1, [1, 1, 1, 0], (1, 0, 0, 0)),
        (1, [33, 34, 33], (0, 1, 0)),
        (101, [1, 99], (1, 100)),
        (7, [15, 60, 25], (1, 4, 2)),
    ],
)
def test_allocate_by_hand(amount: int, given: list[Ratio], shares: tuple[int, ...]) -> None:
    assert allocate(amount, given) == shares == by_oracle(amount, given)


def test_allocate_and_split_refund_take_index_objects() -> None:
    class Index:
        def __index__(self) -> int:
            return 5

    numpys: Any = Index()

    assert allocate(numpys, iter([numpys, numpys])) == (3, 2)
    assert split_refund(iter([numpys, numpys]), numpys) == (3, 2)


def test_allocate_ignores_the_decimal_context() -> None:
    given: list[Ratio] = [
        Decimal("1234567.89"),
        "0.000000000000000000000000000001",
        Decimal("7654321.01"),
    ]
    expected = allocate(MAX, given)
    traps = dict.fromkeys(decimal.Context().traps, True)
    with decimal.localcontext(
        decimal.Context(prec=1, Emax=0, Emin=0, rounding="ROUND_UP")
    ) as context:
        context.traps.update(traps)
        assert allocate(MAX, given) == expected
        assert not any(context.flags.values())


# split_refund


@given(refunds())
@example(([], 0))
@example(([0, 0, 0], 0))
def test_split_refund_gives_shares_within_parts(refund: tuple[list[int], int]) -> None:
    held, refunded = refund
    shares = split_refund(held, refunded)

    assert len(shares) == len(held)
    assert sum(shares) == refunded
    assert all(0 <= share <= part for share, part in zip(shares, held, strict=True))
    assert all(type(share) is int for share in shares)


@given(refunds())
def test_split_refund_takes_one_more_unit_from_one_part(
    refund: tuple[list[int], int],
) -> None:
    held, refunded = refund
    if refunded < sum(held):
        steps = zip(split_refund(held, refunded), split_refund(held, refunded + 1), strict=True)
        assert sorted(after - before for before, after in steps) == [0] * (len(held) - 1) + [1]


@given(parts.filter(bool))
def test_split_refund_of_all_is_the_parts(held: list[int]) -> None:
    assert split_refund(held, sum(held)) == tuple(held)
    assert split_refund(held, 0) == (0,) * len(held)


@given(refunds())
@example(([3, 3, 3, 3, 3], 2))
def test_split_refund_is_near_the_exact_shares(refund: tuple[list[int], int]) -> None:
    held, refunded = refund
    doublings = next(power for power in range(99) if 2**power >= len(held))
    for share, part in zip(split_refund(held, refunded), held, strict=True):
        assert abs(share - Fraction(refunded * part, sum(held) or 1)) <= Fraction(doublings, 2)


@given(parts, st.data())
def test_split_refund_ignores_how_refunds_are_divided(held: list[int], data: st.DataObject) -> None:
    cuts = [0, *sorted(data.draw(st.lists(st.integers(0, sum(held)), min_size=1, max_size=6)))]
    borne = [0] * len(held)
    for before, after in pairwise(cuts):
        payouts = [
            new - old
            for old, new in zip(split_refund(held, before), split_refund(held, after), strict=True)
        ]
        assert min(payouts, default=0) >= 0
        assert sum(payouts) == after - before
        borne = [paid + payout for paid, payout in zip(borne, payouts, strict=True)]

    assert tuple(borne) == split_refund(held, cuts[-1])


@pytest.mark.parametrize(
    "held", [[1000, 150, 50], [1] * 7, [5, 0, 3, 0, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9], [40, 1, 1, 1]]
)
def test_split_refund_never_falls(held: list[int]) -> None:
    shares = [split_refund(held, refunded) for refunded in range(sum(held) + 1)]
    for before, after in pairwise(shares):
        assert all(old <= new for old, new in zip(before, after, strict=True))

    assert shares[-1] == tuple(held)


@pytest.mark.parametrize(
    ("held", "refunded", "shares"),
    [
        ([1000, 150, 50], 11, (9, 2, 0)),
        (
            [1000, 150, 50],
            12,
            (10, 2, 0),
        ),  # where the largest remainder takes the third part's unit back
        ([100], 40, (40,)),
        ([50, 50], 1, (1, 0)),  # a tie to the first half
        ([50, 50], 3, (2, 1)),
        ([50, 50, 50, 50], 2, (1, 0, 1, 0)),
        ([1] * 8, 2, (1, 0, 0, 0, 1, 0, 0, 0)),  # by halves, not one part after the other
        ([0, 9, 0], 4, (0, 4, 0)),
        ([600, 300, 100], 500, (300, 150, 50)),
        ([MAX - 1, 1], MAX // 2, (MAX // 2, 0)),
    ],
)
def test_split_refund_by_hand(held: list[int], refunded: int, shares: tuple[int, ...]) -> None:
    assert split_refund(held, refunded) == shares


# Quote.settle


@given(schedules, amounts, st.data())
def test_settle_conserves_the_total(
    schedule: FeeSchedule, amount: int, data: st.DataObject
) -> None:
    made = schedule.quote(amount)
    refunded = data.draw(st.integers(0, amount))
    settled = made.settle(refunded=refunded)

    assert settled.buyer == refunded
    assert settled.buyer + settled.seller == made.amount
    assert settled.platform_fee + settled.merchant_fee == made.total_fees
    assert sum(settled) == made.total_amount
    assert made.settle(refunded=amount) == Settlement(
        amount, 0, made.platform_fee, made.merchant_fee
    )
    assert made.settle(refunded=0).seller == made.seller_amount


# What is refused.

MILLION_DIGITS = "1" * 10**6
HUGE = 10**1_000_000
NOT_INTEGERS: list[object] = [
    True,
    1.0,
    "1",
    "",
    None,
    2**63,
    HUGE,
    -HUGE,
    Decimal(1),
    b"1",
    [1],
    ...,
]
NOT_RATIOS: list[object] = [
    True, False, 1.0, float("nan"), None, b"1", [1], 1j, Fraction(1, 2),
    -1, "-1", Decimal("-1E-90"), HUGE, 10**309,
    "", "abc", " 1", "1_0", "1,5", "1/2", "50%", "NaN", "inf", "1e309", "1e-91", "1e99999999",
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
    Decimal("1E+999999999"), Decimal("1E-999999999"),
    MILLION_DIGITS, Decimal(MILLION_DIGITS), Decimal(f"0.{MILLION_DIGITS}"),
]  # fmt: skip
NO_LISTS: list[object] = [
    "123", MILLION_DIGITS, b"123", bytearray(3), {1, 2}, frozenset({1}),
    {1: 2}, {1: 2}.keys(), {1: 2}.values(), {1: 2}.items(), MappingProxyType({1: 2}),
]  # fmt: skip

# The values are of the wrong type on purpose, so these calls are not typed.
share_out: Callable[..., object] = allocate
split: Callable[..., object] = split_refund
ROWS: list[tuple[Callable[[Any], object], list[object], type[KashiaMoneyError]]] = [
    (lambda value: share_out(value, [1]), NOT_INTEGERS, InvalidAmountError),
    (lambda value: share_out(1, [value]), NOT_RATIOS, InvalidRatioError),
    (lambda value: share_out(1, [1, "0.5", value]), NOT_RATIOS, InvalidRatioError),
    (
        lambda value: share_out(1, value),
        [*NO_LISTS, [], [0], ["0.0", 0, Decimal("-0")], [0] * 1000],
        InvalidRatioError,
    ),
    (lambda value: split([9, value], 1), [*NOT_INTEGERS, -1, 2**63 - 9], InvalidAmountError),
    (lambda value: split([9], value), [*NOT_INTEGERS, -1, 10], InvalidAmountError),
    (lambda value: split(value, 0), NO_LISTS, InvalidAmountError),
    (lambda value: split([], value), [1], InvalidAmountError),
    (
        lambda refunded: quote(100).settle(refunded=refunded),
        [value for value in (*NOT_INTEGERS, -1, 101) if value is not None],
        InvalidAmountError,
    ),
]
CASES = [
    pytest.param(call, value, error, id=f"{number}-{quoted(value)[:30]}")
    for number, (call, values, error) in enumerate(ROWS)
    for value in values
]


@pytest.mark.parametrize(("call", "value", "error"), CASES)
def test_allocation_rejects_wrong_values_at_once(
    call: Callable[[Any], object], value: object, error: type[KashiaMoneyError]
) -> None:
    seconds = []
    for _ in range(10):
        start = time.perf_counter()
        with pytest.raises(error) as caught:
            call(value)
        seconds.append(time.perf_counter() - start)

    assert isinstance(caught.value, ValueError)
    assert caught.value.expected in str(caught.value)
    assert caught.value.remedy in str(caught.value)
    assert len(str(caught.value)) < 400
    assert min(seconds) < 0.05


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: share_out(5, [1, 0.5]),
            (
                r"^expected ratios\[1\] as a number with at most 90 decimal places, got 0\.5: "
                "pass it as text"
            ),
        ),
        (
            lambda: share_out(5, [1, -1]),
            (
                r"^expected ratios\[1\] as a number of at least 0, got -1: "
                "pass 0 or more; for a correction"
            ),
        ),
        (
            lambda: share_out(5, [0]),
            (
                r"^expected a ratio above 0 among the ratios, got \[0\]: "
                "pass one above 0 for each share"
            ),
        ),
        (
            lambda: share_out(5, "12"),
            r"^expected ratios in order, got '12': pass a list that has one for each share$",
        ),
        (
            lambda: share_out(-(2**63), [1]),
            r"amount as an int of minor units from -9223372036854775807 to ",
        ),
        (lambda: split([2, -1], 0), r"^expected parts\[1\] as an int of minor units from 0 to "),
        (
            lambda: split([MAX, 1], 0),
            r"^expected parts whose sum is at most 9223372036854775807, got ",
        ),
        (
            lambda: split([2, 3], 6),
            (
                r"^expected a refund of at most the sum of the parts, 5, got 6: "
                "pass the total refunded, "
            ),
        ),
        (lambda: split([2, 3], -1), r"^expected refunded as an int of minor units from 0 to "),
        (
            lambda: quote(9).settle(refunded=10),
            r"^expected a refund of at most the base, 9, got 10: pass how much of the base",
        ),
    ],
)
def test_allocation_errors_name_the_value(call: Callable[[], object], message: str) -> None:
    with pytest.raises(KashiaMoneyError, match=message):
        call()


@pytest.mark.parametrize(
    "call", [lambda: share_out(1, 5), lambda: split(5, 0), lambda: share_out(1, None)]
)
def test_allocation_raises_type_error_without_an_iterable(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        call()
