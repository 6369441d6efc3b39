"""A py-moneyed Money as the amount of a quote: its currency counts."""

from __future__ import annotations

from decimal import Decimal, localcontext
from types import SimpleNamespace

import pytest
from moneyed import Money

from kashia_money import (
    PUBLISHED,
    CurrencyMismatchError,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    MissingScheduleError,
    Quote,
    quote,
)

USD = FeeSchedule("USD", FeeRule("2.9", flat=30))


def test_quote_reads_a_money_in_its_own_currency() -> None:
    assert quote(Money("1500000.00", "NGN")) == quote(150_000_000)
    assert quote(Money(100, "USD"), schedule=USD).total_amount == 10_320
    assert USD.quote(Money("0.01", "USD")).amount == 1
    assert Quote(Money(100, "USD"), USD) == USD.quote(10_000)


def test_quote_never_prices_a_money_in_another_currency() -> None:
    """USD 100 was once priced as 100 naira, because only the number was passed on."""
    with pytest.raises(MissingScheduleError, match="got 'USD': pass schedule"):
        quote(Money(100, "USD"))
    with pytest.raises(CurrencyMismatchError, match="got 'USD'"):
        quote(Money(100, "USD"), "NGN")
    with pytest.raises(CurrencyMismatchError, match="the schedule's currency, NGN, got 'USD'"):
        PUBLISHED["NGN"].quote(Money(100, "USD"))


@pytest.mark.parametrize("major", ["0.001", "-1", "1e20", "NaN", "Infinity"])
def test_quote_rejects_a_money_that_is_not_an_amount(major: str) -> None:
    with pytest.raises(InvalidAmountError):
        quote(Money(Decimal(major), "NGN"))


def test_quote_of_a_money_is_exact_in_any_decimal_context() -> None:
    with localcontext(prec=3):
        assert quote(Money(Decimal("12345678.90"), "NGN")).amount == 1_234_567_890


def test_quote_takes_nothing_else_for_a_money() -> None:
    """An object with minor units in `amount` must not be read as major units."""
    for amount in (5, 5.0, "5"):
        with pytest.raises(InvalidAmountError):
            quote(SimpleNamespace(amount=amount, currency=SimpleNamespace(code="NGN")))
    with pytest.raises(InvalidAmountError):
        quote(quote(5))  # type: ignore[arg-type]  # a quote has an amount and a currency, too


def test_quote_takes_the_schedules_currency() -> None:
    assert quote(10_000, schedule=USD).currency == "USD"
    assert quote(10_000, "USD", schedule=USD).currency == "USD"
    with pytest.raises(CurrencyMismatchError):
        quote(10_000, "NGN", schedule=USD)
