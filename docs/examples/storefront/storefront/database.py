"""The tables, and the sessions that read and write them.

Amounts are 64-bit integers of minor units. Instants are seconds since 1970, so both databases store
and compare them alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kashia_money import FeeSchedule, Quote
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

Reference = String(36)
Fingerprint = String(64)
Document = dict[str, object]


class Base(DeclarativeBase):
    """The tables' common base."""

    type_annotation_map = {int: BigInteger, Document: JSON}  # noqa: RUF012  # SQLAlchemy reads it


class Merchant(Base):
    """A merchant, and the price list that today's links are quoted from."""

    __tablename__ = "merchants"
    id: Mapped[str] = mapped_column(Reference, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    price_list: Mapped[Document]
    seller_id: Mapped[str | None] = mapped_column(Reference)  # of a single vendor
    link_seconds: Mapped[int | None]  # how long a link can be paid; None means for ever

    @property
    def schedule(self) -> FeeSchedule:
        """Return the price list."""
        return FeeSchedule.from_dict(self.price_list)


class ApiKey(Base):
    """An API key, by its hash: a stolen copy of the table opens nothing."""

    __tablename__ = "api_keys"
    sha256: Mapped[str] = mapped_column(Fingerprint, primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey(Merchant.id))


class Customer(Base):
    """A buyer or a seller, known to one merchant."""

    __tablename__ = "customers"
    id: Mapped[str] = mapped_column(Reference, primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey(Merchant.id))
    email: Mapped[str] = mapped_column(Text)
    first_name: Mapped[str] = mapped_column(Text)
    last_name: Mapped[str] = mapped_column(Text)


class Link(Base):
    """A payment link with the quote that was given for it, which is never computed again.

    The status is not stored: it follows from the three instants and the clock.
    """

    __tablename__ = "payment_links"
    __table_args__ = (
        CheckConstraint("amount > 0 AND platform_fee >= 0 AND merchant_fee >= 0"),
        CheckConstraint("total_fees = platform_fee + merchant_fee"),
        CheckConstraint("total_amount = amount + total_fees"),
    )
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    id: Mapped[str] = mapped_column(Reference, unique=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey(Merchant.id), index=True)
    buyer_id: Mapped[str] = mapped_column(ForeignKey(Customer.id))
    seller_id: Mapped[str] = mapped_column(ForeignKey(Customer.id))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[Document] = mapped_column("metadata")
    redirect_url: Mapped[str | None] = mapped_column(Text)
    callback_url: Mapped[str | None] = mapped_column(Text)

    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    platform_fee: Mapped[int]
    merchant_fee: Mapped[int]
    total_fees: Mapped[int]
    total_amount: Mapped[int]
    schedule: Mapped[Document]
    schedule_fingerprint: Mapped[str] = mapped_column(Fingerprint, index=True)
    price_list_fingerprint: Mapped[str] = mapped_column(Fingerprint, index=True)

    created_at: Mapped[int]
    expires_at: Mapped[int | None]
    cancelled_at: Mapped[int | None]
    paid_at: Mapped[int | None] = mapped_column(index=True)
    escrow_reference: Mapped[str | None] = mapped_column(Text)

    buyer: Mapped[Customer] = relationship(foreign_keys=buyer_id, lazy="joined")
    seller: Mapped[Customer] = relationship(foreign_keys=seller_id, lazy="joined")

    @property
    def quote(self) -> Quote:
        """Return the stored quote, checked against the schedule that was stored with it."""
        names = ("amount", "currency", "platform_fee", "merchant_fee", "total_fees", "total_amount")
        figures = {name: getattr(self, name) for name in names}
        schedule = FeeSchedule.from_dict(self.schedule)
        return Quote.from_dict({**figures, "seller_amount": self.amount}, schedule)


class StoredAnswer(Base):
    """A request with an Idempotency-Key: running until it has an answer."""

    __tablename__ = "stored_answers"
    owner: Mapped[str] = mapped_column(Fingerprint, primary_key=True)  # the hash of the API key
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(Fingerprint)
    attempt: Mapped[str] = mapped_column(Reference)
    started_at: Mapped[int]
    answer: Mapped[str | None] = mapped_column(Text)


class Event(Base):
    """A webhook as it came, and the outcome that was answered."""

    __tablename__ = "events"
    webhook_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[int]
    outcome: Mapped[Document]


class Database:
    """A database by its URL, such as sqlite:///shop.db or postgresql+psycopg://host/name."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, pool_size=40)  # as many as the server has threads
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _configure)
            event.listen(self.engine, "begin", _begin)
        Base.metadata.create_all(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that writes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session whose changes are committed together, or not at all."""
        with Session(_writer(self.engine), expire_on_commit=False) as session, session.begin():
            yield session


def _writer(engine: Engine) -> Engine:
    return engine.execution_options(begin="BEGIN IMMEDIATE")


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # so that the driver begins no transaction by itself
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    # A deferred transaction that reads before it writes fails with "database is locked" when
    # another one has written in between. An immediate one waits for the other at its start.
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
