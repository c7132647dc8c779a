"""What people do at the desk: each deed is one transaction, with its place in the log, and can be taken back.

Whoever does something says what they have seen (`PageSegment.seen`). Where that is no longer what stands, because the
nightly run or a colleague came first, nothing is written and `Overtaken` says what stands now. Deeds have the market to
themselves, as approving has (see `store.approving`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from shopglot.errors import ShopglotError
from shopglot.market import Reuse
from shopglot.store import judging
from shopglot.store.actions import log
from shopglot.store.approving import approve_in
from shopglot.store.connection import Database, hold_listings, market_lock, upsert
from shopglot.store.desk import dismissing, pages
from shopglot.store.desk.dismissed import Dismissal
from shopglot.store.desk.holding import recount
from shopglot.store.desk.pages import Deed, DeskPage, PageSegment
from shopglot.store.encoding import identity_key
from shopglot.store.merchants import SEND_BACK
from shopglot.store.reading import iso
from shopglot.store.records import Act, HumanText
from shopglot.store.schema import comments, handled, held
from shopglot.types import Json, Judgement

APPROVE, REJECT, PROPAGATE, DISMISS = "approve", "reject", "propagate", "dismiss"
ESCALATE, REOPEN, COMMENT, AUDIT, UNDO = "escalate", "reopen", "comment", "audit", "undo"


class Overtaken(ShopglotError):  # noqa: N818 - an answer, not a mistake
    """Something came between what a person saw and what they did: `what` is `changed`, `claimed` or `gone`.

    `target`, `actor` and `at` are what stands now, as far as it is known.
    """

    def __init__(self, what: str, *, target: str = "", actor: str = "", at: datetime | None = None) -> None:
        super().__init__(f"the text was {what} meanwhile{f' by {actor}' if actor else ''}")
        self.what = what
        self.target = target
        self.actor = actor
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A segment of a page, as a person saw it (`seen`)."""

    market: str
    listing: int
    position: int
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a deed was: its act in the log, and how many segments of the page nobody has handled yet."""

    act: int
    open: int = 0


class Deeds:
    """What people do at the desk."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def approve(
        self,
        place: Place,
        target: str,
        *,
        actor: str,
        reuse: Reuse,
        judgement: Judgement | None,
        dismissals: Sequence[Dismissal] = (),
        seconds: float = 0.0,
        detail: Mapping[str, Json] | None = None,
        note: str = "",
        parent: int | None = None,
    ) -> Done:
        """Approve a text for a segment, with what the person said of it and the findings that they set aside.

        The judgement's time is now, whatever it says. Overtaken where the segment is no longer as it was seen, or the
        page is another person's. `parent` is the act that this one belongs to: they are taken back together.
        """
        with self._database.write() as connection:
            return self._approve(
                connection, place, target, actor=actor, reuse=reuse, judgement=judgement, dismissals=dismissals,
                seconds=seconds, detail=detail or {}, note=note, parent=parent,
            )  # fmt: skip

    def reject(
        self,
        place: Place,
        *,
        actor: str,
        judgement: Judgement,
        seconds: float = 0.0,
        detail: Mapping[str, Json] | None = None,
        note: str = "",
    ) -> Done:
        """Refuse a segment's text: the page waits on; Overtaken as in `approve`."""
        with self._database.write() as connection:
            now = self._now()
            page, segment = self._enter(connection, place, actor, now)
            said: dict[str, Json] = {
                **(detail or {}), "seconds": seconds, "position": segment.position, "judged": judging.key_of(judgement),
                "handled": _before(segment), "source": segment.source, "target": segment.text,
            }  # fmt: skip
            act = self._log(connection, REJECT, page, actor, note, segment, said)
            judging.add(connection, [replace(judgement, judged_at=now)])
            self._handle(connection, page, segment, "reject", segment.text, actor, seconds, act, now)
            return Done(act=act, open=recount(connection, page.number, page.market))

    def judge(self, judgements: Sequence[Judgement], page: DeskPage, *, actor: str, detail: Mapping[str, Json]) -> Done:
        """Write what a person says of a page that was drawn for the audit, all of it or nothing."""
        with self._database.write() as connection:
            now = self._now()
            keys: list[Json] = [judging.key_of(judgement) for judgement in judgements]
            act = self._log(connection, AUDIT, page, actor, "", None, {**detail, "judged": keys})
            judging.add(connection, [replace(judgement, judged_at=now) for judgement in judgements])
            return Done(act=act)

    def dismiss(self, place: Place, dismissals: Sequence[Dismissal], *, actor: str, reuse: Reuse) -> Done:
        """Set findings of a segment aside; Overtaken as in `approve`."""
        with self._database.write() as connection:
            now = self._now()
            page, segment = self._enter(connection, place, actor, now)
            where = page.number, segment.position
            acts = dismissing.dismiss_in(connection, dismissals, reuse=reuse, now=now, place=where)
            return Done(act=acts[-1] if acts else 0, open=page.open)

    def restore(self, place: Place, dismissals: Sequence[Dismissal], *, actor: str, reuse: Reuse) -> Done:
        """Take back that findings were set aside."""
        with self._database.write() as connection:
            page, _ = self._enter(connection, place, actor, self._now())
            acts = [dismissing.end_in(connection, one, actor=actor, reuse=reuse, now=self._now()) for one in dismissals]
            return Done(act=next((act for act in reversed(acts) if act), 0), open=page.open)

    def turn(
        self, page: DeskPage, state: str, *, actor: str, note: str = "", detail: Mapping[str, Json] | None = None
    ) -> Done:
        """Put a page of the queue into another state: escalated to a lead, sent back to its merchant, or open again.

        Opened again, everything that was done with its segments stays done; those that were refused wait anew.
        """
        name = {"escalated": ESCALATE, "returned": SEND_BACK, "open": REOPEN}[state]
        with self._database.write() as connection:
            market_lock(connection, page.market, shared=False)
            hold_listings(connection, [page.number])
            own = held.c.listing == page.number, held.c.market == page.market
            row = connection.execute(select(held.c.state, held.c.claimed_by, held.c.claimed_until).where(*own)).first()
            if row is None:
                raise Overtaken("gone")
            self._claimed(row, actor, self._now())
            act = self._log(connection, name, page, actor, note, None, {**(detail or {}), "before": row.state})
            if state == "open":
                refused = handled.c.listing == page.number, handled.c.market == page.market, handled.c.deed == "reject"
                connection.execute(delete(handled).where(*refused))
            connection.execute(update(held).where(*own).values(state=state))
            left = recount(connection, page.number, page.market) if state == "open" else page.open
            return Done(act=act, open=left)

    def comment(self, page: DeskPage, segment: PageSegment | None, text: str, *, actor: str) -> Done:
        """Add a remark to a page, or to a segment of it."""
        with self._database.write() as connection:
            now = self._now()
            row = {
                "market": page.market, "merchant": page.merchant, "listing": page.id,
                "listing_key": identity_key(page.merchant, page.id), "path": "" if segment is None else segment.path,
                "number": 0 if segment is None else segment.index, "author": actor, "text": text, "at": now,
            }  # fmt: skip
            number = connection.scalar(insert(comments).returning(comments.c.id), row)
            act = self._log(connection, COMMENT, page, actor, "", segment, {"comment": number})
            return Done(act=act, open=page.open)

    # -- in a transaction ---------------------------------------------------------------------------------------------

    def _approve(
        self, connection: Connection, place: Place, target: str, *, actor: str, reuse: Reuse,
        judgement: Judgement | None, dismissals: Sequence[Dismissal], seconds: float, detail: Mapping[str, Json],
        note: str, parent: int | None,
    ) -> Done:  # fmt: skip
        now = self._now()
        page, segment = self._enter(connection, place, actor, now)
        said: dict[str, Json] = {
            **detail,
            "seconds": seconds,
            "position": segment.position,
            "judged": None if judgement is None else judging.key_of(judgement),
            "handled": _before(segment),
            "number": page.number,
        }
        if parent is not None:
            said["parent"] = parent
        text = HumanText(
            unit_key=segment.unit_key, market=page.market, source=segment.source, target=target, approved_by=actor,
            merchant=page.merchant, listing=page.id, path=segment.path, index=segment.index, field=segment.field,
        )  # fmt: skip
        approved = approve_in(connection, text, reuse=reuse, note=note, now=now, detail=said, number=page.number)
        dismissing.dismiss_in(
            connection, dismissals, reuse=reuse, now=now, parent=approved.act, place=(page.number, segment.position),
            marked=True,
        )  # fmt: skip
        if judgement is not None:
            judging.add(connection, [replace(judgement, judged_at=now)])
        deed: Deed = "approve" if target == segment.target else "edit"
        self._handle(connection, page, segment, deed, target, actor, seconds, approved.act, now)
        return Done(act=approved.act, open=recount(connection, page.number, page.market))

    def _enter(self, connection: Connection, place: Place, actor: str, now: datetime) -> tuple[DeskPage, PageSegment]:
        """Take the market and the page, and return them as they stand; Overtaken where they were seen otherwise."""
        market_lock(connection, place.market, shared=False)
        hold_listings(connection, [place.listing])
        page = pages.read(connection, place.market, place.listing, only=place.position)
        if page is None or not page.segments:
            raise Overtaken("gone")
        [segment] = page.segments
        self._claimed(page, actor, now)
        if segment.seen != place.seen:
            done = segment.handled
            raise Overtaken(
                "changed",
                target=segment.text,
                actor=done.actor if done is not None else segment.approved_by,
                at=done.at if done is not None else page.updated_at,
            )
        return page, segment

    @staticmethod
    def _claimed(page: Any, actor: str, now: datetime) -> None:
        until = page.claimed_until
        if page.claimed_by is not None and page.claimed_by != actor and until is not None and until > now:
            raise Overtaken("claimed", actor=page.claimed_by, at=until)

    @staticmethod
    def _handle(
        connection: Connection, page: DeskPage, segment: PageSegment, deed: Deed, target: str, actor: str,
        seconds: float, act: int, now: datetime,
    ) -> None:  # fmt: skip
        """Note what was done, where the page is in the queue and the segment is one that waited."""
        if not page.state or not segment.held:
            return
        key = judging.text_key(
            market=page.market, merchant=page.merchant, listing=page.id, path=segment.path, index=segment.index,
            source=segment.source, target=segment.target,
        )  # fmt: skip
        row = {
            "listing": page.number, "market": page.market, "position": segment.position, "text_key": key, "deed": deed,
            "target": target, "actor": actor, "at": now, "seconds": seconds, "action_id": act,
        }  # fmt: skip
        connection.execute(upsert(connection, handled), row)

    def _log(
        self, connection: Connection, action: str, page: DeskPage, actor: str, note: str,
        segment: PageSegment | None, detail: Mapping[str, Json],
    ) -> int:  # fmt: skip
        act = Act(
            actor=actor, action=action, market=page.market, merchant=page.merchant, listing=page.id,
            path=None if segment is None else segment.path, index=None if segment is None else segment.index,
            detail={"number": page.number, **detail}, note=note,
        )  # fmt: skip
        return log(connection, act, self._now())


def _before(segment: PageSegment) -> Json:
    """Return what somebody had done with a segment, for whoever takes the next deed back."""
    done = segment.handled
    if done is None:
        return None
    return {"deed": done.deed, "target": done.target, "actor": done.actor, "at": iso(done.at), "act": done.act}
