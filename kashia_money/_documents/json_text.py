"""JSON text, read so that it has one meaning."""

from __future__ import annotations

from typing import Final

UNREADABLE: Final = (ValueError, RecursionError)
"""The errors of `parse_json`."""


def parse_json(document: object) -> object:
    """Return JSON text parsed, or raise one of `UNREADABLE`; return anything else as it is.

    >>> parse_json('{"amount": 5}'), parse_json({"amount": 5})
    ({'amount': 5}, {'amount': 5})
    """
    import json  # here, because most programs that import this package read no document

    return (
        json.loads(document, object_pairs_hook=_object)
        if isinstance(document, (str, bytes))
        else document
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(
        pairs
    ):  # readers differ in which of the two they take, so the text has no one meaning
        raise ValueError("it has an object that names a field twice")
    return fields
