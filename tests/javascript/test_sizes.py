"""How much a visitor downloads."""

from __future__ import annotations

import gzip

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Tier
from kashia_money.javascript import to_javascript


def size(source: str) -> int:
    return len(gzip.compress(source.encode(), 9))


def test_size_of_the_published_schedule() -> None:
    assert size(to_javascript(PUBLISHED["NGN"])) <= 1_700


def test_size_of_100_tiers() -> None:
    tiers = [Tier(start * 1_234_500, f"{2.5 - start * 0.02:.2f}") for start in range(100)]
    schedule = FeeSchedule("NGN", FeeRule.graduated(tiers))

    assert size(to_javascript(schedule)) <= 3_000
