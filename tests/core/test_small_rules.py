"""Every small rule against brute force in rational numbers: small cases find what large draws miss.

Small means: the rates that matter, flat parts, thresholds and bounds of a few units, tiers that
start at 1 to 6, every rounding, and amounts and targets of 0 to 60. KASHIA_MONEY_EVERY_SMALL_RULE=1
tries all of them, also where three tiers make them many; without it, every fourth of those is
tried.
"""

from __future__ import annotations

import os
from fractions import Fraction
from functools import cache
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pytest

from kashia_money import (
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    Rounding,
    Tier,
    UnreachableTotalError,
)
from kashia_money._core.rules import MAKERS
from tests.support import oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kashia_money._core.fields import Mode

MAX = 2**63 - 1
EVERY = (
    1 if "KASHIA_MONEY_EVERY_SMALL_RULE" in os.environ else 4
)  # no divisor of the number of rates
TARGETS = range(61)
AMOUNTS = range(100)  # more than the targets, so that a net of 60 can be found above it

# Ties come with 12.5, 25, 50 and 75 %; a third and its like never tie; the last three leave little
# or nothing.
RATES = [
    "0",
    "0.000001",
    "1.5",
    "12.5",
    "20",
    "25",
    "33.333333",
    "50",
    "66.666667",
    "75",
    "99.999999",
    "100",
]
TIER_RATES = ("0", "12.5", "50", "75", "100")
FLATS = [(0, 0), *product((1, 3), (0, 2, 5))]  # with the threshold
BOUNDS = [(0, None), (0, 0), (0, 2), (1, None), (1, 1), (2, 7), (4, 30)]  # minimum and cap
TIER_BOUNDS = [(0, None), (1, 6)]

Bounds: TypeAlias = "tuple[int, int | None]"


class Small(NamedTuple):
    """A rule, and the oracle's fee on each amount before and after rounding and bounds."""

    rule: FeeRule
    exact: list[Fraction]
    fees: list[int]


def bounded(exact: list[Fraction], bounds: Bounds, rounding: Rounding) -> list[int]:
    return [
        oracle.bounded(amount, fee, *bounds, rounding.value) for amount, fee in enumerate(exact)
    ]


def one_percentage() -> Iterator[Small]:
    for rate, (flat, start) in product(RATES, FLATS):
        exact = [oracle.exact_fee(amount, Fraction(rate), flat, start) for amount in AMOUNTS]
        for bounds, rounding in product(BOUNDS, Rounding):
            minimum, cap = bounds
            rule = FeeRule(
                rate, flat=flat, flat_from=start, minimum=minimum, cap=cap, rounding=rounding
            )
            yield Small(rule, exact, bounded(exact, bounds, rounding))


def tiered(mode: Mode, count: int, every: int = 1) -> Iterator[Small]:
    """Every rule of `count` tiers, or one of each `every`.

    The first and the third volume tier have a flat part.
    """
    flats = (1, 0, 3) if mode == "volume" else (0, 0, 0)
    charge: Callable[..., Fraction] = oracle.volume if mode == "volume" else oracle.graduated
    shapes = product(combinations(range(1, 7), count - 1), product(TIER_RATES, repeat=count))
    for starts, rates in islice(shapes, 0, None, every):
        tiers = [Tier(*tier) for tier in zip((0, *starts), rates, flats, strict=False)]
        exact = [charge(amount, [tier._asdict() for tier in tiers]) for amount in AMOUNTS]
        for bounds, rounding in product(TIER_BOUNDS, Rounding):
            rule = MAKERS[mode](tiers, minimum=bounds[0], cap=bounds[1], rounding=rounding)
            yield Small(rule, exact, bounded(exact, bounds, rounding))


FAMILIES: dict[str, Callable[[], Iterator[Small]]] = {
    "one percentage": one_percentage,
    "graduated, two tiers": lambda: tiered("graduated", 2),
    "volume, two tiers": lambda: tiered("volume", 2),
    "graduated, three tiers": lambda: tiered("graduated", 3, EVERY),
    "volume, three tiers": lambda: tiered("volume", 3, EVERY),
}


@cache
def small_rules(family: str) -> list[Small]:
    return list(FAMILIES[family]())


@pytest.fixture(params=FAMILIES)
def rules(request: pytest.FixtureRequest) -> list[Small]:
    return small_rules(request.param)


def test_fee_and_net_match_brute_force(rules: list[Small]) -> None:
    for rule, _, fees in rules:
        assert [rule.fee(amount) for amount in AMOUNTS] == fees, rule
        assert [rule.net(amount) for amount in AMOUNTS] == [
            amount - fees[amount] for amount in AMOUNTS
        ], rule


def test_gross_up_matches_brute_force(rules: list[Small]) -> None:
    for rule, _, fees in rules:
        nets = [amount - fees[amount] for amount in AMOUNTS]
        for target in TARGETS:
            smallest = next((amount for amount in AMOUNTS if nets[amount] >= target), None)
            assert gross_up(rule, target, beyond=smallest is None) == smallest, (rule, target)


def gross_up(rule: FeeRule, target: int, *, beyond: bool) -> int | None:
    """The rule's answer; None for a right one that is beyond the amounts that brute force tries."""
    try:
        gross = rule.gross_up(target)
    except InvalidAmountError:
        assert beyond, f"{rule} leaves {target}"
        assert MAX - oracle.fee_by(rule.to_dict(), MAX) < target
        return None
    if not beyond:
        return gross
    assert gross > AMOUNTS[-1]
    assert gross - oracle.fee_by(rule.to_dict(), gross) >= target, (rule, target)
    return None


def test_breakpoints_match_brute_force(rules: list[Small]) -> None:
    last = AMOUNTS[-1]
    for rule, _, fees in rules:
        minimum_until, cap_from = rule.breakpoints()
        at_minimum = [amount for amount in AMOUNTS[1:] if fees[amount] == rule.minimum > 0]
        at_cap = [amount for amount in AMOUNTS[1:] if fees[amount] == rule.cap]
        if minimum_until is not None and minimum_until > last:
            assert at_minimum[-1] == last, (
                rule
            )  # no tier starts beyond, so all amounts up to it pay the minimum
        else:
            assert minimum_until == max(at_minimum, default=None), rule
        if cap_from is not None and cap_from > last:
            assert at_cap == [], rule
        else:
            assert cap_from == min(at_cap, default=None), rule


def test_explain_matches_brute_force(rules: list[Small]) -> None:
    for rule, exact, fees in rules:
        schedule = FeeSchedule("NGN", rule)
        for amount in AMOUNTS[:8]:
            step, _ = schedule.quote(amount).explain()
            assert Fraction(step.exact) == (exact[amount] if amount else 0), (rule, amount)
            assert (
                sum(part.amount * part.percentage / 100 + part.flat for part in step.parts)
                == step.exact
            )
            assert step.rounded == oracle.ROUND[rule.rounding](Fraction(step.exact))
            assert step.fee == fees[amount], (rule, amount)
            assert step.basis == basis(rule, fees[amount]), (rule, amount)


def basis(rule: FeeRule, fee: int) -> str:
    if fee == rule.cap:
        return "cap"
    return "minimum" if fee == rule.minimum > 0 else "percentage"


MERCHANTS = [
    FeeRule(0),
    FeeRule(20, cap=3),
    FeeRule("12.5", rounding=Rounding.HALF_EVEN),
    FeeRule.graduated([Tier(0, 20), Tier(4, 0), Tier(6, "12.5")], rounding=Rounding.UP),
    FeeRule.volume([Tier(0, 20), Tier(5, 5), Tier(9, 15)], cap=2, rounding=Rounding.HALF_DOWN),
]


def test_quote_within_and_for_total_match_brute_force(rules: list[Small]) -> None:
    for place, (rule, _, fees) in enumerate(rules[:: 12 * EVERY + 1]):
        merchant = MERCHANTS[place % len(MERCHANTS)]
        totals = [
            amount + fees[amount] + oracle.fee_by(merchant.to_dict(), amount) for amount in AMOUNTS
        ]
        schedule = FeeSchedule("NGN", rule, merchant)
        for target in TARGETS:
            affordable = [base for base in AMOUNTS if totals[base] <= target]
            assert schedule.quote_within(target).amount == affordable[-1], (schedule, target)
            assert for_total(schedule, target) == for_total_by_trying(totals, target), (
                schedule,
                target,
            )


def for_total(schedule: FeeSchedule, target: int) -> tuple[int | None, ...]:
    """The base, or the nearest totals on both sides."""
    try:
        return (schedule.quote_for_total(target).amount,)
    except UnreachableTotalError as error:
        return error.below, error.above


def for_total_by_trying(totals: list[int], target: int) -> tuple[int | None, ...]:
    if target in totals:
        return (max(base for base in AMOUNTS if totals[base] == target),)
    above = min(total for total in totals if total > target)
    assert above <= AMOUNTS[-1], "a base beyond the amounts may have a total as low"
    return max(total for total in totals if total < target), above
