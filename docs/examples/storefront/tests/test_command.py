"""The command that starts the service, as a process."""

from __future__ import annotations

import re

import httpx

from storefront import demo

from .support import LINKS, Process


def test_command_prints_a_page_and_two_links_that_are_there(process: Process) -> None:
    addresses = re.findall(r"http://\S+", process.printed)

    assert len(addresses) == 3
    for address in addresses:
        assert httpx.get(address).status_code == 200
    assert "₦1,560,000.00" in httpx.get(addresses[0]).text
    assert "₦1,522,500.00" in httpx.get(addresses[1]).text
    assert "₦557,500.00" in httpx.get(addresses[2]).text


def test_killed_process_loses_nothing_that_was_answered(process: Process) -> None:
    headers = {"X-API-Key": demo.KEY}
    request = {
        "buyer_user_id": demo.BUYER,
        "seller_user_id": demo.SELLER,
        "title": "Web Design Service",
        "amount": 50_000_000,
    }
    answered = [process.post(LINKS, request, headers) for _ in range(20)]

    process.kill()
    process.start()

    kept = httpx.get(f"{process.address}{LINKS}", headers=headers, params={"per_page": 100}).json()
    assert kept["data"][:20] == [answer["data"] for answer in answered[::-1]]
    assert kept["meta"]["total"] == 21  # and the link of the start, once
