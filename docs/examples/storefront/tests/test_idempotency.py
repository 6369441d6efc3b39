"""A repeated request, in real threads on both databases."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from kashia_money import FeeRule, FeeSchedule
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storefront.app import Shop
from storefront.database import Link, StoredAnswer
from storefront.idempotency import LEASE_SECONDS, answer_once
from storefront.reading import Problem

from .support import LINKS, NewTenant, Tenant

THREADS = 32


def links_of(tenant: Tenant) -> int:
    with tenant.database.read() as session:
        query = select(func.count()).where(Link.merchant_id == tenant.merchant_id)
        return session.scalar(query) or 0


def post(tenant: Tenant, key: str, **fields: object) -> tuple[int, str]:
    headers = {"Idempotency-Key": key}
    response = tenant.client.post(LINKS, json=tenant.request(**fields), headers=headers)
    return response.status_code, response.text


def test_same_body_has_the_first_answer_after_a_change_of_price_list(tenant: Tenant) -> None:
    first = post(tenant, '"order-1"')
    tenant.change_price_list(FeeSchedule("NGN", FeeRule(3)))

    assert post(tenant, '"order-1"') == first
    assert post(tenant, "order-1") == first  # the quotes belong to the header, not to the key
    assert post(tenant, '"order-2"')[1] != first[1]
    assert links_of(tenant) == 2


def test_other_body_is_rejected(tenant: Tenant) -> None:
    post(tenant, '"order-1"')

    status, text = post(tenant, '"order-1"', amount=5)

    assert status == 422
    assert "Idempotency-Key" in text
    assert links_of(tenant) == 1


def test_key_belongs_to_one_api_key(tenant: Tenant, new_tenant: NewTenant) -> None:
    other = new_tenant()

    assert post(tenant, '"order-1"')[0] == post(other, '"order-1"')[0] == 201
    assert links_of(tenant) == links_of(other) == 1


def test_failure_releases_the_key(tenant: Tenant) -> None:
    assert post(tenant, '"order-1"', amount=2**63 - 1)[0] == 422
    assert post(tenant, '"order-1"')[0] == 201


@pytest.mark.parametrize("key", ['""', "a b", '"a', '"a";q=1', "a" * 256, "käse"])
def test_unreadable_key_is_rejected(tenant: Tenant, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode("latin-1"))]

    response = tenant.client.post(LINKS, json=tenant.request(), headers=headers)

    assert (response.status_code, response.json()["field"]) == (400, "Idempotency-Key")


def test_threads_with_one_key_create_one_link(tenant: Tenant) -> None:
    barrier = threading.Barrier(THREADS)

    def send(_: int) -> tuple[int, str]:
        barrier.wait()
        for _attempt in range(200):
            answer = post(tenant, '"order-1"')
            if answer[0] != 409:
                break
            time.sleep(0.05)
        return answer

    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(send, range(THREADS)))

    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert links_of(tenant) == 1


def test_threads_with_other_keys_create_a_link_each(tenant: Tenant) -> None:
    barrier = threading.Barrier(THREADS)

    def send(number: int) -> int:
        barrier.wait()
        return max(post(tenant, f'"order-{number}-{i}"')[0] for i in range(10))

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = Counter(pool.map(send, range(THREADS)))

    assert statuses == {201: THREADS}
    assert links_of(tenant) == 10 * THREADS


def test_request_that_still_runs_is_a_conflict(service: tuple[Shop, str]) -> None:
    database = service[0].database
    started, release = threading.Event(), threading.Event()

    def work(_session: Session) -> str:
        started.set()
        assert release.wait(30)
        return "first"

    def slow() -> str:
        return answer_once(database, "owner", f"{id(started)}", b"body", work)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert started.wait(30)
        if database.engine.dialect.name == "sqlite":
            release.set()  # the one writer holds the file; others wait for it
            assert running.result() == slow() == "first"
            return
        with pytest.raises(Problem, match="still runs") as caught:
            slow()
        release.set()

        assert caught.value.status == 409
        assert running.result() == slow() == "first"


@pytest.mark.parametrize("age", [LEASE_SECONDS - 10, LEASE_SECONDS + 10])
def test_request_of_a_process_that_died_can_be_repeated(
    service: tuple[Shop, str], age: int
) -> None:
    database = service[0].database
    key = f"died-{age}"
    with database.write() as session:  # claimed, and never answered
        session.add(
            StoredAnswer(
                owner="owner",
                key=key,
                body_sha256="230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5",
                attempt=key,
                started_at=int(time.time()) - age,
            )
        )

    if age < LEASE_SECONDS:
        with pytest.raises(Problem, match="still runs"):
            answer_once(database, "owner", key, b"body", lambda _session: "answer")
    else:
        assert answer_once(database, "owner", key, b"body", lambda _session: "answer") == "answer"


def test_attempt_that_was_taken_over_stores_nothing(tenant: Tenant) -> None:
    def work(session: Session) -> str:
        session.execute(  # another process takes the key over meanwhile
            update(StoredAnswer).where(StoredAnswer.key == "slow").values(attempt="other")
        )
        session.execute(update(Link).values(title="changed"))
        return "late"

    tenant.create()
    with pytest.raises(Problem, match="still runs"):
        answer_once(tenant.database, "owner", "slow", b"body", work)

    assert tenant.client.get(LINKS).json()["data"][0]["title"] == "iPhone 15 Pro Max"
