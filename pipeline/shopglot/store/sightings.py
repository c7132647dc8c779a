"""Which listings a run has seen: duplicates within a catalog, and what has disappeared from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Insert, Row, and_, case, select

from shopglot.store.connection import Database, chunks, hold_listings, inserting
from shopglot.store.encoding import identity_key
from shopglot.store.lock import SEEING, line_up
from shopglot.store.records import Missing
from shopglot.store.schema import items, listings, runs

_Keyed: TypeAlias = tuple[str, int, str, str]  # the key of a line's listing, its line, merchant and id
_PAGE = 500


def see(database: Database, run_id: int, lines: Sequence[tuple[int, str, str]]) -> set[int]:
    """Note that the run saw these (line, merchant, id), and return the lines that repeat an earlier line's identity.

    The lowest line of an identity wins. A line that is seen again, after a kill, is no duplicate of itself. What
    another worker of the run has noted already is only read.
    """
    if not lines:
        return set()
    keyed = [(identity_key(merchant, listing), line, merchant, listing) for line, merchant, listing in lines]
    with database.read() as connection:
        noted = all(_is_noted(row, run_id, line) for row, (_, line, *_) in _known(connection, keyed))
    if not noted:
        with database.write() as connection:
            line_up(connection, SEEING)
            # Whoever publishes locks the listings that it changes in this order too.
            hold_listings(connection, [row.number for row, _ in _known(connection, keyed) if row is not None])
            due = [entry for row, entry in _known(connection, keyed) if not _is_noted(row, run_id, entry[1])]
            rows = [
                {"key": key, "merchant": merchant, "id": listing, "seen_run": run_id, "seen_line": line}
                for key, line, merchant, listing in due
            ]
            if rows:  # else another worker has noted all of them meanwhile
                connection.execute(_sighting(connection.dialect.name), rows)
    with database.read() as connection:
        return {line for row, (_, line, *_) in _known(connection, keyed) if row is not None and row.seen_line != line}


def _known(connection: Connection, keyed: Sequence[_Keyed]) -> Iterator[tuple[Row[Any] | None, _Keyed]]:
    """Yield each line with what is known of its listing, None for a new one."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(list({key for key, *_ in keyed})):
        wanted = select(listings.c.key, listings.c.number, listings.c.seen_run, listings.c.seen_line)
        rows: Sequence[Any] = connection.execute(wanted.where(listings.c.key.in_(part))).all()
        found.update({row.key: row for row in rows})
    for entry in keyed:
        yield found.get(entry[0]), entry


def _is_noted(row: Row[Any] | None, run_id: int, line: int) -> bool:
    """Return whether the run has seen the listing on this line, or on an earlier one."""
    return row is not None and row.seen_run == run_id and row.seen_line <= line


@cache
def _sighting(dialect: str) -> Insert:
    """Return the upsert that keeps, within one run, the lowest line."""
    statement = inserting(dialect, listings)
    new = statement.excluded
    earlier = and_(listings.c.seen_run == new.seen_run, listings.c.seen_line < new.seen_line)
    found: Insert = statement.on_conflict_do_update(
        index_elements=[listings.c.key],
        set_={"seen_run": new.seen_run, "seen_line": case((earlier, listings.c.seen_line), else_=new.seen_line)},
    )
    return found


def missing(database: Database, run_id: int) -> Iterator[Missing]:
    """Yield the listings that an earlier run over the same catalog saw and this run did not, the longest known first.

    Every page is read by itself, so that the caller may write to the store meanwhile.
    """
    catalog = select(runs.c.catalog).where(runs.c.id == run_id).scalar_subquery()
    gone = (
        select(listings.c.number, listings.c.merchant, listings.c.id, listings.c.seen_run)
        .join(runs, runs.c.id == listings.c.seen_run)
        .where(listings.c.seen_run != run_id, runs.c.catalog == catalog)
        .order_by(listings.c.number)
        .limit(_PAGE)
    )
    last = 0
    while True:
        with database.read() as connection:
            page = connection.execute(gone.where(listings.c.number > last)).all()
            published = _published(connection, [row.number for row in page])
        for row in page:
            markets = tuple(published.get(row.number, ()))
            yield Missing(merchant=row.merchant, id=row.id, last_seen_run=row.seen_run, published=markets)
        if len(page) < _PAGE:
            return
        last = page[-1].number


def _published(connection: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    """Return the markets where each of these listings is published, sorted."""
    found: dict[int, list[str]] = {}
    wanted = select(items.c.listing, items.c.market).where(items.c.listing.in_(numbers), items.c.version.is_not(None))
    for number, market in connection.execute(wanted.order_by(items.c.market)):
        found.setdefault(number, []).append(market)
    return found
