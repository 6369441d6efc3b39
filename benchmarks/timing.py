"""Interleaved timing: each round runs every contender once, in turn.

A time is the minimum of all rounds, because other programs can only add to it. A ratio is the
median of the ratios within each round, because a slow phase of the machine slows both sides of it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias

import kashia_money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Stopwatch: TypeAlias = Callable[[], float]  # runs a contender; returns the seconds of one run

ROUNDS = 11
OURS, OTHER = "kashia_money", "other copy"


def table(title: str, stopwatches: Mapping[str, Stopwatch], figure: Callable[[float], str]) -> str:
    """Return a row for each contender: the figure of its time, and the ratio to the first."""
    rounds = [{name: run() for name, run in stopwatches.items()} for _ in range(ROUNDS)]
    base = next(iter(stopwatches))
    rows = [title]
    for name in stopwatches:
        seconds = min(timed[name] for timed in rounds)
        ratio = median(timed[name] / timed[base] for timed in rounds)
        rows.append(f"  {name:<42}{figure(seconds):>8}{ratio:>9.2f}")
    return "\n".join(rows)


def arguments(module: str, **defaults: int) -> argparse.Namespace:
    """Return the options of a command, which are numbers, and the directory of another copy."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"default: {default:,}")
    parser.add_argument("--against", metavar="DIR", help="the directory of another kashia_money")
    return parser.parse_args()


def header(*names: str, other: OtherCopy | None = None) -> str:
    machine = f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    versions = [f"{OURS} {_version()}", *(f"{name} {version(name)}" for name in names)]
    if other:
        versions.append(f"{OTHER} {other.version}")
    return f"{machine}, Python {platform.python_version()}\n{'; '.join(versions)}"


def _version() -> str:
    build = "pure Python" if isinstance(kashia_money.quote, FunctionType) else "compiled"
    return f"{kashia_money.__version__} ({build})"


class OtherCopy:
    """A process that imports kashia_money from another directory, and times one run per request."""

    def __init__(self, directory: str, module: str, *arguments: int) -> None:
        self.directory = str(Path(directory).resolve())
        # `benchmarks` is imported first, so that both processes run the same benchmarks.
        program = (
            f"import sys, benchmarks; sys.path.insert(0, {self.directory!r})\n"
            f"from benchmarks import timing, {module}\n"
            f"timing.serve({module}.own(*{arguments!r}))"
        )
        command = [sys.executable, "-c", program]
        checkout = Path(__file__).parents[1]
        self._process: Any = Popen(command, cwd=checkout, stdin=PIPE, stdout=PIPE, text=True)
        file, self.version, *self.names = json.loads(self._answer())
        if not file.startswith(self.directory):
            raise SystemExit(f"no kashia_money in {self.directory}")

    def seconds(self, name: str) -> float:
        print(name, file=self._process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> Any:
        return self._process.stdout.readline() or sys.exit("the process of the other copy ended")


def serve(contenders: Mapping[str, Callable[[], Stopwatch]]) -> None:
    """Answer `OtherCopy`: the names of the contenders, then the seconds of each that it names."""
    stopwatches = {}
    for name, prepare in contenders.items():
        try:
            stopwatches[name] = prepare()
        except (AttributeError, ImportError, NameError, TypeError) as error:  # an older copy
            print(f"{OTHER} lacks {name}: {error}", file=sys.stderr)
    print(json.dumps([kashia_money.__file__, _version(), *stopwatches]), flush=True)
    for line in sys.stdin:
        print(stopwatches[line.rstrip()](), flush=True)


def peak_megabytes(run: Callable[[], object]) -> float:
    """Return the memory that a run takes, at most, in addition to the memory before it."""
    # Linux only. The maximum of `getrusage` starts with the parent's and cannot be reset.
    Path("/proc/self/clear_refs").write_text("5")
    before = _kilobytes("VmRSS")
    run()
    return (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))
