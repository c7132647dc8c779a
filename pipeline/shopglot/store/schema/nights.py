"""Nights: runs, who works on them, what they have planned, and what became of each line."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.schema.tables import metadata
from shopglot.types import Status

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("spec_key", String, nullable=False),
    Column("catalog", AnyText, nullable=False),
    Column("spec", AnyText, nullable=False),
    Column("status", String, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("resumes", Integer, nullable=False, default=0),
    Column("resumed_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("summary", AnyText),
    one_of("status", ("running", "finished", "abandoned")),
    sqlite_autoincrement=True,
)
Index(
    "uq_runs_running",
    runs.c.spec_key,
    unique=True,
    sqlite_where=runs.c.status == "running",
    postgresql_where=runs.c.status == "running",
)

workers = (
    Table(  # the processes that work, or worked, on a run; whether one lives is asked of its lock, never of a clock
        "workers",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("host", AnyText, nullable=False),
        Column("pid", Integer, nullable=False),
        Column("started_at", UtcTime, nullable=False),
        Column("ended_at", UtcTime),
        sqlite_autoincrement=True,  # an id names a lock: a dead worker's must not come back
    )
)

windows = Table(  # lines that are worked on together; what was decided stands, so that all workers see the same windows
    "windows",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("lines", AnyText, nullable=False),
    Column("key", String, nullable=False),
)

leases = Table(  # who works on a window in a market; no row: nobody has begun
    "leases",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("worker_id", ForeignKey("workers.id", ondelete="CASCADE"), nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("done", Boolean, nullable=False),
    ForeignKeyConstraint(["run_id", "number"], ["windows.run_id", "windows.number"], ondelete="CASCADE"),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Number, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("window_key", String, nullable=False),
    Column("market", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    UniqueConstraint("run_id", "window_key", "market", "attempt"),
    sqlite_autoincrement=True,  # an id is never used twice: a batch of a deleted plan must match nothing
)

batches = Table(
    "batches",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("machine_keys", AnyText, nullable=False),
    Column("done", Boolean, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("listing_key", String(32), nullable=False, index=True),  # no foreign key: a broken line names no listing
    Column("merchant", AnyText, nullable=False),
    Column("id", AnyText, nullable=False),
    Column("status", String, nullable=False),
    Column("reasons", AnyText, nullable=False),
    Column("field", AnyText, nullable=False),
    Column("message", AnyText, nullable=False),
    Column("message_zh", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    one_of("status", get_args(Status)),
)
