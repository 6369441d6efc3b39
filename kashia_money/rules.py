"""What every kind of fee rule shares: bounds, a rounding, and all that follows from its fee alone.

Floor 2: imports `rounding` and `errors`. `fees` has the kinds of rule.

The searches below use nothing of a rule but that its fee never falls as the amount rises. Each end of a range of
candidates says how far the other can be off, and where that does not halve the range, its middle does: so a search
takes at most 63 rounds of three fees, nearly always a handful, and no threshold, waiver or rounding can make it wrong.
"""

from __future__ import annotations

from typing import Final, NamedTuple, SupportsIndex

from .errors import InvalidAmountError, InvalidRuleError, expect
from .rounding import HALF_UP, MAX_AMOUNT, WORD, Rounding, minor_units

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
        minimum: the least fee of any amount but 0, which is never charged, in minor units.
        cap: the largest fee, in minor units; None for none.
        rounding: how the one rounding is done.

    Raises:
        InvalidAmountError: a bound is no amount.
        InvalidRuleError: the minimum is above the cap.
        TypeError: the rounding is not a `Rounding`.
    """

    __slots__ = ("_cap", "_minimum", "_rounding")

    def __init__(
        self, minimum: SupportsIndex = 0, cap: SupportsIndex | None = None, rounding: Rounding = HALF_UP
    ) -> None:
        expect(rounding, Rounding, "rounding")
        self._minimum: int = minor_units(minimum, "minimum")
        self._cap: int = ABSENT if cap is None else minor_units(cap, "cap")
        self._rounding: Rounding = rounding
        if 0 <= self._cap < self._minimum:
            expected = f"a minimum of at most the cap, {self._cap}"
            raise InvalidRuleError(self._minimum, expected, "lower it or raise the cap")

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

    def charge(self, amount: int, rate: int = ABSENT, cap: int = ABSENT) -> int:
        """Return the fee on a checked amount, at another rate or cap than the rule's own if one is given.

        For callers inside the library, which check the sum that the fee goes into.
        """
        raise NotImplementedError

    def steady(self) -> Rule:
        """Return the rule to search by: one under which what an amount leaves never falls, between two starts."""
        raise NotImplementedError

    def starts(self) -> list[int]:
        """Return the amounts from 1 on at which the fee may jump, in order."""
        raise NotImplementedError

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
            raise InvalidAmountError(amount, f"an amount whose fee is at most {MAX_AMOUNT}", "split it")
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
        steady = self.steady()
        starts = self.starts()
        for place, low in enumerate(starts):
            high = starts[place + 1] - 1 if place + 1 < len(starts) else MAX_AMOUNT
            if high - steady.charge(high) >= target:
                gross = _smallest_gross(steady, target, low, high)
                while gross - self.charge(gross) < target:
                    gross += 1
                return gross
        raise InvalidAmountError(
            net, f"what some amount up to {MAX_AMOUNT} leaves", "lower it, or the rule's percentage"
        )

    def breakpoints(self) -> Breakpoints:
        """Return where the minimum stops binding and the cap starts, exactly.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].platform.breakpoints()
        Breakpoints(minimum_until=666699, cap_from=333333300)
        """
        minimum_until = cap_from = None
        if self._minimum > 0:
            above = _smallest_amount(self, self._minimum + 1)
            minimum_until = (MAX_AMOUNT if above is None else above - 1) or None
        if self._cap >= 0:
            cap_from = _smallest_amount(self, self._cap)
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


def _smallest_gross(rule: Rule, net: int, low: int, high: int) -> int:
    """Search a range in which what is left never falls, and suffices at its end."""
    while low < high:
        width = high - low
        low = max(low, net + rule.charge(low))
        high = max(low, net + rule.charge(high))
        if 2 * (high - low) > width:
            middle = (low + high) // 2
            if middle - rule.charge(middle) >= net:
                high = middle
            else:
                low = middle + 1
    return low


def _smallest_amount(rule: Rule, fee: int) -> int | None:
    """Return the smallest amount from 1 on whose fee is at least `fee`, or None."""
    low, high = 1, MAX_AMOUNT
    if rule.charge(high) < fee:
        return None
    while low < high:
        middle = (low + high) // 2
        if rule.charge(middle) < fee:
            low = middle + 1
        else:
            high = middle
    return low


def largest_base(platform: Rule, merchant: Rule, budget: int) -> int:
    """Return the largest base that a budget pays for, with the fees of both rules."""
    low, high = 0, budget
    while low < high:
        width = high - low
        high = min(high, budget - platform.charge(low) - merchant.charge(low))
        low = max(low, min(high, budget - platform.charge(high) - merchant.charge(high)))
        if 2 * (high - low) > width:
            middle = (low + high + 1) // 2
            if middle + platform.charge(middle) + merchant.charge(middle) <= budget:
                low = middle
            else:
                high = middle - 1
    return low
