"""The door to py-moneyed and Babel: major units in and out, and money as people write it.

Floor 5: imports `currencies`, `rounding` and `errors`, and, alone in the package, `moneyed` and `babel`.

Neither is asked to compute: py-moneyed obeys the caller's decimal context and truncates silently, and both of them have
digits of their own for a currency. What they need of `decimal` runs in a context that nothing of the caller's reaches.
"""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import SupportsIndex

import moneyed
from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from .currencies import exponent, known_code
from .errors import CurrencyMismatchError, InvalidAmountError, InvalidLocaleError, expect
from .rounding import MAX_AMOUNT, Rounding, minor_units, scaled

_DEFAULT_CURRENCY = "NGN"
_MAX_TEXT = 100
_MARKS = "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"  # of direction
_MARK_IN_NUMBER = re.compile(f"[0-9].*[{_MARKS}].*[0-9]")
_LETTER_BY_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")  # CLDR parts them (UTS 35, currencySpacing)
# What a text keeps once the kinds of space, apostrophe and minus are made one, and the marks of direction dropped.
_FOLD = str.maketrans(
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{RIGHT SINGLE QUOTATION MARK}\N{MINUS SIGN}",
    "   '-",
    _MARKS,
)


def _context() -> Context:
    return Context(200, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, capitals=1, clamp=0, flags=[], traps=[])


def to_minor(
    value: str | Decimal | int | moneyed.Money, currency: str | None = None, *, rounding: Rounding | None = None
) -> int:
    """Return an amount of major units in minor units.

    Args:
        value: major units, as plain decimal text, a Decimal, an int, or a Money, which brings its currency. Floats are
            refused: whether 0.1 + 0.2 is 0.3 is nobody's to guess.
        currency: an ISO 4217 code; None for the Money's own, or NGN.
        rounding: how to round more decimal places than the currency has; None refuses them.

    Raises:
        InvalidAmountError: no such number, more decimal places than the currency has, or beyond ±(2⁶³-1) minor units.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.
        CurrencyMismatchError: the Money is in another currency than `currency`.

    >>> to_minor("1500000.50"), to_minor(1000), to_minor("0.125", "USD", rounding=Rounding.HALF_EVEN)
    (150000050, 100000, 12)
    """
    number: object = value
    if isinstance(value, moneyed.Money):
        number, own = value.amount, value.currency.code
        if currency not in (None, own):
            remedy = f'pass "{own}" to get minor units of {own}'
            raise CurrencyMismatchError(currency, f"the Money's own currency, {own}", remedy)
        currency = own
    currency = known_code(_DEFAULT_CURRENCY if currency is None else currency)
    if rounding is not None:
        expect(rounding, Rounding, "rounding")
    digits = exponent(currency)
    try:
        minor = scaled(number, digits, rounding)
    except ValueError as remedy:
        raise _invalid(value, currency, digits, str(remedy)) from None
    if not -MAX_AMOUNT <= minor <= MAX_AMOUNT:
        raise _invalid(value, currency, digits, "pass a smaller amount")
    return minor


def _invalid(value: object, currency: str, digits: int, remedy: str) -> InvalidAmountError:
    expected = f"an amount of {currency} with at most {digits} decimal places, within ±{MAX_AMOUNT} minor units"
    return InvalidAmountError(value, expected, remedy)


def from_minor(amount: SupportsIndex, currency: str = _DEFAULT_CURRENCY) -> moneyed.Money:
    """Return minor units as py-moneyed's `Money`, with all the decimal places that ISO 4217 gives the currency.

    Args:
        amount: minor units, from -(2⁶³-1) to 2⁶³-1.
        currency: an ISO 4217 code.

    Raises:
        InvalidAmountError: the amount is no such int.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.

    >>> from_minor(150_000_050).amount, from_minor(-5, "JPY").amount
    (Decimal('1500000.50'), Decimal('-5'))
    """
    return moneyed.Money(_major(amount, currency), _moneyed_currency(known_code(currency)))


def _major(amount: SupportsIndex, currency: str) -> Decimal:
    digits = exponent(currency)
    return Decimal(minor_units(amount, least=-MAX_AMOUNT)).scaleb(-digits, _context())


def _moneyed_currency(code: str) -> moneyed.Currency:
    """Return py-moneyed's currency, or one of our making for a code it lacks; equal ones are, by code."""
    try:
        return moneyed.get_currency(code)
    except moneyed.CurrencyDoesNotExist:
        return moneyed.Currency(code, sub_unit=10 ** exponent(code))


def format_minor(amount: SupportsIndex, currency: str = _DEFAULT_CURRENCY, locale: str = "en_NG") -> str:
    """Return minor units as people of a locale write them, with every digit that ISO 4217 gives the currency.

    Args:
        amount: minor units, from -(2⁶³-1) to 2⁶³-1.
        currency: an ISO 4217 code.
        locale: a locale of CLDR's, such as "en_NG"; the process's own is never asked.

    Raises:
        InvalidAmountError: the amount is no such int.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.
        InvalidLocaleError: CLDR does not know the locale.

    >>> format_minor(150_000_000), format_minor(150_000_000, "JPY", "ja_JP")
    ('₦1,500,000.00', '￥150,000,000')
    """
    code = known_code(currency)
    digits = exponent(code)
    return _written_out(_major(amount, code), code, locale, (digits, digits))


def format_exact(amount: Decimal, currency: str, locale: str) -> str:
    """Return a fraction of minor units as people of a locale write it, with every digit that it has.

    >>> format_exact(Decimal("10000.485"), "NGN", "en_NG")
    '₦100.00485'
    """
    digits = exponent(currency)
    return _written_out(amount.scaleb(-digits, _context()), currency, locale, (digits, _MAX_TEXT))


def _written_out(major: Decimal, currency: str, locale: str, digits: tuple[int, int]) -> str:
    known = _locale(locale)
    pattern = copy.copy(known.currency_formats["standard"])
    pattern.frac_prec = digits  # CLDR has other digits than ISO 4217 for 13 currencies
    with localcontext(_context()):
        text = pattern.apply(major, known, currency=currency, currency_digits=False)
    return _LETTER_BY_DIGIT.sub("\N{NO-BREAK SPACE}", text)


def parse_minor(text: str, currency: str = _DEFAULT_CURRENCY, locale: str = "en_NG") -> int:
    """Return the minor units of an amount written as people of a locale write it: the inverse of `format_minor`.

    Strict: digits grouped as the locale groups them or not at all, the locale's decimal mark, and at most one of the
    currency's own symbol and code, before or after. Kinds of space, apostrophe and minus are not told apart.

    Args:
        text: the amount, at most 100 characters.
        currency: an ISO 4217 code.
        locale: a locale of CLDR's, such as "en_NG".

    Raises:
        InvalidAmountError: another currency's symbol, other grouping, more decimal places than the currency has, or
            beyond ±(2⁶³-1) minor units.
        InvalidCurrencyError: not an ISO 4217 code with a minor unit.
        InvalidLocaleError: CLDR does not know the locale.

    >>> parse_minor("₦1,500,000.50"), parse_minor("1.500,5 €", "EUR", "de_DE")
    (150000050, 150050)
    """
    code = known_code(currency)
    digits = exponent(code)
    folded = _folded(text)
    match = re.fullmatch(_written(code, _locale(locale)), folded)
    # Zeros count as places: "1.500" is most likely fifteen hundred, from where the point groups thousands.
    if match is None or len(match["fraction"] or "") > digits or _says_twice(match):
        example = format_minor(123_456_789, code, locale)
        raise _invalid(text, code, digits, f"write it the way {example!r} is written, or pass the locale it is in")
    whole = "".join(filter(str.isdigit, match["whole"]))
    minor = int(whole + (match["fraction"] or "").ljust(digits, "0"))
    if minor > MAX_AMOUNT:
        raise _invalid(text, code, digits, "pass a smaller amount")
    return -minor if "-" in folded else minor


def _folded(text: object) -> str:
    """Return text as the pattern has it, and "" for what cannot be an amount."""
    if not isinstance(text, str) or len(text) > _MAX_TEXT or _MARK_IN_NUMBER.search(text):
        return ""
    return text.translate(_FOLD)


def _says_twice(match: re.Match[str]) -> bool:
    """Say whether an amount has two signs or two names of its currency."""
    return match[0].count("-") > 1 or bool(match["before"] and match["after"])


def _written(currency: str, locale: Locale) -> str:
    """Return the pattern of an amount as a locale writes it, once folded."""
    group, mark = (re.escape(symbol(locale).translate(_FOLD)) for symbol in (get_group_symbol, get_decimal_symbol))
    names = "|".join(re.escape(name.translate(_FOLD)) for name in (get_currency_symbol(currency, locale), currency))
    last, others = locale.currency_formats["standard"].grouping
    grouped = f"[0-9]{{1,{others}}}(?:{group}[0-9]{{{others}}})*{group}[0-9]{{{last}}}"
    number = f"(?P<whole>[0-9]+|{grouped})(?:{mark}(?P<fraction>[0-9]+))?"
    return f"-? ?(?P<before>{names})? ?-? ?{number} ?(?P<after>{names})? ?-?"


def _locale(name: str) -> Locale:
    if isinstance(name, str):
        with suppress(ValueError, UnknownLocaleError):
            return Locale.parse(name.replace("-", "_"))
    remedy = 'pass its name in CLDR, such as "de_DE" for German in Germany'
    raise InvalidLocaleError(name, "a locale of CLDR's", remedy)
