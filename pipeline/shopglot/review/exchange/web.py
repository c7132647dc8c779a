"""The pages of the exchange: a part of the queue as a file, and a file back, previewed before anything is done."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.review.context import Context, context
from shopglot.review.exchange.applying import KINDS, Item, Preview, apply, only, preview
from shopglot.review.exchange.naming import attachment, display
from shopglot.review.exchange.previews import Previews
from shopglot.review.exchange.records import (
    FORMATS,
    MAX_BYTES,
    MAX_UNITS,
    MEDIA_TYPES,
    SUFFIXES,
    FileError,
    Format,
    Problem,
    read,
    write,
)
from shopglot.review.exchange.selecting import select
from shopglot.review.filtering import BadViewError, View, read_view
from shopglot.review.rendering import language_of, render, say
from shopglot.review.security import Refused, form, markets_of, require
from shopglot.review.workshop import workshop
from shopglot.store.desk.users import User

SHOWN = 100  # units on a page of a preview
MOST_HERE = 5000  # units of a file that are checked while somebody waits; the command line takes more

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_PLACE = re.compile(r"(unit (\S+), )?(line|row) ([0-9]+)", re.ASCII)
_kept: WeakKeyDictionary[Context, Previews] = WeakKeyDictionary()
_opening = Lock()


# -- out --------------------------------------------------------------------------------------------------------------


def show_exchange(request: Request) -> Response:
    """Show what can be exported, as the address says it (the queue's own filters), and where a file comes back."""
    user = require(request, "translator")
    return _exchange(request, user, _view(request, user, request.query_params.multi_items()))


def export(request: Request) -> Response:
    """Answer with the units of a view as a file."""
    user = require(request, "translator")
    given = form(request)
    pairs = [(name, value) for name, value in given.multi_items() if isinstance(value, str)]
    view = _view(request, user, pairs)
    require(request, "translator", view.market)
    chosen = _format(str(given.get("format", "")))
    here = context(request)
    localizer = here.localizer(view.market)
    with here.store() as store:
        chinese = language_of(request).startswith("zh")
        units, more = select(store, localizer, view.filter(user.name), sort=view.sort, chinese=chinese)
    if not units:
        return _exchange(request, user, view, warning=say(request, "exchange.nothing"), status=422)
    if more:
        return _exchange(request, user, view, warning=say(request, "exchange.too-many", most=MAX_UNITS), status=422)
    data, written = write(units, chosen, language=localizer.market.locale)
    if not written.units:
        return _exchange(request, user, view, warning=say(request, "exchange.left-out", count=len(units)), status=422)
    headers = {
        "content-disposition": attachment(file_name(view.market, chosen, here.now())),
        "x-exchange-units": str(written.units),
        "x-exchange-left-out": str(len(written.left_out)),
    }
    return Response(data, media_type=MEDIA_TYPES[chosen], headers=headers)


def file_name(market: str, form_: Format, now: datetime) -> str:
    """Return what an export is called."""
    return f"shopglot-{market}-{now:%Y%m%d-%H%M}{SUFFIXES[form_]}"


def _exchange(request: Request, user: User, view: View, *, warning: str = "", status: int = 200) -> Response:
    with context(request).store() as store:
        found = store.queue.page(view.filter(user.name), limit=1)
    chips = [(name, value) for name, value in view.pairs() if name not in ("market", "sort")]
    return render(
        request, "exchange.html", status=status, view=view, pages=found.total, chips=chips, formats=FORMATS,
        own=_markets(request), most_bytes=MAX_BYTES // 1_000_000, most_units=MAX_UNITS, warning=warning,
        accept=",".join((*SUFFIXES.values(), ".xliff")),
    )  # fmt: skip


def _view(request: Request, user: User, pairs: list[tuple[str, str]]) -> View:
    try:
        return read_view(pairs, _markets(request))
    except BadViewError as error:
        raise Refused(404 if error.name == "market" else 400) from error


def _markets(request: Request) -> tuple[str, ...]:
    found = markets_of(request, "translator")
    if not found:
        raise Refused(403)
    return found


def _format(text: str) -> Format:
    if text not in FORMATS:
        raise Refused(400)
    return text


# -- in ---------------------------------------------------------------------------------------------------------------


def take_file(request: Request) -> Response:
    """Preview the file that was sent; or, where the form names a preview, do what it says."""
    user = require(request, "translator")
    given = form(request)
    token = given.get("preview")
    if isinstance(token, str):
        return _confirm(request, user, token)
    file = given.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _unread(request, user, "", None)
    name = display(file.filename)
    data = file.file.read(MAX_BYTES + 1)
    try:
        reading = read(name, data)
    except FileError as error:
        return _unread(request, user, name, error.problem)
    if not reading.units and not reading.problems:
        return _unread(request, user, name, None)
    if len(reading.units) > MOST_HERE:
        view = View(market=_markets(request)[0])
        return _exchange(request, user, view, warning=say(request, "exchange.too-long", most=MOST_HERE), status=422)
    here = context(request)
    with here.store() as store:
        shown = preview(workshop(here).desk(store), store.pages, user, name, reading, now=here.now())
    return RedirectResponse(f"/exchange/preview/{_previews(here).keep(shown)}", status_code=303)


def _confirm(request: Request, user: User, token: str) -> Response:
    here = context(request)
    previews = _previews(here)
    shown = previews.take(token, user.name) if _TOKEN.fullmatch(token) else None
    if shown is None:
        if _TOKEN.fullmatch(token) and previews.read(token, user.name) is not None:  # confirmed already
            return RedirectResponse(f"/exchange/preview/{token}", status_code=303)
        return _gone(request, user)
    done = shown
    try:
        with here.store() as store:
            done = apply(workshop(here).desk(store), user, shown)
    finally:
        previews.give_back(token, done)  # the preview itself where the store failed: what was done is unchanged then
    return RedirectResponse(f"/exchange/preview/{token}", status_code=303)


def show_preview(request: Request) -> Response:
    """Show what a file would do, or what it has done, a hundred units at a time."""
    user = require(request, "translator")
    here = context(request)
    token = request.path_params["token"]
    shown = _previews(here).read(token, user.name) if _TOKEN.fullmatch(token) else None
    if shown is None:
        return _gone(request, user)
    kind = request.query_params.get("kind", "")
    number = request.query_params.get("page", "1")
    if (kind and kind not in KINDS) or not _NUMBER.fullmatch(number):
        raise Refused(400)
    return _preview(request, token, shown, kind, int(number))


def _preview(request: Request, token: str, shown: Preview, kind: str, number: int) -> Response:
    items = only(shown.items, kind)
    pages = max(1, math.ceil(len(items) / SHOWN))
    number = min(number, pages)
    here = f"/exchange/preview/{token}"

    def link(**query: str) -> str:
        return f"{here}?{urlencode(query)}" if query else here

    more = {"kind": kind} if kind else {}
    tabs = [(name, count, link(kind=name), name == kind) for name, count in shown.counts.items()]
    return render(
        request, "exchange_preview.html", shown=shown, token=token, tabs=tabs, everything=(link(), not kind),
        rows=list(_rows(request, items[(number - 1) * SHOWN : number * SHOWN])), number=number, pages=pages,
        before=link(**more, page=str(number - 1)) if number > 1 else "",
        after=link(**more, page=str(number + 1)) if number < pages else "",
    )  # fmt: skip


def _rows(request: Request, items: list[Item]) -> Iterator[Mapping[str, Any]]:
    chinese = language_of(request).startswith("zh")
    for item in items:
        yield {
            "item": item,
            "where": _where(request, item.place),
            "why": "" if item.problem is None else _words(request, item.problem),
            "findings": [
                ((chinese and one.message_zh) or one.message, "zh-Hans" if chinese and one.message_zh else "en", one)
                for one in item.told
            ],
        }


def _unread(request: Request, user: User, name: str, what: Problem | None) -> Response:
    """Show the exchange again with the reason why a file was not read."""
    view = View(market=_markets(request)[0])
    if not name:
        warning = say(request, "exchange.no-file")
    elif what is None:
        warning = say(request, "exchange.file-empty", file=name)
    else:
        warning = say(request, "exchange.unread", file=name, why=_words(request, what))
    return _exchange(request, user, view, warning=warning, status=422)


def _gone(request: Request, user: User) -> Response:
    view = View(market=_markets(request)[0])
    return _exchange(request, user, view, warning=say(request, "exchange.gone"), status=404)


def _words(request: Request, what: Problem) -> str:
    """Return a problem in the interface's language, its place and field in front."""
    told = say(request, f"exchange.problem-{what.code}", **dict(what.values))
    return ": ".join(part for part in (_where(request, what.place), what.field, told) if part)


def _where(request: Request, place: str) -> str:
    """Return a place of a file in the interface's language."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return place
    name, number = found[2] or "", found[4]
    return (f"{name} · " if name else "") + say(request, f"exchange.at-{found[3]}", number=number)


# -- what requests share ----------------------------------------------------------------------------------------------


def _previews(here: Context) -> Previews:
    with _opening:
        found = _kept.get(here)
        if found is None:
            now = here.settings.now
            found = _kept[here] = Previews(now if now is not None else lambda: datetime.now(UTC))
        return found


def go_to_exchange(request: Request) -> Response:
    """Send on whoever comes back to the address of a form that was sent."""
    require(request, "translator")
    return RedirectResponse("/exchange", status_code=303)


routes: list[BaseRoute] = [
    Route("/exchange", show_exchange),
    Route("/exchange/export", export, methods=["POST"]),
    Route("/exchange/import", take_file, methods=["POST"]),
    Route("/exchange/export", go_to_exchange),
    Route("/exchange/import", go_to_exchange),
    Route("/exchange/preview/{token}", show_preview),
]
