"""A running service, and merchants of one test each."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
import uvicorn
from kashia_money import PUBLISHED, FeeSchedule

from storefront import demo
from storefront.app import Shop
from storefront.database import ApiKey, Customer, Database, Merchant

LINKS = "/api/v1/external/payment-links"
SECRET = b"webhook-secret"
VENDOR = FeeSchedule("NGN", PUBLISHED["NGN"].platform, marketplace=False)


@contextmanager
def serving(shop: Shop) -> Iterator[str]:
    """Serve on a free port, and yield the address."""
    config = uvicorn.Config(shop.app(), port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def shop_on(url: str) -> Shop:
    database = Database(url)
    demo.fill(database)
    return Shop(database, "http://shop.test", SECRET, demo.MARKETPLACE, demo.BUYER, demo.SELLER)


def shop_in(folder: Path) -> Shop:
    return shop_on(f"sqlite:///{folder / 'shop.db'}")


class Process:
    """The service in a process of its own, as its command starts it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start, and wait until the service answers."""
        command = [sys.executable, "-m", "storefront", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=self._folder, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.printed = "".join([self._process.stdout.readline() for _ in range(4)])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.address}/health")
            except httpx.ConnectError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.printed)

    def kill(self) -> None:
        """End the process in the midst of its work."""
        self._process.kill()
        self._process.communicate()

    def post(self, path: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
        """Return the answer to a request that succeeds."""
        response = httpx.post(f"{self.address}{path}", json=body, headers=headers)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


@dataclass
class Tenant:
    """A new merchant with a buyer and a seller, and a client with its key."""

    database: Database
    merchant_id: str
    buyer: str
    seller: str
    client: httpx.Client

    @classmethod
    def new(
        cls,
        shop: Shop,
        address: str,
        schedule: FeeSchedule,
        link_seconds: int | None,
    ) -> Tenant:
        merchant_id, buyer, seller = (str(uuid.uuid4()) for _ in range(3))
        key = secrets.token_hex()
        sells = None if schedule.marketplace else seller
        with shop.database.write() as session:
            session.add(
                Merchant(
                    id=merchant_id,
                    name="test",
                    price_list=schedule.to_dict(),
                    seller_id=sells,
                    link_seconds=link_seconds,
                )
            )
            session.flush()
            digest = hashlib.sha256(key.encode()).hexdigest()
            session.add(ApiKey(sha256=digest, merchant_id=merchant_id))
            for customer in (buyer, seller):
                session.add(
                    Customer(
                        id=customer,
                        merchant_id=merchant_id,
                        email="john@example.com",
                        first_name="John",
                        last_name="Doe",
                    )
                )
        client = httpx.Client(base_url=address, headers={"X-API-Key": key}, timeout=60)
        return cls(shop.database, merchant_id, buyer, seller, client)

    def request(self, **fields: object) -> dict[str, object]:
        return {
            "buyer_user_id": self.buyer,
            "seller_user_id": self.seller,
            "title": "iPhone 15 Pro Max",
            "amount": 150_000_000,
            **fields,
        }

    def create(self, **fields: object) -> dict[str, Any]:
        response = self.client.post(LINKS, json=self.request(**fields))
        assert response.status_code == 201, response.text
        data: dict[str, Any] = response.json()["data"]
        return data

    def change_price_list(self, schedule: FeeSchedule) -> None:
        with self.database.write() as session:
            session.get_one(Merchant, self.merchant_id).price_list = schedule.to_dict()


class NewTenant(Protocol):
    def __call__(self, schedule: FeeSchedule = ..., link_seconds: int | None = ...) -> Tenant: ...


def event_for(link: dict[str, Any], **changes: object) -> dict[str, Any]:
    """Return the event of a link's payment, in the platform's documented form."""
    return {
        "event": "escrow.created",
        "data": {
            "id": str(uuid.uuid4()),
            "reference": "ESC-a1b2c3d4",
            "status": "created",
            "amount": link["amount"],
            "currency": link["currency"],
            **link["fees"],
            "seller_amount": link["amount"],
            "buyer": {"id": link["buyer"]["id"], "email": link["buyer"]["email"]},
            "seller": {"id": link["seller"]["id"], "email": link["seller"]["email"]},
            "metadata": {"order_id": "ORD-12345", "payment_link": link["reference"]},
            **changes,
        },
        "timestamp": "2025-01-15T10:30:00Z",
        "webhook_id": str(uuid.uuid4()),
    }


def send_event(
    client: httpx.Client, event: dict[str, Any] | bytes, secret: bytes = SECRET
) -> httpx.Response:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    headers = {"X-Kashia-Signature": signature, "Content-Type": "application/json"}
    return client.post("/webhooks/kashia", content=body, headers=headers)
