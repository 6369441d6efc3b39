"""From a fee back to an amount: searches that hold for any rule.

Floor 2, below `rules`, whose `Rule` is only named here, as a type: imports `rounding` and `errors`.

They use nothing of a rule but its courses: ranges of amounts within which its fee never falls as the amount rises. Each
end of a range of candidates says how far the other can be off, and where that does not halve the range, its middle
does: so in one course a search takes at most 63 rounds of three fees, nearly always a handful, and no threshold, waiver
or rounding can make it wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from .errors import UnreachableTotalError
from .rounding import MAX_AMOUNT

if TYPE_CHECKING:
    from .rules import Rule


def courses(starts: list[int]) -> list[tuple[int, int]]:
    """Return the ranges of amounts that start so, each with its last amount.

    >>> courses([0, 250_000])
    [(0, 249999), (250000, 9223372036854775807)]
    """
    return list(zip(starts, [*(start - 1 for start in starts[1:]), MAX_AMOUNT], strict=True))


def smallest_paying(rule: Rule, fee: int, low: int, high: int) -> int:
    """Return the smallest amount of a course that pays at least `fee`; the one beyond its end if none does."""
    return low + bisect_left(range(low, high + 1), fee, key=rule.charge)


def smallest_leaving(rule: Rule, net: int, low: int, high: int) -> int:
    """Return the smallest amount that leaves `net`, of a course whose end does, and in which no amount leaves less."""
    while low < high:
        width = high - low
        low = max(low, net + rule.charge(low))
        high = max(low, net + rule.charge(high))
        if 2 * (high - low) > width:
            middle = (low + high) // 2
            if middle - rule.charge(middle) >= net:
                high = middle
            else:
                low = middle + 1
    return low


def largest_base(platform: Rule, merchant: Rule, budget: int) -> int:
    """Return the largest base that a budget pays for, with the fees of both rules."""
    for low, high in _from_the_top(platform, merchant):
        if _total(platform, merchant, low) <= budget:
            return _largest_base(platform, merchant, budget, low, min(high, budget))
    raise AssertionError("a base of 0 costs nothing")


def base_for_total(platform: Rule, merchant: Rule, total: int) -> int:
    """Return the largest base whose total is exactly that.

    Raises:
        UnreachableTotalError: there is none.
    """
    below, above = 0, MAX_AMOUNT + 1
    for low, high in _from_the_top(platform, merchant):
        base = low - 1
        if _total(platform, merchant, low) <= total:
            base = _largest_base(platform, merchant, total, low, min(high, total))
            reached = _total(platform, merchant, base)
            if reached == total:
                return base
            below = max(below, reached)
        if base < high:
            above = min(above, _total(platform, merchant, base + 1))
    raise UnreachableTotalError(total, below, above if above <= MAX_AMOUNT else None)


def _from_the_top(platform: Rule, merchant: Rule) -> list[tuple[int, int]]:
    """Return the courses of the total, the highest first."""
    falls = platform.falls + merchant.falls
    return courses(sorted({0, *falls}))[::-1] if falls else [(0, MAX_AMOUNT)]


def _total(platform: Rule, merchant: Rule, base: int) -> int:
    return base + platform.charge(base) + merchant.charge(base)


def _largest_base(platform: Rule, merchant: Rule, budget: int, low: int, high: int) -> int:
    """Return the largest base of a course that a budget pays for, as it does for the lowest."""
    while low < high:
        width = high - low
        high = min(high, budget - platform.charge(low) - merchant.charge(low))
        low = max(low, min(high, budget - platform.charge(high) - merchant.charge(high)))
        if 2 * (high - low) > width:
            middle = (low + high + 1) // 2
            if _total(platform, merchant, middle) <= budget:
                low = middle
            else:
                high = middle - 1
    return low
