"""Every exception of the library, and how an error quotes the rejected value.

Each error is a `KashiaMoneyError` *and* the builtin that a caller would expect. It carries `value`
(the rejected value), `expected` (what is accepted), `remedy` (what to do) and `field` (the
argument's name, or the value's place).
"""

from __future__ import annotations

from array import array
from collections import deque
from reprlib import Repr
from typing import Self

_QUOTABLE_BITS = 256
_ABBREVIATED = (int, str, bytes, bytearray, tuple, list, dict, set, frozenset, deque, array)


class _Quoter(Repr):
    """Abbreviates by the type itself; `Repr` goes by its name, and any class can be called `int`."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 60
        self.maxlevel = 1

    def repr1(self, x: object, level: int) -> str:
        return super().repr1(x, level) if type(x) in _ABBREVIATED else self.repr_instance(x, level)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002  # the signature is `Repr`'s
        # Python rejects integers of more than 4300 digits, and takes quadratic time to print
        # smaller ones.
        bits = x.bit_length()
        return f"an integer of {bits} bits" if bits > _QUOTABLE_BITS else repr(x)

    repr_bytes = repr_bytearray = Repr.repr_str  # slices and joins, as they can


_QUOTER = _Quoter()


def quoted(value: object) -> str:
    """Return a short `repr` of any value, however large it is.

    >>> quoted("x" * 1_000_000)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
    >>> quoted(10**1_000_000)
    'an integer of 3321929 bits'
    """
    return _QUOTER.repr(value)


def expect(value: object, kind: type, name: str) -> None:
    """Raise the TypeError that a compiled module raises by itself, if a value is of another class altogether.

    >>> expect(5, str, "locale")
    Traceback (most recent call last):
    TypeError: locale is a str, not 5
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} is a {kind.__name__}, not {quoted(value)}")


def require(extra: str, *packages: str) -> None:
    """Raise the error of a missing package before its import does.

    Raises:
        ImportError: one of the packages is not installed.

    >>> require("arrays", "no_such_package")
    Traceback (most recent call last):
    ImportError: no_such_package is not installed: pip install 'kashia_money[arrays]'
    """
    from importlib.util import find_spec  # here, because the core needs no extra

    for package in packages:
        if find_spec(package) is None:
            raise ImportError(
                f"{package} is not installed: pip install 'kashia_money[{extra}]'", name=package
            )


class KashiaMoneyError(Exception):
    """The base of every error that this library raises on purpose.

    >>> from kashia_money import KashiaMoneyError, quote
    >>> try:
    ...     quote(-1)
    ... except KashiaMoneyError as error:
    ...     print(error.value, "|", error.expected, "|", error.remedy)
    -1 | an int of minor units from 0 to 9223372036854775807 | pass an amount within these bounds
    """

    def __init__(self, value: object, expected: str, remedy: str, field: str | None = None) -> None:
        super().__init__(value, expected, remedy)
        self.value = value
        self.expected = expected
        self.remedy = remedy
        self.field = field

    def __str__(self) -> str:
        place = "" if self.field is None else f"{self.field} as "
        return f"expected {place}{self.expected}, got {quoted(self.value)}: {self.remedy}"

    def at(self, field: str) -> Self:
        """Return the error with the place of its value, such as a JSON path.

        >>> print(InvalidRuleError(5, "a minimum of at most the cap, 4", "lower it").at("$.platform"))
        expected $.platform as a minimum of at most the cap, 4, got 5: lower it
        """
        self.field = field
        return self


class InvalidAmountError(KashiaMoneyError, ValueError):
    """An amount, minimum, cap or total that is no integer of minor units within bounds, or text that is no amount."""


class InvalidPercentageError(KashiaMoneyError, ValueError):
    """A percentage that is no finite number, has more than six decimal places, or is outside its range."""


class InvalidRuleError(KashiaMoneyError, ValueError):
    """A rule or schedule whose parts contradict each other, such as a minimum above its cap."""


class InvalidRoundingError(KashiaMoneyError, ValueError):
    """A rounding mode that is not one of `Rounding`, such as decimal's `ROUND_05UP`."""


class InvalidRatioError(KashiaMoneyError, ValueError):
    """A ratio to allocate by that is no number from 0 on, or ratios that give nobody anything."""


class InvalidCurrencyError(KashiaMoneyError, ValueError):
    """Something that is not the code of an ISO 4217 currency, such as lower-case text."""


class NoMinorUnitError(InvalidCurrencyError):
    """An ISO 4217 code that has no minor unit, such as gold (XAU) or the special drawing right (XDR)."""


class CurrencyMismatchError(KashiaMoneyError, ValueError):
    """Two currencies where one was meant."""


class MissingScheduleError(KashiaMoneyError, LookupError):
    """A currency for which no fee schedule is published, and none was passed."""


class NotAMarketplaceError(KashiaMoneyError, ValueError):
    """A commission that a single vendor's link asks for."""


class InvalidLocaleError(KashiaMoneyError, ValueError):
    """A locale that CLDR does not know."""


class InvalidDocumentError(KashiaMoneyError, ValueError):
    """A document that is no JSON object, lacks a field or has an unknown one, or text that is no JSON."""


class InvalidColumnError(KashiaMoneyError, ValueError):
    """A column of a type that cannot hold what it should, of another length than the rest, or whose name is taken."""


class UnreachableTotalError(KashiaMoneyError, ValueError):
    """A total that no base has; `below` and `above` are the nearest ones that some base has, or None."""

    def __init__(self, value: object, below: int | None, above: int | None) -> None:
        near = " or ".join(str(total) for total in (below, above) if total is not None)
        super().__init__(value, "a total that some base has", f"pass one of the nearest, {near}")
        self.below = below
        self.above = above

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.value, self.below, self.above), vars(self)
