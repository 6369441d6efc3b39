"""The package's strategies: every draw keeps the promises, and the edges are drawn often."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kashia_money import (
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    Quote,
    Rounding,
    commission,
    exponent,
    strategies,
)
from kashia_money._hypothesis import register
from tests.support.oracle import exact_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

NGN = PUBLISHED["NGN"]
Drawn = TypeVar("Drawn")


def drawn(strategy: st.SearchStrategy[Drawn], examples: int = 300) -> list[Drawn]:
    """The same draws each time; Hypothesis leaves out what it has drawn before."""
    found: list[Drawn] = []

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def look(value: Drawn) -> None:
        found.append(value)

    look()
    return found


def share(matters: Callable[[Drawn], bool], values: list[Drawn]) -> float:
    return sum(map(matters, values)) / len(values)


@given(st.data(), strategies.rules())
def test_amounts_fit_every_rule(data: st.DataObject, rule: FeeRule) -> None:
    amount = data.draw(strategies.amounts(rule))
    assert 0 <= amount <= strategies.LARGEST
    rule.fee(amount)


@given(strategies.quotes(), strategies.quotes(NGN), strategies.schedules(st.just("USD")))
def test_quotes_and_schedules_draw_the_given_terms(
    any_quote: Quote, ours: Quote, dollars: FeeSchedule
) -> None:
    assert exponent(any_quote.currency) >= 0
    assert ours.schedule.platform is NGN.platform
    assert dollars.currency == "USD"


def near_a_bend(made: Quote) -> bool:
    """Whether a quote is within a few units of an amount at which its fees change their course."""
    rules = (made.schedule.platform, made.schedule.merchant)
    starts = [segment.low for rule in rules for segment in rule._segments]
    bends = starts + [bend for rule in rules for bend in rule.breakpoints() if bend]
    return any(abs(made.amount - bend) <= 3 for bend in bends)


def test_strategies_reach_breakpoints_often() -> None:
    assert {666_698, 666_699, 666_700, 333_333_299, 333_333_300, 333_333_301} <= set(
        drawn(strategies.amounts(), 100)
    )
    waived = FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000)
    assert {249_999, 250_000, 12_666_633} <= set(drawn(strategies.amounts(waived), 100))
    assert share(near_a_bend, drawn(strategies.quotes())) > 0.2


def test_strategies_draw_every_kind() -> None:
    assert {rule.mode for rule in drawn(strategies.rules())} == {None, "graduated", "volume"}
    rules = drawn(strategies.fee_rules())
    assert share(lambda rule: rule.flat > 0, rules) > 0.1
    assert share(lambda rule: rule.flat_from > 0, rules) > 0.1
    assert share(lambda rule: rule.minimum > 0, rules) > 0.1
    assert share(lambda rule: rule.cap is not None, rules) > 0.1
    assert {rule.rounding for rule in rules} == set(Rounding)
    tiered = drawn(strategies.tiered_rules())
    assert share(lambda rule: rule.mode == "volume", tiered) > 0.2
    assert share(lambda rule: rule.mode == "graduated", tiered) > 0.2
    assert share(lambda rule: len(rule.tiers) > 1, tiered) > 0.5
    assert share(lambda rule: any(tier.flat for tier in rule.tiers), tiered) > 0.1
    assert share(lambda rule: rule.minimum > 0, tiered) > 0.1
    assert share(lambda rule: rule.cap is not None, tiered) > 0.1
    assert {rule.rounding for rule in tiered} == set(Rounding)
    percentages = drawn(strategies.percentages())
    assert 0.1 < share(lambda percentage: percentage % 1 == 0, percentages) < 0.9
    commissions = drawn(strategies.commissions())
    assert share(lambda percentage: percentage < 0, commissions) > 0.1
    assert share(lambda percentage: percentage > 20, commissions) > 0.1
    assert share(lambda percentage: 0 < percentage < 20, commissions) > 0.1
    quotes = drawn(strategies.quotes())
    assert {made.explain()[0].basis for made in quotes} == {"cap", "minimum", "percentage"}
    assert share(lambda made: made.schedule.merchant.clamped_from is not None, quotes) > 0.05


def ties_throughout(rule: FeeRule) -> bool:
    """Whether a tier charges 100 % with half a unit over, so that each of its fees is a tie."""
    starts = [tier.start for tier in rule.tiers if tier.percentage == 100]
    return any(Fraction(exact_by(rule.to_dict(), start)) % 1 == Fraction(1, 2) for start in starts)


def test_tiered_rules_draw_ties_throughout() -> None:
    """A gross-up was wrong for those under half even, and 20,000 draws had none."""
    assert share(ties_throughout, drawn(strategies.tiered_rules(), 1_000)) > 0.01


@pytest.mark.parametrize("kind", [FeeRule, FeeSchedule, Quote])
def test_from_type_draws_the_type(kind: type) -> None:
    values: list[object] = drawn(st.from_type(kind), 20)

    assert all(isinstance(value, kind) for value in values)


@pytest.mark.parametrize(
    "imports",
    [
        "from hypothesis import given, strategies as st; from kashia_money import Quote",
        "from kashia_money import Quote; from hypothesis import given, strategies as st",
        (
            "from kashia_money import Quote, strategies;"
            " from hypothesis import given, strategies as st"
        ),
    ],
)
def test_from_type_works_without_set_up(imports: str) -> None:
    program = (
        f"{imports}\n@given(st.from_type(Quote))\ndef test(made): assert made.amount >= 0\ntest()"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_hypothesis_loads_no_dependency() -> None:
    program = "import hypothesis, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.split())

    assert "kashia_money._hypothesis" in loaded
    assert not loaded & {"kashia_money.strategies", "moneyed", "babel"}


def test_register_changes_nothing_when_repeated() -> None:
    register()

    assert {type(rule) for rule in drawn(st.from_type(FeeRule), 10)} == {FeeRule}


@given(strategies.commissions(), strategies.caps())
def test_commissions_make_rules(percentage: Decimal, cap: int | None) -> None:
    assert commission(percentage, cap).cap == cap
