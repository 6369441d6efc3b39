"""Rules and schedules as data: JSON objects out and in, strictly, and a fingerprint of what they say.

Floor 3: imports `tiers`, `fees`, `rules`, `rounding`, `currencies` and `errors`. `schedule.schema.json` beside this
file says in JSON Schema what is read here, but that a minimum is at most its cap and tiers are in order: it cannot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast

from .currencies import EXPONENTS, refusal
from .errors import InvalidDocumentError, InvalidPercentageError, InvalidRuleError, KashiaMoneyError
from .fees import FeeRule
from .rounding import Rounding, minor_units
from .rules import Rule
from .tiers import MAX_TIERS, MODES, Mode, Tier, TieredRule

_SCHEDULE: Final = ("currency", "platform", "merchant")
_RULE: Final = ("percentage", "flat", "flat_from", "minimum", "cap", "rounding")
_TIERED: Final = ("mode", "tiers", "minimum", "cap", "rounding")
_TIER: Final = ("start", "percentage", "flat")
# As the JSON Schema has it, and no other spelling, so that the two agree: no sign, no exponent, no bare point.
_PERCENTAGE: Final = r"(?:100(?:\.0{1,6})?|[1-9]?[0-9](?:\.[0-9]{1,6})?)"


class ScheduleData:
    """What a schedule says, as a value and as data; `FeeSchedule` is the one subclass, and charges by it.

    Args:
        currency: an ISO 4217 code.
        platform: the platform's rule, in minor units of the currency.
        merchant: the marketplace's default commission.
    """

    __slots__ = ("_currency", "_merchant", "_platform")

    def __init__(self, currency: str, platform: Rule, merchant: Rule) -> None:
        self._currency: str = currency
        self._platform: Rule = platform
        self._merchant: Rule = merchant

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""
        return self._currency

    @property
    def platform(self) -> Rule:
        """The platform's rule."""
        return self._platform

    @property
    def merchant(self) -> Rule:
        """The marketplace's default commission; 0 % if it charges none."""
        return self._merchant

    def to_dict(self) -> dict[str, object]:
        """Return the schedule as data, ready for `json.dumps`: every field, amounts in minor units.

        `FeeSchedule.from_dict` gives an equal schedule back.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].to_dict()["platform"]["minimum"]
        10000
        """
        return {
            "currency": self._currency,
            "platform": self._platform.to_dict(),
            "merchant": self._merchant.to_dict(),
        }

    @property
    def fingerprint(self) -> str:
        """The SHA-256, in hex, of the canonical form: the same for equal schedules, in every process and release.

        The canonical form is `to_dict()` as JSON in ASCII, with its keys sorted and no spaces.

        >>> from kashia_money import PUBLISHED
        >>> PUBLISHED["NGN"].fingerprint[:16]
        '997da57a32bc065f'
        """
        import hashlib
        import json

        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()

    def _key(self) -> tuple[str, Rule, Rule]:
        return (self._currency, self._platform, self._merchant)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, ScheduleData) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())


def rule_from_dict(document: object, path: str = "$") -> Rule:
    """Return the rule that its `to_dict` gave; what is absent has its default, but what is charged must be there.

    Args:
        document: a parsed JSON object, of tiers if it has them or a mode: percentages as text in percent, amounts in
            minor units.
        path: where the document is, for an error to say.

    Raises:
        InvalidDocumentError: it is no object, lacks a percentage, a mode or tiers, has an unknown field, mode or
            rounding, or has no list of 1 to 100 tiers.
        InvalidPercentageError: a percentage is no plain decimal text from 0 to 100 with at most six decimal places.
        InvalidAmountError: an amount is not an int from 0 to 2⁶³-1.
        InvalidRuleError: the minimum is above the cap, tiers are out of order, or a graduated one has a flat part.

    >>> rule_from_dict({"percentage": "1.5", "cap": 200_000})
    FeeRule('1.5', cap=200000)
    """
    tiered = isinstance(document, Mapping) and ("mode" in document or "tiers" in document)
    fields = _fields(document, path, _TIERED if tiered else _RULE, ("mode", "tiers") if tiered else ("percentage",))
    cap, minimum, rounding = fields.get("cap"), _amount(fields, path, "minimum"), _rounding(fields, path)
    limit = None if cap is None else _amount(fields, path, "cap")
    try:
        if tiered:
            mode, tiers = _mode(fields, path), _tiers(fields, path)
            return TieredRule(mode, tiers, minimum=minimum, cap=limit, rounding=rounding)
        percentage, flat = _percentage(fields, path), _amount(fields, path, "flat")
        flat_from = _amount(fields, path, "flat_from")
        return FeeRule(percentage, flat=flat, flat_from=flat_from, minimum=minimum, cap=limit, rounding=rounding)
    except InvalidRuleError as error:
        raise located(error, path) from None


def schedule_fields(document: object) -> tuple[str, Rule, Rule | None]:
    """Return the currency and the two rules that a document says, for `FeeSchedule.from_dict`.

    Raises:
        InvalidDocumentError: it is no object, lacks a field or has an unknown one, or a rule does.
        InvalidCurrencyError: the currency is no ISO 4217 code that has a minor unit.
        InvalidPercentageError, InvalidAmountError, InvalidRuleError: as `rule_from_dict` does.

    >>> schedule_fields({"currency": "NGN", "platform": {"percentage": "1.5"}})
    ('NGN', FeeRule('1.5'), None)
    """
    fields = _fields(document, "$", _SCHEDULE, ("currency", "platform"))
    currency = fields["currency"]
    if not isinstance(currency, str) or currency not in EXPONENTS:
        raise located(refusal(currency), "$.currency")
    platform = rule_from_dict(fields["platform"], "$.platform")
    return currency, platform, rule_from_dict(fields["merchant"], "$.merchant") if "merchant" in fields else None


def located(error: KashiaMoneyError, path: str) -> KashiaMoneyError:
    """Return an error that says where in a document its value is.

    >>> print(located(InvalidRuleError(5, "a minimum of at most the cap, 4", "lower it"), "$.platform"))
    expected $.platform as a minimum of at most the cap, 4, got 5: lower it
    """
    return type(error)(error.value, f"{path} as {error.expected}", error.remedy)


def _fields(document: object, path: str, names: tuple[str, ...], required: tuple[str, ...]) -> dict[str, object]:
    """Return a JSON object's fields, if they are all known and the required ones there."""
    if not isinstance(document, Mapping):
        raise InvalidDocumentError(document, f"{path} as an object", "pass a parsed JSON object")
    fields: dict[object, object] = dict(document)  # a caller's keys need not be text
    for name in fields:
        if name not in names:
            expected = f"{path} with no other fields than {', '.join(names)}"
            raise InvalidDocumentError(name, expected, "correct its name; without the field, the fee could be another")
    for name in required:
        if name not in fields:
            raise InvalidDocumentError(fields, f"{path} with the field {name}", "add the field")
    return cast("dict[str, object]", fields)


def _amount(fields: dict[str, object], path: str, name: str) -> int:
    return minor_units(fields.get(name, 0), f"{path}.{name}")  # type: ignore[arg-type]  # it says what is wrong


def _percentage(fields: dict[str, object], path: str) -> str:
    text = fields["percentage"]
    if isinstance(text, str) and re.fullmatch(_PERCENTAGE, text):
        return text
    expected = f"{path}.percentage as text, from 0 to 100 with at most six decimal places"
    raise InvalidPercentageError(text, expected, 'write it in percent, as text such as "1.5"')


def _rounding(fields: dict[str, object], path: str) -> Rounding:
    name = fields.get("rounding", Rounding.HALF_UP)
    if isinstance(name, str) and name in tuple(Rounding):
        return Rounding(name)
    raise InvalidDocumentError(name, f"{path}.rounding as one of {', '.join(Rounding)}", "write one of these names")


def _mode(fields: dict[str, object], path: str) -> Mode:
    for mode in MODES:
        if fields["mode"] == mode:
            return mode
    expected = f"{path}.mode as one of {', '.join(MODES)}"
    raise InvalidDocumentError(fields["mode"], expected, "write one of these modes")


def _tiers(fields: dict[str, object], path: str) -> list[Tier]:
    tiers = fields["tiers"]
    if not isinstance(tiers, list) or not 1 <= len(tiers) <= MAX_TIERS:
        expected = f"{path}.tiers as a list of 1 to {MAX_TIERS} objects"
        raise InvalidDocumentError(tiers, expected, "write as many, each with its start and its percentage")
    return [_tier(tier, f"{path}.tiers[{place}]") for place, tier in enumerate(tiers)]


def _tier(document: object, path: str) -> Tier:
    fields = _fields(document, path, _TIER, ("start", "percentage"))
    return Tier(_amount(fields, path, "start"), _percentage(fields, path), _amount(fields, path, "flat"))
