"""Find the amount for a known net or total.

A formula is wrong at a minimum, a cap or a threshold. So these functions search, and evaluate the
fee itself.

Inside a segment the fee never falls, and it rises by at most the percentage of the rise, plus
rounding. The fee at one end of a range therefore gives bounds on the answer, and each round moves
both ends to those bounds. A segment takes 2 or 3 rounds in nearly every case, and at most 63:

- The range of a base: two fees are at most 120 %, so a round leaves less than a third of the range.
- The range of a gross amount: if the net rises so slowly that a round leaves more than half, the
  round also tests the middle.
"""

from __future__ import annotations

from typing import Final, final

from ..errors import UnreachableTotalError
from .curve import Segment
from .numbers import MAX_AMOUNT
from .rounding import SCALE

# In minor units. Rounding adds less than 2 units to the rise of one fee, so less than 4 for two.
_ROUNDING_MARGIN: Final = 4


def smallest_leaving(segments: list[Segment], net: int) -> int | None:
    """Return the smallest amount that leaves at least `net` after its fee, in minor units.

    `net` is above 0. None means that every amount up to 2⁶³-1 leaves less.

    >>> from kashia_money import FeeRule
    >>> smallest_leaving(FeeRule(10)._segments, 90)
    100
    """
    for segment in segments:
        gross = _smallest_in(segment.ties_down(), net)
        if gross <= segment.high and gross - segment.fee(gross) < net:
            gross += 1  # see `Segment.ties_down`
        if gross <= segment.high:
            return gross
    return None


def _smallest_in(segment: Segment, net: int) -> int:
    """Return the smallest amount of a segment that leaves `net`; if none does, its end plus 1."""
    low, high = segment.low, segment.high
    if high < net:
        return high + 1
    missing = net - low + segment.fee(low)
    if missing <= 0:
        return low
    left = SCALE - segment.rate  # the net of one more unit, before rounding, in 10⁻⁸ units
    enough = low + (missing + 1) * SCALE // left + 1 if left > 0 else high
    if enough < high:
        high = enough
    elif high - segment.fee(high) < net:
        return high + 1
    low += missing
    while low < high:
        width = high - low
        excess = high - segment.fee(high) - net
        if left > 0:
            low = max(low, high - (excess + 1) * SCALE // left - 1)
        high = max(low, high - excess)
        low = min(high, max(low, net + segment.fee(low)))
        if 2 * (high - low) > width:
            middle = (low + high) // 2
            if middle - segment.fee(middle) >= net:
                high = middle
            else:
                low = middle + 1
    return low


def shared_segments(platforms: list[Segment], merchants: list[Segment]) -> list[SharedSegment]:
    """Return the ranges of amounts in which both fees have one segment; the highest first."""
    shared: list[SharedSegment] = []
    place = len(platforms) - 1
    other_place = len(merchants) - 1
    high = MAX_AMOUNT
    while high > 0:
        platform, merchant = platforms[place], merchants[other_place]
        low = max(platform.low, merchant.low)
        shared.append(SharedSegment(low, high, platform, merchant))
        high = low - 1
        if platform.low > high:
            place -= 1
        if merchant.low > high:
            other_place -= 1
    return shared


def largest_base(segments: list[SharedSegment], budget: int) -> int:
    """Return the largest base whose total, with both fees, is within a budget; in minor units.

    >>> from kashia_money import FeeRule
    >>> largest_base(shared_segments(FeeRule(0)._segments, FeeRule(10)._segments), 120)
    109
    """
    for segment in segments:
        if segment.low <= budget:
            base = segment.largest_base(budget)
            if base >= segment.low:
                return base
    return 0


def base_for_total(segments: list[SharedSegment], total: int) -> int:
    """Return the largest base whose total, with both fees, is exactly `total`; in minor units.

    Raises:
        UnreachableTotalError: every base has another total. The error has the nearest totals below
            and above.

    >>> from kashia_money import FeeRule
    >>> base_for_total(shared_segments(FeeRule(0)._segments, FeeRule(10)._segments), 110)
    100
    """
    if total == 0:
        return 0
    for segment in segments:
        if segment.low <= total:
            base = segment.largest_base(total)
            if base >= segment.low and segment.total(base) == total:
                return base
    raise _unreachable(segments, total)


def _unreachable(segments: list[SharedSegment], total: int) -> UnreachableTotalError:
    """Return the error with the nearest totals below and above."""
    below, above = 0, MAX_AMOUNT + 1
    for segment in segments:
        base = segment.largest_base(total)
        if base >= segment.low:
            below = max(below, segment.total(base))
        if base < segment.high:
            above = min(above, segment.total(base + 1))
    nearest_above = above if above <= MAX_AMOUNT else None
    return UnreachableTotalError(total, below, nearest_above)


@final
class SharedSegment:
    """A range of amounts in which each of the two exact fees is one straight line."""

    __slots__ = ("high", "low", "merchant", "platform")

    def __init__(self, low: int, high: int, platform: Segment, merchant: Segment) -> None:
        self.low: int = low
        self.high: int = high
        self.platform: Segment = platform
        self.merchant: Segment = merchant

    def total(self, base: int) -> int:
        return base + self.platform.fee(base) + self.merchant.fee(base)

    def largest_base(self, budget: int) -> int:
        """Return the largest base whose total is within a budget; if none is, `low` minus 1."""
        one, other, low, high = self.platform, self.merchant, self.low, self.high
        while True:
            fee, other_fee = one.fee(low), other.fee(low)
            slack = budget - low - fee - other_fee
            if slack < 0:  # only at the start: each later `low` is within the budget
                return low - 1
            high = min(high, low + slack)
            steep = SCALE + one.slope(fee) + other.slope(other_fee)
            low = min(high, low + max(0, (slack - _ROUNDING_MARGIN) * SCALE // steep))
            if low == high:
                return low
            excess = self.total(high) - budget
            if excess <= 0:
                return high
            low = max(low, high - excess)
            high = max(low, high - 1 - max(0, (excess - _ROUNDING_MARGIN) * SCALE // steep))
