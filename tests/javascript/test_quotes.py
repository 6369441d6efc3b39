"""The figures of generated modules against the library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kashia_money import PUBLISHED, FeeRule, FeeSchedule, Rounding, Tier, commission
from kashia_money.javascript import to_javascript
from tests.javascript.engines import Engine, Node, expected_quote, named, quote_call
from tests.support.conformance import Group, load
from tests.support.strategies import MAX, amounts, caps, commissions, large_amounts, near, rules
from tests.support.strategies import schedules as marketplaces

GROUPS = load()
NGN = PUBLISHED["NGN"]
MODULE = to_javascript(NGN)
VENDOR = FeeSchedule("NGN", NGN.platform, marketplace=False)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_quote_matches_every_conformance_row(node: Node, group: Group) -> None:
    compare_with_rows(node, to_javascript(group.schedule), group)


def compare_with_rows(engine: Engine, source: str, group: Group) -> int:
    """Compare a module's quotes with a group's rows; return their number."""
    rows = [row for row in group.rows if row.amount is not None]
    calls = [quote_call(row.amount or 0, row.percentage, row.cap) for row in rows]

    answers = engine.run(source, calls)

    figures = [json.loads(answer.get("json", "null")) for answer in answers]
    expected = [
        None if row.figures is None else [str(row.amount), *map(str, row.figures)] for row in rows
    ]
    assert [
        quote and list(quote.values())[:1] + list(quote.values())[2:6] for quote in figures
    ] == (expected)
    return len(rows)


texts = st.from_regex(r"[+-]?[0-9]{0,4}\.?[0-9]{0,8}([eE][+-]?[0-9]{1,4})?", fullmatch=True)
percentages = st.one_of(
    st.none(), commissions.map(str), texts, st.floats(), st.floats(0, 30).map(lambda x: round(x, 6))
)
every_amount = st.one_of(amounts, large_amounts, st.integers(0, 30))
links = st.tuples(percentages, st.none() | caps | near(MAX))
vendors = st.builds(lambda platform: FeeSchedule("USD", platform, marketplace=False), rules())
sold_by_marketplaces = st.builds(
    lambda platform, merchant: FeeSchedule("NGN", platform, merchant),
    rules(),
    marketplaces.map(lambda schedule: schedule.merchant),
)


def compare_with_library(
    node: Node,
    schedule: FeeSchedule,
    amounts: list[int],
    link: tuple[str | float | None, int | None] = (None, None),
) -> None:
    starts = [band.start for band in schedule.platform._curve.bands]
    every = sorted({*amounts, *(start - step for start in starts for step in (-1, 0, 1))} - {-1})
    inputs = [(amount, name) for amount in every for name in ("quote", "quoteWithin")]
    calls = [quote_call(amount, *link, name=name) for amount, name in inputs]

    answers = named(node.run(to_javascript(schedule), calls))

    assert answers == [
        expected_quote(schedule, amount, *link, name=name) for amount, name in inputs
    ]


@example(NGN, [MAX], ("1e309", None))
@example(NGN, [5], ("-1e309", None))
@example(NGN, [5], ("9" * 309, None))
@example(NGN, [5], ("-" + "9" * 309, None))
@example(NGN, [5], ("9e308", None))
@example(NGN, [5], ("0e9999", None))
@example(NGN, [5], (".", None))
@example(NGN, [5], ("1.0000005", None))
@example(NGN, [5], ("1e-7", None))
@example(NGN, [5], (1e-7, None))
@example(NGN, [5], ("10e-7", None))
@example(NGN, [5], ("0" * 401, None))
@example(NGN, [5], ("5\n", None))
@example(NGN, [5], ("٥", None))
@example(NGN, [5], (-0.0, None))
@example(NGN, [5], (2.0**70, 3))
@given(
    marketplaces | sold_by_marketplaces,
    st.lists(every_amount, min_size=1, max_size=20),
    links,
)
def test_quotes_match_the_library(
    node: Node,
    schedule: FeeSchedule,
    amounts: list[int],
    link: tuple[str | float | None, int | None],
) -> None:
    compare_with_library(node, schedule, amounts, link)


@given(vendors, st.lists(every_amount, min_size=1, max_size=20))
def test_quotes_of_a_single_vendor_match_the_library(
    node: Node, schedule: FeeSchedule, amounts: list[int]
) -> None:
    compare_with_library(node, schedule, amounts)


@pytest.mark.parametrize("rounding", Rounding)
def test_quotes_of_100_tiers_match_the_library(node: Node, rounding: Rounding) -> None:
    tiers = [Tier(start * 1_000, f"{(start * 37) % 200 / 10:.1f}") for start in range(100)]
    platform = FeeRule.volume(tiers, minimum=7, cap=9_000, rounding=rounding)
    merchant = FeeRule.graduated(tiers, rounding=rounding)

    compare_with_library(node, FeeSchedule("JPY", platform, merchant), [5, 1_234, 99_999, MAX])


@pytest.mark.parametrize(
    ("schedule", "percentage", "clamped_from"),
    [
        (NGN, "25", "25"),
        (NGN, 25.5, "25.5"),
        (NGN, -1, "-1"),
        (NGN, 20, None),
        (FeeSchedule("NGN", FeeRule(1), commission(30)), None, "30"),
        (FeeSchedule("NGN", FeeRule(1), commission(30)), 5, None),
    ],
)
def test_quote_says_the_percentage_before_clamping(
    node: Node, schedule: FeeSchedule, percentage: float | str | None, clamped_from: str | None
) -> None:
    (answer,) = node.run(to_javascript(schedule), [quote_call(1_000, percentage)])

    assert json.loads(answer["json"])["clampedFrom"] == clamped_from


@pytest.mark.parametrize("name", ["quote", "quoteWithin", "format"])
@pytest.mark.parametrize(
    "amount",
    [
        "", " ", "5", "0x10", True, [], [5], None, 1.5, 2**53, {"valueOf": 5},
        {"Number": "NaN"}, {"Number": "Infinity"}, {"undefined": ""}, {"BigInt": str(MAX + 1)},
        {"BigInt": str(-MAX - 1)},
    ],
)  # fmt: skip
def test_amounts_are_not_coerced(node: Node, name: str, amount: Any) -> None:
    (answer,) = node.run(MODULE, [[name, amount]])

    assert answer["error"] == "InvalidAmountError"
    assert "pass minor units from " in answer["message"]


@pytest.mark.parametrize("amount", [0, 5, 2**53 - 1])
def test_safe_integers_are_amounts(node: Node, amount: int) -> None:
    by_number, by_bigint = node.run(MODULE, [["quote", amount], quote_call(amount)])

    assert by_number == by_bigint


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"merchantFeeCaps": 5}, "TypeError"),
        ({"merchantFeePercentage": 5, "merchantFeeCaps": 5}, "TypeError"),
        ({"merchant_fee_percentage": 5}, "TypeError"),
        (10, "TypeError"),
        ("merchantFeeCap", "TypeError"),
        (None, "TypeError"),
        ([], "TypeError"),
        ([10], "TypeError"),
        (True, "TypeError"),
        ({"merchantFeeCap": ""}, "InvalidAmountError"),
        ({"merchantFeeCap": -1}, "InvalidAmountError"),
        ({"merchantFeeCap": 1.5}, "InvalidAmountError"),
        ({"merchantFeeCap": False}, "InvalidAmountError"),
        ({"merchantFeePercentage": ""}, "InvalidPercentageError"),
        ({"merchantFeePercentage": " 5"}, "InvalidPercentageError"),
        ({"merchantFeePercentage": "0x10"}, "InvalidPercentageError"),
        ({"merchantFeePercentage": True}, "InvalidPercentageError"),
        ({"merchantFeePercentage": [5]}, "InvalidPercentageError"),
        ({"merchantFeePercentage": {"BigInt": "5"}}, "InvalidPercentageError"),
        ({"merchantFeePercentage": {"Number": "NaN"}}, "InvalidPercentageError"),
    ],
)
def test_options_are_not_coerced(node: Node, options: Any, error: str) -> None:
    answers = node.run(MODULE, [[name, 5, options] for name in ("quote", "quoteWithin")])

    assert [answer.get("error") for answer in answers] == [error, error]


def test_absent_options_mean_the_schedules(node: Node) -> None:
    nothing = {"merchantFeePercentage": None, "merchantFeeCap": {"undefined": ""}}
    answers = node.run(MODULE, [["quote", 5], ["quote", 5, {}], ["quote", 5, nothing]])

    assert answers[0] == answers[1] == answers[2]
    assert "json" in answers[0]


def test_options_of_a_single_vendor_are_rejected(node: Node) -> None:
    options = [{"merchantFeePercentage": "5"}, {"merchantFeeCap": 0}, {"other": 5}, {}]
    answers = node.run(to_javascript(VENDOR), [["quote", 5, option] for option in options])

    assert answers[2]["message"] == "pass no options, not other"
    assert [answer.get("error") for answer in answers] == [
        "NotAMarketplaceError",
        "NotAMarketplaceError",
        "TypeError",
        None,
    ]


def test_errors_have_a_field_and_a_remedy(node: Node) -> None:
    calls = [quote_call(5, "1.1234567"), quote_call(MAX), ["quote", 5, {"cap": 5}]]
    answers = node.run(MODULE, calls)

    assert [answer["message"] for answer in answers] == [
        "merchantFeePercentage: pass 0 to 20, rounded to 6 places",
        "amount: pass a smaller one",
        "pass merchantFeePercentage or merchantFeeCap, not cap",
    ]


def test_exports_of_the_schedule(node: Node) -> None:
    names = ["currency", "digits", "fingerprint", "breakpoints"]
    yen = FeeSchedule("JPY", FeeRule(1))

    assert node.run(MODULE, [[name] for name in names]) == [
        "NGN",
        2,
        NGN.fingerprint,
        {"json": '{"minimumUntil":{"BigInt":"666699"},"capFrom":{"BigInt":"333333300"}}'},
    ]
    assert node.run(to_javascript(yen), [[name] for name in names]) == [
        "JPY",
        0,
        yen.fingerprint,
        {"json": '{"minimumUntil":null,"capFrom":null}'},
    ]


def test_to_javascript_rejects_what_is_not_a_schedule() -> None:
    document: Any = NGN.to_dict()
    with pytest.raises(TypeError, match="schedule is a FeeSchedule, not "):
        to_javascript(document)
