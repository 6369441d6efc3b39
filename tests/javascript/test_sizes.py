"""How much a visitor downloads, and the figures of the page."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Tier
from kashia_money.javascript import to_javascript

PAGE = (Path(__file__).parents[2] / "docs" / "browser.md").read_text("utf-8")


def size(source: str) -> int:
    """The size as `gzip -9` writes it, in bytes."""
    return len(gzip.compress(source.encode(), 9))


def on_page(sizes: int) -> bool:
    """Whether the page has a size in bytes, rounded up to the next 10."""
    return f" {-sizes // 10 * -10:,} bytes" in PAGE


def test_page_has_the_size_of_the_published_schedule() -> None:
    bytes_ = size(to_javascript(PUBLISHED["NGN"]))

    assert bytes_ <= 1_400
    assert on_page(bytes_)


def random_tiers() -> list[Tier]:
    """100 tiers with unrelated starts up to ₦10,000,000,000, percentages and flat parts."""
    chance = random.Random(19)
    starts = [0, *sorted(chance.sample(range(1, 10**12), 99))]
    return [
        Tier(start, f"{chance.uniform(0, 5):.2f}", chance.randrange(100_000)) for start in starts
    ]


def test_size_of_100_graduated_tiers() -> None:
    tiers = [Tier(tier.start, tier.percentage) for tier in random_tiers()]

    bytes_ = size(to_javascript(FeeSchedule("NGN", FeeRule.graduated(tiers))))

    assert bytes_ <= 2_630
    assert on_page(bytes_)


def test_size_of_100_volume_tiers() -> None:
    bytes_ = size(to_javascript(FeeSchedule("NGN", FeeRule.volume(random_tiers()))))

    assert bytes_ <= 3_000
    assert on_page(bytes_)


def test_size_of_100_regular_tiers() -> None:
    tiers = [Tier(start * 1_234_500, f"{2.5 - start * 0.02:.2f}") for start in range(100)]

    assert size(to_javascript(FeeSchedule("NGN", FeeRule.graduated(tiers)))) <= 2_220
