"""A row's values read over the writers' protocol, against the scalar."""

from __future__ import annotations

from itertools import product
from math import inf, nan, nextafter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kashia_money import FeeRule, FeeSchedule, KashiaMoneyError, Tier, commission
from kashia_money._columns.formula import fee
from kashia_money._columns.rows import Given, read
from tests.support.strategies import MAX, amounts, commissions, large_amounts, near, schedules
from tests.support.writers import Cell, CellReader

PLATFORM = FeeRule("1.5", minimum=10_000, cap=5_000_000)
TIERS = FeeRule.graduated([Tier(0, 10), Tier(1_000, 5)], cap=900)
SCHEDULES = [
    FeeSchedule("NGN", PLATFORM),
    FeeSchedule("NGN", PLATFORM, commission("7.5", cap=300)),
    FeeSchedule("NGN", PLATFORM, TIERS),
    FeeSchedule("NGN", PLATFORM, marketplace=False),
]
FLOATS = [0.0, -0.0, 0.1, 1.5, 7.0, 20.0, 20.000001, -3.0, 25.0, 1e300, -1e300, nan, inf, -inf]
# With too many places; the neighbours of floats that six places name; and from 2³³ on, every float.
FLOATS += [0.1234567, 1e-7, nextafter(1.5, 2), nextafter(0.1, 0), 2.0**33, 4375491860.717933]
FLOATS += [4477919738.704021, 11842134937.329277, nextafter(2.0**33, 0)]


def figures_by_reading(
    schedule: FeeSchedule, amount: int | None, percentage: float | None, cap: int | None
) -> tuple[float | None, float | None, float | None]:
    to = CellReader()
    floats = not isinstance(percentage, int)
    row = Given(Cell(amount), Cell(percentage), Cell(cap), percentage_is_float=floats)
    base, rate, limit = read(to, row, MAX, schedule)
    if base.value is None:
        return None, None, None
    platform_fee = fee(to, schedule.platform._curve, base)
    merchant_fee = fee(to, schedule.merchant._curve, base, rate, limit)
    return base.value, platform_fee.value, merchant_fee.value


def figures_by_scalar(
    schedule: FeeSchedule, amount: int | None, percentage: float | None, cap: int | None
) -> tuple[int | None, int | None, int | None]:
    try:
        quote = schedule.quote(
            amount,  # type: ignore[arg-type]  # None is among the rejected amounts
            merchant_fee_percentage=percentage,
            merchant_fee_cap=cap,
        )
    except KashiaMoneyError:
        return None, None, None
    return quote.amount, quote.platform_fee, quote.merchant_fee


PERCENTAGES = [*FLOATS, None, -1, 0, 20, 21, 2**63 + 1]
CAPS = [None, -1, 0, 100, MAX, MAX + 1]
AMOUNTS = [None, -1, 0, 1_234_567, MAX + 1]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_read_accepts_the_scalars_rows(schedule: FeeSchedule) -> None:
    for row in product(AMOUNTS, PERCENTAGES, CAPS):
        assert figures_by_reading(schedule, *row) == figures_by_scalar(schedule, *row), row


terms = st.tuples(
    amounts | large_amounts,
    st.none() | st.floats() | commissions.map(float) | st.integers(-(2**63), 2**63 - 1),
    st.none() | near(0, 100, MAX),
)


@example(SCHEDULES[0], (1, 8.000001, None))
@given(schedules, terms)
def test_read_gives_the_scalars_figures(
    schedule: FeeSchedule, drawn: tuple[int, float | None, int | None]
) -> None:
    expected = figures_by_scalar(schedule, *drawn)

    # A total beyond 2⁶³-1 is the frame's to reject, not the row's.
    if expected[0] is not None:
        assert figures_by_reading(schedule, *drawn) == expected
