"""Why a fee is what it is: the steps to it, as data.

Floor 3: imports `rounding`. `Rule` is only named here, as a type. `sentences` puts it into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .rounding import SCALE, percent, rounded

if TYPE_CHECKING:
    from decimal import Decimal

    from .rules import Rule


class Part(NamedTuple):
    """What one tier adds to a fee, or all of it where there are no tiers; amounts are in minor units."""

    start: int
    """The smallest amount in the tier; 0 where there are no tiers."""
    amount: int
    """What the percentage is taken of."""
    percentage: Decimal
    """In percent."""
    flat: int
    """The flat part, 0 for none."""


class Step(NamedTuple):
    """How one fee came about; every figure is in minor units."""

    name: str
    """`"platform_fee"` or `"merchant_fee"`."""
    amount: int
    """The base that the fee is on."""
    rule: Rule
    """What was charged by; `rule.clamped_from` is the percentage that was asked for, if that was outside its range."""
    parts: tuple[Part, ...]
    """What the fee is made up of: one part, or one for each tier that a graduated rule reaches."""
    exact: Decimal
    """The sum of the parts, before rounding."""
    rounded: int
    """The same as a whole number of minor units, before the bounds."""
    basis: str
    """What the fee is: `"percentage"` (the sum of the parts, rounded), or the `"minimum"` or `"cap"` that it is at."""
    fee: int
    """What is charged."""


def step(name: str, rule: Rule, amount: int) -> Step:
    """Return how a rule's fee on a checked amount comes about.

    >>> from kashia_money import FeeRule
    >>> step("platform_fee", FeeRule("1.5", minimum=10_000), 666_699).exact
    Decimal('10000.485')
    """
    from decimal import Decimal

    found = rule.parts(amount)
    exact = sum(part * rate + flat * SCALE for _, part, rate, flat in found)
    parts = tuple(Part(start, part, Decimal(percent(rate)), flat) for start, part, rate, flat in found)
    digits = f"{exact:09}"  # hundred-millionths
    shown = Decimal(f"{digits[:-8]}.{digits[-8:]}".rstrip("0").rstrip("."))
    nearest = rounded(exact, rule.rounding)
    return Step(name, amount, rule, parts, shown, nearest, rule.basis(amount), rule.charge(amount))
