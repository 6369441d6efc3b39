"""Documents in and out: read a payment link's request, check what comes back, and add up many links.

The shapes are those of the platform's documentation: a payment link has its figures in an object `fees`, an escrow
event has them flat, and either comes bare or in an envelope: under `data` or `response`, by itself or in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, SupportsIndex, TypeAlias, cast

from .consistency import FLAT, Discrepancy, Place, contradictions, differences
from .currencies import Code, known_code
from .errors import CurrencyMismatchError, InvalidCurrencyError, InvalidDocumentError, KashiaMoneyError, expect
from .published import DEFAULT_CURRENCY, PUBLISHED, schedule_for
from .quotes import FIGURES, FeeSchedule, Quote
from .rounding import MAX_AMOUNT, Percentage, millionths, minor_units, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Discrepancy", "Totals", "discrepancies", "quote_from_request", "totals"]

UNREADABLE: Final = (ValueError, RecursionError)
"""The errors of `parse_json`."""

_UNITS: Final = {  # of a request's fields about money
    "amount": "in minor units",
    "currency": "an ISO 4217 code",
    "merchant_fee_percentage": "in percent",
    "merchant_fee_cap": "in minor units",
}
_LETTERS: Final = {name.replace("_", ""): name for name in _UNITS}
_COMMISSION: Final = "merchantfee"
_COMMISSIONS: Final = [letters for letters in _LETTERS if letters.startswith(_COMMISSION)]
_NEAR: Final = 0.83  # of 1 for equal letters: takes "amuont" for "amount" (0.833), not "account" (0.77)
_NEARER: Final = 0.9  # takes "merchantfeepercent" for a percentage (0.92), not "merchantfee" for a cap (0.88)
_MAX_NAME: Final = 40  # characters that are compared, to limit the work; no near miss has more letters
_LEVELS: Final = 6  # of envelopes, one of which may be a list, to limit the work
_INNER: Final = ("data", "response")
_FLAT: Final = frozenset(FLAT)
_FIGURES: Final = _FLAT | {"amount", "fees"}  # an object with one of these is a document
_FEES_PATHS: Final = tuple((f".fees.{name}", name) for name in FIGURES)
_FLAT_PATHS: Final = tuple((f".{name}", name) for name in FLAT)

# From a document's currency and its figures to its discrepancies.
_Comparison: TypeAlias = Callable[[object, list[Place]], list[Discrepancy]]


class Totals(NamedTuple):
    """The sums over many quotes of one currency, in minor units."""

    quotes: int
    """How many there are."""
    currency: str
    amount: int
    platform_fee: int
    merchant_fee: int
    total_fees: int
    total_amount: int


def quote_from_request(document: Mapping[str, object] | str | bytes, *, schedule: FeeSchedule | None = None) -> Quote:
    """Return the quote that a payment link's request asks for; other fields than those about money are not read.

    Args:
        document: the request, parsed or as JSON text: `amount` and `merchant_fee_cap` in minor units, `currency` (NGN
            if absent), `merchant_fee_percentage` in percent. A null is an absent field.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidDocumentError: it is not a JSON object, or a field's name is nearly one of those, such as `ammount`, or
            another that begins with `merchant_fee`.
        InvalidAmountError, InvalidPercentageError, InvalidCurrencyError, MissingScheduleError, CurrencyMismatchError,
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
        charged = schedule_for(cast("Code", DEFAULT_CURRENCY if currency is None else currency), schedule)
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
    elif letters.startswith("currency"):  # "currency_code": without it, dollars would be priced as naira
        meant = ["currency"]
    else:
        meant = get_close_matches(letters, _LETTERS, n=1, cutoff=_NEAR)
    if meant:
        names = [_LETTERS[known] for known in meant]
        remedy = f"write {' or '.join(f'{known} ({_UNITS[known]})' for known in names)}, or leave it out"
        raise InvalidDocumentError(name, f"an object with the field {' or '.join(names)}", remedy, "$")


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


def parse_json(document: object) -> object:
    """Return JSON text parsed, or raise one of `UNREADABLE`; return anything else as it is.

    >>> parse_json('{"amount": 5}'), parse_json({"amount": 5})
    ({'amount': 5}, {'amount': 5})
    """
    import json  # here, because most programs that import this package read no document

    return json.loads(document, object_pairs_hook=_object) if isinstance(document, (str, bytes)) else document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):  # readers differ in which of the two they take, so the text has no one meaning
        raise ValueError("it has an object that names a field twice")
    return fields


def discrepancies(
    document: object,
    *,
    schedule: FeeSchedule | None = None,
    quote: Quote | None = None,
    merchant_fee_percentage: Percentage | None = None,
    merchant_fee_cap: SupportsIndex | None = None,
) -> tuple[Discrepancy, ...]:
    """Return every discrepancy of a payment link or an escrow event, or of an envelope of them.

    With a quote, every figure and the currency are compared with the quote's. Without one, a document is compared with
    itself: every figure is computed from a base. The base is `amount`; or, if fewer figures differ then,
    `seller_amount`, or `total_amount` less `total_fees`. A figure that cannot be computed, because the document lacks
    one that it depends on, is not compared. Whatever `json` can return is reported and never raised.

    An empty list of links has no discrepancy. An error's envelope, with `success` false or a `status` other than
    "success", is reported.

    Args:
        document: parsed JSON or its text: the document itself, or what holds it within six levels.
        schedule: what is charged; None for the currency's published schedule.
        quote: the quote that was stored for the document, in place of the schedule, the percentage and the cap.
        merchant_fee_percentage: percent, clamped to 0-20, that `merchant_fee` must follow; None for any that keeps to
            the sums and to 0-20 % of the amount.
        merchant_fee_cap: the most that `merchant_fee` may be, in minor units; None for the schedule's own where a
            percentage is given, else for none.

    Raises:
        InvalidPercentageError, InvalidAmountError, NotAMarketplaceError: the percentage or the cap, as `quote`.
        TypeError: the schedule is not a `FeeSchedule`, or the quote not a `Quote` or not passed alone.

    >>> from kashia_money import quote
    >>> stored = quote(150_000_000)
    >>> link = {"amount": 150_000_000, "currency": "NGN", "fees": stored.fees}
    >>> discrepancies({"success": True, "data": link}, quote=stored)
    ()
    >>> link["fees"]["platform_fee"] = 2_250_001
    >>> discrepancies({"success": True, "data": link})
    (Discrepancy(path='$.data.fees.platform_fee', expected=2250000, actual=2250001),)
    """
    if quote is None:
        compare = _against_schedule(schedule, merchant_fee_percentage, merchant_fee_cap)
    elif schedule is None and merchant_fee_percentage is None and merchant_fee_cap is None:
        compare = _against_quote(quote)
    else:
        raise TypeError("pass quote without schedule, merchant_fee_percentage and merchant_fee_cap: it has its own")
    try:
        parsed = parse_json(document)
    except UNREADABLE as reason:
        return (Discrepancy("$", f"JSON text: {reason}", document),)
    return tuple(
        Discrepancy(path + each.path, each.expected, each.actual)
        for path, node in _opened(parsed)
        for each in _discrepancies(node, compare)
    )


def _against_quote(quote: Quote) -> _Comparison:
    """Return how to compare a document with a quote."""
    expect(quote, Quote, "quote")
    stored = quote.to_dict()

    def compare(currency: object, places: list[Place]) -> list[Discrepancy]:
        mismatch = [] if currency == quote.currency else [Discrepancy(".currency", quote.currency, currency)]
        return mismatch + differences(places, stored)

    return compare


def _against_schedule(
    schedule: FeeSchedule | None, percentage: Percentage | None, cap: SupportsIndex | None
) -> _Comparison:
    """Return how to compare a document with itself."""
    if schedule is not None:
        expect(schedule, FeeSchedule, "schedule")
    default = PUBLISHED[DEFAULT_CURRENCY] if schedule is None else schedule
    default._charged(percentage, cap)
    schedules = PUBLISHED if schedule is None else {schedule.currency: schedule}
    charged = {code: _with_commission(each, percentage, cap) for code, each in schedules.items()}
    exact = percentage is not None or not default.marketplace

    def compare(currency: object, places: list[Place]) -> list[Discrepancy]:
        expected = charged.get(str.__str__(currency)) if isinstance(currency, str) else None
        if expected is not None:
            return contradictions(places, expected, known=True, exact=exact)
        mismatch = Discrepancy(".currency", _expected_currency(currency, schedule), currency)
        fallback = charged[default.currency]
        return [mismatch, *contradictions(places, fallback, known=schedule is not None, exact=exact)]

    return compare


def _with_commission(schedule: FeeSchedule, percentage: Percentage | None, cap: SupportsIndex | None) -> FeeSchedule:
    """Return a schedule whose commission is the one asked for, or the largest that there may be."""
    if percentage is not None or not schedule.marketplace:
        return schedule._charged(percentage, cap)
    return schedule._charged(20, MAX_AMOUNT if cap is None else cap)


def _expected_currency(currency: object, schedule: FeeSchedule | None) -> str:
    """Return which currency, or what kind of one, a document should have in place of its own."""
    if schedule is not None:
        return schedule.currency
    try:
        return schedule_for(known_code(cast("Code", currency)), None).currency
    except KashiaMoneyError as error:
        return error.expected


def _opened(document: object) -> Iterator[tuple[str, object]]:
    """Yield what the envelopes hold, with its path; without recursion, because the document chooses its depth."""
    stack = [("$", document, _LEVELS, False)]
    while stack:
        path, node, levels, listed = stack.pop()
        keys = _inner(node)
        if levels and isinstance(node, (list, tuple)) and not listed:
            items = [(f"{path}[{place}]", item, levels - 1, True) for place, item in enumerate(node)]
            stack.extend(reversed(items))
        elif levels and keys:
            stack.extend((f"{path}.{key}", cast("Any", node)[key], levels - 1, listed) for key in reversed(keys))
        else:
            yield path, node


def _inner(node: object) -> list[str]:
    """Return under which keys an envelope holds something; none if the node is not an envelope, or an error's."""
    if not isinstance(node, Mapping) or not _FIGURES.isdisjoint(node) or _is_error(node):
        return []
    return [key for key in _INNER if node.get(key) is not None]


def _is_error(envelope: Mapping[str, object]) -> bool:
    status = envelope.get("status")
    succeeded = status is None or (isinstance(status, str) and status.lower() == "success")
    return envelope.get("success") is False or not succeeded


def _discrepancies(node: object, compare: _Comparison) -> list[Discrepancy]:
    """Return what is wrong with one node that is not an envelope, with paths from there."""
    if not isinstance(node, Mapping) or _FIGURES.isdisjoint(node) or node.get("success") is False:
        return [Discrepancy("", "a payment link or an escrow event", node)]
    places = [Place(".amount", "amount", node.get("amount"))]
    flat = [] if _FLAT.isdisjoint(node) else [Place(path, name, node.get(name)) for path, name in _FLAT_PATHS]
    present = [place for place in flat if place.actual is not None]
    fees = node.get("fees")
    if isinstance(fees, Mapping):
        places += [Place(path, name, fees.get(name)) for path, name in _FEES_PATHS]
    elif fees is None and present:
        present = flat  # an escrow event, which must have all of them
    else:
        shape = Discrepancy(".fees", f"an object with {', '.join(FIGURES)}", fees)
        return [shape, *compare(node.get("currency"), places + present)]
    return compare(node.get("currency"), places + present)


def totals(quotes: Iterable[Quote], *, currency: Code | None = None) -> Totals:
    """Return the sums over many quotes of one currency; they may exceed 2⁶³-1.

    Args:
        quotes: any number of them, each read once.
        currency: the ISO 4217 code that all of them are in; None for the first one's, so that there must be one.

    Raises:
        CurrencyMismatchError: a quote is in another currency.
        InvalidCurrencyError: the currency is no ISO 4217 code, or there is none because there is no quote.
        TypeError: something is not a `Quote`.

    >>> from kashia_money import quote
    >>> totals(quote(amount) for amount in (100_000, 150_000_000)).total_fees
    2260000
    """
    code = None if currency is None else known_code(currency)
    count = amount = platform_fee = merchant_fee = 0
    for each in quotes:
        expect(each, Quote, "each of quotes")
        code = each.currency if code is None else code
        if each.currency != code:
            raise CurrencyMismatchError(each.currency, f"a quote in {code}", "add up each currency by itself")
        count += 1
        amount += each.amount
        platform_fee += each.platform_fee
        merchant_fee += each.merchant_fee
    if code is None:
        raise InvalidCurrencyError(None, "a currency for the sums of no quotes", "pass the currency that they are in")
    fees = platform_fee + merchant_fee
    return Totals(count, code, amount, platform_fee, merchant_fee, fees, amount + fees)
