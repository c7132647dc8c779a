"""Hearing of every answer that the desk gives, when it has been given: what the access log and the figures stand on."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Hearing:
    """Middleware that hears of every answer but static files, also of one that broke off or never began."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def hear(self, scope: Scope, status: int, seconds: float) -> None:
        """Take note of an answer and how long it took; `status` is 0 where none was begun."""
        raise NotImplementedError

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
            self.hear(scope, status, time.perf_counter() - begun)
