"""The explanation reproduces the quote, and says in words what it says in figures."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kashia_money import (
    FeeExplanation,
    FeePart,
    FeeRule,
    FeeSchedule,
    Quote,
    Rounding,
    commission,
    describe,
    format_minor,
    quote,
)
from kashia_money._core.serialization import read_rule
from tests.support import oracle
from tests.support.strategies import amounts, caps, commissions, quotes, schedules


@given(schedules, amounts, st.none() | commissions, caps)
def test_explain_reproduces_the_quote(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    for step in made.explain():
        rule = step.rule
        assert step.fee == getattr(made, step.name)
        assert step.amount == amount
        if amount > 0:
            exact = oracle.exact_by(rule.to_dict(), amount)
            assert Fraction(step.exact) == exact
            assert step.rounded == oracle.ROUND[rule.rounding.value](exact)
            bounds = {"percentage": step.rounded, "minimum": rule.minimum, "cap": rule.cap}
            assert step.fee == bounds[step.basis]
        else:
            assert step.exact == step.rounded == step.fee == 0

    assert made.explain()[1].rule.clamped_from == made.schedule.merchant.clamped_from


@given(schedules, amounts, st.none() | commissions, caps)
def test_describe_contains_every_figure(
    schedule: FeeSchedule, amount: int, percentage: Decimal | None, cap: int | None
) -> None:
    made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    seller, *fees, buyer = describe(made)
    assert format_minor(made.amount, made.currency) in seller
    assert format_minor(made.total_amount, made.currency) in buyer
    assert format_minor(made.total_fees, made.currency) in buyer
    for sentence, step in zip(fees, made.explain(), strict=True):
        if step.fee:
            last = re.findall(r"[^ ]*\d[^ ]*", sentence.replace("\N{NO-BREAK SPACE}", "_"))[
                -1
            ].rstrip(".,")
            assert format_minor(step.fee, made.currency).replace("\N{NO-BREAK SPACE}", "_") == last


def sentences(made: Quote) -> tuple[str, str]:
    _, platform, merchant, _ = describe(made)
    return platform, merchant


@pytest.mark.parametrize(
    ("made", "platform", "merchant"),
    [
        (quote(0), "There is no platform fee, because nothing is sold.", "There is no commission, because nothing is sold."),
        (
            quote(666_699),
            "The platform fee is 1.5 % of ₦6,666.99, which is ₦100.00485, rounded to ₦100.00.",
            "There is no commission.",
        ),
        (
            quote(100, merchant_fee_percentage=25),
            "The platform fee is 1.5 % of ₦1.00, which is ₦0.015, rounded to ₦0.02. It is raised to the minimum of ₦100.00.",
            "The commission of 25 % is outside 0-20 %, so it is taken as 20 %. It is 20 % of ₦1.00, which is ₦0.20.",
        ),
        (
            quote(10**9, merchant_fee_percentage=10, merchant_fee_cap=500),
            "The platform fee is 1.5 % of ₦10,000,000.00, which is ₦150,000.00. It is capped at ₦50,000.00.",
            "The commission is 10 % of ₦10,000,000.00, which is ₦1,000,000.00. It is capped at ₦5.00.",
        ),
        (
            FeeSchedule("NGN", FeeRule("1.5", flat=100_00, flat_from=2_500_00), commission(0)).quote(250_000),
            "The platform fee is 1.5 % of ₦2,500.00 plus ₦100.00, which is ₦137.50.",
            "There is no commission.",
        ),
    ],
)  # fmt: skip
def test_describe_by_hand(made: Quote, platform: str, merchant: str) -> None:
    assert sentences(made) == (platform, merchant)


def test_describe_formats_money_by_locale() -> None:
    assert "1.500.000,00" in describe(quote(150_000_000), "de_DE")[0]


def test_explain_shows_the_rounding() -> None:
    even = FeeSchedule("USD", FeeRule(50, rounding=Rounding.HALF_EVEN)).quote(5)

    assert even.explain()[0][4:] == (Decimal("2.5"), 2, "percentage", 2)
    assert describe(even, "en_US")[1].endswith("which is $0.025, rounded to $0.02.")


@given(quotes)
def test_explanation_survives_json(link: Quote) -> None:
    for explanation in link.explain():
        document = json.loads(json.dumps(explanation.to_dict()))

        assert read_rule(document["rule"]) == explanation.rule
        assert Decimal(document["exact"]) == explanation.exact
        assert document["clamped_from"] == (
            explanation.rule.clamped_from and str(explanation.rule.clamped_from)
        )
        parts = [
            FeePart(**{**part, "percentage": Decimal(part["percentage"])})
            for part in document["parts"]
        ]
        assert tuple(parts) == explanation.parts
        assert list(document) == [*FeeExplanation._fields, "clamped_from"]
