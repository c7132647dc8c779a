"""Version 1: the first tables."""

from __future__ import annotations

from alembic.operations import Operations

from shopglot.errors import StoreError
from shopglot.store.migrations.frozen.first import metadata

revision = "1"
down_revision = None


def upgrade(op: Operations) -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind())


def downgrade(op: Operations) -> None:
    """Refuse: there is nothing before."""
    raise StoreError("a store cannot go back to before version 1")
