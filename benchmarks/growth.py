"""Time and memory for up to 300 million rows, and the picture `docs/growth.svg` of the time.

Polars and DuckDB read a Parquet file of a million rows as often as needed, and return the sums of
the figures: so neither the disk nor the result limits them. NumPy has its columns in memory. Each
row has a percentage and a cap. Each measurement has a new process, and all cores except for NumPy.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from kashia_money.arrays import quote_arrays
from kashia_money.frames import with_fees

from .columns import FIGURES, orders
from .timing import header, peak_megabytes

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1, 3, 10, 30, 100, 300)  # million rows
RUNS = 3
PICTURE = Path(__file__).parents[1] / "docs" / "growth.svg"
TERMS: Any = {"merchant_fee_percentage": "percentage", "merchant_fee_cap": "cap"}


def in_polars(file: str, millions: int) -> Callable[[], Any]:
    frame = import_module("polars").scan_parquet([file] * millions)
    sums = with_fees(frame, **TERMS).select(FIGURES).sum()
    return lambda: sums.collect(engine="streaming").row(0)


def in_duckdb(file: str, millions: int) -> Callable[[], Any]:
    frame = import_module("duckdb").connect().read_parquet([file] * millions)
    sums = ", ".join(f"sum({figure})" for figure in FIGURES)
    return lambda: with_fees(frame, **TERMS).aggregate(sums).fetchall()[0]


def in_numpy(_: str, millions: int) -> Callable[[], Any]:
    amounts, percentages, caps = (np.tile(column, millions) for column in orders(10**6).values())
    terms: Any = {"merchant_fee_percentage": percentages, "merchant_fee_cap": caps}
    return lambda: [figure.sum() for figure in quote_arrays(amounts, **terms)]


CONTENDERS = {"Polars, lazy": in_polars, "DuckDB": in_duckdb, "NumPy": in_numpy}


def measure(name: str, file: str, millions: int) -> tuple[float, float, list[int]]:
    """Return the seconds, the megabytes and the sums of the figures."""
    CONTENDERS[name](file, 1)()  # imports the library
    run = CONTENDERS[name](file, millions)
    megabytes = peak_megabytes(run)
    seconds = []
    for _ in range(RUNS):
        began = perf_counter()
        sums = run()
        seconds.append(perf_counter() - began)
    return min(seconds), megabytes, [int(total) for total in sums]


def draw(sizes: list[int], seconds: dict[str, list[float]]) -> None:
    import_module("matplotlib").rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none"})
    figure = import_module("matplotlib.figure").Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, times in seconds.items():
        axes.loglog(sizes, times, marker="o", label=name)
    axes.set(xlabel="million rows", ylabel="seconds", xticks=sizes, xticklabels=sizes)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--most", type=int, default=100, help="million rows; default: 100")
    most = parser.parse_args().most
    sizes = [millions for millions in SIZES if millions <= most]
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    expected: list[int] = []  # for one million rows
    print(header("numpy", "polars", "duckdb", "narwhals"))
    print(f"{'':<14}{'million rows':>13}{'seconds':>10}{'MB':>8}")
    with TemporaryDirectory() as folder:
        file = str(Path(folder, "orders.parquet"))
        table = import_module("pyarrow").table(orders(10**6))
        import_module("pyarrow.parquet").write_table(table, file)
        for name in CONTENDERS:
            for millions in sizes:
                with ProcessPoolExecutor(1, get_context("spawn")) as process:
                    time, memory, sums = process.submit(measure, name, file, millions).result()
                expected = expected or sums
                if sums != [total * millions for total in expected]:
                    raise SystemExit(f"{name} differs at {millions} million rows: {sums}")
                seconds[name].append(time)
                print(f"{name:<14}{millions:>13}{time:>10.3f}{memory:>8,.0f}")
    if find_spec("matplotlib"):
        draw(sizes, seconds)
    else:
        print("install matplotlib to draw the picture")


if __name__ == "__main__":
    main()
