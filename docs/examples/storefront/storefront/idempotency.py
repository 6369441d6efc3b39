"""Answer a repeated request once, by its Idempotency-Key, as the draft of the IETF describes it.

A key is claimed in a transaction of its own, by inserting it: the primary key decides which of two
threads was first. The work and its answer are then committed together.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Update, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .database import Database, StoredAnswer
from .keys import sha256
from .reading import Problem

LEASE_SECONDS = 60
"""A request without an answer after this time has died with its process, and may be tried again."""

HEADER = "Idempotency-Key"


def read_key(header: str | None) -> str | None:
    """Return the key in a header, with or without the quotes that the draft asks for.

    Raises:
        Problem: 400 if it is not one string of 1 to 255 visible ASCII characters.
    """
    if header is None:
        return None
    match = re.fullmatch(r'"([!#-\[\]-~]{1,255})"|([!#-\[\]-~]{1,255})', header)
    if match is None:
        raise Problem(400, "send 1 to 255 visible ASCII characters, in double quotes", HEADER)
    return match[1] or match[2]


def answer_once(
    database: Database, owner: str, key: str, body: bytes, work: Callable[[Session], str]
) -> str:
    """Return the answer of `work`, or the first answer if the same request was answered before.

    A failure releases the key.

    Raises:
        Problem: 422 if the key came with another body, 409 if the first request still runs.
    """
    attempt = str(uuid.uuid4())
    stored = _claim(database, owner, key, sha256(body), attempt)
    if stored is not None:
        return stored
    ours = StoredAnswer.attempt == attempt
    try:
        with database.write() as session:
            answer = work(session)
            _change_one(session, update(StoredAnswer).where(ours).values(answer=answer))
            return answer
    except BaseException:
        with database.write() as session:
            session.execute(delete(StoredAnswer).where(ours))
        raise


def _claim(database: Database, owner: str, key: str, body: str, attempt: str) -> str | None:
    """Return the stored answer of a request, or None after claiming its key."""
    values = {"attempt": attempt, "started_at": int(time.time())}
    with suppress(IntegrityError), database.write() as session:
        session.add(StoredAnswer(owner=owner, key=key, body_sha256=body, **values))
        session.flush()
        return None
    with database.write() as session:
        first = session.get(StoredAnswer, (owner, key))
        if first is None:  # it failed meanwhile
            raise _still_running()
        if first.body_sha256 != body:
            raise Problem(422, "this key was sent with another body; take a new key", HEADER)
        if first.answer is not None:
            return first.answer
        if first.started_at > time.time() - LEASE_SECONDS:
            raise _still_running()
        unchanged = StoredAnswer.attempt == first.attempt
        _change_one(session, update(StoredAnswer).where(unchanged).values(values))
    return None


def _change_one(session: Session, statement: Update) -> None:
    """Execute an update, or raise a problem if another request has taken the key over."""
    if session.execute(statement.returning(StoredAnswer.key)).first() is None:
        raise _still_running()


def _still_running() -> Problem:
    return Problem(409, "the first request with this key still runs; try again in a second", HEADER)
