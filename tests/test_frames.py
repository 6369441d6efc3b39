"""Any dataframe against the scalar, row by row: each test runs on every engine."""

from __future__ import annotations

import math
from collections import defaultdict
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kashia_money import (
    PUBLISHED,
    CurrencyMismatchError,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidColumnError,
    InvalidPercentageError,
    KashiaMoneyError,
    MissingScheduleError,
    Rounding,
    Tier,
    TieredRule,
    commission,
)
from kashia_money.tiers import MAX_TIERS
from tests.conformance import load
from tests.engines import ENGINES, Engine
from tests.strategies import MAX, amounts, caps, commissions, currencies, large_amounts, near, rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    Link: TypeAlias = tuple[int | None, float | None, int | None]  # amount, percentage, cap

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore:distutils Version classes are deprecated:DeprecationWarning"),
    # Narwhals 2.29 says so of a package, narwhals-dask, that is yet to be published.
    pytest.mark.filterwarnings("ignore:Dask support is moving out of Narwhals:FutureWarning"),
]

FIGURES = ["platform_fee", "merchant_fee", "total_fees", "total_amount"]
NGN = PUBLISHED["NGN"]
TERMS = {"merchant_fee_percentage": "percentage", "merchant_fee_cap": "cap"}


@pytest.fixture(params=ENGINES.values(), ids=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    found.skip_unless_installed()
    return found


def frame(engine: Engine, links: Sequence[tuple[Any, ...]], kinds: Sequence[str] = ("int64", "double", "int64")) -> Any:
    pa: Any = import_module("pyarrow")

    columns = list(zip(*links, strict=True)) or [()] * len(kinds)
    names = ("amount", "percentage", "cap")[: len(columns)]
    return engine.constructor(
        pa.table(
            {
                name: pa.array(column, kind, from_pandas=False)
                for name, column, kind in zip(names, columns, kinds, strict=False)
            }
        )
    )


def with_fees(*arguments: Any, **terms: Any) -> Any:
    from kashia_money.frames import with_fees

    return with_fees(*arguments, **terms)


def columns(native: Any, names: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Compute a frame: its columns, or those named, as Python's values, null as None."""
    import narwhals as nw

    made = nw.from_native(native)
    made = made.collect() if isinstance(made, nw.LazyFrame) else made
    found = {name: made[name].to_arrow().to_pylist() for name in names or made.columns}
    kinds = {name: made.schema[name] for name in FIGURES if name in found}
    assert set(kinds.values()) <= {nw.Int64}
    return found


def rows(native: Any) -> list[tuple[int | None, ...]]:
    return list(zip(*columns(native, FIGURES).values(), strict=True))


def scalar(plan: FeeSchedule, amount: int | None, percentage: Any = None, cap: int | None = None) -> tuple[Any, ...]:
    try:
        made = plan.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)  # type: ignore[arg-type]
    except KashiaMoneyError:
        return (None, None, None, None)
    return tuple(made.fees.values())


def expected(engine: Engine, plan: FeeSchedule, links: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [scalar(plan, *(None if engine.nan_is_null and is_nan(term) else term for term in link)) for link in links]


def is_nan(term: object) -> bool:
    return isinstance(term, float) and math.isnan(term)


def hold(engine: Engine, plan: FeeSchedule, links: Sequence[tuple[Any, ...]], *kinds: str) -> None:
    """Every row is the scalar's, whatever the types of the columns."""
    given_ = frame(engine, links, kinds or ("int64", "double", "int64"))
    terms = dict(list(TERMS.items())[: len(links[0]) - 1 if links else 2])
    made = with_fees(given_, currency=plan.currency, schedule=plan, **terms)
    assert type(made) is type(given_)
    assert rows(made) == expected(engine, plan, links)


# Rows that the test of an engine meets in every run.

AMOUNTS = [0, 1, 99, 666_699, 666_700, 333_333_299, 333_333_300, 150_000_000, 2**31, 2**53 + 1, 10**17 - 1]
AMOUNTS += [10**9 * 10**8 - 3, 92_233_720_368 * 10**8 - 1, MAX // 5 * 4, MAX - 5_000_000, MAX - 4_999_999, MAX, -1]
PERCENTAGES = [0.0, -0.0, 1e-6, 0.1, 1.5, 10.0, 12.345678, 19.999999, 20.0, 20.000001, 100.0, -1.0, 4.35, 1e9, 1e300]
PERCENTAGES += [-1e300, 2.0**62, -(2.0**62), 5e9, 9e9, 9.1e9, 4_294_967_297.000001]
PERCENTAGES += [
    4449728321.361485,
    4460870679.787373,
    4491593247.089973,
]  # times a million, they round to the wrong integer
REFUSED = [math.nan, math.inf, -math.inf, 1e-7, 0.1 + 0.2, 20.0000001, 1e9 + 2.0**-22, -0.1234567, 5e-324]
CAPS = [None, 0, 1, 5_000_000, MAX]
LINKS: list[Link] = [(amount, None, None) for amount in AMOUNTS]
LINKS += [(amount, percentage, None) for amount in (1_000, 10**17 + 3) for percentage in PERCENTAGES + REFUSED]
LINKS += [(amount, 7.5, cap) for amount in (0, 10**8, MAX - 5_000_005) for cap in CAPS]
LINKS += [(None, 5.0, 5), (None, None, None), (10**6, 5.0, -1), (10**6, 5.0, -MAX - 1), (-MAX - 1, 5.0, 5)]

PLANS = {
    "published": NGN,
    "with a default": FeeSchedule("NGN", NGN.platform, commission("2.5", cap=1_000_000)),
    "100 %": FeeSchedule("USD", FeeRule(100)),
    "99.999999 % and a flat part": FeeSchedule("USD", FeeRule("99.999999", flat=7, flat_from=100)),
    "a flat part beyond its cap": FeeSchedule("USD", FeeRule(50, flat=MAX, cap=1_000)),
    "a flat part beyond all": FeeSchedule("USD", FeeRule(50, flat=MAX, flat_from=10**9)),
    "a minimum beyond all": FeeSchedule("USD", FeeRule(1, minimum=MAX)),
    "a large minimum": FeeSchedule("USD", FeeRule(1, minimum=MAX - 10**6)),
    **{
        f"{mode.name}": FeeSchedule(
            "NGN", FeeRule("48.76", flat=3, rounding=mode), FeeRule("7.5", cap=10**9, rounding=mode)
        )
        for mode in Rounding
    },
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_rows_that_break_things(engine: Engine, plan: FeeSchedule) -> None:
    hold(engine, plan, LINKS)


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_one_commission_for_all(engine: Engine, plan: FeeSchedule) -> None:
    column = [(amount,) for amount in [*AMOUNTS, None, *range(40)]]
    given_ = frame(engine, column)
    for terms in ({}, {"merchant_fee_percentage": 12.5}, {"merchant_fee_percentage": 25, "merchant_fee_cap": 4_000}):
        link: list[Any] = [terms.get("merchant_fee_percentage"), terms.get("merchant_fee_cap")]
        made = with_fees(given_, currency=plan.currency, schedule=plan, **terms)
        assert rows(made) == [scalar(plan, amount, *link) for (amount,) in column]


def test_as_many_tiers_as_there_may_be(engine: Engine) -> None:
    """Engines nest what is chosen by tier, and some give up on what is nested deeply."""
    platform = TieredRule("volume", [Tier(1_000 * step, 100 - step, 7 * step) for step in range(MAX_TIERS)])
    merchant = TieredRule("graduated", [Tier(1_000 * step, step / 8) for step in range(MAX_TIERS)])
    hold(engine, FeeSchedule("NGN", platform, merchant), [(777 * step, None, None) for step in range(200)])


def test_conformance(engine: Engine) -> None:
    """The conformance cases, those beyond signed integers in unsigned ones."""
    links: dict[FeeSchedule, list[Link]] = defaultdict(list)
    beyond: dict[FeeSchedule, list[Link]] = defaultdict(list)
    for group in load():
        for row in group.rows:
            link = (row.amount, None if row.percentage is None else float(row.percentage), row.cap)
            integers = (row.amount or 0, row.cap or 0)
            if min(integers) >= -MAX - 1 and max(integers) <= MAX:
                links[group.schedule].append(link)
            elif min(integers) >= 0 and max(integers) < 2**64:
                beyond[group.schedule].append(link)
    assert len(links) > 50
    assert beyond
    for plan, found in links.items():
        hold(engine, plan, found)
    for plan, found in beyond.items() if engine.unsigned else ():
        hold(engine, plan, found, "uint64", "double", "uint64")


merchants = st.builds(
    lambda percentage, cap, mode: FeeRule(min(max(percentage, 0), 20), cap=cap, rounding=mode),
    commissions,
    caps,
    st.sampled_from(Rounding),
)
plans = st.builds(FeeSchedule, currencies, rules(), merchants)
floats = commissions.map(float) | st.floats() | st.floats(0, 25).map(lambda value: round(value, 6))
any_amounts = st.none() | amounts | large_amounts | st.integers(-MAX - 1, MAX)
links = st.tuples(any_amounts, st.none() | floats, caps | near(MAX) | st.integers(-MAX - 1, -1))


def test_any_schedule_and_any_rows(engine: Engine) -> None:
    @settings(max_examples=max(2, int(settings().max_examples * engine.effort)))
    @given(plans, st.lists(links, max_size=40))
    def check(plan: FeeSchedule, drawn: list[Link]) -> None:
        hold(engine, plan, drawn)

    check()


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"])
def test_every_integer_type(engine: Engine, kind: str) -> None:
    if kind.startswith("u") and not engine.unsigned:
        return
    bits, signed = int(kind.lstrip("uint")), not kind.startswith("u")
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    values = sorted({least, 0, 1, 7, 20, 21, 100, most // 2, most // 2 + 1, most - 1, most} - {2**bits})
    hold(engine, NGN, [(value,) for value in [*values, None]], kind)
    hold(engine, NGN, [(10**9, value, value) for value in [*values, None]], "int64", kind, kind)


def test_floats_of_32_bits_are_what_they_are(engine: Engine) -> None:
    import numpy as np

    values = [10.5, 0.25, float(np.float32(10.1)), None]
    assert scalar(NGN, 10**6, values[2])[0] is None
    hold(engine, NGN, [(10**6, value, 50_000) for value in values], "int64", "float", "int64")


@pytest.mark.parametrize("links", [[], [(None, None, None)] * 3], ids=["empty", "all null"])
def test_nothing_in_nothing_out(engine: Engine, links: list[Link]) -> None:
    hold(engine, NGN, links)


def test_columns_keep_their_place_their_order_and_their_values(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    table = pa.table({"z": ["b", "a"], "__fees_x": [1, 2], "paid": [10**6, -1], "_fees_base": [3, 4], "A b.c": [5, 6]})
    made = columns(with_fees(engine.constructor(table), "paid"))
    assert list(made) == [*table.column_names, *FIGURES]
    assert {name: made[name] for name in table.column_names} == table.to_pydict()
    assert made["total_amount"] == [1_015_000, None]


def test_amounts_of_any_name(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    for name in ("select", "Amount", "order amount", "₦", "order.amount"):
        made = with_fees(engine.constructor(pa.table({name: [10**6]})), name)
        assert rows(made) == [scalar(NGN, 10**6)]


def test_one_column_may_serve_twice(engine: Engine) -> None:
    made = with_fees(frame(engine, [(15,), (40,)]), merchant_fee_percentage="amount", merchant_fee_cap="amount")
    assert rows(made) == [scalar(NGN, 15, 15, 15), scalar(NGN, 40, 40, 40)]


def test_given_frame_is_left_alone(engine: Engine) -> None:
    given_ = frame(engine, [(10**6, 5.0, 7)])
    with_fees(given_, **TERMS)
    assert columns(given_) == {"amount": [10**6], "percentage": [5.0], "cap": [7]}


def test_lazy_frames_are_not_computed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    import narwhals.stable.v2 as nw

    given_ = frame(engine, [(10**6, 5.0, 7), (5, None, None)])
    if not engine.lazy:
        assert isinstance(nw.from_native(given_), nw.DataFrame)
        return
    assert isinstance(nw.from_native(given_), nw.LazyFrame)
    for method in ("collect", "compute", "toArrow", "toPandas", "execute", "fetchall", "to_arrow_table", "to_pyarrow"):
        if hasattr(type(given_), method):
            try:
                monkeypatch.setattr(type(given_), method, None)
            except TypeError:  # a type written in C, whose frames cannot be watched
                continue
    with_fees(given_, **TERMS)


@pytest.mark.parametrize("name", ["total_fees", "Platform_Fee", "MERCHANT_FEE", "total_amount"])
def test_names_that_are_taken(engine: Engine, name: str) -> None:
    pa: Any = import_module("pyarrow")

    with pytest.raises(InvalidColumnError, match=f"got '{name}': rename or drop it"):
        with_fees(engine.constructor(pa.table({"amount": [1], name: [2]})))


def test_columns_that_are_missing(engine: Engine) -> None:
    given_ = frame(engine, [(1, 2.0, 3)])
    with pytest.raises(InvalidColumnError, match=r"expected amount as the name of a column, got 'paid': .*'amount'"):
        with_fees(given_, "paid")
    with pytest.raises(InvalidColumnError, match="merchant_fee_percentage as the name of a column, got '5'"):
        with_fees(given_, merchant_fee_percentage="5")
    with pytest.raises(InvalidColumnError, match="merchant_fee_cap as the name of a column, got ''"):
        with_fees(given_, merchant_fee_cap="")


WRONG: dict[str, list[Any]] = {"bool": [True], "double": [1.0], "string": ["1"]}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("term", ["amount", "percentage", "cap"])
def test_columns_of_a_wrong_type(engine: Engine, kind: str, term: str) -> None:
    if (kind, term) == ("double", "percentage"):
        return
    given_ = frame(
        engine,
        [tuple(WRONG[kind][0] if name == term else 1 for name in ("amount", "percentage", "cap"))],
        [kind if name == term else "int64" for name in ("amount", "percentage", "cap")],
    )
    with pytest.raises(InvalidColumnError, match=f"'{term}', as a column of integers.*: cast it first"):
        with_fees(given_, **TERMS)


def test_decimals_are_refused(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    with pytest.raises(InvalidColumnError, match="'amount', as a column of integers"):
        with_fees(engine.constructor(pa.table({"amount": pa.array([1], pa.decimal128(20, 0))})))


CONSTANTS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"merchant_fee_percentage": math.nan}, InvalidPercentageError),
    ({"merchant_fee_percentage": 0.1234567}, InvalidPercentageError),
    ({"merchant_fee_percentage": True}, InvalidPercentageError),
    ({"merchant_fee_cap": -1}, InvalidAmountError),
    ({"merchant_fee_cap": 1.5}, InvalidAmountError),
    ({"currency": "USD"}, MissingScheduleError),
    ({"currency": "USD", "schedule": NGN}, CurrencyMismatchError),
    ({"amount": 5}, TypeError),
]


@pytest.mark.parametrize(("arguments", "error"), CONSTANTS, ids=str)
def test_what_holds_for_all_rows_is_checked_before_the_frame_is_touched(
    arguments: dict[str, Any], error: type[Exception]
) -> None:
    pytest.importorskip("narwhals", reason="Narwhals is not installed: pip install 'kashia_money[frames]'")
    with pytest.raises(error):
        with_fees(object(), **arguments)


def test_what_is_no_frame() -> None:
    pytest.importorskip("narwhals", reason="Narwhals is not installed: pip install 'kashia_money[frames]'")
    with pytest.raises(TypeError):
        with_fees([1, 2])


def test_refused_rows_are_found_as_documented(engine: Engine) -> None:
    import narwhals as nw

    made = nw.from_native(with_fees(frame(engine, [(5,), (None,), (-1,), (MAX,)])))
    refused = made.filter(~nw.col("amount").is_null(), nw.col("total_amount").is_null())
    assert columns(refused.to_native())["amount"] == [-1, MAX]


# What pandas alone has.


def pandas() -> Any:
    ENGINES["pandas of NumPy"].skip_unless_installed()
    return import_module("pandas")


def kinds(made: Any) -> set[str]:
    return {str(made[name].dtype) for name in FIGURES}


def test_types_of_pandas() -> None:
    pd = pandas()
    given_ = pd.DataFrame({"amount": [5, 6]})
    assert kinds(with_fees(given_)) == {"int64"}
    assert kinds(with_fees(pd.DataFrame({"amount": [5, -6]}))) == {"Int64"}
    assert kinds(with_fees(given_.astype("UInt16"))) == {"Int64"}
    assert kinds(with_fees(given_.astype("int32[pyarrow]"))) == {"int64[pyarrow]"}


def test_index_of_pandas() -> None:
    pd = pandas()
    for column in ([5, 6, 7], [5, -6, 7]):
        made = with_fees(pd.DataFrame({"amount": column}, index=pd.Index([9, 9, 1], name="order")))
        assert made.index.tolist() == [9, 9, 1]
        assert made.index.name == "order"
        assert made["platform_fee"].notna().tolist() == [amount > 0 for amount in column]


def test_integers_that_pandas_made_floats() -> None:
    with pytest.raises(InvalidColumnError, match="pandas keeps integers beside nulls in its type Int64"):
        with_fees(pandas().DataFrame({"amount": [5, None]}))


def test_types_of_dask_do_not_depend_on_the_rows() -> None:
    ENGINES["Dask of NumPy"].skip_unless_installed()
    made = with_fees(frame(ENGINES["Dask of NumPy"], [(5,), (6,)]))
    assert kinds(made) == kinds(made.compute()) == {"Int64"}


def test_integers_of_128_bits() -> None:
    column = [(10**6,), (2**63,), (2**100,), (-(2**100),), (MAX,), (None,)]
    for name in ("Polars", "Polars, lazy"):
        ENGINES[name].skip_unless_installed()
        pl: Any = import_module("polars")
        given_ = pl.DataFrame({"amount": [amount for (amount,) in column]}, schema={"amount": pl.Int128})
        twice = given_.with_columns(cap="amount", percentage="amount")
        for made in (given_, given_.lazy()):
            assert rows(with_fees(made)) == [scalar(NGN, amount) for (amount,) in column]
        for made in (twice.with_columns(amount=10**9), twice.with_columns(amount=10**9).lazy()):
            assert rows(with_fees(made, **TERMS)) == [scalar(NGN, 10**9, value, value) for (value,) in column]


def test_sums_of_duckdb_are_amounts() -> None:
    ENGINES["DuckDB"].skip_unless_installed()
    summed = (
        import_module("duckdb")
        .connect()
        .sql("SELECT sum(amount) AS amount FROM (VALUES (1::BIGINT), (99)) AS orders(amount)")
    )
    assert str(summed.types[0]) == "HUGEINT"
    assert rows(with_fees(summed)) == [scalar(NGN, 100)]


def test_spark_where_an_overflow_is_an_error_and_where_it_is_not() -> None:
    engine = ENGINES["Spark"]
    engine.skip_unless_installed()
    given_ = frame(engine, LINKS)
    session = given_.sparkSession
    for ansi in ("true", "false"):
        session.conf.set("spark.sql.ansi.enabled", ansi)
        assert rows(with_fees(given_, **TERMS)) == expected(engine, NGN, LINKS)
    session.conf.unset("spark.sql.ansi.enabled")
