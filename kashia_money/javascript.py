r"""A fee schedule as a JavaScript module, for web pages that show fees while a price is typed.

`to_javascript` returns one ES2020 module without dependencies. It computes with BigInt, so its
figures are those of `FeeSchedule.quote` up to 2⁶³-1. The formula is the one of lazy data frames.
The marks of one locale are written into the module, because `Intl` differs between browsers.

>>> from kashia_money import PUBLISHED
>>> print(to_javascript(PUBLISHED["NGN"]).partition("\n")[0])
// Fees in NGN, exact to the minor unit. Written by kashia-money javascript; do not edit.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
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
// Fees in @currency@, exact to the minor unit. Written by kashia-money javascript; do not edit.
export const currency="@currency@",digits=@digits@,fingerprint="@fingerprint@",
breakpoints={minimumUntil:@minimum_until@,capFrom:@cap_from@};
const M=@max@n,
Z=(name,value,expected,remedy,field)=>{
  const t=typeof value,s=t=="string"?JSON.stringify(value):
    Object(value)===value?"an object":
    t=="bigint"&&BigInt.asIntN(256,value)!=value?"a longer BigInt":String(value);
  throw Object.assign(Error(`expected ${field?field+" as ":""}${expected}, got ${s.length>60?
    s.slice(0,60)+"...":s}: ${remedy}`),{name,value,expected,remedy,field})
},
A=(v,f="amount",l=0n)=>{
  const x=Number.isSafeInteger(v)?BigInt(v):v,b=typeof x=="bigint";
  return b&&x>=l&&x<=M?x:Z("InvalidAmountError",v,`an int of minor units from ${l} to ${M}`,
    b?"pass an amount within these bounds":v==null?`pass ${f}, which is missing`:
    "for minor units, pass a BigInt; for major units, pass parse(text)",f)
},
"""
_OPTIONS: Final = r"""
L=o=>{
  if({}.toString.call(o)!="[object Object]")throw TypeError("options is an object");
  for(const k in o)if(k!=P&&k!=C)throw TypeError(`unknown option ${k}: pass ${P} or ${C}`);
"""
_VENDOR: Final = r"""
P="merchantFeePercentage",C="merchantFeeCap",
@options@
  for(const k of[P,C])if(o[k]!=null)Z("NotAMarketplaceError",o[k],
    "absent on a single vendor's link","leave it out; only marketplaces take a commission",k);
  return[0n,M,null]
},
"""
_MARKETPLACE: Final = r"""
P="merchantFeePercentage",C="merchantFeeCap",
D=v=>{
  const n=typeof v=="number",b=r=>
    Z("InvalidPercentageError",v,"a percentage with at most 6 decimal places",r);
  if(n&&v>=0&&v<1e9){const x=Math.round(v*1e6);if(x/1e6==v)return BigInt(x)}
  const t=n?`${v}`:typeof v=="string"?v:b('pass it as text, such as "1.5"'),
    [,s,i,f,e]=/^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?$/i.exec(t.length>400?"":t)||
      b('write it as a plain decimal number, such as "1.5"'),
    d=(i+f).replace(/^0+/,""),p=d.length+6-f.length+ +(e||0),z=d.replace(/0+$/,"");
  return z?p>315?b("pass a number below 1e309"):z.length>p?b("round it to 6 decimal places"):
    BigInt(s+z.padEnd(p,"0")):0n
},
@options@
  const p=o[P],c=o[C],r=p==null?@rate@n:D(p),
    x=p==null||r>@most@n?r>@most@n?@most@n:r:r<0n?0n:r;
  return[x,c==null?@cap@n:A(c,C),p==null?@clamped_from@:x==r?null:
    (r<0n?"-":"")+`${r<0n?-r:r}`.padStart(7,"0").replace(/(.{6})$/,".$1").replace(/\.?0+$/,"")]
},
"""
_QUOTE: Final = r"""
@platform@,
@merchant@;
class Q{
  constructor(a,r,c,k){
    const p=F(a),m=G(a,r,c),t=p+m;
    this.amount=a;
    this.currency=currency;
    this.platformFee=p;
    this.merchantFee=m;
    this.totalFees=t;
    this.totalAmount=a+t;
    this.platformFeeBasis=@basis@"percentage";
    this.merchantFeeBasis=m==c?"cap":"percentage";
    this.clampedFrom=k
  }
  toJSON(){
    const o={...this};
    for(const k in o)if(typeof o[k]=="bigint")o[k]+="";
    return o
  }
}
export const quote=(amount,options={})=>{
  const q=new Q(A(amount),...L(options));
  return q.totalAmount>M?Z("InvalidAmountError",amount,`an amount whose total is at most ${M}`,
    "pass a smaller one"):q
};
export const quoteWithin=(budget,options={})=>{
  const t=A(budget,"budget"),o=L(options),q=x=>new Q(x,...o);
  let h=t,l,m;
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
  return @before@+@whole@+@after@
};
export const parse=text=>{
  const s=text,b=r=>Z("InvalidAmountError",s,
    `an amount of @currency@ with at most @digits@ decimal places, within ±${M} minor units`,r),
    f=typeof s!="string"||@too_long@||@mixed@.test(s)?"":s@fold@,
    m=/^@pattern@$/.exec(f);
  if(!m||(m[3]||"").length>@digits@||f.split("-").length>2||m[1]&&m[4])b("write it like "+@example@);
  const n=BigInt(m[2].replace(/\D/g,"")+(m[3]||"").padEnd(@digits@,"0"));
  return n>M?b("pass a smaller amount"):f.includes("-")?-n:n
};
"""


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
        starts=_starts(bool(bands), bool(merchant_bands)),
    )
    return head + _options(schedule) + quote + _text(schedule.currency, locale)


def _filled(template: str, **values: object) -> str:
    """Return a template without indentation, with the values in place of `@name@`."""
    text = re.sub(r"\n *", "\n", template.lstrip("\n"))
    return re.sub("@([a-z_]+)@", lambda match: str(values[match[1]]), text)


def _literal(value: int | None) -> str:
    return "null" if value is None else f"{value}n"


def _basis(rule: FeeRule) -> str:
    """Return the tests of a platform fee `p` that set its basis; see `FeeExplanation.basis`."""
    cap = "" if rule.cap is None else f'p=={rule.cap}n?"cap":'
    minimum = "" if rule.minimum == 0 else f'p=={rule.minimum}n?"minimum":'
    return cap + minimum


def _starts(platform: bool, merchant: bool) -> str:  # noqa: FBT001
    """Return the first amounts of the segments, the highest first."""
    if platform and merchant:
        return "[...T,...U].map(x=>x[0]).sort((x,y)=>x<y?1:x>y?-1:0)"
    return f"{'T' if platform else 'U'}.map(x=>x[0])" if platform or merchant else "[0n]"


def _options(schedule: FeeSchedule) -> str:
    options = _filled(_OPTIONS).rstrip("\n")
    if not schedule.marketplace:
        return _filled(_VENDOR, options=options)
    merchant = schedule.merchant
    clamped_from = merchant._fields.requested_rate
    rate = merchant._curve.single_rate
    return _filled(
        _MARKETPLACE,
        options=options,
        rate=-1 if rate is None else rate,
        cap=merchant._curve.cap,
        most=MAX_COMMISSION,
        clamped_from="null" if clamped_from is None else json.dumps(percent(clamped_from)),
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
        before=_by_sign(text.negative[0], text.positive[0]),
        after=_by_sign(text.negative[1], text.positive[1]),
        whole=rf"{whole}.replace(/\B(?=(\d{{{others}}})*\d{{{last}}}$)/g,{_quoted(text.group)})"
        + (f"+{_quoted(text.decimal)}+d.slice(-{digits})" if digits else ""),
        too_long=f"s.length>{2 * MAX_TEXT}||[...s].length>{MAX_TEXT}",
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
    pairs = sorted((to or 0, source) for source, to in FOLD_TABLE.items())
    calls = ""
    for to, group in groupby(pairs, key=lambda pair: pair[0]):
        sources = _ascii("".join(chr(source) for _, source in group))
        calls += f".replace(/[{sources}]/g,{_quoted(chr(to) if to else '')})"
    return calls


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
    names = ",".join(writer.names)
    constants = f"const {names};" if names else ""
    search = f"let b;for(b of {table})if(a>=b[0])break;" if writer.columns else ""
    parameters = "a" if rate is None else "(a,r,c)"
    rows = zip(*([band.start for band in curve.bands], *writer.columns), strict=True)
    lines = ["[" + ",".join([f"{value}n" for value in row]) + "]" for row in rows]
    bands = f"{table}=[{','.join(reversed(lines))}],\n" if writer.columns else ""
    return f"{name}={parameters}=>{{{search}{constants}return {result}}}", bands


class _Code:
    """A JavaScript expression, a BigInt or a test."""

    def __init__(self, text: str, *, start: int | None = None, column: int | None = None) -> None:
        self.text = text
        self.start = start  # of the test whether the amount is at least that
        self.column = column  # of a value in the table of bands

    def __add__(self, other: _Code | int, /) -> _Code:
        return self._joined("+", other)

    def __sub__(self, other: _Code | int, /) -> _Code:
        return self._joined("-", other)

    def __rsub__(self, other: int, /) -> _Code:
        return _Code(f"({other}n-{self.text})")

    def __mul__(self, other: _Code | int, /) -> _Code:
        return self._joined("*", other)

    def __lt__(self, other: _Code | int, /) -> _Code:
        return self._joined("<", other)

    def __gt__(self, other: _Code | int, /) -> _Code:
        return self._joined(">", other)

    def __ge__(self, other: _Code | int, /) -> _Code:
        text = f"({self.text}>={_source(other)})"
        return _Code(text, start=other if isinstance(other, int) else None)

    def _joined(self, operator: str, other: _Code | int) -> _Code:
        return _Code(f"({self.text}{operator}{_source(other)})")


class _Writer:
    """Writes the formula of `fee` in JavaScript.

    The formula chooses by the band's start wherever bands differ. These choices become columns of
    one table, of which `b` is the row of the amount's band.
    """

    def __init__(self, curve: Curve) -> None:
        self.names: list[str] = []
        self.columns: list[list[int]] = []
        self._starts = [band.start for band in curve.bands]

    def name(self, name: str, value: _Code) -> _Code:  # noqa: ARG002  # the signature is `Writer`'s
        short = f"x{len(self.names)}"
        self.names.append(f"{short}={value.text}")
        return _Code(short)

    def choose(self, test: _Code, then: _Code | int, other: _Code | int) -> _Code:
        if test.start is None or not isinstance(then, int):
            return _Code(f"({test.text}?{_source(then)}:{_source(other)})")
        if isinstance(other, int):
            self.columns.append([other] * len(self._starts))
            other = _Code(f"b[{len(self.columns)}]", column=len(self.columns) - 1)
        column = self.columns[other.column or 0]
        band = self._starts.index(test.start)
        column[band:] = [then] * (len(column) - band)
        return other

    def div(self, value: _Code, by: int) -> _Code:
        return _Code(f"({value.text}/{by}n)")


def _source(value: _Code | int) -> str:
    return f"{value}n" if isinstance(value, int) else value.text
