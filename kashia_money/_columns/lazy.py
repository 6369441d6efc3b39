"""The four figures as Narwhals expressions, for engines that plan first and compute later.

A row's amount, percentage and cap are checked as strictly as by `quote`. Each step fits into 64
bits, even in a row whose figures are null. In some engines, one overflow fails the whole job.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from .._core.fields import MAX_COMMISSION
from .._core.numbers import ALL_EXACT, MAX_AMOUNT, MILLION
from .formula import fee

if TYPE_CHECKING:
    from .._core.curve import Curve
    from .._core.quotes import FeeSchedule

_TOO_WIDE = (nw.UInt64, nw.Int128, nw.UInt128)  # types whose values may not fit into an int64


class ColumnNames(NamedTuple):
    """The names of the columns of amounts, percentages and caps.

    None means that all rows have the schedule's percentage or cap.
    """

    amount: str
    percentage: str | None = None
    cap: str | None = None


class LazyColumns:
    """A frame and its temporary columns; a `Writer` of Narwhals expressions.

    An engine computes a column once, but an expression at each of its uses.
    """

    def __init__(self, frame: Any, prefix: str) -> None:
        self.frame, self.prefix = frame, prefix
        self.schema = frame.collect_schema()
        self.names: list[str] = []
        # The key has the value's identity. The entry keeps the value alive, so that no other value
        # gets the same identity.
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
        """Return a value as a temporary column; the same value has the same column."""
        if id(value) not in self._named:
            self._named[id(value)] = (value, self.add(**{name: value})[0])
        return self._named[id(value)][1]

    def choose(self, test: nw.Expr, then: nw.Expr | int, other: nw.Expr | int) -> nw.Expr:
        """Return `then` where the test is true, and `other` elsewhere, as int64."""
        chosen = nw.when(test).then(then).otherwise(other)
        both_constant = isinstance(then, int) and isinstance(other, int)
        return chosen.cast(nw.Int64) if both_constant else chosen

    def div(self, value: nw.Expr, by: int) -> nw.Expr:
        """Return the quotient, rounded down; the same arguments have the same expression.

        Some engines divide floats.
        """
        key = id(value), by
        if key not in self._quotients:
            self._quotients[key] = (value, value // by)
        return self._quotients[key][1]

    def given(self, name: str) -> nw.Expr:
        """Return a column of the frame; integers of narrower types are cast to int64."""
        column, dtype = nw.col(_literal(name, self.frame.implementation)), self.schema[name]
        return (
            column.cast(nw.Int64)
            if dtype.is_integer() and dtype not in (nw.Int64, *_TOO_WIDE)
            else column
        )


def is_pattern(name: str) -> bool:
    """Return whether Polars takes a name for a pattern that columns match."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _literal(name: str, implementation: nw.Implementation) -> str:
    """Return a name in the form that the engine takes literally."""
    if implementation.is_polars() and is_pattern(name):
        return f"^{re.escape(name)}$"
    if implementation.is_spark_like() and not name.isidentifier():
        return f"`{name.replace('`', '``')}`"  # Spark reads a dot as access to a field
    return name


def add_fees(frame: Any, names: ColumnNames, schedule: FeeSchedule, prefix: str) -> Any:
    """Return a Narwhals frame with the four figures.

    The names of temporary columns begin with `prefix`; no column's name does.
    """
    columns = LazyColumns(frame, prefix)
    platform, merchant = schedule.platform._curve, schedule.merchant._curve
    # If a larger amount always has a larger total, a limit on the amount is a limit on the total.
    constant = names.percentage is None and names.cap is None
    rises = constant and platform.rises and merchant.rises
    largest = _largest_amount(platform, merchant) if rises else MAX_AMOUNT
    base, rate, cap = read(columns, names, largest, schedule)
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


class Row(NamedTuple):
    """A row's amount, percentage and cap."""

    base: nw.Expr
    """In minor units; null if the amount is null or a column's value is rejected."""
    rate: nw.Expr | None
    """In 10⁻⁸, from 0 to 20 %. Where the percentage is null, the merchant's single rate, or -1.

    None means that there is no column.
    """
    cap: nw.Expr | None
    """In minor units. None means that there is no column."""


def read(columns: LazyColumns, names: ColumnNames, largest: int, schedule: FeeSchedule) -> Row:
    """Return the rows' amounts up to `largest`, percentages and caps, as temporary columns."""
    amount = columns.given(names.amount)
    values, merchant = {}, schedule.merchant._curve
    accepted = (amount >= 0) & (amount <= largest)
    if names.percentage is not None:
        percentage = columns.given(names.percentage)
        if columns.schema[names.percentage].is_float():
            rate, exact = _read_floats(columns, percentage.cast(nw.Float64))
            accepted = accepted & exact
        else:
            rate = _clamped(percentage, MAX_COMMISSION // MILLION).cast(nw.Int64) * MILLION
        default_rate = -1 if merchant.single_rate is None else merchant.single_rate
        values["rate"] = nw.when(percentage.is_null()).then(default_rate).otherwise(rate)
    if names.cap is not None:
        cap = columns.given(names.cap)
        in_range = (cap >= 0) & (cap <= MAX_AMOUNT)
        accepted = accepted & (cap.is_null() | in_range)
        values["cap"] = nw.when(in_range).then(cap).cast(nw.Int64).fill_null(merchant.cap)
    if not schedule.marketplace:
        for name in (names.percentage, names.cap):
            accepted = accepted if name is None else accepted & columns.given(name).is_null()
    base, *others = columns.add(base=nw.when(accepted).then(amount).cast(nw.Int64), **values)
    found = dict(zip(values, others, strict=True))
    return Row(base, found.get("rate"), found.get("cap"))


def _read_floats(columns: LazyColumns, percentage: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """Return the rates of floats, clamped, and whether each float is an exact rate.

    A float lies between two multiples of a millionth. It is exact if one of them, divided by a
    million, gives the float again; `numbers.millionths` rejects the others. A null percentage is
    accepted. For NaN and infinity, both results are null. A multiplication finds them, because
    DuckDB can drop a comparison: it relies on a Parquet file's statistics, which omit NaN.
    """
    finite = percentage * 0.0 == 0.0
    bounded = nw.when(percentage > ALL_EXACT).then(ALL_EXACT).otherwise(percentage)
    bounded = nw.when(percentage < -ALL_EXACT).then(-ALL_EXACT).otherwise(bounded)
    absent = nw.when(percentage.is_null()).then(0.0)
    near = columns.name("near", nw.when(finite).then(bounded).otherwise(absent))
    # Instead of a division by a constant, Polars multiplies by the reciprocal, which is inexact.
    million = near * 0.0 + 1e6
    lower = columns.name("lower", (near * 1e6).floor().cast(nw.Float64))
    nearest = nw.when(lower / million == near).then(lower).otherwise(lower + 1.0)
    nearest = columns.name("nearest", nearest)
    return _clamped(nearest, MAX_COMMISSION).cast(nw.Int64), nearest / million == near


def _clamped(column: nw.Expr, most: int) -> nw.Expr:
    """Return a column, clamped to 0 and `most`."""
    return (
        nw.when(column < 0).then(0).otherwise(nw.when(column > most).then(most).otherwise(column))
    )
