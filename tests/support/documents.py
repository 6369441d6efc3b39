"""Documents of the platform's API: payment links, escrow events and their envelopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from kashia_money import Quote, quote
from tests.support.strategies import amounts

if TYPE_CHECKING:
    from collections.abc import Callable

Document = dict[str, Any]

META = {"page": 1, "per_page": 20, "total": 45, "total_pages": 3}
# The sister API's, "API Basics".
PAGINATION = {
    "totalDocs": 211,
    "limit": 1000000,
    "totalPages": 1,
    "page": 1,
    "pagingCounter": 1,
    "hasPrevPage": False,
    "hasNextPage": False,
    "prevPage": None,
    "nextPage": None,
}


def link_of(quote: Quote) -> Document:
    return {
        "reference": "PL-1",
        "amount": quote.amount,
        "currency": quote.currency,
        "fees": quote.fees,
    }


def event_of(quote: Quote) -> Document:
    return {"id": "...", "status": "held", **quote.to_dict()}


def both_of(quote: Quote) -> Document:
    return {**link_of(quote), **quote.to_dict()}


def nested(document: object, levels: int) -> object:
    for _ in range(levels):
        document = {"data": document}
    return document


class Envelope(NamedTuple):
    path: str
    wrap: Callable[[object], object]


ENVELOPES = [
    Envelope("$", lambda inner: inner),
    Envelope("$.data", lambda inner: {"success": True, "data": inner}),
    Envelope(
        "$.response",
        lambda inner: {"response": inner, "status": "success", "message": "found [success]"},
    ),
    Envelope("$.data", lambda inner: {"event": "escrow.funded", "data": inner}),
    Envelope("$.response", lambda inner: {"data": None, "response": inner}),
    Envelope("$[0]", lambda inner: [inner]),
    Envelope("$.data[0]", lambda inner: {"success": True, "data": [inner], "meta": META}),
    Envelope(
        "$.response[0]",
        lambda inner: {"response": (inner,), "status": "success", "pagination": PAGINATION},
    ),
    Envelope(
        "$.response.data[0]",
        lambda inner: {"response": {"data": [inner]}, "pagination": PAGINATION},
    ),
    Envelope(
        "$[0].data.response", lambda inner: [{"event": "link.paid", "data": {"response": inner}}]
    ),
    Envelope("$.data.data.data.data.data.data", lambda inner: nested(inner, 6)),
]
SHAPES: list[Callable[[Quote], Document]] = [link_of, event_of, both_of]

envelopes = st.sampled_from(ENVELOPES)
shapes = st.sampled_from(SHAPES)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just(10**4000)
    | amounts
)
names = st.sampled_from(
    ["data", "response", "amount", "currency", "fees", *quote(5).to_dict()]
) | st.text(max_size=3)
documents = st.recursive(
    scalars | st.builds(link_of, st.builds(quote, amounts)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=8),
    max_leaves=30,
)
