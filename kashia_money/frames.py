"""Any dataframe, on one machine or a cluster: the same figures as columns, through Narwhals.

Frames that are in memory are computed by NumPy; lazy and distributed ones are given expressions to compute later,
and are never collected. Neither calls Python for a row.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .extras import require

require("frames", "narwhals", "numpy")

import narwhals.stable.v2 as nw
import numpy as np

from .arrays import Columns, QuoteArrays, price
from .errors import expect
from .expressions import add_fees
from .inputs import check_types, free_prefix, open_frame, text_labels
from .published import schedule_for
from .terms import ColumnNames

if TYPE_CHECKING:
    from decimal import Decimal

    from narwhals.typing import IntoFrameT
    from numpy.typing import NDArray

    from .currencies import Code
    from .quotes import FeeSchedule

TOO_WIDE = (nw.Int128, nw.UInt128)  # for NumPy


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

    Each row's figures are what `quote` says of it, in minor units. They are null where the amount is null and where
    `quote` would raise: an amount, cap or total outside 0 to 2⁶³-1, a percentage that is NaN, infinite or has more than
    six decimal places. So the rows that were refused are those with an amount but no total_amount.

    Args:
        frame: a dataframe of pandas, Polars, PyArrow, DuckDB, Dask, PySpark, Ibis or what else Narwhals knows, eager or
            lazy. A frame of the same kind is returned.
        amount: the name of a column of integers, in minor units.
        currency: an ISO 4217 code; None for the schedule's, or NGN.
        merchant_fee_percentage: percent, clamped to 0-20: a number for all rows, or the name of a column of integers
            or floats. Text is always a name. None, or a null in the column, stands for the schedule's own.
        merchant_fee_cap: minor units: an int, or the name of a column of integers; None and nulls likewise.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidColumnError: a column is missing or of another type, the frame has a column of a figure's name already,
            in upper or lower case, or its engine takes two of its columns for one.
        InvalidAmountError, InvalidPercentageError, InvalidCurrencyError, MissingScheduleError, CurrencyMismatchError:
            as `quote`, for what holds for all rows.
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
        price_partition = partial(_with_fees_in_partition, names=names, schedule=schedule)
        return nw.from_native(frame.to_native().map_partitions(price_partition))
    too_wide = any(schema[name] in TOO_WIDE for name in names if name is not None)
    if isinstance(frame, nw.LazyFrame) or too_wide:
        return add_fees(frame, names, schedule, free_prefix(schema))
    return _computed(frame, names, schedule)


def _with_fees_in_partition(native: IntoFrameT, names: ColumnNames, schedule: FeeSchedule) -> IntoFrameT:
    frame = _computed(nw.from_native(native), names, schedule, nullable=True)
    return frame.to_native()  # type: ignore[no-any-return]


def _computed(frame: Any, names: ColumnNames, schedule: FeeSchedule, *, nullable: bool = False) -> Any:
    """Return a frame in memory with its figures.

    In pandas they have a type with nulls if `nullable`, or if there are any.
    """
    amounts = frame[names.amount]
    arrays: list[Any] = [None if name is None else _array(frame[name]) for name in names]
    figures, refused = price(Columns(*arrays), schedule)
    nullable = nullable or refused is not None
    columns = [
        _like(amounts, nw.new_series(name, values, backend=frame.implementation), nullable=nullable)
        for name, values in figures._asdict().items()
    ]
    if refused is not None:
        in_range = nw.new_series("in_range", ~refused, backend=frame.implementation)
        table = in_range.to_frame().with_columns(*columns)
        columns = [
            table.select(nw.when(nw.col("in_range")).then(nw.col(name)).alias(name))[name] for name in figures._fields
        ]
    return _labelled(frame, frame.with_columns(*columns))


def _labelled(frame: Any, priced_frame: Any) -> Any:
    """Return the priced frame with the labels it had; Narwhals changes some that are not text."""
    labels = frame.columns
    if len(text_labels(labels)) < len(labels):
        priced_frame.to_native().columns = [*labels, *QuoteArrays._fields]
        return nw.from_native(priced_frame.to_native())
    return priced_frame


def _array(series: nw.Series[Any]) -> NDArray[Any]:
    """Return a column as an array, masked where there are nulls."""
    series = series.alias("values")  # because Polars takes some names for patterns
    null = series.is_null()
    if not null.any():
        return series.to_numpy()
    return np.ma.MaskedArray(series.fill_null(0).to_numpy(), null.to_numpy())


def _like(amounts: nw.Series[Any], figures: nw.Series[Any], *, nullable: bool) -> nw.Series[Any]:
    """Return a column of figures in pandas' kind of type that the amounts have; only pandas has several."""
    if not amounts.implementation.is_pandas_like():
        return figures
    dtype = amounts.to_native().dtype
    if isinstance(dtype, np.dtype) and not nullable:
        return figures
    kind = "int64[pyarrow]" if hasattr(dtype, "pyarrow_dtype") else "Int64"
    return nw.from_native(figures.to_native().astype(kind), series_only=True)
