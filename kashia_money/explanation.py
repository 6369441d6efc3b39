"""Why a fee is what it is: the steps to it, as data.

Floor 3: imports `fees` and `rounding`. `sentences` puts it into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .fees import FeeRule
from .rounding import rounded

if TYPE_CHECKING:
    from decimal import Decimal


class Step(NamedTuple):
    """How one fee came about; every figure is in minor units."""

    name: str
    """`"platform_fee"` or `"merchant_fee"`."""
    amount: int
    """The base that the fee is on."""
    rule: FeeRule
    """What was charged by; `rule.clamped_from` is the percentage that was asked for, if that was outside its range."""
    exact: Decimal
    """The percentage and the flat part, before rounding."""
    rounded: int
    """The same as a whole number of minor units, before the bounds."""
    basis: str
    """What the fee is: `"percentage"` (with the flat part, rounded), or the `"minimum"` or `"cap"` that it is at."""
    fee: int
    """What is charged."""


def step(name: str, rule: FeeRule, amount: int) -> Step:
    """Return how a rule's fee on a checked amount comes about.

    >>> step("platform_fee", FeeRule("1.5", minimum=10_000), 666_699).exact
    Decimal('10000.485')
    """
    from decimal import Decimal

    exact = rule.exact(amount)
    digits = f"{exact:09}"  # hundred-millionths
    shown = Decimal(f"{digits[:-8]}.{digits[-8:]}".rstrip("0").rstrip("."))
    return Step(name, amount, rule, shown, rounded(exact, rule.rounding), rule.basis(amount), rule.charge(amount))
