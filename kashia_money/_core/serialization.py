"""Rules and schedules from JSON documents, and the fingerprint of a document.

`kashia_money/schedule.schema.json` describes these documents in JSON Schema. This module also
rejects two errors that the schema accepts: a minimum above its cap, and tiers out of order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from ..errors import (
    InvalidCurrencyError,
    InvalidDocumentError,
    InvalidPercentageError,
    InvalidRuleError,
)
from .currencies import Code, known_code
from .fields import MAX_TIERS, Tier
from .numbers import minor_units
from .rounding import Rounding
from .rules import FeeRule

_SCHEDULE: Final = ("currency", "platform", "merchant", "marketplace")
_RULE: Final = ("percentage", "flat", "flat_from", "minimum", "cap", "rounding")
_TIERED: Final = ("mode", "tiers", "minimum", "cap", "rounding")
_TIER: Final = ("start", "percentage", "flat")
# The pattern of the JSON Schema, so that both accept the same text: without a sign or an exponent,
# and with digits on both sides of a point.
_PERCENTAGE: Final = r"(?:100(?:\.0{1,6})?|[1-9]?[0-9](?:\.[0-9]{1,6})?)"


def fingerprint(document: dict[str, object]) -> str:
    """Return the SHA-256, in hex, of a document's canonical form.

    The canonical form is JSON in ASCII, with sorted keys and without spaces.

    >>> fingerprint({"b": 1, "a": "2"})[:16]
    '58d563c66ca0e468'
    """
    import hashlib
    import json

    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


class ScheduleFields(NamedTuple):
    """The checked fields of a schedule's document."""

    currency: str
    platform: FeeRule
    merchant: FeeRule | None
    marketplace: bool


def read_schedule(document: object) -> ScheduleFields:
    """Return the fields of a schedule's document.

    Raises:
        InvalidDocumentError: the document or a rule is not an object, lacks a field or has an
            unknown field, or `marketplace` is not a bool.
        InvalidCurrencyError: the currency is not an ISO 4217 code with a minor unit.
        InvalidPercentageError, InvalidAmountError, InvalidRuleError: as `read_rule`.

    >>> read_schedule({"currency": "NGN", "platform": {"percentage": "1.5"}}).platform
    FeeRule('1.5')
    """
    fields = read_fields(document, "$", _SCHEDULE, ("currency", "platform"))
    try:
        code = known_code(cast("Code", fields["currency"]))
    except InvalidCurrencyError as error:
        raise error.at("$.currency") from None
    marketplace = fields.get("marketplace", True)
    if not isinstance(marketplace, bool):
        raise InvalidDocumentError(
            marketplace, "true or false", "leave it out for true", "$.marketplace"
        )
    merchant = read_rule(fields["merchant"], "$.merchant") if "merchant" in fields else None
    return ScheduleFields(code, read_rule(fields["platform"], "$.platform"), merchant, marketplace)


def read_rule(document: object, path: str = "$") -> FeeRule:
    """Return the rule of a document from `FeeRule.to_dict`. Absent fields have their defaults.

    Args:
        document: a parsed JSON object; amounts in minor units, percentages as text in percent.
        path: the document's JSON path, for errors.

    Raises:
        InvalidDocumentError: the document is not an object; it lacks a percentage, a mode or tiers;
            it has an unknown field, mode or rounding; or its tiers are not a list of 1 to 100.
        InvalidPercentageError: a percentage is not plain decimal text from 0 to 100 with at most
            six decimal places.
        InvalidAmountError: an amount is not an int from 0 to 2⁶³-1.
        InvalidRuleError: the minimum is above the cap, tiers are out of order, or a graduated tier
            has a flat part.

    >>> read_rule({"percentage": "1.5", "cap": 200_000})
    FeeRule('1.5', cap=200000)
    """
    try:
        if isinstance(document, Mapping) and ("mode" in document or "tiers" in document):
            return _tiered_rule(document, path)
        return _fee_rule(document, path)
    except InvalidRuleError as error:
        raise error.at(path) from None


def _fee_rule(document: object, path: str) -> FeeRule:
    fields = read_fields(document, path, _RULE, ("percentage",))
    return FeeRule(
        _percentage(fields, path),
        flat=_amount(fields, path, "flat"),
        flat_from=_amount(fields, path, "flat_from"),
        minimum=_amount(fields, path, "minimum"),
        cap=_cap(fields, path),
        rounding=_rounding(fields, path),
    )


def _tiered_rule(document: object, path: str) -> FeeRule:
    fields = read_fields(document, path, _TIERED, ("mode", "tiers"))
    minimum = _amount(fields, path, "minimum")
    cap = _cap(fields, path)
    rounding = _rounding(fields, path)
    if fields["mode"] == "graduated":
        return FeeRule.graduated(_tiers(fields, path), minimum=minimum, cap=cap, rounding=rounding)
    if fields["mode"] == "volume":
        return FeeRule.volume(_tiers(fields, path), minimum=minimum, cap=cap, rounding=rounding)
    raise InvalidDocumentError(
        fields["mode"], "graduated or volume", "write one of these modes", f"{path}.mode"
    )


def read_fields(
    document: object, path: str, names: tuple[str, ...], required: tuple[str, ...]
) -> dict[str, object]:
    """Return the fields of a JSON object, if all are known and the required fields are present."""
    if not isinstance(document, Mapping):
        raise InvalidDocumentError(document, "an object", "pass a parsed JSON object", path)
    fields: dict[object, object] = dict(document)  # the keys of a caller can be of any type
    for name in fields:
        if name not in names:
            expected = f"an object with no other fields than {', '.join(names)}"
            remedy = "correct its name; without the field, the fee could be different"
            raise InvalidDocumentError(name, expected, remedy, path)
    for name in required:
        if name not in fields:
            raise InvalidDocumentError(
                fields, f"an object with the field {name}", "add the field", path
            )
    return cast("dict[str, object]", fields)


def _amount(fields: dict[str, object], path: str, name: str) -> int:
    return minor_units(fields.get(name, 0), f"{path}.{name}")  # type: ignore[arg-type]  # it checks the type


def _cap(fields: dict[str, object], path: str) -> int | None:
    return None if fields.get("cap") is None else _amount(fields, path, "cap")


def _percentage(fields: dict[str, object], path: str) -> str:
    text = fields["percentage"]
    if isinstance(text, str) and re.fullmatch(_PERCENTAGE, text):
        return text
    expected = "text, from 0 to 100 with at most six decimal places"
    remedy = 'write it in percent, as text such as "1.5"'
    raise InvalidPercentageError(text, expected, remedy, f"{path}.percentage")


def _rounding(fields: dict[str, object], path: str) -> Rounding:
    name = fields.get("rounding", Rounding.HALF_UP)
    if isinstance(name, str) and name in tuple(Rounding):
        return Rounding(name)
    expected = f"one of {', '.join(Rounding)}"
    raise InvalidDocumentError(name, expected, "write one of these names", f"{path}.rounding")


def _tiers(fields: dict[str, object], path: str) -> list[Tier]:
    tiers = fields["tiers"]
    if not isinstance(tiers, list) or not 1 <= len(tiers) <= MAX_TIERS:
        expected = f"a list of 1 to {MAX_TIERS} objects"
        remedy = f"write 1 to {MAX_TIERS} tiers, each with its start and its percentage"
        raise InvalidDocumentError(tiers, expected, remedy, f"{path}.tiers")
    return [_tier(tier, f"{path}.tiers[{position}]") for position, tier in enumerate(tiers)]


def _tier(document: object, path: str) -> Tier:
    fields = read_fields(document, path, _TIER, ("start", "percentage"))
    return Tier(
        _amount(fields, path, "start"), _percentage(fields, path), _amount(fields, path, "flat")
    )
