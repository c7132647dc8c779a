"""The tables of a store as its database has them, of whatever version: what a backup reads and a restore fills."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, DateTime, Inspector, MetaData, Table, event, inspect, text

from shopglot.store.columns import UtcTime

# What the tool that upgrades a store notes for itself; it is made again with the tables.
OWN_TABLES = frozenset({"alembic_version"})
# What no backup holds: whoever got hold of it would be logged in. The tables are in it, without their rows.
SECRET_TABLES = frozenset({"sessions"})


def reflect(connection: Connection) -> list[Table]:
    """Return the store's tables, each after those that it refers to.

    Text is read and written as it is stored, with `encoding.escape`'s escapes, which are the same on every database and
    survive JSON and UTF-8; moments are aware and in UTC.
    """
    found = MetaData()
    event.listen(found, "column_reflect", _read_column)
    names = [name for name in inspect(connection).get_table_names() if name not in OWN_TABLES]
    found.reflect(connection, only=names)
    return list(found.sorted_tables)


def _read_column(_inspector: Inspector, _table: Table, column: Any) -> None:
    if isinstance(column["type"], DateTime):
        column["type"] = UtcTime()


def counted(table: Table) -> Column[Any] | None:
    """Return the column that the database numbers by itself, None where it numbers none."""
    keys = list(table.primary_key)
    if len(keys) == 1 and keys[0].type.python_type is int and not keys[0].foreign_keys:
        return keys[0]
    return None


def counters(connection: Connection, tables: list[Table]) -> dict[str, int]:
    """Return, by table, the highest number that was ever given: one that is free again may still be remembered."""
    if connection.dialect.name == "sqlite":
        if not connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")):
            return {}
        known = {table.name for table in tables}
        return {
            name: last
            for name, last in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
            if name in known
        }
    found = {}
    for table in tables:
        if (sequence := _sequence(connection, table)) is not None:
            last, called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608
            found[table.name] = last if called else 0
    return found


def set_counter(connection: Connection, table: Table, last: int) -> None:
    """Make the database give numbers above `last`."""
    if connection.dialect.name == "sqlite":
        if not _numbers_for_ever(connection, table):
            return
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table.name, "last": last}
        )
    elif (sequence := _sequence(connection, table)) is not None:
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :value, :called)"),
            {"sequence": sequence, "value": max(last, 1), "called": last > 0},
        )


def _numbers_for_ever(connection: Connection, table: Table) -> bool:
    """Whether SQLite never gives a number of this table twice."""
    definition = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table.name})
    return "AUTOINCREMENT" in str(definition).upper()


def _sequence(connection: Connection, table: Table) -> str | None:
    """Return PostgreSQL's name of the sequence that numbers a table, quoted where it has to be."""
    if (column := counted(table)) is None:
        return None
    found: str | None = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"),
        {"table": connection.dialect.identifier_preparer.quote(table.name), "column": column.name},
    )
    return found
