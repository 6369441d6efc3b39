"""Parse JSON text, and reject text that can be read in two ways."""

from __future__ import annotations

from typing import Final

UNREADABLE: Final = (ValueError, RecursionError)
"""The errors of `parse_json`."""


def parse_json(document: object) -> object:
    """Return the value of a JSON text; return a value of another type unchanged.

    Raises:
        ValueError, RecursionError: the text is not JSON, an object repeats a field, or the text
            is nested too deeply.

    >>> parse_json('{"amount": 5}'), parse_json({"amount": 5})
    ({'amount': 5}, {'amount': 5})
    """
    import json  # here, because most programs that import this package do not read documents

    return (
        json.loads(document, object_pairs_hook=_object)
        if isinstance(document, (str, bytes))
        else document
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    # Some JSON readers take the first of two equal fields, others the last: the text is ambiguous.
    if len(fields) < len(pairs):
        raise ValueError("it has an object that names a field twice")
    return fields
