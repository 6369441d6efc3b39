"""A fee schedule: one currency's rules, the published ones, and `quote()`.

Floor 4: imports `quotes`, `data`, `tiers`, `fees`, `rules`, `inverse`, `currencies`, `rounding` and `errors`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, SupportsIndex, final

from .currencies import EXPONENTS, Code, exponent, refusal
from .data import ScheduleData, located, schedule_fields
from .errors import CurrencyMismatchError, InvalidRuleError, MissingScheduleError, expect, quoted
from .fees import MAX_COMMISSION, NO_COMMISSION, FeeRule
from .inverse import base_for_total, largest_base
from .quotes import Quote
from .rounding import Percentage, minor_units
from .rules import Rule
from .tiers import TieredRule

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT: Final = "NGN"


@final
class FeeSchedule(ScheduleData):
    """What a platform and a marketplace charge in one currency.

    Immutable, hashable and compared by value.

    Args:
        currency: an ISO 4217 code that has a minor unit; the rules' amounts are in that.
        platform: the platform's rule.
        merchant: the marketplace's default commission, as `commission()` makes it, or in tiers; None charges none. A
            payment link may override its percentage and its cap, each on its own.

    Raises:
        InvalidCurrencyError: the currency is no such code.
        InvalidRuleError: the default commission could leave 0-20 % of the amount.
        TypeError: a rule is neither a `FeeRule` nor a `TieredRule`.

    >>> from kashia_money import commission
    >>> schedule = FeeSchedule("NGN", PUBLISHED["NGN"].platform, commission(5, cap=100_000))
    >>> schedule.quote(10_000_000).merchant_fee, schedule.quote(10_000_000, merchant_fee_percentage="0.5").merchant_fee
    (100000, 50000)
    """

    __slots__ = ()
    __match_args__: ClassVar = ("currency", "platform", "merchant")

    def __init__(self, currency: Code, platform: Rule, merchant: Rule | None = None) -> None:
        if not isinstance(currency, str) or currency not in EXPONENTS:
            raise refusal(currency)
        if merchant is None:
            merchant = NO_COMMISSION
        _expect_rule(platform, "platform")
        _expect_rule(merchant, "merchant")
        if merchant.rate > MAX_COMMISSION or merchant.flat > 0 or merchant.minimum > 0:
            raise InvalidRuleError(merchant, "a commission within 0-20 % of the amount", "make it with commission()")
        super().__init__(currency, platform, merchant)

    @staticmethod
    def from_dict(document: object) -> FeeSchedule:
        """Return the schedule that `to_dict` gave; an absent `merchant` charges no commission.

        Args:
            document: a parsed JSON object of the form that `schedule.schema.json`, in this package, describes.

        Raises:
            InvalidDocumentError: it or a rule is no object, lacks a field or has an unknown one.
            InvalidCurrencyError, InvalidPercentageError, InvalidAmountError, InvalidRuleError: as the constructors do;
                what was expected starts with the field's path, such as `$.platform.cap`.

        >>> FeeSchedule.from_dict(PUBLISHED["NGN"].to_dict()) == PUBLISHED["NGN"]
        True
        """
        currency, platform, merchant = schedule_fields(document)
        try:
            return FeeSchedule(currency, platform, merchant)
        except InvalidRuleError as error:
            raise located(error, "$.merchant") from None

    def quote(
        self,
        amount: SupportsIndex,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return the quote for `amount` minor units under this schedule.

        Args:
            amount: what the seller asks for, in minor units.
            merchant_fee_percentage: percent, clamped to 0-20, in place of the marketplace's default.
            merchant_fee_cap: in minor units, in place of the marketplace's default.

        Raises:
            InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is above that.
            InvalidPercentageError: the percentage is no number of at most six decimal places.

        >>> PUBLISHED["NGN"].quote(150_000_000).total_amount
        152250000
        """
        return Quote(amount, self, merchant_fee_percentage, merchant_fee_cap)

    def quote_within(
        self,
        budget: SupportsIndex,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return the quote for the largest base that a budget pays for; that of base 0 if it pays for none.

        Exact, by a search of at most 63 rounds for each tier and each side of a threshold; nearly always three in all.

        Args:
            budget: what the buyer has, in minor units.
            merchant_fee_percentage: as `quote` takes it.
            merchant_fee_cap: as `quote` takes it.

        Raises:
            InvalidAmountError, InvalidPercentageError: as `quote` does.

        >>> PUBLISHED["NGN"].quote_within(5_000_000).amount
        4926108
        """
        most = minor_units(budget, "budget")
        merchant = self._merchant.overridden(merchant_fee_percentage, merchant_fee_cap)
        base = largest_base(self._platform, merchant, most)
        return Quote(base, self, merchant_fee_percentage, merchant_fee_cap)

    def quote_for_total(
        self,
        total: SupportsIndex,
        *,
        merchant_fee_percentage: Percentage | None = None,
        merchant_fee_cap: SupportsIndex | None = None,
    ) -> Quote:
        """Return the quote whose total is exactly `total`; the one for the largest base, where several have it.

        Exact, by a search of at most 63 rounds for each tier and each side of a threshold; nearly always three in all.

        Args:
            total: what the buyer pays, in minor units.
            merchant_fee_percentage: as `quote` takes it.
            merchant_fee_cap: as `quote` takes it.

        Raises:
            UnreachableTotalError: no base has that total; the error has the nearest totals on both sides.
            InvalidAmountError, InvalidPercentageError: as `quote` does.

        >>> PUBLISHED["NGN"].quote_for_total(152_250_000).amount
        150000000
        """
        wanted = minor_units(total, "total")
        merchant = self._merchant.overridden(merchant_fee_percentage, merchant_fee_cap)
        base = base_for_total(self._platform, merchant, wanted)
        return Quote(base, self, merchant_fee_percentage, merchant_fee_cap)

    def overridden(self, percentage: Percentage | None, cap: SupportsIndex | None) -> FeeSchedule:
        """Return this schedule as a link overrides it: with another commission or cap, in minor units, where given.

        >>> PUBLISHED["NGN"].overridden(25, None).merchant
        FeeRule('20')
        """
        return FeeSchedule(self._currency, self._platform, self._merchant.overridden(percentage, cap))

    def __reduce__(self) -> tuple[object, ...]:
        return FeeSchedule, self._key()

    def __repr__(self) -> str:
        merchant = "" if self._merchant == NO_COMMISSION else f", {self._merchant!r}"
        return f"FeeSchedule({self._currency!r}, {self._platform!r}{merchant})"


def _expect_rule(rule: object, name: str) -> None:
    if not isinstance(rule, (FeeRule, TieredRule)):  # a `Rule` alone charges nothing
        raise TypeError(f"{name} is a FeeRule or a TieredRule, not {quoted(rule)}")


# The platform's public fees for NGN: 1.5 % of the base, at least ₦100, at most ₦50,000, as its documentation of payment
# links gives them (read 2026-11); 1.5 % of ₦1,500,000 is its published example.
_NGN: Final = FeeSchedule("NGN", FeeRule(1.5, minimum=10_000, cap=5_000_000))

PUBLISHED: Final[Mapping[str, FeeSchedule]] = MappingProxyType({"NGN": _NGN})
"""The schedules that the platform publishes, by currency; read-only."""


def quote(
    amount: SupportsIndex,
    currency: Code = _DEFAULT,
    *,
    merchant_fee_percentage: Percentage | None = None,
    merchant_fee_cap: SupportsIndex | None = None,
    schedule: FeeSchedule | None = None,
) -> Quote:
    """Return what the buyer pays for `amount` minor units, to the last of them.

    Args:
        amount: what the seller asks for, in minor units: an int from 0 to 2⁶³-1.
        currency: an ISO 4217 code.
        merchant_fee_percentage: the marketplace's commission in percent, clamped to 0-20, with at most six decimal
            places; None for the schedule's default.
        merchant_fee_cap: the most that the commission may be, in minor units; None for the schedule's default.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is above that.
        InvalidPercentageError: the percentage is no number of at most six decimal places.
        InvalidCurrencyError: the currency is no ISO 4217 code that has a minor unit.
        MissingScheduleError: no schedule is published for the currency, and none was passed.
        CurrencyMismatchError: the schedule is another currency's.

    >>> quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000).total_amount
    55750000
    """
    # By identity, because nearly every quote is in the default currency and need not be looked up.
    plan = _NGN if schedule is None and currency is _DEFAULT else schedule_for(currency, schedule)
    return Quote(amount, plan, merchant_fee_percentage, merchant_fee_cap)


def schedule_for(currency: Code, schedule: FeeSchedule | None) -> FeeSchedule:
    """Return the schedule that was passed, if it is the currency's, or else the one that is published for it.

    >>> schedule_for("NGN", None) is PUBLISHED["NGN"]
    True
    """
    exponent(currency)
    if schedule is None:
        schedule = PUBLISHED.get(currency) if isinstance(currency, str) else None
        if schedule is None:
            remedy = "pass schedule=FeeSchedule(...)"
            raise MissingScheduleError(currency, "a currency with a published schedule", remedy)
        return schedule
    expect(schedule, FeeSchedule, "schedule")
    if currency != schedule.currency:
        expected = f"the schedule's currency, {schedule.currency}"
        raise CurrencyMismatchError(currency, expected, f'pass currency="{schedule.currency}"')
    return schedule
