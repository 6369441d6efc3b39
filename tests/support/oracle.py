"""What the fees ought to be, in rational numbers, by someone who never read the library.

Nothing here is imported from the package, scaled, or done with integers: an error the two share is
unlikely.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


# Of numbers that are never negative.
ROUND: dict[str, Callable[[Fraction], int]] = {
    "ROUND_CEILING": ceil,
    "ROUND_FLOOR": floor,
    "ROUND_UP": ceil,
    "ROUND_DOWN": floor,
    "ROUND_HALF_UP": lambda exact: floor(exact + Fraction(1, 2)),
    "ROUND_HALF_DOWN": lambda exact: ceil(exact - Fraction(1, 2)),
    "ROUND_HALF_EVEN": round,
}


def by_decimal(exact: Fraction, rounding: str) -> int:
    """Round a decimal fraction as the decimal module does."""
    context = Context(prec=200, rounding=rounding)
    quotient = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return int(quotient.quantize(Decimal(1), context=context))


def exact_fee(amount: int, percentage: Fraction, flat: int = 0, flat_from: int = 0) -> Fraction:
    return amount * percentage / 100 + (flat if amount >= flat_from else 0)


def fee(
    amount: int,
    percentage: Fraction,
    flat: int = 0,
    flat_from: int = 0,
    minimum: int = 0,
    cap: int | None = None,
    rounding: str = "ROUND_HALF_UP",
) -> int:
    return bounded(amount, exact_fee(amount, percentage, flat, flat_from), minimum, cap, rounding)


def bounded(amount: int, exact: Fraction, minimum: int, cap: int | None, rounding: str) -> int:
    if amount == 0:
        return 0
    charged = ROUND[rounding](exact)
    if cap is None:
        return max(minimum, charged)
    return sorted((minimum, charged, cap))[1]


def graduated(amount: int, tiers: list[dict[str, Any]]) -> Fraction:
    """Every unit of the amount at the percentage of the tier that it lies in."""
    starts = [tier["start"] for tier in tiers]
    ends = [*starts[1:], max(amount, *starts)]
    lengths = [max(0, min(amount, end) - start) for start, end in zip(starts, ends, strict=True)]
    return sum(
        (
            length * Fraction(tier["percentage"]) / 100
            for length, tier in zip(lengths, tiers, strict=True)
        ),
        Fraction(),
    )


def volume(amount: int, tiers: list[dict[str, Any]]) -> Fraction:
    """The whole amount by the highest tier that it reaches."""
    tier = [tier for tier in tiers if tier["start"] <= amount][-1]
    return exact_fee(amount, Fraction(tier["percentage"]), tier["flat"])


def exact_by(rule: dict[str, Any], amount: int) -> Fraction:
    """What a rule, as data, charges on an amount above 0 before it is rounded and bounded."""
    match rule:
        case {"mode": "graduated", "tiers": tiers}:
            return graduated(amount, tiers)
        case {"mode": "volume", "tiers": tiers}:
            return volume(amount, tiers)
    return exact_fee(amount, Fraction(rule["percentage"]), rule["flat"], rule["flat_from"])


def fee_by(rule: dict[str, Any], amount: int) -> int:
    return bounded(amount, exact_by(rule, amount), rule["minimum"], rule["cap"], rule["rounding"])


def commission(amount: int, percentage: Fraction, cap: int | None = None) -> int:
    return fee(amount, sorted((Fraction(0), percentage, Fraction(20)))[1], cap=cap)


def platform_fee(amount: int) -> int:
    """The published NGN fee: 1.5 % of the base, at least ₦100, at most ₦50,000."""
    return fee(amount, Fraction(3, 2), minimum=100_00, cap=50_000_00)
