"""Deleting many rows in short transactions, and giving the room back to the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select, text, tuple_

from shopglot.store.connection import Database
from shopglot.store.schema import approvals, segments, translations

_PAGE = 2_000  # rows looked at in one transaction
_PATIENCE_MS = 3_000  # a reader who takes longer is told of


def delete_pages(
    database: Database, table: Table, condition: ColumnElement[bool], *, check: Callable[[], None] = lambda: None
) -> Iterator[int]:
    """Delete the rows that meet a condition, a page of the table at a time; yield how many each page lost.

    Every page is a transaction, and the condition is asked in it. `check` is called before each and may raise.
    """
    key = tuple_(*table.primary_key)
    last: tuple[Any, ...] | None = None
    while True:
        check()
        with database.write() as connection:
            found = select(*table.primary_key).where(condition).order_by(*table.primary_key).limit(_PAGE)
            if last is not None:
                found = found.where(key > last)
            page = [tuple(row) for row in connection.execute(found)]
            if not page:
                return
            gone = connection.execute(delete(table).where(key >= page[0], key <= page[-1], condition)).rowcount
        last = page[-1]
        yield gone


def unused_translations() -> ColumnElement[bool]:
    """Return the condition that no page and no approval has the text of a machine translation any more.

    Such text is a cache: where it is wanted again, the machine says it again.
    """
    shown = exists().where(
        and_(segments.c.market == translations.c.market, segments.c.unit_key == translations.c.unit_key)
    )
    approved = exists().where(
        and_(approvals.c.market == translations.c.market, approvals.c.unit_key == translations.c.unit_key)
    )
    return and_(~shown, ~approved)


def scrub(database: Database) -> bool:
    """Take what was deleted out of the database's files too; False where others who are at work prevent it.

    SQLite: what is left is written anew, without gaps, and the log is emptied. PostgreSQL: the room of deleted rows is
    free to be written over; its own log (WAL) and its backups keep them for as long as the server is told to.
    """
    if database.engine.dialect.name == "sqlite":
        return _scrub_file(database)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
    return True


def _scrub_file(database: Database) -> bool:
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        try:
            cursor.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                return False
            raise
        busy, _log, _done = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        raw.invalidate()  # its patience is not that of other connections
        raw.close()
