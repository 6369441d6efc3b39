"""A fee as data, in the form of a tax table.

Every rule is converted to such a curve, and every engine computes fees from it. A band has the
exact fee on its first amount, and the increase of the fee for each minor unit above. The exact fee
is rounded once, and then limited to the minimum and the cap. Every number in the table is 0 or
more, so truncating and flooring division agree.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import Final, NamedTuple, final

from .numbers import MAX_AMOUNT
from .rounding import HALF, HALF_UP, SCALE, Rounding, rounded

NO_CAP: Final = -1  # compiled code compares it faster than MAX_AMOUNT


class Band(NamedTuple):
    """One row of the table, for the amounts from `start` to one below the next row's start."""

    start: int
    """The smallest amount in the band, in minor units."""
    fee: int
    """The exact fee on `start`, in 10⁻⁸ minor units."""
    rate: int
    """The increase for each minor unit above `start`, in 10⁻⁸ minor units: 1.5 % is 1_500_000."""

    def exact(self, amount: int) -> int:
        """Return the exact fee on an amount of the band, before limits, in 10⁻⁸ minor units."""
        return self.fee + (amount - self.start) * self.rate


class Curve(NamedTuple):
    """The bands in order, the first from 0, with the limits and the rounding of the fee.

    >>> curve = Curve((Band(0, 0, 1_500_000),), 10_000, 5_000_000, Rounding.HALF_UP)
    >>> curve.fee(0), curve.fee(1), curve.fee(150_000_000), curve.fee(10**12)
    (0, 10000, 2250000, 5000000)
    """

    bands: tuple[Band, ...]
    minimum: int
    """The smallest fee on an amount above 0, in minor units."""
    cap: int
    """The largest fee, in minor units. 2⁶³-1 for a rule without a cap."""
    rounding: Rounding

    def fee(self, amount: int) -> int:
        """Return the fee on an amount, both in minor units. Amount 0 has fee 0."""
        if amount == 0:
            return 0
        band = self.bands[bisect_right(self.bands, amount, key=_start) - 1]
        return min(max(rounded(band.exact(amount), self.rounding), self.minimum), self.cap)

    @property
    def single_rate(self) -> int | None:
        """The rate, if the exact fee of every amount is amount × rate. Otherwise None."""
        band = self.bands[0]
        return band.rate if len(self.bands) == 1 and band.fee == 0 else None

    @property
    def rises(self) -> bool:
        """Whether the fee never falls as the amount rises."""
        return all(
            below.exact(above.start - 1) <= above.fee for below, above in pairwise(self.bands)
        )

    def segments(self) -> list[Segment]:
        """Return the segments from amount 1 on, in order."""
        minimum, cap, rounding = self.minimum, self.cap, self.rounding
        segments: list[Segment] = []
        high = MAX_AMOUNT
        for start, fee, rate in reversed(self.bands):
            if high > 0:
                low = max(1, start)
                segments.append(Segment(low, high, start, fee, rate, minimum, cap, rounding))
            high = start - 1
        segments.reverse()
        return segments


def _start(band: Band) -> int:
    return band.start


@final
class Segment:
    """A range of amounts in which the exact fee is one straight line, with the curve's limits.

    A segment is a band without amount 0. It is a class and not a tuple, because a search reads its
    fields many times, and compiled code reads attributes faster.
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
        self._half_up: bool = rounding is HALF_UP  # the default, with a faster formula

    def fee(self, amount: int) -> int:
        """Return the fee on an amount of the segment, both in minor units."""
        exact_e8 = self._fee + (amount - self._start) * self.rate
        fee = (exact_e8 + HALF) // SCALE if self._half_up else rounded(exact_e8, self._rounding)
        if fee < self._minimum:
            return self._minimum
        return self._cap if 0 <= self._cap < fee else fee

    def slope(self, fee: int) -> int:
        """Return the largest increase per minor unit above an amount with `fee`.

        The increase is in 10⁻⁸ minor units. It is 0 from the cap on.
        """
        return 0 if fee == self._cap else self.rate

    def ties_down(self) -> Segment:
        """Return the segment with half down in place of half even, so that its net never falls.

        With half even, the net can fall at a rate of 100 %: if the exact fees end in half a unit,
        every fee is a tie, and every second tie is rounded up. Half down leaves the same net or one
        unit more. Where half even leaves one unit less, its fee on the next amount is the same, so
        the next amount leaves that unit.
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
