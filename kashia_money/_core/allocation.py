"""Sharing an amount out, so that nothing is lost and nothing is paid twice.

Knows nothing of quotes: a ratio or a part can be anyone's.
"""

from __future__ import annotations

from collections.abc import Mapping, MappingView
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final, SupportsIndex, TypeAlias

from ..errors import InvalidAmountError, InvalidRatioError
from .numbers import MAX_AMOUNT, minor_units, scaled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

Ratio: TypeAlias = "str | int | Decimal"

_PLACES: Final = (
    90  # of a ratio: with the digits that `scaled` reads before the point, all that it can hold
)


def allocate(amount: SupportsIndex, ratios: Iterable[Ratio]) -> tuple[int, ...]:
    """Share `amount` out in proportion to `ratios`, by largest remainder: the shares' sum is the amount.

    Each share is less than one minor unit from its exact one. What is left of rounding all of them
    down goes, a unit each, to those that lost most by it; of two that lost the same, to the
    earlier. A ratio of 0 gets nothing. A negative amount is shared out as the positive one, with
    the signs changed.

    Args:
        amount: minor units, -(2⁶³-1) to 2⁶³-1.
        ratios: in order, what the shares are in proportion to: numbers that are not negative and
            not all 0, each an int, text or a Decimal, below 1e309 and with at most 90 decimal
            places.

    Raises:
        InvalidAmountError: the amount is not an int within its bounds.
        InvalidRatioError: a ratio is not such a number (a float is not), all are 0, or they are in
            a set, a dict or a view of one, which are no place to keep an order.

    >>> allocate(100, [1, 1, 1]), allocate(-100, [1, 1, 1]), allocate(1_000_000, ["0.7", "0.2", "0.1"])
    ((34, 33, 33), (-34, -33, -33), (700000, 200000, 100000))
    """
    whole = minor_units(amount, least=-MAX_AMOUNT)
    weights = _weights(ratios)
    total = sum(weights)
    size = abs(whole)
    shares = [size * weight // total for weight in weights]
    # Fewer are left than there are shares that lost something, so a share that lost nothing, as of
    # 0, gets none.
    left = size - sum(shares)
    lost = [size * weight % total for weight in weights]
    # The sort is stable, in reverse too: of equals, the earlier comes first.
    for position in sorted(range(len(lost)), key=lost.__getitem__, reverse=True)[:left]:
        shares[position] += 1
    return tuple(shares) if whole >= 0 else tuple([-share for share in shares])


def _weights(ratios: Iterable[Ratio]) -> list[int]:
    """Return ratios as ints, each times the same power of ten."""
    if _is_unordered(ratios):
        raise InvalidRatioError(
            ratios, "ratios in order", "pass a list that has one for each share"
        )
    given = list(ratios)
    # No place is needed for ints, and large numbers would only slow them down.
    places = 0 if all(type(ratio) is int for ratio in given) else _PLACES
    weights = [_weight(ratio, position, places) for position, ratio in enumerate(given)]
    if not any(weights):
        raise InvalidRatioError(
            given,
            "a ratio above 0 among the ratios",
            "pass one above 0 for each share that gets something",
        )
    return weights


def _is_unordered(values: object) -> bool:
    # A str is one number, not one digit after the other; of a dict the keys would be taken; a set
    # has lost its equals.
    return isinstance(values, (str, bytes, bytearray, Mapping, MappingView, AbstractSet))


def _weight(ratio: Ratio, position: int, places: int) -> int:
    try:
        weight = scaled(ratio, places)
    except ValueError as remedy:
        expected = f"ratios[{position}] as a number with at most {_PLACES} decimal places"
        raise InvalidRatioError(ratio, expected, str(remedy)) from None
    if weight < 0:
        expected = f"ratios[{position}] as a number from 0 on"
        raise InvalidRatioError(
            ratio, expected, "pass 0 or more; for a correction, pass a negative amount"
        )
    return weight


def split_refund(parts: Iterable[SupportsIndex], refunded: SupportsIndex) -> tuple[int, ...]:
    """Return how much of a refund each part bears, in proportion to the parts: the shares' sum is `refunded`.

    `refunded` is all that has been refunded so far, the new refund included. No share falls when
    more is refunded, none is above its part, and all of them are the parts once everything is
    refunded. So what a step takes from each part is its share after less its share before, and how
    the refunds were cut up makes no difference to where they lead.

    Each share is within half a minor unit of its exact one for two parts, within one for up to
    four, and within another half each time that the number of parts doubles.

    Args:
        parts: in order, what each has of the amount that is being refunded: minor units, 0 to 2⁶³-1
            together.
        refunded: minor units, 0 to the sum of the parts.

    Raises:
        InvalidAmountError: a part, their sum or `refunded` is not an int within its bounds, or the
            parts are in a set, a dict or a view of one.

    >>> before, after = split_refund([1000, 150, 50], 11), split_refund([1000, 150, 50], 12)
    >>> before, after, [share - earlier for share, earlier in zip(after, before)]
    ((9, 2, 0), (10, 2, 0), [1, 0, 0])
    """
    if _is_unordered(parts):
        raise InvalidAmountError(
            parts, "parts in order", "pass a list, in the same order at every refund"
        )
    held = [minor_units(part, f"parts[{position}]") for position, part in enumerate(parts)]
    total = sum(held)
    if total > MAX_AMOUNT:
        raise InvalidAmountError(
            total, f"parts whose sum is at most {MAX_AMOUNT}", "pass smaller parts"
        )
    whole = minor_units(refunded, "refunded")
    if whole > total:
        expected = f"a refund of at most the sum of the parts, {total}"
        raise InvalidAmountError(
            refunded, expected, "pass all that was refunded, and the parts as they were sold"
        )
    return tuple(_borne(held, total, whole))


def _borne(parts: list[int], total: int, refunded: int) -> list[int]:
    """Split a refund between two halves of the parts, and so on down to each part.

    A half's share is refunded × half ÷ total to the nearest unit, a tie to the first half. As a
    half is at most the total, one unit more refunded adds either 0 or 1 to that, and so 1 or 0 to
    the rest: neither ever falls, and so on down. Each split is off by at most half a unit, and
    hands on at most what it was off by itself.
    """
    if len(parts) == 1:
        return [refunded]
    if refunded == 0:
        return [0] * len(parts)  # with no parts, or parts of 0, there is nothing to divide by
    middle = len(parts) // 2
    half = sum(parts[:middle])
    share = (2 * refunded * half + total) // (2 * total)
    return _borne(parts[:middle], half, share) + _borne(
        parts[middle:], total - half, refunded - share
    )
