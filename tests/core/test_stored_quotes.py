"""What a service stores: the quote's figures, and the schedule that charged them."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kashia_money import (
    PUBLISHED,
    FeeSchedule,
    InvalidAmountError,
    InvalidDocumentError,
    InvalidRuleError,
    NotAMarketplaceError,
    Quote,
    Settlement,
    commission,
    quote,
)
from tests.support.strategies import amounts, caps, commissions, schedules

if TYPE_CHECKING:
    from decimal import Decimal

NGN = PUBLISHED["NGN"]
VENDOR = FeeSchedule("NGN", NGN.platform, marketplace=False)


@given(schedules, amounts, amounts, st.none() | commissions, caps)
def test_schedule_of_a_quote_charges_as_the_link(
    marketplace: FeeSchedule, amount: int, other: int, percentage: Decimal | None, cap: int | None
) -> None:
    """The stored schedule needs no record of the link's terms, whatever the amount."""
    link = marketplace.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    stored = FeeSchedule.from_dict(json.loads(json.dumps(link.schedule.to_dict())))

    assert stored == link.schedule
    for base in (amount, other):
        assert stored.quote(base) == marketplace.quote(
            base, merchant_fee_percentage=percentage, merchant_fee_cap=cap
        )


def test_schedule_of_a_quote_distinguishes_links() -> None:
    fingerprints = {
        quote(5, merchant_fee_percentage=percentage, merchant_fee_cap=cap).schedule.fingerprint
        for percentage in (None, 10, 11)
        for cap in (None, 5, 6)
    }

    assert len(fingerprints) == 9
    assert quote(5).schedule.fingerprint == NGN.fingerprint


@given(schedules, amounts, st.none() | commissions, caps)
def test_from_dict_inverts_to_dict(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    link = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    document = json.loads(json.dumps(link.to_dict()))

    assert Quote.from_dict(document, link.schedule) == link


LINK = quote(50_000_000, merchant_fee_percentage=10)
WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    (
        {"total_amount": 1},
        InvalidDocumentError,
        r"\$.total_amount as 55750000, as the schedule has it, got 1",
    ),
    ({"platform_fee": 750_000.0}, InvalidDocumentError, r"\$.platform_fee"),
    ({"merchant_fee": True}, InvalidDocumentError, r"\$.merchant_fee"),
    (
        {"currency": "USD"},
        InvalidDocumentError,
        r"\$.currency as NGN, as the schedule has it, got 'USD'",
    ),
    ({"seller_amount": None}, InvalidDocumentError, r"\$.seller_amount"),
    ({"amount": "50000000"}, InvalidAmountError, r"\$.amount as an int"),
    ({"note": 5}, InvalidDocumentError, "no other fields"),
]


@pytest.mark.parametrize(("change", "error", "words"), WRONG)
def test_from_dict_rejects_other_figures(
    change: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Quote.from_dict(LINK.to_dict() | change, LINK.schedule)


def test_from_dict_rejects_another_shape() -> None:
    with pytest.raises(InvalidDocumentError, match="as an object"):
        Quote.from_dict([], NGN)
    with pytest.raises(InvalidDocumentError, match="with the field seller_amount"):
        Quote.from_dict({"amount": 5, "currency": "NGN", **quote(5).fees}, NGN)
    with pytest.raises(InvalidDocumentError, match="merchant_fee"):
        Quote.from_dict(LINK.to_dict(), NGN)  # the price list's schedule, which is not the link's
    with pytest.raises(TypeError, match="FeeSchedule"):
        Quote.from_dict(LINK.to_dict(), {})  # type: ignore[arg-type]  # that is the test


def test_settle_by_hand() -> None:
    link = quote(1_000_000)

    assert link.settle() == Settlement(
        buyer=0, seller=1_000_000, platform_fee=15_000, merchant_fee=0
    )
    assert link.settle(refunded=300_000) == Settlement(300_000, 700_000, 15_000, 0)
    assert link.settle(refunded=1_000_000) == Settlement(1_000_000, 0, 15_000, 0)


@pytest.mark.parametrize("terms", [{"merchant_fee_percentage": 0}, {"merchant_fee_cap": 0}])
def test_quote_rejects_a_single_vendors_commission(terms: dict[str, Any]) -> None:
    """The platform's documentation says "Marketplace only" of both fields."""
    name = next(iter(terms))
    for ask in (VENDOR.quote, VENDOR.quote_within, VENDOR.quote_for_total):
        with pytest.raises(
            NotAMarketplaceError,
            match=f"{name} as absent on a single vendor's link, got 0: leave it out",
        ):
            ask(10_101, **terms)
    with pytest.raises(NotAMarketplaceError, match=name):
        quote(10_101, schedule=VENDOR, **terms)
    with pytest.raises(NotAMarketplaceError, match=name):
        VENDOR.quote_for_total(5, **terms)  # which no base has, either


def test_quote_of_a_single_vendor_has_the_platform_fee() -> None:
    assert VENDOR.quote(150_000_000) == NGN.quote(150_000_000)
    assert VENDOR.quote_within(5_000_000).amount == 4_926_108
    assert FeeSchedule.from_dict(json.loads(json.dumps(VENDOR.to_dict()))) == VENDOR != NGN
    assert (
        repr(VENDOR)
        == "FeeSchedule('NGN', FeeRule('1.5', minimum=10000, cap=5000000), marketplace=False)"
    )
    assert pickle.loads(pickle.dumps(VENDOR)) == VENDOR
    assert (VENDOR.marketplace, NGN.marketplace) == (False, True)


def test_schedule_rejects_a_single_vendors_default() -> None:
    with pytest.raises(InvalidRuleError, match="no commission for a single vendor"):
        FeeSchedule("NGN", NGN.platform, commission(5), marketplace=False)
    with pytest.raises(InvalidDocumentError, match=r"\$.marketplace as true or false"):
        FeeSchedule.from_dict(NGN.to_dict() | {"marketplace": 0})
