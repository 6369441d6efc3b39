"""The conformance cases: rows that every engine answers as the scalar does, kept as data in conformance.json.

`python -m tests.support.conformance` makes the file anew; `load()` reads it. There is no chance in
it: the amounts are worked out from where each rule bends and from where machine numbers end.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from itertools import product
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kashia_money import (
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidPercentageError,
    Rounding,
    Tier,
)
from kashia_money._core.rules import MAKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kashia_money._core.fields import Mode

PATH = Path(__file__).with_name("conformance.json")
MAX = 2**63 - 1
WHOLE = 10**8  # of which a rate counts the parts: millionths of a percent
HALF = WHOLE // 2

Figures: TypeAlias = tuple[int, int, int, int]
Link: TypeAlias = tuple[str | None, int | None]  # what a payment link overrides: percentage and cap
Case: TypeAlias = tuple[int | None, str | None, int | None]  # amount and link

ABOUT = """\
What quotes come to, to the last minor unit. Made by tests/support/conformance.py from the scalar; not edited by hand.
Amounts, caps and figures are minor units: integers, as text because JSON readers lose digits from 2^53 on.
A percentage is decimal text, in percent; read as a 64-bit float and printed shortest, it means the same.
A fee is percentage / 100 of the amount, plus flat if the amount is at least flat_from; rounded once, as Python's
decimal does by that name; then at least minimum and at most cap (null: no cap). The fee on amount 0 is 0.
A rule with tiers differs before the rounding. Each tier goes up to the next one's start. If the mode is graduated, each
charges its percentage of the part of the amount that is in it, and these are added. If it is volume, the tier that the
amount is in charges its percentage of the whole amount, plus its flat.
platform_fee is by the platform's rule. merchant_fee is by the merchant's, with the row's percentage, clamped to 0-20
(in place of all tiers), and the row's cap each in place of its own where not null; a null merchant is 0 %, uncapped,
ROUND_HALF_UP.
total_fees = platform_fee + merchant_fee; total_amount = amount + total_fees.
The four figures are null if the amount is null or the row is refused: its amount, cap or total is outside 0 to
2^63-1, or its percentage is NaN, infinite, or has more than six decimal places (not counting zeros at the end).
"""
COLUMNS = ["amount", "merchant_fee_percentage", "merchant_fee_cap"]
FIGURES = ["platform_fee", "merchant_fee", "total_fees", "total_amount"]


class Row(NamedTuple):
    amount: int | None
    percentage: str | None
    cap: int | None
    figures: (
        Figures | None
    )  # platform_fee, merchant_fee, total_fees, total_amount; None for null or refused


MAGNITUDES = {  # the largest amount of each; at a rate of 10⁸ parts in 10⁸, products of …
    "tiny": 42,  # 32 bits
    "small": 2**24,  # 32 bits at a short rate, and else 64
    "medium": 92 * 10**9,  # 64 bits
    "large": 2**61,  # more than 64 bits, but the total fits whatever the rate
    "huge": MAX,
}


def by_magnitude(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rows by the least magnitude that holds their amount, without nulls and amounts out of bounds."""
    found: dict[str, list[Row]] = {name: [] for name in MAGNITUDES}
    for row in rows:
        if row.amount is not None and 0 <= row.amount <= MAX:
            found[next(name for name, most in MAGNITUDES.items() if row.amount <= most)].append(row)
    return found


class Terms(NamedTuple):
    """A fee rule as the file spells it, so that it can be read without the library."""

    percentage: str = "0"
    flat: int = 0
    flat_from: int = 0
    minimum: int = 0
    cap: int | None = None
    rounding: str = "ROUND_HALF_UP"

    @property
    def rule(self) -> FeeRule:
        return FeeRule(
            self.percentage,
            flat=self.flat,
            flat_from=self.flat_from,
            minimum=self.minimum,
            cap=self.cap,
            rounding=Rounding(self.rounding),
        )


class TierTerms(NamedTuple):
    start: int
    percentage: str
    flat: int = 0


class TieredTerms(NamedTuple):
    """A rule in tiers, likewise."""

    mode: Mode
    tiers: tuple[TierTerms, ...]
    minimum: int = 0
    cap: int | None = None
    rounding: str = "ROUND_HALF_UP"

    @property
    def rule(self) -> FeeRule:
        tiers = [Tier(*tier) for tier in self.tiers]
        rounding = Rounding(self.rounding)
        return MAKERS[self.mode](tiers, minimum=self.minimum, cap=self.cap, rounding=rounding)


AnyTerms: TypeAlias = Terms | TieredTerms


class Group(NamedTuple):
    name: str
    currency: str
    platform: AnyTerms
    merchant: AnyTerms | None
    rows: list[Row]

    @property
    def schedule(self) -> FeeSchedule:
        return _schedule(self.currency, self.platform, self.merchant)


def _schedule(currency: str, platform: AnyTerms, merchant: AnyTerms | None) -> FeeSchedule:
    return FeeSchedule(currency, platform.rule, None if merchant is None else merchant.rule)


# The file.


def load(path: Path = PATH) -> list[Group]:
    """Read the cases."""
    return [_group(**group) for group in json.loads(path.read_text("utf-8"))["groups"]]


def _group(name: str, schedule: dict[str, Any], rows: list[list[str | None]]) -> Group:
    merchant = schedule["merchant"]
    return Group(
        name,
        schedule["currency"],
        _terms(**schedule["platform"]),
        None if merchant is None else _terms(**merchant),
        [_row(*row) for row in rows],
    )


def _terms(minimum: str, cap: str | None, rounding: str, **charged: Any) -> AnyTerms:
    bounds = (int(minimum), _integer(cap), rounding)
    if "tiers" in charged:
        tiers = (
            TierTerms(int(start), percentage, int(flat))
            for start, percentage, flat in charged["tiers"]
        )
        return TieredTerms(charged["mode"], tuple(tiers), *bounds)
    return Terms(charged["percentage"], int(charged["flat"]), int(charged["flat_from"]), *bounds)


def _row(amount: str | None, percentage: str | None, cap: str | None, *texts: str | None) -> Row:
    present = [int(text) for text in texts if text is not None]
    figures = (present[0], present[1], present[2], present[3]) if present else None
    return Row(_integer(amount), percentage, _integer(cap), figures)


def _integer(text: str | None) -> int | None:
    return None if text is None else int(text)


def dumps(groups: Iterable[Group]) -> str:
    """Write cases as JSON with one row to a line."""
    written = ",\n".join(_group_text(group) for group in groups)
    about = ",\n".join(map(_json, ABOUT.splitlines()))
    return f'{{"about": [\n{about}\n],\n"columns": {_json(COLUMNS + FIGURES)},\n"groups": [\n{written}\n]}}\n'


def _group_text(group: Group) -> str:
    schedule = {
        "currency": group.currency,
        "platform": _fields(group.platform),
        "merchant": _fields(group.merchant),
    }
    rows = ",\n".join(_json(_texts((*row[:3], *(row.figures or [None] * 4)))) for row in group.rows)
    return f'{{"name": {_json(group.name)},\n"schedule": {_json(schedule)},\n"rows": [\n{rows}\n]}}'


def _fields(terms: AnyTerms | None) -> dict[str, Any] | None:
    return None if terms is None else dict(zip(terms._fields, _texts(terms), strict=True))


def _texts(values: Iterable[object]) -> list[Any]:
    return [_text(value) for value in values]


def _text(value: object) -> Any:
    if isinstance(value, tuple):
        return _texts(value)
    return None if value is None else str(value)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


# Where a rule bends.


def figures(schedule: FeeSchedule, case: Case) -> Figures | None:
    """Return what the scalar says, None for null or refused."""
    amount, percentage, cap = case
    if amount is None:
        return None
    try:
        made = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
    except (InvalidAmountError, InvalidPercentageError):
        return None
    return made.platform_fee, made.merchant_fee, made.total_fees, made.total_amount


def around(*points: int, by: int = 3) -> list[int]:
    return [
        point + step for point in points for step in range(-by, by + 1) if 0 <= point + step <= MAX
    ]


def first(holds: Callable[[int], bool]) -> int:
    """Return the first amount from which on something holds, 2^63-1 if it never does."""
    return bisect_left(range(MAX), True, key=holds)


def fractions(rate: int, steps: int, offset: int = 0, least: int = 0) -> list[int]:
    """Return amounts whose fee has each telling fraction: 0, ½, the nearest there are to both, and ties ±1."""
    if rate == 0:
        return []
    unit = gcd(
        rate, WHOLE
    )  # the fee's fraction is a multiple of this, and each multiple comes once in a period
    period = WHOLE // unit
    found: list[int] = []
    for rest in (0, unit, (HALF - 1) // unit * unit, HALF, (HALF // unit + 1) * unit, WHOLE - unit):
        start = least + ((rest - offset) // unit * pow(rate // unit, -1, period) - least) % period
        repeats = [
            start + period * step for step in (*range(steps), 2**53 // period, 10**17 // period)
        ]
        if (rest - offset) % unit == 0:
            found += around(*repeats, by=1 if rest == HALF else 0)
    return found


def breakpoints(terms: Terms) -> list[int]:
    rule, minimum, cap = terms.rule, terms.minimum, terms.cap
    found = around(terms.flat_from) if terms.flat_from else []
    if minimum:
        found += around(first(lambda amount: rule._charge(amount) > minimum))
    if cap is not None:
        found += around(first(lambda amount: rule._charge(amount) >= cap))
    return found


def limit(schedule: FeeSchedule, link: Link) -> list[int]:
    """Return the largest amounts whose total fits and the smallest whose does not."""
    beyond = first(lambda amount: figures(schedule, (amount, *link)) is None)
    return [beyond + step for step in range(-2, 2)]


def overridden(merchant: Terms | None, link: Link) -> Terms:
    """Return the merchant's rule under a link whose percentage needs no clamping."""
    terms, (percentage, cap) = merchant or Terms(), link
    return terms._replace(
        percentage=percentage or terms.percentage, cap=terms.cap if cap is None else cap
    )


# The groups.

NGN = Terms("1.5", minimum=10_000, cap=5_000_000)
CARD = Terms("2.9", flat=30)
LOCAL = Terms("1.5", flat=10_000, flat_from=250_000, cap=200_000)
DEFAULT = Terms("5", cap=100_000)
NO_LINK: Link = (None, None)


def group(
    name: str,
    platform: AnyTerms,
    cases: Iterable[Case],
    *,
    merchant: AnyTerms | None = None,
    currency: str = "NGN",
) -> Group:
    schedule = _schedule(currency, platform, merchant)
    rows = [Row(*case, figures(schedule, case)) for case in dict.fromkeys(cases)]
    return Group(name, currency, platform, merchant, rows)


def swept(
    name: str,
    platform: Terms,
    *,
    merchant: Terms | None = None,
    links: Sequence[Link] = (NO_LINK,),
    steps: int = 2,
    currency: str = "NGN",
) -> Group:
    """Return a group of the amounts where the rules bend, under each link."""
    schedule = _schedule(currency, platform, merchant)
    cases: list[Case] = []
    for link in links:
        amounts = [0, 1, 2, 3, *limit(schedule, link)]
        for terms in (platform, overridden(merchant, link)):
            amounts += [*fractions(terms.rule._curve.bands[0].rate, steps), *breakpoints(terms)]
        cases += [(amount, *link) for amount in amounts]
    return group(name, platform, cases, merchant=merchant, currency=currency)


def published() -> list[Group]:
    shown = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 150_000_000]
    by_hand = [0, 1, 666_666, 666_699, 666_700, 333_333_299, 333_333_300, 100_000_000_000]
    linked: list[Case] = [
        (100_000_000, "10", None),
        (100_000_000, "10.0", None),
        (50_000_000, "10.0", 20_000_000),
        (50_000_000, "10.0", 4_999_999),
    ]
    links: list[Link] = [
        NO_LINK,
        ("10.0", None),
        ("3.2", 200_000),
        ("0.000001", None),
        ("20", 10**12),
    ]
    return [
        group(
            "published figures",
            NGN,
            [*((amount, None, None) for amount in shown + by_hand), *linked],
        ),
        group(
            "card: 2.9 % + 30",
            CARD,
            [(amount, None, None) for amount in (0, 1, 100, 10_000)],
            currency="USD",
        ),
        group(
            "local card: 1.5 % + 10000 from 250000 on, at most 200000",
            LOCAL,
            [
                (amount, None, None)
                for amount in (249_999, 250_000, 10_000_000, 12_666_666, 20_000_000)
            ],
        ),
        swept("published rule where it bends", NGN, links=links),
        swept(
            "published rule where it bends, with a default",
            NGN,
            merchant=DEFAULT,
            links=[NO_LINK, ("7.5", None)],
        ),
    ]


def rules() -> list[Group]:
    """Every shape of rule, each at its bends."""
    shapes = [
        Terms(),
        Terms("100"),
        Terms("100", flat=1),
        Terms("99.999999"),
        Terms("0.000001"),
        Terms("0.000001", minimum=1, cap=2),
        *(
            Terms(odd)
            for odd in ("3.2", "0.32", "6.4", "0.7", "1.1", "1.234567", "33.333333", "66.666667")
        ),
        Terms("3.2", minimum=77, cap=7_777_777),
        Terms("1.5", minimum=10_000),
        Terms("1.5", cap=5_000_000),
        Terms("1.5", minimum=5_000, cap=5_000),
        Terms("1.5", cap=0),
        Terms("0", minimum=10_000),
        Terms(flat=50),
        Terms(flat=50, flat_from=1_000),
        Terms(flat=50, flat_from=1_000, minimum=20),
        Terms(flat=50, cap=49),
        Terms("1.5", flat=2**62),
        Terms("50", minimum=2**62, cap=2**62 + 1),
        Terms("50", cap=MAX),
        Terms(flat=MAX),
        Terms("100", flat=MAX, flat_from=MAX),
        CARD,
        LOCAL,
    ]
    currencies = ("NGN", "USD", "JPY", "IQD")
    return [
        swept(f"rule {number}: {_summary(terms)}", terms, currency=currencies[number % 4])
        for number, terms in enumerate(shapes)
    ]


def _summary(terms: Terms) -> str:
    named = zip(terms._fields[1:], terms[1:], Terms()[1:], strict=True)
    return ", ".join(
        [
            f"{terms.percentage} %",
            *(f"{name} {value}" for name, value, usual in named if value != usual),
        ]
    )


def roundings() -> list[Group]:
    """Every mode, at every last digit, with flat parts that change which digit is the last."""
    groups: list[Group] = []
    for mode in (mode.value for mode in Rounding):
        merchant = Terms("12.5", rounding=mode)
        groups += [
            swept(f"{mode}: 1.333333 %", Terms("1.333333", rounding=mode), steps=10),
            swept(f"{mode}: 50 % + 1", Terms("50", flat=1, flat_from=5, rounding=mode), steps=10),
            swept(
                f"{mode}: 2.5 % + 7, bounded",
                Terms("2.5", flat=7, flat_from=1_001, minimum=9, cap=123_456, rounding=mode),
                steps=6,
            ),
            swept(
                f"{mode}: 0.000001 % + 33",
                Terms("0.000001", flat=33, flat_from=WHOLE, rounding=mode),
            ),
            swept(
                f"{mode}: merchant",
                Terms(),
                merchant=merchant,
                links=[NO_LINK, ("0.5", 77), ("6.666667", None)],
            ),
        ]
    return groups


def sizes() -> list[Group]:
    """Amounts where machine numbers end, under rules whose fee grows with them."""
    products = [
        (1_000_000_007 + 4_654_321_001 * step) * WHOLE - less
        for step in range(12)
        for less in (1, 2, 3)
    ]
    ends = [*around(2**31, 2**32, 2**53, 2**62), *(MAX - less for less in range(4))]
    amounts = [*ends, *products]
    links: list[Link] = [NO_LINK, ("3.2", None), ("20", None), ("0.000001", None)]
    cases = [(amount, *link) for link in links for amount in amounts]
    return [
        group("sizes: published rule", NGN, cases),
        group("sizes: 1.5 %", Terms("1.5"), cases),
        group(
            "sizes: 3.2 %, half even",
            Terms("3.2", rounding="ROUND_HALF_EVEN"),
            cases[: 2 * len(amounts)],
        ),
        group("sizes: 100 %", Terms("100"), cases[: len(amounts)]),
    ]


def percentages() -> list[Group]:
    taken = (
        "0 -0 0.0 0.000001 0.1 0.3 1 1.1 2.675 3.2 7.777777 10.0 10.5 10.5000000 12.345678 19.999999 20 20.0"
        " 20.000001 25 100 100.000001 1e300 -0.000001 -1 -25 -1e300 999999999.999999"
        f" {2**62} {-(2**62)} {MAX} {-MAX - 1} {2**64} 9223372036854.775 9223372036855 92233720368547.75"
    ).split()
    excess = "0.0000001 -0.0000001 1e-7 5e-324 0.30000000000000004 10.1234567 19.9999999 20.0000001 -1.0000001"
    refused = ["NaN", "inf", "-inf", *excess.split()]
    amounts = [0, 1, 99, 666_700, 123_456_789, 2**53 + 1, 10**17 - 1]
    caps = [None, 0, 1_000_003]
    return [
        group("percentages, clamped to 0-20", Terms(), product(amounts, taken, caps)),
        group(
            "percentages over a default",
            NGN,
            product(amounts[2:5], taken, caps[:2]),
            merchant=DEFAULT,
        ),
        group("percentages refused", NGN, product([None, *amounts[:4]], refused, caps[:2])),
        group(
            "percentages refused over a default",
            NGN,
            product(amounts[:4], refused, [None]),
            merchant=DEFAULT,
        ),
    ]


def caps() -> list[Group]:
    """Caps of rows' own: 0, at the fee ±1, and at the ends of machine numbers."""
    cases: list[Case] = []
    for percentage, amount in product(
        ("1.5", "3.2", "20", "0.000001"), (0, 1, 100, 33_333, 123_456_789, 2**53 + 5)
    ):
        fee = Terms(percentage).rule.fee(amount)
        limits = [0, 1, *around(fee, by=2), 2**31 - 1, 2**31, 2**53 + 1, MAX]
        cases += [(amount, percentage, cap) for cap in limits]
    shorter = [(amount, None, cap) for amount, _, cap in cases[::2]]
    return [
        group("caps of rows", NGN, cases),
        group("caps of rows with a default percentage", NGN, shorter, merchant=Terms("12.5")),
    ]


def nulls() -> list[Group]:
    """Every pattern of absence, where there is something to fall back on and where there is not."""
    pattern = list(
        product(
            [None, 0, 1, 700_001, 999_999_999], [None, "0", "10.5", "25"], [None, 0, 12_345, 10**9]
        )
    )
    defaults = {
        "no default": None,
        "a default percentage": Terms("7.5"),
        "a default percentage and cap": DEFAULT,
        "a default cap of nothing": Terms("0", cap=12_344),
        "a default rounding": Terms("12.5", rounding="ROUND_UP"),
    }
    return [
        *(
            group(f"nulls: {name}", NGN, pattern, merchant=merchant)
            for name, merchant in defaults.items()
        ),
        group("empty", NGN, []),
        group("all null", NGN, [])._replace(rows=[Row(None, None, None, None)] * 5),
        group(
            "all null but percentage and cap",
            NGN,
            product([None], ["10", "25"], [0, 5]),
            merchant=DEFAULT,
        ),
        group(
            "all percentages and caps null",
            NGN,
            product(range(0, 10**7, 10**6), [None], [None]),
            merchant=DEFAULT,
        ),
    ]


def refusals() -> list[Group]:
    beyond = [
        -1,
        -2,
        -(2**31),
        -(2**53) - 1,
        -MAX,
        -MAX - 1,
        -MAX - 2,
        MAX + 1,
        MAX + 2,
        2**64 - 1,
        2**64,
        10**30,
    ]
    return [
        group("amounts out of bounds", NGN, product(beyond, [None, "10", "-1"], [None, 0])),
        group("amounts out of bounds at no fee", Terms(), product(beyond, [None], [None, 0])),
        group(
            "caps out of bounds",
            NGN,
            product([0, 1, 700_000, MAX], [None, "10"], beyond),
            merchant=DEFAULT,
        ),
        group(
            "totals out of bounds",
            CARD,
            product([MAX - 30, MAX - 1, MAX], [None, "0", "10"], [None, 0]),
        ),
    ]


def narrow() -> list[Group]:
    """Amounts and caps that fit each integer type, under rules whose figures do not."""
    groups: list[Group] = []
    for bits, signed in product((8, 16, 32, 64), (True, False)):
        least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        amounts = [
            least,
            *([-1] if signed else []),
            0,
            1,
            most // 3,
            most // 2,
            most // 2 + 1,
            most - 1,
            most,
        ]
        links: list[Link] = [
            NO_LINK,
            ("20", None),
            ("12.5", 0),
            ("3.2", most // 7),
            ("19.999999", most),
        ]
        cases = [(amount, *link) for link in links for amount in amounts]
        kind = f"{'' if signed else 'u'}int{bits}"
        groups += [
            group(f"narrow: {kind}", NGN, cases),
            group(f"narrow: {kind}, 2.9 % + 30", CARD, cases, currency="USD"),
        ]
    return groups


def _tiered(
    mode: Mode, *tiers: tuple[int, str] | tuple[int, str, int], **bounds: Any
) -> TieredTerms:
    return TieredTerms(mode, tuple(TierTerms(*tier) for tier in tiers), **bounds)


LADDER = _tiered("volume", (0, "0", 50), (5_000, "0", 150), (20_000, "1.2"), (10**7, "0.9", 7))
RATES = _tiered(
    "graduated", (0, "3.2"), (777, "1.234567"), (10**8 + 1, "0.000001"), (10**12, "66.666667")
)


def in_tiers() -> list[Group]:
    """Graduated and volume rules where their tiers start, at ties, and where machine numbers end."""
    shapes = {
        "graduated": RATES,
        "graduated, bounded": RATES._replace(minimum=30, cap=10**10),
        "graduated, falling rates": _tiered("graduated", (0, "100"), (3, "0.5")),
        "graduated, from the smallest and the largest amount": _tiered(
            "graduated", (0, "100"), (1, "50"), (MAX - 1, "0")
        ),
        "volume": LADDER,
        "volume, bounded": LADDER._replace(minimum=100, cap=200),
        "volume, steps down": _tiered("volume", (0, "20"), (1_000, "10"), (2_000, "0")),
        "volume, a flat part beyond all": _tiered(
            "volume", (0, "1"), (10**6, "1", MAX), (10**9, "1")
        ),
        "one tier": _tiered("volume", (0, "2.9", 30)),
    }
    for mode in (mode.value for mode in Rounding):
        graduated = _tiered("graduated", (0, "12.5"), (5, "50"), (104, "1.333333"), rounding=mode)
        volume = _tiered(
            "volume", (0, "12.5", 3), (5, "50", 1), (104, "1.333333", 6), rounding=mode
        )
        shapes |= {f"{mode}, graduated": graduated, f"{mode}, volume": volume}
    commission = _tiered("graduated", (0, "12.5"), (41, "7.5"), (10**6, "0.5"), cap=10**9)
    by_volume = commission._replace(mode="volume", rounding="ROUND_HALF_EVEN")
    amounts = [None, 0, 1, 39, 40, 41, 44, 999_999, 10**6, 10**15]
    linked = list(product(amounts, [None, "0", "10.5", "25"], [None, 0, 12_345]))
    return [
        *(group(f"tiers: {name}", terms, _in_tiers(terms)) for name, terms in shapes.items()),
        group("tiers: a commission, graduated", NGN, linked, merchant=commission),
        group("tiers: a commission, by volume", NGN, linked, merchant=by_volume),
        group("tiers: both fees", LADDER, linked, merchant=commission),
    ]


def _in_tiers(terms: TieredTerms) -> list[Case]:
    starts = [tier.start for tier in terms.tiers]
    bends = [point for point in terms.rule.breakpoints() if point is not None]
    ends = [*around(2**32, 2**53), 10**17 - 1, MAX // 2, *(MAX - less for less in range(4))]
    start, fee_e8, rate = terms.rule._curve.bands[-1]
    exact = fractions(rate, 2, fee_e8 - start * rate, start)
    return [
        (amount, None, None)
        for amount in [*range(130), *around(*starts, *bends), *exact, *ends]
        if amount <= MAX
    ]


def every_group() -> list[Group]:
    plain = (
        published(),
        rules(),
        roundings(),
        sizes(),
        percentages(),
        caps(),
        nulls(),
        refusals(),
        narrow(),
    )
    return [group for groups in (*plain, in_tiers()) for group in groups]


if __name__ == "__main__":
    PATH.write_text(dumps(every_group()), "utf-8", newline="\n")
