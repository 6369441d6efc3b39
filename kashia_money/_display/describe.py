"""Explain a quote in sentences that a support agent can read to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .money import format_exact, format_minor

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._core.explanation import FeeExplanation, FeePart
    from .._core.quotes import Quote

_NAMES = {"platform_fee": "platform fee", "merchant_fee": "commission"}


def describe(quote: Quote, locale: str = "en_NG") -> tuple[str, ...]:
    """Return the explanation of a quote: the seller's amount, each fee, and the buyer's total.

    Args:
        quote: the quote to explain.
        locale: a locale in CLDR, for the money in the sentences. The words are English.

    Raises:
        InvalidLocaleError: the locale is not in CLDR.

    >>> from kashia_money import quote
    >>> for sentence in describe(quote(400_000_000)):
    ...     print(sentence)
    The seller asks for ₦4,000,000.00 and receives all of it.
    The platform fee is 1.5 % of ₦4,000,000.00, which is ₦60,000.00. It is capped at ₦50,000.00.
    There is no commission.
    The buyer pays ₦4,050,000.00: the seller's ₦4,000,000.00 and ₦50,000.00 in fees.
    """
    seller, fees, total = (
        format_minor(figure, quote.currency, locale)
        for figure in (quote.amount, quote.total_fees, quote.total_amount)
    )
    return (
        f"The seller asks for {seller} and receives all of it.",
        *(_describe_fee(fee, quote.currency, locale) for fee in quote.explain()),
        f"The buyer pays {total}: the seller's {seller} and {fees} in fees.",
    )


def _describe_fee(explanation: FeeExplanation, currency: str, locale: str) -> str:
    def money(figure: int) -> str:
        return format_minor(figure, currency, locale)

    rule = explanation.rule
    name = _NAMES[explanation.name]
    if explanation.amount == 0:
        return f"There is no {name}, because nothing is sold."
    charges = any(row.rate or row.flat for row in rule._fields.rows)
    if rule.minimum == 0 and rule.clamped_from is None and not charges:
        return f"There is no {name}."
    subject = _subject(name, explanation.parts, money)
    sentences = []
    if rule.clamped_from is not None:
        percentage = explanation.parts[0].percentage
        sentences.append(
            f"{subject} of {rule.clamped_from} % is outside 0-20 %, "
            f"so it is taken as {percentage} %."
        )
        subject = "It"
    result = _result(explanation, currency, locale)
    sentences.append(f"{subject} is {_sum(explanation.parts, money)}{result}.")
    if explanation.fee < explanation.rounded:
        sentences.append(f"It is capped at {money(explanation.fee)}.")
    elif explanation.fee > explanation.rounded:
        sentences.append(f"It is raised to the minimum of {money(explanation.fee)}.")
    return " ".join(sentences)


def _subject(name: str, parts: tuple[FeePart, ...], money: Callable[[int], str]) -> str:
    volume = len(parts) == 1 and parts[0].start > 0
    return f"From {money(parts[0].start)} on, the {name}" if volume else f"The {name}"


def _sum(parts: tuple[FeePart, ...], money: Callable[[int], str]) -> str:
    """Return the sum of a fee, such as "2 % of the first ₦1,000.00 and 1 % of the next ₦500.00"."""
    first, *others = parts
    if others:
        *shares, last = [f"{part.percentage} % of the next {money(part.amount)}" for part in parts]
        return f"{', '.join(shares)} and {last}".replace("the next", "the first", 1)
    _, amount, percentage, flat = first
    if flat and not percentage:
        return f"a flat {money(flat)}"
    share = f"{percentage} % of {money(amount)}"
    return f"{share} plus {money(flat)}" if flat else share


def _result(explanation: FeeExplanation, currency: str, locale: str) -> str:
    """Return the exact and the rounded sum of the parts; "" if the parts are one flat part."""
    if explanation.exact == sum(part.flat for part in explanation.parts) > 0:
        return ""
    result = f", which is {format_exact(explanation.exact, currency, locale)}"
    if explanation.exact == explanation.rounded:
        return result
    return f"{result}, rounded to {format_minor(explanation.rounded, currency, locale)}"
