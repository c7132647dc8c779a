"""Setting findings aside, and taking that back: who, why, and which pages are to be made again.

Dismissing has the market to itself, as approving has, so that whoever publishes either has it or finds that it came too
late (see `weighing`); the pages in reach are marked, so that the next run makes them again. See `dismissed` for the
reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, insert, literal, select, true, update

from shopglot.errors import DataError, UsageError
from shopglot.market import MARKETS, Reuse
from shopglot.store import actions as acts
from shopglot.store.connection import Database, market_lock
from shopglot.store.desk.dismissed import REASONS, STANDING, Dismissal, Dismissed, Mark, dismissal_of, is_rule, recall
from shopglot.store.encoding import identity_key, load, merchant_key
from shopglot.store.reach import reaches
from shopglot.store.records import Act, Identity
from shopglot.store.schema import actions, dismissals, items, listings, segments
from shopglot.types import Json

__all__ = [
    "DISMISS",
    "END",
    "REASONS",
    "Count",
    "Dismissal",
    "Dismissals",
    "Dismissed",
    "Mark",
    "dismiss_in",
    "end_in",
    "undo_in",
]

DISMISS, END = "dismiss", "dismiss-end"


class Count(NamedTuple):
    """How often a finding is set aside in a market: dismissals that stand, their pages, people and reasons."""

    market: str
    finding: str
    dismissals: int
    pages: int
    people: int
    reasons: Mapping[str, int]
    last: datetime


class Dismissals:
    """The findings that people set aside."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def dismiss(self, one: Dismissal, *, reuse: Reuse) -> int:
        """Set a finding aside and return the act's number; an earlier word on the same finding there is replaced.

        `reuse` is the market's policy: pages in reach are made again by the next run. UsageError names a market or a
        reason that does not exist, DataError what lacks a note or a name.
        """
        with self._database.write() as connection:
            market_lock(connection, one.market, shared=False)
            [act] = dismiss_in(connection, [one], reuse=reuse, now=self._now())
            return act

    def end(self, one: Dismissal, *, actor: str, reuse: Reuse, note: str = "") -> int:
        """Take back whatever sets this finding aside on its page; return the last act's number, 0 where nothing did."""
        with self._database.write() as connection:
            market_lock(connection, one.market, shared=False)
            return end_in(connection, one, actor=actor, reuse=reuse, now=self._now(), note=note)

    def recall(
        self, market: str, identities: Iterable[Identity], unit_keys: Iterable[str], *, reuse: Reuse
    ) -> Dismissed:
        """Return what is set aside in these units on these pages, by the market's policy."""
        self._database.require_current()
        with self._database.read() as connection:
            return recall(connection, market, identities, unit_keys, reuse=reuse)

    def listed(
        self, market: str | None = None, page: Identity | None = None, *, ended: bool = False
    ) -> list[Dismissal]:
        """Return the dismissals that were given in a market or on a page and stand, oldest first; with `ended`, all."""
        self._database.require_current()
        wanted = select(dismissals).order_by(dismissals.c.id)
        if market is not None:
            wanted = wanted.where(dismissals.c.market == market)
        if page is not None:
            wanted = wanted.where(dismissals.c.listing_key == identity_key(*page))
        if not ended:
            wanted = wanted.where(STANDING)
        with self._database.read() as connection:
            return [dismissal_of(row) for row in connection.execute(wanted)]

    def counts(self, since: datetime | None = None, *, market: str | None = None) -> list[Count]:
        """Return which findings people set aside (since), the most often dismissed first."""
        self._database.require_current()
        wanted = select(
            dismissals.c.market,
            dismissals.c.finding,
            func.count().label("dismissals"),
            func.count(dismissals.c.listing_key.distinct()).label("pages"),
            func.count(dismissals.c.actor.distinct()).label("people"),
            func.max(dismissals.c.at).label("last"),
            *(func.sum(case((dismissals.c.reason == reason, 1), else_=0)).label(reason) for reason in REASONS),
        ).where(STANDING)
        if since is not None:
            wanted = wanted.where(dismissals.c.at >= since)
        if market is not None:
            wanted = wanted.where(dismissals.c.market == market)
        with self._database.read() as connection:
            rows = connection.execute(wanted.group_by(dismissals.c.market, dismissals.c.finding)).mappings().all()
        found = [
            Count(
                market=row["market"],
                finding=row["finding"],
                dismissals=row["dismissals"],
                pages=row["pages"],
                people=row["people"],
                reasons={reason: int(row[reason]) for reason in REASONS if row[reason]},
                last=row["last"],
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: (-one.dismissals, one.market, one.finding))


def dismiss_in(
    connection: Connection,
    given: Sequence[Dismissal],
    *,
    reuse: Reuse,
    now: datetime,
    parent: int | None = None,
    place: tuple[int, int] | None = None,
    marked: bool = False,
) -> list[int]:
    """Do what `Dismissals.dismiss` does, in the caller's transaction, which has the market to itself.

    All are of one segment of a page, `place` its listing's number and its position for whoever knows them; those that
    speak of the same count once. `parent` is the act that they belong to: all are taken back together. `marked`: the
    pages in reach are due already, because a text of theirs has been approved. Returns the number of the act of each.
    """
    for one in given:
        _validate(one)
    several = list({one.mark: one for one in given}.values())
    if not several:
        return []
    first = several[0]
    number, position = place or _place(connection, first)
    standing: dict[Mark, list[int]] = {}
    own = (
        dismissals.c.market == first.market,
        dismissals.c.unit_key == first.unit_key,
        dismissals.c.listing_key == identity_key(*first.page),
    )
    for row in connection.execute(select(dismissals).where(*own, STANDING).order_by(dismissals.c.id)):
        standing.setdefault(dismissal_of(row).mark, []).append(row.id)
    belongs: dict[str, Json] = {} if parent is None else {"parent": parent}
    said = [
        {
            **_detail(one), "number": number, "position": position,
            "before": max(standing.get(one.mark, ()), default=None), **belongs,
        }
        for one in several
    ]  # fmt: skip
    numbers = acts.log_all(
        connection,
        [_act(DISMISS, one, one.actor, one.note, detail) for one, detail in zip(several, said, strict=True)],
        now,
    )
    for one, act in zip(several, numbers, strict=True):
        if ended := standing.get(one.mark):
            over = update(dismissals).where(dismissals.c.id.in_(ended))
            connection.execute(over.values(ended_at=now, action_id=act))
    connection.execute(insert(dismissals), [_row(one, act, now) for one, act in zip(several, numbers, strict=True)])
    if not marked:
        for one in several:
            _due(connection, one, reuse, number)
    return numbers


def end_in(connection: Connection, one: Dismissal, *, actor: str, reuse: Reuse, now: datetime, note: str = "") -> int:
    """Do what `Dismissals.end` does, in the caller's transaction, which has the market to itself.

    That is every dismissal in whose reach the page is: one that was given on another page ends there too, with an act
    on that page.
    """
    own = identity_key(*one.page), merchant_key(one.merchant)
    wanted = dismissals.c.market == one.market, dismissals.c.unit_key == one.unit_key, *_speaks_of(one.mark), STANDING
    act = 0
    for row in connection.execute(select(dismissals).where(*wanted).order_by(dismissals.c.id)).all():
        given = (row.listing_key, row.merchant_key)
        if reaches(given, *own, "listing" if is_rule(row.finding) else reuse):
            act = _end(connection, dismissal_of(row), actor, reuse, now, note)
    return act


def undo_in(connection: Connection, act: int, *, actor: str, reuse: Reuse, now: datetime) -> int:
    """Take back what an act of `dismiss_in` gave, in the caller's transaction, which has the market to itself.

    What it replaced stands again. Return the number of the act that does so, 0 where that dismissal stands no longer.
    """
    given = connection.execute(select(actions).where(actions.c.id == act, actions.c.action == DISMISS)).first()
    detail = {} if given is None else load(given.detail)
    # By what it says and when, not by its act: what was brought back stands by a later one.
    own = () if given is None else (
        dismissals.c.market == given.market,
        dismissals.c.listing_key == given.listing_key,
        dismissals.c.at == given.at,
        *(dismissals.c[name] == detail[name] for name in ("unit_key", *Mark._fields)),
    )  # fmt: skip
    row = connection.execute(select(dismissals).where(*own, STANDING)).first() if own else None
    if row is None:
        return 0
    number = _end(connection, dismissal_of(row), actor, reuse, now, "")
    if detail["before"] is not None:
        stands = update(dismissals).where(dismissals.c.id == detail["before"])
        connection.execute(stands.values(ended_at=None, action_id=number))
    return number


def _validate(one: Dismissal) -> None:
    if one.market not in MARKETS:
        raise UsageError(f"market {one.market!r}: there is no such market; name one of {', '.join(MARKETS)}")
    if one.reason not in REASONS:
        raise UsageError(f"reason {one.reason!r}: there is no such reason; name one of {', '.join(REASONS)}")
    where = f"finding {one.finding!r} on page {one.listing!r} of merchant {one.merchant!r} in market {one.market}"
    if one.reason == "other" and not one.note.strip():
        raise DataError(f"{where}: reason 'other' needs a note; say why the page may go as it is")
    if not one.actor.strip():
        raise DataError(f"{where}: nobody sets it aside; say who does")
    if not (one.unit_key and one.listing and one.finding):
        raise DataError(f"{where}: it names no text; give the page, the unit key and the finding")
    if not one.target and not (is_rule(one.finding) and one.side == "source"):
        raise DataError(f"{where}: it names no translation; only what a rule says of the source goes without")


def _number(connection: Connection, one: Dismissal) -> int | None:
    """Return the number of the page's listing, None where no run has seen it."""
    return connection.scalar(select(listings.c.number).where(listings.c.key == identity_key(*one.page)))


def _place(connection: Connection, one: Dismissal) -> tuple[int | None, int | None]:
    """Return the number of the page's listing, and where the segment stands on it; None where it does not."""
    number = _number(connection, one)
    own = segments.c.listing == number, segments.c.market == one.market
    place = segments.c.path == one.path, segments.c.number == one.index, segments.c.unit_key == one.unit_key
    return number, connection.scalar(select(segments.c.position).where(*own, *place))


def _detail(one: Dismissal) -> dict[str, Json]:
    """Return what the log keeps of a dismissal."""
    return {
        "finding": one.finding, "version": one.version, "side": one.side, "words": one.words, "target": one.target,
        "reason": one.reason, "unit_key": one.unit_key,
    }  # fmt: skip


def _act(name: str, one: Dismissal, actor: str, note: str, detail: Mapping[str, Json]) -> Act:
    return Act(
        actor=actor, action=name, market=one.market, merchant=one.merchant, listing=one.listing, path=one.path,
        index=one.index, detail=detail, note=note,
    )  # fmt: skip


def _end(connection: Connection, one: Dismissal, actor: str, reuse: Reuse, now: datetime, note: str) -> int:
    """End a dismissal, and return the act's number."""
    act = acts.log(connection, _act(END, one, actor, note, _detail(one)), now)
    ended = update(dismissals).where(dismissals.c.id == one.id)
    connection.execute(ended.values(ended_at=now, action_id=act))
    _due(connection, one, reuse, _number(connection, one))
    return act


def _due(connection: Connection, one: Dismissal, reuse: Reuse, own: int | None) -> None:
    """Mark the page, and for a check's finding the pages in reach that say the same."""
    mark = update(items).where(items.c.market == one.market).values(again=true())
    if is_rule(one.finding) or reuse == "listing":
        if own is not None:
            connection.execute(mark.where(items.c.listing == own))
        return
    same = segments.c.market == one.market, segments.c.unit_key == one.unit_key, segments.c.target == one.target
    having = select(segments.c.listing).where(*same)
    if reuse == "merchant":
        theirs = listings.c.number == segments.c.listing, listings.c.merchant == one.merchant
        having = having.join(listings, theirs[0]).where(theirs[1])
    due = having if own is None else having.union(select(literal(own)))
    connection.execute(mark.where(items.c.listing.in_(due)))


def _speaks_of(mark: Mark) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a row speaks of this."""
    return (dismissals.c[name] == value for name, value in mark._asdict().items())


def _row(one: Dismissal, act: int, now: datetime) -> dict[str, object]:
    """Return the row of a new dismissal."""
    return {
        "market": one.market, "unit_key": one.unit_key, "listing_key": identity_key(*one.page),
        "merchant_key": merchant_key(one.merchant), "merchant": one.merchant, "listing": one.listing,
        "path": one.path, "number": one.index, "field": one.field, **one.mark._asdict(), "reason": one.reason,
        "note": one.note, "actor": one.actor, "at": now, "action_id": act,
    }  # fmt: skip
