"""Whether a run is at work on a store, asked without being in its way."""

from __future__ import annotations

from sqlalchemy import select

from shopglot.errors import StoreError
from shopglot.store.connection import Database
from shopglot.store.lock import worker_lock
from shopglot.store.schema import runs, workers


def require(database: Database) -> None:
    """Raise a StoreError that says who is at work, where a worker of an unfinished run lives."""
    with database.read() as connection:
        found = connection.execute(
            select(workers.c.id, workers.c.host, workers.c.pid, runs.c.started_at)
            .join(runs, runs.c.id == workers.c.run_id)
            .where(runs.c.status == "running", workers.c.ended_at.is_(None))
            .order_by(workers.c.id)
        ).all()
    if not found:
        return
    lock = worker_lock(database)
    try:
        busy = next((worker for worker in found if lock.alive(worker.id)), None)
    finally:
        lock.release()
    if busy is not None:
        since = busy.started_at.isoformat(timespec="seconds")
        raise StoreError(
            f"store {database.shown}: a run is in progress (process {busy.pid} on {busy.host}, begun {since}); wait "
            "for it or end it, then run this again"
        )
