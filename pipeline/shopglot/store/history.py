"""One listing's history: which run or person did what with it, when and why.

The order is that of numbers, never of the clock, which may be set back: cause and effect must not change places. Runs
follow their numbers; within a run come its outcomes, then its versions by number. What a person did has no run: the log
says which run was the newest of the time (`after_run`), and it stands behind what that run did, or before it where it
wrote an earlier version than the run, which was going on. Acts follow their numbers, each with its versions behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, select

from shopglot.store.connection import Database, chunks
from shopglot.store.encoding import decode_findings, decode_reasons, identity_key
from shopglot.store.reading import describe_run, iso
from shopglot.store.sayings import Saying, sayings
from shopglot.store.schema import items, listings, outcomes, publications, runs, segments

# Run, rank in the run, act, rank in the act, market, what tells two of a market apart, merchant.
Place: TypeAlias = tuple[int, int, int, int, str, int, str]
_Placed: TypeAlias = tuple[Place, dict[str, Any]]

_RUN, _EARLY, _OUTCOME, _VERSION, _LATE = range(5)  # the ranks in a run
_OLD_COLUMNS = ("listing", "market", "version", "kind", "content_hash", "run_id", "created_at")
_COLUMNS = (*_OLD_COLUMNS, "cause", "action_id", "restores", "source")
_JUDGED = ("publish", "review", "reject")


def history(database: Database, listing: str, *, merchant: str | None = None) -> list[dict[str, Any]]:
    """Return what happened to a listing, oldest first: runs, outcomes, versions, and what people did.

    Without `merchant`, of every merchant who has a listing of that id. The outcome that says where the listing stands
    in a market carries the segments that were held, with their findings. A run that found the listing unchanged did
    nothing with it, and has no event. A store of an older schema has no acts of people.
    """
    with database.read() as connection:
        placed: list[_Placed] = []
        current = database.version >= 3
        for subject in _subjects(connection, listing, merchant):
            placed.extend(_outcomes(connection, subject))
            said = sayings(connection, subject.merchant, subject.id) if current else []
            placed.extend(_of_people(connection, subject, said) if current else _versions(connection, subject, None))
        for part in chunks(sorted({place[0] for place, _ in placed})):
            for row in connection.execute(select(runs).where(runs.c.id.in_(part))):
                event = {"event": "run", "at": iso(row.started_at), **describe_run(row)}
                del event["summary"]
                placed.append(((row.id, _RUN, 0, 0, "", 0, ""), event))
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
        yield (row.run_id, _OUTCOME, 0, 0, row.market, row.line, subject.merchant), event


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


def _of_people(connection: Connection, subject: _Subject, said: Sequence[Saying]) -> Iterator[_Placed]:
    """Yield the listing's versions, and what people did with it, each in its place."""
    early = _early(connection, subject, said)
    acts: dict[int, tuple[tuple[int, int], Saying]] = {}
    for number, saying in enumerate(said):
        slot = (saying.after_run, _EARLY if number < early.get(saying.after_run, 0) else _LATE)
        if saying.action_id:
            acts[saying.action_id] = slot, saying
        place = (*slot, saying.action_id, 0, saying.market, number, subject.merchant)
        yield place, {**saying.event, **subject.name}
    yield from _versions(connection, subject, acts)


def _early(connection: Connection, subject: _Subject, said: Sequence[Saying]) -> dict[int, int]:
    """Return, by run, how many of the sayings, in their order, came before what that run wrote of the page."""
    by_act = {saying.action_id: (number, saying.after_run) for number, saying in enumerate(said) if saying.action_id}
    found: dict[int, int] = {}
    last: dict[tuple[str, int], int] = {}  # the newest version of each market and run
    rows = _without_documents(connection, subject, _COLUMNS)
    for row in rows:
        if row.run_id is not None:
            last[row.market, row.run_id] = row.version
    for row in rows:
        if row.action_id in by_act:
            number, run_id = by_act[row.action_id]
            if last.get((row.market, run_id), 0) > row.version:
                found[run_id] = max(found.get(run_id, 0), number + 1)
    return found


def _without_documents(connection: Connection, subject: _Subject, columns: Sequence[str]) -> list[Row[Any]]:
    wanted = select(*(publications.c[name] for name in columns)).where(publications.c.listing == subject.number)
    return list(connection.execute(wanted.order_by(publications.c.market, publications.c.version)))


def _versions(
    connection: Connection, subject: _Subject, acts: dict[int, tuple[tuple[int, int], Saying]] | None
) -> Iterator[_Placed]:
    """Yield the listing's publications, saying which of them is the published one and who or what made it.

    Without `acts`, the store is of a schema that knows of runs only.
    """
    pointers = select(items.c.market, items.c.version).where(items.c.listing == subject.number)
    current = {row.market: row.version for row in connection.execute(pointers)}
    for row in _without_documents(connection, subject, _OLD_COLUMNS if acts is None else _COLUMNS):
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
        slot, action_id = (row.run_id, _VERSION), 0
        if acts is not None:
            event |= {"cause": row.cause, "restores": row.restores, "source": row.source}
        if acts is not None and row.action_id in acts:
            slot, saying = acts[row.action_id]
            action_id = saying.action_id
            event |= {"action_id": action_id, "by": saying.event["by"], "note": saying.event["note"]}
        yield (*slot, action_id, 1, row.market, row.version, subject.merchant), event
