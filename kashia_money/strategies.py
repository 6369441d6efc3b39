"""Hypothesis strategies for tests of code that prices: they often reach the amounts at which a fee bends.

`st.from_type` knows `FeeRule`, `FeeSchedule` and `Quote` without any set-up: Hypothesis finds
`_hypothesis` by itself.
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
"""The largest amount that is drawn, in minor units: with the fees of any rule that is drawn, its total is in range."""

_PART = (
    10**6
)  # the largest flat part that is drawn, and the largest amount from which on it is charged
_BOUND = 10**12  # the largest minimum and cap
_TIES = tuple(map(Decimal, ("12.5", "25", "50", "75")))
_FAR = 2**62 // MILLION  # percent, far beyond what can be meant

_STEPS = st.integers(-3, 3)
_ANYWHERE = st.one_of(
    st.integers(0, 10_000),
    st.integers(0, 10**9),
    st.integers(0, LARGEST),
    st.builds(
        lambda point, step: min(point + step, LARGEST),
        st.sampled_from([10**10, 2**31, 2**53, LARGEST]),
        _STEPS,
    ),
)


def amounts(at: FeeRule | FeeSchedule | None = None) -> st.SearchStrategy[int]:
    """Amounts in minor units, small and large, often next to where a fee bends: where its minimum ends, say.

    Args:
        at: whose bends: a rule's, or those of both rules of a schedule; None for the published NGN
            schedule's.

    >>> from hypothesis import given
    >>> @given(amounts())
    ... def test_least_fee(amount):
    ...     assert amount == 0 or PUBLISHED["NGN"].quote(amount).platform_fee >= 10_000
    >>> test_least_fee()
    """
    plan = PUBLISHED["NGN"] if at is None else at
    rules = (plan.platform, plan.merchant) if isinstance(plan, FeeSchedule) else (plan,)
    bends = sorted({bend for rule in rules for bend in _bends(rule)})
    near = st.builds(_moved, st.sampled_from(bends), _STEPS)
    # A choice of its own and not one more branch of `one_of`, so that it is half of what is drawn.
    return st.booleans().flatmap(lambda bend: near if bend else _ANYWHERE)


def _bends(rule: FeeRule) -> list[int]:
    """Return the amounts around which a rule's fee changes its course."""
    ends = [*(segment.low for segment in rule._segments), *rule.breakpoints()]
    return [end for end in ends if end is not None and end <= LARGEST]


def _moved(amount: int, step: int) -> int:
    return min(max(amount + step, 0), LARGEST)


def percentages(least: int = 0, most: int = 100) -> st.SearchStrategy[Decimal]:
    """Percentages that a rule takes, in percent: as Decimals of at most six decimal places.

    Often whole ones, and often those whose fees are often ties.

    Args:
        least: percent.
        most: percent.

    >>> from hypothesis import given
    >>> @given(percentages())
    ... def test_rules_take_them(percentage):
    ...     assert FeeRule(percentage).percentage == percentage
    >>> test_rules_take_them()
    """
    whole = st.integers(least, most).map(Decimal)
    return whole | _ties(least, most) | st.integers(least * MILLION, most * MILLION).map(_decimal)


def _ties(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Percentages that often come to half a unit, and the two ends."""
    inside = [percentage for percentage in _TIES if least < percentage < most]
    return st.sampled_from([Decimal(least), *inside, Decimal(most)])


def _decimal(rate: int) -> Decimal:
    """Return millionths of a percent in percent, whatever the caller's decimal context is."""
    return Decimal((int(rate < 0), tuple(map(int, str(abs(rate)))), -PLACES))


def commissions() -> st.SearchStrategy[Decimal]:
    """Percentages as a payment link may ask for: within 0-20, and outside of that, where they are clamped.

    >>> from hypothesis import given
    >>> @given(commissions())
    ... def test_clamped(percentage):
    ...     assert 0 <= commission(percentage).percentage <= 20
    >>> test_clamped()
    """
    return percentages(0, 20) | percentages(-1000, 1000) | percentages(-_FAR, _FAR)


def caps() -> st.SearchStrategy[int | None]:
    """Caps in minor units, and None for none.

    >>> from hypothesis import given
    >>> @given(caps())
    ... def test_capped(cap):
    ...     assert cap is None or commission(20, cap).fee(LARGEST) == cap
    >>> test_capped()
    """
    return st.none() | st.integers(0, 5_000_003) | st.integers(0, _BOUND)


def currencies() -> st.SearchStrategy[str]:
    """Codes of currencies that have a minor unit.

    >>> from hypothesis import given
    >>> @given(currencies())
    ... def test_places(code):
    ...     assert 0 <= EXPONENTS[code] <= 4
    >>> test_places()
    """
    return st.just("NGN") | st.sampled_from(sorted(EXPONENTS))


def roundings() -> st.SearchStrategy[Rounding]:
    """Ways to round.

    >>> from hypothesis import given
    >>> @given(roundings())
    ... def test_whole_fees_are_not_rounded(rounding):
    ...     assert FeeRule(1, rounding=rounding).fee(300) == 3
    >>> test_whole_fees_are_not_rounded()
    """
    return st.just(Rounding.HALF_UP) | st.sampled_from(Rounding)


def rules() -> st.SearchStrategy[FeeRule]:
    """Rules of any kind.

    >>> from hypothesis import given
    >>> @given(rules(), amounts())
    ... def test_cap(rule, amount):
    ...     assert rule.cap is None or rule.fee(amount) <= rule.cap
    >>> test_cap()
    """
    return fee_rules() | tiered_rules()


def fee_rules() -> st.SearchStrategy[FeeRule]:
    """Rules of one percentage, with any of the parts that such a rule can have, in minor units, and any rounding.

    >>> from hypothesis import given
    >>> @given(fee_rules(), amounts())
    ... def test_more_costs_no_less(rule, amount):
    ...     assert rule.fee(amount) <= rule.fee(amount + 1)
    >>> test_more_costs_no_less()
    """
    part = st.just(0) | st.integers(0, _PART)
    return st.builds(
        _rule, percentages(), part, part, st.just(0) | st.integers(0, _BOUND), caps(), roundings()
    )


def _rule(
    percentage: Decimal, flat: int, flat_from: int, bound: int, cap: int | None, rounding: Rounding
) -> FeeRule:
    minimum = _minimum(bound, cap)
    return FeeRule(
        percentage, flat=flat, flat_from=flat_from, minimum=minimum, cap=cap, rounding=rounding
    )


def tiered_rules() -> st.SearchStrategy[FeeRule]:
    """Rules of up to five tiers, graduated and by volume, with any bounds, in minor units, and any rounding.

    >>> from hypothesis import given
    >>> @given(tiered_rules())
    ... def test_first_tier_starts_at_nothing(rule):
    ...     assert rule.tiers[0].start == 0
    >>> test_first_tier_starts_at_nothing()
    """
    return _tiered(100, st.just(0) | st.integers(0, _PART), st.just(0) | st.integers(0, _BOUND))


@st.composite
def _tiered(
    draw: st.DrawFn, most: int, flats: st.SearchStrategy[int], bounds: st.SearchStrategy[int]
) -> FeeRule:
    mode, bound, cap = draw(st.sampled_from(MODES)), draw(bounds), draw(caps())
    # Often of a few units and of ties alone, so that one tier hands half a unit on to the next.
    starts = draw(
        st.sampled_from([st.integers(1, 20), st.integers(1, _PART) | st.integers(1, _BOUND)])
    )
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
    """Schedules of any rule, with a default commission, perhaps in tiers, or none.

    Args:
        currency: the codes of their currencies; None for any.

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
    """Quotes, with or without a payment link's own percentage and cap, often where a fee of theirs bends.

    Args:
        schedule: what they are made under; None for any.

    >>> from hypothesis import given
    >>> @given(quotes())
    ... def test_sums(quote):
    ...     assert quote.total_amount == quote.amount + quote.platform_fee + quote.merchant_fee
    >>> test_sums()
    """
    plans = schedules() if schedule is None else st.just(schedule)
    return _quotes(plans, st.none() | commissions(), caps())


@st.composite
def _quotes(
    draw: st.DrawFn,
    plans: st.SearchStrategy[FeeSchedule],
    percentages: st.SearchStrategy[Decimal | None],
    caps: st.SearchStrategy[int | None],
) -> Quote:
    plan, percentage, cap = draw(plans), draw(percentages), draw(caps)
    amount = draw(amounts(plan._charged(percentage, cap)))
    return plan.quote(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)
