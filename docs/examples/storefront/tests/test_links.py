"""The documented endpoints, on both databases."""

from __future__ import annotations

import time

import pytest
from kashia_money import PUBLISHED, FeeRule, FeeSchedule
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from storefront.app import Shop
from storefront.database import Database, Link

from .support import LINKS, NewTenant, Tenant, event_for, send_event

DEARER = FeeSchedule("NGN", FeeRule(3, minimum=200_00))


def links_in(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Link)) or 0


def test_create_answers_as_the_single_vendor_example(vendor: Tenant) -> None:
    request = {
        "buyer_user_id": vendor.buyer,
        "title": "iPhone 15 Pro Max",
        "description": "256GB, Blue Titanium, Brand New",
        "amount": 150_000_000,
        "currency": "NGN",
        "metadata": {"order_id": "ORD-12345", "product_id": "PROD-678"},
        "redirect_url": "https://yourstore.com/order/confirmed",
    }

    response = vendor.client.post(LINKS, json=request)

    answer = response.json()
    data = answer["data"]
    assert response.status_code == 201
    assert answer == {"success": True, "data": data}
    assert list(data) == [
        "id",
        "reference",
        "payment_url",
        "title",
        "amount",
        "currency",
        "fees",
        "status",
        "buyer",
        "seller",
        "expires_at",
        "created_at",
    ]
    assert data["fees"] == {
        "platform_fee": 2_250_000,
        "merchant_fee": 0,
        "total_fees": 2_250_000,
        "total_amount": 152_250_000,
    }
    assert data["payment_url"] == f"http://shop.test/links/{data['reference']}"
    assert (data["status"], data["expires_at"]) == ("active", None)
    assert data["buyer"] == {
        "id": vendor.buyer,
        "email": "john@example.com",
        "first_name": "John",
        "last_name": "Doe",
    }
    assert data["seller"]["id"] == vendor.seller
    assert vendor.client.get(f"{LINKS}/{data['reference']}").json() == answer


def test_create_prices_the_marketplace_example(tenant: Tenant) -> None:
    link = tenant.create(
        amount=50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000
    )

    assert link["fees"] == {
        "platform_fee": 750_000,
        "merchant_fee": 5_000_000,
        "total_fees": 5_750_000,
        "total_amount": 55_750_000,
    }


def test_marketplace_example_with_ten_percent(tenant: Tenant) -> None:
    link = tenant.create(amount=100_000_000, merchant_fee_percentage=10)

    assert link["fees"]["total_amount"] == 111_500_000


@pytest.mark.parametrize("field", ["merchant_fee_percentage", "merchant_fee_cap"])
def test_single_vendor_takes_no_commission(vendor: Tenant, field: str) -> None:
    request = vendor.request(**{field: 5})

    response = vendor.client.post(LINKS, json=request)

    assert (response.status_code, response.json()["field"]) == (422, field)


def test_seller_is_a_marketplaces_choice(tenant: Tenant, vendor: Tenant) -> None:
    missing = tenant.client.post(LINKS, json=tenant.request(seller_user_id=None))
    other = vendor.client.post(LINKS, json=vendor.request(seller_user_id=vendor.buyer))

    assert (missing.status_code, missing.json()["field"]) == (422, "seller_user_id")
    assert (other.status_code, other.json()["field"]) == (422, "seller_user_id")
    assert vendor.create(seller_user_id=vendor.seller.upper())["seller"]["id"] == vendor.seller


def test_customers_and_links_belong_to_one_merchant(tenant: Tenant, vendor: Tenant) -> None:
    stranger = tenant.client.post(LINKS, json=tenant.request(buyer_user_id=vendor.buyer))
    reference = vendor.create()["reference"]

    assert (stranger.status_code, stranger.json()["field"]) == (422, "buyer_user_id")
    assert tenant.client.get(f"{LINKS}/{reference}").status_code == 404
    assert tenant.client.post(f"{LINKS}/{reference}/cancel").status_code == 404
    assert tenant.client.get(LINKS).json()["data"] == []


def test_quote_explains_and_stores_nothing(tenant: Tenant, service: tuple[Shop, str]) -> None:
    before = links_in(service[0].database)

    response = tenant.client.post(
        f"{LINKS}/quote", json={"amount": 400_000_000, "merchant_fee_percentage": 25}
    )

    data = response.json()["data"]
    assert response.status_code == 200
    assert data["fees"] == {
        "platform_fee": 5_000_000,
        "merchant_fee": 80_000_000,
        "total_fees": 85_000_000,
        "total_amount": 485_000_000,
    }
    assert data["basis"] == {"platform_fee": "cap", "merchant_fee": "percentage"}
    assert data["sentences"][1].endswith("It is capped at ₦50,000.00.")
    assert "outside 0-20 %" in data["sentences"][2]
    assert data["fingerprint"] == PUBLISHED["NGN"].fingerprint
    assert data["schedule_fingerprint"] != data["fingerprint"]
    assert links_in(service[0].database) == before


def test_stored_link_is_never_priced_again(tenant: Tenant) -> None:
    link = tenant.create(merchant_fee_percentage=5)

    tenant.change_price_list(DEARER)

    assert tenant.client.get(f"{LINKS}/{link['reference']}").json()["data"] == link
    assert tenant.client.get(LINKS).json()["data"] == [link]
    assert tenant.create(merchant_fee_percentage=5)["fees"]["platform_fee"] == 4_500_000
    with tenant.database.read() as session:
        stored = session.scalars(select(Link).where(Link.reference == link["reference"])).one()
    assert stored.price_list_fingerprint == PUBLISHED["NGN"].fingerprint
    assert stored.schedule_fingerprint == stored.quote.schedule.fingerprint
    assert stored.quote.fees == link["fees"]


@pytest.mark.parametrize("change", ["total_amount = total_amount + 1", "merchant_fee = 1"])
def test_database_rejects_sums_that_are_wrong(tenant: Tenant, change: str) -> None:
    tenant.create()

    with pytest.raises(IntegrityError), tenant.database.write() as session:
        session.execute(
            text(f"UPDATE payment_links SET {change} WHERE merchant_id = :merchant"),
            {"merchant": tenant.merchant_id},
        )


def test_largest_amount_is_stored_exactly(tenant: Tenant) -> None:
    amount = 2**63 - 1 - 5_000_000  # the fee is at its cap of 5000000

    link = tenant.create(amount=amount)

    assert link["fees"]["total_amount"] == 9_223_372_036_854_775_807
    assert tenant.client.get(f"{LINKS}/{link['reference']}").json()["data"] == link
    response = tenant.client.post(LINKS, json=tenant.request(amount=amount + 1))
    assert (response.status_code, response.json()["field"]) == (422, "amount")


def test_list_pages_are_in_total_order(tenant: Tenant) -> None:
    references = [tenant.create(amount=100 + i)["reference"] for i in range(5)]  # in one second

    def page(number: int, size: int) -> list[str]:
        response = tenant.client.get(LINKS, params={"page": number, "per_page": size})
        assert response.json()["meta"] == {
            "page": number,
            "per_page": size,
            "total": 5,
            "total_pages": 3,
        }
        return [link["reference"] for link in response.json()["data"]]

    assert page(1, 2) + page(2, 2) + page(3, 2) == references[::-1]
    assert page(4, 2) == page(999_999_999, 2) == []


def test_list_defaults_and_limits(tenant: Tenant) -> None:
    meta = tenant.client.get(LINKS).json()["meta"]

    assert meta == {"page": 1, "per_page": 20, "total": 0, "total_pages": 0}
    assert tenant.client.get(LINKS, params={"per_page": 100}).status_code == 200
    assert tenant.client.get(LINKS, params={"per_page": 101}).status_code == 422


def test_list_filters_by_status(tenant: Tenant, new_tenant: NewTenant) -> None:
    brief = new_tenant(link_seconds=0)
    expired = brief.create()
    active, cancelled, paid = (tenant.create() for _ in range(3))
    tenant.client.post(f"{LINKS}/{cancelled['reference']}/cancel")
    send_event(tenant.client, event_for(paid))

    def listed(client: Tenant, status: str) -> list[str]:
        links = client.client.get(LINKS, params={"status": status}).json()["data"]
        assert {link["status"] for link in links} <= {status}
        return [link["reference"] for link in links]

    assert listed(tenant, "active") == [active["reference"]]
    assert listed(tenant, "cancelled") == [cancelled["reference"]]
    assert listed(tenant, "completed") == [paid["reference"]]
    assert listed(tenant, "expired") == listed(brief, "active") == []
    assert listed(brief, "expired") == [expired["reference"]]
    assert expired["expires_at"] == expired["created_at"]
    response = tenant.client.get(LINKS, params={"status": "open"})
    assert (response.status_code, response.json()["field"]) == (422, "status")


def test_cancel_changes_an_active_link_once(tenant: Tenant) -> None:
    link = tenant.create()
    path = f"{LINKS}/{link['reference']}/cancel"

    first, second = tenant.client.post(path), tenant.client.post(path)

    assert (first.status_code, first.json()["data"]) == (200, {**link, "status": "cancelled"})
    assert (second.status_code, second.json()["message"]) == (
        409,
        "the link is cancelled already",
    )


def test_cancel_says_that_a_link_is_paid(tenant: Tenant) -> None:
    link = tenant.create()
    send_event(tenant.client, event_for(link))

    response = tenant.client.post(f"{LINKS}/{link['reference']}/cancel")

    assert (response.status_code, response.json()["message"]) == (409, "the link is paid")


def test_expiry_follows_from_the_clock(new_tenant: NewTenant) -> None:
    brief = new_tenant(link_seconds=1)
    link = brief.create()
    path = f"{LINKS}/{link['reference']}"

    assert link["expires_at"] > link["created_at"]
    deadline = time.monotonic() + 10
    while brief.client.get(path).json()["data"]["status"] == "active":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert brief.client.get(path).json()["data"] == {**link, "status": "expired"}
    assert brief.client.post(f"{path}/cancel").json()["message"] == "the link is expired"


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_payment_wins(new_tenant: NewTenant, end: str) -> None:
    tenant = new_tenant(link_seconds=0 if end == "expired" else None)
    link = tenant.create()
    path = f"{LINKS}/{link['reference']}"
    tenant.client.post(f"{path}/cancel")
    assert tenant.client.get(path).json()["data"]["status"] == end

    outcome = send_event(tenant.client, event_for(link)).json()["data"]

    assert outcome["result"] == "completed"
    assert tenant.client.get(path).json()["data"]["status"] == "completed"


def test_transactions_have_the_documented_pagination(tenant: Tenant) -> None:
    links = [tenant.create(amount=100 + i) for i in range(3)]
    for link in links:
        send_event(tenant.client, event_for(link))

    def page(number: int, size: int | None) -> dict[str, object]:
        params = {"currentPage": number, **({} if size is None else {"pageSize": size})}
        response = tenant.client.get("/api/v1/external/transactions", params=params)
        answer: dict[str, object] = response.json()
        assert list(answer) == ["response", "status", "message", "pagination"]
        assert answer["status"] == "success"
        return answer

    first, second, past, whole = page(1, 2), page(2, 2), page(9, 2), page(1, None)
    assert first["pagination"] == {
        "totalDocs": 3,
        "limit": 2,
        "totalPages": 2,
        "page": 1,
        "pagingCounter": 1,
        "hasPrevPage": False,
        "hasNextPage": True,
        "prevPage": None,
        "nextPage": 2,
    }
    assert second["pagination"] == {
        "totalDocs": 3,
        "limit": 2,
        "totalPages": 2,
        "page": 2,
        "pagingCounter": 3,
        "hasPrevPage": True,
        "hasNextPage": False,
        "prevPage": 1,
        "nextPage": None,
    }
    assert past["response"] == {"data": []}
    assert past["pagination"] == {
        "totalDocs": 3,
        "limit": 2,
        "totalPages": 2,
        "page": 9,
        "pagingCounter": 17,
        "hasPrevPage": True,
        "hasNextPage": False,
        "prevPage": 2,
        "nextPage": None,
    }
    data = whole["response"]["data"]  # type: ignore[index]
    assert whole["pagination"]["limit"] == 10  # type: ignore[index]
    assert [row["payment_link"] for row in data] == [link["reference"] for link in links[::-1]]
    assert data[2]["reference"] == "ESC-a1b2c3d4"
    assert (data[2]["platform_fee"], data[2]["total_amount"]) == (10_000, 10_100)


def test_transactions_of_a_new_merchant_are_one_empty_page(tenant: Tenant) -> None:
    answer = tenant.client.get("/api/v1/external/transactions").json()

    assert answer["response"] == {"data": []}
    assert answer["pagination"] == {
        "totalDocs": 0,
        "limit": 10,
        "totalPages": 1,
        "page": 1,
        "pagingCounter": 1,
        "hasPrevPage": False,
        "hasNextPage": False,
        "prevPage": None,
        "nextPage": None,
    }
