"""Discrepancies of documents: amounts that do not add up, and documents of other shapes."""

from __future__ import annotations

import json
import math
import pickle
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kashia_money import (
    PUBLISHED,
    Discrepancy,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidPercentageError,
    NotAMarketplaceError,
    Quote,
    commission,
    discrepancies,
    quote,
)
from tests.support.documents import (
    META,
    Document,
    Envelope,
    both_of,
    documents,
    envelopes,
    event_of,
    link_of,
    nested,
    shapes,
)
from tests.support.strategies import MAX, amounts, caps, commissions, percentages, schedules

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

# Platform documentation, "Payment Links": the response, as it is printed there.
RESPONSE = """{
  "success": true,
  "data": {
    "id": "...",
    "reference": "PL-a1b2c3d4",
    "payment_url": "https://pay.kashiahq.com/PL-a1b2c3d4",
    "title": "iPhone 15 Pro Max",
    "amount": 150000000,
    "currency": "NGN",
    "fees": {
      "platform_fee": 2250000,
      "merchant_fee": 0,
      "total_fees": 2250000,
      "total_amount": 152250000
    },
    "status": "active",
    "buyer": {
      "id": "...",
      "email": "john@example.com",
      "first_name": "John",
      "last_name": "Doe"
    },
    "seller": {
      "id": "...",
      "email": "seller@example.com",
      "first_name": "...",
      "last_name": "..."
    },
    "expires_at": null,
    "created_at": "2025-01-15T10:30:00Z"
  }
}"""


def paths(discrepancies: tuple[Discrepancy, ...]) -> list[str]:
    return [discrepancy.path for discrepancy in discrepancies]


# Documents that add up


def test_discrepancies_has_none_in_the_published_response() -> None:
    published = json.loads(RESPONSE)
    for document in (RESPONSE, RESPONSE.encode("utf-16"), published, published["data"]):
        assert discrepancies(document) == discrepancies(document, quote=quote(150_000_000)) == ()

    assert discrepancies({"success": True, "data": [published["data"]] * 3, "meta": META}) == ()
    assert discrepancies(published, merchant_fee_percentage=0, merchant_fee_cap=5) == ()


@given(schedules, amounts, st.none() | commissions, caps, shapes, envelopes)
def test_discrepancies_has_none_in_own_documents(
    schedule: FeeSchedule,
    amount: int,
    percentage: Decimal | None,
    cap: int | None,
    shape: Callable[[Quote], Document],
    envelope: Envelope,
) -> None:
    terms: Any = {"merchant_fee_percentage": percentage, "merchant_fee_cap": cap}
    link = schedule.quote(amount, **terms)
    document = envelope.wrap(shape(link))
    before = deepcopy(document)
    assert (
        discrepancies(document, schedule=schedule)
        == discrepancies([shape(link)] * 2, schedule=schedule)
        == ()
    )
    if percentage is not None:
        assert discrepancies(document, schedule=schedule, **terms) == ()
        assert discrepancies(json.dumps(document), schedule=schedule, merchant_fee_cap=cap) == ()
    assert document == before


@given(amounts, commissions, caps)
def test_discrepancies_uses_the_published_schedule(
    amount: int, percentage: Decimal, cap: int | None
) -> None:
    link = quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)

    assert (
        discrepancies(link.to_dict()) == discrepancies(link.to_dict(), merchant_fee_cap=cap) == ()
    )


@pytest.mark.parametrize(
    "document", [[], {"success": True, "data": []}, {"response": {"data": []}}, "[]"]
)
def test_discrepancies_has_none_in_an_empty_list(document: object) -> None:
    assert discrepancies(document) == discrepancies(document, quote=quote(5)) == ()


@given(amounts, shapes, envelopes)
def test_discrepancies_has_none_in_a_single_vendors_documents(
    amount: int, shape: Callable[[Quote], Document], envelope: Envelope
) -> None:
    vendor = FeeSchedule("NGN", PUBLISHED["NGN"].platform, marketplace=False)

    assert discrepancies(envelope.wrap(shape(vendor.quote(amount))), schedule=vendor) == ()


def test_discrepancies_reports_a_single_vendors_commission() -> None:
    vendor = FeeSchedule("NGN", PUBLISHED["NGN"].platform, marketplace=False)
    charged = {
        "amount": 1_000_000,
        "currency": "NGN",
        "fees": quote(1_000_000, merchant_fee_percentage=1).fees,
    }

    assert discrepancies(charged, schedule=vendor) == (
        Discrepancy("$.fees.merchant_fee", 0, 10_000),
        Discrepancy("$.fees.total_fees", 15_000, 25_000),
        Discrepancy("$.fees.total_amount", 1_015_000, 1_025_000),
    )


def test_discrepancies_treats_null_as_absent() -> None:
    link = quote(5)

    assert discrepancies({**link_of(link), "seller_amount": None, "total_fees": None}) == ()
    assert discrepancies({**event_of(link), "fees": None}) == ()


# Documents that do not add up


@given(schedules, amounts, st.none() | commissions, caps, shapes, envelopes, st.data())
def test_discrepancies_reports_a_changed_figure(
    schedule: FeeSchedule,
    amount: int,
    percentage: Decimal | None,
    cap: int | None,
    shape: Callable[[Quote], Document],
    envelope: Envelope,
    data: st.DataObject,
) -> None:
    told = data.draw(st.booleans(), label="told")
    terms: Any = {"merchant_fee_percentage": percentage, "merchant_fee_cap": cap}
    link = schedule.quote(amount, **terms)
    document = shape(link)
    path, holder, name = data.draw(st.sampled_from(places(document)))
    right = holder[name]
    changed = data.draw(st.integers(right - 3, right + 3) | amounts | junk, label="changed")
    assume(type(changed) is not int or changed != right)
    holder[name] = changed
    stated: Any = terms if told and percentage is not None else {}
    reported = discrepancies(envelope.wrap(document), schedule=schedule, **stated)
    total = envelope.path + path.replace("$.amount", ".fees.total_amount")
    if name == "amount" and shape is link_of and paths(reported) == [total]:
        # The total and the base differ by the fees in the one document and not in the other, and
        # nothing says in which.
        assert isinstance(changed, int)
        assert schedule.platform.fee(changed) == link.platform_fee
    elif shape is both_of and changed is None and path.count(".") == 1 and name != "amount":
        assert reported == ()  # it still has the figure once
    else:
        assert reported == (Discrepancy(envelope.path + path[1:], right, changed),)
        assert reported[0].actual is changed


def places(document: Document) -> list[tuple[str, Document, str]]:
    flat = [(f"$.{name}", document, name) for name, value in document.items() if type(value) is int]
    return flat + [(f"$.fees.{name}", document["fees"], name) for name in document.get("fees", ())]


junk: st.SearchStrategy[object] = st.sampled_from(
    [None, True, False, "", "5", 5.0, -1, 2**63, 10**400, math.nan, math.inf, [], {}, [[]], b"5"]
)


@given(shapes, envelopes)
def test_discrepancies_reports_a_removed_field(
    shape: Callable[[Quote], Document], envelope: Envelope
) -> None:
    link = quote(150_000_000, merchant_fee_percentage=3)
    for name in (
        "amount",
        "currency",
        *(("platform_fee", "seller_amount") if shape is event_of else ()),
    ):
        document = shape(link)
        del document[name]
        assert paths(discrepancies(envelope.wrap(document))) == [f"{envelope.path}.{name}"]
    for name in link.fees:
        document = link_of(link)
        del document["fees"][name]
        right = link.fees[name]
        assert discrepancies(envelope.wrap(document)) == (
            Discrepancy(f"{envelope.path}.fees.{name}", right, None),
        )


def test_discrepancies_reports_each_wrong_figure() -> None:
    wrong = {"platform_fee": 1, "merchant_fee": 2, "total_fees": 4, "total_amount": 8}
    document = {"amount": 100_000_000, "currency": "NGN", "fees": wrong}

    assert discrepancies(document, merchant_fee_percentage=10) == (
        Discrepancy("$.fees.platform_fee", 1_500_000, 1),
        Discrepancy("$.fees.merchant_fee", 10_000_000, 2),
        Discrepancy("$.fees.total_fees", 11_500_000, 4),
        Discrepancy("$.fees.total_amount", 111_500_000, 8),
    )
    assert set(
        paths(
            discrepancies(
                [document, {**document, "currency": "usd", "fees": None, "total_fees": "x"}]
            )
        )
    ) == {
        "$[0].fees.platform_fee",
        "$[0].fees.total_fees",
        "$[0].fees.total_amount",
        "$[1].currency",
        "$[1].platform_fee",
        "$[1].merchant_fee",
        "$[1].total_fees",
        "$[1].total_amount",
        "$[1].seller_amount",
    }


def test_discrepancies_limits_the_commission() -> None:
    link = {
        "amount": 1_000_000,
        "currency": "NGN",
        "platform_fee": 15_000,
        "seller_amount": 1_000_000,
    }

    def charged(fee: int) -> Document:
        return {
            **link,
            "merchant_fee": fee,
            "total_fees": 15_000 + fee,
            "total_amount": 1_015_000 + fee,
        }

    assert discrepancies(charged(0)) == discrepancies(charged(200_000)) == ()
    too_much = Discrepancy("$.merchant_fee", "an int of minor units from 0 to 200000", 200_001)
    assert discrepancies(charged(200_001)) == (too_much,)
    assert discrepancies(charged(5_001), merchant_fee_cap=5_000) == (
        Discrepancy("$.merchant_fee", "an int of minor units from 0 to 5000", 5_001),
    )
    # A link may override the schedule's cap, so that it binds only where the percentage is given.
    capped = FeeSchedule("NGN", PUBLISHED["NGN"].platform, commission(5, cap=1_000))
    assert discrepancies(charged(200_000), schedule=capped) == ()
    assert (
        paths(discrepancies(charged(50_000), schedule=capped, merchant_fee_percentage=5))[0]
        == "$.merchant_fee"
    )
    assert discrepancies(charged(1_000), schedule=capped, merchant_fee_percentage=5) == ()


def test_discrepancies_reports_a_total_beyond_the_limit() -> None:
    fees = {
        "platform_fee": 5_000_000,
        "merchant_fee": 0,
        "total_fees": 5_000_000,
        "total_amount": MAX + 5_000_000,
    }
    document = {"amount": MAX, "currency": "NGN", "fees": fees}
    [reported] = discrepancies(document)

    assert (reported.path, reported.actual) == ("$.fees.total_amount", MAX + 5_000_000)
    assert reported.expected == f"an int of minor units from 0 to {MAX}"


@pytest.mark.parametrize(
    ("currency", "schedule", "expected"),
    [
        ("USD", None, "a currency with a published schedule"),
        ("XAU", None, "a currency with a minor unit"),
        ("ngn", None, "an ISO 4217 code as of 2026-01-01"),
        (None, None, "a currency code as a str"),
        (["NGN"], None, "a currency code as a str"),
        ("USD", PUBLISHED["NGN"], "NGN"),
        ("nonsense", PUBLISHED["NGN"], "NGN"),
    ],
)
def test_discrepancies_reports_the_currency_and_the_figures(
    currency: object, schedule: FeeSchedule | None, expected: str
) -> None:
    document = {**link_of(quote(150_000_000)), "currency": currency}
    wrong = Discrepancy("$.currency", expected, currency)
    assert discrepancies(document, schedule=schedule) == (wrong,)
    document["fees"]["total_fees"] += 1
    assert discrepancies(document, schedule=schedule) == (
        wrong,
        Discrepancy("$.fees.total_fees", 2_250_000, 2_250_001),
    )


@pytest.mark.parametrize("fees", [None, 5, "fees", [], [2_250_000, 0, 2_250_000, 152_250_000]])
def test_discrepancies_reports_fees_of_another_type(fees: object) -> None:
    document = {**link_of(quote(150_000_000)), "fees": fees}
    expected = "an object with platform_fee, merchant_fee, total_fees, total_amount"

    assert discrepancies(document) == (Discrepancy("$.fees", expected, fees),)


# Against a stored quote


@given(schedules, amounts, st.none() | commissions, caps, shapes, envelopes)
def test_discrepancies_has_none_against_its_quote(
    schedule: FeeSchedule,
    amount: int,
    percentage: Decimal | None,
    cap: int | None,
    shape: Callable[[Quote], Document],
    envelope: Envelope,
) -> None:
    stored = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    document = envelope.wrap(shape(stored))

    assert (
        discrepancies(document, quote=stored)
        == discrepancies(json.dumps(document), quote=stored)
        == ()
    )


def test_discrepancies_with_a_quote_reports_another_amount() -> None:
    """A document that adds up by itself, but is not the one that was agreed."""
    stored = quote(150_000_000)
    document = link_of(quote(100_000))

    assert discrepancies(document) == ()
    assert discrepancies({"success": True, "data": document}, quote=stored) == (
        Discrepancy("$.data.amount", 150_000_000, 100_000),
        Discrepancy("$.data.fees.platform_fee", 2_250_000, 10_000),
        Discrepancy("$.data.fees.total_fees", 2_250_000, 10_000),
        Discrepancy("$.data.fees.total_amount", 152_250_000, 110_000),
    )


@pytest.mark.parametrize("currency", ["USD", "GBP", "ngn", "", None, ["NGN"], 566])
def test_discrepancies_with_a_quote_reports_another_currency(currency: object) -> None:
    stored = quote(5)
    wrong = (Discrepancy("$.currency", "NGN", currency),)

    assert discrepancies({**link_of(stored), "currency": currency}, quote=stored) == wrong
    assert discrepancies({**event_of(stored), "currency": currency}, quote=stored) == wrong


@given(amounts, amounts, commissions, shapes, envelopes, st.data())
def test_discrepancies_with_a_quote_reports_every_changed_figure(
    amount: int,
    other: int,
    percentage: Decimal,
    shape: Callable[[Quote], Document],
    envelope: Envelope,
    data: st.DataObject,
) -> None:
    """Whatever else agrees with it: nothing but the quote is believed."""
    stored = quote(amount, merchant_fee_percentage=percentage)
    document = shape(stored)
    changed = data.draw(
        st.lists(st.sampled_from(places(document)), unique_by=lambda place: place[0])
    )
    figures = stored.to_dict()
    for _, holder, name in changed:
        holder[name] = data.draw(st.just(other) | junk)
    expected = {
        (envelope.path + path[1:], figures[name])
        for path, holder, name in changed
        if not (type(holder[name]) is int and holder[name] == figures[name])
        # A figure that an escrow event and a payment link in one have twice may be left out once.
        and not (
            shape is both_of and holder is document and name != "amount" and holder[name] is None
        )
    }
    reported = discrepancies(envelope.wrap(document), quote=stored)

    assert {(path, right) for path, right, _ in reported} == expected
    assert len(reported) == len(expected)


def test_discrepancies_with_a_quote_reports_missing_figures() -> None:
    stored = quote(150_000_000)
    [shape, *figures] = discrepancies({"amount": 150_000_000, "currency": "NGN"}, quote=stored)

    assert (shape.path, figures) == ("$.fees", [])
    assert paths(
        discrepancies({"amount": 150_000_000, "currency": "NGN", "fees": {}}, quote=stored)
    ) == [f"$.fees.{name}" for name in stored.fees]
    assert paths(discrepancies({"seller_amount": 150_000_000}, quote=stored)) == [
        "$.currency",
        "$.amount",
        *(f"$.{name}" for name in stored.fees),
    ]


@pytest.mark.parametrize("name", ["schedule", "merchant_fee_percentage", "merchant_fee_cap"])
def test_discrepancies_with_a_quote_rejects_other_terms(name: str) -> None:
    terms: Any = {name: PUBLISHED["NGN"] if name == "schedule" else 0}
    with pytest.raises(
        TypeError, match="pass quote without schedule, merchant_fee_percentage and merchant_fee_cap"
    ):
        discrepancies(link_of(quote(5)), quote=quote(5), **terms)


@pytest.mark.parametrize("stored", [5, {}, PUBLISHED["NGN"], quote(5).to_dict()])
def test_discrepancies_rejects_another_quote(stored: Any) -> None:
    with pytest.raises(TypeError, match="quote is a Quote, not "):
        discrepancies(link_of(quote(5)), quote=stored)


# Hostile documents


@pytest.mark.parametrize("document", [
    None, True, 5, 1.5, math.nan, "", "abc", b"", {}, {"status": "error", "message": "no"},
    {"data": None}, {1: 2}, {"data": {}}, {"response": "text"}, {"data": 10**5000},
    {"status": 10**5000}, {"status": [[10**5000] * 9] * 9}, [[]], [None], object(),
])  # fmt: skip
def test_discrepancies_reports_another_document(document: object) -> None:
    [reported] = discrepancies(document)

    assert isinstance(reported.expected, str)
    assert len(str(reported)) < 300
    assert len(repr(reported)) < 300


def test_discrepancies_limits_depth_and_cycles() -> None:
    deep: object = {"amount": 5}
    deep_list: object = []
    for _ in range(10**5):
        deep, deep_list = {"data": deep}, [deep_list]
    assert paths(discrepancies(deep)) == ["$.data.data.data.data.data.data"]
    assert paths(discrepancies(deep_list)) == ["$[0]"]
    cycle: Document = {}
    cycle["data"] = cycle["response"] = cycle
    assert len(discrepancies(cycle)) == 2**6
    loop: list[object] = []
    loop.append(loop)
    assert (
        str(discrepancies(loop)[0])
        == "$[0]: expected a payment link or an escrow event, got [[...]]"
    )
    document: Document = {
        "amount": deep,
        "currency": deep_list,
        "fees": cycle,
        "seller_amount": loop,
    }
    assert len(discrepancies(document)) == 7
    assert len(str(discrepancies(document))) < 2_000


def test_discrepancies_opens_six_levels() -> None:
    """A list is a level, too, and only one of them may be a list."""
    link = link_of(quote(5))

    assert (
        discrepancies(nested(link, 6))
        == discrepancies(nested([link], 5))
        == discrepancies([nested(link, 5)])
        == ()
    )
    assert paths(discrepancies(nested(link, 7))) == ["$.data.data.data.data.data.data"]
    assert paths(discrepancies(nested([link], 6))) == ["$.data.data.data.data.data.data"]
    assert paths(discrepancies([nested(link, 6)])) == ["$[0].data.data.data.data.data"]
    assert paths(discrepancies([[link]])) == ["$[0]"]
    assert paths(discrepancies([{"data": [link]}])) == ["$[0].data"]


def test_discrepancies_keeps_the_order_of_documents() -> None:
    wrong = {**link_of(quote(5)), "currency": "ngn"}
    reported = discrepancies([{"data": wrong, "response": wrong}, wrong])

    assert paths(reported) == ["$[0].data.currency", "$[0].response.currency", "$[1].currency"]


def test_discrepancies_reads_a_document_with_an_empty_list() -> None:
    event = {"currency": "NGN", "platform_fee": 1, "total_amount": 99, "data": []}
    assert paths(discrepancies(event)) == [
        "$.amount",
        "$.merchant_fee",
        "$.total_fees",
        "$.seller_amount",
    ]
    for name in ("amount", "fees", *quote(5).fees, "seller_amount"):
        assert discrepancies({name: None, "data": []}) != ()


@pytest.mark.parametrize("data", [[], [link_of(quote(5))], link_of(quote(5)), None])
def test_discrepancies_does_not_open_an_error(data: object) -> None:
    error = {"success": False, "data": data}

    assert discrepancies(error) == (Discrepancy("$", "a payment link or an escrow event", error),)
    assert paths(discrepancies([{"response": error}])) == ["$[0].response"]


@pytest.mark.parametrize(
    "status", ["error", "Failure", "", "success!", 500, 200, True, False, ["success"], {}]
)
@pytest.mark.parametrize("inner", [[], [link_of(quote(5))], link_of(quote(5))])
def test_discrepancies_reports_an_envelope_without_success(status: object, inner: object) -> None:
    error = {"response": inner, "status": status, "message": "..."}
    wrong = (Discrepancy("$", "a payment link or an escrow event", error),)

    assert discrepancies(error) == discrepancies(error, quote=quote(5)) == wrong
    assert paths(discrepancies({"data": [error]})) == ["$.data[0]"]


@pytest.mark.parametrize("status", ["Success", "success", "SUCCESS", None])
def test_discrepancies_opens_an_envelope_of_success(status: object) -> None:
    assert discrepancies({"response": [link_of(quote(5))], "status": status}) == ()


def test_discrepancies_reports_a_document_without_success() -> None:
    document = {**link_of(quote(5)), "success": False}
    wrong = (Discrepancy("$", "a payment link or an escrow event", document),)

    assert discrepancies(document) == discrepancies(document, quote=quote(5)) == wrong


@pytest.mark.parametrize(
    "text",
    ["[" * 10**5, '{"data":' * 10**5, "9" * 10**4, "{", '{"amount": 1, "amount": 1}', b"\xff"],
)
def test_discrepancies_reports_unreadable_text(text: str | bytes) -> None:
    [reported] = discrepancies(text)

    assert reported.path == "$"
    assert str(reported.expected).startswith("JSON text: ")
    assert len(repr(reported)) < 300


@given(documents, st.none() | schedules, st.none() | percentages)
@example({"amount": 5, "currency": "NGN", "fees": {}}, None, None)
def test_discrepancies_never_raises_on_documents(
    document: object, schedule: FeeSchedule | None, percentage: Decimal | None
) -> None:
    assume(not isinstance(document, str))  # which would be JSON text
    reported = discrepancies(document, schedule=schedule, merchant_fee_percentage=percentage)
    for discrepancy in reported:
        assert value_at(document, discrepancy.path) is discrepancy.actual
        assert len(str(discrepancy)) + len(repr(discrepancy)) < 2_000
    again = discrepancies(document, schedule=schedule, merchant_fee_percentage=percentage)

    assert reported == again or "nan" in repr(reported)


@given(st.text() | st.binary() | st.text(alphabet='[]{}":,0123456789eE.-+aNntrufls '))
def test_discrepancies_never_raises_on_text(text: str | bytes) -> None:
    for discrepancy in discrepancies(text):
        assert len(str(discrepancy)) < 300


def value_at(document: Any, path: str) -> object:
    for step in path.removeprefix("$").replace("[", ".[").split(".")[1:]:
        document = document[int(step[1:-1])] if step.startswith("[") else document.get(step)
    return document


# Arguments and values


def test_discrepancies_raises_on_wrong_arguments() -> None:
    for hostile in ({}, link_of(quote(5))):
        with pytest.raises(InvalidPercentageError):
            discrepancies(hostile, merchant_fee_percentage="ten")
        with pytest.raises(InvalidAmountError, match="merchant_fee_cap"):
            discrepancies(hostile, merchant_fee_cap=-1)
        schedules: list[Any] = ["NGN", FeeRule(2), {}]
        for schedule in schedules:
            with pytest.raises(TypeError, match="schedule is a FeeSchedule"):
                discrepancies(hostile, schedule=schedule)
        vendor = FeeSchedule("NGN", FeeRule(1), marketplace=False)
        with pytest.raises(NotAMarketplaceError):
            discrepancies(hostile, schedule=vendor, merchant_fee_cap=5)


def test_discrepancy_is_an_immutable_tuple() -> None:
    one = Discrepancy("$.amount", 5, 10**5000)

    assert pickle.loads(pickle.dumps(one)) == one
    assert tuple(one) == ("$.amount", 5, 10**5000)
    assert repr(one) == "Discrepancy(path='$.amount', expected=5, actual=an integer of 16610 bits)"
    assert str(one) == "$.amount: expected 5, got an integer of 16610 bits"
    with pytest.raises(AttributeError):
        one.path = "$"  # type: ignore[misc]  # that is the test
