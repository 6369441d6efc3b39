"""The pricing page, rendered from the texts in its address; it works without its script.

The script shows the same figures while the visitor types, from the module that this file serves.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader
from kashia_money import (
    FeeExplanation,
    FeeSchedule,
    KashiaMoneyError,
    Quote,
    UnreachableTotalError,
    describe,
    format_minor,
    parse_minor,
    quote_from_request,
)
from kashia_money.javascript import to_javascript

from .chart import chart
from .database import Document, Link
from .keys import sha256
from .links import status_of

FIELDS = {  # of the form, by the field of the request
    "$.amount": "amount",
    "$.merchant_fee_percentage": "percentage",
    "$.merchant_fee_cap": "cap",
}

_templates = Environment(
    loader=PackageLoader("storefront"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_templates.filters["money"] = lambda figure: format_minor(figure, "NGN")


class Preview(NamedTuple):
    """What the form's texts mean."""

    request: Document
    """The fields of a payment link's request."""
    quote: Quote | None
    exact: Quote | None
    """The quote with exactly the total of the second box."""
    near: list[Quote]
    """The quotes with the nearest totals, where no base has that total."""
    wrong: set[str]
    """The fields that cannot be read."""


def preview(schedule: FeeSchedule, texts: dict[str, str]) -> Preview:
    """Read the form's texts, and price them."""
    wrong: set[str] = set()

    def money(name: str) -> int | None:
        text = texts.get(name, "").strip()
        try:
            return parse_minor(text, schedule.currency) if text else None
        except KashiaMoneyError:
            wrong.add(name)
            return None

    percentage = re.sub("^%|%$", "", texts.get("percentage", "").strip()).strip()
    terms = {"merchant_fee_percentage": percentage or None, "merchant_fee_cap": money("cap")}
    request: Document = {"amount": money("amount") or 0, "currency": schedule.currency, **terms}
    quote: Quote | None = None
    exact: Quote | None = None
    near: list[Quote] = []
    try:
        quote = quote_from_request(request, schedule=schedule)
        total = money("exactly")
        if total is not None:
            exact, near = _with_total(quote.schedule, total)
    except KashiaMoneyError as error:
        wrong.add(FIELDS.get(error.field or "", "exactly"))
    return Preview(request, None if wrong - {"exactly"} else quote, exact, near, wrong)


def _with_total(schedule: FeeSchedule, total: int) -> tuple[Quote | None, list[Quote]]:
    try:
        return schedule.quote_for_total(total), []
    except UnreachableTotalError as error:
        near = [total for total in (error.below, error.above) if total is not None]
        return None, [schedule.quote_for_total(total) for total in near]


@cache
def fee_module(schedule: FeeSchedule) -> tuple[str, str]:
    """Return the name and the text of a schedule's JavaScript module.

    The name has the fingerprint of the schedule, and the hash of the text for a release that writes
    the same fees differently. So a name stands for one text for ever, and browsers may keep it.
    """
    text = to_javascript(schedule)
    return f"fees-{schedule.fingerprint}-{sha256(text.encode())[:8]}.mjs", text


def render_page(
    schedule: FeeSchedule, texts: dict[str, str], changed: Document | None = None
) -> str:
    """Return the pricing page for the form's texts.

    Args:
        schedule: today's price list.
        texts: what the visitor typed, by the field's name.
        changed: `shown_total` and whether the `price_list` changed, if a total was not confirmed.
    """
    shown = preview(schedule, texts)
    quote = shown.quote or schedule.quote(0)
    platform, commission = quote.explain()
    return _templates.get_template("page.html").render(
        texts=texts,
        shown=shown,
        quote=quote,
        rate=rate(quote) if shown.quote else "–",
        platform=schedule.platform,
        default=schedule.merchant,
        platform_cases=[platform.basis if quote.amount else "zero"],
        commission_cases=_commission_cases(commission),
        clamped_from=commission.rule.clamped_from,
        percentage=commission.rule.percentage,
        exact=shown.exact,
        near=[*shown.near, None, None],
        chart=chart(quote),
        changed=changed,
        module=f"/{fee_module(schedule)[0]}",
        fingerprint=schedule.fingerprint,
        token=secrets.token_hex(16),
    )


def _commission_cases(commission: FeeExplanation) -> list[str]:
    """Return the names of the sentences in the template that explain a commission."""
    if commission.amount == 0:
        return ["zero"]
    clamped = ["clamped"] if commission.rule.clamped_from is not None else []
    return clamped if clamped and commission.basis == "percentage" else [*clamped, commission.basis]


def rate(quote: Quote) -> str:
    r"""Return the fees in percent of the base, rounded half up to two decimal places.

    >>> from kashia_money import quote
    >>> rate(quote(150_000_000)), rate(quote(0))
    ('1.50\xa0%', '–')
    """
    if quote.amount == 0:
        return "–"
    hundredths = (quote.total_fees * 20_000 + quote.amount) // (2 * quote.amount)
    return f"{hundredths // 100}.{hundredths % 100:02}\N{NO-BREAK SPACE}%"


def render_link(link: Link) -> str:
    """Return the page of a payment link, with the quote that was stored for it."""
    return _templates.get_template("link.html").render(
        link=link, status=status_of(link), sentences=describe(link.quote)
    )
