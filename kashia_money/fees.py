"""One fee: a percentage and a flat part, kept between a minimum and a cap, as a value.

Floor 2, above `rules`: imports that, `rounding` and `errors`. Knows nothing of currencies or of who charges the fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, SupportsIndex, final

from .errors import InvalidPercentageError
from .rounding import HALF, HALF_UP, MAX_AMOUNT, SCALE, Percentage, Rounding, millionths, minor_units, percent, rounded
from .rules import ABSENT, Rule

if TYPE_CHECKING:
    from decimal import Decimal

MAX_COMMISSION: Final = 20_000_000  # 20 %, in millionths of a percent


@final
class FeeRule(Rule):
    """A fee of `percentage` percent of an amount plus `flat`, at least `minimum` and at most `cap`.

    Immutable, hashable and compared by what it charges. Arguments other than the percentage are in minor units.

    Args:
        percentage: percent, 0 to 100 with at most six decimal places; an int, a float (read as it prints), text or a
            Decimal.
        flat: added to the percentage's part before rounding.
        flat_from: the smallest amount that pays the flat part; smaller ones are spared it.
        minimum: the least fee of any amount but 0, which is never charged.
        cap: the largest fee; None for none.
        rounding: how the one rounding, of the percentage's and the flat part together, is done.

    Raises:
        InvalidPercentageError: the percentage is no such number, or outside 0 to 100.
        InvalidAmountError: another argument is no amount.
        InvalidRuleError: the minimum is above the cap.
        TypeError: the rounding is not a `Rounding`.

    >>> FeeRule("1.5", minimum=10_000, cap=5_000_000).fee(150_000_000)
    2250000
    """

    __slots__ = ("_flat_from", "_offset", "_plain")
    __match_args__: ClassVar = ("percentage", "flat", "flat_from", "minimum", "cap", "rounding")

    def __init__(
        self,
        percentage: Percentage = 0,
        *,
        flat: SupportsIndex = 0,
        flat_from: SupportsIndex = 0,
        minimum: SupportsIndex = 0,
        cap: SupportsIndex | None = None,
        rounding: Rounding = HALF_UP,
    ) -> None:
        super().__init__(rate_of(percentage), minor_units(flat, "flat"), minimum, cap, rounding)
        threshold = minor_units(flat_from, "flat_from")
        self._flat_from: int = threshold if self._flat > 0 else 0  # so that rules that charge the same are equal
        self._offset: int = self._flat * SCALE
        self._plain: bool = rounding is HALF_UP and self._offset == 0  # nearly every rule is, and charges faster

    @property
    def percentage(self) -> Decimal:
        """The percentage charged, in percent, exactly."""
        from decimal import Decimal

        return Decimal(percent(self._rate))

    @property
    def flat_from(self) -> int:
        """The smallest amount that pays the flat part, in minor units."""
        return self._flat_from

    @property
    def bands(self) -> list[tuple[int, FeeRule]]:
        """This rule alone, from 0 on."""
        return [(0, self)]

    @property
    def offset(self) -> int:
        """What is added to the percentage's part before rounding, in hundred-millionths of a minor unit."""
        return self._offset

    def charge(self, amount: int, rate: int = ABSENT, cap: int = ABSENT) -> int:
        """Return the fee on a checked amount, at another rate or cap than the rule's own if one is given.

        For callers inside the library, which check the sum that the fee goes into.
        """
        if amount == 0:
            return 0
        exact = amount * (self._rate if rate < 0 else rate)
        if self._plain:
            fee = (exact + HALF) // SCALE
        else:
            fee = rounded(exact + self._offset if amount >= self._flat_from else exact, self._rounding)
        if fee < self._minimum:
            return self._minimum
        limit = self._cap if cap < 0 else cap
        return limit if 0 <= limit < fee else fee

    def to_dict(self) -> dict[str, object]:
        """Return the rule as data, ready for `json.dumps`: every field, percentages as text, amounts in minor units."""
        terms = {"percentage": percent(self._rate), "flat": self._flat, "flat_from": self._flat_from}
        return {**terms, **super().to_dict()}

    def parts(self, amount: int) -> list[tuple[int, int, int, int]]:
        """Return the one part that the fee on a checked amount has, as every rule does."""
        return [(0, amount, self._rate, self._flat if amount >= self._flat_from and amount > 0 else 0)]

    def ties_down(self) -> FeeRule:
        """Return the rule to search by, under which the net never falls: half down in place of half even.

        At 100 % with half a unit over, every fee is a tie, and half even takes one unit more of every other amount.
        Half down leaves as much or one unit more; where that unit is missing, the next amount has it, because its fee
        is another unit, and even.
        """
        if self._rounding is not Rounding.HALF_EVEN:
            return self
        fields = (self._flat, self._flat_from, self._minimum, self._cap, Rounding.HALF_DOWN)
        rule = _rule(self._rate, self._rate, *fields)
        rule._offset = self._offset
        return rule

    def rise(self, fee: int) -> int:
        """Return how much the fee rises at most with a unit, once it is `fee`; in hundred-millionths, not rounded."""
        return 0 if fee == self._cap else self._rate

    def course(self, amount: int) -> tuple[int, int, FeeRule]:
        """Return the first and the last amount of the course that an amount is in, and this rule."""
        if amount == 0:
            return 0, 0, self
        if amount < self._flat_from:
            return 1, self._flat_from - 1, self
        return max(1, self._flat_from), MAX_AMOUNT, self

    def overridden(self, percentage: Percentage | None, cap: SupportsIndex | None) -> FeeRule:
        """Return this rule with a commission's percentage, clamped to 0-20, or cap in place of its own where given."""
        if percentage is None and cap is None:
            return self
        asked = self._asked if percentage is None else millionths(percentage)
        limit = self._cap if cap is None else minor_units(cap, "cap")
        fields = (self._flat, self._flat_from, self._minimum, limit, self._rounding)
        return _rule(asked, self._rate if percentage is None else clamped(asked), *fields)

    def _key(self) -> tuple[int, int, int, int, int, Rounding]:
        return (self._rate, self._flat, self._flat_from, self._minimum, self._cap, self._rounding)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, FeeRule) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        return _rule, (self._asked, *self._key())

    def __repr__(self) -> str:
        flat = f", flat={self._flat}" if self._flat else ""
        threshold = f", flat_from={self._flat_from}" if self._flat_from else ""
        return f"FeeRule({percent(self._rate)!r}{flat}{threshold}{self.bounds_shown()})"


def _rule(asked: int, rate: int, flat: int, flat_from: int, minimum: int, cap: int, rounding: Rounding) -> FeeRule:
    """Make a rule from what another holds; `asked` is what the rate was before it was clamped."""
    limit = None if cap == ABSENT else cap
    rule = FeeRule(0, flat=flat, flat_from=flat_from, minimum=minimum, cap=limit, rounding=rounding)
    rule._rate = rate
    rule._asked = asked
    return rule


def commission(percentage: Percentage, cap: SupportsIndex | None = None) -> FeeRule:
    """Return the rule of a marketplace's commission: `percentage` percent, clamped to 0-20, at most `cap` minor units.

    The one kind of rule that takes a percentage outside its range: `clamped_from` then says which.

    Raises:
        InvalidPercentageError: the percentage is no number of at most six decimal places.
        InvalidAmountError: the cap is no amount.

    >>> commission(25).percentage, commission(25).clamped_from
    (Decimal('20'), Decimal('25'))
    >>> commission("10.0", cap=20_000_000).fee(50_000_000)
    5000000
    """
    asked = millionths(percentage)
    limit = ABSENT if cap is None else minor_units(cap, "cap")
    return _rule(asked, clamped(asked), 0, 0, 0, limit, HALF_UP)


def rate_of(percentage: Percentage) -> int:
    """Return a rule's percentage in millionths of a percent.

    Raises:
        InvalidPercentageError: it is no number of at most six decimal places, or outside 0 to 100.

    >>> rate_of("1.5")
    1500000
    """
    rate = millionths(percentage)
    if 0 <= rate <= SCALE:
        return rate
    raise InvalidPercentageError(percentage, "a percentage from 0 to 100", "pass 1.5 for 1.5 %")


def clamped(rate: int) -> int:
    """Return a commission's rate within 0-20 %, in millionths of a percent."""
    if rate < 0:
        return 0
    return MAX_COMMISSION if rate > MAX_COMMISSION else rate


def band(rate: int, flat: int, offset: int, minimum: int, cap: int, rounding: Rounding) -> FeeRule:
    """Return the rule of one tier: with an offset, in hundred-millionths of a minor unit, which may be below 0.

    >>> band(1_000_000, 0, -50_000_000, 0, ABSENT, HALF_UP).charge(1_000)
    10
    """
    made = _rule(rate, rate, flat, 0, minimum, cap, rounding)
    made._offset += offset
    made._plain = made._plain and offset == 0
    return made


NO_COMMISSION: Final = FeeRule(0)
