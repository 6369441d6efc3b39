"""The figures of generated modules against the library."""

from __future__ import annotations

import pytest

from kashia_money.javascript import to_javascript
from tests.javascript.engines import Node, expected_quote, named, quote_call
from tests.support.conformance import Group, load

GROUPS = load()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_quote_matches_every_conformance_row(node: Node, group: Group) -> None:
    rows = [(row.amount, *row[1:3]) for row in group.rows if row.amount is not None]
    calls = [quote_call(*row) for row in rows]

    answers = named(node.run(to_javascript(group.schedule), calls))

    assert answers == [expected_quote(group.schedule, *row) for row in rows]
    assert [answer.get("totalAmount") for answer in answers] == [
        None if row.figures is None else str(row.figures[3])
        for row in group.rows
        if row.amount is not None
    ]
