"""The catalog: listings and their sources, where they stand in each market, what is published, and its events."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.records import Cause
from shopglot.store.schema.tables import metadata
from shopglot.types import Origin, Status, Verdict

listings = Table(
    "listings",
    metadata,
    Column("number", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("merchant", AnyText, nullable=False),
    Column("id", AnyText, nullable=False),
    Column("seen_run", ForeignKey("runs.id"), nullable=False),
    Column("seen_line", Integer, nullable=False),
)

sources = Table(  # the pages as the merchant wrote them, each once; a page that comes back has its old version
    "sources",
    metadata,
    Column("listing", ForeignKey("listings.number", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("document", AnyText, nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    UniqueConstraint("listing", "digest"),
    CheckConstraint("version >= 1", name="version"),
)

publications = Table(
    "publications",
    metadata,
    Column("listing", ForeignKey("listings.number"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("document", AnyText),
    Column("content_hash", String, nullable=False),
    Column("cause", String, nullable=False, default="run", server_default="run"),
    Column("run_id", ForeignKey("runs.id")),  # null where no run made it
    Column("action_id", ForeignKey("actions.id")),  # null where no person did
    Column("restores", Integer),  # the version whose content this one brings back
    Column("source", Integer),  # the version of the source that it was made from; null before schema 3
    Column("created_at", UtcTime, nullable=False),
    one_of("kind", ("publish", "withdraw")),
    one_of("cause", get_args(Cause)),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("run_id IS NOT NULL OR action_id IS NOT NULL", name="maker"),
    CheckConstraint("(kind = 'publish') = (document IS NOT NULL)", name="document"),
)

items = Table(
    "items",
    metadata,
    Column("listing", ForeignKey("listings.number"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("inputs_key", String, nullable=False),
    Column("status", String, nullable=False),
    Column("reasons", AnyText, nullable=False),
    Column("field", AnyText, nullable=False),
    Column("message", AnyText, nullable=False),
    Column("message_zh", AnyText, nullable=False),
    Column("version", Integer),
    Column("source", Integer),  # the version of the source that was settled; null before schema 3
    Column("again", Boolean, nullable=False, default=False, server_default=false()),  # due whatever its inputs
    Column("pinned_source", Integer),  # a person chose what is published; it stands while this source does
    Column("pinned_by", ForeignKey("actions.id")),
    Column("updated_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["listing", "market", "version"], ["publications.listing", "publications.market", "publications.version"]
    ),
    one_of("status", get_args(Status)),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("event_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("listing", ForeignKey("listings.number", ondelete="SET NULL")),  # null once the merchant's data are erased
    Column("market", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", AnyText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    Column("next_attempt_at", UtcTime),
    Column("dead_at", UtcTime),  # given up: a person decides
    Column("last_error", AnyText, nullable=False, default="", server_default=""),
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
    Column("number", Integer, nullable=False),  # the segment's index within its field
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
    one_of("origin", get_args(Origin)),
    one_of("verdict", get_args(Verdict)),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
)
Index("ix_publications_run", publications.c.run_id)  # what a night has published
Index("ix_segments_unit", segments.c.market, segments.c.unit_key)  # which pages an approved text speaks of
Index(
    "ix_outbox_due",
    outbox.c.seq,
    sqlite_where=outbox.c.delivered_at.is_(None) & outbox.c.dead_at.is_(None),
    postgresql_where=outbox.c.delivered_at.is_(None) & outbox.c.dead_at.is_(None),
)

enrolments = Table(  # what a merchant has paused or opened again; no row: open. A listing's row beats its shop's
    "enrolments",
    metadata,
    Column("market", String, primary_key=True),
    Column("merchant_key", String(32), primary_key=True),
    Column("listing_key", String(32), primary_key=True),  # empty: the whole shop
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("action_id", ForeignKey("actions.id"), nullable=False),
)
