"""The tables of version 1."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", AnyText, nullable=False),
)

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

plans = Table(
    "plans",
    metadata,
    Column("id", Number, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("window_key", String, nullable=False),
    Column("market", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    UniqueConstraint("run_id", "window_key", "market", "attempt"),
    sqlite_autoincrement=True,
)

batches = Table(
    "batches",
    metadata,
    Column("plan_id", Number, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("machine_keys", AnyText, nullable=False),
    Column("done", Boolean, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("listing_key", String(32), nullable=False, index=True),
    Column("merchant", AnyText, nullable=False),
    Column("id", AnyText, nullable=False),
    Column("status", String, nullable=False),
    Column("reasons", AnyText, nullable=False),
    Column("field", AnyText, nullable=False),
    Column("message", AnyText, nullable=False),
    Column("message_zh", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    one_of("status", ("publish", "review", "reject", "failed", "skipped")),
)

listings = Table(
    "listings",
    metadata,
    Column("number", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("merchant", AnyText, nullable=False),
    Column("id", AnyText, nullable=False),
    Column("seen_run", Integer, ForeignKey("runs.id"), nullable=False),
    Column("seen_line", Integer, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("listing", Number, ForeignKey("listings.number"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("document", AnyText),
    Column("content_hash", String, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    one_of("kind", ("publish", "withdraw")),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(kind = 'publish') = (document IS NOT NULL)", name="document"),
)

items = Table(
    "items",
    metadata,
    Column("listing", Number, ForeignKey("listings.number"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("inputs_key", String, nullable=False),
    Column("status", String, nullable=False),
    Column("reasons", AnyText, nullable=False),
    Column("field", AnyText, nullable=False),
    Column("message", AnyText, nullable=False),
    Column("message_zh", AnyText, nullable=False),
    Column("version", Integer),
    Column("updated_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["listing", "market", "version"], ["publications.listing", "publications.market", "publications.version"]
    ),
    one_of("status", ("publish", "review", "reject", "failed", "skipped")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("event_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("listing", Number, nullable=False),
    Column("market", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", AnyText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    ForeignKeyConstraint(
        ["listing", "market", "version"], ["publications.listing", "publications.market", "publications.version"]
    ),
    UniqueConstraint("listing", "market", "version"),
    one_of("kind", ("publish", "withdraw")),
    sqlite_autoincrement=True,
)

segments = Table(
    "segments",
    metadata,
    Column("listing", Number, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("origin", String, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("unit_key", String, nullable=False),
    Column("machine_key", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("signature", AnyText, nullable=False),
    Column("signals", AnyText, nullable=False),
    Column("verdict", String, nullable=False),
    Column("reasons", AnyText, nullable=False),
    Column("findings", AnyText, nullable=False),
    ForeignKeyConstraint(["listing", "market"], ["items.listing", "items.market"], ondelete="CASCADE"),
    one_of("origin", ("memory", "machine", "human", "certain")),
    one_of("verdict", ("publish", "review", "reject")),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
)

translations = Table(
    "translations",
    metadata,
    Column("machine_key", String, primary_key=True),
    Column("unit_key", String, nullable=False),
    Column("market", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("origin", String, nullable=False),
    Column("logprob", Float),
    Column("tokens", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("truncated", Boolean, nullable=False),
    Column("repeated", Boolean, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id")),
    Column("created_at", UtcTime, nullable=False),
    one_of("origin", ("memory", "machine", "human", "certain")),
)

approvals = Table(
    "approvals",
    metadata,
    Column("unit_key", String, primary_key=True),
    Column("market", String, primary_key=True),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("approved_by", AnyText, nullable=False),
    Column("approved_at", UtcTime, nullable=False),
)
