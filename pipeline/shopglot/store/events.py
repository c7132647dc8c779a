"""The outbox: events that are to be delivered, and what became of them.

What became of an event is written on the event itself. There is no cursor that says how far delivery has come: on
PostgreSQL an event may become visible after one with a higher number, and a cursor would pass it by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, and_, case, func, or_, select, update

from shopglot.store.actions import log
from shopglot.store.connection import Database, chunks
from shopglot.store.encoding import load
from shopglot.store.reading import iso
from shopglot.store.records import Act
from shopglot.store.relaying import RelayLock, make_durable
from shopglot.store.schema import outbox, publications
from shopglot.types import Json

State = Literal["undelivered", "delivered", "dead"]

_STATES = {
    "undelivered": and_(outbox.c.delivered_at.is_(None), outbox.c.dead_at.is_(None)),
    "delivered": outbox.c.delivered_at.is_not(None),
    "dead": and_(outbox.c.delivered_at.is_(None), outbox.c.dead_at.is_not(None)),
}
_WRITTEN = and_(
    publications.c.listing == outbox.c.listing,
    publications.c.market == outbox.c.market,
    publications.c.version == outbox.c.version,
)
_WITH_DOCUMENT = (
    select(
        outbox.c.seq,
        outbox.c.event_id,
        outbox.c.payload,
        outbox.c.created_at,
        outbox.c.attempts,
        publications.c.document,
    )
    .select_from(outbox)
    .outerjoin(publications, _WRITTEN)
    .where(_STATES["undelivered"])
    .order_by(outbox.c.seq)
)
_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event that is due.

    `payload` says what was published (merchant, id, market, version, kind, content_hash, …); `document` is the page as
    JSON text, None where the event takes it down or where the merchant's data were erased since. `attempts` were made
    before.
    """

    seq: int
    event_id: str
    created_at: datetime
    attempts: int
    payload: Mapping[str, Json]
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many events are in each state; of the undelivered, how many have failed before and wait for their turn."""

    undelivered: int
    failing: int
    delivered: int
    dead: int


class Events:
    """The events of published versions."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    # -- for the relay ------------------------------------------------------------------------------------------------

    @contextmanager
    def relaying(self) -> Iterator[RelayLock]:
        """Hold the store's relay lock, which ends with the process. StoreError says who holds it where it is taken."""
        lock = RelayLock(self._database)
        lock.acquire()
        try:
            yield lock
        finally:
            lock.release()

    def make_durable(self) -> None:
        """Make what is committed survive a power cut: nobody may hear of a version that the store could still lose."""
        make_durable(self._database)

    def due(self, *, limit: int, now: datetime) -> list[Event]:
        """Return up to `limit` events to deliver now, in the order of their numbers.

        Neither delivered nor dead, and their next attempt not later than `now`.
        """
        self._database.require_current()
        ready = or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now)
        with self._database.read() as connection:
            return [
                Event(
                    seq=row.seq,
                    event_id=row.event_id,
                    created_at=row.created_at,
                    attempts=row.attempts,
                    payload=load(row.payload),
                    document=row.document,
                )
                for row in connection.execute(_WITH_DOCUMENT.where(ready).limit(limit))
            ]

    def delivered(self, seqs: Sequence[int]) -> None:
        """Note that these events arrived; the first time that one did stands."""
        now = self._now()
        with self._database.write() as connection:
            for part in chunks(seqs):
                connection.execute(
                    update(outbox)
                    .where(outbox.c.seq.in_(part), outbox.c.delivered_at.is_(None))
                    .values(
                        delivered_at=now,
                        attempts=outbox.c.attempts + 1,
                        next_attempt_at=None,
                        dead_at=None,
                        last_error="",
                    )
                )

    def failed(self, seq: int, error: str, next_attempt_at: datetime) -> None:
        """Note that an attempt failed, why, and when the next one is to be."""
        self._fail(seq, error, next_attempt_at=next_attempt_at)

    def dead(self, seq: int, error: str) -> None:
        """Note that an attempt failed, why, and that there will be no other unless a person asks for it."""
        self._fail(seq, error, dead_at=self._now())

    def _fail(self, seq: int, error: str, **values: datetime) -> None:
        """Write a failed attempt; an event that arrived meanwhile stays delivered."""
        with self._database.write() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.seq == seq, outbox.c.delivered_at.is_(None))
                .values(attempts=outbox.c.attempts + 1, last_error=error[:_ERROR_LENGTH], **values)
            )

    # -- for people ---------------------------------------------------------------------------------------------------

    def retry(self, seqs: Sequence[int] | None = None, *, actor: str, note: str = "") -> int:
        """Make undelivered events due at once with all their attempts; None: every dead one. Return how many."""
        values = {"attempts": 0, "next_attempt_at": None, "dead_at": None}
        if seqs is None:
            return self._reopen(_STATES["dead"], values, Act(actor=actor, action="events.retry", note=note))
        wanted = and_(outbox.c.seq.in_(seqs), outbox.c.delivered_at.is_(None))
        act = Act(actor=actor, action="events.retry", detail={"seqs": list(seqs)}, note=note)
        return self._reopen(wanted, values, act)

    def replay(self, since_seq: int, *, actor: str, note: str = "") -> int:
        """Make delivered events from this number on undelivered again, for a new consumer. Return how many.

        Dead ones stay so, and what the store no longer has cannot come again.
        """
        wanted = and_(outbox.c.seq >= since_seq, outbox.c.delivered_at.is_not(None))
        values = {"delivered_at": None, "attempts": 0, "next_attempt_at": None, "last_error": ""}
        act = Act(actor=actor, action="events.replay", detail={"since": since_seq}, note=note)
        return self._reopen(wanted, values, act)

    def _reopen(self, wanted: Any, values: Mapping[str, object], act: Act) -> int:
        """Update events, and log it with their number, in one transaction; nothing to do is no act."""
        with self._database.write() as connection:
            number = connection.execute(update(outbox).where(wanted).values(values)).rowcount
            if number:
                described = Act(
                    actor=act.actor, action=act.action, detail={**act.detail, "events": number}, note=act.note
                )
                log(connection, described, self._now())
        return number

    def counts(self) -> Backlog:
        """Return how many events are in each state."""
        self._database.require_current()
        failing = and_(_STATES["undelivered"], outbox.c.attempts > 0)
        wanted = [func.sum(case((state, 1), else_=0)) for state in (*_STATES.values(), failing)]
        with self._database.read() as connection:
            found = [int(number or 0) for number in connection.execute(select(*wanted)).one()]
        undelivered, delivered, dead, waiting = found
        return Backlog(undelivered=undelivered, failing=waiting, delivered=delivered, dead=dead)

    def listed(self, state: State, *, limit: int) -> list[dict[str, Json]]:
        """Return up to `limit` events in a state: the first ones, of the delivered the last ones first.

        Each is its payload with `seq`, `event_id`, `state`, `attempts`, `last_error` and the times `created_at`,
        `next_attempt_at`, `delivered_at`, `dead_at` (ISO 8601, or None).
        """
        self._database.require_current()
        order = outbox.c.seq.desc() if state == "delivered" else outbox.c.seq
        wanted: Select[Any] = select(outbox).where(_STATES[state]).order_by(order).limit(limit)
        with self._database.read() as connection:
            return [_describe(row, state) for row in connection.execute(wanted)]


def _describe(row: Any, state: State) -> dict[str, Json]:
    """Return an event and what became of it."""
    payload: dict[str, Json] = load(row.payload)
    times = {name: getattr(row, name) for name in ("created_at", "next_attempt_at", "delivered_at", "dead_at")}
    return {
        **payload,
        "seq": row.seq,
        "event_id": row.event_id,
        "state": state,
        "attempts": row.attempts,
        "last_error": row.last_error,
        **{name: None if time is None else iso(time) for name, time in times.items()},
    }
