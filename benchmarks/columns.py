"""A month of orders at once, beside other ways to work it out: `python -m benchmarks.columns` prints one table.

"constant" gives every row 10 % and one cap; "per row" a percentage, as a float that is checked to be exact, and a cap
of its own. "x" is times C, which is a loop compiled on the spot and writes into arrays that are there already, as
kashia_money can; the rest makes its own, as in the rows of "fresh outputs". "MB" is the most memory beyond the inputs,
in a process of its own.

All are timed in turn, round after round, and a ratio is the median over the rounds of the ratio within one. What runs
in one thread is timed by the processor's time, so that what else the machine runs does not count; what runs in two, and
what is compared with it, by the clock on the wall.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from kashia_money import __version__

from .engines import (
    CONTENDERS,
    DUCKDB,
    LIBRARIES,
    NAMES,
    NUMPY,
    OURS,
    OURS_BY_TWO,
    OURS_FRESH,
    PANDAS,
    POLARS,
    POLARS_BY_TWO,
    PYARROW,
    C,
    Orders,
    limit_threads,
    make,
)
from .scalar import cpu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engines import Run

ROUNDS = 7
WARM_UP = 1000  # rows: enough to import and to compile all that a run needs
MB = 2**20
CONSTANT, PER_ROW = "constant", "per row"
WORKLOADS = (CONSTANT, PER_ROW)


class Seconds(NamedTuple):
    wall: float
    processor: float


Round: TypeAlias = dict[str, Seconds]


class Measured(NamedTuple):
    """One workload's rounds, and each contender's megabytes."""

    rounds: list[Round]
    peaks: dict[str, float]

    def seconds(self, name: str) -> float:
        return median(cost(timed[name], CONTENDERS[name].threads) for timed in self.rounds)

    def ratio(self, name: str, other: str) -> float:
        threads = max(CONTENDERS[name].threads, CONTENDERS[other].threads)
        return median(cost(timed[name], threads) / cost(timed[other], threads) for timed in self.rounds)


def cost(seconds: Seconds, threads: int) -> float:
    return seconds.processor if threads == 1 else seconds.wall


@cache
def orders(workload: str, rows: int) -> Orders:
    return make(rows, per_row=workload == PER_ROW)


@cache
def ready(name: str, workload: str, rows: int) -> Run:
    return CONTENDERS[name].prepare(orders(workload, rows))


def timed(name: str, workload: str, rows: int) -> Seconds:
    run = ready(name, workload, rows)
    run()  # untimed, so that none pays for how the one before left the memory
    wall, processor = perf_counter(), process_time()
    made = run()
    seconds = Seconds(perf_counter() - wall, process_time() - processor)
    del made
    return seconds


def check(name: str, workload: str, rows: int) -> None:
    """Stop unless the contender's figures are C's."""
    expected, found = ready(C, workload, rows)(), ready(name, workload, rows)()
    for figure in NAMES:
        if not np.array_equal(np.asarray(found[figure]), expected[figure]):
            raise SystemExit(f"{name.strip()} disagrees with C on {figure}, {workload}")


def peak(name: str, workload: str, rows: int) -> float:
    """Return the megabytes that a run takes beyond the inputs, at most; in a fresh process."""
    ready(name, workload, WARM_UP)()
    run = ready(name, workload, rows)
    before = forget_peak()
    made = run()
    after = memory("VmHWM")
    del made
    return (after - before) / MB


def memory(what: str) -> float:
    """Return this process's bytes in memory: VmRSS now, VmHWM the most so far."""
    # Not getrusage's maximum, which on Linux starts with the parent's and cannot be reset.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def forget_peak() -> float:
    """Let the peak be what the process takes now, and return that."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def process(threads: int) -> ProcessPoolExecutor:
    """Return a fresh process whose libraries use so many threads."""
    return ProcessPoolExecutor(1, get_context("spawn"), limit_threads, (threads,))


def installed() -> list[str]:
    found = []
    for name, contender in CONTENDERS.items():
        try:
            contender.prepare(make(1, per_row=False))
        except ModuleNotFoundError:
            continue
        found.append(name)
    return found


def measure(workload: str, names: list[str], rows: int) -> Measured:
    peaks = {}
    for name in names:
        with process(CONTENDERS[name].threads) as fresh:
            peaks[name] = fresh.submit(peak, name, workload, rows).result()
    ready.cache_clear()
    with process(2) as other:  # Polars fixes its threads when it is imported
        where = {name: other if name == POLARS_BY_TWO else None for name in names}
        for name, pool in where.items():
            check(name, workload, rows) if pool is None else pool.submit(check, name, workload, rows).result()
        rounds = [{name: time_there(pool, name, workload, rows) for name, pool in where.items()} for _ in range(ROUNDS)]
    return Measured(rounds, peaks)


def time_there(pool: ProcessPoolExecutor | None, name: str, workload: str, rows: int) -> Seconds:
    return timed(name, workload, rows) if pool is None else pool.submit(timed, name, workload, rows).result()


def header(rows: int, load: float) -> Iterator[str]:
    compiler = subprocess.run(["cc", "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]
    yield f"machine   {cpu()}, {os.cpu_count()} cores, load {load:.1f}, {platform.platform()}"
    yield f"python    {platform.python_implementation()} {platform.python_version()}; {compiler}, -O3"
    yield f"versions  kashia_money {__version__}, {', '.join(map(shown_version, LIBRARIES))}"
    yield f"worked    {rows:,} rows, with {outputs(rows):,.0f} MB of outputs; medians of {ROUNDS} rounds, x is times C"
    yield "bounds    C and kashia_money are exact up to 64 bits and refuse what is out of bounds; the rest wraps"


def shown_version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def outputs(rows: int) -> float:
    return rows * 8 * len(NAMES) / MB


def table(measured: dict[str, Measured], rows: int) -> Iterator[str]:
    yield f"{'':<26}" + "".join(f"{f'{workload}: M rows/s':>20}{'x':>7}{'MB':>7}" for workload in measured)
    for name in CONTENDERS:
        yield f"{name:<26}" + "".join(cells(found, name, rows) for found in measured.values())


def cells(found: Measured, name: str, rows: int) -> str:
    if name not in found.peaks:
        return f"{'not installed':>34}"
    return f"{rows / found.seconds(name) / 1e6:20.0f}{found.ratio(name, C):7.2f}{found.peaks[name]:7,.0f}"


def targets(measured: dict[str, Measured], rows: int) -> Iterator[str]:
    for workload, most in ((CONSTANT, 1.25), (PER_ROW, 1.6)):
        found = measured[workload]
        yield verdict(f"{workload}: at most {most} x C", found.ratio(OURS, C), most)
        yield verdict(f"{workload}: two threads, at most 0.85 of one's time", found.ratio(OURS_BY_TWO, OURS), 0.85)
        yield verdict(f"{workload}: at most 4 MB beyond the outputs", found.peaks[OURS_FRESH] - outputs(rows), 4)
        for other, least in ((NUMPY, 2), (POLARS, 1.3), (PANDAS, 1), (PYARROW, 1), (DUCKDB, 1)):
            target = f"{workload}: at least {least} x as fast as {other}"
            if other in found.peaks:
                shown = verdict(target, -found.ratio(other, OURS), -least)
                yield f"{shown}; {found.ratio(other, OURS_FRESH):.2f} with fresh outputs"


def verdict(target: str, found: float, most: float) -> str:
    return f"{f'target, {target}':<66}{abs(found):6.2f} {'met' if found <= most else 'missed'}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.columns")
    parser.add_argument("--rows", type=int, default=20_000_000)
    rows: int = parser.parse_args().rows
    load = os.getloadavg()[0]
    limit_threads(1)
    names = installed()
    measured = {workload: measure(workload, names, rows) for workload in WORKLOADS}
    parts = header(rows, load), table(measured, rows), targets(measured, rows)
    print("\n\n".join("\n".join(part) for part in parts))


if __name__ == "__main__":
    main()
