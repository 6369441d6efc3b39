"""From a fee back to an amount: searches that hold for any rule.

Floor 2, below `rules` and `fees`, whose classes are only named here, as types: imports `rounding` and `errors`.

A rule has courses: ranges of amounts that one `FeeRule` charges, and within which its fee neither falls nor rises by
more than its percentage of the rise, but for the rounding. So each end of a range of candidates says at least and at
most how far off what is sought can be, and no threshold, waiver or rounding can make a search wrong. In a course it
takes at most 63 rounds, and nearly always two or three: of a base, because two fees are at most 120 % and so a round
leaves less than a third of the range; of an amount that leaves enough, because else the middle halves the range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .errors import UnreachableTotalError
from .rounding import MAX_AMOUNT, SCALE

if TYPE_CHECKING:
    from .fees import FeeRule
    from .rules import Rule

_ROUNDED: Final = 4  # minor units: more than rounding can add to a rise of two fees, which is less than 2 each


def smallest_leaving(band: FeeRule, net: int, low: int, high: int) -> int:
    """Return the smallest amount of a course that leaves `net`, or the one beyond its end."""
    if high < net:
        return high + 1
    lacking = net - low + band.charge(low)
    if lacking <= 0:
        return low
    left = SCALE - band.rate  # of a unit, in hundred-millionths
    enough = low + (lacking + 1) * SCALE // left + 1 if left > 0 else high
    if enough < high:
        high = enough
    elif high - band.charge(high) < net:
        return high + 1
    low += lacking
    while low < high:
        width = high - low
        excess = high - band.charge(high) - net
        if left > 0:
            low = max(low, high - (excess + 1) * SCALE // left - 1)
        high = max(low, high - excess)
        low = min(high, max(low, net + band.charge(low)))
        if 2 * (high - low) > width:
            middle = (low + high) // 2
            if middle - band.charge(middle) >= net:
                high = middle
            else:
                low = middle + 1
    return low


def largest_base(platform: Rule, merchant: Rule, budget: int) -> int:
    """Return the largest base that a budget pays for, with the fees of both rules."""
    high = budget
    while True:
        base, low = _largest_base(platform, merchant, budget, high)
        if base >= low:
            return base
        high = low - 1


def base_for_total(platform: Rule, merchant: Rule, total: int) -> int:
    """Return the largest base whose total is exactly that.

    Raises:
        UnreachableTotalError: there is none.
    """
    high = total
    while high >= 0:
        base, low = _largest_base(platform, merchant, total, high)
        if base >= low and _total(platform, merchant, base) == total:
            return base
        high = low - 1
    raise _unreachable(platform, merchant, total)


def _unreachable(platform: Rule, merchant: Rule, total: int) -> UnreachableTotalError:
    """Return the error that has the nearest totals on both sides, of all courses."""
    below, above, high = 0, MAX_AMOUNT + 1, MAX_AMOUNT
    while high >= 0:
        base, low = _largest_base(platform, merchant, total, high)
        if base >= low:
            below = max(below, _total(platform, merchant, base))
        if base < high:
            above = min(above, _total(platform, merchant, base + 1))
        high = low - 1
    return UnreachableTotalError(total, below, above if above <= MAX_AMOUNT else None)


def _total(platform: Rule, merchant: Rule, base: int) -> int:
    return base + platform.charge(base) + merchant.charge(base)


def _largest_base(platform: Rule, merchant: Rule, budget: int, high: int) -> tuple[int, int]:
    """Return the largest base that a budget pays for, of the course that ends at `high`, and the start of that.

    The base is the one before the start, if there is none.
    """
    start, _, one = platform.course(high)
    other_start, _, other = merchant.course(high)
    start = max(start, other_start)
    low = start
    while True:
        fee, other_fee = one.charge(low), other.charge(low)
        slack = budget - low - fee - other_fee
        if slack < 0:  # at the start alone: every later one is a base that the budget pays for
            return start - 1, start
        high = min(high, low + slack)
        steep = SCALE + one.rise(fee) + other.rise(other_fee)
        low = min(high, low + max(0, (slack - _ROUNDED) * SCALE // steep))
        if low == high:
            return low, start
        excess = high + one.charge(high) + other.charge(high) - budget
        if excess <= 0:
            return high, start
        low = max(low, high - excess)
        high = max(low, high - 1 - max(0, (excess - _ROUNDED) * SCALE // steep))
