"""Quotes from the requests that create a payment link."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kashia_money import (
    CurrencyMismatchError,
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
    quote,
    quote_from_request,
)
from tests.support.documents import Document, documents, names
from tests.support.strategies import MAX, amounts, caps, commissions, schedules

if TYPE_CHECKING:
    from decimal import Decimal

# Platform documentation, "Payment Links": the two request bodies, as they are printed there.
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


def test_quote_from_request_reads_the_published_requests() -> None:
    assert (
        quote_from_request(SINGLE_VENDOR)
        == quote_from_request(json.loads(SINGLE_VENDOR))
        == quote(150_000_000)
    )
    link = quote_from_request(MARKETPLACE.encode())
    assert link == quote(50_000_000, merchant_fee_percentage=10.0, merchant_fee_cap=20_000_000)
    assert link.total_amount == 55_750_000


@given(schedules, amounts, st.none() | commissions, caps)
def test_quote_from_request_matches_quote(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    request = {"amount": amount, "currency": schedule.currency, "title": object()}
    terms = {"merchant_fee_percentage": percentage, "merchant_fee_cap": cap}
    link = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    assert quote_from_request({**request, **terms}, schedule=schedule) == link
    present = {name: value for name, value in terms.items() if value is not None}
    assert quote_from_request({**request, **present}, schedule=schedule) == link


@pytest.mark.parametrize("currency", [{}, {"currency": None}])
def test_quote_from_request_defaults_to_naira(currency: Document) -> None:
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
def test_quote_from_request_names_the_rejected_field(
    name: str, value: object, error: type[KashiaMoneyError]
) -> None:
    with pytest.raises(error) as caught:
        quote_from_request({**json.loads(MARKETPLACE), name: value})

    assert caught.type is error
    assert caught.value.field == f"$.{name}"
    assert caught.value.value is value
    assert len(str(caught.value)) < 300


def test_quote_from_request_requires_an_amount() -> None:
    with pytest.raises(
        InvalidAmountError, match=r"\$\.amount as an int of minor units .* got None"
    ):
        quote_from_request({})


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        [{"amount": 5}],
        5,
        "",
        "5",
        "[",
        "null",
        b"\xff",
        "[" * 10**5,
        "9" * 10**4,
        '{"amount": 5, "amount": 6}',
    ],
)
def test_quote_from_request_rejects_other_documents(document: object) -> None:
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
def test_quote_from_request_corrects_misspelled_fields(meant: str, names: str) -> None:
    for name in names.split():
        with pytest.raises(
            InvalidDocumentError, match=r"\$ as an object with the field "
        ) as caught:
            quote_from_request({"amount": 5, name: 5})
        assert caught.value.remedy == f"write {meant}, or leave it out"
        assert caught.value.value == name
        assert len(str(caught.value)) < 300


def test_quote_from_request_reports_a_misspelled_amount() -> None:
    with pytest.raises(InvalidDocumentError, match="got 'ammount'"):
        quote_from_request('{"ammount": 5}')


def test_quote_from_request_ignores_other_fields() -> None:
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


def rejected_path(document: Any) -> str | None:
    """The path of the rejected field; an empty text if there is a quote."""
    try:
        quote_from_request(document)
    except KashiaMoneyError as error:
        return error.field
    return ""


@given(documents | st.dictionaries(names, documents, max_size=8))
def test_quote_from_request_raises_only_errors_with_a_path(document: object) -> None:
    path = rejected_path(document)

    assert path is not None
    assert path == "" or path.startswith("$")


@pytest.mark.parametrize("schedule", [FeeRule(2), {}])
def test_quote_from_request_rejects_another_schedule(schedule: Any) -> None:
    """In the words of the compiled core, or in the library's."""
    with pytest.raises(TypeError, match="FeeSchedule"):
        quote_from_request({"amount": 5}, schedule=schedule)
    with pytest.raises(TypeError, match="FeeSchedule"):
        quote(5, schedule=schedule)
