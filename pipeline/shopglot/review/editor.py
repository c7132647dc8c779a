"""The editor: one page of the queue, or of an audit, with everything that its texts need, and the shopper's view of it.

The page is a thin shell: its texts are in it as JSON, the scripts in `static/editor` draw them, and every deed goes to
`review.api`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.review import preview, views
from shopglot.review.context import context
from shopglot.review.desk import Missing
from shopglot.review.filtering import BadViewError, read_view
from shopglot.review.reasons import describe
from shopglot.review.rendering import language_of, messages, render, say
from shopglot.review.security import Refused, markets_of, require
from shopglot.review.workshop import workshop

if TYPE_CHECKING:
    from shopglot.review.desk import OpenPage
    from shopglot.store.desk.users import User

_AREAS = ("fields", "reasons")  # whose words the editor shows under their full names
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def show_editor(request: Request) -> Response:
    """Show a page's texts; with `audit=RUN` those of the sample that this run drew."""
    market, listing, audit = _place(request)
    user = require(request, "viewer", market)
    localizer = context(request).localizer(market)
    language = language_of(request)
    with context(request).store() as store, store.database.sitting():
        try:
            opened = workshop(context(request)).desk(store).open(user, market, listing, audit=audit)
        except Missing as error:
            raise Refused(404) from error
    data = {
        "setup": _setup(request, user, opened, localizer.market.locale),
        "opened": views.of_open(opened, language),
    }
    return render(
        request, "editor.html", page=opened.page, heading=_heading(opened), locale=localizer.market.locale,
        data=embed(data), words=embed(_words(request, market, opened)), setup=data["setup"],
        audit=audit,
    )  # fmt: skip


def show_preview(request: Request) -> Response:
    """Show the page as the shopper will see it, in a frame of the editor or by itself."""
    market, listing, audit = _place(request)
    user = require(request, "viewer", market)
    with context(request).store() as store, store.database.sitting():
        try:
            page = workshop(context(request)).desk(store).page(user, market, listing, audit=audit)
        except Missing as error:
            raise Refused(404) from error
    look = preview.Look(
        market=context(request).localizer(market).market, theme=user.theme, say=lambda key: say(request, key)
    )
    headers = {"content-security-policy": preview.policy(), "referrer-policy": "no-referrer"}
    return HTMLResponse(preview.compose(page, look), headers=headers)


def embed(value: object) -> Markup:
    """Return a value as JSON that may stand in a `<script type="application/json">`: nothing in it ends the element.

    It is ASCII, so that half a surrogate pair passes, too.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for character, escaped in _UNSAFE.items():
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - no character of it means anything to HTML


def _place(request: Request) -> tuple[str, int, int | None]:
    """Return market, listing and audited run of the address; Refused(404) for numbers that no store has."""
    market, listing = request.path_params["market"], request.path_params["listing"]
    told = request.query_params.get("audit")
    if told is None:
        audit = None
    elif told.isascii() and told.isdecimal() and len(told) < 10:
        audit = int(told)
    else:
        raise Refused(404)
    if not 0 < listing < 2**63:
        raise Refused(404)
    return market, listing, audit


def _heading(opened: OpenPage) -> str:
    """Return what the page is called: its title in the market, else as the merchant wrote it, else its id."""
    titles = [one.standing for one in opened.segments if one.standing.path == "/fields/title"]
    return " ".join(one.text for one in titles).strip() or opened.page.id


def _setup(request: Request, user: User, opened: OpenPage, locale: str) -> dict[str, Any]:
    """Return what the scripts have to know besides the page: who works, and where links lead."""
    page = opened.page
    own = f"/pages/{page.market}/{page.number}"
    shown = {
        "user": user.name, "role": user.role, "market": page.market, "listing": page.number, "locale": locale,
        "preview": f"{own}/preview",
    }  # fmt: skip
    if page.audit is not None:
        audits = f"/audits?market={page.market}"
        again = f"?audit={page.audit}"
        return shown | {
            "preview": f"{own}/preview{again}", "audit": again, "query": again, "queue": audits, "next": audits,
        }  # fmt: skip
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "audit"]
    if not any(name == "market" for name, _ in pairs):
        pairs.append(("market", page.market))
    try:
        view = read_view(pairs, markets_of(request))
    except BadViewError:
        view = read_view([("market", page.market)], [page.market])
    return shown | {
        "audit": "", "query": f"?{view.query()}", "queue": f"/?{view.query()}",
        "next": f"/queue/next?{view.query(after=f'{page.market}:{page.number}')}",
    }  # fmt: skip


def _words(request: Request, market: str, opened: OpenPage) -> dict[str, str]:
    """Return the words of the editor in the user's language, and what the checks and rules of the page are called."""
    language = language_of(request)
    found: dict[str, str] = {}
    for code in ("en", language):  # English where a language has no words
        for key, text in messages().get(code, {}).items():
            area, _, name = key.partition(".")
            if area == "editor":
                found[name] = text
            elif area in _AREAS:
                found[key] = text
    for reason in sorted(set(_reasons(opened))):
        told = describe(reason, market, lambda key: found.get(f"reasons.{key}"), chinese=language != "en")
        found[f"reasons.{reason}"] = told.text
    return found


def _reasons(opened: OpenPage) -> Iterable[str]:
    yield from opened.page.reasons
    for one in opened.segments:
        yield from one.standing.reasons
        yield from (checked.finding.check for checked in one.checked.findings)


routes: list[BaseRoute] = [
    Route("/pages/{market}/{listing:int}", show_editor),
    Route("/pages/{market}/{listing:int}/preview", show_preview),
]
