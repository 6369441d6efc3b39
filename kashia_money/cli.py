"""The command `kashia-money`: print the quote of a payment link, or write a JavaScript module.

Only this module reads arguments and files, and writes to streams.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from . import COMPILED, __version__
from ._core.published import DEFAULT_CURRENCY, PUBLISHED, quote
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
from .javascript import TYPES, npm_package, to_javascript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._core.explanation import FeeExplanation
    from ._core.quotes import Quote

_BUILD: Final = "compiled" if COMPILED else "pure Python"
_SCHEDULE: Final = "a file with a schedule as JSON, as FeeSchedule.to_dict() returns it"
# The library's remedies for these errors are Python calls. A user of the command needs an option.
_REMEDIES: Final[dict[type[KashiaMoneyError], str]] = {
    MissingScheduleError: f"pass --schedule FILE, {_SCHEDULE}",
    CurrencyMismatchError: (
        "leave out --currency, or pass --schedule FILE with a schedule in that currency"
    ),
}
_MAX_DIGITS: Final = 40  # of an amount: above every valid amount, and fast to read


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print the error on one line. The method of argparse also prints the usage."""
        self.exit(2, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; bad input exits with code 2.

    The code is 0; or 1 if `javascript --check` finds a stale file, or `conformance` a port with
    another output; or 2 if that port is broken.

    Args:
        argv: the arguments of the command; None means those of the process.

    >>> main(["quote", "100000000", "--merchant-fee-percentage", "25"])
    Amount        ₦1,000,000.00  received by the seller
    Platform fee     ₦15,000.00  1.5 %
    Commission      ₦200,000.00  clamped to 20 %
    Total fees      ₦215,000.00
    Total amount  ₦1,215,000.00  paid by the buyer
    0
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except KashiaMoneyError as error:
        remedy = _REMEDIES.get(type(error), error.remedy)
        parser.error(str(KashiaMoneyError(error.value, error.expected, remedy, error.field)))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kashia-money",
        description="Compute the fees of a payment, exact to the last minor unit.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__} ({_BUILD})")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)
    _add_quote(commands.add_parser("quote", help="show the fees and the total of a payment link"))
    _add_javascript(commands.add_parser("javascript", help="write the fees as a JavaScript module"))
    help_text = "test a port of this library in another language, on all cases"
    _add_conformance(commands.add_parser("conformance", help=help_text), parser)
    return parser


def _add_quote(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_print_quote)
    command.add_argument(
        "amount", help="the base amount in minor units (kobo): 150000000 is ₦1,500,000.00"
    )
    command.add_argument(
        "--display",
        action="store_true",
        help="read amount and cap in major units, as people write them: 1,500,000.00",
    )
    command.add_argument("--currency", help="ISO 4217 code (default: from the schedule, or NGN)")
    command.add_argument(
        "--schedule", metavar="FILE", help=f"{_SCHEDULE} (default: the published schedule)"
    )
    command.add_argument(
        "--merchant-fee-percentage",
        metavar="PERCENT",
        help="the commission, clamped to 0-20 %%",
    )
    command.add_argument(
        "--merchant-fee-cap", metavar="AMOUNT", help="the largest commission, in the amount's units"
    )
    command.add_argument(
        "--explain", action="store_true", help="explain each fee in sentences below the table"
    )
    command.add_argument(
        "--json",
        action="store_true",
        help="print only the figures, as the JSON of a payment link",
    )


def _add_javascript(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_write_javascript)
    command.add_argument(
        "--schedule", metavar="FILE", help=f"{_SCHEDULE} (default: the published schedule of NGN)"
    )
    command.add_argument(
        "--locale",
        default="en_NG",
        help="the locale of displayed amounts, as in CLDR (default: %(default)s)",
    )
    target = command.add_mutually_exclusive_group()
    target.add_argument(
        "--out", metavar="DIR", help="write an npm package into DIR; without it, print the module"
    )
    target.add_argument(
        "--types", action="store_true", help="print the module's TypeScript declarations instead"
    )
    target.add_argument(
        "--check", metavar="FILE", help="exit with code 1 if FILE is not the current module"
    )


def _print_quote(arguments: argparse.Namespace) -> int:
    link = _quote(arguments)
    text = _as_json(link) if arguments.json else _as_table(link)
    if arguments.explain and not arguments.json:
        text = "\n".join((text, "", *describe(link)))
    print(_printable(text, link.currency))
    return 0


def _write_javascript(arguments: argparse.Namespace) -> int:
    file = arguments.schedule
    schedule = PUBLISHED[DEFAULT_CURRENCY] if file is None else _read_schedule(file)
    module = to_javascript(schedule, locale=arguments.locale)
    try:
        if arguments.check is not None:
            return _check(Path(arguments.check), module)
        if arguments.out is not None:
            package = npm_package(schedule, locale=arguments.locale)
            folder = Path(arguments.out)
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in package.items():
                (folder / name).write_text(text, "utf-8", newline="\n")
            return 0
    except OSError as reason:
        option = "--out" if arguments.check is None else "--check"
        remedy = f"correct its name: {reason.strerror}"
        raise InvalidDocumentError(reason.filename, "a file or folder", remedy, option) from None
    print(TYPES if arguments.types else module, end="")
    return 0


def _check(file: Path, module: str) -> int:
    if file.read_bytes().replace(b"\r\n", b"\n") == module.encode():
        return 0
    print(f"{file} is stale: write it again with `kashia-money javascript`", file=sys.stderr)
    return 1


def _add_conformance(command: argparse.ArgumentParser, parser: argparse.ArgumentParser) -> None:
    command.set_defaults(run=partial(_conformance, parser))
    command.add_argument(
        "port", nargs="*", help="the command that runs the port, after --: -- node port.mjs"
    )
    command.add_argument(
        "--silence",
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="how long the port may write nothing (default: 60)",
    )
    command.add_argument(
        "--export", metavar="DIR", help="write the cases and their JSON Schema into a directory"
    )


def _seconds(text: str) -> float:
    """Return a duration in seconds, from 0.1 second to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0.1 <= seconds <= 86_400:
        return seconds
    raise argparse.ArgumentTypeError(f"expected 0.1 to 86400 seconds, got {text}")


def _conformance(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Export the cases, run a port on them, or both."""
    from . import conformance  # here, because `quote` does not need it

    if arguments.export is None and not arguments.port:
        parser.error("expected the command of a port after --, or --export DIR")
    if arguments.export is not None:
        try:
            paths = conformance.export(arguments.export)
        except OSError as reason:
            parser.error(f"cannot write into {arguments.export}: {reason.strerror}")
        print(*paths, sep="\n")
    if not arguments.port:
        return 0
    report = conformance.run_port(
        arguments.port, silence=arguments.silence, progress=_show_progress
    )
    print(*report.lines(), sep="\n")
    return report.exit_code


def _show_progress(answered: int, total: int) -> None:
    """Write one line after each tenth of the cases."""
    if answered * 10 // total > (answered - 1) * 10 // total:
        print(f"{answered} of {total} cases", file=sys.stderr)


def _quote(arguments: argparse.Namespace) -> Quote:
    schedule = None if arguments.schedule is None else _read_schedule(arguments.schedule)
    default = DEFAULT_CURRENCY if schedule is None else schedule.currency
    currency: str = default if arguments.currency is None else arguments.currency
    read = _read_displayed if arguments.display else _read_minor
    amount = read(arguments.amount, currency)
    cap_text = arguments.merchant_fee_cap
    cap = None if cap_text is None else read(cap_text, currency)
    return quote(
        amount,
        currency,
        schedule=schedule,
        merchant_fee_percentage=arguments.merchant_fee_percentage,
        merchant_fee_cap=cap,
    )


def _read_schedule(file: str) -> FeeSchedule:
    """Return the schedule in a JSON file."""
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


def _read_displayed(text: str, currency: str) -> int:
    try:
        return parse_minor(text, currency)
    except InvalidAmountError as error:
        remedy = error.remedy.removesuffix(", or pass the locale of the text")
        raise InvalidAmountError(text, error.expected, remedy, error.field) from None


def _read_minor(text: str, currency: str) -> int:
    if len(text) <= _MAX_DIGITS and text.isascii() and text.removeprefix("-").isdigit():
        return int(text)
    expected = f"a whole number of minor units of {currency}"
    raise InvalidAmountError(
        text, expected, "for minor units, write digits only; for major units, add --display"
    )


def _as_json(link: Quote) -> str:
    return json.dumps({"amount": link.amount, "currency": link.currency, "fees": link.fees})


def _as_table(link: Quote) -> str:
    platform_fee, merchant_fee = link.explain()
    figures = [
        ("Amount", link.amount, "received by the seller"),
        ("Platform fee", link.platform_fee, _basis(platform_fee)),
        ("Commission", link.merchant_fee, _basis(merchant_fee)),
        ("Total fees", link.total_fees, ""),
        ("Total amount", link.total_amount, "paid by the buyer"),
    ]
    rows = [(label, format_minor(figure, link.currency), note) for label, figure, note in figures]
    width = max(len(money) for _, money, _ in rows)
    return "\n".join(f"{label:<14}{money:>{width}}  {note}".rstrip() for label, money, note in rows)


def _basis(explanation: FeeExplanation) -> str:
    """Return the parts of the rule that set a fee, such as "1.5 %" or "clamped to 20 %, cap"."""
    clamp = "" if explanation.rule.clamped_from is None else "clamped to "
    if explanation.basis != "percentage" and not clamp:
        return explanation.basis
    percentage = clamp + " + ".join(f"{part.percentage} %" for part in explanation.parts)
    if explanation.basis == "percentage":
        return percentage
    return f"{percentage}, {explanation.basis}"


def _printable(text: str, currency: str) -> str:
    """Return the text; if the output cannot encode it, with the code in place of the symbol."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        symbol = format_minor(0, currency).partition("0")[0]
        return text.replace(symbol, f"{currency} ")
    return text
