"""Any dataframe against the scalar, row by row: each test runs on every engine."""

from __future__ import annotations

import math
from collections import defaultdict
from decimal import Decimal
from importlib import import_module
from itertools import product
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
    NotAMarketplaceError,
    Rounding,
    Tier,
    commission,
    to_minor,
)
from kashia_money._core.fields import MAX_TIERS
from tests.support.conformance import load
from tests.support.engines import ENGINES, FILES, Engine
from tests.support.strategies import (
    MAX,
    amounts,
    caps,
    commissions,
    currencies,
    large_amounts,
    near,
    rules,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    Link: TypeAlias = tuple[int | None, float | None, int | None]  # amount, percentage, cap

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings(
        "ignore:distutils Version classes are deprecated:DeprecationWarning"
    ),
    # Ibis 12 reads a file's schema so.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table.. is deprecated:DeprecationWarning"),
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


SOURCES = ENGINES | FILES


@pytest.fixture(params=SOURCES.values(), ids=list(SOURCES))
def source(request: pytest.FixtureRequest) -> Engine:
    """An engine, or one with the rows in a file."""
    found: Engine = request.param
    found.skip_unless_installed()
    return found


def frame(
    engine: Engine,
    links: Sequence[tuple[Any, ...]],
    kinds: Sequence[str] = ("int64", "double", "int64"),
) -> Any:
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


def scalar(
    plan: FeeSchedule, amount: int | None, percentage: Any = None, cap: int | None = None
) -> tuple[Any, ...]:
    try:
        made = plan.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)  # type: ignore[arg-type]
    except KashiaMoneyError:
        return (None, None, None, None)
    return tuple(made.fees.values())


def expected(
    engine: Engine, plan: FeeSchedule, links: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    return [
        scalar(plan, *(None if engine.nan_is_null and is_nan(term) else term for term in link))
        for link in links
    ]


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

AMOUNTS = [
    0,
    1,
    99,
    666_699,
    666_700,
    333_333_299,
    333_333_300,
    150_000_000,
    2**31,
    2**53 + 1,
    10**17 - 1,
]
AMOUNTS += [
    10**9 * 10**8 - 3,
    92_233_720_368 * 10**8 - 1,
    MAX // 5 * 4,
    MAX - 5_000_000,
    MAX - 4_999_999,
    MAX,
    -1,
]
PERCENTAGES = [
    0.0,
    -0.0,
    1e-6,
    0.1,
    1.5,
    10.0,
    12.345678,
    19.999999,
    20.0,
    20.000001,
    100.0,
    -1.0,
    4.35,
    1e9,
    1e300,
]
PERCENTAGES += [-1e300, 2.0**62, -(2.0**62), 5e9, 9e9, 9.1e9, 4_294_967_297.000001]
PERCENTAGES += [
    4449728321.361485,
    4460870679.787373,
    4491593247.089973,
]  # times a million, they round to the wrong integer
REFUSED = [
    math.nan,
    math.inf,
    -math.inf,
    1e-7,
    0.1 + 0.2,
    20.0000001,
    1e9 + 2.0**-22,
    -0.1234567,
    5e-324,
]
CAPS = [None, 0, 1, 5_000_000, MAX]
LINKS: list[Link] = [(amount, None, None) for amount in AMOUNTS]
LINKS += [
    (amount, percentage, None)
    for amount in (1_000, 10**17 + 3)
    for percentage in PERCENTAGES + REFUSED
]
LINKS += [(amount, 7.5, cap) for amount in (0, 10**8, MAX - 5_000_005) for cap in CAPS]
LINKS += [
    (None, 5.0, 5),
    (None, None, None),
    (10**6, 5.0, -1),
    (10**6, 5.0, -MAX - 1),
    (-MAX - 1, 5.0, 5),
]

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
def test_with_fees_matches_the_scalar_at_the_edges(source: Engine, plan: FeeSchedule) -> None:
    hold(source, plan, LINKS)


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_with_fees_takes_constant_terms(engine: Engine, plan: FeeSchedule) -> None:
    column = [(amount,) for amount in [*AMOUNTS, None, *range(40)]]
    given_ = frame(engine, column)
    for terms in (
        {},
        {"merchant_fee_percentage": 12.5},
        {"merchant_fee_percentage": 25, "merchant_fee_cap": 4_000},
    ):
        link: list[Any] = [terms.get("merchant_fee_percentage"), terms.get("merchant_fee_cap")]
        made = with_fees(given_, currency=plan.currency, schedule=plan, **terms)
        assert rows(made) == [scalar(plan, amount, *link) for (amount,) in column]


def test_with_fees_takes_the_most_tiers(engine: Engine) -> None:
    """Engines nest what is chosen by tier, and some give up on what is nested deeply."""
    platform = FeeRule.volume(
        [Tier(1_000 * step, 100 - step, 7 * step) for step in range(MAX_TIERS)]
    )
    merchant = FeeRule.graduated([Tier(1_000 * step, step / 8) for step in range(MAX_TIERS)])
    hold(
        engine,
        FeeSchedule("NGN", platform, merchant),
        [(777 * step, None, None) for step in range(200)],
    )


NAN = math.nan
FROM_0_TO_20: list[list[Link]] = [
    [(10**6, NAN if row % 7 == 0 else float(row % 21), None) for row in range(200)],
    [(10**6, NAN if row % 7 == 0 else 7.5, 50_000) for row in range(200)],
    [(10**6, NAN, None)] * 5,
]


@pytest.mark.parametrize("links", FROM_0_TO_20, ids=["drawn", "constant", "all"])
def test_with_fees_rejects_nan_that_statistics_leave_out(source: Engine, links: list[Link]) -> None:
    """DuckDB folds away comparisons that a Parquet file's statistics settle, NaN or not."""
    for kind in ("double", "float"):
        hold(source, NGN, links, "int64", kind, "int64")


def test_with_fees_shows_the_rejected_rows_of_a_file(source: Engine) -> None:
    import narwhals as nw

    links = FROM_0_TO_20[0]
    priced = nw.from_native(with_fees(frame(source, links), merchant_fee_percentage="percentage"))
    rejected = priced.filter(~nw.col("amount").is_null(), nw.col("total_amount").is_null())

    assert len(columns(rejected.to_native())["amount"]) == (0 if source.nan_is_null else 29)


def conformance_links(*, unsigned: bool = False) -> dict[FeeSchedule, list[Link]]:
    """The conformance rows that fit signed integers, or those that fit unsigned ones alone."""
    found: dict[FeeSchedule, list[Link]] = defaultdict(list)
    for group in load():
        schedule = group.schedule
        for row in group.rows:
            percentage = None if row.percentage is None else float(row.percentage)
            integers = (row.amount or 0, row.cap or 0)
            fits = min(integers) >= -MAX - 1 and max(integers) <= MAX
            fits_unsigned_alone = min(integers) >= 0 and MAX < max(integers) < 2**64
            if fits_unsigned_alone if unsigned else fits:
                found[schedule].append((row.amount, percentage, row.cap))
    return found


def test_with_fees_matches_conformance_rows(source: Engine) -> None:
    links = conformance_links()
    assert len(links) > 50
    for plan, found in links.items():
        # A file's statistics say most about percentages.
        if source in ENGINES.values() or any(percentage for _, percentage, _ in found):
            hold(source, plan, found)


def test_with_fees_matches_unsigned_conformance_rows(source: Engine) -> None:
    links = conformance_links(unsigned=True)
    assert links
    for plan, found in links.items() if source.unsigned else ():
        hold(source, plan, found, "uint64", "double", "uint64")


@pytest.mark.parametrize("magnitude", [2**32 - 1, 2**53], ids=["32 bits", "53 bits"])
def test_engine_computes_conformance_rows_of_ordinary_size(
    engine: Engine, magnitude: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One huge amount among them could send them all to the scalar, in memory."""
    from kashia_money._columns.array_inputs import Columns

    def fail(*_: object) -> None:
        raise AssertionError("a row of ordinary size was computed by the scalar")

    monkeypatch.setattr(Columns, "quote", fail)
    rows = 0
    for plan, links in conformance_links().items():
        bounds = (plan.platform.flat, plan.platform.minimum)
        if max(bounds) <= 2**53 and (not engine.lazy or rows < 2_000):
            ordinary = [link for link in links if 0 <= (link[0] or 0) <= magnitude]
            hold(engine, plan, ordinary)
            rows += len(ordinary)

    assert rows >= 2_000


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


def test_with_fees_matches_the_scalar(engine: Engine) -> None:
    @settings(max_examples=max(2, int(settings().max_examples * engine.effort)))
    @given(plans, st.lists(links, max_size=40))
    def check(plan: FeeSchedule, drawn: list[Link]) -> None:
        hold(engine, plan, drawn)

    check()


@pytest.mark.parametrize(
    "kind", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
)
def test_with_fees_reads_every_integer_type(engine: Engine, kind: str) -> None:
    if kind.startswith("u") and not engine.unsigned:
        return
    bits, signed = int(kind.lstrip("uint")), not kind.startswith("u")
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    values = sorted(
        {least, 0, 1, 7, 20, 21, 100, most // 2, most // 2 + 1, most - 1, most} - {2**bits}
    )
    hold(engine, NGN, [(value,) for value in [*values, None]], kind)
    hold(engine, NGN, [(10**9, value, value) for value in [*values, None]], "int64", kind, kind)


def test_with_fees_reads_32_bit_floats_exactly(engine: Engine) -> None:
    import numpy as np

    values = [10.5, 0.25, float(np.float32(10.1)), None]
    assert scalar(NGN, 10**6, values[2])[0] is None
    hold(engine, NGN, [(10**6, value, 50_000) for value in values], "int64", "float", "int64")


@pytest.mark.parametrize("links", [[], [(None, None, None)] * 3], ids=["empty", "all null"])
def test_with_fees_takes_empty_and_null_columns(source: Engine, links: list[Link]) -> None:
    hold(source, NGN, links)


def test_with_fees_keeps_other_columns(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    table = pa.table(
        {
            "z": ["b", "a"],
            "__fees_x": [1, 2],
            "paid": [10**6, -1],
            "_fees_base_0": [3, 4],
            "_FEES_whole_1": [7, 8],
            "A b.c": [5, 6],
        }
    )
    made = columns(with_fees(engine.constructor(table), "paid"))

    assert list(made) == [*table.column_names, *FIGURES]
    assert {name: made[name] for name in table.column_names} == table.to_pydict()
    assert made["total_amount"] == [1_015_000, None]


def test_with_fees_takes_amounts_of_any_name(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    for name in ("select", "Amount", "order amount", "₦", "order.amount"):
        made = with_fees(engine.constructor(pa.table({name: [10**6]})), name)
        assert rows(made) == [scalar(NGN, 10**6)]


def test_with_fees_reads_one_column_twice(engine: Engine) -> None:
    made = with_fees(
        frame(engine, [(15,), (40,)]), merchant_fee_percentage="amount", merchant_fee_cap="amount"
    )

    assert rows(made) == [scalar(NGN, 15, 15, 15), scalar(NGN, 40, 40, 40)]


def test_with_fees_does_not_change_its_frame(engine: Engine) -> None:
    given_ = frame(engine, [(10**6, 5.0, 7)])
    with_fees(given_, **TERMS)

    assert columns(given_) == {"amount": [10**6], "percentage": [5.0], "cap": [7]}


def test_with_fees_computes_no_lazy_frame(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    import narwhals.stable.v2 as nw

    given_ = frame(engine, [(10**6, 5.0, 7), (5, None, None)])
    if not engine.lazy:
        assert isinstance(nw.from_native(given_), nw.DataFrame)
        return
    assert isinstance(nw.from_native(given_), nw.LazyFrame)
    for method in (
        "collect",
        "compute",
        "toArrow",
        "toPandas",
        "execute",
        "fetchall",
        "to_arrow_table",
        "to_pyarrow",
    ):
        if hasattr(type(given_), method):
            try:
                monkeypatch.setattr(type(given_), method, None)
            except TypeError:  # a type written in C, whose frames cannot be watched
                continue
    with_fees(given_, **TERMS)


@pytest.mark.parametrize("name", ["total_fees", "Platform_Fee", "MERCHANT_FEE", "total_amount"])
def test_with_fees_rejects_a_taken_name(engine: Engine, name: str) -> None:
    pa: Any = import_module("pyarrow")

    with pytest.raises(InvalidColumnError, match=f"got '{name}': rename or drop it"):
        with_fees(engine.constructor(pa.table({"amount": [1], name: [2]})))


def test_with_fees_names_a_missing_column(engine: Engine) -> None:
    given_ = frame(engine, [(1, 2.0, 3)])
    with pytest.raises(
        InvalidColumnError,
        match=r"expected amount as the name of a column, got 'paid': choose one of .*\]$",
    ):
        with_fees(given_, "paid")
    with pytest.raises(
        InvalidColumnError, match="merchant_fee_percentage as the name of a column, got '5'"
    ):
        with_fees(given_, merchant_fee_percentage="5")
    with pytest.raises(
        InvalidColumnError, match="merchant_fee_cap as the name of a column, got ''"
    ):
        with_fees(given_, merchant_fee_cap="")


WRONG: dict[str, list[Any]] = {"bool": [True], "double": [1.0], "string": ["1"]}
WRONG_TERMS = [*product(WRONG, ["amount", "percentage", "cap"])]
WRONG_TERMS.remove(("double", "percentage"))


@pytest.mark.parametrize(("kind", "term"), WRONG_TERMS)
def test_with_fees_rejects_columns_of_another_type(engine: Engine, kind: str, term: str) -> None:
    given_ = frame(
        engine,
        [tuple(WRONG[kind][0] if name == term else 1 for name in ("amount", "percentage", "cap"))],
        [kind if name == term else "int64" for name in ("amount", "percentage", "cap")],
    )
    remedy = (
        "these look like major units, such as 1500.50, which a cast would misprice: use to_minor"
    )
    if kind == "bool":
        remedy = "choose a column of"
    elif term == "percentage":
        remedy = "cast it to float64, and check that no value became null"
    with pytest.raises(InvalidColumnError, match=f"'{term}', as a column of integers.*: {remedy}"):
        with_fees(given_, **TERMS)


def test_with_fees_rejects_decimals(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    with pytest.raises(
        InvalidColumnError, match=r"'amount', as a column of integers.* major units"
    ):
        with_fees(engine.constructor(pa.table({"amount": pa.array([1], pa.decimal128(20, 0))})))


# Remedies, obeyed to the letter.

USD = FeeSchedule("USD", FeeRule("2.9", flat=30))


@pytest.mark.parametrize(
    "prices",
    [
        [19.99, 20.0, 0.29],
        ["19.99", "20", "0.29"],
        [Decimal("19.99"), Decimal(20), Decimal("0.29")],
    ],
    ids=["floats", "text", "decimals"],
)
def test_remedy_for_major_units_prices_them(prices: list[Any]) -> None:
    pd = pandas()
    with pytest.raises(InvalidColumnError, match=r"use to_minor\(str\(value\), currency\) on each"):
        with_fees(pd.DataFrame({"amount": prices}), currency="USD", schedule=USD)
    amounts = [to_minor(str(value), "USD") for value in prices]

    priced = with_fees(pd.DataFrame({"amount": amounts}), currency="USD", schedule=USD)

    assert priced["total_amount"].tolist() == [1999 + 88, 2000 + 88, 29 + 31]


def test_remedy_for_minor_units_that_pandas_made_floats_prices_them() -> None:
    orders = pandas().DataFrame({"amount": [150_000_000, None]})
    with pytest.raises(InvalidColumnError, match=r"cast them to int64 \(in pandas, to Int64\)"):
        with_fees(orders)

    priced = with_fees(orders.astype({"amount": "Int64"}))

    assert priced["total_amount"].tolist()[0] == 152_250_000
    with pytest.raises(TypeError):  # where it is not obeyed, there is an error, and no price
        pandas().DataFrame({"amount": [1500.5]}).astype("Int64")


def test_remedy_for_text_percentages_prices_them() -> None:
    orders = pandas().DataFrame({"amount": [50_000_000], "percentage": ["10.0"]})
    with pytest.raises(InvalidColumnError, match="cast it to float64"):
        with_fees(orders, merchant_fee_percentage="percentage")

    priced = with_fees(
        orders.astype({"percentage": "float64"}), merchant_fee_percentage="percentage"
    )

    assert priced["merchant_fee"].tolist() == [5_000_000]


def test_with_fees_uses_the_schedules_currency() -> None:
    orders = pandas().DataFrame({"amount": [10_000]})
    with pytest.raises(
        CurrencyMismatchError,
        match=r"pass a schedule of NGN, or an amount in USD and that currency$",
    ):
        with_fees(orders, currency="NGN", schedule=USD)

    assert with_fees(orders, schedule=USD)["total_amount"].tolist() == [10_320]


def test_with_fees_rejects_a_single_vendors_commission(engine: Engine) -> None:
    """A row that asks for one is rejected, even for 0 %; the others are the platform's."""
    vendor = FeeSchedule("NGN", NGN.platform, marketplace=False)
    links: list[Link] = [
        (10**6, None, None),
        (10**6, 0.0, None),
        (10**6, None, 5),
        (10**6, 2.5, 5),
        (None, 1.0, None),
    ]
    hold(engine, vendor, links)

    assert rows(with_fees(frame(engine, [(10**6,)]), schedule=vendor)) == [scalar(NGN, 10**6)]
    with pytest.raises(NotAMarketplaceError):
        with_fees(frame(engine, [(10**6,)]), merchant_fee_percentage=5, schedule=vendor)


def test_remedy_for_a_percentage_as_text_is_a_number() -> None:
    orders = pandas().DataFrame({"amount": [50_000_000]})
    with pytest.raises(InvalidColumnError, match=r"choose one of \['amount'\], or pass a number"):
        with_fees(orders, merchant_fee_percentage="10")

    assert with_fees(orders, merchant_fee_percentage=10)["merchant_fee"].tolist() == [5_000_000]


def test_remedy_for_a_series_is_a_frame() -> None:
    pd = pandas()
    series = pd.Series([150_000_000])
    with pytest.raises(
        TypeError, match="a dataframe that Narwhals knows, with the amounts in a column, not pandas"
    ):
        with_fees(series)

    assert with_fees(pd.DataFrame({"amount": series}))["total_amount"].tolist() == [152_250_000]


# Names.

ODD_NAMES = [
    "^amount$",
    "^.*$",
    "a.b",
    "a b",
    'a"b',
    "a`b",
    "a'b",
    "a\\b",
    "select",
    "É",
    "é",
    "%s",
    "{}",
    "$",
    "^",
]


def odd_names(engine: Engine) -> list[str]:
    """Names that mean something to an engine, except those that are an error there."""
    patterns = {name for name in ODD_NAMES if is_ibis(engine) and name[0] + name[-1] == "^$"}
    same = {"É"} if "pyspark" in engine.needs else set()  # as "é"
    return [name for name in ODD_NAMES if name not in patterns | same]


def is_ibis(engine: Engine) -> bool:
    return "ibis" in engine.needs


def test_with_fees_takes_every_name_literally(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    for name in odd_names(engine):
        table = pa.table({"amount": [3], name: [10**9], "x": [10**12]})
        priced = with_fees(
            engine.constructor(table), name, merchant_fee_percentage="amount", merchant_fee_cap="x"
        )
        assert rows(priced) == [scalar(NGN, 10**9, 3, 10**12)], name


def test_with_fees_leaves_columns_of_odd_names_alone(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")

    table = pa.table(
        {"amount": [10**6], **{name: [number] for number, name in enumerate(odd_names(engine))}}
    )
    made = columns(with_fees(engine.constructor(table)))

    assert list(made) == [*table.column_names, *FIGURES]
    assert {name: made[name] for name in table.column_names} == table.to_pydict()


def test_with_fees_takes_a_star_literally_or_rejects_it(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")
    star = engine.constructor(pa.table({"amount": [3], "*": [10**9]}))

    if is_ibis(engine) or engine.needs == ("duckdb",):
        for name in ("amount", "*"):
            with pytest.raises(InvalidColumnError, match=r"take for a pattern, got '\*': rename"):
                with_fees(star, name)
    else:
        assert rows(with_fees(star, "*")) == [scalar(NGN, 10**9)]
        assert columns(with_fees(star))["*"] == [10**9]


def test_with_fees_rejects_patterns_of_ibis() -> None:
    """Ibis gives Polars names that it takes for patterns."""
    engine = ENGINES["Ibis on Polars"]
    engine.skip_unless_installed()
    pa: Any = import_module("pyarrow")
    with pytest.raises(InvalidColumnError, match=r"got '\^amount\$': rename or drop the column"):
        with_fees(engine.constructor(pa.table({"amount": [3], "^amount$": [10**9]})))


def test_with_fees_tells_apart_names_by_case_or_rejects_them(engine: Engine) -> None:
    pa: Any = import_module("pyarrow")
    table = pa.table({"Amount": [7], "amount": [1000]})
    folds_case = {"duckdb", "ibis", "pyspark"} & {*engine.needs}
    if not folds_case:
        assert rows(with_fees(engine.constructor(table))) == [scalar(NGN, 1000)]
        assert rows(with_fees(engine.constructor(table), "Amount")) == [scalar(NGN, 7)]
        return
    if engine.needs == ("duckdb",):  # which renames the second column of an Arrow table
        given_ = (
            import_module("duckdb").connect().sql('SELECT 7::BIGINT "Amount", 1000::BIGINT amount')
        )
    else:
        given_ = engine.constructor(table)
    with pytest.raises(
        InvalidColumnError, match="can tell apart by name, got 'amount': rename one"
    ):
        with_fees(given_)


DUPLICATES = {
    "amount": "SELECT 1234.56 amount, 123456::BIGINT amount",
    "pct": "SELECT * FROM (SELECT 1000::BIGINT amount, 2.5::DOUBLE pct)"
    " JOIN (SELECT 10::INT pct) ON true",
    "z": "SELECT 1000::BIGINT amount, 7 z, 8 z",
    "Z": "SELECT 1000::BIGINT amount, 7 z, 8 Z",
    "AMOUNT": "SELECT 1000::BIGINT amount, 8::BIGINT AMOUNT",
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_with_fees_rejects_names_that_duckdb_has_twice(name: str) -> None:
    ENGINES["DuckDB"].skip_unless_installed()
    query = import_module("duckdb").connect().sql(DUPLICATES[name])
    with pytest.raises(InvalidColumnError, match=f"got '{name}': .*in SQL, give it an alias"):
        with_fees(query)


def test_remedy_for_a_name_that_a_join_has_twice_is_an_alias() -> None:
    ENGINES["DuckDB"].skip_unless_installed()
    query = (
        "SELECT amount, o.pct, m.pct AS other"
        " FROM (SELECT 1000::BIGINT amount, 2.5::DOUBLE pct) o, (SELECT 10 pct) m"
    )
    priced = columns(
        with_fees(import_module("duckdb").connect().sql(query), merchant_fee_percentage="pct")
    )

    assert (priced["pct"], priced["other"], priced["merchant_fee"]) == ([2.5], [10], [25])


def test_with_fees_names_a_struct_by_its_own_name() -> None:
    ENGINES["DuckDB"].skip_unless_installed()
    query = 'SELECT {\'amount\': 5} AS "order", 1000::BIGINT AS "order.amount"'

    assert rows(with_fees(import_module("duckdb").connect().sql(query), "order.amount")) == [
        scalar(NGN, 1000)
    ]


@pytest.mark.parametrize("kind", ["pandas", "Dask", "PyArrow"])
def test_with_fees_rejects_duplicate_names_in_memory(kind: str) -> None:
    pd = pandas()
    twice: Any = pd.DataFrame([[1, 2]], columns=["amount", "amount"])
    if kind == "Dask":
        ENGINES["Dask of NumPy"].skip_unless_installed()
        twice = import_module("dask.dataframe").from_pandas(twice, npartitions=1)
    if kind == "PyArrow":
        twice = import_module("pyarrow").table([[1], [2]], names=["amount", "amount"])
    with pytest.raises(
        InvalidColumnError, match="can tell apart by name, got 'amount': rename one"
    ):
        with_fees(twice)


LABELS: list[object] = [0, None, ("a", "b"), 1.5, float("nan")]


@pytest.mark.parametrize("amount", [5, -5, None])
def test_with_fees_keeps_labels_that_are_not_text(amount: int | None) -> None:
    pd = pandas()
    cells: dict[object, Any] = {"amount": pd.array([amount], "Int64"), **dict.fromkeys(LABELS, 1)}
    orders = pd.DataFrame(cells)
    made = with_fees(orders)

    assert [*map(repr, made.columns)] == [repr(label) for label in ["amount", *LABELS, *FIGURES]]
    assert made.iloc[0, 1:6].tolist() == [1] * 5
    assert rows(made[["amount", *FIGURES]]) == [scalar(NGN, amount)]
    assert list(orders.columns)[:2] == ["amount", 0]


def test_with_fees_keeps_labels_that_are_not_text_in_dask() -> None:
    ENGINES["Dask of NumPy"].skip_unless_installed()
    orders = pandas().DataFrame({"amount": [5, -5], 0: [1, 2]})
    made = with_fees(import_module("dask.dataframe").from_pandas(orders, npartitions=2)).compute()

    assert list(made.columns) == ["amount", 0, *FIGURES]
    assert made[0].tolist() == [1, 2]


def test_with_fees_shows_the_labels_of_a_multi_index() -> None:
    pd = pandas()
    orders = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("amount", ""), ("x", "y")]))
    with pytest.raises(InvalidColumnError, match=r"got 'amount': choose one of \[\(\.\.\.\)"):
        with_fees(orders)


@pytest.mark.parametrize("label", [0, ("a", "b"), float("nan")], ids=repr)
def test_with_fees_rejects_a_duplicate_label_that_is_not_text(label: object) -> None:
    pd = pandas()
    orders = pd.DataFrame(
        [[1, 2, 3]], columns=pd.Index(["amount", label, label], tupleize_cols=False)
    )
    with pytest.raises(InvalidColumnError, match=r"can tell apart by name, got .*: rename one"):
        with_fees(orders)


# Rules that passed 64 bits on the way in some frames, and so ended the whole job.

SMALL_AND_HUGE = [
    *(
        FeeRule.graduated([Tier(0, rate), Tier(start, 100)], rounding=rounding)
        for rate in ("0.5", "99.999999")
        for start in (1, 3)
        for rounding in (Rounding.CEILING, Rounding.HALF_UP, Rounding.HALF_EVEN)
    ),
    FeeRule.volume([Tier(0, 1, MAX), Tier(MAX, 100, MAX)], rounding=Rounding.UP),
    FeeRule.volume([Tier(0, 100, 1), Tier(MAX - 1, 100, MAX)], minimum=MAX),
    FeeRule(100, flat=MAX, flat_from=2),
    FeeRule(100, flat=1, cap=MAX, rounding=Rounding.CEILING),
    FeeRule(0, flat=MAX, minimum=MAX),
    FeeRule("99.999999", flat=MAX, flat_from=MAX, rounding=Rounding.HALF_EVEN),
]
COMMISSIONS = [
    commission(20),
    FeeRule.graduated([Tier(0, "0.5"), Tier(1, 20)], rounding=Rounding.CEILING),
]


@pytest.mark.parametrize("merchant", COMMISSIONS, ids=["flat", "tiers"])
@pytest.mark.parametrize("name", ["DuckDB", "Ibis on DuckDB", "Polars, lazy"])
def test_with_fees_of_small_and_huge_rules_ends_no_job(name: str, merchant: Any) -> None:
    engine = ENGINES[name]
    engine.skip_unless_installed()
    ends = [0, 1, 2, 3, 2**53 + 1, MAX - 2, MAX - 1, MAX]
    links = [
        (amount, percentage, cap)
        for amount in ends
        for percentage in (None, 20.0)
        for cap in (None, 1, MAX)
    ]
    given_ = frame(engine, links)
    for platform in SMALL_AND_HUGE:
        plan = FeeSchedule("NGN", platform, merchant)
        for terms in TERMS, {"merchant_fee_cap": "cap"}, {}:
            used = [
                (amount, percentage if len(terms) == 2 else None, cap if terms else None)
                for amount, percentage, cap in links
            ]
            assert rows(with_fees(given_, schedule=plan, **terms)) == expected(engine, plan, used)


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
def test_with_fees_checks_constants_before_the_frame(
    arguments: dict[str, Any], error: type[Exception]
) -> None:
    pytest.importorskip(
        "narwhals", reason="Narwhals is not installed: pip install 'kashia_money[frames]'"
    )
    with pytest.raises(error):
        with_fees(object(), **arguments)


def test_with_fees_rejects_another_object() -> None:
    pytest.importorskip(
        "narwhals", reason="Narwhals is not installed: pip install 'kashia_money[frames]'"
    )
    with pytest.raises(TypeError):
        with_fees([1, 2])


def test_with_fees_marks_rejected_rows_with_null(engine: Engine) -> None:
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


def test_with_fees_keeps_the_type_of_pandas_columns() -> None:
    pd = pandas()
    given_ = pd.DataFrame({"amount": [5, 6]})

    assert kinds(with_fees(given_)) == {"int64"}
    assert kinds(with_fees(pd.DataFrame({"amount": [5, -6]}))) == {"Int64"}
    assert kinds(with_fees(given_.astype("UInt16"))) == {"Int64"}
    assert kinds(with_fees(given_.astype("int32[pyarrow]"))) == {"int64[pyarrow]"}


def test_with_fees_keeps_the_index_of_pandas() -> None:
    pd = pandas()
    for column in ([5, 6, 7], [5, -6, 7]):
        made = with_fees(pd.DataFrame({"amount": column}, index=pd.Index([9, 9, 1], name="order")))
        assert made.index.tolist() == [9, 9, 1]
        assert made.index.name == "order"
        assert made["platform_fee"].notna().tolist() == [amount > 0 for amount in column]


def test_with_fees_gives_dask_one_type() -> None:
    ENGINES["Dask of NumPy"].skip_unless_installed()
    made = with_fees(frame(ENGINES["Dask of NumPy"], [(5,), (6,)]))

    assert kinds(made) == kinds(made.compute()) == {"Int64"}


def test_with_fees_reads_128_bit_integers() -> None:
    column = [(10**6,), (2**63,), (2**100,), (-(2**100),), (MAX,), (None,)]
    for name in ("Polars", "Polars, lazy"):
        ENGINES[name].skip_unless_installed()
        pl: Any = import_module("polars")
        given_ = pl.DataFrame(
            {"amount": [amount for (amount,) in column]}, schema={"amount": pl.Int128}
        )
        twice = given_.with_columns(cap="amount", percentage="amount")
        for made in (given_, given_.lazy()):
            assert rows(with_fees(made)) == [scalar(NGN, amount) for (amount,) in column]
        for made in (twice.with_columns(amount=10**9), twice.with_columns(amount=10**9).lazy()):
            assert rows(with_fees(made, **TERMS)) == [
                scalar(NGN, 10**9, value, value) for (value,) in column
            ]


def test_with_fees_reads_sums_of_duckdb() -> None:
    ENGINES["DuckDB"].skip_unless_installed()
    summed = (
        import_module("duckdb")
        .connect()
        .sql("SELECT sum(amount) AS amount FROM (VALUES (1::BIGINT), (99)) AS orders(amount)")
    )

    assert str(summed.types[0]) == "HUGEINT"
    assert rows(with_fees(summed)) == [scalar(NGN, 100)]


def test_with_fees_on_spark_ignores_the_ansi_mode() -> None:
    engine = ENGINES["Spark"]
    engine.skip_unless_installed()
    given_ = frame(engine, LINKS)
    session = given_.sparkSession
    for ansi in ("true", "false"):
        session.conf.set("spark.sql.ansi.enabled", ansi)
        assert rows(with_fees(given_, **TERMS)) == expected(engine, NGN, LINKS)
    session.conf.unset("spark.sql.ansi.enabled")
