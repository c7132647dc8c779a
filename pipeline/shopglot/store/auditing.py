"""The audit: a random sample of what a run published goes to review, whatever its score.

What a drawn listing said is copied when it is drawn: the next run may replace its segments, and the verdict is on what
shoppers saw. What counts are verdicts of channel `audit` on those texts in their place that were given at or after the
draw, by whichever reviewer. The listing is bad as soon as one of them says that a text should not have been published
unedited; it is judged when it is bad or every text has one. A reviewer who changes their mind changes the listing's
verdict with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from heapq import nsmallest
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, insert, select

from shopglot.store.connection import chunks
from shopglot.store.encoding import digest
from shopglot.store.judging import text_key
from shopglot.store.records import Audit, AuditedSegment
from shopglot.store.schema import audit_segments, audits, items, listings, publications, segments, verdicts

_COPIED = tuple("position path number field source target origin model unit_key score signature".split())


class _Candidate(NamedTuple):
    """A listing that the run published: its number, key, identity and version."""

    number: int
    key: str
    merchant: str
    id: str
    version: int


def draw(connection: Connection, run_id: int, market: str, *, share: float, least: int, now: datetime) -> list[Audit]:
    """Draw ceil(share * n) of the n listings that the run published in the market, and at least `least` of them.

    They are those with the lowest digests of (run, market, listing), so the draw depends on nothing that happened to
    the listings, and a repeated call draws the same. What was drawn before stays drawn. A listing that a later run has
    settled since counts no more: its segments are no longer those that were published. Return all that the run has
    drawn in the market, by listing.
    """
    if not 0 <= share <= 1 or least < 0:
        raise ValueError(f"an audit draws a share of 0 to 1 and at least 0 listings, not {share} and {least}")
    candidates = _candidates(connection, run_id, market)
    before = set(
        connection.scalars(select(audits.c.listing).where(audits.c.run_id == run_id, audits.c.market == market))
    )
    # The share as it is written: 0.1 of 30 is 3, not the 4 that its binary neighbour makes.
    wanted = min(max(math.ceil(Fraction(repr(float(share))) * len(candidates)), least), len(candidates)) - len(before)
    if wanted > 0:
        fresh = (candidate for candidate in candidates if candidate.number not in before)
        drawn = nsmallest(wanted, fresh, key=lambda candidate: digest([run_id, market, candidate.key]))
        _write(connection, run_id, market, drawn, now)
    return [_audit(row) for row in connection.execute(_audits([audits.c.run_id == run_id, audits.c.market == market]))]


def _candidates(connection: Connection, run_id: int, market: str) -> list[_Candidate]:
    """Return the listings whose published version and whose segments are the run's own."""
    rows = connection.execute(
        select(listings.c.number, listings.c.key, listings.c.merchant, listings.c.id, items.c.version)
        .join(items, items.c.listing == listings.c.number)
        .join(
            publications,
            and_(
                publications.c.listing == items.c.listing,
                publications.c.market == items.c.market,
                publications.c.version == items.c.version,
            ),
        )
        .where(items.c.market == market, items.c.run_id == run_id, publications.c.run_id == run_id)
    )
    return [_Candidate(*row) for row in rows]


def _write(connection: Connection, run_id: int, market: str, drawn: list[_Candidate], now: datetime) -> None:
    """Write the draw, with a copy of what the drawn listings say."""
    connection.execute(
        insert(audits),
        [
            {"run_id": run_id, "market": market, "listing": one.number, "version": one.version, "drawn_at": now}
            for one in drawn
        ],
    )
    owners = {candidate.number: candidate for candidate in drawn}
    for part in chunks(list(owners)):
        rows = connection.execute(select(segments).where(segments.c.listing.in_(part), segments.c.market == market))
        copies = [
            {
                "run_id": run_id,
                "market": market,
                "listing": row.listing,
                "text_key": _text_key(owners[row.listing], market, row),
                **{name: getattr(row, name) for name in _COPIED},
            }
            for row in rows
        ]
        if copies:
            connection.execute(insert(audit_segments), copies)


def _text_key(owner: _Candidate, market: str, row: Row[Any]) -> str:
    """Return the key under which verdicts on this segment are found."""
    return text_key(
        market=market, merchant=owner.merchant, listing=owner.id, path=row.path, index=row.number, source=row.source,
        target=row.target,
    )  # fmt: skip


def _audits(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Return the query for drawn listings with what reviewers said of them, by run and listing."""
    said = and_(
        verdicts.c.text_key == audit_segments.c.text_key,
        verdicts.c.channel == "audit",
        verdicts.c.judged_at >= audits.c.drawn_at,
    )
    own = and_(
        audit_segments.c.run_id == audits.c.run_id,
        audit_segments.c.market == audits.c.market,
        audit_segments.c.listing == audits.c.listing,
    )
    place = (*audits.c, listings.c.merchant, listings.c.id)
    return (
        select(
            *place,
            func.count(audit_segments.c.position.distinct()).label("segments"),
            func.count(verdicts.c.text_key.distinct()).label("judged_segments"),
            func.max(case((verdicts.c.published.is_(False), 1), else_=0)).label("bad"),
        )
        .join(listings, listings.c.number == audits.c.listing)
        .outerjoin(audit_segments, own)
        .outerjoin(verdicts, said)
        .where(*conditions)
        .group_by(*place)
        .order_by(audits.c.run_id, audits.c.listing)
    )


def _audit(row: Row[Any]) -> Audit:
    """Return the audit of a row."""
    return Audit(
        run_id=row.run_id,
        market=row.market,
        merchant=row.merchant,
        listing=row.id,
        version=row.version,
        drawn_at=row.drawn_at,
        segments=row.segments,
        judged_segments=row.judged_segments,
        bad=bool(row.bad),
    )


def read(
    connection: Connection, market: str, *, run_id: int | None, since: datetime | None, judged: bool | None
) -> list[Audit]:
    """Return what was drawn in a market, by run and listing; of one run, since a moment, or (not) judged only."""
    found = map(_audit, connection.execute(_audits(_conditions(market, run_id, since))))
    return [audit for audit in found if judged is None or audit.judged is judged]


def _conditions(market: str, run_id: int | None, since: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [audits.c.market == market]
    if run_id is not None:
        found.append(audits.c.run_id == run_id)
    if since is not None:
        found.append(audits.c.drawn_at >= since)
    return found


def audited_segments(connection: Connection, audit: Audit) -> Iterator[AuditedSegment]:
    """Yield what a drawn listing said when it was published, in its order."""
    rows = connection.execute(
        select(audit_segments)
        .join(listings, listings.c.number == audit_segments.c.listing)
        .where(
            audit_segments.c.run_id == audit.run_id,
            audit_segments.c.market == audit.market,
            listings.c.merchant == audit.merchant,
            listings.c.id == audit.listing,
        )
        .order_by(audit_segments.c.position)
    )
    for row in rows:
        values: Mapping[str, Any] = {name: getattr(row, name) for name in _COPIED if name not in ("position", "number")}
        yield AuditedSegment(index=row.number, **values)
