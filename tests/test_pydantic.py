"""Fields of a service's models: what they take, what they dump, and what their JSON Schema says."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given

pytest.importorskip("pydantic", reason="pydantic is an extra: pip install 'kashia_money[pydantic]'")

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

import kashia_money
from kashia_money import PUBLISHED, quote
from kashia_money._core.numbers import MAX_AMOUNT
from kashia_money.pydantic import (
    Amount,
    FeeSchedule,
    MerchantFeeCap,
    MerchantFeePercentage,
    Quote,
    QuoteFigures,
)
from tests.core.test_serialization import DOCUMENT, REFUSED, changed
from tests.support.strategies import commissions, quotes, schedules


class Link(BaseModel):
    amount: Amount
    merchant_fee_percentage: MerchantFeePercentage | None = None
    merchant_fee_cap: MerchantFeeCap | None = None
    quote: Quote | None = None
    schedule: FeeSchedule | None = None


AMOUNT: TypeAdapter[int] = TypeAdapter(Amount)
CAP: TypeAdapter[int] = TypeAdapter(MerchantFeeCap)
PERCENTAGE: TypeAdapter[Decimal] = TypeAdapter(MerchantFeePercentage)
QUOTE: TypeAdapter[kashia_money.Quote] = TypeAdapter(Quote)
FIGURES: TypeAdapter[Any] = TypeAdapter(QuoteFigures)
SCHEDULE: TypeAdapter[kashia_money.FeeSchedule] = TypeAdapter(FeeSchedule)


def test_model_round_trips() -> None:
    text = '{"amount": 50000000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": 20000000}'
    link = Link.model_validate_json(text)
    assert link == Link(
        amount=50_000_000, merchant_fee_percentage=Decimal(10), merchant_fee_cap=20_000_000
    )
    assert json.loads(link.model_dump_json(exclude_none=True)) == json.loads(text)
    made = quote(
        link.amount,
        merchant_fee_percentage=link.merchant_fee_percentage,
        merchant_fee_cap=link.merchant_fee_cap,
    )
    link.quote, link.schedule = made, PUBLISHED["NGN"]
    terms = link.model_copy(update={"quote": None})
    assert (
        Link.model_validate_json(terms.model_dump_json())
        == Link.model_validate(terms.model_dump())
        == terms
    )
    assert link.model_dump()["quote"] == made.to_dict()
    assert link.model_dump()["schedule"] == DOCUMENT


@pytest.mark.parametrize("adapter", [AMOUNT, CAP])
def test_amount_is_a_strict_int(adapter: TypeAdapter[int]) -> None:
    for amount in (0, 1, MAX_AMOUNT):
        assert adapter.validate_python(amount) == adapter.validate_json(str(amount)) == amount
    for wrong in (True, False, 1.0, "1", Decimal(1), -1, MAX_AMOUNT + 1, 10**100, None):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)
    for text in ("true", "1.0", "1e3", '"1"', "-1", str(MAX_AMOUNT + 1), "1" * 400, "null"):
        with pytest.raises(ValidationError):
            adapter.validate_json(text)
    for mode in ("validation", "serialization"):
        schema = adapter.json_schema(mode=mode)
        assert (schema["type"], schema["minimum"], schema["maximum"]) == ("integer", 0, MAX_AMOUNT)


@pytest.mark.parametrize("adapter", [AMOUNT, CAP])
def test_amount_of_a_form_equals_that_of_json(adapter: TypeAdapter[int]) -> None:
    for amount in (0, 5, MAX_AMOUNT):
        assert adapter.validate_strings(str(amount)) == adapter.validate_json(str(amount)) == amount
    for text in ("10.0", "1e1", "-1", "010", "", "true", str(MAX_AMOUNT + 1), "1" * 400):
        with pytest.raises(ValidationError):
            adapter.validate_json(text)
        with pytest.raises(ValidationError):
            adapter.validate_strings(text)
    with pytest.raises(ValidationError, match="an integer of minor units"):
        adapter.validate_strings({"5": "5"})


@pytest.mark.parametrize("text", ["10.0", "10", "0.35", "25.0", "0", "1e1"])
def test_percentage_of_a_form_equals_that_of_json(text: str) -> None:
    assert PERCENTAGE.validate_strings(text) == PERCENTAGE.validate_json(text) == Decimal(text)


def test_model_reads_forms() -> None:
    form = {"amount": "50000000", "merchant_fee_percentage": "10.0", "merchant_fee_cap": "20000000"}
    text = '{"amount": 50000000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": 20000000}'

    assert Link.model_validate_strings(form) == Link.model_validate_json(text)


@given(commissions)
def test_percentage_is_not_clamped(percentage: Decimal) -> None:
    """The quote clamps it, and shows from what; a field that clamped would hide it."""
    assert (
        PERCENTAGE.validate_python(percentage)
        == PERCENTAGE.validate_python(str(percentage))
        == percentage
    )
    assert PERCENTAGE.validate_json(PERCENTAGE.dump_json(percentage)) == percentage
    assert isinstance(PERCENTAGE.validate_python(percentage), Decimal)


def test_quote_clamps_the_percentage_of_a_model() -> None:
    asked = PERCENTAGE.validate_json("25")
    merchant = quote(1_000, merchant_fee_percentage=asked).schedule.merchant

    assert (merchant.percentage, merchant.clamped_from) == (Decimal(20), Decimal(25))


def test_percentage_reads_every_spelling() -> None:
    for spelling in (10.1, "10.1", Decimal("10.1")):
        assert PERCENTAGE.validate_python(spelling) == Decimal("10.1")
    assert PERCENTAGE.validate_json("10.1") == PERCENTAGE.validate_json('"10.1"') == Decimal("10.1")
    assert PERCENTAGE.validate_python(25) == 25
    assert PERCENTAGE.validate_python(-1) == -1
    assert PERCENTAGE.dump_json(Decimal("9007199254740993.1")) == b'"9007199254740993.1"', (
        "a float is another number"
    )
    assert PERCENTAGE.dump_json(Decimal("10.1")) == b"10.1"
    assert PERCENTAGE.dump_python(Decimal("10.1")) == Decimal("10.1")
    refused: list[object] = [
        True,
        None,
        "",
        "x",
        [],
        float("nan"),
        float("inf"),
        "0.0000001",
        0.1 + 0.2,
    ]
    for wrong in refused:
        with pytest.raises(ValidationError, match="at most 6 decimal places"):
            PERCENTAGE.validate_python(wrong)


def test_percentage_has_a_json_schema() -> None:
    for schema in (PERCENTAGE.json_schema(), PERCENTAGE.json_schema(mode="serialization")):
        assert schema["anyOf"] == [{"type": "number"}, {"type": "string"}]
        assert "Outside 0 to 20 it is clamped" in schema["description"]


@given(quotes)
def test_quote_dumps_its_figures(link: kashia_money.Quote) -> None:
    assert QUOTE.validate_python(link) is link
    assert QUOTE.dump_python(link) == link.to_dict() == json.loads(QUOTE.dump_json(link))
    figures = FIGURES.validate_json(QUOTE.dump_json(link))
    assert figures == FIGURES.validate_python(link.to_dict()) == link.to_dict()
    assert kashia_money.Quote.from_dict(figures, link.schedule) == link


def test_quote_rejects_figures_without_a_schedule() -> None:
    """Figures do not determine a rule: a commission of 5 % could also be 20 % with a cap."""
    refused: list[object] = [quote(5).to_dict(), None, 5, "{}", [], {}, PUBLISHED["NGN"]]
    for wrong in refused:
        with pytest.raises(
            ValidationError,
            match=r"figures without their schedule .* Quote.from_dict\(document, schedule",
        ):
            QUOTE.validate_python(wrong)


@pytest.mark.parametrize(
    "figure",
    ["amount", "platform_fee", "merchant_fee", "total_fees", "total_amount", "seller_amount"],
)
@pytest.mark.parametrize("by", [-1, 1])
def test_figures_reject_a_changed_figure(figure: str, by: int) -> None:
    document = quote(1_000_000, merchant_fee_percentage=10).to_dict()
    document[figure] = int(document[figure]) + by
    with pytest.raises(ValidationError, match="its figures contradict each other"):
        FIGURES.validate_python(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"currency": "ngn"}, "pattern"),
        ({"currency": 5}, "valid string"),
        ({"platform_fee": True}, "valid integer"),
        ({"platform_fee": 15_000.0}, "valid integer"),
        ({"platform_fee": -1}, "greater than or equal to 0"),
        ({"total_amount": MAX_AMOUNT + 1}, "less than or equal to"),
        ({"discount": 0}, "Extra inputs"),
    ],
)  # fmt: skip
def test_figures_reject_other_types(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FIGURES.validate_python({**quote(1_000_000).to_dict(), **change})


def test_quote_has_a_json_schema() -> None:
    schemas = [
        adapter.json_schema(mode=mode)
        for adapter in (QUOTE, FIGURES)
        for mode in ("validation", "serialization")
    ]
    for schema in schemas:
        assert schema["required"] == list(quote(0).to_dict())
        assert schema["additionalProperties"] is False
        assert schema["properties"]["currency"]["type"] == "string"
        assert schema["properties"]["total_fees"]["maximum"] == MAX_AMOUNT


@given(schedules)
def test_schedule_round_trips(schedule: kashia_money.FeeSchedule) -> None:
    assert SCHEDULE.validate_python(schedule) is schedule
    assert (
        SCHEDULE.dump_python(schedule)
        == schedule.to_dict()
        == json.loads(SCHEDULE.dump_json(schedule))
    )
    assert SCHEDULE.validate_python(schedule.to_dict()) == schedule
    assert SCHEDULE.validate_json(SCHEDULE.dump_json(schedule)) == schedule


@pytest.mark.parametrize(("path", "values"), [(path, values) for path, values, _ in REFUSED])
def test_schedule_rejects_wrong_documents(path: str, values: list[object]) -> None:
    for value in values:
        with pytest.raises(ValidationError, match=r"expected \$"):
            SCHEDULE.validate_python(changed(path, value))


def test_schedule_has_the_package_json_schema() -> None:
    shipped = json.loads((files("kashia_money") / "schedule.schema.json").read_text("utf-8"))
    del shipped["$schema"]
    definitions = shipped.pop("$defs")
    text = json.dumps(shipped)
    for name, definition in definitions.items():
        text = text.replace(json.dumps({"$ref": f"#/$defs/{name}"}), json.dumps(definition))

    assert SCHEDULE.json_schema() == json.loads(text)
    assert "$ref" not in text
    assert SCHEDULE.json_schema(mode="serialization") == SCHEDULE.json_schema()


def test_models_nest() -> None:
    class Book(BaseModel):
        model_config = ConfigDict(strict=True, frozen=True)

        links: list[Link]
        quotes: dict[str, QuoteFigures]

    book = Book(links=[Link(amount=5)], quotes={"a": FIGURES.validate_python(quote(5).to_dict())})
    assert Book.model_validate_json(book.model_dump_json()) == book
    definitions = Book.model_json_schema()["$defs"]
    assert {name: definition["title"] for name, definition in definitions.items()} == {
        "Link": "Link",
        "QuoteFigures": "QuoteFigures",
    }
