"""Payment links: create, find, list and cancel them, and write them as documents."""

from __future__ import annotations

import re
import secrets
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from kashia_money import Quote, describe, quote_from_request
from sqlalchemy import ColumnElement, UnaryExpression, and_, func, or_, select, true, update
from sqlalchemy.orm import Session

from .database import Customer, Document, Link, Merchant
from .reading import Problem


class TotalChanged(Exception):  # noqa: N818  # the page asks again
    """The total is not the one that was shown; nothing is stored."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(quote.total_amount)
        self.quote = quote


def now() -> int:
    """Return the clock, in seconds since 1970."""
    return int(time.time())


def create_link(
    session: Session, merchant: Merchant, request: dict[str, Any], shown_total: int | None = None
) -> Link:
    """Store a link with the quote of today's price list.

    Args:
        session: the database.
        merchant: the link's merchant.
        request: the body of the request, in the form of its schema.
        shown_total: in minor units; the total that the visitor saw, if a page showed one.

    Raises:
        KashiaMoneyError: the request cannot be priced.
        Problem: 422 if the buyer or the seller is not a customer of the merchant.
        TotalChanged: the total is not `shown_total`.
    """
    price_list = merchant.schedule
    quote = quote_from_request(request, schedule=price_list)
    if shown_total not in (None, quote.total_amount):
        raise TotalChanged(quote)
    buyer = _customer(session, merchant, request["buyer_user_id"], "buyer_user_id")
    seller_id = request.get("seller_user_id") or merchant.seller_id
    seller = _customer(session, merchant, seller_id, "seller_user_id")
    if merchant.seller_id not in (None, seller.id):
        raise Problem(422, "leave it out: a single vendor is the seller", "seller_user_id")
    created_at, lifetime = now(), merchant.link_seconds
    reference = f"PL-{secrets.token_hex(8)}"
    link = Link(
        id=str(uuid.uuid4()),
        reference=reference,
        merchant_id=merchant.id,
        buyer=buyer,
        seller=seller,
        title=request["title"],
        description=request.get("description"),
        # The metadata comes back in events, and tells there which link was paid.
        details={**(request.get("metadata") or {}), "payment_link": reference},
        redirect_url=request.get("redirect_url"),
        callback_url=request.get("callback_url"),
        amount=quote.amount,
        currency=quote.currency,
        **quote.fees,
        schedule=quote.schedule.to_dict(),
        schedule_fingerprint=quote.schedule.fingerprint,
        price_list_fingerprint=price_list.fingerprint,
        created_at=created_at,
        expires_at=lifetime if lifetime is None else created_at + lifetime,
    )
    session.add(link)
    session.flush()
    return link


def _customer(
    session: Session, merchant: Merchant, customer_id: str | None, field: str
) -> Customer:
    customer = session.get(Customer, customer_id.lower()) if customer_id else None
    if customer is None or customer.merchant_id != merchant.id:
        raise Problem(422, "pass the id of one of the merchant's customers", field)
    return customer


def find_link(session: Session, merchant: Merchant | None, reference: str) -> Link:
    """Return a link; of any merchant, if `merchant` is None.

    Raises:
        Problem: 404 if there is none with this reference.
    """
    link = None
    if re.fullmatch("PL-[0-9a-f]{16}", reference):
        link = session.scalar(select(Link).where(Link.reference == reference))
    if link is None or (merchant is not None and link.merchant_id != merchant.id):
        raise Problem(404, "no payment link has this reference", "reference")
    return link


def status_of(link: Link) -> str:
    """Return the status; payment wins over cancellation, and cancellation over expiry."""
    if link.paid_at is not None:
        return "completed"
    if link.cancelled_at is not None:
        return "cancelled"
    return "active" if link.expires_at is None or link.expires_at > now() else "expired"


def _has_status(status: str) -> ColumnElement[bool]:
    """Return the condition of `status_of` in SQL."""
    unpaid, open_ = Link.paid_at.is_(None), Link.cancelled_at.is_(None)
    conditions = {
        "completed": Link.paid_at.is_not(None),
        "cancelled": and_(unpaid, Link.cancelled_at.is_not(None)),
        "expired": and_(unpaid, open_, Link.expires_at <= now()),
        "active": and_(unpaid, open_, or_(Link.expires_at.is_(None), Link.expires_at > now())),
    }
    if status not in conditions:
        raise Problem(422, f"pass one of {', '.join(conditions)}", "status")
    return conditions[status]


def list_links(
    session: Session, merchant: Merchant, status: str | None, page: int, size: int
) -> tuple[list[Link], int]:
    """Return a page of a merchant's links, the newest first, and the number of all of them."""
    condition = true() if status is None else _has_status(status)
    return _page(session, and_(_of(merchant), condition), [Link.number.desc()], page, size)


def list_transactions(
    session: Session, merchant: Merchant, page: int, size: int
) -> tuple[list[Link], int]:
    """Return a page of a merchant's paid links, the last payment first, and the number of all."""
    order: list[UnaryExpression[Any]] = [Link.paid_at.desc(), Link.number.desc()]
    return _page(session, and_(_of(merchant), _has_status("completed")), order, page, size)


def _of(merchant: Merchant) -> ColumnElement[bool]:
    return Link.merchant_id == merchant.id


def _page(
    session: Session,
    condition: ColumnElement[bool],
    order: list[UnaryExpression[Any]],
    page: int,
    size: int,
) -> tuple[list[Link], int]:
    total = session.scalar(select(func.count()).select_from(Link).where(condition)) or 0
    links = select(Link).where(condition).order_by(*order)
    return list(session.scalars(links.limit(size).offset((page - 1) * size))), total


def cancel_link(session: Session, merchant: Merchant, reference: str) -> Link:
    """Cancel an active link, by an update that only changes an active one.

    Raises:
        Problem: 404 if there is no such link; 409 if it is paid, expired or cancelled already.
    """
    link = find_link(session, merchant, reference)
    active = and_(Link.number == link.number, _has_status("active"))
    changed = session.scalar(
        update(Link).where(active).values(cancelled_at=now()).returning(Link.id)
    )
    session.refresh(link)
    if changed is None:
        status = status_of(link)
        words = {"completed": "paid", "cancelled": "cancelled already"}
        raise Problem(409, f"the link is {words.get(status, status)}", "status")
    return link


def link_document(link: Link, origin: str) -> Document:
    """Return a link as the platform documents it."""
    return {
        "id": link.id,
        "reference": link.reference,
        "payment_url": f"{origin}/links/{link.reference}",
        "title": link.title,
        "amount": link.amount,
        "currency": link.currency,
        "fees": link.quote.fees,
        "status": status_of(link),
        "buyer": _customer_document(link.buyer),
        "seller": _customer_document(link.seller),
        "expires_at": None if link.expires_at is None else instant(link.expires_at),
        "created_at": instant(link.created_at),
    }


def _customer_document(customer: Customer) -> dict[str, str]:
    names = ("id", "email", "first_name", "last_name")
    return {name: getattr(customer, name) for name in names}


def transaction_document(link: Link) -> Document:
    """Return the payment of a link, with the escrow's reference."""
    return {
        "reference": link.escrow_reference,
        "payment_link": link.reference,
        **link.quote.to_dict(),
        "paid_at": instant(link.paid_at or 0),
    }


def quote_document(quote: Quote, price_list_fingerprint: str) -> Document:
    """Return a quote with the reasons for its figures."""
    return {
        "amount": quote.amount,
        "currency": quote.currency,
        "fees": quote.fees,
        "seller_amount": quote.seller_amount,
        "basis": {fee.name: fee.basis for fee in quote.explain()},
        "sentences": list(describe(quote)),
        "fingerprint": price_list_fingerprint,
        "schedule_fingerprint": quote.schedule.fingerprint,
    }


def instant(seconds: int) -> str:
    """Return an instant as ISO 8601 writes it.

    >>> instant(1_736_937_000)
    '2025-01-15T10:30:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
