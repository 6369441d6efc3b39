"""Writers of the fee formula that compute at once, and reject what an engine could not do."""

from __future__ import annotations

import operator
from math import floor
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

MAX = 2**63 - 1


class Signed:
    """A 64-bit integer, whose operators raise where an engine would overflow."""

    least = -MAX - 1

    def __init__(self, value: int) -> None:
        self.value = value

    def _with(self, value: int) -> Self:
        if not self.least <= value <= MAX:
            raise OverflowError(value)
        return type(self)(value)

    def __add__(self, other: Self | int, /) -> Self:
        return self._with(self.value + int_of(other))

    def __sub__(self, other: Self | int, /) -> Self:
        return self._with(self.value - int_of(other))

    def __rsub__(self, other: int, /) -> Self:
        return self._with(other - self.value)

    def __mul__(self, other: Self | int, /) -> Self:
        return self._with(self.value * int_of(other))

    def __lt__(self, other: Self | int, /) -> Self:
        return self._with(self.value < int_of(other))

    def __gt__(self, other: Self | int, /) -> Self:
        return self._with(self.value > int_of(other))

    def __ge__(self, other: Self | int, /) -> Self:
        return self._with(self.value >= int_of(other))


class Natural(Signed):
    """A 64-bit integer, whose operators raise where the result is negative, too."""

    least = 0


class Unbounded(Signed):
    """An integer of any size."""

    def _with(self, value: int) -> Self:
        return type(self)(value)


def int_of(value: Signed | int) -> int:
    return value.value if isinstance(value, Signed) else value


class IntegerWriter:
    """Divides integers. Both branches of a choice are computed, so neither may overflow."""

    def name(self, name: str, value: Natural) -> Natural:
        return value

    def choose(self, test: Natural, then: Natural | int, other: Natural | int) -> Natural:
        return Natural(int_of(then if test.value else other))

    def div(self, value: Natural, by: int) -> Natural:
        return Natural(value.value // by)


class FloatWriter:
    """Divides floats, as Narwhals does on Spark and Ibis does on DuckDB."""

    def name(self, name: str, value: Signed) -> Signed:
        return value

    def choose(self, test: Signed, then: Signed | int, other: Signed | int) -> Signed:
        return Signed(int_of(then if test.value else other))

    def div(self, value: Signed, by: int) -> Signed:
        return Signed(floor(float(value.value) / float(by)))


class UnboundedWriter:
    """Divides integers of any size, but no negative ones: languages round these differently."""

    def name(self, name: str, value: Signed) -> Signed:
        return value

    def choose(self, test: Signed, then: Signed | int, other: Signed | int) -> Signed:
        return Unbounded(int_of(then if test.value else other))

    def div(self, value: Signed, by: int) -> Signed:
        assert value.value >= 0
        return Unbounded(value.value // by)


class Cell:
    """A null, a test, a float, or an integer whose operators raise beyond 64 bits."""

    def __init__(self, value: float | None) -> None:
        self.value = value

    def _with(self, other: Self | float, apply: Callable[[Any, Any], Any]) -> Self:
        other_value = other.value if isinstance(other, Cell) else other
        if self.value is None or other_value is None:
            return type(self)(None)
        result = apply(self.value, other_value)
        if isinstance(result, int) and not -MAX - 1 <= result <= MAX:
            raise OverflowError(result)
        return type(self)(result)

    def __add__(self, other: Self | float, /) -> Self:
        return self._with(other, operator.add)

    def __sub__(self, other: Self | int, /) -> Self:
        return self._with(other, operator.sub)

    def __rsub__(self, other: int, /) -> Self:
        return type(self)(other) - self

    def __mul__(self, other: Self | float, /) -> Self:
        return self._with(other, operator.mul)

    def __truediv__(self, other: Self | float, /) -> Self:
        return self._with(other, operator.truediv)

    def __lt__(self, other: Self | float, /) -> Self:
        return self._with(other, operator.lt)

    def __gt__(self, other: Self | float, /) -> Self:
        return self._with(other, operator.gt)

    def __ge__(self, other: Self | int, /) -> Self:
        return self._with(other, operator.ge)


class CellReader:
    """Reads nulls, floats and integers as SQL does; tests are true, false or null."""

    def name(self, name: str, value: Cell) -> Cell:
        return value

    def choose(self, test: Cell, then: Cell | float, other: Cell | float | None) -> Cell:
        chosen = then if test.value is True else other
        return chosen if isinstance(chosen, Cell) else Cell(chosen)

    def div(self, value: Cell, by: int) -> Cell:
        return Cell(None if value.value is None else value.value // by)

    def both(self, one: Cell, other: Cell) -> Cell:
        return one if one.value is False else self._unless_null(one, other)

    def either(self, one: Cell, other: Cell) -> Cell:
        return one if one.value is True else self._unless_null(one, other)

    def _unless_null(self, one: Cell, other: Cell) -> Cell:
        """Return `other`, or null where `one` is null; no test of these depends on more."""
        return one if one.value is None else other

    def equal(self, one: Cell, other: Cell | float) -> Cell:
        return one._with(other, operator.eq)

    def within(self, value: Cell, most: int) -> Cell:
        return Cell(None if value.value is None else 0 <= value.value <= most)

    def is_null(self, value: Cell) -> Cell:
        return Cell(value.value is None)

    def floor(self, value: Cell) -> Cell:
        return Cell(None if value.value is None else float(floor(value.value)))

    def integer(self, value: Cell) -> Cell:
        if value.value is None:
            return value
        whole = int(value.value)
        assert whole == value.value
        return Cell(whole) + 0
