"""Exact numbers: how amounts and percentages are read.

Nothing in the core computes with a float or under an ambient decimal context.
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

MAX_AMOUNT: Final = (
    9_223_372_036_854_775_807  # 2**63 - 1: the largest integer of every engine's 64-bit column
)
# The largest int that mypyc keeps in a machine word: comparing with it first spares almost every
# amount the slow way.
WORD: Final = 4_611_686_018_427_387_903  # 2**62 - 1

PLACES: Final = 6  # of a percentage
MILLION: Final = 1_000_000  # millionths in one percent
ALL_EXACT: Final = 8_589_934_592.0  # 2**33: from here on, every float is the nearest to a number of six decimal places

_MAX_EXPONENT: Final = (
    308  # of the largest float: no number of more digits before its point is read, however spelled
)
_LIMIT: Final = 10 ** (_MAX_EXPONENT + 1)
_TOO_LARGE: Final = f"pass a number below 1e{_MAX_EXPONENT + 1}"
_MAX_TEXT: Final = (
    400  # characters, and digits to compute with: room for any float written out in full
)
_NUMBER: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"


def minor_units(value: SupportsIndex, name: str = "amount", least: int = 0) -> int:
    """Return an amount as an int, if it is a whole number of minor units from `least` to 2⁶³-1.

    Takes an int and what stands for one exactly, such as NumPy's integers; `name` is what an error
    calls it.

    Raises:
        InvalidAmountError: a bool, a float, text, or an integer out of bounds.

    >>> minor_units(150_000_000)
    150000000
    """
    if type(value) is int and 0 <= value <= WORD:
        return value
    remedy = _remedy_of_no_int(value, name)
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


def _remedy_of_no_int(value: object, name: str) -> str:
    if value is None:
        return f"pass {name}, which is missing"
    remedy = (
        "for minor units, pass an int; for major units (1500.50), pass to_minor(value, currency)"
    )
    if isinstance(value, str) and not is_plain(value):
        return f"{remedy}; for major units as people write them (1,500.50), pass parse_minor(text, currency)"
    return remedy


def is_plain(text: str) -> bool:
    """Say whether text is a plain decimal number, short enough to be read.

    >>> is_plain("1500.50"), is_plain("1,500.50")
    (True, False)
    """
    return len(text) <= _MAX_TEXT and re.fullmatch(_NUMBER, text) is not None


class _CurrencyLike(Protocol):
    @property
    def code(self) -> str: ...


class MoneyLike(Protocol):
    """A py-moneyed `Money`, which brings its currency; not imported, so that the core needs no package."""

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        ...

    @property
    def currency(self) -> _CurrencyLike:
        """The currency, whose `code` is that of ISO 4217."""
        ...


def currency_of(amount: object) -> str | None:
    """Return the code of the currency that a Money brings. None for anything else.

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
    """Return an int of minor units, or a Money in that currency, as an int of minor units from 0 to 2⁶³-1.

    Raises:
        InvalidAmountError: it is neither, out of bounds, or a Money with more decimal places than
            the currency has.
        CurrencyMismatchError: the Money is in another currency.

    >>> from moneyed import Money
    >>> minor_amount(Money("15.50", "NGN"), "NGN")
    1550
    """
    own = currency_of(amount)
    if own is None:
        return minor_units(cast("SupportsIndex", amount))
    if own != currency:
        remedy = "pass a schedule in the Money's currency"
        raise CurrencyMismatchError(own, f"a Money in the schedule's currency, {currency}", remedy)
    major, places = cast("MoneyLike", amount).amount, exponent(currency)
    try:
        minor = scaled(major, places)
    except ValueError as reason:
        expected = f"an amount of {currency} with at most {places} decimal places, from 0 to {MAX_AMOUNT} minor units"
        raise InvalidAmountError(major, expected, str(reason)) from None
    return minor_units(minor)


def millionths(percentage: Percentage) -> int:
    """Return a percentage as an exact int of millionths of a percent.

    A float stands for the decimal that `repr` shows: 0.1 is one tenth of a percent.

    Raises:
        InvalidPercentageError: a bool, NaN, infinity, text that is not a number, or more than six
            decimal places.

    >>> millionths("1.5"), millionths(1.5), millionths(20)
    (1500000, 1500000, 20000000)
    """
    given: object = percentage  # never narrowed to a float, which a compiled `type` would box
    if isinstance(percentage, float):
        number: float = percentage
        if type(given) is not float:
            number = float.__float__(percentage)  # without the subclass's operators, as compiled
        # Below 1e9 a float holds six places, so the nearest int is the only candidate and dividing
        # it back decides.
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
    """Return a rate in percent, as the shortest text.

    >>> percent(1_500_000), percent(20_000_000), percent(-1)
    ('1.5', '20', '-0.000001')
    """
    whole, millionth = divmod(abs(rate), MILLION)
    text = f"{whole}.{millionth:06}".rstrip("0").rstrip(".")
    return f"-{text}" if rate < 0 else text


def scaled(number: object, places: int, rounding: Rounding | None = None) -> int:
    """Return `number`, an int, a Decimal or decimal text, times 10 to the power of `places`, exactly unless rounded.

    Raises:
        ValueError: it is no such number, has more places and no `rounding`, or is beyond the range
            of a float; its text is the remedy that the caller's own error gives. Before any work
            that grows with the input.

    >>> scaled("1.5", 2), scaled("1.005", 2, Rounding.HALF_UP)
    (150, 101)
    """
    if isinstance(number, SupportsIndex) and not isinstance(number, bool):
        try:
            number = index(number)
        except TypeError:
            raise ValueError('pass it as text, such as "1.5"') from None
        if not -_LIMIT < number < _LIMIT:
            raise ValueError(_TOO_LARGE)
        return number * int(10**places)

    import decimal  # here, because most callers never need it and it is slow to import

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
    # Every setting is given, so that nothing of the caller's precision, rounding or traps reaches
    # in.
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
