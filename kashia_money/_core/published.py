"""The published fee schedules, and `quote()`, which uses them by default.

Only the fees for NGN are published. The source is the platform's public documentation, read
2026-11-20:

- "Payment Links": the amounts in kobo, the example of ₦1,500,000 (1.5 % is ₦22,500), and the 0-20 %
  range of a commission.
- "Escrows" and "Webhooks": the 1.5 %, the minimum of ₦100, the cap of ₦50,000, and the example of
  ₦1,000,000 with a commission of 10 %.
"""

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

_NGN: Final = FeeSchedule("NGN", FeeRule(1.5, minimum=10_000, cap=5_000_000))

PUBLISHED: Final[Mapping[str, FeeSchedule]] = MappingProxyType({"NGN": _NGN})
"""The platform's published schedules by currency; read-only."""


def quote(
    amount: SupportsIndex | MoneyLike,
    currency: Code | None = None,
    *,
    merchant_fee_percentage: Percentage | None = None,
    merchant_fee_cap: SupportsIndex | None = None,
    schedule: FeeSchedule | None = None,
) -> Quote:
    """Return the exact fees on `amount` and the total that the buyer pays, in minor units.

    Args:
        amount: in minor units; the base amount that the seller asks for. An int from 0 to 2⁶³-1, or
            a py-moneyed `Money`, which also sets the currency.
        currency: an ISO 4217 code. None means the currency of the Money or the schedule, otherwise
            NGN.
        merchant_fee_percentage: in percent; the marketplace's commission, with at most six decimal
            places, clamped to 0-20. None means the schedule's default.
        merchant_fee_cap: in minor units; the largest commission. None means the schedule's default.
        schedule: the schedule that charges the fees. None means the published schedule of the
            currency.

    Raises:
        InvalidAmountError: the amount or the cap is not an int from 0 to 2⁶³-1, or the total is
            above 2⁶³-1.
        InvalidPercentageError: the percentage is not a number with at most six decimal places.
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit.
        MissingScheduleError: `schedule` is None, and the currency has no published schedule.
        CurrencyMismatchError: the schedule is in another currency.
        NotAMarketplaceError: the schedule is a single vendor's, and a commission or a cap was
            passed.

    >>> quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000).total_amount
    55750000
    """
    if schedule is None and currency is None and type(amount) is int:
        effective_schedule = _NGN  # the usual case, without a look-up
    else:
        code = currency_of(amount) if currency is None else currency
        effective_schedule = schedule_for(code, schedule)
    return Quote(amount, effective_schedule, merchant_fee_percentage, merchant_fee_cap)


def schedule_for(currency: Code | None, schedule: FeeSchedule | None) -> FeeSchedule:
    """Return `schedule`, which must be in the currency; None means the published schedule.

    Raises:
        InvalidCurrencyError, MissingScheduleError, CurrencyMismatchError: as `quote`.
        TypeError: the schedule is not a `FeeSchedule`.

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
