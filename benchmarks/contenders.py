"""The same quote, worked out in six ways; `scalar` times them.

Each takes a payment link's own numbers (an amount in kobo, a commission in percent, a cap in kobo) and works out both
fees with their bounds, and the totals. What no link changes is made beforehand in each library's own types, by the
fastest way that it documents. Only the hand-inlined arithmetic is spared the percentage: it is given a rate.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from operator import attrgetter
from timeit import Timer
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kashia_money import quote

if TYPE_CHECKING:
    from collections.abc import Callable

Figures: TypeAlias = "tuple[int, ...]"  # amount, platform fee, merchant fee, total fees, total amount

AMOUNT, PERCENTAGE, CAP = 50_000_000, 10.0, 20_000_000
RATE = 10_000_000  # the percentage as an integer of millionths of a percent
MINIMUM, MAXIMUM = 10_000, 5_000_000
CHECKED = (0, 1, 666_699, 666_700, AMOUNT, 150_000_000, 333_333_300)


class Contender(NamedTuple):
    """One way to quote: `make` it and, unless that makes integers already, `read` its five figures in kobo."""

    make: Callable[..., Any]
    read: Callable[[Any], Figures] | None = None
    made: str = "make(amount, percentage, cap)"

    @property
    def figures(self) -> str:
        return f"read({self.made})" if self.read else self.made

    def names(self, amount: int) -> dict[str, Any]:
        return {**self._asdict(), "amount": amount, "percentage": PERCENTAGE, "rate": RATE, "cap": CAP}

    def timer(self, statement: str, clock: Callable[[], float]) -> Timer:
        # A statement, because a function around it would be timed with it.
        return Timer(statement, globals=self.names(AMOUNT), timer=clock)

    def at(self, amount: int) -> Figures:
        found: Figures = eval(self.figures, self.names(amount))
        return found


def by_hand() -> Contender:
    def make(amount: int, rate: int, cap: int) -> Figures:
        if amount == 0:
            return 0, 0, 0, 0, 0
        platform_fee = (amount * 15 + 500) // 1000
        if platform_fee < 10_000:
            platform_fee = 10_000
        elif platform_fee > 5_000_000:
            platform_fee = 5_000_000
        merchant_fee = (amount * rate + 50_000_000) // 100_000_000
        if merchant_fee > cap:
            merchant_fee = cap
        fees = platform_fee + merchant_fee
        return amount, platform_fee, merchant_fee, fees, amount + fees

    return Contender(make, made="make(amount, rate, cap)")


def by_kashia_money() -> Contender:
    read = attrgetter("amount", "platform_fee", "merchant_fee", "total_fees", "total_amount")
    return Contender(quote, read, "make(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap)")


def by_decimal() -> Contender:
    platform_rate, zero, one = Decimal("0.015"), Decimal(0), Decimal(1)
    minimum, maximum = Decimal(MINIMUM), Decimal(MAXIMUM)

    def make(amount: int, percentage: float, cap: int) -> tuple[Decimal, ...]:
        if amount == 0:
            return zero, zero, zero, zero, zero
        base = Decimal(amount)
        platform_fee = min(max((base * platform_rate).quantize(one, ROUND_HALF_UP), minimum), maximum)
        merchant_fee = min((base * Decimal(repr(percentage)) / 100).quantize(one, ROUND_HALF_UP), Decimal(cap))
        fees = platform_fee + merchant_fee
        return base, platform_fee, merchant_fee, fees, base + fees

    return Contender(make, lambda made: tuple(map(int, made)))


def by_moneyed() -> Contender:
    from moneyed import NGN, Money

    platform_rate, one = Decimal("0.015"), Decimal("0.01")
    zero, minimum, maximum = (Money(Decimal(kobo) / 100, NGN) for kobo in (0, MINIMUM, MAXIMUM))

    # Money.round takes the ambient context's mode, so the Decimal is rounded and made a Money again.
    def make(amount: int, percentage: float, cap: int) -> tuple[Money, ...]:
        if amount == 0:
            return zero, zero, zero, zero, zero
        base = Money(Decimal(amount) / 100, NGN)
        exact = base * platform_rate
        platform_fee = min(max(Money(exact.amount.quantize(one, ROUND_HALF_UP), NGN), minimum), maximum)
        exact = base * (Decimal(repr(percentage)) / 100)
        merchant_fee = min(Money(exact.amount.quantize(one, ROUND_HALF_UP), NGN), Money(Decimal(cap) / 100, NGN))
        fees = platform_fee + merchant_fee
        return base, platform_fee, merchant_fee, fees, base + fees

    def read(made: tuple[Money, ...]) -> Figures:
        return tuple([money.get_amount_in_sub_unit() for money in made])

    return Contender(make, read)


def by_stockholm() -> Contender:
    from stockholm import Currency, Money

    ngn, platform_rate = Currency.NGN, Decimal("0.015")
    zero, minimum, maximum = (Money.from_sub_units(kobo, ngn) for kobo in (0, MINIMUM, MAXIMUM))

    def make(amount: int, percentage: float, cap: int) -> tuple[Money, ...]:
        if amount == 0:
            return zero, zero, zero, zero, zero
        base = Money.from_sub_units(amount, ngn)
        platform_fee = min(max(round(base * platform_rate, 2), minimum), maximum)
        exact = base * (Decimal(repr(percentage)) / 100)
        merchant_fee = min(round(exact, 2), Money.from_sub_units(cap, ngn))
        fees = platform_fee + merchant_fee
        return base, platform_fee, merchant_fee, fees, base + fees

    def read(made: tuple[Money, ...]) -> Figures:
        return tuple([int(money.sub_units) for money in made])

    return Contender(make, read)


def by_immoney() -> Contender:
    from immoney import Money, Round
    from immoney.currencies import NGN, NGNType

    platform_rate, half_up = Fraction(3, 200), Round.HALF_UP
    zero, minimum, maximum = (NGN.from_subunit(kobo) for kobo in (0, MINIMUM, MAXIMUM))

    def make(amount: int, percentage: float, cap: int) -> tuple[Money[NGNType], ...]:
        if amount == 0:
            return zero, zero, zero, zero, zero
        base = NGN.from_subunit(amount)
        platform_fee = min(max((base * platform_rate).round_money(half_up), minimum), maximum)
        exact = base * (Fraction(repr(percentage)) / 100)
        merchant_fee = min(exact.round_money(half_up), NGN.from_subunit(cap))
        fees = platform_fee + merchant_fee
        return base, platform_fee, merchant_fee, fees, base + fees

    def read(made: tuple[Money[NGNType], ...]) -> Figures:
        return tuple([money.subunits for money in made])

    return Contender(make, read)


HAND, OURS, MONEYED = "hand-inlined", "kashia_money", "py-moneyed"
OTHERS: dict[str, Callable[[], Contender]] = {  # by the names of their distributions
    MONEYED: by_moneyed,
    "stockholm": by_stockholm,
    "immoney": by_immoney,
}
CONTENDERS = {HAND: by_hand, OURS: by_kashia_money, "decimal": by_decimal, **OTHERS}


def installed() -> dict[str, Contender]:
    """Return the contenders whose libraries are there."""
    found = {}
    for name, contender in CONTENDERS.items():
        try:
            found[name] = contender()
        except ModuleNotFoundError:
            continue
    return found


def check(contenders: dict[str, Contender]) -> None:
    """Stop unless all agree to the kobo."""
    for amount in CHECKED:
        figures = {name: contender.at(amount) for name, contender in contenders.items()}
        if len(set(figures.values())) != 1:
            raise SystemExit(f"the contenders disagree on {amount}: {figures}")
