"""Curves against the oracle, and what can be read off them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kashia_money import FeeRule, Rounding, Tier, commission
from kashia_money._core.curve import Band
from tests.columns.test_formula import small_rules
from tests.support import oracle
from tests.support.strategies import MAX

D = 10**8


def test_curve_of_a_waiver_has_two_bands() -> None:
    """1.5 %, and 10000 from 250000 on: the exact fee on 250000 is 3750 + 10000."""
    curve = FeeRule("1.5", flat=10_000, flat_from=250_000, minimum=7, cap=200_000)._curve

    assert curve.bands == (Band(0, 0, 1_500_000), Band(250_000, 13_750 * D, 1_500_000))
    assert (curve.minimum, curve.cap, curve.rounding) == (7, 200_000, Rounding.HALF_UP)


def test_curve_of_tiers_has_a_band_each() -> None:
    tiers = [Tier(0, 2), Tier(100, 1)]

    assert FeeRule.graduated(tiers)._curve.bands[1] == Band(100, 2 * D, 1_000_000)
    assert FeeRule.volume(tiers)._curve.bands[1] == Band(100, 1 * D, 1_000_000)
    assert FeeRule.volume(tiers)._curve.cap == MAX


def test_curve_rises_where_no_exact_fee_falls() -> None:
    seen = set()
    for rule in small_rules(Rounding.HALF_UP):
        exact = [oracle.exact_by(rule.to_dict(), amount) for amount in range(6)]
        rises = all(one <= other for one, other in pairwise(exact))
        seen.add(rises)

        assert rule._curve.rises == rises, rule

    assert seen == {True, False}


def test_curve_does_not_rise_if_one_band_falls() -> None:
    tiers = [Tier(0, 1), Tier(100, 2), Tier(200, 1), Tier(300, 2)]

    assert not FeeRule.volume(tiers)._curve.rises
    assert FeeRule.volume(tiers[:2])._curve.rises


SINGLE = [
    (FeeRule("1.5", minimum=5, cap=7), 1_500_000),
    (commission(25), 20_000_000),
    (FeeRule.volume([Tier(0, 2)]), 2_000_000),
    (FeeRule(0), 0),
    (FeeRule("1.5", flat=1), None),
    (FeeRule("1.5", flat=1, flat_from=5), None),
    (FeeRule.graduated([Tier(0, 2), Tier(100, 1)]), None),
]


@pytest.mark.parametrize(("rule", "rate"), SINGLE, ids=repr)
def test_curve_has_a_single_rate_for_every_amount(rule: FeeRule, rate: int | None) -> None:
    assert rule._curve.single_rate == rate
