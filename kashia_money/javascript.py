r"""A fee schedule as a JavaScript module, for web pages that show fees while a price is typed.

`to_javascript` returns one ES2020 module without dependencies. It computes with BigInt, so its
figures are those of `FeeSchedule.quote` up to 2⁶³-1. The formula is the one of lazy data frames.
The marks of one locale are written into the module, because `Intl` differs between browsers.

>>> from kashia_money import PUBLISHED
>>> print(to_javascript(PUBLISHED["NGN"]).partition("\n")[0])
// kashia-money javascript: do not edit
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ._columns.formula import fee
from ._core.currencies import exponent
from ._core.curve import Band
from ._core.fields import MAX_COMMISSION
from ._core.numbers import percent
from ._core.quotes import FeeSchedule
from ._core.rounding import OFFSETS, SCALE
from ._display.money import DIRECTION_MARKS, FOLD_TABLE, MAX_TEXT, format_minor, marks
from .errors import expect

if TYPE_CHECKING:
    from ._core.curve import Curve
    from ._core.rules import FeeRule
    from ._display.money import Marks

# In these templates, @name@ is a placeholder. The names of the module's helpers are short, because
# visitors download them: M is the largest amount, A reads an amount, D reads a percentage, B reads
# a table of bands, Q computes the fees on amount a with options o, and J is the prototype of a
# quote. In Q, the requested percentage is q, its rate s and the clamped rate r. The requested cap
# is l, the cap c. The fees are p and m, their sum t.
#
# D reads a percentage of i.f × 10^e as n / d millionths.
_HEAD: Final = r"""
// kashia-money javascript: do not edit
export const currency="@currency@",digits=@digits@,fingerprint="@fingerprint@",
  breakpoints={minimumUntil:@minimum_until@,capFrom:@cap_from@};
const M=(1n<<63n)-1n,
fail=(field,value,remedy,name="InvalidAmountError")=>{
  throw Object.assign(Error(field+": "+remedy),{field,value,remedy,name})
},
A=(v,field="amount",l=0n)=>
  (typeof v=="bigint"||Number.isSafeInteger(v))&&v>=l&&v<=M?BigInt(v):
    fail(field,v,`pass minor units from ${l}n to ${M}n, or parse(text)`),
"""
_PERCENTAGE: Final = r"""
D=v=>{
  const[,i,f,e=0]=/^(?!.{401})([+-]?(?=\.?\d)\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?$/i.exec(
      typeof v=="number"||typeof v=="string"?v:"")||[,1,"",-7],
    k=+e+6,n=BigInt((i+f).padEnd(i.length+k,0)),d=BigInt("1".padEnd(f.length-k+1,0));
  return n%d||n/d/M&&/\d{316}/.test(n/d)?fail("merchantFeePercentage",v,
    "pass 0 to 20, rounded to 6 places","InvalidPercentageError"):n/d
},
"""
_BANDS: Final = r"""
B=(text,addend,rate=0n,rest=addend)=>
  text.split(",").map(row=>{
    const[s,r,f]=row.split(" ").map(BigInt);
    rest=f==null?rest+(rate-r)*s:f*@scale@n+addend;rate=r;return[s,r,rest]
  }).reverse(),
"""
_QUOTE: Final = r"""
J={toJSON(){
  const o={...this};
  for(const k in o)if(o[k]!=null)o[k]+="";
  return o
}},
Q=(a,o)=>{
  const{merchantFeePercentage:q,merchantFeeCap:l,...z}=o@link@@platform@,p=@p@@merchant@,m=@m@,t=p+m;
  for(const k in`${o}`=="[object Object]"?z:[o])
    throw TypeError("pass @options@, not "+k);
  @vendor@return{__proto__:J,amount:a,currency,
    platformFee:p,merchantFee:m,totalFees:t,totalAmount:a+t,
    platformFeeBasis:@basis@"percentage",merchantFeeBasis:@merchant_basis@"percentage",
    clampedFrom:@clamped_from@}
};
export const quote=(amount,options={})=>{
  const s=Q(A(amount),options);
  return s.totalAmount>M?fail("amount",amount,"pass a smaller one"):s
};
"""
_LINK: Final = r"""
,s=q==null?@rate@n:D(q),r=@unset@s<0n?0n:s>@most@n?@most@n:s,
  c=l==null?@cap@:A(l,"merchantFeeCap")
"""
_VENDOR: Final = r"""
for(const k in o)if(o[k]!=null)
  fail(k,o[k],"leave it out; only marketplaces take a commission","NotAMarketplaceError");
"""
_WITHIN: Final = r"""
export const quoteWithin=(budget,options={})=>{
  A(budget,"budget");
  let l=0n,b=1n<<62n;
  for(;b;b/=2n)if(Q(l+b,options).totalAmount<=budget)l+=b;
  return Q(l,options)
};
"""
_WITHIN_BANDS: Final = r"""
export const quoteWithin=(budget,options={})=>{
  let h=A(budget,"budget"),l;
  for([l]of @starts@){
    if(Q(l,options).totalAmount<=budget){
      for(let b=1n<<62n;b;b/=2n)if(l+b<=h&&Q(l+b,options).totalAmount<=budget)l+=b;
      return Q(l,options)
    }
    h=l-1n
  }
};
"""
_TEXT: Final = r"""
export const format=amount=>
  `${A(amount,"amount",-M)}`.replace(/(-?)(.+)/,(_,s,d)=>@before@d@pad@@groups@@decimal@@after@);
export const parse=text=>{
  const s=typeof text!="string"||@rejected@.test(text)?"":text@fold@,
    [,p,i,f="",q]=/^(?!.*-.*-)@pattern@$/.exec(s)||[,1,,,1],
    n=p&&q?fail("text",text,@remedy@):BigInt(i.replace(/\D/g,"")+f@pad_fraction@);
  return n>M?fail("text",text,"pass a smaller amount"):/-/.test(s)?-n:n
};
"""

_README: Final = """
# @name@

Fees in @currency@, exact to the minor unit. Written by kashia-money javascript; do not edit.

```js
import { format, parse, quote } from "@name@";

const fees = quote(parse("1500"), { merchantFeePercentage: "2.5" });
console.log(format(fees.totalAmount), JSON.stringify(fees));
```
"""
TYPES: Final = """\
/** What set a fee: the percentage, the minimum or the cap. */
export type Basis = "percentage" | "minimum" | "cap";

/** The fees on an amount, in minor units. JSON.stringify writes the integers as text. */
export interface Quote {
  readonly amount: bigint;
  readonly currency: string;
  readonly platformFee: bigint;
  readonly merchantFee: bigint;
  readonly totalFees: bigint;
  readonly totalAmount: bigint;
  readonly platformFeeBasis: Basis;
  readonly merchantFeeBasis: Basis;
  /** The requested percentage of the commission if it was outside 0 to 20, otherwise null. */
  readonly clampedFrom: string | null;
  toJSON(): { [name: string]: string | null };
}

/** The commission of a payment link; null and undefined mean the schedule's default. */
export interface Options {
  /** In percent, with at most six decimal places. */
  readonly merchantFeePercentage?: number | string | null;
  /** In minor units. */
  readonly merchantFeeCap?: bigint | number | null;
}

/** Amounts are in minor units: a bigint, or a number that is a safe integer. */
export function quote(amount: bigint | number, options?: Options): Quote;
/** The quote of the largest amount whose total is within the budget. */
export function quoteWithin(budget: bigint | number, options?: Options): Quote;
/** The minor units of an amount as people write it. */
export function parse(text: string): bigint;
/** An amount in minor units as people write it. */
export function format(amount: bigint | number): string;
/** The ISO 4217 code. */
export const currency: string;
/** The decimal places of the currency. */
export const digits: number;
/** The fingerprint of the schedule. */
export const fingerprint: string;
/** The largest amount that pays the platform's minimum, and the smallest that pays its cap. */
export const breakpoints: {
  readonly minimumUntil: bigint | null;
  readonly capFrom: bigint | null;
};
"""
"""The TypeScript declarations of every generated module: `index.d.ts`, or `fees.d.mts` beside
`fees.mjs`."""


def to_javascript(schedule: FeeSchedule, *, locale: str = "en_NG") -> str:
    """Return an ES2020 module with the fees of a schedule.

    The module exports `quote(amount, {merchantFeePercentage, merchantFeeCap})`,
    `quoteWithin(budget, options)`, `parse(text)`, `format(amount)`, `currency`, `digits`,
    `fingerprint` and `breakpoints`. Amounts are BigInts of minor units, or integer Numbers that
    are exact. Percentages are Numbers or text. The errors have the library's names.

    Args:
        schedule: the fees.
        locale: the locale in CLDR of `parse` and `format`.

    Raises:
        InvalidLocaleError: the locale is not in CLDR.
        TypeError: the schedule is not a `FeeSchedule`.

    >>> from kashia_money import PUBLISHED
    >>> 'export const currency="NGN",digits=2' in to_javascript(PUBLISHED["NGN"])
    True
    """
    expect(schedule, FeeSchedule, "schedule")
    breakpoints = schedule.platform.breakpoints()
    head = _filled(
        _HEAD,
        currency=schedule.currency,
        digits=exponent(schedule.currency),
        fingerprint=schedule.fingerprint,
        minimum_until=_literal(breakpoints.minimum_until),
        cap_from=_literal(breakpoints.cap_from),
    )
    return head + _fees(schedule) + _text(schedule.currency, locale)


def npm_package(schedule: FeeSchedule, *, locale: str = "en_NG") -> dict[str, str]:
    """Return an npm package of a schedule: the text of each file by its name.

    The version is made from the schedule's fingerprint, so it changes when a fee changes.

    Args:
        schedule: as in `to_javascript`.
        locale: as in `to_javascript`.

    Raises:
        InvalidLocaleError, TypeError: as `to_javascript`.

    >>> from kashia_money import PUBLISHED
    >>> sorted(npm_package(PUBLISHED["NGN"]))
    ['README.md', 'index.d.ts', 'index.js', 'package.json']
    """
    module = to_javascript(schedule, locale=locale)
    name = f"kashia-money-{schedule.currency.lower()}"
    package = {
        "name": name,
        # The letter keeps a fingerprint of digits from being a number, which has no leading zeros.
        "version": f"0.0.0-f{schedule.fingerprint[:16]}",
        "description": f"Fees in {schedule.currency}, exact to the minor unit",
        "type": "module",
        "exports": {".": {"types": "./index.d.ts", "default": "./index.js"}},
        "files": ["index.js", "index.d.ts"],
        "sideEffects": False,
    }
    return {
        "index.js": module,
        "index.d.ts": TYPES,
        "package.json": json.dumps(package, indent=2) + "\n",
        "README.md": _filled(_README, name=name, currency=schedule.currency),
    }


def _filled(*templates: str, **values: object) -> str:
    """Return templates with the values in place of `@name@`, and with a line for each function."""
    template = "".join([template.lstrip("\n") for template in templates])
    text = re.sub(r"\n( +|(?=\}))", "", template)
    return re.sub("@([a-z_]+)@", lambda match: str(values[match[1]]), text)


def _literal(value: int | None) -> str:
    return "null" if value is None else f"{value}n"


def _fees(schedule: FeeSchedule) -> str:
    """Return the functions that compute the fees."""
    platform = _fee(schedule.platform._curve, "e", "i", "T")
    merchant = _Fee("", "0n", "")
    if schedule.marketplace:
        merchant = _fee(schedule.merchant._curve, "f", "j", "U", _Code("r"), _Code("c"))
    tables = platform.table + merchant.table
    templates = [
        *([_PERCENTAGE] if schedule.marketplace else []),
        *([_BANDS] if tables else []),
        tables,
        _QUOTE,
        _WITHIN_BANDS if tables else _WITHIN,
    ]
    return _filled(
        *templates,
        **_link(schedule),
        scale=SCALE,
        platform=platform.constants,
        p=platform.result,
        merchant=merchant.constants,
        m=merchant.result,
        basis=_basis(schedule.platform),
        starts=_starts(platform=bool(platform.table), merchant=bool(merchant.table)),
    )


def _basis(rule: FeeRule) -> str:
    """Return the tests of a platform fee `p` that set its basis; see `FeeExplanation.basis`."""
    cap = "" if rule.cap is None else f'p=={rule.cap}n?"cap":'
    minimum = "" if rule.minimum == 0 else f'p=={rule.minimum}n?"minimum":'
    return cap + minimum


def _starts(*, platform: bool, merchant: bool) -> str:
    """Return the bands of both fees, the highest start first."""
    if platform and merchant:
        return "[...T,...U].sort((x,y)=>Number(y[0]-x[0]))"
    return "T" if platform else "U"


def _link(schedule: FeeSchedule) -> dict[str, str]:
    """Return the parts of `_QUOTE` that read the commission of a link."""
    if not schedule.marketplace:
        vendor = _filled(_VENDOR).rstrip()
        return {
            "options": "no options",
            "link": "",
            "vendor": vendor,
            "merchant_basis": "",
            "clamped_from": "null",
        }
    merchant = schedule.merchant
    rate = merchant._curve.single_rate
    requested_rate = merchant._fields.requested_rate
    link = _filled(
        _LINK,
        rate=-1 if rate is None else rate,
        unset="q==null?s:" if rate is None else "",
        most=MAX_COMMISSION,
        cap="M" if merchant.cap is None else f"{merchant.cap}n",
    )
    default = "" if requested_rate is None else f"q==null?{_quoted(percent(requested_rate))}:"
    return {
        "options": "merchantFeePercentage or merchantFeeCap",
        "link": link.rstrip(),
        "vendor": "",
        "merchant_basis": 'm==c?"cap":',
        "clamped_from": f'{default}r==s?null:q+""',
    }


def _text(currency: str, locale: str) -> str:
    """Return `format` and `parse`."""
    digits = exponent(currency)
    text = marks(currency, locale)
    decimal = _replacement(f"{text.decimal}$&")
    return _filled(
        _TEXT,
        before=f"{_by_sign(text.negative[0], text.positive[0])}+".removeprefix('""+'),
        after=f"+{_by_sign(text.negative[1], text.positive[1])}".removesuffix('+""'),
        pad=f".padStart({digits + 1},0)" if digits else "",
        groups=_groups(text, digits),
        decimal=f".replace(/{'.' * digits}$/,{decimal})" if digits else "",
        rejected=_ascii(rf"/\d.*[{DIRECTION_MARKS}].*\d|.{{{MAX_TEXT + 1}}}/"),
        fold=_folding(text.pattern),
        pattern=_ascii(_pattern(text, digits)),
        remedy=_quoted(f"write it like {format_minor(123_456_789, currency, locale)}"),
        pad_fraction=f".padEnd({digits},0)" if digits else "",
    )


def _by_sign(negative: str, positive: str) -> str:
    """Return the text before or after the digits; `s` is the sign, "-" or nothing."""
    if negative == positive:
        return _quoted(positive)
    if negative == f"-{positive}":
        return f"s+{_quoted(positive)}".removesuffix('+""')
    return f"(s?{_quoted(negative)}:{_quoted(positive)})"


def _groups(text: Marks, digits: int) -> str:
    """Return the call that writes the mark between groups of digits."""
    last, others = text.group_sizes
    groups = rf"(\d{{{last}}})+" if last == others else rf"(\d{{{others}}})*\d{{{last}}}"
    rest = r"\d" * digits
    return rf".replace(/\B(?={groups}{rest}$)/g,{_replacement(text.group)})"


def _replacement(text: str) -> str:
    """Return a text for `replace`, in which "$&" is the replaced text."""
    return _quoted(re.sub(r"\$(?!&)", "$$$$", text))


def _pattern(text: Marks, digits: int) -> str:
    """Return the regular expression of an amount."""
    fraction = f"([0-9]{{1,{digits}}})" if digits else "([])"  # the latter matches nothing
    pattern = text.pattern.replace("(?P<fraction>[0-9]+)", fraction)
    pattern = re.sub(r"\(\?P<\w+>", "(", pattern).replace("[0-9]", r"\d").replace("/", r"\/")
    # One group or more of the same size: (?:,\d{3})*,\d{3} is (?:,\d{3})+.
    return re.sub(r"(\(\?:([^()]+)\))\*\2(?=\))", r"\1+", pattern)


def _folding(pattern: str) -> str:
    """Return the calls that replace characters as `FOLD_TABLE` does.

    A character that the pattern does not have stays as it is: the text is rejected in both forms.
    """
    sources: dict[str, str] = {}
    for source, to in FOLD_TABLE.items():
        replacement = "" if to is None else chr(to)
        sources[replacement] = sources.get(replacement, "") + chr(source)
    return "".join(
        [
            f".replace(/{_ascii(chars if len(chars) == 1 else f'[{chars}]')}/g,{_quoted(to)})"
            for to, chars in sorted(sources.items())
            if to in pattern
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text)  # in ASCII


def _ascii(text: str) -> str:
    """Return the source of a regular expression in ASCII."""
    return "".join(char if char.isascii() else json.dumps(char)[1:-1] for char in text)


class _Fee(NamedTuple):
    """The JavaScript of a fee."""

    constants: str
    result: str
    table: str
    """The constant with the bands; "" for a single band."""


def _fee(
    curve: Curve,
    prefix: str,
    band: str,
    table: str,
    rate: _Code | None = None,
    cap: _Code | None = None,
) -> _Fee:
    """Return the JavaScript of a fee by a curve.

    Args:
        curve: the fee.
        prefix: the start of the names of constants.
        band: the name of the band of amount `a`.
        table: the name of the bands.
        rate: as in the formula.
        cap: as in the formula.
    """
    writer = _Writer(curve, prefix, band)
    result = _source(fee(writer, curve, _Code("a"), rate, cap, words=False))
    if len(curve.bands) == 1:
        return _Fee(writer.declared(), result, "")
    constants = f",{band}={table}.find(t=>a>=t[0]){writer.declared()}"
    return _Fee(writer.resolved(constants), writer.resolved(result), _table(curve, table))


def _table(curve: Curve, name: str) -> str:
    """Return the constant with the bands of a curve.

    Each band has its start and its rate. A band that does not start with the fee at which the band
    below ends also has a flat part: the fee that its rate gives amount 0.
    """
    rows = []
    below = Band(0, 0, 0)
    for band in curve.bands:
        # Other bands start at a threshold or at a tier by volume: their flat part is an integer.
        flat = "" if band.fee == below.exact(band.start) else f" {band.exact(0) // SCALE}"
        rows.append(f"{band.start} {band.rate}{flat}")
        below = band
    text = ",".join(rows)
    return f'{name}=/* @__PURE__ */B("{text}",{OFFSETS[curve.rounding]}n),\n'


class _Code:
    """A JavaScript expression, a BigInt or a test."""

    def __init__(self, text: str, *, start: int | None = None, column: int = 0) -> None:
        self.text = text
        self.start = start  # of the test whether the amount is at least that
        self.column = column  # of a value in the table of bands

    def __add__(self, other: _Code | int, /) -> _Code:
        return self._joined("+", other)

    def __sub__(self, other: _Code | int, /) -> _Code:
        return self._joined("-", other)

    # `Number` has it, for engines that must not pass 64 bits.
    def __rsub__(self, other: int, /) -> _Code:  # pragma: no cover
        return _Code(f"{other}n-{_operand(self)}")

    def __mul__(self, other: _Code | int, /) -> _Code:
        return self._joined("*", other)

    def __lt__(self, other: _Code | int, /) -> _Code:
        return self._joined("<", other)

    def __gt__(self, other: _Code | int, /) -> _Code:
        return self._joined(">", other)

    def __ge__(self, other: _Code | int, /) -> _Code:
        text = f"{_operand(self)}>={_operand(other)}"
        return _Code(text, start=other if isinstance(other, int) else None)

    def _joined(self, operator: str, other: _Code | int) -> _Code:
        chars = "a-z0-9#*" if operator in "+-" else "a-z0-9#"  # a product needs no parentheses
        return _Code(f"{_operand(self, chars)}{operator}{_operand(other, chars)}")


class _Writer:
    """Writes the formula of `fee` in JavaScript.

    The formula chooses by the band's start wherever bands differ. Such choices become the values of
    the amount's band. `#1` means the value in the writer's column 1.
    """

    def __init__(self, curve: Curve, prefix: str, band: str) -> None:
        self._prefix = prefix
        self._band = band
        self._constants: list[str] = []
        self._starts = [band.start for band in curve.bands]
        self._columns: list[list[int]] = [self._starts]
        addend = OFFSETS[curve.rounding]
        self._values = [
            self._starts,
            [band.rate for band in curve.bands],
            [band.exact(0) + addend for band in curve.bands],
        ]

    def name(self, name: str, value: _Code) -> _Code:  # noqa: ARG002  # the signature is `Writer`'s
        short = f"{self._prefix}{len(self._constants) or ''}"
        self._constants.append(f",{short}={value.text}")
        return _Code(short)

    def choose(self, test: _Code, then: _Code | int, other: _Code | int) -> _Code:
        if test.start is None or not isinstance(then, int):
            return _Code(f"{test.text}?{_source(then)}:{_source(other)}")
        if isinstance(other, int):
            self._columns.append([other] * len(self._starts))
            other = _Code(f"#{len(self._columns) - 1}", column=len(self._columns) - 1)
        band = self._starts.index(test.start)
        column = self._columns[other.column]
        column[band:] = [then] * (len(column) - band)
        return other

    def div(self, value: _Code, by: int) -> _Code:
        return _Code(f"{_operand(value)}/{by}n")

    def declared(self) -> str:
        """Return the named values."""
        return "".join(self._constants)

    def resolved(self, text: str) -> str:
        """Return code with the values of the band in place of the columns."""
        return re.sub(
            "#([0-9]+)",
            lambda match: f"{self._band}[{self._values.index(self._columns[int(match[1])])}]",
            text,
        )


def _source(value: _Code | int) -> str:
    return f"{value}n" if isinstance(value, int) else value.text


def _operand(value: _Code | int, chars: str = "a-z0-9#") -> str:
    """Return the source of a value, in parentheses unless it has only certain characters."""
    text = _source(value)
    return text if re.fullmatch(f"[{chars}]+", text) else f"({text})"
