"""The fee formula as Narwhals expressions: what `FeeRule.charge` does, for engines that plan first and compute later.

Floor 5: imports `fees`, `rounding` and `schedules`, and `narwhals`.

What is named twice is a column of its own, because engines compute a column once but an expression as often as it is
named. No step can pass 64 bits, even in a row that ends up null: some engines fail the whole job when one does.

With D hundred-millionths in a minor unit, a fee is q × rate + ((a - q × D) × rate + offset) // D, where q = a // D.
Some engines divide floats for `//`. Then q may be one off, which costs nothing: the formula holds for any q. The second
quotient is right while what is divided is below 2⁵²; beyond, it is mended by what it leaves over.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import narwhals.stable.v2 as nw

from .fees import MAX_COMMISSION
from .rounding import ALL_EXACT, MAX_AMOUNT, MILLION, OFFSETS, SCALE, Rounding

if TYPE_CHECKING:
    from .fees import FeeRule
    from .schedules import FeeSchedule

    Term: TypeAlias = "nw.Expr | int"

_TOO_WIDE = (nw.UInt64, nw.Int128, nw.UInt128)  # types that hold more than an int64 does
_DIVIDED_WELL = 45_000_000  # the largest rate by which all that is divided stays below 2⁵²
_LARGEST_FLOAT = 1.7976931348623157e308


class Terms(NamedTuple):
    """The names of the columns that hold a quote's terms; None where one term holds for all rows."""

    amount: str
    percentage: str | None = None
    cap: str | None = None


class _Steps:
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


class _Fee(NamedTuple):
    """One fee of every row: its name, its rule, and the rate and cap that hold."""

    name: str
    rule: FeeRule
    rate: Term
    cap: Term | None


def add_fees(frame: Any, terms: Terms, plan: FeeSchedule, prefix: str) -> Any:
    """Return a Narwhals frame with the four figures; no column's name begins with `prefix`."""
    steps = _Steps(frame, prefix)
    _read(steps, terms, plan)
    rate: Term = plan.merchant.rate if terms.percentage is None else steps["rate"]
    cap: Term | None = plan.merchant.cap if terms.cap is None else steps["cap"]
    platform = _Fee("platform_fee", plan.platform, plan.platform.rate, plan.platform.cap)
    fees = (platform, _Fee("merchant_fee", plan.merchant, rate, cap))
    _multiply(steps, fees)
    figures = {fee.name: _bounded(steps, fee) for fee in fees}
    platform_fee, merchant_fee, base = nw.col("platform_fee"), nw.col("merchant_fee"), steps["base"]
    if terms.percentage is not None or terms.cap is not None:
        steps.add(**figures)
        fits = steps["merchant_fee"] <= MAX_AMOUNT - steps["platform_fee"] - base
        figures = {fee.name: nw.when(fits).then(steps[fee.name]) for fee in fees}
    made = steps.frame.with_columns(**figures)
    made = made.with_columns(total_fees=platform_fee + merchant_fee, total_amount=base + platform_fee + merchant_fee)
    return made.drop(*steps.names)


def _largest_amount(platform: FeeRule, merchant: FeeRule | None) -> int:
    """Return the largest amount that these fees do not take beyond 2⁶³-1."""

    def total(amount: int) -> int:
        return amount + platform.charge(amount) + (0 if merchant is None else merchant.charge(amount))

    return bisect_right(range(1, MAX_AMOUNT + 1), MAX_AMOUNT, key=total)


def _read(steps: _Steps, terms: Terms, plan: FeeSchedule) -> None:
    """Add the terms as int64 columns; the amount is null in each row that is refused for one of its terms.

    Where the commission is of the row, its total is not looked at yet.
    """
    amount, columns = steps.given(terms.amount), {}
    constant = terms.percentage is None and terms.cap is None
    good = (amount >= 0) & (amount <= _largest_amount(plan.platform, plan.merchant if constant else None))
    if terms.percentage is not None:
        percentage = steps.given(terms.percentage)
        if steps.schema[terms.percentage].is_float():
            _read_floats(steps, percentage.cast(nw.Float64), plan.merchant.rate)
            good = good & (steps["nearest"] / _million(steps) == steps["near"])
            columns["rate"] = _clamped(steps["nearest"], MAX_COMMISSION).cast(nw.Int64)
        else:
            whole = _clamped(percentage, MAX_COMMISSION // MILLION).cast(nw.Int64)
            columns["rate"] = (whole * MILLION).fill_null(plan.merchant.rate)
    if terms.cap is not None:
        cap = steps.given(terms.cap)
        fine = (cap >= 0) & (cap <= MAX_AMOUNT)
        good = good & (cap.is_null() | fine)
        default = MAX_AMOUNT if plan.merchant.cap is None else plan.merchant.cap
        columns["cap"] = nw.when(fine).then(cap).cast(nw.Int64).fill_null(default)
    steps.add(base=nw.when(good).then(amount).cast(nw.Int64), **columns)


def _read_floats(steps: _Steps, given: nw.Expr, default: int) -> None:
    """Add floats that stand for the percentages, and the millionths nearest to them, as floats.

    Null stands for the default, and a sentinel for what is far out of range. Of the two millionths around a float,
    dividing back tells which one it means; if neither, `rounding.millionths` would refuse it. What is no number becomes
    null: NaN is less than every number on some engines and more on others, but never between two.
    """
    below = nw.when((given < 0.0) & (given >= -_LARGEST_FLOAT)).then(-100.0)
    beyond = nw.when((given > 0.0) & (given <= _LARGEST_FLOAT)).then(100.0).otherwise(below)
    near = nw.when((given >= -ALL_EXACT) & (given <= ALL_EXACT)).then(given).otherwise(beyond)
    steps.add(near=nw.when(given.is_null()).then(default / MILLION).otherwise(near))
    steps.add(lower=(steps["near"] * 1e6).floor().cast(nw.Float64))
    lower = steps["lower"]
    steps.add(nearest=nw.when(lower / _million(steps) == steps["near"]).then(lower).otherwise(lower + 1.0))


def _million(steps: _Steps) -> nw.Expr:
    """Return a million in each row: by a constant, Polars would multiply with the reciprocal, which is not exact."""
    return steps["near"] * 0.0 + 1e6


def _clamped(column: nw.Expr, most: int) -> nw.Expr:
    """Return a column from 0 to `most`."""
    return nw.when(column < 0).then(0).otherwise(nw.when(column > most).then(most).otherwise(column))


def _multiply(steps: _Steps, fees: tuple[_Fee, ...]) -> None:
    """Add the fees before they are bounded, each under its name."""
    base, whole = steps["base"], steps["whole"]
    steps.add(whole=base // SCALE)
    simple = {}
    for fee in fees:
        parts = (base - whole * SCALE) * fee.rate + OFFSETS[fee.rule.rounding]
        if isinstance(fee.rate, int) and fee.rate == 0:
            simple[fee.name] = base * 0
        elif fee.rule.rounding in (Rounding.HALF_EVEN, Rounding.ROUND_05UP) or fee.rule.rate > _DIVIDED_WELL:
            _divide_with_care(steps, fee, parts)
        else:
            simple[fee.name] = whole * fee.rate + parts // SCALE
    if simple:
        steps.add(**simple)
    with_flat = {fee.name: _with_flat(steps, fee) for fee in fees if fee.rule.flat}
    if with_flat:
        steps.add(**with_flat)


def _divide_with_care(steps: _Steps, fee: _Fee, parts: nw.Expr) -> None:
    """Add the percentage's part of a fee, and look at what the division leaves over."""
    steps.add(parts=parts)
    steps.add(quotient=steps["parts"] // SCALE)
    parts, quotient = steps["parts"], steps["quotient"]
    steps.add(left=parts - quotient * SCALE)
    step = nw.when(steps["left"] < 0).then(-1).otherwise(nw.when(steps["left"] >= SCALE).then(1).otherwise(0))
    steps.add(quotient=quotient + step)
    steps.add(left=parts - quotient * SCALE)
    steps.add(**{fee.name: steps["whole"] * fee.rate + quotient})
    if fee.rule.rounding in (Rounding.HALF_EVEN, Rounding.ROUND_05UP):
        steps.add(**{fee.name: _settled_by_last_digit(steps, fee)})


def _settled_by_last_digit(steps: _Steps, fee: _Fee) -> nw.Expr:
    """Return a fee as `rounding.rounded` leaves it, by its last digit, which is found from small numbers alone."""
    exact, left = steps[fee.name], steps["left"]
    ten = 2 if fee.rule.rounding is Rounding.HALF_EVEN else 5
    flat = nw.when(steps["base"] >= fee.rule.flat_from).then(fee.rule.flat % ten).otherwise(0)
    rate = fee.rate % ten if isinstance(fee.rate, int) else _modulo(fee.rate, ten)
    steps.add(digit=_modulo(steps["whole"], ten) * rate + _modulo(steps["quotient"], ten) + flat)
    digit = _modulo(steps["digit"], ten)
    if fee.rule.rounding is Rounding.HALF_EVEN:
        return nw.when((left == 0) & (digit == 1)).then(exact - 1).otherwise(exact)
    return nw.when((left > 0) & (digit == 0)).then(exact + 1).otherwise(exact)


def _modulo(column: nw.Expr, divisor: int) -> nw.Expr:
    return column - column // divisor * divisor


def _with_flat(steps: _Steps, fee: _Fee) -> nw.Expr:
    """Return a fee with its flat part, or 2⁶³-1 where it would be more: a cap below is not reached by less."""
    rule, exact = fee.rule, steps[fee.name]
    most = (MAX_AMOUNT if rule.cap is None else rule.cap) - rule.flat
    below = nw.when(exact > most).then(most).otherwise(exact)
    return nw.when(steps["base"] >= rule.flat_from).then(below + rule.flat).otherwise(exact)


def _bounded(steps: _Steps, fee: _Fee) -> nw.Expr:
    """Return a fee between its minimum and its cap, and 0 where the amount is."""
    rule, exact = fee.rule, steps[fee.name]
    bounded = exact if fee.cap is None else nw.when(exact > fee.cap).then(fee.cap).otherwise(exact)
    if rule.minimum:
        bounded = nw.when(exact < rule.minimum).then(rule.minimum).otherwise(bounded)
    if rule.minimum or rule.flat:
        bounded = nw.when(steps["base"] == 0).then(0).otherwise(bounded)
    return bounded
