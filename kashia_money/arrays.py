"""NumPy columns: the same figures for a month of orders at once.

The columns are checked and computed in blocks of rows. The scalar is asked only for the error of a rejected row.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from .extras import require

require("arrays", "numpy")

import numpy as np

from . import kernel
from .errors import InvalidColumnError, InvalidPercentageError, KashiaMoneyError
from .published import schedule_for
from .rounding import MAX_AMOUNT, SCALE, minor_units

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .currencies import Code
    from .kernel import Ints, Mask, Numbers, Wide
    from .quotes import FeeSchedule, Quote
    from .rounding import Percentage

BLOCK = 65_536  # rows: what a block needs on the way stays in the processor's second-level cache


class QuoteArrays(NamedTuple):
    """The figures of a column of quotes: int64 arrays of one length, in minor units.

    >>> quote_arrays([100_000_000, 150_000_000]).total_amount.tolist()
    [101500000, 152250000]
    """

    platform_fee: Ints
    merchant_fee: Ints
    total_fees: Ints
    total_amount: Ints


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
        merchant_fee_percentage: percent, clamped to 0-20: a constant, or n integers or floats, of which a masked one
            means the schedule's own.
        merchant_fee_cap: minor units: a constant, or n integers, of which a masked one means the schedule's own.
        schedule: what to charge by; None for the currency's published schedule.
        out: four int64 arrays of length n to write into, which share no memory with the other arrays. Two maps of one
            file share memory that cannot be seen: never write into a file that a column is read from.
        threads: how many to work with, from 1.

    Raises:
        InvalidAmountError, InvalidPercentageError, NotAMarketplaceError: as `quote`, for the first row that is
            rejected, with its index; a masked amount is rejected.
        InvalidColumnError: an array of another type (floats, objects, bools), length or shape; an `out` or `threads`
            that is not as above.

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
            raise error.at(f"row {row}" if error.field is None else f"{error.field} in row {row}") from None
        raise AssertionError(f"the scalar accepts row {row}, which its column rejected: please report it")
    return figures


def _split(term: Any) -> tuple[Any, Any]:
    """Return a term as a column and None, or None and a constant."""
    constant = term is None or isinstance(term, (str, bool, int, float, Decimal, np.generic))
    return (None, term) if constant else (term, None)


class Columns:
    """The columns of one call, checked: masked amounts are rejected, other masked values mean the schedule's own."""

    def __init__(self, amounts: ArrayLike, percentages: ArrayLike | None = None, caps: ArrayLike | None = None) -> None:
        self.amounts = _column(amounts, "amounts", "iu")
        self.percentages = None if percentages is None else _column(percentages, "percentages", "iuf")
        self.caps = None if caps is None else _column(caps, "caps", "iu")
        for column in (self.percentages, self.caps):
            if column is not None and len(column) != len(self.amounts):
                expected = f"a column as long as the amounts, {len(self.amounts)}"
                raise InvalidColumnError(len(column), expected, "pass a value for each row")

    def quote(self, row: int, schedule: FeeSchedule) -> Quote:
        """Return the scalar's quote for one row."""
        terms: list[Any] = [
            None if column is None or np.ma.is_masked(column[row]) else column[row].item()
            for column in (self.amounts, self.percentages, self.caps)
        ]
        amount, percentage, cap = terms
        return schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)


def _column(values: ArrayLike, name: str, kinds: str) -> Numbers:
    """Return one column, or raise what is wrong with it; `kinds` are NumPy's letters for the types that it may have."""
    data = _array(values, name, kinds)
    if data.dtype.kind not in kinds or data.dtype.itemsize > 8:
        types = "integers or floats of at most 64 bits" if "f" in kinds else "integers of at most 64 bits"
        raise InvalidColumnError(data.dtype.name, f"{name} as an array of {types}", _remedy(data, kinds))
    if data.ndim != 1:
        raise InvalidColumnError(data.shape, f"{name} in one dimension", "ravel them first")
    return data


def _array(values: Any, name: str, kinds: str) -> Numbers:
    """Return values as an array, or raise what NumPy would read as something else."""
    dtype = getattr(values, "dtype", None)
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes, bytearray)):
        if getattr(values, "hasnans", False) and not isinstance(dtype, np.dtype):  # of pandas' own types
            remedy = "drop the rows without one; kashia_money.frames.with_fees prices frames that have such rows"
            raise InvalidColumnError(str(dtype), f"{name} without nulls", remedy)
        return np.asanyarray(values)
    items = list(values)
    if {bool, np.bool_} & set(map(type, items)):  # NumPy makes 1 of True
        row = next(row for row, item in enumerate(items) if isinstance(item, (bool, np.bool_)))
        if "f" not in kinds:
            minor_units(items[row], f"{name} in row {row}")
        remedy = "pass the number that is meant"
        raise InvalidPercentageError(items[row], "a number", remedy, f"{name} in row {row}")
    try:
        data = np.asanyarray(items)
    except ValueError:  # lists of several lengths
        raise InvalidColumnError(values, f"{name} in one dimension", "pass a number for each row") from None
    if data.dtype.kind == "O" and "f" in kinds and all(isinstance(item, int) for item in items):
        return np.array([min(max(item, -1), 21) for item in items])  # too large for NumPy, and clamped all the same
    if data.dtype.kind not in kinds and "f" not in kinds and data.ndim == 1:
        for row, item in enumerate(items):
            minor_units(item, f"{name} in row {row}")
    return data.astype(np.int64) if data.shape == (0,) else data


def _remedy(data: Numbers, kinds: str) -> str:
    """Return what to do about an array of another type; a cast would make 1500 minor units of 1500.50 major ones."""
    if data.dtype.kind == "f" and "f" not in kinds:
        return "if these are major units (1500.50), pass to_minor(str(value), currency) of each; else pass ints"
    if "f" in kinds:
        return "pass ints or floats of 64 bits"
    return "pass ints; to_minor(value, currency) reads a Decimal or text in major units"


def price(
    columns: Columns, schedule: FeeSchedule, *, out: QuoteArrays | None = None, threads: int = 1
) -> tuple[QuoteArrays, Mask | None]:
    """Return the figures of columns, 0 in the rows that are rejected, and which these are; None means no rows."""
    rows = len(columns.amounts)
    if type(threads) is not int or threads < 1:
        raise InvalidColumnError(threads, "threads as an int from 1", "pass how many processors to use")
    figures = QuoteArrays(*(np.empty(rows, np.int64) for _ in range(4))) if out is None else _checked(out, columns)
    rejected: list[Ints] = []

    def work(part: int) -> None:
        worker = _Worker(columns, schedule, figures)
        end = rows * (part + 1) // threads
        for start in range(rows * part // threads, end, BLOCK):
            mask = worker.fill(slice(start, min(start + BLOCK, end)))
            if mask is not None and mask.any():
                rejected.append(start + np.flatnonzero(mask))

    if threads == 1:
        work(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
    if not rejected:
        return figures, None
    mask = np.zeros(rows, np.bool_)
    mask[np.concatenate(rejected)] = True
    return figures, mask


def _checked(out: QuoteArrays, columns: Columns) -> QuoteArrays:
    if not isinstance(out, Sequence) or len(out) != 4:
        raise InvalidColumnError(out, "out as four arrays", "pass a QuoteArrays")
    inputs = [column for column in (columns.amounts, columns.percentages, columns.caps) if column is not None]
    for place, array in enumerate(out):
        if not _writes_each_row(array, len(columns.amounts)):
            expected = f"out as writeable int64 arrays of length {len(columns.amounts)}"
            raise InvalidColumnError(array, expected, "make them with numpy.empty")
        if any(np.shares_memory(array, other) for other in (*inputs, *out[:place])):  # exact, and fast in one dimension
            raise InvalidColumnError("an array that overlaps another", "out in separate memory", "copy it first")
    return QuoteArrays(*out)


def _writes_each_row(array: object, rows: int) -> bool:
    if not isinstance(array, np.ndarray) or array.dtype != np.int64 or array.shape != (rows,):
        return False
    return array.flags.writeable and (rows < 2 or array.strides != (0,))


class _Worker:
    """One thread's share of the work, with the memory that a block needs on the way."""

    def __init__(self, columns: Columns, schedule: FeeSchedule, figures: QuoteArrays) -> None:
        self.columns, self.figures = columns, figures
        self.platform, self.merchant = (kernel.prepare(rule._curve) for rule in (schedule.platform, schedule.merchant))
        self.marketplace = schedule.marketplace
        # Before their caps, the fees are at most the amount and a fifth of it, and what is reserved here.
        curve = schedule.platform._curve
        self.reserve = max(band.fee for band in curve.bands) // SCALE + curve.minimum + 2
        rows = min(BLOCK, len(columns.amounts))
        self.wide = np.empty((4, rows), np.int64)
        self.narrow = np.empty((2, rows), np.uint32)

    def fill(self, rows: slice) -> Mask | None:
        """Compute a block of rows; return which of them are rejected, or None for no rows."""
        buffers = self.wide[:, : rows.stop - rows.start]
        narrow, scratch = self.narrow[:, : rows.stop - rows.start]
        amounts, rejected = kernel.amounts(self.columns.amounts[rows], buffers[0])
        percentages, caps = _part(self.columns.percentages, rows), _part(self.columns.caps, rows)
        own = self.merchant.curve.bands[0].rate
        rates, wrong_rates = kernel.rates(percentages, buffers[1], buffers[3], scratch, own)
        limits, wrong_caps = kernel.caps(caps, buffers[2], self.merchant.curve.cap)
        rejected = kernel.either(kernel.either(rejected, wrong_rates), wrong_caps)
        if not self.marketplace:
            for column in (percentages, caps):
                rejected = kernel.either(rejected, None if column is None else ~np.ma.getmaskarray(column))
        if rejected is not None:
            amounts = np.where(rejected, 0, amounts)
        lowest, highest = int(amounts.min()), int(amounts.max())
        if highest <= kernel.NARROW:
            np.copyto(narrow, amounts, casting="unsafe")
        block = kernel.Block(amounts.view(np.uint64), narrow, scratch, lowest, highest)
        platform_fee, merchant_fee, total_fees, total_amount = (figure[rows] for figure in self.figures)
        kernel.charge(self.platform, block, platform_fee)
        kernel.charge(self.merchant, block, merchant_fee, rates, limits)
        if percentages is not None and self.merchant.bands is not None:
            # A row without a percentage is charged by its tier.
            by_tier = np.empty_like(merchant_fee)
            kernel.charge(self.merchant, block, by_tier, None, limits)
            np.copyto(merchant_fee, by_tier, where=np.ma.getmaskarray(percentages))
        if 2 * highest + highest // 5 + self.reserve > MAX_AMOUNT:
            beyond = _beyond(block.wide, platform_fee, merchant_fee)
            rejected = kernel.either(rejected, beyond)
            amounts = np.where(beyond, 0, amounts)
            for fee in (platform_fee, merchant_fee):
                np.copyto(fee, 0, where=beyond)
        np.add(platform_fee, merchant_fee, out=total_fees)
        np.add(total_fees, amounts, out=total_amount)
        return rejected


def _beyond(amounts: Wide, platform_fee: Ints, merchant_fee: Ints) -> Mask:
    """Return the rows whose total is above 2⁶³-1; their fees may be, too, and are read as unsigned."""
    left = np.uint64(MAX_AMOUNT) - amounts
    platform, merchant = platform_fee.view(np.uint64), merchant_fee.view(np.uint64)
    beyond: Mask = (platform > left) | (merchant > left - np.minimum(platform, left))
    return beyond


def _part(column: Numbers | None, rows: slice) -> Numbers | None:
    return None if column is None else column[rows]
