"""Quotes under load, from a separate process's server over loopback, beside an empty endpoint."""

from __future__ import annotations

import asyncio
import json
import time
from typing import NamedTuple

from storefront import demo

from .support import LINKS, Process

CONNECTIONS = 8
SECONDS = 2.0
ROUNDS = 30


class Rate(NamedTuple):
    """Requests a second, and the milliseconds within which 99 % are answered."""

    rate: float
    p99: float


def test_one_worker_quotes_five_hundred_times_a_second(process: Process) -> None:
    body = json.dumps({"amount": 150_000_000, "merchant_fee_percentage": 10}).encode()
    head = (
        f"POST {LINKS}/quote HTTP/1.1\r\nHost: shop\r\nX-API-Key: {demo.KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    # The best of a few rounds, because other programs on the machine take their share.
    for _ in range(ROUNDS):
        empty = measure(process.port, b"GET /health HTTP/1.1\r\nHost: shop\r\n\r\n")
        quotes = measure(process.port, head.encode() + body)
        print(f"\nempty endpoint: {empty.rate:.0f}/s, 99 % within {empty.p99:.1f} ms")
        print(f"quotes:         {quotes.rate:.0f}/s, 99 % within {quotes.p99:.1f} ms")
        print(f"a quote costs as much as {empty.rate / quotes.rate:.1f} empty requests")
        if quotes.rate >= 500 and quotes.p99 <= 50:
            return
    raise AssertionError(quotes)


def measure(port: int, request: bytes) -> Rate:
    latencies = asyncio.run(_load(port, request))
    latencies.sort()
    return Rate(len(latencies) / SECONDS, latencies[int(len(latencies) * 0.99)] * 1_000)


async def _load(port: int, request: bytes) -> list[float]:
    latencies: list[float] = []
    clients = (_client(port, request, latencies) for _ in range(CONNECTIONS))
    await asyncio.gather(*clients)
    return latencies


async def _client(port: int, request: bytes, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    end = time.perf_counter() + SECONDS
    while (start := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        latencies.append(time.perf_counter() - start)
    writer.close()
    await writer.wait_closed()
