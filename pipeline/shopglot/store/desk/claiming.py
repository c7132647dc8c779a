"""Who has a page of the queue: for some minutes, while it is open, or until a day, because a lead said so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from shopglot.errors import DataError
from shopglot.store.actions import log
from shopglot.store.connection import hold_listings, lock_rows
from shopglot.store.desk.entries import COLUMNS, Held, held_of
from shopglot.store.desk.holding import Place
from shopglot.store.desk.narrowing import free
from shopglot.store.records import Act
from shopglot.store.schema import held

ASSIGN = "assign"


def find(connection: Connection, listing: int, market: str) -> Held | None:
    """Return a page of the queue, None where it does not wait."""
    row = connection.execute(select(*COLUMNS).where(held.c.listing == listing, held.c.market == market)).first()
    return None if row is None else held_of(row)


def claim(connection: Connection, listing: int, market: str, user: str, minutes: float, now: datetime) -> Held:
    """Give a page to a user unless somebody else has it, and return it as it is then; see `Queue.claim`.

    One statement asks and takes: whoever comes second waits for it, and then finds the page taken.
    """
    until = now + timedelta(minutes=minutes)
    own = held.c.listing == listing, held.c.market == market
    taken = update(held).where(*own, free(user, now)).values(claimed_by=user, claimed_until=until)
    connection.execute(taken)
    found = find(connection, listing, market)
    if found is None:
        raise DataError("this page does not wait for anybody any more; go back to the queue")
    return found


def release(connection: Connection, listing: int, market: str, user: str) -> None:
    """Give a page back, if the user has it."""
    own = held.c.listing == listing, held.c.market == market, held.c.claimed_by == user
    connection.execute(update(held).where(*own).values(claimed_by=None, claimed_until=None))


def assign(
    connection: Connection, pages: Iterable[Place], assignee: str | None, due_at: datetime | None, actor: str,
    now: datetime,
) -> int:  # fmt: skip
    """Give pages to a user, or to nobody, and log each that has changed; see `Queue.assign`."""
    places = sorted(set(pages))
    hold_listings(connection, (listing for listing, _ in places))
    changed = 0
    for listing, market in places:
        own = held.c.listing == listing, held.c.market == market
        row = connection.execute(lock_rows(select(*COLUMNS).where(*own))).first()
        if row is None or (row.assignee, row.due_at) == (assignee, due_at):
            continue
        connection.execute(update(held).where(*own).values(assignee=assignee, due_at=due_at))
        act = Act(
            actor=actor, action=ASSIGN, market=market, merchant=row.merchant, listing=row.id,
            detail={
                "assignee": assignee, "due_at": _told(due_at), "before": row.assignee, "was_due_at": _told(row.due_at),
            },
        )  # fmt: skip
        log(connection, act, now)
        changed += 1
    return changed


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
