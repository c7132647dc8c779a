"""What is left at the end: everything that must not depend on what went wrong, in plain values.

Left out are the clock, numbers that the database gives in its own order (of runs, listings, events and actions), and
the runs themselves: one that is killed after it had finished is followed by another with nothing to do.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine

from shopglot.store.address import locate

PLACE = "l.merchant, l.id"
# ruff: noqa: S608 - made of our own names
QUERIES = {
    "publications": f"SELECT {PLACE}, p.market, p.version, p.kind, p.document, p.content_hash, p.cause, p.restores,"
    " p.source FROM publications p JOIN listings l ON l.number = p.listing",
    "published": f"SELECT {PLACE}, i.market, i.version FROM items i JOIN listings l ON l.number = i.listing",
    "items": f"SELECT {PLACE}, i.market, i.inputs_key, i.status, i.reasons, i.field, i.source, i.again,"
    " i.pinned_source FROM items i JOIN listings l ON l.number = i.listing",
    "segments": f"SELECT {PLACE}, s.market, s.position, s.source, s.target, s.origin, s.score, s.signature, s.verdict,"
    " s.reasons, s.findings FROM segments s JOIN listings l ON l.number = s.listing",
    "sources": f"SELECT {PLACE}, s.version, s.digest, s.document FROM sources s JOIN listings l"
    " ON l.number = s.listing",
    "outbox": "SELECT event_id, kind, market, version, payload FROM outbox",
    "translations": "SELECT machine_key, market, source, target, origin, attempt, attempts, lost, opinion"
    " FROM translations",
    "approvals": "SELECT market, unit_key, listing_key, merchant_key, source, target, approved_by, status"
    " FROM approvals WHERE status <> 'superseded'",
    "enrolments": "SELECT market, merchant, listing, paused FROM enrolments",
}
BROKEN = {  # what must never be found, whatever happened
    "a version without its event": "SELECT p.listing, p.market, p.version FROM publications p LEFT JOIN outbox o ON"
    " o.listing = p.listing AND o.market = p.market AND o.version = p.version WHERE o.seq IS NULL",
    "an event without its version": "SELECT o.event_id FROM outbox o LEFT JOIN publications p ON"
    " o.listing = p.listing AND o.market = p.market AND o.version = p.version WHERE p.version IS NULL",
    "a gap in the versions": "SELECT listing, market FROM publications GROUP BY listing, market"
    " HAVING max(version) <> count(*)",
    "a pointer to what was taken down": "SELECT i.listing, i.market FROM items i JOIN publications p ON"
    " p.listing = i.listing AND p.market = i.market AND p.version = i.version WHERE p.kind <> 'publish'",
    "a pointer that is not the newest version": "SELECT i.listing, i.market FROM items i JOIN (SELECT listing, market,"
    " max(version) AS newest FROM publications GROUP BY listing, market) n ON n.listing = i.listing AND"
    " n.market = i.market JOIN publications p ON p.listing = n.listing AND p.market = n.market AND p.version = n.newest"
    " WHERE (p.kind = 'publish') <> (i.version IS NOT NULL) OR (i.version IS NOT NULL AND i.version <> n.newest)",
    "content that was published over itself": "SELECT p.listing, p.market, p.version FROM publications p JOIN"
    " publications q ON q.listing = p.listing AND q.market = p.market AND q.version = p.version - 1"
    " WHERE p.kind = q.kind AND p.content_hash = q.content_hash",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a store and the relay's file hold: rows by table; `broken` are sentences of what must never be."""

    rows: dict[str, Counter[tuple[Any, ...]]]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a disturbed telling lost, and what it has that the undisturbed one has not: (table, row, how often)."""

    lost: tuple[tuple[str, tuple[Any, ...], int], ...]
    double: tuple[tuple[str, tuple[Any, ...], int], ...]
    broken: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.lost or self.double or self.broken)

    def __str__(self) -> str:
        told = [f"{sign} {table} x{number}: {str(row)[:400]}" for sign, table, row, number in self._signed()]
        return "\n".join([*self.broken, *told[:20], *([f"… {len(told)} in all"] if len(told) > 20 else [])])

    def _signed(self) -> Iterator[tuple[str, str, tuple[Any, ...], int]]:
        yield from (("lost", *entry) for entry in self.lost)
        yield from (("more", *entry) for entry in self.double)


def read(url: str, delivered: Path | None = None) -> Content:
    """Return what is there. `delivered` is the relay's file, of which each event counts once."""
    engine = create_engine(locate(url))
    try:
        with engine.connect() as connection:
            rows = {name: Counter(map(tuple, connection.exec_driver_sql(query))) for name, query in QUERIES.items()}
            broken = [*_broken(connection)]
    finally:
        engine.dispose()
    if delivered is not None:
        rows["delivered"], wrong = _delivered(delivered)
        broken += wrong
    return Content(rows=rows, broken=tuple(broken))


def _broken(connection: Connection) -> Iterator[str]:
    for name, query in BROKEN.items():
        if found := connection.exec_driver_sql(query).fetchall():
            yield f"{name}: {len(found)} times, first {tuple(found[0])}"
    if connection.dialect.name == "sqlite":
        for pragma in ("integrity_check", "foreign_key_check"):
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
            if [tuple(row) for row in found] not in ([], [("ok",)]):
                yield f"{pragma}: {found[:3]}"


def _delivered(path: Path) -> tuple[Counter[tuple[Any, ...]], list[str]]:
    """Return the events of the file after each has been counted once, and what is wrong with their order."""
    seen: dict[str, dict[str, Any]] = {}
    newest: dict[tuple[str, str, str], int] = {}
    wrong = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        event = json.loads(line)
        if event["event_id"] in seen:
            continue
        seen[event["event_id"]] = event
        place = (event["merchant"], event["id"], event["market"])
        if event["version"] != newest.get(place, 0) + 1:
            wrong.append(f"the file tells version {event['version']} of {place} after {newest.get(place, 0)}")
        newest[place] = event["version"]
    return Counter((key, event["version"], event["kind"]) for key, event in seen.items()), wrong


def compare(expected: Content, found: Content) -> Difference:
    """Return what was lost and what is double."""
    lost, double = [], []
    for table, rows in expected.rows.items():
        other = found.rows[table]
        lost += [(table, row, number) for row, number in (rows - other).items()]
        double += [(table, row, number) for row, number in (other - rows).items()]
    return Difference(lost=tuple(lost), double=tuple(double), broken=found.broken)
