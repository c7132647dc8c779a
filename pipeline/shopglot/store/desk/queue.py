"""The queue: what waits for people, sorted, filtered, searched and counted. Of a page it reads its row of `held`.

Pages are read a screen at a time, each behind the last one of the screen before, so that the thousandth is as quick as
the first, and none comes twice because others have left the queue meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, and_, func, not_, select

from shopglot.store.connection import Database, chunks, retried
from shopglot.store.desk import claiming, counting
from shopglot.store.desk.entries import (
    COLUMNS,
    Facets,
    Filter,
    Held,
    Progress,
    QueuePage,
    Snippet,
    Sort,
    held_of,
    snippet_of,
)
from shopglot.store.desk.holding import Place, recount
from shopglot.store.desk.narrowing import conditions, free, is_simple, order, read_place, value_of, write_place
from shopglot.store.schema import handled, held, segments

__all__ = ["Facets", "Filter", "Held", "Progress", "Queue", "QueuePage", "Snippet", "Sort", "recount"]

CLAIM_MINUTES = 10


class Queue:
    """The queue of a store. Not for two threads, as the store is not."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @retried
    def page(self, wanted: Filter, *, sort: Sort = "priority", after: str | None = None, limit: int = 50) -> QueuePage:
        """Return the first pages of an order, or those behind the page whose `QueuePage.next` is `after`.

        The orders: the highest priority, the longest wait, the lowest score or the next day that it is due first.
        UsageError where `after` is of another order, or of none.
        """
        by = order(sort)
        self._database.require_current()
        with self._database.read() as connection:
            now = self._now()
            found = _select(connection, wanted, sort, now).limit(limit + 1)
            if after is not None:
                found = found.where(by.behind(*read_place(after, sort)))
            rows = [held_of(row) for row in connection.execute(found)]
            whole = after is None and len(rows) <= limit  # then all that there are have been read
            total = len(rows) if whole else counting.total(connection, wanted, now)
        more = len(rows) > limit > 0
        rows = rows[:limit]
        return QueuePage(rows=tuple(rows), next=write_place(rows[-1], sort) if more else None, total=total)

    @retried
    def counts(self, wanted: Filter) -> Facets:
        """Return how many pages there are by each condition that a filter may have, the others being as they are."""
        self._database.require_current()
        with self._database.read() as connection:
            return counting.count(connection, wanted, self._now())

    @retried
    def get(self, listing: int, market: str) -> Held | None:
        """Return a page of the queue, None where it does not wait."""
        self._database.require_current()
        with self._database.read() as connection:
            return claiming.find(connection, listing, market)

    @retried
    def snippets(self, rows: Iterable[Held], each: int = 3) -> dict[Place, list[Snippet]]:
        """Return the first held segments of each page, by (listing, market), in their order on the page."""
        wanted = {(row.listing, row.market) for row in rows}
        found: dict[Place, list[Snippet]] = {place: [] for place in sorted(wanted)}
        self._database.require_current()
        with self._database.read() as connection:
            for part in chunks(sorted({listing for listing, _ in wanted})):
                for row in connection.execute(_first(part, each)):
                    if (place := (row.listing, row.market)) in found:
                        found[place].append(snippet_of(row))
        return found

    @retried
    def next(self, wanted: Filter, after: Held | None, user: str, *, sort: Sort = "priority") -> Held | None:
        """Return the page behind `after`, from the first one again behind the last; None where there is no other.

        Pages that somebody else has open are passed over. It is not claimed: `claim` says who was quicker.
        """
        by, now = order(sort), self._now()
        self._database.require_current()
        with self._database.read() as connection:
            found = _select(connection, wanted, sort, now).where(free(user, now)).limit(1)
            row = None
            if after is not None:
                behind = by.behind(value_of(after, sort), after.listing, after.market)
                row = connection.execute(found.where(behind)).first()
                found = found.where(not_(and_(held.c.listing == after.listing, held.c.market == after.market)))
            if row is None:
                row = connection.execute(found).first()
            return None if row is None else held_of(row)

    @retried
    def claim(self, listing: int, market: str, user: str, minutes: float = CLAIM_MINUTES) -> Held:
        """Give a page to a user for some minutes from now, unless somebody else has it; `claimed_by` says who has.

        Called again it renews the claim. Of two who come at once, on any database, one gets it. DataError where the
        page does not wait any more.
        """
        with self._database.write() as connection:
            return claiming.claim(connection, listing, market, user, minutes, self._now())

    @retried
    def release(self, listing: int, market: str, user: str) -> None:
        """Give a page back, if the user has it."""
        with self._database.write() as connection:
            claiming.release(connection, listing, market, user)

    def assign(self, pages: Iterable[Place], assignee: str | None, due_at: datetime | None, actor: str) -> int:
        """Give pages to a user, until a day, or to nobody; return how many have changed, each of which is logged."""
        with self._database.write() as connection:
            return claiming.assign(connection, pages, assignee, due_at, actor, self._now())

    @retried
    def today(self, user: str, since: datetime | None = None) -> Progress:
        """Return what a user has done with held segments since a moment, or else since midnight where the store is.

        What a run has made again since does not count.
        """
        local = self._now().astimezone()
        begin = since or datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
        done = select(handled.c.listing, handled.c.market, handled.c.deed, handled.c.seconds).where(
            handled.c.actor == user, handled.c.at >= begin
        )
        self._database.require_current()
        with self._database.read() as connection:
            rows = connection.execute(done).all()
        return Progress(
            segments=len(rows),
            pages=len({(row.listing, row.market) for row in rows}),
            edits=sum(row.deed == "edit" for row in rows),
            seconds=sum(row.seconds for row in rows),
        )


def _select(connection: Connection, wanted: Filter, sort: Sort, now: datetime) -> Any:
    """Return the query for the pages of a filter in an order."""
    seek = sort == "priority" and is_simple(wanted)  # the index has them in the order of their priority
    asked = conditions(connection, wanted, now, seek=seek)
    return select(*COLUMNS).where(*asked.all).order_by(*order(sort).terms())


def _first(numbers: Sequence[int], each: int) -> Any:
    """Return the query for the first held segments of listings, with what was done with each."""
    rank = func.row_number().over(partition_by=(segments.c.listing, segments.c.market), order_by=segments.c.position)
    ranked = (
        select(segments.c.listing, segments.c.market, segments.c.position, rank.label("rank"))
        .where(segments.c.listing.in_(numbers), segments.c.verdict != "publish")
        .subquery("ranked")
    )
    same = [ranked.c[name] == segments.c[name] for name in ("listing", "market", "position")]
    done = [handled.c[name] == segments.c[name] for name in ("listing", "market", "position")]
    return (
        select(
            segments.c.listing, segments.c.market, segments.c.position, segments.c.field, segments.c.source,
            segments.c.target, segments.c.score, segments.c.reasons, segments.c.verdict, handled.c.deed,
        )
        .join(ranked, and_(*same))
        .outerjoin(handled, and_(*done))
        .where(ranked.c.rank <= each)
        .order_by(segments.c.listing, segments.c.market, segments.c.position)
    )  # fmt: skip
