"""Time against rows: `python -m benchmarks.growth` prints one table, and draws docs/growth.svg where Matplotlib is.

Each has a commission and a cap in every row, and runs in a fresh process, on every core (NumPy: one). Polars and DuckDB
read Parquet, the same million rows over and over, and return the sums of the four figures, so that neither the disk nor
the result has a part in it; what they hold in memory should not grow. NumPy has all its columns in memory. "MB" is the
most memory beyond what was there before.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .columns import MB, forget_peak, memory, process
from .engines import NAMES, Orders, make
from .scalar import cpu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MILLION = 1_000_000
SIZES = (1, 3, 10, 30, 100, 300)  # million rows
ROUNDS = 3
PLOT = Path(__file__).parents[1] / "docs" / "growth.svg"
TERMS: dict[str, Any] = {"merchant_fee_percentage": "percentage", "merchant_fee_cap": "cap"}


class Measured(NamedTuple):
    seconds: float
    megabytes: float
    sums: tuple[int, ...]


def by_polars(part: Path, millions: int) -> Callable[[], tuple[int, ...]]:
    from kashia_money.frames import with_fees

    pl: Any = import_module("polars")
    orders = pl.scan_parquet([part] * millions)

    def run() -> tuple[int, ...]:
        sums: tuple[int, ...] = with_fees(orders, **TERMS).select(NAMES).sum().collect(engine="streaming").row(0)
        return sums

    return run


def by_duckdb(part: Path, millions: int) -> Callable[[], tuple[int, ...]]:
    from kashia_money.frames import with_fees

    duckdb: Any = import_module("duckdb")
    orders = duckdb.connect().read_parquet([str(part)] * millions)

    def run() -> tuple[int, ...]:
        (sums,) = with_fees(orders, **TERMS).aggregate(", ".join(f"sum({name})" for name in NAMES)).fetchall()
        return tuple(map(int, sums))

    return run


def by_arrays(part: Path, millions: int) -> Callable[[], tuple[int, ...]]:
    from kashia_money.arrays import quote_arrays

    table: Any = import_module("pyarrow.parquet").read_table(part)
    orders = Orders(*(np.tile(table[name].to_numpy(), millions) for name in ("amount", "percentage", "cap")))

    def run() -> tuple[int, ...]:
        return tuple(int(figure.sum()) for figure in quote_arrays(orders.amounts, **orders.overrides))

    return run


CONTENDERS = {"Polars, lazy": by_polars, "DuckDB": by_duckdb, "NumPy": by_arrays}


def write(part: Path) -> None:
    pa: Any = import_module("pyarrow")
    import_module("pyarrow.parquet").write_table(pa.table(make(MILLION, per_row=True).columns), part)


def measure(name: str, part: Path, millions: int) -> Measured:
    CONTENDERS[name](part, 1)()
    run = CONTENDERS[name](part, millions)
    before = forget_peak()
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        sums = run()
        times.append(perf_counter() - began)
    return Measured(median(times), (memory("VmHWM") - before) / MB, sums)


def measured(part: Path, sizes: list[int]) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {name: [] for name in CONTENDERS}
    for millions in sizes:
        for name, points in found.items():
            with process(os.cpu_count() or 1) as fresh:
                points.append(fresh.submit(measure, name, part, millions).result())
    return found


def check(found: dict[str, list[Measured]], sizes: list[int]) -> None:
    """Stop unless every sum is the first one's, as many times as it has millions of rows."""
    (first, *_), *_ = found.values()
    for name, points in found.items():
        for millions, point in zip(sizes, points, strict=True):
            if point.sums != tuple(figure * millions // sizes[0] for figure in first.sums):
                raise SystemExit(f"{name} disagrees at {millions} million rows")


def rows(found: dict[str, list[Measured]], sizes: list[int]) -> Iterator[str]:
    yield f"{cpu()}, {os.cpu_count()} cores; medians of {ROUNDS} runs"
    yield f"{'million rows':<14}" + "".join(f"{f'{name}: s':>18}{'M rows/s':>10}{'MB':>7}" for name in found)
    for number, millions in enumerate(sizes):
        points = [points[number] for points in found.values()]
        yield f"{millions:<14}" + "".join(
            f"{point.seconds:18.3f}{millions / point.seconds:10.1f}{point.megabytes:7,.0f}" for point in points
        )


def draw(found: dict[str, list[Measured]], sizes: list[int]) -> None:
    try:
        matplotlib: Any = import_module("matplotlib")
        figures: Any = import_module("matplotlib.figure")
    except ModuleNotFoundError:
        print("not drawn: Matplotlib is not installed")
        return
    matplotlib.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure = figures.Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, points in found.items():
        axes.loglog(sizes, [point.seconds for point in points], marker="o", label=name)
    axes.set(xlabel="million rows", ylabel="seconds", xticks=sizes, xticklabels=sizes)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(PLOT, metadata={"Date": None})
    print(f"drawn: {PLOT}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--most", type=int, default=100, help="million rows (default: 100)")
    most: int = parser.parse_args().most
    sizes = [size for size in SIZES if size <= most]
    with TemporaryDirectory() as folder:
        part = Path(folder, "orders.parquet")
        write(part)
        found = measured(part, sizes)
    check(found, sizes)
    print("\n".join(rows(found, sizes)))
    draw(found, sizes)


if __name__ == "__main__":
    main()
