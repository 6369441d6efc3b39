"""The routes: what each one reads, which function answers, and with which status."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from kashia_money import FeeSchedule, KashiaMoneyError, quote_from_request
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import idempotency, links
from .database import Database, Merchant
from .keys import find_merchant, sha256
from .page import fee_module, preview, render_link, render_page
from .reading import Problem, check, openapi, page_number, read_body, read_json, unique_fields
from .webhooks import receive

API = "/api/v1/external/payment-links"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Shop:
    """The service's settings, and its routes.

    Args:
        database: the tables.
        origin: the address in payment links, such as http://127.0.0.1:8000.
        webhook_secret: the key of the webhooks' signatures.
        merchant_id: whose pricing page this is.
        buyer_id: the buyer of the page's links.
        seller_id: the seller of the page's links.
    """

    database: Database
    origin: str
    webhook_secret: bytes
    merchant_id: str
    buyer_id: str
    seller_id: str

    def app(self) -> Starlette:
        """Return the ASGI application."""
        routes = [
            _route("POST", API, self.create),
            _route("POST", f"{API}/quote", self.quote),
            _route("GET", API, self.list),
            _route("GET", f"{API}/{{reference}}", self.retrieve),
            _route("POST", f"{API}/{{reference}}/cancel", self.cancel),
            _route("GET", "/api/v1/external/transactions", self.transactions),
            _route("POST", "/webhooks/kashia", self.webhook),
            _route("GET", "/openapi.json", lambda _request, _body: JSONResponse(openapi())),
            _route("GET", "/health", lambda _request, _body: PlainTextResponse("ok")),
            _route("GET", "/", self.page),
            _route("POST", "/links", self.submit, "application/x-www-form-urlencoded"),
            _route("GET", "/links/{reference}", self.link),
            _route("GET", "/{name:str}.mjs", self.module),
            Mount("/static", StaticFiles(packages=[("storefront", "static")])),
        ]
        app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
        app.router.redirect_slashes = False  # it redirects to any host that the client names
        return app

    def create(self, request: Request, body: bytes) -> Response:
        """Create a payment link, once for each Idempotency-Key."""
        key = idempotency.read_key(request.headers.get(idempotency.HEADER))
        with self.database.read() as session:
            merchant_id = find_merchant(session, _key(request)).id
        document = check(read_json(body), "PaymentLinkRequest")

        def work(session: Session) -> str:
            merchant = session.get_one(Merchant, merchant_id)
            link = links.create_link(session, merchant, document)
            return json.dumps(_envelope(links.link_document(link, self.origin)))

        answer = self._once(sha256(_key(request)), key, body, work)
        return Response(answer, 201, media_type="application/json")

    def _once(
        self, owner: str, key: str | None, body: bytes, work: Callable[[Session], str]
    ) -> str:
        if key is not None:
            return idempotency.answer_once(self.database, owner, key, body, work)
        with self.database.write() as session:
            return work(session)

    def quote(self, request: Request, body: bytes) -> Response:
        """Price a request and store nothing."""
        with self.database.read() as session:
            schedule = find_merchant(session, _key(request)).schedule
        quote = quote_from_request(check(read_json(body), "QuoteRequest"), schedule=schedule)
        return JSONResponse(_envelope(links.quote_document(quote, schedule.fingerprint)))

    def retrieve(self, request: Request, _body: bytes) -> Response:
        """Return a payment link as it was stored."""
        with self.database.read() as session:
            merchant = find_merchant(session, _key(request))
            link = links.find_link(session, merchant, request.path_params["reference"])
            return JSONResponse(_envelope(links.link_document(link, self.origin)))

    def list(self, request: Request, _body: bytes) -> Response:
        """Return a page of payment links."""
        with self.database.read() as session:
            merchant = find_merchant(session, _key(request))
            query = _query(request)
            page = page_number(query, "page", 1, 10**9 - 1)
            size = page_number(query, "per_page", 20, 100)
            found, total = links.list_links(session, merchant, query.get("status"), page, size)
            documents = [links.link_document(link, self.origin) for link in found]
        meta = {"page": page, "per_page": size, "total": total, "total_pages": -(-total // size)}
        return JSONResponse({**_envelope(documents), "meta": meta})

    def cancel(self, request: Request, _body: bytes) -> Response:
        """Cancel an active payment link."""
        with self.database.write() as session:
            merchant = find_merchant(session, _key(request))
            link = links.cancel_link(session, merchant, request.path_params["reference"])
            return JSONResponse(_envelope(links.link_document(link, self.origin)))

    def transactions(self, request: Request, _body: bytes) -> Response:
        """Return a page of payments, in the envelope of the platform's dashboard."""
        with self.database.read() as session:
            merchant = find_merchant(session, _key(request))
            query = _query(request)
            page = page_number(query, "currentPage", 1, 10**9 - 1)
            size = page_number(query, "pageSize", 10, 100)
            found, total = links.list_transactions(session, merchant, page, size)
            documents = [links.transaction_document(link) for link in found]
        pages = max(1, -(-total // size))
        pagination = {
            "totalDocs": total,
            "limit": size,
            "totalPages": pages,
            "page": page,
            "pagingCounter": (page - 1) * size + 1,
            "hasPrevPage": page > 1,
            "hasNextPage": page < pages,
            "prevPage": min(page - 1, pages) if page > 1 else None,
            "nextPage": page + 1 if page < pages else None,
        }
        message = "The transactions have been retrieved"
        return JSONResponse(
            {
                "response": {"data": documents},
                "status": "success",
                "message": message,
                "pagination": pagination,
            }
        )

    def webhook(self, request: Request, body: bytes) -> Response:
        """Record a webhook; any recorded one is answered with 200, so that it is not sent again."""
        signature = request.headers.get("x-kashia-signature", "").encode("latin-1")
        outcome = receive(self.database, self.webhook_secret, signature, body)
        return JSONResponse(_envelope(outcome))

    def _price_list(self) -> FeeSchedule:
        with self.database.read() as session:
            return session.get_one(Merchant, self.merchant_id).schedule

    def page(self, request: Request, _body: bytes) -> Response:
        """Show the pricing page with the figures of its address."""
        schedule, texts = self._price_list(), _query(request)
        status = 422 if preview(schedule, texts).wrong else 200
        return _html(render_page(schedule, texts), status)

    def submit(self, _request: Request, body: bytes) -> Response:
        """Create a link from the page, if its total is the one that the page showed."""
        pairs = parse_qsl(body.decode("latin-1"), errors="replace", keep_blank_values=True)
        texts = unique_fields(pairs)
        match = re.fullmatch("([0-9]{1,19}):([0-9a-f]{64}):([0-9a-f]{32})", texts.get("shown", ""))
        schedule = self._price_list()
        shown = preview(schedule, texts)
        if shown.wrong or not shown.request["amount"] or match is None:
            return _html(render_page(schedule, texts), 422)
        request = {
            **shown.request,
            "buyer_user_id": self.buyer_id,
            "seller_user_id": self.seller_id,
            "title": "Payment from the pricing page",
        }

        def work(session: Session) -> str:
            merchant = session.get_one(Merchant, self.merchant_id)
            return links.create_link(session, merchant, request, int(match[1])).reference

        try:
            # The same submit twice is one link; another amount after Back is another one.
            reference = self._once("page", sha256(body), body, work)
        except links.TotalChanged:
            schedule = self._price_list()  # it can have changed just now
            changed = {"shown_total": int(match[1]), "price_list": match[2] != schedule.fingerprint}
            return _html(render_page(schedule, texts, changed), 409)
        return RedirectResponse(f"/links/{reference}", 303)

    def link(self, request: Request, _body: bytes) -> Response:
        """Show a payment link."""
        with self.database.read() as session:
            link = links.find_link(session, None, request.path_params["reference"])
            return _html(render_link(link), 200)

    def module(self, request: Request, _body: bytes) -> Response:
        """Serve the fees as JavaScript, which a browser keeps, because the name changes with it."""
        name, text = fee_module(self._price_list())
        if request.url.path != f"/{name}":
            raise Problem(404, "this price list is not today's; load the page again", "name")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(text, media_type="text/javascript", headers=headers)


Handler = Callable[[Request, bytes], Response]


def _route(method: str, path: str, handler: Handler, media_type: str = "application/json") -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            body = await read_body(request, media_type)
            return await run_in_threadpool(handler, request, body)
        except Problem as problem:
            return _error(problem.status, str(problem), problem.field)
        except KashiaMoneyError as error:
            # At "$", the error is about a field's name, which is the value.
            field = error.value if error.field == "$" else error.field
            return _error(422, str(error), str(field).removeprefix("$."))

    return Route(path, endpoint, methods=[method])


def _key(request: Request) -> bytes:
    return request.headers.get("x-api-key", "").encode("latin-1")


def _query(request: Request) -> dict[str, str]:
    return unique_fields(request.query_params.multi_items())


def _envelope(data: object) -> dict[str, object]:
    return {"success": True, "data": data}


def _html(text: str, status: int) -> Response:
    return HTMLResponse(text, status, {"Cache-Control": "no-store"})


def _error(status: int, message: str, field: str) -> Response:
    # Readable by both of the platform's envelopes: one has `success`, the other one `status`.
    body = {"success": False, "status": "error", "message": message, "field": field}
    return JSONResponse(body, status)


class SecurityHeaders:
    """Adds the headers that keep a page from loading anything of another host."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to each response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self.app(scope, receive, send_with_headers)
