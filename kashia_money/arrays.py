"""Fees for NumPy columns: the same figures as `quote`, for many rows in one call.

The columns are checked and computed in blocks of rows. `quote` runs only for a rejected row, to
raise its error.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .errors import KashiaMoneyError, require

require("arrays", "numpy")

import numpy as np

from ._columns.array_inputs import Columns
from ._columns.blocks import QuoteArrays, price
from ._core.published import schedule_for

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ._core.currencies import Code
    from ._core.numbers import Percentage
    from ._core.quotes import FeeSchedule

__all__ = ["QuoteArrays", "quote_arrays"]

QuoteArrays.__module__ = __name__  # so that reprs and pickles name the public module


def quote_arrays(
    amounts: ArrayLike,
    currency: Code | None = None,
    *,
    merchant_fee_percentage: Percentage | ArrayLike | None = None,
    merchant_fee_cap: ArrayLike | None = None,
    schedule: FeeSchedule | None = None,
    out: QuoteArrays | None = None,
    threads: int = 1,
) -> QuoteArrays:
    """Return the figures of a column of amounts; each row has the figures of `quote`.

    Args:
        amounts: in minor units, 0 to 2⁶³-1: an array of n integers of any type, or a sequence.
        currency: an ISO 4217 code. None means the schedule's currency, or NGN.
        merchant_fee_percentage: in percent, clamped to 0-20: a constant, or n integers or floats. A
            masked value means the schedule's percentage.
        merchant_fee_cap: in minor units: a constant, or n integers. A masked value means the
            schedule's cap.
        schedule: the fees. None means the currency's published schedule.
        out: four int64 arrays of length n for the figures. They must not share memory with each
            other or with a column. Two maps of one file share memory, and this cannot be detected:
            never write into a file from which a column is read.
        threads: the number of threads, at least 1.

    Raises:
        InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`, for the first
            rejected row, with its index. A masked amount is rejected.
        InvalidColumnError: an array has another type (floats, objects, bools), length or shape, or
            `out` or `threads` is invalid.

    >>> figures = quote_arrays(
    ...     [50_000_000, 0], merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000
    ... )
    >>> figures.total_amount
    array([55750000,        0])
    """
    percentages, percentage = _split(merchant_fee_percentage)
    caps, cap = _split(merchant_fee_cap)
    schedule = schedule_for(currency, schedule)._charged(percentage, cap)
    columns = Columns(amounts, percentages, caps)
    figures, rejected = price(columns, schedule, out=out, threads=threads)
    if rejected is not None:
        row = int(rejected.argmax())
        try:
            columns.quote(row, schedule)
        except KashiaMoneyError as error:
            place = f"row {row}" if error.field is None else f"{error.field} in row {row}"
            raise error.at(place) from None
        raise AssertionError(
            f"quote accepts row {row}, but the column rejects it: please report it"
        )
    return figures


def _split(value: Any) -> tuple[Any, Any]:
    """Return a column and None, or None and a constant."""
    constant = value is None or isinstance(value, (str, bool, int, float, Decimal, np.generic))
    return (None, value) if constant else (value, None)
