r"""A fee schedule as a JavaScript module, for web pages that show fees while a price is typed.

`to_javascript` returns one ES2020 module without dependencies. It computes with BigInt, so its
figures are those of `FeeSchedule.quote` up to 2⁶³-1. The formula is the one of lazy data frames.
The marks of one locale are written into the module, because `Intl` differs between browsers.

>>> from kashia_money import PUBLISHED
>>> print(to_javascript(PUBLISHED["NGN"]).partition("\n")[0])
// Fees in NGN, written by kashia-money javascript. Do not edit.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from ._columns.formula import fee
from ._core.currencies import exponent
from ._core.fields import MAX_COMMISSION
from ._core.numbers import MAX_AMOUNT, percent
from ._core.quotes import FeeSchedule
from ._display.money import DIRECTION_MARKS, FOLD_TABLE, MAX_TEXT, format_minor, marks
from .errors import expect

if TYPE_CHECKING:
    from ._core.curve import Curve
    from ._core.rules import FeeRule

# In these templates, @name@ is a placeholder. The names of the module's helpers are short, because
# visitors download them: M is the largest amount, Z throws an error, A reads an amount, D reads a
# percentage, L reads a link's options, F and G compute the two fees, and Q is the class of a quote.
_HEAD: Final = r"""
// Fees in @currency@, written by kashia-money javascript. Do not edit.
export const currency="@currency@",digits=@digits@,fingerprint="@fingerprint@",
breakpoints={minimumUntil:@minimum_until@,capFrom:@cap_from@};
const M=@max@n,
Z=(name,field,value,remedy)=>{
  throw Object.assign(Error(field+": "+remedy),{name,field,value,remedy})
},
A=(v,f="amount",l=0n)=>{
  const x=Number.isSafeInteger(v)?BigInt(v):v;
  return typeof x=="bigint"&&x>=l&&x<=M?x:Z("InvalidAmountError",f,v,
    `for minor units, pass a BigInt from ${l} to ${M}; for major units, pass parse(text)`)
},
P="merchantFeePercentage",C="merchantFeeCap",
"""
_PERCENTAGE: Final = r"""
D=v=>{
  const b=r=>Z("InvalidPercentageError",P,v,r),
    w='write it as a plain decimal number below 1e309, such as "1.5"',
    [,s,i,f,e=0]=/^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?$/i.exec(
      typeof v=="number"||typeof v=="string"&&v.length<401?v:"")||b(w),
    q=Math.max(0,i.length+6+ +e),t=(i+f).padEnd(q,"0"),d=t.slice(0,q);
  return /[1-9]\d{315}/.test(d)?b(w):/[1-9]/.test(t.slice(q))?b("round it to 6 decimal places"):
    BigInt(s+"0"+d)
},
"""
_OPTIONS: Final = r"""
L=o=>{
  for(const k of{}.toString.call(o)=="[object Object]"?Object.keys(o):[typeof o])
    if(k!=P&&k!=C)throw TypeError(`options are ${P} and ${C}, not ${k}`);
  const p=o[P],c=o[C];
"""
_VENDOR: Final = r"""
  for(const k of[P,C])if(o[k]!=null)Z("NotAMarketplaceError",k,o[k],
    "leave it out; only marketplaces take a commission");
  return[0n,M,null]
},
"""
_MARKETPLACE: Final = r"""
  const r=p==null?@rate@n:D(p),x=@unset@r<0n?0n:r>@most@n?@most@n:r;
  return[x,c==null?@cap@:A(c,C),@clamped_from@x==r?null:`${p}`]
},
"""
_QUOTE: Final = r"""
@platform@,
@merchant@,
J={toJSON(){
  const o={...this};
  for(const k in o)if(o[k]!=null)o[k]+="";
  return o
}},
Q=(a,r,c,k)=>{
  const p=F(a),m=G(a,r,c),t=p+m;
  return{__proto__:J,amount:a,currency,platformFee:p,merchantFee:m,totalFees:t,totalAmount:a+t,
    platformFeeBasis:@basis@"percentage",merchantFeeBasis:m==c?"cap":"percentage",clampedFrom:k}
};
export const quote=(amount,options={})=>{
  const q=Q(A(amount),...L(options));
  return q.totalAmount>M?Z("InvalidAmountError","amount",amount,
    `pass a smaller one, whose total is at most ${M}`):q
};
export const quoteWithin=(budget,options={})=>{
  const o=L(options),q=x=>Q(x,...o);
  let h=A(budget,"budget"),t=h,l,m;
  for(l of @starts@)if(l<=h){
    if(q(l).totalAmount<=t){
      while(l<h){m=(l+h+1n)/2n;if(q(m).totalAmount>t)h=m-1n;else l=m}
      return q(l)
    }
    h=l-1n
  }
};
"""
_TEXT: Final = r"""
export const format=amount=>{
  const n=A(amount,"amount",-M),d=`${n<0n?-n:n}`.padStart(@width@,"0");
  return @before@@whole@@after@
};
export const parse=text=>{
  const b=r=>Z("InvalidAmountError","text",text,r),
    s=typeof text!="string"||@too_long@||@mixed@.test(text)?"":text@fold@,
    [,p,i,f="",q]=/^@pattern@$/.exec(s)||[,1,,,1],
    n=p&&q||f[@digits@]||/-.*-/.test(s)?b("write it like "+@example@):
      BigInt(i.replace(/\D/g,"")+f.padEnd(@digits@,"0"));
  return n>M?b("pass a smaller amount"):/-/.test(s)?-n:n
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
    platform, bands = _function("F", "T", schedule.platform._curve)
    merchant, merchant_bands = _commission(schedule)
    head = _filled(
        _HEAD,
        currency=schedule.currency,
        digits=exponent(schedule.currency),
        fingerprint=schedule.fingerprint,
        minimum_until=_literal(breakpoints.minimum_until),
        cap_from=_literal(breakpoints.cap_from),
        max=MAX_AMOUNT,
    )
    quote = _filled(
        _QUOTE,
        platform=bands + platform,
        merchant=merchant_bands + merchant,
        basis=_basis(schedule.platform),
        starts=_starts(platform=bool(bands), merchant=bool(merchant_bands)),
    )
    return head + _options(schedule) + quote + _text(schedule.currency, locale)


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


def _basis(rule: FeeRule) -> str:
    """Return the tests of a platform fee `p` that set its basis; see `FeeExplanation.basis`."""
    cap = "" if rule.cap is None else f'p=={rule.cap}n?"cap":'
    minimum = "" if rule.minimum == 0 else f'p=={rule.minimum}n?"minimum":'
    return cap + minimum


def _starts(*, platform: bool, merchant: bool) -> str:
    """Return the first amounts of the segments, the highest first."""
    if platform and merchant:
        return "[...T[0],...U[0]].sort((x,y)=>x<y?1:x>y?-1:0)"
    return f"{'T' if platform else 'U'}[0]" if platform or merchant else "[0n]"


def _options(schedule: FeeSchedule) -> str:
    """Return the function that reads the options of a link."""
    if not schedule.marketplace:
        return _filled(_OPTIONS, _VENDOR)
    merchant = schedule.merchant
    clamped_from = merchant._fields.requested_rate
    rate = merchant._curve.single_rate
    return _filled(
        _PERCENTAGE,
        _OPTIONS,
        _MARKETPLACE,
        rate=-1 if rate is None else rate,
        unset="p==null?r:" if rate is None else "",
        cap="M" if merchant.cap is None else f"{merchant.cap}n",
        most=MAX_COMMISSION,
        clamped_from="" if clamped_from is None else f"p==null?{_quoted(percent(clamped_from))}:",
    )


def _commission(schedule: FeeSchedule) -> tuple[str, str]:
    """Return the function of the commission, and its table of bands."""
    if not schedule.marketplace:
        return "G=()=>0n", ""
    return _function("G", "U", schedule.merchant._curve, _Code("r"), _Code("c"))


def _text(currency: str, locale: str) -> str:
    """Return `format` and `parse`."""
    digits = exponent(currency)
    text = marks(currency, locale)
    last, others = text.group_sizes
    whole = f"d.slice(0,-{digits})" if digits else "d"
    return _filled(
        _TEXT,
        currency=currency,
        digits=digits,
        width=digits + 1,
        before=f"{_by_sign(text.negative[0], text.positive[0])}+".removeprefix('""+'),
        after=f"+{_by_sign(text.negative[1], text.positive[1])}".removesuffix('+""'),
        whole=rf"{whole}.replace(/\B(?=(\d{{{others}}})*\d{{{last}}}$)/g,{_quoted(text.group)})"
        + (f"+{_quoted(text.decimal)}+d.slice(-{digits})" if digits else ""),
        too_long=f"text.length>{MAX_TEXT}",
        mixed=_ascii(rf"/\d.*[{DIRECTION_MARKS}].*\d/"),
        fold=_folding(),
        pattern=_ascii(
            re.sub(r"\(\?P<\w+>", "(", text.pattern).replace("[0-9]", r"\d").replace("/", r"\/")
        ),
        example=_quoted(format_minor(123_456_789, currency, locale)),
    )


def _by_sign(negative: str, positive: str) -> str:
    if negative == positive:
        return _quoted(positive)
    return f"(n<0n?{_quoted(negative)}:{_quoted(positive)})"


def _folding() -> str:
    """Return the calls that replace characters as `FOLD_TABLE` does."""
    sources: dict[str, str] = {}
    for source, to in FOLD_TABLE.items():
        replacement = "" if to is None else chr(to)
        sources[replacement] = sources.get(replacement, "") + chr(source)
    return "".join(
        [
            f".replace(/{_ascii(chars if len(chars) == 1 else f'[{chars}]')}/g,{_quoted(to)})"
            for to, chars in sources.items()
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text)  # in ASCII


def _ascii(text: str) -> str:
    """Return the source of a regular expression in ASCII."""
    return "".join(char if char.isascii() else json.dumps(char)[1:-1] for char in text)


def _function(
    name: str, table: str, curve: Curve, rate: _Code | None = None, cap: _Code | None = None
) -> tuple[str, str]:
    """Return the function that computes a fee by a curve, and its table of bands if it has one."""
    writer = _Writer(curve)
    result = _source(fee(writer, curve, _Code("a"), rate, cap))
    constants = writer.constants
    columns = list(dict.fromkeys(map(tuple, writer.columns)))
    if writer.columns[1:]:
        constants = [f"i={table}[0].findIndex(s=>a>=s)", *constants]
    body = f"const {','.join(constants)};" if constants else ""
    body = re.sub(
        "#([0-9]+)",
        lambda match: f"{table}[{columns.index(tuple(writer.columns[int(match[1])]))}][i]",
        f"{body}return {result}",
    )
    parameters = "a" if rate is None else "(a,r,c)"
    rows = "],[".join(",".join([f"{value}n" for value in reversed(column)]) for column in columns)
    bands = f"{table}=[[{rows}]],\n" if writer.columns[1:] else ""
    return f"{name}={parameters}=>{{{body}}}", bands


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

    def __rsub__(self, other: int, /) -> _Code:
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

    The formula chooses by the band's start wherever bands differ. Such choices become the columns
    of one table. `#1` means the value in column 1 and in the band of the amount.
    """

    def __init__(self, curve: Curve) -> None:
        self.constants: list[str] = []
        self.starts = [band.start for band in curve.bands]
        self.columns = [self.starts]

    def name(self, name: str, value: _Code) -> _Code:  # noqa: ARG002  # the signature is `Writer`'s
        short = f"x{len(self.constants)}"
        self.constants.append(f"{short}={value.text}")
        return _Code(short)

    def choose(self, test: _Code, then: _Code | int, other: _Code | int) -> _Code:
        if test.start is None or not isinstance(then, int):
            return _Code(f"{test.text}?{_source(then)}:{_source(other)}")
        if isinstance(other, int):
            self.columns.append([other] * len(self.starts))
            other = _Code(f"#{len(self.columns) - 1}", column=len(self.columns) - 1)
        band = self.starts.index(test.start)
        column = self.columns[other.column]
        column[band:] = [then] * (len(column) - band)
        return other

    def div(self, value: _Code, by: int) -> _Code:
        return _Code(f"{_operand(value)}/{by}n")


def _source(value: _Code | int) -> str:
    return f"{value}n" if isinstance(value, int) else value.text


def _operand(value: _Code | int, chars: str = "a-z0-9#") -> str:
    """Return the source of a value, in parentheses unless it has only certain characters."""
    text = _source(value)
    return text if re.fullmatch(f"[{chars}]+", text) else f"({text})"
