"""Check the names and types of a frame's columns before the fees are computed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
from narwhals.exceptions import DuplicateError

from ..errors import InvalidColumnError, quoted
from .blocks import QuoteArrays
from .lazy import is_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from narwhals.dtypes import DType

    from .lazy import ColumnNames


def open_frame(native: Any) -> Any:
    """Return a Narwhals frame whose columns the engine can tell apart.

    Raises:
        InvalidColumnError: the engine cannot tell two columns apart, or reads a name as a pattern.
            Or a column has the name of a figure.
        TypeError: the frame is not a dataframe that Narwhals knows.
    """
    try:
        frame: Any = nw.from_native(native)
    except DuplicateError:
        raise _ambiguous(_first_duplicate(native)) from None
    except TypeError:
        kind = f"{type(native).__module__}.{type(native).__qualname__}"
        expected = "frame is a dataframe that Narwhals knows, with the amounts in a column"
        raise TypeError(f"{expected}, not {kind}") from None
    _check_labels(frame)
    return frame


def _check_labels(frame: Any) -> None:
    implementation = frame.implementation
    if implementation.is_duckdb():
        # DuckDB ignores the case of ASCII letters only. Narwhals passes "*" to it without quotes.
        _check_distinct(frame.to_native().columns, _lower_ascii, lambda name: name == "*")
    elif implementation.is_ibis():
        # Some engines behind Ibis ignore case. Polars reads some names as patterns.
        _check_distinct(frame.to_native().columns, _lower_ascii, is_pattern)
    elif implementation.is_spark_like():
        _check_distinct(frame.to_native().columns, str.lower)
    elif implementation.is_dask():
        _check_distinct(frame.to_native().columns)
    for name in text_labels(frame.collect_schema()):
        if name.lower() in QuoteArrays._fields:
            expected = "a frame without a column of that name"
            remedy = (
                "rename or drop it; another case is not enough, because many engines ignore case"
            )
            raise InvalidColumnError(name, expected, remedy)


def _first_duplicate(native: Any) -> object:
    """Return a label that occurs more than once in a frame of PyArrow or pandas."""
    if nw.dependencies.is_pyarrow_table(native):
        return Counter(native.column_names).most_common(1)[0][0]
    return native.columns[native.columns.duplicated()][0]


def _ambiguous(label: object) -> InvalidColumnError:
    expected = "columns that the frame's engine can tell apart by name"
    return InvalidColumnError(label, expected, "rename one of the two (in SQL, give it an alias)")


def _lower_ascii(name: str) -> str:
    return name.encode().lower().decode()


def _check_distinct(
    labels: Iterable[Any],
    key: Callable[[str], str] = str,
    ambiguous: Callable[[str], bool] = lambda _: False,
) -> None:
    """Raise an error if two labels have the same key, or a label is ambiguous for the engine."""
    seen = set()
    for label in labels:
        label_key = key(label) if isinstance(label, str) else label
        if label_key in seen:
            raise _ambiguous(label)
        if isinstance(label, str) and ambiguous(label):
            expected = "names that the frame's engine does not take for a pattern"
            raise InvalidColumnError(label, expected, "rename or drop the column")
        seen.add(label_key)


def text_labels(labels: Iterable[object]) -> list[str]:
    """Return the labels that are text; pandas also has labels of other types."""
    return [label for label in labels if isinstance(label, str)]


def free_prefix(labels: Iterable[object]) -> str:
    """Return a prefix that no label begins with, in upper or lower case."""
    prefix = "_fees_"
    while any(label.lower().startswith(prefix) for label in text_labels(labels)):
        prefix = f"_{prefix}"
    return prefix


def check_types(schema: Mapping[str, DType], names: ColumnNames) -> None:
    """Raise an error if a column is missing, or its type cannot be read exactly."""
    _check_type(schema, "amount", names.amount)
    _check_type(schema, "merchant_fee_percentage", names.percentage, floats=True)
    _check_type(schema, "merchant_fee_cap", names.cap)


def _check_type(
    schema: Mapping[str, DType], argument: str, name: str | None, *, floats: bool = False
) -> None:
    if name is None:
        return
    if name not in schema:
        remedy = f"choose one of {quoted(list(schema))}"
        if argument != "amount":
            remedy += ", or pass a number for all rows"
        raise InvalidColumnError(name, f"{argument} as the name of a column", remedy)
    dtype = schema[name]
    if not dtype.is_integer() and not (floats and dtype.is_float()):
        types = "integers or floats" if floats else "integers"
        remedy = _percentage_remedy(dtype) if floats else _minor_units_remedy(dtype)
        expected = f"{argument}, {quoted(name)}, as a column of {types}"
        raise InvalidColumnError(str(dtype), expected, remedy)


def _holds_numbers(dtype: DType) -> bool:
    return dtype.is_numeric() or dtype in (nw.String, nw.Object)


def _minor_units_remedy(dtype: DType) -> str:
    if not _holds_numbers(dtype):
        return "choose a column of minor units"
    return (
        "these look like major units, such as 1500.50, which a cast would misprice: use "
        "to_minor(str(value), currency) on each value; if you know that they are minor units, "
        "cast them to int64 (in pandas, to Int64)"
    )


def _percentage_remedy(dtype: DType) -> str:
    if not _holds_numbers(dtype):
        return "choose a column of percentages"
    return "cast it to float64, and check that no value became null"
