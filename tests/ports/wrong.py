"""A port in Python with a mistake in every group; each is one that people make."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision

from kashia_money import FeeSchedule, allocate, format_minor
from tests.ports import port

if TYPE_CHECKING:
    from collections.abc import Callable


CORRECT = dict(port.CALCULATIONS)


def quotes(row: dict[str, Any]) -> dict[str, Any]:
    """By the amount as a float, which has 53 bits."""
    return port.quote({**row, "amount": int(float(row["amount"]))})


def rejected(row: dict[str, Any]) -> dict[str, Any]:
    """With the same error for everything."""
    return {"error": "ValueError"}


def quote_within(row: dict[str, Any]) -> dict[str, Any]:
    """By bisection, as if no total was above the total of a larger amount."""
    schedule, budget = FeeSchedule.from_dict(port.data(row["schedule"])), int(row["budget"])
    link = port.link(row)
    low, high = 0, min(budget, 10**15)
    while low < high:
        middle = (low + high + 1) // 2
        fits = schedule.quote(middle, **link).total_amount <= budget
        low, high = (middle, high) if fits else (low, middle - 1)
    return port.figures(schedule.quote(low, **link))


def quote_for_total(row: dict[str, Any]) -> dict[str, Any]:
    """With the nearest quote below in place of the error."""
    return port.quote_within({**row, "budget": row["total"]})


def gross_up(row: dict[str, Any]) -> dict[str, Any]:
    """By a formula without minimum, cap and tiers."""
    rule = row["rule"]
    percentage = Decimal(rule.get("percentage", 0))
    divisor = max(1 - percentage / 100, Decimal("0.01"))
    return {"amount": str(int((int(row["net"]) + int(rule.get("flat", 0))) / divisor))}


def net(row: dict[str, Any]) -> dict[str, Any]:
    """At least 0."""
    net = port.rule_of(row["rule"]).net(int(row["amount"]))
    return {"net": str(max(net, 0))}


def shares_by_floor(row: dict[str, Any]) -> dict[str, Any]:
    """With all remaining units for the first share."""
    shares = list(allocate(int(row["amount"]), row["ratios"]))
    ratios = [Decimal(ratio) for ratio in row["ratios"]]
    floors = [int(int(row["amount"]) * ratio // sum(ratios)) for ratio in ratios]
    floors[0] += sum(shares) - sum(floors)
    return port.shares(tuple(floors))


def split_refund(row: dict[str, Any]) -> dict[str, Any]:
    """By the largest remainder, by which a share can fall as the refund grows."""
    return port.shares(allocate(int(row["refunded"]), row["parts"]))


def exponents(row: dict[str, Any]) -> dict[str, Any]:
    """By the digits of CLDR."""
    return {"exponent": str(get_currency_precision(row["currency"]))}


def percentages(row: dict[str, Any]) -> dict[str, Any]:
    """With a clamp that is not reported."""
    return {**port.percentage(row), "clamped_from": None}


def fingerprints(row: dict[str, Any]) -> dict[str, Any]:
    """In capital letters."""
    output = CORRECT["fingerprints"](row)
    return {"fingerprint": output["fingerprint"].upper()}


def written(row: dict[str, Any]) -> dict[str, Any]:
    """In groups of three everywhere."""
    text = format_minor(int(row["amount"]), row["currency"], row["locale"])
    return {"text": text if row["locale"] != "en_IN" else format_minor(0, row["currency"], "en_US")}


def read(row: dict[str, Any]) -> dict[str, Any]:
    """Without a check of the groups."""
    return CORRECT["parse"]({**row, "text": row["text"].replace(",", "")})


MISTAKES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "quotes": quotes,
    "rejected": rejected,
    "quote_within": quote_within,
    "quote_for_total": quote_for_total,
    "gross_up": gross_up,
    "net": net,
    "allocate": shares_by_floor,
    "split_refund": split_refund,
    "exponents": exponents,
    "percentages": percentages,
    "fingerprints": fingerprints,
    "format": written,
    "parse": read,
}

if __name__ == "__main__":
    port.CALCULATIONS.update(MISTAKES)
    for answer in port.answers():
        sys.stdout.write(json.dumps(answer) + "\n")
