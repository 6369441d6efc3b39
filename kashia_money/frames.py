"""Fees for dataframes, on one machine or a cluster: the same figures as `quote`, as columns.

NumPy computes the figures of a frame in memory. A lazy or distributed frame gets expressions, which
its engine computes later; it is never collected. No Python code runs per row.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .errors import require

require("frames", "narwhals", "numpy")

import narwhals.stable.v2 as nw

from ._columns.eager import TOO_WIDE, price_frame, price_partition
from ._columns.frame_inputs import check_types, free_prefix, open_frame
from ._columns.lazy import ColumnNames, add_fees
from ._core.published import schedule_for
from .errors import expect

if TYPE_CHECKING:
    from decimal import Decimal

    from narwhals.typing import IntoFrameT

    from ._core.currencies import Code
    from ._core.quotes import FeeSchedule


def with_fees(
    frame: IntoFrameT,
    amount: str = "amount",
    *,
    currency: Code | None = None,
    merchant_fee_percentage: str | float | Decimal | None = None,
    merchant_fee_cap: str | int | None = None,
    schedule: FeeSchedule | None = None,
) -> IntoFrameT:
    """Return the frame with the columns platform_fee, merchant_fee, total_fees and total_amount.

    The int64 columns follow the frame's columns. Each row has the figures of `quote`, in minor
    units. The figures are null where the amount is null, and where `quote` would raise an error: an
    amount, cap or total outside 0 to 2⁶³-1, or a percentage that is NaN, infinite or has more than
    six decimal places. So a rejected row has an amount, and its total_amount is null.

    Args:
        frame: a dataframe of pandas, Polars, PyArrow, DuckDB, Dask, PySpark, Ibis or another
            library that Narwhals knows, eager or lazy. A frame of the same kind is returned.
        amount: in minor units; the name of a column of integers.
        currency: an ISO 4217 code. None means the schedule's currency, or NGN.
        merchant_fee_percentage: in percent, clamped to 0-20: a number for all rows, or the name of
            a column of integers or floats. Text is always a name. None, or a null in the column,
            means the schedule's percentage.
        merchant_fee_cap: in minor units: an int for all rows, or the name of a column of integers.
            None, or a null in the column, means the schedule's cap.
        schedule: the fees. None means the currency's published schedule.

    Raises:
        InvalidColumnError: a column is missing or has another type. Or the frame has a column with
            the name of a figure, in upper or lower case. Or its engine cannot tell two columns
            apart.
        InvalidAmountError, InvalidPercentageError, InvalidCurrencyError: as `quote`, for a value
            that applies to all rows.
        MissingScheduleError, CurrencyMismatchError, NotAMarketplaceError: likewise.
        TypeError: the frame is not a dataframe that Narwhals knows, or `amount` is not a str.

    >>> import polars
    >>> with_fees(polars.DataFrame({"amount": [150_000_000, -1]})).rows()
    [(150000000, 2250000, 0, 2250000, 152250000), (-1, None, None, None, None)]
    """
    expect(amount, str, "amount")
    percentage = None if isinstance(merchant_fee_percentage, str) else merchant_fee_percentage
    cap = None if isinstance(merchant_fee_cap, str) else merchant_fee_cap
    schedule = schedule_for(currency, schedule)._charged(percentage, cap)
    names = ColumnNames(
        amount, _column_name(merchant_fee_percentage), _column_name(merchant_fee_cap)
    )
    return _with_fees(open_frame(frame), names, schedule).to_native()  # type: ignore[no-any-return]


def _column_name(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _with_fees(frame: Any, names: ColumnNames, schedule: FeeSchedule) -> Any:
    schema = frame.collect_schema()
    check_types(schema, names)
    if frame.implementation.is_dask():
        # Dask fixes the type of a column before it computes the column, and its NumPy columns
        # cannot hold nulls. So the columns have a nullable type from the start.
        price = partial(price_partition, names=names, schedule=schedule)
        return nw.from_native(frame.to_native().map_partitions(price))
    too_wide = any(schema[name] in TOO_WIDE for name in names if name is not None)
    if isinstance(frame, nw.LazyFrame) or too_wide:
        return add_fees(frame, names, schedule, free_prefix(schema))
    return price_frame(frame, names, schedule)
