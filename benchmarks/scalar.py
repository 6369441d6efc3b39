"""Calls for one amount: a quote, tiers, a budget, an explanation, a new rule, and the import.

Every contender returns values of its library's types: a `Quote`, five `Money`s, five ints. Before
the timing, these values are read as integers of kobo and must be equal.
"""

from __future__ import annotations

import os
import subprocess
import sys
from bisect import bisect_right
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from operator import attrgetter, methodcaller
from time import perf_counter, process_time
from timeit import Timer
from typing import TYPE_CHECKING, Any, NamedTuple

import immoney.currencies
import moneyed
import stockholm

import kashia_money

from .timing import OTHER, OURS, OtherCopy, arguments, header, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .timing import Stopwatch

SHORTEST_TIMING = 0.02  # seconds
HAND = "by hand, unchecked"
ONE, CENT = Decimal(1), Decimal("0.01")
AMOUNT, PERCENTAGE, RATE, CAP = 50_000_000, 10.0, 10_000_000, 20_000_000  # of a payment link
MINIMUM, MAXIMUM = 10_000, 5_000_000  # of the platform fee, 1.5 %
CHECKED_AMOUNTS = (0, 1, 666_699, 666_700, AMOUNT, 150_000_000, 333_333_300, 2_000_000_000)


def quote_by_hand(amount: int, rate: int, cap: int) -> tuple[int, ...]:
    if amount == 0:
        return 0, 0, 0, 0, 0
    platform_fee = (amount * 15 + 500) // 1000
    if platform_fee < 10_000:
        platform_fee = 10_000
    elif platform_fee > 5_000_000:
        platform_fee = 5_000_000
    merchant_fee = (amount * rate + 50_000_000) // 100_000_000
    if merchant_fee > cap:
        merchant_fee = cap
    fees = platform_fee + merchant_fee
    return amount, platform_fee, merchant_fee, fees, amount + fees


def tiers_by_hand(amount: int) -> int:
    if amount < 100_000_000:
        exact = amount * 25
    elif amount < 1_000_000_000:
        exact = 2_500_000_000 + (amount - 100_000_000) * 15
    else:
        exact = 16_000_000_000 + (amount - 1_000_000_000) * 10
    return (exact + 500) // 1000


def base_by_hand(budget: int, rate: int, cap: int) -> int:
    bases = range(budget + 1)
    return bisect_right(bases, budget, key=lambda base: quote_by_hand(base, rate, cap)[-1]) - 1


def explain_by_hand(amount: int, percentage: float, cap: int) -> tuple[tuple[Any, ...], ...]:
    platform = ("platform_fee", Decimal("1.5"), MINIMUM, MAXIMUM)
    merchant = ("merchant_fee", Decimal(repr(percentage)), 0, cap)
    fees = []
    for name, percent, minimum, maximum in (platform, merchant):
        exact = amount * percent / 100
        rounded = int(exact.quantize(ONE, ROUND_HALF_UP))
        fee = min(max(rounded, minimum), maximum) if amount else 0
        basis = "percentage"
        if fee == maximum:
            basis = "cap"
        elif fee == minimum > 0:
            basis = "minimum"
        fees.append((name, amount, exact, rounded, basis, fee))
    return tuple(fees)


def rule_by_hand(percentage: str, minimum: int, cap: int) -> tuple[Decimal, int, int]:
    exact = Decimal(percentage)
    if not 0 <= exact <= 100 or exact * 1_000_000 % 1 or not 0 <= minimum <= cap:
        raise ValueError("not a rule")
    return exact, minimum, cap


class Contender(NamedTuple):
    """A statement about `amount`, `percentage`, `rate` and `cap`, and how to read its result."""

    statement: str
    read: Callable[[Any], Any] = lambda result: result
    setup: str = ""
    names: Mapping[str, Any] = {}

    def result(self, amount: int) -> Any:
        return self.read(eval(self.statement, self._globals(amount)))

    def stopwatch(self) -> Stopwatch:
        # A statement, because the call of a function around it would be timed, too. Processor time,
        # because it leaves out other programs.
        timer, number = Timer(self.statement, globals=self._globals(AMOUNT), timer=process_time), 1
        while timer.timeit(number) < SHORTEST_TIMING:
            number *= 2
        return lambda: timer.timeit(number) / number

    def _globals(self, amount: int) -> dict[str, Any]:
        link = {"amount": amount, "percentage": PERCENTAGE, "rate": RATE, "cap": CAP}
        names = {**vars(kashia_money), **globals(), **self.names, **link}
        exec(self.setup, names)
        return names


LINK = "amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap"
FIGURES = attrgetter("amount", "platform_fee", "merchant_fee", "total_fees", "total_amount")
FEE = attrgetter("name", "amount", "exact", "rounded", "basis", "fee")
RULE = attrgetter("percentage", "minimum", "cap")
TIERS = "Tier(0, '2.5'), Tier(100_000_000, '1.5'), Tier(1_000_000_000, 1)"


def peer(
    money: Callable[[int], Any],
    rounded: Callable[[Any], Any],
    kobo: Callable[[Any], int],
    number: Callable[[str], Any] = Decimal,
) -> Contender:
    """Return the quote in another library; its constants are computed in advance.

    `money` turns kobo into the library's amount, `rounded` rounds it, `kobo` turns it back.
    """
    zero, minimum, maximum = map(money, (0, MINIMUM, MAXIMUM))
    platform_rate = number("0.015")

    def quote(amount: int, percentage: float, cap: int) -> tuple[Any, ...]:
        if amount == 0:
            return zero, zero, zero, zero, zero
        base = money(amount)
        platform_fee = min(max(rounded(base * platform_rate), minimum), maximum)
        merchant_fee = min(rounded(base * (number(repr(percentage)) / 100)), money(cap))
        fees = platform_fee + merchant_fee
        return base, platform_fee, merchant_fee, fees, base + fees

    statement = "quote(amount, percentage, cap)"
    return Contender(statement, lambda result: tuple(map(kobo, result)), names={"quote": quote})


PEERS = {
    "decimal": peer(Decimal, lambda exact: exact.quantize(ONE, ROUND_HALF_UP), int),
    "py-moneyed": peer(
        lambda kobo: moneyed.Money(Decimal(kobo) / 100, moneyed.NGN),
        # Not `Money.round`, which rounds as the ambient context says.
        lambda exact: moneyed.Money(exact.amount.quantize(CENT, ROUND_HALF_UP), moneyed.NGN),
        moneyed.Money.get_amount_in_sub_unit,
    ),
    "immoney": peer(
        immoney.currencies.NGN.from_subunit,  # cached, and all timed amounts are the same
        methodcaller("round_money", immoney.Round.HALF_UP),
        attrgetter("subunits"),
        Fraction,
    ),
    "stockholm": peer(
        partial(stockholm.Money.from_sub_units, currency=stockholm.Currency.NGN),
        lambda exact: round(exact, 2),
        lambda money: int(money.sub_units),
    ),
}
TASKS = {
    "quote": {
        HAND: Contender("quote_by_hand(amount, rate, cap)"),
        OURS: Contender(f"quote({LINK})", FIGURES),
        **PEERS,
    },
    "fee in three tiers": {
        HAND: Contender("tiers_by_hand(amount)"),
        OURS: Contender("rule.fee(amount)", setup=f"rule = FeeRule.graduated([{TIERS}])"),
    },
    "base for a budget": {
        HAND: Contender("base_by_hand(amount, rate, cap)"),
        OURS: Contender(f"PUBLISHED['NGN'].quote_within({LINK}).amount"),
    },
    "explained quote": {
        HAND: Contender("explain_by_hand(amount, percentage, cap)"),
        OURS: Contender(f"quote({LINK}).explain()", lambda fees: tuple(map(FEE, fees))),
    },
    "new rule": {
        HAND: Contender("rule_by_hand('1.5', 10_000, 5_000_000)"),
        OURS: Contender("FeeRule('1.5', minimum=10_000, cap=5_000_000)", RULE),
    },
}


def checked(task: str, name: str) -> Stopwatch:
    """Return the stopwatch of a contender whose results equal those by hand."""
    for amount in CHECKED_AMOUNTS:
        expected, result = (TASKS[task][each].result(amount) for each in (HAND, name))
        if result != expected:
            raise SystemExit(f"{task}, {amount:,} kobo: {name} has {result}, not {expected}")
    return TASKS[task][name].stopwatch()


def own() -> dict[str, Callable[[], Stopwatch]]:
    return {task: partial(checked, task, OURS) for task in TASKS}


def import_seconds(statement: str, directory: str = "") -> float:
    program = f"import sys; sys.path.insert(0, {directory!r}); {statement}"
    # With this variable set, Python would compile every module again.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    began = perf_counter()
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    return perf_counter() - began


def main() -> None:
    directory = arguments("scalar").against
    other = OtherCopy(directory, "scalar") if directory else None
    print(header("py-moneyed", "immoney", "stockholm", other=other))
    for task, contenders in TASKS.items():
        stopwatches = {name: checked(task, name) for name in contenders}
        if other and task in other.names:
            stopwatches[OTHER] = partial(other.seconds, task)
        print(table(f"{task}, ns", stopwatches, lambda seconds: f"{seconds * 1e9:,.0f}"))
    stopwatches = {
        "nothing": partial(import_seconds, "pass"),
        OURS: partial(import_seconds, "import kashia_money"),
        "py-moneyed": partial(import_seconds, "import moneyed"),
    }
    if other:
        stopwatches[OTHER] = partial(import_seconds, "import kashia_money", other.directory)
    print(table("import in a new process, ms", stopwatches, lambda seconds: f"{seconds * 1e3:.1f}"))


if __name__ == "__main__":
    main()
