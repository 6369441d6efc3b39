"""ISO 4217 currency codes and their exponents: how many decimal places the minor unit is below the major one.

The active codes are those of ISO 4217 "List One", published 2026-01-01 by SIX, the standard's
maintenance agency. That list no longer says what a withdrawn code's exponent was: those follow the
table that OpenJDK 17 keeps from the lists of their time (`java.util.Currency`), and the ones
OpenJDK has not, CLDR's two digits.
"""

from __future__ import annotations

from typing import Final, Protocol

from ..errors import InvalidCurrencyError, NoMinorUnitError

ISO_4217_PUBLISHED: Final = "2026-01-01"

_ACTIVE: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY"
    " COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS"
    " INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR"
    " MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP"
    " STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_WITHDRAWN: Final = {
    0: "ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL",
    2: "AFA ALK ANG AOK AON AOR ARA ARP ATS AZM BAD BEC BEL BGL BGN BOP BRB BRC BRE BRN BRR BUK CSD CSK CUC CYP DDM DEM"
    " ECS ECV EEK ESA ESB FIM FRF GEK GHC GNS GQE GWE GWP HRD HRK IEP ILP ILR ISJ LTL LTT LUC LUL LVL LVR MAF MLF MRO"
    " MTL MTP MXP MZE MZM NIC NLG PEI PES PLZ RHD RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM UAK UGS USS UYP VEB VEF"
    " XEU YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWD ZWL ZWN ZWR",
}
# Never in ISO 4217, but py-moneyed takes them over from CLDR, so that a Money can arrive in them.
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
    """A currency's code: a `str`, in three capital letters.

    A protocol and not `str` itself because mypyc answers what is no `str` with a bare TypeError,
    before our code could refuse it with an error of the library.
    """

    def isidentifier(self) -> bool:
        """Return what `str.isidentifier` does; every `str` has it, and nearly nothing else."""
        ...


def exponent(currency: Code) -> int:
    """Return how many decimal places the minor unit of an ISO 4217 currency has below its major unit.

    From ISO 4217 List One of 2026-01-01; withdrawn codes keep the exponent that they had.

    Raises:
        NoMinorUnitError: a code that has none, such as XAU (gold).
        InvalidCurrencyError: anything else that is not a currency's code.

    >>> exponent("NGN"), exponent("JPY"), exponent("IQD")
    (2, 0, 3)
    """
    return EXPONENTS[known_code(currency)]


def known_code(currency: Code) -> str:
    """Return the code of a currency that has a minor unit, as a `str` and nothing more.

    A member of a `str` Enum is equal to its code, but prints as its name in that Enum.

    Raises:
        NoMinorUnitError, InvalidCurrencyError: as `exponent` does.

    >>> known_code("NGN")
    'NGN'
    """
    if isinstance(currency, str):
        code = str.__str__(currency)
        if code in EXPONENTS:
            return code
    raise refusal(currency)


def refusal(currency: object) -> InvalidCurrencyError:
    """Return the error for what is not the code of a currency with a minor unit."""
    if not isinstance(currency, str):
        remedy = 'pass its ISO 4217 code as text, such as "USD" for US dollars'
        return InvalidCurrencyError(currency, "a currency code as a str", remedy)
    if currency in _NO_MINOR_UNIT.split():
        remedy = "pass another currency: ISO 4217 gives this code no minor unit to count amounts in"
        return NoMinorUnitError(currency, "a currency with a minor unit", remedy)
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        remedy = 'pass three capital letters, such as "USD" for US dollars'
    elif currency.upper() in EXPONENTS:
        remedy = f'write "{currency.upper()}"'
    else:
        remedy = "look the currency up in ISO 4217: no current code, and no withdrawn one known here, is spelled so"
    return InvalidCurrencyError(currency, f"an ISO 4217 code as of {ISO_4217_PUBLISHED}", remedy)
