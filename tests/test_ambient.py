"""The same figures whatever state the caller's process, thread or environment is in."""

from __future__ import annotations

import decimal
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from moneyed import Money

from kashia_money import (
    FeeRule,
    InvalidPercentageError,
    Rounding,
    commission,
    format_minor,
    from_minor,
    parse_minor,
    quote,
    to_minor,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def results() -> list[object]:
    """Everything that decimal, py-moneyed or Babel has a hand in."""
    link = quote(
        12_345_678_912, merchant_fee_percentage=Decimal("19.999999"), merchant_fee_cap=10**12
    )
    amount = 1_234_567_890_123_456_789
    with pytest.raises(InvalidPercentageError):
        commission("1.0000001")
    return [
        link.to_dict(),
        str(link.explain()[1].parts),
        str(commission("-1e300").clamped_from),
        FeeRule("0.333333", rounding=Rounding.HALF_EVEN).fee(amount),
        to_minor("12345678901234.56", "NGN"),
        to_minor(Decimal("12345678901234.56"), "NGN"),
        to_minor(Money("12345678.90", "NGN")),
        [to_minor("-1.005", "USD", rounding=rounding) for rounding in Rounding],
        str(from_minor(amount, "NGN").amount),
        from_minor(amount, "IQD") == Money("1234567890123456.789", "IQD"),
        format_minor(-amount, "NGN"),
        format_minor(amount, "CLF", "fr_FR"),
        parse_minor("-₦12,345,678,901,234,567.89", "NGN"),
    ]


EXPECTED = results()


@contextmanager
def hostile(**settings: object) -> Iterator[None]:
    with decimal.localcontext() as context:
        for name, value in settings.items():
            setattr(context, name, value)
        yield


ALL_SIGNALS = dict.fromkeys(decimal.Context().traps, True)
CONTEXTS = [
    {"prec": 1},
    {"prec": 1, "traps": ALL_SIGNALS},
    {
        "prec": 3,
        "traps": {
            **dict.fromkeys(ALL_SIGNALS, False),
            decimal.Inexact: True,
            decimal.Rounded: True,
        },
    },
    {"Emax": 0, "Emin": 0, "clamp": 1, "capitals": 0},
    *({"prec": 6, "rounding": rounding.value} for rounding in Rounding),
]


@pytest.mark.parametrize("settings", CONTEXTS, ids=str)
def test_results_ignore_the_decimal_context(settings: dict[str, object]) -> None:
    with hostile(**settings):
        assert results() == EXPECTED


def test_results_keep_the_decimal_context() -> None:
    with decimal.localcontext() as context:
        context.clear_flags()
        before = repr(context)
        results()
        assert repr(decimal.getcontext()) == before


def test_results_are_equal_in_many_threads() -> None:
    start = threading.Barrier(8)

    def run(number: int) -> list[list[object]]:
        decimal.getcontext().prec = number + 1
        start.wait()
        return [results() for _ in range(20)]

    with ThreadPoolExecutor(8) as pool:
        for outcome in pool.map(run, range(8)):
            assert outcome == [EXPECTED] * 20


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
        {"LC_ALL": "ar_EG.UTF-8"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"LC_ALL": "C"},
    ],
    ids=str,
)
def test_results_ignore_the_locale(environment: dict[str, str]) -> None:
    program = (
        "import decimal, json; decimal.DefaultContext.prec = 2; decimal.DefaultContext.clamp = 1;"
        "decimal.DefaultContext.traps[decimal.Inexact] = True;"
        "decimal.setcontext(decimal.DefaultContext.copy());"
        "from tests.test_ambient import results; print(json.dumps(results()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )

    assert json.loads(done.stdout) == EXPECTED
