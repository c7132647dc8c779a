"""`/metrics`: what waits and what the desk is asked for, for Prometheus.

There for whoever sends the token that the desk was started with, and for nobody where it was started without one: an
address would be no proof, for behind a proxy on the same machine everybody comes from it.
"""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from shopglot.exposition import CONTENT_TYPE, Metric, expose
from shopglot.review.context import Context, Requests, context
from shopglot.review.hearing import Hearing
from shopglot.review.security.access import Refused
from shopglot.store.nights import Nights

# The first part of a path, where the desk knows it; what strangers make up would be a figure of its own each.
KINDS = frozenset(
    "account api audits exchange favicon.ico healthz insight language login logout metrics pages proposals queue users"
    .split()
)  # fmt: skip
METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())


class Counting(Hearing):
    """Counts every answer but static files by kind, method and the first digit of its status."""

    def __init__(self, app: ASGIApp, *, counts: Requests) -> None:
        super().__init__(app)
        self._counts = counts

    def hear(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answer; one that never began is a failure."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._counts.add(kind_of(scope["path"]), method, f"{(status or 500) // 100}xx")


def kind_of(path: str) -> str:
    """Return what kind of request a path is: the first part of it, `queue` for the first page, else `other`."""
    first = path.strip("/").partition("/")[0] or "queue"
    return first if first in KINDS else "other"


def show(request: Request) -> Response:
    """Return the figures."""
    found = context(request)
    token = found.settings.metrics_token
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(told.strip().encode("utf-8", "surrogatepass"), token.encode())
    if not token or scheme.lower() != "bearer" or not same:
        raise Refused(404)
    return Response(expose(_figures(found)), headers={"content-type": CONTENT_TYPE})


def _figures(found: Context) -> list[Metric]:
    pages = Metric(name="shopglot_desk_queue_pages", meaning="Pages that wait for people, by market and state.")
    texts = Metric(name="shopglot_desk_queue_texts", meaning="Their texts that nobody has handled.")
    oldest = Metric(name="shopglot_desk_queue_oldest_timestamp_seconds", meaning="Since when the oldest page waits.")
    requests = Metric(name="shopglot_desk_requests_total", meaning="Answers since the start.", kind="counter")
    with found.store() as store:
        waiting = Nights(store.database).waiting()
    for own in waiting:
        if own.market in found.settings.markets:
            labels = {"market": own.market, "state": own.state}
            pages.put(own.pages, **labels)
            texts.put(own.texts, **labels)
            oldest.put(own.oldest.timestamp(), **labels)
    for (kind, method, result), number in found.requests.all():
        requests.put(number, kind=kind, method=method, result=result)
    return [pages, texts, oldest, requests]


routes = [Route("/metrics", show)]
