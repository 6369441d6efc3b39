"""Schedules as data: round trips, rejected documents and fingerprints."""

from __future__ import annotations

import hashlib
import json
import re
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given

from kashia_money import (
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidCurrencyError,
    InvalidDocumentError,
    InvalidPercentageError,
    InvalidRuleError,
    KashiaMoneyError,
    NoMinorUnitError,
    Rounding,
    Tier,
    commission,
)
from kashia_money._core.serialization import read_rule
from tests.support.strategies import rules, schedules

NGN = PUBLISHED["NGN"]
DOCUMENT: dict[str, Any] = {
    "currency": "NGN",
    "platform": {
        "percentage": "1.5",
        "flat": 0,
        "flat_from": 0,
        "minimum": 10_000,
        "cap": 5_000_000,
        "rounding": "ROUND_HALF_UP",
    },
    "merchant": {
        "percentage": "0",
        "flat": 0,
        "flat_from": 0,
        "minimum": 0,
        "cap": None,
        "rounding": "ROUND_HALF_UP",
    },
}
TIERED: dict[str, Any] = {
    "currency": "NGN",
    "platform": {
        "mode": "volume",
        "tiers": [
            {"start": 0, "percentage": "0", "flat": 5_000},
            {"start": 500_000, "percentage": "1.5", "flat": 0},
        ],
        "minimum": 100,
        "cap": 5_000_000,
        "rounding": "ROUND_HALF_UP",
    },
    "merchant": {
        "mode": "graduated",
        "tiers": [
            {"start": 0, "percentage": "10", "flat": 0},
            {"start": 1_000, "percentage": "5", "flat": 0},
        ],
        "minimum": 0,
        "cap": None,
        "rounding": "ROUND_UP",
    },
}


@given(schedules)
def test_from_dict_inverts_to_dict(schedule: FeeSchedule) -> None:
    document = schedule.to_dict()

    assert FeeSchedule.from_dict(document) == schedule
    assert FeeSchedule.from_dict(json.loads(json.dumps(document))) == schedule
    assert FeeSchedule.from_dict(document).to_dict() == document


@given(rules())
def test_read_rule_inverts_to_dict(rule: FeeRule) -> None:
    document = rule.to_dict()
    assert read_rule(document) == rule
    # What has its default may be left out.
    default = FeeRule(0).to_dict()
    kept = {"percentage", "mode", "tiers"}
    least = {
        name: field for name, field in document.items() if name in kept or field != default[name]
    }
    assert read_rule(least) == rule


def test_to_dict_of_the_published_schedule() -> None:
    assert NGN.to_dict() == DOCUMENT
    assert list(NGN.to_dict()) == list(DOCUMENT)
    assert FeeSchedule.from_dict(MappingProxyType(DOCUMENT)) == NGN


def test_to_dict_of_tiers() -> None:
    volume = FeeRule.volume([Tier(0, flat=5_000), Tier(500_000, "1.5")], minimum=100, cap=5_000_000)
    graduated = FeeRule.graduated([Tier(0, 10), Tier(1_000, 5)], rounding=Rounding.UP)
    schedule = FeeSchedule("NGN", volume, graduated)

    assert schedule.to_dict() == TIERED
    assert FeeSchedule.from_dict(TIERED) == schedule
    assert read_rule(
        {"mode": "graduated", "tiers": [{"start": 0, "percentage": "1"}]}
    ) == FeeRule.graduated([Tier(0, 1)])


def test_from_dict_fills_absent_fields() -> None:
    assert FeeSchedule.from_dict(
        {"currency": "USD", "platform": {"percentage": "2.9"}}
    ) == FeeSchedule("USD", FeeRule("2.9"))


def test_to_dict_returns_a_copy() -> None:
    document = NGN.to_dict()
    document["platform"] = None

    assert NGN.to_dict() == DOCUMENT


@given(schedules)
def test_fingerprint_is_the_hash_of_canonical_json(schedule: FeeSchedule) -> None:
    canonical = json.dumps(schedule.to_dict(), sort_keys=True, separators=(",", ":"))

    assert schedule.fingerprint == hashlib.sha256(canonical.encode()).hexdigest()


@given(schedules, schedules)
@example(
    FeeSchedule("NGN", FeeRule(1), commission(25)),
    FeeSchedule("NGN", FeeRule("1.0"), commission(20)),
)
@example(FeeSchedule("NGN", FeeRule(1, flat_from=5)), FeeSchedule("NGN", FeeRule(1)))
@example(FeeSchedule("NGN", FeeRule(1, rounding=Rounding.UP)), FeeSchedule("NGN", FeeRule(1)))
def test_fingerprint_is_equal_if_schedules_are(one: FeeSchedule, other: FeeSchedule) -> None:
    assert (one.fingerprint == other.fingerprint) == (one == other)


def changed(path: str, value: object, document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    """A copy of a document with another value in one place; `...` removes the field."""
    document = json.loads(json.dumps(document))
    *parents, name = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
    node: Any = document
    for parent in parents:
        node = node[parent]
    node[name] = value
    if value is ...:
        del node[name]
    return document


NOT_AMOUNTS: list[object] = [-1, 2**63, 10**4000, 1.0, 1.5, True, False, "1", "", [], {}]
NOT_OBJECTS: list[object] = [None, 5, "{}", [], True, [["percentage", "1"]]]
NOT_PERCENTAGES: list[object] = [
    None, 1, 1.5, True, [], {}, "", " 1", "1 ", "1\n", "+1", "-1", "1e1", "1.", ".5", "01",
    "1_0", "1,5", "٥", "NaN", "100.000001", "101", "1.0000000", "1" * 10**6,
]  # fmt: skip
REFUSED: list[tuple[str, list[Any], type[KashiaMoneyError]]] = [
    ("$.currency", [None, 5, "", "ngn", "QQQ", "NGN ", [], {}], InvalidCurrencyError),
    ("$.currency", ["XAU", "XXX"], NoMinorUnitError),
    ("$.currency", [...], InvalidDocumentError),
    ("$.platform", [..., *NOT_OBJECTS], InvalidDocumentError),
    ("$.merchant", NOT_OBJECTS, InvalidDocumentError),
    ("$.type", ["tiers", None], InvalidDocumentError),
    ("$.platform.type", ["graduated", None], InvalidDocumentError),
    ("$.merchant.type", ["graduated", None], InvalidDocumentError),
    ("$.platform.percentage", NOT_PERCENTAGES, InvalidPercentageError),
    ("$.merchant.percentage", NOT_PERCENTAGES, InvalidPercentageError),
    ("$.platform.percentage", [...], InvalidDocumentError),
    ("$.merchant.percentage", [...], InvalidDocumentError),
    ("$.platform.flat", [None, *NOT_AMOUNTS], InvalidAmountError),
    ("$.platform.flat_from", [None, *NOT_AMOUNTS], InvalidAmountError),
    ("$.platform.minimum", [None, *NOT_AMOUNTS], InvalidAmountError),
    ("$.platform.cap", NOT_AMOUNTS, InvalidAmountError),
    ("$.merchant.cap", NOT_AMOUNTS, InvalidAmountError),
    (
        "$.platform.rounding",
        [None, 5, "", "HALF_UP", "round_half_up", "ROUND_HALF_UP ", [], {}],
        InvalidDocumentError,
    ),
    ("$.platform.minimum", [5_000_001], InvalidRuleError),
    ("$.platform.cap", [9_999], InvalidRuleError),
    ("$.merchant.percentage", ["20.000001", "100"], InvalidRuleError),
    ("$.merchant.flat", [1], InvalidRuleError),
    ("$.merchant.minimum", [1], InvalidRuleError),
]


@pytest.mark.parametrize(("path", "values", "error"), REFUSED)
def test_from_dict_names_the_path_of_a_rejected_field(
    path: str, values: list[object], error: type[KashiaMoneyError]
) -> None:
    parent, _, name = path.rpartition(".")
    for value in values:
        with pytest.raises(error) as caught:
            FeeSchedule.from_dict(changed(path, value))
        # A contradiction, and a field that is missing or unknown, is the whole object's.
        whole = error is InvalidRuleError or value is ... or name == "type"
        assert caught.value.field == (parent if whole else path), str(caught.value)
        assert len(str(caught.value)) < 400


NOT_TIERS: list[object] = [None, 5, "", {}, [], "volume", [{"start": 0, "percentage": "1"}] * 101]
TIERED_REFUSED: list[tuple[str, list[Any], type[KashiaMoneyError], str]] = [
    ("$.platform.mode", [...], InvalidDocumentError, "$.platform"),
    (
        "$.platform.mode",
        [None, 5, "", "Volume", "sideways", [], {}],
        InvalidDocumentError,
        "$.platform.mode",
    ),
    ("$.platform.mode", ["graduated"], InvalidRuleError, "$.platform"),
    ("$.platform.tiers", [...], InvalidDocumentError, "$.platform"),
    ("$.platform.tiers", NOT_TIERS, InvalidDocumentError, "$.platform.tiers"),
    ("$.platform.percentage", ["1"], InvalidDocumentError, "$.platform"),
    ("$.merchant.flat", [0], InvalidDocumentError, "$.merchant"),
    ("$.platform.minimum", [5_000_001], InvalidRuleError, "$.platform"),
    ("$.platform.tiers[0]", NOT_OBJECTS, InvalidDocumentError, "$.platform.tiers[0]"),
    ("$.platform.tiers[1].start", [...], InvalidDocumentError, "$.platform.tiers[1]"),
    ("$.platform.tiers[1].percentage", [...], InvalidDocumentError, "$.platform.tiers[1]"),
    ("$.platform.tiers[1].cap", [5], InvalidDocumentError, "$.platform.tiers[1]"),
    (
        "$.platform.tiers[1].start",
        [None, *NOT_AMOUNTS],
        InvalidAmountError,
        "$.platform.tiers[1].start",
    ),
    (
        "$.platform.tiers[1].flat",
        [None, *NOT_AMOUNTS],
        InvalidAmountError,
        "$.platform.tiers[1].flat",
    ),
    (
        "$.merchant.tiers[1].percentage",
        NOT_PERCENTAGES,
        InvalidPercentageError,
        "$.merchant.tiers[1].percentage",
    ),
    ("$.platform.tiers[0].start", [1, 500_000], InvalidRuleError, "$.platform"),
    ("$.platform.tiers[1].start", [0], InvalidRuleError, "$.platform"),
    ("$.merchant.tiers[1].percentage", ["20.000001"], InvalidRuleError, "$.merchant"),
    ("$.merchant.tiers[1].flat", [1], InvalidRuleError, "$.merchant"),
    ("$.merchant.minimum", [1], InvalidRuleError, "$.merchant"),
]


@pytest.mark.parametrize(("path", "values", "error", "named"), TIERED_REFUSED)
def test_from_dict_names_the_path_of_a_rejected_tier(
    path: str, values: list[object], error: type[KashiaMoneyError], named: str
) -> None:
    for value in values:
        with pytest.raises(error) as caught:
            FeeSchedule.from_dict(changed(path, value, TIERED))
        assert caught.value.field == named, str(caught.value)
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("document", NOT_OBJECTS)
def test_from_dict_rejects_other_types(document: object) -> None:
    for read in (FeeSchedule.from_dict, read_rule):
        with pytest.raises(InvalidDocumentError, match=r"expected \$ as an object"):
            read(document)


def test_read_rule_says_how_to_correct_a_field() -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        read_rule({"percentage": "1", "maximum": 5})

    assert str(caught.value) == (
        "expected $ as an object with no other fields than "
        "percentage, flat, flat_from, minimum, cap, rounding, "
        "got 'maximum': correct its name; without the field, the fee could be different"
    )


def test_from_dict_rejects_keys_that_are_not_text() -> None:
    with pytest.raises(InvalidDocumentError):
        FeeSchedule.from_dict(DOCUMENT | {5: 5})
