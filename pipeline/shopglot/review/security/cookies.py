"""The desk's cookies: signed, for this host only, out of reach of scripts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Literal

from itsdangerous import BadSignature, Signer

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from shopglot.review.context import Context

SESSION_SECONDS = 7 * 24 * 3600
CHOICE_SECONDS = 365 * 24 * 3600
Kind = Literal["session", "visit", "language", "theme"]


def cookie_name(context: Context, kind: Kind) -> str:
    """Return a cookie's name; with `__Host-` a browser takes it from this very host and through TLS only."""
    prefix = "__Host-" if context.settings.secure else ""
    return f"{prefix}shopglot-{kind}"


def set_cookie(response: Response, context: Context, kind: Kind, value: str, *, seconds: int | None) -> None:
    """Set a cookie; without `seconds` it goes with the browser's session."""
    response.set_cookie(
        cookie_name(context, kind), value, max_age=seconds, path="/", secure=context.settings.secure, httponly=True,
        samesite="lax",
    )  # fmt: skip


def drop_cookie(response: Response, context: Context, kind: Kind) -> None:
    """Let the browser forget a cookie."""
    name = cookie_name(context, kind)
    response.delete_cookie(name, path="/", secure=context.settings.secure, httponly=True, samesite="lax")


def read_signed(request: HTTPConnection, context: Context, kind: Kind) -> str:
    """Return what a signed cookie says: empty where there is none or its signature is not ours."""
    try:
        return _signer(context, kind).unsign(request.cookies.get(cookie_name(context, kind), "")).decode("ascii")
    except (BadSignature, UnicodeError):
        return ""


def sign(context: Context, kind: Kind, value: str) -> str:
    """Return the value of a signed cookie."""
    return _signer(context, kind).sign(value).decode("ascii")


def new_visit() -> str:
    """Return what a browser is known by before anybody has logged in with it."""
    return secrets.token_urlsafe(32)


def visit_csrf(context: Context, visit: str) -> str:
    """Return the CSRF token of a browser that nobody has logged in with."""
    return hmac.new(context.signing_key, b"visit csrf " + visit.encode(), hashlib.sha256).hexdigest()


def _signer(context: Context, kind: Kind) -> Signer:
    return Signer(
        context.signing_key, salt=f"shopglot.desk.{kind}", digest_method=hashlib.sha256, key_derivation="hmac"
    )
