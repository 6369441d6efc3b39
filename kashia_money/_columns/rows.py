"""A row's amount, percentage and cap, read as strictly as `quote` reads them.

Written once for all engines that plan first and compute later, as the formula is: a `Reader` is a
`Writer` that also knows nulls and floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, Self, TypeVar

from .._core.fields import MAX_COMMISSION
from .._core.numbers import ALL_EXACT, MAX_AMOUNT, MILLION
from .formula import Number, Writer

if TYPE_CHECKING:
    from .._core.quotes import FeeSchedule


class Value(Number, Protocol):
    """A number in an engine's language, perhaps null or a float, and the operators to read it."""

    def __add__(self, other: Self | float, /) -> Self: ...
    def __mul__(self, other: Self | float, /) -> Self: ...
    def __truediv__(self, other: Self | float, /) -> Self: ...
    def __lt__(self, other: Self | float, /) -> Self: ...
    def __gt__(self, other: Self | float, /) -> Self: ...


V = TypeVar("V", bound=Value)


class Reader(Writer[V], Protocol[V]):
    """How values of a row are read in an engine's language.

    Nulls behave as in SQL: a comparison with null is null, and only a true test chooses `then`.
    """

    def choose(self, test: V, then: V | float, other: V | float | None) -> V:
        """Return `then` where the test is true, else `other`; None means null."""
        ...

    def both(self, one: V, other: V) -> V:
        """Return whether two tests are true."""
        ...

    def either(self, one: V, other: V) -> V:
        """Return whether one test is true."""
        ...

    def equal(self, one: V, other: V | float) -> V:
        """Return whether two floats are equal."""
        ...

    def within(self, value: V, most: int) -> V:
        """Return whether a value is from 0 to `most`."""
        ...

    def is_null(self, value: V) -> V:
        """Return whether a value is null."""
        ...

    def floor(self, value: V) -> V:
        """Return a float rounded down, as a float."""
        ...

    def integer(self, value: V) -> V:
        """Return an integer or a float without a fraction as an int64."""
        ...


class Given(NamedTuple, Generic[V]):
    """A row's values as the frame has them; None where there is no column."""

    amount: V
    percentage: V | None = None
    cap: V | None = None
    percentage_is_float: bool = False
    """Whether percentages are float64; otherwise they are integers."""


class Row(NamedTuple, Generic[V]):
    """A row's amount, rate and cap, for the formula."""

    base: V
    """In minor units; null if the amount is null or any of the values is rejected."""
    rate: V | None
    """In 10⁻⁸, from 0 to 20 %. Where the percentage is null, the merchant's single rate, or -1.

    None if there is no column.
    """
    cap: V | None
    """In minor units; where it is null, the merchant's. None if there is no column."""


def read(to: Reader[V], given: Given[V], largest: int, schedule: FeeSchedule) -> Row[V]:
    """Return the rows' amounts up to `largest`, their rates and their caps."""
    merchant = schedule.merchant._curve
    accepted = to.within(given.amount, largest)
    rate = cap = None
    if given.percentage is not None:
        if given.percentage_is_float:
            asked, exact = _read_float(to, given.percentage)
            accepted = to.both(accepted, exact)
        else:
            asked = to.integer(_clamped(to, given.percentage, MAX_COMMISSION // MILLION)) * MILLION
        default_rate = -1 if merchant.single_rate is None else merchant.single_rate
        rate = to.choose(to.is_null(given.percentage), default_rate, asked)
        rate = to.name("rate", rate)
    if given.cap is not None:
        in_range = to.within(given.cap, MAX_AMOUNT)
        accepted = to.both(accepted, to.either(to.is_null(given.cap), in_range))
        # A wider type must not be cast, nor meet an int64, before its values fit.
        own_cap = to.integer(to.choose(in_range, given.cap, None))
        cap = to.name("cap", to.choose(in_range, own_cap, merchant.cap))
    if not schedule.marketplace:
        for override in (given.percentage, given.cap):
            if override is not None:
                accepted = to.both(accepted, to.is_null(override))
    base = to.integer(to.choose(accepted, given.amount, None))
    return Row(to.name("base", base), rate, cap)


def _read_float(to: Reader[V], percentage: V) -> tuple[V, V]:
    """Return the rate of a float, clamped, and whether the float is an exact rate.

    A float lies between two multiples of a millionth. It is exact if one of them, divided by a
    million, gives the float again; `numbers.millionths` rejects the others. A null percentage is
    accepted. For NaN and infinity, both results are null. A multiplication finds them, because
    DuckDB can drop a comparison: it relies on a Parquet file's statistics, which omit NaN.
    """
    finite = to.equal(percentage * 0.0, 0.0)
    bounded = to.choose(percentage > ALL_EXACT, ALL_EXACT, percentage)
    bounded = to.choose(percentage < -ALL_EXACT, -ALL_EXACT, bounded)
    absent = to.choose(to.is_null(percentage), 0.0, None)
    near = to.name("near", to.choose(finite, bounded, absent))
    # Instead of a division by a constant, Polars multiplies by the reciprocal, which is inexact.
    million = near * 0.0 + 1e6
    lower = to.name("lower", to.floor(near * 1e6))
    nearest = to.choose(to.equal(lower / million, near), lower, lower + 1.0)
    nearest = to.name("nearest", nearest)
    rate = to.integer(_clamped(to, nearest, MAX_COMMISSION))
    return rate, to.equal(nearest / million, near)


def _clamped(to: Reader[V], value: V, most: int) -> V:
    """Return a value from 0 to `most`."""
    return to.choose(value < 0, 0, to.choose(value > most, most, value))
