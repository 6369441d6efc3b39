"""Find the merchant of an API key."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from .database import ApiKey, Merchant
from .reading import Problem


def sha256(data: bytes) -> str:
    """Return the hash of a key or a body, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def find_merchant(session: Session, key: bytes) -> Merchant:
    """Return the merchant of an API key.

    Args:
        session: the database.
        key: the bytes of the header, which need not be ASCII.

    Raises:
        Problem: 401 if no merchant has this key.
    """
    digest = sha256(key)
    row = session.execute(_MERCHANT, {"sha256": digest}).first()
    if row is None or not hmac.compare_digest(row.sha256.encode(), digest.encode()):
        raise Problem(401, "send the API key of a merchant", "X-API-Key")
    merchant: Merchant = row.Merchant
    return merchant


_MERCHANT = (
    select(Merchant, ApiKey.sha256)
    .join(ApiKey, ApiKey.merchant_id == Merchant.id)
    .where(ApiKey.sha256 == bindparam("sha256"))
)
