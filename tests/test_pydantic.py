"""Fields of a service's models: what they take, what they dump, and what their JSON Schema says."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given

pytest.importorskip("pydantic", reason="pydantic is an extra: pip install 'kashia_money[pydantic]'")

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

import kashia_money
from kashia_money import PUBLISHED, FeeRule, Rounding, commission, quote
from kashia_money.pydantic import Amount, FeeSchedule, MerchantFeeCap, MerchantFeePercentage, Quote
from kashia_money.rounding import MAX_AMOUNT
from tests.strategies import commissions, quotes, schedules
from tests.test_data import DOCUMENT, REFUSED, changed


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
SCHEDULE: TypeAdapter[kashia_money.FeeSchedule] = TypeAdapter(FeeSchedule)


def test_link_both_ways() -> None:
    text = '{"amount": 50000000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": 20000000}'
    link = Link.model_validate_json(text)
    assert link == Link(amount=50_000_000, merchant_fee_percentage=Decimal(10), merchant_fee_cap=20_000_000)
    assert json.loads(link.model_dump_json(exclude_none=True)) == json.loads(text)
    made = quote(
        link.amount, merchant_fee_percentage=link.merchant_fee_percentage, merchant_fee_cap=link.merchant_fee_cap
    )
    link.quote, link.schedule = made, PUBLISHED["NGN"]
    assert Link.model_validate_json(link.model_dump_json()) == Link.model_validate(link.model_dump()) == link
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
def test_amount_of_a_form_is_what_it_is_in_json(adapter: TypeAdapter[int]) -> None:
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
def test_percentage_of_a_form_is_what_it_is_in_json(text: str) -> None:
    assert PERCENTAGE.validate_strings(text) == PERCENTAGE.validate_json(text) == min(Decimal(text), 20)


def test_models_are_read_from_forms() -> None:
    form = {"amount": "50000000", "merchant_fee_percentage": "10.0", "merchant_fee_cap": "20000000"}
    text = '{"amount": 50000000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": 20000000}'
    assert Link.model_validate_strings(form) == Link.model_validate_json(text)


@given(commissions)
def test_percentage_is_clamped_and_exact(percentage: Decimal) -> None:
    expected = commission(percentage).percentage
    assert PERCENTAGE.validate_python(percentage) == PERCENTAGE.validate_python(str(percentage)) == expected
    assert PERCENTAGE.validate_json(PERCENTAGE.dump_json(expected)) == expected
    assert isinstance(PERCENTAGE.validate_python(percentage), Decimal)


def test_percentage_in_every_spelling() -> None:
    for spelling in (10.1, "10.1", Decimal("10.1")):
        assert PERCENTAGE.validate_python(spelling) == Decimal("10.1")
    assert PERCENTAGE.validate_json("10.1") == PERCENTAGE.validate_json('"10.1"') == Decimal("10.1")
    assert PERCENTAGE.validate_python(25) == 20
    assert PERCENTAGE.validate_python(-1) == 0
    assert PERCENTAGE.dump_json(Decimal("10.1")) == b"10.1"
    assert PERCENTAGE.dump_python(Decimal("10.1")) == Decimal("10.1")
    refused: list[object] = [True, None, "", "x", [], float("nan"), float("inf"), "0.0000001", 0.1 + 0.2]
    for wrong in refused:
        with pytest.raises(ValidationError, match="at most 6 decimal places"):
            PERCENTAGE.validate_python(wrong)


def test_percentage_in_json_schema_is_0_to_20() -> None:
    for schema in (PERCENTAGE.json_schema(), PERCENTAGE.json_schema(mode="serialization")):
        assert (schema["type"], schema["minimum"], schema["maximum"]) == ("number", 0, 20)


@given(quotes)
def test_quote_both_ways(made: kashia_money.Quote) -> None:
    assert QUOTE.validate_python(made) is made
    assert QUOTE.dump_python(made) == made.to_dict() == json.loads(QUOTE.dump_json(made))
    assert QUOTE.validate_python(made.to_dict()) == QUOTE.validate_json(QUOTE.dump_json(made)) == made


def test_commission_rounded_up_is_still_a_commission() -> None:
    plan = kashia_money.FeeSchedule("NGN", FeeRule(0), FeeRule(20, rounding=Rounding.UP))
    made = plan.quote(1)
    assert made.merchant_fee == 1
    assert QUOTE.validate_python(made.to_dict()) == made


def test_quote_read_from_a_document_charges_its_figures() -> None:
    read = QUOTE.validate_python(quote(1_000_000, merchant_fee_percentage=10).to_dict())
    assert read.schedule.platform == FeeRule(flat=15_000)
    assert read.merchant_rule.cap == 100_000


@pytest.mark.parametrize(
    "figure", ["amount", "platform_fee", "merchant_fee", "total_fees", "total_amount", "seller_amount"]
)
@pytest.mark.parametrize("by", [-1, 1])
def test_one_changed_figure_is_refused(figure: str, by: int) -> None:
    document = quote(1_000_000, merchant_fee_percentage=10).to_dict()
    document[figure] = int(document[figure]) + by
    with pytest.raises(ValidationError, match="its figures contradict each other"):
        QUOTE.validate_python(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"merchant_fee": 200_001, "total_fees": 215_001, "total_amount": 1_215_001}, "merchant_fee as 200000, got"),
        ({"amount": 0, "seller_amount": 0, "total_amount": 15_000}, "platform_fee as 0, got 15000"),
        ({"amount": MAX_AMOUNT, "seller_amount": MAX_AMOUNT}, "an amount whose total is at most"),
        ({"currency": "QQQ"}, "ISO 4217"),
        ({"currency": "XAU"}, "a currency with a minor unit"),
        ({"currency": "ngn"}, "pattern"),
        ({"currency": 5}, "valid string"),
        ({"platform_fee": True}, "valid integer"),
        ({"platform_fee": 15_000.0}, "valid integer"),
        ({"platform_fee": -1}, "greater than or equal to 0"),
        ({"total_amount": MAX_AMOUNT + 1}, "less than or equal to"),
        ({"discount": 0}, "Extra inputs"),
    ],
)  # fmt: skip
def test_impossible_quote_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        QUOTE.validate_python({**quote(1_000_000).to_dict(), **change})


def test_what_is_no_quote_is_refused() -> None:
    refused: list[object] = [None, 5, "{}", [], {}, PUBLISHED["NGN"]]
    for wrong in refused:
        with pytest.raises(ValidationError):
            QUOTE.validate_python(wrong)


def test_quote_in_json_schema() -> None:
    for schema in (QUOTE.json_schema(), QUOTE.json_schema(mode="serialization")):
        assert schema["required"] == list(quote(0).to_dict())
        assert schema["additionalProperties"] is False
        assert schema["properties"]["currency"]["type"] == "string"
        assert schema["properties"]["total_fees"]["maximum"] == MAX_AMOUNT


@given(schedules)
def test_schedule_both_ways(schedule: kashia_money.FeeSchedule) -> None:
    assert SCHEDULE.validate_python(schedule) is schedule
    assert SCHEDULE.dump_python(schedule) == schedule.to_dict() == json.loads(SCHEDULE.dump_json(schedule))
    assert SCHEDULE.validate_python(schedule.to_dict()) == schedule
    assert SCHEDULE.validate_json(SCHEDULE.dump_json(schedule)) == schedule


@pytest.mark.parametrize(("path", "values"), [(path, values) for path, values, _ in REFUSED])
def test_schedule_is_refused_where_the_reader_refuses_it(path: str, values: list[object]) -> None:
    for value in values:
        with pytest.raises(ValidationError, match=r"expected \$"):
            SCHEDULE.validate_python(changed(path, value))


def test_schedule_in_json_schema_is_the_one_that_ships() -> None:
    shipped = json.loads((files("kashia_money") / "schedule.schema.json").read_text("utf-8"))
    del shipped["$schema"]
    definitions = shipped.pop("$defs")
    text = json.dumps(shipped)
    for name, definition in definitions.items():
        text = text.replace(json.dumps({"$ref": f"#/$defs/{name}"}), json.dumps(definition))
    assert SCHEDULE.json_schema() == json.loads(text)
    assert "$ref" not in text
    assert SCHEDULE.json_schema(mode="serialization") == SCHEDULE.json_schema()


def test_models_of_models() -> None:
    class Book(BaseModel):
        model_config = ConfigDict(strict=True, frozen=True)

        links: list[Link]
        quotes: dict[str, Quote]

    book = Book(links=[Link(amount=5)], quotes={"a": quote(5)})
    assert Book.model_validate_json(book.model_dump_json()) == book
    assert set(Book.model_json_schema()["$defs"]) == {"Link"}
