"""The currency table against the list of ISO 4217, py-moneyed and CLDR."""

from __future__ import annotations

from enum import Enum
from importlib.resources import files
from xml.etree import ElementTree as ET

import moneyed
import pytest
from babel.numbers import get_currency_precision

from kashia_money import (
    CurrencyMismatchError,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    MissingScheduleError,
    NoMinorUnitError,
    exponent,
    format_minor,
    from_minor,
    parse_minor,
    quote,
    to_minor,
    totals,
)
from kashia_money._core.currencies import EXPONENTS, ISO_4217_PUBLISHED

# SIX's "List One", as the iso4217 package carries it unchanged.
LIST_ONE = ET.fromstring(files("iso4217").joinpath("table.xml").read_text("utf-8"))
ACTIVE = {
    entry.findtext("Ccy", ""): entry.findtext("CcyMnrUnts", "")
    for entry in LIST_ONE.iter("CcyNtry")
    if entry.find("Ccy") is not None
}


def test_table_has_the_date_of_the_list() -> None:
    assert LIST_ONE.attrib["Pblshd"] == ISO_4217_PUBLISHED
    assert len(ACTIVE) > 170


@pytest.mark.parametrize("code", sorted(ACTIVE))
def test_exponent_is_that_of_the_list(code: str) -> None:
    if ACTIVE[code] == "N.A.":
        with pytest.raises(
            NoMinorUnitError, match=f"got '{code}': pass another currency: in ISO 4217, this code"
        ):
            exponent(code)
    else:
        assert exponent(code) == int(ACTIVE[code])


# From OpenJDK's table, which follows the ISO lists of their time: CLDR, which gives usage, has
# other digits.
WITHDRAWN_UNLIKE_CLDR = {
    **dict.fromkeys(("BEF", "BYB", "GRD", "PTE", "ROL", "TPE"), 0),
    **dict.fromkeys(("MRO", "SLL", "STD", "TMM", "ZMK", "ZWD"), 2),
}


@pytest.mark.parametrize("code", sorted(set(moneyed.CURRENCIES) - set(ACTIVE)))
def test_exponent_knows_withdrawn_codes(code: str) -> None:
    if code in ("XFO", "XFU", "XRE"):  # the gold and the UIC franc, the RINET funds code
        with pytest.raises(NoMinorUnitError):
            exponent(code)
    else:
        assert exponent(code) == WITHDRAWN_UNLIKE_CLDR.get(code, get_currency_precision(code))


class Currency(str, Enum):  # noqa: UP042  # a StrEnum prints as its code
    """A caller's codes, whose members print as `Currency.NGN`."""

    NGN = "NGN"
    USD = "USD"
    XCG = "XCG"  # py-moneyed lacks it


def test_currency_is_kept_as_plain_text() -> None:
    plan = FeeSchedule(Currency.USD, FeeRule(1))
    kept = [
        plan.currency,
        quote(5, Currency.NGN).currency,
        quote(5, Currency.USD, schedule=plan).currency,
        FeeSchedule.from_dict({**plan.to_dict(), "currency": Currency.USD}).currency,
        totals([], currency=Currency.USD).currency,
        totals([plan.quote(5)], currency=Currency.USD).currency,
        from_minor(5, Currency.USD).currency.code,
        from_minor(5, Currency.XCG).currency.code,
    ]

    assert kept == ["USD", "NGN", "USD", "USD", "USD", "USD", "USD", "XCG"]
    assert {type(currency) for currency in kept} == {str}


def test_currency_of_an_enum_prints_as_its_code() -> None:
    assert repr(FeeSchedule(Currency.USD, FeeRule(1))) == "FeeSchedule('USD', FeeRule('1'))"
    assert format_minor(150, Currency.XCG, "en") == "Cg.1.50"
    assert parse_minor("USD 1.50", Currency.USD, "en") == 150
    with pytest.raises(InvalidAmountError, match="expected an amount of USD with"):
        to_minor("1.555", Currency.USD)
    with pytest.raises(
        MissingScheduleError,
        match=r'FeeSchedule\("USD", ...\) with the fees that are charged in USD',
    ):
        quote(5, Currency.USD)
    with pytest.raises(CurrencyMismatchError, match="a quote in USD, got 'NGN'"):
        totals([quote(5)], currency=Currency.USD)


def test_table_has_no_other_codes() -> None:
    assert set(EXPONENTS) <= set(ACTIVE) | set(moneyed.CURRENCIES)
