"""The conformance cases are current, true by the oracle and the scalar, and hold every class of row they promise."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from kashia_money import PUBLISHED
from tests.core.test_figures import PUBLISHED_FIGURES
from tests.support import oracle
from tests.support.conformance import (
    PATH,
    AnyTerms,
    Group,
    Row,
    Terms,
    TieredTerms,
    dumps,
    every_group,
    figures,
    load,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MAX = 2**63 - 1
BY_HAND = [  # as a person worked them out: test_figures.py says how
    (0, None, None, (0, 0)),
    (1, None, None, (10_000, 0)),
    (666_666, None, None, (10_000, 0)),
    (666_699, None, None, (10_000, 0)),
    (666_700, None, None, (10_001, 0)),
    (333_333_299, None, None, (4_999_999, 0)),
    (333_333_300, None, None, (5_000_000, 0)),
    (100_000_000_000, None, None, (5_000_000, 0)),
    (50_000_000, 10, 20_000_000, (750_000, 5_000_000)),
    (50_000_000, 10, 4_999_999, (750_000, 4_999_999)),
]
GROUPS = load()
PAIRS = [(group, row) for group in GROUPS for row in group.rows]


# As the file's own "about" reads, in rational numbers.


def percentage_of(group: Group, row: Row) -> Fraction | None:
    """The percentage that a row asks for, or else its merchant's, if that has one; None if it is refused."""
    default = group.merchant.percentage if isinstance(group.merchant, Terms) else "0"
    try:
        asked = Fraction(row.percentage or default)
    except ValueError:  # NaN and infinity are no fractions
        return None
    return (
        None if (asked * 10**6).denominator > 1 else sorted((Fraction(0), asked, Fraction(20)))[1]
    )


def document(terms: AnyTerms) -> dict[str, Any]:
    """A rule as the oracle reads it."""
    if isinstance(terms, TieredTerms):
        return {**terms._asdict(), "tiers": [tier._asdict() for tier in terms.tiers]}
    return terms._asdict()


def fee(terms: AnyTerms, amount: int) -> int:
    return oracle.fee_by(document(terms), amount)


def commission(group: Group, row: Row, amount: int, percentage: Fraction) -> int:
    terms = group.merchant or Terms()
    cap = terms.cap if row.cap is None else row.cap
    if isinstance(terms, TieredTerms) and row.percentage is None:
        return fee(terms._replace(cap=cap), amount)
    return oracle.fee(amount, percentage, cap=cap, rounding=terms.rounding)


def by_oracle(group: Group, row: Row) -> tuple[int, int, int, int] | None:
    percentage = percentage_of(group, row)
    if (
        row.amount is None
        or percentage is None
        or not all(0 <= value <= MAX for value in (row.amount, row.cap or 0))
    ):
        return None
    platform_fee, merchant_fee = (
        fee(group.platform, row.amount),
        commission(group, row, row.amount, percentage),
    )
    total_fees = platform_fee + merchant_fee
    total_amount = row.amount + total_fees
    return (platform_fee, merchant_fee, total_fees, total_amount) if total_amount <= MAX else None


def test_file_is_current() -> None:
    current = PATH.read_bytes() == dumps(every_group()).encode()
    assert current, (
        "run python -m tests.support.conformance, and read the difference before you commit it"
    )


def test_what_is_loaded_is_what_was_made() -> None:
    assert every_group() == GROUPS
    assert dumps(GROUPS) == PATH.read_text("utf-8")


def test_every_row_is_the_oracles() -> None:
    assert [(group.name, row) for group, row in PAIRS if row.figures != by_oracle(group, row)] == []


def test_every_row_is_the_scalars() -> None:
    for group in GROUPS:
        schedule = group.schedule
        assert [row for row in group.rows if row.figures != figures(schedule, row[:3])] == []


def test_size() -> None:
    assert 5_000 <= len(PAIRS) <= 15_000
    assert PATH.stat().st_size < 10**6
    assert len({group.name for group in GROUPS}) == len(GROUPS)


def test_every_number_is_text() -> None:
    document = json.loads(PATH.read_text("utf-8"))
    for group in document["groups"]:
        rules = [
            rule
            for rule in (group["schedule"]["platform"], group["schedule"]["merchant"])
            if rule is not None
        ]
        tiers = [tier for rule in rules for tier in rule.pop("tiers", [])]
        values = [
            value
            for row in (*group["rows"], *tiers, *(rule.values() for rule in rules))
            for value in row
        ]
        assert {type(value) for value in values} <= {str, type(None)}
        assert {len(row) for row in group["rows"]} <= {len(document["columns"])}


def test_every_percentage_means_the_same_as_a_float() -> None:
    for group, row in PAIRS:
        if row.percentage is not None:
            printed = str(Decimal(repr(float(row.percentage))))
            assert percentage_of(group, row._replace(percentage=printed)) == percentage_of(
                group, row
            )


# What is promised, found by what the rows are and not by where they stand.


def of_percentage(percentage: Fraction) -> dict[str, bool]:
    return {
        "percentage: below 0": percentage < 0,
        "percentage: just above 20": percentage == Fraction("20.000001"),
        "percentage: above 20": percentage > 20,
        "percentage: 0": percentage == 0,
        "percentage: 20": percentage == 20,
        "percentage: the smallest there is": percentage == Fraction("0.000001"),
        "percentage: an odd fraction": (percentage / 100).denominator == 125,
        "percentage: ±2^62": abs(percentage) == 2**62,
        "percentage: no 64-bit integer in millionths": not -(2**63) <= percentage * 10**6 <= MAX,
        "percentage: 1e300": abs(percentage) == 10**300,
    }


def of_rule(terms: AnyTerms, amount: int) -> dict[str, bool]:
    plain = terms if isinstance(terms, Terms) else Terms("1.5")  # which is none of these
    percentage = Fraction(plain.percentage)
    return {
        "rule: 100 %": percentage == 100,
        "rule: nothing": terms == Terms(),
        "rule: the smallest rate there is": percentage == Fraction("0.000001"),
        "rule: an odd fraction": (percentage / 100).denominator == 125,
        "rule: flat alone": percentage == 0 and plain.flat > 0,
        "rule: minimum alone": percentage == 0 and plain.minimum > 0,
        "rule: minimum is cap": terms.minimum == terms.cap,
        "rule: cap of 0": terms.cap == 0,
        "rule: at its minimum": 0 < terms.minimum == fee(terms, amount),
        "rule: at its cap": terms.cap == fee(terms, amount),
        "rule: flat part waived": amount < plain.flat_from,
        "rule: flat part charged": 0 < plain.flat_from <= amount,
        "rule: a tie": halves(exact_platform_fee(terms, amount)),
        "rule: a tie + 1": halves(exact_platform_fee(terms, amount - 1)),
        "rule: a tie - 1": halves(exact_platform_fee(terms, amount + 1)),
        **of_tiers(terms, amount),
    }


def of_tiers(terms: AnyTerms, amount: int) -> dict[str, bool]:
    mode, tiers = (terms.mode, terms.tiers) if isinstance(terms, TieredTerms) else ("", ())
    starts = [tier.start for tier in tiers[1:]]
    fell = bool(tiers) and amount > 0 and fee(terms, amount) < fee(terms, amount - 1)
    return {
        "tiers: a volume fee that falls": fell and mode == "volume",
        **{
            f"tiers: {kind}, a start": mode == kind and amount in starts
            for kind in ("graduated", "volume")
        },
        **{
            f"tiers: {kind}, a start - 1": mode == kind and amount + 1 in starts
            for kind in ("graduated", "volume")
        },
        **{
            f"tiers: {kind}, a tie in the last": mode == kind
            and amount > max(starts, default=amount)
            and halves(exact_platform_fee(terms, amount))
            for kind in ("graduated", "volume")
        },
    }


def of_commission(percentage: Fraction, cap: int | None, amount: int) -> dict[str, bool]:
    uncapped = oracle.fee(amount, percentage)
    return {
        "commission: a tie": halves(oracle.exact_fee(amount, percentage)),
        "commission: a tie + 1": halves(oracle.exact_fee(amount - 1, percentage)),
        "commission: a tie - 1": halves(oracle.exact_fee(amount + 1, percentage)),
        "cap: 0": cap == 0,
        "cap: 2^63-1": cap == MAX,
        "cap: the fee": 0 < uncapped == cap,
        "cap: the fee + 1": 0 < uncapped + 1 == cap,
        "cap: the fee - 1": 0 < uncapped - 1 == cap,
    }


def of_amount(amount: int) -> dict[str, bool]:
    wrong = MAX > amount > 10**17 and int(amount / 10**8) != amount // 10**8
    return {
        "amount: 0": amount == 0,
        "amount: no float": int(float(amount)) != amount,
        **{
            f"amount: float division wrong, -{less}": wrong and -amount % 10**8 == less
            for less in (1, 2, 3)
        },
    }


def of_quoted(group: Group, row: Row, amount: int) -> dict[str, bool]:
    percentage = percentage_of(group, row)
    assert percentage is not None
    return {
        **of_amount(amount),
        **of_rule(group.platform, amount),
        **({} if row.percentage is None else of_percentage(Fraction(row.percentage))),
        **of_commission(percentage, row.cap, amount),
    }


def of_refused(group: Group, row: Row, amount: int) -> dict[str, bool]:
    read = percentage_of(group, row) is not None
    fits = by_oracle(group, row._replace(cap=None)) is not None
    return {
        "refused: NaN": row.percentage == "NaN",
        "refused: infinity": row.percentage in {"inf", "-inf"},
        "refused: more than six places": not read and row.percentage not in {"NaN", "inf", "-inf"},
        "refused: amount below 0": amount < 0,
        "refused: amount above 2^63-1": amount > MAX,
        "refused: cap below 0 alone": fits and row.cap is not None and row.cap < 0,
        "refused: cap above 2^63-1 alone": fits and row.cap is not None and row.cap > MAX,
        "refused: total above 2^63-1 alone": read
        and 0 <= amount <= MAX
        and 0 <= (row.cap or 0) <= MAX,
    }


def exact_platform_fee(terms: AnyTerms, amount: int) -> Fraction:
    return oracle.exact_by(document(terms), amount) if amount >= 0 else Fraction(0)


def halves(exact: Fraction) -> bool:
    return exact % 1 == Fraction(1, 2)


def labels(group: Group, row: Row) -> list[str]:
    if row.amount is None:
        return ["amount: null"]
    found = (of_refused if row.figures is None else of_quoted)(group, row, row.amount)
    return [label for label, holds in found.items() if holds]


COUNTS = Counter(label for pair in PAIRS for label in labels(*pair))
ANY = Group("any", "NGN", Terms(), None, [])
EVERY_LABEL = [
    "amount: null",
    *of_quoted(ANY, Row(1, "1", 1, None), 1),
    *of_refused(ANY, Row(1, "1", 1, None), 1),
]


@pytest.mark.parametrize("label", EVERY_LABEL)
def test_class_of_row_is_there(label: str) -> None:
    assert COUNTS[label] >= 8


def test_published_figures_and_those_worked_out_by_hand() -> None:
    group = GROUPS[0]
    assert group.schedule == PUBLISHED["NGN"]
    found = {
        (
            row.amount,
            None if row.percentage is None else Fraction(row.percentage),
            row.cap,
            row.figures,
        )
        for row in group.rows
    }
    assert found.issuperset(PUBLISHED_FIGURES)
    fees = {(amount, *link, figures and figures[:2]) for amount, *link, figures in found}
    assert fees.issuperset(BY_HAND)


def windows(bends: Callable[[AnyTerms, int], bool]) -> list[str]:
    """The groups that have every amount within three of where their platform's rule bends."""
    found = []
    for group in GROUPS:
        amounts = {row.amount for row in group.rows if row.amount is not None and row.amount <= MAX}
        bent = [
            amount for amount in sorted(amounts) if amount > 3 and bends(group.platform, amount)
        ]
        if any(amounts.issuperset(range(amount - 3, amount + 4)) for amount in bent):
            found.append(group.name)
    return found


def test_bounds_breakpoints_with_three_units_to_each_side() -> None:
    at_minimum = windows(
        lambda terms, amount: fee(terms, amount - 1) == terms.minimum < fee(terms, amount)
    )
    at_cap = windows(
        lambda terms, amount: (
            terms.cap is not None and fee(terms, amount - 1) < terms.cap == fee(terms, amount)
        )
    )
    for names in (at_minimum, at_cap):
        assert "published rule where it bends" in names
        assert {
            mode for mode in oracle.ROUND for name in names if name.startswith(f"{mode}:")
        } == set(oracle.ROUND)


def test_ends_of_machine_numbers() -> None:
    ends = {point + step for point in (2**31, 2**32, 2**53, 2**62) for step in range(-3, 4)}
    ends.update(range(MAX - 3, MAX + 1))
    assert sum(ends <= {row.amount for row in group.rows} for group in GROUPS) >= 4


def test_largest_amount_whose_total_fits() -> None:
    fits = {(group.name, *row[:3]): row.figures is not None for group, row in PAIRS}
    last = [
        group.name
        for group, row in PAIRS
        if row.figures and row.amount and fits.get((group.name, row.amount + 1, *row[1:3])) is False
    ]
    assert len(set(last)) > 50


def has_flat(terms: AnyTerms) -> bool | None:
    """Whether a rule has a flat part; None for one in tiers."""
    return terms.flat > 0 if isinstance(terms, Terms) else None


@pytest.mark.parametrize("flat", [False, True, None])
@pytest.mark.parametrize("mode", oracle.ROUND)
def test_every_mode_meets_every_fraction_and_last_digit(mode: str, flat: bool | None) -> None:
    half, least = Fraction(1, 2), Fraction(1, 10**8)
    exact = [
        exact_platform_fee(group.platform, row.amount)
        for group, row in PAIRS
        if row.figures
        and row.amount
        and group.platform.rounding == mode
        and has_flat(group.platform) == flat
    ]
    assert {value % 1 for value in exact} >= {0, least, half - least, half, half + least, 1 - least}
    assert {int(value) % 10 for value in exact if halves(value)} == set(range(10))


@pytest.mark.parametrize(("mode", "other"), list(product(oracle.ROUND, repeat=2)))
def test_modes_can_be_told_apart(mode: str, other: str) -> None:
    same = {mode, other} in (
        {mode},
        {"ROUND_CEILING", "ROUND_UP"},
        {"ROUND_FLOOR", "ROUND_DOWN"},
    )  # no fee is negative
    for flat in (False, True, None):
        assert same != any(
            fee(group.platform._replace(rounding=other), row.amount) != row.figures[0]
            for group, row in PAIRS
            if row.figures
            and row.amount
            and group.platform.rounding == mode
            and has_flat(group.platform) == flat
        )


@pytest.mark.parametrize("mode", oracle.ROUND)
def test_every_mode_is_a_merchants_too(mode: str) -> None:
    ties = {
        row.percentage is None
        for group, row in PAIRS
        if row.figures
        and row.amount
        and group.merchant is not None
        and group.merchant.rounding == mode
        if halves(row.amount * (percentage_of(group, row) or Fraction(0)) / 100)
    }
    assert ties == {True, False}


@pytest.mark.parametrize(
    ("percentage", "cap"), [(None, False), ("0", True), ("7.5", False), ("5", True)]
)
def test_every_pattern_of_nulls(percentage: str | None, cap: bool) -> None:
    patterns = {
        tuple(value is None for value in row[:3])
        for group, row in PAIRS
        if not isinstance(group.merchant, TieredTerms)
        and (group.merchant and group.merchant.percentage) == percentage
        if cap == (group.merchant is not None and group.merchant.cap is not None)
    }
    assert len(patterns) == 8


def test_empty_and_null_columns() -> None:
    assert any(group.rows == [] for group in GROUPS)
    assert any(group.rows and set(group.rows) == {Row(None, None, None, None)} for group in GROUPS)


@pytest.mark.parametrize(("bits", "signed"), list(product((8, 16, 32, 64), (True, False))))
def test_columns_of_every_integer_type(bits: int, signed: bool) -> None:
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    full = 0
    for group in GROUPS:
        integers = {
            value for row in group.rows for value in (row.amount, row.cap) if value is not None
        }
        full += bool(integers) and (min(integers), max(integers)) == (least, most)
    assert full >= 2
