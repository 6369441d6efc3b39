"""The currency table against the standard's own list, and against what py-moneyed and CLDR make of it."""

from __future__ import annotations

from importlib.resources import files
from xml.etree import ElementTree as ET

import moneyed
import pytest
from babel.numbers import get_currency_precision

from kashia_money import NoMinorUnitError, exponent
from kashia_money.currencies import EXPONENTS, ISO_4217_PUBLISHED

# SIX's "List One", as the iso4217 package carries it unchanged.
LIST_ONE = ET.fromstring(files("iso4217").joinpath("table.xml").read_text("utf-8"))
ACTIVE = {
    entry.findtext("Ccy", ""): entry.findtext("CcyMnrUnts", "")
    for entry in LIST_ONE.iter("CcyNtry")
    if entry.find("Ccy") is not None
}


def test_list_is_of_the_date_that_we_say() -> None:
    assert LIST_ONE.attrib["Pblshd"] == ISO_4217_PUBLISHED
    assert len(ACTIVE) > 170


@pytest.mark.parametrize("code", sorted(ACTIVE))
def test_active_code(code: str) -> None:
    if ACTIVE[code] == "N.A.":
        with pytest.raises(NoMinorUnitError, match=f"got '{code}': ISO 4217 gives this code none"):
            exponent(code)
    else:
        assert exponent(code) == int(ACTIVE[code])


# From OpenJDK's table, which follows the ISO lists of their time: CLDR, which gives usage, has other digits.
WITHDRAWN_UNLIKE_CLDR = {
    **dict.fromkeys(("BEF", "BYB", "GRD", "PTE", "ROL", "TPE"), 0),
    **dict.fromkeys(("MRO", "SLL", "STD", "TMM", "ZMK", "ZWD"), 2),
}


@pytest.mark.parametrize("code", sorted(set(moneyed.CURRENCIES) - set(ACTIVE)))
def test_withdrawn_code_that_py_moneyed_has(code: str) -> None:
    if code in ("XFO", "XFU", "XRE"):  # the gold and the UIC franc, the RINET funds code
        with pytest.raises(NoMinorUnitError):
            exponent(code)
    else:
        assert exponent(code) == WITHDRAWN_UNLIKE_CLDR.get(code, get_currency_precision(code))


def test_table_has_no_other_codes() -> None:
    assert set(EXPONENTS) <= set(ACTIVE) | set(moneyed.CURRENCIES)
