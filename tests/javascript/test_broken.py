"""Broken modules, each caught by the conformance rows that are there for it."""

from __future__ import annotations

import pytest

from kashia_money.javascript import to_javascript
from tests.javascript.engines import Node
from tests.javascript.test_quotes import GROUPS, compare_with_rows

BY_NAME = {group.name: group for group in GROUPS}
CLAMP = "s<0n?0n:s>20000000n?20000000n:s"
BREAKS = {
    "Number for BigInt": (
        "sizes: 1.5 %",
        "e=(a*1500000n+50000000n)/100000000n",
        "e=BigInt(Math.floor((Number(a)*1500000+5e7)/1e8))",
    ),
    "half down for half up": ("published rule where it bends", "+50000000n", "+49999999n"),
    "no minimum": (
        "published rule where it bends",
        "e<10000n?10000n:",
        "",
    ),
    "a minimum on amount 0": ("published figures", "a<1n?0n:", ""),
    "no cap": ("published rule where it bends", "e>5000000n?5000000n:e", "e"),
    "no clamp": ("percentages, clamped to 0-20", CLAMP, "s"),
    "a clamp from above only": ("percentages, clamped to 0-20", "s<0n?0n:", ""),
    "< for <= at a graduated tier": ("tiers: graduated", "a>=t[0]", "a>t[0]"),
    "< for <= at a volume tier": ("tiers: volume", "a>=t[0]", "a>t[0]"),
    "< for <= at a threshold": ("rule 21: 0 %, flat 50, flat_from 1000", "a>=t[0]", "a>t[0]"),
    "the link's cap left out": ("caps of rows", 'l==null?M:A(l,"merchantFeeCap")', "M"),
    "totals of any size": ("totals out of bounds", "s.totalAmount>M", "false"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_module_is_caught(node: Node, name: str) -> None:
    group_name, right, wrong = BREAKS[name]
    group = BY_NAME[group_name]
    source = to_javascript(group.schedule)
    assert right in source

    with pytest.raises(AssertionError, match="assert"):
        compare_with_rows(node, source.replace(right, wrong), group)


def test_minimum_after_cap_changes_no_row(node: Node) -> None:
    """No rule has a minimum above its cap, so both orders charge the same."""
    group = BY_NAME["published rule where it bends"]
    source = to_javascript(group.schedule)
    minimum, cap = "e<10000n?10000n:", "e>5000000n?5000000n:"
    assert minimum + cap in source

    assert compare_with_rows(node, source.replace(minimum + cap, cap + minimum), group) > 20


def test_half_even_for_half_up_is_caught(node: Node) -> None:
    group = BY_NAME["ROUND_HALF_UP: 50 % + 1"]
    platform = {**group.document["platform"], "rounding": "ROUND_HALF_EVEN"}
    document = {**group.document, "platform": platform}
    source = to_javascript(group._replace(document=document).schedule)

    with pytest.raises(AssertionError, match="assert"):
        compare_with_rows(node, source, group)
