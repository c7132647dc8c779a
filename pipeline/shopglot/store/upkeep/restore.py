"""Writing an archive into a new or empty store of either database: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, inspect, select, text
from sqlalchemy.exc import DataError as ValueRefused
from sqlalchemy.exc import IntegrityError, StatementError

from shopglot.errors import DataError, StoreError
from shopglot.store import migrations
from shopglot.store.address import display, locate
from shopglot.store.connection import Database, upsert
from shopglot.store.schema import EPOCH, SCHEMA_VERSION, meta, metadata
from shopglot.store.upkeep.archive import Archive, Manifest, Progress, TableEntry, silent
from shopglot.store.upkeep.backup import is_moment
from shopglot.store.upkeep.layout import OWN_TABLES, counted, reflect, set_counter

_ROWS = 500  # written at a time


def load(url: str, file: Path, *, progress: Progress = silent) -> Manifest:
    """Write the archive into the store at `url`, which has to be new or empty, and return what was in it.

    The archive is checked before anything is written, and again while it is. What an older version wrote is brought
    to this one in a transaction of its own: cut off in between, the store is an older one, and whole. DataError where
    the archive is wrong, StoreError where the store is not empty or refuses.
    """
    with Archive(file) as archive:
        _check_version(file, archive.manifest)
        archive.verify(progress)
        with _tidied(url), _opened(url) as database, database.migrating() as connection:
            with _unbound(connection), connection.begin():
                _prepare(connection, database.shown)
                migrations.create(connection, archive.manifest.schema_version)
                _fill(connection, archive, file, progress)
                _begin_epoch(connection)
                _check_references(connection, file)
            if connection.dialect.name == "sqlite":  # so that all of it is in the file itself, on the disk
                _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.rollback()
            migrations.upgrade(connection)
        return archive.manifest


def _begin_epoch(connection: Connection) -> None:
    """Give the events another epoch: versions that came after the backup are given out again, for other content.

    The time, so that two stores restored from one archive have two.
    """
    before = connection.scalar(select(meta.c.value).where(meta.c.name == EPOCH))
    now = max(int(before or 0) + 1, int(datetime.now(UTC).timestamp()))
    connection.execute(upsert(connection, meta), {"name": EPOCH, "value": str(now)})


@contextmanager
def _unbound(connection: Connection) -> Iterator[None]:
    """Keep SQLite from following foreign keys while tables are made and filled; they are checked at the end."""
    if connection.dialect.name != "sqlite":
        yield
        return
    _driver(connection).execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        _driver(connection).execute("PRAGMA foreign_keys=ON")


def _driver(connection: Connection) -> Any:
    """Return the driver's own connection, which begins no transaction by itself."""
    return connection.connection.driver_connection


def _check_references(connection: Connection, file: Path) -> None:
    """Raise a DataError where a row refers to one that is not there; PostgreSQL has seen to it."""
    if connection.dialect.name == "sqlite":
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            raise DataError(f"archive {file}: a row of {row[0]} refers to a row of {row[2]} that is not there; "
                            "nothing was restored")  # fmt: skip


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _tidied(url: str) -> Iterator[None]:
    """Take a new SQLite file away again where the restore fails."""
    found = locate(url)
    name = str(found.database)
    if found.get_backend_name() != "sqlite" or name.startswith("file:") or Path(name).exists():
        yield
        return
    if not Path(name).parent.is_dir():
        raise StoreError(f"store {display(found)}: its folder does not exist; make it, or name another one")
    try:
        yield
    except BaseException:
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{name}{end}").unlink()
        raise


def _check_version(file: Path, manifest: Manifest) -> None:
    if not 1 <= manifest.schema_version <= SCHEMA_VERSION:
        raise DataError(
            f"archive {file}: its schema version is {manifest.schema_version}, this shopglot knows those up to "
            f"{SCHEMA_VERSION}; restore it with shopglot {manifest.shopglot} or later"
        )


def _prepare(connection: Connection, shown: str) -> None:
    """Take the tables of an empty store away; StoreError where it is not empty."""
    names = inspect(connection).get_table_names()
    if others := [name for name in names if name not in metadata.tables and name not in OWN_TABLES]:
        raise StoreError(f"store {shown}: this database holds other tables ({others[0]}, …); name another one")
    if names and connection.dialect.name == "postgresql":
        quoted = ", ".join(map(connection.dialect.identifier_preparer.quote, names))
        connection.execute(text(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE"))
    tables = MetaData()
    tables.reflect(connection, only=names)
    for table in tables.tables.values():
        if table.name in OWN_TABLES or table.name == "meta":
            continue
        if connection.scalar(select(func.count()).select_from(select(table).limit(1).subquery())):
            raise StoreError(
                f"store {shown}: it is not empty (there are {table.name}); restore into a new file or database, then "
                "name that one with --store"
            )
    tables.drop_all(connection)


def _fill(connection: Connection, archive: Archive, file: Path, progress: Progress) -> None:
    """Write every row and set what the database counts by itself."""
    tables = reflect(connection)
    entries = {entry.name: entry for entry in archive.manifest.tables}
    if sorted(entries) != sorted(table.name for table in tables):
        raise DataError(f"archive {file}: its tables are not those of its schema version; take another backup")
    for table in tables:
        entry = entries[table.name]
        if sorted(entry.columns) != sorted(column.name for column in table.c):
            raise DataError(f"archive {file}: table {table.name} has other columns; take another backup")
        connection.execute(delete(table))  # what came with the tables is in the archive too
        with _explained(file, table):
            _fill_table(connection, table, entry, archive, progress)
        _set_counter(connection, table, entry)


def _fill_table(connection: Connection, table: Table, entry: TableEntry, archive: Archive, progress: Progress) -> None:
    readers: dict[str, Callable[[Any], Any]] = {
        name: _moment for name in entry.columns if is_moment(table.c[name].type)
    }
    rows = archive.rows(entry, progress=progress, doing="restoring")
    while part := list(islice(rows, _ROWS)):
        connection.execute(insert(table), [_values(entry.columns, row, readers) for row in part])


def _values(columns: tuple[str, ...], row: list[Any], readers: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    values = dict(zip(columns, row, strict=True))
    for name, read in readers.items():
        values[name] = read(values[name])
    return values


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _set_counter(connection: Connection, table: Table, entry: TableEntry) -> None:
    """Let the numbers go on after the highest that was ever given."""
    if (column := counted(table)) is not None:
        highest = connection.scalar(select(func.max(column))) or 0
        set_counter(connection, table, max(highest, entry.counter or 0))


@contextmanager
def _explained(file: Path, table: Table) -> Iterator[None]:
    """Turn a value that the database refuses into a DataError; what the database itself suffers is not ours."""
    try:
        yield
    except (IntegrityError, ValueRefused, UnicodeError, ValueError, TypeError, OverflowError) as error:
        raise _refused(file, table, error) from error
    except StatementError as error:
        if isinstance(error.orig, ValueError | TypeError | OverflowError):
            raise _refused(file, table, error) from error
        raise


def _refused(file: Path, table: Table, error: BaseException) -> DataError:
    reason = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
    return DataError(f"archive {file}: a row of table {table.name} does not fit ({reason}); nothing was restored")
