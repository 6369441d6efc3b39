"""Every expected figure of the cases for ports, by the oracle or by hand."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter
from fractions import Fraction
from functools import cache
from math import floor
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kashia_money.conformance import VERSION, Case, cases
from tests.core.test_currencies import ACTIVE
from tests.core.test_fingerprints import STORED
from tests.ports.port import data
from tests.support import oracle
from tests.support.ports import NOT_CURRENCIES, PATH, rejected, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX = 2**63 - 1
SCHEMA = PATH.with_name("conformance.schema.json")
CASES = list(cases())
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"


def of(group: str) -> list[Case]:
    return [case for case in CASES if case.group == group]


def integer(text: str | None) -> int | None:
    return None if text is None else int(text)


def in_range(*amounts: int | None) -> bool:
    return all(0 <= (amount or 0) <= MAX for amount in amounts)


def percentage_of(value: object) -> Fraction | None:
    """A percentage as a fraction; None for one that is rejected."""
    text = repr(value) if isinstance(value, float) else str(value)
    if not re.fullmatch(NUMBER, text, re.ASCII):
        return None
    exact = Fraction(text) if "e99" not in text else Fraction(10**400)
    return exact if (exact * 10**6).denominator == 1 and abs(exact) < 10**309 else None


def clamped(percentage: Fraction) -> Fraction:
    return sorted((Fraction(0), percentage, Fraction(20)))[1]


def decimal(percentage: Fraction) -> str:
    """A percentage as the shortest decimal text."""
    whole, millionths = divmod(abs(percentage) * 10**6, 10**6)
    text = f"{whole}.{int(millionths):06}".rstrip("0").removesuffix(".")
    return f"-{text}" if percentage < 0 else text


# Quotes.


def merchant_of(row: dict[str, Any]) -> dict[str, Any]:
    """The rule of a quote's commission, with the link's overrides."""
    schedule, cap = data(row["schedule"]), integer(row["merchant_fee_cap"])
    plain = {"percentage": "0", "flat": 0, "flat_from": 0, "minimum": 0}
    merchant = schedule.get("merchant", {**plain, "cap": None, "rounding": "ROUND_HALF_UP"})
    asked = percentage_of(row["merchant_fee_percentage"])
    if asked is not None:
        merchant = {
            **plain,
            "percentage": clamped(asked),
            "cap": merchant["cap"],
            "rounding": merchant["rounding"],
        }
    return merchant if cap is None else {**merchant, "cap": cap}


def basis(rule: dict[str, Any], fee: int) -> str:
    if fee == rule["cap"]:
        return "cap"
    return "minimum" if 0 < fee == rule["minimum"] else "percentage"


def test_quotes_are_the_oracles() -> None:
    for case in of("quotes"):
        platform, merchant = data(case.input["schedule"])["platform"], merchant_of(dict(case.input))
        amount, asked = (
            int(case.input["amount"]),
            percentage_of(case.input["merchant_fee_percentage"]),
        )
        fees = oracle.fee_by(platform, amount), oracle.fee_by(merchant, amount)
        assert case.expected == {
            "amount": str(amount),
            "platform_fee": str(fees[0]),
            "merchant_fee": str(fees[1]),
            "total_fees": str(sum(fees)),
            "total_amount": str(amount + sum(fees)),
            "platform_fee_basis": basis(platform, fees[0]),
            "merchant_fee_basis": basis(merchant, fees[1]),
            "merchant_fee_clamped_from": None
            if asked is None or asked == clamped(asked)
            else decimal(asked),
        }, case


def errors_of(row: dict[str, Any]) -> set[str]:
    """The errors of a quote under a correct schedule."""
    amount, cap = int(row["amount"]), integer(row["merchant_fee_cap"])
    asked = row["merchant_fee_percentage"]
    errors = set() if in_range(amount, cap) else {"InvalidAmountError"}
    if asked is not None and percentage_of(asked) is None:
        errors.add("InvalidPercentageError")
    platform = data(row["schedule"])["platform"]
    total = amount + sum(oracle.fee_by(rule, amount) for rule in (platform, merchant_of(row)))
    return errors if total <= MAX else {*errors, "InvalidAmountError"}


def test_rejected_quotes_have_one_error() -> None:
    by_hand = {json.dumps(row): error for error, row in rejected()}
    assert len(by_hand) == len(rejected())
    for case in of("rejected"):
        error = by_hand.pop(json.dumps(case.input), None)
        assert {case.expected["error"]} == ({error} if error else errors_of(dict(case.input))), case
        assert list(case.expected) == ["error"]
    assert not by_hand


def test_quotes_without_an_error_are_not_rejected() -> None:
    assert not any(errors_of(dict(case.input)) for case in of("quotes"))


def test_quotes_meet_starts_of_tiers_where_the_fee_jumps() -> None:
    """An amount at a start belongs to the tier that starts there."""
    jumps = 0
    for case in of("quotes"):
        rule, amount = data(case.input["schedule"])["platform"], int(case.input["amount"])
        tiers = [tier for tier in rule.get("tiers", []) if tier["start"] != amount]
        if amount > 0 and len(tiers) < len(rule.get("tiers", [])):
            below = oracle.fee_by({**rule, "tiers": tiers}, amount)
            jumps += below != int(case.expected["platform_fee"])

    assert jumps >= 10


# From a total or a net back to an amount: the fee never falls inside a segment.


def starts_of(rule: dict[str, Any]) -> set[int]:
    return {rule.get("flat_from", 0), *(tier["start"] for tier in rule.get("tiers", []))}


def segments(*rules: dict[str, Any]) -> list[tuple[int, int]]:
    """The ranges of amounts without a threshold or a tier's start inside."""
    starts = sorted({0, 1, *(start for rule in rules for start in starts_of(rule))})
    return [(start, end - 1) for start, end in zip(starts, [*starts[1:], MAX + 1], strict=True)]


def last(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """The last amount in a range, from whose start on something holds up to there."""
    if not holds(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


class Near(NamedTuple):
    """The amounts and totals next to a total."""

    within: int  # the largest amount whose total is at most the total
    exact: int | None  # the largest amount that has the total
    below: int  # the largest total up to it
    above: int | None  # the smallest total above it


def near(case: Case, total: int) -> Near:
    link = case.input["merchant_fee_percentage"], case.input["merchant_fee_cap"]
    return _near(json.dumps(case.input["schedule"]), *link, total)


@cache  # because two groups have the same totals
def _near(schedule: str, percentage: str | None, cap: str | None, total: int) -> Near:
    row = {
        "schedule": json.loads(schedule),
        "merchant_fee_percentage": percentage,
        "merchant_fee_cap": cap,
    }
    platform, merchant = data(row["schedule"])["platform"], merchant_of(row)

    @cache
    def total_of(amount: int) -> int:
        return amount + oracle.fee_by(platform, amount) + oracle.fee_by(merchant, amount)

    ends: list[int] = []
    above: list[int] = []
    for low, high in segments(platform, merchant):
        end = last(low, min(high, max(low, total)), lambda amount: total_of(amount) <= total)
        if end is not None:
            ends.append(end)
        following = low if end is None else end + 1
        if following <= high:
            above.append(total_of(following))
    return Near(
        within=max(ends),
        exact=max((end for end in ends if total_of(end) == total), default=None),
        below=max(map(total_of, ends)),
        above=min((value for value in above if value <= MAX), default=None),
    )


def figures(case: Case, amount: int) -> dict[str, str]:
    """The figures of an amount under the schedule and the link of a case."""
    rules = data(case.input["schedule"])["platform"], merchant_of(dict(case.input))
    fees = [oracle.fee_by(rule, amount) for rule in rules]
    names = ("amount", "platform_fee", "merchant_fee", "total_fees", "total_amount")
    return dict(zip(names, map(str, (amount, *fees, sum(fees), amount + sum(fees))), strict=True))


def test_quotes_within_a_budget_are_the_oracles() -> None:
    for case in of("quote_within"):
        budget = int(case.input["budget"])
        if in_range(budget):
            assert case.expected == figures(case, near(case, budget).within), case
        else:
            assert case.expected == {"error": "InvalidAmountError"}


def test_quotes_for_a_total_are_the_oracles() -> None:
    for case in of("quote_for_total"):
        total = int(case.input["total"])
        if not in_range(total):
            assert case.expected == {"error": "InvalidAmountError"}
            continue
        _, exact, below, above = near(case, total)
        if exact is None:
            neighbours = {"below": str(below), "above": None if above is None else str(above)}
            assert case.expected == {"error": "UnreachableTotalError", **neighbours}, case
        else:
            assert case.expected == figures(case, exact), case


def net_of(rule: dict[str, Any], amount: int) -> int:
    return amount - oracle.fee_by(rule, amount)


def test_nets_are_the_oracles() -> None:
    for case in of("net"):
        rule, amount = data(case.input["rule"]), int(case.input["amount"])
        if in_range(amount) and in_range(oracle.fee_by(rule, amount)):
            assert case.expected == {"net": str(net_of(rule, amount))}, case
        else:
            assert case.expected == {"error": "InvalidAmountError"}, case


def gross_of(rule: dict[str, Any], net: int) -> int | None:
    """The smallest amount that leaves a net, by trying small amounts, and then by segments."""
    small = next((amount for amount in range(400) if net_of(rule, amount) >= net), None)
    if small is not None:
        return small
    for low, high in segments(rule):
        short = last(low, high, lambda amount: net_of(rule, amount) < net)
        if short is None:
            return low
        if short < high:
            return short + 1
    return None


def test_gross_amounts_are_the_oracles() -> None:
    for case in of("gross_up"):
        rule, net = data(case.input["rule"]), int(case.input["net"])
        gross = gross_of(rule, net) if in_range(net) else None
        expected = {"error": "InvalidAmountError"} if gross is None else {"amount": str(gross)}
        assert case.expected == expected, case


# Shares.


def shares_of(amount: int, ratios: list[Fraction]) -> list[int]:
    """The shares by largest remainder."""
    exact = [abs(amount) * ratio / sum(ratios) for ratio in ratios]
    shares = [floor(share) for share in exact]
    order = sorted(range(len(ratios)), key=lambda place: (shares[place] - exact[place], place))
    for place in order[: abs(amount) - sum(shares)]:
        shares[place] += 1
    return [-share if amount < 0 else share for share in shares]


def ratio_of(text: str) -> Fraction | None:
    """A ratio as a fraction; None for one that is rejected."""
    if not re.fullmatch(NUMBER, text, re.ASCII):
        return None
    ratio = Fraction(text)
    return ratio if 0 <= ratio < 10**309 and (ratio * 10**90).denominator == 1 else None


def test_shares_are_the_oracles() -> None:
    for case in of("allocate"):
        amount = int(case.input["amount"])
        ratios = [ratio_of(text) for text in case.input["ratios"]]
        exact = [ratio for ratio in ratios if ratio is not None]
        if abs(amount) > MAX:
            assert case.expected == {"error": "InvalidAmountError"}, case
        elif exact != ratios or not any(exact):
            assert case.expected == {"error": "InvalidRatioError"}, case
        else:
            assert case.expected == {"shares": [str(n) for n in shares_of(amount, exact)]}, case


def refund_shares(parts: list[int], refunded: int) -> list[int]:
    """The shares of a refund by halves; each first half's share is rounded half up."""
    if len(parts) <= 1 or refunded == 0:
        return [refunded, *[0] * (len(parts) - 1)] if parts else []
    middle = len(parts) // 2
    exact = refunded * Fraction(sum(parts[:middle]), sum(parts))
    first = floor(exact + Fraction(1, 2))
    return refund_shares(parts[:middle], first) + refund_shares(parts[middle:], refunded - first)


def test_shares_of_refunds_are_the_oracles() -> None:
    for case in of("split_refund"):
        parts, refunded = [int(part) for part in case.input["parts"]], int(case.input["refunded"])
        if in_range(*parts, sum(parts)) and 0 <= refunded <= sum(parts):
            shares = [str(share) for share in refund_shares(parts, refunded)]
            assert case.expected == {"shares": shares}, case
        else:
            assert case.expected == {"error": "InvalidAmountError"}, case


# Currencies, percentages and fingerprints.


def test_exponents_are_those_of_the_standard() -> None:
    exponents = {case.input["currency"]: dict(case.expected) for case in of("exponents")}
    assert set(ACTIVE) <= set(exponents)
    for code, expected in exponents.items():
        if ACTIVE.get(code) == "N.A.":
            assert expected == {"error": "NoMinorUnitError"}
        elif code in ACTIVE:
            assert expected == {"exponent": ACTIVE[code]}
        elif code in NOT_CURRENCIES:
            assert expected == {"error": "InvalidCurrencyError"}
    withdrawn = {"DEM": "2", "ITL": "0", "MRO": "2", "ZWD": "2", "TPE": "0"}
    assert {code: exponents[code]["exponent"] for code in withdrawn} == withdrawn


def test_percentages_are_the_oracles() -> None:
    for case in of("percentages"):
        asked = percentage_of(case.input["percentage"])
        if asked is None:
            assert case.expected == {"error": "InvalidPercentageError"}, case
        else:
            original = None if asked == clamped(asked) else decimal(asked)
            expected = {"percentage": decimal(clamped(asked)), "clamped_from": original}
            assert case.expected == expected, case


def whole_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule with every field, its percentages in their shortest form."""
    bounds = {"minimum": 0, "cap": None, "rounding": "ROUND_HALF_UP"}
    bounds |= {name: rule[name] for name in bounds if name in rule}
    if "tiers" in rule:
        tiers = [
            {"flat": 0, **tier, "percentage": decimal(Fraction(tier["percentage"]))}
            for tier in rule["tiers"]
        ]
        return {"mode": rule["mode"], "tiers": tiers, **bounds}
    flat = rule.get("flat", 0)
    threshold = rule.get("flat_from", 0) if flat else 0
    percentage = decimal(Fraction(rule["percentage"]))
    return {"percentage": percentage, "flat": flat, "flat_from": threshold, **bounds}


def fingerprint_of(schedule: dict[str, Any]) -> str:
    whole = {"currency": schedule["currency"], "platform": whole_rule(schedule["platform"])}
    if schedule.get("marketplace", True):
        whole["merchant"] = whole_rule(schedule.get("merchant", {"percentage": "0"}))
    else:
        whole["marketplace"] = False
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def test_fingerprints_are_the_oracles() -> None:
    fingerprints = set()
    for case in of("fingerprints"):
        assert case.expected == {"fingerprint": fingerprint_of(data(case.input["schedule"]))}, case
        fingerprints.add(case.expected["fingerprint"])

    assert set(STORED) <= fingerprints


# Money as text.

SYMBOLS = {
    "en_NG": {"NGN": "₦", "USD": "US$", "EUR": "€", "INR": "₹", "JPY": "JP¥"},
    "de_DE": {"USD": "$", "EUR": "€", "INR": "₹", "JPY": "¥"},
    "en_IN": {"USD": "$", "EUR": "€", "INR": "₹", "JPY": "JP¥"},
}
EXPONENTS = {"NGN": 2, "USD": 2, "EUR": 2, "INR": 2, "JPY": 0, "KWD": 3, "IQD": 3}


def grouped(digits: str, size: int) -> str:
    """Digits in groups: the last of three, the others of a size."""
    head, tail = digits[:-3], digits[-3:]
    first = len(head) % size
    groups = [
        head[:first],
        *(head[place : place + size] for place in range(first, len(head), size)),
    ]
    return ",".join([*(group for group in groups if group), tail])


def shown(amount: int, currency: str, locale: str) -> str:
    digits = EXPONENTS[currency]
    text = str(abs(amount)).zfill(digits + 1)
    whole, fraction = (text[:-digits], f".{text[-digits:]}") if digits else (text, "")
    number = grouped(whole, 2 if locale == "en_IN" else 3) + fraction
    symbol, sign = SYMBOLS[locale].get(currency, currency), "-" if amount < 0 else ""
    if locale == "de_DE":
        return f"{sign}{number.translate(str.maketrans(',.', '.,'))}\N{NO-BREAK SPACE}{symbol}"
    space = "\N{NO-BREAK SPACE}" if symbol == currency else ""
    return f"{sign}{symbol}{space}{number}"


def test_texts_are_written_as_by_hand() -> None:
    for case in of("format"):
        amount, currency, locale = int(case.input["amount"]), *list(case.input.values())[1:]
        if locale in SYMBOLS and currency in EXPONENTS and abs(amount) <= MAX:
            assert case.expected == {"text": shown(amount, currency, locale)}, case
        else:
            assert "error" in case.expected
    errors = [case.expected["error"] for case in of("format") if "error" in case.expected]
    assert errors == [
        "InvalidAmountError",
        "InvalidAmountError",
        "NoMinorUnitError",
        "InvalidCurrencyError",
        "InvalidLocaleError",
    ]


READ = {  # the amounts in major units of the patterns that every writer can read
    5: "C 5|5 C|5C|S 5|5 S|5S|5|  5  | 5|5 |S\u00a05|S\u202f5|5\u00a0S",
    -5: "-S5|S-5|S -5|5-| - 5|\u22125",
    0: "0|00|-0",
    1_500: "1,500",
    -1_500: "\u200f-\u200e1,500",
}
READ_HUNDREDTHS = {  # of those with two decimal places, in minor units
    150: "1.5|1.50",
    0: "0.0|0.00",
    150_050: "1,500.5",
    150_000_050: "1500000.5",
    MAX: "92233720368547758.07",
    -MAX: "-92233720368547758.07",
}
READ_GROUPS = {"NGN": {"S1,500,000.50": 150_000_050}, "EUR": {"S1,500,000.50": 150_000_050}}
READ_GROUPS["INR"] = {"1,50,000": 15_000_000, "10,00,000": 100_000_000}
READ_GROUPS["JPY"] = {"9223372036854775807": MAX}


def readable(currency: str) -> dict[str, int]:
    """The amounts of the patterns that can be read in a currency, by hand."""
    unit = 10 ** EXPONENTS[currency]
    amounts = {
        pattern: major * unit for major, patterns in READ.items() for pattern in patterns.split("|")
    }
    if unit == 100:
        amounts |= {
            pattern: minor
            for minor, patterns in READ_HUNDREDTHS.items()
            for pattern in patterns.split("|")
        }
    return amounts | READ_GROUPS[currency]


def test_texts_are_read_as_by_hand() -> None:
    expected = {json.dumps(case.input): dict(case.expected) for case in of("parse")}
    for pattern, row in written():
        amount = readable(row["currency"]).get(pattern)
        output = {"error": "InvalidAmountError"} if amount is None else {"amount": str(amount)}
        assert expected.pop(json.dumps(row)) == output, row
    for case in of("format"):
        if "text" in case.expected:
            row = {"text": case.expected["text"], **dict(list(case.input.items())[1:])}
            output = {"amount": case.input["amount"]}
            assert expected.pop(json.dumps(row), output) == output
    assert [output.get("amount") or output["error"] for output in expected.values()] == [
        "500",
        "InvalidAmountError",
        "NoMinorUnitError",
        "InvalidLocaleError",
    ]


# What the cases contain.


def test_every_error_of_a_group_is_there() -> None:
    found = {(case.group, case.expected.get("error")) for case in CASES}
    groups = Counter(case.group for case in CASES)
    assert min(groups.values()) >= 100
    for group in groups:
        assert (group, None) in found or group == "rejected"
    assert len({error for group, error in found if group == "rejected"}) == 7


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def test_every_integer_is_text() -> None:
    types = {type(leaf) for case in CASES for part in case[2:] for leaf in leaves(dict(part))}
    assert types == {str, float, bool, type(None)}
    floats = {
        case.group for case in CASES for leaf in leaves(dict(case.input)) if isinstance(leaf, float)
    }
    assert floats == {"percentages"}


def test_file_keeps_to_its_schema() -> None:
    jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads(SCHEMA.read_text("utf-8"))
    document = json.loads(gzip.decompress(PATH.read_bytes()))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert schema["properties"]["version"]["const"] == document["version"] == VERSION
