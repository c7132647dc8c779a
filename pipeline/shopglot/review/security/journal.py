"""The access log: one line for every answer, and nothing in it that a line could be broken with."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shopglot.store.desk.users import User

log = logging.getLogger("shopglot.review.access")


class Journal:
    """Logs address, user, method, path without query, status and milliseconds of every answer but static files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        status, begun = 0, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            state = scope.get("state", {})
            user = state.get("user")
            name = user.name if isinstance(user, User) else "-"
            address = state.get("address") or (scope["client"][0] if scope.get("client") else "-")
            milliseconds = (time.perf_counter() - begun) * 1000
            log.info(
                "%s %s %s %s %s %.0f ms", address, name, scope["method"], plain(scope["path"]), status, milliseconds
            )


def plain(text: str) -> str:
    """Return a text for the log: in one line, in ASCII, not long."""
    return text.encode("unicode_escape").decode("ascii")[:200]
