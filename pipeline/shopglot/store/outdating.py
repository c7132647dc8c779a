"""Approved texts whose source is gone from their page: noted when it is settled, shown beside what is there now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from shopglot.store.connection import chunks
from shopglot.store.encoding import decode_reasons, identity_key
from shopglot.store.reach import STANDING, successor
from shopglot.store.records import Approval, HumanText, Outdated, Settlement
from shopglot.store.schema import approvals, listings, segments
from shopglot.types import Decision

UNANSWERED = (approvals.c.status == "outdated", approvals.c.answered.is_(False))  # since its text left its page


def count(connection: Connection) -> dict[str, int]:
    """Return how many approvals are outdated, by market."""
    counts = select(approvals.c.market, func.count()).where(*UNANSWERED).group_by(approvals.c.market)
    return {row[0]: row[1] for row in connection.execute(counts.order_by(approvals.c.market))}


def follow(connection: Connection, settlements: Sequence[Settlement], now: datetime) -> None:
    """Note which approvals of these pages are outdated now, and which have their text back.

    A page that was not cut into segments says nothing of its texts.
    """
    pages: dict[str, dict[str, set[str]]] = {}
    for settlement in settlements:
        if settlement.judged:
            outcome = settlement.outcome
            units = {judged.translation.unit_key for judged in settlement.judged}
            pages.setdefault(outcome.market, {})[identity_key(outcome.merchant, outcome.id)] = units
    for market, own in pages.items():
        for part in chunks(list(own)):
            standing = select(approvals.c.id, approvals.c.listing_key, approvals.c.unit_key, approvals.c.status).where(
                approvals.c.market == market, approvals.c.listing_key.in_(part), STANDING
            )
            rows = connection.execute(standing).all()
            gone = [row.id for row in rows if row.status == "current" and row.unit_key not in own[row.listing_key]]
            back = [row.id for row in rows if row.status == "outdated" and row.unit_key in own[row.listing_key]]
            _turn(connection, gone, status="outdated", ended_at=now)
            _turn(connection, back, status="current", ended_at=None, answered=False)


def _turn(connection: Connection, numbers: Sequence[int], **values: object) -> None:
    """Change approvals."""
    for part in chunks(numbers):
        connection.execute(update(approvals).where(approvals.c.id.in_(part)).values(**values))


def beside(connection: Connection, rows: Sequence[Row[Any]]) -> list[Outdated]:
    """Return outdated approvals, each beside what took its place on its page."""
    found: dict[tuple[str, str], list[Any]] = {}
    for part in chunks(sorted({row.listing_key for row in rows})):
        standing = (
            select(
                listings.c.key, segments.c.market, segments.c.path, segments.c.number, segments.c.source,
                segments.c.target, segments.c.origin, segments.c.verdict, segments.c.reasons,
            )
            .join(listings, listings.c.number == segments.c.listing)
            .where(listings.c.key.in_(part), segments.c.path.in_({row.path for row in rows}))
            .order_by(segments.c.position)
        )  # fmt: skip
        for segment in connection.execute(standing):
            found.setdefault((segment.key, segment.market), []).append(segment)
    return [_pair(row, found.get((row.listing_key, row.market), ())) for row in rows]


def _pair(row: Row[Any], standing: Sequence[Any]) -> Outdated:
    """Return an outdated approval beside what took its place among the segments of its page."""
    machine = [
        (segment.path, segment.number, position)
        for position, segment in enumerate(standing)
        if segment.origin != "human"
    ]
    position = successor(row.path, row.number, machine)
    now = None if position is None else standing[position]
    return Outdated(
        approval=Approval(
            id=row.id,
            text=HumanText(
                unit_key=row.unit_key, market=row.market, source=row.source, target=row.target,
                approved_by=row.approved_by, merchant=row.merchant, listing=row.listing, path=row.path,
                index=row.number, field=row.field,
            ),
            approved_at=row.approved_at, status=row.status, ended_at=row.ended_at,
        ),
        path=row.path,
        index=None if now is None else now.number,
        source=None if now is None else now.source,
        target=None if now is None else now.target,
        decision=None if now is None else Decision(verdict=now.verdict, reasons=decode_reasons(now.reasons)),
    )  # fmt: skip
