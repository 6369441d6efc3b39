"""Proofs of the planned formula, for every amount and every rule that can be made.

The formula itself runs on integers that mean every integer; see `tests.support.symbolic`. A lemma
takes the band that the amount is in: its start, fee and rate are any that a rule can have. Another
lemma says that the formula reads this band's values, of three bands. The shorter ways that the
formula takes where several bands agree are left to `tests.columns.test_formula`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest

from kashia_money import FeeRule, Rounding, Tier
from kashia_money._columns import formula
from kashia_money._core.curve import Band, Curve
from kashia_money._core.fields import MAX_COMMISSION
from kashia_money._core.rounding import OFFSETS, SCALE
from tests.support import oracle
from tests.support.symbolic import MAX, Field, ProofWriter, Prover, Value
from tests.support.writers import IntegerWriter, Natural

if TYPE_CHECKING:
    from tests.support.symbolic import Claim, Program

HALF = SCALE // 2


# What is false, by hand: the net is the amount without its fee.


def test_net_falls_under_half_even_at_100_percent() -> None:
    """Each amount from 1 is a tie: the fees are 1 - 0.5 and 2 - 0.5, rounded to 0 and 2."""
    rule = FeeRule.graduated([Tier(0, 50), Tier(1, 100)], rounding=Rounding.HALF_EVEN)

    assert [rule.fee(amount) for amount in (1, 2, 3, 4)] == [0, 2, 2, 4]
    assert [rule.net(amount) for amount in (1, 2, 3, 4)] == [1, 0, 1, 0]


def test_net_falls_where_the_flat_part_starts() -> None:
    """Amounts below 1000 do not pay the flat part of 100."""
    rule = FeeRule(1, flat=100, flat_from=1_000)

    assert [rule.fee(amount) for amount in (999, 1_000)] == [10, 110]
    assert [rule.net(amount) for amount in (999, 1_000)] == [989, 890]


def test_net_falls_where_a_volume_tier_raises_the_fee() -> None:
    rule = FeeRule.volume([Tier(0, 1), Tier(1_000, 2)])

    assert [rule.fee(amount) for amount in (999, 1_000)] == [10, 20]
    assert [rule.net(amount) for amount in (999, 1_000)] == [989, 980]


def test_total_falls_where_a_volume_tier_lowers_the_fee() -> None:
    """The fee falls by more than the amount rises. So the net does not fall there."""
    rule = FeeRule.volume([Tier(0, 2), Tier(1_000, 1)])

    assert [rule.fee(amount) for amount in (999, 1_000)] == [20, 10]
    assert [amount + rule.fee(amount) for amount in (999, 1_000)] == [1_019, 1_010]
    assert [rule.net(amount) for amount in (999, 1_000)] == [979, 990]


# A rule's fields, and the fee by definition.


class Plan(NamedTuple):
    """The fields of a `Curve`, whose compiled form holds ints only."""

    bands: tuple[Any, ...]
    minimum: Any
    cap: Any
    rounding: Rounding
    single_rate: Any


def plan(
    bands: tuple[Any, ...],
    minimum: Any,
    cap: Any,
    rounding: Rounding,
    single_rate: Any = None,
) -> Curve:
    return cast("Curve", Plan(bands, minimum, cap, rounding, single_rate))


class Case(NamedTuple):
    """Any amount, and any fields of the curve and of the band that it is in.

    Each is a `Field`, or an int where a lemma is about one number.
    """

    amount: Any
    start: Any
    fee: Any
    rate: Any
    minimum: Any
    cap: Any

    def curve(self, rounding: Rounding, single_rate: Any = None) -> Curve:
        """Return the curve that has only the amount's band."""
        bands = (Band(self.start, self.fee, self.rate),)
        return plan(bands, self.minimum, self.cap, rounding, single_rate)


def any_case(prover: Prover, rate: int | None = None) -> Case:
    """Return fields with the bounds of every rule that can be made, or of one rate."""
    case = Case(*map(prover.field, Case._fields))
    flat = prover.field("flat")
    prover.assume(case.start >= 0, case.amount >= case.start, case.amount <= MAX)
    prover.assume(case.minimum >= 0, case.minimum <= case.cap, case.cap <= MAX)
    prover.assume(case.fee >= 0, flat >= 0, flat <= MAX)
    if rate is None:
        prover.assume(case.rate >= 0, case.rate <= SCALE)
        prover.know_product(MAX - case.amount, case.rate)
        prover.know_product(case.amount - case.start, case.rate)
    else:
        case = case._replace(rate=rate)
    if case.start == 0:
        # Without this, half even would take 2⁶³ for a step: see the test below.
        case = case._replace(start=0, fee=flat * SCALE)
    return case


def planned(case: Case, rounding: Rounding, writer: ProofWriter) -> Field:
    """Return the fee by the formula."""
    prover = writer.prover
    return prover.number(formula.fee(writer, case.curve(rounding), prover.row(case.amount)))


def exact(case: Case) -> Any:
    """Return the fee before it is rounded and limited, in 10⁻⁸ minor units."""
    return case.fee + (case.amount - case.start) * case.rate


def defined(case: Case, rounding: Rounding) -> Any:
    """Return the fee by definition: rounded once, then limited; 0 for amount 0."""
    if case.amount == 0:
        return case.amount * 0
    fee = rounded(exact(case), rounding)
    if fee < case.minimum:
        return case.minimum
    return case.cap if fee > case.cap else fee


def rounded(exact_e8: Field, rounding: Rounding) -> Field:
    """Return whole minor units: the lower neighbour, or the upper one."""
    lower = exact_e8 // SCALE
    return lower + 1 if is_rounded_up(lower, exact_e8 - lower * SCALE, rounding) else lower


def is_rounded_up(lower: Field, rest: Field, rounding: Rounding) -> bool | Claim:
    match rounding:
        case Rounding.CEILING | Rounding.UP:
            return rest > 0
        case Rounding.FLOOR | Rounding.DOWN:
            return False
        case Rounding.HALF_UP:
            return rest >= HALF
        case Rounding.HALF_DOWN:
            return rest > HALF
        case Rounding.HALF_EVEN:
            return rest > HALF or (rest == HALF and lower % 2 == 1)


# The lemmas.

every_rounding = pytest.mark.parametrize("rounding", Rounding, ids=lambda mode: mode.name)


@pytest.fixture
def prover() -> Prover:
    pytest.importorskip("z3", reason="z3 is not installed: pip install z3-solver")
    return Prover()


def staged(
    rounding: Rounding,
    writer: type[ProofWriter] = ProofWriter,
    rate: int | None = None,
) -> Program:
    def program(prover: Prover) -> dict[str, Claim]:
        case = any_case(prover, rate)
        fee = planned(case, rounding, writer(prover))
        return {"staged equals exact": fee == defined(case, rounding)}

    return program


@every_rounding
def test_formula_is_the_definition_without_overflow(prover: Prover, rounding: Rounding) -> None:
    """The fee is the exact fee, rounded once and limited, and no step leaves 0 to 2⁶³-1.

    This holds for every amount, start, fee, rate, minimum and cap, in any branch, taken or not.
    """
    assert prover.failures(staged(rounding)) == []


@pytest.mark.parametrize("own_rate", [False, True])
def test_formula_reads_the_amounts_band(prover: Prover, own_rate: bool) -> None:
    """With three bands, the formula takes the value of the last one that starts at or below.

    A row that has a rate takes the other value.
    """

    def program(prover: Prover) -> dict[str, Claim]:
        amount, rate, own = map(prover.field, ("amount", "rate", "own"))
        starts: list[Any] = [0, prover.field("start1"), prover.field("start2")]
        values: list[Any] = [prover.field(f"value{band}") for band in range(3)]
        prover.assume(starts[1] > 0, starts[2] > starts[1], starts[2] <= MAX)
        prover.assume(*[value >= 0 for value in (amount, own, *values)], rate >= -1)
        prover.assume(*[value <= MAX for value in (amount, own, rate, *values)])
        bands = tuple(Band(start, 0, value) for start, value in zip(starts, values, strict=True))
        row_rate = prover.row(rate) if own_rate else None
        curve = plan(bands, 0, MAX, Rounding.DOWN)
        table = formula._Table(ProofWriter(prover), curve, prover.row(amount), row_rate)
        found: Any = table.find(lambda band: band.rate, prover.row(own))
        expected = values[sum(1 for start in starts[1:] if amount >= start)]
        if own_rate and rate >= 0:
            expected = own
        return {"value": prover.number(found) == expected}

    assert prover.failures(program) == []


@pytest.mark.parametrize(
    ("rounding", "own"),
    [
        (Rounding.HALF_UP, "rate"),
        (Rounding.HALF_UP, "cap"),
        *((rounding, "rate and cap") for rounding in Rounding),
    ],
)
def test_rows_rate_and_cap_replace_the_curves(prover: Prover, rounding: Rounding, own: str) -> None:
    """The same with a commission, and each row's rate from 0 to 20 %, or its cap, or both.

    The formula rounds before it limits, so one rounding is enough for only a rate or only a cap.
    """

    def program(prover: Prover) -> dict[str, Claim]:
        case, single_rate = any_commission(prover)
        rate, cap = prover.field("own_rate"), prover.field("own_cap")
        prover.assume(rate >= (-1 if single_rate is None else 0), rate <= MAX_COMMISSION)
        prover.assume(cap >= 0, cap <= MAX)
        rates = prover.row(rate) if "rate" in own else None
        caps = prover.row(cap) if "cap" in own else None
        curve, amount = case.curve(rounding, single_rate), prover.row(case.amount)
        fee = formula.fee(ProofWriter(prover), curve, amount, rates, caps)
        if caps is not None:
            case = case._replace(cap=cap)
        if rates is not None and rate >= 0:
            case = case._replace(start=0, fee=case.amount * 0, rate=rate)
        return {"the row's fee": prover.number(fee) == defined(case, rounding)}

    assert prover.failures(program) == []


def any_commission(prover: Prover) -> tuple[Case, Any]:
    """Return fields with the bounds of every commission, and its single rate or None."""
    case = Case(*map(prover.field, Case._fields))._replace(minimum=0)
    tiers = prover.field("tiers")
    prover.assume(case.start >= 0, case.amount >= case.start, case.amount <= MAX)
    prover.assume(case.rate >= 0, case.rate <= MAX_COMMISSION, case.cap >= 0, case.cap <= MAX)
    prover.assume(case.fee >= 0, case.fee <= case.start * MAX_COMMISSION)
    prover.know_product(MAX - case.amount, case.rate)
    if case.start == 0:
        single_rate = case.rate if tiers == 1 else None
        return case._replace(start=0, fee=tiers * 0), single_rate
    return case, None


class Pair(NamedTuple):
    """Two amounts of one band, and their fees by the definition, which the formula equals."""

    amount: Field
    later: Field
    fee: Field
    later_fee: Field

    @classmethod
    def any(cls, prover: Prover, rounding: Rounding, gap: int | None = None) -> Pair:
        case = any_case(prover)
        later = prover.field("later") if gap is None else case.amount + gap
        prover.assume(later > case.amount, later <= MAX)
        prover.know_product(later - case.amount, case.rate)
        fees = [defined(case._replace(amount=amount), rounding) for amount in (case.amount, later)]
        return cls(case.amount, later, *fees)


@every_rounding
def test_fee_never_falls_in_a_band(prover: Prover, rounding: Rounding) -> None:
    def program(prover: Prover) -> dict[str, Claim]:
        pair = Pair.any(prover, rounding)
        return {"fee": pair.later_fee >= pair.fee}

    assert prover.failures(program) == []


@every_rounding
def test_total_always_rises_in_a_band(prover: Prover, rounding: Rounding) -> None:
    def program(prover: Prover) -> dict[str, Claim]:
        pair = Pair.any(prover, rounding)
        return {"total": pair.later + pair.later_fee > pair.amount + pair.fee}

    assert prover.failures(program) == []


@every_rounding
def test_net_never_falls_in_a_band_below_100_percent(prover: Prover, rounding: Rounding) -> None:
    """From amount 1 on, in steps of 1. Only half even needs a rate below 100 %."""

    def program(prover: Prover) -> dict[str, Claim]:
        pair = Pair.any(prover, rounding, gap=1)
        prover.assume(pair.amount >= 1)
        if rounding is Rounding.HALF_EVEN:
            prover.assume(prover.field("rate") < SCALE)
        return {"net": pair.later - pair.later_fee >= pair.amount - pair.fee}

    assert prover.failures(program) == []


# The solver finds what is false.


def neighbours(rule: FeeRule) -> Program:
    """An amount from 1, and the next one, by the formula."""

    def program(prover: Prover) -> dict[str, Claim]:
        amount = prover.field("amount")
        later = amount + 1
        prover.assume(amount >= 1, later <= MAX)
        fee, later_fee = (
            prover.number(formula.fee(ProofWriter(prover), rule._curve, prover.row(number)))
            for number in (amount, later)
        )
        return {
            "fee": later_fee >= fee,
            "total": later + later_fee > amount + fee,
            "net": later - later_fee >= amount - fee,
        }

    return program


def refuted(prover: Prover, rule: FeeRule) -> set[str]:
    """Return the claims that have a counterexample, each checked by the rule itself."""
    failures = prover.failures(neighbours(rule))
    for claim, example in failures:
        amount = example["amount"]
        fees = rule.fee(amount), rule.fee(amount + 1)
        holds = {
            "fee": fees[1] >= fees[0],
            "total": fees[1] + 1 > fees[0],
            "net": fees[1] - fees[0] <= 1,
        }
        assert not holds[claim], (claim, amount)
    return {failure.claim for failure in failures}


@pytest.mark.parametrize(
    ("rule", "claims"),
    [
        (FeeRule("2.9", flat=30, minimum=50, cap=10_000), set()),
        (FeeRule.graduated([Tier(0, "2.5"), Tier(100_000, 1)]), set()),
        (FeeRule.graduated([Tier(0, 50), Tier(1, 100)], rounding=Rounding.HALF_UP), set()),
        (FeeRule.graduated([Tier(0, 50), Tier(1, 100)], rounding=Rounding.HALF_EVEN), {"net"}),
        (FeeRule(1, flat=100, flat_from=1_000), {"net"}),
        (FeeRule.volume([Tier(0, 1), Tier(1_000, 2)]), {"net"}),
        (FeeRule.volume([Tier(0, 2), Tier(1_000, 1)]), {"fee", "total"}),
    ],
    ids=["simple", "graduated", "half up", "half even", "waiver", "rising tier", "falling tier"],
)
def test_prover_refutes_what_is_false(prover: Prover, rule: FeeRule, claims: set[str]) -> None:
    assert refuted(prover, rule) == claims


# The prover finds what is broken. At one rate, each counterexample is true.

RATE = 1_500_000


def by_oracle(example: dict[str, int], rounding: Rounding) -> int:
    exact_e8 = example["fee"] + (example["amount"] - example["start"]) * RATE
    fee = Fraction(exact_e8, SCALE)
    return oracle.bounded(example["amount"], fee, example["minimum"], example["cap"], rounding)


def by_integers(example: dict[str, int], rounding: Rounding, rate: int = RATE) -> int:
    band = Band(example["start"], example["fee"], rate)
    curve = Curve((band,), example["minimum"], example["cap"], rounding)
    return formula.fee(IntegerWriter(), curve, Natural(example["amount"])).value


def test_prover_finds_a_wrong_addend(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    """With half down's addend in place of half up's."""
    wrong = {**OFFSETS, Rounding.HALF_UP: HALF - 1}
    monkeypatch.setattr(formula, "OFFSETS", wrong)

    failures = prover.failures(staged(Rounding.HALF_UP, rate=RATE))

    assert {failure.claim for failure in failures} == {"staged equals exact"}
    examples = [failure.example for failure in failures if failure.example]
    assert examples
    for example in examples:
        if example["start"] == 0:
            example["fee"] = example["flat"] * SCALE  # as in `any_case`
        assert by_integers(example, Rounding.HALF_UP) != by_oracle(example, Rounding.HALF_UP)


class RoundingUp(ProofWriter):
    """Divides as an engine that rounds a quotient up.

    Above 45 % the formula corrects a quotient by its remainder, so this needs a lower rate.
    """

    def div(self, value: Value, by: int) -> Value:
        return super().div(value + (by - 1), by)


def test_prover_finds_a_division_that_rounds_up(prover: Prover) -> None:
    failures = prover.failures(staged(Rounding.DOWN, RoundingUp, rate=RATE))

    assert "staged equals exact" in {failure.claim for failure in failures}


def test_prover_finds_a_step_beyond_64_bits(prover: Prover) -> None:
    """If a rule could charge half a minor unit for amount 0, half even would overflow at 100 %."""

    def program(prover: Prover) -> dict[str, Claim]:
        amount = prover.field("amount")
        prover.assume(amount >= 0, amount <= MAX)
        curve = plan((Band(0, HALF, SCALE),), 0, MAX, Rounding.HALF_EVEN)
        formula.fee(ProofWriter(prover), curve, prover.row(amount))
        return {}

    failures = prover.failures(program)

    assert {failure.example["amount"] for failure in failures} == {MAX}
    with pytest.raises(OverflowError):
        by_integers(
            {"amount": MAX, "start": 0, "fee": HALF, "minimum": 0, "cap": MAX},
            Rounding.HALF_EVEN,
            rate=SCALE,
        )
