"""The computation of a fee, step by step, as data.

The steps are: the parts of the fee, their exact sum, the rounded sum, and the minimum or the cap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .fields import Row
from .numbers import percent
from .rounding import SCALE, rounded
from .rules import FeeRule

if TYPE_CHECKING:
    from decimal import Decimal


class FeePart(NamedTuple):
    """One part of a fee: the part of one tier, or the whole fee of a rule without tiers.

    The part is `percentage` of `amount`, plus `flat`. Amounts are in minor units.
    """

    start: int
    """The smallest amount in the tier; 0 for a rule without tiers."""
    amount: int
    """The amount that the percentage applies to."""
    percentage: Decimal
    """In percent."""
    flat: int
    """The flat part; 0 if the rule has no flat part, or if the amount does not pay it."""

    def to_dict(self) -> dict[str, object]:
        """Return the part as data, ready for `json.dumps`: the percentage as text.

        >>> from decimal import Decimal
        >>> FeePart(0, 10_000, Decimal("2.9"), 30).to_dict()
        {'start': 0, 'amount': 10000, 'percentage': '2.9', 'flat': 30}
        """
        return {**self._asdict(), "percentage": str(self.percentage)}


class FeeExplanation(NamedTuple):
    """The computation of one fee; every figure is in minor units."""

    name: str
    """`"platform_fee"` or `"merchant_fee"`."""
    amount: int
    """The base amount."""
    rule: FeeRule
    """The rule. `rule.clamped_from` is a commission's percentage before clamping."""
    parts: tuple[FeePart, ...]
    """The parts of the fee: one part, or one for each tier that a graduated rule charges."""
    exact: Decimal
    """The sum of the parts, before rounding."""
    rounded: int
    """The rounded sum, before the minimum and the cap."""
    basis: str
    """The basis of the fee: `"percentage"` (the rounded sum), `"minimum"` or `"cap"`."""
    fee: int
    """The fee that is charged."""

    def to_dict(self) -> dict[str, object]:
        """Return the explanation as data, ready for `json.dumps`: `exact` and percentages as text.

        >>> from kashia_money import quote
        >>> quote(666_699).explain()[0].to_dict()["exact"]
        '10000.485'
        """
        clamped_from = self.rule.clamped_from
        return {
            **self._asdict(),
            "rule": self.rule.to_dict(),
            "parts": [part.to_dict() for part in self.parts],
            "exact": format(self.exact, "f"),
            "clamped_from": None if clamped_from is None else str(clamped_from),
        }


def explain_fee(name: str, rule: FeeRule, amount: int) -> FeeExplanation:
    """Return the computation of a rule's fee on a checked amount.

    >>> explain_fee("platform_fee", FeeRule("1.5", minimum=10_000), 666_699).exact
    Decimal('10000.485')
    """
    from decimal import Decimal

    charges = _charges(rule, amount)
    exact_e8 = sum(part * row.rate + row.flat * SCALE for row, part in charges)
    digits = f"{exact_e8:09}"
    fee = rule._charge(amount)
    parts = [
        FeePart(row.start, part, Decimal(percent(row.rate)), row.flat) for row, part in charges
    ]
    return FeeExplanation(
        name=name,
        amount=amount,
        rule=rule,
        parts=tuple(parts),
        exact=Decimal(f"{digits[:-8]}.{digits[-8:]}".rstrip("0").rstrip(".")),
        rounded=rounded(exact_e8, rule.rounding),
        basis=_basis(rule, fee),
        fee=fee,
    )


def _charges(rule: FeeRule, amount: int) -> list[tuple[Row, int]]:
    """Return the tiers that charge an amount, each with the part of the amount that it charges."""
    fields = rule._fields
    reached = [row for row in fields.rows if row.start <= amount]
    if fields.mode == "graduated":
        ends = [*(row.start for row in reached[1:]), amount]
        return [(row, end - row.start) for row, end in zip(reached, ends, strict=True)]
    row = reached[-1]
    if amount == 0 or amount < fields.flat_from:
        row = row._replace(flat=0)
    return [(row, amount)]


def _basis(rule: FeeRule, fee: int) -> str:
    if fee == rule.cap:
        return "cap"
    return "minimum" if fee == rule.minimum > 0 else "percentage"
