"""What people approved: it beats the machine until its source changes.

Every approval is a row of its own, and is never overwritten: another one for the same text on the same page supersedes
it. An approval whose text left its page is outdated; it stays, is shown beside what took its place, and counts again
when the text comes back. Approving has the market to itself, so that whoever publishes either has the new text or finds
that it came too late (see `weighing`); the pages in reach are marked, so that the next run makes them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, literal, select, true, update

from shopglot.errors import DataError, UsageError
from shopglot.market import MARKETS, Reuse
from shopglot.store import actions, outdating, reach
from shopglot.store.connection import Database, market_lock
from shopglot.store.encoding import identity_key, merchant_key
from shopglot.store.reach import STANDING, Recalled
from shopglot.store.records import Act, HumanText, Identity, Outdated
from shopglot.store.schema import approvals, items, listings, segments
from shopglot.types import Json

_PAGE = 200


class Approvals:
    """The texts that people approved."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def approve(self, text: HumanText, *, reuse: Reuse = "market", note: str = "") -> int:
        """Write a person's text and return its number; an earlier one for the same text on the same page is superseded.

        `reuse` is the market's policy: pages in its reach that have the text are made again by the next run. The widest
        is always right, and may make a page again that stays as it is. UsageError names a market that does not exist,
        DataError a text that says nothing.
        """
        with self._database.write() as connection:
            market_lock(connection, text.market, shared=False)
            return approve_in(connection, text, reuse=reuse, note=note, now=self._now()).approval

    def revoke(self, text: HumanText, *, actor: str, reuse: Reuse = "market", note: str = "") -> bool:
        """Take back the approval that stands for the unit of `text` on its page; return whether there was one.

        What counted before it does not come back by itself; pages in reach are made again by the next run.
        """
        with self._database.write() as connection:
            market_lock(connection, text.market, shared=False)
            return revoke_in(connection, text, actor=actor, reuse=reuse, note=note, now=self._now())

    def recall(
        self, market: str, identities: Iterable[Identity], unit_keys: Iterable[str], *, reuse: Reuse
    ) -> Recalled:
        """Return what people approved of these units for these pages, by the market's policy (see `reach`)."""
        self._database.require_current()
        with self._database.read() as connection:
            return reach.recall(connection, market, identities, unit_keys, reuse=reuse)

    def outdated(self, market: str | None = None, merchant: str | None = None) -> Iterator[Outdated]:
        """Yield approved texts whose source is gone from their page, each beside what stands in its place now.

        In the order in which they were approved; those left out whose successor a person has read. The store may be
        written to meanwhile.
        """
        self._database.require_current()
        wanted = select(approvals).where(*outdating.UNANSWERED)
        if market is not None:
            wanted = wanted.where(approvals.c.market == market)
        if merchant is not None:
            wanted = wanted.where(approvals.c.merchant_key == merchant_key(merchant))
        last = 0
        while True:
            with self._database.read() as connection:
                page = wanted.where(approvals.c.id > last).order_by(approvals.c.id).limit(_PAGE)
                rows = connection.execute(page).all()
                found = outdating.beside(connection, rows)
            yield from found
            if len(rows) < _PAGE:
                return
            last = rows[-1].id


class Approved(NamedTuple):
    """The number of an approval and that of the act in the log."""

    approval: int
    act: int


def approve_in(
    connection: Connection,
    text: HumanText,
    *,
    reuse: Reuse,
    now: datetime,
    note: str = "",
    actor: str = "",
    detail: Mapping[str, Json] | None = None,
    number: int | None = None,
) -> Approved:
    """Do what `Approvals.approve` does, in the caller's transaction, which has the market to itself.

    `detail` is more for the log; `actor` is who does it where that is not who approved the text (what was taken back
    comes back as the text of whoever wrote it). `number` is that of its listing, for whoever knows it.
    """
    _validate(text)
    page = _Page.read(connection, text, number)
    earlier = _supersede(connection, text, now)
    _answer(connection, text, page)
    approved = connection.scalar(insert(approvals).returning(approvals.c.id), _row(text, page, now))
    assert isinstance(approved, int)
    before = page.standing(text) if earlier is None else _said(earlier)
    said: dict[str, Json] = {
        **(detail or {}),
        "approval": approved,
        "unit_key": text.unit_key,
        "source": text.source,
        "target": text.target,
        "before": before,
    }
    act = _log(connection, text, "approve", said, note, now, actor=actor)
    _due(connection, text, reuse, page.number)
    return Approved(approved, act)


def revoke_in(
    connection: Connection, text: HumanText, *, actor: str, reuse: Reuse, now: datetime, note: str = ""
) -> bool:
    """Do what `Approvals.revoke` does, in the caller's transaction, which has the market to itself."""
    earlier = _supersede(connection, text, now)
    if earlier is None:
        return False
    detail: dict[str, Json] = {"approval": earlier.id, "unit_key": text.unit_key, "before": _said(earlier)}
    _log(connection, text, "revoke", detail, note, now, actor=actor)
    _due(connection, text, reuse, _Page.read(connection, text).number)
    return True


def _validate(text: HumanText) -> None:
    if text.market not in MARKETS:
        raise UsageError(f"market {text.market!r}: there is no such market; name one of {', '.join(MARKETS)}")
    where = f"the text for {text.source[:40]!r} in market {text.market}"
    if not text.unit_key:
        raise DataError(f"{where}: it names no unit; give the unit key of its source")
    if not text.target.strip():
        raise DataError(f"{where}: the translation is empty; write what the page is to say")
    if not text.approved_by.strip():
        raise DataError(f"{where}: nobody approved it; say who did")
    if text.merchant and not text.listing:
        raise DataError(f"{where}: it names merchant {text.merchant!r} but no listing; name both, or neither")


class _Standing(NamedTuple):
    """A segment as it stands."""

    path: str
    number: int
    unit_key: str
    origin: str
    model: str
    target: str


class _Page(NamedTuple):
    """The page that a text was approved on, as it stands in the market; without a number where there is none."""

    number: int | None
    segments: Sequence[_Standing]

    @classmethod
    def read(cls, connection: Connection, text: HumanText, number: int | None = None) -> _Page:
        """Return the page of a text; `number` is that of its listing, where it is known."""
        if number is None and text.listing:
            own = identity_key(text.merchant, text.listing)
            number = connection.scalar(select(listings.c.number).where(listings.c.key == own))
        if number is None:
            return cls(None, ())
        columns = (segments.c[name] for name in _Standing._fields)
        rows = connection.execute(
            select(*columns)
            .where(segments.c.listing == number, segments.c.market == text.market)
            .order_by(segments.c.position)
        )
        return cls(number, [_Standing(*row) for row in rows])

    def standing(self, text: HumanText) -> Json:
        """Return what stands where the text goes, for the log; None where that is not known."""
        for segment in self.segments:
            if (segment.path, segment.number, segment.unit_key) == (text.path, text.index, text.unit_key):
                return {"target": segment.target, "origin": segment.origin, "by": segment.model}
        return None


def _key(text: HumanText) -> str:
    """Return the listing key of an approval, empty where it is for the whole market."""
    return identity_key(text.merchant, text.listing) if text.listing else ""


def _row(text: HumanText, page: _Page, now: datetime) -> dict[str, object]:
    """Return the row of a new approval: outdated from the first where the page has left its text behind already."""
    gone = bool(page.segments) and all(segment.unit_key != text.unit_key for segment in page.segments)
    return {
        "market": text.market,
        "unit_key": text.unit_key,
        "listing_key": _key(text),
        "merchant_key": merchant_key(text.merchant) if text.listing else "",
        "merchant": text.merchant,
        "listing": text.listing,
        "path": text.path,
        "number": text.index,
        "field": text.field,
        "source": text.source,
        "target": text.target,
        "approved_by": text.approved_by,
        "approved_at": now,
        "status": "outdated" if gone else "current",
        "ended_at": now if gone else None,
    }


def _supersede(connection: Connection, text: HumanText, now: datetime) -> Row[Any] | None:
    """End the approval that stands for this unit on this page, and return what it was."""
    own = (
        approvals.c.market == text.market,
        approvals.c.unit_key == text.unit_key,
        approvals.c.listing_key == _key(text),
    )
    earlier = connection.execute(select(approvals).where(*own, STANDING)).first()
    if earlier is not None:
        ended = update(approvals).where(approvals.c.id == earlier.id).values(status="superseded", ended_at=now)
        connection.execute(ended)
    return earlier


def _answer(connection: Connection, text: HumanText, page: _Page) -> None:
    """Note which outdated approvals of the page had this place: a person has now read what came after them."""
    if not page.segments:
        return
    units = {segment.unit_key for segment in page.segments}
    machine = [
        (segment.path, segment.number, position)
        for position, segment in enumerate(page.segments)
        if segment.origin != "human"
    ]
    gone = select(approvals.c.id, approvals.c.path, approvals.c.number, approvals.c.unit_key).where(
        approvals.c.market == text.market, approvals.c.listing_key == _key(text), *outdating.UNANSWERED
    )
    for row in connection.execute(gone).all():
        position = None if row.unit_key in units else reach.successor(row.path, row.number, machine)
        if position is not None and page.segments[position].unit_key == text.unit_key:
            connection.execute(update(approvals).where(approvals.c.id == row.id).values(answered=True))


def _said(row: Row[Any]) -> Json:
    """Return an approval as the log keeps what was before."""
    return {"target": row.target, "origin": "human", "by": row.approved_by, "approval": row.id}


def _log(
    connection: Connection, text: HumanText, action: str, detail: dict[str, Json], note: str, now: datetime,
    *, actor: str = "",
) -> int:  # fmt: skip
    """Write what was done with a text into the log and return the act's number."""
    own = bool(text.listing)
    act = Act(
        actor=actor or text.approved_by,
        action=action,
        market=text.market,
        merchant=text.merchant if own else None,
        listing=text.listing if own else None,
        path=text.path if own else None,
        index=text.index if own else None,
        detail=detail,
        note=note,
    )
    return actions.log(connection, act, now)


def _due(connection: Connection, text: HumanText, reuse: Reuse, own: int | None) -> None:
    """Mark the pages that have the text and are in its reach, and the page that it was approved on."""
    having = (
        select(segments.c.listing)
        .join(listings, listings.c.number == segments.c.listing)
        .where(segments.c.market == text.market, segments.c.unit_key == text.unit_key)
    )
    if text.listing and reuse == "listing":
        having = having.where(listings.c.key == _key(text))
    elif text.listing and reuse == "merchant":
        having = having.where(listings.c.merchant == text.merchant)
    due = having if own is None else having.union(select(literal(own)))
    mark = update(items).where(items.c.market == text.market, items.c.listing.in_(due))
    connection.execute(mark.values(again=true()))
