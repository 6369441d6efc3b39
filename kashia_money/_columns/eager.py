"""Add the four figures to a frame in memory, with NumPy.

The new columns are columns of the frame's library. A rejected row has nulls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from .array_inputs import Columns
from .blocks import QuoteArrays, price
from .frame_inputs import text_labels

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT
    from numpy.typing import NDArray

    from .._core.quotes import FeeSchedule
    from .lazy import ColumnNames

TOO_WIDE = (nw.Int128, nw.UInt128)  # types that NumPy lacks


def price_partition(native: IntoFrameT, names: ColumnNames, schedule: FeeSchedule) -> IntoFrameT:
    """Return a partition of a Dask frame with its figures, in types that can hold nulls."""
    frame = price_frame(nw.from_native(native), names, schedule, nullable=True)
    return frame.to_native()  # type: ignore[no-any-return]


def price_frame(
    frame: Any, names: ColumnNames, schedule: FeeSchedule, *, nullable: bool = False
) -> Any:
    """Return a frame in memory with its figures.

    In pandas, the figures have a type that can hold nulls if `nullable` is true or a row is
    rejected.
    """
    amounts = frame[names.amount]
    arrays: list[Any] = [None if name is None else _array(frame[name]) for name in names]
    figures, rejected = price(Columns(*arrays), schedule)
    nullable = nullable or rejected is not None
    columns = [
        _like(amounts, nw.new_series(name, values, backend=frame.implementation), nullable=nullable)
        for name, values in figures._asdict().items()
    ]
    if rejected is not None:
        in_range = nw.new_series("in_range", ~rejected, backend=frame.implementation)
        table = in_range.to_frame().with_columns(*columns)
        columns = [
            table.select(nw.when(nw.col("in_range")).then(nw.col(name)).alias(name))[name]
            for name in figures._fields
        ]
    return _restore_labels(frame, frame.with_columns(*columns))


def _restore_labels(frame: Any, priced_frame: Any) -> Any:
    """Return the priced frame with the labels of `frame`; Narwhals changes some non-text labels."""
    labels = frame.columns
    if len(text_labels(labels)) < len(labels):
        priced_frame.to_native().columns = [*labels, *QuoteArrays._fields]
        return nw.from_native(priced_frame.to_native())
    return priced_frame


def _array(series: nw.Series[Any]) -> NDArray[Any]:
    """Return a column as an array; nulls are masked."""
    series = series.alias("values")  # because Polars reads some names as patterns
    null = series.is_null()
    if not null.any():
        return series.to_numpy()
    return np.ma.MaskedArray(series.fill_null(0).to_numpy(), null.to_numpy())


def _like(amounts: nw.Series[Any], figures: nw.Series[Any], *, nullable: bool) -> nw.Series[Any]:
    """Return a column of figures with the amounts' kind of type: NumPy, pandas or PyArrow.

    Only pandas has several kinds of types.
    """
    if not amounts.implementation.is_pandas_like():
        return figures
    dtype = amounts.to_native().dtype
    if isinstance(dtype, np.dtype) and not nullable:
        return figures
    kind = "int64[pyarrow]" if hasattr(dtype, "pyarrow_dtype") else "Int64"
    return nw.from_native(figures.to_native().astype(kind), series_only=True)
