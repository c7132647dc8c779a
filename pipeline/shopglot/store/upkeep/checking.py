"""Whether a store is sound: the database's own word first, then the laws that no constraint can say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, text

from shopglot.store.connection import Database
from shopglot.store.desk.holding import HELD
from shopglot.store.encoding import digest, load
from shopglot.store.schema import handled, held, items, listings, meta, outbox, publications, segments
from shopglot.store.upkeep.archive import Progress, silent
from shopglot.store.upkeep.retention import PRUNED_BEFORE

_SHOWN = 20  # complaints of one kind
_ROWS = 500
_STEP = 5_000
_PLACE = (listings.c.merchant, listings.c.id, publications.c.market, publications.c.version)


def check(database: Database, progress: Progress = silent) -> list[str]:
    """Return what is wrong with the store, a line each, empty where nothing is; a kind is cut off at 20 lines.

    It is one state of the store that is read, and other processes may go on writing.
    """
    found: list[str] = []
    with database.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        for name, complaints in (
            ("the database", _database(connection)),
            ("pointers", _pointers(connection)),
            ("events", _events(connection)),
            ("documents", _documents(connection, progress)),
            ("the queue", _queue(connection)),
        ):
            progress(f"checking {name}")
            found.extend(_some(complaints))
    return found


def _some(complaints: Iterator[str]) -> Iterator[str]:
    """Yield the first complaints, and that there are more."""
    for number, complaint in enumerate(complaints):
        if number == _SHOWN:
            yield "… and more of this kind"
            return
        yield complaint


def _database(connection: Connection) -> Iterator[str]:
    """Yield what SQLite finds in its file; PostgreSQL keeps its own house."""
    if connection.dialect.name != "sqlite":
        return
    for line in connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars():
        if line != "ok":
            yield f"the file is damaged: {line}; restore it from a backup"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there"


def _pointers(connection: Connection) -> Iterator[str]:
    """Yield pages whose pointer does not name a published version, or the newest one while that is on sale."""
    version = publications.c.version == items.c.version
    same = and_(publications.c.listing == items.c.listing, publications.c.market == items.c.market)
    pages = select(listings.c.merchant, listings.c.id, items.c.market, items.c.version).join(
        items, items.c.listing == listings.c.number
    )
    wrong = pages.outerjoin(publications, and_(same, version)).where(
        items.c.version.is_not(None), or_(publications.c.kind.is_(None), publications.c.kind != "publish")
    )
    for row in connection.execute(wrong):
        yield f"{_page(row.merchant, row.id, row.market)}: version {row.version} is on sale, which is no published page"
    highest = select(publications.c.listing, publications.c.market, func.max(publications.c.version).label("version"))
    last = highest.group_by(publications.c.listing, publications.c.market).subquery()
    stale = pages.join(last, and_(last.c.listing == items.c.listing, last.c.market == items.c.market))
    stale = stale.add_columns(last.c.version.label("newest"), publications.c.kind).join(
        publications,
        and_(
            publications.c.listing == last.c.listing,
            publications.c.market == last.c.market,
            publications.c.version == last.c.version,
        ),
    )
    wanted = or_(
        and_(publications.c.kind == "publish", func.coalesce(items.c.version, 0) != last.c.version),
        and_(publications.c.kind == "withdraw", items.c.version.is_not(None)),
    )
    for row in connection.execute(stale.where(wanted)):
        shown = "nothing" if row.version is None else f"version {row.version}"
        newest = f"the newest is {row.kind} {row.newest}"
        yield f"{_page(row.merchant, row.id, row.market)}: {shown} is on sale, but {newest}"


def _events(connection: Connection) -> Iterator[str]:
    """Yield versions without an event, but for those whose event may have been pruned, and events without a version."""
    pruned = connection.scalar(select(meta.c.value).where(meta.c.name == PRUNED_BEFORE))
    since = None if pruned is None else datetime.fromisoformat(pruned)
    for row in connection.execute(_silent_versions()):
        if since is None or row.created_at >= since:
            yield f"{_page(row.merchant, row.id, row.market)}: version {row.version} has no event"
    same = and_(
        publications.c.listing == outbox.c.listing,
        publications.c.market == outbox.c.market,
        publications.c.version == outbox.c.version,
    )
    orphans = (
        select(outbox.c.seq)
        .outerjoin(publications, same)
        .where(outbox.c.listing.is_not(None), outbox.c.delivered_at.is_(None), publications.c.version.is_(None))
    )
    for seq in connection.scalars(orphans.order_by(outbox.c.seq)):
        yield f"event {seq} is to be delivered, but its version is not there"


def _silent_versions() -> Select[tuple[str, str, str, int, object]]:
    same = and_(
        outbox.c.listing == publications.c.listing,
        outbox.c.market == publications.c.market,
        outbox.c.version == publications.c.version,
    )
    return (
        select(*_PLACE, publications.c.created_at)
        .join(listings, listings.c.number == publications.c.listing)
        .where(~select(literal(1)).select_from(outbox).where(same).correlate(publications).exists())
        .order_by(publications.c.listing, publications.c.market, publications.c.version)
    )


def _documents(connection: Connection, progress: Progress) -> Iterator[str]:
    """Yield versions whose document is not the one that was published."""
    rows = connection.execute(
        select(*_PLACE, publications.c.kind, publications.c.document, publications.c.content_hash).join(
            listings, listings.c.number == publications.c.listing
        ),
        execution_options={"yield_per": _ROWS},
    )
    for number, row in enumerate(rows, 1):
        if number % _STEP == 0:
            progress(f"checking documents: {number}")
        if row.kind == "publish" and not _is_whole(row.document, row.content_hash):
            yield f"{_page(row.merchant, row.id, row.market)}: the document of version {row.version} is not what it was"


def _queue(connection: Connection) -> Iterator[str]:
    """Yield pages that wait and are not in the queue, or are in it and do not, and rows that contradict their page."""
    waits = select(segments.c.listing, segments.c.market, func.count().label("waiting")).where(
        segments.c.verdict != "publish"
    )
    due = waits.group_by(segments.c.listing, segments.c.market).subquery("due")
    done = and_(*(handled.c[name] == segments.c[name] for name in ("listing", "market", "position")))
    left = waits.outerjoin(handled, done).where(handled.c.position.is_(None))
    free = left.group_by(segments.c.listing, segments.c.market).subquery("free")

    def at(table: Any) -> ColumnElement[bool]:
        return and_(table.c.listing == items.c.listing, table.c.market == items.c.market)

    rows = connection.execute(
        select(
            listings.c.merchant, listings.c.id, items.c.market, items.c.status, held.c.verdict, held.c.segments,
            held.c.open, held.c.state, due.c.waiting, free.c.waiting.label("free"),
        )
        .join(listings, listings.c.number == items.c.listing)
        .outerjoin(held, at(held))
        .outerjoin(due, at(due))
        .outerjoin(free, at(free))
        .where(or_(held.c.listing.is_not(None), and_(items.c.status.in_(HELD), due.c.waiting.is_not(None))))
        .order_by(items.c.listing, items.c.market)
    )  # fmt: skip
    for row in rows:
        page = _page(row.merchant, row.id, row.market)
        if row.verdict is None:
            yield f"{page}: it waits for people, but is not in the queue"
        elif row.status not in HELD or row.waiting is None:
            yield f"{page}: it is in the queue, but does not wait"
        elif (row.verdict, row.segments) != (row.status, row.waiting):
            yield f"{page}: the queue has {row.verdict} and {row.segments} segments, not {row.status} and {row.waiting}"
        elif row.open != (row.free or 0):
            yield f"{page}: the queue has {row.open} open segments, not {row.free or 0}"
        elif (row.state == "open" and not row.open) or (row.state == "done" and row.open):
            yield f"{page}: it is {row.state} in the queue with {row.open} open segments"


def _is_whole(document: str, content_hash: str) -> bool:
    try:
        return content_hash == digest(load(document))
    except (ValueError, RecursionError):
        return False


def _page(merchant: str, listing: str, market: str) -> str:
    return f"page {listing!r} of merchant {merchant!r} in {market}"
