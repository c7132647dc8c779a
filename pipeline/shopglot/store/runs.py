"""Nights: beginning, resuming and finishing a run, who works on it, and what became of its lines."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from shopglot.errors import StoreError
from shopglot.store.connection import chunks, inserting, upsert
from shopglot.store.encoding import canonical, decode_reasons, digest, dump, encode_reasons, identity_key, load
from shopglot.store.records import Run, RunSpec
from shopglot.store.schema import actions, leases, outcomes, plans, runs, windows, workers
from shopglot.types import Json, Outcome


def begin(connection: Connection, spec: RunSpec, now: datetime, *, alive: Callable[[int], bool], shown: str) -> Run:
    """Return the run that this process works on from now on, with the number of its worker.

    A run of the same spec that others are working on is joined. One that nobody works on any more is taken up again,
    unless people have acted since it began: then it is abandoned, as other such runs of the catalog are. StoreError
    while somebody works on another run. To be called by one at a time; the worker's lock has to be taken in the same
    transaction.
    """
    key = digest(_plain(spec))
    unfinished = connection.execute(select(runs).where(runs.c.status == "running").order_by(runs.c.id)).all()
    crews = {row.id: _living(connection, row.id, alive) for row in unfinished}
    busy = next((row for row in unfinished if crews[row.id] and row.spec_key != key), None)
    if busy is not None:
        first = crews[busy.id][0]
        who = f"process {first.pid} on {first.host} since {busy.started_at.isoformat(timespec='seconds')}"
        raise StoreError(f"store {shown}: a run is in progress ({who}); wait for it or end it, then run again")
    for row in unfinished:
        if row.spec_key != key and row.catalog == spec.catalog:
            close(connection, row.id, "abandoned", None, now)
    own = next((row for row in unfinished if row.spec_key == key), None)
    joined = own is not None and bool(crews[own.id])
    if own is not None and not joined and _spoken_since(connection, own.id):
        # What it has done stands, and its windows are behind what people said meanwhile: a new one hears them all.
        close(connection, own.id, "abandoned", None, now)
        own = None
    if own is None:
        values = {"spec_key": key, "catalog": spec.catalog, "spec": canonical(_plain(spec)), "status": "running"}
        run_id = connection.scalar(insert(runs).values(**values, resumes=0, started_at=now).returning(runs.c.id))
        assert isinstance(run_id, int)
    else:
        run_id = own.id
        if not joined:
            again = {"resumes": runs.c.resumes + 1, "resumed_at": now}
            connection.execute(update(runs).where(runs.c.id == run_id).values(**again))
    return Run(
        id=run_id,
        resumed=own is not None and not joined,
        started_at=now if own is None else own.started_at,
        joined=joined,
        worker=_enlist(connection, run_id, now),
    )


def _spoken_since(connection: Connection, run_id: int) -> bool:
    """Return whether a person has acted since the run began."""
    detail = connection.scalar(select(actions.c.detail).order_by(actions.c.id.desc()).limit(1))
    return detail is not None and int(load(detail).get("after_run") or 0) >= run_id


def _living(connection: Connection, run_id: int, alive: Callable[[int], bool]) -> list[Row[Any]]:
    """Return the workers of a run that live, the longest known first."""
    known = select(workers).where(workers.c.run_id == run_id, workers.c.ended_at.is_(None)).order_by(workers.c.id)
    return [row for row in connection.execute(known) if alive(row.id)]


def _enlist(connection: Connection, run_id: int, now: datetime) -> int:
    """Write that this process works on a run, and return the number of its worker."""
    values = {"run_id": run_id, "host": socket.gethostname(), "pid": os.getpid(), "started_at": now}
    number = connection.scalar(insert(workers).values(**values).returning(workers.c.id))
    assert isinstance(number, int)
    return number


def leave(connection: Connection, worker_id: int, now: datetime) -> None:
    """Write that a worker has ended, and give back what it was working on."""
    connection.execute(delete(leases).where(leases.c.worker_id == worker_id, leases.c.done.is_(False)))
    connection.execute(update(workers).where(workers.c.id == worker_id).values(ended_at=now))


def finish(connection: Connection, run_id: int, summary: Mapping[str, Json], now: datetime) -> None:
    """Close the run with its summary; its plans have done their work and go."""
    close(connection, run_id, "finished", dump(summary), now)


def close(connection: Connection, run_id: int, status: str, summary: str | None, now: datetime) -> None:
    """Give a running run its last status; its windows, leases, workers and plans go."""
    closed = connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.status == "running")
        .values(status=status, summary=summary, finished_at=now)
    )
    if closed.rowcount != 1:
        raise StoreError(f"run {run_id} is not in progress: it was finished or abandoned; begin a new one")
    for table in (leases, windows, workers, plans):
        connection.execute(delete(table).where(table.c.run_id == run_id))


def _plain(spec: RunSpec) -> dict[str, Json]:
    """Return the spec as JSON, with what has no order in one order."""
    return {
        "catalog": spec.catalog,
        "content": spec.content,
        "markets": sorted(set(spec.markets)),
        "engines": sorted(set(spec.engines)),
        "policy": spec.policy,
    }


def record(
    connection: Connection, run_id: int, made: Sequence[Outcome], now: datetime, *, replace: bool = True
) -> None:
    """Write what became of lines in this run.

    A line and market that is written again is replaced, or, without `replace`, left as it is. Rows are written in one
    order, so that two who write the same lines wait for one another and never both.
    """
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
        for outcome in sorted(made, key=lambda outcome: (outcome.line, outcome.market))
    ]
    statement = upsert(connection, outcomes)
    if not replace:
        statement = inserting(connection.dialect.name, outcomes).on_conflict_do_nothing()
    connection.execute(statement, rows)


def recorded(connection: Connection, run_id: int, lines: Sequence[int]) -> dict[tuple[int, str], Outcome]:
    """Return what became of these lines in a run, by line and market, as far as it is written."""
    found: dict[tuple[int, str], Outcome] = {}
    for part in chunks(lines):
        wanted = select(outcomes).where(outcomes.c.run_id == run_id, outcomes.c.line.in_(part))
        for row in connection.execute(wanted):
            found[row.line, row.market] = Outcome(
                line=row.line, merchant=row.merchant, id=row.id, market=row.market, status=row.status,
                reasons=decode_reasons(row.reasons), field=row.field, message=row.message, message_zh=row.message_zh,
            )  # fmt: skip
    return found
