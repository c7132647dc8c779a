"""The desk as a web application: its routes, and what every request passes on its way to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from threading import Thread

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.review.context import Context, Settings
from shopglot.review.failures import Failures, refuse
from shopglot.review.insight import prime
from shopglot.review.metrics import Counting
from shopglot.review.rendering import serve_static
from shopglot.review.security.access import Refused
from shopglot.review.security.gate import Gate
from shopglot.review.security.headers import Headers
from shopglot.review.security.journal import Journal
from shopglot.review.security.limits import Limits

ROUTES = (
    "login",
    "account",
    "users",
    "api",
    "queue",
    "editor",
    "audits",
    "exchange",
    "insight",
    "metrics",
    "proposals",
)


def create_app(settings: Settings) -> Starlette:
    """Return the desk of a store that is there and of this version; StoreError where it is not."""
    context = Context(settings)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        context.load()
        # The log of years is read once, before the first lead asks for its figures.
        Thread(target=prime, args=(context,), name="figures", daemon=True).start()
        yield
        context.close()

    app = Starlette(
        routes=_routes(),
        lifespan=life,
        middleware=[
            Middleware(Journal),
            Middleware(Counting, counts=context.requests),
            Middleware(Headers, secure=settings.secure),
            Middleware(Failures),
            Middleware(Gate, context=context, limits=Limits(settings.ticks)),
        ],
        exception_handlers={Refused: refuse, HTTPException: refuse},
    )
    app.router.redirect_slashes = False
    app.state.context = context
    return app


def _routes() -> list[BaseRoute]:
    """Return the routes of every module that has some."""
    found: list[BaseRoute] = [
        Route("/static/{name:path}", serve_static),
        Route("/healthz", _healthy),
        Route("/favicon.ico", _no_icon),
    ]
    for name in ROUTES:
        found += import_module(f"shopglot.review.{name}").routes
    return found


def _healthy(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _no_icon(_request: Request) -> Response:
    return Response(status_code=204)
