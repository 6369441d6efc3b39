"""Find the merchant of an API key."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy.orm import Session

from .database import ApiKey
from .reading import Problem


def sha256(data: bytes) -> str:
    """Return the hash of a key or a body, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def key_owner(session: Session, key: bytes | None) -> ApiKey:
    """Return the stored key, with its merchant.

    Args:
        session: the database.
        key: the bytes of the header, which need not be ASCII; None if it is absent.

    Raises:
        Problem: 401 if no merchant has this key.
    """
    digest = sha256(key or b"")
    stored = session.get(ApiKey, digest)
    if stored is None or not hmac.compare_digest(stored.sha256.encode(), digest.encode()):
        raise Problem(401, "send the API key of a merchant", "X-API-Key")
    return stored
