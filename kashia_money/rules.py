"""What every kind of fee rule shares: bounds, a rounding, and all that follows from its fee alone.

Floor 2: imports `inverse`, `rounding` and `errors`. `fees` and `tiers` have the kinds of rule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple, SupportsIndex

from .errors import InvalidAmountError, InvalidRuleError, expect
from .inverse import smallest_leaving
from .rounding import HALF_UP, MAX_AMOUNT, WORD, Percentage, Rounding, minor_units, percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from .fees import FeeRule

ABSENT: Final = -1  # a cap that there is not, or a rate or cap that overrides nothing


class Breakpoints(NamedTuple):
    """Where a rule's bounds take over, in minor units."""

    minimum_until: int | None
    """The largest amount that pays the minimum; None if none does."""
    cap_from: int | None
    """The smallest amount that pays the cap; None if none does."""


class Rule:
    """A fee with a minimum and a cap; the base of every kind of rule.

    Args:
        rate: the percentage, in millionths of a percent; the largest, if there are several.
        flat: the flat part, in minor units; the largest, if there are several.
        minimum: the least fee of any amount but 0, which is never charged, in minor units.
        cap: the largest fee, in minor units; None for none.
        rounding: how the one rounding is done.

    Raises:
        InvalidAmountError: a bound is no amount.
        InvalidRuleError: the minimum is above the cap.
        TypeError: the rounding is not a `Rounding`.
    """

    __slots__ = ("_asked", "_cap", "_flat", "_minimum", "_rate", "_rounding")

    def __init__(
        self, rate: int, flat: int, minimum: SupportsIndex, cap: SupportsIndex | None, rounding: Rounding
    ) -> None:
        expect(rounding, Rounding, "rounding")
        self._rate: int = rate
        self._asked: int = rate
        self._flat: int = flat
        self._minimum: int = minor_units(minimum, "minimum")
        self._cap: int = ABSENT if cap is None else minor_units(cap, "cap")
        self._rounding: Rounding = rounding
        if 0 <= self._cap < self._minimum:
            expected = f"a minimum of at most the cap, {self._cap}"
            raise InvalidRuleError(self._minimum, expected, "lower it or raise the cap")

    @property
    def rate(self) -> int:
        """The percentage charged, in millionths of a percent: 1.5 % is 1500000; the largest, if there are tiers."""
        return self._rate

    @property
    def clamped_from(self) -> Decimal | None:
        """The percentage that `commission` was given, if that was outside its range, else None."""
        from decimal import Decimal

        return None if self._asked == self._rate else Decimal(percent(self._asked))

    @property
    def flat(self) -> int:
        """The flat part, in minor units; the largest, if there are tiers."""
        return self._flat

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

    @property
    def bands(self) -> list[tuple[int, FeeRule]]:
        """The rules that charge the whole amount, each with the smallest that it charges; one without tiers."""
        raise NotImplementedError

    @property
    def falls(self) -> list[int]:
        """The amounts at which the fee may be less than below them: where a cheaper volume tier starts."""
        return []

    def charge(self, amount: int, rate: int = ABSENT, cap: int = ABSENT) -> int:
        """Return the fee on a checked amount, at another rate or cap than the rule's own if one is given.

        For callers inside the library, which check the sum that the fee goes into.
        """
        raise NotImplementedError

    def to_dict(self) -> dict[str, object]:
        """Return the rule as data, ready for `json.dumps`: every field, percentages as text, amounts in minor units.

        >>> from kashia_money import FeeRule
        >>> FeeRule("1.5", cap=200_000).to_dict()
        {'percentage': '1.5', 'flat': 0, 'flat_from': 0, 'minimum': 0, 'cap': 200000, 'rounding': 'ROUND_HALF_UP'}
        """
        return {"minimum": self._minimum, "cap": self.cap, "rounding": self._rounding.value}

    def parts(self, amount: int) -> list[tuple[int, int, int, int]]:
        """Return what the fee on a checked amount is made up of: from where on, on how much, at which rate, and flat.

        Amounts are in minor units, rates in millionths of a percent.

        >>> from kashia_money import FeeRule
        >>> FeeRule("2.9", flat=30).parts(10_000)
        [(0, 10000, 2900000, 30)]
        """
        raise NotImplementedError

    def overridden(self, percentage: Percentage | None, cap: SupportsIndex | None) -> Rule:
        """Return this rule with a commission's percentage, clamped to 0-20, or cap in place of its own where given."""
        raise NotImplementedError

    def course(self, amount: int) -> tuple[int, int, FeeRule]:
        """Return the first and the last amount of the course that an amount is in, and the rule that charges it."""
        raise NotImplementedError

    def courses(self) -> Iterator[tuple[int, int, FeeRule]]:
        """Yield every course from amount 1 on."""
        high = 0
        while high < MAX_AMOUNT:
            low, high, band = self.course(high + 1)
            yield low, high, band

    def starts(self) -> list[int]:
        """Return the amounts from 1 on at which the fee takes another course, perhaps with a jump, in order."""
        return [low for low, _, _ in self.courses()]

    def fee(self, amount: SupportsIndex) -> int:
        """Return the fee on `amount`; both in minor units. Amount 0 has none.

        Raises:
            InvalidAmountError: `amount` is not an int from 0 to 2⁶³-1, or its fee is above that.

        >>> from kashia_money import FeeRule
        >>> FeeRule("2.9", flat=30).fee(10_000)
        320
        """
        fee = self.charge(minor_units(amount))
        if fee > WORD and fee > MAX_AMOUNT:
            raise InvalidAmountError(amount, f"an amount whose fee is at most {MAX_AMOUNT}", "pass a smaller one")
        return fee

    def net(self, amount: SupportsIndex) -> int:
        """Return what is left of `amount` once its fee is deducted, as of a withdrawal; both in minor units.

        Below 0 where the fee is above the amount.

        Raises:
            InvalidAmountError: as `fee` does.

        >>> from kashia_money import FeeRule
        >>> FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000).net(253_808)
        240001
        """
        return minor_units(amount) - self.fee(amount)

    def gross_up(self, net: SupportsIndex) -> int:
        """Return the smallest amount that leaves at least `net` once its fee is deducted; both in minor units.

        Raises:
            InvalidAmountError: `net` is not an int from 0 to 2⁶³-1, or no amount leaves it.

        >>> from kashia_money import FeeRule
        >>> FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000).gross_up(240_000)
        243655
        """
        target = minor_units(net, "net")
        if target == 0:
            return 0
        for low, high, band in self.courses():
            gross = smallest_leaving(band.ties_down(), target, low, high)
            if gross <= high and gross - band.charge(gross) < target:
                gross += 1  # see `FeeRule.ties_down`
            if gross <= high:
                return gross
        raise InvalidAmountError(net, f"what some amount up to {MAX_AMOUNT} leaves", "pass a smaller one")

    def breakpoints(self) -> Breakpoints:
        """Return where the minimum stops binding and the cap starts, exactly.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].platform.breakpoints()
        Breakpoints(minimum_until=666699, cap_from=333333300)
        """
        minimum_until = cap_from = None
        for low, high, band in self.courses():
            amounts = range(low, high + 1)
            if self._minimum > 0 and band.charge(low) == self._minimum:
                minimum_until = low + bisect_right(amounts, self._minimum, key=band.charge) - 1
            if cap_from is None and band.charge(high) == self._cap:
                cap_from = low + bisect_left(amounts, self._cap, key=band.charge)
        return Breakpoints(minimum_until, cap_from)

    def basis(self, amount: int) -> str:
        """Return what the fee on a checked amount comes from: "cap", "minimum", or "percentage" for neither.

        >>> from kashia_money import FeeRule
        >>> FeeRule("1.5", minimum=10_000, cap=5_000_000).basis(333_333_300)
        'cap'
        """
        fee = self.charge(amount)
        if fee == self._cap:
            return "cap"
        return "minimum" if fee == self._minimum > 0 else "percentage"

    def bounds_shown(self) -> str:
        """Return the bounds and the rounding that are not the usual ones, as the end of a `repr`.

        >>> from kashia_money import FeeRule
        >>> FeeRule(1, minimum=5).bounds_shown()
        ', minimum=5'
        """
        bounds = (("minimum", self._minimum, 0), ("cap", self.cap, None), ("rounding", self._rounding, HALF_UP))
        return "".join(f", {name}={value!r}" for name, value, usual in bounds if value != usual)
