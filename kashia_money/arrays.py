"""NumPy columns: the same figures for a month of orders at once.

The columns are checked and computed in blocks of rows. The scalar is asked only for the error of a
rejected row.
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

QuoteArrays.__module__ = __name__  # for reprs and pickles, which name no private file


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
    """Return the figures of a column of amounts; each row is what `quote` says of it.

    Args:
        amounts: n integers of minor units, 0 to 2⁶³-1: an array of any integer type, or a sequence.
        currency: an ISO 4217 code; None for the schedule's, or NGN.
        merchant_fee_percentage: percent, clamped to 0-20: a constant, or n integers or floats, of
            which a masked one means the schedule's own.
        merchant_fee_cap: minor units: a constant, or n integers, of which a masked one means the
            schedule's own.
        schedule: what to charge by; None for the currency's published schedule.
        out: four int64 arrays of length n to write into, which share no memory with the other
            arrays. Two maps of one file share memory that cannot be seen: never write into a file
            that a column is read from.
        threads: how many to work with, from 1.

    Raises:
        InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`, for the first
            row that is rejected, with its index; a masked amount is rejected.
        InvalidColumnError: an array of another type (floats, objects, bools), length or shape; an
            `out` or `threads` that is not as above.

    >>> quote_arrays([50_000_000, 0], merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000).total_amount
    array([55750000,        0])
    """
    percentages, percentage = _split(merchant_fee_percentage)
    caps, cap = _split(merchant_fee_cap)
    charged = schedule_for(currency, schedule)._charged(percentage, cap)
    columns = Columns(amounts, percentages, caps)
    figures, rejected = price(columns, charged, out=out, threads=threads)
    if rejected is not None:
        row = int(rejected.argmax())
        try:
            columns.quote(row, charged)
        except KashiaMoneyError as error:
            raise error.at(
                f"row {row}" if error.field is None else f"{error.field} in row {row}"
            ) from None
        raise AssertionError(
            f"the scalar accepts row {row}, which its column rejected: please report it"
        )
    return figures


def _split(term: Any) -> tuple[Any, Any]:
    """Return a term as a column and None, or None and a constant."""
    constant = term is None or isinstance(term, (str, bool, int, float, Decimal, np.generic))
    return (None, term) if constant else (term, None)
