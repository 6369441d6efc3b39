"""A port in Python: JSON Lines in, JSON Lines out, by the public API."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from kashia_money import (
    FeeRule,
    FeeSchedule,
    KashiaMoneyError,
    Quote,
    UnreachableTotalError,
    allocate,
    commission,
    exponent,
    format_minor,
    parse_minor,
    split_refund,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AMOUNTS = {"flat", "flat_from", "minimum", "cap", "start"}


def data(document: Any) -> Any:
    """Return a schedule or a rule with its amounts as integers."""
    if isinstance(document, list):
        return [data(part) for part in document]
    if not isinstance(document, dict):
        return document
    return {
        name: int(value) if name in AMOUNTS and value is not None else data(value)
        for name, value in document.items()
    }


def rule_of(document: Any) -> FeeRule:
    return FeeSchedule.from_dict({"currency": "NGN", "platform": data(document)}).platform


def link(row: dict[str, Any]) -> dict[str, Any]:
    cap = row["merchant_fee_cap"]
    return {
        "merchant_fee_percentage": row["merchant_fee_percentage"],
        "merchant_fee_cap": None if cap is None else int(cap),
    }


def figures(quote: Quote) -> dict[str, str]:
    return {"amount": str(quote.amount), **{name: str(fee) for name, fee in quote.fees.items()}}


def quote(row: dict[str, Any]) -> dict[str, Any]:
    schedule = FeeSchedule.from_dict(data(row["schedule"]))
    made = schedule.quote(int(row["amount"]), **link(row))
    platform_fee, merchant_fee = made.explain()
    clamped_from = merchant_fee.rule.clamped_from
    return figures(made) | {
        "platform_fee_basis": platform_fee.basis,
        "merchant_fee_basis": merchant_fee.basis,
        "merchant_fee_clamped_from": None if clamped_from is None else f"{clamped_from:f}",
    }


def quote_within(row: dict[str, Any]) -> dict[str, Any]:
    schedule = FeeSchedule.from_dict(data(row["schedule"]))
    return figures(schedule.quote_within(int(row["budget"]), **link(row)))


def quote_for_total(row: dict[str, Any]) -> dict[str, Any]:
    schedule = FeeSchedule.from_dict(data(row["schedule"]))
    return figures(schedule.quote_for_total(int(row["total"]), **link(row)))


def percentage(row: dict[str, Any]) -> dict[str, Any]:
    rule = commission(row["percentage"])
    clamped_from = rule.clamped_from
    return {
        "percentage": f"{rule.percentage:f}",
        "clamped_from": None if clamped_from is None else f"{clamped_from:f}",
    }


def shares(values: tuple[int, ...]) -> dict[str, Any]:
    return {"shares": [str(value) for value in values]}


CALCULATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "quotes": quote,
    "rejected": quote,
    "quote_within": quote_within,
    "quote_for_total": quote_for_total,
    "gross_up": lambda row: {"amount": str(rule_of(row["rule"]).gross_up(int(row["net"])))},
    "net": lambda row: {"net": str(rule_of(row["rule"]).net(int(row["amount"])))},
    "allocate": lambda row: shares(allocate(int(row["amount"]), row["ratios"])),
    "split_refund": lambda row: shares(
        split_refund([int(part) for part in row["parts"]], int(row["refunded"]))
    ),
    "exponents": lambda row: {"exponent": str(exponent(row["currency"]))},
    "percentages": percentage,
    "fingerprints": lambda row: {
        "fingerprint": FeeSchedule.from_dict(data(row["schedule"])).fingerprint
    },
    "format": lambda row: {
        "text": format_minor(int(row["amount"]), row["currency"], row["locale"])
    },
    "parse": lambda row: {"amount": str(parse_minor(row["text"], row["currency"], row["locale"]))},
}


def optional(amount: int | None) -> str | None:
    return None if amount is None else str(amount)


def compute(group: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the output of a case, or the name of its error."""
    try:
        return CALCULATIONS[group](row)
    except UnreachableTotalError as error:
        near = {"below": optional(error.below), "above": optional(error.above)}
        return {"error": type(error).__name__, **near}
    except KashiaMoneyError as error:
        return {"error": type(error).__name__}


def answers() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        case = json.loads(line)
        yield {"id": case["id"], "output": compute(case["group"], case["input"])}


if __name__ == "__main__":
    for answer in answers():
        sys.stdout.write(json.dumps(answer) + "\n")
