"""A user's own account: language, theme, password, sessions."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from shopglot.review.context import context
from shopglot.review.rendering import LANGUAGES, THEMES, render, say
from shopglot.review.security import cookies, csrf_token, form, require
from shopglot.review.security.gate import local_path
from shopglot.store.desk.passwords import WeakPasswordError
from shopglot.store.desk.users import Locked, User


def show_account(request: Request) -> Response:
    """Show the account."""
    found = require(request, "viewer")
    return _page(request, found, done=request.query_params.get("done", ""))


def show_token(request: Request) -> Response:
    """Say who is logged in and what this session's CSRF token is: a page outlives a session that it was opened in."""
    found = require(request, "viewer")
    return JSONResponse({"user": found.name, "csrf": csrf_token(request)})


def change_account(request: Request) -> Response:
    """Change the name that is shown, the language and the theme."""
    found = require(request, "viewer")
    given = form(request)
    language, theme = str(given.get("language", "")), str(given.get("theme", ""))
    with context(request).store() as store:
        store.people.change(
            found.name, actor=found.name, language=language if language in LANGUAGES else None,
            theme=theme if theme in THEMES else None,
        )  # fmt: skip
    return _done(request, "saved", language=language, theme=theme)


def change_theme(request: Request) -> Response:
    """Change the theme, from the menu that every page has."""
    found = require(request, "viewer")
    given = form(request)
    theme = str(given.get("theme", ""))
    if theme in THEMES:
        with context(request).store() as store:
            store.people.change(found.name, actor=found.name, theme=theme)
    answer = RedirectResponse(local_path(str(given.get("next", "/"))), status_code=303)
    return _remembered(request, answer, theme=theme)


def change_password(request: Request) -> Response:
    """Give oneself another password: the old one has to be given, and all other sessions end."""
    found = require(request, "viewer")
    given = form(request)
    old, new, again = (str(given.get(name, "")) for name in ("old", "new", "again"))
    desk = context(request)
    with desk.store() as store:
        right = store.people.confirm(found, old)
        if isinstance(right, Locked):
            return _page(request, found, wrong=say(request, "account.locked"), status=422)
        if not right:
            return _page(request, found, wrong=say(request, "account.old_wrong"), status=422)
        if new != again:
            return _page(request, found, wrong=say(request, "account.not_same"), status=422)
        if new == old:
            return _page(request, found, wrong=say(request, "account.not_new"), status=422)
        try:
            store.people.set_password(found.name, new, actor=found.name)
        except WeakPasswordError as error:
            return _page(request, found, wrong=say(request, f"account.weak_{error.reason}"), status=422)
        token, _ = store.people.open_session(found)
    answer = _done(request, "password")
    cookies.set_cookie(answer, desk, "session", cookies.sign(desk, "session", token), seconds=cookies.SESSION_SECONDS)
    return answer


def end_sessions(request: Request) -> Response:
    """Log out everywhere else."""
    found = require(request, "viewer")
    with context(request).store() as store:
        store.people.close_all(found, actor=found.name, but=request.scope["state"]["token"])
    return _done(request, "sessions")


def _page(request: Request, found: User, *, wrong: str = "", done: str = "", status: int = 200) -> Response:
    with context(request).store() as store:
        going = store.people.sessions(found, request.scope["state"]["token"])
    told = say(request, f"account.done_{done}") if done in ("saved", "password", "sessions") else ""
    return render(request, "account.html", status=status, going=going, wrong=wrong, told=told)


def _done(request: Request, what: str, **choices: str) -> Response:
    return _remembered(request, RedirectResponse(f"/account?done={what}", status_code=303), **choices)


def _remembered(request: Request, answer: Response, *, language: str = "", theme: str = "") -> Response:
    """Let the browser keep what was chosen: the login page looks the same."""
    desk = context(request)
    if language in LANGUAGES:
        cookies.set_cookie(answer, desk, "language", language, seconds=cookies.CHOICE_SECONDS)
    if theme in THEMES:
        cookies.set_cookie(answer, desk, "theme", theme, seconds=cookies.CHOICE_SECONDS)
    return answer


routes = [
    Route("/account", show_account, methods=["GET"]),
    Route("/account/token", show_token, methods=["GET"]),
    Route("/account", change_account, methods=["POST"]),
    Route("/account/theme", change_theme, methods=["POST"]),
    Route("/account/password", change_password, methods=["POST"]),
    Route("/account/sessions", end_sessions, methods=["POST"]),
]
