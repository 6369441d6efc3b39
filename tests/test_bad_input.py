"""Rejected input: the error, its text, and no work that grows with the input."""

from __future__ import annotations

import pickle
import time
from array import array
from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import pytest
from moneyed import Money

from kashia_money import (
    PUBLISHED,
    CurrencyMismatchError,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidCurrencyError,
    InvalidLocaleError,
    InvalidPercentageError,
    InvalidRuleError,
    KashiaMoneyError,
    MissingScheduleError,
    NoMinorUnitError,
    Quote,
    Tier,
    commission,
    exponent,
    format_minor,
    from_minor,
    parse_minor,
    quote,
    to_minor,
)
from kashia_money.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

MILLION_DIGITS = "1" * 10**6
HUGE = 10**1_000_000
NEGATIVE = -1


class Unsure:
    """What has an `__index__` that is not to be had, as a NumPy array of many numbers is."""

    def __index__(self) -> int:
        raise TypeError


NOT_AMOUNTS: list[object] = [
    True,
    False,
    1.0,
    0.0,
    "1",
    "",
    None,
    NEGATIVE,
    2**63,
    HUGE,
    -HUGE,
    Decimal(1),
    [1],
    b"1",
    object(),
]
NOT_PERCENTAGES: list[object] = [
    "abc", "", " 1", "1_0", "1,5", "0x10", "١", "1e-7", "NaN", "inf", "-Infinity", "1e99999999",
    MILLION_DIGITS, float("nan"), float("inf"), float("-inf"), 1e-7, 0.1 + 0.2,
    Decimal("1E+999999999"), Decimal("1E-999999999"),
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
    Decimal("0.0000001"), Decimal(MILLION_DIGITS), Decimal(f"0.{MILLION_DIGITS}"), HUGE,
    True, False, [1], b"1", 1j, Unsure(),
]  # fmt: skip
NOT_CURRENCIES: list[object] = [
    "",
    "ngn",
    "Ngn",
    "NG",
    "NGNN",
    " NGN",
    "QQQ",
    MILLION_DIGITS,
    566,
    None,
    b"NGN",
    ["NGN"],
]
NO_MINOR_UNIT = ["XAU", "XDR", "XXX", "XTS"]
NOT_MAJOR: list[object] = [
    "abc", "", "1.999", "1,000", " 1", "1e-3", "1e30", "NaN", "Infinity",
    MILLION_DIGITS, f"0.{MILLION_DIGITS}", 1.0, float("nan"), True, None, [1], b"1", HUGE, 10**17,
    Decimal("1.999"), Decimal("NaN"), Decimal("Infinity"),
    Decimal("1E+999999999"), Decimal("1E-999999999"),
    Money("1.999", "NGN"), Money("NaN", "NGN"), Money(Decimal("1E+999999"), "NGN"),
]  # fmt: skip
NOT_DISPLAY: list[object] = [
    "", "abc", "1,50", "1,5000", "1.000,00", "1.999", "1.500", "1,500.000",
    "$5", "₦5 NGN", "--5", "-5-", "5-0", "1 000", "₦", "٣",
    MILLION_DIGITS, 5, None, 5.0, "1" * 30,
]  # fmt: skip
NOT_LOCALES: list[object] = ["", "xx", "nonsense locale", MILLION_DIGITS, None, 5]

NGN = FeeRule("1.5")


class Row(NamedTuple):
    call: Callable[[object], object]
    values: list[object]
    error: type[KashiaMoneyError]
    builtin: type[Exception] = ValueError


# The values are of the wrong type on purpose, so the calls are not typed.
def _call(
    function: Callable[..., object], *arguments: object, **named: object
) -> Callable[[object], object]:
    slot = next((name for name, value in named.items() if value is ...), None)
    if slot is None:
        return lambda value: function(
            *(value if argument is ... else argument for argument in arguments), **named
        )
    return lambda value: function(*arguments, **{**named, slot: value})


def _starting(value: object) -> FeeRule:
    return FeeRule.volume([Tier(value, 1)])  # type: ignore[arg-type]  # a Tier takes anything


ROWS = [
    Row(_call(_starting, ...), NOT_AMOUNTS, InvalidAmountError),
    Row(_call(quote, ...), NOT_AMOUNTS, InvalidAmountError),
    Row(_call(NGN.fee, ...), NOT_AMOUNTS, InvalidAmountError),
    Row(
        _call(quote, 1, merchant_fee_cap=...),
        [v for v in NOT_AMOUNTS if v is not None],
        InvalidAmountError,
    ),
    Row(_call(commission, 1, ...), [v for v in NOT_AMOUNTS if v is not None], InvalidAmountError),
    Row(_call(FeeRule, 1, cap=...), [v for v in NOT_AMOUNTS if v is not None], InvalidAmountError),
    Row(_call(FeeRule, 1, minimum=...), NOT_AMOUNTS, InvalidAmountError),
    Row(_call(FeeRule, 1, flat=...), NOT_AMOUNTS, InvalidAmountError),
    Row(_call(FeeRule, 1, flat_from=...), NOT_AMOUNTS, InvalidAmountError),
    Row(
        _call(from_minor, ..., "NGN"),
        [v for v in NOT_AMOUNTS if v is not NEGATIVE],
        InvalidAmountError,
    ),
    Row(
        _call(format_minor, ..., "NGN"),
        [v for v in NOT_AMOUNTS if v is not NEGATIVE],
        InvalidAmountError,
    ),
    Row(_call(quote, 1, merchant_fee_percentage=...), NOT_PERCENTAGES, InvalidPercentageError),
    Row(_call(commission, ...), [*NOT_PERCENTAGES, None], InvalidPercentageError),
    Row(
        _call(FeeRule, ...),
        [*NOT_PERCENTAGES, None, -1, "-0.000001", 100.000001, 101, 10**300],
        InvalidPercentageError,
    ),
    Row(_call(FeeRule, 1, minimum=2, cap=...), [0, 1], InvalidRuleError),
    Row(
        _call(FeeSchedule, "NGN", NGN, ...),
        [FeeRule(21), FeeRule(1, flat=1), FeeRule(1, minimum=1)],
        InvalidRuleError,
    ),
    Row(
        _call(quote, 1, ...),
        [code for code in NOT_CURRENCIES if code is not None],
        InvalidCurrencyError,
    ),
    Row(_call(FeeSchedule, ..., NGN), NOT_CURRENCIES, InvalidCurrencyError),
    Row(_call(exponent, ...), NOT_CURRENCIES, InvalidCurrencyError),
    Row(_call(from_minor, 1, ...), NOT_CURRENCIES, InvalidCurrencyError),
    Row(_call(format_minor, 1, ...), NOT_CURRENCIES, InvalidCurrencyError),
    Row(_call(parse_minor, "1", ...), NOT_CURRENCIES, InvalidCurrencyError),
    Row(
        _call(to_minor, 1, ...), [v for v in NOT_CURRENCIES if v is not None], InvalidCurrencyError
    ),
    Row(_call(exponent, ...), [*NO_MINOR_UNIT], NoMinorUnitError),
    Row(_call(quote, 1, ...), [*NO_MINOR_UNIT], NoMinorUnitError),
    Row(_call(to_minor, ...), [Money(1, "XAU")], NoMinorUnitError),
    Row(_call(quote, 1, ...), ["USD", "JPY"], MissingScheduleError, LookupError),
    Row(
        _call(quote, 1, ..., schedule=FeeSchedule("USD", NGN)),
        ["NGN", "EUR"],
        CurrencyMismatchError,
    ),
    Row(_call(to_minor, Money(1, "USD"), ...), ["NGN", "EUR", "usd", 5], CurrencyMismatchError),
    Row(_call(to_minor, ..., "NGN"), NOT_MAJOR, InvalidAmountError),
    Row(_call(parse_minor, ..., "NGN"), NOT_DISPLAY, InvalidAmountError),
    Row(_call(format_minor, 1, "NGN", ...), NOT_LOCALES, InvalidLocaleError),
    Row(_call(parse_minor, "1", "NGN", ...), NOT_LOCALES, InvalidLocaleError),
]
CASES = [
    pytest.param(row, value, id=f"{number}-{place}-{quoted(value)[:16]}")
    for number, row in enumerate(ROWS)
    for place, value in enumerate(row.values)
]


@pytest.mark.parametrize(("row", "value"), CASES)
def test_functions_reject_wrong_values(row: Row, value: object) -> None:
    with pytest.raises(row.error) as caught:
        row.call(value)
    error = caught.value

    assert isinstance(error, row.builtin)
    assert error.expected
    assert error.remedy
    assert len(str(error)) < 400
    assert error.expected in str(error)
    assert error.remedy in str(error)


@pytest.mark.parametrize(("row", "value"), CASES)
def test_functions_reject_wrong_values_at_once(row: Row, value: object) -> None:
    # The fastest of many: a busy machine makes some of them slow, work that grows with the input
    # makes all of them.
    assert min(_seconds(row, value) for _ in range(20)) < 0.01


def _seconds(row: Row, value: object) -> float:
    start = time.perf_counter()
    with pytest.raises(row.error):
        row.call(value)
    return time.perf_counter() - start


@pytest.mark.parametrize("call", [lambda: quote(-1), lambda: PUBLISHED["NGN"].quote_for_total(5)])
@pytest.mark.parametrize("field", [None, "$.amount"])
def test_error_survives_pickling(call: Callable[[], object], field: str | None) -> None:
    with pytest.raises(KashiaMoneyError) as caught:
        call()
    error = caught.value if field is None else caught.value.at(field)
    twin = pickle.loads(pickle.dumps(error))

    assert (type(twin), str(twin), vars(twin)) == (type(error), str(error), vars(error))


def test_error_at_a_path_keeps_its_arguments() -> None:
    """So that its repr, which some logs print, never shows another place than its message."""
    error = InvalidAmountError(-1, "an amount", "pass one", "amount").at("$.amount")

    assert (error.field, error.args) == ("$.amount", (-1, "an amount", "pass one"))


@pytest.mark.parametrize("name", ["int", "str", "tuple", "list", "dict", "set", "array", "bytes"])
def test_error_quotes_an_object_whose_class_has_a_builtins_name(name: str) -> None:
    value = type(name, (), {"__repr__": lambda _: "<mine>"})()

    with pytest.raises(InvalidAmountError, match="got <mine>:"):
        quote(value)


def test_quoted_abbreviates() -> None:
    assert quoted(2**256 - 1) == str(2**256 - 1)
    assert quoted(2**256) == "an integer of 257 bits"
    assert quoted("x" * 58) == repr("x" * 58)
    assert len(quoted("x" * 59)) == len(quoted(b"x" * 10**9)) == 60
    assert quoted([[1], 2]) == "[[...], 2]"
    assert len(quoted(Decimal("1" * 100))) == 60
    assert quoted(array("b", bytes(9))) == "array('b', [0, 0, 0, 0, 0, ...])"
    assert quoted(deque(range(9))) == "deque([0, 1, 2, 3, 4, 5, ...])"


def test_error_contains_the_rejected_value() -> None:
    with pytest.raises(InvalidAmountError) as caught:
        quote(1, merchant_fee_cap=1.5)  # type: ignore[arg-type]  # that is the test

    assert caught.value.value == 1.5
    assert str(caught.value) == (
        "expected merchant_fee_cap as an int of minor units from 0 to 9223372036854775807, "
        "got 1.5: "
        "for minor units, pass an int; for major units (1500.50), pass to_minor(value, currency)"
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: FeeRule(1, rounding=5),  # type: ignore[arg-type]  # here and below, that is the test
        lambda: to_minor("1.005", "NGN", rounding=5),  # type: ignore[arg-type]
        lambda: FeeSchedule("NGN", 5),  # type: ignore[arg-type]
        lambda: FeeSchedule("NGN", NGN, 5),  # type: ignore[arg-type]
        lambda: quote(5, schedule={}),  # type: ignore[arg-type]
        lambda: Quote(5, {}),  # type: ignore[arg-type]
    ],
)
def test_functions_raise_type_error_for_other_classes(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        call()
