"""A listing's result in a market, its publication and the event that announces it: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from shopglot.errors import StoreError
from shopglot.market import Reuse
from shopglot.store.connection import Database
from shopglot.store.encoding import canonical, digest, dump, identity_key, load
from shopglot.store.itemising import write_items
from shopglot.store.records import Cause, Identity, Lease, Revision, Settled, Settlement
from shopglot.store.schema import EPOCH, items, meta, outbox, publications
from shopglot.store.weighing import Due, Kind, lock, places, weigh
from shopglot.types import Json

_INSERT_PUBLICATION = insert(publications)
_INSERT_EVENT = insert(outbox)
_EPOCH = select(meta.c.value).where(meta.c.name == EPOCH)


class Change(NamedTuple):
    """A new version of a listing in a market: `document` is None where it takes the listing down."""

    listing: int
    identity: Identity
    market: str
    version: int
    kind: Kind
    document: str | None
    content_hash: str
    source: int | None
    cause: Cause = "run"
    run_id: int | None = None
    action_id: int | None = None
    restores: int | None = None


def settle_many(
    database: Database,
    run_id: int,
    settlements: Sequence[Settlement],
    clock: Callable[[], datetime],
    *,
    lease: Lease | None = None,
    revision: Mapping[str, Revision | int] | None = None,
    reuse: Mapping[str, Reuse] | None = None,
) -> list[Settled]:
    """Settle each; answers in their order.

    Those that publish nothing share one transaction; every version has one of its own. Each transaction weighs what it
    writes, so that whatever others published meanwhile is seen. A listing may stand in a market once. Killed in
    between, whole listings are settled and whole listings are not.

    `lease` is the worker's right to do this: LeaseLost where it is no longer its own, and nothing more is written.
    `revision` says by market up to where people's words were recalled (a number alone: their texts), and `reuse` is the
    policy that they were recalled by: a page of whose texts or findings a person has said anything since is `stale`,
    and is left as it was. Without a revision no page is stale, and those that are due for a person's word stay due.
    """
    if not settlements:
        return []
    with database.writer() as connection:
        with connection.begin():
            _enter(connection, settlements, lease)
            weighed = weigh(connection, settlements, revision=revision, reuse=reuse)
            plain = [due for due in weighed if due.kind is None and due.settled != "stale"]
            write_items(connection, run_id, plain, clock())
        answers = []
        for settlement, due in zip(settlements, weighed, strict=True):
            if due.kind is None:
                answers.append(due.settled)
                continue
            with connection.begin():
                _enter(connection, [settlement], lease)
                [fresh] = weigh(connection, [settlement], revision=revision, reuse=reuse)
                answers.append(settle(connection, run_id, fresh, clock()))
    return answers


def _enter(connection: Connection, settlements: Sequence[Settlement], lease: Lease | None) -> None:
    """Make sure that the worker may do this, and that nobody else changes these listings meanwhile."""
    wanted: dict[str, list[Identity]] = {}
    for settlement in settlements:
        outcome = settlement.outcome
        wanted.setdefault(outcome.market, []).append((outcome.merchant, outcome.id))
    lock(connection, wanted)
    if lease is not None:
        from shopglot.store import working

        working.require(connection, lease)


def settle(connection: Connection, run_id: int, due: Due, now: datetime) -> Settled:
    """Write the outcome, the segments and whatever has to be published, in the caller's transaction.

    If anybody published the listing since it was weighed, the version exists already and the transaction fails.
    """
    if due.settled == "stale":
        return "stale"
    if due.kind is not None:
        document = due.settlement.document
        change = Change(
            listing=due.listing,
            identity=(due.outcome.merchant, due.outcome.id),
            market=due.outcome.market,
            version=due.version,
            kind=due.kind,
            document=None if document is None else dump(document),
            content_hash=due.content_hash,
            source=due.source,
            run_id=run_id,
        )
        publish(connection, change, now)
        emit(connection, change, now)
    write_items(connection, run_id, [due], now)
    return due.settled


def change(
    connection: Connection,
    identity: Identity,
    market: str,
    document: str | None,
    *,
    cause: Cause,
    run_id: int | None = None,
    action_id: int | None = None,
    restores: int | None = None,
    now: datetime,
) -> int | None:
    """Put a stored document on sale as a new version, with its event, in the caller's transaction; None takes it down.

    `document` is text as `encoding.dump` wrote it, `restores` the version that it comes from. Return the new version,
    None where that very content is on sale already, or nothing is and nothing shall be. StoreError where the listing
    was never settled in the market. Who changes several does so in the ascending order of their numbers.
    """
    lock(connection, {market: [identity]})
    key = identity_key(*identity)
    place = places(connection, market, [key]).get(key)
    if place is None or place.new:
        raise StoreError(
            f"listing {identity[1]!r} of merchant {identity[0]!r}: nothing is known of it in market {market}; name one "
            "that a run has worked on"
        )
    content_hash = "" if document is None else digest(load(document))
    if (document is None and place.version is None) or (
        place.version is not None and content_hash == place.content_hash
    ):
        return None
    made = Change(
        listing=place.listing,
        identity=identity,
        market=market,
        version=place.newest + 1,
        kind="withdraw" if document is None else "publish",
        document=document,
        content_hash=content_hash,
        source=place.source if restores is None else _source(connection, place.listing, market, restores),
        cause=cause,
        run_id=run_id,
        action_id=action_id,
        restores=restores,
    )
    publish(connection, made, now)
    emit(connection, made, now)
    pointer = None if document is None else made.version
    own = items.c.listing == place.listing, items.c.market == market
    connection.execute(update(items).where(*own).values(version=pointer, updated_at=now))
    return made.version


def pin(connection: Connection, identity: Identity, market: str, action_id: int) -> None:
    """Note that a person chose what is published: while the merchant's page stays as it is, no run replaces it."""
    lock(connection, {market: [identity]})
    key = identity_key(*identity)
    place = places(connection, market, [key])[key]
    own = items.c.listing == place.listing, items.c.market == market
    connection.execute(update(items).where(*own).values(pinned_source=place.source, pinned_by=action_id))


def _source(connection: Connection, listing: int, market: str, version: int) -> int | None:
    """Return the version of the source that a version was made from, None where that is not known."""
    return connection.scalar(
        select(publications.c.source).where(
            publications.c.listing == listing, publications.c.market == market, publications.c.version == version
        )
    )


def publish(connection: Connection, made: Change, now: datetime) -> None:
    """Write a new version of the listing in the market."""
    row = {name: value for name, value in made._asdict().items() if name != "identity"}
    connection.execute(_INSERT_PUBLICATION, {**row, "created_at": now})


def event_id(merchant: str, listing: str, market: str, version: int, epoch: int = 0) -> str:
    """Return the id by which whoever gets an event twice knows it again.

    The epoch is another one in a restored store, which gives out anew the versions that came after its backup.
    """
    return digest([merchant, listing, market, version, *([epoch] if epoch else [])])


def emit(connection: Connection, made: Change, now: datetime) -> None:
    """Write the event that announces a new version.

    The payload says what was published and why, not the content: that is the publication's document, which never
    changes.
    """
    merchant, listing = made.identity
    epoch = int(connection.scalar(_EPOCH) or 0)
    payload: dict[str, Json] = {
        "merchant": merchant,
        "id": listing,
        "market": made.market,
        "epoch": epoch,
        "version": made.version,
        "kind": made.kind,
        "cause": made.cause,
        "content_hash": made.content_hash,
    }
    connection.execute(
        _INSERT_EVENT,
        {
            "event_id": event_id(merchant, listing, made.market, made.version, epoch),
            "kind": made.kind,
            "listing": made.listing,
            "market": made.market,
            "version": made.version,
            "payload": canonical(payload),
            "created_at": now,
        },
    )
