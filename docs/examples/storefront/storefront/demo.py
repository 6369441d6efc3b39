"""Rows to start with: a marketplace, a single vendor, their customers, keys and two links."""

from __future__ import annotations

from kashia_money import PUBLISHED, FeeSchedule, commission
from sqlalchemy import select

from .database import ApiKey, Customer, Database, Link, Merchant
from .keys import sha256
from .links import create_link

MARKETPLACE = "7d9f3c1e-52a4-4d0b-9f0e-0d6c3c1f5a01"
VENDOR = "7d9f3c1e-52a4-4d0b-9f0e-0d6c3c1f5a02"
BUYER = "550e8400-e29b-41d4-a716-446655440000"
SELLER = "550e8400-e29b-41d4-a716-446655440001"
VENDORS_BUYER = "550e8400-e29b-41d4-a716-446655440002"
VENDORS_SELLER = "550e8400-e29b-41d4-a716-446655440003"
KEY = "demo-marketplace-key"
VENDORS_KEY = "demo-vendor-key"


def fill(database: Database) -> list[str]:
    """Add the rows, unless they are there, and return the references of two links."""
    platform = PUBLISHED["NGN"].platform
    with database.write() as session:
        if session.get(Merchant, MARKETPLACE) is None:
            marketplace = FeeSchedule("NGN", platform, commission("2.5"))
            vendor = FeeSchedule("NGN", platform, marketplace=False)
            session.add_all(
                [
                    _merchant(MARKETPLACE, "Balogun Market", marketplace, None),
                    _merchant(VENDOR, "Ade's Phones", vendor, VENDORS_SELLER),
                ]
            )
            session.flush()
            session.add_all(
                [
                    ApiKey(sha256=sha256(KEY.encode()), merchant_id=MARKETPLACE),
                    ApiKey(sha256=sha256(VENDORS_KEY.encode()), merchant_id=VENDOR),
                    _customer(BUYER, MARKETPLACE, "John Doe"),
                    _customer(SELLER, MARKETPLACE, "Amina Bello"),
                    _customer(VENDORS_BUYER, VENDOR, "John Doe"),
                    _customer(VENDORS_SELLER, VENDOR, "Ade Ojo"),
                ]
            )
            session.flush()
            phone = {
                "buyer_user_id": VENDORS_BUYER,
                "title": "iPhone 15 Pro Max",
                "amount": 150_000_000,
            }
            page = {
                "buyer_user_id": BUYER,
                "seller_user_id": SELLER,
                "title": "Web Design Service",
                "amount": 50_000_000,
                "merchant_fee_percentage": 10.0,
                "merchant_fee_cap": 20_000_000,
            }
            create_link(session, session.get_one(Merchant, VENDOR), phone)
            create_link(session, session.get_one(Merchant, MARKETPLACE), page)
        return list(session.scalars(select(Link.reference).order_by(Link.number).limit(2)))


def _merchant(key: str, name: str, schedule: FeeSchedule, seller_id: str | None) -> Merchant:
    return Merchant(
        id=key, name=name, price_list=schedule.to_dict(), seller_id=seller_id, link_seconds=None
    )


def _customer(key: str, merchant_id: str, name: str) -> Customer:
    first_name, last_name = name.split()
    email = f"{first_name.lower()}@example.com"
    return Customer(
        id=key, merchant_id=merchant_id, email=email, first_name=first_name, last_name=last_name
    )
