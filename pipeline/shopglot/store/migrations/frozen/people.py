"""The tables that version 3 added or made anew."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.migrations.frozen import first

metadata = MetaData(naming_convention=first.NAMES)
runs = first.runs.to_metadata(metadata)  # what the new tables refer to
listings = first.listings.to_metadata(metadata)

actions = Table(
    "actions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", AnyText, nullable=False),
    Column("action", String, nullable=False),
    Column("market", String),
    Column("merchant", AnyText),
    Column("listing", AnyText),
    Column("listing_key", String(32), index=True),
    Column("path", AnyText),
    Column("number", Integer),
    Column("detail", AnyText, nullable=False),
    Column("note", AnyText, nullable=False),
    CheckConstraint("actor <> ''", name="actor"),
    sqlite_autoincrement=True,
)

workers = Table(
    "workers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("host", AnyText, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    sqlite_autoincrement=True,
)

windows = Table(
    "windows",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("lines", AnyText, nullable=False),
    Column("key", String, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("worker_id", Integer, ForeignKey("workers.id", ondelete="CASCADE"), nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("done", Boolean, nullable=False),
    ForeignKeyConstraint(["run_id", "number"], ["windows.run_id", "windows.number"], ondelete="CASCADE"),
)

sources = Table(
    "sources",
    metadata,
    Column("listing", Number, ForeignKey("listings.number", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("document", AnyText, nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    UniqueConstraint("listing", "digest"),
    CheckConstraint("version >= 1", name="version"),
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
    Column("cause", String, nullable=False, default="run", server_default="run"),
    Column("run_id", Integer, ForeignKey("runs.id")),
    Column("action_id", Number, ForeignKey("actions.id")),
    Column("restores", Integer),
    Column("source", Integer),
    Column("created_at", UtcTime, nullable=False),
    one_of("kind", ("publish", "withdraw")),
    one_of("cause", ("run", "rollback", "pause", "resume", "missing", "erase")),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("run_id IS NOT NULL OR action_id IS NOT NULL", name="maker"),
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
    Column("source", Integer),
    Column("again", Boolean, nullable=False, default=False, server_default=false()),
    Column("pinned_source", Integer),
    Column("pinned_by", Number, ForeignKey("actions.id")),
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
    Column("listing", Number, ForeignKey("listings.number", ondelete="SET NULL")),
    Column("market", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", AnyText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    Column("next_attempt_at", UtcTime),
    Column("dead_at", UtcTime),
    Column("last_error", AnyText, nullable=False, default="", server_default=""),
    UniqueConstraint("listing", "market", "version"),
    one_of("kind", ("publish", "withdraw")),
    sqlite_autoincrement=True,
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("market", String, primary_key=True),
    Column("merchant_key", String(32), primary_key=True),
    Column("listing_key", String(32), primary_key=True),
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("action_id", Number, ForeignKey("actions.id"), nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Number, primary_key=True),
    Column("market", String, nullable=False),
    Column("unit_key", String, nullable=False),
    Column("listing_key", String(32), nullable=False),
    Column("merchant_key", String(32), nullable=False),
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("approved_by", AnyText, nullable=False),
    Column("approved_at", UtcTime, nullable=False),
    Column("status", String, nullable=False),
    Column("ended_at", UtcTime),
    Column("answered", Boolean, nullable=False, default=False, server_default=false()),
    one_of("status", ("current", "outdated", "superseded")),
    sqlite_autoincrement=True,
)
Index(
    "uq_approvals_standing",
    approvals.c.market,
    approvals.c.unit_key,
    approvals.c.listing_key,
    unique=True,
    sqlite_where=approvals.c.status != "superseded",
    postgresql_where=approvals.c.status != "superseded",
)
Index("ix_approvals_listing", approvals.c.market, approvals.c.listing_key)
Index("ix_approvals_newest", approvals.c.market, approvals.c.id)

units = Table(
    "units",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("market", String, nullable=False, index=True),
    Column("policy", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("provider", AnyText, nullable=False),
    Column("note", AnyText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

NEW = (actions, workers, windows, leases, sources, enrolments, units)
