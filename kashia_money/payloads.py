"""Documents in and out: read a payment link's request, verify what comes back, and add up many links.

Floor 5: imports `consistency`, `schedules`, `quotes`, `data`, `rounding`, `currencies` and `errors`; no third party.

The shapes are those of the platform's documentation: a payment link has its figures in an object `fees`, an escrow
event has them flat, and either comes bare or in an envelope: under `data` or `response`, by itself or in a list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, SupportsIndex, cast

from .consistency import FEES, FLAT, Discrepancy, Place, contradictions
from .currencies import Code, known_code
from .data import located
from .errors import CurrencyMismatchError, InvalidCurrencyError, InvalidDocumentError, KashiaMoneyError, expect
from .quotes import Quote
from .rounding import MAX_AMOUNT, Percentage, millionths, minor_units
from .schedules import PUBLISHED, FeeSchedule, schedule_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Discrepancy", "Totals", "quote_request", "totals", "verify"]

_LEVELS: Final = 6  # of envelopes, one of which may be a list, so that no document is work out of proportion
_INNER: Final = ("data", "response")
_FIGURES: Final = frozenset(("amount", "fees", *FLAT))  # an object with one of these is a document
_UNREADABLE: Final = (ValueError, RecursionError)  # what `json` raises for a text


class Totals(NamedTuple):
    """The sums over many quotes of one currency, in minor units."""

    count: int  # type: ignore[assignment]  # in place of tuple.count, which no one needs here
    currency: str
    amount: int
    platform_fee: int
    merchant_fee: int
    total_fees: int
    total_amount: int


def quote_request(document: Mapping[str, object] | str | bytes, *, schedule: FeeSchedule | None = None) -> Quote:
    """Return the quote that a payment link's request asks for; of its fields only those about money are read.

    Args:
        document: the request, parsed or as JSON text: `amount` and `merchant_fee_cap` in minor units, `currency` (NGN
            if absent), `merchant_fee_percentage` in percent. A null is an absent field.
        schedule: what to charge by; None for the currency's published schedule.

    Raises:
        InvalidDocumentError: it is no JSON object.
        InvalidAmountError, InvalidPercentageError, InvalidCurrencyError, MissingScheduleError, CurrencyMismatchError:
            as `quote`; what was expected starts with the field's path, such as `$.merchant_fee_cap`.

    >>> quote_request({"amount": 50_000_000, "merchant_fee_percentage": 10.0, "merchant_fee_cap": None}).total_amount
    55750000
    """
    if schedule is not None:
        expect(schedule, FeeSchedule, "schedule")
    try:
        fields = cast("Mapping[str, Any]", _parsed(document))
    except _UNREADABLE as reason:
        raise InvalidDocumentError(document, "$ as JSON text", f"correct it: {reason}") from None
    if not isinstance(fields, Mapping):
        raise InvalidDocumentError(fields, "$ as an object", "pass the body of one request")
    currency, percentage = fields.get("currency"), fields.get("merchant_fee_percentage")
    cap: SupportsIndex | None = fields.get("merchant_fee_cap")
    with _naming("$.currency"):
        plan = schedule_for("NGN" if currency is None else currency, schedule)
    amount = minor_units(cast("SupportsIndex", fields.get("amount")), "$.amount")
    if percentage is not None:
        with _naming("$.merchant_fee_percentage"):
            millionths(percentage)
    if cap is not None:
        minor_units(cap, "$.merchant_fee_cap")
    with _naming("$.amount"):
        return plan.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Put a path before what an error expected."""
    try:
        yield
    except KashiaMoneyError as error:
        raise located(error, path) from None


def _parsed(document: object) -> object:
    """Return JSON text parsed, or raise one of `_UNREADABLE`; return anything else as it is."""
    return json.loads(document, object_pairs_hook=_object) if isinstance(document, (str, bytes)) else document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):  # readers differ in which of the two they take, so the text has no one meaning
        raise ValueError("it has an object that names a field twice")
    return fields


def verify(
    document: object,
    *,
    schedule: FeeSchedule | None = None,
    merchant_fee_percentage: Percentage | None = None,
    merchant_fee_cap: SupportsIndex | None = None,
) -> tuple[Discrepancy, ...]:
    """Return every discrepancy of a payment link or an escrow event, or of an envelope of them; none if all adds up.

    Every figure is computed from a base and compared. The base is `amount`; or, if fewer figures differ then,
    `seller_amount`, or `total_amount` less `total_fees`. A figure that cannot be computed, because the document lacks
    one that it depends on, is not compared. Whatever `json` can return is reported and never raised.

    Args:
        document: parsed JSON or its text: the document itself, or what holds it within six levels.
        schedule: what is charged; None for the currency's published schedule.
        merchant_fee_percentage: percent, clamped to 0-20, that `merchant_fee` must follow; None for any that keeps to
            the sums and to 0-20 % of the amount.
        merchant_fee_cap: the most that `merchant_fee` may be, in minor units; None for the schedule's own where a
            percentage is given, else for none.

    Raises:
        InvalidPercentageError, InvalidAmountError: the percentage or the cap, as `quote`.
        TypeError: the schedule is not a `FeeSchedule`.

    >>> from kashia_money import quote
    >>> link = {"amount": 150_000_000, "currency": "NGN", "fees": quote(150_000_000).fees}
    >>> verify({"success": True, "data": link})
    ()
    >>> link["fees"]["platform_fee"] = 2_250_001
    >>> verify({"success": True, "data": link})
    (Discrepancy(path='$.data.fees.platform_fee', expected=2250000, actual=2250001),)
    """
    if schedule is not None:
        expect(schedule, FeeSchedule, "schedule")
    PUBLISHED["NGN"].quote(0, merchant_fee_percentage=merchant_fee_percentage, merchant_fee_cap=merchant_fee_cap)
    terms = _Terms(schedule, merchant_fee_percentage, merchant_fee_cap)
    try:
        parsed = _parsed(document)
    except _UNREADABLE as reason:
        return (Discrepancy("$", f"JSON text: {reason}", document),)
    return tuple(found for path, node in _opened(parsed) for found in _discrepancies(path, node, terms))


class _Terms(NamedTuple):
    schedule: FeeSchedule | None
    percentage: Percentage | None
    cap: SupportsIndex | None

    def over(self, plan: FeeSchedule) -> FeeSchedule:
        """Return a schedule whose commission is the one asked for, or the largest that there may be."""
        if self.percentage is not None:
            return plan.overridden(self.percentage, self.cap)
        return plan.overridden(20, MAX_AMOUNT if self.cap is None else self.cap)


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
    """Return under which keys an envelope holds something; none if the node is not an envelope."""
    if not isinstance(node, Mapping) or not _FIGURES.isdisjoint(node) or node.get("success") is False:
        return []
    return [key for key in _INNER if node.get(key) is not None]


def _discrepancies(path: str, node: object, terms: _Terms) -> list[Discrepancy]:
    """Return what is wrong with one node that is no envelope."""
    if not isinstance(node, Mapping) or _FIGURES.isdisjoint(node):
        return [Discrepancy(path, "a payment link or an escrow event", node)]
    found, plan, currency = _shape(path, node), terms.schedule, node.get("currency")
    try:
        plan = schedule_for(cast("Code", currency), plan)
    except KashiaMoneyError as error:
        expected = error.expected if plan is None else plan.currency
        found.append(Discrepancy(f"{path}.currency", expected, currency))
    over = terms.over(plan or PUBLISHED["NGN"])
    exact = terms.percentage is not None
    return found + contradictions(_places(path, node), over, known=plan is not None, exact=exact)


def _shape(path: str, node: Mapping[str, object]) -> list[Discrepancy]:
    fees = node.get("fees")
    if isinstance(fees, Mapping) or (fees is None and _present(node)):
        return []
    return [Discrepancy(f"{path}.fees", f"an object with {', '.join(FEES)}", fees)]


def _places(path: str, node: Mapping[str, object]) -> list[Place]:
    """Return every figure that a document has, and those that its shape must have."""
    fees = node.get("fees")
    flat = FLAT if fees is None and _present(node) else _present(node)
    places = [Place(f"{path}.amount", "amount", node.get("amount"))]
    if isinstance(fees, Mapping):
        places += [Place(f"{path}.fees.{name}", name, fees.get(name)) for name in FEES]
    return places + [Place(f"{path}.{name}", name, node.get(name)) for name in flat]


def _present(node: Mapping[str, object]) -> list[str]:
    return [name for name in FLAT if node.get(name) is not None]


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
