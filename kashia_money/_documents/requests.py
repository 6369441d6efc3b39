"""The request for a payment link, read into a quote.

The fields are those of the platform's documentation of payment links.
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

_UNITS: Final = {  # of a request's fields about money
    "amount": "in minor units",
    "currency": "an ISO 4217 code",
    "merchant_fee_percentage": "in percent",
    "merchant_fee_cap": "in minor units",
}
_LETTERS: Final = {name.replace("_", ""): name for name in _UNITS}
_COMMISSION: Final = "merchantfee"
_COMMISSIONS: Final = [letters for letters in _LETTERS if letters.startswith(_COMMISSION)]
_NEAR: Final = (
    0.83  # of 1 for equal letters: takes "amuont" for "amount" (0.833), not "account" (0.77)
)
_NEARER: Final = (
    0.9  # takes "merchantfeepercent" for a percentage (0.92), not "merchantfee" for a cap (0.88)
)
_MAX_NAME: Final = (
    40  # characters that are compared, to limit the work; no near miss has more letters
)


def quote_from_request(
    document: Mapping[str, object] | str | bytes, *, schedule: FeeSchedule | None = None
) -> Quote:
    """Return the quote that a payment link's request asks for; other fields than those about money are not read.

    Args:
        document: the request, parsed or as JSON text: `amount` and `merchant_fee_cap` in minor
            units, `currency` (NGN if absent), `merchant_fee_percentage` in percent. A null is an
            absent field.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidDocumentError: it is not a JSON object, or a field's name is nearly one of those,
            such as `ammount`, or another that begins with `merchant_fee`. InvalidAmountError,
            InvalidPercentageError, InvalidCurrencyError, MissingScheduleError,
            CurrencyMismatchError,
        NotAMarketplaceError: as `quote`; what was expected starts with the field's path, such as
            `$.merchant_fee_cap`.

    >>> request = {"amount": 50_000_000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": None}
    >>> quote_from_request(request).total_amount
    55750000
    """
    if schedule is not None:
        expect(schedule, FeeSchedule, "schedule")
    fields = _request_fields(document)
    currency = fields.get("currency")
    with _naming("$.currency"):
        charged = schedule_for(
            cast("Code", DEFAULT_CURRENCY if currency is None else currency), schedule
        )
    amount = minor_units(cast("SupportsIndex", fields.get("amount")), "$.amount")
    percentage = _link_percentage(fields.get("merchant_fee_percentage"), charged)
    cap = _link_cap(fields.get("merchant_fee_cap"), charged)
    with _naming("$.amount"):
        return charged.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)


def _request_fields(document: object) -> dict[str, object]:
    """Return the fields of a request that are about money, each read once."""
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
    """Raise an error if an unknown field is most likely meant to be one about money."""
    if not isinstance(name, str) or name in _UNITS:
        return
    from difflib import get_close_matches

    letters = "".join(filter(str.isalpha, name[:_MAX_NAME])).lower()
    if letters.startswith(_COMMISSION):
        meant = get_close_matches(letters, _COMMISSIONS, n=1, cutoff=_NEARER) or _COMMISSIONS
    elif letters.startswith(
        "currency"
    ):  # "currency_code": without it, dollars would be priced as naira
        meant = ["currency"]
    else:
        meant = get_close_matches(letters, _LETTERS, n=1, cutoff=_NEAR)
    if meant:
        names = [_LETTERS[known] for known in meant]
        remedy = (
            f"write {' or '.join(f'{known} ({_UNITS[known]})' for known in names)}, or leave it out"
        )
        raise InvalidDocumentError(
            name, f"an object with the field {' or '.join(names)}", remedy, "$"
        )


def _link_percentage(percentage: object, schedule: FeeSchedule) -> str | None:
    """Return the percentage that a link asks for as text, which cannot change any more."""
    if percentage is None:
        return None
    with _naming("$.merchant_fee_percentage"):
        if not schedule.marketplace:
            schedule._reject_commission(percentage, None)
        return percent(millionths(cast("Percentage", percentage)))


def _link_cap(cap: object, schedule: FeeSchedule) -> int | None:
    """Return the cap that a link asks for, in minor units."""
    if cap is not None and not schedule.marketplace:
        with _naming("$.merchant_fee_cap"):
            schedule._reject_commission(None, cap)
    return None if cap is None else minor_units(cast("SupportsIndex", cap), "$.merchant_fee_cap")


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Put a path before what an error expected."""
    try:
        yield
    except KashiaMoneyError as error:
        raise error.at(path) from None
