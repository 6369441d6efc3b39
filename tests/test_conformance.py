"""The conformance file is current, agrees with the oracle, and has every class of row."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from kashia_money import PUBLISHED
from tests.core.test_figures import BY_HAND, PUBLISHED_FIGURES
from tests.support import oracle
from tests.support.conformance import PATH, Group, Row, dumps, every_group, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.conformance import Document, Figures

MAX = 2**63 - 1
HALF = Fraction(1, 2)
TINY = Fraction(1, 10**8)  # the smallest part of a fee
TEXT = PATH.read_text("utf-8")
GROUPS = load()
PAIRS = [(group, row) for group in GROUPS for row in group.rows]
PRICED = [(group, row.amount, row.figures) for group, row in PAIRS if row.amount and row.figures]


# The file's "about", in rational numbers.

NO_RULE: Document = {"percentage": "0", "flat": 0, "flat_from": 0, "minimum": 0, "cap": None}
NO_RULE["rounding"] = "ROUND_HALF_UP"


def merchant_of(group: Group) -> Document:
    rule: Document = group.document.get("merchant", NO_RULE)
    return rule


def percentage_of(group: Group, row: Row) -> Fraction | None:
    """The percentage of a row, otherwise of its merchant without tiers; None if it is rejected."""
    try:
        percentage = Fraction(row.percentage or merchant_of(group).get("percentage", "0"))
    except ValueError:  # NaN and infinity are not fractions
        return None
    if (percentage * 10**6).denominator > 1:
        return None
    return sorted((Fraction(0), percentage, Fraction(20)))[1]


def commission(group: Group, row: Row, amount: int, percentage: Fraction) -> int:
    rule = merchant_of(group)
    cap = rule["cap"] if row.cap is None else row.cap
    if "tiers" in rule and row.percentage is None:
        return oracle.fee_by({**rule, "cap": cap}, amount)
    return oracle.fee(amount, percentage, cap=cap, rounding=rule["rounding"])


def by_oracle(group: Group, row: Row) -> Figures | None:
    percentage = percentage_of(group, row)
    if row.amount is None or percentage is None:
        return None
    if not all(0 <= value <= MAX for value in (row.amount, row.cap or 0)):
        return None
    platform_fee = oracle.fee_by(group.document["platform"], row.amount)
    merchant_fee = commission(group, row, row.amount, percentage)
    total_fees = platform_fee + merchant_fee
    total_amount = row.amount + total_fees
    return (platform_fee, merchant_fee, total_fees, total_amount) if total_amount <= MAX else None


def test_every_group_is_in_the_file() -> None:
    current = dumps(every_group())

    assert current.encode() == PATH.read_bytes(), (
        "run python -m tests.support.conformance, and read the difference before you commit it"
    )


def test_load_returns_every_group() -> None:
    assert load() == every_group()


def test_rows_match_the_oracle() -> None:
    assert [(group.name, row) for group, row in PAIRS if row.figures != by_oracle(group, row)] == []


def test_rows_contain_published_figures() -> None:
    group = GROUPS[0]
    links = {
        (row.amount, row.percentage and Fraction(row.percentage), row.cap, row.figures or ())
        for row in group.rows
    }

    assert group.schedule == PUBLISHED["NGN"]
    assert links >= set(PUBLISHED_FIGURES)
    assert {(*link, figures[:2]) for *link, figures in links} >= set(BY_HAND)


def test_file_is_of_moderate_size() -> None:
    assert 5_000 <= len(PAIRS) <= 15_000
    assert PATH.stat().st_size < 10**6


def test_groups_have_different_names() -> None:
    assert len({group.name for group in GROUPS}) == len(GROUPS)


def test_file_writes_every_number_as_text() -> None:
    numbers: list[str] = []
    document = json.loads(TEXT, parse_int=numbers.append, parse_float=numbers.append)

    assert numbers == []
    assert {len(row) for group in document["groups"] for row in group["rows"]} == {
        len(document["columns"])
    }


def test_percentages_of_rows_survive_a_float() -> None:
    for group, row in PAIRS:
        if row.percentage is not None:
            printed = str(Decimal(repr(float(row.percentage))))

            assert percentage_of(group, row._replace(percentage=printed)) == percentage_of(
                group, row
            )


# The classes of rows, by the row and not by its group.


def ties(exact: Callable[[int], Fraction], amount: int) -> dict[str, bool]:
    """Whether the exact fee on an amount, or on one next to it, has the fraction ½."""
    return {
        "a tie": exact(amount) % 1 == HALF,
        "a tie + 1": amount > 0 and exact(amount - 1) % 1 == HALF,
        "a tie - 1": exact(amount + 1) % 1 == HALF,
    }


def of_percentage(percentage: Fraction) -> dict[str, bool]:
    return {
        "below 0": percentage < 0,
        "just above 20": percentage == Fraction("20.000001"),
        "above 20": percentage > 20,
        "0": percentage == 0,
        "20": percentage == 20,
        "the smallest": percentage == Fraction("0.000001"),
        "an odd fraction": (percentage / 100).denominator == 125,
        "±2^62": abs(percentage) == 2**62,
        "beyond 64 bits in millionths": not -(2**63) <= percentage * 10**6 <= MAX,
        "1e300": abs(percentage) == 10**300,
    }


def of_rule(rule: Document, amount: int) -> dict[str, bool]:
    minimum, cap = rule["minimum"], rule["cap"]
    return {
        "nothing": rule == NO_RULE,
        "minimum is cap": minimum == cap,
        "cap of 0": cap == 0,
        "at its minimum": 0 < minimum == oracle.fee_by(rule, amount),
        "at its cap": cap == oracle.fee_by(rule, amount),
        **ties(lambda each: oracle.exact_by(rule, each), amount),
    }


def of_one_percentage(rule: Document, amount: int) -> dict[str, bool]:
    # With tiers, a rule that is in none of these classes.
    plain = {**NO_RULE, "percentage": "1.5"} if "tiers" in rule else rule
    percentage = Fraction(plain["percentage"])
    return {
        "100 %": percentage == 100,
        "the smallest rate": percentage == Fraction("0.000001"),
        "an odd fraction": (percentage / 100).denominator == 125,
        "only a flat part": percentage == 0 < plain["flat"],
        "only a minimum": percentage == 0 < plain["minimum"],
        "flat part waived": amount < plain["flat_from"],
        "flat part charged": 0 < plain["flat_from"] <= amount,
    }


def of_tiers(mode: str, rule: Document, amount: int) -> dict[str, bool]:
    tiers = rule["tiers"] if rule.get("mode") == mode else []
    starts = [tier["start"] for tier in tiers[1:]]
    in_last = amount > max(starts, default=amount)
    return {
        "a start": amount in starts,
        "a start - 1": amount + 1 in starts,
        "a tie in the last": in_last and oracle.exact_by(rule, amount) % 1 == HALF,
    }


def falls(rule: Document, amount: int) -> bool:
    if rule.get("mode") != "volume" or amount == 0:
        return False
    return oracle.fee_by(rule, amount) < oracle.fee_by(rule, amount - 1)


def of_commission(percentage: Fraction, cap: int | None, amount: int) -> dict[str, bool]:
    uncapped = oracle.fee(amount, percentage)
    return {
        **ties(lambda each: oracle.exact_fee(each, percentage), amount),
        "cap of 0": cap == 0,
        "cap of 2^63-1": cap == MAX,
        "cap at the fee": 0 < uncapped == cap,
        "cap at the fee + 1": 0 < uncapped + 1 == cap,
        "cap at the fee - 1": 0 < uncapped - 1 == cap,
    }


def of_amount(amount: int) -> dict[str, bool]:
    wrong = MAX > amount > 10**17 and int(amount / 10**8) != amount // 10**8
    return {
        "0": amount == 0,
        "not a float": int(float(amount)) != amount,
        "float division wrong, -1": wrong and -amount % 10**8 == 1,
        "float division wrong, -2": wrong and -amount % 10**8 == 2,
        "float division wrong, -3": wrong and -amount % 10**8 == 3,
    }


def of_priced(group: Group, row: Row, amount: int) -> dict[str, dict[str, bool]]:
    rule = group.document["platform"]
    percentage = percentage_of(group, row)
    assert percentage is not None
    return {
        "amount": of_amount(amount),
        "rule": {**of_rule(rule, amount), **of_one_percentage(rule, amount)},
        "graduated": of_tiers("graduated", rule, amount),
        "volume": {**of_tiers("volume", rule, amount), "a fee that falls": falls(rule, amount)},
        "percentage": {} if row.percentage is None else of_percentage(Fraction(row.percentage)),
        "commission": of_commission(percentage, row.cap, amount),
    }


def of_rejected(group: Group, row: Row, amount: int) -> dict[str, dict[str, bool]]:
    valid = percentage_of(group, row) is not None
    fits = by_oracle(group, row._replace(cap=None)) is not None
    cap = row.cap or 0
    not_finite = row.percentage in {"NaN", "inf", "-inf"}
    in_range = valid and 0 <= amount <= MAX and 0 <= cap <= MAX
    return {
        "rejected": {
            "NaN": row.percentage == "NaN",
            "infinity": row.percentage in {"inf", "-inf"},
            "more than six places": not valid and not not_finite,
            "amount below 0": amount < 0,
            "amount above 2^63-1": amount > MAX,
            "only cap below 0": fits and cap < 0,
            "only cap above 2^63-1": fits and cap > MAX,
            "only total above 2^63-1": in_range,
        }
    }


def classes(group: Group, row: Row) -> dict[str, bool]:
    if row.amount is None:
        return {"amount: null": True}
    kinds = (of_rejected if row.figures is None else of_priced)(group, row, row.amount)
    return {f"{kind}: {name}": holds for kind, of in kinds.items() for name, holds in of.items()}


COUNTS = Counter(name for pair in PAIRS for name, holds in classes(*pair).items() if holds)
ANY = Group("any", {"platform": NO_RULE}, [])
EVERY_CLASS = [
    name
    for row in (Row(None, None, None, None), Row(1, "1", 1, (0,)), Row(1, "1", 1, None))
    for name in classes(ANY, row)
]


@pytest.mark.parametrize("name", EVERY_CLASS)
def test_rows_include_the_class(name: str) -> None:
    assert COUNTS[name] >= 8


def windows(is_breakpoint: Callable[[Document, int], bool]) -> list[str]:
    """The groups that have all seven amounts around a breakpoint of their platform's rule."""
    names = []
    for group in GROUPS:
        amounts = {row.amount for row in group.rows if row.amount is not None and row.amount <= MAX}
        points = [
            amount
            for amount in amounts
            if amount > 3 and is_breakpoint(group.document["platform"], amount)
        ]
        if any(amounts.issuperset(range(point - 3, point + 4)) for point in points):
            names.append(group.name)
    return names


def minimum_ends(rule: Document, amount: int) -> bool:
    before, fee = oracle.fee_by(rule, amount - 1), oracle.fee_by(rule, amount)
    return bool(before == rule["minimum"] < fee)


def cap_starts(rule: Document, amount: int) -> bool:
    before, fee = oracle.fee_by(rule, amount - 1), oracle.fee_by(rule, amount)
    return bool(before < fee == rule["cap"])


@pytest.mark.parametrize("is_breakpoint", [minimum_ends, cap_starts])
def test_rows_surround_breakpoints(is_breakpoint: Callable[[Document, int], bool]) -> None:
    names = windows(is_breakpoint)

    assert "published rule where it bends" in names
    assert {mode for mode in oracle.ROUND for name in names if name.startswith(f"{mode}:")} == set(
        oracle.ROUND
    )


def test_rows_reach_the_ends_of_machine_numbers() -> None:
    ends = {point + step for point in (2**31, 2**32, 2**53, 2**62) for step in range(-3, 4)}
    ends.update(range(MAX - 3, MAX + 1))

    assert sum(ends <= {row.amount for row in group.rows} for group in GROUPS) >= 4


def test_rows_contain_the_largest_amount_that_fits() -> None:
    rejected = {(group.name, *row[:3]) for group, row in PAIRS if row.figures is None}
    groups = {
        group.name
        for group, row in PAIRS
        if row.figures and row.amount and (group.name, row.amount + 1, *row[1:3]) in rejected
    }

    assert len(groups) > 50


def has_flat(rule: Document) -> bool | None:
    """Whether a rule has a flat part; None if it has tiers."""
    return None if "tiers" in rule else rule["flat"] > 0


def priced_by(mode: str, flat: bool | None) -> list[tuple[Document, int, Any]]:
    platforms = [(group.document["platform"], amount, figures) for group, amount, figures in PRICED]
    return [row for row in platforms if row[0]["rounding"] == mode and has_flat(row[0]) == flat]


@pytest.mark.parametrize("flat", [False, True, None])
@pytest.mark.parametrize("mode", oracle.ROUND)
def test_rows_of_a_mode_have_every_fraction_and_last_digit(mode: str, flat: bool | None) -> None:
    exact = [oracle.exact_by(rule, amount) for rule, amount, _ in priced_by(mode, flat)]

    assert {fee % 1 for fee in exact} >= {0, TINY, HALF - TINY, HALF, HALF + TINY, 1 - TINY}
    assert {int(fee) % 10 for fee in exact if fee % 1 == HALF} == set(range(10))


@pytest.mark.parametrize("flat", [False, True, None])
@pytest.mark.parametrize(("mode", "other"), list(product(oracle.ROUND, repeat=2)))
def test_rows_distinguish_modes(mode: str, other: str, flat: bool | None) -> None:
    same = [{mode}, {"ROUND_CEILING", "ROUND_UP"}, {"ROUND_FLOOR", "ROUND_DOWN"}]
    differ = any(
        oracle.fee_by({**rule, "rounding": other}, amount) != figures[0]
        for rule, amount, figures in priced_by(mode, flat)
    )

    assert differ == ({mode, other} not in same)  # a fee is never negative


@pytest.mark.parametrize("mode", oracle.ROUND)
def test_rows_of_a_merchants_mode_have_ties(mode: str) -> None:
    """Under the row's percentage and under the merchant's."""
    overridden = {
        row.percentage is not None
        for group, row in PAIRS
        if row.figures and row.amount and "merchant" in group.document
        if merchant_of(group)["rounding"] == mode
        if row.amount * (percentage_of(group, row) or 0) / 100 % 1 == HALF
    }

    assert overridden == {True, False}


@pytest.mark.parametrize(
    ("percentage", "cap"), [(None, False), ("0", True), ("7.5", False), ("5", True)]
)
def test_rows_have_every_pattern_of_nulls(percentage: str | None, cap: bool) -> None:
    """With and without a merchant, and with and without its cap."""
    defaults: list[tuple[Document, Row]] = [
        (group.document.get("merchant", {"percentage": None, "cap": None}), row)
        for group, row in PAIRS
    ]
    patterns = {
        tuple(value is None for value in row[:3])
        for merchant, row in defaults
        if merchant.get("percentage", "tiers") == percentage
        if (merchant["cap"] is not None) == cap
    }

    assert len(patterns) == 8


def test_groups_include_empty_and_null_columns() -> None:
    assert any(group.rows == [] for group in GROUPS)
    assert any(group.rows and set(group.rows) == {Row(None, None, None, None)} for group in GROUPS)


@pytest.mark.parametrize(("bits", "signed"), list(product((8, 16, 32, 64), (True, False))))
def test_groups_fill_each_integer_type(bits: int, signed: bool) -> None:
    most = 2 ** (bits - signed) - 1
    least = -most - 1 if signed else 0
    columns = [
        [value for row in group.rows for value in (row.amount, row.cap) if value is not None]
        for group in GROUPS
    ]

    assert sum(bool(c) and (min(c), max(c)) == (least, most) for c in columns) >= 2
