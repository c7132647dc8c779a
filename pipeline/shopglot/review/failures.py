"""What somebody is told when a request comes to nothing: a sentence in their language, never how the program failed."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopglot.errors import StoreError
from shopglot.review.context import Busy
from shopglot.review.rendering import render, say
from shopglot.review.security.access import CODES, Refused
from shopglot.review.security.journal import plain

log = logging.getLogger("shopglot.review")


class Failures:
    """Answers for whatever inside of it fails. What nobody expected is in the log, under a number that people see."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            if begun:  # half an answer is out already: the connection has to end
                raise
            request = Request(scope, receive)
            try:
                answer = await run_in_threadpool(explain, request, error)
            except Exception:  # the error page itself is broken, or there is no room for it
                log.exception("no error page for %s", plain(scope["path"]))
                answer = PlainTextResponse("error\n", 500)
            await answer(scope, receive, send)


def explain(request: Request, error: Exception) -> Response:
    """Return the answer to a request that failed."""
    if isinstance(error, Refused | HTTPException):
        return refuse(request, error)
    if isinstance(error, Busy):
        return _answer(request, 503, "busy")
    number = secrets.token_hex(4)
    if isinstance(error, StoreError):
        log.error("error %s: %s %s: %s", number, request.method, plain(request.url.path), error)
        return _answer(request, 503, "store", number=number)
    log.error("error %s: %s %s", number, request.method, plain(request.url.path), exc_info=error)
    return _answer(request, 500, "failed", number=number)


def refuse(request: Request, error: Exception) -> Response:
    """Return the answer to a request that is refused, or that names nothing there is."""
    if isinstance(error, Refused):
        status, code, values = error.status, error.code, error.values
    else:
        assert isinstance(error, HTTPException)
        status, code, values = error.status_code, CODES.get(error.status_code, "refused"), {}
    if status == 401:
        return _to_login(request)
    answer = _answer(request, status, code, **values)
    if status == 429:
        answer.headers["retry-after"] = str(values.get("seconds", 60))
    return answer


def wants_json(request: Request) -> bool:
    """Return whether a script of a page or a program asks: a path under /api, htmx, or JSON and no page."""
    accept = request.headers.get("accept", "")
    only_json = "application/json" in accept and "text/html" not in accept
    return request.url.path.startswith("/api/") or "hx-request" in request.headers or only_json


def _answer(request: Request, status: int, code: str, **values: object) -> Response:
    key = f"errors.{code}"
    text = say(request, key, **values)
    if text == key:  # a code that only programs read
        text = say(request, f"errors.{CODES.get(status, 'refused')}")
    if wants_json(request):
        return JSONResponse({"error": text, "code": code}, status_code=status)
    return render(request, "error.html", status=status, status_code=status, message=text)


def _to_login(request: Request) -> Response:
    """Send somebody to the login, and back afterwards where they were only looking."""
    if wants_json(request):
        return JSONResponse({"error": say(request, "errors.login"), "code": "login"}, status_code=401)
    url = request.url
    back = quote(url.path + (f"?{url.query}" if url.query else ""), safe="/") if request.method == "GET" else "/"
    to = "/login" if back == "/" else f"/login?next={back}"
    return RedirectResponse(to, status_code=303)
