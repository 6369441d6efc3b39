"""Fee rules: the definition of a fee, and the fee on an amount.

A rule is a percentage with an optional flat part, minimum and cap, or a list of tiers. It checks
its fields once and converts them to a curve. Each fee is computed in integers and rounded once.
"""

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
    """The amounts where a rule's minimum ends and where its cap starts, in minor units."""

    minimum_until: int | None
    """The largest amount that pays the minimum. None means that no amount pays it."""
    cap_from: int | None
    """The smallest amount that pays the cap. None means that no amount pays it."""


@final
class FeeRule:
    """A percentage fee with an optional flat part, minimum and cap, or a fee with tiers.

    The fee is `percentage` of the amount plus `flat`, rounded once, then limited to `minimum` and
    `cap`. Amount 0 has fee 0. `FeeRule.graduated` and `FeeRule.volume` return rules with tiers.

    Rules are immutable and hashable. They are equal if their fields are equal: `1.50` equals `1.5`.
    Two fields do not count: `flat_from` in a rule without a flat part, and `clamped_from`.

    Args:
        percentage: in percent; 0 to 100 with at most six decimal places. An int, a float (read as
            it prints), text or a Decimal.
        flat: in minor units; added to the percentage part before rounding.
        flat_from: in minor units; the smallest amount that pays `flat`.
        minimum: in minor units; the smallest fee on an amount above 0.
        cap: in minor units; the largest fee. None means no cap.
        rounding: the mode that rounds the fee to a whole minor unit; a `Rounding` or a constant of
            `decimal`.

    Raises:
        InvalidPercentageError: the percentage is not a number with at most six decimal places, or
            is outside 0 to 100.
        InvalidAmountError: another number is not an int from 0 to 2⁶³-1.
        InvalidRuleError: the minimum is above the cap.
        InvalidRoundingError: the rounding is not one of `Rounding`.

    >>> FeeRule("1.5", minimum=100_00, cap=50_000_00).fee(1_500_000_00)  # ₦22,500 in kobo
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
        # `_charge` reads the following. Compiled code reads an attribute faster than a tuple's
        # field.
        self._starts: list[int] = [band.start for band in curve.bands]
        self._banded: bool = len(curve.bands) > 1
        self._rate: int = curve.bands[0].rate
        self._fee_at_0: int = curve.bands[0].fee
        self._minimum: int = fields.minimum
        self._cap: int = ABSENT if fields.cap is None else fields.cap
        self._rounding: Rounding = fields.rounding
        self._half_up: bool = fields.rounding is HALF_UP  # the default, with a faster formula

    @classmethod
    def graduated(
        cls,
        tiers: Sequence[Tier],
        *,
        minimum: SupportsIndex = 0,
        cap: SupportsIndex | None = None,
        rounding: str = HALF_UP,
    ) -> FeeRule:
        """Return a rule that charges each part of the amount at the percentage of its tier.

        The fee never jumps where a tier starts.

        Args:
            tiers: 1 to 100 tiers without flat parts. The first tier starts at 0, and each of the
                others starts above the previous one.
            minimum: in minor units; the smallest fee on an amount above 0.
            cap: in minor units; the largest fee. None means no cap.
            rounding: the mode that rounds the sum of all parts, once.

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
        """Return a rule that charges the whole amount at one tier: the tier of that amount.

        The fee can jump up or down where a tier starts.

        Args:
            tiers: 1 to 100 tiers. The first tier starts at 0, and each of the others starts above
                the previous one.
            minimum: in minor units; the smallest fee on an amount above 0.
            cap: in minor units; the largest fee. None means no cap.
            rounding: the mode that rounds the fee to a whole minor unit.

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
        """The exact percentage, in percent.

        Raises:
            AttributeError: the rule has tiers, and each tier has a percentage.
        """
        from decimal import Decimal

        if self._fields.mode is not None:
            raise AttributeError("a rule with tiers has a percentage in each tier: read rule.tiers")
        return Decimal(percent(self._fields.rows[0].rate))

    @property
    def clamped_from(self) -> Decimal | None:
        """The percentage that was asked for a commission, if outside 0 to 20. Otherwise None."""
        from decimal import Decimal

        rate = self._fields.requested_rate
        return None if rate is None else Decimal(percent(rate))

    @property
    def flat(self) -> int:
        """The flat part, in minor units. 0 for a rule with tiers: each tier has a flat part."""
        return self._fields.rows[0].flat if self._fields.mode is None else 0

    @property
    def flat_from(self) -> int:
        """The smallest amount that pays the flat part, in minor units."""
        return self._fields.flat_from

    @property
    def mode(self) -> Mode | None:
        """The way that tiers charge: "graduated" or "volume". None means a rule without tiers."""
        return self._fields.mode

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers in order, with Decimal percentages. Empty for a rule without tiers."""
        from decimal import Decimal

        if self._fields.mode is None:
            return ()
        return tuple(
            [Tier(start, Decimal(percent(rate)), flat) for start, rate, flat in self._fields.rows]
        )

    @property
    def minimum(self) -> int:
        """The smallest fee on an amount above 0, in minor units."""
        return self._minimum

    @property
    def cap(self) -> int | None:
        """The largest fee, in minor units. None means no cap."""
        return self._fields.cap

    @property
    def rounding(self) -> Rounding:
        """The mode that rounds the fee to a whole minor unit."""
        return self._rounding

    def fee(self, amount: SupportsIndex) -> int:
        """Return the fee on `amount`, both in minor units.

        Raises:
            InvalidAmountError: `amount` is not an int from 0 to 2⁶³-1, or its fee is above 2⁶³-1.

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
        """Return `amount` minus its fee, both in minor units; a withdrawal pays out this net.

        The net is below 0 if the fee is above the amount.

        Raises:
            InvalidAmountError: as `fee`.

        >>> FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000).net(253_808)
        240001
        """
        return minor_units(amount) - self.fee(amount)

    def gross_up(self, net: SupportsIndex) -> int:
        """Return the smallest amount that leaves at least `net` after its fee, both in minor units.

        Raises:
            InvalidAmountError: `net` is not an int from 0 to 2⁶³-1, or every amount up to 2⁶³-1
                leaves less.

        >>> FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000).gross_up(240_000)
        243655
        """
        target = minor_units(net, "net")
        if target == 0:
            return 0
        gross = smallest_leaving(self._segments, target)
        if gross is None:
            raise InvalidAmountError(
                net, f"a net that an amount of at most {MAX_AMOUNT} leaves", "pass a smaller one"
            )
        return gross

    def breakpoints(self) -> Breakpoints:
        """Return the exact amounts where the minimum ends and where the cap starts.

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
        """Return the rule as data for `json.dumps`: percentages as text, amounts in minor units.

        >>> FeeRule("1.5", cap=200_000).to_dict()
        {'percentage': '1.5', 'flat': 0, 'flat_from': 0, 'minimum': 0, 'cap': 200000, 'rounding': 'ROUND_HALF_UP'}
        """  # noqa: E501
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
        """Return the fee on a checked amount, in minor units.

        `rate` and `cap` are a payment link's; ABSENT means the rule's. The fee can be above 2⁶³-1:
        the caller checks the total.
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

    def _with_link(self, requested_rate: int | None, cap: int | None) -> FeeRule:
        """Return this commission with the rate, before clamping, and the cap of a payment link.

        None means this commission's rate or cap.
        """
        fields = self._fields
        if requested_rate is not None:
            limit = fields.cap if cap is None else cap
            return _rule(commission_fields(requested_rate, limit, self._rounding))
        if cap is None:
            return self
        return _rule(
            Fields(fields.mode, fields.rows, 0, 0, cap, self._rounding, fields.requested_rate)
        )

    def _segments_of_link(self, rate: int, cap: int) -> list[Segment]:
        """Return the segments of this commission at a link's rate or cap; one can be ABSENT."""
        if rate >= 0:
            limit = self._curve.cap if cap < 0 else cap
            return [Segment(1, MAX_AMOUNT, 0, 0, rate, 0, limit, self._rounding)]
        return [segment.capped(cap) for segment in self._segments]

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
        if fields.requested_rate is not None:
            percentage = percent(fields.requested_rate)
            return partial(commission, percentage, fields.cap, rounding=fields.rounding), ()
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
            tiers = ", ".join([_tier_text(row) for row in fields.rows])
            return f"FeeRule.{fields.mode}([{tiers}]{bounds})"
        ((_, rate, flat),) = fields.rows
        flat_part = _arguments(flat=(flat, 0), flat_from=(fields.flat_from, 0))
        return f"FeeRule({percent(rate)!r}{flat_part}{bounds})"


def commission(
    percentage: Percentage, cap: SupportsIndex | None = None, *, rounding: str = HALF_UP
) -> FeeRule:
    """Return the rule of a marketplace's commission, with its percentage clamped to 0-20 %.

    The commission is `percentage` of the amount, at most `cap`. If the percentage is clamped,
    `clamped_from` is the percentage before clamping. `FeeRule` itself does not clamp.

    Args:
        percentage: in percent; any number with at most six decimal places.
        cap: in minor units; the largest commission. None means no cap.
        rounding: the mode that rounds the commission to a whole minor unit.

    Raises:
        InvalidPercentageError: the percentage is not a number with at most six decimal places.
        InvalidAmountError: the cap is not an int from 0 to 2⁶³-1.
        InvalidRoundingError: the rounding is not one of `Rounding`.

    >>> commission(25).percentage, commission(25).clamped_from
    (Decimal('20'), Decimal('25'))
    >>> commission("10.0", cap=20_000_000).fee(50_000_000)
    5000000
    """
    requested_rate = millionths(percentage)
    _, limit, mode = bounds_of(0, cap, rounding)
    return _rule(commission_fields(requested_rate, limit, mode))


def _rule(fields: Fields) -> FeeRule:
    return FeeRule(cast("Percentage", fields))  # see FeeRule.__init__


def _tier_text(row: Row) -> str:
    percentage = f", {percent(row.rate)!r}" if row.rate or not row.flat else ""
    flat = f", flat={row.flat}" if row.flat else ""
    return f"Tier({row.start}{percentage}{flat})"


def _arguments(**fields: tuple[object, object]) -> str:
    """Return the keyword arguments whose values differ from their defaults, as source text."""
    return "".join(
        [f", {name}={value!r}" for name, (value, default) in fields.items() if value != default]
    )


MAKERS: Final[dict[Mode | None, Callable[..., FeeRule]]] = {
    None: FeeRule,
    "graduated": FeeRule.graduated,
    "volume": FeeRule.volume,
}
NO_COMMISSION: Final = FeeRule(0)
