"""Convert minor units to and from py-moneyed's Money and the text of a locale.

py-moneyed and Babel compute no amount. py-moneyed obeys the caller's decimal context and truncates
silently, and for some currencies the digits of both differ from ISO 4217. This module computes with
Decimals in a fixed context.

Only this module imports `moneyed` and `babel`. They are slow to import, so the functions that need
them import them.
"""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex, cast

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

MAX_TEXT = 100
DIRECTION_MARKS = "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
_MARK_IN_NUMBER = f"[0-9].*[{DIRECTION_MARKS}].*[0-9]"
# Between a letter and a digit, CLDR puts a space (UTS 35, currencySpacing).
_LETTER_BY_DIGIT = r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
# One kind of space, apostrophe and minus, and no direction marks.
FOLD_TABLE = str.maketrans(
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
    "\N{RIGHT SINGLE QUOTATION MARK}\N{MINUS SIGN}",
    "   '-",
    DIRECTION_MARKS,
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
    """Return an amount in minor units for an amount in major units.

    Args:
        value: in major units: plain decimal text, a Decimal, an int, or a py-moneyed `Money`. A
            `Money` has a currency already. Floats are rejected, because 0.1 + 0.2 is not 0.3.
        currency: an ISO 4217 code; only a `Money` needs none.
        rounding: the mode for more decimal places than the currency has: a `Rounding` or a
            constant of `decimal`. None rejects such an amount.

    Raises:
        InvalidAmountError: the value is not such a number, has more decimal places than the
            currency, or is outside ±(2⁶³-1) minor units.
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit, or is missing.
        CurrencyMismatchError: the currency of the `Money` is not `currency`.
        InvalidRoundingError: the rounding is not one of `Rounding`.

    >>> to_minor("1500000.50", "NGN"), to_minor(1000, "JPY")
    (150000050, 1000)
    >>> to_minor("0.125", "USD", rounding="ROUND_HALF_EVEN")
    12
    """
    number: object = value
    money_currency = currency_of(value)
    if money_currency is not None:
        number = cast("MoneyLike", value).amount
        if currency not in (None, money_currency):
            expected = f"the currency of the Money, {money_currency}"
            remedy = f'pass "{money_currency}" to get minor units of {money_currency}'
            raise CurrencyMismatchError(currency, expected, remedy)
        currency = money_currency
    if currency is None:
        raise InvalidCurrencyError(
            None, "a currency for the amount", 'pass its ISO 4217 code, such as "NGN"'
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
        raise _amount_error(value, currency, digits, remedy) from None
    if not -MAX_AMOUNT <= minor <= MAX_AMOUNT:
        raise _amount_error(value, currency, digits, "pass a smaller amount")
    return minor


def _amount_error(value: object, currency: str, digits: int, remedy: str) -> InvalidAmountError:
    expected = (
        f"an amount of {currency} with at most {digits} decimal places, "
        f"within ±{MAX_AMOUNT} minor units"
    )
    return InvalidAmountError(value, expected, remedy)


def from_minor(amount: SupportsIndex, currency: str) -> Money:
    """Return minor units as py-moneyed's `Money`, with the decimal places of ISO 4217.

    Args:
        amount: in minor units; from -(2⁶³-1) to 2⁶³-1.
        currency: an ISO 4217 code.

    Raises:
        InvalidAmountError: the amount is not an int within these bounds.
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit.

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
    """Return py-moneyed's currency, or a new one for a code that py-moneyed lacks.

    py-moneyed compares currencies by their code, so a new one equals any other of that code.
    """
    from moneyed import Currency, CurrencyDoesNotExist, get_currency

    try:
        return get_currency(code)
    except CurrencyDoesNotExist:
        return Currency(code, sub_unit=10 ** exponent(code))


def format_minor(amount: SupportsIndex, currency: str, locale: str = "en_NG") -> str:
    """Return minor units as money in the text of a locale, with the decimal places of ISO 4217.

    Args:
        amount: in minor units; from -(2⁶³-1) to 2⁶³-1.
        currency: an ISO 4217 code.
        locale: a locale in CLDR, such as "en_NG". The locale of the process has no effect.

    Raises:
        InvalidAmountError: the amount is not an int within these bounds.
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit.
        InvalidLocaleError: the locale is not in CLDR.

    >>> format_minor(150_000_000, "NGN"), format_minor(150_000_000, "JPY", "ja_JP")
    ('₦1,500,000.00', '￥150,000,000')
    """
    code = known_code(currency)
    digits = exponent(code)
    return _format_major(_major(amount, code), code, locale, (digits, digits))


def format_exact(amount: Decimal, currency: str, locale: str) -> str:
    """Return a fraction of minor units as money in the text of a locale, with all digits.

    >>> from decimal import Decimal
    >>> format_exact(Decimal("10000.485"), "NGN", "en_NG")
    '₦100.00485'
    """
    digits = exponent(currency)
    return _format_major(amount.scaleb(-digits, _context()), currency, locale, (digits, MAX_TEXT))


def _format_major(major: Decimal, currency: str, locale: str, digits: tuple[int, int]) -> str:
    """Return major units as money in the text of a locale, with a number of digits in a range."""
    from decimal import localcontext

    cldr_locale = _locale(locale)
    pattern = copy.copy(cldr_locale.currency_formats["standard"])
    pattern.frac_prec = digits  # for 13 currencies, the digits of CLDR differ from ISO 4217
    with localcontext(_context()):
        text = pattern.apply(major, cldr_locale, currency=currency, currency_digits=False)
    return re.sub(_LETTER_BY_DIGIT, "\N{NO-BREAK SPACE}", text)


def parse_minor(text: str, currency: str, locale: str = "en_NG") -> int:
    """Return minor units for an amount in the text of a locale: the inverse of `format_minor`.

    The digits have the groups of the locale or no groups. The decimal mark is that of the locale.
    The symbol or the code of the currency may come before or after the number, once. All kinds of
    space are equal, and so are all kinds of apostrophe and of minus.

    Args:
        text: the amount, in major units; at most 100 characters.
        currency: an ISO 4217 code.
        locale: a locale in CLDR, such as "en_NG".

    Raises:
        InvalidAmountError: the text has the symbol of another currency, other groups, or more
            decimal places than the currency, or the amount is outside ±(2⁶³-1) minor units.
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit.
        InvalidLocaleError: the locale is not in CLDR.

    >>> parse_minor("₦1,500,000.50", "NGN"), parse_minor("1.500,5 €", "EUR", "de_DE")
    (150000050, 150050)
    """
    code = known_code(currency)
    digits = exponent(code)
    folded = _fold(text)
    match = re.fullmatch(_amount_pattern(code, _locale(locale)), folded)
    # Zeros count as decimal places: "1.500" is probably 1500 in a locale that groups by a point.
    if match is None or len(match["fraction"] or "") > digits or _repeats(match):
        example = format_minor(123_456_789, code, locale)
        remedy = f"write it like {example!r}, or pass the locale of the text"
        raise _amount_error(text, code, digits, remedy)
    whole = "".join(filter(str.isdigit, match["whole"]))
    minor = int(whole + (match["fraction"] or "").ljust(digits, "0"))
    if minor > MAX_AMOUNT:
        raise _amount_error(text, code, digits, "pass a smaller amount")
    return -minor if "-" in folded else minor


def _fold(text: object) -> str:
    """Return text in the characters of the pattern, or "" if it cannot be an amount."""
    if not isinstance(text, str) or len(text) > MAX_TEXT or re.search(_MARK_IN_NUMBER, text):
        return ""
    return text.translate(FOLD_TABLE)


def _repeats(match: re.Match[str]) -> bool:
    """Return whether an amount has two signs, or a symbol or code on both sides."""
    return match[0].count("-") > 1 or bool(match["before"] and match["after"])


def _amount_pattern(currency: str, locale: Locale) -> str:
    """Return the pattern of an amount in the text of a locale, after `_fold`."""
    from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

    group, mark = (
        re.escape(symbol(locale).translate(FOLD_TABLE))
        for symbol in (get_group_symbol, get_decimal_symbol)
    )
    names = "|".join(
        re.escape(name.translate(FOLD_TABLE))
        for name in (get_currency_symbol(currency, locale), currency)
    )
    last, others = locale.currency_formats["standard"].grouping
    grouped = f"[0-9]{{1,{others}}}(?:{group}[0-9]{{{others}}})*{group}[0-9]{{{last}}}"
    number = f"(?P<whole>[0-9]+|{grouped})(?:{mark}(?P<fraction>[0-9]+))?"
    return f"-? ?(?P<before>{names})? ?-? ?{number} ?(?P<after>{names})? ?-?"


class Marks(NamedTuple):
    """The text of a locale around and inside an amount of one currency."""

    positive: tuple[str, str]
    """The text before and after an amount of 0 or more."""
    negative: tuple[str, str]
    """The text before and after a negative amount, with the sign."""
    group: str
    """The mark between two groups of digits."""
    decimal: str
    """The mark between the major and the minor unit."""
    group_sizes: tuple[int, int]
    """The digits of the last group and of the others."""
    pattern: str
    """The regular expression of an amount, after the folding of `FOLD_TABLE`."""


def marks(currency: str, locale: str) -> Marks:
    """Return the marks of a locale, for a formatter and a parser in another language.

    Raises:
        InvalidLocaleError: the locale is not in CLDR.

    >>> marks("NGN", "en_NG")[:5]
    (('₦', ''), ('-₦', ''), ',', '.', (3, 3))
    """
    from babel.numbers import get_decimal_symbol, get_group_symbol

    cldr_locale = _locale(locale)
    return Marks(
        positive=_around_digits(format_minor(0, currency, locale)),
        negative=_around_digits(format_minor(-1, currency, locale)),
        group=get_group_symbol(cldr_locale),
        decimal=get_decimal_symbol(cldr_locale),
        group_sizes=cldr_locale.currency_formats["standard"].grouping,
        pattern=_amount_pattern(currency, cldr_locale),
    )


def _around_digits(text: str) -> tuple[str, str]:
    before, _, after = re.split("([0-9].*[0-9]|[0-9])", text)
    return before, after


def _locale(name: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    if isinstance(name, str):
        with suppress(ValueError, UnknownLocaleError):
            return Locale.parse(name.replace("-", "_"))
    remedy = 'pass its name in CLDR, such as "de_DE" for German in Germany'
    raise InvalidLocaleError(name, "a locale in CLDR", remedy)
