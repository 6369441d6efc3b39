"""The door: what goes out as money comes back as the same minor units."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import moneyed
import pytest
from babel import localedata
from hypothesis import example, given
from hypothesis import strategies as st
from moneyed import Money

from kashia_money import (
    InvalidAmountError,
    InvalidCurrencyError,
    InvalidLocaleError,
    InvalidRoundingError,
    Rounding,
    exponent,
    format_minor,
    from_minor,
    parse_minor,
    to_minor,
)
from kashia_money._core.currencies import EXPONENTS
from tests.support import oracle
from tests.support.strategies import MAX, currencies, roundings

signed = st.integers(-MAX, MAX)
LOCALES = sorted(localedata.locale_identifiers())


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
@pytest.mark.parametrize("amount", [0, 1, -1, 150_000_050, MAX, -MAX])
def test_to_minor_inverts_from_minor(amount: int, currency: str) -> None:
    money = from_minor(amount, currency)

    assert money.currency.code == currency
    assert Fraction(money.amount) == Fraction(amount, 10 ** exponent(currency))
    assert (
        to_minor(money) == to_minor(money, currency) == to_minor(money.amount, currency) == amount
    )
    assert to_minor(str(money.amount), currency) == amount
    assert parse_minor(format_minor(amount, currency), currency) == amount


@given(signed, currencies, st.sampled_from(LOCALES))
@example(-123_456_789, "CHF", "de_CH")  # CHF-1’234’567.89
@example(-123_456_789, "EUR", "fy")  # the minus comes last
@example(123_456_789, "INR", "hi_IN")  # groups of two
@example(-5, "JPY", "he")  # marks of direction
def test_parse_minor_inverts_format_minor(amount: int, currency: str, locale: str) -> None:
    text = format_minor(amount, currency, locale)
    assert parse_minor(text, currency, locale) == amount
    assert parse_minor(text, currency, locale.replace("_", "-")) == amount
    digits = "".join(filter(str.isdigit, text))
    assert int(digits) == abs(amount), "no digit is hidden or added"


def test_to_minor_takes_every_spelling() -> None:
    assert (
        to_minor(1000, "NGN")
        == to_minor("1000", "NGN")
        == to_minor(Decimal("1E+3"), "NGN")
        == to_minor("1e3", "NGN")
        == 100_000
    )
    assert to_minor(Money(1000, "NGN")) == to_minor(Money(1000, "NGN"), "NGN") == 100_000
    assert to_minor("-0.01", "NGN") == -1
    assert to_minor("1.500000000", "NGN") == 150
    assert to_minor(5, "JPY") == 5
    assert to_minor("1.234", "IQD") == 1234


@given(st.integers(-(10**9), 10**9), st.integers(-8, 0), currencies, roundings)
def test_to_minor_rounds_excess_places_as_decimal(
    digits: int, power: int, currency: str, rounding: Rounding
) -> None:
    value = Decimal(digits).scaleb(power)
    exact = Fraction(value) * 10 ** exponent(currency)
    expected = oracle.by_decimal(exact, rounding.value)
    assert to_minor(value, currency, rounding=rounding) == expected
    if exact.denominator == 1:
        assert to_minor(value, currency) == expected
    else:
        with pytest.raises(InvalidAmountError, match=r"round it"):
            to_minor(value, currency)


def test_to_minor_rounds_negative_ties_as_decimal() -> None:
    assert [to_minor("-2.5", "JPY", rounding=rounding) for rounding in Rounding] == [
        -2,
        -3,
        -3,
        -2,
        -3,
        -2,
        -2,
    ]


@pytest.mark.parametrize(
    ("text", "currency", "locale", "amount"),
    [
        ("₦1,500,000.50", "NGN", "en_NG", 150_000_050),
        ("1500000.5", "NGN", "en_NG", 150_000_050),
        ("NGN 5", "NGN", "en_NG", 500),
        ("5 NGN", "NGN", "en_NG", 500),
        ("-₦5", "NGN", "en_NG", -500),
        ("₦-5", "NGN", "en_NG", -500),
        ("1.500,5 €", "EUR", "de_DE", 150_050),
        ("1 500,50 €", "EUR", "fr_FR", 150_050),
        ("1'500.50", "CHF", "de_CH", 150_050),
        ("₹1,50,000", "INR", "en_IN", 15_000_000),
        ("1.234", "IQD", "en", 1234),
    ],
)
def test_parse_minor_reads_common_spellings(
    text: str, currency: str, locale: str, amount: int
) -> None:
    assert parse_minor(text, currency, locale) == amount


def test_parse_minor_shows_the_expected_spelling() -> None:
    with pytest.raises(InvalidAmountError, match=r"got '1,50': write it like '₦1,234,567\.89'"):
        parse_minor("1,50", "NGN")


@pytest.mark.parametrize("text", ["1\u200f5", "1\u200f,500", "1,\u200e500", "1\u061c.5"])
def test_parse_minor_rejects_a_direction_mark_inside_a_number(text: str) -> None:
    """Where it changes the order in which people see the digits."""
    with pytest.raises(InvalidAmountError, match="write it like"):
        parse_minor(text, "NGN")


def test_parse_minor_drops_direction_marks_around_a_number() -> None:
    assert parse_minor("\u200f-\u200e1,500\u061c", "NGN") == -150_000


@pytest.mark.parametrize("locale", [b"en", None, 5, ["en"], "de-XX_YY", "en" * 60, "\N{NULL}"])
def test_format_minor_rejects_unknown_locales(locale: Any) -> None:
    for call in (lambda: format_minor(5, "NGN", locale), lambda: parse_minor("5", "NGN", locale)):
        with pytest.raises(InvalidLocaleError):
            call()


def test_format_minor_shows_the_digits_of_iso_4217() -> None:
    assert format_minor(1_234, "IQD", "en") == "IQD\N{NO-BREAK SPACE}1.234"
    assert format_minor(1_234, "RSD", "en_US") == "RSD\N{NO-BREAK SPACE}12.34"
    assert format_minor(150_000_000, "NGN") == "₦1,500,000.00"


def test_from_minor_takes_codes_unknown_to_py_moneyed() -> None:
    money = from_minor(105, "XCG")

    assert money == from_minor(105, "XCG") == Money(Decimal("1.05"), moneyed.Currency("XCG"))
    assert "XCG" not in moneyed.CURRENCIES


def test_to_minor_requires_a_currency_and_a_known_rounding() -> None:
    with pytest.raises(
        InvalidCurrencyError, match='got None: pass its ISO 4217 code, such as "NGN"'
    ):
        to_minor("5")
    with pytest.raises(
        InvalidRoundingError, match=r"got 'ROUND_05UP': pass one, such as Rounding.HALF_UP"
    ):
        to_minor("5", "NGN", rounding="ROUND_05UP")

    assert to_minor("0.125", "USD", rounding="ROUND_HALF_EVEN") == 12


def test_parse_minor_reads_text_of_up_to_100_characters() -> None:
    assert parse_minor("5".zfill(100), "NGN") == 500
    with pytest.raises(InvalidAmountError):
        parse_minor("5".zfill(101), "NGN")
