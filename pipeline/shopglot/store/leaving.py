"""Pages that left the catalog: an earlier run over it saw them, this one did not.

A page whose line is broken tonight has not left: its outcome says so. A broken line that does not even say whose it is
may be any of them; such lines are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, update

from shopglot.store import publishing
from shopglot.store.connection import Database, hold_listings, market_lock
from shopglot.store.encoding import encode_reasons
from shopglot.store.records import Identity
from shopglot.store.schema import held, items, listings, outcomes, publications, runs

PAGES = 200  # in one transaction
_EMPTY_LINE = encode_reasons(("line.empty",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How a catalog shrank: `count` pages left, some of them are the `examples`.

    `unreadable` lines of this run may be pages, and nobody can say which. By market: `on_sale` of those that left are
    still on sale, and `stayed` pages were in the published catalog before this run, whatever stands now, and were seen.
    """

    count: int
    examples: tuple[Identity, ...]
    unreadable: int
    on_sale: dict[str, int]
    stayed: dict[str, int]


def left(connection: Connection, run_id: int, *, examples: int) -> Left:
    """Return what left the catalog of a run, which has to be at its end."""
    gone = _gone(run_id).subquery("gone")
    on_sale = (
        select(items.c.market, func.count())
        .join(gone, gone.c.number == items.c.listing)
        .where(items.c.version.is_not(None))
        .group_by(items.c.market)
    )
    earlier = or_(publications.c.run_id != run_id, publications.c.run_id.is_(None))
    stayed = (
        select(publications.c.market, func.count(publications.c.listing.distinct()))
        .join(listings, listings.c.number == publications.c.listing)
        .where(listings.c.seen_run == run_id, earlier)
        .group_by(publications.c.market)
    )
    unreadable = select(func.count(outcomes.c.line.distinct())).where(
        outcomes.c.run_id == run_id,
        outcomes.c.id == "",
        outcomes.c.status == "failed",
        outcomes.c.reasons != _EMPTY_LINE,
    )
    named = connection.execute(_gone(run_id).order_by(listings.c.number).limit(examples))
    return Left(
        count=connection.scalar(select(func.count()).select_from(gone)) or 0,
        examples=tuple((row.merchant, row.id) for row in named),
        unreadable=connection.scalar(unreadable) or 0,
        on_sale={row[0]: row[1] for row in connection.execute(on_sale)},
        stayed={row[0]: row[1] for row in connection.execute(stayed)},
    )


def take_down(database: Database, run_id: int, market: str, now: Callable[[], datetime]) -> int:
    """Take down in a market what left the catalog, and return how many pages were on sale.

    Each of them leaves the queue of the desk and is marked, so that it is worked on when it comes back. Some pages to a
    transaction; cut off, the same call does the rest.
    """
    found = last = 0
    numbers: Sequence[int] = range(PAGES)
    with database.writer() as connection:
        while len(numbers) == PAGES:
            with connection.begin():
                market_lock(connection, market, shared=True)
                due = _gone(run_id).where(
                    exists().where(
                        items.c.listing == listings.c.number,
                        items.c.market == market,
                        or_(items.c.version.is_not(None), items.c.again.is_(False), _waits(market)),
                    ),
                    listings.c.number > last,
                )
                numbers = [row.number for row in connection.execute(due.order_by(listings.c.number).limit(PAGES))]
                hold_listings(connection, numbers)
                found += _withdraw(connection, run_id, market, numbers, now)
            last = numbers[-1] if numbers else last
    return found


def _gone(run_id: int) -> Select[tuple[int, str, str]]:
    """Return the listings that left."""
    catalog = select(runs.c.catalog).where(runs.c.id == run_id).scalar_subquery()
    told = exists().where(outcomes.c.run_id == run_id, outcomes.c.listing_key == listings.c.key)
    return (
        select(listings.c.number, listings.c.merchant, listings.c.id)
        .join(runs, runs.c.id == listings.c.seen_run)
        .where(listings.c.seen_run != run_id, runs.c.catalog == catalog, ~told)
    )


def _waits(market: str) -> ColumnElement[bool]:
    """Return whether a listing's page waits for a person."""
    return exists().where(held.c.listing == listings.c.number, held.c.market == market)


def _withdraw(
    connection: Connection, run_id: int, market: str, numbers: Sequence[int], now: Callable[[], datetime]
) -> int:
    """Take down what is on sale of locked listings."""
    rows = connection.execute(
        select(listings.c.merchant, listings.c.id)
        .join(items, and_(items.c.listing == listings.c.number, items.c.market == market))
        .where(listings.c.number.in_(numbers), listings.c.seen_run != run_id, items.c.version.is_not(None))
        .order_by(listings.c.number)
    ).all()
    for row in rows:
        publishing.change(connection, (row.merchant, row.id), market, None, cause="missing", run_id=run_id, now=now())
    marked = items.c.market == market, items.c.listing.in_(numbers)
    connection.execute(update(items).where(*marked).values(again=True))
    # Nobody is to mend a page that there is no more; one that comes back is worked on, and waits again.
    waits = held.c.market == market, held.c.listing.in_(_still_gone(numbers, run_id))
    connection.execute(delete(held).where(*waits))
    return len(rows)


def _still_gone(numbers: Sequence[int], run_id: int) -> Select[tuple[int]]:
    """Return those of some locked listings that have not come back meanwhile."""
    return select(listings.c.number).where(listings.c.number.in_(numbers), listings.c.seen_run != run_id)
