"""What people said and did: verdicts, the audit, and the log of actions."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.schema.tables import metadata
from shopglot.types import Channel, ErrorKind, ErrorSeverity, Origin

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),  # of the text in its place and of the reviewer
    Column("text_key", String(32), nullable=False, index=True),  # of the text in its place: what reviewers share
    Column("market", String, nullable=False),
    Column("merchant", AnyText, nullable=False),  # no foreign key: a verdict may come from another store
    Column("listing", AnyText, nullable=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),  # as in `segments`
    Column("field", AnyText, nullable=False),
    Column("category", AnyText, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("origin", String, nullable=False),
    Column("unit_key", AnyText, nullable=False),
    Column("score", Float),
    Column("signature", AnyText),
    Column("published", Boolean, nullable=False),
    Column("error", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("note", AnyText, nullable=False),
    Column("reviewer", AnyText, nullable=False),
    Column("channel", String, nullable=False),
    Column("judged_at", UtcTime, nullable=False),
    one_of("origin", get_args(Origin)),
    one_of("error", get_args(ErrorKind)),
    one_of("severity", get_args(ErrorSeverity)),
    one_of("channel", get_args(Channel)),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
    sqlite_autoincrement=True,
)

audits = Table(
    "audits",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("listing", Number, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("drawn_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["listing", "market", "version"], ["publications.listing", "publications.market", "publications.version"]
    ),
)

audit_segments = Table(  # a copy: `segments` holds only what the last run made of a listing
    "audit_segments",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("listing", Number, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("text_key", String(32), nullable=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("origin", String, nullable=False),
    Column("model", AnyText, nullable=False),
    Column("unit_key", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("signature", AnyText, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "market", "listing"], ["audits.run_id", "audits.market", "audits.listing"], ondelete="CASCADE"
    ),
)

actions = Table(  # the audit log: what people did, on a text, a page, a shop or the store; rows are only ever added
    "actions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", AnyText, nullable=False),
    Column("action", String, nullable=False),  # such as `approve`, `pause`, `rollback`, `erase`
    Column("market", String),
    Column("merchant", AnyText),
    Column("listing", AnyText),
    Column("listing_key", String(32), index=True),
    Column("path", AnyText),
    Column("number", Integer),  # as in `segments`
    Column("detail", AnyText, nullable=False),  # a JSON object: what was before, what is now, how much
    Column("note", AnyText, nullable=False),
    CheckConstraint("actor <> ''", name="actor"),
    sqlite_autoincrement=True,
)
