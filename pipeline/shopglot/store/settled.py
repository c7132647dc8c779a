"""What the runs made of whole pages, segment by segment, as it stands in the store: published or held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, select

from shopglot.store.connection import chunks
from shopglot.store.encoding import decode_findings, decode_reasons, identity_key
from shopglot.store.records import Identity
from shopglot.store.schema import listings, segments
from shopglot.types import Decision, Finding, Origin, Score, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledSegment:
    """A segment as the run that settled its page last left it. `path` and `index` say where on the page it stands."""

    path: str
    index: int
    field: str
    source: str
    target: str
    origin: Origin
    model: str
    unit_key: str
    machine_key: str
    score: Score
    decision: Decision
    findings: tuple[Finding, ...]


def settled(connection: Connection, market: str, pages: Iterable[Identity]) -> dict[Identity, list[SettledSegment]]:
    """Return the segments of these pages in a market, in reading order; a page that was never settled is left out."""
    keys = {identity_key(*page): page for page in pages}
    found: dict[Identity, list[SettledSegment]] = {}
    for part in chunks(sorted(keys)):
        rows = connection.execute(
            select(listings.c.key, segments)
            .join(segments, segments.c.listing == listings.c.number)
            .where(listings.c.key.in_(part), segments.c.market == market)
            .order_by(segments.c.listing, segments.c.position)
        )
        for row in rows:
            own = SettledSegment(
                path=row.path, index=row.number, field=row.field, source=row.source, target=row.target,
                origin=cast("Origin", row.origin), model=row.model, unit_key=row.unit_key,
                machine_key=row.machine_key, score=Score(value=row.score, signature=row.signature),
                decision=Decision(
                    verdict=cast("Verdict", row.verdict), reasons=decode_reasons(row.reasons)
                ),
                findings=decode_findings(row.findings),
            )  # fmt: skip
            found.setdefault(keys[row.key], []).append(own)
    return found
