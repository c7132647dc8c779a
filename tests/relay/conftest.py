"""What the relay's tests share: a store with published pages, and an endpoint that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.clocks import Clock

from shopglot.store import RunSpec, Store
from shopglot.types import Outcome

Reply = int | tuple[int, dict[str, str]]


class Endpoint:
    """An HTTP server on this machine. `reply` gives a status (and headers) for the n-th request, from 0."""

    def __init__(self) -> None:
        self.reply: Callable[[int], Reply] = lambda number: 204
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.before_answer: Callable[[int], object] = lambda number: None
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                endpoint.answer(self)

            do_GET = do_POST  # noqa: N815 - a redirect that is followed would come so

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Keep a request and answer it as told; status 0 breaks the connection without an answer."""
        body = handler.rfile.read(int(handler.headers.get("content-length", "0")))
        number = len(self.requests)
        self.requests.append(({name.lower(): value for name, value in handler.headers.items()}, body))
        self.before_answer(number)
        reply = self.reply(number)
        status, headers = reply if isinstance(reply, tuple) else (reply, {})
        if status == 0:
            handler.close_connection = True
            return
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status != 204:
            handler.send_header("content-length", "0")
        handler.end_headers()

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def clock() -> Clock:
    """The clock of the store and of the relay, which stands still."""
    return Clock(datetime(2026, 8, 2, 1, 30, tzinfo=UTC))


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A webhook's other end."""
    made = Endpoint()
    yield made
    made.close()


@pytest.fixture
def publish(store: Store) -> Callable[..., None]:
    """Publish pages by (id, title), in this order; a title of None takes the page down."""
    runs: list[int] = []

    def call(*pages: tuple[str, str | None], merchant: str = "m", market: str = "us") -> None:
        if not runs:
            runs.append(store.begin_run(RunSpec(catalog="c", markets=("us",), engines=("fake@0",), policy="p")).id)
        for line, (name, title) in enumerate(pages, start=1):
            store.see(runs[0], [(line, merchant, name)])
            store.settle(
                runs[0],
                Outcome(line=line, merchant=merchant, id=name, market=market, status="publish" if title else "reject"),
                inputs_key=f"{name}{title!r}".encode("unicode_escape").decode(),
                judged=[],
                document=None if title is None else {"id": name, "fields": {"title": title}},
                withdraw=title is None,
            )

    return call
