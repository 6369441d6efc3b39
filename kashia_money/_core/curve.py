"""A fee as data, in the form of a tax table: what every rule comes down to, and the only thing that engines know.

A band says the exact fee on its first amount and what each unit above it adds. That fee is rounded
once, and then limited to the minimum and the cap. No number in the table is below 0, so truncating
and flooring division agree.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import Final, NamedTuple, final

from .numbers import MAX_AMOUNT
from .rounding import HALF, HALF_UP, SCALE, Rounding, rounded

NO_CAP: Final = -1  # compared faster, compiled, than the largest amount


class Band(NamedTuple):
    """One row of the table; it holds up to the start of the next row."""

    start: int
    """The smallest amount in the band, in minor units."""
    fee: int
    """The exact fee on `start`, in 10⁻⁸ minor units."""
    rate: int
    """What each minor unit above `start` adds, in 10⁻⁸ minor units: 1.5 % is 1_500_000."""

    def exact(self, amount: int) -> int:
        """Return the fee on an amount of the band before it is rounded and limited, in 10⁻⁸ minor units."""
        return self.fee + (amount - self.start) * self.rate


class Curve(NamedTuple):
    """The bands, of which the first starts at 0, and what limits the fee.

    >>> curve = Curve((Band(0, 0, 1_500_000),), 10_000, 5_000_000, Rounding.HALF_UP)
    >>> curve.fee(0), curve.fee(1), curve.fee(150_000_000), curve.fee(10**12)
    (0, 10000, 2250000, 5000000)
    """

    bands: tuple[Band, ...]
    minimum: int
    """The least fee of any amount but 0, in minor units."""
    cap: int
    """The largest fee, in minor units: the largest amount, 2⁶³-1, for a rule without a cap."""
    rounding: Rounding

    def fee(self, amount: int) -> int:
        """Return the fee on an amount, both in minor units. Amount 0 has fee 0."""
        if amount == 0:
            return 0
        band = self.bands[bisect_right(self.bands, amount, key=_start) - 1]
        return min(max(rounded(band.exact(amount), self.rounding), self.minimum), self.cap)

    @property
    def single_rate(self) -> int | None:
        """The rate of every amount, if the fee before its limits is only that. Otherwise None."""
        band = self.bands[0]
        return band.rate if len(self.bands) == 1 and band.fee == 0 else None

    @property
    def rises(self) -> bool:
        """Whether a larger amount never has a smaller fee."""
        return all(
            below.exact(above.start - 1) <= above.fee for below, above in pairwise(self.bands)
        )

    def segments(self) -> list[Segment]:
        """Return the segments from amount 1 on, in order."""
        highs = [*(band.start - 1 for band in self.bands[1:]), MAX_AMOUNT]
        return [
            Segment(max(1, start), high, start, fee, rate, self.minimum, self.cap, self.rounding)
            for (start, fee, rate), high in zip(self.bands, highs, strict=True)
            if high > 0
        ]


def _start(band: Band) -> int:
    return band.start


@final
class Segment:
    """A range of amounts in which the exact fee is one line: one band from amount 1 on, with the curve's limits.

    A class and not a tuple, because a search reads its fields many times, and compiled attributes
    are faster.
    """

    __slots__ = (
        "_cap",
        "_fee",
        "_half_up",
        "_minimum",
        "_rounding",
        "_start",
        "high",
        "low",
        "rate",
    )

    def __init__(
        self,
        low: int,
        high: int,
        start: int,
        fee: int,
        rate: int,
        minimum: int,
        cap: int,
        rounding: Rounding,
    ) -> None:
        self.low: int = low
        self.high: int = high
        self.rate: int = rate
        self._start: int = start
        self._fee: int = fee
        self._minimum: int = minimum
        self._cap: int = NO_CAP if cap == MAX_AMOUNT else cap
        self._rounding: Rounding = rounding
        self._half_up: bool = rounding is HALF_UP  # nearly every fee's, and faster

    def fee(self, amount: int) -> int:
        """Return the fee on an amount of the segment, both in minor units."""
        exact_e8 = self._fee + (amount - self._start) * self.rate
        fee = (exact_e8 + HALF) // SCALE if self._half_up else rounded(exact_e8, self._rounding)
        if fee < self._minimum:
            return self._minimum
        return self._cap if 0 <= self._cap < fee else fee

    def slope(self, fee: int) -> int:
        """Return what a unit more adds at most to the fee before rounding, once it is `fee`; in 10⁻⁸ minor units."""
        return 0 if fee == self._cap else self.rate

    def ties_down(self) -> Segment:
        """Return the segment to search by, in which the net never falls: half down in place of half even.

        At 100 % with half a unit over, every fee is a tie, and half even takes one unit more of
        every other amount. Half down leaves as much or one unit more; where that unit is missing,
        the next amount has it, because its fee is another unit, and even.
        """
        if self._rounding is not Rounding.HALF_EVEN:
            return self
        return self._limited(MAX_AMOUNT if self._cap == NO_CAP else self._cap, Rounding.HALF_DOWN)

    def capped(self, cap: int) -> Segment:
        """Return the segment with another cap."""
        return self._limited(cap, self._rounding)

    def _limited(self, cap: int, rounding: Rounding) -> Segment:
        return Segment(
            self.low, self.high, self._start, self._fee, self.rate, self._minimum, cap, rounding
        )
