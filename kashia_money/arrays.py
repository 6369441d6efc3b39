"""NumPy columns: the same figures for a month of orders at once.

Floor 5: imports `kernel`, `schedules`, `rounding` and `errors`, and `numpy`.

The columns are checked and worked through in blocks of rows, which `kernel` computes. Where a total could pass 64 bits,
the scalar itself is asked, row by row.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import kernel
from .errors import InvalidColumnError, KashiaMoneyError
from .rounding import MAX_AMOUNT, minor_units
from .schedules import schedule_for

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .currencies import Code
    from .kernel import Ints, Mask, Numbers
    from .quotes import Quote
    from .rounding import Percentage
    from .schedules import FeeSchedule

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
    currency: Code = "NGN",
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
        currency: an ISO 4217 code.
        merchant_fee_percentage: percent, clamped to 0-20: a constant, or n integers or floats, of which a masked one
            stands for the schedule's own.
        merchant_fee_cap: minor units: a constant, or n integers, of which a masked one stands for the schedule's own.
        schedule: what to charge by; None for the currency's published schedule.
        out: four int64 arrays of length n to write into, which share no memory with the rest.
        threads: how many to work with.

    Raises:
        InvalidAmountError, InvalidPercentageError: as `quote`, for the first row that is refused, with its index.
        InvalidColumnError: an array of another type (floats, objects, bools), length or shape, or masked amounts.

    >>> quote_arrays([50_000_000, 0], merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000).total_amount
    array([55750000,        0])
    """
    percentages, percentage = _split(merchant_fee_percentage)
    caps, cap = _split(merchant_fee_cap)
    plan = schedule_for(currency, schedule).overridden(percentage, cap)
    columns = Columns(amounts, percentages, caps)
    figures, refused = priced(columns, plan, out=out, threads=threads)
    if refused is not None:
        row = int(refused.argmax())
        try:
            columns.quote(row, plan)
        except KashiaMoneyError as error:
            raise type(error)(error.value, f"{error.expected}, in row {row}", error.remedy) from None
        raise AssertionError(f"the scalar accepts row {row}, which its column refused: please report it")
    return figures


def _split(term: Any) -> tuple[Any, Any]:
    """Return a term as a column and None, or None and a constant."""
    constant = term is None or isinstance(term, (str, bool, int, float, Decimal, np.generic))
    return (None, term) if constant else (term, None)


class Columns:
    """The columns of one call, checked: masked amounts are refused, other masked values stand for the schedule's."""

    def __init__(self, amounts: ArrayLike, percentages: ArrayLike | None = None, caps: ArrayLike | None = None) -> None:
        self.amounts = _column(amounts, "amounts", "iu")
        self.percentages = None if percentages is None else _column(percentages, "percentages", "iuf")
        self.caps = None if caps is None else _column(caps, "caps", "iu")
        for column in (self.percentages, self.caps):
            if column is not None and len(column) != len(self.amounts):
                expected = f"a column as long as the amounts, {len(self.amounts)}"
                raise InvalidColumnError(len(column), expected, "give each row its value")

    def quote(self, row: int, plan: FeeSchedule) -> Quote:
        """Return the scalar's quote for one row."""
        terms: list[Any] = [
            None if column is None or np.ma.is_masked(column[row]) else column[row].item()
            for column in (self.amounts, self.percentages, self.caps)
        ]
        amount, percentage, cap = terms
        return plan.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)


def _column(values: ArrayLike, name: str, kinds: str) -> Numbers:
    """Return one column, or raise what is wrong with it; `kinds` are NumPy's letters for the types that it may have."""
    data = np.asanyarray(values)
    if not isinstance(values, np.ndarray):
        # NumPy makes 1 of True, and takes what is too large for 64 bits, or nothing at all, for something else.
        if isinstance(values, (list, tuple)) and (data.dtype.kind not in kinds or bool in set(map(type, values))):
            items: list[Any] = list(values)
            for row, value in enumerate(items):
                minor_units(value, f"{name}, in row {row},")
        data = data.astype(np.int64) if data.size == 0 else data
    if data.dtype.kind not in kinds or data.dtype.itemsize > 8:
        types = "integers or floats of at most 64 bits" if "f" in kinds else "integers of at most 64 bits"
        raise InvalidColumnError(data.dtype.name, f"{name} as an array of {types}", "convert it first")
    if data.ndim != 1:
        raise InvalidColumnError(data.shape, f"{name} in one dimension", "ravel them first")
    return data


def priced(
    columns: Columns, plan: FeeSchedule, *, out: QuoteArrays | None = None, threads: int = 1
) -> tuple[QuoteArrays, Mask | None]:
    """Return the figures of columns, 0 in the rows that are refused, and which these are, or None if none is."""
    rows = len(columns.amounts)
    figures = QuoteArrays(*(np.empty(rows, np.int64) for _ in range(4))) if out is None else _checked(out, columns)
    refused: list[Ints] = []

    def work(part: int) -> None:
        worker = _Worker(columns, plan, figures)
        for start in range(rows * part // threads, rows * (part + 1) // threads, BLOCK):
            block = slice(start, min(start + BLOCK, rows * (part + 1) // threads))
            bad = worker.fill(block)
            if bad is not None and bad.any():
                refused.append(start + np.flatnonzero(bad))

    if threads == 1:
        work(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
    if not refused:
        return figures, None
    mask = np.zeros(rows, np.bool_)
    mask[np.concatenate(refused)] = True
    return figures, mask


def _checked(out: QuoteArrays, columns: Columns) -> QuoteArrays:
    if len(out) != 4:
        raise InvalidColumnError(f"{len(out)} arrays", "out as four arrays", "pass a QuoteArrays")
    given = [column for column in (columns.amounts, columns.percentages, columns.caps) if column is not None]
    for number, array in enumerate(out):
        if array.dtype != np.int64 or array.shape != columns.amounts.shape or not array.flags.writeable:
            expected = f"out as writeable int64 arrays of length {len(columns.amounts)}"
            raise InvalidColumnError(f"{array.dtype.name} {array.shape}", expected, "make them with numpy.empty")
        if any(np.may_share_memory(array, other) for other in (*given, *out[:number])):
            raise InvalidColumnError("an array that overlaps another", "out in memory of its own", "copy it first")
    return QuoteArrays(*out)


class _Worker:
    """One thread's share of the work, with its room for what a block needs on the way."""

    def __init__(self, columns: Columns, plan: FeeSchedule, figures: QuoteArrays) -> None:
        self.columns, self.plan, self.figures = columns, plan, figures
        rows = min(BLOCK, len(columns.amounts))
        self.wide = np.empty((4, rows), np.int64)
        self.narrow = np.empty((2, rows), np.uint32)

    def fill(self, rows: slice) -> Mask | None:
        """Work out a block of rows; return which of them are refused, or None if none is."""
        columns, platform, merchant = self.columns, self.plan.platform, self.plan.merchant
        room = self.wide[:, : rows.stop - rows.start]
        narrow, spare = self.narrow[:, : rows.stop - rows.start]
        amounts, bad_amounts = kernel.amounts(columns.amounts[rows], room[0])
        rates, bad_rates = kernel.rates(_part(columns.percentages, rows), room[1], room[3], spare, merchant.rate)
        caps, bad_caps = kernel.caps(_part(columns.caps, rows), room[2], merchant.cap)
        refused = kernel.either(kernel.either(bad_amounts, bad_rates), bad_caps)
        if refused is not None:
            amounts = np.where(refused, 0, amounts)
        lowest, highest = int(amounts.min()), int(amounts.max())
        # A fee before its cap is at most the amount and the flat part, a commission at most a fifth of the amount.
        if 2 * highest + highest // 5 + platform.flat + platform.minimum + 2 > MAX_AMOUNT:
            return self._fill_by_scalar(rows, refused)
        if highest <= kernel.NARROW:
            np.copyto(narrow, amounts, casting="unsafe")
        block = kernel.Block(amounts.view(np.uint64), narrow, spare, lowest, highest)
        platform_fee, merchant_fee, total_fees, total_amount = (figure[rows] for figure in self.figures)
        kernel.charge(platform, block, platform_fee)
        kernel.charge(merchant, block, merchant_fee, rates, caps)
        if columns.percentages is not None and len(merchant.bands) > 1:
            # A row without a percentage of its own pays by its tier.
            by_tier = np.empty_like(merchant_fee)
            kernel.charge(merchant, block, by_tier, None, caps)
            np.copyto(merchant_fee, by_tier, where=np.ma.getmaskarray(columns.percentages[rows]))
        np.add(platform_fee, merchant_fee, out=total_fees)
        np.add(total_fees, amounts, out=total_amount)
        return refused

    def _fill_by_scalar(self, rows: slice, refused: Mask | None) -> Mask:
        bad = np.zeros(rows.stop - rows.start, np.bool_) if refused is None else refused
        for row in range(rows.start, rows.stop):
            try:
                made = self.columns.quote(row, self.plan)
                found = (made.platform_fee, made.merchant_fee, made.total_fees, made.total_amount)
            except KashiaMoneyError:
                bad[row - rows.start] = True
                found = (0, 0, 0, 0)
            for figure, value in zip(self.figures, found, strict=True):
                figure[row] = value
        return bad


def _part(column: Numbers | None, rows: slice) -> Numbers | None:
    return None if column is None else column[rows]
