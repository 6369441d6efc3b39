"""The same module in Chromium: every conformance row, and displayed amounts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kashia_money import format_minor
from kashia_money.javascript import to_javascript
from tests.javascript.engines import Browser, Call
from tests.javascript.test_quotes import GROUPS, MODULE, compare_with_rows
from tests.javascript.test_text import (
    TESTED,
    module,
    parsed,
    texts_near,
    without_messages,
)
from tests.support.conformance import Group


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_quote_matches_every_conformance_row_in_chromium(browser: Browser, group: Group) -> None:
    compare_with_rows(browser, to_javascript(group.schedule), group)


@pytest.mark.parametrize("currency", ["NGN", "JPY", "KWD"])
@pytest.mark.parametrize("locale", TESTED.split())
def test_text_matches_the_library_in_chromium(browser: Browser, locale: str, currency: str) -> None:
    texts = texts_near(currency, locale)
    calls: list[Call] = [["format", {"BigInt": "-123456789"}], *(["parse", text] for text in texts)]

    shown, *answers = browser.run(module(currency, locale), calls)

    assert shown == format_minor(-123_456_789, currency, locale)
    assert without_messages(answers) == [parsed(text, currency, locale) for text in texts]


def test_example_of_the_docs_shows_the_total(browser: Browser) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "browser.md").read_text("utf-8")
    examples = dict(re.findall(r"```(html|js)\n(.*?)```", docs, re.DOTALL))
    browser.files |= {"": examples["html"], "price.mjs": examples["js"], "fees.mjs": MODULE}
    browser.open()
    total = browser.page.locator("#total")

    browser.page.fill("#price", "1,500")
    assert total.text_content() == "₦1,637.50"  # the minimum of ₦100, and 2.5 %
    assert total.get_attribute("title") == "₦100.00 by minimum"

    browser.page.fill("#price", "1,50")
    assert total.text_content() == "write it like ₦1,234,567.89"
