"""The figures that the platform publishes, and those that a person worked out by hand."""

from __future__ import annotations

import pytest

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, commission, quote

# Amount, percentage and cap to the fees object (platform documentation, Payment Links).
PUBLISHED_FIGURES = [
    (150_000_000, None, None, (2_250_000, 0, 2_250_000, 152_250_000)),
    (100_000_000, 10, None, (1_500_000, 10_000_000, 11_500_000, 111_500_000)),
]


BY_HAND = [  # Amount, percentage and cap to the platform's fee and the commission.
    (0, None, None, (0, 0)),  # nothing is sold
    (1, None, None, (10_000, 0)),  # below the minimum fee
    (666_666, None, None, (10_000, 0)),  # 9999.99
    (666_699, None, None, (10_000, 0)),  # 10000.485: the last amount at the minimum
    (666_700, None, None, (10_001, 0)),  # 10000.5: a tie goes up
    (333_333_299, None, None, (4_999_999, 0)),  # 4999999.485
    (333_333_300, None, None, (5_000_000, 0)),  # 4999999.5: the first amount at the cap
    (100_000_000_000, None, None, (5_000_000, 0)),  # a billion naira
    (50_000_000, 10, 20_000_000, (750_000, 5_000_000)),
    (50_000_000, 10, 4_999_999, (750_000, 4_999_999)),
]


@pytest.mark.parametrize(("amount", "percentage", "cap", "figures"), PUBLISHED_FIGURES)
def test_quote_has_the_published_figures(
    amount: int, percentage: int | None, cap: int | None, figures: tuple[int, ...]
) -> None:
    link = quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)

    assert tuple(link.fees.values()) == figures
    assert link.seller_amount == amount


@pytest.mark.parametrize(("amount", "percentage", "cap", "fees"), BY_HAND)
def test_quote_has_the_fees_computed_by_hand(
    amount: int, percentage: int | None, cap: int | None, fees: tuple[int, int]
) -> None:
    link = quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)

    assert (link.platform_fee, link.merchant_fee) == fees
    assert PUBLISHED["NGN"].platform.fee(amount) == link.platform_fee


def test_fee_of_other_processors_by_hand() -> None:
    card = FeeRule("2.9", flat=30)  # Stripe's published 2.9 % + 30 ¢
    assert [card.fee(amount) for amount in (0, 1, 100, 10_000)] == [0, 30, 33, 320]
    local = FeeRule(
        "1.5", flat=100_00, flat_from=2_500_00, cap=2_000_00
    )  # Paystack's, local cards, in kobo
    assert [
        local.fee(amount) for amount in (249_999, 250_000, 10_000_000, 12_666_666, 20_000_000)
    ] == [
        3_750,
        13_750,
        160_000,
        200_000,
        200_000,
    ]


def test_quote_overrides_each_default_separately() -> None:
    schedule = FeeSchedule("NGN", FeeRule(0), commission(10, cap=50_000))
    links = {
        (None, None): commission(10, 50_000),
        (5, None): commission(5, 50_000),
        (None, 0): commission(10, 0),
    }
    links[25, 7] = commission(20, 7)
    for (percentage, cap), rule in links.items():
        link = schedule.quote(5, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
        assert link.schedule == FeeSchedule("NGN", FeeRule(0), rule)
