"""How much a visitor downloads, and the figures of the page."""

from __future__ import annotations

import gzip
import random

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Tier
from kashia_money.javascript import to_javascript


def size(source: str) -> int:
    """The size as `gzip -9` writes it, in bytes."""
    return len(gzip.compress(source.encode(), 9))


def test_size_of_the_published_schedule() -> None:
    assert size(to_javascript(PUBLISHED["NGN"])) <= 1_400


def random_tiers() -> list[Tier]:
    """100 tiers with unrelated starts up to ₦10,000,000,000, percentages and flat parts."""
    chance = random.Random(19)
    starts = [0, *sorted(chance.sample(range(1, 10**12), 99))]
    return [
        Tier(start, f"{chance.uniform(0, 5):.2f}", chance.randrange(100_000)) for start in starts
    ]


def test_size_of_100_graduated_tiers() -> None:
    tiers = [Tier(tier.start, tier.percentage) for tier in random_tiers()]

    assert size(to_javascript(FeeSchedule("NGN", FeeRule.graduated(tiers)))) <= 2_700


def test_size_of_100_volume_tiers() -> None:
    assert size(to_javascript(FeeSchedule("NGN", FeeRule.volume(random_tiers())))) <= 3_000


def test_size_of_100_regular_tiers() -> None:
    tiers = [Tier(start * 1_234_500, f"{2.5 - start * 0.02:.2f}") for start in range(100)]

    assert size(to_javascript(FeeSchedule("NGN", FeeRule.graduated(tiers)))) <= 2_220
