"""Rounding modes, and the one formula that rounds a fee to whole minor units."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ..errors import InvalidRoundingError, expect

SCALE: Final = (
    100_000_000  # units of an exact fee, and millionths of a percent in the whole, in one
)
HALF: Final = 50_000_000


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes a whole one: `decimal`'s modes without `ROUND_05UP`, with its meanings.

    Each member equals the string that `decimal` uses and has its name without the `ROUND_`
    (Python's library reference, decimal, "Rounding modes"). No published fee rounds by
    `ROUND_05UP`.

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
HALF_UP: Final = (
    Rounding.HALF_UP
)  # a constant to mypyc, where Rounding.HALF_UP is a look-up at each use


# A fee is never negative, so adding this to it before the division that drops the fraction is the
# whole of a rounding, except for half even, which also looks at whether the result is odd.
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
    """Return a rounding mode, given as a `Rounding` or by decimal's constant.

    Raises:
        InvalidRoundingError: it is not one of the modes.
        TypeError: it is not a str.

    >>> read_rounding("ROUND_HALF_EVEN")
    Rounding.HALF_EVEN
    """
    if isinstance(mode, Rounding):
        return mode
    expect(mode, str, "rounding")  # the text of one of decimal's constants
    rounding = _MODES.get(mode)
    if rounding is None:
        raise InvalidRoundingError(
            mode, f"one of {', '.join(_MODES)}", "pass one, such as Rounding.HALF_UP"
        )
    return rounding


def rounded(exact: int, rounding: Rounding) -> int:
    """Return a fee of `exact` hundred-millionths of a minor unit, never negative, in whole minor units.

    >>> rounded(250_000_000, Rounding.HALF_UP), rounded(250_000_000, Rounding.HALF_EVEN)
    (3, 2)
    """
    fee = (exact + OFFSETS[rounding]) // SCALE
    if rounding is Rounding.HALF_EVEN and fee % 2 == 1 and exact + HALF == fee * SCALE:
        return fee - 1
    return fee
