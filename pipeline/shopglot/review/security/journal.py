"""The access log: one line for every answer, and nothing in it that a line could be broken with."""

from __future__ import annotations

import logging

from starlette.types import Scope

from shopglot.review.hearing import Hearing
from shopglot.store.desk.users import User

log = logging.getLogger("shopglot.review.access")


class Journal(Hearing):
    """Logs address, user, method, path without query, status and milliseconds of every answer but static files."""

    def hear(self, scope: Scope, status: int, seconds: float) -> None:
        """Write a line."""
        state = scope.get("state", {})
        user = state.get("user")
        name = user.name if isinstance(user, User) else "-"
        address = state.get("address") or (scope["client"][0] if scope.get("client") else "-")
        log.info("%s %s %s %s %s %.0f ms", address, name, scope["method"], plain(scope["path"]), status, seconds * 1000)


def plain(text: str) -> str:
    """Return a text for the log: in one line, in ASCII, not long."""
    return text.encode("unicode_escape").decode("ascii")[:200]
