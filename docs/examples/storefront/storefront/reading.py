"""Read what a client sends, and reject what could be read in two ways or not be stored."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, cast

from jsonschema import Draft202012Validator
from starlette.requests import Request

MAX_BODY = 64 * 1024
T = TypeVar("T")
_DEPTH = 20
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Problem(Exception):  # noqa: N818  # a problem in HTTP's sense: it becomes an answer
    """A request that is answered with a status of 4xx and a message that names the field."""

    def __init__(self, status: int, message: str, field: str) -> None:
        super().__init__(message)
        self.status = status
        self.field = field


async def read_body(request: Request, media_type: str) -> bytes:
    """Return the body, or stop as soon as more than `MAX_BODY` bytes have come."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413, f"send a body of at most {MAX_BODY} bytes", "body")
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and sent != media_type:
        raise Problem(415, f"send the body as {media_type}", "Content-Type")
    return bytes(body)


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text that every database can store and every reader reads alike.

    Raises:
        Problem: 400 if the text is not JSON; 422, with the field, for a name that is there twice, a
            number without a value, and characters that are not text.
    """
    try:
        document = json.loads(
            body.decode(), object_pairs_hook=unique_fields, parse_constant=_reject_constant
        )
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is not UTF-8: byte {error.start}", "body") from None
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"the body is not JSON: {_short(error)}", "body") from None
    _reject_unstorable(document)
    return document


def unique_fields(pairs: list[tuple[str, T]]) -> dict[str, T]:
    """Return the fields of an object, a query or a form.

    Raises:
        Problem: 422 if a name is there twice, because some readers take the first value of the two
            and others the last.
    """
    fields: dict[str, T] = {}
    for name, value in pairs:
        if name in fields:
            raise Problem(422, "name each field once", _printable(name))
        fields[name] = value
    return fields


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _reject_unstorable(document: object) -> None:
    remaining: list[tuple[str, object, int]] = [("", document, 0)]
    while remaining:
        path, value, depth = remaining.pop()
        if depth > _DEPTH:
            raise Problem(422, f"nest at most {_DEPTH} levels", path)
        if isinstance(value, str) and _UNSTORABLE.search(value):
            raise Problem(422, "leave out NUL and lone surrogates", path)
        if isinstance(value, float) and not math.isfinite(value):
            raise Problem(422, "write a number below 1e308", path)
        if isinstance(value, list):
            remaining += [(f"{path}[{i}]", item, depth + 1) for i, item in enumerate(value)]
        if isinstance(value, dict):
            for name, item in value.items():
                inner = f"{path}.{_printable(name)}".lstrip(".")
                remaining += [(inner, name, depth), (inner, item, depth + 1)]


def _printable(name: str) -> str:
    return name[:60].encode("ascii", "backslashreplace").decode().replace("\0", "\\0")


def _short(error: Exception) -> str:
    return (
        str(error).splitlines()[0][:100] if isinstance(error, ValueError) else "nested too deeply"
    )


def check(document: object, schema: str) -> dict[str, Any]:
    """Return a document that has the form of a schema in the OpenAPI document.

    Raises:
        Problem: 422, with the field and the description that the schema has of it.
    """
    errors = sorted(
        _validator(schema).iter_errors(cast("Any", document)), key=lambda e: e.json_path
    )
    for error in errors:
        if error.validator == "required":
            missing = next(name for name in error.validator_value if name not in error.instance)
            raise Problem(422, "this field is required", missing)
        field = error.json_path.removeprefix("$").lstrip(".")[:200]
        expected = error.schema.get("description", "an object")
        raise Problem(422, f"expected {field or 'the body'} as {expected}", field or "body")
    return cast("dict[str, Any]", document)


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document, from which requests are also checked."""
    text = files("storefront").joinpath("openapi.json").read_text("utf-8")
    return cast("dict[str, Any]", json.loads(text))


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**openapi(), "$ref": f"#/components/schemas/{schema}"})


def page_number(query: dict[str, str], name: str, default: int, most: int) -> int:
    """Return a positive integer of the query.

    Raises:
        Problem: 422 if it is not an integer from 1 to `most`.
    """
    text = query.get(name, str(default))
    if not re.fullmatch("[1-9][0-9]{0,8}", text) or int(text) > most:
        raise Problem(422, f"pass an integer from 1 to {most}", name)
    return int(text)
