"""What a run, an export and people ask of a store: where listings stand, what is published, how the nights went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, func, select, tuple_

from shopglot.store import outdating
from shopglot.store.connection import Database, chunks
from shopglot.store.encoding import decode_reasons, decode_signals, identity_key, load
from shopglot.store.reach import STANDING
from shopglot.store.records import Identity, Standing
from shopglot.store.schema import (
    approvals,
    audit_segments,
    audits,
    items,
    listings,
    outbox,
    publications,
    runs,
    segments,
    translations,
)
from shopglot.types import Json, Origin, Verdict

_PAGE = 200
_SEGMENTS = 2000  # at once, where little is read of each
_PEOPLE_FIRST = 3  # the schema version from which on approvals have a status


def standing(connection: Connection, market: str, identities: Sequence[Identity]) -> dict[Identity, Standing]:
    """Return where these listings stand in a market; one that was never settled there is left out."""
    keyed = {identity_key(*identity): identity for identity in identities}
    found: dict[Identity, Standing] = {}
    known = select(listings.c.key, items).join(items, items.c.listing == listings.c.number)
    for part in chunks(list(keyed)):
        for row in connection.execute(known.where(listings.c.key.in_(part), items.c.market == market)):
            found[keyed[row.key]] = Standing(
                inputs_key=row.inputs_key,
                status=row.status,
                reasons=decode_reasons(row.reasons),
                run_id=row.run_id,
                line=row.line,
                version=row.version,
                field=row.field,
                message=row.message,
                message_zh=row.message_zh,
                updated_at=row.updated_at,
                again=row.again,
                pinned=row.pinned_by is not None,
            )
    return found


def published(database: Database, market: str) -> Iterator[Mapping[str, Json]]:
    """Yield the published documents of a market, ordered by merchant and id, as of the moment of the first one.

    Only keys are sorted; documents are read a page at a time, so memory does not grow with the catalog.
    """
    pointers = (
        select(items.c.listing, items.c.version)
        .join(listings, listings.c.number == items.c.listing)
        .where(items.c.market == market, items.c.version.is_not(None))
        .order_by(listings.c.merchant, listings.c.id)
        .execution_options(yield_per=_PAGE)
    )
    with database.read() as connection:
        for page in connection.execute(pointers).partitions(_PAGE):
            wanted = [(row.listing, row.version) for row in page]
            at = tuple_(publications.c.listing, publications.c.version)
            statement = select(publications.c.listing, publications.c.document).where(
                publications.c.market == market, at.in_(wanted)
            )
            documents = {row.listing: row.document for row in connection.execute(statement)}
            for listing, _ in wanted:
                document: Mapping[str, Json] = load(documents[listing])
                yield document


def signals(
    database: Database, market: str, *, run_id: int | None, since: datetime | None
) -> Iterator[tuple[Origin, Verdict, dict[str, float]]]:
    """Yield origin, verdict and signals of every segment as it stands in a market, in no order.

    Of the listings that one run settled last, or that were settled since a moment, where these are given.
    """
    own = and_(items.c.listing == segments.c.listing, items.c.market == segments.c.market)
    wanted = select(segments.c.origin, segments.c.verdict, segments.c.signals).where(segments.c.market == market)
    if run_id is not None or since is not None:
        wanted = wanted.join(items, own)
    if run_id is not None:
        wanted = wanted.where(items.c.run_id == run_id)
    if since is not None:
        wanted = wanted.where(items.c.updated_at >= since)
    with database.read() as connection:
        for row in connection.execute(wanted.execution_options(yield_per=_SEGMENTS)):
            yield row.origin, row.verdict, dict(decode_signals(row.signals))


def audit_scores(
    connection: Connection, market: str, *, since: datetime | None
) -> dict[tuple[int, str, str], dict[str, float]]:
    """Return the lowest score by signature of what was drawn for the audit, by (run, merchant, listing)."""
    own = and_(
        audit_segments.c.run_id == audits.c.run_id,
        audit_segments.c.market == audits.c.market,
        audit_segments.c.listing == audits.c.listing,
    )
    place = (audits.c.run_id, listings.c.merchant, listings.c.id, audit_segments.c.signature)
    wanted = (
        select(*place, func.min(audit_segments.c.score).label("lowest"))
        .join(listings, listings.c.number == audits.c.listing)
        .join(audit_segments, own)
        .where(audits.c.market == market)
        .group_by(*place)
    )
    if since is not None:
        wanted = wanted.where(audits.c.drawn_at >= since)
    found: dict[tuple[int, str, str], dict[str, float]] = {}
    for row in connection.execute(wanted):
        found.setdefault((row.run_id, row.merchant, row.id), {})[row.signature] = row.lowest
    return found


def count_publications(connection: Connection, run_id: int) -> int:
    """Return how many versions the run put on sale."""
    made = publications.c.run_id == run_id, publications.c.kind == "publish"
    return connection.scalar(select(func.count()).select_from(publications).where(*made)) or 0


def status(database: Database, *, last_runs: int, top: int) -> dict[str, Any]:
    """Return the state of the store for people and machines: runs, counts, why items are held, what is undelivered."""
    with database.read() as connection:
        recent = connection.execute(select(runs).order_by(runs.c.id.desc()).limit(last_runs)).all()
        unfinished = connection.execute(select(runs).where(runs.c.status == "running").order_by(runs.c.id)).all()
        counts: dict[str, dict[str, int]] = {}
        for market, verdict, number in connection.execute(
            select(items.c.market, items.c.status, func.count())
            .group_by(items.c.market, items.c.status)
            .order_by(items.c.market, items.c.status)
        ):
            counts.setdefault(market, {})[verdict] = number
        pointers = select(items.c.market, func.count()).where(items.c.version.is_not(None)).group_by(items.c.market)
        return {
            "store": database.shown,
            "schema_version": database.version,
            "runs": [describe_run(row) for row in recent],
            "unfinished": [describe_run(row) for row in unfinished],
            "items": counts,
            "published": {row[0]: row[1] for row in connection.execute(pointers.order_by(items.c.market))},
            "held": _held(connection, top),
            "memory": {"machine": _count(connection, translations), "human": _approved(connection, database)},
            "outdated": outdating.count(connection) if database.version >= _PEOPLE_FIRST else {},
            "undelivered": connection.scalar(
                select(func.count()).select_from(outbox).where(outbox.c.delivered_at.is_(None))
            ),
        }


def _approved(connection: Connection, database: Database) -> int:
    """Return how many texts people have approved that stand; before schema 3 none was ever superseded."""
    if database.version < _PEOPLE_FIRST:
        return _count(connection, approvals)
    return connection.scalar(select(func.count()).select_from(approvals).where(STANDING)) or 0


def _count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def describe_run(row: Row[Any]) -> dict[str, Any]:
    """Return a run for people and machines."""
    return {
        "run_id": row.id,
        "status": row.status,
        "catalog": row.catalog,
        "started_at": iso(row.started_at),
        "finished_at": None if row.finished_at is None else iso(row.finished_at),
        "resumes": row.resumes,
        "summary": None if row.summary is None else load(row.summary),
    }


def _held(connection: Connection, top: int) -> list[dict[str, Any]]:
    """Return the commonest reasons of items that were not published; an item counts once for each of its reasons."""
    found: Counter[tuple[str, str]] = Counter()
    grouped = select(items.c.market, items.c.reasons, func.count()).where(items.c.status != "publish")
    for market, reasons, number in connection.execute(grouped.group_by(items.c.market, items.c.reasons)):
        for reason in dict.fromkeys(decode_reasons(reasons)):
            found[market, reason] += number
    ranked = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))[:top]
    return [{"market": market, "reason": reason, "count": number} for (market, reason), number in ranked]


def iso(moment: datetime) -> str:
    """Return a moment in UTC as ISO 8601, to the second where it has no fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
