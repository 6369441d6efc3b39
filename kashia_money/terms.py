"""A quote's terms as columns of a lazy frame: read as strictly as the scalar reads them.

Floor 5: imports `fees`, `rounding` and `schedules`, and `narwhals`.

What is named twice is a column of its own, because engines compute a column once but an expression as often as it is
named.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import narwhals.stable.v2 as nw

from .fees import MAX_COMMISSION
from .rounding import ALL_EXACT, MAX_AMOUNT, MILLION

if TYPE_CHECKING:
    from .rules import Rule
    from .schedules import FeeSchedule

    Term: TypeAlias = "nw.Expr | int"

_TOO_WIDE = (nw.UInt64, nw.Int128, nw.UInt128)  # types that hold more than an int64 does
_LARGEST_FLOAT = 1.7976931348623157e308


class Terms(NamedTuple):
    """The names of the columns that hold a quote's terms; None where one term holds for all rows."""

    amount: str
    percentage: str | None = None
    cap: str | None = None


class Steps:
    """A frame and the temporary columns added to it, which are called by their names without the prefix."""

    def __init__(self, frame: Any, prefix: str) -> None:
        self.frame, self.prefix = frame, prefix
        self.schema = frame.collect_schema()
        self.names: list[str] = []

    def add(self, **columns: nw.Expr) -> None:
        """Add columns, or put them in the place of older ones."""
        named = {self.prefix + name: column for name, column in columns.items()}
        self.frame = self.frame.with_columns(**named)
        self.names += [name for name in named if name not in self.names]

    def __getitem__(self, name: str) -> nw.Expr:
        return nw.col(self.prefix + name)

    def given(self, name: str) -> nw.Expr:
        """Return a column of the frame's own; an integer one in 64 bits, or as it is if it may need more."""
        quote = "." in name and self.frame.implementation.is_spark_like()  # to Spark, a dot is an access to a field
        column, dtype = nw.col(f"`{name}`" if quote else name), self.schema[name]
        return column.cast(nw.Int64) if dtype.is_integer() and dtype not in (nw.Int64, *_TOO_WIDE) else column


def read(steps: Steps, terms: Terms, plan: FeeSchedule) -> None:
    """Add the terms as int64 columns; the amount is null in each row that is refused for one of its terms.

    Where the commission is of the row, its total is not looked at yet.
    """
    amount, columns = steps.given(terms.amount), {}
    largest = _largest_amount(plan.platform, plan.merchant) if rises(plan, terms) else MAX_AMOUNT
    good = (amount >= 0) & (amount <= largest)
    if terms.percentage is not None:
        percentage = steps.given(terms.percentage)
        if steps.schema[terms.percentage].is_float():
            _read_floats(steps, percentage.cast(nw.Float64))
            good = good & (steps["nearest"] / _million(steps) == steps["near"])
            rate = _clamped(steps["nearest"], MAX_COMMISSION).cast(nw.Int64)
        else:
            rate = _clamped(percentage, MAX_COMMISSION // MILLION).cast(nw.Int64) * MILLION
        columns["rate"] = nw.when(percentage.is_null()).then(by_tier(amount, rates(plan.merchant))).otherwise(rate)
    if terms.cap is not None:
        cap = steps.given(terms.cap)
        fine = (cap >= 0) & (cap <= MAX_AMOUNT)
        good = good & (cap.is_null() | fine)
        default = MAX_AMOUNT if plan.merchant.cap is None else plan.merchant.cap
        columns["cap"] = nw.when(fine).then(cap).cast(nw.Int64).fill_null(default)
    steps.add(base=nw.when(good).then(amount).cast(nw.Int64), **columns)


def _read_floats(steps: Steps, given: nw.Expr) -> None:
    """Add floats that stand for the percentages, and the millionths nearest to them, as floats.

    Null becomes 0, for it is no error, and what is far out of range a sentinel. Of the two millionths around a float,
    dividing back tells which one it means; if neither, `rounding.millionths` would refuse it. What is no number becomes
    null: NaN is less than every number on some engines and more on others, but never between two.
    """
    below = nw.when((given < 0.0) & (given >= -_LARGEST_FLOAT)).then(-100.0)
    beyond = nw.when((given > 0.0) & (given <= _LARGEST_FLOAT)).then(100.0).otherwise(below)
    near = nw.when((given >= -ALL_EXACT) & (given <= ALL_EXACT)).then(given).otherwise(beyond)
    steps.add(near=nw.when(given.is_null()).then(0.0).otherwise(near))
    steps.add(lower=(steps["near"] * 1e6).floor().cast(nw.Float64))
    lower = steps["lower"]
    steps.add(nearest=nw.when(lower / _million(steps) == steps["near"]).then(lower).otherwise(lower + 1.0))


def _million(steps: Steps) -> nw.Expr:
    """Return a million in each row: by a constant, Polars would multiply with the reciprocal, which is not exact."""
    return steps["near"] * 0.0 + 1e6


def _clamped(column: nw.Expr, most: int) -> nw.Expr:
    """Return a column from 0 to `most`."""
    return nw.when(column < 0).then(0).otherwise(nw.when(column > most).then(most).otherwise(column))


def rises(plan: FeeSchedule, terms: Terms) -> bool:
    """Return whether the total of a larger amount is always larger, so that a largest amount tells which totals fit."""
    of_its_own = terms.percentage is not None or terms.cap is not None
    return not (of_its_own or plan.platform.falls or plan.merchant.falls)


def _largest_amount(platform: Rule, merchant: Rule) -> int:
    """Return the largest amount that these fees do not take beyond 2⁶³-1."""

    def total(amount: int) -> int:
        return amount + platform.charge(amount) + merchant.charge(amount)

    return bisect_right(range(1, MAX_AMOUNT + 1), MAX_AMOUNT, key=total)


def by_tier(amount: nw.Expr, values: list[tuple[int, int]]) -> Term:
    """Return, for each amount, the last of the values that start at or below it; an int if they are all the same."""
    (_, last), *higher = values
    found: Term = last
    for start, value in higher:
        if value != last:
            found = nw.when(amount >= start).then(value).otherwise(found)
            last = value
    return found if isinstance(found, int) else found.cast(nw.Int64)


def rates(rule: Rule) -> list[tuple[int, int]]:
    """Return a rule's own rates, each with the smallest amount that pays it."""
    return [(start, band.rate) for start, band in rule.bands]
