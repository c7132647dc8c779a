"""What is written of paused shops and pages, and whether a page is one of them (see `store.enrolment`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Delete, Row, delete, select

from shopglot.store import actions
from shopglot.store.connection import chunks, upsert
from shopglot.store.encoding import identity_key, merchant_key
from shopglot.store.records import Act
from shopglot.store.schema import enrolments, listings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is paused or opened, and by whom."""

    market: str
    merchant: str
    listing: str | None
    actor: str
    note: str

    @property
    def listing_key(self) -> str:
        """The key in `enrolments`: empty for the whole shop."""
        return "" if self.listing is None else identity_key(self.merchant, self.listing)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The listings that it speaks of."""
        return listings.c.merchant == self.merchant if self.listing is None else listings.c.key == self.listing_key

    def act(self, action: str) -> Act:
        """Return the act for the log."""
        return Act(
            actor=self.actor, action=action, market=self.market, merchant=self.merchant, listing=self.listing,
            note=self.note,
        )  # fmt: skip


def closed(connection: Connection, market: str, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these (merchant key, listing key) are paused in a market, in the caller's transaction.

    Whoever publishes asks this after locking the listing, holding the market's shared lock.
    """
    found: set[tuple[str, str]] = set()
    for part in chunks(keys):
        rows = connection.execute(
            select(enrolments.c.merchant_key, enrolments.c.listing_key, enrolments.c.paused).where(
                enrolments.c.market == market,
                enrolments.c.merchant_key.in_({shop for shop, _ in part}),
                enrolments.c.listing_key.in_({"", *(page for _, page in part)}),
            )
        )
        said = {(row.merchant_key, row.listing_key): row.paused for row in rows}
        if said:
            found.update((shop, page) for shop, page in part if said.get((shop, page), said.get((shop, ""), False)))
    return found


def _rows(connection: Connection, reach: Reach) -> dict[str, Row[Any]]:
    """Return what is written of the shop ('') and of the page, by listing key."""
    found = connection.execute(
        select(enrolments).where(
            enrolments.c.market == reach.market,
            enrolments.c.merchant_key == merchant_key(reach.merchant),
            enrolments.c.listing_key.in_({"", reach.listing_key}),
        )
    )
    return {row.listing_key: row for row in found}


def close(connection: Connection, reach: Reach, now: datetime) -> tuple[int, bool]:
    """Write that it is paused; return the number of the act that says so, and whether it was written before."""
    own = _rows(connection, reach).get(reach.listing_key)
    exceptions = 0
    if reach.listing is None:
        exceptions = connection.execute(_exceptions(reach)).rowcount
    if own is not None and own.paused and not exceptions:
        return own.action_id, True
    action_id = actions.log(connection, reach.act("pause"), now)
    _write(connection, reach, action_id, paused=True)
    return action_id, False


def reopen(connection: Connection, reach: Reach, now: datetime) -> int | None:
    """Write that it is open; return the number of the act that says so, None where it was open before."""
    rows = _rows(connection, reach)
    own, shop = rows.get(reach.listing_key), rows.get("")
    exception = reach.listing is not None and shop is not None and shop.paused
    if exception if own is None else own.paused:
        action_id = actions.log(connection, reach.act("resume"), now)
        if exception:
            _write(connection, reach, action_id, paused=False)
        else:
            connection.execute(_own(reach))
            if reach.listing is None:
                connection.execute(_exceptions(reach))
        return action_id
    return None


def _own(reach: Reach) -> Delete:
    return delete(enrolments).where(
        enrolments.c.market == reach.market,
        enrolments.c.merchant_key == merchant_key(reach.merchant),
        enrolments.c.listing_key == reach.listing_key,
    )


def _exceptions(reach: Reach) -> Delete:
    """Return the statement that ends the exceptions of a shop: pages that are open although it is paused."""
    return delete(enrolments).where(
        enrolments.c.market == reach.market,
        enrolments.c.merchant_key == merchant_key(reach.merchant),
        enrolments.c.listing_key != "",
        enrolments.c.paused.is_(False),
    )


def _write(connection: Connection, reach: Reach, action_id: int, *, paused: bool) -> None:
    connection.execute(
        upsert(connection, enrolments),
        {
            "market": reach.market,
            "merchant_key": merchant_key(reach.merchant),
            "listing_key": reach.listing_key,
            "merchant": reach.merchant,
            "listing": reach.listing or "",
            "paused": paused,
            "action_id": action_id,
        },
    )
