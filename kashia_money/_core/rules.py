"""What users build: a rule says how a fee is charged."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, SupportsIndex, cast, final

from ..errors import InvalidAmountError
from .curve import Curve, Segment
from .fields import (
    Fields,
    Mode,
    Row,
    Tier,
    bounds_of,
    commission_fields,
    curve_of,
    fields_of_one_percentage,
    fields_of_tiers,
)
from .numbers import MAX_AMOUNT, WORD, Percentage, millionths, minor_units, percent
from .rounding import HALF, HALF_UP, SCALE, Rounding, rounded
from .search import smallest_leaving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

ABSENT: Final = -1  # no cap, or no override of a rate or a cap


class Breakpoints(NamedTuple):
    """Where a rule's bounds take over, in minor units."""

    minimum_until: int | None
    """The largest amount that pays the minimum. None if no amount does."""
    cap_from: int | None
    """The smallest amount that pays the cap. None if no amount does."""


@final
class FeeRule:
    """A percentage fee, with an optional flat part, minimum and cap; `graduated` and `volume` make one of tiers.

    The fee is `percentage` of the amount plus `flat`, rounded once, then limited to `minimum` and
    `cap`. Amount 0 has fee 0. Rules are immutable and hashable. They are equal if their fields are
    equal: `1.50` is `1.5`, a threshold without a flat part does not count, and neither does the
    percentage that a commission was clamped from.

    Args:
        percentage: in percent, 0 to 100 with at most six decimal places: an int, a float (read as
            it prints), text or a Decimal.
        flat: in minor units; added to the percentage's part before rounding.
        flat_from: in minor units; the smallest amount that pays `flat`.
        minimum: in minor units; the least fee of any amount but 0.
        cap: in minor units; the largest fee. None means no cap.
        rounding: how the fee is rounded to a whole minor unit; `decimal`'s constants are taken,
            too.

    Raises:
        InvalidPercentageError: the percentage is not such a number, or outside 0 to 100.
        InvalidAmountError: another number is not an int from 0 to 2⁶³-1.
        InvalidRuleError: the minimum is above the cap.
        InvalidRoundingError: the rounding is not one of `Rounding`.

    >>> FeeRule("1.5", minimum=100_00, cap=50_000_00).fee(1_500_000_00)  # kobo: ₦22,500 on ₦1,500,000
    2250000
    """

    __slots__ = (
        "_banded",
        "_cap",
        "_curve",
        "_fee_at_0",
        "_fields",
        "_half_up",
        "_minimum",
        "_rate",
        "_rounding",
        "_segments",
        "_starts",
    )
    __match_args__: ClassVar = ("percentage", "flat", "flat_from", "minimum", "cap", "rounding")

    def __init__(
        self,
        percentage: Percentage = 0,
        *,
        flat: SupportsIndex = 0,
        flat_from: SupportsIndex = 0,
        minimum: SupportsIndex = 0,
        cap: SupportsIndex | None = None,
        rounding: str = HALF_UP,
    ) -> None:
        # `graduated`, `volume` and `commission` pass checked fields as the first argument.
        fields: object = percentage
        if not isinstance(fields, Fields):
            fields = fields_of_one_percentage(percentage, flat, flat_from, minimum, cap, rounding)
        curve = curve_of(fields)
        self._fields: Fields = fields
        self._curve: Curve = curve
        self._segments: list[Segment] = curve.segments()
        # The fields that `_charge` reads, each by itself because compiled attributes are faster
        # than a tuple's.
        self._starts: list[int] = [band.start for band in curve.bands]
        self._banded: bool = len(curve.bands) > 1
        self._rate: int = curve.bands[0].rate
        self._fee_at_0: int = curve.bands[0].fee
        self._minimum: int = fields.minimum
        self._cap: int = ABSENT if fields.cap is None else fields.cap
        self._rounding: Rounding = fields.rounding
        self._half_up: bool = fields.rounding is HALF_UP  # nearly every rule's, and faster

    @classmethod
    def graduated(
        cls,
        tiers: Sequence[Tier],
        *,
        minimum: SupportsIndex = 0,
        cap: SupportsIndex | None = None,
        rounding: str = HALF_UP,
    ) -> FeeRule:
        """Return a rule that charges each part of the amount at the percentage of the tier that this part is in.

        So the fee never jumps where a tier starts.

        Args:
            tiers: 1 to 100 tiers without flat parts, the first from 0, each from a higher amount
                than the one before.
            minimum: in minor units; the least fee of any amount but 0.
            cap: in minor units; the largest fee. None means no cap.
            rounding: how the sum of all parts is rounded, once.

        Raises:
            InvalidRuleError: the tiers are out of order, one has a flat part, or the minimum is
                above the cap.
            InvalidPercentageError, InvalidAmountError, InvalidRoundingError: as `FeeRule`.
            TypeError: the tiers are not `Tier`s.

        >>> FeeRule.graduated([Tier(0, "2.5"), Tier(100_000, 1)]).fee(150_000)
        3000
        """
        return _rule(fields_of_tiers("graduated", tiers, minimum, cap, rounding))

    @classmethod
    def volume(
        cls,
        tiers: Sequence[Tier],
        *,
        minimum: SupportsIndex = 0,
        cap: SupportsIndex | None = None,
        rounding: str = HALF_UP,
    ) -> FeeRule:
        """Return a rule that charges the whole amount by the one tier that it is in.

        So the fee may jump where a tier starts, even down.

        Args:
            tiers: 1 to 100 tiers, the first from 0, each from a higher amount than the one before.
            minimum: in minor units; the least fee of any amount but 0.
            cap: in minor units; the largest fee. None means no cap.
            rounding: how the fee is rounded.

        Raises:
            InvalidRuleError: the tiers are out of order, or the minimum is above the cap.
            InvalidPercentageError, InvalidAmountError, InvalidRoundingError: as `FeeRule`.
            TypeError: the tiers are not `Tier`s.

        >>> FeeRule.volume([Tier(0, "2.5"), Tier(100_000, 1)]).fee(150_000)
        1500
        """
        return _rule(fields_of_tiers("volume", tiers, minimum, cap, rounding))

    @property
    def percentage(self) -> Decimal:
        """The percentage, exactly.

        Raises:
            AttributeError: the rule has tiers, and so no single percentage.
        """
        from decimal import Decimal

        if self._fields.mode is not None:
            raise AttributeError(
                "a rule of tiers has no single percentage: read those of rule.tiers"
            )
        return Decimal(percent(self._fields.rows[0].rate))

    @property
    def clamped_from(self) -> Decimal | None:
        """The percentage that `commission` was called with, if that was outside 0 to 20. Otherwise None."""
        from decimal import Decimal

        return None if self._fields.asked is None else Decimal(percent(self._fields.asked))

    @property
    def flat(self) -> int:
        """The flat part, in minor units. 0 if the rule has tiers, whose flat parts are theirs."""
        return self._fields.rows[0].flat if self._fields.mode is None else 0

    @property
    def flat_from(self) -> int:
        """The smallest amount that pays the flat part, in minor units."""
        return self._fields.flat_from

    @property
    def mode(self) -> Mode | None:
        """How tiers are charged: "graduated" or "volume". None if the rule has no tiers."""
        return self._fields.mode

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers, in order; their percentages are Decimals. Empty if the rule has one percentage."""
        from decimal import Decimal

        if self._fields.mode is None:
            return ()
        return tuple(
            [Tier(start, Decimal(percent(rate)), flat) for start, rate, flat in self._fields.rows]
        )

    @property
    def minimum(self) -> int:
        """The least fee of any amount but 0, in minor units."""
        return self._minimum

    @property
    def cap(self) -> int | None:
        """The largest fee, in minor units. None means no cap."""
        return self._fields.cap

    @property
    def rounding(self) -> Rounding:
        """How the fee is rounded to a whole minor unit."""
        return self._rounding

    def fee(self, amount: SupportsIndex) -> int:
        """Return the fee on `amount`, both in minor units.

        Raises:
            InvalidAmountError: `amount` is not an int from 0 to 2⁶³-1, or its fee is above that.

        >>> FeeRule("2.9", flat=30).fee(10_000)
        320
        """
        fee = self._charge(minor_units(amount))
        if fee > WORD and fee > MAX_AMOUNT:
            raise InvalidAmountError(
                amount, f"an amount whose fee is at most {MAX_AMOUNT}", "pass a smaller one"
            )
        return fee

    def net(self, amount: SupportsIndex) -> int:
        """Return what is left of `amount` after its fee, both in minor units, as of a withdrawal.

        Below 0 where the fee is above the amount.

        Raises:
            InvalidAmountError: as `fee`.

        >>> FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000).net(253_808)
        240001
        """
        return minor_units(amount) - self.fee(amount)

    def gross_up(self, net: SupportsIndex) -> int:
        """Return the smallest amount that leaves at least `net` after its fee, both in minor units.

        Raises:
            InvalidAmountError: `net` is not an int from 0 to 2⁶³-1, or no amount leaves it.

        >>> FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000).gross_up(240_000)
        243655
        """
        target = minor_units(net, "net")
        if target == 0:
            return 0
        gross = smallest_leaving(self._segments, target)
        if gross is None:
            raise InvalidAmountError(
                net, f"an amount that is left of {MAX_AMOUNT} or less", "pass a smaller one"
            )
        return gross

    def breakpoints(self) -> Breakpoints:
        """Return where the minimum stops binding and the cap starts, exactly.

        >>> FeeRule("1.5", minimum=10_000, cap=5_000_000).breakpoints()
        Breakpoints(minimum_until=666699, cap_from=333333300)
        """
        minimum_until = cap_from = None
        for segment in self._segments:
            amounts = range(segment.low, segment.high + 1)
            if self._minimum > 0 and segment.fee(segment.low) == self._minimum:
                minimum_until = (
                    segment.low + bisect_right(amounts, self._minimum, key=segment.fee) - 1
                )
            if cap_from is None and segment.fee(segment.high) == self._cap:
                cap_from = segment.low + bisect_left(amounts, self._cap, key=segment.fee)
        return Breakpoints(minimum_until, cap_from)

    def to_dict(self) -> dict[str, object]:
        """Return the rule as data, ready for `json.dumps`: percentages as text, amounts in minor units.

        >>> FeeRule("1.5", cap=200_000).to_dict()
        {'percentage': '1.5', 'flat': 0, 'flat_from': 0, 'minimum': 0, 'cap': 200000, 'rounding': 'ROUND_HALF_UP'}
        """
        fields = self._fields
        bounds: dict[str, object] = {
            "minimum": fields.minimum,
            "cap": fields.cap,
            "rounding": fields.rounding.value,
        }
        if fields.mode is not None:
            tiers = [
                {"start": start, "percentage": percent(rate), "flat": flat}
                for start, rate, flat in fields.rows
            ]
            return {"mode": fields.mode, "tiers": tiers, **bounds}
        ((_, rate, flat),) = fields.rows
        return {"percentage": percent(rate), "flat": flat, "flat_from": fields.flat_from, **bounds}

    def _charge(self, amount: int, rate: int = ABSENT, cap: int = ABSENT) -> int:
        """Return the fee on a checked amount, at a link's rate or cap if there is one.

        The caller checks the sum that the fee goes into.
        """
        if amount == 0:
            return 0
        if rate >= 0:
            exact_e8 = amount * rate
        elif self._banded:
            start, fee_e8, slope = self._curve.bands[bisect_right(self._starts, amount) - 1]
            exact_e8 = fee_e8 + (amount - start) * slope
        else:
            exact_e8 = amount * self._rate + self._fee_at_0
        fee = (exact_e8 + HALF) // SCALE if self._half_up else rounded(exact_e8, self._rounding)
        if fee < self._minimum:
            return self._minimum
        limit = self._cap if cap < 0 else cap
        return limit if 0 <= limit < fee else fee

    def _overridden(self, asked: int | None, cap: int | None) -> FeeRule:
        """Return this commission with a link's percentage, in millionths and not yet clamped, or its cap."""
        if asked is not None:
            return _rule(
                commission_fields(asked, self._fields.cap if cap is None else cap, self._rounding)
            )
        if cap is None:
            return self
        return _rule(
            Fields(
                self._fields.mode, self._fields.rows, 0, 0, cap, self._rounding, self._fields.asked
            )
        )

    def _segments_of_link(self, rate: int, cap: int) -> list[Segment]:
        """Return the segments of this commission at a link's rate and cap, without a rule of their own."""
        if rate >= 0:
            limit = self._curve.cap if cap < 0 else cap
            return [Segment(1, MAX_AMOUNT, 0, 0, rate, 0, limit, self._rounding)]
        return self._segments if cap < 0 else [segment.capped(cap) for segment in self._segments]

    def __eq__(self, other: object) -> bool:
        return (
            self._fields.key() == other._fields.key()
            if isinstance(other, FeeRule)
            else NotImplemented
        )

    def __hash__(self) -> int:
        return hash(self._fields.key())

    def __reduce__(self) -> tuple[object, ...]:
        # By public names only, so that a pickle does not name a private file.
        fields = self._fields
        if fields.asked is not None:
            return partial(
                commission, percent(fields.asked), fields.cap, rounding=fields.rounding
            ), ()
        bounds = {"minimum": fields.minimum, "cap": fields.cap, "rounding": fields.rounding}
        if fields.mode is not None:
            return partial(MAKERS[fields.mode], self.tiers, **bounds), ()
        ((_, rate, flat),) = fields.rows
        return partial(
            MAKERS[None], percent(rate), flat=flat, flat_from=fields.flat_from, **bounds
        ), ()

    def __repr__(self) -> str:
        fields = self._fields
        bounds = _arguments(
            minimum=(fields.minimum, 0), cap=(fields.cap, None), rounding=(fields.rounding, HALF_UP)
        )
        if fields.mode is not None:
            return f"FeeRule.{fields.mode}([{', '.join([_tier_shown(row) for row in fields.rows])}]{bounds})"
        ((_, rate, flat),) = fields.rows
        return f"FeeRule({percent(rate)!r}{_arguments(flat=(flat, 0), flat_from=(fields.flat_from, 0))}{bounds})"


def commission(
    percentage: Percentage, cap: SupportsIndex | None = None, *, rounding: str = HALF_UP
) -> FeeRule:
    """Return the rule of a marketplace's commission: `percentage` of the amount, clamped to 0-20 %, at most `cap`.

    Only this function clamps: `clamped_from` is then the percentage that it was called with.

    Args:
        percentage: in percent, any number of at most six decimal places.
        cap: in minor units; the largest commission. None means no cap.
        rounding: how the commission is rounded.

    Raises:
        InvalidPercentageError: the percentage is not a number of at most six decimal places.
        InvalidAmountError: the cap is not an int from 0 to 2⁶³-1.
        InvalidRoundingError: the rounding is not one of `Rounding`.

    >>> commission(25).percentage, commission(25).clamped_from
    (Decimal('20'), Decimal('25'))
    >>> commission("10.0", cap=20_000_000).fee(50_000_000)
    5000000
    """
    asked = millionths(percentage)
    _, limit, mode = bounds_of(0, cap, rounding)
    return _rule(commission_fields(asked, limit, mode))


def _rule(fields: Fields) -> FeeRule:
    return FeeRule(cast("Percentage", fields))  # see FeeRule.__init__


def _tier_shown(row: Row) -> str:
    percentage = f", {percent(row.rate)!r}" if row.rate or not row.flat else ""
    flat = f", flat={row.flat}" if row.flat else ""
    return f"Tier({row.start}{percentage}{flat})"


def _arguments(**fields: tuple[object, object]) -> str:
    """Return the arguments of a call whose values differ from their defaults."""
    return "".join(
        [f", {name}={value!r}" for name, (value, default) in fields.items() if value != default]
    )


MAKERS: Final[dict[Mode | None, Callable[..., FeeRule]]] = {
    None: FeeRule,
    "graduated": FeeRule.graduated,
    "volume": FeeRule.volume,
}
NO_COMMISSION: Final = FeeRule(0)
