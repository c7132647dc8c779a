"""Logging in and out, and the language before that."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from shopglot.review.context import context
from shopglot.review.rendering import LANGUAGES, render, say
from shopglot.review.security import cookies, form, require, user
from shopglot.review.security.gate import local_path
from shopglot.store.desk.users import User


def show_login(request: Request) -> Response:
    """Show the form; somebody who is logged in goes on."""
    onward = local_path(request.query_params.get("next", "/"))
    if isinstance(request.scope["state"].get("user"), User):
        return RedirectResponse(onward, status_code=303)
    return render(request, "login.html", onward=onward, wrong="", name="")


def log_in(request: Request) -> Response:
    """Check name and password; a new session begins, whatever the browser came with."""
    given = form(request)
    name, password = str(given.get("name", "")), str(given.get("password", ""))
    onward = local_path(str(given.get("next", "/")))
    desk = context(request)
    with desk.store() as store:
        old = request.scope["state"].get("token")
        found = store.people.authenticate(name, password, address=request.scope["state"]["address"])
        if not isinstance(found, User):
            wrong = say(request, "login.wrong")
            return render(request, "login.html", status=401, onward=onward, wrong=wrong, name=name[:64])
        if old:
            store.people.close_session(old)
        token, _ = store.people.open_session(found)
    answer = RedirectResponse(onward, status_code=303)
    signed = cookies.sign(desk, "session", token)
    cookies.set_cookie(answer, desk, "session", signed, seconds=cookies.SESSION_SECONDS)
    cookies.drop_cookie(answer, desk, "visit")
    return answer


def log_out(request: Request) -> Response:
    """End this session."""
    require(request, "viewer")
    desk = context(request)
    with desk.store() as store:
        store.people.close_session(request.scope["state"]["token"])
    answer = RedirectResponse("/login", status_code=303)
    cookies.drop_cookie(answer, desk, "session")
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


def choose_language(request: Request) -> Response:
    """Change the interface's language: the user's own, or that of this browser before anybody has logged in."""
    given = form(request)
    desk, language = context(request), str(given.get("language", ""))
    answer = RedirectResponse(local_path(str(given.get("next", "/"))), status_code=303)
    if language in LANGUAGES:
        if isinstance(request.scope["state"].get("user"), User):
            with desk.store() as store:
                found = user(request)
                store.people.change(found.name, actor=found.name, language=language)
        cookies.set_cookie(answer, desk, "language", language, seconds=cookies.CHOICE_SECONDS)
    return answer


routes = [
    Route("/login", show_login, methods=["GET"]),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/language", choose_language, methods=["POST"]),
]
