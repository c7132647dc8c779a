"""What all tables share: their metadata, and the table that names the schema's version."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table

from shopglot.store.columns import AnyText

SCHEMA_VERSION = 4  # the last step of store/migrations brings a store here

# Names in `meta`, beside `schema_version`.
VERSION_FLOOR = "version_floor"  # a page that is new to a market begins above it (erasure)
EPOCH = "epoch"  # of the events: another one after every restore, so that versions may come again

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
