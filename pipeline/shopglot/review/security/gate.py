"""The gate: every request passes here before any route sees it.

Host, then rate, then who it is, then whether they meant it (CSRF), then the body. An answer of a route that is not
public and has not asked who may have it is thrown away.
"""

from __future__ import annotations

import hmac
import logging
import re
from math import ceil
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopglot.review.context import Context
from shopglot.review.security import bodies, cookies
from shopglot.review.security.access import Refused, is_public, is_renewing
from shopglot.review.security.limits import CHANGES, DEEDS, LOGIN, UPLOADS, Limit, Limits

log = logging.getLogger("shopglot.review")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Gate:
    """Lets through what may pass, with `user`, `csrf`, `body` and `form` in the request's state."""

    def __init__(self, app: ASGIApp, *, context: Context, limits: Limits) -> None:
        self.app = app
        self._context = context
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; Refused goes to whoever turns it into an answer."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            elif scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        path, state = scope["path"], scope.setdefault("state", {})
        state["address"] = address = self._address(request)
        self._check_host(request)
        if path.startswith("/static/") or path in ("/healthz", "/favicon.ico", "/metrics"):
            await self.app(scope, receive, send)
            return
        unsafe = scope["method"] not in bodies.SAFE
        if unsafe and path == "/login":
            self._slow(address, LOGIN)
        await run_in_threadpool(self._recognise, request)
        user = state.get("user")
        if unsafe:
            self._pace(path, address, state.get("token") if user is not None else None)
        if user is None and not is_public(path):
            raise Refused(401)
        app = self._renew(request) if user is not None and user.renew and not is_renewing(path) else self.app
        try:
            if unsafe:
                receive = await self._read(request, receive, known=user is not None)
            await app(scope, receive, self._asked(scope, send))
        finally:
            if state.get("form") is not None:
                await state["form"].close()

    def _check_host(self, request: HTTPConnection) -> None:
        """Refuse a name that is not ours: a page elsewhere that has its name point to us is not our page."""
        found = _HOST.fullmatch(request.headers.get("host", ""))
        settings = self._context.settings
        hosts = {*settings.hosts, urlsplit(settings.public_url).hostname or ""}
        if found is None or found[1].strip("[]").lower() not in hosts:
            raise Refused(400, "host")

    def _address(self, request: HTTPConnection) -> str:
        """Return where a request comes from; the header that says so counts only where our own proxy writes it."""
        if self._context.settings.trust_proxy:
            last = ",".join(request.headers.getlist("x-forwarded-for")).rsplit(",", 1)[-1].strip()
            if re.fullmatch(r"[0-9a-fA-F:.]{2,45}", last):
                return last
        return request.client.host if request.client else "unknown"

    def _pace(self, path: str, address: str, token: str | None) -> None:
        """Count a change: of a person by their session, of strangers by where they are."""
        self._slow(token or address, DEEDS if token else CHANGES)
        if bodies.is_upload(path):
            self._slow(token or address, UPLOADS)

    def _slow(self, who: str, limit: Limit) -> None:
        seconds = self._limits.wait(limit, who)
        if seconds > 0:
            raise Refused(429, seconds=ceil(seconds))

    def _recognise(self, request: HTTPConnection) -> None:
        """Find the session, or else the visit, that the cookies speak of."""
        state = request.scope["state"]
        token = cookies.read_signed(request, self._context, "session")
        if token:
            with self._context.store() as store:
                found = store.people.session(token)
            if found is not None:
                state["user"], state["csrf"] = found
                state["token"] = token
                return
        visit = cookies.read_signed(request, self._context, "visit")
        if not visit:
            visit = state["new_visit"] = cookies.new_visit()
        state["csrf"] = cookies.visit_csrf(self._context, visit)

    async def _read(self, request: HTTPConnection, receive: Receive, *, known: bool) -> Receive:
        """Read the body of a request that changes something, and make sure that a page of ours sent it."""
        scope, state = request.scope, request.scope["state"]
        self._check_origin(request)
        told = request.headers.get("x-csrf-token")
        if told is not None and not _same(told, state["csrf"]):
            raise Refused(403, "csrf")
        body = await bodies.read_body(scope, receive, bodies.most_bytes(scope["path"], known=known))
        state["body"] = body
        form = await bodies.read_form(scope, body, receive)
        if told is None:
            field = "" if form is None else form.get("csrf", "")
            if not isinstance(field, str) or not _same(field, state["csrf"]):
                if form is not None:
                    await form.close()
                raise Refused(403, "csrf")
        state["form"] = form
        return bodies.replayed(body, receive)

    def _check_origin(self, request: HTTPConnection) -> None:
        """Refuse what a page of somebody else's sends in a person's name; browsers say where it comes from."""
        site = request.headers.get("sec-fetch-site")
        own = self._context.settings.origin or f"{request.url.scheme}://{request.headers['host']}"
        origin = request.headers.get("origin")
        if site not in (None, "same-origin", "none") or (origin is not None and origin.lower() != own.lower()):
            raise Refused(403, "origin")

    def _renew(self, request: HTTPConnection) -> ASGIApp:
        if request.scope["method"] in bodies.SAFE and not request.scope["path"].startswith("/api/"):
            request.scope["state"]["required"] = True  # it says nothing
            return RedirectResponse("/account", status_code=303)
        raise Refused(403, "renew")

    def _asked(self, scope: Scope, send: Send) -> Send:
        """Return what sends an answer on, unless its route forgot to ask who may have it."""

        async def checked(message: Message) -> None:
            if message["type"] == "http.response.start":
                path, state = scope["path"], scope["state"]
                if message["status"] < 400 and not is_public(path) and not state.get("required"):
                    raise RuntimeError(f"{path}: this route answers without having asked who may have the answer")
                if "new_visit" in state and message["status"] < 500:
                    _add_visit(message, self._context, state["new_visit"])
            await send(message)

        return checked


def _same(told: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(told.encode("utf-8", "surrogatepass"), expected.encode())


def _add_visit(message: Message, context: Context, visit: str) -> None:
    """Let the browser keep what it is known by until somebody logs in."""
    from starlette.responses import Response

    carrier = Response()
    cookies.set_cookie(carrier, context, "visit", cookies.sign(context, "visit", visit), seconds=None)
    cookie = [pair for pair in carrier.raw_headers if pair[0] == b"set-cookie"]
    message["headers"] = [*message.get("headers", []), *cookie]


def local_path(text: str) -> str:
    """Return a path of the desk that somebody may be sent on to; `/` for anything that could lead elsewhere."""
    bad = (
        not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(one) < 33 or one == "\\" for one in text)
    )
    if bad or len(text) > 2_000 or urlsplit(text).netloc or urlsplit(text).scheme:
        return "/"
    return quote(text, safe="/?&=%#:,;@+~!$'()*[]-._")
