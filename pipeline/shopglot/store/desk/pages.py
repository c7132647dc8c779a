"""A page as the desk opens it: what the last run made of it, and what people have done with it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import Connection, Row, and_, bindparam, null, select

from shopglot.store import outdating
from shopglot.store.connection import Database, chunks
from shopglot.store.encoding import decode_findings, decode_reasons, decode_signals, identity_key, load
from shopglot.store.judging import text_key
from shopglot.store.schema import (
    actions,
    approvals,
    audit_segments,
    audits,
    comments,
    handled,
    held,
    items,
    listings,
    segments,
    sources,
    verdicts,
)
from shopglot.types import Finding, Json, Origin, Status, Verdict

Deed: TypeAlias = Literal["approve", "edit", "reject"]

# Built once: a page is read several times for every key that a person presses.
_ITEM = (
    select(
        listings.c.merchant, listings.c.id, items, sources.c.document, sources.c.digest, held.c.state, held.c.open,
        held.c.segments, held.c.assignee, held.c.due_at, held.c.claimed_by, held.c.claimed_until,
    )
    .join(items, items.c.listing == listings.c.number)
    .outerjoin(sources, and_(sources.c.listing == items.c.listing, sources.c.version == items.c.source))
    .outerjoin(held, and_(held.c.listing == items.c.listing, held.c.market == items.c.market))
    .where(listings.c.number == bindparam("of_listing"), items.c.market == bindparam("of_market"))
)  # fmt: skip
_BARE_ITEM = (
    select(
        listings.c.merchant, listings.c.id, items, null().label("document"), null().label("digest"), held.c.state,
        held.c.open, held.c.segments, held.c.assignee, held.c.due_at, held.c.claimed_by, held.c.claimed_until,
    )
    .join(items, items.c.listing == listings.c.number)
    .outerjoin(held, and_(held.c.listing == items.c.listing, held.c.market == items.c.market))
    .where(listings.c.number == bindparam("of_listing"), items.c.market == bindparam("of_market"))
)  # fmt: skip
_SEGMENTS = (
    select(segments, handled.c.deed, handled.c.target.label("said"), handled.c.actor, handled.c.at, handled.c.action_id)
    .outerjoin(
        handled,
        and_(
            handled.c.listing == segments.c.listing,
            handled.c.market == segments.c.market,
            handled.c.position == segments.c.position,
        ),
    )
    .where(segments.c.listing == bindparam("of_listing"), segments.c.market == bindparam("of_market"))
    .order_by(segments.c.position)
)
_SEGMENT = _SEGMENTS.where(segments.c.position == bindparam("of_position"))
_APPROVED = select(approvals.c.unit_key, approvals.c.target, approvals.c.approved_by, approvals.c.id).where(
    approvals.c.market == bindparam("of_market"), approvals.c.listing_key == bindparam("of_key"),
    approvals.c.status != "superseded",
)  # fmt: skip
_COMMENTS = (
    select(comments)
    .where(comments.c.market == bindparam("of_market"), comments.c.listing_key == bindparam("of_key"))
    .order_by(comments.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What somebody did with a held segment; `target` is the text that was approved, or the one that was refused."""

    deed: Deed
    target: str
    actor: str
    at: datetime
    act: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSegment:
    """A segment as it stands: what a run settled, or what was published where it is an audit's.

    `approved` is the newest text that a person approved for it on this page since, None where nobody did.
    `seen` names what a person who looks at it has seen: it is another one as soon as anything has changed.
    """

    position: int
    path: str
    index: int
    field: str
    source: str
    target: str
    origin: Origin
    model: str
    unit_key: str
    machine_key: str
    score: float
    signature: str
    signals: tuple[tuple[str, float], ...]
    verdict: Verdict
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    handled: Handled | None
    approved: str | None
    approved_by: str
    seen: str

    @property
    def held(self) -> bool:
        """Whether it waits, or waited, for a person."""
        return self.verdict != "publish"

    @property
    def text(self) -> str:
        """What the page will say: a person's text where there is one."""
        if self.handled is not None and self.handled.deed != "reject":
            return self.handled.target
        return self.target if self.approved is None else self.approved


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A remark on a page, or on a segment of it (`path` is then not empty)."""

    id: int
    author: str
    text: str
    path: str
    index: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """A page in a market. `document` is the merchant's page, None where the store does not have it.

    `state` is that of the queue, "" where the page is not in it; `open` of its `waiting` segments nobody has handled.
    `version` is the published one. `audit` is the run that drew it, where it is read as an audit sample.
    """

    number: int
    market: str
    merchant: str
    id: str
    status: Status
    reasons: tuple[str, ...]
    run_id: int
    updated_at: datetime
    version: int | None
    document: Mapping[str, Json] | None
    digest: str
    segments: tuple[PageSegment, ...]
    comments: tuple[Comment, ...]
    state: str = ""
    open: int = 0
    waiting: int = 0
    assignee: str | None = None
    due_at: datetime | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    audit: int | None = None


class Pages:
    """The pages that people work on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, market: str, listing: int, *, audit: int | None = None) -> DeskPage | None:
        """Return a page by the number of its listing; None where no run has settled it in the market.

        With `audit`, the run that drew it, its texts are those that were published then; None where it was not drawn.
        """
        self._database.require_current()
        with self._database.read() as connection:
            return read(connection, market, listing, audit=audit)

    def elsewhere(self, market: str, listing: int, path: str, index: int) -> dict[str, tuple[str, str, Verdict]]:
        """Return what the same place of the page says in other markets: source, target and verdict by market."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(segments.c.market, segments.c.source, segments.c.target, segments.c.verdict).where(
                    segments.c.listing == listing, segments.c.market != market, segments.c.path == path,
                    segments.c.number == index,
                )
            )  # fmt: skip
            return {row.market: (row.source, row.target, row.verdict) for row in rows}

    def said(
        self, market: str, merchant: str, listing: str, path: str, index: int, *, last: int = 20
    ) -> list[Row[Any]]:
        """Return what people did with a segment: the newest acts first."""
        with self._database.read() as connection:
            own = (
                actions.c.listing_key == identity_key(merchant, listing),
                actions.c.market == market,
                actions.c.path == path,
                actions.c.number == index,
            )
            return list(connection.execute(select(actions).where(*own).order_by(actions.c.id.desc()).limit(last)))

    def judged(self, page: DeskPage, reviewer: str) -> dict[str, bool]:
        """Return what a reviewer has said of an audit sample's texts since it was drawn: by `seen`, fit to publish."""
        with self._database.read() as connection:
            drawn = connection.scalar(
                select(audits.c.drawn_at).where(
                    audits.c.run_id == page.audit, audits.c.market == page.market, audits.c.listing == page.number
                )
            )
            found: dict[str, bool] = {}
            for part in chunks([segment.seen for segment in page.segments] if drawn is not None else []):
                rows = connection.execute(
                    select(verdicts.c.text_key, verdicts.c.published).where(
                        verdicts.c.text_key.in_(part), verdicts.c.reviewer == reviewer,
                        verdicts.c.channel == "audit", verdicts.c.judged_at >= drawn,
                    )
                )  # fmt: skip
                found.update((row.text_key, row.published) for row in rows)
            return found

    def outdated(self, page: DeskPage) -> dict[tuple[str, int], tuple[str, str, str]]:
        """Return approved texts whose source has changed: source, target and approver, by what took their place."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(approvals)
                .where(
                    approvals.c.market == page.market,
                    approvals.c.listing_key == identity_key(page.merchant, page.id), *outdating.UNANSWERED,
                )
                .order_by(approvals.c.id)
            ).all()  # fmt: skip
            if not rows:
                return {}
            return {
                (one.path, one.index): (text.source, text.target, text.approved_by)
                for one in outdating.beside(connection, rows)
                for text in (one.approval.text,)
                if one.index is not None
            }

    def same(self, market: str, listing: int, unit_key: str) -> list[tuple[int, int]]:
        """Return listing and position of the held segments of other pages that have the same text and wait."""
        with self._database.read() as connection:
            return same(connection, market, listing, unit_key)

    def identical(self, market: str, listing: int, unit_key: str) -> int:
        """Return how many held segments of other pages have the same text and wait."""
        with self._database.read() as connection:
            return len(same(connection, market, listing, unit_key))


def read(
    connection: Connection, market: str, listing: int, *, audit: int | None = None, only: int | None = None
) -> DeskPage | None:
    """Do what `Pages.read` does, in the caller's transaction.

    With `only` the page has no segment but the one at that position, no document and no comments.
    """
    place = {"of_market": market, "of_listing": listing}
    item = connection.execute(_ITEM if only is None else _BARE_ITEM, place).first()
    if item is None:
        return None
    if audit is not None:
        return _audited(connection, item, audit)
    approved = _approved(connection, market, identity_key(item.merchant, item.id))
    found = []
    own = (_SEGMENTS, place) if only is None else (_SEGMENT, {**place, "of_position": only})
    for row in connection.execute(*own):
        text, by, number = approved.get(row.unit_key, (None, "", 0))
        done = None if row.deed is None else Handled(
            deed=cast("Deed", row.deed), target=row.said, actor=row.actor, at=row.at, act=row.action_id
        )  # fmt: skip
        key = text_key(
            market=market, merchant=item.merchant, listing=item.id, path=row.path, index=row.number,
            source=row.source, target=row.target,
        )  # fmt: skip
        found.append(
            PageSegment(
                position=row.position, path=row.path, index=row.number, field=row.field, source=row.source,
                target=row.target, origin=row.origin, model=row.model, unit_key=row.unit_key,
                machine_key=row.machine_key, score=row.score, signature=row.signature,
                signals=decode_signals(row.signals), verdict=row.verdict, reasons=decode_reasons(row.reasons),
                findings=decode_findings(row.findings), handled=done, approved=text, approved_by=by,
                seen=seen(key, done, number),
            )
        )  # fmt: skip
    said = _comments(connection, market, item) if only is None else ()
    return _page(item, market, tuple(found), said, queued=item.state is not None)


def seen(key: str, done: Handled | None, approval: int) -> str:
    """Return what names a segment as a person sees it: its texts, and the newest of what people did with it."""
    marks = [str(number) for number in (approval, done.act if done is not None else 0)]
    return key if marks == ["0", "0"] else ".".join((key, *marks))


def same(connection: Connection, market: str, listing: int, unit_key: str) -> list[tuple[int, int]]:
    """Return listing and position of the held segments of other pages that have the same text and wait."""
    rows = connection.execute(
        select(segments.c.listing, segments.c.position)
        .join(held, and_(held.c.listing == segments.c.listing, held.c.market == segments.c.market))
        .outerjoin(
            handled,
            and_(
                handled.c.listing == segments.c.listing,
                handled.c.market == segments.c.market,
                handled.c.position == segments.c.position,
            ),
        )
        .where(
            segments.c.market == market, segments.c.unit_key == unit_key, segments.c.listing != listing,
            segments.c.verdict != "publish", handled.c.position.is_(None),
        )
        .order_by(segments.c.listing, segments.c.position)
    )  # fmt: skip
    return [(row.listing, row.position) for row in rows]


def _page(
    item: Row[Any], market: str, found: tuple[PageSegment, ...], said: tuple[Comment, ...], *, queued: bool = False,
    audit: int | None = None,
) -> DeskPage:  # fmt: skip
    queue: dict[str, Any] = {}
    if queued:
        queue = {
            "state": item.state, "open": item.open, "waiting": item.segments, "assignee": item.assignee,
            "due_at": item.due_at, "claimed_by": item.claimed_by, "claimed_until": item.claimed_until,
        }  # fmt: skip
    return DeskPage(
        number=item.listing, market=market, merchant=item.merchant, id=item.id, status=item.status,
        reasons=decode_reasons(item.reasons), run_id=item.run_id, updated_at=item.updated_at, version=item.version,
        document=None if item.document is None else load(item.document), digest=item.digest or "", segments=found,
        comments=said, audit=audit, **queue,
    )  # fmt: skip


def _audited(connection: Connection, item: Row[Any], audit: int) -> DeskPage | None:
    """Return the page as it was published when it was drawn."""
    own = audits.c.run_id == audit, audits.c.market == item.market, audits.c.listing == item.listing
    if connection.execute(select(audits.c.run_id).where(*own)).first() is None:
        return None
    rows = connection.execute(
        select(audit_segments)
        .where(
            audit_segments.c.run_id == audit,
            audit_segments.c.market == item.market,
            audit_segments.c.listing == item.listing,
        )
        .order_by(audit_segments.c.position)
    )
    found = tuple(
        PageSegment(
            position=row.position, path=row.path, index=row.number, field=row.field, source=row.source,
            target=row.target, origin=row.origin, model=row.model, unit_key=row.unit_key, machine_key="",
            score=row.score, signature=row.signature, signals=(), verdict="publish", reasons=(), findings=(),
            handled=None, approved=None, approved_by="", seen=row.text_key,
        )
        for row in rows
    )  # fmt: skip
    return _page(item, item.market, found, _comments(connection, item.market, item), audit=audit)


def _approved(connection: Connection, market: str, key: str) -> dict[str, tuple[str, str, int]]:
    """Return the texts that people approved on the page: target, by whom, and the approval's number, by unit key."""
    rows = connection.execute(_APPROVED, {"of_market": market, "of_key": key})
    return {row.unit_key: (row.target, row.approved_by, row.id) for row in rows}


def _comments(connection: Connection, market: str, item: Row[Any]) -> tuple[Comment, ...]:
    rows = connection.execute(_COMMENTS, {"of_market": market, "of_key": identity_key(item.merchant, item.id)})
    return tuple(
        Comment(id=row.id, author=row.author, text=row.text, path=row.path, index=row.number, at=row.at) for row in rows
    )
