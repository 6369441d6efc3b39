"""Which figures of a document contradict the others, whatever shape it has.

A document says some things twice: a total is also a sum. So one wrong figure can be told from the
right ones around it: of the bases that a document states, the one whose figures agree with the most
of the document's is taken to be right.
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
    """One figure of a document that is not what it should be.

    >>> print(Discrepancy("$.fees.total_fees", 2_250_000, 2_250_001))
    $.fees.total_fees: expected 2250000, got 2250001
    """

    path: str
    """Where it is, as a JSON path."""
    expected: int | str
    """The figure in minor units or the currency that belongs there; or else, what kind of value does."""
    actual: object
    """What is there; None if nothing is."""

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {quoted(self.actual)}"

    def __repr__(self) -> str:
        return f"Discrepancy(path={self.path!r}, expected={self.expected!r}, actual={quoted(self.actual)})"


class Place(NamedTuple):
    """A figure of a document: where it is, what it is called ("amount" or a name in `FLAT`), and what is there."""

    path: str
    name: str
    actual: object


def contradictions(
    places: list[Place], plan: FeeSchedule, *, known: bool, exact: bool
) -> list[Discrepancy]:
    """Return the figures that differ from those of the base from which the fewest do.

    The bases are `amount`, `seller_amount`, and `total_amount` less `total_fees`; of equals, the
    earlier is taken. A commission that is not the plan's is `merchant_fee`, or what a total leaves
    for it within its range: again the one from which the fewest figures differ. A figure that
    depends on one that is in no place is not compared.

    Args:
        places: the document's figures; any of them may be missing, or there more than once.
        plan: what is charged, with the commission that is taken, or else the largest that may be.
        known: whether the platform's fee is the plan's; if not, or without a base, it is taken as
            it is.
        exact: whether the commission is the plan's; if not, it is any up to that.

    >>> from kashia_money import PUBLISHED
    >>> wrong = Place("$.fees.platform_fee", "platform_fee", 9_999)
    >>> contradictions([Place("$.amount", "amount", 5), wrong], PUBLISHED["NGN"], known=True, exact=True)
    [Discrepancy(path='$.fees.platform_fee', expected=10000, actual=9999)]
    """
    if known and _adds_up(places, plan, exact=exact):
        return []
    explanations = _explanations(places, plan, known=known, exact=exact)
    return min((differences(places, figures) for figures in explanations), key=len)


def _adds_up(places: list[Place], plan: FeeSchedule, *, exact: bool) -> bool:
    """Say whether the amount and the commission explain every figure: the quick answer for nearly every document."""
    stated = {name: actual for _, name, actual in places}
    base, merchant = stated.get("amount"), stated.get("merchant_fee")
    if not _is_amount(base) or not _is_amount(merchant):
        return False
    limit = plan.merchant._charge(base)
    figures = _figures(base, plan.platform._charge(base), limit if exact else merchant, limit)
    return not differences(places, figures)


def differences(places: list[Place], figures: Mapping[str, int | str | None]) -> list[Discrepancy]:
    """Return the figures that are not amounts, or not those that were computed; text says which amount belongs there.

    >>> differences([Place("$.amount", "amount", 5)], {"amount": 6})
    [Discrepancy(path='$.amount', expected=6, actual=5)]
    """
    found = []
    for path, name, actual in places:
        figure = figures[name]
        if not _is_amount(actual) or (actual != figure and figure is not None):
            expected = (
                figure
                if isinstance(figure, str) or _is_amount(figure)
                else _AMOUNT.format(MAX_AMOUNT)
            )
            found.append(Discrepancy(path, expected, actual))
    return found


def _is_amount(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MAX_AMOUNT


def _explanations(
    places: list[Place], plan: FeeSchedule, *, known: bool, exact: bool
) -> Iterator[_Figures]:
    """Yield figures that add up, each time from others of the document's; first from its amount and commission.

    A figure that cannot be told is None.
    """
    seen: dict[str, list[int]] = {name: [] for name in ("amount", *FLAT)}
    for place in places:
        if _is_amount(place.actual):
            seen[place.name].append(place.actual)
    fees, totals, commissions = seen["total_fees"], seen["total_amount"], seen["merchant_fee"]
    for base in _distinct(seen["amount"] + seen["seller_amount"] + _less(totals, fees)):
        limit = MAX_AMOUNT if base is None else plan.merchant._charge(base)
        for platform in (
            [plan.platform._charge(base)]
            if known and base is not None
            else _distinct(seen["platform_fee"])
        ):
            left = _less(fees, [platform]) + _less(_less(totals, [base]), [platform])
            derived = [fee for fee in left if fee <= limit]
            for merchant in (
                [limit] if exact and base is not None else _distinct(commissions + derived)
            ):
                yield _figures(base, platform, merchant, limit)


def _less(ones: list[int], others: Iterable[int | None]) -> list[int]:
    """Return what is left of each once each other is taken from it."""
    return [one - other for other in others if other is not None for one in ones if one >= other]


def _distinct(values: list[int]) -> list[int] | list[None]:
    return list(dict.fromkeys(values)) or [None]


def _figures(base: int | None, platform: int | None, merchant: int | None, limit: int) -> _Figures:
    total_fees = None if platform is None or merchant is None else platform + merchant
    return {
        "amount": base,
        "seller_amount": base,
        "platform_fee": platform,
        "merchant_fee": _AMOUNT.format(limit) if merchant is None or merchant > limit else merchant,
        "total_fees": total_fees,
        "total_amount": None if base is None or total_fees is None else base + total_fees,
    }
