"""The review desk: what waits for people, what they have done with it, and who they are."""

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
    String,
    Table,
    false,
    true,
)

from shopglot.store.columns import AnyText, Number, UtcTime, one_of
from shopglot.store.schema.tables import metadata

STATES = ("open", "done", "escalated", "returned")  # `returned`: sent back to the merchant
DEEDS = ("approve", "edit", "reject")
ROLES = ("viewer", "translator", "lead", "admin")  # each may do what those before it may
PROPOSALS = ("term", "rule")

held = Table(  # a page that waits in a market: what the queue shows, sorts and searches, so that it reads nothing else
    "held",
    metadata,
    Column("listing", Number, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("merchant", AnyText, nullable=False),
    Column("id", AnyText, nullable=False),
    Column("title", AnyText, nullable=False),  # as the merchant wrote it
    Column("category", AnyText, nullable=False),
    Column("verdict", String, nullable=False),  # of the page: review or reject
    Column("severity", String, nullable=False),  # of its worst finding; empty where only its score or the gate holds it
    Column("fields", AnyText, nullable=False),  # kinds of the fields that are held, each between spaces: ` title note `
    Column("reasons", AnyText, nullable=False),  # ids in the same way
    Column("score", Float, nullable=False),  # the lowest of what is held
    Column("risk", Float, nullable=False),  # see `store.desk.urgency`
    Column("exposure", Float, nullable=False),
    Column("priority", Float, nullable=False),  # risk times exposure
    Column("segments", Integer, nullable=False),  # how many are held
    Column("open", Integer, nullable=False),  # how many of them nobody has done anything with yet
    Column("state", String, nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("held_at", UtcTime, nullable=False),  # since when the page waits without a break
    Column("text_key", String(32), nullable=False),  # of all texts that are held: `holding.held_key`
    Column("assignee", AnyText),  # a user's name
    Column("due_at", UtcTime),
    Column("claimed_by", AnyText),  # a user's name
    Column("claimed_until", UtcTime),
    # Id, merchant, title, held sources and targets, folded for the search: last, so that nothing else is read past it.
    Column("words", AnyText, nullable=False),
    ForeignKeyConstraint(["listing", "market"], ["items.listing", "items.market"], ondelete="CASCADE"),
    one_of("verdict", ("review", "reject")),
    one_of("severity", ("", "info", "warning", "error")),
    one_of("state", STATES),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
)
Index("ix_held_priority", held.c.market, held.c.state, held.c.priority, held.c.listing)
# What the queue counts by, each with what else it is mostly asked for, so that the counts read nothing else. On SQLite
# only: PostgreSQL indexes no text of any length, and reads all pages in a row as quickly.
for _name in ("category", "fields", "reasons", "merchant"):
    Index(
        f"ix_held_{_name}", held.c[_name], held.c.market, held.c.state, held.c.severity, held.c.assignee, held.c.score,
        held.c.held_at, held.c.run_id,
    ).ddl_if(dialect="sqlite")  # fmt: skip
Index(
    "ix_held_state", held.c.market, held.c.state, held.c.severity, held.c.assignee, held.c.score, held.c.held_at,
    held.c.run_id,
).ddl_if(dialect="sqlite")  # fmt: skip

handled = Table(  # what somebody did with a held segment; it goes when its page no longer says the same
    "handled",
    metadata,
    Column("listing", Number, primary_key=True, autoincrement=False),
    Column("market", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("text_key", String(32), nullable=False),  # of source and target as they stood: `judging.text_key`
    Column("deed", String, nullable=False),
    Column("target", AnyText, nullable=False),  # the text that was approved, else the one that was refused
    Column("actor", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("seconds", Float, nullable=False),  # that the person spent on it
    Column("action_id", ForeignKey("actions.id"), nullable=False),
    ForeignKeyConstraint(["listing", "market"], ["held.listing", "held.market"], ondelete="CASCADE"),
    one_of("deed", DEEDS),
)
Index("ix_handled_at", handled.c.at)  # what somebody has done today

dismissals = Table(  # findings that a person set aside, with a reason; see `store.desk.dismissing`
    "dismissals",
    metadata,
    Column("id", Number, primary_key=True),
    Column("market", String, nullable=False),
    Column("unit_key", String, nullable=False),
    Column("listing_key", String(32), nullable=False),
    Column("merchant_key", String(32), nullable=False),
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("path", AnyText, nullable=False),
    Column("number", Integer, nullable=False),  # as in `segments`
    Column("field", String, nullable=False),
    Column("finding", String, nullable=False),  # the id of the check or rule
    Column("version", Integer, nullable=False),  # of the rule, or of what the check asks for
    Column("side", String, nullable=False),
    Column("words", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),  # the translation that it speaks of; empty where only the source counts
    Column("reason", String, nullable=False),
    Column("note", AnyText, nullable=False),
    Column("actor", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("action_id", ForeignKey("actions.id"), nullable=False),  # the newest act on it
    Column("ended_at", UtcTime),  # when it was taken back
    one_of("side", ("source", "target")),
    sqlite_autoincrement=True,
)
Index("ix_dismissals_unit", dismissals.c.market, dismissals.c.unit_key)
Index("ix_dismissals_listing", dismissals.c.market, dismissals.c.listing_key)
Index("ix_dismissals_newest", dismissals.c.market, dismissals.c.action_id)  # up to where a run has recalled

comments = Table(
    "comments",
    metadata,
    Column("id", Number, primary_key=True),
    Column("market", String, nullable=False),
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("listing_key", String(32), nullable=False, index=True),
    Column("path", AnyText, nullable=False),  # empty: on the page as a whole
    Column("number", Integer, nullable=False),
    Column("author", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

proposals = Table(  # terms and rules that translators propose; whoever keeps the glossaries takes them over
    "proposals",
    metadata,
    Column("id", Number, primary_key=True),
    Column("market", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("target", AnyText, nullable=False),
    Column("field", String, nullable=False),
    Column("note", AnyText, nullable=False),
    Column("merchant", AnyText, nullable=False),
    Column("listing", AnyText, nullable=False),
    Column("example", AnyText, nullable=False),  # the source that it was seen in
    Column("actor", AnyText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_by", AnyText),
    Column("taken", Boolean),
    one_of("kind", PROPOSALS),
    sqlite_autoincrement=True,
)

users = Table(
    "users",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),  # folded: nobody is told apart by the case of a letter
    Column("shown", AnyText, nullable=False),
    Column("role", String, nullable=False),
    Column("markets", AnyText, nullable=False),  # a JSON list; empty: every market
    Column("password", String, nullable=False),  # argon2id
    Column("active", Boolean, nullable=False, default=True, server_default=true()),
    Column("language", String, nullable=False),  # of the interface: en, zh-Hant or zh-Hans
    Column("theme", String, nullable=False),  # auto, light or dark
    Column("renew", Boolean, nullable=False, default=False, server_default=false()),  # the password is to be changed
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),  # the password
    Column("failures", Integer, nullable=False, default=0, server_default="0"),  # wrong passwords since the last login
    Column("locked_until", UtcTime),
    one_of("role", ROLES),
    sqlite_autoincrement=True,
)

sessions = Table(  # who is logged in; the cookie has the key's preimage, signed
    "sessions",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256, hexadecimal
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
