"""Erasing a merchant: their pages are taken down by events first, then everything of theirs is deleted.

It is done in short transactions, so that others can work meanwhile, and taken up where it was killed. What stays:

- one act `erase`: who, when, why and how many, with the digest of the merchant's name and none of their text;
- events that nobody has fetched yet: the catalog has to hear that the pages are gone. They no longer name a listing,
  and the next `prune` deletes them once they are delivered;
- the highest version that any page of theirs had (`meta`, for all erased merchants together), so that a merchant who
  comes back is not taken for an old event;
- units imported from elsewhere, which belong to no merchant, and machine text that another merchant's page has too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, null, select, update

from shopglot.store.actions import log
from shopglot.store.connection import Database, lock_rows, upsert
from shopglot.store.encoding import load, merchant_key
from shopglot.store.publishing import change
from shopglot.store.records import Act, Identity
from shopglot.store.schema import (
    VERSION_FLOOR,
    actions,
    approvals,
    audit_segments,
    audits,
    comments,
    dismissals,
    enrolments,
    handled,
    held,
    items,
    listings,
    meta,
    outbox,
    outcomes,
    proposals,
    publications,
    segments,
    sources,
    translations,
    verdicts,
)
from shopglot.store.upkeep.archive import Progress, silent
from shopglot.store.upkeep.sweeping import delete_pages, unused_translations
from shopglot.store.weighing import lock

_PAGE = 200  # listings in one transaction
# Each before what it refers to.
_BY_LISTING = (audit_segments, audits, handled, held, segments, items, publications, sources)
_BY_MERCHANT = (outcomes, approvals, verdicts, enrolments, dismissals, comments, proposals, actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of a merchant's data.

    `rows` counts what was deleted, or would be, by table; `withdrawn` the pages that were, or would be, taken down;
    `waiting` the events of theirs that are still to be delivered; `remains` what is left in spite of all, by table.
    """

    withdrawn: int
    rows: dict[str, int]
    waiting: int
    remains: dict[str, int]


def count(connection: Connection, merchant: str) -> dict[str, int]:
    """Return how many rows are the merchant's, by table; tables without any are left out."""
    theirs = select(listings.c.number).where(listings.c.merchant == merchant)
    found = {"listings": _count(connection, listings, listings.c.merchant == merchant)}
    for table in (*_BY_LISTING, outbox):
        found[table.name] = _count(connection, table, table.c.listing.in_(theirs))
    for table in _BY_MERCHANT:
        found[table.name] = _count(connection, table, table.c.merchant == merchant)
    return {name: number for name, number in sorted(found.items()) if number}


def waiting(connection: Connection, merchant: str) -> int:
    """Return how many events name the merchant without a listing of theirs: they are to be delivered yet."""
    return len(_nameless(connection, merchant, delivered=False))


def preview(connection: Connection, merchant: str) -> Erased:
    """Return what would be erased."""
    on_sale = select(func.count()).select_from(items.join(listings, listings.c.number == items.c.listing))
    shown = connection.scalar(on_sale.where(listings.c.merchant == merchant, items.c.version.is_not(None))) or 0
    return Erased(withdrawn=shown, rows=count(connection, merchant), waiting=waiting(connection, merchant), remains={})


def erase(
    database: Database,
    merchant: str,
    *,
    actor: str,
    note: str,
    now: Callable[[], datetime],
    progress: Progress = silent,
    check: Callable[[], None] = lambda: None,
) -> Erased:
    """Take the merchant's pages down, delete everything of theirs, and return what was done and what is left.

    `check` is called before every transaction and may raise: what was done by then is done, and a second call goes on.
    Call `scrub` afterwards, so that the bytes go from the file too.
    """
    eraser = _Eraser(database, merchant, now=now, progress=progress, check=check)
    act = eraser.begin(actor, note)
    withdrawn = eraser.withdraw(act)
    rows = eraser.delete()
    check()
    with database.write() as connection:
        for event in _nameless(connection, merchant, delivered=True):
            connection.execute(delete(outbox).where(outbox.c.seq == event))
        remains = count(connection, merchant)
        left = waiting(connection, merchant)
        if not remains:
            eraser.finish(connection, act, actor, note)
    return Erased(withdrawn=withdrawn, rows=rows, waiting=left, remains=remains)


class _Eraser:
    """One erasure, from its beginning, or from where an earlier one was killed, to its end."""

    def __init__(
        self,
        database: Database,
        merchant: str,
        *,
        now: Callable[[], datetime],
        progress: Progress,
        check: Callable[[], None],
    ) -> None:
        self._database = database
        self._merchant = merchant
        self._key = merchant_key(merchant)
        self._now = now
        self._progress = progress
        self._check = check

    def begin(self, actor: str, note: str) -> int:
        """Log that the erasure has begun, unless an earlier one of this merchant was cut off, and return the act."""
        self._check()
        with self._database.write() as connection:
            for number, detail in connection.execute(_begun()):
                if load(detail)["merchant_key"] == self._key:
                    return int(number)
            known = _count(connection, listings, listings.c.merchant == self._merchant)
            detail = {"merchant_key": self._key, "listings": known}
            return log(connection, Act(actor=actor, action="erasing", detail=detail, note=note), self._now())

    def withdraw(self, act: int) -> int:
        """Take down every page, each by a new version and its event, and return how many there were."""
        done = 0
        for page in self._pages():
            with self._database.write() as connection:
                places = connection.execute(_on_sale(page)).all()
                wanted: dict[str, list[Identity]] = {}
                for place in places:
                    wanted.setdefault(place.market, []).append((self._merchant, place.id))
                lock(connection, wanted)
                for market, identities in wanted.items():
                    for identity in identities:
                        change(connection, identity, market, None, cause="erase", action_id=act, now=self._now())
                        done += 1
            self._progress(f"taking pages down: {done}")
        return done

    def delete(self) -> dict[str, int]:
        """Delete what is theirs, and return how many rows of each table."""
        rows: dict[str, int] = {}
        for page in self._pages():
            with self._database.write() as connection:
                _add(rows, _delete_listings(connection, page))
            self._progress(f"deleting: {rows.get('listings', 0)} listings")
        for table in _BY_MERCHANT:
            for gone in delete_pages(self._database, table, table.c.merchant == self._merchant, check=self._check):
                _add(rows, {table.name: gone})
                self._progress(f"deleting {table.name}: {rows[table.name]} rows")
        for gone in delete_pages(self._database, translations, unused_translations(), check=self._check):
            _add(rows, {"translations": gone})
            self._progress(f"deleting machine text that no page has any more: {rows['translations']}")
        return {name: number for name, number in sorted(rows.items()) if number}

    def finish(self, connection: Connection, act: int, actor: str, note: str) -> None:
        """Log the erasure in place of its beginning, which nothing refers to any more."""
        begun = load(connection.scalar(select(actions.c.detail).where(actions.c.id == act)) or "{}")
        connection.execute(delete(actions).where(actions.c.id == act))
        log(connection, Act(actor=actor, action="erase", detail=begun, note=note), self._now())

    def _pages(self) -> Iterator[Sequence[int]]:
        """Yield the numbers of their listings, a page at a time."""
        last = 0
        while True:
            self._check()
            with self._database.read() as connection:
                theirs = select(listings.c.number).where(
                    listings.c.merchant == self._merchant, listings.c.number > last
                )
                page = list(connection.scalars(theirs.order_by(listings.c.number).limit(_PAGE)))
            if not page:
                return
            yield page
            last = page[-1]


def _begun() -> Any:
    return select(actions.c.id, actions.c.detail).where(actions.c.action == "erasing").order_by(actions.c.id)


def _on_sale(numbers: Sequence[int]) -> Any:
    """Return the query for what of these listings is published, in the order in which listings are locked."""
    return (
        select(listings.c.id, items.c.market)
        .join(items, items.c.listing == listings.c.number)
        .where(listings.c.number.in_(numbers), items.c.version.is_not(None))
        .order_by(items.c.market, listings.c.number)
    )


def _delete_listings(connection: Connection, numbers: Sequence[int]) -> dict[str, int]:
    """Delete these listings and all that hangs on them, but the events that are still to be delivered."""
    theirs = select(listings.c.number, listings.c.key).where(listings.c.number.in_(numbers))
    keys = [row.key for row in connection.execute(lock_rows(theirs.order_by(listings.c.number)))]
    _raise_floor(connection, numbers)
    of_theirs = outbox.c.listing.in_(numbers)
    rows = {"outbox": connection.execute(delete(outbox).where(of_theirs, outbox.c.delivered_at.is_not(None))).rowcount}
    connection.execute(update(outbox).where(of_theirs).values(listing=null()))
    for table in _BY_LISTING:
        rows[table.name] = connection.execute(delete(table).where(table.c.listing.in_(numbers))).rowcount
    rows["outcomes"] = connection.execute(delete(outcomes).where(outcomes.c.listing_key.in_(keys))).rowcount
    rows["listings"] = connection.execute(delete(listings).where(listings.c.number.in_(numbers))).rowcount
    return rows


def _raise_floor(connection: Connection, numbers: Sequence[int]) -> None:
    """Remember the highest version of what is about to be deleted."""
    highest = connection.scalar(select(func.max(publications.c.version)).where(publications.c.listing.in_(numbers)))
    known = connection.scalar(select(meta.c.value).where(meta.c.name == VERSION_FLOOR))
    if highest is not None and highest > int(known or 0):
        connection.execute(upsert(connection, meta), {"name": VERSION_FLOOR, "value": str(highest)})


def _nameless(connection: Connection, merchant: str, *, delivered: bool) -> list[int]:
    """Return the events of listings that are erased and that name the merchant."""
    done = outbox.c.delivered_at.is_not(None) if delivered else outbox.c.delivered_at.is_(None)
    rows = connection.execute(select(outbox.c.seq, outbox.c.payload).where(outbox.c.listing.is_(None), done))
    return [row.seq for row in rows if load(row.payload).get("merchant") == merchant]


def _count(connection: Connection, table: Table, condition: Any) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _add(rows: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        rows[name] = rows.get(name, 0) + number
