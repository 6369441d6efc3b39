"""Receive the platform's events: a payment completes a link if its figures are the stored ones."""

from __future__ import annotations

import hmac
from typing import Any

from kashia_money import discrepancies
from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .database import Database, Document, Event, Link
from .links import now
from .reading import Problem, check, read_json


def receive(database: Database, secret: bytes, signature: bytes, body: bytes) -> Document:
    """Record an event once and return its outcome; a repeated `webhook_id` has the first outcome.

    Raises:
        Problem: 401 if the signature is not that of the body's bytes; 400 or 422 if the body has
            no `webhook_id` to record it by.
    """
    expected = b"sha256=" + hmac.new(secret, body, "sha256").hexdigest().encode()
    if not hmac.compare_digest(signature, expected):
        raise Problem(401, "sign the body's bytes with the webhook secret", "X-Kashia-Signature")
    document = check(read_json(body), "Event")
    webhook_id = document["webhook_id"]
    try:
        with database.write() as session:
            event = Event(webhook_id=webhook_id, body=body, received_at=now(), outcome={})
            session.add(event)
            session.flush()  # the first insert wins; a second one waits here, and fails
            event.outcome = _apply(session, document)
            return event.outcome
    except IntegrityError:
        with database.read() as session:
            return session.get_one(Event, webhook_id).outcome


def _apply(session: Session, document: dict[str, Any]) -> Document:
    if not document["event"].startswith("escrow."):
        return {"result": "ignored"}  # an escrow exists only after the buyer has paid
    data = document["data"]
    reference = str((data.get("metadata") or {}).get("payment_link"))
    link = session.scalar(select(Link).where(Link.reference == reference))
    if link is None:
        return {"result": "unknown link"}
    wrong = discrepancies(document, quote=link.quote)
    if wrong:
        return {"result": "discrepancies", "discrepancies": [str(item) for item in wrong]}
    unpaid = and_(Link.number == link.number, Link.paid_at.is_(None))
    paid = {"paid_at": now(), "escrow_reference": data.get("reference")}
    first = session.scalar(update(Link).where(unpaid).values(paid).returning(Link.id))
    return {"result": "completed" if first else "already completed", "reference": reference}
