"""The four figures as Narwhals expressions, for engines that plan first and compute later.

Each step fits into 64 bits, even in a row whose figures are null. In some engines, one overflow
fails the whole job.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from .._core.numbers import MAX_AMOUNT
from .formula import fee
from .rows import Given, read

if TYPE_CHECKING:
    from .._core.curve import Curve
    from .._core.quotes import FeeSchedule

_WIDE = (nw.Int64, nw.UInt64, nw.Int128, nw.UInt128)  # types that hold what an int64 does


class ColumnNames(NamedTuple):
    """The columns of a quote's amount, percentage and cap; None where all rows have the same."""

    amount: str
    percentage: str | None = None
    cap: str | None = None


class LazyColumns:
    """A frame and its temporary columns; a `Reader` of Narwhals expressions.

    An engine computes a column once, but an expression at each of its uses.
    """

    def __init__(self, frame: Any, prefix: str) -> None:
        self.frame, self.prefix = frame, prefix
        self.schema = frame.collect_schema()
        self.names: list[str] = []
        # By identity, and with the value, so that its identity stays its own.
        self._named: dict[int, tuple[nw.Expr, nw.Expr]] = {}
        self._quotients: dict[tuple[int, int], tuple[nw.Expr, nw.Expr]] = {}

    def add(self, **values: nw.Expr) -> list[nw.Expr]:
        """Return values as temporary columns."""
        first = len(self.names)
        names = [f"{self.prefix}{name}_{number}" for number, name in enumerate(values, first)]
        self.frame = self.frame.with_columns(**dict(zip(names, values.values(), strict=True)))
        self.names += names
        return [nw.col(name) for name in names]

    def name(self, name: str, value: nw.Expr) -> nw.Expr:
        """Return a value as a temporary column, the same one for the same value."""
        if id(value) not in self._named:
            self._named[id(value)] = (value, self.add(**{name: value})[0])
        return self._named[id(value)][1]

    def choose(
        self, test: nw.Expr, then: nw.Expr | float, other: nw.Expr | float | None
    ) -> nw.Expr:
        """Return `then` where the test is true, else `other`, which is null by None."""
        chosen = nw.when(test).then(then).otherwise(other)
        both_constant = isinstance(then, int) and isinstance(other, int)
        return chosen.cast(nw.Int64) if both_constant else chosen

    def div(self, value: nw.Expr, by: int) -> nw.Expr:
        """Return the quotient, rounded down, the same one for the same value.

        Some engines divide floats.
        """
        key = id(value), by
        if key not in self._quotients:
            self._quotients[key] = (value, value // by)
        return self._quotients[key][1]

    def both(self, one: nw.Expr, other: nw.Expr) -> nw.Expr:
        """Return whether two tests are true."""
        return one & other

    def either(self, one: nw.Expr, other: nw.Expr) -> nw.Expr:
        """Return whether one test is true."""
        return one | other

    def equal(self, one: nw.Expr, other: nw.Expr | float) -> nw.Expr:
        """Return whether two floats are equal."""
        return one == other

    def within(self, value: nw.Expr, most: int) -> nw.Expr:
        """Return whether a value is from 0 to `most`."""
        return (value >= 0) & (value <= most)

    def is_null(self, value: nw.Expr) -> nw.Expr:
        """Return whether a value is null."""
        return value.is_null()

    def floor(self, value: nw.Expr) -> nw.Expr:
        """Return a float rounded down."""
        return value.floor().cast(nw.Float64)  # some engines return an integer

    def integer(self, value: nw.Expr) -> nw.Expr:
        """Return a value as an int64."""
        return value.cast(nw.Int64)

    def given(self, names: ColumnNames) -> Given[nw.Expr]:
        """Return the frame's columns of these names."""
        percentage = None if names.percentage is None else self._column(names.percentage)
        cap = None if names.cap is None else self._column(names.cap)
        floats = names.percentage is not None and self.schema[names.percentage].is_float()
        return Given(self._column(names.amount), percentage, cap, percentage_is_float=floats)

    def _column(self, name: str) -> nw.Expr:
        """Return a column: floats and integers have 64 bits, or more if they need them."""
        column, dtype = nw.col(_literal(name, self.frame.implementation)), self.schema[name]
        if dtype.is_float():
            return column.cast(nw.Float64)
        return column if dtype in _WIDE else column.cast(nw.Int64)


def is_pattern(name: str) -> bool:
    """Return whether Polars takes a name for a pattern that columns match."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _literal(name: str, implementation: nw.Implementation) -> str:
    """Return a name as the engine has to be given it."""
    if implementation.is_polars() and is_pattern(name):
        return f"^{re.escape(name)}$"
    if implementation.is_spark_like() and not name.isidentifier():
        return f"`{name.replace('`', '``')}`"  # to Spark, a dot is an access to a field
    return name


def add_fees(frame: Any, names: ColumnNames, schedule: FeeSchedule, prefix: str) -> Any:
    """Return a Narwhals frame with the four figures; no column's name begins with `prefix`."""
    columns = LazyColumns(frame, prefix)
    platform, merchant = schedule.platform._curve, schedule.merchant._curve
    # Where a larger amount always has a larger total, the largest amount tells which totals fit.
    constant = names.percentage is None and names.cap is None
    rises = constant and platform.rises and merchant.rises
    largest = _largest_amount(platform, merchant) if rises else MAX_AMOUNT
    base, rate, cap = read(columns, columns.given(names), largest, schedule)
    platform_fee = fee(columns, platform, base)
    merchant_fee = fee(columns, merchant, base, rate, cap)
    if not rises:
        platform_fee, merchant_fee = columns.add(platform=platform_fee, merchant=merchant_fee)
        fits = merchant_fee <= MAX_AMOUNT - platform_fee - base
        platform_fee = nw.when(fits).then(platform_fee)
        merchant_fee = nw.when(fits).then(merchant_fee)
    figures = columns.frame.with_columns(platform_fee=platform_fee, merchant_fee=merchant_fee)
    total_fees = nw.col("platform_fee") + nw.col("merchant_fee")
    figures = figures.with_columns(total_fees=total_fees, total_amount=base + total_fees)
    return figures.drop(*columns.names)


def _largest_amount(platform: Curve, merchant: Curve) -> int:
    """Return the largest amount whose total is at most 2⁶³-1."""

    def total(amount: int) -> int:
        return amount + platform.fee(amount) + merchant.fee(amount)

    return bisect_right(range(1, MAX_AMOUNT + 1), MAX_AMOUNT, key=total)
