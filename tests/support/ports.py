"""The cases for ports, kept as package data in kashia_money/conformance.json.gz.

`python -m tests.support.ports` writes the file. The cases of quotes are those of conformance.json.
All others are computed here, without chance: from the amounts where rules have breakpoints, from
the ends of machine numbers, and from texts that readers confuse.
"""

from __future__ import annotations

import gzip
import json
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import kashia_money
from kashia_money import FeeRule, FeeSchedule, KashiaMoneyError, Rounding, Tier, commission
from kashia_money._core.currencies import EXPONENTS
from kashia_money.conformance import VERSION, Case
from tests.core.test_fingerprints import STORED
from tests.ports.port import compute
from tests.support.conformance import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PATH = Path(kashia_money.__file__).with_name("conformance.json.gz")
MAX = 2**63 - 1

Input: TypeAlias = dict[str, Any]
Link: TypeAlias = tuple[str | None, int | None]  # a payment link's percentage and cap

ABOUT = {
    "quotes": "The fees and the total of an amount under a schedule and a link's overrides.",
    "rejected": "Quotes that are rejected, each with the name of its error.",
    "quote_within": "The quote for the largest amount whose total is within a budget.",
    "quote_for_total": "The quote for the largest amount with a total, or the nearest totals.",
    "gross_up": "The smallest amount that leaves a net after the fee of a rule.",
    "net": "An amount minus the fee of a rule.",
    "allocate": "An amount in shares by ratios.",
    "split_refund": "A refund in shares by the parts of the refunded amount.",
    "exponents": "The decimal places of a currency's minor unit.",
    "percentages": "A commission's percentage from text or a number, clamped to 0-20.",
    "fingerprints": "The SHA-256 of a schedule.",
    "format": "Minor units as money in the text of a locale.",
    "parse": "The text of a locale as minor units.",
}
"""What each group computes."""


def dumps(rows: Iterable[Case]) -> str:
    """Return the cases as JSON.

    The cases with the same fields are a block of columns, because columns take a third of the space
    of rows. Each rule and schedule is written once.
    """
    blocks: dict[tuple[str, ...], list[Case]] = {}
    for row in rows:
        blocks.setdefault((row.group, *row.input, *row.expected), []).append(row)
    documents: dict[str, str] = {}
    written = [_block(block, documents) for block in blocks.values()]
    lines = [
        f'{{"version":"{VERSION}",',
        f'"groups":{json.dumps(ABOUT, indent=0)},',
        f'"documents":[\n{_lines(documents)}\n],',
        f'"blocks":[\n{_lines(written)}\n]}}\n',
    ]
    return "\n".join(lines)


def _block(rows: list[Case], documents: dict[str, str]) -> str:
    inputs = _columns([row.input for row in rows])
    for name in {"rule", "schedule"} & set(inputs):
        texts = map(_json, inputs[name])
        inputs[name] = [documents.setdefault(text, str(len(documents))) for text in texts]
    expected = _columns([row.expected for row in rows])
    fields = [
        f'"group":{_json(rows[0].group)}',
        f'"input":{_object(inputs)}',
        f'"expected":{_object(expected)}',
    ]
    return f"{{{_lines(fields)}}}"


def _columns(rows: list[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _object(columns: dict[str, list[Any]]) -> str:
    return f"{{{_lines(f'{_json(name)}:{_json(values)}' for name, values in columns.items())}}}"


def _lines(texts: Iterable[str]) -> str:
    return ",\n".join(texts)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def every_case() -> list[Case]:
    """Return all cases, computed anew."""
    rows = [case for group, inputs in INPUTS.items() for case in _computed(group, inputs())]
    return sorted(rows, key=lambda case: list(ABOUT).index(case.group))


def _computed(group: str, inputs: Iterable[Input]) -> Iterator[Case]:
    """Yield the cases of a group, each input once; quotes with an error are in another group."""
    rows = {_json(row): row for row in map(in_text, inputs)}
    for row in rows.values():
        expected = compute(group, row)
        name = "rejected" if group == "quotes" and "error" in expected else group
        yield Case("", name, row, expected)


def in_text(value: Any) -> Any:
    """Return data with every integer as text."""
    match value:
        case dict():
            return {name: in_text(part) for name, part in value.items()}
        case list() | tuple():
            return [in_text(part) for part in value]
        case bool() | float() | str() | None:
            return value
    return str(value)


# Quotes.


def _quotes() -> Iterator[Input]:
    """Yield the quotes of conformance.json, and those of schedules that are rejected."""
    for group in load():
        document = group.schedule.to_dict()
        for amount, percentage, cap, _ in group.rows:
            if amount is not None:  # which is for columns only
                yield _quote(document, amount, (percentage, cap))
    for _, row in rejected():
        yield row


def _quote(document: object, amount: object, link: Link = (None, None)) -> Input:
    return {"schedule": document, "amount": amount, **_overrides(link)}


def _overrides(link: Link) -> Input:
    return dict(zip(("merchant_fee_percentage", "merchant_fee_cap"), link, strict=True))


PLAIN = {
    "percentage": "1.5",
    "flat": 0,
    "flat_from": 0,
    "minimum": 0,
    "cap": None,
    "rounding": "ROUND_HALF_UP",
}
BOUNDS = {"minimum": 0, "cap": None, "rounding": "ROUND_HALF_UP"}


def rejected() -> list[tuple[str, Input]]:
    """Return quotes that are rejected for their schedule, each with its error, by hand."""
    rules: list[tuple[str, Any]] = [
        *(("InvalidDocumentError", rule) for rule in (None, {}, {"cap": 5}, PLAIN | {"max": 5})),
        *(("InvalidPercentageError", PLAIN | {"percentage": text}) for text in NOT_PERCENTAGES),
        *(("InvalidAmountError", PLAIN | {name: -1}) for name in AMOUNTS),
        *(("InvalidAmountError", PLAIN | {name: MAX + 1}) for name in AMOUNTS),
        *(("InvalidDocumentError", PLAIN | {"rounding": name}) for name in NOT_ROUNDINGS),
        ("InvalidRuleError", PLAIN | {"minimum": 5, "cap": 4}),
        ("InvalidDocumentError", PLAIN | {"tiers": []}),
        *((error, _tiered(tiers)) for error, tiers in REJECTED_TIERS),
        ("InvalidDocumentError", _tiered([{"start": 0, "percentage": "1"}], "stepped")),
        ("InvalidRuleError", _tiered([{"start": 0, "percentage": "1", "flat": 1}], "graduated")),
        ("InvalidRuleError", _tiered([{"start": 0, "percentage": "1"}]) | {"minimum": 5, "cap": 4}),
    ]
    commissions: list[tuple[str, Any]] = [
        *rules,
        *(("InvalidRuleError", PLAIN | change) for change in ABOVE_20),
        ("InvalidRuleError", _tiered([{"start": 0, "percentage": "20.000001"}])),
        ("InvalidRuleError", _tiered([{"start": 0, "percentage": "1", "flat": 1}])),
    ]
    plain = {"currency": "NGN", "platform": PLAIN}
    vendor = plain | {"marketplace": False}
    documents: list[tuple[str, Any]] = [
        ("InvalidDocumentError", {}),
        ("InvalidDocumentError", {"currency": "NGN"}),
        ("InvalidDocumentError", {"platform": {}}),
        *(("InvalidCurrencyError", plain | {"currency": code}) for code in NOT_CURRENCIES),
        *(("NoMinorUnitError", plain | {"currency": code}) for code in ("XAU", "XDR", "XTS")),
        *((error, plain | {"platform": rule}) for error, rule in rules),
        *((error, plain | {"merchant": rule}) for error, rule in commissions),
        ("InvalidDocumentError", plain | {"commission": PLAIN}),
        ("InvalidDocumentError", plain | {"marketplace": "false"}),
        ("InvalidRuleError", vendor | {"merchant": PLAIN}),
    ]
    links: list[Link] = [("10", None), ("0", None), (None, 5), (None, 0), ("10", 5)]
    return [
        *((error, in_text(_quote(document, 1_000))) for error, document in documents),
        *(("NotAMarketplaceError", in_text(_quote(vendor, 1_000, link))) for link in links),
    ]


AMOUNTS = ["flat", "flat_from", "minimum", "cap"]
ABOVE_20: list[Input] = [{"percentage": "20.000001"}, {"flat": 1}, {"minimum": 1}]
NOT_ROUNDINGS = ["ROUND_05UP", "HALF_UP", "round_half_up", ""]
NOT_PERCENTAGES = ["", "-1", "-0", "+1", "100.000001", "1.0000001", "1.", ".5", "01", "1e1", "1,5"]
NOT_CURRENCIES = ["", "ngn", "NG", "NGNN", " NGN", "ZZZ", "566", "₦"]
REJECTED_TIERS: list[tuple[str, list[dict[str, Any]]]] = [
    ("InvalidDocumentError", []),
    ("InvalidRuleError", [{"start": 1, "percentage": "1"}]),
    ("InvalidRuleError", [{"start": 0, "percentage": "1"}, {"start": 0, "percentage": "2"}]),
    ("InvalidRuleError", [{"start": start, "percentage": "1"} for start in (0, 10, 5)]),
    ("InvalidDocumentError", [{"start": start, "percentage": "1"} for start in range(101)]),
    ("InvalidDocumentError", [{"start": 0}]),
    ("InvalidDocumentError", [{"percentage": "1"}]),
    ("InvalidPercentageError", [{"start": 0, "percentage": "100.000001"}]),
    ("InvalidAmountError", [{"start": -1, "percentage": "1"}]),
    ("InvalidAmountError", [{"start": start, "percentage": "1"} for start in (0, MAX + 1)]),
    ("InvalidDocumentError", [{"start": 0, "percentage": "1", "cap": 5}]),
]


def _tiered(tiers: list[dict[str, Any]], mode: str = "volume") -> Input:
    return {"mode": mode, "tiers": tiers, **BOUNDS}


# From a total back to an amount.

NGN = FeeRule("1.5", minimum=10_000, cap=5_000_000)
LADDER = [Tier(0, 0, 50), Tier(5_000, 0, 150), Tier(20_000, "1.2"), Tier(10**7, "0.9", 7)]
STEPS = [Tier(0, 12), Tier(100, "50"), Tier(104, 100)]
RULES = [
    NGN,
    FeeRule("2.9", flat=30),
    FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000),
    FeeRule(0),
    FeeRule(flat=50, flat_from=1_000, minimum=20),
    FeeRule(50),
    FeeRule("99.999999", rounding=Rounding.UP),
    FeeRule("0.000001", minimum=1, cap=2, rounding=Rounding.DOWN),
    FeeRule("33.333333", rounding=Rounding.HALF_DOWN),
    FeeRule("3.2", minimum=77, cap=7_777_777, rounding=Rounding.FLOOR),
    FeeRule("1.5", minimum=2**62, cap=2**62),
    FeeRule.volume(LADDER),
    FeeRule.volume([Tier(0, 20), Tier(1_000, 10), Tier(2_000)]),
    FeeRule.graduated([Tier(0, "3.2"), Tier(777, "1.234567"), Tier(10**8 + 1, "0.000001")]),
    FeeRule.graduated([Tier(0, "2.5"), Tier(100_000, 1)], minimum=5, cap=10**12),
    *(FeeRule.graduated(STEPS, rounding=rounding) for rounding in Rounding),
]
WHOLE = FeeRule(100, flat=1)  # it leaves nothing of any amount
COMMISSIONS = [
    None,
    commission(5, cap=100_000),
    commission("12.5", rounding=Rounding.HALF_EVEN),
    FeeRule.graduated([Tier(0, "12.5"), Tier(41, "7.5"), Tier(10**6, "0.5")], cap=10**9),
]
LINKS: list[Link] = [(None, None), ("10", None), ("25", 200_000), (None, 0), ("0.000001", None)]


def _schedules() -> list[FeeSchedule]:
    currencies = ("NGN", "USD", "JPY", "KWD")
    plain = [FeeSchedule(currencies[place % 4], rule) for place, rule in enumerate(RULES)]
    merchants = [FeeSchedule("NGN", NGN, merchant) for merchant in COMMISSIONS[1:]]
    tiered = FeeSchedule("EUR", FeeRule.volume(LADDER), COMMISSIONS[3])
    return [*plain, *merchants, tiered, FeeSchedule("NGN", NGN, marketplace=False)]


def _links(schedule: FeeSchedule) -> list[Link]:
    linked = schedule.marketplace and (schedule.platform == NGN or bool(schedule.merchant.tiers))
    return LINKS if linked else LINKS[:1]


def _amounts(*rules: FeeRule) -> list[int]:
    """Return the amounts around the breakpoints of rules, and some others."""
    points = {0, 3, 12_345, 1_000_007, 2**53, 10**15}
    for rule in rules:
        points |= {point for point in rule.breakpoints() if point is not None}
        points |= {rule.flat_from, *(tier.start for tier in rule.tiers)}
    return [
        amount
        for point in sorted(points)
        for amount in (point - 1, point, point + 1)
        if 0 <= amount <= MAX
    ]


def _totals(name: str) -> Iterator[Input]:
    """Yield totals next to those of the amounts around breakpoints; `name` is their argument."""
    for schedule in _schedules():
        document = schedule.to_dict()
        for link in _links(schedule):
            totals = {0, 1, 2, 99, MAX - 1, MAX}
            for amount in _amounts(schedule.platform, schedule.merchant):
                totals |= _totals_near(schedule, amount, link)
            for total in sorted(total for total in totals if 0 <= total <= MAX):
                yield {"schedule": document, name: total, **_overrides(link)}
        for beyond in (-1, MAX + 1):
            yield {"schedule": document, name: beyond, **_overrides((None, None))}


def _totals_near(schedule: FeeSchedule, amount: int, link: Link) -> set[int]:
    try:
        quote = schedule.quote(amount, merchant_fee_percentage=link[0], merchant_fee_cap=link[1])
    except KashiaMoneyError:
        return set()
    return {quote.total_amount - 1, quote.total_amount, quote.total_amount + 1}


def _nets() -> Iterator[Input]:
    for rule in [*RULES, WHOLE]:
        nets = {1, 2, 99, MAX - 1, MAX, MAX + 1, -1}
        for amount in _amounts(rule):
            try:
                nets |= {rule.net(amount) + step for step in (-1, 0, 1)}
            except KashiaMoneyError:
                continue
        for net in sorted(net for net in nets if net >= -1):
            yield {"rule": rule.to_dict(), "net": net}


def _amounts_of_rules() -> Iterator[Input]:
    for rule in [*RULES, WHOLE, FeeRule(flat=MAX, flat_from=5)]:
        for amount in [*_amounts(rule), MAX - 1, MAX, MAX + 1, -1]:
            yield {"rule": rule.to_dict(), "amount": amount}


# Shares.

RATIOS: list[list[Any]] = [
    [1],
    [1, 1],
    [1, 1, 1],
    [1] * 7,
    [0, 1],
    [2, 0, 1, 0],
    [1, 2, 3, 4],
    ["0.7", "0.2", "0.1"],
    ["0.333333", "0.333333", "0.333334"],
    ["3.2", "20", "76.8"],
    ["1.50", "01.5", "+3", "1.5e0"],
    ["1e-90", "1"],
    ["1e308", "1", "2"],
    [2**64, 2**64 + 1],
    [2**53, 2**53 + 1],
]
REJECTED_RATIOS: list[list[Any]] = [
    [],
    [0],
    ["0", "0.0"],
    [-1, 2],
    ["x"],
    ["", 1],
    ["NaN", 1],
    ["inf"],
    ["1e309", 1],
    ["1e-91", 1],
    ["1,5", 1],
    [" 1", 1],
]
SHARED = [0, 1, 2, 3, 5, 7, 99, 100, 101, 1_000_001, 2**53 + 1, 10**18 + 1, MAX]


def _allocations() -> Iterator[Input]:
    signed = [*SHARED, *(-amount for amount in SHARED[1:])]
    for amount, ratios in product(signed, RATIOS):
        yield {"amount": amount, "ratios": ratios}
    for amount, ratios in product([0, 100], REJECTED_RATIOS):
        yield {"amount": amount, "ratios": ratios}
    for amount in (MAX + 1, -MAX - 1):
        yield {"amount": amount, "ratios": [1]}


PARTS = [
    [1000, 150, 50],
    [1],
    [0, 5],
    [1, 1],
    [1, 1, 1],
    [7, 0, 3, 0, 1],
    [1] * 9,
    [333, 333, 334],
    [2**53 + 1, 3],
    [MAX - 1, 1],
    [1, MAX - 1],
    [MAX // 3, MAX // 3, MAX // 3],
    [0],
    [0, 0, 0],
    [],
]


def _refunds() -> Iterator[Input]:
    for parts in PARTS:
        total = sum(parts)
        refunds = {*range(14), total // 3, total // 2, *range(total - 3, total + 2), -1}
        for refunded in sorted(refund for refund in refunds if refund <= total + 1):
            yield {"parts": parts, "refunded": refunded}
    for parts in ([-1, 5], [5, MAX], [MAX + 1]):
        yield {"parts": parts, "refunded": 1}


# Currencies, percentages and fingerprints.


NO_MINOR_UNIT = "XAG XAU XBA XBB XBC XBD XDR XFO XFU XPD XPT XRE XSU XTS XUA XXX"


def _currencies() -> Iterator[Input]:
    for code in [*sorted(EXPONENTS), *NO_MINOR_UNIT.split(), *NOT_CURRENCIES]:
        yield {"currency": code}


TEXTS = """
0 -0 +5 0.0 .5 5. 1e1 1E-6 0.000001 0.1 0.3 1 1.1 2.675 3.2 7.777777 10.0 10.5 10.5000000 000010
19.999999 20 20.0 20.000001 25 100 100.000001 -0.000001 -1 -25 999999999.999999 9223372036854.775
9223372036854775808 1e300 -1e300 1e308 1e309 -1e309 1e99999 1e-7 0.0000001 -0.0000001 1.0000001
0.30000000000000004 5e-324 NaN nan inf -inf Infinity 0x10 0b1 1_000 1,5 1/2 5% five - + . e5 1e 1e+
--5 +-5 ١
"""
SPACED = ["", " ", " 5", "5 ", "5\n", "1 000", "\t5"]
NUMBERS = [
    *(0.0, -0.0, 1e-6, 0.1, 0.3, 1.0, 1.1, 2.675, 3.2, 7.777777, 10.0, 10.5, 12.345678, 19.999999),
    *(20.0, 20.000001, 25.0, 100.0, 1e16, 1e22, 1e300, -1e300, -1e-6, -1.0, -25.0),
    *(999999999.999999, 9223372036854.775, 92233720368547.75, 9007199254740993.0),
    *(1e-7, -1e-7, 5e-324, 0.1 + 0.2, 1.0000001, 19.9999999, 20.0000001, 10.1234567),
]


def _percentages() -> Iterator[Input]:
    for percentage in [*TEXTS.split(), *SPACED, *NUMBERS]:
        yield {"percentage": percentage}


def _documents() -> Iterator[Input]:
    """Yield the schedules of all quotes, and documents in other spellings."""
    for group in load():
        yield {"schedule": group.schedule.to_dict()}
    for schedule in [*STORED.values(), *_schedules()]:
        yield {"schedule": schedule.to_dict()}
    for rule in (
        {"percentage": "1.50"},
        {"percentage": "1.5", "flat_from": 5},
        {"percentage": "0", "flat": 5, "flat_from": 5},
        {"percentage": "20.000000", "cap": MAX},
        {"mode": "volume", "tiers": [{"start": 0, "percentage": "1.0"}]},
        {"mode": "graduated", "tiers": [{"start": 0, "percentage": "1.0"}], "minimum": 5},
    ):
        yield {"schedule": {"currency": "NGN", "platform": rule}}
        yield {"schedule": {"currency": "NGN", "platform": rule, "marketplace": True}}
        yield {"schedule": {"currency": "NGN", "platform": rule, "marketplace": False}}
    yield {"schedule": {"currency": "NGN", "platform": PLAIN, "merchant": {"percentage": "0.0"}}}


# Money as text.

LOCALES = ["en_NG", "de_DE", "en_IN"]
SHOWN_CURRENCIES = ["NGN", "USD", "EUR", "INR", "JPY", "KWD", "IQD"]
SHOWN_AMOUNTS = [0, 5, 100, 99_999, 100_000, 123_456_789, 10**13, 2**53 + 1, MAX]


def _shown() -> Iterator[Input]:
    signed = [*SHOWN_AMOUNTS, *(-amount for amount in SHOWN_AMOUNTS[1:])]
    for locale, currency, amount in product(LOCALES, SHOWN_CURRENCIES, signed):
        yield {"amount": amount, "currency": currency, "locale": locale}
    for amount in (MAX + 1, -MAX - 1):
        yield {"amount": amount, "currency": "NGN", "locale": "en_NG"}
    yield {"amount": 5, "currency": "XAU", "locale": "en_NG"}
    yield {"amount": 5, "currency": "ngn", "locale": "en_NG"}
    yield {"amount": 5, "currency": "NGN", "locale": "xx_YY"}


# By people who write `.` for the decimal mark, `,` for the group mark, S for the symbol and C for
# the code.
WRITTEN = """
S1,500,000.50|1500000.5|C 5|5 C|5C|-S5|S-5|S -5|S 5|5 S|5S|5|0|00|0.0|0.00|-0|5.|.5|.|1,50|1.5|1.50
1.500|1.505|1,500|1,500.5|15,00|1,500,00|1500,000|1,500000|1,50,000|10,00,000|,500|1,,500|1.500.000
1.5.5|S5S|S5 C|C5C|SS5|--5|-S-5|+5|5-|-5-|(5)|$5|US$5|c 5||  5  | 5|5 | - 5|1 500|0x10|1e3|٥|1_000
five|NaN|\u200f-\u200e1,500|1\u200e5|\u22125|S\u00a05|S\u202f5|5\t|5\u00a0S|1\u00a0500.5
92233720368547758.07|92233720368547758.08|9223372036854775807|9223372036854775808
-92233720368547758.07
"""
PATTERNS = re.split(r"[|\n]", WRITTEN.strip())
WRITERS = [
    ("en_NG", "NGN", "₦"),
    ("de_DE", "EUR", "€"),
    ("en_IN", "INR", "₹"),
    ("en_NG", "JPY", "JP¥"),
]
SWAPPED = str.maketrans(",.", ".,")


def written() -> list[tuple[str, Input]]:
    """Return texts as people write them, each with its pattern."""
    rows = []
    for (locale, code, symbol), pattern in product(WRITERS, PATTERNS):
        text = pattern.translate(SWAPPED) if locale == "de_DE" else pattern
        text = text.replace("S", symbol).replace("C", code)
        rows.append((pattern, {"text": text, "currency": code, "locale": locale}))
    return rows


def _texts() -> Iterator[Input]:
    for row in _shown():
        shown = compute("format", in_text(row))
        if "text" in shown:
            yield {"text": shown["text"], "currency": row["currency"], "locale": row["locale"]}
    for _, row in written():
        yield row
    for digits in (100, 101):
        yield {"text": "5".zfill(digits), "currency": "NGN", "locale": "en_NG"}
    yield {"text": "5", "currency": "XAU", "locale": "en_NG"}
    yield {"text": "5", "currency": "NGN", "locale": "xx_YY"}


INPUTS: dict[str, Callable[[], Iterable[Input]]] = {
    "quotes": _quotes,
    "quote_within": lambda: _totals("budget"),
    "quote_for_total": lambda: _totals("total"),
    "gross_up": _nets,
    "net": _amounts_of_rules,
    "allocate": _allocations,
    "split_refund": _refunds,
    "exponents": _currencies,
    "percentages": _percentages,
    "fingerprints": _documents,
    "format": _shown,
    "parse": _texts,
}


def write(path: Path = PATH) -> None:
    """Write the file; the same cases give the same bytes."""
    path.write_bytes(gzip.compress(dumps(every_case()).encode("ascii"), 9, mtime=0))


if __name__ == "__main__":
    write()
