"""A service's models: fields for an amount, a commission, a quote and a schedule, with their JSON Schema.

What a field refuses is an error of pydantic's, which says where it was and quotes this library's
own.
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
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12, and brings it

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


def _as_in_json(amount: Any, info: ValidationInfo) -> Any:
    """Return the amount that a URL's or a form's text is in JSON; pass on every other input.

    Pydantic reads the text "10.0" as 10, but rejects JSON's number 10.0, which may be in major
    units.
    """
    if info.mode in ("python", "json"):  # the third mode has no name in pydantic's types
        return amount
    if isinstance(amount, str) and re.fullmatch("0|[1-9][0-9]{0,18}", amount):
        return int(amount)
    remedy = "for minor units, write digits only; for major units (1500.50), pass to_minor(value, currency)"
    raise InvalidAmountError(amount, "an integer of minor units", remedy)


Amount: TypeAlias = Annotated[
    int,
    Field(strict=True, ge=0, le=MAX_AMOUNT, description="In minor units."),
    BeforeValidator(_as_in_json),
]
"""An int of minor units from 0 to 2⁶³-1, and neither a bool nor a float; text only in `validate_strings`."""

MerchantFeeCap: TypeAlias = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_AMOUNT,
        description="The most that the commission may be, in minor units.",
    ),
    BeforeValidator(_as_in_json),
]
"""The cap of a marketplace's commission, as an `Amount`; write `MerchantFeeCap | None` where there may be none."""


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
            "The marketplace's commission in percent: a number, or decimal text, of at most six decimal places."
            " Outside 0 to 20 it is clamped when it is charged."
        )
        return {"anyOf": [{"type": "number"}, {"type": "string"}], "description": description}


def _percentage(percentage: Any) -> Decimal:
    return Decimal(percent(millionths(percentage)))


def _json_number(percentage: Decimal) -> float | str:
    """Return a percentage as a JSON number, as the platform's documents have it; as text where a float is another."""
    number = float(percentage)
    return number if Decimal(repr(number)) == percentage else format(percentage, "f")


MerchantFeePercentage: TypeAlias = Annotated[Decimal, _Percentage()]
"""A commission in percent as it is asked for, from an int, a float (read as it prints), text or a Decimal.

It is not clamped yet: `quote(..., merchant_fee_percentage=...)` clamps it to 0-20, and its
`schedule.merchant` has the percentage that it was clamped from.
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
_Figures.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]  # as pydantic's docs set it


def _added_up(figures: _Figures) -> _Figures:
    """Return figures whose sums are right."""
    fees = figures["platform_fee"] + figures["merchant_fee"]
    sums = {
        "total_fees": fees,
        "total_amount": figures["amount"] + fees,
        "seller_amount": figures["amount"],
    }
    for name, figure in sums.items():
        if figures[name] != figure:  # type: ignore[literal-required]  # mypy takes a literal only
            remedy = "read the document again from its source: its figures contradict each other"
            raise InvalidDocumentError(figures[name], str(figure), remedy, name)  # type: ignore[literal-required]
    return figures


QuoteFigures: TypeAlias = Annotated[_Figures, AfterValidator(_added_up)]
"""The document that `Quote.to_dict()` writes, as a typed dict; its sums are checked, and its fees are not.

Figures do not say what charged them: `Quote.from_dict(figures, schedule)` checks them against a
schedule.
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
        value, "a Quote, which figures without their schedule are not", remedy
    )


Quote: TypeAlias = Annotated[_QuoteValue, _Quote()]
"""A `kashia_money.Quote`, and nothing else; dumped as its `to_dict()`.

A document of figures does not say what charged them, so no quote is made of it: see `QuoteFigures`.
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
        return _inlined((files("kashia_money") / "schedule.schema.json").read_text("utf-8"))


def _inlined(text: str) -> dict[str, Any]:
    """Return a JSON Schema with its definitions in their places, because a reference is to the root of a document."""
    definitions = json.loads(text)["$defs"]

    def resolved(node: dict[str, Any]) -> Any:
        return definitions[node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node

    return {
        key: value for key, value in json.loads(text, object_hook=resolved).items() if key[0] != "$"
    }


def _schedule(value: Any) -> _ScheduleValue:
    return value if isinstance(value, _ScheduleValue) else _ScheduleValue.from_dict(value)


FeeSchedule: TypeAlias = Annotated[_ScheduleValue, _FeeSchedule()]
"""A `kashia_money.FeeSchedule`: itself, or what its `to_dict()` gives, which is also what it is dumped as."""
