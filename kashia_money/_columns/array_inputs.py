"""Check the NumPy columns that a caller passes: their types, lengths and items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core.fields import MAX_COMMISSION
from .._core.numbers import MILLION, minor_units
from ..errors import InvalidColumnError, InvalidPercentageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .._core.quotes import FeeSchedule, Quote
    from .kernel import Numbers


class Columns:
    """The checked columns of one call; all have the same length.

    A row with a masked amount is rejected. A masked percentage or cap means the schedule's value.
    """

    def __init__(
        self,
        amounts: ArrayLike,
        percentages: ArrayLike | None = None,
        caps: ArrayLike | None = None,
    ) -> None:
        self.amounts = _column(amounts, "amounts", "iu")
        self.percentages = (
            None if percentages is None else _column(percentages, "percentages", "iuf")
        )
        self.caps = None if caps is None else _column(caps, "caps", "iu")
        for column in (self.percentages, self.caps):
            if column is not None and len(column) != len(self.amounts):
                expected = f"a column as long as the amounts, {len(self.amounts)}"
                raise InvalidColumnError(len(column), expected, "pass a value for each row")

    def quote(self, row: int, schedule: FeeSchedule) -> Quote:
        """Return the quote of the scalar code for one row, or raise its error."""
        inputs: list[Any] = [
            None if column is None or np.ma.is_masked(column[row]) else column[row].item()
            for column in (self.amounts, self.percentages, self.caps)
        ]
        amount, percentage, cap = inputs
        return schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)


def _column(values: ArrayLike, name: str, kinds: str) -> Numbers:
    """Return one column as an array, or raise an error that describes its fault.

    Args:
        values: the column as the caller passes it.
        name: the argument's name.
        kinds: NumPy's letters for the allowed types.
    """
    data = _array(values, name, kinds)
    if data.dtype.kind not in kinds or data.dtype.itemsize > 8:
        types = (
            "integers or floats of at most 64 bits"
            if "f" in kinds
            else "integers of at most 64 bits"
        )
        expected = f"{name} as an array of {types}"
        raise InvalidColumnError(data.dtype.name, expected, _remedy(data, kinds))
    if data.ndim != 1:
        raise InvalidColumnError(data.shape, f"{name} in one dimension", "ravel them first")
    return data


def _array(values: Any, name: str, kinds: str) -> Numbers:
    """Return values as an array; raise an error for values that NumPy would misread."""
    dtype = getattr(values, "dtype", None)
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes, bytearray)):
        # NumPy cannot read the nulls of pandas' extension types. In NumPy's types, a null is NaN.
        if getattr(values, "hasnans", False) and not isinstance(dtype, np.dtype):
            remedy = (
                "drop the rows without a value; "
                "kashia_money.frames.with_fees prices frames that have such rows"
            )
            raise InvalidColumnError(str(dtype), f"{name} without nulls", remedy)
        return np.asanyarray(values)
    items = list(values)
    if {bool, np.bool_} & set(map(type, items)):  # NumPy would convert True to 1
        row = next(row for row, item in enumerate(items) if isinstance(item, (bool, np.bool_)))
        if "f" not in kinds:
            minor_units(items[row], f"{name} in row {row}")
        remedy = "pass the intended number"
        raise InvalidPercentageError(items[row], "a number", remedy, f"{name} in row {row}")
    try:
        data = np.asanyarray(items)
    except ValueError:  # lists of several lengths
        expected = f"{name} in one dimension"
        raise InvalidColumnError(values, expected, "pass a number for each row") from None
    if data.dtype.kind == "O" and "f" in kinds and all(isinstance(item, int) for item in items):
        # NumPy cannot hold these ints. The kernel would clamp them in the same way.
        return np.array([min(max(item, 0), MAX_COMMISSION // MILLION) for item in items])
    if data.dtype.kind not in kinds and "f" not in kinds and data.ndim == 1:
        for row, item in enumerate(items):
            minor_units(item, f"{name} in row {row}")
    return data.astype(np.int64) if data.shape == (0,) else data


def _remedy(data: Numbers, kinds: str) -> str:
    """Return the remedy for an array of a wrong type.

    It is never a cast, which would turn 1500.50 in major units into 1500 minor units.
    """
    if data.dtype.kind == "f" and "f" not in kinds:
        return (
            "if these are major units (1500.50), pass to_minor(str(value), currency) of each; "
            "otherwise pass ints"
        )
    if "f" in kinds:
        return "pass ints or floats of 64 bits"
    return "pass ints; to_minor(value, currency) reads a Decimal or text in major units"
