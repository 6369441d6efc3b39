"""What is wrong with a document that comes back: a payment link, an escrow event, or an envelope of them.

The shapes are those of the platform's documentation: a payment link has its figures in an object
`fees`, an escrow event has them flat, and either comes bare or in an envelope: under `data` or
`response`, by itself or in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, SupportsIndex, TypeAlias, cast

from .._core.currencies import Code, known_code
from .._core.numbers import MAX_AMOUNT, Percentage
from .._core.published import DEFAULT_CURRENCY, PUBLISHED, schedule_for
from .._core.quotes import FIGURES, FeeSchedule, Quote
from ..errors import KashiaMoneyError, expect
from .consistency import FLAT, Discrepancy, Place, contradictions, differences
from .json_text import UNREADABLE, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS: Final = 6  # of envelopes, one of which may be a list, to limit the work
_INNER: Final = ("data", "response")
_FLAT: Final = frozenset(FLAT)
_FIGURES: Final = _FLAT | {"amount", "fees"}  # an object with one of these is a document
_FEES_PATHS: Final = tuple((f".fees.{name}", name) for name in FIGURES)
_FLAT_PATHS: Final = tuple((f".{name}", name) for name in FLAT)

# From a document's currency and its figures to its discrepancies.
_Comparison: TypeAlias = Callable[[object, list[Place]], list[Discrepancy]]


def discrepancies(
    document: object,
    *,
    schedule: FeeSchedule | None = None,
    quote: Quote | None = None,
    merchant_fee_percentage: Percentage | None = None,
    merchant_fee_cap: SupportsIndex | None = None,
) -> tuple[Discrepancy, ...]:
    """Return every discrepancy of a payment link or an escrow event, or of an envelope of them.

    With a quote, every figure and the currency are compared with the quote's. Without one, a
    document is compared with itself: every figure is computed from a base. The base is `amount`;
    or, if fewer figures differ then, `seller_amount`, or `total_amount` less `total_fees`. A figure
    that cannot be computed, because the document lacks one that it depends on, is not compared.
    Whatever `json` can return is reported and never raised.

    An empty list of links has no discrepancy. An error's envelope, with `success` false or a
    `status` other than "success", is reported.

    Args:
        document: parsed JSON or its text: the document itself, or what holds it within six levels.
        schedule: what is charged; None for the currency's published schedule.
        quote: the quote that was stored for the document, in place of the schedule, the percentage
            and the cap.
        merchant_fee_percentage: percent, clamped to 0-20, that `merchant_fee` must follow; None for
            any that keeps to the sums and to 0-20 % of the amount.
        merchant_fee_cap: the most that `merchant_fee` may be, in minor units; None for the
            schedule's own where a percentage is given, else for none.

    Raises:
        InvalidPercentageError, InvalidAmountError, NotAMarketplaceError: the percentage or the cap,
            as `quote`.
        TypeError: the schedule is not a `FeeSchedule`, or the quote not a `Quote` or not passed
            alone.

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
        raise TypeError(
            "pass quote without schedule, merchant_fee_percentage and merchant_fee_cap: it has its own"
        )
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
        mismatch = (
            []
            if currency == quote.currency
            else [Discrepancy(".currency", quote.currency, currency)]
        )
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
        return [
            mismatch,
            *contradictions(places, fallback, known=schedule is not None, exact=exact),
        ]

    return compare


def _with_commission(
    schedule: FeeSchedule, percentage: Percentage | None, cap: SupportsIndex | None
) -> FeeSchedule:
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
            items = [
                (f"{path}[{place}]", item, levels - 1, True) for place, item in enumerate(node)
            ]
            stack.extend(reversed(items))
        elif levels and keys:
            stack.extend(
                (f"{path}.{key}", cast("Any", node)[key], levels - 1, listed)
                for key in reversed(keys)
            )
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
    flat = (
        []
        if _FLAT.isdisjoint(node)
        else [Place(path, name, node.get(name)) for path, name in _FLAT_PATHS]
    )
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
