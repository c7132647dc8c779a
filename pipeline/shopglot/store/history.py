"""One listing's history: which run did what with it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, select

from shopglot.store.connection import Database, chunks
from shopglot.store.encoding import decode_findings, decode_reasons, identity_key
from shopglot.store.reading import describe_run, iso
from shopglot.store.schema import items, listings, outcomes, publications, runs, segments

# An event with its place: run, rank in the run, then market and what tells two of a market apart. Not the clock, which
# may be set back: cause and effect must not change places.
_Placed: TypeAlias = tuple[tuple[int, int, str, int, str], dict[str, Any]]

_JUDGED = ("publish", "review", "reject")


def history(database: Database, listing: str, *, merchant: str | None = None) -> list[dict[str, Any]]:
    """Return what happened to a listing, oldest first: runs, its outcomes in them, and its versions.

    Without `merchant`, of every merchant who has a listing of that id. The outcome that says where the listing stands
    in a market carries the segments that were held, with their findings. A run that found the listing unchanged did
    nothing with it, and has no event.
    """
    with database.read() as connection:
        placed: list[_Placed] = []
        for subject in _subjects(connection, listing, merchant):
            placed.extend(_outcomes(connection, subject))
            placed.extend(_versions(connection, subject))
        for part in chunks(sorted({place[0] for place, _ in placed})):
            for row in connection.execute(select(runs).where(runs.c.id.in_(part))):
                event = {"event": "run", "at": iso(row.started_at), **describe_run(row)}
                del event["summary"]
                placed.append(((row.id, 0, "", 0, ""), event))
    return [event for _, event in sorted(placed, key=lambda entry: entry[0])]


class _Subject(NamedTuple):
    """Whose history it is; `number` is None where no line of that identity ever became a listing."""

    merchant: str
    id: str
    key: str
    number: int | None

    @property
    def name(self) -> dict[str, str]:
        """The identity, as events show it."""
        return {"merchant": self.merchant, "id": self.id}


def _subjects(connection: Connection, listing: str, merchant: str | None) -> Iterator[_Subject]:
    """Yield the listings of that id, of one merchant or of all; lines that never became a listing count too."""
    if merchant is not None:
        owners = {merchant}
    else:
        owners = set(connection.scalars(select(listings.c.merchant).where(listings.c.id == listing)))
        owners.update(connection.scalars(select(outcomes.c.merchant).where(outcomes.c.id == listing).distinct()))
    for owner in sorted(owners):
        key = identity_key(owner, listing)
        number = connection.scalar(select(listings.c.number).where(listings.c.key == key))
        yield _Subject(owner, listing, key, number)


def _outcomes(connection: Connection, subject: _Subject) -> Iterator[_Placed]:
    """Yield the listing's outcomes, the last judged one of each market with the segments that were held."""
    rows = connection.execute(
        select(outcomes).where(outcomes.c.listing_key == subject.key).order_by(outcomes.c.run_id, outcomes.c.line)
    ).all()
    last = {row.market: row for row in rows if row.status in _JUDGED}
    for row in rows:
        event: dict[str, Any] = {
            "event": "outcome",
            "at": iso(row.at),
            **subject.name,
            "market": row.market,
            "run_id": row.run_id,
            "line": row.line,
            "status": row.status,
            "reasons": list(decode_reasons(row.reasons)),
            "field": row.field,
            "message": row.message,
            "message_zh": row.message_zh,
        }
        if row is last.get(row.market):
            event["held"] = _held(connection, subject, row.market)
        yield (row.run_id, 1, row.market, row.line, subject.merchant), event


def _held(connection: Connection, subject: _Subject, market: str) -> list[dict[str, Any]]:
    """Return the segments of the listing that may not be published as they are, in their order."""
    rows = connection.execute(
        select(segments)
        .where(segments.c.listing == subject.number, segments.c.market == market, segments.c.verdict != "publish")
        .order_by(segments.c.position)
    )
    return [
        {
            "path": row.path,
            "index": row.number,
            "source": row.source,
            "target": row.target,
            "origin": row.origin,
            "model": row.model,
            "score": row.score,
            "signature": row.signature,
            "decision": row.verdict,
            "reasons": list(decode_reasons(row.reasons)),
            "findings": [asdict(finding) for finding in decode_findings(row.findings)],
        }
        for row in rows
    ]


def _versions(connection: Connection, subject: _Subject) -> Iterator[_Placed]:
    """Yield the listing's publications, saying which of them is the published one."""
    pointers = select(items.c.market, items.c.version).where(items.c.listing == subject.number)
    current = {row.market: row.version for row in connection.execute(pointers)}
    columns = [column for column in publications.c if column.name != "document"]
    for row in connection.execute(select(*columns).where(publications.c.listing == subject.number)):
        event = {
            "event": "version",
            "at": iso(row.created_at),
            **subject.name,
            "market": row.market,
            "run_id": row.run_id,
            "version": row.version,
            "kind": row.kind,
            "content_hash": row.content_hash,
            "current": current.get(row.market) == row.version,
        }
        yield (row.run_id, 2, row.market, row.version, subject.merchant), event
