"""The page as the server renders it, and its agreement with the server on the total."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kashia_money import FeeRule, FeeSchedule, commission
from sqlalchemy import func, select

from storefront import demo
from storefront.app import Shop
from storefront.database import Link, Merchant

from .support import serving, shop_in


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return shop_in(tmp_path)


@pytest.fixture
def client(shop: Shop) -> Iterator[httpx.Client]:
    with serving(shop) as address, httpx.Client(base_url=address) as client:
        yield client


def figures(page: str) -> dict[str, int | None]:
    found = re.findall(r'data-figure="(\w+)" data-minor="(\d*)"', page)
    return {name: int(minor) if minor else None for name, minor in found}


def shown(page: str) -> str:
    return str(re.findall(r'name="shown"\s+value="([^"]*)"', page)[0])


def sentence(page: str, fee: str) -> str:
    """Return the visible text that explains a fee."""
    text = page.partition(f'data-cases="{fee}">')[2].partition("</dd>")[0]
    spans = [span.partition(">") for span in text.split('<span data-case="')]
    visible = "".join([content for start, _, content in spans if not start.endswith("hidden")])
    return " ".join(re.sub("<[^>]*>", "", visible).replace("&nbsp;", " ").split())


def links_in(shop: Shop) -> int:
    with shop.database.read() as session:
        return session.scalar(select(func.count()).select_from(Link)) or 0


def change_price_list(shop: Shop, schedule: FeeSchedule) -> None:
    with shop.database.write() as session:
        session.get_one(Merchant, demo.MARKETPLACE).price_list = schedule.to_dict()


@pytest.mark.parametrize(
    ("query", "fees", "platform", "marketplace"),
    [
        (
            "",
            (0, 0, 0, 0),
            "Nothing is sold, so there is no fee.",
            "Nothing is sold, so there is no fee.",
        ),
        (
            "amount=1,500,000",
            (150_000_000, 2_250_000, 3_750_000, 156_000_000),
            "1.5 % of the base, rounded to the kobo.",
            "2.5 % of the base, rounded to the kobo.",
        ),
        (
            "amount=NGN4,000&percentage=25 %",
            (400_000, 10_000, 80_000, 490_000),
            "1.5 % of the base; the minimum of ₦100.00 applies.",
            "25 % is outside 0 to 20 %, so the nearest of the two is charged.",
        ),
        (
            "amount=₦ 4,000,000&percentage=10&cap=%09200,000",
            (400_000_000, 5_000_000, 20_000_000, 425_000_000),
            "1.5 % of the base; the cap of ₦50,000.00 applies.",
            "The cap of ₦200,000.00 applies.",
        ),
    ],
)
def test_page_shows_the_figures_of_its_address(
    client: httpx.Client, query: str, fees: tuple[int, ...], platform: str, marketplace: str
) -> None:
    response = client.get(f"/?{query.replace(' %', '+%25')}")

    assert response.status_code == 200
    assert tuple(figures(response.text).values()) == fees
    assert sentence(response.text, "platform") == platform
    assert sentence(response.text, "commission") == marketplace


@pytest.mark.parametrize("name", ["amount", "cap", "exactly"])
@pytest.mark.parametrize(
    "text", ["1.500", "1,50", "1 500", "$5", "-5", "5 EUR", "10,00,000", "1e3"]
)
def test_text_that_could_mean_two_amounts_is_refused_with_an_example(
    client: httpx.Client, name: str, text: str
) -> None:
    response = client.get("/", params={"amount": "5", name: text})

    assert response.status_code == 422
    assert f'id="{name}-error" >Write it like ₦1,234,567.89' in response.text
    assert f'value="{text}"' in response.text
    if name != "exactly":
        assert set(figures(response.text).values()) == {None}


def test_exact_total_or_both_neighbours(client: httpx.Client) -> None:
    reached = client.get("/", params={"exactly": "1,560,000"}).text
    missing = client.get("/", params={"exactly": "50"}).text

    assert re.findall(r'data-case="(exact|near|above)" >', reached) == ["exact"]
    assert re.findall(r'data-link="exact" data-minor="(\d+)"', reached) == ["150000000"]
    assert re.findall(r'data-case="(exact|near|above)" >', missing) == ["near", "above"]
    near = re.findall(r'data-link="(below|above)" data-minor="(\d+)" href="([^"]+)"', missing)
    assert [(name, minor) for name, minor, _ in near] == [("below", "0"), ("above", "10001")]
    assert figures(client.get(near[1][2].replace("&amp;", "&")).text)["totalAmount"] == 10_001


def test_form_creates_the_link_that_was_shown(client: httpx.Client, shop: Shop) -> None:
    page = client.get("/", params={"amount": "1,500,000", "percentage": "10%"}).text
    form = {"amount": "1,500,000", "percentage": "10%", "cap": "", "shown": shown(page)}

    first, second = client.post("/links", data=form), client.post("/links", data=form)

    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"]  # pressed twice
    assert links_in(shop) == 3
    link = client.get(first.headers["location"]).text
    assert 'data-status="active"' in link
    assert 'data-minor="167250000"' in link
    assert "The commission is 10 % of ₦1,500,000.00, which is ₦150,000.00." in link


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (FeeSchedule("NGN", FeeRule(3), commission("2.5")), "The price list has changed"),
        (None, "A field was changed"),
    ],
)
def test_other_total_creates_nothing_and_shows_both(
    client: httpx.Client, shop: Shop, schedule: FeeSchedule | None, reason: str
) -> None:
    page = client.get("/", params={"amount": "1,500,000"}).text
    form = {"amount": "1,500,000", "percentage": "", "shown": shown(page)}
    if schedule is None:
        form["percentage"], expected = "4", 158_250_000
    else:
        change_price_list(shop, schedule)
        expected = 158_250_000

    answer = client.post("/links", data=form)

    assert (answer.status_code, links_in(shop)) == (409, 2)
    compare = answer.text.partition('<dl class="compare">')[2].partition("</dl>")[0]
    assert re.findall(r'data-minor="(\d+)"', compare) == ["156000000", str(expected)]
    assert reason in answer.text
    assert 'value="1,500,000"' in answer.text
    assert figures(answer.text)["totalAmount"] == expected
    again = client.post("/links", data={**form, "shown": shown(answer.text)})
    assert (again.status_code, links_in(shop)) == (303, 3)


def test_equal_total_is_created_whatever_the_fingerprint(client: httpx.Client, shop: Shop) -> None:
    page = client.get("/", params={"amount": "1,500,000"}).text
    same_here = FeeSchedule("NGN", FeeRule("1.5", minimum=200_00, cap=50_000_00), commission("2.5"))
    change_price_list(shop, same_here)

    answer = client.post("/links", data={"amount": "1,500,000", "shown": shown(page)})

    assert (answer.status_code, links_in(shop)) == (303, 3)


def test_module_is_kept_for_ever_and_the_page_never(client: httpx.Client, shop: Shop) -> None:
    page = client.get("/")
    name = re.findall(r'data-module="([^"]+)"', page.text)[0]
    module = client.get(name)
    with shop.database.read() as session:
        schedule = session.get_one(Merchant, demo.MARKETPLACE).schedule

    assert page.headers["cache-control"] == "no-store"
    assert schedule.fingerprint in name
    assert module.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert module.headers["content-type"].startswith("text/javascript")
    assert hashlib.sha256(module.content).hexdigest()[:8] in name
    change_price_list(shop, FeeSchedule("NGN", FeeRule(3)))
    assert client.get(name).status_code == 404
    assert re.findall(r'data-module="([^"]+)"', client.get("/").text) != [name]


def test_every_route_forbids_other_hosts(client: httpx.Client) -> None:
    paths = ["/", "/openapi.json", "/static/page.js", "/static/page.css", "/links/x", "/nothing"]
    for path in paths:
        response = client.get(path)
        assert response.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] in {"no-store", "no-cache"}
    sources: list[Any] = re.findall(r'(?:src|href|action)="([^"]*)"', client.get("/").text)
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)


def test_script_has_no_fee(client: httpx.Client) -> None:
    script = client.get("/static/page.js").text

    numbers = set(re.findall(r"(?<![\w.])\d[\d_.]*n?", re.sub("//.*", "", script)))
    # The first and last element, two places of the rate, and the pause before anything is spoken.
    assert numbers <= {"0", "1", "0n", "1n", "2", "2n", "3", "20000n", "700"}
