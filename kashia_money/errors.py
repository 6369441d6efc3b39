"""The exceptions of the library, each with the builtin exception that it also is.

KashiaMoneyError (Exception)
├── InvalidAmountError (ValueError)
├── InvalidPercentageError (ValueError)
├── InvalidRuleError (ValueError)
├── InvalidRoundingError (ValueError)
├── InvalidRatioError (ValueError)
├── InvalidCurrencyError (ValueError)
│   └── NoMinorUnitError (ValueError)
├── CurrencyMismatchError (ValueError)
├── MissingScheduleError (LookupError)
├── NotAMarketplaceError (ValueError)
├── InvalidLocaleError (ValueError)
├── InvalidDocumentError (ValueError)
├── InvalidColumnError (ValueError)
└── UnreachableTotalError (ValueError)

Each error has four attributes: `value` is the rejected value, `expected` describes the accepted
values, and `remedy` is the next step. `field` names the argument or the place of the value.
"""

from __future__ import annotations

from array import array
from collections import deque
from reprlib import Repr
from typing import Self

_QUOTABLE_BITS = 256
_ABBREVIATED = (int, str, bytes, bytearray, tuple, list, dict, set, frozenset, deque, array)


class _Quoter(Repr):
    """A `Repr` that abbreviates builtin types only.

    `Repr` selects a method by the name of the type, and any class can have the name `int`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 60
        self.maxlevel = 1

    def repr1(self, x: object, level: int) -> str:
        return super().repr1(x, level) if type(x) in _ABBREVIATED else self.repr_instance(x, level)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002  # the signature is `Repr`'s
        # `repr` rejects integers of more than 4300 digits, and needs quadratic time below that.
        bits = x.bit_length()
        return f"an integer of {bits} bits" if bits > _QUOTABLE_BITS else repr(x)

    repr_bytes = repr_bytearray = Repr.repr_str  # it only slices and joins, so it works for bytes


_QUOTER = _Quoter()


def quoted(value: object) -> str:
    """Return a short `repr` of a value of any size.

    >>> quoted("x" * 1_000_000)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
    >>> quoted(10**1_000_000)
    'an integer of 3321929 bits'
    """
    return _QUOTER.repr(value)


def expect(value: object, kind: type, name: str) -> None:
    """Raise a TypeError if a value has the wrong class.

    Compiled modules raise this error without help. With this check, pure Python raises it, too.

    >>> expect(5, str, "locale")
    Traceback (most recent call last):
    TypeError: locale is a str, not 5
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} is a {kind.__name__}, not {quoted(value)}")


def require(extra: str, *packages: str) -> None:
    """Raise an error that names the extra to install, if a package is missing.

    Raises:
        ImportError: one of the packages is not installed.

    >>> require("arrays", "no_such_package")
    Traceback (most recent call last):
    ImportError: no_such_package is not installed: pip install 'kashia_money[arrays]'
    """
    from importlib.util import find_spec  # here, because the core never calls this function

    for package in packages:
        if find_spec(package) is None:
            raise ImportError(
                f"{package} is not installed: pip install 'kashia_money[{extra}]'", name=package
            )


class KashiaMoneyError(Exception):
    """The base class of the library's errors.

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
        """Set the place of the rejected value, such as a JSON path, and return the error.

        >>> error = InvalidRuleError(5, "a minimum of at most the cap, 4", "lower it")
        >>> print(error.at("$.platform"))
        expected $.platform as a minimum of at most the cap, 4, got 5: lower it
        """
        self.field = field
        return self


class InvalidAmountError(KashiaMoneyError, ValueError):
    """An amount, minimum, cap or total that is not an int of minor units within its bounds.

    Also a number or text that does not convert to such an amount.
    """


class InvalidPercentageError(KashiaMoneyError, ValueError):
    """A percentage that is not a finite number with at most six decimal places in its range."""


class InvalidRuleError(KashiaMoneyError, ValueError):
    """A rule or schedule with parts that contradict each other, such as a minimum above the cap."""


class InvalidRoundingError(KashiaMoneyError, ValueError):
    """A rounding mode that is not one of `Rounding`, such as decimal's `ROUND_05UP`."""


class InvalidRatioError(KashiaMoneyError, ValueError):
    """A ratio that is not a number of at least 0, or ratios that are all 0."""


class InvalidCurrencyError(KashiaMoneyError, ValueError):
    """A value that is not the code of an ISO 4217 currency, such as "ngn" in small letters."""


class NoMinorUnitError(InvalidCurrencyError):
    """An ISO 4217 code without a minor unit: gold (XAU), the special drawing right (XDR)."""


class CurrencyMismatchError(KashiaMoneyError, ValueError):
    """Two currencies in a place that takes one."""


class MissingScheduleError(KashiaMoneyError, LookupError):
    """A currency without a published fee schedule, in a call that passes no schedule."""


class NotAMarketplaceError(KashiaMoneyError, ValueError):
    """A commission on a single vendor's link."""


class InvalidLocaleError(KashiaMoneyError, ValueError):
    """A locale that is not in CLDR."""


class InvalidDocumentError(KashiaMoneyError, ValueError):
    """Text that is not JSON, or a document that is not an object with the expected fields."""


class InvalidColumnError(KashiaMoneyError, ValueError):
    """A column with the wrong type, with the wrong length, or with a name that already exists."""


class UnreachableTotalError(KashiaMoneyError, ValueError):
    """A total that no base amount has.

    `below` and `above` are the nearest totals that a base amount has; None if there is no such
    total.
    """

    def __init__(self, value: object, below: int | None, above: int | None) -> None:
        near = " or ".join(str(total) for total in (below, above) if total is not None)
        super().__init__(value, "a total that some base has", f"pass one of the nearest, {near}")
        self.below = below
        self.above = above

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.value, self.below, self.above), vars(self)
