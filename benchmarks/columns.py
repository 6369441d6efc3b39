"""A column of quotes: kashia_money, a C loop, and one formula in five data libraries.

C and kashia_money are exact and check every row. The formula checks nothing, and its 64-bit
integers wrap from about 4e12 kobo on. Every result must equal that of C. All run on one thread and
are timed in processor time, which leaves out other programs; the row of two threads is not.
"""

from __future__ import annotations

import ctypes
import operator
import os
import subprocess
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

import kashia_money
from kashia_money.arrays import QuoteArrays, quote_arrays
from kashia_money.frames import with_fees

from .timing import OTHER, OtherCopy, arguments, header, peak_megabytes, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from .timing import Stopwatch

    Run: TypeAlias = Callable[[], Any]  # returns the four columns of FIGURES, by name

FIGURES = QuoteArrays._fields
SCALE, HALF = 100_000_000, 50_000_000
RATE, CAP, MAX_RATE = 10_000_000, 20_000_000, 20_000_000  # of the commission, 10 %
TWO_THREADS = "quote_arrays, two threads"


class Workload(NamedTuple):
    """A platform fee for the formula, and the same as a `FeeRule`."""

    bands: tuple[tuple[int, int, int], ...]  # start, its fee in 10⁻⁸ kobo, rate above the start
    minimum: int
    maximum: int
    rule: str
    per_row: bool = False  # a percentage and a cap in each row; otherwise RATE and CAP

    def terms(self, percentage: Any, cap: Any) -> dict[str, Any]:
        rule = eval(self.rule, vars(kashia_money))
        return {
            "merchant_fee_percentage": percentage if self.per_row else RATE / 1e6,
            "merchant_fee_cap": cap if self.per_row else CAP,
            "schedule": kashia_money.FeeSchedule("NGN", rule),
        }


FLAT = (0, 0, 1_500_000)
WAIVED = (FLAT, (250_000, 250_000 * 1_500_000 + 10_000 * SCALE, 1_500_000))
TIERS = (
    (0, 0, 2_500_000),
    (1_000_000, 25_000 * SCALE, 1_500_000),
    (10_000_000, 160_000 * SCALE, 1_000_000),
)
BOUNDED = "FeeRule('1.5', minimum=10_000, cap=5_000_000)"
FLAT_FROM = "FeeRule('1.5', flat=10_000, flat_from=250_000, cap=200_000)"
GRADUATED = "FeeRule.graduated([Tier(0, '2.5'), Tier(1_000_000, '1.5'), Tier(10_000_000, 1)])"
CONSTANT = Workload((FLAT,), 10_000, 5_000_000, BOUNDED)
PER_ROW = CONSTANT._replace(per_row=True)
WORKLOADS = {
    "one commission for all rows": CONSTANT,
    "a percentage and a cap in each row": PER_ROW,
    "a flat part that small amounts do not pay": Workload(WAIVED, 0, 200_000, FLAT_FROM),
    "three tiers": Workload(TIERS, 0, 2**63 - 1, GRADUATED),
}


@cache
def orders(rows: int) -> dict[str, Any]:
    """Return orders of about 20,000 naira; a few have amount 0 or a percentage above 20."""
    random = np.random.default_rng(1)
    amounts = np.minimum(np.exp(random.normal(14.5, 1.6, rows)), 1e9).astype(np.int64)
    percentages = random.integers(0, MAX_RATE, rows, endpoint=True) / 1e6
    caps = random.integers(10_000, 10_000_000, rows)
    amounts[random.random(rows) < 1e-5] = 0
    percentages[random.random(rows) < 1e-5] = 25
    return {"amount": amounts, "percentage": percentages, "cap": caps}


@cache
def outputs(rows: int) -> QuoteArrays:
    return QuoteArrays(*(np.empty(rows, np.int64) for _ in FIGURES))


def in_c(workload: Workload, rows: int, *, checked: bool = True) -> Run:
    bands = ",".join(f"{{{start},{fee},{rate}}}" for start, fee, rate in workload.bands)
    macros = [
        f"-DBANDS={bands}",
        f"-DMINIMUM={workload.minimum}",
        f"-DMAXIMUM={workload.maximum}",
        f"-DPER_ROW={workload.per_row:d}",
        f"-DCHECKED={checked:d}",
    ]
    with TemporaryDirectory() as folder:
        source, library = Path(__file__).with_name("loop.c"), Path(folder, "loop.so")
        command = ["cc", "-O3", "-shared", "-fPIC", *macros, str(source), "-o", str(library)]
        subprocess.run(command, check=True)
        loop = ctypes.CDLL(str(library)).quotes
    loop.restype = ctypes.c_int64
    columns = (*orders(rows).values(), *outputs(rows))
    pointers = [ctypes.c_void_p(column.ctypes.data) for column in columns]
    constants = [ctypes.c_int64(number) for number in (rows, RATE, CAP)]

    def run() -> Any:
        if loop(*constants, *pointers) != rows:
            raise ValueError("a row is out of bounds")
        return outputs(rows)._asdict()

    return run


def in_arrays(workload: Workload, rows: int, *, new: bool = False, threads: int = 1) -> Run:
    amounts, percentages, caps = orders(rows).values()
    terms = workload.terms(percentages, caps)
    out = None if new else outputs(rows)
    return lambda: quote_arrays(amounts, out=out, threads=threads, **terms)._asdict()


def in_frame(workload: Workload, rows: int, *, library: str, kind: str = "DataFrame") -> Run:
    frame = getattr(import_module(library), kind)(orders(rows))
    terms = workload.terms("percentage", "cap")
    return lambda: with_fees(frame, **terms)


class Library(NamedTuple):
    """A library's frame of orders, and its functions that the formula needs besides operators."""

    frame: Any
    column: Callable[[Any, str], Any]
    select: Callable[[Any, dict[str, Any]], Any]
    collect: Callable[[Any], Any]
    where: Callable[[Any, Any, Any], Any]
    least: Callable[[Any, Any], Any]
    most: Callable[[Any, Any], Any]
    integer: Callable[[Any], Any]
    divide: Callable[[Any, int], Any] = operator.floordiv


def in_numpy(rows: int) -> Library:
    return Library(
        frame=orders(rows),
        column=operator.getitem,
        select=lambda _, columns: columns,
        collect=lambda columns: columns,
        where=np.where,
        least=np.minimum,
        most=np.maximum,
        integer=lambda column: np.rint(column).astype(np.int64),
    )


def in_pandas(rows: int) -> Library:
    frame = import_module("pandas").DataFrame(orders(rows))
    return in_numpy(rows)._replace(frame=frame)  # NumPy's functions take a Series


def in_polars(rows: int) -> Library:
    pl = import_module("polars")
    return Library(
        frame=pl.LazyFrame(orders(rows)),
        column=lambda _, name: pl.col(name),
        select=lambda frame, columns: frame.select(**columns),
        collect=lambda frame: frame.collect(),
        where=lambda condition, value, other: pl.when(condition).then(value).otherwise(other),
        least=pl.min_horizontal,
        most=pl.max_horizontal,
        integer=lambda column: column.round().cast(pl.Int64),
    )


def in_duckdb(rows: int) -> Library:
    duckdb = import_module("duckdb")
    function, case = duckdb.FunctionExpression, duckdb.CaseExpression
    table = import_module("pyarrow").table(orders(rows))
    return Library(
        frame=duckdb.connect(config={"threads": 1}).from_arrow(table),
        column=lambda _, name: duckdb.ColumnExpression(name),
        select=lambda frame, columns: frame.select(*(c.alias(n) for n, c in columns.items())),
        collect=lambda frame: frame.to_arrow_table(),
        where=lambda condition, value, other: case(condition, value).otherwise(other),
        least=partial(function, "least"),
        most=partial(function, "greatest"),
        integer=lambda column: function("round", column).cast("BIGINT"),
    )


def in_pyarrow(rows: int) -> Library:
    pa, pc = import_module("pyarrow"), import_module("pyarrow.compute")
    acero = import_module("pyarrow.acero")

    def select(frame: Any, columns: dict[str, Any]) -> Any:
        options = acero.ProjectNodeOptions(list(columns.values()), list(columns))
        return acero.Declaration("project", options, [frame])

    table = acero.TableSourceNodeOptions(pa.table(orders(rows)))
    return Library(
        frame=acero.Declaration("table_source", table),
        column=lambda _, name: pc.field(name),
        select=select,
        collect=lambda frame: frame.to_table(use_threads=False),
        where=pc.if_else,
        least=pc.min_element_wise,
        most=pc.max_element_wise,
        integer=lambda column: pc.round(column).cast(pa.int64()),
        divide=operator.truediv,
    )


def in_formula(workload: Workload, rows: int, *, prepare: Callable[[int], Library]) -> Run:
    library = prepare(rows)
    return lambda: formula(library, workload)


def formula(library: Library, workload: Workload) -> Any:
    least, most, divide = library.least, library.most, library.divide
    amount, percentage, cap = (library.column(library.frame, name) for name in orders(1))
    rate: Any = RATE
    if workload.per_row:
        rate = library.integer(most(least(percentage, 20.0), 0.0) * 1e6)
    (_, _, first_rate), *higher_bands = workload.bands
    exact = amount * first_rate
    for start, fee, band_rate in higher_bands:
        exact = library.where(amount >= start, (amount - start) * band_rate + fee, exact)
    bounded = least(most(divide(exact + HALF, SCALE), workload.minimum), workload.maximum)
    commission = divide(amount * rate + HALF, SCALE)
    columns = {
        "amount": amount,
        "platform_fee": library.where(amount == 0, 0, bounded),
        "merchant_fee": least(commission, cap if workload.per_row else CAP),
    }
    fees = library.select(library.frame, columns)
    amount, platform_fee, merchant_fee = (library.column(fees, name) for name in columns)
    total_fees = platform_fee + merchant_fee
    figures = (platform_fee, merchant_fee, total_fees, amount + total_fees)
    return library.collect(library.select(fees, dict(zip(FIGURES, figures, strict=True))))


OWN: dict[str, Callable[[Workload, int], Run]] = {
    "quote_arrays, existing outputs": in_arrays,
    "quote_arrays": partial(in_arrays, new=True),
    TWO_THREADS: partial(in_arrays, threads=2),
    "with_fees on Polars": partial(in_frame, library="polars"),
    "with_fees on pandas": partial(in_frame, library="pandas"),
    "with_fees on PyArrow": partial(in_frame, library="pyarrow", kind="table"),
}
CONTENDERS: dict[str, Callable[[Workload, int], Run]] = {
    "C loop, existing outputs": in_c,
    "C loop, unchecked": partial(in_c, checked=False),
    **OWN,
    "NumPy": partial(in_formula, prepare=in_numpy),
    "Polars": partial(in_formula, prepare=in_polars),
    "pandas": partial(in_formula, prepare=in_pandas),
    "PyArrow": partial(in_formula, prepare=in_pyarrow),
    "DuckDB, Arrow to Arrow": partial(in_formula, prepare=in_duckdb),
}


def checked(task: str, name: str, rows: int) -> Stopwatch:
    """Return the stopwatch of a contender whose figures equal those of the C loop."""
    expected = [column.copy() for column in in_c(WORKLOADS[task], rows)().values()]
    run = CONTENDERS[name](WORKLOADS[task], rows)
    result = run()
    for figure, column in zip(FIGURES, expected, strict=True):
        if not np.array_equal(result[figure], column):
            raise SystemExit(f"{task}: {name} differs from C in {figure}")
    clock = perf_counter if name == TWO_THREADS else process_time

    def seconds() -> float:
        run()  # untimed, so that each finds the memory as its library leaves it
        began = clock()
        result = run()
        ended = clock()
        del result  # outside the time
        return ended - began

    return seconds


def own(rows: int) -> dict[str, Callable[[], Stopwatch]]:
    pairs = [(task, name) for task in WORKLOADS for name in OWN]
    return {f"{task}: {name}": partial(checked, task, name, rows) for task, name in pairs}


def main() -> None:
    os.environ["POLARS_MAX_THREADS"] = "1"  # read when Polars is imported
    options = arguments("columns", rows=20_000_000)
    rows = options.rows
    other = OtherCopy(options.against, "columns", rows) if options.against else None
    print(header("numpy", "polars", "pandas", "pyarrow", "duckdb", "narwhals", other=other))
    in_c(PER_ROW, rows)()  # so that the outputs are in memory
    in_arrays(PER_ROW, 1_000)()
    megabytes = peak_megabytes(in_arrays(PER_ROW, rows))
    print(f"quote_arrays, existing outputs: {megabytes:.1f} MB of other memory")
    for task in WORKLOADS:
        stopwatches = {}
        for name in CONTENDERS:
            stopwatches[name] = checked(task, name, rows)
            if other and f"{task}: {name}" in other.names:
                stopwatches[f"{name}, {OTHER}"] = partial(other.seconds, f"{task}: {name}")
        title = f"{task}, million rows a second"
        print(table(title, stopwatches, lambda seconds: f"{rows / seconds / 1e6:.0f}"))


if __name__ == "__main__":
    main()
