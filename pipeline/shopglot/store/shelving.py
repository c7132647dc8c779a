"""Taking the pages of a paused shop down and putting them back, some to a transaction (see `store.enrolment`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from shopglot.store import actions, publishing
from shopglot.store.closures import Reach, closed
from shopglot.store.connection import hold_listings, market_lock
from shopglot.store.encoding import load, merchant_key
from shopglot.store.schema import actions as acts
from shopglot.store.schema import items, listings, publications

PAGES = 200  # in one transaction

_ON_SALE_AS = ("publish", "review")  # an earlier version may be on sale while the newest waits for review


def walk(
    connection: Connection, reach: Reach, which: ColumnElement[bool], work: Callable[[Sequence[int]], None]
) -> None:
    """Do `work` on the numbers of the pages in reach whose item is one of `which`: locked, a transaction at a time."""
    last = 0
    numbers: Sequence[int] = range(PAGES)
    while len(numbers) == PAGES:
        with connection.begin():
            market_lock(connection, reach.market, shared=True)
            numbers = connection.scalars(
                select(listings.c.number)
                .join(items, and_(items.c.listing == listings.c.number, items.c.market == reach.market))
                .where(reach.condition, which, listings.c.number > last)
                .order_by(listings.c.number)
                .limit(PAGES)
            ).all()
            hold_listings(connection, numbers)
            work(numbers)
        last = numbers[-1] if numbers else last


def _pages(connection: Connection, reach: Reach, numbers: Sequence[int]) -> Iterator[tuple[Row[Any], bool]]:
    """Yield the items of locked listings as they are now, by number, and whether each is paused."""
    rows = connection.execute(
        select(items, listings.c.merchant, listings.c.id, listings.c.key)
        .join(listings, listings.c.number == items.c.listing)
        .where(items.c.market == reach.market, items.c.listing.in_(numbers))
        .order_by(items.c.listing)
    ).all()
    shop = merchant_key(reach.merchant)
    paused = closed(connection, reach.market, [(shop, row.key) for row in rows])
    for row in rows:
        yield row, (shop, row.key) in paused


class TakeDown:
    """Takes down what is on sale and paused; `pages` counts it."""

    def __init__(self, connection: Connection, reach: Reach, action_id: int, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._reach = reach
        self._action_id = action_id
        self._now = now
        self.pages = 0

    def __call__(self, numbers: Sequence[int]) -> None:
        """Do it for locked listings."""
        for row, paused in _pages(self._connection, self._reach, numbers):
            if paused and row.version is not None:
                publishing.change(
                    self._connection, (row.merchant, row.id), self._reach.market, None, cause="pause",
                    action_id=self._action_id, now=self._now(),
                )  # fmt: skip
                self.pages += 1


class PutBack:
    """Puts back what a pause took down and marks what else passed; `back` and `later` count it."""

    def __init__(
        self, connection: Connection, reach: Reach, action_id: int | None, now: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._reach = reach
        self._action_id = action_id
        self._now = now
        self.back = 0
        self.later = 0

    def __call__(self, numbers: Sequence[int]) -> None:
        """Do it for locked listings."""
        marked: list[int] = []
        for row, paused in _pages(self._connection, self._reach, numbers):
            if paused or row.version is not None:
                continue
            settled, version = comeback(self._connection, row)
            if version is not None:
                self._restore(row, version)
            elif not settled and (row.again or row.status == "publish"):
                marked.append(row.listing)
        if marked:
            own = items.c.market == self._reach.market, items.c.listing.in_(marked)
            self._connection.execute(update(items).where(*own).values(again=True))
        self.later += len(marked)

    def _restore(self, row: Row[Any], version: int) -> None:
        if self._action_id is None:  # it is written as open already: an earlier call was cut off
            self._action_id = actions.log(self._connection, self._reach.act("resume"), self._now())
        publishing.change(
            self._connection, (row.merchant, row.id), row.market, stored(self._connection, row, version),
            cause="resume", action_id=self._action_id, restores=version, now=self._now(),
        )  # fmt: skip
        self.back += 1


def stored(connection: Connection, row: Row[Any], version: int) -> str | None:
    """Return a version's document as it is stored; `row` has the item's listing and market."""
    wanted = select(publications.c.document).where(
        publications.c.listing == row.listing,
        publications.c.market == row.market,
        publications.c.version == version,
    )
    document: str | None = connection.scalars(wanted).one()
    return document


def comeback(connection: Connection, row: Row[Any]) -> tuple[bool, int | None]:
    """Return whether it is settled what a page with nothing on sale goes back on sale with, and that version or None.

    It is settled where a person chose it, and where a pause took it down and nothing happened to it since; otherwise
    the next run decides. `row` has all columns of the item. A choice for a paused page is in the log, as `waits` in the
    detail of the rollback that pinned the page; it is used up by the next thing that a person does to the page.
    """
    newest = connection.execute(
        select(publications.c.version, publications.c.cause)
        .where(publications.c.listing == row.listing, publications.c.market == row.market)
        .order_by(publications.c.version.desc())
        .limit(1)
    ).first()
    if pinned(row):
        detail = load(connection.scalars(select(acts.c.detail).where(acts.c.id == row.pinned_by)).one())
        if "waits" in detail and not _used(connection, row):
            return True, detail["waits"]
    if (
        newest is not None
        and newest.cause == "pause"
        and (pinned(row) or (not row.again and row.status in _ON_SALE_AS))
    ):
        return True, int(newest.version) - 1  # a pause writes a version only where the one before it was on sale
    return pinned(row), None


def _used(connection: Connection, row: Row[Any]) -> bool:
    """Return whether a person did anything to the published page after the act that pinned it."""
    later = select(publications.c.version).where(
        publications.c.listing == row.listing,
        publications.c.market == row.market,
        publications.c.action_id > row.pinned_by,
    )
    return connection.execute(later.limit(1)).first() is not None


def pinned(row: Row[Any]) -> bool:
    """Return whether a person's choice stands for this item: it does while the page's source is the one of then."""
    known = row.source is not None and row.pinned_source is not None
    return row.pinned_by is not None and not (known and row.source != row.pinned_source)
