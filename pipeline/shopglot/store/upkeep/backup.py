"""Writing a store into an archive, and an archive into a new store, of whichever database.

A backup is one state of the store: it is read in one transaction, while runs and people go on writing. Users are in it,
and nobody is logged in there.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, DateTime, String, Table, collate, false, select, text
from sqlalchemy.types import TypeDecorator

import shopglot
from shopglot.errors import StoreError
from shopglot.store.connection import Database
from shopglot.store.upkeep.archive import MANIFEST, Manifest, Progress, TableEntry, silent
from shopglot.store.upkeep.layout import SECRET_TABLES, counters, reflect

_ROWS = 1_000  # read at a time
_STEP = 5_000  # rows between two signs of life


def write(
    database: Database, file: Path, *, now: datetime, replace: bool = False, progress: Progress = silent
) -> Manifest:
    """Write the store into `file`, which comes into being whole or not at all, and return what is in it.

    StoreError where the file exists, unless it is to be replaced, or cannot be written.
    """
    if file.exists() and not (replace and file.is_file()):
        raise StoreError(f"backup {file}: there is such a file already; name another one, or give --force")
    if database.path is not None and file.exists() and file.samefile(database.path):
        raise StoreError(f"backup {file}: this is the store itself; name another file")
    with _new_file(file) as raw, _snapshot(database) as connection:
        return _write(connection, raw, database, now, progress)


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the name once it is on the disk; only its owner may read it."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        try:
            with os.fdopen(number, "wb") as raw:
                yield raw
                raw.flush()
                os.fsync(raw.fileno())
            Path(name).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        _sync_folder(file.parent)
    except OSError as error:
        raise StoreError(
            f"backup {file}: {error.strerror or error}; make room and see that its folder may be written to, then run "
            "it again (no backup was written)"
        ) from error


def _sync_folder(folder: Path) -> None:
    """Make the file's name durable, where the system can."""
    with suppress(OSError):  # Windows opens no folders
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def _snapshot(database: Database) -> Iterator[Connection]:
    """Yield a connection that sees one state of the store until it is closed."""
    with database.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection


def _write(connection: Connection, raw: IO[bytes], database: Database, now: datetime, progress: Progress) -> Manifest:
    tables = reflect(connection)
    given = counters(connection, tables)
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        entries = tuple(_write_table(connection, archive, table, given.get(table.name), progress) for table in tables)
        manifest = Manifest(
            schema_version=database.version,
            shopglot=shopglot.__version__,
            created_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            engine=connection.dialect.name,
            tables=entries,
        )
        archive.writestr(MANIFEST, manifest.dump())
    return manifest


def _write_table(
    connection: Connection, archive: zipfile.ZipFile, table: Table, counter: int | None, progress: Progress
) -> TableEntry:
    """Write a table's rows, in the order of their key, and return its entry in the manifest."""
    rows, size, checksum = 0, 0, hashlib.sha256()
    moments = [index for index, column in enumerate(table.c) if is_moment(column.type)]
    query = select(table).order_by(*(_ordered(connection, column) for column in table.primary_key))
    if table.name in SECRET_TABLES:
        query = query.where(false())
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
        for row in connection.execute(query, execution_options={"yield_per": _ROWS}):
            line = encode_row(list(row), moments)
            member.write(line)
            rows, size = rows + 1, size + len(line)
            checksum.update(line)
            if rows % _STEP == 0:
                progress(f"backing up {table.name}: {rows} rows")
    return TableEntry(
        name=table.name,
        columns=tuple(column.name for column in table.c),
        rows=rows,
        size=size,
        sha256=checksum.hexdigest(),
        counter=counter,
    )


def is_moment(kind: object) -> bool:
    """Whether a column's type is that of a moment."""
    return isinstance(kind, TypeDecorator) and isinstance(kind.impl_instance, DateTime)


def encode_row(values: list[Any], moments: list[int]) -> bytes:
    """Return a row's line; `moments` are the positions of its moments."""
    for index in moments:
        if values[index] is not None:
            values[index] = values[index].isoformat()
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _ordered(connection: Connection, column: Any) -> Any:
    """Return the column as both databases sort it alike: by code point."""
    by_language = connection.dialect.name == "postgresql" and isinstance(column.type, String)
    return collate(column, "C") if by_language else column
