"""The accounts of the desk, for admins: add, change, deactivate, unlock, give a password that has to be renewed."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from shopglot.errors import UsageError
from shopglot.review.context import context
from shopglot.review.rendering import LANGUAGES, render, say
from shopglot.review.security import Refused, form, require
from shopglot.store import Store
from shopglot.store.desk.passwords import WeakPasswordError
from shopglot.store.desk.users import LastAdminError, NoUserError, User, fold_name
from shopglot.store.schema.desk import ROLES

DONE = ("added", "changed", "deactivated", "activated", "unlocked", "password")


def show_users(request: Request) -> Response:
    """Show who there is."""
    require(request, "admin")
    done = request.query_params.get("done", "")
    return _page(request, told=say(request, f"users.done_{done}") if done in DONE else "")


def add_user(request: Request) -> Response:
    """Add somebody, who has to change the password when they first log in."""
    admin = require(request, "admin")
    given = form(request)
    name = str(given.get("name", ""))
    desk = context(request)
    with desk.store() as store:
        try:
            if store.people.get(fold_name(name)) is not None:
                return _page(request, wrong=say(request, "users.taken"), status=422)
            store.people.add(
                name, role=str(given.get("role", "")), password=str(given.get("password", "")), actor=admin.name,
                shown=str(given.get("shown", "")), markets=_markets(request),
                language=str(given.get("language", "en")), renew=True,
            )  # fmt: skip
        except WeakPasswordError as error:
            return _page(request, wrong=say(request, f"account.weak_{error.reason}"), status=422)
        except UsageError:
            return _page(request, wrong=say(request, "users.invalid"), status=422)
    return _done("added")


def change_user(request: Request) -> Response:
    """Change what somebody is called, what they may do, and where."""
    admin = require(request, "admin")
    given = form(request)
    role, shown = str(given.get("role", "")), str(given.get("shown", ""))
    markets = _markets(request)
    return _act(
        request, "changed",
        lambda store, name: store.people.change(name, actor=admin.name, shown=shown, role=role, markets=markets),
    )  # fmt: skip


def deactivate_user(request: Request) -> Response:
    """Let somebody in no more."""
    admin = require(request, "admin")
    return _act(request, "deactivated", lambda store, name: store.people.change(name, actor=admin.name, active=False))


def activate_user(request: Request) -> Response:
    """Let somebody in again."""
    admin = require(request, "admin")
    return _act(request, "activated", lambda store, name: store.people.change(name, actor=admin.name, active=True))


def unlock_user(request: Request) -> Response:
    """Let somebody try again who gave too many wrong passwords."""
    admin = require(request, "admin")
    return _act(request, "unlocked", lambda store, name: store.people.unlock(name, actor=admin.name))


def set_password(request: Request) -> Response:
    """Give somebody a password that they have to change."""
    admin = require(request, "admin")
    password = str(form(request).get("password", ""))
    return _act(
        request, "password",
        lambda store, name: store.people.set_password(name, password, actor=admin.name, renew=True),
    )  # fmt: skip


def _act(request: Request, done: str, act: Callable[[Store, str], User]) -> Response:
    with context(request).store() as store:
        try:
            act(store, request.path_params["name"])
        except NoUserError as error:
            raise Refused(404) from error
        except LastAdminError:
            return _page(request, wrong=say(request, "users.last_admin"), status=422)
        except WeakPasswordError as error:
            return _page(request, wrong=say(request, f"account.weak_{error.reason}"), status=422)
        except UsageError:
            return _page(request, wrong=say(request, "users.invalid"), status=422)
    return _done(done)


def _markets(request: Request) -> tuple[str, ...]:
    """Return the markets that are ticked; none, for every market, where only `all` is: the narrower choice counts."""
    given = form(request)
    ticked = tuple(str(market) for market in given.getlist("markets"))
    if not ticked and not given.get("all"):
        raise Refused(422, "no-market")
    return ticked


def _page(request: Request, *, told: str = "", wrong: str = "", status: int = 200) -> Response:
    with context(request).store() as store:
        accounts = store.people.accounts()
    every = context(request).settings.markets
    return render(
        request, "users.html", status=status, accounts=accounts, roles=ROLES, every=every, told=told, wrong=wrong,
        choices=LANGUAGES,
    )  # fmt: skip


def _done(what: str) -> Response:
    return RedirectResponse(f"/users?done={what}", status_code=303)


routes = [
    Route("/users", show_users, methods=["GET"]),
    Route("/users", add_user, methods=["POST"]),
    Route("/users/{name}", change_user, methods=["POST"]),
    Route("/users/{name}/deactivate", deactivate_user, methods=["POST"]),
    Route("/users/{name}/activate", activate_user, methods=["POST"]),
    Route("/users/{name}/unlock", unlock_user, methods=["POST"]),
    Route("/users/{name}/password", set_password, methods=["POST"]),
]
