"""ISO 4217 currency codes and their exponents.

The exponent of a currency is its number of decimal places: one major unit is 10 to the power of the
exponent in minor units. Sources:

- Active codes: ISO 4217 "List One", published 2026-01-01 by SIX, the standard's maintenance agency.
- Withdrawn codes, whose exponents are not in that list: the table of OpenJDK 17, which keeps the
  exponents of earlier lists (`java.util.Currency`). If OpenJDK does not have a code: CLDR, with two
  digits.
"""

from __future__ import annotations

from typing import Final, Protocol

from ..errors import InvalidCurrencyError, NoMinorUnitError

ISO_4217_PUBLISHED: Final = "2026-01-01"

_ACTIVE: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD"
        " CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP"
        " GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK"
        " LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO"
        " NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS"
        " SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST"
        " XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_WITHDRAWN: Final = {
    0: "ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL",
    2: (
        "AFA ALK ANG AOK AON AOR ARA ARP ATS AZM BAD BEC BEL BGL BGN BOP BRB BRC BRE BRN BRR BUK"
        " CSD CSK CUC CYP DDM DEM ECS ECV EEK ESA ESB FIM FRF GEK GHC GNS GQE GWE GWP HRD HRK IEP"
        " ILP ILR ISJ LTL LTT LUC LUL LVL LVR MAF MLF MRO MTL MTP MXP MZE MZM NIC NLG PEI PES PLZ"
        " RHD RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM UAK UGS USS UYP VEB VEF XEU YDD YUD YUM"
        " YUN ZAL ZMK ZRN ZRZ ZWD ZWL ZWN ZWR"
    ),
}
# ISO 4217 never had these codes. py-moneyed has them from CLDR, so a Money can be in one of them.
_UNOFFICIAL: Final = {
    2: "ARL ARM BAN BGM BGO BOL BRZ CLE CNH CNX IMP KRH KRO MCF MDC MKN MVP TVD VNN YUR"
}
_NO_MINOR_UNIT: Final = "XAG XAU XBA XBB XBC XBD XDR XFO XFU XPD XPT XRE XSU XTS XUA XXX"

EXPONENTS: Final[dict[str, int]] = {
    code: exponent
    for table in (_ACTIVE, _WITHDRAWN, _UNOFFICIAL)
    for exponent, codes in table.items()
    for code in codes.split()
}


class Code(Protocol):
    """A currency's code: a `str` of three capital letters.

    This is a protocol and not `str`. For an argument of type `str`, compiled code would reject
    other types with a plain TypeError, before the library can raise its error.
    """

    def isidentifier(self) -> bool:
        """Return the result of `str.isidentifier`, a method that only `str` has in practice."""
        ...


def exponent(currency: Code) -> int:
    """Return the number of decimal places of an ISO 4217 currency.

    One major unit is 10 to the power of this number in minor units. The source is ISO 4217 List One
    of 2026-01-01. Withdrawn codes keep their last exponents.

    Raises:
        NoMinorUnitError: the currency has no minor unit, such as XAU (gold).
        InvalidCurrencyError: the value is not a currency's code.

    >>> exponent("NGN"), exponent("JPY"), exponent("IQD")
    (2, 0, 3)
    """
    return EXPONENTS[known_code(currency)]


def known_code(currency: Code) -> str:
    """Return the code of a currency with a minor unit, as a plain `str`.

    A member of a `str` Enum is converted, because it prints as its name in the Enum.

    Raises:
        NoMinorUnitError, InvalidCurrencyError: as `exponent`.

    >>> known_code("NGN")
    'NGN'
    """
    if isinstance(currency, str):
        code = str.__str__(currency)
        if code in EXPONENTS:
            return code
    raise _currency_error(currency)


def _currency_error(currency: object) -> InvalidCurrencyError:
    """Return the error for a value that is not the code of a currency with a minor unit."""
    if not isinstance(currency, str):
        remedy = 'pass its ISO 4217 code as text, such as "USD" for US dollars'
        return InvalidCurrencyError(currency, "a currency code as a str", remedy)
    if currency in _NO_MINOR_UNIT.split():
        remedy = "pass another currency: in ISO 4217, this code has no minor unit"
        return NoMinorUnitError(currency, "a currency with a minor unit", remedy)
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        remedy = 'pass three capital letters, such as "USD" for US dollars'
    elif currency.upper() in EXPONENTS:
        remedy = f'write "{currency.upper()}"'
    else:
        remedy = (
            "look up the code in ISO 4217: this is not an active code or a known withdrawn code"
        )
    return InvalidCurrencyError(currency, f"an ISO 4217 code as of {ISO_4217_PUBLISHED}", remedy)
