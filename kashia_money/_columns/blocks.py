"""Compute the figures of columns in blocks of rows, in one or more threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._core.fields import MAX_COMMISSION
from .._core.numbers import MAX_AMOUNT
from .._core.rounding import SCALE
from ..errors import InvalidColumnError
from . import kernel
from .kernel import Ints

if TYPE_CHECKING:
    from .._core.quotes import FeeSchedule
    from .array_inputs import Columns
    from .kernel import Mask, Numbers, Wide

BLOCK = 65_536  # rows; a block's temporary arrays fit into the processor's second-level cache


class QuoteArrays(NamedTuple):
    """The figures of a column of quotes: int64 arrays of equal length, in minor units.

    >>> from kashia_money.arrays import quote_arrays
    >>> quote_arrays([100_000_000, 150_000_000]).total_amount.tolist()
    [101500000, 152250000]
    """

    platform_fee: Ints
    merchant_fee: Ints
    total_fees: Ints
    total_amount: Ints


def price(
    columns: Columns, schedule: FeeSchedule, *, out: QuoteArrays | None = None, threads: int = 1
) -> tuple[QuoteArrays, Mask | None]:
    """Return the figures of the columns, and a mask of the rejected rows.

    A rejected row has the figures 0. If no row is rejected, the mask is None.
    """
    rows = len(columns.amounts)
    if type(threads) is not int or threads < 1:
        raise InvalidColumnError(
            threads, "threads as an int from 1", "pass the number of processors to use"
        )
    figures = (
        QuoteArrays(*(np.empty(rows, np.int64) for _ in range(4)))
        if out is None
        else _check_out(out, columns)
    )
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


def _check_out(out: QuoteArrays, columns: Columns) -> QuoteArrays:
    """Return `out`, or raise an error if it cannot hold the figures of the columns."""
    if not isinstance(out, Sequence) or len(out) != 4:
        raise InvalidColumnError(out, "out as four arrays", "pass a QuoteArrays")
    inputs = [
        column
        for column in (columns.amounts, columns.percentages, columns.caps)
        if column is not None
    ]
    for index, array in enumerate(out):
        if not _writes_each_row(array, len(columns.amounts)):
            expected = f"out as writeable int64 arrays of length {len(columns.amounts)}"
            raise InvalidColumnError(array, expected, "create them with numpy.empty")
        # In one dimension, this exact check is fast.
        if any(np.shares_memory(array, other) for other in (*inputs, *out[:index])):
            raise InvalidColumnError(
                "an array that overlaps another", "out in separate memory", "copy it first"
            )
    return QuoteArrays(*out)


def _writes_each_row(array: object, rows: int) -> bool:
    """Return whether an array is writeable, of type int64, and has separate memory for each row."""
    if not isinstance(array, np.ndarray) or array.dtype != np.int64 or array.shape != (rows,):
        return False
    return array.flags.writeable and (rows < 2 or array.strides != (0,))


class _Worker:
    """The work of one thread, and its memory for the temporary arrays of a block."""

    def __init__(self, columns: Columns, schedule: FeeSchedule, figures: QuoteArrays) -> None:
        self.columns = columns
        self.figures = figures
        self.platform, self.merchant = (
            kernel.prepare(rule._curve) for rule in (schedule.platform, schedule.merchant)
        )
        self.marketplace = schedule.marketplace
        # Before its cap, the platform fee is at most the amount plus the reserve. The commission is
        # at most a fifth of the amount.
        curve = schedule.platform._curve
        self.reserve = max(band.fee for band in curve.bands) // SCALE + curve.minimum + 2
        rows = min(BLOCK, len(columns.amounts))
        self.wide = np.empty((4, rows), np.int64)
        self.narrow = np.empty((2, rows), np.uint32)

    def fill(self, rows: slice) -> Mask | None:
        """Compute a block of rows, and return a mask of the rejected ones; None means no row."""
        buffers = self.wide[:, : rows.stop - rows.start]
        narrow, scratch = self.narrow[:, : rows.stop - rows.start]
        amounts, rejected = kernel.amounts(self.columns.amounts[rows], buffers[0])
        percentages, caps = _part(self.columns.percentages, rows), _part(self.columns.caps, rows)
        default_rate = self.merchant.curve.bands[0].rate
        rates, wrong_rates = kernel.rates(
            percentages, buffers[1], buffers[3], scratch, default_rate
        )
        limits, wrong_caps = kernel.caps(caps, buffers[2], self.merchant.curve.cap)
        rejected = kernel.either(kernel.either(rejected, wrong_rates), wrong_caps)
        if not self.marketplace:
            for column in (percentages, caps):
                if column is not None:
                    rejected = kernel.either(rejected, ~np.ma.getmaskarray(column))
        if rejected is not None:
            amounts = np.where(rejected, 0, amounts)
        lowest, highest = int(amounts.min()), int(amounts.max())
        if highest <= kernel.NARROW:
            np.copyto(narrow, amounts, casting="unsafe")
        block = kernel.Block(amounts.view(np.uint64), narrow, scratch, lowest, highest)
        platform_fee, merchant_fee, total_fees, total_amount = (
            figure[rows] for figure in self.figures
        )
        kernel.charge(self.platform, block, platform_fee)
        kernel.charge(self.merchant, block, merchant_fee, rates, limits)
        if percentages is not None and self.merchant.bands is not None:
            self._charge_tiers(block, merchant_fee, limits, np.ma.getmaskarray(percentages))
        most = highest * MAX_COMMISSION // SCALE
        if 2 * highest + most + self.reserve > MAX_AMOUNT:
            beyond = _beyond(block.wide, platform_fee, merchant_fee)
            rejected = kernel.either(rejected, beyond)
            amounts = np.where(beyond, 0, amounts)
            for fee in (platform_fee, merchant_fee):
                np.copyto(fee, 0, where=beyond)
        np.add(platform_fee, merchant_fee, out=total_fees)
        np.add(total_fees, amounts, out=total_amount)
        return rejected

    def _charge_tiers(
        self, block: kernel.Block, merchant_fee: Ints, limits: Ints | None, without: Mask
    ) -> None:
        """Write the commission of the rows without a percentage: their tier determines it."""
        by_tier = np.empty_like(merchant_fee)
        kernel.charge(self.merchant, block, by_tier, None, limits)
        np.copyto(merchant_fee, by_tier, where=without)


def _beyond(amounts: Wide, platform_fee: Ints, merchant_fee: Ints) -> Mask:
    """Return a mask of the rows whose total is above 2⁶³-1.

    The fees are read as unsigned, because a fee can also be above 2⁶³-1.
    """
    left = np.uint64(MAX_AMOUNT) - amounts
    platform, merchant = platform_fee.view(np.uint64), merchant_fee.view(np.uint64)
    beyond: Mask = (platform > left) | (merchant > left - np.minimum(platform, left))
    return beyond


def _part(column: Numbers | None, rows: slice) -> Numbers | None:
    return None if column is None else column[rows]
