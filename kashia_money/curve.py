"""A fee as a table, in the form of a printed tax table.

Each row has the fee on the first amount of a range, and the rate of each unit above it. Every rule
comes down to such a table, which is all that a formula needs to know.

Floor 1, above `rounding`: imports that. `curve_of` reads a rule of `fees` or `tiers`.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .rounding import MAX_AMOUNT, Rounding, rounded

if TYPE_CHECKING:
    from .rules import Rule


class Band(NamedTuple):
    """A range of amounts that share one rate: from `start` to the next band's start."""

    start: int
    """The smallest amount in the band, in minor units."""
    fee: int
    """The exact fee on `start`, in 10⁻⁸ minor units; never negative."""
    rate: int
    """The fee on each minor unit above `start`, in 10⁻⁸ minor units: 1.5 % is 1500000."""


class Curve(NamedTuple):
    """The fee on every amount.

    >>> Curve((Band(0, 30 * 10**8, 2_900_000),), 0, 10_000, Rounding.HALF_UP).fee(10_000)
    320
    """

    bands: tuple[Band, ...]
    """At least one, in the order of their starts; the first starts at 0."""
    minimum: int
    """In minor units; the smallest fee on any amount except 0."""
    cap: int
    """In minor units; the largest fee."""
    rounding: Rounding
    """How the exact fee becomes whole minor units."""

    @property
    def single_rate(self) -> int | None:
        """The rate of every amount, if there is only that, with nothing added to it."""
        band = self.bands[0]
        return band.rate if len(self.bands) == 1 and band.fee == 0 else None

    @property
    def rises(self) -> bool:
        """Whether a larger amount never has a smaller fee."""
        return all(
            band.fee + (following.start - 1 - band.start) * band.rate <= following.fee
            for band, following in pairwise(self.bands)
        )

    def fee(self, amount: int) -> int:
        """Return the fee on an amount from 0 to 2⁶³-1, both in minor units; amount 0 has fee 0."""
        if amount == 0:
            return 0
        band = self.bands[bisect_right(self.bands, amount, key=_start) - 1]
        exact_e8 = band.fee + (amount - band.start) * band.rate
        return min(max(rounded(exact_e8, self.rounding), self.minimum), self.cap)


def _start(band: Band) -> int:
    return band.start


def curve_of(rule: Rule) -> Curve:
    """Return the curve of a rule; a rule without a cap has the cap 2⁶³-1, the largest amount.

    >>> from kashia_money import FeeRule
    >>> curve_of(FeeRule("2.9", flat=30)).bands
    (Band(start=0, fee=3000000000, rate=2900000),)
    """
    bands = []
    for start, part in rule.bands:
        if part.flat_from > start:
            bands.append(Band(start, start * part.rate, part.rate))
        first = max(start, part.flat_from)
        bands.append(Band(first, first * part.rate + part.offset, part.rate))
    cap = MAX_AMOUNT if rule.cap is None else rule.cap
    return Curve(tuple(bands), rule.minimum, cap, rule.rounding)
