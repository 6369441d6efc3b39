"""Rules and schedules read from data, strictly, and the fingerprint of data.

`kashia_money/schedule.schema.json` describes in JSON Schema the documents that are read here,
except that a minimum is at most its cap and that tiers are in order.
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
# As the JSON Schema has it, and no other spelling, so that the two agree: no sign, no exponent, no
# bare point.
_PERCENTAGE: Final = r"(?:100(?:\.0{1,6})?|[1-9]?[0-9](?:\.[0-9]{1,6})?)"


def fingerprint(document: dict[str, object]) -> str:
    """Return the SHA-256, in hex, of a document's canonical form: JSON in ASCII, its keys sorted, without spaces.

    >>> fingerprint({"b": 1, "a": "2"})[:16]
    '58d563c66ca0e468'
    """
    import hashlib
    import json

    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


class ScheduleFields(NamedTuple):
    """The fields of a schedule's document, read."""

    currency: str
    platform: FeeRule
    merchant: FeeRule | None
    marketplace: bool


def read_schedule(document: object) -> ScheduleFields:
    """Return the fields of a schedule's document.

    Raises:
        InvalidDocumentError: it is not an object, lacks a field or has an unknown one, or a rule
            does.
        InvalidCurrencyError: the currency is not an ISO 4217 code that has a minor unit.
        InvalidPercentageError, InvalidAmountError, InvalidRuleError: as `read_rule`.

    >>> read_schedule({"currency": "NGN", "platform": {"percentage": "1.5"}}).platform
    FeeRule('1.5')
    """
    fields = read_fields(document, "$", _SCHEDULE, ("currency", "platform"))
    currency, marketplace = fields["currency"], fields.get("marketplace", True)
    try:
        code = known_code(cast("Code", currency))
    except InvalidCurrencyError as error:
        raise error.at("$.currency") from None
    if not isinstance(marketplace, bool):
        raise InvalidDocumentError(
            marketplace, "true or false", "leave it out for true", "$.marketplace"
        )
    merchant = read_rule(fields["merchant"], "$.merchant") if "merchant" in fields else None
    return ScheduleFields(code, read_rule(fields["platform"], "$.platform"), merchant, marketplace)


def read_rule(document: object, path: str = "$") -> FeeRule:
    """Return the rule of a document that `FeeRule.to_dict` wrote; an absent field has its default.

    Args:
        document: a parsed JSON object: percentages as text in percent, amounts in minor units.
        path: where the document is, for errors.

    Raises:
        InvalidDocumentError: it is not an object, lacks a percentage, a mode or tiers, has an
            unknown field, mode or rounding, or does not have a list of 1 to 100 tiers.
        InvalidPercentageError: a percentage is not plain decimal text from 0 to 100 with at most
            six decimal places.
        InvalidAmountError: an amount is not an int from 0 to 2⁶³-1.
        InvalidRuleError: the minimum is above the cap, tiers are out of order, or a graduated one
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
    minimum, cap, rounding = (
        _amount(fields, path, "minimum"),
        _cap(fields, path),
        _rounding(fields, path),
    )
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
    """Return a JSON object's fields, if they are all known and the required ones there."""
    if not isinstance(document, Mapping):
        raise InvalidDocumentError(document, "an object", "pass a parsed JSON object", path)
    fields: dict[object, object] = dict(document)  # a caller's keys need not be text
    for name in fields:
        if name not in names:
            expected = f"an object with no other fields than {', '.join(names)}"
            remedy = "correct its name; without the field, the fee could be another"
            raise InvalidDocumentError(name, expected, remedy, path)
    for name in required:
        if name not in fields:
            raise InvalidDocumentError(
                fields, f"an object with the field {name}", "add the field", path
            )
    return cast("dict[str, object]", fields)


def _amount(fields: dict[str, object], path: str, name: str) -> int:
    return minor_units(fields.get(name, 0), f"{path}.{name}")  # type: ignore[arg-type]  # it says what is wrong


def _cap(fields: dict[str, object], path: str) -> int | None:
    return None if fields.get("cap") is None else _amount(fields, path, "cap")


def _percentage(fields: dict[str, object], path: str) -> str:
    text = fields["percentage"]
    if isinstance(text, str) and re.fullmatch(_PERCENTAGE, text):
        return text
    expected, remedy = (
        "text, from 0 to 100 with at most six decimal places",
        'write it in percent, as text such as "1.5"',
    )
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
        expected, remedy = (
            f"a list of 1 to {MAX_TIERS} objects",
            "write as many, each with its start and its percentage",
        )
        raise InvalidDocumentError(tiers, expected, remedy, f"{path}.tiers")
    return [_tier(tier, f"{path}.tiers[{place}]") for place, tier in enumerate(tiers)]


def _tier(document: object, path: str) -> Tier:
    fields = read_fields(document, path, _TIER, ("start", "percentage"))
    return Tier(
        _amount(fields, path, "start"), _percentage(fields, path), _amount(fields, path, "flat")
    )
