"""Any dataframe, on one machine or a cluster: the same figures as columns, through Narwhals.

Frames that are in memory are computed by NumPy; lazy and distributed ones are given expressions to
compute later, and are never collected. Neither calls Python for a row.
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
    """Return a frame with the int64 columns platform_fee, merchant_fee, total_fees and total_amount after its own.

    Each row's figures are what `quote` says of it, in minor units. They are null where the amount
    is null and where `quote` would raise: an amount, cap or total outside 0 to 2⁶³-1, a percentage
    that is NaN, infinite or has more than six decimal places. So the rows that were refused are
    those with an amount but no total_amount.

    Args:
        frame: a dataframe of pandas, Polars, PyArrow, DuckDB, Dask, PySpark, Ibis or what else
            Narwhals knows, eager or lazy. A frame of the same kind is returned.
        amount: the name of a column of integers, in minor units.
        currency: an ISO 4217 code; None for the schedule's, or NGN.
        merchant_fee_percentage: percent, clamped to 0-20: a number for all rows, or the name of a
            column of integers or floats. Text is always a name. None, or a null in the column,
            stands for the schedule's own.
        merchant_fee_cap: minor units: an int, or the name of a column of integers; None and nulls
            likewise.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidColumnError: a column is missing or of another type, the frame has a column of a
            figure's name already, in upper or lower case, or its engine takes two of its columns
            for one. InvalidAmountError, InvalidPercentageError, InvalidCurrencyError,
            MissingScheduleError, CurrencyMismatchError: as `quote`, for what holds for all rows.
        TypeError: the frame is not a dataframe that Narwhals knows, or `amount` is not a str.

    >>> import polars
    >>> with_fees(polars.DataFrame({"amount": [150_000_000, -1]})).rows()
    [(150000000, 2250000, 0, 2250000, 152250000), (-1, None, None, None, None)]
    """
    expect(amount, str, "amount")
    percentage = None if isinstance(merchant_fee_percentage, str) else merchant_fee_percentage
    cap = None if isinstance(merchant_fee_cap, str) else merchant_fee_cap
    schedule = schedule_for(currency, schedule)._charged(percentage, cap)
    names = ColumnNames(amount, _name(merchant_fee_percentage), _name(merchant_fee_cap))
    return _with_fees(open_frame(frame), names, schedule).to_native()  # type: ignore[no-any-return]


def _name(term: object) -> str | None:
    return term if isinstance(term, str) else None


def _with_fees(frame: Any, names: ColumnNames, schedule: FeeSchedule) -> Any:
    schema = frame.collect_schema()
    check_types(schema, names)
    if frame.implementation.is_dask():
        # By Dask's own means, because its NumPy columns hold no nulls, and their types are fixed
        # before they are made.
        price = partial(price_partition, names=names, schedule=schedule)
        return nw.from_native(frame.to_native().map_partitions(price))
    too_wide = any(schema[name] in TOO_WIDE for name in names if name is not None)
    if isinstance(frame, nw.LazyFrame) or too_wide:
        return add_fees(frame, names, schedule, free_prefix(schema))
    return price_frame(frame, names, schedule)
