"""The queue: which pages wait for people, in which order, and who takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.errors import UsageError
from shopglot.review.context import context
from shopglot.review.filtering import SORTS, BadViewError, View, read_page, read_view
from shopglot.review.rendering import language_of, render, say
from shopglot.review.security import Refused, form, markets_of, require
from shopglot.review.waiting import chips_of, facets_of, locale_of, rows_of
from shopglot.store import Store
from shopglot.store.desk.users import User

SHOWN = 50  # pages at once
MOST_ASSIGNED = 1000  # pages in one go
_NOTICE = re.compile(r"(assigned|released|taken|kept|none|finished):(\d{1,6})", re.ASCII)
_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)


def show_queue(request: Request) -> Response:
    """Show the queue as the address says."""
    view = _view(request)
    user = require(request, "viewer", view.market)
    with context(request).store() as store, store.database.sitting():
        values = _results(request, store, view, user)
        people = [one for one in values["people"] if one.active and one.may("translator", view.market)]
        first = View(market=view.market)  # what the links to the markets show
        counts = (store.queue.counts(first.filter(user.name)) if view.narrowed else values["counts"]).market
        today = store.queue.today(user.name)
    own = markets_of(request)
    tabs = [
        {
            "label": say(request, f"fields.market-{name}"), "count": counts.get(name, 0), "on": name == view.market,
            "href": f"/?market={name}",
        }
        for name in own
    ]  # fmt: skip
    return render(
        request, "queue.html", tabs=tabs, today=today, minutes=round(today.seconds / 60), sorts=SORTS,
        notices=list(_notices(request)), assignees=people if user.may("lead", view.market) else [], **values,
    )  # fmt: skip


def show_rows(request: Request) -> Response:
    """Return the part of the queue that changes with its filters; further rows only where the address names `after`."""
    view = _view(request)
    user = require(request, "viewer", view.market)
    if "hx-request" not in request.headers:  # somebody who opened the fragment's own address
        return RedirectResponse(f"/?{view.query()}", status_code=303)
    with context(request).store() as store, store.database.sitting():
        values = _results(request, store, view, user)
    own = {"further": "after" in request.query_params, "tabs": []}
    answer = render(request, "queue_rows.html", **(values | own))
    if not own["further"]:
        answer.headers["hx-push-url"] = f"/?{view.query()}"
    return answer


def open_next(request: Request) -> Response:
    """Go to the next page of a view that nobody else works on, behind the one that `after` names; else to the queue."""
    view = _view(request)
    user = require(request, "viewer", view.market)
    named = request.query_params.get("after", "")
    with context(request).store() as store, store.database.sitting():
        after = None
        if named:
            market, listing = _page(named)
            require(request, "viewer", market)
            after = store.queue.get(listing, market)
        found = store.queue.next(view.filter(user.name), after, user.name, sort=view.sort)
    if found is None:
        return _redirect(view, "finished:0")
    return RedirectResponse(f"/pages/{found.market}/{found.listing}?{view.query()}", status_code=303)


def assign_pages(request: Request) -> Response:
    """Give the selected pages to somebody (leads), take them, or give them back.

    Who is no lead takes only what nobody has and gives back only what is theirs; the other pages stay as they are.
    """
    given = form(request)
    view = _back(request, str(given.get("back", "")))
    deed = str(given.get("deed", "assign"))
    pages = sorted({_page(str(value)) for value in given.getlist("page")})
    if not pages:
        require(request, "translator", view.market)
        return _redirect(view, "none:0")
    if len(pages) > MOST_ASSIGNED or deed not in ("assign", "take", "back"):
        raise Refused(400)
    user = require(request, "lead" if deed == "assign" else "translator")
    for market in sorted({market for market, _ in pages}):
        require(request, "translator", market)
    numbers = [(listing, market) for market, listing in pages]
    with context(request).store() as store, store.database.sitting():
        if deed == "assign":
            assignee = _assignee(store, str(given.get("assignee", "")), {market for market, _ in pages})
            due = _due(str(given.get("due", ""))) if assignee else None
            count = store.queue.assign(numbers, assignee, due, user.name)
            return _redirect(view, f"{'assigned' if assignee else 'released'}:{count}")
        found = [held for held in (store.queue.get(*number) for number in numbers) if held is not None]
        free = (None, "", user.name) if deed == "take" else (user.name,)
        mine = [held for held in found if held.assignee in free]
        for due in {held.due_at for held in mine}:  # who takes a page, or gives it back, leaves its date
            same = [(held.listing, held.market) for held in mine if held.due_at == due]
            store.queue.assign(same, user.name if deed == "take" else None, due, user.name)
    kept = len(found) - len(mine)
    notices = [f"{'taken' if deed == 'take' else 'released'}:{len(mine)}"] if mine or not kept else []
    return _redirect(view, *notices, *([f"kept:{kept}"] if kept else []))


# -- what is asked ----------------------------------------------------------------------------------------------------


def _view(request: Request) -> View:
    """Return the view that the request's address asks for; Refused where it is malformed."""
    return _read_view(request, request.query_params.multi_items())


def _back(request: Request, query: str) -> View:
    """Return the view that a form was sent from."""
    try:
        pairs = parse_qsl(query, max_num_fields=100, errors="replace")
    except ValueError as error:
        raise Refused(400) from error
    return _read_view(request, pairs)


def _read_view(request: Request, pairs: Sequence[tuple[str, str]]) -> View:
    own = markets_of(request)
    if not own:
        raise Refused(403)
    named = dict(pairs).get("market", "")
    if named and named in context(request).settings.markets:
        require(request, "viewer", named)
    try:
        return read_view(pairs, own)
    except BadViewError as error:
        raise Refused(400) from error


def _page(text: str) -> tuple[str, int]:
    try:
        return read_page(text)
    except BadViewError as error:
        raise Refused(400) from error


def _assignee(store: Store, name: str, markets: set[str]) -> str | None:
    """Return the name of a user who can work on pages of these markets, None for nobody; Refused otherwise."""
    if not name:
        return None
    found = store.people.get(name)
    if found is None or not all(found.may("translator", market) for market in markets):
        raise Refused(422)
    return found.name


def _due(text: str) -> datetime | None:
    """Return the end of a day where the desk runs, None where none is given; Refused where it is none."""
    if not text:
        return None
    if _DAY.fullmatch(text) is None:
        raise Refused(422)
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59)).astimezone()
    except ValueError as error:
        raise Refused(422) from error


# -- what is shown ----------------------------------------------------------------------------------------------------


def _results(request: Request, store: Store, view: View, user: User) -> dict[str, Any]:
    """Return what the template of the rows needs."""

    def words(key: str, /, **values: object) -> str:
        return say(request, key, **values)

    language = language_of(request)
    after = request.query_params.get("after") or None
    criteria = view.filter(user.name)
    try:
        found = store.queue.page(criteria, sort=view.sort, after=after, limit=SHOWN)
    except UsageError as error:  # `after` is of another order, or made up
        raise Refused(400) from error
    counts = store.queue.counts(criteria)
    people = store.people.list()
    names = {one.name: one.shown for one in people}
    rows = rows_of(
        found.rows, store.queue.snippets(found.rows, each=3), view, say=words, language=language, names=names,
        now=context(request).now(),
    )  # fmt: skip
    return {
        "view": view, "given": dict(view.pairs()), "rows": list(rows), "total": found.total, "further": False,
        "more": view.query(after=found.next) if found.next else "", "page_after": after is not None,
        "facets": facets_of(view, counts, say=words, language=language, names=names, user=user.name),
        "chips": chips_of(view, say=words, language=language, names=names), "locale": locale_of(view.market),
        "may_pick": user.may("translator", view.market), "people": people, "counts": counts,
    }  # fmt: skip


def _notices(request: Request) -> Iterator[str]:
    """Yield what came of the deed that the address speaks of."""
    for text in request.query_params.getlist("notice")[:4]:
        if match := _NOTICE.fullmatch(text):
            yield say(request, f"queue.notice-{match[1]}", count=int(match[2]))


def _redirect(view: View, *notices: str) -> Response:
    told = "".join(f"&notice={notice}" for notice in notices)
    return RedirectResponse(f"/?{view.query()}{told}", status_code=303)


routes: list[BaseRoute] = [
    Route("/", show_queue),
    Route("/queue/rows", show_rows),
    Route("/queue/next", open_next),
    Route("/queue/assign", assign_pages, methods=["POST"]),
]
