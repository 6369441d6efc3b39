"""JavaScript engines that run generated modules, and the calls that the tests make."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from kashia_money import KashiaMoneyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Page, Route

    from kashia_money import FeeSchedule, Quote

HERE = Path(__file__).parent
Call: TypeAlias = list[Any]  # the name of an export, and its arguments


class Engine(Protocol):
    """Runs modules."""

    def run(self, source: str, calls: Sequence[Call]) -> list[Any]:
        """Return the results of calls of a module."""
        ...


class Node:
    """One process of Node for all modules."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._modules: dict[str, Path] = {}
        self._process = subprocess.Popen(
            [str(shutil.which("node")), str(HERE / "driver.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, source: str, calls: Sequence[Call]) -> list[Any]:
        if source not in self._modules:
            file = self._folder / f"{len(self._modules)}.mjs"
            file.write_text(source, "utf-8")
            self._modules[source] = file
        return self.run_file(self._modules[source], calls)

    def run_file(self, file: Path, calls: Sequence[Call]) -> list[Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(file), calls]), file=self._process.stdin, flush=True)
        answers: list[Any] = json.loads(self._process.stdout.readline())
        return answers

    def close(self) -> None:
        self._process.communicate()


class Browser:
    """A page in Chromium, under a policy that allows only the site's own scripts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.files = {
            "": "<!doctype html>",
            "answers.mjs": (HERE / "answers.mjs").read_text("utf-8"),
        }
        page.route("**/*", self._answer)
        self.open()

    def open(self) -> None:
        self.page.goto("https://fees.example/")

    def _answer(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name not in self.files:
            route.abort()
            return
        kind = "text/javascript" if name else "text/html"
        policy = {"content-security-policy": "default-src 'self'"}
        route.fulfill(body=self.files[name], content_type=kind, headers=policy)

    def run(self, source: str, calls: Sequence[Call]) -> list[Any]:
        name = f"{len(self.files)}.mjs"
        self.files[name] = source
        program = """async ([file, calls]) => {
            const { answers } = await import("/answers.mjs");
            return answers(await import(file), calls);
        }"""
        answers: list[Any] = json.loads(self.page.evaluate(program, [f"/{name}", calls]))
        return answers


def integer(value: int | None) -> dict[str, str] | None:
    return None if value is None else {"BigInt": str(value)}


def quote_call(
    amount: int,
    percentage: str | float | None = None,
    cap: int | None = None,
    *,
    name: str = "quote",
) -> Call:
    options = {"merchantFeePercentage": number(percentage), "merchantFeeCap": integer(cap)}
    return [name, integer(amount), options]


def number(value: str | float | None) -> str | float | dict[str, str] | None:
    if isinstance(value, float) and not isfinite(value):
        return {"Number": str(value).replace("inf", "Infinity").replace("nan", "NaN")}
    return value


def expected_quote(
    schedule: FeeSchedule,
    amount: int,
    percentage: str | float | None = None,
    cap: int | None = None,
    *,
    name: str = "quote",
) -> object:
    """Return the answer to `quote_call` by the library."""
    method = schedule.quote if name == "quote" else schedule.quote_within
    return outcome(
        lambda: as_json(method(amount, merchant_fee_percentage=percentage, merchant_fee_cap=cap))
    )


def as_json(quote: Quote) -> dict[str, str | Decimal | None]:
    platform, merchant = quote.explain()
    clamped_from = merchant.rule.clamped_from
    return {
        "amount": str(quote.amount),
        "currency": quote.currency,
        "platformFee": str(quote.platform_fee),
        "merchantFee": str(quote.merchant_fee),
        "totalFees": str(quote.total_fees),
        "totalAmount": str(quote.total_amount),
        "platformFeeBasis": platform.basis,
        "merchantFeeBasis": merchant.basis,
        "clampedFrom": clamped_from,
    }


def outcome(call: Callable[[], object]) -> object:
    """Return a result, or the name of its error as `named` does."""
    try:
        return call()
    except KashiaMoneyError as error:
        return {"error": type(error).__name__}


def named(answers: Sequence[Any]) -> list[Any]:
    """Return answers without the messages of errors; quotes as `as_json` has them."""
    return [_named(answer) for answer in answers]


def _named(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    if "error" in answer:
        return {"error": answer["error"]}
    quote = json.loads(answer["json"])
    if quote["clampedFrom"] is not None:
        quote["clampedFrom"] = Decimal(quote["clampedFrom"])
    return quote
