"""What routes ask: who is this, and may they?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopglot.review.context import context
from shopglot.store.desk.users import User

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

# What needs no login, beside static files; `/metrics` asks for a token of its own.
PUBLIC = ("/login", "/healthz", "/language", "/favicon.ico", "/metrics")
RENEWING = ("/account", "/logout", "/language")  # what is open to somebody whose password has to be changed


class Refused(Exception):  # noqa: N818 - an answer, not a mistake
    """A request that is answered with an error: the HTTP status, and a stable word that the messages have a text for.

    `values` go into the text, which is `errors.<code>` in the messages.
    """

    def __init__(self, status: int, code: str = "", **values: object) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code or CODES.get(status, "refused")
        self.values = values


CODES = {
    400: "malformed", 401: "login", 403: "forbidden", 404: "unknown", 405: "method", 408: "malformed",
    409: "conflict", 413: "large", 422: "invalid", 429: "slow-down", 503: "busy",
}  # fmt: skip


def is_public(path: str) -> bool:
    """Return whether a path may be asked for by anybody."""
    return path in PUBLIC or path.startswith("/static/")


def is_renewing(path: str) -> bool:
    """Return whether a path is open to somebody who has to change their password first."""
    return path in RENEWING or path.startswith("/account/")


def user(request: HTTPConnection) -> User:
    """Return who asks; Refused(401) where nobody is logged in."""
    found = request.scope["state"].get("user")
    if not isinstance(found, User):
        raise Refused(401)
    return found


def require(request: HTTPConnection, role: str, market: str | None = None) -> User:
    """Return who asks, if they have this role or more, and may see the market where one is given.

    Refused(404) for a market that there is not or that is not theirs, so that nobody learns which it is;
    Refused(403) where their role is too low. Every route that is not public calls this.
    """
    found = user(request)
    request.scope["state"]["required"] = True
    if market is not None and (market not in context(request).settings.markets or not found.may("viewer", market)):
        raise Refused(404)
    if not found.may(role):
        raise Refused(403)
    return found


def markets_of(request: HTTPConnection, role: str = "viewer") -> tuple[str, ...]:
    """Return the markets of the desk in which whoever asks may do what needs a role; () where nobody is logged in."""
    found = request.scope.get("state", {}).get("user")
    own = context(request).settings.markets
    return tuple(market for market in own if isinstance(found, User) and found.may(role, market))


def csrf_token(request: HTTPConnection) -> str:
    """Return the token that this browser has to send with everything that changes something."""
    return str(request.scope["state"].get("csrf", ""))
