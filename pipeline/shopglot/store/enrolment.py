"""What merchants have paused, and opened again.

No row: open. A listing's row beats its shop's: one page of a paused shop may be open, and one page of an open shop may
stay paused when the rest comes back.

Whoever pauses writes the row first, alone with the market, and takes the pages down afterwards: what was settled before
is seen and taken down, what is settled later sees the row (`closed`) and goes on sale no more. Large shops are worked
through in short transactions, by the listings' numbers; if that is cut off, the same call again does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from shopglot.store.closures import Reach, close, closed, reopen
from shopglot.store.connection import Database, market_lock
from shopglot.store.encoding import identity_key, merchant_key
from shopglot.store.reading import iso
from shopglot.store.records import Identity
from shopglot.store.schema import actions as acts
from shopglot.store.schema import enrolments, items, listings
from shopglot.store.shelving import PutBack, TakeDown, walk
from shopglot.types import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """What a pause did: how many `pages` it took down; `already` where nothing had to be written to pause it.

    `known` is False where the store has no page of that shop, or no such page, so far.
    """

    pages: int
    already: bool
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What opening again did: pages that are `back` on sale, and those that follow `later`, with the next run.

    `already` and `known` are as in `Paused`.
    """

    back: int
    later: int
    already: bool
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A shop (`listing` is None) or a page that is paused in a market, or open in a paused shop; who said so."""

    market: str
    merchant: str
    listing: str | None
    paused: bool
    at: datetime
    actor: str
    note: str

    def as_json(self) -> dict[str, Json]:
        """Return what `status --json` shows."""
        return {
            "market": self.market, "merchant": self.merchant, "listing": self.listing, "paused": self.paused,
            "at": iso(self.at), "by": self.actor, "note": self.note,
        }  # fmt: skip


class Enrolment:
    """Which shops and pages are open in which market."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def pause(self, market: str, merchant: str, listing: str | None = None, *, actor: str, note: str = "") -> Paused:
        """Take a shop or one of its pages off a market until it is resumed; nothing is deleted.

        Pausing a whole shop ends exceptions that were open. What is paused already stays so; pages that a pause left
        behind when it was cut off are taken down.
        """
        reach = Reach(market=market, merchant=merchant, listing=listing, actor=actor, note=note)
        with self._database.writer() as connection:
            with connection.begin():
                market_lock(connection, market, shared=False)
                known = _known(connection, reach)
                action_id, already = close(connection, reach, self._now())
            work = TakeDown(connection, reach, action_id, self._now)
            walk(connection, reach, items.c.version.is_not(None), work)
        return Paused(pages=work.pages, already=already, known=known)

    def resume(self, market: str, merchant: str, listing: str | None = None, *, actor: str, note: str = "") -> Resumed:
        """Open a shop or one of its pages again.

        A page that a pause took down and that nothing happened to since is back on sale at once, with the content that
        it had; so is one that a person chose a version for meanwhile (see `rollback`), with that version. Other pages
        that passed are marked, so that the next run publishes them. Pages that are paused by themselves stay down when
        their shop is resumed; a page that is refused since stays down too.
        """
        reach = Reach(market=market, merchant=merchant, listing=listing, actor=actor, note=note)
        with self._database.writer() as connection:
            with connection.begin():
                market_lock(connection, market, shared=False)
                known = _known(connection, reach)
                action_id = reopen(connection, reach, self._now())
                already = action_id is None
            work = PutBack(connection, reach, action_id, self._now)
            walk(connection, reach, items.c.version.is_(None), work)
        return Resumed(back=work.back, later=work.later, already=already, known=known)

    def paused(self, market: str, identities: Sequence[Identity]) -> set[Identity]:
        """Return which of these listings, known or not, are paused in a market."""
        keyed = {(merchant_key(identity[0]), identity_key(*identity)): identity for identity in identities}
        with self._database.read() as connection:
            return {keyed[keys] for keys in closed(connection, market, list(keyed))}

    def list(self, market: str | None = None, merchant: str | None = None) -> list[Enrolled]:
        """Return what is paused, and the exceptions within it, by market, merchant and listing."""
        if self._database.version < 3:
            return []
        wanted = select(enrolments, acts.c.at, acts.c.actor, acts.c.note).join(acts)
        if market is not None:
            wanted = wanted.where(enrolments.c.market == market)
        if merchant is not None:
            wanted = wanted.where(enrolments.c.merchant_key == merchant_key(merchant))
        with self._database.read() as connection:
            order = (enrolments.c.market, enrolments.c.merchant, enrolments.c.listing)
            return [
                Enrolled(
                    market=row.market, merchant=row.merchant, listing=row.listing if row.listing_key else None,
                    paused=row.paused, at=row.at, actor=row.actor, note=row.note,
                )
                for row in connection.execute(wanted.order_by(*order))
            ]  # fmt: skip


def _known(connection: Connection, reach: Reach) -> bool:
    return connection.execute(select(listings.c.number).where(reach.condition).limit(1)).first() is not None
