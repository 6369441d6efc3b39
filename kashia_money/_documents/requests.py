"""Read the request for a payment link into a quote.

The fields follow the platform's documentation of payment links.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, SupportsIndex, cast

from .._core.currencies import Code
from .._core.numbers import Percentage, millionths, minor_units, percent
from .._core.published import DEFAULT_CURRENCY, schedule_for
from .._core.quotes import FeeSchedule, Quote
from ..errors import InvalidDocumentError, KashiaMoneyError, expect
from .json_text import UNREADABLE, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNITS: Final = {  # the unit of each money field of a request
    "amount": "in minor units",
    "currency": "an ISO 4217 code",
    "merchant_fee_percentage": "in percent",
    "merchant_fee_cap": "in minor units",
}
_LETTERS: Final = {name.replace("_", ""): name for name in _UNITS}
_COMMISSION: Final = "merchantfee"
_COMMISSIONS: Final = [letters for letters in _LETTERS if letters.startswith(_COMMISSION)]
# Similarities from 0 to 1; 1 means equal letters. The first matches "amuont" with "amount" (0.833),
# and does not match "account" (0.77). The second matches "merchantfeepercent" with a percentage
# (0.92), and does not match "merchantfee" with a cap (0.88).
_NEAR: Final = 0.83
_NEARER: Final = 0.9
# The number of characters that are compared, to limit the work. Similar names have fewer letters.
_MAX_NAME: Final = 40


def quote_from_request(
    document: Mapping[str, object] | str | bytes, *, schedule: FeeSchedule | None = None
) -> Quote:
    """Return the quote for the request of a payment link.

    Only the four money fields are read. A null field counts as absent.

    Args:
        document: the request, parsed or as JSON text: `amount` and `merchant_fee_cap` in minor
            units, `currency` (NGN if absent), `merchant_fee_percentage` in percent.
        schedule: the fees. None means the currency's published schedule.

    Raises:
        InvalidDocumentError: the document is not a JSON object. Or the name of an unknown field is
            nearly the name of a money field, such as `ammount`, or begins with `merchant_fee`.
        InvalidAmountError, InvalidPercentageError, InvalidCurrencyError: as `quote`.
        MissingScheduleError, CurrencyMismatchError, NotAMarketplaceError: as `quote`. The message
            contains the field's path, such as `$.merchant_fee_cap`.

    >>> request = {"amount": 50_000_000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": None}
    >>> quote_from_request(request).total_amount
    55750000
    """
    if schedule is not None:
        expect(schedule, FeeSchedule, "schedule")
    fields = _request_fields(document)
    currency = fields.get("currency")
    if currency is None:
        currency = DEFAULT_CURRENCY
    with _errors_at("$.currency"):
        schedule = schedule_for(cast("Code", currency), schedule)
    amount = minor_units(cast("SupportsIndex", fields.get("amount")), "$.amount")
    percentage = _link_percentage(fields.get("merchant_fee_percentage"), schedule)
    cap = _link_cap(fields.get("merchant_fee_cap"), schedule)
    with _errors_at("$.amount"):
        return schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)


def _request_fields(document: object) -> dict[str, object]:
    """Return the money fields of a request; each is read once."""
    try:
        request = parse_json(document)
    except UNREADABLE as reason:
        raise InvalidDocumentError(document, "JSON text", f"correct it: {reason}", "$") from None
    if not isinstance(request, Mapping):
        raise InvalidDocumentError(request, "an object", "pass the body of one request", "$")
    names = list(request)
    for name in names:
        _reject_misspelled(name)
    return {name: request[name] for name in names if name in _UNITS}


def _reject_misspelled(name: object) -> None:
    """Raise an error if the name of an unknown field is probably a misspelled money field."""
    if not isinstance(name, str) or name in _UNITS:
        return
    from difflib import get_close_matches

    letters = "".join(filter(str.isalpha, name[:_MAX_NAME])).lower()
    if letters.startswith(_COMMISSION):
        matches = get_close_matches(letters, _COMMISSIONS, n=1, cutoff=_NEARER) or _COMMISSIONS
    elif letters.startswith("currency"):
        # If "currency_code" were ignored, an amount in dollars would have the fees of naira.
        matches = ["currency"]
    else:
        matches = get_close_matches(letters, _LETTERS, n=1, cutoff=_NEAR)
    if matches:
        names = [_LETTERS[match] for match in matches]
        expected = f"an object with the field {' or '.join(names)}"
        fields = " or ".join(f"{field} ({_UNITS[field]})" for field in names)
        raise InvalidDocumentError(name, expected, f"write {fields}, or leave it out", "$")


def _link_percentage(percentage: object, schedule: FeeSchedule) -> str | None:
    """Return the percentage that a link requests.

    It is returned as text, because an object could convert to another number each time.
    """
    if percentage is None:
        return None
    with _errors_at("$.merchant_fee_percentage"):
        if not schedule.marketplace:
            schedule._reject_commission(percentage, None)
        return percent(millionths(cast("Percentage", percentage)))


def _link_cap(cap: object, schedule: FeeSchedule) -> int | None:
    """Return the cap that a link requests, in minor units."""
    if cap is None:
        return None
    if not schedule.marketplace:
        with _errors_at("$.merchant_fee_cap"):
            schedule._reject_commission(None, cap)
    return minor_units(cast("SupportsIndex", cap), "$.merchant_fee_cap")


@contextmanager
def _errors_at(path: str) -> Iterator[None]:
    """Add a path to the errors that are raised in the block."""
    try:
        yield
    except KashiaMoneyError as error:
        raise error.at(path) from None
