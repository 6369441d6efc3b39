"""The chart of the fees against the amount: its scales, and the points of its two curves.

Both axes are logarithmic from their second tick on, and linear below it, so that 0 has a place.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kashia_money import Quote

from .database import Document


class Scale(NamedTuple):
    """From minor units to a place on an axis; `zero` and `low` are the places of 0 and `start`."""

    start: int
    end: int
    zero: float
    low: float
    high: float

    def place(self, value: int) -> float:
        """Return the place of an amount, at most `high`."""
        if value < self.start:
            return round(self.zero + (self.low - self.zero) * value / self.start, 1)
        share = math.log10(value / self.start) / math.log10(self.end / self.start)
        return round(self.low + (self.high - self.low) * min(share, 1), 1)


X = Scale(start=10**4, end=10**10, zero=52, low=92, high=350)
Y = Scale(start=10**3, end=10**10, zero=196, low=176, high=22)
_X_TICKS = {0: "0", 10**4: "₦100", 10**6: "₦10k", 10**8: "₦1m", 10**10: "₦100m"}
_Y_TICKS = {0: "0", 10**3: "₦10", 10**5: "₦1k", 10**7: "₦100k", 10**9: "₦10m"}


def chart(quote: Quote) -> Document:
    """Return the figures of a chart for the terms of a quote, and the place of its amount."""
    schedule = quote.schedule
    ends = schedule.platform.breakpoints()
    named = [("minimum ends", ends.minimum_until), ("cap begins", ends.cap_from)]
    breakpoints = [(name, amount) for name, amount in named if amount is not None]
    steps = [int(10 ** (4 + step / 8)) for step in range(49)]
    amounts = sorted({0, 1, *steps, *(amount for _, amount in breakpoints)})
    quotes = [schedule.quote(amount) for amount in amounts]
    return {
        "x": X,
        "y": Y,
        "x_ticks": [(label, X.place(amount)) for amount, label in _X_TICKS.items()],
        "y_ticks": [(label, Y.place(amount)) for amount, label in _Y_TICKS.items()],
        "breakpoints": breakpoints,
        "marks": [(name, X.place(amount)) for name, amount in breakpoints],
        "amounts": amounts,
        "platform": _points([(quote.amount, quote.platform_fee) for quote in quotes]),
        "total": _points([(quote.amount, quote.total_fees) for quote in quotes]),
        "visitor": (X.place(quote.amount), Y.place(quote.total_fees)),
    }


def _points(fees: list[tuple[int, int]]) -> str:
    return " ".join(f"{X.place(amount)},{Y.place(fee)}" for amount, fee in fees)
