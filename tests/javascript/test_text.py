"""`format` and `parse` of generated modules against `format_minor` and `parse_minor`."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from kashia_money import FeeRule, FeeSchedule, InvalidLocaleError, format_minor, parse_minor
from kashia_money.javascript import to_javascript
from tests.javascript.engines import Call, Node, outcome
from tests.support.strategies import MAX, currencies

LOCALES = sorted(localedata.locale_identifiers())
# With groups of two, other signs, marks of direction, marks outside the basic plane, no groups.
TESTED = (
    "en_NG en ha yo ig ar_EG bg de_CH de_DE en_IN en_US_POSIX es fa ff_Adlm fr_FR fy he hi_IN ja_JP"
    " nl pl pt_PT sv ta ur yo_BJ zh_Hans"
)
MARKS = "0123456789.,'-+ ₦€$NGNUSDJPY\u00a0\u202f\u2009\u2019\u2212\u200e\u200f\u061c٥\n\t"

TEXTS = 3_500 if os.environ.get("HYPOTHESIS_PROFILE") == "campaign" else 150  # for each currency


EXAMPLES = {"JPY": "\N{YEN SIGN}123,456,789", "NGN": "NGN\N{NO-BREAK SPACE}1,234,567.89"}


def module(currency: str, locale: str) -> str:
    return to_javascript(FeeSchedule(currency, FeeRule(1)), locale=locale)


def texts_near(currency: str, locale: str) -> list[str]:
    """Return displayed amounts, each with up to three characters changed, removed or added."""
    chance = random.Random(f"{currency} {locale}")
    marks = MARKS + format_minor(-123_456_789, currency, locale)
    texts = []
    for _ in range(TEXTS):
        amount = chance.choice([1, -1]) * chance.randrange(10 ** chance.randint(1, 19))
        chars = list(format_minor(max(-MAX, min(amount, MAX)), currency, locale))
        for _ in range(chance.randint(0, 3)):
            place = chance.randrange(len(chars) + 1)
            chars[place : place + chance.randint(0, 1)] = chance.choice([chance.choice(marks), ""])
        texts.append("".join(chars))
    return texts


def parsed(text: str, currency: str, locale: str) -> object:
    return outcome(lambda: {"BigInt": str(parse_minor(text, currency, locale))})


def without_messages(answers: list[Any]) -> list[Any]:
    return [{"error": answer["error"]} if "error" in answer else answer for answer in answers]


@pytest.mark.parametrize("currency", ["NGN", "JPY", "KWD"])
@pytest.mark.parametrize("locale", TESTED.split())
def test_parse_matches_the_library(node: Node, locale: str, currency: str) -> None:
    texts = texts_near(currency, locale)
    answers = node.run(module(currency, locale), [["parse", text] for text in texts])

    assert without_messages(answers) == [parsed(text, currency, locale) for text in texts]


@pytest.mark.parametrize("currency", ["NGN", "JPY", "KWD"])
@pytest.mark.parametrize("locale", TESTED.split())
def test_format_matches_the_library(node: Node, locale: str, currency: str) -> None:
    amounts = [
        sign * (10**size + step) for size in range(19) for sign in (1, -1) for step in (0, 9)
    ]
    calls: list[Call] = [["format", {"BigInt": str(amount)}] for amount in (0, MAX, -MAX, *amounts)]

    answers = node.run(module(currency, locale), calls)

    assert answers == [
        format_minor(amount, currency, locale) for amount in (0, MAX, -MAX, *amounts)
    ]


@given(st.integers(-MAX, MAX), currencies, st.sampled_from(LOCALES))
def test_text_of_every_locale_matches_the_library(
    node: Node, amount: int, currency: str, locale: str
) -> None:
    text = format_minor(amount, currency, locale)
    calls: list[Call] = [["format", {"BigInt": str(amount)}], ["parse", text]]

    assert node.run(module(currency, locale), calls) == [text, {"BigInt": str(amount)}]


@pytest.mark.parametrize("text", [5, None, True, ["5"], {"BigInt": "5"}, {"Number": "NaN"}, ""])
def test_parse_takes_only_text(node: Node, text: Any) -> None:
    (answer,) = node.run(module("NGN", "en_NG"), [["parse", text]])

    assert answer == {
        "error": "InvalidAmountError",
        "message": "text: write it like ₦1,234,567.89",
    }


@pytest.mark.parametrize(
    ("text", "minor"), [("5".zfill(100), 500), ("5".zfill(101), None), ("5".zfill(10**6), None)]
)
def test_parse_reads_text_of_up_to_100_characters(node: Node, text: str, minor: int | None) -> None:
    (answer,) = node.run(module("NGN", "en_NG"), [["parse", text]])

    assert answer.get("BigInt") == (None if minor is None else str(minor))


def test_parse_rejects_a_decimal_mark_without_digits(node: Node) -> None:
    for currency in ("JPY", "NGN"):
        assert node.run(module(currency, "en"), [["parse", text] for text in ("5", "5.")]) == [
            {"BigInt": str(parse_minor("5", currency))},
            {"error": "InvalidAmountError", "message": f"text: write it like {EXAMPLES[currency]}"},
        ]


def test_parse_rejects_an_amount_above_the_largest(node: Node) -> None:
    answers = node.run(module("NGN", "en_NG"), [["parse", "92233720368547758.08"]])

    assert answers == [{"error": "InvalidAmountError", "message": "text: pass a smaller amount"}]


def test_module_is_ascii() -> None:
    assert all(module("NGN", locale).isascii() for locale in TESTED.split())


def test_to_javascript_rejects_a_locale_that_is_not_one() -> None:
    with pytest.raises(InvalidLocaleError):
        module("NGN", "xx_YY")
