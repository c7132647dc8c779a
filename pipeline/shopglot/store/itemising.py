"""Where a listing stands in a market, the segments that it is made of, and what became of its line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert

from shopglot.store import outdating, sources
from shopglot.store.connection import upsert
from shopglot.store.desk import holding
from shopglot.store.encoding import encode_findings, encode_reasons, encode_signals
from shopglot.store.runs import record
from shopglot.store.schema import items, segments
from shopglot.store.weighing import Due
from shopglot.types import JudgedSegment

_INSERT_SEGMENTS = insert(segments)
_DELETE_SEGMENTS = delete(segments).where(
    segments.c.listing == bindparam("of_listing"), segments.c.market == bindparam("of_market")
)


def write_items(connection: Connection, run_id: int, settled: Sequence[Due], now: datetime) -> None:
    """Write where listings stand in a market, their segments in place of the old ones, and the run's outcomes.

    With it go the merchant's pages where they are new, which approvals of the listings are outdated now, and what of
    them waits for people.
    """
    if not settled:
        return
    sources.write(connection, run_id, settled, now)
    connection.execute(upsert(connection, items), [_item(run_id, due, now) for due in settled])
    if old := [due for due in settled if not due.new]:
        places = [{"of_listing": due.listing, "of_market": due.outcome.market} for due in old]
        connection.execute(_DELETE_SEGMENTS, places)
    rows = [
        _segment(due.listing, due.outcome.market, position, judged)
        for due in settled
        for position, judged in enumerate(due.settlement.judged)
    ]
    if rows:
        connection.execute(_INSERT_SEGMENTS, rows)
    outdating.follow(connection, [due.settlement for due in settled if due.approved], now)
    holding.follow(connection, run_id, settled, now)
    record(connection, run_id, [due.outcome for due in settled], now)


def _item(run_id: int, due: Due, now: datetime) -> dict[str, object]:
    """Return the row of a listing in a market."""
    outcome, pin = due.outcome, due.pin
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
        "source": due.source,
        "again": due.again,
        "pinned_source": None if pin is None else pin.source,
        "pinned_by": None if pin is None else pin.action_id,
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
