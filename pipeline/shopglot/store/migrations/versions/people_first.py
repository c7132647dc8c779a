"""Version 3: sources, workers, actions, enrolments, units; approvals that are never overwritten; events that wait.

An approval of before is one for the whole market. On the way back it is what can be kept of approvals: those of single
listings would speak for others too. A version that no run made gets the run that last saw its listing.
"""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import Boolean, Column, Connection, Integer, String, false, text

from shopglot.store.columns import AnyText, Number, UtcTime
from shopglot.store.migrations.frozen import first, people

revision = "3"
down_revision = "2"

LOSES = (
    "the audit log",
    "the sources of pages",
    "what merchants have paused (what was taken down for it stays down until its page changes)",
    "approvals of single listings, and replaced ones",
    "imported units",
    "pins of what was rolled back",
    "how often an event was tried, which ones were given up, and events of erased listings",
)
_EVENT_KEY = "fk_outbox_listing_market_version"
_VERSION = ["listing", "market", "version"]
_DUE = people.outbox.c.delivered_at.is_(None) & people.outbox.c.dead_at.is_(None)


def upgrade(op: Operations) -> None:
    """Add the tables and columns, and make every approval one for the whole market."""
    connection = op.get_bind()
    people.metadata.create_all(connection, tables=people.NEW)
    with op.batch_alter_table("publications", copy_from=first.publications) as batch:
        batch.add_column(Column("cause", String, nullable=False, server_default="run"))
        batch.add_column(Column("action_id", Number))
        batch.add_column(Column("restores", Integer))
        batch.add_column(Column("source", Integer))
        batch.alter_column("run_id", existing_type=Integer(), nullable=True)
        batch.create_foreign_key("fk_publications_action_id", "actions", ["action_id"], ["id"])
        for name in ("cause", "maker"):
            batch.create_check_constraint(f"ck_publications_{name}", _check(name))
    with op.batch_alter_table("items", copy_from=first.items) as batch:
        batch.add_column(Column("source", Integer))
        batch.add_column(Column("again", Boolean, nullable=False, server_default=false()))
        batch.add_column(Column("pinned_source", Integer))
        batch.add_column(Column("pinned_by", Number))
        batch.create_foreign_key("fk_items_pinned_by", "actions", ["pinned_by"], ["id"])
    last = _last_number(connection, "outbox")
    with op.batch_alter_table("outbox", copy_from=first.outbox) as batch:
        batch.drop_constraint(_EVENT_KEY, type_="foreignkey")
        batch.alter_column("listing", existing_type=Number, nullable=True)
        batch.create_foreign_key("fk_outbox_listing", "listings", ["listing"], ["number"], ondelete="SET NULL")
        batch.add_column(Column("attempts", Integer, nullable=False, server_default="0"))
        batch.add_column(Column("next_attempt_at", UtcTime))
        batch.add_column(Column("dead_at", UtcTime))
        batch.add_column(Column("last_error", AnyText, nullable=False, server_default=""))
    _go_on_from(connection, "outbox", last)
    op.create_index("ix_outbox_due", "outbox", ["seq"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.create_index("ix_publications_run", "publications", ["run_id"])
    op.create_index("ix_segments_unit", "segments", ["market", "unit_key"])
    _move_approvals(op)


def downgrade(op: Operations) -> None:
    """Drop what version 2 cannot hold: see `LOSES`."""
    connection = op.get_bind()
    _move_approvals_back(op)
    op.drop_index("ix_segments_unit", "segments")
    op.drop_index("ix_publications_run", "publications")
    op.drop_index("ix_outbox_due", "outbox")
    # An event without its version (retention, erasure) has no place in version 2.
    op.execute(
        "DELETE FROM outbox WHERE NOT EXISTS (SELECT 1 FROM publications AS p WHERE p.listing = outbox.listing"
        " AND p.market = outbox.market AND p.version = outbox.version)"
    )
    last = _last_number(connection, "outbox")
    with op.batch_alter_table("outbox", copy_from=people.outbox) as batch:
        batch.drop_constraint("fk_outbox_listing", type_="foreignkey")
        batch.alter_column("listing", existing_type=Number, nullable=False)
        batch.create_foreign_key(_EVENT_KEY, "publications", _VERSION, _VERSION)
        for name in ("attempts", "next_attempt_at", "dead_at", "last_error"):
            batch.drop_column(name)
    _go_on_from(connection, "outbox", last)
    with op.batch_alter_table("items", copy_from=people.items) as batch:
        batch.drop_constraint("fk_items_pinned_by", type_="foreignkey")
        for name in ("source", "again", "pinned_source", "pinned_by"):
            batch.drop_column(name)
    op.execute(
        "UPDATE publications SET run_id = (SELECT seen_run FROM listings WHERE number = publications.listing)"
        " WHERE run_id IS NULL"
    )
    with op.batch_alter_table("publications", copy_from=people.publications) as batch:
        batch.drop_constraint("fk_publications_action_id", type_="foreignkey")
        for name in ("cause", "maker"):
            batch.drop_constraint(f"ck_publications_{name}", type_="check")
        batch.alter_column("run_id", existing_type=Integer(), nullable=False)
        for name in ("cause", "action_id", "restores", "source"):
            batch.drop_column(name)
    people.metadata.drop_all(connection, tables=people.NEW)


def _check(name: str) -> str:
    """Return the text of a check of `publications`."""
    [found] = [one for one in people.publications.constraints if one.name == f"ck_publications_{name}"]
    return str(found.sqltext)  # type: ignore[attr-defined]


def _move_approvals(op: Operations) -> None:
    """Give every approval a number, in the order in which they were made."""
    op.execute("CREATE TEMPORARY TABLE approvals_2 AS SELECT * FROM approvals")
    op.drop_table("approvals")
    people.metadata.create_all(op.get_bind(), tables=[people.approvals])
    op.execute(
        "INSERT INTO approvals (market, unit_key, listing_key, merchant_key, merchant, listing, path, number, field,"
        " source, target, approved_by, approved_at, status)"
        " SELECT market, unit_key, '', '', '', '', '', 0, '', source, target, approved_by, approved_at, 'current'"
        " FROM approvals_2 ORDER BY approved_at, market, unit_key"
    )
    op.execute("DROP TABLE approvals_2")


def _move_approvals_back(op: Operations) -> None:
    """Keep what stands for a whole market."""
    op.execute(
        "CREATE TEMPORARY TABLE approvals_3 AS SELECT unit_key, market, source, target, approved_by, approved_at"
        " FROM approvals WHERE listing_key = '' AND status <> 'superseded'"
    )
    op.drop_table("approvals")
    first.metadata.create_all(op.get_bind(), tables=[first.approvals])
    op.execute(
        "INSERT INTO approvals (unit_key, market, source, target, approved_by, approved_at)"
        " SELECT unit_key, market, source, target, approved_by, approved_at FROM approvals_3"
    )
    op.execute("DROP TABLE approvals_3")


def _last_number(connection: Connection, table: str) -> int | None:
    """Return the last number that SQLite gave in a table; a table that is made anew would forget it."""
    if connection.dialect.name != "sqlite":
        return None
    last: int | None = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table})
    return last


def _go_on_from(connection: Connection, table: str, last: int | None) -> None:
    """Let SQLite go on from that number, so that none is ever given twice."""
    if last is None:
        return
    row = {"name": table, "last": last}
    if not connection.execute(text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"), row).rowcount:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), row)
