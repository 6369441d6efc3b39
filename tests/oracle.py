"""What the fees ought to be, in rational numbers, by someone who never read the library.

Nothing here is imported from the package, scaled, or done with integers: an error the two share is unlikely.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _05up(exact: Fraction) -> int:
    return floor(exact) if floor(exact) % 10 not in (0, 5) else ceil(exact)


# Of numbers that are never negative.
ROUND: dict[str, Callable[[Fraction], int]] = {
    "ROUND_CEILING": ceil,
    "ROUND_FLOOR": floor,
    "ROUND_UP": ceil,
    "ROUND_DOWN": floor,
    "ROUND_HALF_UP": lambda exact: floor(exact + Fraction(1, 2)),
    "ROUND_HALF_DOWN": lambda exact: ceil(exact - Fraction(1, 2)),
    "ROUND_HALF_EVEN": round,
    "ROUND_05UP": _05up,
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
    if amount == 0:
        return 0
    charged = ROUND[rounding](exact_fee(amount, percentage, flat, flat_from))
    if cap is None:
        return max(minimum, charged)
    return sorted((minimum, charged, cap))[1]


def commission(amount: int, percentage: Fraction, cap: int | None = None) -> int:
    return fee(amount, sorted((Fraction(0), percentage, Fraction(20)))[1], cap=cap)


def platform_fee(amount: int) -> int:
    """The published NGN fee, from its sentence: 1.5 % of the base, at least ₦100, at most ₦50,000."""
    return fee(amount, Fraction(3, 2), minimum=100_00, cap=50_000_00)
