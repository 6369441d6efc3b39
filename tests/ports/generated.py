"""A port by generated JavaScript modules: Node runs one module for each schedule.

It leaves out the schedules and currencies that the library rejects, because they have no module.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kashia_money import FeeRule, FeeSchedule, KashiaMoneyError
from kashia_money._core.numbers import millionths, percent
from kashia_money.javascript import to_javascript
from tests.javascript.engines import Node, integer
from tests.ports.port import data

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.javascript.engines import Call

    Row = dict[str, Any]

NAMES = {
    "amount": "amount",
    "platform_fee": "platformFee",
    "merchant_fee": "merchantFee",
    "total_fees": "totalFees",
    "total_amount": "totalAmount",
}
BASES = {"platform_fee_basis": "platformFeeBasis", "merchant_fee_basis": "merchantFeeBasis"}


@cache
def priced(document: str) -> str:
    return to_javascript(FeeSchedule.from_dict(data(json.loads(document))))


def module(row: Row) -> str:
    """Return the module of a row's schedule, or of its currency and locale."""
    if "schedule" in row:
        return priced(json.dumps(row["schedule"]))
    return text_module(row.get("currency", "NGN"), row.get("locale", "en_NG"))


@cache
def text_module(currency: str, locale: str) -> str:
    return to_javascript(FeeSchedule(currency, FeeRule(0)), locale=locale)


def link(row: Row) -> Row:
    return {
        "merchantFeePercentage": row["merchant_fee_percentage"],
        "merchantFeeCap": bigint(row["merchant_fee_cap"]),
    }


def bigint(text: Any) -> Any:
    return integer(int(text)) if isinstance(text, str) else text


def figures(quote: Row) -> Row:
    return {name: quote[property_] for name, property_ in NAMES.items()}


def explained(quote: Row) -> Row:
    bases = {name: quote[property_] for name, property_ in BASES.items()}
    clamped_from = shortest(quote["clampedFrom"])
    return figures(quote) | bases | {"merchant_fee_clamped_from": clamped_from}


def shortest(percentage: str | None) -> str | None:
    return None if percentage is None else percent(millionths(percentage))


def percentage(quote: Row) -> Row:
    """Return the percentage that a commission on 100 million minor units shows."""
    rate = int(quote["merchantFee"])
    return {"percentage": percent(rate), "clamped_from": shortest(quote["clampedFrom"])}


def percentage_call(row: Row) -> Call:
    return ["quote", integer(10**8), {"merchantFeePercentage": row["percentage"]}]


# By the group: the call, and the output of its result.
CALLS: dict[str, tuple[Callable[[Row], Call], Callable[[Any], Row]]] = {
    "quotes": (lambda row: ["quote", bigint(row["amount"]), link(row)], explained),
    "rejected": (lambda row: ["quote", bigint(row["amount"]), link(row)], explained),
    "quote_within": (lambda row: ["quoteWithin", bigint(row["budget"]), link(row)], figures),
    "exponents": (lambda _: ["digits"], lambda digits: {"exponent": str(digits)}),
    "percentages": (percentage_call, percentage),
    "fingerprints": (lambda _: ["fingerprint"], lambda text: {"fingerprint": text}),
    "format": (lambda row: ["format", bigint(row["amount"])], lambda text: {"text": text}),
    "parse": (lambda row: ["parse", row["text"]], lambda minor: {"amount": minor["BigInt"]}),
}


def compute(node: Node, group: str, row: Row) -> Row | None:
    """Return the output of a case, or the name of its error; None to skip it."""
    if group not in CALLS:
        return None
    try:
        source = module(row)
    except KashiaMoneyError:
        return None
    call, output = CALLS[group]
    (answer,) = node.run(source, [call(row)])
    if isinstance(answer, dict) and "error" in answer:
        return {"error": answer["error"]}
    if isinstance(answer, dict) and "json" in answer:
        answer = json.loads(answer["json"])
    return output(answer)


def main() -> None:
    with TemporaryDirectory() as folder:
        node = Node(Path(folder))
        for line in sys.stdin:
            case = json.loads(line)
            output = compute(node, case["group"], case["input"])
            rest = {"skip": True} if output is None else {"output": output}
            sys.stdout.write(json.dumps({"id": case["id"], **rest}) + "\n")
        node.close()


if __name__ == "__main__":
    main()
