"""Remedies: each is obeyed to the letter and gives the amount that was meant."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from moneyed import Money

import kashia_money
from kashia_money import KashiaMoneyError, Rounding, cli
from kashia_money._core.numbers import MAX_AMOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

# Most of the calls are wrong on purpose, so they are not typed.
km: Any = kashia_money

NAIRA = km.PUBLISHED["NGN"]
VENDOR = km.FeeSchedule("NGN", NAIRA.platform, marketplace=False)
DOLLARS = km.FeeSchedule("USD", km.FeeRule("2.9", flat=30))
INT = "for minor units, pass an int; for major units (1500.50), pass to_minor(value, currency)"
WRITTEN = (
    f"{INT}; for major units as people write them (1,500.50), pass parse_minor(text, currency)"
)
PEOPLE = (
    'write it as a plain decimal number, such as "1.5"; '
    "if people wrote it (1,500.50), pass parse_minor(text, currency)"
)
BOUNDS = "pass an amount within these bounds"
TEXT = 'pass it as text, such as "1.5"'
PLAIN = 'write it as a plain decimal number, such as "1.5"'
SMALLER = "pass a smaller one"
LIKE_NAIRA = "write it like '₦1,234,567.89', or pass the locale of the text"
LIKE_DOLLARS = "write it like '$1,234,567.89', or pass the locale of the text"
LIKE_YEN = "write it like '¥123,456,789', or pass the locale of the text"
LOCALE = 'pass its name in CLDR, such as "de_DE" for German in Germany'
UNKNOWN = "look up the code in ISO 4217: this is not an active code or a known withdrawn code"
LETTERS = 'pass three capital letters, such as "USD" for US dollars'
NO_UNIT = "pass another currency: in ISO 4217, this code has no minor unit"
TIERS = "pass 1 to 100 tiers, each with its start"
REFUND = "pass how much of the base is refunded; the fees are kept"
SO_FAR = "pass the total refunded, and the parts as they were sold"
ALL_SHARES = "pass a list that has one for each share"
SAME_ORDER = "pass a list, in the same order at every refund"
UNIT = "for minor units, write digits only; for major units, add --display"
PYDANTIC = "read the document again from its source: its figures contradict each other"


def graduated(*tiers: Any) -> Any:
    return km.FeeRule.graduated(tiers)


def from_dict(**platform: object) -> Any:
    """The schedule of a document; its platform's rule charges 1.5 %, but for the fields given."""
    return km.FeeSchedule.from_dict(
        {"currency": "NGN", "platform": {"percentage": "1.5", **platform}}
    )


def commission_of(rule: Any) -> int:
    """What a rule charges on ₦1,000 as a marketplace's commission."""
    quote: Any = km.FeeSchedule("NGN", NAIRA.platform, rule).quote(100_000)
    return int(quote.merchant_fee)


class Row(NamedTuple):
    refused: Callable[[], object]
    remedy: str
    obeying: Callable[[], object]
    right: object


ROWS = [
    # Amounts: the same text may be in minor or in major units, and either has its own way.
    Row(
        lambda: km.quote("150000000").amount, INT, lambda: km.quote(150_000_000).amount, 150_000_000
    ),
    Row(
        lambda: km.quote("1500.50").amount,
        INT,
        lambda: km.quote(km.to_minor("1500.50", "NGN")).amount,
        150_050,
    ),
    Row(
        lambda: km.quote(Decimal("1500.50")),
        INT,
        lambda: km.to_minor(Decimal("1500.50"), "NGN"),
        150_050,
    ),
    Row(
        lambda: km.quote(Money(1500, "JPY")),
        'pass schedule=FeeSchedule("JPY", ...) with the fees that are charged in JPY',
        lambda: (
            km.quote(Money(1500, "JPY"), schedule=km.FeeSchedule("JPY", km.FeeRule(1))).total_amount
        ),
        1_515,
    ),
    Row(
        lambda: km.quote(150000000.0).amount, INT, lambda: km.quote(150_000_000).amount, 150_000_000
    ),
    Row(
        lambda: km.from_minor("1500", "JPY"),
        INT,
        lambda: km.from_minor(1500, "JPY").amount,
        Decimal(1500),
    ),
    Row(
        lambda: km.quote("1,500"),
        WRITTEN,
        lambda: km.quote(km.parse_minor("1,500", "NGN")).amount,
        150_000,
    ),
    Row(lambda: km.quote(None), "pass amount, which is missing", lambda: km.quote(5).amount, 5),
    Row(
        lambda: km.to_minor("1,500.00", "NGN"),
        PEOPLE,
        lambda: km.parse_minor("1,500.00", "NGN"),
        150_000,
    ),
    Row(
        lambda: km.quote_from_request({"amount": "5"}),
        INT,
        lambda: km.quote_from_request({"amount": 5}).amount,
        5,
    ),
    Row(lambda: km.quote(-1), BOUNDS, lambda: km.quote(0).total_amount, 0),
    Row(lambda: km.quote(2**63), BOUNDS, lambda: km.quote(10**18).total_amount, 10**18 + 5_000_000),
    Row(
        lambda: km.quote(MAX_AMOUNT),
        SMALLER,
        lambda: km.quote(10**18).total_amount,
        10**18 + 5_000_000,
    ),
    Row(
        lambda: km.FeeRule(0, flat=5).fee(2**63),
        BOUNDS,
        lambda: km.FeeRule(0, flat=5).fee(2**62),
        5,
    ),
    Row(
        lambda: km.FeeRule(100, flat=5).fee(MAX_AMOUNT),
        SMALLER,
        lambda: km.FeeRule(100, flat=5).fee(10),
        15,
    ),
    Row(
        lambda: km.FeeRule(50).gross_up(MAX_AMOUNT),
        SMALLER,
        lambda: km.FeeRule(50).gross_up(10),
        20,
    ),
    Row(
        lambda: NAIRA.quote_for_total(5),
        "pass one of the nearest, 0 or 10001",
        lambda: NAIRA.quote_for_total(10_001).amount,
        1,
    ),
    Row(
        lambda: km.quote(100).settle(refunded=10_100),
        REFUND,
        lambda: km.quote(100).settle(refunded=100).platform_fee,
        10_000,
    ),
    # Major units.
    Row(lambda: km.to_minor(19.99, "USD"), TEXT, lambda: km.to_minor("19.99", "USD"), 1_999),
    Row(
        lambda: km.to_minor("5"),
        'pass its ISO 4217 code, such as "NGN"',
        lambda: (km.to_minor("5", "NGN"), km.to_minor("5", "JPY")),
        (500, 5),
    ),
    Row(
        lambda: km.to_minor("0.125", "USD", rounding="ROUND_05UP"),
        "pass one, such as Rounding.HALF_UP",
        lambda: km.to_minor("0.125", "USD", rounding=Rounding.HALF_UP),
        13,
    ),
    Row(
        lambda: VENDOR.quote(100_000, merchant_fee_percentage=10),
        "leave it out; only marketplaces take a commission",
        lambda: VENDOR.quote(100_000).total_amount,
        110_000,
    ),
    Row(lambda: km.to_minor(True, "NGN"), TEXT, lambda: km.to_minor("1", "NGN"), 100),
    Row(lambda: km.to_minor("1,500", "USD"), PEOPLE, lambda: km.to_minor("1500", "USD"), 150_000),
    Row(
        lambda: km.to_minor("0.125", "USD"),
        "round it to 2 decimal places",
        lambda: km.to_minor("0.125", "USD", rounding=Rounding.HALF_EVEN),
        12,
    ),
    Row(
        lambda: km.to_minor(Decimal("NaN"), "NGN"),
        "pass a finite number",
        lambda: km.to_minor(Decimal(5), "NGN"),
        500,
    ),
    Row(
        lambda: km.to_minor(10**400, "NGN"),
        "pass a number below 1e309",
        lambda: km.to_minor(10, "NGN"),
        1_000,
    ),
    Row(
        lambda: km.to_minor(10**17, "NGN"),
        "pass a smaller amount",
        lambda: km.to_minor(10**16, "NGN"),
        10**18,
    ),
    Row(
        lambda: km.to_minor(Money(5, "USD"), "NGN"),
        'pass "USD" to get minor units of USD',
        lambda: km.to_minor(Money(5, "USD"), "USD"),
        500,
    ),
    Row(
        lambda: km.parse_minor("1.500", "USD", "en_US"),
        LIKE_DOLLARS,
        lambda: km.parse_minor("$1,500.00", "USD", "en_US"),
        150_000,
    ),
    Row(
        lambda: km.parse_minor("1.500", "USD", "en_US"),
        LIKE_DOLLARS,
        lambda: km.parse_minor("1.500", "USD", "de_DE"),
        150_000,
    ),
    Row(
        lambda: km.parse_minor("1.5", "JPY", "en_US"),
        LIKE_YEN,
        lambda: km.parse_minor("¥2", "JPY", "en_US"),
        2,
    ),
    Row(
        lambda: km.parse_minor("1,50", "NGN"),
        LIKE_NAIRA,
        lambda: km.parse_minor("₦1.50", "NGN"),
        150,
    ),
    Row(
        lambda: km.parse_minor("1\u200f5", "NGN"),
        LIKE_NAIRA,
        lambda: km.parse_minor("₦15.00", "NGN"),
        1_500,
    ),
    Row(
        lambda: km.parse_minor("9" * 20, "NGN"),
        "pass a smaller amount",
        lambda: km.parse_minor("9" * 5, "NGN"),
        9_999_900,
    ),
    Row(
        lambda: km.parse_minor("1,50", "EUR", "German"),
        LOCALE,
        lambda: km.parse_minor("1,50", "EUR", "de_DE"),
        150,
    ),
    Row(
        lambda: km.format_minor(5, "NGN", b"en"),
        LOCALE,
        lambda: km.format_minor(5, "NGN", "en"),
        "NGN\xa00.05",
    ),
    # Percentages.
    Row(lambda: km.FeeRule(150), "pass 1.5 for 1.5 %", lambda: km.FeeRule(1.5).fee(1_000), 15),
    Row(lambda: km.FeeRule(-1), "pass 1.5 for 1.5 %", lambda: km.FeeRule(1).fee(1_000), 10),
    Row(lambda: km.FeeRule(True), TEXT, lambda: km.FeeRule("1").fee(1_000), 10),
    Row(lambda: km.commission("1,5"), PLAIN, lambda: km.commission("1.5").fee(1_000), 15),
    Row(
        lambda: km.FeeRule(0.1 + 0.2),
        "round it to 6 decimal places",
        lambda: km.FeeRule(round(0.1 + 0.2, 6)).fee(1_000),
        3,
    ),
    # Rules.
    Row(
        lambda: commission_of(km.FeeRule(30)),
        "lower its percentage to at most 20",
        lambda: commission_of(km.FeeRule(20)),
        20_000,
    ),
    Row(
        lambda: commission_of(km.FeeRule(5, flat=9)),
        "leave out its flat part",
        lambda: commission_of(km.FeeRule(5)),
        5_000,
    ),
    Row(
        lambda: commission_of(km.FeeRule(5, minimum=9)),
        "leave out its minimum",
        lambda: commission_of(km.FeeRule(5)),
        5_000,
    ),
    Row(
        lambda: km.FeeRule(1, minimum=5, cap=4),
        "lower the minimum or raise the cap",
        lambda: km.FeeRule(1, minimum=4, cap=4).fee(9),
        4,
    ),
    Row(graduated, TIERS, lambda: graduated(km.Tier(0, 1)).fee(100), 1),
    Row(
        lambda: graduated(km.Tier(100, 5)),
        "put a tier from 0 first, with the percentage of amounts below 100",
        lambda: graduated(km.Tier(0, 5), km.Tier(100, 5)).fee(200),
        10,
    ),
    Row(
        lambda: graduated(km.Tier(0, 5), km.Tier(100, 2), km.Tier(100, 1)),
        "sort the tiers by start, and write each start once",
        lambda: graduated(km.Tier(0, 5), km.Tier(100, 2)).fee(200),
        7,
    ),
    Row(
        lambda: graduated(km.Tier(0, 5, flat=3)),
        "leave out the flat part: graduated tiers have only a percentage",
        lambda: graduated(km.Tier(0, 5)).fee(100),
        5,
    ),
    # Currencies.
    Row(lambda: km.exponent("jpy"), 'write "JPY"', lambda: km.exponent("JPY"), 0),
    Row(lambda: km.exponent("YENS"), LETTERS, lambda: km.exponent("JPY"), 0),
    Row(lambda: km.exponent("Y3N"), LETTERS, lambda: km.exponent("JPY"), 0),
    Row(lambda: km.exponent("ЯПЙ"), LETTERS, lambda: km.exponent("JPY"), 0),
    Row(lambda: km.exponent("GHP"), UNKNOWN, lambda: km.exponent("GHS"), 2),
    Row(
        lambda: km.FeeSchedule("BTC", km.FeeRule(1)),
        UNKNOWN,
        lambda: DOLLARS.quote(100).total_amount,
        133,
    ),
    Row(
        lambda: km.exponent(392),
        'pass its ISO 4217 code as text, such as "USD" for US dollars',
        lambda: km.exponent("JPY"),
        0,
    ),
    Row(lambda: km.to_minor(5, "XAU"), NO_UNIT, lambda: km.to_minor(5, "USD"), 500),
    Row(
        lambda: km.quote(10_000, "USD"),
        'pass schedule=FeeSchedule("USD", ...) with the fees that are charged in USD',
        lambda: km.quote(10_000, "USD", schedule=DOLLARS).total_amount,
        10_320,
    ),
    Row(
        lambda: km.quote(10_000, "NGN", schedule=DOLLARS),
        "pass a schedule of NGN, or an amount in USD and that currency",
        lambda: km.quote(10_000, schedule=NAIRA).total_amount,
        20_000,
    ),
    Row(
        lambda: km.totals([km.quote(5), DOLLARS.quote(5)]),
        "add up each currency separately",
        lambda: (km.totals([km.quote(5)]).total_amount, km.totals([DOLLARS.quote(5)]).total_amount),
        (10_005, 35),
    ),
    Row(
        lambda: km.totals([]),
        "pass the currency of the sums",
        lambda: km.totals([], currency="USD"),
        (0, "USD", 0, 0, 0, 0, 0),
    ),
    # Allocation.
    Row(lambda: km.allocate(10, {1: 9, 2: 1}), ALL_SHARES, lambda: km.allocate(10, [9, 1]), (9, 1)),
    Row(
        lambda: km.allocate(10, {1: 9, 2: 1}.values()),
        ALL_SHARES,
        lambda: km.allocate(10, [9, 1]),
        (9, 1),
    ),
    Row(lambda: km.allocate(10, {5}), ALL_SHARES, lambda: km.allocate(10, [5, 5]), (5, 5)),
    Row(
        lambda: km.allocate(10, [0]),
        "pass one above 0 for each share that gets something",
        lambda: km.allocate(10, [1]),
        (10,),
    ),
    Row(lambda: km.allocate(10, [0.7, 0.3]), TEXT, lambda: km.allocate(10, ["0.7", "0.3"]), (7, 3)),
    Row(
        lambda: km.allocate(5, [-1, -2]),
        "pass 0 or more; for a correction, pass a negative amount",
        lambda: km.allocate(-5, [1, 2]),
        (-2, -3),
    ),
    Row(
        lambda: km.split_refund({7: 1, 3: 2}, 1),
        SAME_ORDER,
        lambda: km.split_refund([7, 3], 1),
        (1, 0),
    ),
    Row(
        lambda: km.split_refund([MAX_AMOUNT, 1], 1),
        "pass smaller parts",
        lambda: km.split_refund([9, 1], 10),
        (9, 1),
    ),
    Row(lambda: km.split_refund([7, 3], 11), SO_FAR, lambda: km.split_refund([7, 3], 10), (7, 3)),
    # Schedules as data.
    Row(
        lambda: km.FeeSchedule.from_dict("{}"),
        "pass a parsed JSON object",
        lambda: from_dict().quote(100).platform_fee,
        2,
    ),
    Row(
        lambda: from_dict(maximum=1),
        "correct its name; without the field, the fee could be different",
        lambda: from_dict(cap=1).quote(1_000).platform_fee,
        1,
    ),
    Row(
        lambda: km.FeeSchedule.from_dict({"currency": "NGN"}),
        "add the field",
        lambda: from_dict().quote(1_000).platform_fee,
        15,
    ),
    Row(
        lambda: from_dict(percentage=2.9),
        'write it in percent, as text such as "1.5"',
        lambda: from_dict(percentage="2.9").quote(1_000).platform_fee,
        29,
    ),
    Row(
        lambda: from_dict(rounding="half_even"),
        "write one of these names",
        lambda: from_dict(rounding="ROUND_HALF_EVEN").quote(100).platform_fee,
        2,
    ),
    # Documents.
    Row(
        lambda: km.quote_from_request([{"amount": 5}]),
        "pass the body of one request",
        lambda: km.quote_from_request({"amount": 5}).amount,
        5,
    ),
    Row(
        lambda: km.quote_from_request({"Amount": 1500}),
        "write amount (in minor units), or leave it out",
        lambda: km.quote_from_request({"amount": 150_000}).amount,
        150_000,
    ),
    Row(
        lambda: km.quote_from_request({}),
        "pass $.amount, which is missing",
        lambda: km.quote_from_request({"amount": 5}).amount,
        5,
    ),
    Row(
        lambda: km.quote_from_request('{"amount": 5, "amount": 500}'),
        "correct it: it has an object that names a field twice",
        lambda: km.quote_from_request('{"amount": 5}').amount,
        5,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.remedy[:40])
def test_remedy_obeyed_gives_the_right_amount(row: Row) -> None:
    with pytest.raises(KashiaMoneyError) as caught:
        row.refused()

    assert caught.value.remedy == row.remedy
    assert row.obeying() == row.right


@pytest.mark.parametrize(
    ("document", "remedy"),
    [
        ({"mode": "stepped", "tiers": []}, "write one of these modes"),
        (
            {"mode": "volume", "tiers": []},
            "write 1 to 100 tiers, each with its start and its percentage",
        ),
    ],
)
def test_remedy_for_tiers_gives_the_right_fee(document: dict[str, Any], remedy: str) -> None:
    with pytest.raises(KashiaMoneyError) as caught:
        km.FeeSchedule.from_dict({"currency": "NGN", "platform": document})
    right = {
        "mode": "volume",
        "tiers": [{"start": 0, "percentage": "1"}, {"start": 100, "percentage": "2"}],
    }

    assert caught.value.remedy == remedy
    assert (
        km.FeeSchedule.from_dict({"currency": "NGN", "platform": right}).quote(100).platform_fee
        == 2
    )


@pytest.mark.parametrize("obeying", [["150000000"], ["--display", "1,500,000"]])
def test_remedy_of_the_command_gives_the_right_amount(
    obeying: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["quote", "1,500,000"])
    assert capsys.readouterr().err.endswith(f"{UNIT}\n")

    cli.main(["quote", "--json", *obeying])

    assert json.loads(capsys.readouterr().out)["amount"] == 150_000_000


def test_remedy_of_a_dumped_quote_is_not_a_figure() -> None:
    """Which of two figures is right cannot be told, so the remedy names neither."""
    pydantic = pytest.importorskip("pydantic", reason="pydantic is an extra")
    adapter = pydantic.TypeAdapter(pytest.importorskip("kashia_money.pydantic").QuoteFigures)
    document = km.quote(5).to_dict()

    with pytest.raises(pydantic.ValidationError, match=PYDANTIC):
        adapter.validate_python({**document, "total_fees": 5})

    assert adapter.validate_python(document)["total_amount"] == 10_005


@pytest.mark.parametrize("amount", ["10.0", "1_0", "+10", " 10"])
def test_remedy_of_an_amount_in_a_form_gives_the_right_amount(amount: str) -> None:
    pydantic = pytest.importorskip("pydantic", reason="pydantic is an extra")
    adapter = pydantic.TypeAdapter(pytest.importorskip("kashia_money.pydantic").Amount)

    with pytest.raises(
        pydantic.ValidationError, match="for minor units, write digits only; for major"
    ):
        adapter.validate_strings(amount)

    assert adapter.validate_strings("10") == 10
    assert adapter.validate_strings(str(km.to_minor("10.0", "NGN"))) == 1_000
