"""The command `kashia-money`: what a payment link costs, for people or as JSON.

Only this module reads arguments and files, and writes to streams.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from . import COMPILED, __version__
from ._core.published import DEFAULT_CURRENCY, quote
from ._core.quotes import FeeSchedule
from ._display.describe import describe
from ._display.money import format_minor, parse_minor
from ._documents.json_text import UNREADABLE, parse_json
from .errors import (
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidDocumentError,
    KashiaMoneyError,
    MissingScheduleError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._core.explanation import FeeExplanation
    from ._core.quotes import Quote

_BUILD: Final = "compiled" if COMPILED else "pure Python"
_SCHEDULE: Final = "a file with a schedule as JSON, as FeeSchedule.to_dict() returns it"
# For errors whose own remedy is a Python call.
_REMEDIES: Final[dict[type[KashiaMoneyError], str]] = {
    MissingScheduleError: f"pass --schedule FILE, {_SCHEDULE}",
    CurrencyMismatchError: "leave out --currency, or pass --schedule FILE with a schedule in that currency",
}
_MAX_DIGITS: Final = 40  # of an amount: enough to say that it is too large, too few to be slow


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line; argparse would print the usage above it."""
        self.exit(2, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with `argv` (the process's arguments if None) and return its exit code: 0, or 2 for bad input.

    >>> main(["quote", "100000000", "--merchant-fee-percentage", "25"])
    Amount        ₦1,000,000.00  what the seller gets
    Platform fee     ₦15,000.00  1.5 %
    Merchant fee    ₦200,000.00  clamped to 20 %
    Total fees      ₦215,000.00
    Total amount  ₦1,215,000.00  what the buyer pays
    0
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        made = _quote(arguments)
        text = _as_json(made) if arguments.json else _as_table(made)
        if arguments.explain and not arguments.json:
            text = "\n".join((text, "", *describe(made)))
    except KashiaMoneyError as error:
        remedy = _REMEDIES.get(type(error), error.remedy)
        parser.error(str(KashiaMoneyError(error.value, error.expected, remedy, error.field)))
    print(_printable(text, made.currency))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kashia-money", description="What a payment costs, to the last minor unit."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__} ({_BUILD})")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)
    command = commands.add_parser("quote", help="show what the buyer of a payment link pays")
    command.add_argument(
        "amount", help="what the seller asks for, in minor units (kobo): 150000000 is ₦1,500,000.00"
    )
    command.add_argument(
        "--display",
        action="store_true",
        help="read amount and cap as people write them: 1,500,000.00",
    )
    command.add_argument("--currency", help="ISO 4217 code (default: the schedule's, else NGN)")
    command.add_argument(
        "--schedule", metavar="FILE", help=f"{_SCHEDULE} (default: the published one)"
    )
    command.add_argument(
        "--merchant-fee-percentage", metavar="PERCENT", help="commission, clamped to 0-20 %%"
    )
    command.add_argument(
        "--merchant-fee-cap", metavar="AMOUNT", help="the most that the commission may be"
    )
    command.add_argument(
        "--explain", action="store_true", help="say in sentences how each fee came about"
    )
    command.add_argument(
        "--json",
        action="store_true",
        help="print a payment link's figures as JSON and nothing else",
    )
    return parser


def _quote(arguments: argparse.Namespace) -> Quote:
    schedule = None if arguments.schedule is None else _schedule(arguments.schedule)
    default = DEFAULT_CURRENCY if schedule is None else schedule.currency
    currency: str = default if arguments.currency is None else arguments.currency
    read = _displayed if arguments.display else _minor
    cap = arguments.merchant_fee_cap
    return quote(
        read(arguments.amount, currency),
        currency,
        schedule=schedule,
        merchant_fee_percentage=arguments.merchant_fee_percentage,
        merchant_fee_cap=None if cap is None else read(cap, currency),
    )


def _schedule(file: str) -> FeeSchedule:
    """Return the schedule in a file of JSON."""
    try:
        document = parse_json(Path(file).read_bytes())
    except OSError as reason:
        raise InvalidDocumentError(
            file, _SCHEDULE, f"correct its name: {reason.strerror}", "--schedule"
        ) from None
    except UNREADABLE as reason:
        raise InvalidDocumentError(
            file, _SCHEDULE, f"correct the file: {reason}", "--schedule"
        ) from None
    if not isinstance(document, dict):
        raise InvalidDocumentError(
            document, _SCHEDULE, "write an object into the file", "--schedule"
        )
    try:
        return FeeSchedule.from_dict(document)
    except InvalidAmountError as error:
        remedy = "write minor units, as an integer within these bounds"
        raise InvalidAmountError(error.value, error.expected, remedy, error.field) from None


def _displayed(text: str, currency: str) -> int:
    try:
        return parse_minor(text, currency)
    except InvalidAmountError as error:
        remedy = error.remedy.removesuffix(", or pass the locale it is in")
        raise InvalidAmountError(text, error.expected, remedy, error.field) from None


def _minor(text: str, currency: str) -> int:
    if len(text) <= _MAX_DIGITS and text.isascii() and text.removeprefix("-").isdigit():
        return int(text)
    expected = f"a whole number of minor units of {currency}"
    raise InvalidAmountError(
        text, expected, "for minor units, write digits only; for major units, add --display"
    )


def _as_json(made: Quote) -> str:
    return json.dumps({"amount": made.amount, "currency": made.currency, "fees": made.fees})


def _as_table(made: Quote) -> str:
    platform_fee, merchant_fee = made.explain()
    rows = [
        ("Amount", made.amount, "what the seller gets"),
        ("Platform fee", made.platform_fee, _basis(platform_fee)),
        ("Merchant fee", made.merchant_fee, _basis(merchant_fee)),
        ("Total fees", made.total_fees, ""),
        ("Total amount", made.total_amount, "what the buyer pays"),
    ]
    shown = [(name, format_minor(figure, made.currency), note) for name, figure, note in rows]
    width = max(len(figure) for _, figure, _ in shown)
    return "\n".join(
        f"{name:<14}{figure:>{width}}  {note}".rstrip() for name, figure, note in shown
    )


def _basis(step: FeeExplanation) -> str:
    """Return what set a fee, such as "1.5 %", "minimum" or "clamped to 20 %, cap"."""
    clamp = "" if step.rule.clamped_from is None else "clamped to "
    if step.basis == "percentage" or clamp:
        percentage = clamp + " + ".join(f"{part.percentage} %" for part in step.parts)
        return percentage if step.basis == "percentage" else f"{percentage}, {step.basis}"
    return step.basis


def _printable(text: str, currency: str) -> str:
    """Return text with the currency's code in place of its symbol, where the output cannot show that."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        symbol = format_minor(0, currency).partition("0")[0]
        return text.replace(symbol, f"{currency} ")
    return text
