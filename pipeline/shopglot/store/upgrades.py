"""Bringing a store that an older shopglot wrote to this version: each step adds, none takes away or rewrites.

A process of the older version that is at work meanwhile goes on undisturbed: new columns have a default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Column, Connection, Table, select, update
from sqlalchemy.schema import CreateColumn

from shopglot.store.schema import audit_segments, audits, meta, metadata, translations, verdicts


def upgrade(connection: Connection) -> str:
    """Take every step from the version that the store has to this one, in the caller's transaction; return the last.

    The version is read again behind a lock: another process may have upgraded it since. A version that no step leads on
    from is returned as it is.
    """
    held = select(meta.c.value).where(meta.c.name == "schema_version").with_for_update()
    version = str(connection.scalar(held))
    while (step := STEPS.get(version)) is not None:
        step(connection)
        version = str(int(version) + 1)
    connection.execute(update(meta).where(meta.c.name == "schema_version").values(value=version))
    return version


def _add_judging(connection: Connection) -> None:
    """1 -> 2: what a model thinks of its text, reviewers' verdicts, and the audit."""
    _add_column(connection, translations, translations.c.opinion)
    metadata.create_all(connection, tables=[verdicts, audits, audit_segments])


def _add_column(connection: Connection, table: Table, column: Column[str]) -> None:
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")


STEPS: Mapping[str, Callable[[Connection], None]] = {"1": _add_judging}
