"""Every engine that the library is tested on: how one makes its frame of an Arrow table.

To add an engine, write its constructor and name it in ENGINES with the packages that it needs.
"""

from __future__ import annotations

import os
import shutil
from atexit import register
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def pandas_numpy(table: Any) -> Any:
    pd: Any = import_module("pandas")

    # Where there are nulls, which NumPy's integers cannot be, pandas would make floats of them.
    integers_or_null = {
        name: nullable(column)
        for name, column in zip(table.column_names, table.columns, strict=True)
        if "int" in str(column.type) and column.null_count
    }
    return pd.DataFrame(
        {name: integers_or_null.get(name, table[name].to_pandas()) for name in table.column_names}
    )


def pandas_nullable(table: Any) -> Any:
    pd: Any = import_module("pandas")

    return pd.DataFrame({name: nullable(table[name]) for name in table.column_names})


def nullable(column: Any) -> Any:
    pd: Any = import_module("pandas")

    kinds = {"double": "Float64", "float": "Float32", "bool": "boolean", "string": "string"}
    kind = str(column.type)
    known = kinds.get(
        kind, kind.replace("uint", "UInt") if kind.startswith("u") else kind.replace("int", "Int")
    )
    return (
        pd.array(column.to_pylist(), dtype=known) if "decimal" not in kind else column.to_pandas()
    )


def pandas_arrow(table: Any) -> Any:
    pd: Any = import_module("pandas")

    return table.to_pandas(types_mapper=pd.ArrowDtype)


def polars(table: Any) -> Any:
    pl: Any = import_module("polars")

    return pl.DataFrame(table)


def polars_lazy(table: Any) -> Any:
    return polars(table).lazy()


def pyarrow(table: Any) -> Any:
    return table


def duckdb(table: Any) -> Any:
    return import_module("duckdb").connect().from_arrow(table)


def dask_numpy(table: Any) -> Any:
    dd: Any = import_module("dask.dataframe")

    return dd.from_pandas(pandas_numpy(table), npartitions=2)


def dask_arrow(table: Any) -> Any:
    dd: Any = import_module("dask.dataframe")

    return dd.from_pandas(pandas_arrow(table), npartitions=2)


def ibis_duckdb(table: Any) -> Any:
    return import_module("ibis").memtable(
        table
    )  # DuckDB is what Ibis computes by unless told otherwise


def ibis_polars(table: Any) -> Any:
    return import_module("ibis").polars.connect({"orders": polars_lazy(table)}).table("orders")


# Files, because engines trust a file's statistics, of which each library writes others.


@cache
def folder() -> TemporaryDirectory[str]:
    """A folder for all files, which may be read as long as the tests run."""
    made = TemporaryDirectory()
    register(made.cleanup)
    return made


NUMBERS = count()


def new_path(suffix: str) -> str:
    return str(Path(folder().name, f"{next(NUMBERS)}.{suffix}"))


def parquet_by_pyarrow(table: Any) -> str:
    path = new_path("parquet")
    import_module("pyarrow.parquet").write_table(table, path)
    return path


def parquet_by_polars(table: Any) -> str:
    path = new_path("parquet")
    polars(table).write_parquet(path, statistics="full")
    return path


def parquet_by_duckdb(table: Any) -> str:
    path = new_path("parquet")
    duckdb(table).write_parquet(path)
    return path


def duckdb_over(write: Callable[[Any], str], table: Any) -> Any:
    return import_module("duckdb").connect().read_parquet(write(table))


def duckdb_over_csv(table: Any) -> Any:
    path = new_path("csv")
    polars(table).write_csv(path, null_value="NULL")
    kinds = {"double": "DOUBLE", "float": "FLOAT", "int64": "BIGINT", "uint64": "UBIGINT"}
    types = {field.name: kinds[str(field.type)] for field in table.schema}
    read = import_module("duckdb").connect().read_csv
    return read(path, header=True, na_values="NULL", dtype=types)


def duckdb_over_dataset(table: Any) -> Any:
    dataset = import_module("pyarrow.dataset").dataset(parquet_by_pyarrow(table))
    return import_module("duckdb").connect().from_arrow(dataset)


def spark_over_parquet(table: Any) -> Any:
    return spark_session().read.parquet(parquet_by_pyarrow(table))


def ibis_over_parquet(table: Any) -> Any:
    return import_module("ibis").duckdb.connect().read_parquet(parquet_by_pyarrow(table))


def polars_over_parquet(table: Any) -> Any:
    return import_module("polars").scan_parquet(parquet_by_pyarrow(table))


def pyspark(table: Any) -> Any:
    return spark_session().createDataFrame(table)


@cache
def spark_session() -> Any:
    """One session for all tests, that nobody else can reach."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = (
        import_module("pyspark.sql").SparkSession.builder.master("local[2]").appName("kashia_money")
    )
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


class Engine(NamedTuple):
    constructor: Callable[[Any], Any]
    needs: tuple[str, ...]  # packages, and commands, besides Narwhals, NumPy and PyArrow
    lazy: bool = False
    unsigned: bool = True  # whether it has unsigned integers
    nan_is_null: bool = False
    effort: float = (
        0.5  # of Hypothesis' examples, because they take so much longer than the scalar's
    )

    def skip_unless_installed(self) -> None:
        for name in ("narwhals", "numpy", "pyarrow", *self.needs):
            if find_spec(name) is None and shutil.which(name) is None:
                remedy = "pip install 'kashia_money[engines]', and Java for Spark"
                pytest.skip(f"{name} is not installed: {remedy}")


ENGINES = {
    "pandas of NumPy": Engine(pandas_numpy, ("pandas",), nan_is_null=True),
    "pandas nullable": Engine(pandas_nullable, ("pandas",), nan_is_null=True),
    "pandas of Arrow": Engine(pandas_arrow, ("pandas",)),
    "Polars": Engine(polars, ("polars",)),
    "Polars, lazy": Engine(polars_lazy, ("polars",), lazy=True),
    "PyArrow": Engine(pyarrow, ()),
    "DuckDB": Engine(duckdb, ("duckdb",), lazy=True),
    "Dask of NumPy": Engine(
        dask_numpy, ("dask", "pandas"), lazy=True, nan_is_null=True, effort=0.1
    ),
    "Dask of Arrow": Engine(dask_arrow, ("dask", "pandas"), lazy=True, effort=0.1),
    "Ibis on DuckDB": Engine(ibis_duckdb, ("ibis", "duckdb"), lazy=True, effort=0.1),
    "Ibis on Polars": Engine(ibis_polars, ("ibis", "polars"), lazy=True, effort=0.1),
    "Spark": Engine(pyspark, ("pyspark", "pandas", "java"), lazy=True, unsigned=False, effort=0.03),
}

FILES = {
    "DuckDB over Parquet by PyArrow": Engine(
        partial(duckdb_over, parquet_by_pyarrow), ("duckdb",), lazy=True
    ),
    "DuckDB over Parquet by Polars": Engine(
        partial(duckdb_over, parquet_by_polars), ("duckdb", "polars"), lazy=True
    ),
    "DuckDB over Parquet by DuckDB": Engine(
        partial(duckdb_over, parquet_by_duckdb), ("duckdb",), lazy=True
    ),
    "DuckDB over a dataset": Engine(duckdb_over_dataset, ("duckdb",), lazy=True),
    "DuckDB over CSV": Engine(duckdb_over_csv, ("duckdb", "polars"), lazy=True),
    "Ibis over Parquet": Engine(ibis_over_parquet, ("ibis", "duckdb"), lazy=True),
    "Polars over Parquet": Engine(polars_over_parquet, ("polars",), lazy=True),
    "Spark over Parquet": Engine(
        spark_over_parquet, ("pyspark", "pandas", "java"), lazy=True, unsigned=False
    ),
}
