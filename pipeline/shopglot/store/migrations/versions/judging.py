"""Version 2: what a model thinks of its text, reviewers' verdicts, and the audit."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import Column

from shopglot.store.columns import AnyText
from shopglot.store.migrations.frozen.judging import audit_segments, audits, metadata, verdicts

revision = "2"
down_revision = "1"

LOSES = ("what models thought of their texts", "reviewers' verdicts", "the audit")


def upgrade(op: Operations) -> None:
    """Add the column and the tables; what was remembered has no opinion."""
    op.add_column("translations", Column("opinion", AnyText, nullable=False, server_default="[]"))
    metadata.create_all(op.get_bind(), tables=[verdicts, audits, audit_segments])


def downgrade(op: Operations) -> None:
    """Drop them with what they hold."""
    metadata.drop_all(op.get_bind(), tables=[verdicts, audits, audit_segments])
    op.drop_column("translations", "opinion")
