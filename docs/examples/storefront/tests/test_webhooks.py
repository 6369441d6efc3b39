"""Events of the platform: signed, recorded once, and compared with the stored quote."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from storefront.database import Event

from .support import LINKS, Tenant, event_for, send_event


def status(tenant: Tenant, link: dict[str, Any]) -> str:
    data: dict[str, Any] = tenant.client.get(f"{LINKS}/{link['reference']}").json()["data"]
    return str(data["status"])


def recorded(tenant: Tenant, event: dict[str, Any]) -> dict[str, object] | None:
    with tenant.database.read() as session:
        row = session.get(Event, event["webhook_id"])
        return None if row is None else row.outcome


def test_event_completes_the_link_that_its_metadata_names(tenant: Tenant) -> None:
    link, other = tenant.create(metadata={"order_id": "ORD-12345"}), tenant.create()
    event = event_for(link)

    response = send_event(tenant.client, event)

    outcome = {"result": "completed", "reference": link["reference"]}
    assert (response.status_code, response.json()) == (200, {"success": True, "data": outcome})
    assert (status(tenant, link), status(tenant, other)) == ("completed", "active")
    assert recorded(tenant, event) == outcome


def test_repeated_event_has_the_first_outcome(tenant: Tenant) -> None:
    link = tenant.create()
    event = event_for(link)
    first = send_event(tenant.client, event)

    assert send_event(tenant.client, event).json() == first.json()
    later = send_event(tenant.client, event_for(link)).json()["data"]
    assert later == {"result": "already completed", "reference": link["reference"]}


def test_threads_with_one_event_complete_the_link_once(tenant: Tenant) -> None:
    link = tenant.create()
    event = event_for(link)
    barrier = threading.Barrier(16)

    def send(_: int) -> str:
        barrier.wait()
        return send_event(tenant.client, event).text

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(send, range(16)))

    assert len(answers) == 1
    assert "completed" in answers.pop()
    with tenant.database.read() as session:
        query = select(func.count()).where(Event.webhook_id == event["webhook_id"])
        assert session.scalar(query) == 1


@pytest.mark.parametrize(
    ("change", "discrepancy"),
    [
        ({"amount": 1}, "$.data.amount: expected 150000000, got 1"),
        ({"total_amount": 152_249_999}, "$.data.total_amount: expected 152250000, got 152249999"),
        ({"currency": "USD"}, "$.data.currency: expected 'NGN', got 'USD'"),
        ({"platform_fee": "2250000"}, "$.data.platform_fee: expected 2250000, got '2250000'"),
    ],
)
def test_wrong_event_is_recorded_and_completes_nothing(
    tenant: Tenant, change: dict[str, object], discrepancy: str
) -> None:
    link = tenant.create()
    event = event_for(link, **change)

    response = send_event(tenant.client, event)

    outcome = response.json()["data"]
    assert (response.status_code, outcome["result"]) == (200, "discrepancies")
    assert discrepancy.replace("'NGN'", "NGN") in outcome["discrepancies"]
    assert recorded(tenant, event) == outcome
    assert status(tenant, link) == "active"


def test_event_for_another_amount_is_wrong_although_it_adds_up(tenant: Tenant) -> None:
    link, cheaper = tenant.create(), tenant.create(amount=100_000)
    event = event_for(cheaper)
    event["data"]["metadata"]["payment_link"] = link["reference"]

    assert send_event(tenant.client, event).json()["data"]["result"] == "discrepancies"
    assert status(tenant, link) == "active"


def test_event_without_figures_is_rejected(tenant: Tenant) -> None:
    link = tenant.create()
    metadata = {"payment_link": link["reference"]}

    wrong: list[object] = [{"metadata": metadata, "data": []}, [], None, {"metadata": metadata}]
    for data in wrong:
        event = {**event_for(link), "data": data}
        assert send_event(tenant.client, event).status_code == 422
    assert status(tenant, link) == "active"


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"metadata": {"payment_link": "PL-0000000000000000"}}, "unknown link"),
        ({"metadata": None}, "unknown link"),
        ({"metadata": {"order_id": "ORD-12345"}}, "unknown link"),
    ],
)
def test_unknown_link_is_recorded(tenant: Tenant, changes: dict[str, object], result: str) -> None:
    event = event_for(tenant.create(), **changes)

    assert send_event(tenant.client, event).json()["data"] == {"result": result}
    assert recorded(tenant, event) == {"result": result}


def test_other_kind_of_event_is_recorded_and_ignored(tenant: Tenant) -> None:
    link = tenant.create()
    event = {**event_for(link), "event": "withdrawal.completed"}

    assert send_event(tenant.client, event).json()["data"] == {"result": "ignored"}
    assert status(tenant, link) == "active"


def test_signature_is_of_the_bytes(tenant: Tenant) -> None:
    link = tenant.create()
    body = json.dumps(event_for(link), indent=3).encode()

    assert send_event(tenant.client, body).json()["data"]["result"] == "completed"


@pytest.mark.parametrize("signature", [None, "", "sha256=", "sha256=" + "0" * 64, "sha256=käse"])
def test_wrong_signature_is_rejected_and_not_recorded(
    tenant: Tenant, signature: str | None
) -> None:
    link = tenant.create()
    event = event_for(link)
    headers = {} if signature is None else {"X-Kashia-Signature": signature.encode("latin-1")}

    response = tenant.client.post("/webhooks/kashia", json=event, headers=headers)  # type: ignore[arg-type]

    assert (response.status_code, response.json()["field"]) == (401, "X-Kashia-Signature")
    assert send_event(tenant.client, event, secret=b"other").status_code == 401
    assert recorded(tenant, event) is None
    assert status(tenant, link) == "active"


def test_signed_text_that_is_not_an_event_is_rejected(tenant: Tenant) -> None:
    def answer(body: bytes) -> httpx.Response:
        return send_event(tenant.client, body)

    assert answer(b"not JSON").status_code == 400
    assert answer(b'{"event": "escrow.created"}').json()["field"] == "webhook_id"
    twice = b'{"webhook_id": "a", "webhook_id": "b", "event": "escrow.created", "data": {}}'
    assert answer(twice).json()["field"] == "webhook_id"
