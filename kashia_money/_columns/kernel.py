"""The fee formula on a block of rows, for processors with vector instructions.

Three things differ from the scalar code. They make it faster, and change no figure. A rate is a
reduced fraction (1.5 % is 3/200). Numbers that fit into 32 bits are computed in 32 bits. A product
that 64 bits cannot hold is split at the denominator. Before its cap, a fee is at most the amount
plus a flat part, so unsigned 64 bits always hold it.
"""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .._core.fields import MAX_COMMISSION
from .._core.numbers import ALL_EXACT, MAX_AMOUNT, MILLION
from .._core.rounding import OFFSETS, SCALE, Rounding

if TYPE_CHECKING:
    from .._core.curve import Curve

Numbers: TypeAlias = "NDArray[np.number[Any]]"
Ints: TypeAlias = NDArray[np.int64]
Narrow: TypeAlias = NDArray[np.uint32]
Wide: TypeAlias = NDArray[np.uint64]
Mask: TypeAlias = NDArray[np.bool_]

NARROW = 2**32 - 1


class Block(NamedTuple):
    """The valid amounts of a block of rows, in minor units, and their bounds."""

    wide: Wide
    narrow: Narrow  # the same in 32 bits, if `highest` fits
    scratch: Narrow  # temporary memory of the same length
    lowest: int
    highest: int


class Table(NamedTuple):
    """A curve, prepared once for all blocks: one rate and its flat parts, or columns of bands."""

    curve: Curve
    rate: int  # in parts of a minor unit; the largest, if there are several
    scale: int  # the number of parts in a minor unit
    steps: dict[int, int]  # flat parts in minor units, by the amount from which each is added
    # One row per band: start, rate, and `fee - start * rate` in whole minor units and in parts.
    bands: Ints | None = None


class Slope(NamedTuple):
    """The rate of a block, or of each row, and the constant that is added to its fee."""

    rate: int | Wide
    scale: int
    # Modulo 2**64: `fee - start * rate` is negative if a band's rate is above the rates below it.
    units: Wide | None = None
    parts: Wide | None = None


def prepare(curve: Curve) -> Table:
    """Return a curve's table.

    It has columns of bands, except for a curve of one band, and for a curve of two bands with one
    rate, of which the second adds a flat part.
    """
    rate = curve.bands[0].rate
    # With one rate, the first fees differ by whole minor units.
    flats = [0, *((band.fee - band.start * rate) // SCALE for band in curve.bands)]
    steps = {
        band.start: flat - below
        for band, (below, flat) in zip(curve.bands, pairwise(flats), strict=True)
    }
    if len(steps) > 2 or min(steps.values()) < 0 or any(band.rate != rate for band in curve.bands):
        bands = [
            (start, rate, *divmod(fee - start * rate, SCALE)) for start, fee, rate in curve.bands
        ]
        return Table(
            curve, max(band.rate for band in curve.bands), SCALE, {}, np.array(bands, np.int64)
        )
    common = gcd(rate, SCALE)
    return Table(
        curve,
        rate // common,
        SCALE // common,
        {start: flat for start, flat in steps.items() if flat},
    )


def charge(
    table: Table, block: Block, fee: Ints, rates: Ints | None = None, caps: Ints | None = None
) -> None:
    """Write the fees of a block of amounts into `fee`.

    The table's rates and cap apply, or each row's, if they are passed. A fee can be above 2⁶³-1 if
    the curve has no cap: then read `fee` as unsigned.
    """
    if rates is not None:
        slope, largest = Slope(rates.view(np.uint64), SCALE), MAX_COMMISSION
    elif table.bands is not None:
        slope, largest = _by_band(table.bands, block), table.rate
    else:
        slope, largest = Slope(table.rate, table.scale), table.rate
    product = block.highest * largest + slope.scale  # rounding adds less than the scale
    bound = max(product, block.highest + sum(table.steps.values()), table.curve.minimum)
    if isinstance(slope.rate, int) and caps is None and bound <= NARROW:
        np.multiply(block.narrow, slope.rate, out=block.scratch)
        _round(table, slope, block.scratch, None, block)
        _limit(table.curve, block.scratch, None, block)
        np.copyto(fee, block.scratch)
        return
    exact, whole = fee.view(np.uint64), None
    if product <= MAX_AMOUNT:
        np.multiply(block.wide, slope.rate, out=exact)
    else:
        whole = block.wide // slope.scale
        np.multiply(block.wide - whole * slope.scale, slope.rate, out=exact)
        np.multiply(whole, slope.rate, out=whole)
    _round(table, slope, exact, whole, block)
    _limit(table.curve, exact, None if caps is None else caps.view(np.uint64), block)


def _by_band(bands: Ints, block: Block) -> Slope:
    starts, *columns = bands.T.copy().view(np.uint64)
    place = np.searchsorted(starts, block.wide, side="right") - 1
    rate, units, parts = (column[place] for column in columns)
    return Slope(rate, SCALE, units, parts)


def _round(
    table: Table, slope: Slope, fee: Narrow | Wide, whole: Wide | None, block: Block
) -> None:
    """Round `fee` from parts to minor units, and add the `whole` minor units to it.

    A minor unit has `slope.scale` parts.
    """
    scale, rounding = slope.scale, table.curve.rounding
    np.add(fee, OFFSETS[rounding] * scale // SCALE, out=fee)
    if slope.parts is not None:
        np.add(fee, slope.parts, out=fee)
    dropped = fee % scale if rounding is Rounding.HALF_EVEN else None
    np.floor_divide(fee, scale, out=fee)
    for units in (whole, slope.units):
        if units is not None:
            np.add(fee, units, out=fee)
    for start, flat in table.steps.items():
        np.add(fee, flat, out=fee, where=block.wide >= start if start else True)
    if dropped is not None and scale % 2 == 0:  # an odd number of parts has no tie
        np.subtract(fee, 1, out=fee, where=(dropped == 0) & (fee % 2 == 1))


def _limit(curve: Curve, fee: Narrow | Wide, caps: Wide | None, block: Block) -> None:
    """Limit fees to the minimum and the cap, or to each row's cap; amount 0 has fee 0."""
    if caps is not None:  # only a commission has a cap per row, and it has no minimum
        np.minimum(fee, caps, out=fee)
    elif curve.minimum or curve.cap < MAX_AMOUNT:
        # One pass for both limits is faster than a pass for either of them.
        np.clip(fee, curve.minimum, min(curve.cap, int(np.iinfo(fee.dtype).max)), out=fee)
    if block.lowest == 0 and (curve.minimum or curve.bands[0].fee):
        np.copyto(fee, 0, where=block.wide == 0)


def amounts(column: Numbers, buffer: Ints) -> tuple[Ints, Mask | None]:
    """Return a block of amounts or caps as int64, and a mask of the absent or out-of-range ones.

    The block is in `buffer` if the column has another type.
    """
    data, absent = np.ma.getdata(column), np.ma.getmask(column)
    rejected = None if absent is np.ma.nomask else np.array(absent)
    if data.min() < 0:
        rejected = either(rejected, data < 0)
    if data.dtype.kind == "u" and data.max() > np.uint64(MAX_AMOUNT):
        rejected = either(rejected, data > np.uint64(MAX_AMOUNT))
    if data.dtype == np.int64:
        return data.view(np.int64), rejected
    np.copyto(buffer, data, casting="unsafe")
    return buffer, rejected


def caps(column: Numbers | None, buffer: Ints, default: int) -> tuple[Ints | None, Mask | None]:
    """Return a block of caps, and a mask of the out-of-range ones; an absent cap is `default`."""
    if column is None:
        return None, None
    limits, rejected = amounts(column, buffer)
    absent = np.ma.getmask(column)
    if absent is not np.ma.nomask:
        limits = np.where(absent, default, limits)
        rejected = None if rejected is None else rejected & ~absent
    return limits, rejected


def rates(
    column: Numbers | None, buffer: Ints, scratch: Ints, narrow: Narrow, default: int
) -> tuple[Ints | None, Mask | None]:
    """Return a block of percentages in clamped millionths, and a mask of the rejected ones.

    An absent percentage is `default`.
    """
    if column is None:
        return None, None
    data, absent = np.ma.getdata(column), np.ma.getmask(column)
    if data.dtype.kind == "f":
        rejected = _read(data, buffer, scratch, narrow)
    else:
        rejected = None
        np.multiply(
            np.clip(data, 0, MAX_COMMISSION // MILLION),
            MILLION,
            out=buffer,
            dtype=np.int64,
            casting="unsafe",
        )
    if absent is not np.ma.nomask:
        np.copyto(buffer, default, where=absent)
        rejected = None if rejected is None else rejected & ~absent
    return buffer, rejected


def _read(data: Numbers, buffer: Ints, scratch: Ints, narrow: Narrow) -> Mask | None:
    """Read float percentages into `buffer`, as `millionths` does; return a mask of rejected ones.

    A percentage is rejected if it is NaN, is infinite or has too many decimal places.
    """
    rejected, shifted = None, scratch.view(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(data, 1e6, out=shifted, dtype=np.float64)
        np.rint(shifted, out=shifted)
        inexact = np.divide(shifted, 1e6, out=buffer.view(np.float64)) != data
        lowest, highest = shifted.min(), shifted.max()
        if inexact.any() or lowest == -np.inf or highest == np.inf:
            # Above 2**32, the product may round to a neighbour of the correct integer.
            inexact &= ((shifted - 1) / 1e6 != data) & ((shifted + 1) / 1e6 != data)
            rejected = (inexact & ~(np.abs(data) >= ALL_EXACT)) | ~np.isfinite(data)
            np.copyto(shifted, 0, where=rejected)
            lowest, highest = shifted.min(), shifted.max()
        if lowest < 0 or highest > MAX_COMMISSION:
            np.clip(shifted, 0, MAX_COMMISSION, out=shifted)
    whole = narrow.view(np.int32)
    np.copyto(
        whole, shifted, casting="unsafe"
    )  # in two steps, because each of them has vector instructions
    np.copyto(buffer, whole)
    return rejected


def either(one: Mask | None, other: Mask | None) -> Mask | None:
    """Return the rows that are in one mask or the other; None means no rows."""
    if one is None or other is None:
        return other if one is None else one
    return one | other
