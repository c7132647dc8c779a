"""Opening a database, telling whether it is a store, and saying in plain words why it failed.

SQLite runs in WAL, so that readers never wait for the nightly run, with `synchronous=NORMAL`: a killed process loses
nothing that was committed, because the pages are with the operating system. Only a power cut may take back the last few
transactions, whole ones, and the next run does them again; FULL would instead wait for the disk once per listing.
Whoever sends events to the outside has to make them durable first (`PRAGMA wal_checkpoint(FULL)`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from shopglot.errors import StoreError
from shopglot.store.schema import SCHEMA_VERSION, meta, metadata
from shopglot.store.upgrades import STEPS, upgrade

_T = TypeVar("_T")

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_BUSY_SECONDS = 30
_CHUNK = 500  # values in one IN (...): well under every database's limit
_ADVICE = {  # what a database says -> what to do
    "is locked": "another process is writing to it: wait for it, or end it",
    "disk is full": "free some disk space and run again: what was done is kept",
    "disk I/O error": "check the disk, and that it has room",
    "readonly": "make the file and its folder writable",
    "unable to open": "check that its folder exists and may be written to",
    "not a database": "this file is no store: name another one with --store",
    "malformed": "the file is damaged: restore it from a backup",
    "constraint": "the record does not fit what is stored: this is an error of the program, please report it",
}


class Database:
    """An open database: `write` and `read` give a connection inside one transaction, `writer` one for several.

    `shown` is its name without password; `path` its file where it is one, else None. `version` is the schema version of
    what is there; a store of an older one can be read as far as that version goes, not written.
    """

    def __init__(self, url: str) -> None:
        self.url = locate(url)
        self.shown = display(self.url)
        self.version = SCHEMA_VERSION
        try:
            self.engine = create_engine(self.url, hide_parameters=True, **_settings(self.url))
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise StoreError(f"{self.shown}: its database driver cannot be used ({error}); install it") from error
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)
        self._writer = self.engine.execution_options(shopglot_begin="BEGIN IMMEDIATE")

    @property
    def path(self) -> Path | None:
        """The SQLite file, None for a database server."""
        if self.engine.dialect.name != "sqlite":
            return None
        with self.read() as connection:
            files = {row.name: row.file for row in connection.exec_driver_sql("PRAGMA database_list")}
            return Path(files["main"])

    @contextmanager
    def writer(self) -> Iterator[Connection]:
        """Yield a connection for several transactions, each begun by the caller (`with connection.begin():`)."""
        self.require_current()
        with self._explained(), self._writer.connect() as connection:
            yield connection

    def require_current(self) -> None:
        """Raise a StoreError where the store lacks what this version keeps."""
        if self.version != SCHEMA_VERSION:
            raise StoreError(
                f"store {self.shown}: it has schema version {self.version}, which lacks what is asked for; the next "
                f"`shopglot run` with it brings it to {SCHEMA_VERSION}"
            )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is committed at the end, rolled back on any exception."""
        with self.writer() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database; it is not for writing."""
        with self._explained(), self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a database's complaint into a StoreError that names the store and says what to do."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
            advice = next(
                (text for word, text in _ADVICE.items() if word in reason), "check the database and run again"
            )
            raise StoreError(f"store {self.shown}: {reason}; {advice}") from error


def locate(url: str) -> URL:
    """Return the database URL that the user means: a URL, or the path of a SQLite file."""
    if "://" in url:
        try:
            found = make_url(url)
        except ArgumentError:
            raise StoreError("the store's URL cannot be read: write it as driver://user:password@host/name") from None
    else:
        found = URL.create("sqlite", database=url)
    if found.get_backend_name() not in _INSERTS:
        raise StoreError(f"a store is kept in SQLite or PostgreSQL, not in {found.get_backend_name()}")
    if found.get_backend_name() == "sqlite" and found.database in (None, "", ":memory:"):
        raise StoreError("a store has to outlive the run: name a SQLite file, for example --store shopglot.db")
    return found


def display(url: URL) -> str:
    """Return the URL for people: no password, no query (drivers take passwords there too), a plain path for a file."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)


def open_database(url: str, *, create: bool) -> Database:
    """Open a store's database and check its version, or raise a StoreError.

    With `create`, its tables are made where it is new, and it is brought to this version where it is older. Without,
    nothing is changed: an older store is open for reading.
    """
    database = Database(url)
    try:
        _check(database, create=create)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: Database, *, create: bool) -> None:
    """Make sure that the database is a store of this version."""
    if database.url.get_backend_name() == "sqlite":
        _check_file(str(database.url.database), create=create)
    with database.read() as connection:
        version = _version(connection, database.shown)
    if version is None:
        version = _create(database, create=create)
    if version in STEPS:
        if create:
            with database.write() as connection:
                version = upgrade(connection)
        else:
            database.version = int(version)
            return
    if version != str(SCHEMA_VERSION):
        raise StoreError(
            f"store {database.shown}: it has schema version {version}, this shopglot works with {SCHEMA_VERSION}; "
            "use the shopglot that wrote it, or name another store with --store"
        )


def inserting(dialect: str, table: Table) -> Any:
    """Return an INSERT that can say what to do `on_conflict`, which each database has in its own words."""
    return _INSERTS[dialect](table)


@cache
def _upsert(dialect: str, table: Table) -> Insert:
    statement = inserting(dialect, table)
    others = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    found: Insert = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
    return found


def upsert(connection: Connection, table: Table) -> Insert:
    """Return the statement that inserts a row or replaces all of its columns; every column must be given."""
    return _upsert(connection.dialect.name, table)


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield `values` in parts that fit one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _settings(url: URL) -> dict[str, Any]:
    """Return what `create_engine` is told beside the URL."""
    return (
        {"connect_args": {"timeout": _BUSY_SECONDS}} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
    )


def _prepare_sqlite(engine: Engine) -> None:
    """Set up every SQLite connection, and begin transactions ourselves: Python's driver would begin them too late."""

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the write lock at once: one that upgrades later can be refused without waiting.
        connection.exec_driver_sql(connection.get_execution_options().get("shopglot_begin", "BEGIN"))


def _check_file(name: str, *, create: bool) -> None:
    """Complain about a path that can be no store before SQLite does it in fewer words."""
    if name.startswith("file:"):
        return
    path = Path(name)
    if path.is_dir():
        raise StoreError(f"store {path}: this is a folder; name a file in it, for example {path / 'shopglot.db'}")
    if not path.parent.is_dir():
        raise StoreError(f"store {path}: the folder {path.parent} does not exist; make it, or name another one")
    if not create and not path.exists():
        raise StoreError(
            f"store {path}: there is no such file; name an existing store with --store, or run `shopglot run`"
        )


def _version(connection: Connection, shown: str) -> str | None:
    """Return the schema version of the store, None for an empty database."""
    tables = inspect(connection).get_table_names()
    if "meta" in tables:
        found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema_version"))
        return str(found)
    if tables:
        raise StoreError(
            f"store {shown}: this database holds other tables ({tables[0]}, …); name another one with --store"
        )
    return None


def _create(database: Database, *, create: bool) -> str:
    """Make the tables, unless another process has just made them, and return the version that is there now."""
    if not create:
        raise StoreError(
            f"store {database.shown}: it is empty; name an existing store with --store, or run `shopglot run`"
        )
    with database.write() as connection:
        found = _version(connection, database.shown)
        if found is None:
            metadata.create_all(connection)
            connection.execute(insert(meta).values(name="schema_version", value=str(SCHEMA_VERSION)))
    return found or str(SCHEMA_VERSION)
