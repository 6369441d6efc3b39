"""Two writers of the fee formula that compute at once, and reject what an engine could not do."""

from __future__ import annotations

from math import floor
from typing import Self

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
