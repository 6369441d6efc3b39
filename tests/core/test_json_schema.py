"""The package's JSON Schema accepts the documents that `FeeSchedule.from_dict` reads."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kashia_money import FeeSchedule, InvalidRuleError, KashiaMoneyError, Rounding
from kashia_money._core.currencies import EXPONENTS
from kashia_money._core.fields import MAX_TIERS
from kashia_money._core.numbers import MAX_AMOUNT
from tests.core.test_serialization import (
    DOCUMENT,
    NOT_AMOUNTS,
    NOT_PERCENTAGES,
    REFUSED,
    TIERED,
    TIERED_REFUSED,
    changed,
)
from tests.support.strategies import schedules

jsonschema: Any = pytest.importorskip(
    "jsonschema", reason="jsonschema is needed to hold the schema to the reader"
)

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
    """Whether the reader takes a document, apart from two rules that JSON Schema cannot state."""
    try:
        FeeSchedule.from_dict(document)
    except InvalidRuleError as error:
        out_of_order = (
            "a tier that starts above" in error.expected and error.value != 0
        )  # that none but the first is 0, it can
        return out_of_order or "a minimum of at most the cap" in error.expected
    except KashiaMoneyError:
        return False
    return True


def test_schema_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_schema_has_the_currencies_roundings_and_bounds() -> None:
    assert SCHEMA["properties"]["currency"]["enum"] == sorted(EXPONENTS)
    definitions = SCHEMA["$defs"]
    assert definitions["rounding"]["enum"] == [rounding.value for rounding in Rounding]
    assert {field["maximum"] for field in definitions.values() if "maximum" in field} == {
        MAX_AMOUNT
    }
    for name in ("platform", "merchant"):
        plain, *tiered = SCHEMA["properties"][name]["oneOf"]
        assert list(plain["properties"]) == list(DOCUMENT[name])
        assert {kind["properties"]["tiers"]["maxItems"] for kind in tiered} == {MAX_TIERS}
        for kind in tiered:
            assert list(kind["properties"]) == list(TIERED[name])
            assert list(kind["properties"]["tiers"]["items"]["properties"]) == list(
                TIERED[name]["tiers"][0]
            )


@given(schedules)
def test_schema_accepts_every_schedule(schedule: FeeSchedule) -> None:
    VALIDATOR.validate(schedule.to_dict())


def described(schema: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: C901  # one case for each kind of schema
    """Documents that a schema takes, drawn from the schema itself.

    hypothesis-jsonschema does not work with current releases of Hypothesis.
    """
    match schema:
        case {"$ref": reference}:
            return described(SCHEMA["$defs"][reference.removeprefix("#/$defs/")])
        case {"oneOf": kinds}:
            return st.one_of([described(kind) for kind in kinds])
        case {
            "type": "array",
            "prefixItems": [first],
            "items": rest,
            "minItems": 1,
            "maxItems": most,
        }:
            higher = st.lists(described(rest), max_size=min(most - 1, 4))
            return st.builds(lambda one, more: [one, *more], described(first), higher)
        case {"enum": values}:
            return st.sampled_from(values)
        case {"const": value}:
            return st.just(value)
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern)
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "integer", "minimum": least, "maximum": most}:
            return st.integers(least, most)
        case {"type": [kind, "null"]}:
            return st.none() | described({**schema, "type": kind})
        case {
            "type": "object",
            "properties": fields,
            "required": required,
            "additionalProperties": False,
        }:
            parts = {name: described(field) for name, field in fields.items()}
            optional = {name: part for name, part in parts.items() if name not in required}
            return st.fixed_dictionaries(
                {name: parts[name] for name in required}, optional=optional
            )
    raise AssertionError(schema)


def documents() -> st.SearchStrategy[Any]:
    """Documents that the schema takes; `described` does not read its condition on vendors."""
    return described(SCHEMA).filter(valid)


@given(documents())
def test_from_dict_reads_every_valid_document(document: dict[str, Any]) -> None:
    assert valid(document)
    assert taken(document)


@given(documents())
def test_from_dict_has_the_defaults_of_the_schema(document: dict[str, Any]) -> None:
    assume(reads(document))
    vendor = document.get("marketplace") is False
    whole = dict(document) if vendor else {"merchant": {"percentage": "0"}, **document}
    for name in ("platform",) if vendor else ("platform", "merchant"):
        kinds = SCHEMA["properties"][name]["oneOf"]
        kind = next(
            kind
            for kind in kinds
            if VALIDATOR.evolve(schema={**SCHEMA, **kind}).is_valid(whole[name])
        )
        whole[name] = {**defaults(kind), **whole[name]}
        if "tiers" in whole[name]:
            tier = defaults(kind["properties"]["tiers"]["items"])
            whole[name]["tiers"] = [{**tier, **given_} for given_ in whole[name]["tiers"]]

    assert FeeSchedule.from_dict(whole) == FeeSchedule.from_dict(document)


def defaults(schema: dict[str, Any]) -> dict[str, Any]:
    fields = {
        name: SCHEMA["$defs"].get(field.get("$ref", "").removeprefix("#/$defs/"), field)
        for name, field in schema["properties"].items()
    }
    return {name: field["default"] for name, field in fields.items() if "default" in field}


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
VALUES = (
    st.just(...)
    | ATOMS
    | st.lists(ATOMS, max_size=2)
    | st.dictionaries(st.text(max_size=3), ATOMS, max_size=2)
)
FIELDS = {
    "plain": [*DOCUMENT["platform"], "type", "mode", "tiers"],
    "tiered": [
        *TIERED["platform"],
        "percentage",
        "type",
        *(
            f"tiers[{place}]{field}"
            for place in (0, 1)
            for field in ("", ".start", ".percentage", ".flat", ".cap")
        ),
    ],
}
PLACES = [(DOCUMENT, "$.currency"), (DOCUMENT, "$.platform"), (DOCUMENT, "$.merchant")]
for document, names in ((DOCUMENT, FIELDS["plain"]), (TIERED, FIELDS["tiered"])):
    PLACES += [
        (document, f"$.{rule}.{name}") for rule in ("platform", "merchant") for name in names
    ]


@settings(max_examples=500)
@given(st.sampled_from(PLACES), VALUES)
@example((DOCUMENT, "$.platform.percentage"), "1.5\n")  # which Python's $ would take
@example((DOCUMENT, "$.merchant.flat"), False)  # which equals 0 in Python
@example((TIERED, "$.merchant.tiers[0].start"), False)
@example((TIERED, "$.platform.mode"), "graduated")
def test_schema_accepts_the_documents_that_from_dict_reads(
    place: tuple[dict[str, Any], str], value: object
) -> None:
    document, path = place
    altered = changed(path, value, document)

    assert valid(altered) == taken(altered)


@pytest.mark.parametrize(("path", "values"), [(path, values) for path, values, _ in REFUSED])
def test_schema_rejects_the_documents_that_from_dict_rejects(
    path: str, values: list[object]
) -> None:
    for value in values:
        if not isinstance(value, float):
            assert valid(changed(path, value)) == taken(changed(path, value)), value


@pytest.mark.parametrize(
    ("path", "values"), [(path, values) for path, values, _, _ in TIERED_REFUSED]
)
def test_schema_rejects_the_tiers_that_from_dict_rejects(path: str, values: list[object]) -> None:
    for value in values:
        if not isinstance(value, float):
            document = changed(path, value, TIERED)
            assert valid(document) == taken(document), value


@pytest.mark.parametrize("amount", [amount for amount in NOT_AMOUNTS if isinstance(amount, float)])
def test_from_dict_rejects_floats_that_the_schema_accepts(amount: float) -> None:
    document = changed("$.platform.minimum", amount)

    assert not taken(document)
    assert valid(document) == amount.is_integer()
