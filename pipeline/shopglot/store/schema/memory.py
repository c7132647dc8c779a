"""What was said before: the machine's text, what people approved, and units that came from elsewhere."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, false

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.records import ApprovalStatus
from shopglot.store.schema.tables import metadata
from shopglot.types import Origin

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

approvals = Table(  # every text that a person approved, each in a row of its own; none is ever overwritten
    "approvals",
    metadata,
    Column("id", Number, primary_key=True),
    Column("market", String, nullable=False),
    Column("unit_key", String, nullable=False),
    Column("listing_key", String(32), nullable=False),  # empty: approved for the whole market
    Column("merchant_key", String(32), nullable=False),  # empty as well then
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),  # as in `segments`
    Column("field", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("approved_by", AnyText, nullable=False),
    Column("approved_at", UtcTime, nullable=False),
    Column("status", String, nullable=False),
    Column("ended_at", UtcTime),  # when it was superseded or found outdated
    Column("answered", Boolean, nullable=False, default=False, server_default=false()),  # what took its place was read
    one_of("status", get_args(ApprovalStatus)),
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
Index("ix_approvals_newest", approvals.c.market, approvals.c.id)  # up to where a run has recalled

units = Table(  # translation units from elsewhere: shown to people and found by likeness, never published by themselves
    "units",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),  # of market, policy, provider, source and target
    Column("market", String, nullable=False, index=True),
    Column("policy", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("provider", AnyText, nullable=False),
    Column("note", AnyText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)
