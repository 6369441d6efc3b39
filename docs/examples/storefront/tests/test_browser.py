"""The page in Chromium: typed, pasted, composed, gone back to, and compared with Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from kashia_money import FeeRule, FeeSchedule, UnreachableTotalError, commission
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from sqlalchemy import func, select

from storefront import demo
from storefront.app import Shop
from storefront.chart import chart
from storefront.database import Link, Merchant

from .support import serving, shop_in

SCHEDULE = FeeSchedule("NGN", FeeRule("1.5", minimum=100_00, cap=50_000_00), commission("2.5"))
OPEN = AbstractContextManager[Page]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return shop_in(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def address(shop: Shop) -> Iterator[str]:
    with serving(shop) as address:
        yield address


@pytest.fixture
def visit(chromium: Browser, address: str) -> Callable[..., OPEN]:
    """Open a page in a new context; fail if it logs anything or asks another host."""

    @contextmanager
    def visit(path: str = "/", **options: Any) -> Iterator[Page]:
        context = chromium.new_context(base_url=address, **options)
        page = context.new_page()
        problems: list[str] = []

        def note_message(message: ConsoleMessage) -> None:
            # A page that is answered with a 4xx is logged, too.
            if message.text.find("the server responded with a status of 4") < 0:
                problems.append(message.text)

        def note_request(request: Request) -> None:
            if not request.url.startswith((address, "about:")):
                problems.append(request.url)

        page.on("console", note_message)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", note_request)
        page.goto(path)
        yield page
        context.close()
        assert problems == []

    return visit


def minors(page: Page) -> dict[str, int | None]:
    script = "all => all.map(e => [e.dataset.figure, e.dataset.minor])"
    found = page.locator("[data-figure][data-minor]").evaluate_all(script)
    return {name: int(minor) if minor else None for name, minor in found}


def expected(amount: int, percentage: object = None, cap: int | None = None) -> dict[str, int]:
    quote = SCHEDULE.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)  # type: ignore[arg-type]
    return {
        "amount": quote.amount,
        "platformFee": quote.platform_fee,
        "merchantFee": quote.merchant_fee,
        "totalAmount": quote.total_amount,
    }


def links_in(shop: Shop) -> int:
    with shop.database.read() as session:
        return session.scalar(select(func.count()).select_from(Link)) or 0


def test_figures_follow_each_key_and_the_field_is_never_rewritten(
    visit: Callable[..., OPEN],
) -> None:
    with visit() as page:
        field = page.get_by_label("Base amount")
        field.focus()
        for length, amount in enumerate(
            [100, None, None, None, 123_400, None, 123_450, 123_456], 1
        ):
            page.keyboard.press("1,234.56"[length - 1])
            assert field.input_value() == "1,234.56"[:length]
            if amount is not None:
                assert minors(page) == expected(amount), length
            else:
                assert set(minors(page).values()) == {None}
            assert page.locator(".error:visible").count() == 0


TYPED = [
    ("", "", "", (0, None, None)),
    ("1500", "", "", (150_000, None, None)),
    ("₦ 1,500", "2.5%", "", (150_000, "2.5", None)),
    ("NGN1,500", " 7.125 % ", "₦50", (150_000, "7.125", 5_000)),
    ("1,500 NGN", "%5", "0", (150_000, "5", 0)),
    ("\u202f1,500.5\u00a0", "0", "", (150_050, "0", None)),
    ("4000", "25", "", (400_000, "25", None)),
    ("4000", "-1", "", (400_000, "-1", None)),
    ("6,666.99", "20", "", (666_699, "20", None)),
    ("6,667", "20", "1,333.40", (666_700, "20", 133_340)),
    ("3333333", "0.000001", "", (333_333_300, "0.000001", None)),
    ("640000000000000.07", "3.3", "", (64_000_000_000_000_007, "3.3", None)),
    ("92233720368497758.07", "0", "", (9_223_372_036_849_775_807, "0", None)),
]  # each with the amount, the percentage and the cap that it means


def test_typed_texts_have_pythons_figures(visit: Callable[..., OPEN]) -> None:
    with visit() as page, visit(java_script_enabled=False) as plain:
        for amount, percentage, cap, minor in TYPED:
            page.fill("#amount", amount)
            page.fill("#percentage", percentage)
            page.fill("#cap", cap)
            assert minors(page) == expected(*minor), (amount, percentage, cap)
            texts = {"amount": amount, "percentage": percentage, "cap": cap}
            plain.goto(f"/?{urlencode(texts)}")
            assert minors(plain) == expected(*minor), (amount, percentage, cap)
            # The sentences, the chart's text and everything else that is there to be read.
            assert read(page) == read(plain), (amount, percentage, cap)


def read(page: Page) -> list[str]:
    """Return the words of a page, without those that are only spoken or only for the server."""
    text, spoken = page.locator("main").inner_text(), page.locator("#spoken").inner_text()
    return text.replace("Show the fees", "").replace(spoken, "").split()


def test_address_has_the_state(visit: Callable[..., OPEN]) -> None:
    with visit() as page:
        page.fill("#percentage", "7.125 %")
        page.fill("#amount", "NGN 1,500")
        page.fill("#exactly", "50")
        page.wait_for_url("**/?amount=NGN+1%2C500&percentage=7.125+%25&exactly=50")
        texts = read(page)
        page.reload()
        assert minors(page) == expected(150_000, "7.125")
        assert read(page) == texts
        page.fill("#amount", "")
        page.fill("#percentage", "")
        page.fill("#exactly", "")
        page.wait_for_url(re.compile("/$"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("amount", "1.500"), ("amount", "1,50"), ("amount", "$5"), ("amount", "-5"),
        ("amount", "1 500"), ("amount", "9" * 30), ("amount", "92233720368547758.07"),
        ("cap", "x"), ("cap", "-1"), ("percentage", "2,5"), ("percentage", "0.1234567"),
        ("percentage", "NaN"), ("exactly", "1.500"), ("exactly", "-5"),
    ],
)  # fmt: skip
def test_text_that_is_refused_says_why_at_the_field(
    visit: Callable[..., OPEN], name: str, text: str
) -> None:
    with visit("/?amount=5") as page:
        page.fill(f"#{name}", text)
        error = page.locator(f"#{name}-error")
        expect(error).to_be_visible()
        assert "like" in error.inner_text()
        assert page.locator(f"#{name}").get_attribute("aria-invalid") == "true"
        assert page.locator(f"#{name}").input_value() == text
        assert (set(minors(page).values()) == {None}) == (name != "exactly")
        # A page that is filled while it is shown has its error at once, and speaks after the pause.
        expect(page.locator("#spoken")).to_contain_text(error.inner_text())
        errors = page.locator(".error:visible").count()
        page.fill(f"#{name}", "5")
        assert not error.is_visible()
        address = page.url
    with visit(address, java_script_enabled=False) as plain:
        assert plain.locator(".error:visible").count() == errors == 1


def test_pasted_cell_of_a_spreadsheet_is_an_amount(visit: Callable[..., OPEN]) -> None:
    with visit(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.evaluate("navigator.clipboard.writeText('\\t₦1,500.00\\t\\r\\n')")
        page.focus("#amount")
        page.keyboard.press("Control+V")
        assert minors(page) == expected(150_000)
        assert page.input_value("#amount") == "\t₦1,500.00\t"


def test_composed_text_is_left_alone_until_it_is_committed(visit: Callable[..., OPEN]) -> None:
    with visit("/?amount=7") as page:
        page.fill("#amount", "")
        page.focus("#amount")
        keyboard = page.context.new_cdp_session(page)
        for text in ("1", "15", "150"):
            keyboard.send(
                "Input.imeSetComposition",
                {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
            )
            assert page.input_value("#amount") == text
            assert minors(page) == expected(0)
        keyboard.send("Input.insertText", {"text": "1500"})
        assert page.input_value("#amount") == "1500"
        assert minors(page) == expected(150_000)


def test_field_and_figures_agree_after_back(visit: Callable[..., OPEN]) -> None:
    with visit("/?amount=7") as page:
        page.fill("#amount", "5000")
        page.get_by_role("button", name="Create a payment link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Payment from the pricing page")
        page.go_back()
        assert page.get_by_label("Base amount").input_value() in {"5000", "7"}
        amount = int(page.get_by_label("Base amount").input_value()) * 100
        figure = page.locator("[data-figure=amount]")
        expect(figure).to_have_attribute("data-minor", str(amount))
        assert minors(page) == expected(amount)
        page.fill("#amount", "6000")
        page.get_by_role("button", name="Create a payment link").click()
        expect(page.locator(".pays")).to_have_text("₦6,250.00")  # 1.5 % is less than the minimum


def test_live_region_speaks_once_typing_pauses(visit: Callable[..., OPEN]) -> None:
    with visit() as page:
        page.evaluate(
            """() => {
                window.spoken = [];
                const region = document.querySelector("#spoken");
                new MutationObserver(() => spoken.push(region.textContent))
                    .observe(region, { childList: true, characterData: true, subtree: true });
            }"""
        )
        page.locator("#amount").press_sequentially("1500000", delay=100)
        assert page.evaluate("spoken") == []
        page.wait_for_timeout(1_000)
        assert page.evaluate("spoken") == [
            "The buyer pays ₦1,560,000.00, of which ₦60,000.00 are fees."
        ]
        assert page.locator("[aria-live], [role=alert], output").count() == 0  # one voice only


def test_keyboard_alone_creates_a_link(visit: Callable[..., OPEN], shop: Shop) -> None:
    before = links_in(shop)
    with visit() as page:
        names = []
        for _ in range(4):
            page.keyboard.press("Tab")
            names.append(page.evaluate("document.activeElement.name"))
            if names[-1] == "amount":
                page.keyboard.type("1500")
            elif names[-1] == "percentage":
                page.keyboard.type("10")
        assert names == ["amount", "percentage", "cap", "shown"]
        page.keyboard.press("Enter")
        expect(page.locator(".pays")).to_have_text("₦1,750.00")
        assert page.locator("[data-status]").get_attribute("data-status") == "active"
    assert links_in(shop) == before + 1


def test_enter_in_a_field_shows_the_address_of_the_figures(visit: Callable[..., OPEN]) -> None:
    with visit() as page:
        page.fill("#amount", "1500")
        page.press("#amount", "Enter")
        page.wait_for_url("**/?amount=1500*")
        assert minors(page) == expected(150_000)


def test_page_works_without_javascript(visit: Callable[..., OPEN], shop: Shop) -> None:
    before = links_in(shop)
    with visit(java_script_enabled=False) as page:
        page.fill("#amount", "₦1,500,000")
        page.get_by_role("button", name="Show the fees").click()
        assert minors(page) == expected(150_000_000)
        page.fill("#percentage", "10")
        page.get_by_role("button", name="Create a payment link").click()
        assert page.locator(".compare dd").all_inner_texts() == ["₦1,560,000.00", "₦1,672,500.00"]
        assert links_in(shop) == before
        page.get_by_role("button", name="Create a payment link").click()
        expect(page.locator(".pays")).to_have_text("₦1,672,500.00")
    assert links_in(shop) == before + 1


def test_page_works_where_its_module_is_missing(chromium: Browser, address: str) -> None:
    page = chromium.new_page(base_url=address)
    page.route("**/*.mjs", lambda route: route.abort())
    page.goto("/")
    page.fill("#amount", "1500")
    page.get_by_role("button", name="Show the fees").click()
    page.wait_for_url("**/?amount=1500*")
    assert minors(page) == expected(150_000)
    page.close()


def test_changed_price_list_is_shown_beside_the_old_total(
    chromium: Browser, tmp_path: Path
) -> None:
    shop = shop_in(tmp_path)
    with serving(shop) as address:
        page = chromium.new_page(base_url=address)
        page.goto("/")
        page.fill("#amount", "1,500,000")
        with shop.database.write() as session:
            dearer = FeeSchedule("NGN", FeeRule(3), commission("2.5"))
            session.get_one(Merchant, demo.MARKETPLACE).price_list = dearer.to_dict()
        page.get_by_role("button", name="Create a payment link").click()
        assert page.locator(".compare dd").all_inner_texts() == ["₦1,560,000.00", "₦1,582,500.00"]
        assert page.input_value("#amount") == "1,500,000"
        assert minors(page)["totalAmount"] == 158_250_000
        assert links_in(shop) == 2
        page.get_by_role("button", name="Create a payment link").click()
        expect(page.locator(".pays")).to_have_text("₦1,582,500.00")
        assert links_in(shop) == 3
        page.close()


def test_exact_totals_have_pythons_bases_and_neighbours(visit: Callable[..., OPEN]) -> None:
    totals = [0, 1, 5_000, 10_000, 10_001, 10_103, 676_699, 676_700, 693_865, 693_866, 5_000_000,
              156_000_000, 346_666_633, 2**63 - 1]  # fmt: skip
    script = """() => ["exact", "below", "above"].map(name => {
        const link = document.querySelector(`[data-link=${name}]`);
        return link.checkVisibility() ? link.dataset.minor : null;
    })"""
    with visit() as page:
        for total in totals:
            page.fill("#exactly", f"{total // 100}.{total % 100:02}")
            try:
                python = [SCHEDULE.quote_for_total(total).amount, None, None]
            except UnreachableTotalError as error:
                python = [None, error.below, error.above]
            assert page.evaluate(script) == [
                None if minor is None else str(minor) for minor in python
            ], total


def test_link_of_an_exact_total_leads_to_it(visit: Callable[..., OPEN]) -> None:
    with visit("/?exactly=50&percentage=10") as page:
        page.locator("[data-link=above]").click()
        page.wait_for_url("**/?amount=*")
        assert minors(page) == expected(1, "10")


@pytest.mark.parametrize(
    ("amount", "percentage", "cap"),
    [(0, None, None), (5, "20", None), (123_456_700, "7.5", 1_000_000)],
)
def test_chart_has_pythons_points(
    visit: Callable[..., OPEN], amount: int, percentage: str | None, cap: int | None
) -> None:
    quote = SCHEDULE.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    python = chart(quote)
    with visit("/?amount=7") as page:
        page.fill("#amount", f"{amount // 100}.{amount % 100:02}")
        page.fill("#percentage", percentage or "")
        page.fill("#cap", "" if cap is None else str(cap // 100))
        for curve, name in (("total", "totalFees"), ("platform", "platformFee")):
            points = page.locator(f"[data-curve={name}]").get_attribute("points")
            numbers = [float(number) for number in re.split("[ ,]", points or "")]
            wanted = [float(number) for number in re.split("[ ,]", str(python[curve]))]
            assert numbers == pytest.approx(wanted, abs=0.11)
        visitor = page.locator(".visitor")
        place = [float(visitor.get_attribute(name) or "nan") for name in ("cx", "cy")]
        assert place == pytest.approx(python["visitor"], abs=0.11)
        if amount == 0:
            assert place == [52, 196]  # where both axes have their 0
        assert page.locator("[data-mark]").count() == 2


@pytest.mark.parametrize("text", ["1500000", "92233720368497758.07"])
def test_page_fits_320_pixels(visit: Callable[..., OPEN], text: str) -> None:
    with visit(viewport={"width": 320, "height": 700}, color_scheme="dark") as page:
        page.fill("#amount", text)
        page.fill("#exactly", "50")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        size = page.get_by_role("button", name="Create a payment link").bounding_box()
        assert size
        assert size["height"] >= 44


@pytest.mark.parametrize(
    "path", ["/?amount=1500000&exactly=50", "/?amount=1.500&percentage=x", "link"]
)
@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark", "viewport": {"width": 320, "height": 700}},
        {"forced_colors": "active"},
        {"java_script_enabled": True, "color_scheme": "dark", "contrast": "more"},
    ],
    ids=lambda options: "-".join(map(str, options.values()))[:12],
)
def test_axe_finds_nothing(
    visit: Callable[..., OPEN], axe: str, shop: Shop, path: str, options: dict[str, Any]
) -> None:
    if path == "link":
        with shop.database.read() as session:
            path = f"/links/{session.scalars(select(Link.reference)).first()}"
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    rules = {"runOnly": tags, "rules": {"target-size": {"enabled": True}}}
    with visit(path, **options) as page:
        page.evaluate(axe)
        result = page.evaluate("rules => axe.run(rules)", rules)
        findings = [(item["id"], item["nodes"][0]["html"]) for item in result["violations"]]
        assert findings == []
        assert len(result["passes"]) > 15


def test_axe_finds_nothing_where_the_total_changed(visit: Callable[..., OPEN], axe: str) -> None:
    with visit("/?amount=5", java_script_enabled=True) as page:
        page.evaluate(
            "document.querySelector('[name=shown]').value = `1:${'a'.repeat(64)}:${'b'.repeat(32)}`"
        )
        page.get_by_role("button", name="Create a payment link").click()
        expect(page.get_by_text("The price list has changed")).to_be_visible()
        page.evaluate(axe)
        assert page.evaluate("axe.run()")["violations"] == []


def test_random_texts_are_read_as_python_reads_them(visit: Callable[..., OPEN]) -> None:
    """The same request, or refused by both."""
    texts = ["1e3", "+5", "5.", ".5", "1,234", "12,34", "₦₦5", "NGN5NGN", "0x10", "٣", "1_000",
             "５", "∞", "1e-7", "1E1", "00005", "5 %", "%", "% 5", "5%%", "5 ₦", "−5"]  # fmt: skip
    with visit("/?amount=5000") as page:
        for name in ("amount", "percentage", "cap"):
            for text in texts:
                page.fill(f"#{name}", text)
                answer = page.request.get("/", params={"amount": "5000", name: text}).text()
                found = re.findall(r'data-figure="(\w+)" data-minor="(\d*)"', answer)
                python = {figure: int(minor) if minor else None for figure, minor in found}
                assert minors(page) == python, (name, text)
            page.fill(f"#{name}", "5000" if name == "amount" else "")
