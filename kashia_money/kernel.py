"""The fee formula on a block of rows: what a rule's `charge` does, for a processor that works on many numbers at once.

Floor 5: imports `fees` and `rounding`, and `numpy`. Who calls it (`arrays`) sees to it that no figure passes 64 bits.

Three things differ from the scalar, for speed alone, and change no figure: a rate is a reduced fraction (1.5 % is
3/200), what fits 32 bits is done in 32, and a product that 64 bits cannot hold is split at the denominator.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .fees import MAX_COMMISSION
from .rounding import ALL_EXACT, MAX_AMOUNT, MILLION, OFFSETS, SCALE, Rounding

if TYPE_CHECKING:
    from .fees import FeeRule
    from .rules import Rule

Numbers: TypeAlias = "NDArray[np.number[Any]]"
Ints: TypeAlias = NDArray[np.int64]
Narrow: TypeAlias = NDArray[np.uint32]
Wide: TypeAlias = NDArray[np.uint64]
Mask: TypeAlias = NDArray[np.bool_]

NARROW = 2**32 - 1


class Block(NamedTuple):
    """Amounts of a block of rows, all good, and what is known of them."""

    wide: Wide
    narrow: Narrow  # the same in 32 bits, if the highest fits
    spare: Narrow  # room for as many
    lowest: int
    highest: int


class Offset(NamedTuple):
    """What is added to each row's fee for the tier that it is in: whole minor units, and parts of one."""

    units: Wide  # modulo 2**64, as they may be below 0
    parts: Wide


def charge(rule: Rule, block: Block, fee: Ints, rates: Ints | None = None, caps: Ints | None = None) -> None:
    """Write the fees on a block of amounts into `fee`, at the rule's own rate and cap or at each row's."""
    rate: int | Wide
    (_, lowest), *higher = rule.bands
    offset = None
    if rates is None and higher:
        rate, offset = _by_band(rule, block)
        largest, scale = rule.rate, SCALE
    elif rates is None:
        common = gcd(rule.rate, SCALE)
        rate = largest = rule.rate // common
        scale = SCALE // common
    else:
        rate, largest, scale = rates.view(np.uint64), MAX_COMMISSION, SCALE
    product = block.highest * largest + 2 * scale
    if isinstance(rate, int) and caps is None and max(product, block.highest + rule.flat, rule.minimum) <= NARROW:
        np.multiply(block.narrow, rate, out=block.spare)
        _finish(lowest, block, block.spare, None, scale, None, None)
        np.copyto(fee, block.spare)
        return
    exact, whole = fee.view(np.uint64), None
    if product <= MAX_AMOUNT:
        np.multiply(block.wide, rate, out=exact)
    else:
        whole = block.wide // scale
        np.multiply(block.wide - whole * scale, rate, out=exact)
        np.multiply(whole, rate, out=whole)
    _finish(lowest, block, exact, whole, scale, None if caps is None else caps.view(np.uint64), offset)


def _by_band(rule: Rule, block: Block) -> tuple[Wide, Offset]:
    """Return the rate and the offset of each row's tier."""
    starts = np.array([start for start, _ in rule.bands], np.uint64)
    terms = np.array([(band.rate, *divmod(band.offset, SCALE)) for _, band in rule.bands], np.int64).view(np.uint64)
    place = np.searchsorted(starts, block.wide, side="right") - 1
    rate, units, parts = (column[place] for column in terms.T)
    return rate, Offset(units, parts)


def _finish(
    rule: FeeRule,
    block: Block,
    fee: Narrow | Wide,
    whole: Wide | None,
    scale: int,
    caps: Wide | None,
    offset: Offset | None,
) -> None:
    """Turn `fee`, in parts of which `scale` are a minor unit, into the fee; `whole` minor units are added to it."""
    np.add(fee, OFFSETS[rule.rounding] * scale // SCALE, out=fee)
    if offset is not None:
        np.add(fee, offset.parts, out=fee)
    dropped = fee % scale if rule.rounding is Rounding.HALF_EVEN else None
    np.floor_divide(fee, scale, out=fee)
    if whole is not None:
        np.add(fee, whole, out=fee)
    if offset is not None:
        np.add(fee, offset.units, out=fee)
    elif rule.flat:
        np.add(fee, rule.flat, out=fee, where=block.wide >= rule.flat_from)
    if dropped is not None:
        _settle_ties(fee, dropped, scale)
    if caps is not None:  # only a commission is capped by row, and it has no minimum
        np.minimum(fee, caps, out=fee)
    elif rule.minimum or rule.cap is not None:
        most = np.iinfo(fee.dtype).max if rule.cap is None else min(rule.cap, np.iinfo(fee.dtype).max)
        np.clip(fee, rule.minimum, most, out=fee)  # one pass for both, and faster than either
    if block.lowest == 0 and (rule.minimum or rule.flat):
        np.copyto(fee, 0, where=block.wide == 0)


def _settle_ties(fee: Narrow | Wide, dropped: Narrow | Wide, scale: int) -> None:
    """Make the fees of ties even, which were rounded up; `dropped` is the remainder of the division."""
    if scale % 2 == 0:  # an odd number of parts has no half
        np.subtract(fee, 1, out=fee, where=(dropped == 0) & (fee % 2 == 1))


def amounts(column: Numbers, room: Ints) -> tuple[Ints, Mask | None]:
    """Return a block of amounts or caps as int64, in `room` if need be, and which are masked or out of bounds."""
    data, absent = np.ma.getdata(column), np.ma.getmask(column)
    bad = None if absent is np.ma.nomask else np.array(absent)
    if data.min() < 0:
        bad = either(bad, data < 0)
    if data.dtype.kind == "u" and data.max() > np.uint64(MAX_AMOUNT):
        bad = either(bad, data > np.uint64(MAX_AMOUNT))
    if data.dtype == np.int64:
        return data.view(np.int64), bad
    np.copyto(room, data, casting="unsafe")
    return room, bad


def caps(column: Numbers | None, room: Ints, default: int | None) -> tuple[Ints | None, Mask | None]:
    """Return a block of caps, the masked ones as `default`, and which are out of bounds."""
    if column is None:
        return None, None
    found, bad = amounts(column, room)
    absent = np.ma.getmask(column)
    if absent is not np.ma.nomask:
        found = np.where(absent, MAX_AMOUNT if default is None else default, found)
        bad = None if bad is None else bad & ~absent
    return found, bad


def rates(
    column: Numbers | None, room: Ints, spare: Ints, narrow: Narrow, default: int
) -> tuple[Ints | None, Mask | None]:
    """Return a block of percentages in clamped millionths, the masked ones as `default`, and which are none."""
    if column is None:
        return None, None
    data, absent = np.ma.getdata(column), np.ma.getmask(column)
    if data.dtype.kind == "f":
        bad = _read(data, room, spare, narrow)
    else:
        bad = None
        np.multiply(np.clip(data, 0, MAX_COMMISSION // MILLION), MILLION, out=room, dtype=np.int64, casting="unsafe")
    if absent is not np.ma.nomask:
        np.copyto(room, default, where=absent)
        bad = None if bad is None else bad & ~absent
    return room, bad


def _read(data: Numbers, room: Ints, spare: Ints, narrow: Narrow) -> Mask | None:
    """Read float percentages as `rounding.millionths` does; return which are no numbers or have too many places."""
    bad, shifted = None, spare.view(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(data, 1e6, out=shifted, dtype=np.float64)
        np.rint(shifted, out=shifted)
        inexact = np.divide(shifted, 1e6, out=room.view(np.float64)) != data
        lowest, highest = shifted.min(), shifted.max()
        if inexact.any() or lowest == -np.inf or highest == np.inf:
            # Beyond 2**32 the product may round to the neighbour of the integer that was meant.
            inexact &= ((shifted - 1) / 1e6 != data) & ((shifted + 1) / 1e6 != data)
            bad = (inexact & ~(np.abs(data) >= ALL_EXACT)) | ~np.isfinite(data)
            np.copyto(shifted, 0, where=bad)
            lowest, highest = shifted.min(), shifted.max()
        if lowest < 0 or highest > MAX_COMMISSION:
            np.clip(shifted, 0, MAX_COMMISSION, out=shifted)
    whole = narrow.view(np.int32)
    np.copyto(whole, shifted, casting="unsafe")  # in two steps, each of which has vector instructions
    np.copyto(room, whole)
    return bad


def either(one: Mask | None, other: Mask | None) -> Mask | None:
    """Return the rows that are in one mask or the other; None has none."""
    if one is None or other is None:
        return other if one is None else one
    return one | other
