"""What translators propose for the glossaries: a list for leads, who take a proposal over or decline it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.errors import DataError
from shopglot.glossary.rows import Row, format_table
from shopglot.report.texts import clean
from shopglot.review.context import context
from shopglot.review.rendering import render
from shopglot.review.security import Refused, form, markets_of, require
from shopglot.store.desk.proposing import BECAME, Became, Proposal

_LARGEST = 2**63 - 1


def show_proposals(request: Request) -> Response:
    """List the proposals of one market or of all that the user may see."""
    market, markets, state = _chosen(request)
    with context(request).store() as store:
        found = store.proposals.list(markets, became=state)
        counts = store.proposals.count(markets)
    return render(
        request, "proposals.html", proposals=found, counts=counts, state=state, market=market, states=BECAME,
        shown=clean, query=lambda **other: _query(**({"market": market, "state": state} | other)),
    )  # fmt: skip


def send_terms(request: Request) -> Response:
    """Answer with the terms of the list as rows of a `terms.tsv`; rules are none."""
    market, _, state = _chosen(request)
    if not market:
        raise Refused(400)
    with context(request).store() as store:
        found = store.proposals.list([market], became=state)
    headers = {"content-disposition": f'attachment; filename="terms-{market}-{state}.tsv"'}
    content = terms_table(found).encode("utf-8", "replace")
    return Response(content, media_type="text/tab-separated-values", headers=headers)


def close_proposal(request: Request) -> Response:
    """Take a proposal over, or decline it; somebody may have done so already."""
    require(request, "lead")
    given = form(request)
    number = int(request.path_params["number"])
    deed = str(given.get("deed", ""))
    if deed not in ("take", "decline"):
        raise Refused(400)
    with context(request).store() as store:
        found = store.proposals.get(number) if number <= _LARGEST else None
        if found is None:
            raise Refused(404)
        user = require(request, "lead", found.market)
        try:
            store.proposals.close(number, taken=deed == "take", actor=user.name, note=str(given.get("note", ""))[:1000])
        except DataError as error:  # erased meanwhile
            raise Refused(404) from error
    market = str(given.get("market", ""))
    return RedirectResponse(f"/proposals?{_query(market=market, state='open')}", status_code=303)


def terms_table(proposals: Iterable[Proposal]) -> str:
    """Return the terms among proposals as the text of a `terms.tsv`; white space of any kind becomes a space."""
    return format_table(
        Row(
            source=_cell(one.source), target=_cell(one.target), field=_cell(one.field),
            note=_cell(f"{one.note} (proposed by {one.actor}, {one.at:%Y-%m-%d})"),
        )
        for one in proposals
        if one.kind == "term"
    )  # fmt: skip


def _cell(text: str) -> str:
    return " ".join(text.split())


def _chosen(request: Request) -> tuple[str, tuple[str, ...], Became]:
    """Return the market that is asked for ("": all), the markets that count, and which proposals."""
    market = request.query_params.get("market", "")
    require(request, "lead", market or None)
    state = request.query_params.get("state", "open")
    if state not in BECAME:
        raise Refused(400)
    own = markets_of(request, "lead")
    if not own:
        raise Refused(403)
    return market, (market,) if market else own, state


def _query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value}, errors="replace")


routes: list[BaseRoute] = [
    Route("/proposals", show_proposals, methods=["GET"]),
    Route("/proposals.tsv", send_terms, methods=["GET"]),
    Route("/proposals/{number:int}", close_proposal, methods=["POST"]),
]
