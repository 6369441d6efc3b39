"""Conversions of minor units to and from py-moneyed's Money, and to and from the text that people write.

Only this module imports `moneyed` and `babel`, in the functions that use them, because they are
slow to import.

Neither is asked to compute: py-moneyed obeys the caller's decimal context and truncates silently,
and for some currencies both have other digits than ISO 4217. Decimals are computed in a context of
this file.
"""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from typing import TYPE_CHECKING, SupportsIndex, cast

from .._core.currencies import exponent, known_code
from .._core.numbers import MAX_AMOUNT, MoneyLike, currency_of, is_plain, minor_units, scaled
from .._core.rounding import read_rounding
from ..errors import (
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidCurrencyError,
    InvalidLocaleError,
)

if TYPE_CHECKING:
    from decimal import Context, Decimal

    from babel import Locale
    from moneyed import Currency, Money

_MAX_TEXT = 100
_MARKS = "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"  # of direction
_MARK_IN_NUMBER = f"[0-9].*[{_MARKS}].*[0-9]"
_LETTER_BY_DIGIT = (
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"  # CLDR parts them (UTS 35, currencySpacing)
)
# What a text keeps once the kinds of space, apostrophe and minus are made one, and the marks of
# direction dropped.
_FOLD = str.maketrans(
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{RIGHT SINGLE QUOTATION MARK}\N{MINUS SIGN}",
    "   '-",
    _MARKS,
)


def _context() -> Context:
    from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context

    return Context(
        200, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, capitals=1, clamp=0, flags=[], traps=[]
    )


def to_minor(
    value: str | Decimal | int | MoneyLike,
    currency: str | None = None,
    *,
    rounding: str | None = None,
) -> int:
    """Return an amount of major units in minor units.

    Args:
        value: in major units: plain decimal text, a Decimal, an int, or a py-moneyed `Money`, which
            brings its currency. Floats are rejected: nobody can know whether 0.1 + 0.2 should be
            0.3.
        currency: an ISO 4217 code; only a Money may come without one.
        rounding: how to round more decimal places than the currency has, as a `Rounding` or by
            decimal's constant; None rejects them.

    Raises:
        InvalidAmountError: not such a number, more decimal places than the currency has, or beyond
            ±(2⁶³-1) minor units.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit, or no currency.
        CurrencyMismatchError: the Money is in another currency than `currency`.
        InvalidRoundingError: the rounding is not one of `Rounding`.

    >>> to_minor("1500000.50", "NGN"), to_minor(1000, "JPY"), to_minor("0.125", "USD", rounding="ROUND_HALF_EVEN")
    (150000050, 1000, 12)
    """
    number: object = value
    own = currency_of(value)
    if own is not None:
        number = cast("MoneyLike", value).amount
        if currency not in (None, own):
            remedy = f'pass "{own}" to get minor units of {own}'
            raise CurrencyMismatchError(currency, f"the Money's own currency, {own}", remedy)
        currency = own
    if currency is None:
        raise InvalidCurrencyError(
            None, "a currency beside the amount", 'pass its ISO 4217 code, such as "NGN"'
        )
    currency = known_code(currency)
    digits = exponent(currency)
    mode = None if rounding is None else read_rounding(rounding)
    try:
        minor = scaled(number, digits, mode)
    except ValueError as reason:
        remedy = str(reason)
        if isinstance(number, str) and not is_plain(number):
            remedy += "; if people wrote it (1,500.50), pass parse_minor(text, currency)"
        raise _invalid(value, currency, digits, remedy) from None
    if not -MAX_AMOUNT <= minor <= MAX_AMOUNT:
        raise _invalid(value, currency, digits, "pass a smaller amount")
    return minor


def _invalid(value: object, currency: str, digits: int, remedy: str) -> InvalidAmountError:
    expected = f"an amount of {currency} with at most {digits} decimal places, within ±{MAX_AMOUNT} minor units"
    return InvalidAmountError(value, expected, remedy)


def from_minor(amount: SupportsIndex, currency: str) -> Money:
    """Return minor units as py-moneyed's `Money`, with all the decimal places that ISO 4217 gives the currency.

    Args:
        amount: minor units, from -(2⁶³-1) to 2⁶³-1.
        currency: an ISO 4217 code.

    Raises:
        InvalidAmountError: the amount is no such int.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.

    >>> from_minor(150_000_050, "NGN").amount, from_minor(-5, "JPY").amount
    (Decimal('1500000.50'), Decimal('-5'))
    """
    from moneyed import Money

    return Money(_major(amount, currency), _moneyed_currency(known_code(currency)))


def _major(amount: SupportsIndex, currency: str) -> Decimal:
    from decimal import Decimal

    digits = exponent(currency)
    return Decimal(minor_units(amount, least=-MAX_AMOUNT)).scaleb(-digits, _context())


def _moneyed_currency(code: str) -> Currency:
    """Return py-moneyed's currency, or a new one for a code that it lacks; it compares currencies by code."""
    from moneyed import Currency, CurrencyDoesNotExist, get_currency

    try:
        return get_currency(code)
    except CurrencyDoesNotExist:
        return Currency(code, sub_unit=10 ** exponent(code))


def format_minor(amount: SupportsIndex, currency: str, locale: str = "en_NG") -> str:
    """Return minor units as people of a locale write them, with every digit that ISO 4217 gives the currency.

    Args:
        amount: minor units, from -(2⁶³-1) to 2⁶³-1.
        currency: an ISO 4217 code.
        locale: a locale of CLDR's, such as "en_NG"; the process's own is never asked.

    Raises:
        InvalidAmountError: the amount is no such int.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.
        InvalidLocaleError: CLDR does not know the locale.

    >>> format_minor(150_000_000, "NGN"), format_minor(150_000_000, "JPY", "ja_JP")
    ('₦1,500,000.00', '￥150,000,000')
    """
    code = known_code(currency)
    digits = exponent(code)
    return _written_out(_major(amount, code), code, locale, (digits, digits))


def format_exact(amount: Decimal, currency: str, locale: str) -> str:
    """Return a fraction of minor units as people of a locale write it, with every digit that it has.

    >>> from decimal import Decimal
    >>> format_exact(Decimal("10000.485"), "NGN", "en_NG")
    '₦100.00485'
    """
    digits = exponent(currency)
    return _written_out(amount.scaleb(-digits, _context()), currency, locale, (digits, _MAX_TEXT))


def _written_out(major: Decimal, currency: str, locale: str, digits: tuple[int, int]) -> str:
    from decimal import localcontext

    known = _locale(locale)
    pattern = copy.copy(known.currency_formats["standard"])
    pattern.frac_prec = digits  # CLDR has other digits than ISO 4217 for 13 currencies
    with localcontext(_context()):
        text = pattern.apply(major, known, currency=currency, currency_digits=False)
    return re.sub(_LETTER_BY_DIGIT, "\N{NO-BREAK SPACE}", text)


def parse_minor(text: str, currency: str, locale: str = "en_NG") -> int:
    """Return the minor units of an amount written as people of a locale write it: the inverse of `format_minor`.

    Strict: digits grouped as the locale groups them or not at all, the locale's decimal mark, and
    at most one of the currency's own symbol and code, before or after. Kinds of space, apostrophe
    and minus are not told apart.

    Args:
        text: the amount, at most 100 characters.
        currency: an ISO 4217 code.
        locale: a locale of CLDR's, such as "en_NG".

    Raises:
        InvalidAmountError: another currency's symbol, other grouping, more decimal places than the
            currency has, or beyond ±(2⁶³-1) minor units.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.
        InvalidLocaleError: CLDR does not know the locale.

    >>> parse_minor("₦1,500,000.50", "NGN"), parse_minor("1.500,5 €", "EUR", "de_DE")
    (150000050, 150050)
    """
    code = known_code(currency)
    digits = exponent(code)
    folded = _folded(text)
    match = re.fullmatch(_written(code, _locale(locale)), folded)
    # Zeros count as places: "1.500" is most likely fifteen hundred, from where the point groups
    # thousands.
    if match is None or len(match["fraction"] or "") > digits or _says_twice(match):
        example = format_minor(123_456_789, code, locale)
        raise _invalid(
            text,
            code,
            digits,
            f"write it the way {example!r} is written, or pass the locale it is in",
        )
    whole = "".join(filter(str.isdigit, match["whole"]))
    minor = int(whole + (match["fraction"] or "").ljust(digits, "0"))
    if minor > MAX_AMOUNT:
        raise _invalid(text, code, digits, "pass a smaller amount")
    return -minor if "-" in folded else minor


def _folded(text: object) -> str:
    """Return text as the pattern has it, and "" for what cannot be an amount."""
    if not isinstance(text, str) or len(text) > _MAX_TEXT or re.search(_MARK_IN_NUMBER, text):
        return ""
    return text.translate(_FOLD)


def _says_twice(match: re.Match[str]) -> bool:
    """Say whether an amount has two signs or two names of its currency."""
    return match[0].count("-") > 1 or bool(match["before"] and match["after"])


def _written(currency: str, locale: Locale) -> str:
    """Return the pattern of an amount as a locale writes it, once folded."""
    from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

    group, mark = (
        re.escape(symbol(locale).translate(_FOLD))
        for symbol in (get_group_symbol, get_decimal_symbol)
    )
    names = "|".join(
        re.escape(name.translate(_FOLD))
        for name in (get_currency_symbol(currency, locale), currency)
    )
    last, others = locale.currency_formats["standard"].grouping
    grouped = f"[0-9]{{1,{others}}}(?:{group}[0-9]{{{others}}})*{group}[0-9]{{{last}}}"
    number = f"(?P<whole>[0-9]+|{grouped})(?:{mark}(?P<fraction>[0-9]+))?"
    return f"-? ?(?P<before>{names})? ?-? ?{number} ?(?P<after>{names})? ?-?"


def _locale(name: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    if isinstance(name, str):
        with suppress(ValueError, UnknownLocaleError):
            return Locale.parse(name.replace("-", "_"))
    remedy = 'pass its name in CLDR, such as "de_DE" for German in Germany'
    raise InvalidLocaleError(name, "a locale of CLDR's", remedy)
