"""Amounts and percentages, read as exact integers.

An amount is an int of minor units. A percentage is an int of millionths of a percent. Text and
Decimals are read under a private decimal context, so the caller's context never changes a result.
"""

from __future__ import annotations

import re
from operator import index
from typing import TYPE_CHECKING, Final, Protocol, SupportsIndex, TypeAlias, cast

from ..errors import (
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidPercentageError,
)
from .currencies import exponent
from .rounding import HALF_UP, SCALE, Rounding

if TYPE_CHECKING:
    from decimal import Decimal

Percentage: TypeAlias = "str | int | float | Decimal"

# 2**63 - 1: the largest integer of a 64-bit column in every engine.
MAX_AMOUNT: Final = 9_223_372_036_854_775_807
# 2**62 - 1: the largest int that mypyc keeps in a machine word. A first comparison with it avoids
# the slow comparison with MAX_AMOUNT for almost every amount.
WORD: Final = 4_611_686_018_427_387_903

PLACES: Final = 6  # decimal places of a percentage
MILLION: Final = 1_000_000  # millionths in one percent
# 2**33: neighbouring floats from here on are more than 10**-6 apart, so each of them is the nearest
# float to a number with six decimal places.
ALL_EXACT: Final = 8_589_934_592.0

# The exponent of the largest float. A number with more digits before its point is rejected in every
# notation, to limit the work.
_MAX_EXPONENT: Final = 308
_LIMIT: Final = 10 ** (_MAX_EXPONENT + 1)
_TOO_LARGE: Final = f"pass a number below 1e{_MAX_EXPONENT + 1}"
# The largest number of characters, and the precision in digits: enough for every float in
# positional notation.
_MAX_TEXT: Final = 400
_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"


def minor_units(value: SupportsIndex, name: str = "amount", least: int = 0) -> int:
    """Return an amount as an int, if it is an integer of minor units from `least` to 2⁶³-1.

    The amount is an int or another integer type with `__index__`, such as a NumPy integer. `name`
    is the amount's name in the error.

    Raises:
        InvalidAmountError: the amount is a bool, is not an integer (a float or text, for example),
            or is out of bounds.

    >>> minor_units(150_000_000)
    150000000
    """
    if type(value) is int and 0 <= value <= WORD:
        return value
    remedy = _remedy_for_non_integer(value, name)
    if not isinstance(value, bool):
        try:
            whole = index(value)
        except TypeError:
            pass
        else:
            if least <= whole <= MAX_AMOUNT:
                return whole
            remedy = "pass an amount within these bounds"
    raise InvalidAmountError(
        value, f"an int of minor units from {least} to {MAX_AMOUNT}", remedy, name
    )


def _remedy_for_non_integer(value: object, name: str) -> str:
    if value is None:
        return f"pass {name}, which is missing"
    remedy = (
        "for minor units, pass an int; for major units (1500.50), pass to_minor(value, currency)"
    )
    if isinstance(value, str) and not is_plain(value):
        written = (
            "for major units as people write them (1,500.50), pass parse_minor(text, currency)"
        )
        return f"{remedy}; {written}"
    return remedy


def is_plain(text: str) -> bool:
    """Return whether text is a plain decimal number with at most 400 characters.

    >>> is_plain("1500.50"), is_plain("1,500.50")
    (True, False)
    """
    return len(text) <= _MAX_TEXT and re.fullmatch(_NUMBER, text) is not None


class _CurrencyLike(Protocol):
    @property
    def code(self) -> str: ...


class MoneyLike(Protocol):
    """A py-moneyed `Money`: an amount with a currency.

    This protocol describes `Money` without an import, so the core needs only the standard library.
    """

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        ...

    @property
    def currency(self) -> _CurrencyLike:
        """The currency, with its ISO 4217 `code`."""
        ...


def currency_of(amount: object) -> str | None:
    """Return the currency code of a Money. Return None for every other value.

    >>> from moneyed import Money
    >>> currency_of(Money(5, "USD")), currency_of(5)
    ('USD', None)
    """
    from decimal import Decimal

    code = getattr(getattr(amount, "currency", None), "code", None)
    return (
        str.__str__(code)
        if isinstance(code, str) and isinstance(getattr(amount, "amount", None), Decimal)
        else None
    )


def minor_amount(amount: SupportsIndex | MoneyLike, currency: str) -> int:
    """Return an int of minor units, or a Money in `currency`, as minor units from 0 to 2⁶³-1.

    Raises:
        InvalidAmountError: the amount is neither an int nor a Money, is out of bounds, or is a
            Money with more decimal places than the currency.
        CurrencyMismatchError: the Money is in another currency.

    >>> from moneyed import Money
    >>> minor_amount(Money("15.50", "NGN"), "NGN")
    1550
    """
    code = currency_of(amount)
    if code is None:
        return minor_units(cast("SupportsIndex", amount))
    if code != currency:
        remedy = "pass a schedule in the Money's currency"
        raise CurrencyMismatchError(code, f"a Money in the schedule's currency, {currency}", remedy)
    major = cast("MoneyLike", amount).amount
    places = exponent(currency)
    try:
        minor = scaled(major, places)
    except ValueError as remedy_error:
        expected = (
            f"an amount of {currency} with at most {places} decimal places, "
            f"from 0 to {MAX_AMOUNT} minor units"
        )
        raise InvalidAmountError(major, expected, str(remedy_error)) from None
    return minor_units(minor)


def millionths(percentage: Percentage) -> int:
    """Return a percentage as an exact int of millionths of a percent.

    A float is read as it prints, in the decimal digits of its `repr`: 0.1 is one tenth of a
    percent.

    Raises:
        InvalidPercentageError: the percentage is a bool, NaN, infinite or not a number, or has more
            than six decimal places.

    >>> millionths("1.5"), millionths(1.5), millionths(20)
    (1500000, 1500000, 20000000)
    """
    # Not narrowed to a float, because compiled code would box a float for `type`.
    value: object = percentage
    if isinstance(percentage, float):
        number: float = percentage
        if type(value) is not float:
            # Compiled code never calls a subclass's operators, so pure Python does not, either.
            number = float.__float__(percentage)
        # Below 1e9 a float holds six decimal places. So the nearest int is the only candidate, and
        # dividing it by a million shows whether the float is exactly that percentage.
        if 0.0 <= number < 1e9:
            nearest = int(number * 1e6 + 0.5)
            if nearest / MILLION == number:
                return nearest
    elif isinstance(percentage, int) and not isinstance(percentage, bool):
        whole = index(percentage)
        if -SCALE <= whole <= SCALE:
            return whole * MILLION
    try:
        return scaled(
            float.__repr__(percentage) if isinstance(percentage, float) else percentage, PLACES
        )
    except ValueError as remedy:
        expected = f"a percentage with at most {PLACES} decimal places"
        raise InvalidPercentageError(percentage, expected, str(remedy)) from None


def percent(rate: int) -> str:
    """Return a rate, in millionths of a percent, as the shortest text in percent.

    >>> percent(1_500_000), percent(20_000_000), percent(-1)
    ('1.5', '20', '-0.000001')
    """
    whole, millionth = divmod(abs(rate), MILLION)
    text = f"{whole}.{millionth:06}".rstrip("0").rstrip(".")
    return f"-{text}" if rate < 0 else text


def scaled(number: object, places: int, rounding: Rounding | None = None) -> int:
    """Return `number` × 10 to the power of `places` as an int.

    `number` is an int, a Decimal or decimal text. The result is exact; if `number` has more decimal
    places, it is rounded by `rounding`. Each check comes before any work that grows with the input.

    Raises:
        ValueError: `number` is not such a number, is outside the range of a float, or has more than
            `places` decimal places while `rounding` is None. The message is the remedy for the
            caller's error.

    >>> scaled("1.5", 2), scaled("1.005", 2, Rounding.HALF_UP)
    (150, 101)
    """
    if hasattr(number, "__index__") and not isinstance(number, bool):  # faster than SupportsIndex
        try:
            number = index(cast("SupportsIndex", number))
        except TypeError:
            raise ValueError('pass it as text, such as "1.5"') from None
        if not -_LIMIT < number < _LIMIT:
            raise ValueError(_TOO_LARGE)
        return number * int(10**places)

    import decimal  # here, because the import is slow and most callers do not need it

    if isinstance(number, str):
        if not is_plain(number):
            raise ValueError('write it as a plain decimal number, such as "1.5"')
        number = decimal.Decimal(number)
    if not isinstance(number, decimal.Decimal):
        raise ValueError('pass it as text, such as "1.5"')
    if not number.is_finite():
        raise ValueError("pass a finite number")
    if number and number.adjusted() > _MAX_EXPONENT:
        raise ValueError(_TOO_LARGE)
    # Every setting is explicit, because a missing one comes from `decimal.DefaultContext`, which a
    # caller can change.
    context = decimal.Context(
        prec=_MAX_TEXT,
        rounding=rounding or HALF_UP,
        Emin=decimal.MIN_EMIN,
        Emax=decimal.MAX_EMAX,
        capitals=1,
        clamp=0,
        flags=[],
        traps=[] if rounding else [decimal.Inexact],
    )
    try:
        quantized = context.quantize(number, decimal.Decimal((0, (1,), -places)))
    except decimal.Inexact:
        raise ValueError(f"round it to {places} decimal places") from None
    return int(context.scaleb(quantized, places))
