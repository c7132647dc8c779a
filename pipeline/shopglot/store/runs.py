"""Nights: beginning, resuming and finishing a run, and what became of its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from shopglot.errors import StoreError
from shopglot.store.connection import upsert
from shopglot.store.encoding import canonical, digest, dump, encode_reasons, identity_key
from shopglot.store.records import Run, RunSpec
from shopglot.store.schema import outcomes, plans, runs
from shopglot.types import Json, Outcome


def begin(connection: Connection, spec: RunSpec, now: datetime) -> Run:
    """Return the unfinished run of the same spec, or a new one; other unfinished runs of the catalog are abandoned."""
    key = digest(_plain(spec))
    unfinished = connection.execute(
        select(runs.c.id, runs.c.spec_key, runs.c.started_at).where(
            runs.c.catalog == spec.catalog, runs.c.status == "running"
        )
    ).all()
    for row in unfinished:
        if row.spec_key != key:
            _close(connection, row.id, "abandoned", None, now)
    for row in unfinished:
        if row.spec_key == key:
            connection.execute(
                update(runs).where(runs.c.id == row.id).values(resumes=runs.c.resumes + 1, resumed_at=now)
            )
            return Run(id=row.id, resumed=True, started_at=row.started_at)
    values = {"spec_key": key, "catalog": spec.catalog, "spec": canonical(_plain(spec)), "status": "running"}
    run_id = connection.scalar(insert(runs).values(**values, resumes=0, started_at=now).returning(runs.c.id))
    assert isinstance(run_id, int)
    return Run(id=run_id, resumed=False, started_at=now)


def finish(connection: Connection, run_id: int, summary: Mapping[str, Json], now: datetime) -> None:
    """Close the run with its summary; its plans have done their work and go."""
    _close(connection, run_id, "finished", dump(summary), now)


def _close(connection: Connection, run_id: int, status: str, summary: str | None, now: datetime) -> None:
    """Give a running run its last status."""
    closed = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.status == "running")
        .values(status=status, summary=summary, finished_at=now)
    )
    if closed.rowcount != 1:
        raise StoreError(f"run {run_id} is not in progress: it was finished or abandoned; begin a new one")
    connection.execute(delete(plans).where(plans.c.run_id == run_id))


def _plain(spec: RunSpec) -> dict[str, Json]:
    """Return the spec as JSON, with what has no order in one order."""
    return {
        "catalog": spec.catalog,
        "content": spec.content,
        "markets": sorted(set(spec.markets)),
        "engines": sorted(set(spec.engines)),
        "policy": spec.policy,
    }


def record(connection: Connection, run_id: int, made: Sequence[Outcome], now: datetime) -> None:
    """Write what became of lines in this run; a line and market that is written again is replaced."""
    if not made:
        return
    rows = [
        {
            "run_id": run_id,
            "line": outcome.line,
            "market": outcome.market,
            "listing_key": identity_key(outcome.merchant, outcome.id),
            "merchant": outcome.merchant,
            "id": outcome.id,
            "status": outcome.status,
            "reasons": encode_reasons(outcome.reasons),
            "field": outcome.field,
            "message": outcome.message,
            "message_zh": outcome.message_zh,
            "at": now,
        }
        for outcome in made
    ]
    connection.execute(upsert(connection, outcomes), rows)
