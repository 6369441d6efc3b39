"""A fee in tiers: bands of amounts, each with terms of its own.

Floor 2, above `fees`: imports that, `rules`, `rounding` and `errors`. Knows nothing of currencies or of who charges.

Either way a fee is exact = amount × rate + offset within a tier, so a `FeeRule` of that rate and offset charges it: the
offset of a volume tier is its flat part, that of a graduated one makes up for the other rates of the tiers below.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple, SupportsIndex, TypeAlias, cast, final

from .errors import InvalidRuleError, expect
from .fees import FeeRule, band, rate_of
from .rounding import HALF_UP, MAX_AMOUNT, Percentage, Rounding, minor_units, percent
from .rules import ABSENT, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

Mode: TypeAlias = Literal["graduated", "volume"]
MODES: Final[tuple[Mode, ...]] = ("graduated", "volume")
MAX_TIERS: Final = 100  # so that no document is work out of proportion


class Tier(NamedTuple):
    """One tier of a `TieredRule`: the amounts from its start up to, but not with, the start of the next.

    >>> Tier(100_000, "1.5")
    Tier(start=100000, percentage='1.5', flat=0)
    """

    start: int
    """The smallest amount in it, in minor units."""
    percentage: Percentage = 0
    """Percent, 0 to 100 with at most six decimal places."""
    flat: int = 0
    """Added to the percentage's part before rounding, in minor units; volume tiers alone may have one."""


@final
class TieredRule(Rule):
    """A fee by tiers of the amount, at least `minimum` and at most `cap`.

    Immutable, hashable and compared by value.

    Args:
        mode: "graduated" charges each part of the amount that is in a tier at that tier's percentage, so the fee never
            jumps. "volume" charges the whole amount by the one tier that it is in, so the fee may jump, even down.
        tiers: 1 to 100, the first from 0 and each from a higher amount than the one before; each ends where the next
            starts, and the last does not.
        minimum: the least fee of any amount but 0, which is never charged, in minor units.
        cap: the largest fee, in minor units; None for none.
        rounding: how the one rounding, of all parts together, is done.

    Raises:
        InvalidRuleError: the tiers are out of order, a graduated one has a flat part, or the minimum is above the cap.
        InvalidPercentageError: a percentage is no number of at most six decimal places, or outside 0 to 100.
        InvalidAmountError: a start, a flat part or a bound is no amount.
        TypeError: the tiers are not `Tier`s, or the rounding is not a `Rounding`.

    >>> tiers = [Tier(0, "2.5"), Tier(100_000, 1)]
    >>> TieredRule("graduated", tiers).fee(150_000), TieredRule("volume", tiers).fee(150_000)
    (3000, 1500)
    """

    __slots__ = ("_bands", "_by_link", "_graduated", "_starts")
    __match_args__: ClassVar = ("mode", "tiers", "minimum", "cap", "rounding")

    def __init__(
        self,
        mode: Mode,
        tiers: Sequence[Tier],
        *,
        minimum: SupportsIndex = 0,
        cap: SupportsIndex | None = None,
        rounding: Rounding = HALF_UP,
    ) -> None:
        expect(mode, str, "mode")
        if mode not in MODES:
            raise InvalidRuleError(mode, "a mode of graduated or volume", "pass one of the two")
        if not 1 <= len(tiers) <= MAX_TIERS:
            raise InvalidRuleError(
                f"{len(tiers)} tiers", f"1 to {MAX_TIERS} tiers", "pass as many, each with its start"
            )
        given: Sequence[object] = tiers  # or else mypyc checks each before `_terms` can say what is wrong
        terms = [_terms(tier) for tier in given]
        _check(terms, graduated=mode == "graduated")
        super().__init__(max(rate for _, rate, _ in terms), max(flat for _, _, flat in terms), minimum, cap, rounding)
        self._graduated: bool = mode == "graduated"
        self._starts: list[int] = [start for start, _, _ in terms]
        self._bands: list[FeeRule] = self._banded(terms)
        self._by_link: FeeRule = FeeRule(0, cap=cap, rounding=rounding)  # charges a percentage that a link gives

    def _banded(self, terms: list[tuple[int, int, int]]) -> list[FeeRule]:
        bands, below, offset = [], 0, 0
        for start, rate, flat in terms:
            if self._graduated:
                offset += start * (below - rate)
            bands.append(band(rate, flat, offset, self._minimum, self._cap, self._rounding))
            below = rate
        return bands

    @property
    def mode(self) -> Mode:
        """How the tiers are charged."""
        return "graduated" if self._graduated else "volume"

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers, in order; their percentages are Decimals."""
        return tuple(Tier(start, tier.percentage, tier.flat) for start, tier in self.bands)

    @property
    def bands(self) -> list[tuple[int, FeeRule]]:
        """The tiers' starts, and the rules that charge the whole amount in each."""
        return list(zip(self._starts, self._bands, strict=True))

    @property
    def falls(self) -> list[int]:
        """The amounts at which the fee may be less than below them: where a volume tier starts."""
        return [] if self._graduated else self._starts[1:]

    def charge(self, amount: int, rate: int = ABSENT, cap: int = ABSENT) -> int:
        """Return the fee on a checked amount, at another rate or cap than the rule's own if one is given."""
        if rate >= 0:
            return self._by_link.charge(amount, rate, cap)
        return self._bands[bisect_right(self._starts, amount) - 1].charge(amount, ABSENT, cap)

    def to_dict(self) -> dict[str, object]:
        """Return the rule as data, ready for `json.dumps`: every field, percentages as text, amounts in minor units."""
        tiers = [{"start": start, "percentage": percent(tier.rate), "flat": tier.flat} for start, tier in self.bands]
        return {"mode": self.mode, "tiers": tiers, **super().to_dict()}

    def parts(self, amount: int) -> list[tuple[int, int, int, int]]:
        """Return the parts that the fee on a checked amount has: one for each tier that it reaches, or that it is in.

        >>> TieredRule("graduated", [Tier(0, 2), Tier(100, 1)]).parts(250)
        [(0, 100, 2000000, 0), (100, 150, 1000000, 0)]
        """
        reached = bisect_right(self._starts, amount)
        if not self._graduated:
            tier = self._bands[reached - 1]
            return [(self._starts[reached - 1], amount, tier.rate, tier.flat if amount > 0 else 0)]
        ends = [*self._starts[1:reached], amount]
        starts = self._starts[:reached]
        return [(start, end - start, tier.rate, 0) for start, end, tier in zip(starts, ends, self._bands, strict=False)]

    def course(self, amount: int) -> tuple[int, int, FeeRule]:
        """Return the first and the last amount of the tier that an amount is in, and the rule that charges it."""
        if amount == 0:
            return 0, 0, self._bands[0]
        place = bisect_right(self._starts, amount)
        high = self._starts[place] - 1 if place < len(self._starts) else MAX_AMOUNT
        return max(1, self._starts[place - 1]), high, self._bands[place - 1]

    def overridden(self, percentage: Percentage | None, cap: SupportsIndex | None) -> Rule:
        """Return what a link makes of this rule: of one percentage, clamped to 0-20, or with another cap, if given."""
        if percentage is not None:
            return self._by_link.overridden(percentage, cap)
        if cap is None:
            return self
        return TieredRule(self.mode, self.tiers, minimum=self._minimum, cap=cap, rounding=self._rounding)

    def _key(self) -> tuple[bool, tuple[int, ...], tuple[FeeRule, ...]]:
        return (self._graduated, tuple(self._starts), tuple(self._bands))

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, TieredRule) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        return _tiered, (self.mode, self.tiers, self._minimum, self.cap, self._rounding)

    def __repr__(self) -> str:
        tiers = ", ".join(_shown(start, tier) for start, tier in self.bands)
        return f"TieredRule({self.mode!r}, [{tiers}]{self.bounds_shown()})"


def _shown(start: int, tier: FeeRule) -> str:
    percentage = f", {percent(tier.rate)!r}" if tier.rate or not tier.flat else ""
    return f"Tier({start}{percentage}{f', flat={tier.flat}' if tier.flat else ''})"


def _tiered(
    mode: Mode,
    tiers: tuple[Tier, ...],
    minimum: int,
    cap: int | None,
    rounding: Rounding,
) -> TieredRule:
    return TieredRule(mode, tiers, minimum=minimum, cap=cap, rounding=rounding)


def _terms(tier: object) -> tuple[int, int, int]:
    expect(tier, Tier, "each of tiers")
    # Not as a `Tier`, whose fields a compiled module would check before they can be rejected with our errors.
    start, percentage, flat = cast("tuple[SupportsIndex, Percentage, SupportsIndex]", tier)
    return minor_units(start, "start"), rate_of(percentage), minor_units(flat, "flat")


def _check(terms: list[tuple[int, int, int]], *, graduated: bool) -> None:
    previous = -1
    for start, _, flat in terms:
        if previous < 0 < start:
            remedy = f"put a tier from 0 first, with the percentage of amounts below {start}"
            raise InvalidRuleError(start, "a first tier from 0 on", remedy)
        if start <= previous:
            raise InvalidRuleError(start, f"a tier from above {previous} on", "sort them, each start once")
        if graduated and flat:
            remedy = "leave out the flat part: no graduated rule charges one"
            raise InvalidRuleError(flat, "a graduated tier without a flat part", remedy)
        previous = start
