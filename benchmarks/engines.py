"""A month of quotes, worked out by whole columns in many ways; `columns` times them.

Each takes the same columns in its own form, made beforehand, and leaves the four figures in its own form. Each is
written the plain way that its documentation shows. C (but for its plain rows) and kashia_money are exact for every
amount and refuse what is out of bounds; the rest compute `(amount * rate + half) // scale`, which wraps from about
4.6e11 kobo on, and look at no bounds. In both, a float percentage of more than six places is refused.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]
    Figures: TypeAlias = Mapping[str, Any]  # or what is indexed like one: a frame
    Run: TypeAlias = Callable[[], Figures]

NAMES = ("platform_fee", "merchant_fee", "total_fees", "total_amount")
SCALE, HALF, MILLION = 100_000_000, 50_000_000, 1e6
PLATFORM_RATE, MINIMUM, MAXIMUM = 1_500_000, 10_000, 5_000_000
PERCENTAGE, CAP = 10.0, 20_000_000
RATE, MAX_COMMISSION = 10_000_000, 20_000_000
CHUNK = 65_536  # rows made at a time, so that making them takes no more memory than keeping them


class Orders(NamedTuple):
    """Columns of orders; without percentages and caps, PERCENTAGE and CAP hold for all."""

    amounts: Ints
    percentages: Floats | None = None
    caps: Ints | None = None

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        names = ("amount", "percentage", "cap")
        return {name: column for name, column in zip(names, self, strict=True) if column is not None}

    @property
    def overrides(self) -> dict[str, Any]:
        """What quote_arrays takes."""
        return {
            "merchant_fee_percentage": PERCENTAGE if self.percentages is None else self.percentages,
            "merchant_fee_cap": CAP if self.caps is None else self.caps,
        }

    @property
    def named(self) -> dict[str, Any]:
        """What with_fees takes."""
        if self.percentages is None:
            return self.overrides
        return {"merchant_fee_percentage": "percentage", "merchant_fee_cap": "cap"}


def make(rows: int, *, per_row: bool) -> Orders:
    """Make orders around 20,000 naira; about one in 100,000 is of 0, or asks for 25 %."""
    random = np.random.default_rng(1)
    orders = Orders(np.empty(rows, np.int64))
    if per_row:
        orders = Orders(orders.amounts, np.empty(rows), np.empty(rows, np.int64))
    for start in range(0, rows, CHUNK):
        amounts = orders.amounts[start : start + CHUNK]
        amounts[:] = np.minimum(np.exp(random.normal(14.5, 1.6, len(amounts))), 1e9)
        amounts[random.random(len(amounts)) < 1e-5] = 0
        if orders.percentages is not None and orders.caps is not None:
            percentages = orders.percentages[start : start + CHUNK]
            percentages[:] = random.integers(0, MAX_COMMISSION, len(amounts), endpoint=True) / MILLION
            percentages[random.random(len(amounts)) < 1e-5] = 25
            orders.caps[start : start + CHUNK] = random.integers(10_000, 10_000_000, len(amounts))
    return orders


def empty(rows: int) -> tuple[Ints, Ints, Ints, Ints]:
    return tuple(np.empty(rows, np.int64) for _ in NAMES)  # type: ignore[return-value]


def in_c(orders: Orders, *, fresh: bool = False, plain: bool = False) -> Run:
    rows, room = len(orders.amounts), empty(len(orders.amounts))
    constant = orders.percentages is None
    function = compiled()[f"{'constant' if constant else 'rows'}{'_plain' if plain else ''}"]
    function.restype = ctypes.c_int64
    overrides = (ctypes.c_int64(RATE), ctypes.c_int64(CAP)) if constant else map(pointer, orders[1:])
    call = partial(function, ctypes.c_int64(rows), pointer(orders.amounts), *overrides)

    def run() -> Figures:
        out = empty(rows) if fresh else room
        stopped: int = call(Pointers(*map(pointer, out)))
        if stopped != rows:
            raise ValueError(f"row {stopped} is refused")
        return dict(zip(NAMES, out, strict=True))

    return run


class Pointers(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_void_p) for name in NAMES)


def pointer(column: NDArray[Any] | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if column is None else column.ctypes.data)


@cache
def compiled() -> ctypes.CDLL:
    with TemporaryDirectory() as folder:
        library = Path(folder, "loop.so")
        command = ["cc", "-O3", "-shared", "-fPIC", str(Path(__file__).with_name("loop.c")), "-o", str(library)]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library))


def by_arrays(orders: Orders, *, fresh: bool = False, threads: int = 1) -> Run:
    from kashia_money.arrays import QuoteArrays, quote_arrays

    out = None if fresh else QuoteArrays(*empty(len(orders.amounts)))

    def run() -> Figures:
        return quote_arrays(orders.amounts, out=out, threads=threads, **orders.overrides)._asdict()

    return run


def by_numpy(orders: Orders) -> Run:
    def run() -> Figures:
        amounts, percentages, caps = orders
        platform_fee = np.clip((amounts * PLATFORM_RATE + HALF) // SCALE, MINIMUM, MAXIMUM)
        platform_fee[amounts == 0] = 0
        rates: Ints | int = RATE
        if percentages is not None:
            millionths = np.rint(percentages * MILLION)
            if (millionths / MILLION != percentages).any():
                raise ValueError("more than six places")
            rates = np.clip(millionths, 0, MAX_COMMISSION).astype(np.int64)
        merchant_fee = np.minimum((amounts * rates + HALF) // SCALE, CAP if caps is None else caps)
        total_fees = platform_fee + merchant_fee
        return dict(zip(NAMES, (platform_fee, merchant_fee, total_fees, amounts + total_fees), strict=True))

    return run


def by_numba(orders: Orders) -> Run:
    numba: Any = import_module("numba")

    @numba.njit  # type: ignore[untyped-decorator]
    def charge(amount: int, rate: int) -> int:
        return (amount * rate + HALF) // SCALE

    @numba.njit  # type: ignore[untyped-decorator]
    def fill(out: tuple[Ints, ...], amounts: Ints, percentages: Floats | None, caps: Ints | None) -> None:
        for row in range(len(amounts)):
            amount, rate, cap = amounts[row], RATE, CAP
            if percentages is not None:
                millionths = np.rint(percentages[row] * MILLION)
                if millionths / MILLION != percentages[row]:
                    raise ValueError("more than six places")
                rate = min(max(int(millionths), 0), MAX_COMMISSION)
            if caps is not None:
                cap = caps[row]
            platform_fee = min(max(charge(amount, PLATFORM_RATE), MINIMUM), MAXIMUM) if amount else 0
            merchant_fee = min(charge(amount, rate), cap)
            out[0][row] = platform_fee
            out[1][row] = merchant_fee
            out[2][row] = platform_fee + merchant_fee
            out[3][row] = amount + platform_fee + merchant_fee

    def run() -> Figures:
        out = empty(len(orders.amounts))
        fill(out, *orders)
        return dict(zip(NAMES, out, strict=True))

    return run


def by_polars(orders: Orders) -> Run:
    pl: Any = import_module("polars")
    frame = pl.DataFrame(orders.columns)
    amount, cap = pl.col("amount"), pl.lit(CAP) if orders.caps is None else pl.col("cap")
    millionths = pl.lit(RATE) if orders.percentages is None else pl.col("millionths").clip(0, MAX_COMMISSION)
    charged = ((amount * PLATFORM_RATE + HALF) // SCALE).clip(MINIMUM, MAXIMUM)
    figures = {
        "platform_fee": pl.when(amount == 0).then(0).otherwise(charged),
        "merchant_fee": pl.min_horizontal((amount * millionths.cast(pl.Int64) + HALF) // SCALE, cap),
    }

    def run() -> Figures:
        rated = frame
        if orders.percentages is not None:
            rated = frame.with_columns(millionths=(pl.col("percentage") * MILLION).round())
            # By a column, because Polars divides by a constant by multiplying by its reciprocal, which is not exact.
            million = pl.col("percentage") * 0 + MILLION
            if rated.select((pl.col("millionths") / million != pl.col("percentage")).any()).item():
                raise ValueError("more than six places")
        found = rated.select(amount, **figures).with_columns(total_fees=pl.col("platform_fee") + pl.col("merchant_fee"))
        made: Figures = found.with_columns(total_amount=amount + pl.col("total_fees"))
        return made

    return run


def by_pandas(orders: Orders) -> Run:
    pd: Any = import_module("pandas")
    frame = pd.DataFrame(orders.columns)

    def run() -> Figures:
        amount, rate, cap = frame["amount"], RATE, CAP
        if orders.percentages is not None:
            millionths = (frame["percentage"] * MILLION).round()
            if (millionths / MILLION != frame["percentage"]).any():
                raise ValueError("more than six places")
            rate, cap = millionths.clip(0, MAX_COMMISSION).astype("int64"), frame["cap"]
        made = {
            "platform_fee": ((amount * PLATFORM_RATE + HALF) // SCALE).clip(MINIMUM, MAXIMUM).where(amount != 0, 0),
            "merchant_fee": ((amount * rate + HALF) // SCALE).clip(upper=cap),
        }
        made["total_fees"] = made["platform_fee"] + made["merchant_fee"]
        made["total_amount"] = amount + made["total_fees"]
        return made

    return run


def by_pyarrow(orders: Orders) -> Run:
    pa: Any = import_module("pyarrow")
    pc: Any = import_module("pyarrow.compute")
    table = pa.table(orders.columns)
    pa.set_cpu_count(1)

    def charge(amount: Any, rate: Any) -> Any:
        return pc.divide(pc.add(pc.multiply(amount, rate), HALF), SCALE)

    def run() -> Figures:
        amount, rate, cap = table["amount"], RATE, CAP
        if orders.percentages is not None:
            millionths = pc.round(pc.multiply(table["percentage"], MILLION))
            if pc.any(pc.not_equal(pc.divide(millionths, MILLION), table["percentage"])).as_py():
                raise ValueError("more than six places")
            rate = pc.min_element_wise(pc.max_element_wise(millionths, 0.0), float(MAX_COMMISSION)).cast(pa.int64())
            cap = table["cap"]
        bounded = pc.min_element_wise(pc.max_element_wise(charge(amount, PLATFORM_RATE), MINIMUM), MAXIMUM)
        made = {
            "platform_fee": pc.if_else(pc.equal(amount, 0), 0, bounded),
            "merchant_fee": pc.min_element_wise(charge(amount, rate), cap),
        }
        made["total_fees"] = pc.add(made["platform_fee"], made["merchant_fee"])
        made["total_amount"] = pc.add(amount, made["total_fees"])
        return made

    return run


def by_duckdb(orders: Orders) -> Run:
    duckdb: Any = import_module("duckdb")
    pa: Any = import_module("pyarrow")
    connection = duckdb.connect(config={"threads": 1})
    connection.register("orders", pa.table(orders.columns))
    rate = cap = ""
    if orders.percentages is None:
        rate, cap = str(RATE), str(CAP)
    else:
        exact = "CASE WHEN round(percentage * 1e6) / 1e6 = percentage THEN round(percentage * 1e6)"
        rate = f"greatest(least({exact} ELSE error('more than six places') END, {MAX_COMMISSION}), 0)::BIGINT"
        cap = "cap"
    charged = f"greatest(least((amount * {PLATFORM_RATE} + {HALF}) // {SCALE}, {MAXIMUM}), {MINIMUM})"
    query = f"""
        SELECT platform_fee, merchant_fee,
               platform_fee + merchant_fee AS total_fees, amount + total_fees AS total_amount
        FROM (SELECT amount,
                     CASE WHEN amount = 0 THEN 0 ELSE {charged} END AS platform_fee,
                     least((amount * {rate} + {HALF}) // {SCALE}, {cap}) AS merchant_fee
              FROM orders)"""

    def run() -> Figures:
        made: Figures = connection.sql(query).to_arrow_table()
        return made

    return run


def with_fees_on(orders: Orders, *, library: str, kind: str) -> Run:
    from kashia_money.frames import with_fees

    frame = getattr(import_module(library), kind)(orders.columns)

    def run() -> Figures:
        made: Figures = with_fees(frame, **orders.named)
        return made

    return run


class Contender(NamedTuple):
    prepare: Callable[..., Run]
    threads: int = 1


C = "C"
OURS, OURS_FRESH, OURS_BY_TWO = "kashia_money.arrays", "  fresh outputs", "  two threads"
NUMPY, POLARS, PANDAS, PYARROW, DUCKDB = "NumPy, whole arrays", "Polars", "pandas", "PyArrow", "DuckDB, Arrow to Arrow"
POLARS_BY_TWO = "  two threads of Polars"
CONTENDERS = {
    C: Contender(in_c),
    "  fresh outputs of C": Contender(partial(in_c, fresh=True)),
    "  plain: wraps, no bounds": Contender(partial(in_c, plain=True)),
    OURS: Contender(by_arrays),
    OURS_FRESH: Contender(partial(by_arrays, fresh=True)),
    OURS_BY_TWO: Contender(partial(by_arrays, threads=2), threads=2),
    NUMPY: Contender(by_numpy),
    "Numba": Contender(by_numba),
    POLARS: Contender(by_polars),
    POLARS_BY_TWO: Contender(by_polars, threads=2),
    PANDAS: Contender(by_pandas),
    PYARROW: Contender(by_pyarrow),
    DUCKDB: Contender(by_duckdb),
    "with_fees on Polars": Contender(partial(with_fees_on, library="polars", kind="DataFrame")),
    "with_fees on pandas": Contender(partial(with_fees_on, library="pandas", kind="DataFrame")),
    "with_fees on PyArrow": Contender(partial(with_fees_on, library="pyarrow", kind="table")),
}
LIBRARIES = ("numpy", "numba", "polars", "pandas", "pyarrow", "duckdb", "narwhals")  # by their distributions' names


def limit_threads(threads: int) -> None:
    """Let what is imported from here on use so many threads at most."""
    for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = str(threads)
