"""The fee formula for engines that plan first and compute later, written once for all of them.

`fee` writes the formula of `Curve.fee` with a `Writer`, which knows one engine's language. An exact
fee has D = 10⁸ units in a minor unit. The fee on the part of the amount above its band's start is

    whole × slope + ((above - whole × D) × slope + rest + addend) // D, where whole = above // D

For every valid rule and amount, each step fits into 64 bits and is at least 0, even in a branch
that is not taken.

Some engines divide floats. Then `whole` can be off by one. The result is the same, because the
formula is true for any `whole`; only the remainder can then be negative. The second quotient is
exact below 2⁵³. If a rate is so high that its dividend can be larger, the remainder corrects the
quotient.

Engines with integers of any size need no parts: their fee is (amount × slope + rest) // D, where
`rest` is the exact fee that the band's rate gives amount 0, plus the addend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from .._core.numbers import MAX_AMOUNT
from .._core.rounding import OFFSETS, SCALE, Rounding

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.curve import Band, Curve


class Number(Protocol):
    """An integer in an engine's language, and the operators that the formula needs."""

    def __add__(self, other: Self | int, /) -> Self: ...
    def __sub__(self, other: Self | int, /) -> Self: ...
    def __rsub__(self, other: int, /) -> Self: ...
    def __mul__(self, other: Self | int, /) -> Self: ...
    def __lt__(self, other: Self | int, /) -> Self: ...
    def __gt__(self, other: Self | int, /) -> Self: ...
    def __ge__(self, other: Self | int, /) -> Self: ...


T = TypeVar("T", bound=Number)


class Writer(Protocol[T]):
    """Writes a formula in an engine's language."""

    def name(self, name: str, value: T) -> T:
        """Return a reference to a value that has several uses, so that it is computed once."""
        ...

    def choose(self, test: T, then: T | int, other: T | int) -> T:
        """Return `then` where the test is true, and `other` elsewhere."""
        ...

    def div(self, value: T, by: int) -> T:
        """Return the quotient, rounded down; engines divide integers or 64-bit floats."""
        ...


# The product of this rate and 2 × 10⁸ is below 2⁵³. So every dividend is below 2⁵³, even if `whole`
# is off by one.
_EXACTLY_DIVIDED = 45_000_000


def fee(
    to: Writer[T],
    curve: Curve,
    amount: T,
    rate: T | None = None,
    cap: T | None = None,
    *,
    words: bool = True,
) -> T:
    """Return the fee on an amount from 0 to 2⁶³-1.

    Args:
        to: the writer.
        curve: the fee as a table.
        amount: in minor units.
        rate: in 10⁻⁸; it replaces the curve's bands. -1 means that the row keeps the bands. If the
            curve has a single rate, -1 is not allowed. Only for a curve without a minimum.
        cap: in minor units; it replaces the curve's cap. Only for a curve without a minimum.
        words: whether the engine's integers have 64 bits. False means integers of any size.
    """
    table = _Table(to, curve, amount, rate)
    limit = curve.cap if cap is None else MAX_AMOUNT
    units: T | int = 0
    least: T | int = curve.minimum
    if words:
        # A band's fee is limited first, so that the addition of it cannot overflow.
        units = table.name("units", table.find(lambda band: min(band.fee // SCALE, limit)))
        least = table.find(lambda band: max(curve.minimum - band.fee // SCALE, 0))
    grown = to.name("grown", _grown(table) if words else _whole_fee(table))
    charged = grown
    if cap is not None and _is_zero(units):
        charged = to.choose(grown > cap, cap, grown)
    elif _binds(limit, table):
        most = limit - units
        charged = to.choose(grown > most, most, grown)
    if not _is_zero(least):
        least = table.name("least", least)
        charged = to.choose(grown < least, least, charged)
    if not _is_zero(units):
        charged = charged + units
        if cap is not None:
            charged = to.name("charged", charged)
            charged = to.choose(charged > cap, cap, charged)
    if curve.minimum or curve.bands[0].fee:
        charged = to.choose(amount < 1, 0, charged)
    return charged


class _Table(Generic[T]):
    """The values of each row's band; an int if the value is the same in all rows."""

    def __init__(self, to: Writer[T], curve: Curve, amount: T, rate: T | None) -> None:
        self.to, self.curve, self.amount, self.rate = to, curve, amount, rate

    def find(self, value: Callable[[Band], int], own: T | int = 0) -> T | int:
        """Return a value of the amount's band, or `own` where the row has a rate."""
        found: T | int
        found = last = value(self.curve.bands[0])
        for band in self.curve.bands[1:]:
            if value(band) != last:
                last = value(band)
                found = self.to.choose(self.amount >= band.start, last, found)
        if self.rate is None or (_is_zero(found) and _is_zero(own)):
            return found
        if self.curve.single_rate is not None:
            return own
        return self.to.choose(self.rate < 0, found, own)

    def name(self, name: str, value: T | int) -> T | int:
        return value if isinstance(value, int) else self.to.name(name, value)


def _grown(table: _Table[T]) -> T:
    """Return the fee minus the whole minor units of the band's fee."""
    to, rounding = table.to, table.curve.rounding
    slope = table.find(lambda band: band.rate, 0 if table.rate is None else table.rate)
    if table.rate is None or table.curve.single_rate is None:
        slope = table.name("slope", slope)
    start = table.find(lambda band: band.start)
    rest = table.find(lambda band: band.fee % SCALE)
    above = table.amount if _is_zero(start) else to.name("above", table.amount - start)
    if _is_zero(slope) and _is_zero(rest):
        return above * 0
    whole = to.name("whole", to.div(above, SCALE))
    parts = (above - whole * SCALE) * slope + (rest + OFFSETS[rounding])
    steep = max(band.rate for band in table.curve.bands) > _EXACTLY_DIVIDED
    if rounding is not Rounding.HALF_EVEN and not steep:
        return whole * slope + to.div(parts, SCALE)
    parts = to.name("parts", parts)
    more = to.name("more", to.div(parts, SCALE))
    if steep:
        more = to.name("more", more - to.choose(parts - more * SCALE < 0, 1, 0))
    grown = whole * slope + more
    if rounding is not Rounding.HALF_EVEN:
        return grown
    # A remainder of 0 means a tie, which was rounded up: subtract 1 if the last digit is odd.
    units = table.find(lambda band: band.fee // SCALE % 2)
    odd = _odd(to, whole * _odd(to, slope) + more + units)
    return grown - to.choose(parts - more * SCALE < 1, odd, 0)


def _whole_fee(table: _Table[T]) -> T:
    """Return the fee before its limits, in integers of any size."""
    to, rounding = table.to, table.curve.rounding
    addend = OFFSETS[rounding]
    slope = table.find(lambda band: band.rate, 0 if table.rate is None else table.rate)
    rest = table.find(lambda band: band.fee - band.start * band.rate + addend, addend)
    exact = table.amount * slope + rest
    if rounding is not Rounding.HALF_EVEN:
        return to.div(exact, SCALE)
    exact = to.name("exact", exact)
    whole = to.name("whole", to.div(exact, SCALE))
    odd = whole - to.div(whole, 2) * 2
    return whole - to.choose(exact - whole * SCALE < 1, odd, 0)  # a tie, as above


def _odd(to: Writer[T], value: T | int) -> T | int:
    """Return 1 where a value is odd, and 0 elsewhere."""
    if isinstance(value, int):
        return value % 2
    value = to.name("digits", value)
    return value - to.div(value, 2) * 2


def _binds(limit: int, table: _Table[T]) -> bool:
    """Return whether a fee can be above a limit."""
    if table.rate is not None:
        return limit < MAX_AMOUNT
    bands = table.curve.bands
    ends = [*(band.start for band in bands[1:]), MAX_AMOUNT]
    last_fees = (
        band.fee + (end - band.start) * band.rate for band, end in zip(bands, ends, strict=True)
    )
    return max(last_fees) + SCALE > limit * SCALE


def _is_zero(value: Number | int) -> bool:
    """Return whether a value is 0 in every row."""
    return isinstance(value, int) and value == 0
