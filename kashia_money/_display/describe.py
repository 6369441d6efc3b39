"""Why a quote is what it is, in sentences that a support agent can read out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .money import format_exact, format_minor

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.explanation import FeeExplanation, FeePart
    from .._core.quotes import Quote

_NAMES = {"platform_fee": "platform fee", "merchant_fee": "marketplace fee"}


def describe(quote: Quote, locale: str = "en_NG") -> tuple[str, ...]:
    """Return what the seller gets, how each fee came about and what the buyer pays, a sentence or two each.

    Args:
        quote: what to explain.
        locale: a locale of CLDR's, for the money in the sentences; the words are English.

    Raises:
        InvalidLocaleError: CLDR does not know the locale.

    >>> from kashia_money import quote
    >>> for sentence in describe(quote(400_000_000)):
    ...     print(sentence)
    The seller asks for ₦4,000,000.00 and receives all of it.
    The platform fee is 1.5 % of ₦4,000,000.00, which is ₦60,000.00. At most ₦50,000.00 is charged, so it is that.
    There is no marketplace fee.
    The buyer pays ₦4,050,000.00: the seller's ₦4,000,000.00 and ₦50,000.00 in fees.
    """
    seller, fees, total = (
        format_minor(figure, quote.currency, locale)
        for figure in (quote.amount, quote.total_fees, quote.total_amount)
    )
    return (
        f"The seller asks for {seller} and receives all of it.",
        *(_step(step, quote.currency, locale) for step in quote.explain()),
        f"The buyer pays {total}: the seller's {seller} and {fees} in fees.",
    )


def _step(step: FeeExplanation, currency: str, locale: str) -> str:
    def money(figure: int) -> str:
        return format_minor(figure, currency, locale)

    rule, name = step.rule, _NAMES[step.name]
    if step.amount == 0:
        return f"There is no {name}, because nothing is sold."
    if (
        rule.minimum == 0
        and rule.clamped_from is None
        and not any(row.rate or row.flat for row in rule._fields.rows)
    ):
        return f"There is no {name}."
    subject = _subject(name, step.parts, money)
    said = []
    if rule.clamped_from is not None:
        taken = step.parts[0].percentage
        said.append(
            f"{subject} of {rule.clamped_from} % is outside 0-20 %, so it is taken as {taken} %."
        )
        subject = "It"
    said.append(f"{subject} is {_sum(step.parts, money)}{_result(step, currency, locale)}.")
    if step.fee < step.rounded:
        said.append(f"At most {money(step.fee)} is charged, so it is that.")
    elif step.fee > step.rounded:
        said.append(f"At least {money(step.fee)} is charged, so it is that.")
    return " ".join(said)


def _subject(name: str, parts: tuple[FeePart, ...], money: Callable[[int], str]) -> str:
    volume = len(parts) == 1 and parts[0].start > 0
    return f"From {money(parts[0].start)} on, the {name}" if volume else f"The {name}"


def _sum(parts: tuple[FeePart, ...], money: Callable[[int], str]) -> str:
    """Return what a fee is made up of, such as "2 % of the first ₦1,000.00 and 1 % of the next ₦500.00"."""
    if len(parts) == 1:
        _, amount, percentage, flat = parts[0]
        share = f"{percentage} % of {money(amount)}"
        return (
            f"{share} plus {money(flat)}"
            if flat and percentage
            else f"a flat {money(flat)}"
            if flat
            else share
        )
    *upper, last = [f"{part.percentage} % of the next {money(part.amount)}" for part in parts]
    return f"{', '.join(upper)} and {last}".replace("the next", "the first", 1)


def _result(step: FeeExplanation, currency: str, locale: str) -> str:
    """Return what the parts come to, unless that is what was just said."""
    if step.exact == sum(part.flat for part in step.parts) > 0:
        return ""
    rounding = (
        ""
        if step.exact == step.rounded
        else f", rounded to {format_minor(step.rounded, currency, locale)}"
    )
    return f", which is {format_exact(step.exact, currency, locale)}{rounding}"
