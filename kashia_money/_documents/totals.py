"""Add up many quotes of one currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._core.currencies import Code, known_code
from .._core.quotes import Quote
from ..errors import CurrencyMismatchError, InvalidCurrencyError, expect

if TYPE_CHECKING:
    from collections.abc import Iterable


class Totals(NamedTuple):
    """The sums over many quotes of one currency, in minor units."""

    quotes: int
    """The number of quotes."""
    currency: str
    amount: int
    platform_fee: int
    merchant_fee: int
    total_fees: int
    total_amount: int


def totals(quotes: Iterable[Quote], *, currency: Code | None = None) -> Totals:
    """Return the sums over many quotes of one currency; they may exceed 2⁶³-1.

    Args:
        quotes: any number of quotes; each is read once.
        currency: the ISO 4217 code of all quotes. None means the first quote's currency, and
            requires at least one quote.

    Raises:
        CurrencyMismatchError: a quote is in another currency.
        InvalidCurrencyError: the currency is not an ISO 4217 code, or it is None and there are no
            quotes.
        TypeError: an item is not a `Quote`.

    >>> from kashia_money import quote
    >>> totals(quote(amount) for amount in (100_000, 150_000_000)).total_fees
    2260000
    """
    code = None if currency is None else known_code(currency)
    count = amount = platform_fee = merchant_fee = 0
    for each in quotes:
        expect(each, Quote, "each of quotes")
        code = each.currency if code is None else code
        if each.currency != code:
            raise CurrencyMismatchError(
                each.currency, f"a quote in {code}", "add up each currency separately"
            )
        count += 1
        amount += each.amount
        platform_fee += each.platform_fee
        merchant_fee += each.merchant_fee
    if code is None:
        raise InvalidCurrencyError(
            None, "a currency if there are no quotes", "pass the currency of the sums"
        )
    fees = platform_fee + merchant_fee
    return Totals(count, code, amount, platform_fee, merchant_fee, fees, amount + fees)
