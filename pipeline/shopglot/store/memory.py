"""What the machine said before, by machine key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from shopglot.store.connection import chunks, upsert
from shopglot.store.encoding import decode_signals, encode_signals
from shopglot.store.schema import translations
from shopglot.types import Translation

HUMAN_MODEL = "human"  # stands where a machine's text names its card


def recall(
    connection: Connection, market: str, machine_keys: Iterable[str], *, run_id: int | None
) -> dict[str, Translation]:
    """Return what the machine is known to say in a market, by machine key; what people approved is `reach`'s.

    It is of origin `memory`, except what `run_id` itself made: that is `machine`, so that a run which was killed and
    resumed says the same of it as one which was not.
    """
    found: dict[str, Translation] = {}
    for part in chunks(list(dict.fromkeys(machine_keys))):
        statement = select(translations).where(translations.c.machine_key.in_(part), translations.c.market == market)
        for row in connection.execute(statement):
            found[row.machine_key] = _machine(row, own=run_id is not None and row.run_id == run_id)
    return found


def _machine(row: Row[Any], *, own: bool) -> Translation:
    """Return the translation of a row."""
    return Translation(
        source=row.source,
        target=row.target,
        market=row.market,
        model=row.model,
        origin=row.origin if own else "memory",
        unit_key=row.unit_key,
        machine_key=row.machine_key,
        logprob=row.logprob,
        tokens=row.tokens,
        attempt=row.attempt,
        attempts=row.attempts,
        lost=row.lost,
        truncated=row.truncated,
        repeated=row.repeated,
        opinion=decode_signals(row.opinion),
    )


def remember(connection: Connection, made: Sequence[Translation], *, run_id: int | None, now: datetime) -> None:
    """Write machine text under its machine key; the last one written stays: the caller writes what it chose."""
    if not made:
        return
    rows = [
        {
            "machine_key": translation.machine_key,
            "unit_key": translation.unit_key,
            "market": translation.market,
            "source": translation.source,
            "target": translation.target,
            "model": translation.model,
            "origin": translation.origin,
            "logprob": translation.logprob,
            "tokens": translation.tokens,
            "attempt": translation.attempt,
            "attempts": translation.attempts,
            "lost": translation.lost,
            "truncated": translation.truncated,
            "repeated": translation.repeated,
            "opinion": encode_signals(sorted(translation.opinion, key=itemgetter(0))),
            "run_id": run_id,
            "created_at": now,
        }
        for translation in made
    ]
    # In one order: two workers who write the same texts in two orders would wait for each other.
    rows.sort(key=itemgetter("machine_key"))
    connection.execute(upsert(connection, translations), rows)
