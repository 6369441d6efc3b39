"""The sums over many quotes of one currency."""

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
    """How many there are."""
    currency: str
    amount: int
    platform_fee: int
    merchant_fee: int
    total_fees: int
    total_amount: int


def totals(quotes: Iterable[Quote], *, currency: Code | None = None) -> Totals:
    """Return the sums over many quotes of one currency; they may exceed 2⁶³-1.

    Args:
        quotes: any number of them, each read once.
        currency: the ISO 4217 code that all of them are in; None for the first one's, so that there
            must be one.

    Raises:
        CurrencyMismatchError: a quote is in another currency.
        InvalidCurrencyError: the currency is no ISO 4217 code, or there is none because there is no
            quote.
        TypeError: something is not a `Quote`.

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
                each.currency, f"a quote in {code}", "add up each currency by itself"
            )
        count += 1
        amount += each.amount
        platform_fee += each.platform_fee
        merchant_fee += each.merchant_fee
    if code is None:
        raise InvalidCurrencyError(
            None, "a currency for the sums of no quotes", "pass the currency that they are in"
        )
    fees = platform_fee + merchant_fee
    return Totals(count, code, amount, platform_fee, merchant_fee, fees, amount + fees)
