"""Documents: what is read from a request, and what is found in a document that does not add up."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kashia_money import (
    PUBLISHED,
    CurrencyMismatchError,
    Discrepancy,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidCurrencyError,
    InvalidDocumentError,
    InvalidPercentageError,
    KashiaMoneyError,
    MissingScheduleError,
    NoMinorUnitError,
    NotAMarketplaceError,
    Quote,
    Totals,
    commission,
    discrepancies,
    quote,
    quote_from_request,
    totals,
)
from kashia_money._documents.consistency import Place, contradictions
from tests.support.strategies import (
    MAX,
    amounts,
    caps,
    commissions,
    currencies,
    percentages,
    schedules,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

# Platform documentation, "Payment Links": the two request bodies and the response, as they are
# printed there.
SINGLE_VENDOR = """{
  "buyer_user_id": "550e8400-e29b-41d4-a716-446655440000",
  "title": "iPhone 15 Pro Max",
  "description": "256GB, Blue Titanium, Brand New",
  "amount": 150000000,
  "currency": "NGN",
  "metadata": {
    "order_id": "ORD-12345",
    "product_id": "PROD-678"
  },
  "redirect_url": "https://yourstore.com/order/confirmed"
}"""
MARKETPLACE = """{
  "buyer_user_id": "buyer-uuid",
  "seller_user_id": "seller-uuid",
  "title": "Web Design Service",
  "description": "Landing page and brand kit",
  "amount": 50000000,
  "currency": "NGN",
  "merchant_fee_percentage": 10.0,
  "merchant_fee_cap": 20000000,
  "metadata": {
    "order_id": "ORD-12345",
    "product_id": "PROD-678"
  },
  "redirect_url": "https://yourstore.com/order/confirmed"
}"""
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

Document = dict[str, Any]


def link_of(made: Quote) -> Document:
    return {
        "reference": "PL-1",
        "amount": made.amount,
        "currency": made.currency,
        "fees": made.fees,
    }


def event_of(made: Quote) -> Document:
    return {"id": "...", "status": "held", **made.to_dict()}


def both_of(made: Quote) -> Document:
    return {**link_of(made), **made.to_dict()}


SHAPES: list[Callable[[Quote], Document]] = [link_of, event_of, both_of]
shapes = st.sampled_from(SHAPES)


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
envelopes = st.sampled_from(ENVELOPES)


def nested(inner: object, levels: int) -> object:
    for _ in range(levels):
        inner = {"data": inner}
    return inner


def paths(found: tuple[Discrepancy, ...]) -> list[str]:
    return [discrepancy.path for discrepancy in found]


# Requests


def test_published_requests() -> None:
    assert (
        quote_from_request(SINGLE_VENDOR)
        == quote_from_request(json.loads(SINGLE_VENDOR))
        == quote(150_000_000)
    )
    made = quote_from_request(MARKETPLACE.encode())
    assert made == quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000)
    assert made.total_amount == 55_750_000


@given(schedules, amounts, st.none() | commissions, caps)
def test_request_is_the_scalars_quote(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    request = {"amount": amount, "currency": schedule.currency, "title": object()}
    terms = {"merchant_fee_percentage": percentage, "merchant_fee_cap": cap}
    made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    assert quote_from_request({**request, **terms}, schedule=schedule) == made
    present = {name: value for name, value in terms.items() if value is not None}
    assert quote_from_request({**request, **present}, schedule=schedule) == made


@pytest.mark.parametrize("currency", [{}, {"currency": None}])
def test_request_is_in_naira_unless_it_says_otherwise(currency: Document) -> None:
    assert quote_from_request({"amount": 5, **currency}) == quote(5)
    with pytest.raises(
        CurrencyMismatchError, match=r"\$\.currency as the schedule's currency, USD, got 'NGN'"
    ):
        quote_from_request({"amount": 5, **currency}, schedule=FeeSchedule("USD", FeeRule(1)))


NOT_AMOUNTS: list[object] = [
    None,
    "150000000",
    150000000.0,
    True,
    -1,
    2**63,
    10**400,
    math.nan,
    math.inf,
    [1],
    {},
    MAX,
]
NOT_CAPS = ["5", 5.0, False, -1, 2**63, 10**400, [], {"a": 1}]
NOT_PERCENTAGES = ["ten", "", True, math.nan, math.inf, 1e-7, 10**400, [10], {}]
NOT_CURRENCIES: list[object] = ["ngn", "", 566, ["NGN"], {}, False]
REFUSED: list[tuple[str, list[Any], type[KashiaMoneyError]]] = [
    ("amount", NOT_AMOUNTS, InvalidAmountError),
    ("merchant_fee_cap", NOT_CAPS, InvalidAmountError),
    ("merchant_fee_percentage", NOT_PERCENTAGES, InvalidPercentageError),
    ("currency", NOT_CURRENCIES, InvalidCurrencyError),
    ("currency", ["XAU"], NoMinorUnitError),
    ("currency", ["USD"], MissingScheduleError),
]


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [(name, value, error) for name, values, error in REFUSED for value in values],
)
def test_request_names_the_field_that_is_wrong(
    name: str, value: object, error: type[KashiaMoneyError]
) -> None:
    with pytest.raises(error) as caught:
        quote_from_request({**json.loads(MARKETPLACE), name: value})
    assert caught.type is error
    assert caught.value.field == f"$.{name}"
    assert caught.value.value is value
    assert len(str(caught.value)) < 300


def test_request_without_an_amount() -> None:
    with pytest.raises(
        InvalidAmountError, match=r"\$\.amount as an int of minor units .* got None"
    ):
        quote_from_request({})


@pytest.mark.parametrize(
    "document",
    [None, [], [{"amount": 5}], 5, "", "5", "[", "null", b"\xff", "[" * 10**5, "9" * 10**4],
)
def test_request_that_is_no_object(document: object) -> None:
    with pytest.raises(InvalidDocumentError, match=r"expected \$ as") as caught:
        quote_from_request(document)  # type: ignore[arg-type]  # that is the test
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("amount", ["1.5e8", "150000000.0", "15E7", "-0.0"])
def test_quote_from_request_rejects_an_amount_written_as_a_fraction(amount: str) -> None:
    """Not even where it is whole: a writer that holds amounts as floats loses units above 2^53."""
    with pytest.raises(InvalidAmountError, match=r"\$\.amount as an int of minor units"):
        quote_from_request(f'{{"amount": {amount}}}')
    with pytest.raises(InvalidAmountError, match=r"\$\.merchant_fee_cap as an int of minor units"):
        quote_from_request(f'{{"amount": 5, "merchant_fee_cap": {amount}}}')


AMOUNT = "amount (in minor units)"
CURRENCY = "currency (an ISO 4217 code)"
PERCENTAGE = "merchant_fee_percentage (in percent)"
CAP = "merchant_fee_cap (in minor units)"


@pytest.mark.parametrize(
    ("meant", "names"),
    [
        (AMOUNT, "ammount amout amuont Amount AMOUNT amounts amount_ mount"),
        (CURRENCY, "curency currecny Currency CURRENCY currencyy currency_code currencyCode"),
        (
            PERCENTAGE,
            (
                "merchant_fee_percent merchantFeePercentage merchant-fee-percentage"
                " mercahnt_fee_percentage"
            ),
        ),
        (CAP, "merchantFeeCap merchant_feecap merchent_fee_cap merchant_fee_caps"),
        (
            f"{PERCENTAGE} or {CAP}",
            f"merchant_fee merchant_fees merchant_fee_rate merchantFee merchant_fee_{'x' * 1_000}",
        ),
    ],
)
def test_quote_from_request_names_the_field_that_a_misspelled_one_means(
    meant: str, names: str
) -> None:
    for name in names.split():
        with pytest.raises(
            InvalidDocumentError, match=r"\$ as an object with the field "
        ) as caught:
            quote_from_request({"amount": 5, name: 5})
        assert caught.value.remedy == f"write {meant}, or leave it out"
        assert caught.value.value == name
        assert len(str(caught.value)) < 300


def test_quote_from_request_says_that_a_misspelled_amount_is_not_missing() -> None:
    with pytest.raises(InvalidDocumentError, match="got 'ammount'"):
        quote_from_request('{"ammount": 5}')


def test_quote_from_request_takes_other_fields() -> None:
    others = (
        "title description metadata redirect_url buyer_user_id account accounts count discount"
        " current currencies customer merchant merchant_id merchant_name platform_fee fees"
        " total_amount seller_amount recurrence urgency"
    )
    request: dict[Any, object] = {
        "amount": 5,
        **dict.fromkeys(others.split(), object()),
        5: 5,
        None: 5,
        "": 5,
    }

    assert quote_from_request(request) == quote(5)


class Changing(Mapping[str, object]):
    """A request whose fields are there once, and have another value the next time."""

    def __init__(self, **fields: object) -> None:
        self.fields = fields

    def __getitem__(self, name: str) -> object:
        value, self.fields[name] = self.fields[name], "read twice"
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)


class ChangingInt:
    """An integer that is another one each time."""

    def __init__(self, *values: int) -> None:
        self.values = list(values)

    def __index__(self) -> int:
        return self.values.pop(0)


def test_quote_from_request_reads_each_field_once() -> None:
    request = Changing(
        amount=ChangingInt(100_000_000, 5),
        currency="NGN",
        merchant_fee_percentage=ChangingInt(10, 20),
        merchant_fee_cap=ChangingInt(9_000_000, 5),
        title="x",
    )

    assert quote_from_request(request).merchant_fee == 9_000_000
    assert request.fields["title"] == "x"


@pytest.mark.parametrize(
    ("name", "value"), [("merchant_fee_percentage", 10.0), ("merchant_fee_cap", 0)]
)
def test_quote_from_request_rejects_a_commission_of_a_single_vendor(
    name: str, value: object
) -> None:
    vendor = FeeSchedule("NGN", FeeRule(1), marketplace=False)
    with pytest.raises(NotAMarketplaceError) as caught:
        quote_from_request({"amount": 5, name: value}, schedule=vendor)

    assert (caught.value.field, caught.value.expected) == (
        f"$.{name}",
        "absent on a single vendor's link",
    )
    assert caught.value.value is value
    assert quote_from_request({"amount": 100, name: None}, schedule=vendor).total_amount == 101


def test_text_that_names_a_field_twice_is_refused() -> None:
    with pytest.raises(InvalidDocumentError, match="names a field twice"):
        quote_from_request('{"amount": 5, "amount": 6}')


# What adds up


def test_published_response_adds_up() -> None:
    published = json.loads(RESPONSE)
    for document in (RESPONSE, RESPONSE.encode("utf-16"), published, published["data"]):
        assert discrepancies(document) == discrepancies(document, quote=quote(150_000_000)) == ()
    assert discrepancies({"success": True, "data": [published["data"]] * 3, "meta": META}) == ()
    assert discrepancies(published, merchant_fee_percentage=0, merchant_fee_cap=5) == ()


@given(schedules, amounts, st.none() | commissions, caps, shapes, envelopes)
def test_own_output_adds_up(
    schedule: FeeSchedule,
    amount: int,
    percentage: Decimal | None,
    cap: int | None,
    shape: Callable[[Quote], Document],
    envelope: Envelope,
) -> None:
    terms: Any = {"merchant_fee_percentage": percentage, "merchant_fee_cap": cap}
    made = schedule.quote(amount, **terms)
    document = envelope.wrap(shape(made))
    before = deepcopy(document)
    assert (
        discrepancies(document, schedule=schedule)
        == discrepancies([shape(made)] * 2, schedule=schedule)
        == ()
    )
    if percentage is not None:
        assert discrepancies(document, schedule=schedule, **terms) == ()
        assert discrepancies(json.dumps(document), schedule=schedule, merchant_fee_cap=cap) == ()
    assert document == before


@given(amounts, commissions, caps)
def test_published_schedule_needs_no_naming(
    amount: int, percentage: Decimal, cap: int | None
) -> None:
    made = quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    assert (
        discrepancies(made.to_dict()) == discrepancies(made.to_dict(), merchant_fee_cap=cap) == ()
    )


@pytest.mark.parametrize(
    "document", [[], {"success": True, "data": []}, {"response": {"data": []}}, "[]"]
)
def test_discrepancies_has_none_of_an_empty_list(document: object) -> None:
    assert discrepancies(document) == discrepancies(document, quote=quote(5)) == ()


@given(amounts, shapes, envelopes)
def test_discrepancies_of_a_single_vendor_has_no_commission(
    amount: int, shape: Callable[[Quote], Document], envelope: Envelope
) -> None:
    platform = PUBLISHED["NGN"].platform
    vendor = FeeSchedule("NGN", platform, marketplace=False)
    assert discrepancies(envelope.wrap(shape(vendor.quote(amount))), schedule=vendor) == ()

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


def test_field_with_nothing_in_it_is_an_absent_one() -> None:
    made = quote(5)
    assert discrepancies({**link_of(made), "seller_amount": None, "total_fees": None}) == ()
    assert discrepancies({**event_of(made), "fees": None}) == ()


# What does not


@given(schedules, amounts, st.none() | commissions, caps, shapes, envelopes, st.data())
def test_changed_figure_is_reported_at_its_path(
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
    made = schedule.quote(amount, **terms)
    document = shape(made)
    path, holder, name = data.draw(st.sampled_from(places(document)))
    right = holder[name]
    changed = data.draw(st.integers(right - 3, right + 3) | amounts | junk, label="changed")
    assume(type(changed) is not int or changed != right)
    holder[name] = changed
    stated: Any = terms if told and percentage is not None else {}
    found = discrepancies(envelope.wrap(document), schedule=schedule, **stated)
    total = envelope.path + path.replace("$.amount", ".fees.total_amount")
    if name == "amount" and shape is link_of and paths(found) == [total]:
        # The total and the base differ by the fees in the one document and not in the other, and
        # nothing says in which.
        assert isinstance(changed, int)
        assert schedule.platform.fee(changed) == made.platform_fee
    elif shape is both_of and changed is None and path.count(".") == 1 and name != "amount":
        assert found == ()  # it still has the figure once
    else:
        assert found == (Discrepancy(envelope.path + path[1:], right, changed),)
        assert found[0].actual is changed


def places(document: Document) -> list[tuple[str, Document, str]]:
    flat = [(f"$.{name}", document, name) for name, value in document.items() if type(value) is int]
    return flat + [(f"$.fees.{name}", document["fees"], name) for name in document.get("fees", ())]


junk: st.SearchStrategy[object] = st.sampled_from(
    [None, True, False, "", "5", 5.0, -1, 2**63, 10**400, math.nan, math.inf, [], {}, [[]], b"5"]
)


@given(shapes, envelopes)
def test_removed_field_is_reported(shape: Callable[[Quote], Document], envelope: Envelope) -> None:
    made = quote(150_000_000, merchant_fee_percentage=3)
    for name in (
        "amount",
        "currency",
        *(("platform_fee", "seller_amount") if shape is event_of else ()),
    ):
        document = shape(made)
        del document[name]
        assert paths(discrepancies(envelope.wrap(document))) == [f"{envelope.path}.{name}"]
    for name in made.fees:
        document = link_of(made)
        del document["fees"][name]
        right = made.fees[name]
        assert discrepancies(envelope.wrap(document)) == (
            Discrepancy(f"{envelope.path}.fees.{name}", right, None),
        )


def test_every_wrong_figure_is_on_its_own_path() -> None:
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


def test_commission_keeps_to_its_range() -> None:
    made = {
        "amount": 1_000_000,
        "currency": "NGN",
        "platform_fee": 15_000,
        "seller_amount": 1_000_000,
    }

    def charged(fee: int) -> Document:
        return {
            **made,
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


def test_total_beyond_the_limit_is_reported() -> None:
    fees = {
        "platform_fee": 5_000_000,
        "merchant_fee": 0,
        "total_fees": 5_000_000,
        "total_amount": MAX + 5_000_000,
    }
    document = {"amount": MAX, "currency": "NGN", "fees": fees}
    [found] = discrepancies(document)
    assert (found.path, found.actual) == ("$.fees.total_amount", MAX + 5_000_000)
    assert found.expected == f"an int of minor units from 0 to {MAX}"


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
def test_currency_is_reported_and_the_rest_still_verified(
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
def test_fees_that_are_no_object(fees: object) -> None:
    document = {**link_of(quote(150_000_000)), "fees": fees}
    expected = "an object with platform_fee, merchant_fee, total_fees, total_amount"
    assert discrepancies(document) == (Discrepancy("$.fees", expected, fees),)


def test_both_shapes_at_once_must_agree() -> None:
    document = both_of(quote(150_000_000))
    document["total_amount"] += 1
    assert discrepancies(document) == (Discrepancy("$.total_amount", 152_250_000, 152_250_001),)


# Against a stored quote


@given(schedules, amounts, st.none() | commissions, caps, shapes, envelopes)
def test_discrepancies_with_its_own_quote_has_none(
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
    found = discrepancies(envelope.wrap(document), quote=stored)

    assert {(path, right) for path, right, _ in found} == expected
    assert len(found) == len(expected)


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


# What is hostile


@pytest.mark.parametrize("document", [
    None, True, 5, 1.5, math.nan, "", "abc", b"", {}, {"status": "error", "message": "no"},
    {"data": None}, {1: 2}, {"data": {}}, {"response": "text"}, {"data": 10**5000},
    {"status": 10**5000}, {"status": [[10**5000] * 9] * 9}, [[]], [None], object(),
])  # fmt: skip
def test_no_document_of_ours_is_reported(document: object) -> None:
    [found] = discrepancies(document)
    assert isinstance(found.expected, str)
    assert len(str(found)) < 300
    assert len(repr(found)) < 300


def test_depth_is_bounded_and_cycles_end() -> None:
    deep: object = {"amount": 5}
    deep_list: object = []
    for _ in range(10**5):
        deep, deep_list = {"data": deep}, [deep_list]
    assert paths(discrepancies(deep)) == ["$.data.data.data.data.data.data"]
    assert paths(discrepancies(deep_list)) == ["$[0]"]
    assert paths(discrepancies(nested(link_of(quote(5)), 7))) == ["$.data.data.data.data.data.data"]
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


def test_verify_opens_six_levels_of_envelopes() -> None:
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


def test_verify_reports_what_an_envelope_holds_in_order() -> None:
    wrong = {**link_of(quote(5)), "currency": "ngn"}
    found = discrepancies([{"data": wrong, "response": wrong}, wrong])
    assert paths(found) == ["$[0].data.currency", "$[0].response.currency", "$[1].currency"]


def test_verify_reads_a_document_that_holds_an_empty_list() -> None:
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
def test_verify_does_not_open_an_error(data: object) -> None:
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
def test_text_that_cannot_be_read_is_reported(text: str | bytes) -> None:
    [found] = discrepancies(text)
    assert found.path == "$"
    assert str(found.expected).startswith("JSON text: ")
    assert len(repr(found)) < 300


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


@given(documents, st.none() | schedules, st.none() | percentages)
@example({"amount": 5, "currency": "NGN", "fees": {}}, None, None)
def test_nothing_is_thrown(
    document: object, schedule: FeeSchedule | None, percentage: Decimal | None
) -> None:
    assume(not isinstance(document, str))  # which would be JSON text
    found = discrepancies(document, schedule=schedule, merchant_fee_percentage=percentage)
    for discrepancy in found:
        assert value_at(document, discrepancy.path) is discrepancy.actual
        assert len(str(discrepancy)) + len(repr(discrepancy)) < 2_000
    again = discrepancies(document, schedule=schedule, merchant_fee_percentage=percentage)
    assert found == again or "nan" in repr(found)
    if isinstance(document, dict):
        assert read(document) in ("quoted", "refused")


@given(st.text() | st.binary() | st.text(alphabet='[]{}":,0123456789eE.-+aNntrufls '))
def test_no_text_is_thrown(text: str | bytes) -> None:
    for discrepancy in discrepancies(text):
        assert len(str(discrepancy)) < 300


def read(document: Document) -> str:
    try:
        quote_from_request(document)
    except KashiaMoneyError as error:
        return "refused" if (error.field or "").startswith("$") else "without its path"
    return "quoted"


def value_at(document: Any, path: str) -> object:
    for step in path.removeprefix("$").replace("[", ".[").split(".")[1:]:
        document = document[int(step[1:-1])] if step.startswith("[") else document.get(step)
    return document


@given(st.data())
def test_mutated_documents_are_reported(data: st.DataObject) -> None:
    document = data.draw(shapes)(quote(data.draw(amounts)))
    for _, holder, name in data.draw(st.lists(st.sampled_from(places(document)), max_size=4)):
        holder[name] = data.draw(scalars | documents)
    found = discrepancies(json.loads(json.dumps(document)))
    if not found:
        request = {name: document[name] for name in ("amount", "currency")}
        assert (
            quote_from_request(request).platform_fee
            == document.get("fees", document)["platform_fee"]
        )


# The rest


def test_callers_own_mistakes_are_raised() -> None:
    for hostile in ({}, link_of(quote(5))):
        with pytest.raises(InvalidPercentageError):
            discrepancies(hostile, merchant_fee_percentage="ten")
        with pytest.raises(InvalidAmountError, match="merchant_fee_cap"):
            discrepancies(hostile, merchant_fee_cap=-1)
        with pytest.raises(TypeError, match="schedule is a FeeSchedule"):
            discrepancies(hostile, schedule="NGN")  # type: ignore[arg-type]  # here and below, that is the test
        vendor = FeeSchedule("NGN", FeeRule(1), marketplace=False)
        with pytest.raises(NotAMarketplaceError):
            discrepancies(hostile, schedule=vendor, merchant_fee_cap=5)


@pytest.mark.parametrize("schedule", [FeeRule(2), {}])
def test_quote_and_documents_ask_for_a_fee_schedule(schedule: Any) -> None:
    for call in (
        lambda: quote(5, schedule=schedule),
        lambda: quote_from_request({"amount": 5}, schedule=schedule),
        lambda: discrepancies({}, schedule=schedule),
    ):
        with pytest.raises(
            TypeError, match="FeeSchedule"
        ):  # in the compiled core's own words, or in ours
            call()


def test_discrepancy_is_a_value() -> None:
    one = Discrepancy("$.amount", 5, 10**5000)
    assert pickle.loads(pickle.dumps(one)) == one
    assert tuple(one) == ("$.amount", 5, 10**5000)
    assert repr(one) == "Discrepancy(path='$.amount', expected=5, actual=an integer of 16610 bits)"
    assert str(one) == "$.amount: expected 5, got an integer of 16610 bits"
    with pytest.raises(AttributeError):
        one.path = "$"  # type: ignore[misc]  # that is the test


def test_nothing_known_is_nothing_sure() -> None:
    names = [
        "platform_fee",
        "merchant_fee",
        "total_fees",
        "total_amount",
        "seller_amount",
        "amount",
    ]
    nothing = [Place(name, name, None) for name in names]
    for known in (False, True):
        for exact in (False, True):
            found = contradictions(nothing, PUBLISHED["NGN"], known=known, exact=exact)
            assert [discrepancy.path for discrepancy in found] == names
            assert {discrepancy.expected for discrepancy in found} == {
                f"an int of minor units from 0 to {MAX}"
            }


@given(st.lists(st.tuples(amounts, commissions), min_size=1), schedules)
def test_totals_are_the_sums(links: list[tuple[int, Decimal]], schedule: FeeSchedule) -> None:
    quotes = [
        schedule.quote(amount, merchant_fee_percentage=percentage) for amount, percentage in links
    ]
    summed = totals(iter(quotes))
    assert summed == totals(quotes, currency=schedule.currency)
    assert (summed.quotes, summed.currency) == (len(quotes), schedule.currency)
    assert summed.count(schedule.currency) == 1  # the tuple's method
    for name in ("amount", "platform_fee", "merchant_fee", "total_fees", "total_amount"):
        assert getattr(summed, name) == sum(getattr(each, name) for each in quotes)


def test_totals_pass_64_bits() -> None:
    assert totals([quote(MAX - 5_000_000)] * 3).total_amount == 3 * MAX


@given(currencies)
def test_totals_of_none(currency: str) -> None:
    assert totals([], currency=currency) == Totals(0, currency, 0, 0, 0, 0, 0)


def test_totals_refuse_to_mix() -> None:
    naira, dollars = quote(5), FeeSchedule("USD", FeeRule(1)).quote(5)
    with pytest.raises(CurrencyMismatchError, match="expected a quote in NGN, got 'USD'"):
        totals([naira, dollars])
    with pytest.raises(CurrencyMismatchError, match="expected a quote in USD, got 'NGN'"):
        totals([naira], currency="USD")
    with pytest.raises(InvalidCurrencyError, match="pass the currency that they are in"):
        totals([])
    with pytest.raises(InvalidCurrencyError):
        totals([], currency="ngn")
    with pytest.raises(TypeError, match="each of quotes is a Quote, not 5"):
        totals([5])  # type: ignore[list-item]  # that is the test
