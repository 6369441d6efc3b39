"""One fee: a percentage and a flat part, kept between a minimum and a cap, as a value.

Floor 2: imports `rounding` and `errors`. Knows nothing of currencies or of who charges the fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, SupportsIndex, final

from .errors import InvalidAmountError, InvalidPercentageError, InvalidRuleError, expect
from .rounding import (
    HALF,
    HALF_UP,
    MAX_AMOUNT,
    SCALE,
    WORD,
    Percentage,
    Rounding,
    millionths,
    minor_units,
    percent,
    rounded,
)

if TYPE_CHECKING:
    from decimal import Decimal

MAX_COMMISSION: Final = 20_000_000  # 20 %, in millionths of a percent
ABSENT: Final = -1  # a cap that there is not, or a rate or cap that overrides nothing


@final
class FeeRule:
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

    __slots__ = ("_asked", "_cap", "_flat", "_flat_from", "_minimum", "_plain", "_rate", "_rounding")
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
        expect(rounding, Rounding, "rounding")
        self._rate: int = rate
        self._asked: int = rate
        self._flat: int = minor_units(flat, "flat")
        threshold = minor_units(flat_from, "flat_from")
        self._flat_from: int = threshold if self._flat > 0 else 0  # so that rules that charge the same are equal
        self._minimum: int = minor_units(minimum, "minimum")
        self._cap: int = ABSENT if cap is None else minor_units(cap, "cap")
        self._rounding: Rounding = rounding
        self._plain: bool = rounding is HALF_UP and self._flat == 0  # nearly every rule is, and charges faster
        if 0 <= self._cap < self._minimum:
            raise InvalidRuleError(
                self._minimum, f"a minimum of at most the cap, {self._cap}", "lower it or raise the cap"
            )

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

    @property
    def minimum(self) -> int:
        """The least fee of any amount but 0, in minor units."""
        return self._minimum

    @property
    def cap(self) -> int | None:
        """The largest fee, in minor units, or None."""
        return None if self._cap == ABSENT else self._cap

    @property
    def rounding(self) -> Rounding:
        """How the fee is rounded to a whole minor unit."""
        return self._rounding

    def fee(self, amount: SupportsIndex) -> int:
        """Return the fee on `amount`; both in minor units. Amount 0 has none.

        Raises:
            InvalidAmountError: `amount` is not an int from 0 to 2⁶³-1, or its fee is above that.

        >>> FeeRule("2.9", flat=30).fee(10_000)
        320
        """
        fee = self.charge(minor_units(amount))
        if fee > WORD and fee > MAX_AMOUNT:
            raise InvalidAmountError(amount, f"an amount whose fee is at most {MAX_AMOUNT}", "split it")
        return fee

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

    def basis(self, amount: int) -> str:
        """Return what the fee on a checked amount comes from: "cap", "minimum", or "percentage" for neither.

        >>> FeeRule("1.5", minimum=10_000, cap=5_000_000).basis(333_333_300)
        'cap'
        """
        fee = self.charge(amount)
        if fee == self._cap:
            return "cap"
        return "minimum" if fee == self._minimum > 0 else "percentage"

    def overridden(self, percentage: Percentage | None, cap: SupportsIndex | None) -> FeeRule:
        """Return this rule with a commission's percentage, clamped to 0-20, or cap in place of its own where given."""
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
