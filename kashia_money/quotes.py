"""A quote: an amount under a fee schedule, and every figure that follows.

Floor 3: imports `explanation`, `fees`, `rules`, `rounding` and `errors`. `FeeSchedule` is of the floor above and only
named here, as a type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, SupportsIndex, final

from .errors import InvalidAmountError, quoted
from .explanation import Step, step
from .fees import clamped
from .rounding import MAX_AMOUNT, MILLION, WORD, Percentage, millionths, minor_units, percent
from .rules import ABSENT, Rule

if TYPE_CHECKING:
    from .schedules import FeeSchedule


class Settlement(NamedTuple):
    """Who ends up with what of a quote's total, in minor units; the sum of the four is the total.

    >>> from kashia_money import quote
    >>> settled = quote(1_000_000).refund()
    >>> settled, sum(settled)
    (Settlement(buyer=1000000, seller=0, platform_fee=15000, merchant_fee=0), 1015000)
    """

    buyer: int
    seller: int
    platform_fee: int
    merchant_fee: int


@final
class Quote:
    """What the buyer pays for an amount, and who gets what of it; every figure is in minor units.

    `quote()` and `FeeSchedule.quote()` make it. It computes its figures itself, from the schedule it is given, so there
    is no quote whose figures contradict each other. Immutable, hashable, and compared by its figures.

    Args:
        amount: what the seller asks for and gets, in minor units.
        schedule: what is charged.
        merchant_fee_percentage: percent, clamped to 0-20, in place of the schedule's; None for that.
        merchant_fee_cap: in minor units, in place of the schedule's; None for that.

    Raises:
        InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is above that.
        InvalidPercentageError: the percentage is not a number of at most six decimal places.

    >>> from kashia_money import PUBLISHED
    >>> Quote(1_000_000, PUBLISHED["NGN"]).total_amount
    1015000
    """

    __slots__ = ("_amount", "_asked", "_cap", "_merchant_fee", "_platform_fee", "_rate", "_schedule")
    __match_args__: ClassVar = ("amount", "currency", "platform_fee", "merchant_fee")

    def __init__(
        self,
        amount: SupportsIndex,
        schedule: FeeSchedule,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> None:
        # What minor_units does first, here because calling it would be a thirtieth of the whole quote.
        base = amount if type(amount) is int and 0 <= amount <= WORD else minor_units(amount)
        asked = rate = ABSENT
        if merchant_fee_percentage is not None:
            asked = millionths(merchant_fee_percentage)
            rate = clamped(asked)
        cap = ABSENT if merchant_fee_cap is None else minor_units(merchant_fee_cap, "merchant_fee_cap")
        try:
            platform_fee = schedule._platform.charge(base)
        except AttributeError:
            raise TypeError(f"schedule is a FeeSchedule, not {quoted(schedule)}") from None
        merchant_fee = schedule._merchant.charge(base, rate, cap)
        total = base + platform_fee + merchant_fee
        if total > WORD and total > MAX_AMOUNT:
            raise InvalidAmountError(amount, f"an amount whose total is at most {MAX_AMOUNT}", "pass a smaller one")
        self._amount: int = base
        self._platform_fee: int = platform_fee
        self._merchant_fee: int = merchant_fee
        self._schedule: FeeSchedule = schedule
        self._asked: int = asked
        self._rate: int = rate
        self._cap: int = cap

    @property
    def amount(self) -> int:
        """The base amount that the seller asks for, in minor units."""
        return self._amount

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the currency that every figure is in."""
        return self._schedule._currency

    @property
    def platform_fee(self) -> int:
        """What the platform charges, in minor units."""
        return self._platform_fee

    @property
    def merchant_fee(self) -> int:
        """What the marketplace takes as its commission, in minor units."""
        return self._merchant_fee

    @property
    def total_fees(self) -> int:
        """Both fees together, in minor units."""
        return self._platform_fee + self._merchant_fee

    @property
    def total_amount(self) -> int:
        """What the buyer pays: the amount and both fees, in minor units."""
        return self._amount + self._platform_fee + self._merchant_fee

    @property
    def seller_amount(self) -> int:
        """What the seller receives on release: the whole base amount, in minor units."""
        return self._amount

    @property
    def schedule(self) -> FeeSchedule:
        """The schedule that the quote was made under."""
        return self._schedule

    @property
    def platform_rule(self) -> Rule:
        """The rule that set the platform's fee."""
        return self._schedule._platform

    @property
    def merchant_rule(self) -> Rule:
        """The rule that set the marketplace's commission, with what the payment link put in place of its own."""
        return self._schedule._merchant.overridden(*self._override())

    @property
    def fees(self) -> dict[str, int]:
        """The `fees` object of a payment link, in minor units (platform documentation, "Payment Links").

        >>> from kashia_money import quote
        >>> quote(150_000_000).fees
        {'platform_fee': 2250000, 'merchant_fee': 0, 'total_fees': 2250000, 'total_amount': 152250000}
        """
        return {
            "platform_fee": self._platform_fee,
            "merchant_fee": self._merchant_fee,
            "total_fees": self.total_fees,
            "total_amount": self.total_amount,
        }

    def to_dict(self) -> dict[str, int | str]:
        """Return the flat form of an escrow event, ready for `json.dumps`; figures in minor units.

        >>> from kashia_money import quote
        >>> quote(0).to_dict()["seller_amount"]
        0
        """
        return {"amount": self._amount, "currency": self.currency, **self.fees, "seller_amount": self._amount}

    def explain(self) -> tuple[Step, Step]:
        """Return how the platform's fee and the commission came about, as data; `describe` puts it into words.

        >>> from kashia_money import quote
        >>> platform_fee, merchant_fee = quote(400_000_000, merchant_fee_percentage=25).explain()
        >>> platform_fee.exact, platform_fee.fee, platform_fee.basis
        (Decimal('6000000'), 5000000, 'cap')
        >>> merchant_fee.rule.clamped_from, merchant_fee.fee
        (Decimal('25'), 80000000)
        """
        return (
            step("platform_fee", self.platform_rule, self._amount),
            step("merchant_fee", self.merchant_rule, self._amount),
        )

    def refund(self, amount: SupportsIndex | None = None) -> Settlement:
        """Return who ends up with what when the buyer gets back `amount` of the base; the fees are kept.

        Args:
            amount: all that is refunded, in minor units: the whole base, as for a cancellation, if None; 0 for a
                release. What is left of the base is the seller's.

        Raises:
            InvalidAmountError: the amount is not an int from 0 to the base.

        >>> from kashia_money import quote
        >>> quote(1_000_000).refund(400_000)
        Settlement(buyer=400000, seller=600000, platform_fee=15000, merchant_fee=0)
        """
        buyer = self._amount if amount is None else minor_units(amount)
        if buyer > self._amount:
            expected = f"a refund of at most the base, {self._amount}"
            raise InvalidAmountError(amount, expected, "pass how much of the base is refunded; the fees are kept")
        return Settlement(buyer, self._amount - buyer, self._platform_fee, self._merchant_fee)

    def _override(self) -> tuple[Percentage | None, int | None]:
        """Return the link's percentage and cap, as the constructor takes them."""
        cap = None if self._cap == ABSENT else self._cap
        if self._rate == ABSENT:
            return None, cap
        # Below 10^9 % a float is read as exactly these millionths, and faster than text.
        return self._asked / MILLION if 0 <= self._asked < 10**15 else percent(self._asked), cap

    def _key(self) -> tuple[str, int, int, int]:
        return (self.currency, self._amount, self._platform_fee, self._merchant_fee)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Quote) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        percentage, cap = self._override()
        return Quote, (self._amount, self._schedule, percentage, cap)

    def __repr__(self) -> str:
        figures = ", ".join(f"{name}={figure}" for name, figure in self.fees.items())
        return f"<Quote {self.currency} {self._amount}: {figures}>"
