"""The fields of a rule: read from the caller's arguments, checked and converted to a curve."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, SupportsIndex, TypeAlias, cast, final

from ..errors import InvalidPercentageError, InvalidRuleError, expect
from .curve import Band, Curve
from .numbers import MAX_AMOUNT, Percentage, millionths, minor_units
from .rounding import SCALE, Rounding, read_rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

Mode: TypeAlias = Literal["graduated", "volume"]
MODES: Final[tuple[Mode, ...]] = ("graduated", "volume")
MAX_TIERS: Final = 100  # to limit the work for a document
MAX_COMMISSION: Final = 20_000_000  # 20 %, in millionths of a percent


class Tier(NamedTuple):
    """One tier of a rule: the amounts from `start` to one below the start of the next tier.

    >>> Tier(100_000, "1.5")
    Tier(start=100000, percentage='1.5', flat=0)
    """

    start: int
    """The smallest amount in the tier, in minor units."""
    percentage: Percentage = 0
    """In percent, 0 to 100 with at most six decimal places."""
    flat: int = 0
    """In minor units; added to the percentage part before rounding. 0 in graduated tiers."""


class Row(NamedTuple):
    """A checked tier: start and flat part in minor units, rate in millionths of a percent."""

    start: int
    rate: int
    flat: int


@final
class Fields:
    """The checked fields of a rule; a rule without tiers has one row.

    A class and not a tuple, because compiled code creates an instance faster.
    """

    __slots__ = ("cap", "flat_from", "minimum", "mode", "requested_rate", "rounding", "rows")

    def __init__(
        self,
        mode: Mode | None,
        rows: tuple[Row, ...],
        flat_from: int,
        minimum: int,
        cap: int | None,
        rounding: Rounding,
        requested_rate: int | None = None,
    ) -> None:
        self.mode: Mode | None = mode
        self.rows: tuple[Row, ...] = rows
        self.flat_from: int = flat_from
        self.minimum: int = minimum
        self.cap: int | None = cap
        self.rounding: Rounding = rounding
        # Before clamping; None means that the rate was in range.
        self.requested_rate: int | None = requested_rate

    def key(self) -> tuple[object, ...]:
        """Return the fields that decide whether two rules are equal."""
        return (self.mode, self.rows, self.flat_from, self.minimum, self.cap, self.rounding)


def clamped(rate: int) -> int:
    """Return a commission's rate clamped to 0-20 %, in millionths of a percent."""
    if rate < 0:
        return 0
    return MAX_COMMISSION if rate > MAX_COMMISSION else rate


def commission_fields(requested_rate: int, cap: int | None, rounding: Rounding) -> Fields:
    """Return the fields of a commission; the rate is in millionths of a percent, before clamping.

    >>> commission_fields(25_000_000, None, Rounding.UP).rows
    (Row(start=0, rate=20000000, flat=0),)
    """
    rate = clamped(requested_rate)
    clamped_from = None if requested_rate == rate else requested_rate
    return Fields(None, (Row(0, rate, 0),), 0, 0, cap, rounding, clamped_from)


def remedy_for_commission(fields: Fields) -> str:
    """Return the remedy for a rule that could charge above 20 % of the amount, otherwise "".

    >>> remedy_for_commission(commission_fields(0, None, Rounding.UP))
    ''
    """
    if any(row.rate > MAX_COMMISSION for row in fields.rows):
        return "lower its percentage to at most 20"
    if any(row.flat > 0 for row in fields.rows):
        return "leave out its flat part"
    return "leave out its minimum" if fields.minimum > 0 else ""


def fields_of_one_percentage(
    percentage: Percentage,
    flat: SupportsIndex,
    flat_from: SupportsIndex,
    minimum: SupportsIndex,
    cap: SupportsIndex | None,
    rounding: str,
) -> Fields:
    """Return the checked fields of a rule without tiers; amounts are in minor units.

    >>> fields_of_one_percentage("1.5", 0, 5, 0, None, "ROUND_UP").flat_from
    0
    """
    row = Row(0, _rate(percentage), minor_units(flat, "flat"))
    threshold = minor_units(flat_from, "flat_from")
    if row.flat == 0:
        threshold = 0  # it has no effect, so it does not make two rules unequal
    return Fields(None, (row,), threshold, *bounds_of(minimum, cap, rounding))


def fields_of_tiers(
    mode: Mode,
    tiers: Sequence[Tier],
    minimum: SupportsIndex,
    cap: SupportsIndex | None,
    rounding: str,
) -> Fields:
    """Return the checked fields of a rule with tiers; amounts are in minor units.

    >>> fields_of_tiers("volume", [Tier(0, 1)], 0, None, "ROUND_UP").rows
    (Row(start=0, rate=1000000, flat=0),)
    """
    if not 1 <= len(tiers) <= MAX_TIERS:
        raise InvalidRuleError(
            f"{len(tiers)} tiers",
            f"1 to {MAX_TIERS} tiers",
            f"pass 1 to {MAX_TIERS} tiers, each with its start",
        )
    values: Sequence[object] = tiers  # of objects, so that `_row` checks the types, not mypyc
    rows = tuple([_row(value) for value in values])
    _check(rows, mode)
    return Fields(mode, rows, 0, *bounds_of(minimum, cap, rounding))


def _row(tier: object) -> Row:
    expect(tier, Tier, "each of tiers")
    # Not cast to `Tier`: compiled code would check the types of its fields first, and raise errors
    # that are not the library's.
    start, percentage, flat = cast("tuple[SupportsIndex, Percentage, SupportsIndex]", tier)
    return Row(minor_units(start, "start"), _rate(percentage), minor_units(flat, "flat"))


def _check(rows: tuple[Row, ...], mode: Mode) -> None:
    if rows[0].start > 0:
        raise InvalidRuleError(
            rows[0].start,
            "a first tier that starts at 0",
            f"put a tier from 0 first, with the percentage of amounts below {rows[0].start}",
        )
    for below, row in pairwise(rows):
        if row.start <= below.start:
            expected = f"a tier that starts above {below.start}"
            raise InvalidRuleError(
                row.start, expected, "sort the tiers by start, and write each start once"
            )
    for row in rows:
        if mode == "graduated" and row.flat:
            remedy = "leave out the flat part: graduated tiers have only a percentage"
            raise InvalidRuleError(row.flat, "a graduated tier without a flat part", remedy)


def bounds_of(
    minimum: SupportsIndex, cap: SupportsIndex | None, rounding: str
) -> tuple[int, int | None, Rounding]:
    """Return the checked minimum, cap and rounding of a rule; amounts are in minor units.

    >>> bounds_of(5, None, "ROUND_UP")
    (5, None, Rounding.UP)
    """
    least = minor_units(minimum, "minimum")
    limit = None if cap is None else minor_units(cap, "cap")
    if limit is not None and limit < least:
        raise InvalidRuleError(
            least, f"a minimum of at most the cap, {limit}", "lower the minimum or raise the cap"
        )
    return least, limit, read_rounding(rounding)


def _rate(percentage: Percentage) -> int:
    """Return a rule's percentage in millionths of a percent."""
    rate = millionths(percentage)
    if 0 <= rate <= SCALE:
        return rate
    raise InvalidPercentageError(percentage, "a percentage from 0 to 100", "pass 1.5 for 1.5 %")


def curve_of(fields: Fields) -> Curve:
    """Return the curve of a rule's fields.

    >>> curve_of(fields_of_one_percentage("2.9", 30, 0, 0, None, "ROUND_UP")).bands
    (Band(start=0, fee=3000000000, rate=2900000),)
    """
    if fields.mode is None:
        ((_, rate, flat),) = fields.rows
        bands = _bands_from_threshold(rate, flat, fields.flat_from)
    elif fields.mode == "volume":
        bands = [
            Band(start, start * rate + flat * SCALE, rate) for start, rate, flat in fields.rows
        ]
    else:
        bands = [Band(0, 0, fields.rows[0].rate)]
        for start, rate, _ in fields.rows[1:]:
            below = bands[-1]
            bands.append(Band(start, below.fee + (start - below.start) * below.rate, rate))
    cap = MAX_AMOUNT if fields.cap is None else fields.cap
    return Curve(tuple(bands), fields.minimum, cap, fields.rounding)


def _bands_from_threshold(rate: int, flat: int, flat_from: int) -> list[Band]:
    """Return the bands of a percentage and of a flat part that starts at `flat_from`."""
    band = Band(flat_from, flat_from * rate + flat * SCALE, rate)
    return [band] if flat_from == 0 else [Band(0, 0, rate), band]
