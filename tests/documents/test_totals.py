"""Totals of several quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kashia_money import (
    CurrencyMismatchError,
    FeeRule,
    FeeSchedule,
    InvalidCurrencyError,
    Totals,
    quote,
    totals,
)
from tests.support.strategies import MAX, amounts, commissions, currencies, schedules

if TYPE_CHECKING:
    from decimal import Decimal


@given(st.lists(st.tuples(amounts, commissions), min_size=1), schedules)
def test_totals_add_every_figure(links: list[tuple[int, Decimal]], schedule: FeeSchedule) -> None:
    quotes = [
        schedule.quote(amount, merchant_fee_percentage=percentage) for amount, percentage in links
    ]
    summed = totals(iter(quotes))
    assert summed == totals(quotes, currency=schedule.currency)
    assert (summed.quotes, summed.currency) == (len(quotes), schedule.currency)
    assert summed.count(schedule.currency) == 1  # the tuple's method
    for name in ("amount", "platform_fee", "merchant_fee", "total_fees", "total_amount"):
        assert getattr(summed, name) == sum(getattr(each, name) for each in quotes)


def test_totals_may_exceed_64_bits() -> None:
    assert totals([quote(MAX - 5_000_000)] * 3).total_amount == 3 * MAX


@given(currencies)
def test_totals_of_no_quotes_are_zero(currency: str) -> None:
    assert totals([], currency=currency) == Totals(0, currency, 0, 0, 0, 0, 0)


def test_totals_reject_other_currencies() -> None:
    naira, dollars = quote(5), FeeSchedule("USD", FeeRule(1)).quote(5)
    with pytest.raises(CurrencyMismatchError, match="expected a quote in NGN, got 'USD'"):
        totals([naira, dollars])
    with pytest.raises(CurrencyMismatchError, match="expected a quote in USD, got 'NGN'"):
        totals([naira], currency="USD")
    with pytest.raises(InvalidCurrencyError, match="pass the currency of the sums"):
        totals([])
    with pytest.raises(InvalidCurrencyError):
        totals([], currency="ngn")
    with pytest.raises(TypeError, match="each of quotes is a Quote, not 5"):
        totals([5])  # type: ignore[list-item]  # that is the test
