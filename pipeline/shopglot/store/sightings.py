"""Which listings a run has seen: duplicates within a catalog, and what has disappeared from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import Connection, Insert, and_, case, select

from shopglot.store.connection import Database, chunks, inserting
from shopglot.store.encoding import identity_key
from shopglot.store.records import Missing
from shopglot.store.schema import items, listings, runs

_PAGE = 500


def see(connection: Connection, run_id: int, lines: Sequence[tuple[int, str, str]]) -> set[int]:
    """Note that the run saw these (line, merchant, id), and return the lines that repeat an earlier line's identity.

    The lowest line of an identity wins. A line that is seen again, after a kill, is no duplicate of itself.
    """
    if not lines:
        return set()
    keyed = [(identity_key(merchant, listing), line, merchant, listing) for line, merchant, listing in lines]
    connection.execute(
        _sighting(connection.dialect.name),
        [
            {"key": key, "merchant": merchant, "id": listing, "seen_run": run_id, "seen_line": line}
            for key, line, merchant, listing in keyed
        ],
    )
    first: dict[str, int] = {}
    for part in chunks(list({key for key, *_ in keyed})):
        found = connection.execute(select(listings.c.key, listings.c.seen_line).where(listings.c.key.in_(part)))
        first.update((row.key, row.seen_line) for row in found)
    return {line for key, line, *_ in keyed if first[key] != line}


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
