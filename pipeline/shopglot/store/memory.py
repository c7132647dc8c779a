"""The translation memory's tables: what the machine said, by machine key, and what a person approved, by unit key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from shopglot.store.connection import chunks, upsert
from shopglot.store.encoding import decode_signals, encode_signals
from shopglot.store.records import HumanText
from shopglot.store.schema import approvals, translations
from shopglot.types import Translation

HUMAN_MODEL = "human"  # stands where a machine's text names its card


def recall(
    connection: Connection, market: str, machine_keys: Iterable[str], unit_keys: Iterable[str], *, run_id: int | None
) -> tuple[dict[str, Translation], dict[str, Translation]]:
    """Return what is known in a market: machine text by machine key, human text by unit key.

    Machine text is of origin `memory`, except what `run_id` itself made: that is `machine`, so that a run which was
    killed and resumed says the same of it as one which was not.
    """
    machine: dict[str, Translation] = {}
    for part in chunks(list(dict.fromkeys(machine_keys))):
        statement = select(translations).where(translations.c.machine_key.in_(part), translations.c.market == market)
        for row in connection.execute(statement):
            machine[row.machine_key] = _machine(row, own=run_id is not None and row.run_id == run_id)
    human: dict[str, Translation] = {}
    for part in chunks(list(dict.fromkeys(unit_keys))):
        wanted = select(approvals.c.unit_key, approvals.c.source, approvals.c.target).where(
            approvals.c.unit_key.in_(part), approvals.c.market == market
        )
        for row in connection.execute(wanted):
            human[row.unit_key] = Translation(
                source=row.source,
                target=row.target,
                market=market,
                model=HUMAN_MODEL,
                origin="human",
                unit_key=row.unit_key,
                machine_key="",
            )
    return machine, human


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
    connection.execute(upsert(connection, translations), rows)


def approve(connection: Connection, text: HumanText, now: datetime) -> None:
    """Write a person's text for a unit in a market, in place of an earlier one."""
    row = {
        "unit_key": text.unit_key,
        "market": text.market,
        "source": text.source,
        "target": text.target,
        "approved_by": text.approved_by,
        "approved_at": now,
    }
    connection.execute(upsert(connection, approvals), row)
