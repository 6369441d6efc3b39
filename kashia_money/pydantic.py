"""A service's models: fields for an amount, a commission, a quote and a schedule, with their JSON Schema.

Floor 5: imports `schedules`, `quotes`, `fees`, `rounding` and `errors`, and `pydantic`.

What a field refuses is an error of pydantic's, which says where it was and quotes this library's own.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_core import core_schema

from .errors import InvalidAmountError, InvalidDocumentError
from .fees import FeeRule, commission
from .quotes import Quote as _QuoteValue
from .rounding import MAX_AMOUNT, Rounding
from .schedules import FeeSchedule as _ScheduleValue

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo

__all__ = ["Amount", "FeeSchedule", "MerchantFeeCap", "MerchantFeePercentage", "Quote"]

_FIGURES = ("amount", "platform_fee", "merchant_fee", "total_fees", "total_amount", "seller_amount")


def _as_in_json(amount: Any, info: ValidationInfo) -> Any:
    """Return the amount that a URL's or a form's text is in JSON; pass on every other input.

    Pydantic reads the text "10.0" as 10, but rejects JSON's number 10.0, which may be in major units.
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
    Field(strict=True, ge=0, le=MAX_AMOUNT, description="The most that the commission may be, in minor units."),
    BeforeValidator(_as_in_json),
]
"""The cap of a marketplace's commission, as an `Amount`; write `MerchantFeeCap | None` where there may be none."""


class _Percentage:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        # A number in JSON, as the platform's documents have it: six places of 0-20 come through a float unharmed.
        dump = core_schema.plain_serializer_function_ser_schema(float, when_used="json-unless-none")
        return core_schema.no_info_plain_validator_function(_clamped, serialization=dump)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        description = "The marketplace's commission in percent, with at most six decimal places."
        return {"type": "number", "minimum": 0, "maximum": 20, "description": description}


def _clamped(percentage: Any) -> Decimal:
    return commission(percentage).percentage


MerchantFeePercentage: TypeAlias = Annotated[Decimal, _Percentage()]
"""A commission in percent, from an int, a float (read as it prints), text or a Decimal; clamped to 0-20."""


class _Quote:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        figure = core_schema.typed_dict_field(handler.generate_schema(Amount))
        currency = core_schema.typed_dict_field(core_schema.str_schema(strict=True, pattern="^[A-Z]{3}$"))
        fields = {"amount": figure, "currency": currency, **dict.fromkeys(_FIGURES, figure)}
        document = core_schema.typed_dict_schema(fields, extra_behavior="forbid")
        return core_schema.no_info_wrap_validator_function(
            _quote,
            document,
            serialization=core_schema.plain_serializer_function_ser_schema(_QuoteValue.to_dict),
        )


def _quote(value: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> _QuoteValue:
    return value if isinstance(value, _QuoteValue) else _rebuilt(handler(value))


def _rebuilt(document: dict[str, Any]) -> _QuoteValue:
    """Return the quote that has a document's figures, under a schedule that charges just them."""
    platform = FeeRule(flat=document["platform_fee"])
    # The most that a commission can be, so that the document's own is out of its range or becomes the cap.
    merchant = FeeRule(20, cap=document["merchant_fee"], rounding=Rounding.UP)
    made = _ScheduleValue(document["currency"], platform, merchant).quote(document["amount"])
    for name, figure in made.to_dict().items():
        if document[name] != figure:
            raise InvalidDocumentError(
                document[name],
                f"{name} as {figure}",
                "read the document again from its source: its figures contradict each other",
            )
    return made


Quote: TypeAlias = Annotated[_QuoteValue, _Quote()]
"""A `kashia_money.Quote`: itself, or what its `to_dict()` gives, which is also what it is dumped as.

A document says what was charged and not by which rules. So the quote that is read from one equals the one that was
written, figure by figure, but its `schedule` charges just those figures. Figures that do not add up, a commission above
20 % and fees of nothing are refused.
"""


class _FeeSchedule:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _schedule, serialization=core_schema.plain_serializer_function_ser_schema(_ScheduleValue.to_dict)
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return _inlined((files("kashia_money") / "schedule.schema.json").read_text("utf-8"))


def _inlined(text: str) -> dict[str, Any]:
    """Return a JSON Schema with its definitions in their places, because a reference is to the root of a document."""
    definitions = json.loads(text)["$defs"]

    def resolved(node: dict[str, Any]) -> Any:
        return definitions[node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node

    return {key: value for key, value in json.loads(text, object_hook=resolved).items() if key[0] != "$"}


def _schedule(value: Any) -> _ScheduleValue:
    return value if isinstance(value, _ScheduleValue) else _ScheduleValue.from_dict(value)


FeeSchedule: TypeAlias = Annotated[_ScheduleValue, _FeeSchedule()]
"""A `kashia_money.FeeSchedule`: itself, or what its `to_dict()` gives, which is also what it is dumped as."""
