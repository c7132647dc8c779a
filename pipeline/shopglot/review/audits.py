"""The audit samples that wait, and the approval of several in one go, after a confirmation that says how much it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.errors import DataError
from shopglot.report.texts import clean
from shopglot.review.context import context
from shopglot.review.desk import Conflict
from shopglot.review.rendering import render, say
from shopglot.review.security import Refused, form, markets_of, require
from shopglot.review.waiting import lang_of, locale_of
from shopglot.review.workshop import workshop
from shopglot.store import Store
from shopglot.store.connection import chunks
from shopglot.store.records import Audit
from shopglot.store.schema import audit_segments, audits, listings

SHOWN = 100  # samples on a page
_TITLE = 120  # characters of a title that are shown
_SAMPLE = re.compile(r"([a-z]{2,8}):(\d{1,18}):(\d{1,9})", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)

Key = tuple[str, int, int]  # market, number of the listing, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page that was published unseen and drawn for the audit, as the list shows it."""

    key: str
    href: str
    market: str
    locale: str
    lang: str
    run: int
    merchant: str
    id: str
    version: int
    title: str
    target: str
    drawn_at: datetime
    texts: int
    judged: int


def show_audits(request: Request) -> Response:
    """List the samples of the user's markets that wait, newest run first; `market` narrows them to one."""
    user = require(request, "viewer")
    market = request.query_params.get("market", "")
    if market:
        require(request, "viewer", market)
    own = markets_of(request)
    start = _count(request, "start")
    with context(request).store() as store:
        waiting = [audit for name in own for audit in store.audits(name, judged=False)]
        counts = {name: sum(audit.market == name for audit in waiting) for name in own}
        chosen = [audit for audit in waiting if market in ("", audit.market)]
        chosen.sort(key=lambda audit: -audit.run_id)  # stable: within a run by market and listing
        samples = _samples(store, chosen[start : start + SHOWN])
    tabs = [("", say(request, "audits.all-markets"), len(waiting))]
    tabs += [(name, say(request, f"fields.market-{name}"), counts[name]) for name in own]
    further = start + SHOWN if len(chosen) > start + SHOWN else 0
    return render(
        request, "audits.html", samples=samples, total=len(chosen), market=market, tabs=tabs,
        may_approve=user.may("translator"), notices=_notices(request),
        further=urlencode({**({"market": market} if market else {}), "start": further}) if further else "",
    )  # fmt: skip


def approve_audits(request: Request) -> Response:
    """Approve the selected samples; without `confirmed`, say how many pages and texts that would be, and ask."""
    user = require(request, "translator")
    given = form(request)
    keys = [_key(request, str(value)) for value in given.getlist("sample")]
    market = str(given.get("market", ""))
    back = {"market": market} if market in markets_of(request) else {}
    if not keys:
        return _redirect(back | {"picked": "0"})
    with context(request).store() as store:
        found = _waiting(store, keys)
        if given.get("confirmed") != "1":
            texts = sum(sample.texts for sample in found)
            return render(
                request, "audit_confirm.html", samples=found, texts=texts, gone=len(set(keys)) - len(found),
                unread=texts - sum(sample.judged for sample in found), market=back.get("market", ""),
            )  # fmt: skip
        desk = workshop(context(request)).desk(store)
        done = []
        for sample in found:
            try:
                desk.audit(user, sample.market, int(sample.key.split(":")[1]), sample.run, published=True)
            except (DataError, Conflict):  # withdrawn from the audit, or taken from the user, in this moment
                continue
            done.append(sample)
    counts = {
        "approved": len(done), "texts": sum(sample.texts for sample in done), "failed": len(set(keys)) - len(done),
    }  # fmt: skip
    return _redirect(back | {name: str(count) for name, count in counts.items()})


def _key(request: Request, text: str) -> Key:
    """Return what `MARKET:LISTING:RUN` names; Refused where it is malformed or in a market that the user cannot see."""
    match = _SAMPLE.fullmatch(text)
    if match is None:
        raise Refused(400)
    require(request, "translator", match[1])
    return match[1], int(match[2]), int(match[3])


def _waiting(store: Store, keys: Sequence[Key]) -> list[Sample]:
    """Return those of these samples that wait, each once, in the order given."""
    found = [
        audit
        for market, run in sorted({(market, run) for market, _, run in keys})
        for audit in store.audits(market, run_id=run, judged=False)
    ]
    known = {sample.key: sample for sample in _samples(store, found)}
    names = dict.fromkeys(f"{market}:{listing}:{run}" for market, listing, run in keys)
    return [known[name] for name in names if name in known]


def _samples(store: Store, found: Sequence[Audit]) -> list[Sample]:
    """Return samples as the list shows them, in the order given."""
    numbers: dict[tuple[int, str, str, str], int] = {}
    titles: dict[tuple[int, str, int], tuple[str, str]] = {}
    with store.database.read() as connection:
        for runs in chunks(sorted({audit.run_id for audit in found})):
            rows = connection.execute(
                select(audits.c.run_id, audits.c.market, audits.c.listing, listings.c.merchant, listings.c.id)
                .join(listings, listings.c.number == audits.c.listing)
                .where(audits.c.run_id.in_(runs))
            )
            numbers.update({(row.run_id, row.market, row.merchant, row.id): row.listing for row in rows})
        wanted = {(one.run_id, one.market, numbers[_identity(one)]) for one in found}
        for part in chunks(sorted({listing for _, _, listing in wanted})):
            rows = connection.execute(
                select(audit_segments)
                .where(audit_segments.c.listing.in_(part), audit_segments.c.field == "title")
                .order_by(audit_segments.c.position.desc())  # of a title in two sentences, the first is kept
            )
            titles.update({(row.run_id, row.market, row.listing): (row.source, row.target) for row in rows})
    return [_sample(audit, numbers[_identity(audit)], titles) for audit in found]


def _identity(audit: Audit) -> tuple[int, str, str, str]:
    return audit.run_id, audit.market, audit.merchant, audit.listing


def _sample(audit: Audit, number: int, titles: dict[tuple[int, str, int], tuple[str, str]]) -> Sample:
    source, target = titles.get((audit.run_id, audit.market, number), ("", ""))
    return Sample(
        key=f"{audit.market}:{number}:{audit.run_id}", href=f"/pages/{audit.market}/{number}?audit={audit.run_id}",
        market=audit.market, locale=locale_of(audit.market), lang=lang_of(source), run=audit.run_id,
        merchant=clean(audit.merchant, _TITLE), id=clean(audit.listing, _TITLE), version=audit.version,
        title=clean(source, _TITLE), target=clean(target, _TITLE), drawn_at=audit.drawn_at, texts=audit.segments,
        judged=audit.judged_segments,
    )  # fmt: skip


def _count(request: Request, name: str) -> int:
    """Return a whole number of the address, 0 where there is none; Refused where it is no number."""
    text = request.query_params.get(name, "") or "0"
    if _COUNT.fullmatch(text) is None:
        raise Refused(400)
    return int(text)


def _notices(request: Request) -> Iterable[str]:
    """Yield what came of the approval that the address speaks of."""
    given = request.query_params
    if pages := _count(request, "approved"):
        yield say(request, "audits.notice-approved", pages=pages, texts=_count(request, "texts"))
    if failed := _count(request, "failed"):
        yield say(request, "audits.notice-failed", count=failed)
    if given.get("picked") == "0":
        yield say(request, "audits.none-picked")


def _redirect(query: dict[str, str]) -> Response:
    return RedirectResponse("/audits" + (f"?{urlencode(query)}" if query else ""), status_code=303)


routes: list[BaseRoute] = [
    Route("/audits", show_audits),
    Route("/audits/approve", approve_audits, methods=["POST"]),
]
