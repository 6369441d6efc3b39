"""One quote at a time, beside other ways to work it out: `python -m benchmarks.scalar` prints one table.

"made" ends with what the contender itself makes of a quote: a Quote, five Decimals, five Moneys; the targets are of it.
"figures" goes on to read five integers of kobo, as a payment link carries them.

All are timed in turn, round after round. A ratio is the median over the rounds of the ratio within one, so that a
machine that slows down for a while slows both sides of it. The amount is always the same, which suits immoney: it
caches instances.
"""

from __future__ import annotations

import os
import pickle
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from timeit import Timer
from typing import TYPE_CHECKING, TypeAlias

from kashia_money import __version__, quote, rounding

from .contenders import AMOUNT, CAP, CONTENDERS, HAND, MONEYED, OTHERS, OURS, Contender, check, installed

if TYPE_CHECKING:
    from collections.abc import Iterator

Round: TypeAlias = "dict[str, float]"  # what was timed, and its time in that round

ROUNDS = 15
IMPORT_ROUNDS = 25
SHORTEST = 0.02  # seconds that a timing takes at least; at most, about twice that
CLOCK = process_time  # what else the machine runs meanwhile does not count

MADE = "made"
COLUMNS = (MADE, "figures")
USES = {
    "q.total_amount": "reading an attribute",
    "q.fees": "the payment link's object",
    "q == same": "with an equal quote",
    "hash(q)": "",
    "loads(dumps(q))": "a pickle's round trip",
}
IMPORTS = ("kashia_money", "moneyed")
BUILD = "pure" if Path(rounding.__file__).suffix == ".py" else "compiled"
TARGETS = {
    "pure": (5, 6),
    "compiled": (0.6, 60),
}  # at most so many times hand-inlined, and one so-many-th of py-moneyed


def loops(timer: Timer) -> int:
    number = 1
    while timer.timeit(number) < SHORTEST:
        number *= 2
    return number


def in_turn(timers: dict[str, Timer]) -> list[Round]:
    """Return the nanoseconds that each takes, round by round."""
    numbers = {name: loops(timer) for name, timer in timers.items()}
    return [
        {name: timer.timeit(numbers[name]) / numbers[name] * 1e9 for name, timer in timers.items()}
        for _ in range(ROUNDS)
    ]


def quoting(contenders: dict[str, Contender]) -> dict[str, list[Round]]:
    """Return the rounds of each column."""
    timers = {}
    for name, contender in contenders.items():
        timers[f"made {name}"] = contender.timer(contender.made, CLOCK)
        timers[f"figures {name}"] = contender.timer(contender.figures, CLOCK)
    rounds = in_turn(timers)
    return {
        column: [{name: timed[f"{column} {name}"] for name in contenders} for timed in rounds] for column in COLUMNS
    }


def using() -> list[Round]:
    q, same = quote(AMOUNT, merchant_fee_percentage=10.0), quote(AMOUNT, merchant_fee_percentage=10.0)
    names = {"q": q, "same": same, "dumps": pickle.dumps, "loads": pickle.loads}
    return in_turn({use: Timer(use, globals=names, timer=CLOCK) for use in USES})


def importing() -> list[Round]:
    """Return the milliseconds of a fresh interpreter that imports nothing ("") or one module, round by round."""
    with TemporaryDirectory() as cache:
        # A cache of our own, because an environment or a read-only disk that keeps none would time the compiler.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        statements = {"": "pass"} | {module: f"import {module}" for module in IMPORTS}
        found = {name: it for name, it in statements.items() if run(it, environment) == 0}
        return [{name: milliseconds(it, environment) for name, it in found.items()} for _ in range(IMPORT_ROUNDS)]


def run(statement: str, environment: dict[str, str]) -> int:
    command = [sys.executable, "-c", statement]
    return subprocess.run(command, env=environment, check=False, stderr=subprocess.DEVNULL).returncode


def milliseconds(statement: str, environment: dict[str, str]) -> float:
    began = perf_counter()
    run(statement, environment)
    return (perf_counter() - began) * 1000


def middle(rounds: list[Round], name: str) -> float:
    return median(timed[name] for timed in rounds)


def ratio(rounds: list[Round], name: str, other: str) -> float:
    return median(timed[name] / timed[other] for timed in rounds)


def cpu() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def header(contenders: dict[str, Contender]) -> Iterator[str]:
    versions = [f"{name} {version(name) if name in contenders else 'not installed'}" for name in OTHERS]
    yield f"machine   {cpu()}, {os.cpu_count()} cores, {platform.platform()}"
    yield f"python    {platform.python_implementation()} {platform.python_version()}"
    yield f"versions  kashia_money {__version__} ({BUILD}), {', '.join(versions)}"
    yield f"quoted    {AMOUNT:,} kobo at 10 %, cap {CAP:,}; medians of {ROUNDS} rounds, x is times {HAND}"


def quoting_rows(quoted: dict[str, list[Round]]) -> Iterator[str]:
    yield f"{'one quote':<17}" + "".join(f"{f'{column}, ns':>13}{'x':>9}" for column in quoted)
    for name in CONTENDERS:
        yield f"{name:<17}" + "".join(cell(rounds, name) for rounds in quoted.values())


def cell(rounds: list[Round], name: str) -> str:
    if name not in rounds[0]:
        return f"{'not installed':>22}"
    return f"{middle(rounds, name):13,.0f}{ratio(rounds, name, HAND):9.2f}"


def using_rows(rounds: list[Round]) -> Iterator[str]:
    yield f"{'one Quote, q':<17}{'ns':>13}"
    for use, meaning in USES.items():
        yield f"{use:<17}{middle(rounds, use):13,.0f}  {meaning}".rstrip()


def importing_rows(rounds: list[Round]) -> Iterator[str]:
    bare = middle(rounds, "")
    yield f"{'import':<17}{'ms':>13}  over the bare interpreter's {bare:.1f}; medians of {IMPORT_ROUNDS} rounds"
    for module in IMPORTS:
        found = module in rounds[0]
        over = median(timed[module] - timed[""] for timed in rounds) if found else 0
        yield f"{module:<17}" + (f"{over:13.1f}" if found else f"{'not installed':>22}")


def target_rows(rounds: list[Round]) -> Iterator[str]:
    for build, (times, part) in TARGETS.items():
        yield f"{f'target, {build}: at most {times} x {HAND}':<49}{verdict(rounds, build, HAND, times)}"
        yield f"{f'target, {build}: at most 1/{part} of {MONEYED}':<49}{verdict(rounds, build, MONEYED, 1 / part)}"


def verdict(rounds: list[Round], build: str, other: str, most: float) -> str:
    if build != BUILD or other not in rounds[0]:
        return "not measured"
    found = ratio(rounds, OURS, other)
    shown = f"{found:.2f}" if other == HAND else f"1/{1 / found:.1f}"
    return f"{shown} {'met' if found <= most else 'missed'}"


def main() -> None:
    contenders = installed()
    check(contenders)
    quoted = quoting(contenders)
    tables = (
        header(contenders),
        quoting_rows(quoted),
        using_rows(using()),
        importing_rows(importing()),
        target_rows(quoted[MADE]),
    )
    print("\n\n".join("\n".join(table) for table in tables))


if __name__ == "__main__":
    main()
