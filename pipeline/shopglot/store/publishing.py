"""A listing's result in a market, its publication and the event that announces it: all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select

from shopglot.errors import StoreError
from shopglot.store.connection import chunks, upsert
from shopglot.store.encoding import (
    canonical,
    digest,
    dump,
    encode_findings,
    encode_reasons,
    encode_signals,
    identity_key,
)
from shopglot.store.records import Settled, Settlement
from shopglot.store.runs import record
from shopglot.store.schema import items, listings, outbox, publications, segments
from shopglot.types import Json, JudgedSegment

Kind = Literal["publish", "withdraw"]

_versions = publications.alias("versions")
_PLACES = (
    select(
        listings.c.key,
        listings.c.number,
        items.c.market,
        items.c.version,
        publications.c.content_hash,
        select(func.max(_versions.c.version))
        .where(_versions.c.listing == listings.c.number, _versions.c.market == bindparam("market"))
        .scalar_subquery()
        .label("newest"),
    )
    .select_from(listings)
    .outerjoin(items, and_(items.c.listing == listings.c.number, items.c.market == bindparam("market")))
    .outerjoin(
        publications,
        and_(
            publications.c.listing == items.c.listing,
            publications.c.market == items.c.market,
            publications.c.version == items.c.version,
        ),
    )
    .where(listings.c.key.in_(bindparam("keys", expanding=True)))
)
_INSERT_PUBLICATION = insert(publications)
_INSERT_EVENT = insert(outbox)
_INSERT_SEGMENTS = insert(segments)
_DELETE_SEGMENTS = delete(segments).where(
    segments.c.listing == bindparam("of_listing"), segments.c.market == bindparam("of_market")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a settlement asks of the published catalog, given what is published now.

    `listing` is the listing's number, `new` whether it was never settled in the market. `pointer` is the item's
    published version afterwards; `kind` is that of the version to write, None where none is to be.
    """

    settlement: Settlement
    listing: int
    new: bool
    settled: Settled
    pointer: int | None
    kind: Kind | None = None
    version: int = 0
    content_hash: str = ""


class _Place(NamedTuple):
    """A listing in a market: whether it is new there, what is published and its content, the newest version of all."""

    listing: int
    new: bool
    version: int | None
    content_hash: str | None
    newest: int


def weigh(connection: Connection, settlements: Sequence[Settlement]) -> list[Due]:
    """Return what each settlement asks of the published catalog, in their order; a listing once in a market.

    The listings have to have been seen (`sightings.see`) before.
    """
    keys: dict[str, list[str]] = {}
    places = []
    for settlement in settlements:
        outcome = settlement.outcome
        places.append((outcome.market, identity_key(outcome.merchant, outcome.id)))
        keys.setdefault(outcome.market, []).append(places[-1][1])
    if len(set(places)) < len(places):
        raise ValueError("a listing can be settled only once in a market at a time")
    found = {market: _places(connection, market, wanted) for market, wanted in keys.items()}
    needed = []
    for settlement, (market, key) in zip(settlements, places, strict=True):
        if key not in found[market]:
            raise StoreError(f"listing {settlement.outcome.id!r}: no run has seen it; call see() before it is settled")
        needed.append(_needed(settlement, found[market][key]))
    return needed


def settle(connection: Connection, run_id: int, due: Due, now: datetime) -> Settled:
    """Write the outcome, the segments and whatever has to be published, in the caller's transaction.

    If anybody published the listing since it was weighed, the version exists already and the transaction fails.
    """
    if due.kind is not None:
        publish(connection, run_id, due, now)
        emit(connection, due, now)
    write_items(connection, run_id, [due], now)
    return due.settled


def _places(connection: Connection, market: str, keys: Sequence[str]) -> dict[str, _Place]:
    """Return where these listings stand in the published catalog of a market, by listing key."""
    found: dict[str, _Place] = {}
    for part in chunks(keys):
        for row in connection.execute(_PLACES, {"market": market, "keys": part}):
            found[row.key] = _Place(row.number, row.market is None, row.version, row.content_hash, row.newest or 0)
    return found


def _needed(settlement: Settlement, place: _Place) -> Due:
    """Return what has to be published or withdrawn; nothing where the same content is published already."""
    settled: Settled = "held"
    pointer = place.version
    kind: Kind | None = None
    content_hash = ""
    if settlement.document is not None:
        if settlement.withdraw:
            raise ValueError(f"listing {settlement.outcome.id!r}: it is either published or withdrawn")
        content_hash = digest(settlement.document)
        if pointer is not None and content_hash == place.content_hash:
            settled = "unchanged"
        else:
            settled, kind, pointer = "published", "publish", place.newest + 1
    elif settlement.withdraw and pointer is not None:
        settled, kind, pointer = "withdrawn", "withdraw", None
    return Due(
        settlement=settlement,
        listing=place.listing,
        new=place.new,
        settled=settled,
        pointer=pointer,
        kind=kind,
        version=place.newest + 1,
        content_hash=content_hash,
    )


def publish(connection: Connection, run_id: int, due: Due, now: datetime) -> None:
    """Write a new version of the listing in the market."""
    document = due.settlement.document
    connection.execute(
        _INSERT_PUBLICATION,
        {
            "listing": due.listing,
            "market": due.settlement.outcome.market,
            "version": due.version,
            "kind": due.kind,
            "document": None if document is None else dump(document),
            "content_hash": due.content_hash,
            "run_id": run_id,
            "created_at": now,
        },
    )


def event_id(merchant: str, listing: str, market: str, version: int) -> str:
    """Return the id by which whoever gets an event twice knows it again."""
    return digest([merchant, listing, market, version])


def emit(connection: Connection, due: Due, now: datetime) -> None:
    """Write the event that announces a new version.

    The payload says what was published, not the content: that is the publication's document, which never changes.
    """
    outcome = due.settlement.outcome
    payload: dict[str, Json] = {
        "merchant": outcome.merchant,
        "id": outcome.id,
        "market": outcome.market,
        "version": due.version,
        "kind": due.kind,
        "content_hash": due.content_hash,
    }
    connection.execute(
        _INSERT_EVENT,
        {
            "event_id": event_id(outcome.merchant, outcome.id, outcome.market, due.version),
            "kind": due.kind,
            "listing": due.listing,
            "market": outcome.market,
            "version": due.version,
            "payload": canonical(payload),
            "created_at": now,
        },
    )


def write_items(connection: Connection, run_id: int, settled: Sequence[Due], now: datetime) -> None:
    """Write where listings stand in a market, their segments in place of the old ones, and the run's outcomes."""
    if not settled:
        return
    connection.execute(upsert(connection, items), [_item(run_id, due, now) for due in settled])
    if old := [due for due in settled if not due.new]:
        places = [{"of_listing": due.listing, "of_market": due.settlement.outcome.market} for due in old]
        connection.execute(_DELETE_SEGMENTS, places)
    rows = [
        _segment(due.listing, due.settlement.outcome.market, position, judged)
        for due in settled
        for position, judged in enumerate(due.settlement.judged)
    ]
    if rows:
        connection.execute(_INSERT_SEGMENTS, rows)
    record(connection, run_id, [due.settlement.outcome for due in settled], now)


def _item(run_id: int, due: Due, now: datetime) -> dict[str, object]:
    """Return the row of a listing in a market."""
    outcome = due.settlement.outcome
    return {
        "listing": due.listing,
        "market": outcome.market,
        "run_id": run_id,
        "line": outcome.line,
        "inputs_key": due.settlement.inputs_key,
        "status": outcome.status,
        "reasons": encode_reasons(outcome.reasons),
        "field": outcome.field,
        "message": outcome.message,
        "message_zh": outcome.message_zh,
        "version": due.pointer,
        "updated_at": now,
    }


def _segment(listing: int, market: str, position: int, judged: JudgedSegment) -> dict[str, object]:
    """Return the row of a judged segment."""
    key, translation = judged.segment.key, judged.translation
    return {
        "listing": listing,
        "market": market,
        "position": position,
        "path": key.path,
        "number": key.index,
        "field": judged.segment.field,
        "source": judged.segment.source,
        "target": translation.target,
        "origin": translation.origin,
        "model": translation.model,
        "unit_key": translation.unit_key,
        "machine_key": translation.machine_key,
        "score": judged.score.value,
        "signature": judged.score.signature,
        "signals": encode_signals(judged.score.signals),
        "verdict": judged.decision.verdict,
        "reasons": encode_reasons(judged.decision.reasons),
        "findings": encode_findings(judged.findings),
    }
