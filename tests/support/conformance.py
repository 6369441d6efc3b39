"""The conformance rows: quotes that every engine computes as the scalar does.

`python -m tests.support.conformance` writes them to conformance.json, and `load()` reads that file.
Nothing is random: the amounts follow from the breakpoints of each rule and from the ends of 32-bit,
53-bit and 64-bit numbers.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from itertools import product
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kashia_money import (
    PUBLISHED,
    FeeRule,
    FeeSchedule,
    InvalidAmountError,
    InvalidPercentageError,
    Rounding,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kashia_money._core.curve import Band

PATH = Path(__file__).with_name("conformance.json")
MAX = 2**63 - 1
SCALE = 10**8  # parts of one minor unit; a rate is in millionths of a percent
HALF = SCALE // 2

Document: TypeAlias = dict[str, Any]
Figures: TypeAlias = tuple[int, ...]  # in the order of FIGURES
Link: TypeAlias = tuple[str | None, int | None]  # a payment link's percentage and cap
Case: TypeAlias = tuple[int | None, str | None, int | None]  # amount, percentage and cap

ABOUT = """\
What quotes come to, to the last minor unit. Made by tests/support/conformance.py from the \
scalar; not edited by hand.
Amounts, caps and figures are minor units: integers, as text because JSON readers lose digits \
from 2^53 on.
A percentage is decimal text, in percent; read as a 64-bit float and printed shortest, it means \
the same.
A fee is percentage / 100 of the amount, plus flat if the amount is at least flat_from; rounded \
once, as Python's
decimal does by that name; then at least minimum and at most cap (null: no cap). The fee on \
amount 0 is 0.
A rule with tiers differs before the rounding. Each tier goes up to the next one's start. If the \
mode is graduated, each
charges its percentage of the part of the amount that is in it, and these are added. If it is \
volume, the tier that the
amount is in charges its percentage of the whole amount, plus its flat.
platform_fee is by the platform's rule. merchant_fee is by the merchant's, with the row's \
percentage, clamped to 0-20
(in place of all tiers), and the row's cap each in place of its own where not null; a null \
merchant is 0 %, uncapped,
ROUND_HALF_UP.
total_fees = platform_fee + merchant_fee; total_amount = amount + total_fees.
The four figures are null if the amount is null or the row is refused: its amount, cap or total \
is outside 0 to
2^63-1, or its percentage is NaN, infinite, or has more than six decimal places (not counting \
zeros at the end).
"""
LINK = ["amount", "merchant_fee_percentage", "merchant_fee_cap"]
FIGURES = ["platform_fee", "merchant_fee", "total_fees", "total_amount"]


class Row(NamedTuple):
    amount: int | None
    percentage: str | None
    cap: int | None
    figures: Figures | None  # None if the amount is null or the row is rejected


class Group(NamedTuple):
    """Rows of one schedule, whose document has no `merchant` where the file has null."""

    name: str
    document: Document
    rows: list[Row]

    @property
    def schedule(self) -> FeeSchedule:
        return FeeSchedule.from_dict(self.document)


# The file.


def load() -> list[Group]:
    """Read the rows."""
    return [_group(**group) for group in json.loads(PATH.read_text("utf-8"))["groups"]]


def _group(name: str, schedule: Document, rows: list[list[str | None]]) -> Group:
    rules = {party: _rule(schedule[party]) for party in ("platform", "merchant") if schedule[party]}
    return Group(name, {"currency": schedule["currency"], **rules}, [_row(*row) for row in rows])


def _rule(texts: Document) -> Document:
    """Return a rule's document: its amounts as ints, its tiers as objects."""
    rule: Document = {
        name: value if name in {"mode", "percentage", "rounding", "tiers"} else _integer(value)
        for name, value in texts.items()
    }
    if "tiers" in rule:
        rule["tiers"] = [
            _rule(dict(zip(Tier._fields, tier, strict=True))) for tier in rule["tiers"]
        ]
    return rule


def _row(amount: str | None, percentage: str | None, cap: str | None, *texts: str | None) -> Row:
    figures = tuple(int(text) for text in texts if text is not None)
    return Row(_integer(amount), percentage, _integer(cap), figures or None)


def _integer(text: str | None) -> int | None:
    return None if text is None else int(text)


def dumps(groups: Iterable[Group]) -> str:
    """Write groups as JSON with one row to a line."""
    about = ",\n".join(map(_json, ABOUT.splitlines()))
    texts = ",\n".join(map(_group_text, groups))
    columns = _json(LINK + FIGURES)
    return f'{{"about": [\n{about}\n],\n"columns": {columns},\n"groups": [\n{texts}\n]}}\n'


def _group_text(group: Group) -> str:
    schedule = _json({**group.document, "merchant": group.document.get("merchant")})
    rows = ",\n".join(_json((*row[:3], *(row.figures or [None] * 4))) for row in group.rows)
    return f'{{"name": {_json(group.name)},\n"schedule": {schedule},\n"rows": [\n{rows}\n]}}'


def _json(value: object) -> str:
    return json.dumps(_texts(value), separators=(",", ":"))


def _texts(value: object) -> object:
    """Return a value with its ints as text and its tiers as rows."""
    match value:
        case int():
            return str(value)
        case dict() if "start" in value:
            return _texts(list(value.values()))
        case dict():
            return {name: _texts(field) for name, field in value.items()}
        case list() | tuple():
            return [_texts(item) for item in value]
    return value


# The groups.


def schedule_of(
    platform: FeeRule, merchant: FeeRule | None = None, currency: str = "NGN"
) -> FeeSchedule:
    return FeeSchedule(currency, platform, merchant)


NGN = PUBLISHED["NGN"]
NGN_WITH_DEFAULT = schedule_of(NGN.platform, FeeRule("5", cap=100_000))
CARD = schedule_of(FeeRule("2.9", flat=30), currency="USD")
LOCAL = schedule_of(FeeRule("1.5", flat=10_000, flat_from=250_000, cap=200_000))
NO_LINK: Link = (None, None)


def figures(schedule: FeeSchedule, case: Case) -> Figures | None:
    """Return the scalar's figures; None if it rejects the case, as it does without an amount."""
    amount, percentage, cap = case
    try:
        quote = schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)  # type: ignore[arg-type]
    except (InvalidAmountError, InvalidPercentageError):
        return None
    return tuple(quote.fees.values())


def group(name: str, schedule: FeeSchedule, cases: Iterable[Case]) -> Group:
    document = schedule.to_dict()
    if schedule.merchant == FeeRule():
        del document["merchant"]
    rows = [Row(*case, figures(schedule, case)) for case in dict.fromkeys(cases)]
    return Group(name, document, rows)


def swept(
    name: str, schedule: FeeSchedule, links: Iterable[Link] = (NO_LINK,), steps: int = 2
) -> Group:
    """Return a group of the amounts around both rules' breakpoints and ties, under each link."""
    cases: list[Case] = []
    for link in links:
        amounts = [0, 1, 2, 3, *largest_amounts(schedule, link)]
        percentage, cap = link
        quote = schedule.quote(0, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
        for rule in (schedule.platform, quote.schedule.merchant):
            amounts += [*fractions(rule._curve.bands[0], steps), *breakpoints(rule)]
        cases += under([link], amounts)
    return group(name, schedule, cases)


def under(links: Iterable[Link], amounts: Sequence[int | None]) -> list[Case]:
    return [(amount, *link) for link in links for amount in amounts]


def around(*points: int, by: int = 3) -> list[int]:
    amounts = [point + step for point in points for step in range(-by, by + 1)]
    return [amount for amount in amounts if 0 <= amount <= MAX]


def first(holds: Callable[[int], bool]) -> int:
    """Return the first amount from which on a condition holds, 2^63-1 if it never does."""
    return bisect_left(range(MAX), True, key=holds)


def largest_amounts(schedule: FeeSchedule, link: Link) -> list[int]:
    """Return the two largest amounts whose total fits, and the next two."""
    beyond = first(lambda amount: figures(schedule, (amount, *link)) is None)
    return [beyond + step for step in range(-2, 2)]


def breakpoints(rule: FeeRule) -> list[int]:
    """Return the amounts around the threshold, the end of the minimum and the start of the cap."""
    minimum, cap = rule.minimum, rule.cap
    points = [rule.flat_from] if rule.flat_from else []
    if minimum:
        points.append(first(lambda amount: rule._charge(amount) > minimum))
    if cap is not None:
        points.append(first(lambda amount: rule._charge(amount) >= cap))
    return around(*points)


def fractions(band: Band, steps: int) -> list[int]:
    """Return amounts whose fee has the fraction 0, ½ or one next to these, and those beside ties.

    The fraction is a multiple of `unit`, and the amounts with one fraction are `period` apart.
    """
    start, fee_e8, rate = band
    if rate == 0:
        return []
    unit = gcd(rate, SCALE)
    period = SCALE // unit
    at_0 = fee_e8 - start * rate
    repeats = (*range(steps), 2**53 // period, 10**17 // period)
    below, above = (HALF - 1) // unit * unit, (HALF // unit + 1) * unit
    amounts: list[int] = []
    for rest in (0, unit, below, HALF, above, SCALE - unit):
        whole, missing = divmod(rest - at_0, unit)
        lowest = start + (whole * pow(rate // unit, -1, period) - start) % period
        if not missing:
            same = [lowest + period * repeat for repeat in repeats]
            amounts += around(*same, by=1 if rest == HALF else 0)
    return amounts


def published() -> Iterator[Group]:
    documented = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 150_000_000]
    by_hand = [0, 1, 666_666, 666_699, 666_700, 333_333_299, 333_333_300, 100_000_000_000]
    linked: list[Case] = [(100_000_000, "10", None), (100_000_000, "10.0", None)]
    linked += [(50_000_000, "10.0", 20_000_000), (50_000_000, "10.0", 4_999_999)]
    links: list[Link] = [("10.0", None), ("3.2", 200_000), ("0.000001", None), ("20", 10**12)]
    kobo = [249_999, 250_000, 10_000_000, 12_666_666, 20_000_000]
    local_name = "local card: 1.5 % + 10000 from 250000 on, at most 200000"
    yield group("published figures", NGN, under([NO_LINK], documented + by_hand) + linked)
    yield group("card: 2.9 % + 30", CARD, under([NO_LINK], [0, 1, 100, 10_000]))
    yield group(local_name, LOCAL, under([NO_LINK], kobo))
    name = "published rule where it bends"
    yield swept(name, NGN, [NO_LINK, *links])
    yield swept(f"{name}, with a default", NGN_WITH_DEFAULT, [NO_LINK, ("7.5", None)])


def rules() -> Iterator[Group]:
    """Every shape of rule with one percentage, around its breakpoints."""
    odd = ["3.2", "0.32", "6.4", "0.7", "1.1", "1.234567", "33.333333", "66.666667"]
    shapes = [
        FeeRule(), FeeRule("100"), FeeRule("100", flat=1), FeeRule("99.999999"),
        FeeRule("0.000001"), FeeRule("0.000001", minimum=1, cap=2), *map(FeeRule, odd),
        FeeRule("3.2", minimum=77, cap=7_777_777), FeeRule("1.5", minimum=10_000),
        FeeRule("1.5", cap=5_000_000), FeeRule("1.5", minimum=5_000, cap=5_000),
        FeeRule("1.5", cap=0), FeeRule("0", minimum=10_000), FeeRule(flat=50),
        FeeRule(flat=50, flat_from=1_000), FeeRule(flat=50, flat_from=1_000, minimum=20),
        FeeRule(flat=50, cap=49), FeeRule("1.5", flat=2**62),
        FeeRule("50", minimum=2**62, cap=2**62 + 1), FeeRule("50", cap=MAX), FeeRule(flat=MAX),
        FeeRule("100", flat=MAX, flat_from=MAX), CARD.platform, LOCAL.platform,
    ]  # fmt: skip
    defaults = FeeRule().to_dict()
    for number, rule in enumerate(shapes):
        fields = rule.to_dict()
        parts = [f"{fields.pop('percentage')} %"]
        parts += [f"{name} {value}" for name, value in fields.items() if value != defaults[name]]
        currency = ("NGN", "USD", "JPY", "IQD")[number % 4]
        yield swept(f"rule {number}: {', '.join(parts)}", schedule_of(rule, currency=currency))


def roundings() -> Iterator[Group]:
    """Every mode at every last digit, with flat parts that change the last digit."""
    links: list[Link] = [NO_LINK, ("0.5", 77), ("6.666667", None)]
    for mode in Rounding:
        odd = FeeRule("1.333333", rounding=mode)
        half = FeeRule("50", flat=1, flat_from=5, rounding=mode)
        bounded = FeeRule("2.5", flat=7, flat_from=1_001, minimum=9, cap=123_456, rounding=mode)
        least = FeeRule("0.000001", flat=33, flat_from=SCALE, rounding=mode)
        merchant = schedule_of(FeeRule(), FeeRule("12.5", rounding=mode))
        yield swept(f"{mode}: 1.333333 %", schedule_of(odd), steps=10)
        yield swept(f"{mode}: 50 % + 1", schedule_of(half), steps=10)
        yield swept(f"{mode}: 2.5 % + 7, bounded", schedule_of(bounded), steps=6)
        yield swept(f"{mode}: 0.000001 % + 33", schedule_of(least))
        yield swept(f"{mode}: merchant", merchant, links)


def sizes() -> Iterator[Group]:
    """Amounts at the ends of machine numbers, under rules whose fee grows with them."""
    factors = [1_000_000_007 + 4_654_321_001 * step for step in range(12)]
    products = [factor * SCALE - less for factor in factors for less in (1, 2, 3)]
    ends = [*around(2**31, 2**32, 2**53, 2**62), *(MAX - less for less in range(4))]
    amounts = [*ends, *products]
    links: list[Link] = [NO_LINK, ("3.2", None), ("20", None), ("0.000001", None)]
    plain = schedule_of(FeeRule("1.5"))
    whole = schedule_of(FeeRule("100"))
    half_even = schedule_of(FeeRule("3.2", rounding=Rounding.HALF_EVEN))
    yield group("sizes: published rule", NGN, under(links, amounts))
    yield group("sizes: 1.5 %", plain, under(links, amounts))
    yield group("sizes: 3.2 %, half even", half_even, under(links[:2], amounts))
    yield group("sizes: 100 %", whole, under(links[:1], amounts))


def percentages() -> Iterator[Group]:
    valid = [
        "0", "-0", "0.0", "0.000001", "0.1", "0.3", "1", "1.1", "2.675", "3.2", "7.777777", "10.0",
        "10.5", "10.5000000", "12.345678", "19.999999", "20", "20.0", "20.000001", "25", "100",
        "100.000001", "1e300", "-0.000001", "-1", "-25", "-1e300", "999999999.999999",
        str(2**62), str(-(2**62)), str(MAX), str(-MAX - 1), str(2**64),
        "9223372036854.775", "9223372036855", "92233720368547.75",
    ]  # fmt: skip
    rejected = [
        "NaN", "inf", "-inf", "0.0000001", "-0.0000001", "1e-7", "5e-324", "0.30000000000000004",
        "10.1234567", "19.9999999", "20.0000001", "-1.0000001",
    ]  # fmt: skip
    amounts = [0, 1, 99, 666_700, 123_456_789, 2**53 + 1, 10**17 - 1]
    caps = [None, 0, 1_000_003]
    free = product(amounts, valid, caps)
    over_default = product(amounts[2:5], valid, caps[:2])
    without_default = product([None, *amounts[:4]], rejected, caps[:2])
    rejected_over_default = product(amounts[:4], rejected, [None])
    yield group("percentages, clamped to 0-20", schedule_of(FeeRule()), free)
    yield group("percentages over a default", NGN_WITH_DEFAULT, over_default)
    yield group("percentages refused", NGN, without_default)
    yield group("percentages refused over a default", NGN_WITH_DEFAULT, rejected_over_default)


def caps() -> Iterator[Group]:
    """Caps per row: 0, at the fee ±2, and at the ends of machine numbers."""
    cases: list[Case] = []
    amounts = [0, 1, 100, 33_333, 123_456_789, 2**53 + 5]
    for percentage, amount in product(("1.5", "3.2", "20", "0.000001"), amounts):
        fee = FeeRule(percentage).fee(amount)
        caps = [0, 1, *around(fee, by=2), 2**31 - 1, 2**31, 2**53 + 1, MAX]
        cases += product([amount], [percentage], caps)
    shorter = [(amount, None, cap) for amount, _, cap in cases[::2]]
    yield group("caps of rows", NGN, cases)
    default = schedule_of(NGN.platform, FeeRule("12.5"))
    yield group("caps of rows with a default percentage", default, shorter)


def nulls() -> Iterator[Group]:
    """Every pattern of nulls, with and without defaults of the merchant."""
    amounts = [None, 0, 1, 700_001, 999_999_999]
    pattern = list(product(amounts, [None, "0", "10.5", "25"], [None, 0, 12_345, 10**9]))
    default_rounding = FeeRule("12.5", rounding=Rounding.UP)
    schedules = {
        "no default": NGN,
        "a default percentage": schedule_of(NGN.platform, FeeRule("7.5")),
        "a default percentage and cap": NGN_WITH_DEFAULT,
        "a default cap of nothing": schedule_of(NGN.platform, FeeRule("0", cap=12_344)),
        "a default rounding": schedule_of(NGN.platform, default_rounding),
    }
    for name, schedule in schedules.items():
        yield group(f"nulls: {name}", schedule, pattern)
    all_null = group("all null", NGN, [(None, None, None)])
    no_amounts = product([None], ["10", "25"], [0, 5])
    only_amounts = under([NO_LINK], range(0, 10**7, 10**6))
    yield group("empty", NGN, [])
    yield all_null._replace(rows=all_null.rows * 5)
    yield group("all null but percentage and cap", NGN_WITH_DEFAULT, no_amounts)
    yield group("all percentages and caps null", NGN_WITH_DEFAULT, only_amounts)


def rejections() -> Iterator[Group]:
    below = [-1, -2, -(2**31), -(2**53) - 1, -MAX, -MAX - 1, -MAX - 2]
    beyond = [*below, MAX + 1, MAX + 2, 2**64 - 1, 2**64, 10**30]
    amounts = product(beyond, [None, "10", "-1"], [None, 0])
    caps = product([0, 1, 700_000, MAX], [None, "10"], beyond)
    totals = product([MAX - 30, MAX - 1, MAX], [None, "0", "10"], [None, 0])
    without_fee = product(beyond, [None], [None, 0])
    yield group("amounts out of bounds", NGN, amounts)
    yield group("amounts out of bounds at no fee", schedule_of(FeeRule()), without_fee)
    yield group("caps out of bounds", NGN_WITH_DEFAULT, caps)
    yield group("totals out of bounds", schedule_of(CARD.platform), totals)


def narrow() -> Iterator[Group]:
    """Amounts and caps that fit each integer type, under rules whose figures do not."""
    for bits, signed in product((8, 16, 32, 64), (True, False)):
        most = 2 ** (bits - signed) - 1
        least = [-most - 1, -1] if signed else [0]
        amounts = [*least, 0, 1, most // 3, most // 2, most // 2 + 1, most - 1, most]
        links: list[Link] = [("20", None), ("12.5", 0), ("3.2", most // 7), ("19.999999", most)]
        cases = under([NO_LINK, *links], amounts)
        name = f"narrow: {'' if signed else 'u'}int{bits}"
        yield group(name, NGN, cases)
        yield group(f"{name}, 2.9 % + 30", CARD, cases)


def graduated(*tiers: tuple[Any, ...], **bounds: Any) -> FeeRule:
    return FeeRule.graduated([Tier(*tier) for tier in tiers], **bounds)


def volume(*tiers: tuple[Any, ...], **bounds: Any) -> FeeRule:
    return FeeRule.volume([Tier(*tier) for tier in tiers], **bounds)


def in_tiers() -> Iterator[Group]:
    """Graduated and volume rules around starts, at ties, and at the ends of machine numbers."""
    rates = [(0, "3.2"), (777, "1.234567"), (10**8 + 1, "0.000001"), (10**12, "66.666667")]
    ladder = [(0, "0", 50), (5_000, "0", 150), (20_000, "1.2"), (10**7, "0.9", 7)]
    ends = graduated((0, "100"), (1, "50"), (MAX - 1, "0"))
    shapes = {
        "graduated": graduated(*rates),
        "graduated, bounded": graduated(*rates, minimum=30, cap=10**10),
        "graduated, falling rates": graduated((0, "100"), (3, "0.5")),
        "graduated, from the smallest and the largest amount": ends,
        "volume": volume(*ladder),
        "volume, bounded": volume(*ladder, minimum=100, cap=200),
        "volume, steps down": volume((0, "20"), (1_000, "10"), (2_000, "0")),
        "volume, a flat part beyond all": volume((0, "1"), (10**6, "1", MAX), (10**9, "1")),
        "one tier": volume((0, "2.9", 30)),
    }
    for mode in Rounding:
        plain = graduated((0, "12.5"), (5, "50"), (104, "1.333333"), rounding=mode)
        flats = volume((0, "12.5", 3), (5, "50", 1), (104, "1.333333", 6), rounding=mode)
        shapes |= {f"{mode}, graduated": plain, f"{mode}, volume": flats}
    for name, rule in shapes.items():
        amounts = under([NO_LINK], amounts_in_tiers(rule))
        yield group(f"tiers: {name}", schedule_of(rule), amounts)
    tiers = [(0, "12.5"), (41, "7.5"), (10**6, "0.5")]
    commission = graduated(*tiers, cap=10**9)
    by_volume = volume(*tiers, cap=10**9, rounding=Rounding.HALF_EVEN)
    values = [None, 0, 1, 39, 40, 41, 44, 999_999, 10**6, 10**15]
    linked = list(product(values, [None, "0", "10.5", "25"], [None, 0, 12_345]))
    both = schedule_of(volume(*ladder), commission)
    yield group("tiers: a commission, graduated", schedule_of(NGN.platform, commission), linked)
    yield group("tiers: a commission, by volume", schedule_of(NGN.platform, by_volume), linked)
    yield group("tiers: both fees", both, linked)


def amounts_in_tiers(rule: FeeRule) -> list[int]:
    starts = [tier.start for tier in rule.tiers]
    bounds = [point for point in rule.breakpoints() if point is not None]
    ends = [*around(2**32, 2**53), 10**17 - 1, MAX // 2, *(MAX - less for less in range(4))]
    last = fractions(rule._curve.bands[-1], 2)
    amounts = [*range(130), *around(*starts, *bounds), *last, *ends]
    return [amount for amount in amounts if amount <= MAX]


def every_group() -> list[Group]:
    plain = (published, rules, roundings, sizes, percentages, caps, nulls, rejections, narrow)
    return [group for groups in (*plain, in_tiers) for group in groups()]


if __name__ == "__main__":
    PATH.write_text(dumps(every_group()), "utf-8", newline="\n")
