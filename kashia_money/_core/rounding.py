"""Rounding modes, and the formula that rounds an exact fee to whole minor units.

The names and meanings are those of `decimal` (Python's library reference, decimal, "Rounding
modes").
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ..errors import InvalidRoundingError, expect

# Units of an exact fee in one minor unit; also the rate of 100 %, in millionths of a percent.
SCALE: Final = 100_000_000
HALF: Final = 50_000_000  # half a minor unit


class Rounding(StrEnum):
    """The modes that round an amount to a whole minor unit: those of `decimal`, with its meanings.

    Each member equals the string constant of `decimal`, and has the same name without `ROUND_`. The
    mode `ROUND_05UP` is left out, because published fees do not use it.

    >>> import decimal
    >>> Rounding(decimal.ROUND_HALF_EVEN)
    Rounding.HALF_EVEN
    """

    CEILING = "ROUND_CEILING"  # towards +infinity
    FLOOR = "ROUND_FLOOR"  # towards -infinity
    UP = "ROUND_UP"  # away from zero
    DOWN = "ROUND_DOWN"  # towards zero
    HALF_UP = "ROUND_HALF_UP"  # to the nearest, a tie away from zero
    HALF_DOWN = "ROUND_HALF_DOWN"  # to the nearest, a tie towards zero
    HALF_EVEN = "ROUND_HALF_EVEN"  # to the nearest, a tie to the even neighbour

    def __repr__(self) -> str:
        return f"Rounding.{self.name}"


_MODES: Final = {mode.value: mode for mode in Rounding}
# A constant for mypyc. `Rounding.HALF_UP` would be a look-up at each use.
HALF_UP: Final = Rounding.HALF_UP


# The offset of each mode: a fee is rounded by adding the offset and dropping the fraction. This is
# correct because a fee is never negative. Half even also corrects an odd result of a tie.
OFFSETS: Final[dict[Rounding, int]] = {
    Rounding.CEILING: SCALE - 1,
    Rounding.FLOOR: 0,
    Rounding.UP: SCALE - 1,
    Rounding.DOWN: 0,
    Rounding.HALF_UP: HALF,
    Rounding.HALF_DOWN: HALF - 1,
    Rounding.HALF_EVEN: HALF,
}


def read_rounding(mode: str) -> Rounding:
    """Return the rounding mode for a `Rounding` or a constant of `decimal`.

    Raises:
        InvalidRoundingError: the mode is not one of `Rounding`.
        TypeError: the mode is not a str.

    >>> read_rounding("ROUND_HALF_EVEN")
    Rounding.HALF_EVEN
    """
    if isinstance(mode, Rounding):
        return mode
    expect(mode, str, "rounding")
    rounding = _MODES.get(mode)
    if rounding is None:
        raise InvalidRoundingError(
            mode, f"one of {', '.join(_MODES)}", "pass one, such as Rounding.HALF_UP"
        )
    return rounding


def rounded(exact: int, rounding: Rounding) -> int:
    """Return a fee of `exact` × 10⁻⁸ minor units, never negative, rounded to whole minor units.

    >>> rounded(250_000_000, Rounding.HALF_UP), rounded(250_000_000, Rounding.HALF_EVEN)
    (3, 2)
    """
    fee = (exact + OFFSETS[rounding]) // SCALE
    if rounding is Rounding.HALF_EVEN and fee % 2 == 1 and exact + HALF == fee * SCALE:
        return fee - 1
    return fee
