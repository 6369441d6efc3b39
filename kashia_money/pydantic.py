"""Types for fields of Pydantic models: amount, commission, quote and schedule, with JSON Schema.

For a rejected value, pydantic raises its `ValidationError`. The error names the field and contains
the text of this library's error.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from .errors import require

require("pydantic", "pydantic")

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic_core import core_schema
from typing_extensions import TypedDict  # required by pydantic before Python 3.12

from ._core.numbers import MAX_AMOUNT, millionths, percent
from ._core.quotes import FeeSchedule as _ScheduleValue
from ._core.quotes import Quote as _QuoteValue
from .errors import InvalidAmountError, InvalidDocumentError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo

__all__ = [
    "Amount",
    "FeeSchedule",
    "MerchantFeeCap",
    "MerchantFeePercentage",
    "Quote",
    "QuoteFigures",
]


def _read_text(amount: Any, info: ValidationInfo) -> Any:
    """Return the int for the text of a URL or a form, and any other input unchanged.

    Pydantic reads the text "10.0" as 10, but rejects the JSON number 10.0, which may be in major
    units. This function rejects the text, too.
    """
    if info.mode in ("python", "json"):  # pydantic's types omit the third mode, "strings"
        return amount
    if isinstance(amount, str) and re.fullmatch("0|[1-9][0-9]{0,18}", amount):
        return int(amount)
    remedy = (
        "for minor units, write digits only; "
        "for major units (1500.50), pass to_minor(value, currency)"
    )
    raise InvalidAmountError(amount, "an integer of minor units", remedy)


Amount: TypeAlias = Annotated[
    int,
    Field(strict=True, ge=0, le=MAX_AMOUNT, description="In minor units."),
    BeforeValidator(_read_text),
]
"""In minor units: an int from 0 to 2⁶³-1.

A bool or a float is rejected. Text is accepted only in `validate_strings`.
"""

MerchantFeeCap: TypeAlias = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_AMOUNT,
        description="In minor units: the largest commission.",
    ),
    BeforeValidator(_read_text),
]
"""In minor units: the cap of a commission, as an `Amount`.

For an optional cap, write `MerchantFeeCap | None`.
"""


class _Percentage:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        dump = core_schema.plain_serializer_function_ser_schema(
            _json_number, when_used="json-unless-none"
        )
        return core_schema.no_info_plain_validator_function(_percentage, serialization=dump)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> Any:
        description = (
            "In percent: the commission, as a number or decimal text"
            " with at most six decimal places. Outside 0 to 20 it is clamped when it is charged."
        )
        return {"anyOf": [{"type": "number"}, {"type": "string"}], "description": description}


def _percentage(percentage: Any) -> Decimal:
    return Decimal(percent(millionths(percentage)))


def _json_number(percentage: Decimal) -> float | str:
    """Return a percentage as a number, as in the platform's documents.

    If the nearest float is a different number, return text.
    """
    number = float(percentage)
    return number if Decimal(repr(number)) == percentage else format(percentage, "f")


MerchantFeePercentage: TypeAlias = Annotated[Decimal, _Percentage()]
"""In percent: the requested commission, from an int, a float, text or a Decimal.

A float is read as it prints. The value is not clamped: `quote(..., merchant_fee_percentage=...)`
clamps it to 0-20, and keeps the requested percentage in `schedule.merchant.clamped_from`.
"""


class _Figures(TypedDict):
    amount: Amount
    currency: Annotated[str, Field(strict=True, pattern="^[A-Z]{3}$")]
    platform_fee: Amount
    merchant_fee: Amount
    total_fees: Amount
    total_amount: Amount
    seller_amount: Amount


_Figures.__name__ = _Figures.__qualname__ = "QuoteFigures"  # the name in JSON Schema and OpenAPI
_Figures.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]  # as in pydantic's docs


def _check_sums(figures: _Figures) -> _Figures:
    """Return the figures, or raise an error if a sum is wrong."""
    fees = figures["platform_fee"] + figures["merchant_fee"]
    sums = {
        "total_fees": fees,
        "total_amount": figures["amount"] + fees,
        "seller_amount": figures["amount"],
    }
    for name, figure in sums.items():
        if figures[name] != figure:  # type: ignore[literal-required]  # mypy accepts only literals
            remedy = "read the document again from its source: its figures contradict each other"
            raise InvalidDocumentError(figures[name], str(figure), remedy, name)  # type: ignore[literal-required]
    return figures


QuoteFigures: TypeAlias = Annotated[_Figures, AfterValidator(_check_sums)]
"""The document of `Quote.to_dict()`, as a typed dict: its sums are checked, its fees are not.

Figures do not name their schedule: `Quote.from_dict(figures, schedule)` checks them against one.
"""


class _Quote:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _quote,
            serialization=core_schema.plain_serializer_function_ser_schema(_QuoteValue.to_dict),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> Any:
        return TypeAdapter(QuoteFigures).json_schema()


def _quote(value: Any) -> _QuoteValue:
    if isinstance(value, _QuoteValue):
        return value
    remedy = (
        "read figures by Quote.from_dict(document, schedule), or declare the field as QuoteFigures"
    )
    raise InvalidDocumentError(
        value, "a Quote (figures without their schedule are not enough)", remedy
    )


Quote: TypeAlias = Annotated[_QuoteValue, _Quote()]
"""A `kashia_money.Quote`, dumped as its `to_dict()`; any other value is rejected.

A document of figures does not name its schedule, so it does not become a quote: see `QuoteFigures`.
"""


class _FeeSchedule:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _schedule,
            serialization=core_schema.plain_serializer_function_ser_schema(_ScheduleValue.to_dict),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> Any:
        text = (files("kashia_money") / "schedule.schema.json").read_text("utf-8")
        return _inline_definitions(text)


def _inline_definitions(text: str) -> dict[str, Any]:
    """Return a JSON Schema with its definitions in place of the references.

    A reference is relative to the root of a document, and this schema becomes a part of another.
    """
    definitions = json.loads(text)["$defs"]

    def resolve(node: dict[str, Any]) -> Any:
        return definitions[node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node

    return {
        key: value for key, value in json.loads(text, object_hook=resolve).items() if key[0] != "$"
    }


def _schedule(value: Any) -> _ScheduleValue:
    return value if isinstance(value, _ScheduleValue) else _ScheduleValue.from_dict(value)


FeeSchedule: TypeAlias = Annotated[_ScheduleValue, _FeeSchedule()]
"""A `kashia_money.FeeSchedule`, or the document of its `to_dict()`; dumped as that document."""
