"""One fee: a percentage and a flat part, kept between a minimum and a cap, as a value.

Floor 2, above `rules`: imports that, `rounding` and `errors`. Knows nothing of currencies or of who charges the fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, SupportsIndex, final

from .errors import InvalidPercentageError
from .rounding import HALF, HALF_UP, SCALE, Percentage, Rounding, millionths, minor_units, percent, rounded
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

    __slots__ = ("_asked", "_flat", "_flat_from", "_plain", "_rate")
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
        rate = millionths(percentage)
        if not 0 <= rate <= SCALE:
            raise InvalidPercentageError(
                percentage, "a percentage from 0 to 100", "commission() clamps, a rule does not"
            )
        super().__init__(minimum, cap, rounding)
        self._rate: int = rate
        self._asked: int = rate
        self._flat: int = minor_units(flat, "flat")
        threshold = minor_units(flat_from, "flat_from")
        self._flat_from: int = threshold if self._flat > 0 else 0  # so that rules that charge the same are equal
        self._plain: bool = rounding is HALF_UP and self._flat == 0  # nearly every rule is, and charges faster

    @property
    def percentage(self) -> Decimal:
        """The percentage charged, in percent, exactly."""
        from decimal import Decimal

        return Decimal(percent(self._rate))

    @property
    def rate(self) -> int:
        """The percentage charged, in millionths of a percent: 1.5 % is 1500000."""
        return self._rate

    @property
    def clamped_from(self) -> Decimal | None:
        """The percentage that `commission` was given, if that was outside its range, else None."""
        from decimal import Decimal

        return None if self._asked == self._rate else Decimal(percent(self._asked))

    @property
    def flat(self) -> int:
        """The flat part, in minor units."""
        return self._flat

    @property
    def flat_from(self) -> int:
        """The smallest amount that pays the flat part, in minor units."""
        return self._flat_from

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
            flat = self._flat if amount >= self._flat_from else 0
            fee = rounded(exact + flat * SCALE, self._rounding)
        if fee < self._minimum:
            return self._minimum
        limit = self._cap if cap < 0 else cap
        return limit if 0 <= limit < fee else fee

    def exact(self, amount: int) -> int:
        """Return the percentage and the flat part of a checked amount, in hundred-millionths of a minor unit."""
        return amount * self._rate + (self._flat * SCALE if amount >= self._flat_from and amount > 0 else 0)

    def steady(self) -> FeeRule:
        """Return this rule, or where it rounds by the last digit, the one that rounds down.

        A fee rounded so can rise by two where the amount rises by one, so that less is left. Rounded down instead, it
        leaves as much or one more; where that one is missing, the last digit is another within two amounts.
        """
        if self._rounding is not Rounding.ROUND_05UP:
            return self
        return _rule(self._rate, self._rate, self._flat, self._flat_from, self._minimum, self._cap, Rounding.DOWN)

    def starts(self) -> list[int]:
        """Return the amounts from 1 on at which the fee may jump: where it starts, and where the flat part does."""
        return [1, self._flat_from] if self._flat_from > 1 else [1]

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
        defaults = (("flat", 0), ("flat_from", 0), ("minimum", 0), ("cap", None), ("rounding", HALF_UP))
        parts = [repr(percent(self._rate))]
        for name, default in defaults:
            value = getattr(self, name)
            if value != default:
                parts.append(f"{name}={value!r}")
        return f"FeeRule({', '.join(parts)})"


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


def clamped(rate: int) -> int:
    """Return a commission's rate within 0-20 %, in millionths of a percent."""
    if rate < 0:
        return 0
    return MAX_COMMISSION if rate > MAX_COMMISSION else rate


NO_COMMISSION: Final = FeeRule(0)
