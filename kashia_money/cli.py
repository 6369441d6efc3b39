"""The command `kashia-money`: what a payment link costs, for people or as JSON.

Floor 6: imports the public names of the floors below. Here alone the library reads arguments and writes to streams.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, NoReturn

from . import __version__
from .errors import InvalidAmountError, KashiaMoneyError
from .money import format_minor, parse_minor
from .schedules import quote
from .sentences import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .explanation import Step
    from .quotes import Quote

_MAX_DIGITS = 40  # of an amount: enough to say that it is too large, too few to be slow


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
        parser.error(str(error))
    print(_printable(text, made.currency))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="kashia-money", description="What a payment costs, to the last minor unit.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)
    command = commands.add_parser("quote", help="show what the buyer of a payment link pays")
    command.add_argument("amount", help="what the seller asks for, in minor units (kobo): 150000000 is ₦1,500,000.00")
    command.add_argument(
        "--display", action="store_true", help="read amount and cap as people write them: 1,500,000.00"
    )
    command.add_argument("--currency", default="NGN", help="ISO 4217 code (default: NGN)")
    command.add_argument("--merchant-fee-percentage", metavar="PERCENT", help="commission, clamped to 0-20 %%")
    command.add_argument("--merchant-fee-cap", metavar="AMOUNT", help="the most that the commission may be")
    command.add_argument("--explain", action="store_true", help="say in sentences how each fee came about")
    command.add_argument("--json", action="store_true", help="print a payment link's figures as JSON and nothing else")
    return parser


def _quote(arguments: argparse.Namespace) -> Quote:
    currency: str = arguments.currency
    read = parse_minor if arguments.display else _minor
    cap = arguments.merchant_fee_cap
    return quote(
        read(arguments.amount, currency),
        currency,
        merchant_fee_percentage=arguments.merchant_fee_percentage,
        merchant_fee_cap=None if cap is None else read(cap, currency),
    )


def _minor(text: str, currency: str) -> int:
    if len(text) <= _MAX_DIGITS and text.isascii() and text.removeprefix("-").isdigit():
        return int(text)
    expected = f"a whole number of minor units of {currency}"
    raise InvalidAmountError(text, expected, "for minor units, write digits only; for major units, add --display")


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
    return "\n".join(f"{name:<14}{figure:>{width}}  {note}".rstrip() for name, figure, note in shown)


def _basis(step: Step) -> str:
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
