"""Version 4: the review desk: what waits for people, what they have done with it, and who they are.

What waits already is put into the queue; since when it waits nobody has noted, so that it waits since it was settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from alembic.operations import Operations
from sqlalchemy import Connection, and_, insert, select, tuple_

from shopglot.store.desk import holding
from shopglot.store.migrations.frozen import desk, first, people

revision = "4"
down_revision = "3"

LOSES = (
    "who may use the review desk, and their settings",
    "who has which page of the queue, and until when",
    "what people have already done with segments that wait still",
    "findings that people set aside",
    "comments, and proposed terms and rules",
)
_PAGE = 500
_KEY = ("listing", "market")


def upgrade(op: Operations) -> None:
    """Make the tables, and put into the queue what waits."""
    connection = op.get_bind()
    desk.metadata.create_all(connection, tables=desk.NEW)
    for rows in _waiting(connection):
        connection.execute(insert(desk.held), rows)


def downgrade(op: Operations) -> None:
    """Drop them with what they hold."""
    desk.metadata.drop_all(op.get_bind(), tables=desk.NEW)


def _waiting(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of `held`, of some pages at a time.

    They are what `holding.derive` makes of a page: a later version that makes something else of it writes them anew.
    """
    items, listings, sources, segments = people.items, first.listings, people.sources, first.segments
    same = and_(sources.c.listing == items.c.listing, sources.c.version == items.c.source)
    pages = (
        select(
            items.c.listing, items.c.market, items.c.status, items.c.reasons, items.c.run_id, items.c.updated_at,
            listings.c.merchant, listings.c.id, sources.c.document,
        )
        .join(listings, listings.c.number == items.c.listing)
        .outerjoin(sources, same)
        .where(items.c.status.in_(holding.HELD))
        .order_by(items.c.listing, items.c.market)
        .limit(_PAGE)
    )  # fmt: skip
    last: tuple[Any, ...] | None = None
    while True:
        behind = pages if last is None else pages.where(tuple_(items.c.listing, items.c.market) > last)
        if not (found := connection.execute(behind).all()):
            return
        own = [tuple(getattr(found[at], name) for name in _KEY) for at in (0, -1)]
        last = own[-1]
        place = tuple_(segments.c.listing, segments.c.market)
        held = connection.execute(
            select(segments)
            .where(place >= own[0], place <= last, segments.c.verdict != "publish")
            .order_by(segments.c.listing, segments.c.market, segments.c.position)
        )
        waiting = {
            key: [holding.of_row(row) for row in group]
            for key, group in groupby(held, key=lambda row: (row.listing, row.market))
        }
        since = {(row.listing, row.market): row.updated_at for row in found}
        rows = []
        for page in holding.pages_of(found, waiting):
            derived = holding.derive(page)
            rows.append(
                {name: derived[name] for name in derived if name in desk.held.c}
                | {"open": len(page.waiting), "state": "open", "held_at": since[page.listing, page.market]}
            )
        if rows:
            yield rows
