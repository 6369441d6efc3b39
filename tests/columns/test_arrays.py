"""NumPy columns against the scalar, row by row."""

from __future__ import annotations

from collections import UserList, deque
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

np = pytest.importorskip("numpy", reason="NumPy is an extra: pip install 'kashia_money[arrays]'")

from numpy.lib.stride_tricks import as_strided  # noqa: E402

from kashia_money import (  # noqa: E402
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidColumnError,
    InvalidPercentageError,
    KashiaMoneyError,
    NotAMarketplaceError,
    Quote,
    Rounding,
    Tier,
    commission,
    quote,
    to_minor,
)
from kashia_money._columns.array_inputs import Columns  # noqa: E402
from kashia_money._columns.blocks import BLOCK, price  # noqa: E402
from kashia_money.arrays import QuoteArrays, quote_arrays  # noqa: E402
from tests.support import oracle  # noqa: E402
from tests.support.conformance import Group, Row, load  # noqa: E402
from tests.support.strategies import MAX, amounts, caps, commissions, large_amounts, schedules  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i8", ">u4"]


def rows(found: QuoteArrays) -> list[tuple[int, ...]]:
    return list(zip(*(figure.tolist() for figure in found), strict=True))


def row(made: Quote) -> tuple[int, ...]:
    return (made.platform_fee, made.merchant_fee, made.total_fees, made.total_amount)


def scalar(
    schedule: FeeSchedule, amount: int, percentage: object = None, cap: int | None = None
) -> tuple[int, ...] | None:
    """The scalar's figures, or None where it refuses the row."""
    try:
        return row(schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap))  # type: ignore[arg-type]
    except KashiaMoneyError:
        return None


def expect_rows(
    columns: Columns, schedule: FeeSchedule, expected: list[tuple[int, ...] | None]
) -> None:
    """The columns' figures are the scalar's, and the rows it refuses are refused."""
    found, refused = price(columns, schedule)
    assert rows(found) == [(0, 0, 0, 0) if figures is None else figures for figures in expected]
    mask = np.zeros(len(expected), bool) if refused is None else refused
    assert mask.tolist() == [figures is None for figures in expected]
    assert (refused is None) == (None not in expected)


@given(schedules, st.lists(amounts | large_amounts, max_size=8))
@example(FeeSchedule("NGN", FeeRule(50, flat=1, rounding=Rounding.HALF_EVEN)), [1, 3, 2**62])
@example(
    FeeSchedule("NGN", FeeRule("3.2", rounding=Rounding.HALF_EVEN)), [125, 16, 15]
)  # 4/125: no ties
def test_quote_arrays_matches_the_scalar(schedule: FeeSchedule, column: list[int]) -> None:
    expect_rows(Columns(column), schedule, [scalar(schedule, amount) for amount in column])


@pytest.fixture
def no_scalar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that the scalar computes shows nothing about the kernel."""

    def fail(*_: object) -> None:
        raise AssertionError("the scalar was asked for a row")

    monkeypatch.setattr(Columns, "quote", fail)


@pytest.mark.usefixtures("no_scalar")
@pytest.mark.parametrize("group", load(), ids=lambda group: group.name)
def test_kernel_matches_conformance_rows(group: Group) -> None:
    """Rows beyond signed integers: see `test_quote_arrays_reads_every_integer_type`."""
    fitting = [
        case
        for case in group.rows
        if all(-MAX - 1 <= term <= MAX for term in (case.amount or 0, case.cap or 0))
    ]
    expect_rows(Columns(*terms_of(fitting)), group.schedule, [case.figures for case in fitting])


def terms_of(cases: Sequence[Row]) -> tuple[Any, Any, Any]:
    return (
        masked([case.amount for case in cases], np.int64),
        masked(
            [None if case.percentage is None else float(case.percentage) for case in cases],
            np.float64,
        ),
        masked([case.cap for case in cases], np.int64),
    )


# The largest amount of each magnitude. At a rate of 100 %, its products need …
LARGEST = [
    -1,
    42,  # 32 bits
    2**24,  # 32 bits at a rate of few digits, otherwise 64
    92 * 10**9,  # 64 bits
    2**61,  # more than 64 bits, but the total fits at every rate
    MAX,
]


@pytest.mark.usefixtures("no_scalar")
@pytest.mark.parametrize(("below", "most"), list(pairwise(LARGEST)))
def test_kernel_matches_conformance_rows_of_each_size(below: int, most: int) -> None:
    """Each size of amount in columns that have no other size.

    One huge amount makes the kernel compute its whole block with wide numbers. Columns of
    percentages and caps are never in 32 bits, so the rows are also computed without these.
    """
    computed = 0
    for group in load():
        cases = [
            case
            for case in group.rows
            if case.amount is not None and below < case.amount <= most and abs(case.cap or 0) <= MAX
        ]
        plain = [case for case in cases if case.percentage is None and case.cap is None]
        expect_rows(Columns(*terms_of(cases)), group.schedule, [case.figures for case in cases])
        expect_rows(Columns(terms_of(plain)[0]), group.schedule, [case.figures for case in plain])
        computed += len(plain)

    assert computed > 200


@pytest.mark.parametrize(
    ("rule", "amount", "fee"),
    [
        (
            FeeRule("1.5"),
            1_431_655_765,
            21_474_836,
        ),  # 3 * amount is 2**32 - 1, before the half is added
        (FeeRule(100, flat=1), 2**32 - 1, 2**32),
        (FeeRule(0, minimum=2**32), 5, 2**32),
        (FeeRule(100), 2**32, 2**32),
        (
            FeeRule("99.999999"),
            92_233_720_368,
            92_233_719_446,
        ),  # less than 2**63, before the half is added
        (FeeRule("2.5", rounding=Rounding.HALF_EVEN), 20, 0),  # a tie
        (FeeRule("2.5", rounding=Rounding.HALF_EVEN), 60, 2),
    ],
)
def test_quote_arrays_at_the_ends_of_machine_numbers(rule: FeeRule, amount: int, fee: int) -> None:
    found = quote_arrays([amount], schedule=FeeSchedule("NGN", rule))

    assert found.platform_fee.tolist() == [fee]


SMALL_RULES = [
    rule
    for rounding in Rounding
    for rate in ("0", "0.000001", "3.2", "12.5", "50", "99.999999", "100")
    for rule in (
        FeeRule(rate, rounding=rounding),
        FeeRule(rate, flat=3, rounding=rounding),
        FeeRule(rate, flat=3, flat_from=7, minimum=2, cap=9, rounding=rounding),
        FeeRule.volume([Tier(0, rate, 5), Tier(3, rate, 1)], rounding=rounding),
        FeeRule.volume(
            [Tier(0, rate, 1), Tier(3, 25, 2), Tier(8, rate)], minimum=1, rounding=rounding
        ),
        FeeRule.graduated([Tier(0, 12.5), Tier(3, rate), Tier(6, 50)], cap=12, rounding=rounding),
    )
]


@pytest.mark.usefixtures("no_scalar")
@pytest.mark.parametrize("start", [0, 2**16, 2**32 - 20, 2**53 - 20, 10**17, MAX // 3])
def test_kernel_matches_brute_force(start: int) -> None:
    """At each size of number: every way that the kernel has, at ties, steps and bounds."""
    column = list(range(start, start + 40))
    for rule in SMALL_RULES:
        found, rejected = price(Columns(column), FeeSchedule("NGN", rule))
        assert rejected is None
        assert found.platform_fee.tolist() == [
            oracle.fee_by(rule.to_dict(), amount) for amount in column
        ], rule


@pytest.mark.usefixtures("no_scalar")
def test_kernel_computes_rows_beside_a_huge_amount() -> None:
    column = [*range(0, 10**9, 10**7), MAX, MAX // 2, 2**62]
    for schedule in (PUBLISHED["NGN"], FeeSchedule("NGN", FeeRule(50, flat=MAX, cap=1_000))):
        expect_rows(Columns(column), schedule, [scalar(schedule, amount) for amount in column])


def test_quote_arrays_applies_caps_to_small_amounts() -> None:
    """In 32 bits no row has a cap of its own."""
    found = quote_arrays([500, 500], merchant_fee_percentage=10, merchant_fee_cap=[1, 5])
    assert found.merchant_fee.tolist() == [1, 5]
    found = quote_arrays([500, 500], merchant_fee_percentage=[10, 20], merchant_fee_cap=7)
    assert found.merchant_fee.tolist() == [7, 7]
    default = FeeSchedule("NGN", FeeRule(0), commission(10, cap=30))
    assert quote_arrays([500], merchant_fee_cap=[40], schedule=default).merchant_fee.tolist() == [
        40
    ]


def test_quote_arrays_rejects_a_single_vendors_commission() -> None:
    vendor = FeeSchedule("NGN", PUBLISHED["NGN"].platform, marketplace=False)
    terms = masked([None, 5.0, None], np.float64)
    _, rejected = price(Columns([5, 5, 5], terms), vendor)

    assert rejected is not None
    assert rejected.tolist() == [False, True, False]
    with pytest.raises(
        NotAMarketplaceError,
        match="merchant_fee_percentage in row 1 as absent on a single vendor's link",
    ):
        quote_arrays([5, 5, 5], merchant_fee_percentage=terms, schedule=vendor)
    with pytest.raises(NotAMarketplaceError, match="merchant_fee_cap"):
        quote_arrays([5], merchant_fee_cap=[5], schedule=vendor)
    with pytest.raises(NotAMarketplaceError, match="merchant_fee_cap"):
        quote_arrays([5], merchant_fee_cap=5, schedule=vendor)
    assert rows(quote_arrays([5], schedule=vendor)) == [scalar(vendor, 5)]


def test_quote_arrays_uses_the_schedules_currency() -> None:
    usd = FeeSchedule("USD", FeeRule("2.9", flat=30))

    assert rows(quote_arrays([10_000], schedule=usd)) == [scalar(usd, 10_000)]


def masked(values: Sequence[float | None], kind: type) -> Any:
    """A column in which what is None is masked."""
    absent = [value is None for value in values]
    return np.ma.array([0 if value is None else value for value in values], kind, mask=absent)


percentages = (
    commissions.map(float) | st.floats() | st.floats(0, 25).map(lambda value: round(value, 6))
)
links = st.tuples(amounts | large_amounts, percentages, st.integers(-1, 10**12))


@given(schedules, st.lists(links, max_size=8))
@example(
    PUBLISHED["NGN"],
    [(10**6, 20.0000001, 0), (10**6, 1e300, 5), (10**6, -1e300, 5), (10**6, 5e-324, 5)],
)
# Between 2**32 and 2**52 / 10**6, where the product with a million can round to another integer
# than the one meant.
@example(
    PUBLISHED["NGN"],
    [(1000, 4449728321.361485, 5), (1000, -4449728321.361485, 5), (1000, 4294967296.0000005, 5)],
)
@example(
    PUBLISHED["NGN"],
    [(10**17 + 3, 12.345678, MAX), (10**6, float("nan"), 5), (10**6, float("inf"), 5)],
)
def test_quote_arrays_reads_terms_per_row(
    schedule: FeeSchedule, column: list[tuple[int, float, int]]
) -> None:
    amount, percentage, cap = (
        (list(values) for values in zip(*column, strict=True)) if column else ([], [], [])
    )
    expect_rows(
        Columns(amount, percentage, cap), schedule, [scalar(schedule, *link) for link in column]
    )


@given(
    schedules,
    st.lists(st.tuples(amounts, st.integers(-(2**62), 2**62), caps), min_size=1, max_size=8),
)
def test_quote_arrays_reads_integer_percentages_and_masked_caps(
    schedule: FeeSchedule, column: list[tuple[int, int, int | None]]
) -> None:
    amount, percentage, cap = (list(values) for values in zip(*column, strict=True))
    caps_or_none = masked(cap, np.int64)
    expect_rows(
        Columns(amount, percentage, caps_or_none),
        schedule,
        [scalar(schedule, *link) for link in column],
    )


@given(
    schedules,
    st.lists(st.tuples(amounts, st.none() | commissions.map(float)), min_size=1, max_size=8),
)
def test_quote_arrays_fills_masked_percentages(
    schedule: FeeSchedule, column: list[tuple[int, float | None]]
) -> None:
    amount, percentage = (list(values) for values in zip(*column, strict=True))
    terms = masked(percentage, np.float64)
    expect_rows(Columns(amount, terms), schedule, [scalar(schedule, *link) for link in column])


@given(schedules, commissions, caps, st.lists(amounts, max_size=5))
def test_quote_arrays_takes_constant_terms(
    schedule: FeeSchedule, percentage: Decimal, cap: int | None, column: list[int]
) -> None:
    found = quote_arrays(
        column,
        schedule.currency,
        merchant_fee_percentage=percentage,
        merchant_fee_cap=cap,
        schedule=schedule,
    )

    assert rows(found) == [scalar(schedule, amount, percentage, cap) for amount in column]


@pytest.mark.parametrize("kind", INTEGERS)
def test_quote_arrays_reads_every_integer_type(kind: str) -> None:
    limits = np.iinfo(kind)
    column = [0, 1, 100, int(limits.max) // 2, int(limits.max), int(limits.min)]
    expected = [scalar(PUBLISHED["NGN"], amount) for amount in column]
    expect_rows(Columns(np.array(column, kind)), PUBLISHED["NGN"], expected)
    terms = [scalar(PUBLISHED["NGN"], 10**9, term, term) for term in column]
    expect_rows(
        Columns([10**9] * 6, np.array(column, kind), np.array(column, kind)),
        PUBLISHED["NGN"],
        terms,
    )


def test_quote_arrays_reads_32_bit_floats_exactly() -> None:
    column = np.array([10.5, 10.1, 0.25], "f4")
    expected = [scalar(PUBLISHED["NGN"], 1000, float(value)) for value in column]
    assert expected[1] is None, "the nearest 32-bit float to 10.1 is 10.1000003814697265625"
    expect_rows(Columns([1000] * 3, column), PUBLISHED["NGN"], expected)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_quote_arrays_joins_blocks_and_threads(threads: int) -> None:
    column = np.arange(3 * BLOCK + 7) * 3_331
    terms = (np.arange(len(column)) % 2501) / 100
    found = quote_arrays(column, merchant_fee_percentage=terms, threads=threads)
    for place in [
        *range(0, len(column), 4999),
        *(BLOCK * n + k for n in (1, 2, 3) for k in (-1, 0, 1)),
        len(column) - 1,
    ]:
        assert rows(QuoteArrays(*(figure[place : place + 1] for figure in found))) == [
            scalar(PUBLISHED["NGN"], int(column[place]), float(terms[place]))
        ]

    assert (found.total_amount == column + found.platform_fee + found.merchant_fee).all()


def test_quote_arrays_writes_into_out() -> None:
    room = np.full((4, 5), -1, np.int64)
    out = QuoteArrays(*(line[::2] for line in room))
    found = quote_arrays([1, 2, 3], out=out)

    assert all(figure is given_ for figure, given_ in zip(found, out, strict=True))
    assert room[:, ::2].tolist() == [figure.tolist() for figure in quote_arrays([1, 2, 3])]
    assert (room[:, 1::2] == -1).all()


def test_quote_arrays_does_not_change_its_columns() -> None:
    column = np.array([5, 6], np.int64)
    column.flags.writeable = False
    quote_arrays(
        column, merchant_fee_percentage=np.array([1.5, 25.0]), merchant_fee_cap=np.array([3, 4])
    )

    assert column.tolist() == [5, 6]


def test_quote_arrays_reads_strided_columns() -> None:
    column = np.arange(20, dtype=np.int64)[::-3]

    assert rows(quote_arrays(column)) == [row(quote(int(amount))) for amount in column]


def test_quote_arrays_of_no_rows_is_empty() -> None:
    nothings: list[Any] = [[], (), np.array([], np.int64)]
    for nothing in nothings:
        assert (
            rows(quote_arrays(nothing, merchant_fee_percentage=[], merchant_fee_cap=[], threads=2))
            == []
        )


REFUSED: list[tuple[dict[str, Any], type[KashiaMoneyError], str]] = [
    (
        {"amounts": np.array([1.0])},
        InvalidColumnError,
        "an array of integers of at most 64 bits, got 'float64'",
    ),
    ({"amounts": np.array([True])}, InvalidColumnError, "got 'bool'"),
    ({"amounts": np.array([1], object)}, InvalidColumnError, "got 'object'"),
    (
        {"amounts": np.array(["2020-01-01"], "M8[D]")},
        InvalidColumnError,
        "amounts as an array of integers",
    ),
    ({"amounts": np.array([[1]])}, InvalidColumnError, "one dimension"),
    ({"amounts": 5}, InvalidColumnError, "one dimension"),
    ({"amounts": "5"}, InvalidColumnError, "amounts as an array"),
    ({"amounts": [1, 2.0]}, InvalidAmountError, "amounts in row 1 as an int"),
    ({"amounts": [1, True]}, InvalidAmountError, "amounts in row 1 as an int"),
    ({"amounts": [1, None]}, InvalidAmountError, "amounts in row 1 as an int"),
    # NumPy makes 1 of True.
    ({"amounts": [np.True_, 5]}, InvalidAmountError, "amounts in row 0 as an int"),
    ({"amounts": deque([5, True])}, InvalidAmountError, "amounts in row 1 as an int"),
    ({"amounts": UserList([True])}, InvalidAmountError, "amounts in row 0 as an int"),
    (
        {"amounts": [1, 1], "merchant_fee_percentage": [10.0, True]},
        InvalidPercentageError,
        "percentages in row 1 as a number",
    ),
    (
        {"amounts": [1], "merchant_fee_percentage": deque([np.True_])},
        InvalidPercentageError,
        "percentages in row 0 as a number",
    ),
    (
        {"amounts": [1, 1], "merchant_fee_cap": (1, np.False_)},
        InvalidAmountError,
        "caps in row 1 as an int",
    ),
    (
        {"amounts": [[1], [1, 2]]},
        InvalidColumnError,
        "one dimension, got .*: pass a number for each row",
    ),
    ({"amounts": {1, 2}}, InvalidColumnError, "amounts as an array of integers"),
    ({"amounts": [1], "threads": 0}, InvalidColumnError, "threads as an int from 1, got 0"),
    ({"amounts": [1], "threads": 1.5}, InvalidColumnError, "threads as an int from 1, got 1.5"),
    ({"amounts": [1], "out": [[0]] * 4}, InvalidColumnError, "writeable int64 arrays"),
    ({"amounts": [1], "out": 5}, InvalidColumnError, "out as four arrays"),
    ({"amounts": [1], "threads": "2"}, InvalidColumnError, "threads as an int from 1, got '2'"),
    (
        {"amounts": [1, 2], "out": [np.broadcast_to(np.int64(0), 2)] * 4},
        InvalidColumnError,
        "writeable int64 arrays",
    ),
    (
        {"amounts": [1, 2], "out": [as_strided(np.zeros(1, np.int64), (2,), (0,))] * 4},
        InvalidColumnError,
        "writeable",
    ),
    ({"amounts": [1, 2**64]}, InvalidAmountError, "amounts in row 1 as an int"),
    ({"amounts": [1, 2**63]}, InvalidAmountError, "row 1 as .*got 9223372036854775808"),
    ({"amounts": [1, -1, -2]}, InvalidAmountError, "row 1 as .*got -1"),
    ({"amounts": [1, MAX]}, InvalidAmountError, "row 1 as .*got 9223372036854775807"),
    (
        {"amounts": np.ma.array([1, 2], mask=[False, True])},
        InvalidAmountError,
        "row 1 as .*got None",
    ),
    (
        {"amounts": [1], "merchant_fee_percentage": [1.5, 2.5]},
        InvalidColumnError,
        "as long as the amounts, 1",
    ),
    ({"amounts": [1], "merchant_fee_cap": [1, 2]}, InvalidColumnError, "as long as the amounts, 1"),
    ({"amounts": [1], "merchant_fee_percentage": [True]}, KashiaMoneyError, "percentages"),
    (
        {"amounts": [1], "merchant_fee_percentage": np.array(["5"])},
        InvalidColumnError,
        "percentages as an array",
    ),
    (
        {"amounts": [1], "merchant_fee_percentage": np.ones(1, np.longdouble)},
        InvalidColumnError,
        (
            "percentages as an array of integers or floats of at most 64 bits, got .*: "
            "pass ints or floats of 64 bits"
        ),
    ),
    (
        {"amounts": [1, 1], "merchant_fee_percentage": [1.5, 1e-7]},
        InvalidPercentageError,
        "row 1 as .*got 1e-07",
    ),
    (
        {"amounts": [1, 1], "merchant_fee_percentage": [1.5, np.nan]},
        InvalidPercentageError,
        "row 1 as .*got nan",
    ),
    ({"amounts": [1], "merchant_fee_percentage": "abc"}, InvalidPercentageError, "got 'abc'"),
    ({"amounts": [1, 1], "merchant_fee_cap": [1, -1]}, InvalidAmountError, "row 1 as .*got -1"),
    ({"amounts": [1], "merchant_fee_cap": [1.5]}, InvalidAmountError, "caps in row 0 as an int"),
    ({"amounts": [1], "merchant_fee_cap": 1.5}, InvalidAmountError, "got 1.5"),
    (
        {"amounts": [1], "out": [np.zeros(2, np.int64)] * 4},
        InvalidColumnError,
        "writeable int64 arrays",
    ),
    ({"amounts": [1], "out": [np.zeros(1)] * 4}, InvalidColumnError, "writeable int64 arrays"),
    (
        {"amounts": [1], "out": [np.zeros(1, np.int64)] * 4},
        InvalidColumnError,
        "out in separate memory",
    ),
    (
        {"amounts": [1], "out": [np.zeros(1, np.int64)] * 3},
        InvalidColumnError,
        "out as four arrays",
    ),
    ({"amounts": [1], "currency": "USD"}, KashiaMoneyError, "pass schedule"),
]


@pytest.mark.parametrize(
    ("arguments", "error", "words"), REFUSED, ids=lambda value: str(value)[:60]
)
def test_quote_arrays_rejects_wrong_columns(
    arguments: dict[str, Any], error: type[KashiaMoneyError], words: str
) -> None:
    with pytest.raises(error, match=words):
        quote_arrays(**arguments)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"amounts": [1, -1]}, "amount in row 1"),
        ({"amounts": [1, True]}, "amounts in row 1"),
        ({"amounts": [1, "5"]}, "amounts in row 1"),
        ({"amounts": [1, 1], "merchant_fee_percentage": [10.0, True]}, "percentages in row 1"),
    ],
)
def test_quote_arrays_names_the_rejected_row(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(KashiaMoneyError) as caught:
        quote_arrays(**arguments)

    assert caught.value.field == field


def test_quote_arrays_takes_numpy_scalars_as_constants() -> None:
    found = quote_arrays(
        [10**6], merchant_fee_percentage=np.float64(2.5), merchant_fee_cap=np.int32(7)
    )

    assert rows(found) == [scalar(PUBLISHED["NGN"], 10**6, 2.5, 7)]
    assert rows(quote_arrays([10**6], merchant_fee_percentage=np.int8(2))) == [
        scalar(PUBLISHED["NGN"], 10**6, 2)
    ]


def test_quote_arrays_rejects_out_in_a_column() -> None:
    column = np.array([1, 2], np.int64)
    with pytest.raises(InvalidColumnError, match="separate memory"):
        quote_arrays(column, out=QuoteArrays(column, *(np.empty(2, np.int64) for _ in range(3))))


def test_quote_arrays_takes_out_between_the_amounts() -> None:
    """Arrays that interleave in one piece of memory share none of it."""
    memory = np.arange(10, dtype=np.int64)
    column, platform_fee = memory[::2], memory[1::2]
    found = quote_arrays(
        column, out=QuoteArrays(platform_fee, *(np.empty(5, np.int64) for _ in range(3)))
    )

    assert rows(found) == [scalar(PUBLISHED["NGN"], amount) for amount in range(0, 10, 2)]


def test_quote_arrays_clamps_percentages_beyond_64_bits() -> None:
    found = quote_arrays([1_000] * 3, merchant_fee_percentage=[2**64, 5, -(2**70)])

    assert found.merchant_fee.tolist() == [200, 50, 0]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (
            np.array([1500.5]),
            (
                r"if these are major units \(1500.50\), "
                r"pass to_minor\(str\(value\), currency\) of each"
            ),
        ),
        (
            np.array(["1500.50"]),
            r"to_minor\(value, currency\) reads a Decimal or text in major units",
        ),
    ],
)
def test_quote_arrays_remedy_for_major_units_keeps_the_amount(column: Any, words: str) -> None:
    with pytest.raises(InvalidColumnError, match=words):
        quote_arrays(column)

    assert (
        quote_arrays([to_minor(str(value), "NGN") for value in column]).total_amount[0] == 160_050
    )  # + ₦100


def test_quote_arrays_rejects_nulls_of_pandas() -> None:
    pd: Any = pytest.importorskip(
        "pandas", reason="pandas is an engine: pip install 'kashia_money[engines]'"
    )
    with pytest.raises(
        InvalidColumnError,
        match="amounts without nulls, got 'Int64': drop the rows without a value",
    ):
        quote_arrays(pd.Series([5, None], dtype="Int64"))
    whole = pd.Series([5, 7], dtype="Int64")

    assert rows(quote_arrays(whole)) == [scalar(PUBLISHED["NGN"], amount) for amount in whole]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
def test_quote_arrays_rejects_percentages_that_are_not_finite(wrong: float) -> None:
    """Alone among good ones: clamped, the infinite ones would be 20 % and 0 %."""
    expected = [scalar(PUBLISHED["NGN"], 1_000, 5.0), None]
    expect_rows(Columns([1_000, 1_000], [5.0, wrong]), PUBLISHED["NGN"], expected)


def test_quote_arrays_rejects_a_read_only_out() -> None:
    fixed = np.empty(1, np.int64)
    fixed.flags.writeable = False
    with pytest.raises(InvalidColumnError, match="writeable int64 arrays"):
        quote_arrays([1], out=QuoteArrays(fixed, *(np.empty(1, np.int64) for _ in range(3))))


@pytest.mark.parametrize(
    "rule",
    [
        FeeRule(1, minimum=MAX - 10),
        FeeRule(0, flat=MAX - 10),
        FeeRule.volume([Tier(0, 1), Tier(3, 1, MAX - 10)]),
    ],
    ids=repr,
)
def test_quote_arrays_rejects_totals_beyond_64_bits(rule: FeeRule) -> None:
    schedule = FeeSchedule("NGN", rule)
    expect_rows(Columns([0, 5, 20]), schedule, [scalar(schedule, 0), scalar(schedule, 5), None])


def test_quote_arrays_names_the_row_of_nan_in_a_series() -> None:
    pd: Any = pytest.importorskip(
        "pandas", reason="pandas is an engine: pip install 'kashia_money[engines]'"
    )
    with pytest.raises(InvalidPercentageError, match="row 1 as a percentage"):
        quote_arrays([5, 5], merchant_fee_percentage=pd.Series([1.0, float("nan")]))
