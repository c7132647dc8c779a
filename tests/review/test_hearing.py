"""Hearing of answers: whatever becomes of a request, it is heard of once, and static files are not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from shopglot.review.hearing import Hearing

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Noting(Hearing):
    """Remembers what it heard."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.heard: list[tuple[str, int]] = []

    def hear(self, scope: Scope, status: int, seconds: float) -> None:
        """Remember it."""
        assert seconds >= 0
        self.heard.append((scope["path"], status))


async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer by the path: how it ends is its name."""
    if scope["path"] == "/never":
        raise RuntimeError
    await send({"type": "http.response.start", "status": 404})
    if scope["path"] == "/broken":
        raise RuntimeError
    await send({"type": "http.response.body", "body": b""})


def ask(path: str, kind: str = "http") -> tuple[list[tuple[str, int]], list[str]]:
    """Return what is heard of a request, and what reaches the browser."""
    noting, sent = Noting(answer), list[str]()

    async def receive() -> Any:
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message["type"])

    try:
        asyncio.run(noting({"type": kind, "path": path}, receive, send))
    except RuntimeError:
        sent.append("raised")
    return noting.heard, sent


@pytest.mark.parametrize(
    ("path", "status", "sent"),
    [
        ("/queue", 404, ["http.response.start", "http.response.body"]),
        ("/broken", 404, ["http.response.start", "raised"]),
        ("/never", 0, ["raised"]),
    ],
)
def test_every_answer_is_heard_of(path: str, status: int, sent: list[str]) -> None:
    """Also one that broke off or never began; nothing of it is changed."""
    assert ([(path, status)], sent) == ask(path)


@pytest.mark.parametrize(("path", "kind"), [("/static/desk.css", "http"), ("/queue", "lifespan")])
def test_what_is_not_heard_of(path: str, kind: str) -> None:
    """Static files are many and say nothing; what is no request has no status."""
    assert [] == ask(path, kind)[0]
