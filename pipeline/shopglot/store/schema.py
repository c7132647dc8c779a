"""The tables of a store, the same on every database.

    runs ── plans ── batches                         what tonight is doing (plans go when the run is finished)
      └─ outcomes                                    what became of each line that a run had to work on
    listings ─┬─ items ── segments                   where each listing stands in each market
              └─ publications ── outbox              every published version, and the event that announces it
    translations, approvals                          what the machine said, what a person approved
    verdicts                                         what reviewers said of segments as they stood
    audits ── audit_segments                         which published versions were drawn for review, and their texts

A listing's key is a digest of (merchant, id), so that no identity is too long or too odd for an index; other tables
name it by its number, which grows with the catalog, so that neighbours in the catalog are neighbours on the disk.
`items.version` points at the published version and is null where nothing is published; versions are never changed.
"""

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
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.types import Channel, ErrorKind, ErrorSeverity, Origin, Status, Verdict

SCHEMA_VERSION = 2  # store/upgrades.py brings an older store here


metadata = MetaData(
    naming_convention={  # migrations need a name for every constraint
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

publications = Table(
    "publications",
    metadata,
    Column("listing", ForeignKey("listings.number"), primary_key=True),
    Column("market", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("document", AnyText),
    Column("content_hash", String, nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    one_of("kind", ("publish", "withdraw")),
    CheckConstraint("version >= 1", name="version"),
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
    Column("opinion", AnyText, nullable=False, server_default="[]"),
    Column("run_id", ForeignKey("runs.id")),  # null where no run asked for it
    Column("created_at", UtcTime, nullable=False),
    one_of("origin", get_args(Origin)),
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
