"""Exact division of an amount into shares.

`allocate` uses the largest-remainder method. `split_refund` halves the parts again and again. The
shares always sum to the amount, so no minor unit is lost or paid twice.
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

# Decimal places of a ratio. Together with the digits before the point, they fill the precision of
# `scaled`.
_PLACES: Final = 90


def allocate(amount: SupportsIndex, ratios: Iterable[Ratio]) -> tuple[int, ...]:
    """Return `amount` as shares in proportion to `ratios`, by the largest-remainder method.

    The shares sum to the amount, and each share is less than one minor unit from its exact value.
    Each exact share is rounded down. The remaining units go to the shares with the largest
    remainders, one unit each; of equal remainders, the earlier comes first. A ratio of 0 gets 0. A
    negative amount gives the shares of the positive amount with the signs changed.

    Args:
        amount: in minor units; -(2⁶³-1) to 2⁶³-1.
        ratios: the proportions, in the order of the shares. Each is an int, text or a Decimal from
            0, below 1e309, with at most 90 decimal places. At least one is above 0.

    Raises:
        InvalidAmountError: the amount is not an int within its bounds.
        InvalidRatioError: a ratio is not such a number (floats are rejected), all ratios are 0, or
            the ratios are in a set, a dict, a view of a dict or text, and not in a sequence.

    >>> allocate(100, [1, 1, 1]), allocate(-100, [1, 1, 1])
    ((34, 33, 33), (-34, -33, -33))
    >>> allocate(1_000_000, ["0.7", "0.2", "0.1"])
    (700000, 200000, 100000)
    """
    whole = minor_units(amount, least=-MAX_AMOUNT)
    weights = _weights(ratios)
    total = sum(weights)
    size = abs(whole)
    shares = [size * weight // total for weight in weights]
    leftover = size - sum(shares)
    remainders = [size * weight % total for weight in weights]  # `total` of them are one unit
    # The remainders sum to `leftover` whole units, and each is less than one unit. So more than
    # `leftover` remainders are above 0, or all are 0. A ratio of 0 has remainder 0, and it gets no
    # unit. The sort is stable, also in reverse: of equal remainders, the earlier comes first.
    order = sorted(range(len(remainders)), key=remainders.__getitem__, reverse=True)
    for position in order[:leftover]:
        shares[position] += 1
    return tuple(shares) if whole >= 0 else tuple([-share for share in shares])


def _weights(ratios: Iterable[Ratio]) -> list[int]:
    """Return the ratios as ints: each ratio times the same power of ten."""
    if _is_unordered(ratios):
        raise InvalidRatioError(
            ratios, "ratios in order", "pass a list that has one for each share"
        )
    values = list(ratios)
    # Ints need no decimal places, and larger numbers are slower.
    places = 0 if all(type(ratio) is int for ratio in values) else _PLACES
    weights = [_weight(ratio, position, places) for position, ratio in enumerate(values)]
    if not any(weights):
        raise InvalidRatioError(
            values,
            "a ratio above 0 among the ratios",
            "pass one above 0 for each share that gets something",
        )
    return weights


def _is_unordered(values: object) -> bool:
    # Iteration would give wrong ratios: of a str the characters, of a dict the keys, and of a set
    # only one of equal ratios.
    return isinstance(values, (str, bytes, bytearray, Mapping, MappingView, AbstractSet))


def _weight(ratio: Ratio, position: int, places: int) -> int:
    try:
        weight = scaled(ratio, places)
    except ValueError as remedy:
        expected = f"ratios[{position}] as a number with at most {_PLACES} decimal places"
        raise InvalidRatioError(ratio, expected, str(remedy)) from None
    if weight < 0:
        expected = f"ratios[{position}] as a number of at least 0"
        raise InvalidRatioError(
            ratio, expected, "pass 0 or more; for a correction, pass a negative amount"
        )
    return weight


def split_refund(parts: Iterable[SupportsIndex], refunded: SupportsIndex) -> tuple[int, ...]:
    """Return each part's share of a refund, in proportion to the parts.

    The shares sum to `refunded`, which is the total refunded so far, with the new refund. When the
    total grows, no share falls. A share never exceeds its part, and a full refund equals the parts.
    So one refund takes from each part the share after it minus the share before it. The shares
    depend only on the total, and not on the sizes of the single refunds.

    For two parts, each share is at most half a minor unit from its exact value; for up to four
    parts, at most one minor unit. Each further doubling of the number of parts adds half a unit.

    Args:
        parts: in minor units; the parts of the refunded amount, in order. They sum to at most
            2⁶³-1.
        refunded: in minor units; 0 to the sum of the parts.

    Raises:
        InvalidAmountError: a part, the sum or `refunded` is not an int within its bounds, or the
            parts are in a set, a dict or a view of a dict.

    >>> before, after = split_refund([1000, 150, 50], 11), split_refund([1000, 150, 50], 12)
    >>> before, after, [share - earlier for share, earlier in zip(after, before)]
    ((9, 2, 0), (10, 2, 0), [1, 0, 0])
    """
    if _is_unordered(parts):
        raise InvalidAmountError(
            parts, "parts in order", "pass a list, in the same order at every refund"
        )
    amounts = [minor_units(part, f"parts[{position}]") for position, part in enumerate(parts)]
    total = sum(amounts)
    if total > MAX_AMOUNT:
        raise InvalidAmountError(
            total, f"parts whose sum is at most {MAX_AMOUNT}", "pass smaller parts"
        )
    whole = minor_units(refunded, "refunded")
    if whole > total:
        expected = f"a refund of at most the sum of the parts, {total}"
        raise InvalidAmountError(
            refunded, expected, "pass the total refunded, and the parts as they were sold"
        )
    return tuple(_split_by_halves(amounts, total, whole))


def _split_by_halves(parts: list[int], total: int, refunded: int) -> list[int]:
    """Return the shares of a refund: split it between the halves of the parts, down to each part.

    The first half's share is refunded × half ÷ total, rounded to the nearest unit, and up at a tie.
    A half is at most the total. So one more unit refunded adds 0 or 1 to the first half and the
    rest to the second: no share falls, at any depth. Each split adds an error of at most half a
    unit, and passes on at most its received error.
    """
    if len(parts) == 1:
        return [refunded]
    if refunded == 0:
        return [0] * len(parts)  # without a division, because `total` can be 0
    middle = len(parts) // 2
    half = sum(parts[:middle])
    share = (2 * refunded * half + total) // (2 * total)
    first = _split_by_halves(parts[:middle], half, share)
    return first + _split_by_halves(parts[middle:], total - half, refunded - share)
