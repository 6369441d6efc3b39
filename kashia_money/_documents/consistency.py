"""Find the figures of a document that contradict its other figures.

A document states some facts twice: a total is also a sum. So the correct figures can identify a
wrong one. The document can contain several possible bases. The functions compute all figures from
each base, and take the base whose figures agree with most figures of the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypeGuard

from .._core.numbers import MAX_AMOUNT
from .._core.quotes import FIGURES
from ..errors import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._core.quotes import FeeSchedule

FLAT: Final = (*FIGURES, "seller_amount")

_AMOUNT: Final = "an int of minor units from 0 to {}"
_Figures: TypeAlias = dict[str, "int | str | None"]


class Discrepancy(NamedTuple):
    """A figure of a document that differs from the expected figure.

    >>> print(Discrepancy("$.fees.total_fees", 2_250_000, 2_250_001))
    $.fees.total_fees: expected 2250000, got 2250001
    """

    path: str
    """The place of the figure, as a JSON path."""
    expected: int | str
    """The correct amount in minor units, or the correct currency.

    If several values are possible, a text that describes them.
    """
    actual: object
    """The value in the document; None if the field is absent."""

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {quoted(self.actual)}"

    def __repr__(self) -> str:
        actual = quoted(self.actual)
        return f"Discrepancy(path={self.path!r}, expected={self.expected!r}, actual={actual})"


class Place(NamedTuple):
    """A figure of a document: its JSON path, its name and its value."""

    path: str
    name: str  # "amount" or a name in `FLAT`
    actual: object


def contradictions(
    places: list[Place], schedule: FeeSchedule, *, known: bool, exact: bool
) -> list[Discrepancy]:
    """Return the figures that differ from the figures of the best base.

    The possible bases are `amount`, `seller_amount`, and `total_amount` minus `total_fees`. The
    best base is the one from which the fewest figures differ; of equal ones, the first.

    If `exact` is false, the possible commissions are `merchant_fee` and the rest of a total, up to
    the schedule's commission. Again, the one from which the fewest figures differ is best. A figure
    is not compared if it depends on a figure that the document lacks.

    Args:
        places: the document's figures. A figure may be missing, or occur more than once.
        schedule: the fees; its commission is the correct one, or the largest one allowed.
        known: whether the schedule determines the platform fee. If it does not, or if there is no
            base, the document's platform fee is accepted.
        exact: whether the schedule determines the commission. If it does not, every commission
            from 0 to the schedule's is accepted.

    >>> from kashia_money import PUBLISHED
    >>> amount = Place("$.amount", "amount", 5)
    >>> wrong = Place("$.fees.platform_fee", "platform_fee", 9_999)
    >>> contradictions([amount, wrong], PUBLISHED["NGN"], known=True, exact=True)
    [Discrepancy(path='$.fees.platform_fee', expected=10000, actual=9999)]
    """
    if known and _adds_up(places, schedule, exact=exact):
        return []
    explanations = _explanations(places, schedule, known=known, exact=exact)
    return min((differences(places, figures) for figures in explanations), key=len)


def _adds_up(places: list[Place], schedule: FeeSchedule, *, exact: bool) -> bool:
    """Return whether the amount and the commission explain every figure.

    This is a quick test, which nearly every document passes.
    """
    stated = {name: actual for _, name, actual in places}
    base, merchant = stated.get("amount"), stated.get("merchant_fee")
    if not _is_amount(base) or not _is_amount(merchant):
        return False
    limit = schedule.merchant._charge(base)
    commission = limit if exact else merchant
    figures = _figures(base, schedule.platform._charge(base), commission, limit)
    return not differences(places, figures)


def differences(places: list[Place], figures: Mapping[str, int | str | None]) -> list[Discrepancy]:
    """Return the document's figures that are not amounts, or differ from the computed figures.

    A computed figure can be a text that describes the possible amounts. It can be None, which
    accepts every amount.

    >>> differences([Place("$.amount", "amount", 5)], {"amount": 6})
    [Discrepancy(path='$.amount', expected=6, actual=5)]
    """
    mismatches = []
    for path, name, actual in places:
        figure = figures[name]
        if not _is_amount(actual) or (actual != figure and figure is not None):
            expected = (
                figure
                if isinstance(figure, str) or _is_amount(figure)
                else _AMOUNT.format(MAX_AMOUNT)
            )
            mismatches.append(Discrepancy(path, expected, actual))
    return mismatches


def _is_amount(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MAX_AMOUNT


def _explanations(
    places: list[Place], schedule: FeeSchedule, *, known: bool, exact: bool
) -> Iterator[_Figures]:
    """Yield sets of figures that add up, each computed from a few of the document's amounts.

    The first set follows from its amount and commission. A figure that cannot be computed is None.
    """
    amounts: dict[str, list[int]] = {name: [] for name in ("amount", *FLAT)}
    for place in places:
        if _is_amount(place.actual):
            amounts[place.name].append(place.actual)
    fees = amounts["total_fees"]
    totals = amounts["total_amount"]
    bases = amounts["amount"] + amounts["seller_amount"] + _subtract(totals, fees)
    for base in _distinct(bases):
        limit = MAX_AMOUNT if base is None else schedule.merchant._charge(base)
        platform_fees = (
            [schedule.platform._charge(base)]
            if known and base is not None
            else _distinct(amounts["platform_fee"])
        )
        for platform in platform_fees:
            rests = _subtract(fees, [platform]) + _subtract(_subtract(totals, [base]), [platform])
            commissions = amounts["merchant_fee"] + [rest for rest in rests if rest <= limit]
            merchant_fees = [limit] if exact and base is not None else _distinct(commissions)
            for merchant in merchant_fees:
                yield _figures(base, platform, merchant, limit)


def _subtract(amounts: list[int], parts: Iterable[int | None]) -> list[int]:
    """Return every amount minus every part, where that is not negative."""
    return [
        amount - part for part in parts if part is not None for amount in amounts if amount >= part
    ]


def _distinct(values: list[int]) -> list[int] | list[None]:
    return list(dict.fromkeys(values)) or [None]


def _figures(base: int | None, platform: int | None, merchant: int | None, limit: int) -> _Figures:
    total_fees = None if platform is None or merchant is None else platform + merchant
    total_amount = None if base is None or total_fees is None else base + total_fees
    out_of_range = merchant is None or merchant > limit
    return {
        "amount": base,
        "seller_amount": base,
        "platform_fee": platform,
        "merchant_fee": _AMOUNT.format(limit) if out_of_range else merchant,
        "total_fees": total_fees,
        "total_amount": total_amount,
    }
