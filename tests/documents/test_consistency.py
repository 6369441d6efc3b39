"""Contradictions in every small document, against a search that tries every base and every fee."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from kashia_money import PUBLISHED, Discrepancy, FeeRule, FeeSchedule, Rounding
from kashia_money._core.numbers import MAX_AMOUNT
from kashia_money._documents.consistency import Place, contradictions

if TYPE_CHECKING:
    from collections.abc import Iterator

Figures = dict[str, "int | None"]  # by name

# 10 %, at least 1, and a commission of at most 20 %: 0, 1, 2 and 4 on 0, 5, 10 and 20.
SCHEDULE = FeeSchedule("NGN", FeeRule(10, minimum=1), FeeRule(20, rounding=Rounding.UP))
FREE = FeeSchedule("NGN", FeeRule(0))
HIGHEST = 60

EVENT: dict[str, tuple[int | None, ...]] = {
    "amount": (None, 0, 5, 20),
    "seller_amount": (None, 5, 10),
    "platform_fee": (None, 1, 2),
    "merchant_fee": (None, 0, 2, 5),
    "total_fees": (None, 1, 2, 3, 6),
    "total_amount": (None, 2, 6, 11, 20, 23),
}
# Of a payment link, which does not have the seller's amount, more of each.
LINK: dict[str, tuple[int | None, ...]] = {
    "amount": (None, 0, 5, 10, 20),
    "platform_fee": (None, 1, 2),
    "merchant_fee": (None, 0, 1, 2, 4, 5),
    "total_fees": (None, 0, 1, 2, 3, 6),
    "total_amount": (None, 0, 2, 6, 7, 11, 12, 20, 23),
}


def plan(base: int) -> tuple[int, int]:
    """The platform's fee and the largest commission on a base."""
    return (max(1, (base + 5) // 10) if base else 0), -(-base // 5)


def explanations(stated: Figures, *, known: bool, exact: bool) -> Iterator[tuple[Figures, int]]:
    """The figures that follow from each base and commission, and the largest commission.

    A figure is None if it is unknown.
    """
    total, fees = stated["total_amount"], stated["total_fees"]
    bases = [stated["amount"], stated.get("seller_amount")]
    if total is not None and fees is not None and total >= fees:
        bases.append(total - fees)
    stated_bases: list[int | None] = [base for base in bases if base is not None]
    for base in stated_bases or [None]:
        due, limit = (None, HIGHEST) if base is None else plan(base)
        platform = due if known and base is not None else stated["platform_fee"]
        fixed = exact and base is not None
        for merchant in [limit] if fixed else commissions(stated, base, platform, limit):
            yield figures(base, platform, merchant), limit


def commissions(
    stated: Figures, base: int | None, platform: int | None, limit: int
) -> list[int | None]:
    """All commissions that at least one figure agrees with, the stated one first.

    Without such a commission, a list that holds only None.
    """
    tried = (figures(base, platform, merchant) for merchant in range(HIGHEST + 1))
    stays = stated["merchant_fee"]
    agreeing = [
        each["merchant_fee"]
        for each in tried
        if each["merchant_fee"] == stays
        or (
            (each["merchant_fee"] or 0) <= limit
            and agrees(stated, each, "total_fees", "total_amount")
        )
    ]
    by_fees = (
        None
        if platform is None or stated["total_fees"] is None
        else stated["total_fees"] - platform
    )
    return sorted(agreeing, key=lambda merchant: (merchant != stays, merchant != by_fees)) or [None]


def agrees(stated: Figures, computed: Figures, *names: str) -> bool:
    return any(stated[name] is not None and stated[name] == computed[name] for name in names)


def figures(base: int | None, platform: int | None, merchant: int | None) -> Figures:
    fees = None if platform is None or merchant is None else platform + merchant
    return {
        "amount": base,
        "seller_amount": base,
        "platform_fee": platform,
        "merchant_fee": merchant,
        "total_fees": fees,
        "total_amount": None if base is None or fees is None else base + fees,
    }


def differing(stated: Figures, computed: Figures, limit: int) -> Figures:
    """What should be where, None for a range."""
    right = (
        {**computed, "merchant_fee": None} if (computed["merchant_fee"] or 0) > limit else computed
    )
    return {
        name: right[name]
        for name, value in stated.items()
        if value is None
        or computed[name] not in (None, value)
        or (name == "merchant_fee" and value > limit)
    }


def reported(stated: Figures, *, known: bool, exact: bool) -> Figures:
    places = [Place(name, name, value) for name, value in stated.items()]
    found = contradictions(places, SCHEDULE, known=known, exact=exact)
    return {path: expected if isinstance(expected, int) else None for path, expected, _ in found}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("choices", [LINK, EVENT], ids=["link", "event"])
def test_contradictions_match_brute_force(
    choices: dict[str, tuple[int | None, ...]], known: bool, exact: bool
) -> None:
    for row in product(*choices.values()):
        stated = dict(zip(choices, row, strict=True))
        found = [
            differing(stated, *each) for each in explanations(stated, known=known, exact=exact)
        ]

        assert reported(stated, known=known, exact=exact) == min(found, key=len), stated


@pytest.mark.parametrize("exact", [True, False])
def test_contradictions_are_empty_if_all_adds_up(exact: bool) -> None:
    for row in product(*LINK.values()):
        stated = dict(zip(LINK, row, strict=True))
        amount, platform, merchant, fees, total = row
        right = None not in row and (platform, fees, total) == (
            plan(amount or 0)[0],
            (platform or 0) + (merchant or 0),
            (amount or 0) + (fees or 0),
        )
        limit = plan(amount or 0)[1]
        right = right and (merchant == limit if exact else (merchant or 0) <= limit)

        assert (reported(stated, known=True, exact=exact) == {}) == right, stated


@pytest.mark.parametrize("exact", [True, False])
def test_contradictions_end_with_the_expected_figures(exact: bool) -> None:
    for row in product(*LINK.values()):
        stated = dict(zip(LINK, row, strict=True))
        expected = reported(stated, known=True, exact=exact)
        if None not in expected.values():
            assert reported({**stated, **expected}, known=True, exact=exact) == {}, stated


def test_contradictions_compare_repeated_figures() -> None:
    """A payment link and an escrow event in one may state a figure in two places."""
    rows = [("$.amount", "amount", 10), ("$.fees.platform_fee", "platform_fee", 1)]
    rows += [("$.fees.merchant_fee", "merchant_fee", 0), ("$.merchant_fee", "merchant_fee", 2)]
    rows += [("$.fees.total_fees", "total_fees", 3), ("$.total_amount", "total_amount", 13)]
    found = contradictions([Place(*row) for row in rows], SCHEDULE, known=True, exact=False)

    assert found == [Discrepancy("$.fees.merchant_fee", 2, 0)]


def test_contradictions_take_the_largest_amount_and_none_beyond() -> None:
    places = [Place(name, name, MAX_AMOUNT if "amount" in name else 0) for name in EVENT]
    assert contradictions(places, FREE, known=True, exact=True) == []

    [found] = contradictions(
        [*places, Place("$", "total_amount", MAX_AMOUNT + 1)], FREE, known=True, exact=True
    )
    assert found == ("$", MAX_AMOUNT, MAX_AMOUNT + 1)


def test_contradictions_expect_no_amount_beyond_the_largest() -> None:
    places = [Place("amount", "amount", MAX_AMOUNT), Place("total", "total_amount", MAX_AMOUNT)]
    [found] = contradictions(places, FeeSchedule("NGN", FeeRule(flat=1)), known=True, exact=True)

    assert found == ("total", f"an int of minor units from 0 to {MAX_AMOUNT}", MAX_AMOUNT)


def test_contradictions_without_figures_expect_any_amount() -> None:
    names = [
        "platform_fee",
        "merchant_fee",
        "total_fees",
        "total_amount",
        "seller_amount",
        "amount",
    ]
    nothing = [Place(name, name, None) for name in names]
    for known in (False, True):
        for exact in (False, True):
            found = contradictions(nothing, PUBLISHED["NGN"], known=known, exact=exact)
            assert [discrepancy.path for discrepancy in found] == names
            assert {discrepancy.expected for discrepancy in found} == {
                f"an int of minor units from 0 to {MAX_AMOUNT}"
            }
