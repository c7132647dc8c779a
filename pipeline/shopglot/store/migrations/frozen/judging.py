"""The tables that version 2 added."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.migrations.frozen import first

metadata = MetaData(naming_convention=first.NAMES)
runs = first.runs.to_metadata(metadata)  # what the new tables refer to
listings = first.listings.to_metadata(metadata)
publications = first.publications.to_metadata(metadata)
_ERRORS = (
    "", "mistranslation", "omission", "addition", "terminology", "number", "brand", "style", "grammar", "claim",
    "script", "other",
)  # fmt: skip

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("text_key", String(32), nullable=False, index=True),
    Column("market", String, nullable=False),
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),
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
    one_of("origin", ("memory", "machine", "human", "certain")),
    one_of("error", _ERRORS),
    one_of("severity", ("", "minor", "major", "critical")),
    one_of("channel", ("desk", "import", "audit", "seed")),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
    sqlite_autoincrement=True,
)

audits = Table(
    "audits",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("listing", Number, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("drawn_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["listing", "market", "version"], ["publications.listing", "publications.market", "publications.version"]
    ),
)

audit_segments = Table(
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
