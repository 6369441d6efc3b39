"""The JSON Schema that ships with the package says what `FeeSchedule.from_dict` does, document by document."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kashia_money import FeeSchedule, InvalidRuleError, KashiaMoneyError, Rounding
from kashia_money.currencies import EXPONENTS
from kashia_money.rounding import MAX_AMOUNT
from tests.strategies import schedules
from tests.test_data import DOCUMENT, NOT_AMOUNTS, NOT_PERCENTAGES, REFUSED, changed

jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is needed to hold the schema to the reader")

SCHEMA = json.loads((files("kashia_money") / "schedule.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def valid(document: object) -> bool:
    return bool(VALIDATOR.is_valid(document))


def reads(document: object) -> bool:
    try:
        FeeSchedule.from_dict(document)
    except KashiaMoneyError:
        return False
    return True


def taken(document: object) -> bool:
    """Whether the reader takes a document, or refuses it for the one thing that JSON Schema cannot say."""
    try:
        FeeSchedule.from_dict(document)
    except InvalidRuleError as error:
        return "a minimum of at most the cap" in error.expected
    except KashiaMoneyError:
        return False
    return True


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_schema_has_todays_currencies_roundings_and_bounds() -> None:
    assert SCHEMA["properties"]["currency"]["enum"] == sorted(EXPONENTS)
    for name in ("platform", "merchant"):
        fields = SCHEMA["properties"][name]["properties"]
        assert fields["rounding"]["enum"] == [rounding.value for rounding in Rounding]
        assert list(fields) == list(DOCUMENT[name])
        assert {fields[field]["maximum"] for field in ("flat_from", "cap")} == {MAX_AMOUNT}


@given(schedules)
def test_schema_takes_every_schedule(schedule: FeeSchedule) -> None:
    VALIDATOR.validate(schedule.to_dict())


def described(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Whatever a schema takes, read off the schema; hypothesis-jsonschema does not work with today's Hypothesis."""
    match schema:
        case {"enum": values}:
            return st.sampled_from(values)
        case {"const": value}:
            return st.just(value)
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern)
        case {"type": "integer", "minimum": least, "maximum": most}:
            return st.integers(least, most)
        case {"type": [kind, "null"]}:
            return st.none() | described({**schema, "type": kind})
        case {"type": "object", "properties": fields, "required": required, "additionalProperties": False}:
            parts = {name: described(field) for name, field in fields.items()}
            optional = {name: part for name, part in parts.items() if name not in required}
            return st.fixed_dictionaries({name: parts[name] for name in required}, optional=optional)
    raise AssertionError(schema)


@given(described(SCHEMA))
def test_reader_takes_what_the_schema_takes(document: dict[str, Any]) -> None:
    assert valid(document)
    assert taken(document)


@given(described(SCHEMA))
def test_defaults_are_the_schemas(document: dict[str, Any]) -> None:
    assume(reads(document))
    whole = {"merchant": {"percentage": "0"}, **document}
    for name in ("platform", "merchant"):
        fields = SCHEMA["properties"][name]["properties"].items()
        defaults = {field: part["default"] for field, part in fields if "default" in part}
        whole[name] = {**defaults, **whole[name]}
    assert FeeSchedule.from_dict(whole) == FeeSchedule.from_dict(document)


ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, 1, MAX_AMOUNT, MAX_AMOUNT + 1, -1]),
    st.floats(allow_nan=False).filter(lambda number: not number.is_integer()),  # see below
    st.text(max_size=8),
    st.sampled_from([text for text in NOT_PERCENTAGES if isinstance(text, str)]),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,7})?\n?", fullmatch=True),
    st.sampled_from(["NGN", "USD", "XAU", "ROUND_HALF_UP", "ROUND_UP", "HALF_UP"]),
)
VALUES = st.just(...) | ATOMS | st.lists(ATOMS, max_size=2) | st.dictionaries(st.text(max_size=3), ATOMS, max_size=2)
RULES = ("platform", "merchant")
NAMES = [*DOCUMENT["platform"], "type"]
PATHS = ["$.currency", "$.platform", "$.merchant", *(f"$.{rule}.{n}" for rule in RULES for n in NAMES)]


@settings(max_examples=500)
@given(st.sampled_from(PATHS), VALUES)
@example("$.platform.percentage", "1.5\n")  # which Python's $ would take
@example("$.merchant.flat", False)  # which equals 0 in Python
def test_both_refuse_or_neither_does(path: str, value: object) -> None:
    # What is deleted must have been there.
    document = changed(path, value) if not (value is ... and path.endswith("type")) else changed("$.merchant", ...)
    assert valid(document) == taken(document)


@pytest.mark.parametrize(("path", "values"), [(path, values) for path, values, _ in REFUSED])
def test_both_refuse_what_the_reader_refuses(path: str, values: list[object]) -> None:
    for value in values:
        if not isinstance(value, float):
            assert valid(changed(path, value)) == taken(changed(path, value)), value


@pytest.mark.parametrize("amount", [amount for amount in NOT_AMOUNTS if isinstance(amount, float)])
def test_a_float_is_no_amount_whatever_json_schema_calls_an_integer(amount: float) -> None:
    document = changed("$.platform.minimum", amount)
    assert not taken(document)
    assert valid(document) == amount.is_integer()
