"""Find the wrong figures of a payment link or an escrow event.

The shapes follow the platform's documentation. A payment link has its figures in an object `fees`;
an escrow event has them beside its `amount`. Either can be in an envelope: under `data` or
`response`, directly or in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, SupportsIndex, TypeAlias, cast

from .._core.currencies import Code, known_code
from .._core.fields import MAX_COMMISSION
from .._core.numbers import MAX_AMOUNT, Percentage, percent
from .._core.published import DEFAULT_CURRENCY, PUBLISHED, schedule_for
from .._core.quotes import FIGURES, FeeSchedule, Quote
from ..errors import KashiaMoneyError, expect
from .consistency import FLAT, Discrepancy, Place, contradictions, differences
from .json_text import UNREADABLE, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS: Final = 6  # of envelopes; one of them may be a list. The limit bounds the work.
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

    With a quote, the currency and every figure are compared with the quote. Without a quote, every
    figure is computed from the document's base and compared. The base is `amount`. If fewer figures
    differ with `seller_amount`, or with `total_amount` minus `total_fees`, that is the base. A
    figure is not compared if it depends on a figure that the document lacks.

    Every value that `json` can return is accepted: wrong documents are reported, not raised. An
    empty list of links has no discrepancy. An error envelope is reported: its `success` is false,
    or its `status` is not "success".

    Args:
        document: parsed JSON or JSON text: the document, or envelopes of at most six levels around
            it.
        schedule: the fees. None means the currency's published schedule.
        quote: the quote that was stored for the document. It replaces the schedule, the percentage
            and the cap.
        merchant_fee_percentage: in percent, clamped to 0-20; the percentage of `merchant_fee`. None
            accepts every `merchant_fee` from 0 to 20 % of the amount that agrees with the sums.
        merchant_fee_cap: in minor units; the largest `merchant_fee`. None means the schedule's cap
            if a percentage is passed, and no cap otherwise.

    Raises:
        InvalidPercentageError, InvalidAmountError, NotAMarketplaceError: `quote` would reject the
            percentage or the cap.
        TypeError: the schedule is not a `FeeSchedule`, the quote is not a `Quote`, or a quote is
            passed with a schedule, percentage or cap.

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
            "pass quote without schedule, merchant_fee_percentage and merchant_fee_cap: "
            "the quote contains them"
        )
    try:
        parsed = parse_json(document)
    except UNREADABLE as reason:
        return (Discrepancy("$", f"JSON text: {reason}", document),)
    return tuple(
        discrepancy._replace(path=path + discrepancy.path)
        for path, node in _open_envelopes(parsed)
        for discrepancy in _check_document(node, compare)
    )


def _against_quote(quote: Quote) -> _Comparison:
    """Return the comparison of a document with a quote."""
    expect(quote, Quote, "quote")
    stored = quote.to_dict()

    def compare(currency: object, places: list[Place]) -> list[Discrepancy]:
        figures = differences(places, stored)
        if currency == quote.currency:
            return figures
        return [Discrepancy(".currency", quote.currency, currency), *figures]

    return compare


def _against_schedule(
    schedule: FeeSchedule | None, percentage: Percentage | None, cap: SupportsIndex | None
) -> _Comparison:
    """Return the comparison of a document's figures with each other, by a schedule."""
    if schedule is not None:
        expect(schedule, FeeSchedule, "schedule")
    default = PUBLISHED[DEFAULT_CURRENCY] if schedule is None else schedule
    default._charged(percentage, cap)
    schedules = PUBLISHED if schedule is None else {schedule.currency: schedule}
    limits = {code: _with_commission(each, percentage, cap) for code, each in schedules.items()}
    exact = percentage is not None or not default.marketplace

    def compare(currency: object, places: list[Place]) -> list[Discrepancy]:
        expected = limits.get(str.__str__(currency)) if isinstance(currency, str) else None
        if expected is not None:
            return contradictions(places, expected, known=True, exact=exact)
        mismatch = Discrepancy(".currency", _expected_currency(currency, schedule), currency)
        fallback = limits[default.currency]
        figures = contradictions(places, fallback, known=schedule is not None, exact=exact)
        return [mismatch, *figures]

    return compare


def _with_commission(
    schedule: FeeSchedule, percentage: Percentage | None, cap: SupportsIndex | None
) -> FeeSchedule:
    """Return a schedule whose commission is the requested one, or the largest one allowed."""
    if percentage is not None or not schedule.marketplace:
        return schedule._charged(percentage, cap)
    return schedule._charged(percent(MAX_COMMISSION), MAX_AMOUNT if cap is None else cap)


def _expected_currency(currency: object, schedule: FeeSchedule | None) -> str:
    """Return the currency that a document should have, or a description of the valid currencies."""
    if schedule is not None:
        return schedule.currency
    try:
        return schedule_for(known_code(cast("Code", currency)), None).currency
    except KashiaMoneyError as error:
        return error.expected


def _open_envelopes(document: object) -> Iterator[tuple[str, object]]:
    """Yield each document inside the envelopes, with its path.

    There is no recursion, because the depth of a document is not under our control.
    """
    stack = [("$", document, _LEVELS, False)]
    while stack:
        path, node, levels, in_list = stack.pop()
        keys = _inner_keys(node)
        if levels and isinstance(node, (list, tuple)) and not in_list:
            items = [
                (f"{path}[{index}]", item, levels - 1, True) for index, item in enumerate(node)
            ]
            stack.extend(reversed(items))
        elif levels and keys:
            stack.extend(
                (f"{path}.{key}", cast("Any", node)[key], levels - 1, in_list)
                for key in reversed(keys)
            )
        else:
            yield path, node


def _inner_keys(node: object) -> list[str]:
    """Return the keys under which an envelope has a value.

    The list is empty if the node is not an envelope, or is an error envelope.
    """
    if not isinstance(node, Mapping) or not _FIGURES.isdisjoint(node) or _is_error(node):
        return []
    return [key for key in _INNER if node.get(key) is not None]


def _is_error(envelope: Mapping[str, object]) -> bool:
    status = envelope.get("status")
    succeeded = status is None or (isinstance(status, str) and status.lower() == "success")
    return envelope.get("success") is False or not succeeded


def _check_document(node: object, compare: _Comparison) -> list[Discrepancy]:
    """Return the discrepancies of a node that is not an envelope, with paths relative to it."""
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
        present = flat  # an escrow event, which must have all figures
    else:
        shape = Discrepancy(".fees", f"an object with {', '.join(FIGURES)}", fees)
        return [shape, *compare(node.get("currency"), places + present)]
    return compare(node.get("currency"), places + present)
