"""The published schedules, and `quote()`, which charges by them unless told otherwise."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, SupportsIndex

from ..errors import CurrencyMismatchError, MissingScheduleError, expect
from .currencies import Code, known_code
from .numbers import MoneyLike, Percentage, currency_of
from .quotes import FeeSchedule, Quote
from .rules import FeeRule

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_CURRENCY: Final = "NGN"

# The platform's public fees for NGN: 1.5 % of the base, at least ₦100, at most ₦50,000, as its
# documentation of payment links gives them (read 2026-11); 1.5 % of ₦1,500,000 is its published
# example.
_NGN: Final = FeeSchedule("NGN", FeeRule(1.5, minimum=10_000, cap=5_000_000))

PUBLISHED: Final[Mapping[str, FeeSchedule]] = MappingProxyType({"NGN": _NGN})
"""The schedules that the platform publishes, by currency; read-only."""


def quote(
    amount: SupportsIndex | MoneyLike,
    currency: Code | None = None,
    *,
    merchant_fee_percentage: Percentage | None = None,
    merchant_fee_cap: SupportsIndex | None = None,
    schedule: FeeSchedule | None = None,
) -> Quote:
    """Return what the buyer pays for `amount` minor units, to the last of them.

    Args:
        amount: what the seller asks for: an int of minor units from 0 to 2⁶³-1, or a py-moneyed
            `Money`, which brings its currency.
        currency: an ISO 4217 code; None for the schedule's, the Money's, or NGN.
        merchant_fee_percentage: the marketplace's commission in percent, clamped to 0-20, with at
            most six decimal places; None for the schedule's default.
        merchant_fee_cap: the most that the commission may be, in minor units; None for the
            schedule's default.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is
            above that.
        InvalidPercentageError: the percentage is no number of at most six decimal places.
        InvalidCurrencyError: the currency is no ISO 4217 code that has a minor unit.
        MissingScheduleError: no schedule is published for the currency, and none was passed.
        CurrencyMismatchError: the schedule is another currency's.

    >>> quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000).total_amount
    55750000
    """
    if schedule is None and currency is None and type(amount) is int:
        charged = _NGN  # nearly every quote's, without a look-up
    else:
        charged = schedule_for(currency_of(amount) if currency is None else currency, schedule)
    return Quote(amount, charged, merchant_fee_percentage, merchant_fee_cap)


def schedule_for(currency: Code | None, schedule: FeeSchedule | None) -> FeeSchedule:
    """Return the schedule that was passed, if it is in the currency; without one, the currency's published schedule.

    >>> schedule_for(None, None) is schedule_for("NGN", None) is PUBLISHED["NGN"]
    True
    """
    code = None if currency is None else known_code(currency)
    if schedule is None:
        code = DEFAULT_CURRENCY if code is None else code
        published = PUBLISHED.get(code)
        if published is None:
            remedy = (
                f'pass schedule=FeeSchedule("{code}", ...) with the fees that are charged in {code}'
            )
            raise MissingScheduleError(currency, "a currency with a published schedule", remedy)
        return published
    expect(schedule, FeeSchedule, "schedule")
    if code is not None and code != schedule.currency:
        expected = f"the schedule's currency, {schedule.currency}"
        remedy = f"pass a schedule of {code}, or an amount in {schedule.currency} and that currency"
        raise CurrencyMismatchError(currency, expected, remedy)
    return schedule
