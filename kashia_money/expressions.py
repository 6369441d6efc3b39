"""The four figures as Narwhals expressions, for engines that plan first and compute later.

No step overflows 64 bits, even in a row that ends up null: some engines fail the whole job when one
does.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .formula import fee
from .rounding import MAX_AMOUNT
from .terms import ColumnNames, LazyColumns, read

if TYPE_CHECKING:
    from .curve import Curve
    from .quotes import FeeSchedule


def add_fees(frame: Any, names: ColumnNames, schedule: FeeSchedule, prefix: str) -> Any:
    """Return a Narwhals frame with the four figures; no column's name begins with `prefix`."""
    columns = LazyColumns(frame, prefix)
    platform, merchant = schedule.platform._curve, schedule.merchant._curve
    # Where a larger amount always has a larger total, the largest amount tells which totals fit.
    constant = names.percentage is None and names.cap is None
    rises = constant and platform.rises and merchant.rises
    largest = _largest_amount(platform, merchant) if rises else MAX_AMOUNT
    base, rate, cap = read(columns, names, largest, schedule)
    platform_fee = fee(columns, platform, base)
    merchant_fee = fee(columns, merchant, base, rate, cap)
    if not rises:
        platform_fee, merchant_fee = columns.add(platform=platform_fee, merchant=merchant_fee)
        fits = merchant_fee <= MAX_AMOUNT - platform_fee - base
        platform_fee = nw.when(fits).then(platform_fee)
        merchant_fee = nw.when(fits).then(merchant_fee)
    figures = columns.frame.with_columns(platform_fee=platform_fee, merchant_fee=merchant_fee)
    total_fees = nw.col("platform_fee") + nw.col("merchant_fee")
    figures = figures.with_columns(total_fees=total_fees, total_amount=base + total_fees)
    return figures.drop(*columns.names)


def _largest_amount(platform: Curve, merchant: Curve) -> int:
    """Return the largest amount whose total is at most 2⁶³-1."""

    def total(amount: int) -> int:
        return amount + platform.fee(amount) + merchant.fee(amount)

    return bisect_right(range(1, MAX_AMOUNT + 1), MAX_AMOUNT, key=total)
