"""Hypothesis strategies for tests of code that computes fees.

They often draw amounts near a breakpoint of a fee. `st.from_type` draws `FeeRule`, `FeeSchedule`
and `Quote` without setup, because Hypothesis loads `_hypothesis` through an entry point.
"""

from __future__ import annotations

from decimal import Decimal

from .errors import require

require("test", "hypothesis")

from hypothesis import strategies as st

from ._core.currencies import EXPONENTS
from ._core.fields import MODES, Tier
from ._core.numbers import MAX_AMOUNT, MILLION, PLACES
from ._core.published import PUBLISHED
from ._core.quotes import FeeSchedule, Quote
from ._core.rounding import Rounding
from ._core.rules import MAKERS, FeeRule, commission

LARGEST = MAX_AMOUNT // 4
"""In minor units: the largest drawn amount. Its total is in range under every drawn rule."""

_MAX_FLAT = 10**6  # in minor units; also the largest threshold of a flat part
_MAX_BOUND = 10**12  # in minor units; the largest minimum and cap
_TIE_PERCENTAGES = tuple(map(Decimal, ("12.5", "25", "50", "75")))
_EXTREME = 2**62 // MILLION  # in percent; far above any real commission

_OFFSETS = st.integers(-3, 3)
_ANY_AMOUNTS = st.one_of(
    st.integers(0, 10_000),
    st.integers(0, 10**9),
    st.integers(0, LARGEST),
    st.builds(
        lambda point, offset: min(point + offset, LARGEST),
        st.sampled_from([10**10, 2**31, 2**53, LARGEST]),
        _OFFSETS,
    ),
)


def amounts(at: FeeRule | FeeSchedule | None = None) -> st.SearchStrategy[int]:
    """Draw amounts in minor units, small and large, often near a breakpoint of a fee.

    A breakpoint is, for example, the amount from which a cap applies.

    Args:
        at: the rule, or the schedule with two rules, that has the breakpoints. None means the
            published schedule for NGN.

    >>> from hypothesis import given
    >>> @given(amounts())
    ... def test_least_fee(amount):
    ...     assert amount == 0 or PUBLISHED["NGN"].quote(amount).platform_fee >= 10_000
    >>> test_least_fee()
    """
    source = PUBLISHED["NGN"] if at is None else at
    rules = (source.platform, source.merchant) if isinstance(source, FeeSchedule) else (source,)
    breakpoints = sorted({point for rule in rules for point in _breakpoints(rule)})
    near = st.builds(_shift, st.sampled_from(breakpoints), _OFFSETS)
    # A separate choice, because a branch of `one_of` would be less than half of the draws.
    return st.booleans().flatmap(lambda is_near: near if is_near else _ANY_AMOUNTS)


def _breakpoints(rule: FeeRule) -> list[int]:
    """Return the starts of a rule's segments, and the amounts where its minimum and cap apply."""
    points = [*(segment.low for segment in rule._segments), *rule.breakpoints()]
    return [point for point in points if point is not None and point <= LARGEST]


def _shift(amount: int, offset: int) -> int:
    return min(max(amount + offset, 0), LARGEST)


def percentages(least: int = 0, most: int = 100) -> st.SearchStrategy[Decimal]:
    """Draw percentages of a rule, as Decimals with at most six decimal places.

    Many draws are whole numbers, and many give fees that are often ties.

    Args:
        least: in percent; the smallest percentage.
        most: in percent; the largest percentage.

    >>> from hypothesis import given
    >>> @given(percentages())
    ... def test_rules_take_them(percentage):
    ...     assert FeeRule(percentage).percentage == percentage
    >>> test_rules_take_them()
    """
    whole = st.integers(least, most).map(Decimal)
    return whole | _ties(least, most) | st.integers(least * MILLION, most * MILLION).map(_decimal)


def _ties(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Draw percentages whose fees are often ties, and the two ends."""
    inside = [percentage for percentage in _TIE_PERCENTAGES if least < percentage < most]
    return st.sampled_from([Decimal(least), *inside, Decimal(most)])


def _decimal(rate: int) -> Decimal:
    """Return millionths of a percent in percent; the caller's decimal context has no effect."""
    return Decimal((int(rate < 0), tuple(map(int, str(abs(rate)))), -PLACES))


def commissions() -> st.SearchStrategy[Decimal]:
    """Draw percentages that a payment link may request: within 0-20, and outside to be clamped.

    >>> from hypothesis import given
    >>> @given(commissions())
    ... def test_clamped(percentage):
    ...     assert 0 <= commission(percentage).percentage <= 20
    >>> test_clamped()
    """
    return percentages(0, 20) | percentages(-1000, 1000) | percentages(-_EXTREME, _EXTREME)


def caps() -> st.SearchStrategy[int | None]:
    """Draw caps in minor units; None means no cap.

    >>> from hypothesis import given
    >>> @given(caps())
    ... def test_capped(cap):
    ...     assert cap is None or commission(20, cap).fee(LARGEST) == cap
    >>> test_capped()
    """
    return st.none() | st.integers(0, 5_000_003) | st.integers(0, _MAX_BOUND)


def currencies() -> st.SearchStrategy[str]:
    """Draw codes of currencies that have a minor unit.

    >>> from hypothesis import given
    >>> @given(currencies())
    ... def test_places(code):
    ...     assert 0 <= EXPONENTS[code] <= 4
    >>> test_places()
    """
    return st.just("NGN") | st.sampled_from(sorted(EXPONENTS))


def roundings() -> st.SearchStrategy[Rounding]:
    """Draw rounding modes.

    >>> from hypothesis import given
    >>> @given(roundings())
    ... def test_whole_fees_are_not_rounded(rounding):
    ...     assert FeeRule(1, rounding=rounding).fee(300) == 3
    >>> test_whole_fees_are_not_rounded()
    """
    return st.just(Rounding.HALF_UP) | st.sampled_from(Rounding)


def rules() -> st.SearchStrategy[FeeRule]:
    """Draw rules of any kind.

    >>> from hypothesis import given
    >>> @given(rules(), amounts())
    ... def test_cap(rule, amount):
    ...     assert rule.cap is None or rule.fee(amount) <= rule.cap
    >>> test_cap()
    """
    return fee_rules() | tiered_rules()


def fee_rules() -> st.SearchStrategy[FeeRule]:
    """Draw rules with one percentage, any other parts of such a rule, and any rounding.

    >>> from hypothesis import given
    >>> @given(fee_rules(), amounts())
    ... def test_more_costs_no_less(rule, amount):
    ...     assert rule.fee(amount) <= rule.fee(amount + 1)
    >>> test_more_costs_no_less()
    """
    flat = st.just(0) | st.integers(0, _MAX_FLAT)
    bound = st.just(0) | st.integers(0, _MAX_BOUND)
    return st.builds(_rule, percentages(), flat, flat, bound, caps(), roundings())


def _rule(
    percentage: Decimal, flat: int, flat_from: int, bound: int, cap: int | None, rounding: Rounding
) -> FeeRule:
    minimum = _minimum(bound, cap)
    return FeeRule(
        percentage, flat=flat, flat_from=flat_from, minimum=minimum, cap=cap, rounding=rounding
    )


def tiered_rules() -> st.SearchStrategy[FeeRule]:
    """Draw graduated and volume rules with up to five tiers, any bounds and any rounding.

    >>> from hypothesis import given
    >>> @given(tiered_rules())
    ... def test_first_tier_starts_at_nothing(rule):
    ...     assert rule.tiers[0].start == 0
    >>> test_first_tier_starts_at_nothing()
    """
    flats = st.just(0) | st.integers(0, _MAX_FLAT)
    bounds = st.just(0) | st.integers(0, _MAX_BOUND)
    return _tiered(100, flats, bounds)


@st.composite
def _tiered(
    draw: st.DrawFn, most: int, flats: st.SearchStrategy[int], bounds: st.SearchStrategy[int]
) -> FeeRule:
    mode = draw(st.sampled_from(MODES))
    bound = draw(bounds)
    cap = draw(caps())
    # With small starts and tie percentages, the fee at the start of a tier often has half a unit.
    small = st.integers(1, 20)
    large = st.integers(1, _MAX_FLAT) | st.integers(1, _MAX_BOUND)
    starts = draw(st.sampled_from([small, large]))
    higher = draw(st.lists(starts, max_size=4, unique=True))
    rates = draw(st.sampled_from([_ties(0, most), percentages(0, most)]))
    tiers = [
        Tier(start, draw(rates), draw(flats) if mode == "volume" else 0)
        for start in (0, *sorted(higher))
    ]
    return MAKERS[mode](tiers, minimum=_minimum(bound, cap), cap=cap, rounding=draw(roundings()))


def _minimum(bound: int, cap: int | None) -> int:
    return bound if cap is None else min(bound, cap)


def schedules(currency: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[FeeSchedule]:
    """Draw schedules with any platform rule, and with or without a default commission.

    The commission may have tiers.

    Args:
        currency: a strategy for the currency's code; None means any code.

    >>> from hypothesis import given
    >>> @given(schedules(), amounts())
    ... def test_seller_gets_the_base(schedule, amount):
    ...     assert schedule.quote(amount).seller_amount == amount
    >>> test_seller_gets_the_base()
    """
    codes = currencies() if currency is None else currency
    merchants = (
        st.none()
        | st.builds(commission, commissions(), caps())
        | _tiered(20, st.just(0), st.just(0))
    )
    return st.builds(FeeSchedule, codes, rules(), merchants)


def quotes(schedule: FeeSchedule | None = None) -> st.SearchStrategy[Quote]:
    """Draw quotes, often with an amount near a breakpoint of a fee.

    Some have the percentage or the cap of a payment link, and some have neither.

    Args:
        schedule: the schedule that charges the quotes; None means any schedule.

    >>> from hypothesis import given
    >>> @given(quotes())
    ... def test_sums(quote):
    ...     assert quote.total_amount == quote.amount + quote.platform_fee + quote.merchant_fee
    >>> test_sums()
    """
    drawn_schedules = schedules() if schedule is None else st.just(schedule)
    return _quotes(drawn_schedules, st.none() | commissions(), caps())


@st.composite
def _quotes(
    draw: st.DrawFn,
    schedules: st.SearchStrategy[FeeSchedule],
    percentages: st.SearchStrategy[Decimal | None],
    caps: st.SearchStrategy[int | None],
) -> Quote:
    schedule = draw(schedules)
    percentage = draw(percentages)
    cap = draw(caps)
    amount = draw(amounts(schedule._charged(percentage, cap)))
    return schedule.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
