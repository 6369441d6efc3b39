"""The fee formula as Narwhals expressions: what a rule's `charge` does, for engines that plan first and compute later.

Floor 5, above `terms`: imports that and `rounding`, and `narwhals`.

What is named twice is a column of its own, as `terms` explains. No step can pass 64 bits, even in a row that ends up
null: some engines fail the whole job when one does.

With D hundred-millionths in a minor unit, a fee is q × rate + ((a - q × D) × rate + offset) // D, where q = a // D. The
rate and the offset are those of the tier that an amount is in.

Some engines divide floats for `//`. Then q may be one off, which costs nothing: the formula holds for any q. The second
quotient is right while what is divided is below 2⁵²; beyond, it is mended by what it leaves over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from .rounding import MAX_AMOUNT, OFFSETS, SCALE, Rounding
from .terms import Steps, Terms, by_tier, rates, read, rises

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rules import Rule
    from .schedules import FeeSchedule
    from .terms import Term

_DIVIDED_WELL = 45_000_000  # the largest rate by which all that is divided stays below 2⁵²


class _Fee(NamedTuple):
    """One fee of every row: its name, its rule, and the rate and cap that hold."""

    name: str
    rule: Rule
    rate: Term
    cap: Term | None
    own: nw.Expr | None = None  # the rows whose rate is the rule's own; None for all


def add_fees(frame: Any, terms: Terms, plan: FeeSchedule, prefix: str) -> Any:
    """Return a Narwhals frame with the four figures; no column's name begins with `prefix`."""
    steps = Steps(frame, prefix)
    read(steps, terms, plan)
    fees = (_platform_fee(steps, plan.platform), _merchant_fee(steps, plan.merchant, terms))
    _multiply(steps, fees)
    figures = {fee.name: _bounded(steps, fee) for fee in fees}
    platform_fee, merchant_fee, base = nw.col("platform_fee"), nw.col("merchant_fee"), steps["base"]
    if not rises(plan, terms):
        steps.add(**figures)
        fits = steps["merchant_fee"] <= MAX_AMOUNT - steps["platform_fee"] - base
        figures = {fee.name: nw.when(fits).then(steps[fee.name]) for fee in fees}
    made = steps.frame.with_columns(**figures)
    made = made.with_columns(total_fees=platform_fee + merchant_fee, total_amount=base + platform_fee + merchant_fee)
    return made.drop(*steps.names)


def _platform_fee(steps: Steps, rule: Rule) -> _Fee:
    return _Fee("platform_fee", rule, _rate(steps, "platform_rate", rule), rule.cap)


def _merchant_fee(steps: Steps, rule: Rule, terms: Terms) -> _Fee:
    cap: Term | None = rule.cap if terms.cap is None else steps["cap"]
    if terms.percentage is None:
        return _Fee("merchant_fee", rule, _rate(steps, "rate", rule), cap)
    return _Fee("merchant_fee", rule, steps["rate"], cap, steps.given(terms.percentage).is_null())


def _rate(steps: Steps, name: str, rule: Rule) -> Term:
    """Return a rule's own rate, as a column if it has several."""
    rate = by_tier(steps["base"], rates(rule))
    if isinstance(rate, int):
        return rate
    steps.add(**{name: rate})
    return steps[name]


def _by_offset(steps: Steps, fee: _Fee, value: Callable[[int], int]) -> Term:
    """Return what a function makes of the offset of each row's tier, or of 0 where the offset does not apply."""
    values = []
    for start, band in fee.rule.bands:
        if band.flat_from > start:
            values.append((start, value(0)))
        values.append((max(start, band.flat_from), value(band.offset)))
    found = by_tier(steps["base"], values)
    if fee.own is None or isinstance(found, int):
        return found
    return nw.when(fee.own).then(found).otherwise(value(0))


def _multiply(steps: Steps, fees: tuple[_Fee, ...]) -> None:
    """Add the fees before they are bounded, each under its name."""
    base, whole = steps["base"], steps["whole"]
    steps.add(whole=base // SCALE)
    simple = {}
    for fee in fees:
        added = _by_offset(steps, fee, lambda offset: offset % SCALE) + OFFSETS[fee.rule.rounding]
        parts = (base - whole * SCALE) * fee.rate + added
        if isinstance(fee.rate, int) and fee.rate == 0:
            simple[fee.name] = base * 0
        elif fee.rule.rounding is Rounding.HALF_EVEN or fee.rule.rate > _DIVIDED_WELL:
            _divide_with_care(steps, fee, parts)
        else:
            simple[fee.name] = whole * fee.rate + parts // SCALE
    if simple:
        steps.add(**simple)
    with_offset = {fee.name: _with_offset(steps, fee) for fee in fees if any(band.offset for _, band in fee.rule.bands)}
    if with_offset:
        steps.add(**with_offset)


def _divide_with_care(steps: Steps, fee: _Fee, parts: nw.Expr) -> None:
    """Add the percentage's part of a fee, and look at what the division leaves over."""
    steps.add(parts=parts)
    steps.add(quotient=steps["parts"] // SCALE)
    parts, quotient = steps["parts"], steps["quotient"]
    steps.add(left=parts - quotient * SCALE)
    step = nw.when(steps["left"] < 0).then(-1).otherwise(nw.when(steps["left"] >= SCALE).then(1).otherwise(0))
    steps.add(quotient=quotient + step)
    steps.add(left=parts - quotient * SCALE)
    steps.add(**{fee.name: steps["whole"] * fee.rate + quotient})
    if fee.rule.rounding is Rounding.HALF_EVEN:
        steps.add(**{fee.name: _ties_to_even(steps, fee)})


def _ties_to_even(steps: Steps, fee: _Fee) -> nw.Expr:
    """Return a fee whose ties are even, by its last binary digit, which is found from small numbers alone."""
    exact, left = steps[fee.name], steps["left"]
    units = _by_offset(steps, fee, lambda offset: offset // SCALE % 2)
    rate = fee.rate % 2 if isinstance(fee.rate, int) else _modulo(fee.rate, 2)
    steps.add(digit=_modulo(steps["whole"], 2) * rate + _modulo(steps["quotient"], 2) + units)
    return nw.when((left == 0) & (_modulo(steps["digit"], 2) == 1)).then(exact - 1).otherwise(exact)


def _modulo(column: nw.Expr, divisor: int) -> nw.Expr:
    return column - column // divisor * divisor


def _with_offset(steps: Steps, fee: _Fee) -> nw.Expr:
    """Return a fee with the whole units of its offset; no more than its cap, or 2⁶³-1, where a flat part is added."""
    exact, limit = steps[fee.name], MAX_AMOUNT if fee.rule.cap is None else fee.rule.cap
    if fee.rule.flat:
        most = _by_offset(steps, fee, lambda offset: min(limit - offset // SCALE, MAX_AMOUNT))
        exact = nw.when(exact > most).then(most).otherwise(exact)
    return exact + _by_offset(steps, fee, lambda offset: offset // SCALE)


def _bounded(steps: Steps, fee: _Fee) -> nw.Expr:
    """Return a fee between its minimum and its cap, and 0 where the amount is."""
    rule, exact = fee.rule, steps[fee.name]
    bounded = exact if fee.cap is None else nw.when(exact > fee.cap).then(fee.cap).otherwise(exact)
    if rule.minimum:
        bounded = nw.when(exact < rule.minimum).then(rule.minimum).otherwise(bounded)
    if rule.minimum or rule.flat:
        bounded = nw.when(steps["base"] == 0).then(0).otherwise(bounded)
    return bounded
