"""What of the queue is exported: the held segments of its pages that nobody has handled yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from shopglot.decide import HOLDS
from shopglot.localizer import Localizer
from shopglot.review.exchange.records import MAX_UNITS, Note, Term, Unit
from shopglot.review.preparing import Preparation, alone
from shopglot.store import Store
from shopglot.store.desk.entries import Filter, Held, Sort
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.types import Segment

_PAGES = 100  # of the queue that are read at once


def select(
    store: Store, localizer: Localizer, wanted: Filter, *, sort: Sort = "priority", chinese: bool = False
) -> tuple[list[Unit], bool]:
    """Return the units of a filter of one market in the queue's order, and whether there are more than fit a file.

    Findings are told in English, or in Chinese. Units of a page stand together, in the order of the page.
    """
    found = list(islice(_units(store, localizer, wanted, sort, chinese=chinese), MAX_UNITS + 1))
    return found[:MAX_UNITS], len(found) > MAX_UNITS


def _units(store: Store, localizer: Localizer, wanted: Filter, sort: Sort, *, chinese: bool) -> Iterator[Unit]:
    preparation = Preparation()
    after: str | None = None
    while True:
        rows = store.queue.page(wanted, sort=sort, after=after, limit=_PAGES)
        for row in rows.rows:
            page = store.pages.read(row.market, row.listing)
            if page is not None and any(_waits(segment) for segment in page.segments):
                yield from _page(row, page, preparation, localizer, chinese=chinese)
        if rows.next is None:
            return
        after = rows.next


def _waits(segment: PageSegment) -> bool:
    return segment.held and segment.handled is None


def _page(
    row: Held, page: DeskPage, preparation: Preparation, localizer: Localizer, *, chinese: bool
) -> Iterator[Unit]:
    prepared = preparation.prepare(page, localizer)
    for at, segment in enumerate(page.segments):
        if _waits(segment):
            known = prepared.segments[at] if at < len(prepared.segments) else None
            yield _unit(row, page, segment, known or alone(segment, page, localizer), localizer, chinese=chinese)


def _unit(
    row: Held, page: DeskPage, segment: PageSegment, known: Segment, localizer: Localizer, *, chinese: bool
) -> Unit:
    return Unit(
        market=page.market, merchant=page.merchant, listing=page.number, id=page.id, title=row.title,
        path=segment.path, number=segment.index, field=segment.field, position=segment.position,
        source=segment.source, target=segment.text, seen=segment.seen, notes=tuple(_notes(segment, chinese=chinese)),
        terms=tuple(
            Term(source=term.source, target=term.target, note=_term_note(term.note, term.forbidden))
            for term in known.terms
            if term.target or term.keep
        ),
        limit=localizer.market.length.get(segment.field), masks=known.masks,
    )  # fmt: skip


def _term_note(note: str, forbidden: tuple[str, ...]) -> str:
    return "; ".join(part for part in (note, f"not: {', '.join(forbidden)}" if forbidden else "") if part)


def _notes(segment: PageSegment, *, chinese: bool) -> Iterator[Note]:
    """Yield findings in words, and why a text is held that has none."""
    for finding in segment.findings:
        message = (chinese and finding.message_zh) or finding.message
        told = f"{message} → {finding.suggestion}" if finding.suggestion else message
        yield Note(check=finding.check, severity=finding.severity, message=told)
    known = {finding.check for finding in segment.findings}
    for reason in segment.reasons:
        if reason not in known and reason in HOLDS:
            yield Note(check=reason, severity="warning", message=HOLDS[reason][1 if chinese else 0])
