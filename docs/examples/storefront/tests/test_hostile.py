"""Input that a service must not trust: a 4xx that names the field, and every list still works."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from storefront.app import Shop

from .support import LINKS, Tenant, send_event

JSON = {"Content-Type": "application/json"}
VALUES = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1.5e8", "150.0", "true", "null", "-1",
    "0", "9223372036854775808", "1" * 5_000, "1" * 60_000, "[]", "{}", '""', '" "', '"\\ud800"',
    '"\\u0000"', '"150"', '"a\\udfffb"', '"' + "x" * 60_000 + '"', "0.1234567",
    '"javascript:alert(1)"', "[" * 500 + "]" * 500, '{"a":' * 30 + "1" + "}" * 30,
    '{"a": 1, "a": 2}', '{"": 1}', '{"\\ud800": 1}', '{"\\u0000": 1}', '{"a": 1e999}',
    '{"a": NaN}', '{"a": 9007199254740993}', '{"a": [1]}', '{"a": "\\ud83d"}', "1" + "0" * 4_000,
    "-0", "1e5", "20.000001", "1e-7", "1E400", "0x10", "01", "+1", "1_000",
]  # fmt: skip
NUMBERS = {("percentage", "-5"), ("percentage", "1.500")}
FIELDS = [
    "buyer_user_id", "seller_user_id", "title", "description", "amount", "currency",
    "merchant_fee_percentage", "merchant_fee_cap", "metadata", "redirect_url", "callback_url",
    "ammount",
]  # fmt: skip


def body_with(tenant: Tenant, field: str, value: str) -> bytes:
    fields = {name: json.dumps(item) for name, item in tenant.request().items()} | {field: value}
    return ("{" + ", ".join(f'"{name}": {item}' for name, item in fields.items()) + "}").encode()


def test_no_value_of_a_field_breaks_anything(tenant: Tenant) -> None:
    """528 requests: each is created or rejected with the field's name, and lists stay readable."""
    statuses = set()
    for field in FIELDS:
        for value in VALUES:
            body = body_with(tenant, field, value)
            response = tenant.client.post(LINKS, content=body, headers=JSON)
            statuses.add(response.status_code)
            assert response.status_code in {201, 400, 422}, (field, value[:50], response.text)
            if response.status_code == 422:
                assert response.json()["field"].startswith((field, "a")), (
                    value[:50],
                    response.text,
                )
    assert statuses == {201, 400, 422}
    pages = (tenant.client.get(LINKS, params={"per_page": 100, "page": page}) for page in (1, 2))
    assert {page.status_code for page in pages} == {200}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("amount", "NaN", (400, "body")),
        ("amount", "1e999", (422, "amount")),
        ("amount", "true", (422, "amount")),
        ("amount", '"150"', (422, "amount")),
        ("amount", "1.5e8", (422, "amount")),
        ("amount", "150.0", (422, "amount")),
        ("amount", "0", (422, "amount")),
        ("amount", "9223372036854775808", (422, "amount")),
        ("amount", '1, "amount": 2', (422, "amount")),
        ("title", '"\\ud800"', (422, "title")),
        ("title", '"a\\u0000"', (422, "title")),
        ("title", '" "', (422, "title")),
        ("metadata", '{"x": 1e999}', (422, "metadata.x")),
        ("metadata", '{"x": "\\u0000"}', (422, "metadata.x")),
        ("metadata", '{"\\ud800": 1}', (422, "metadata.\\ud800")),
        ("metadata", '{"x": 1, "x": 1}', (422, "x")),
        ("metadata", '{"x": {}}', (422, "metadata.x")),
        ("metadata", '{"payment_link": "PL-0"}', (422, "metadata")),
        ("redirect_url", '"javascript:alert(1)"', (422, "redirect_url")),
        ("merchant_fee_percentage", "0.1234567", (422, "merchant_fee_percentage")),
        ("merchant_fee_percentage", '"5"', (422, "merchant_fee_percentage")),
        ("merchant_fee_cap", "-1", (422, "merchant_fee_cap")),
        ("currency", '"USD"', (422, "currency")),
        ("currency", '"ngn"', (422, "currency")),
        ("description", "[" * 30_000, (400, "body")),
    ],
)
def test_rejected_value_is_named(
    tenant: Tenant, field: str, value: str, expected: tuple[int, str]
) -> None:
    response = tenant.client.post(LINKS, content=body_with(tenant, field, value), headers=JSON)

    assert (response.status_code, response.json()["field"]) == expected
    assert tenant.client.get(LINKS).json()["data"] == []


def test_name_that_is_there_twice_is_rejected(tenant: Tenant) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [
        tenant.client.get("/?amount=5&amount=500"),
        tenant.client.get(f"{LINKS}?status=active&status=expired"),
        tenant.client.post("/links", content=b"amount=5&amount=500", headers=form),
    ]

    assert [(answer.status_code, answer.json()["field"]) for answer in answers] == [
        (422, "amount"),
        (422, "status"),
        (422, "amount"),
    ]


def test_misspelled_money_field_is_rejected(tenant: Tenant) -> None:
    response = tenant.client.post(LINKS, json=tenant.request(merchantFeeCap=5))

    assert response.status_code == 422
    assert "merchant_fee_cap" in response.json()["message"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"5", b"{", b"\xff{}", b"\xef\xbb\xbf{}", b"\x00"]
)
@pytest.mark.parametrize("path", [LINKS, f"{LINKS}/quote"])
def test_body_that_is_not_a_json_object_is_rejected(tenant: Tenant, path: str, body: bytes) -> None:
    response = tenant.client.post(path, content=body, headers=JSON)

    assert (response.status_code, response.json()["field"]) in {(400, "body"), (422, "body")}


def test_body_is_bounded_with_and_without_a_length(tenant: Tenant) -> None:
    large = tenant.request(description="x" * 65_536)
    chunks: Iterator[bytes] = (b" " * 1_000 for _ in range(100))

    with_length = tenant.client.post(LINKS, json=large)
    without = tenant.client.post(LINKS, content=chunks, headers=JSON)

    for response in (with_length, without):
        assert (response.status_code, response.json()["field"]) == (413, "body")


def test_media_type_is_checked(tenant: Tenant) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        response = tenant.client.post(LINKS, content=b"{}", headers={"Content-Type": media_type})
        assert (response.status_code, response.json()["field"]) == (415, "Content-Type")


@pytest.mark.parametrize("key", [None, "", "wrong", "käse", "\xff" * 2_000])
def test_key_that_no_merchant_has_is_unauthorized(tenant: Tenant, key: str | None) -> None:
    headers = {} if key is None else {"X-API-Key": key.encode("latin-1")}
    del tenant.client.headers["X-API-Key"]
    for method, path in [
        ("GET", LINKS),
        ("GET", f"{LINKS}/x"),
        ("GET", "/api/v1/external/transactions"),
    ]:
        response = tenant.client.request(method, path, headers=headers)  # type: ignore[arg-type]
        assert (response.status_code, response.json()["field"]) == (401, "X-API-Key")
    response = tenant.client.post(LINKS, json={}, headers=headers)  # type: ignore[arg-type]
    assert response.status_code == 401


@pytest.mark.parametrize(
    "value",
    ["0", "-1", "1.5", "x", "", "10" * 12, "1" * 5_000, "１", "1&page=2", "%00", "%ff", "1e3"],
)
def test_page_number_is_named(tenant: Tenant, value: str) -> None:
    response = tenant.client.get(f"{LINKS}?page={value}")

    assert (response.status_code, response.json()["field"]) == (422, "page")


@pytest.mark.parametrize(
    "reference", ["PL-x", "%00", "%ff", "PL-" + "a" * 5_000, "..%2f", "%ed%a0%80"]
)
def test_unknown_reference_is_not_found(tenant: Tenant, reference: str) -> None:
    assert tenant.client.get(f"{LINKS}/{reference}").status_code == 404
    assert tenant.client.post(f"{LINKS}/{reference}/cancel").status_code == 404
    assert tenant.client.get(f"/links/{reference}").status_code == 404


@pytest.mark.parametrize("name", ["amount", "cap", "percentage", "exactly"])
@pytest.mark.parametrize("value", ["NaN", "1e999", "1.500", "-5", "%00", "%ff", "9" * 5_000, "٣"])
def test_page_shows_a_message_at_the_field(tenant: Tenant, name: str, value: str) -> None:
    response = tenant.client.get(f"/?{name}={value}")

    assert response.status_code == 422 or (name, value) in NUMBERS
    if response.status_code == 422:
        assert f'<p class="error" id="{name}-error" >' in response.text


def test_form_is_checked_as_the_page_is(tenant: Tenant) -> None:
    def post(body: bytes, media_type: str = "application/x-www-form-urlencoded") -> int:
        headers = {"Content-Type": media_type}
        return tenant.client.post("/links", content=body, headers=headers).status_code

    shown = b"&shown=" + b"1" * 19 + b":" + b"a" * 64 + b":" + b"b" * 32
    for body in (
        b"",
        b"amount=5",
        b"amount=x" + shown,
        b"amount=0" + shown,
        b"\xff=%ff&amount=%00" + shown,
    ):
        assert post(body) == 422
    assert post(b"amount=5" + shown) == 409
    assert post(b"amount=" + b"5" * 70_000) == 413
    assert post(b"{}", "application/json") == 415


def test_bytes_that_are_mutated_at_random(tenant: Tenant) -> None:
    """300 bodies, each with a few bytes changed; the seed is fixed."""
    draw = random.Random(20)
    valid = json.dumps(
        tenant.request(metadata={"a": "é"}, description="x"), ensure_ascii=False
    ).encode()
    for _ in range(300):
        body = bytearray(valid)
        for _change in range(draw.randint(1, 4)):
            body[draw.randrange(len(body))] = draw.choice(b'\x00\x09"{}[],:-.e0\x7f\x80\xff\xed\\u')
        response = tenant.client.post(f"{LINKS}/quote", content=bytes(body), headers=JSON)
        assert response.status_code in {200, 400, 422}, bytes(body)


def test_signed_events_with_hostile_values(tenant: Tenant) -> None:
    link = tenant.create()
    for field in (
        "event",
        "webhook_id",
        "data",
        "metadata",
        "reference",
        "amount",
        "currency",
        "fees",
    ):
        for value in VALUES:
            data = {"amount": "150000000", "currency": '"NGN"', "total_amount": "152250000"}
            data |= {"metadata": json.dumps({"payment_link": link["reference"]})}
            event = {"event": '"escrow.created"', "webhook_id": f'"{random.random()}"'}
            if field in ("event", "webhook_id"):
                event[field] = value
            else:
                data[field] = value
            text = ", ".join(f'"{name}": {item}' for name, item in data.items())
            event.setdefault("data", "{" + text + "}")
            body = "{" + ", ".join(f'"{name}": {item}' for name, item in event.items()) + "}"
            response = send_event(tenant.client, body.encode())
            assert response.status_code in {200, 400, 413, 422}, (field, value[:60], response.text)
            if response.status_code == 200:
                assert response.json()["data"]["result"] != "completed", (field, value[:60])
    assert tenant.client.get(LINKS).json()["data"] == [link]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /?amount=%ff%00\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //links/%2e%2e/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /static/%2e%2e/app.py HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /static/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /static/" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /links HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"POST /links HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_raw_request_is_answered_below_500(service: tuple[Shop, str], request_bytes: bytes) -> None:
    address: Any = urlsplit(service[1])
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request_bytes)
        status = connection.recv(65_536).split(b" ", 2)[1]
    assert 200 <= int(status) < 500
