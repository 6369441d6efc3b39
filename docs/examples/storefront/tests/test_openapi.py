"""Requests that Schemathesis makes up from the OpenAPI document."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from storefront import demo
from storefront.app import Shop

from .support import LINKS, serving, shop_in

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "ignored_auth",
]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return shop_in(tmp_path)


def test_schemathesis_finds_nothing_in_two_thousand_requests(shop: Shop, tmp_path: Path) -> None:
    with serving(shop) as address:
        program = Path(sys.executable).with_name("schemathesis")
        done = subprocess.run(
            [
                str(program), "run", f"{address}/openapi.json",
                "--header", f"X-API-Key: {demo.KEY}",
                "--checks", ",".join(CHECKS),
                "--phases", "examples,coverage,fuzzing",
                "--max-examples", "190",
                "--seed", "20",
                "--workers", "2",
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )  # fmt: skip
        print(done.stdout[-20_000:])
        with httpx.Client(base_url=address, headers={"X-API-Key": demo.KEY}) as client:
            assert client.get(LINKS, params={"per_page": 100}).status_code == 200

    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr
    generated = re.findall(r"(\d+) generated", done.stdout)
    assert int(generated[-1]) >= 2_000
