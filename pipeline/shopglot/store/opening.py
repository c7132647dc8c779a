"""Opening a store: telling whether a database is one, and of which version; making it, or bringing it to this one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, inspect

from shopglot.errors import StoreError
from shopglot.store import migrations
from shopglot.store.connection import Database, say
from shopglot.store.schema import SCHEMA_VERSION, meta


def open_database(url: str, *, create: bool, tell: Callable[[str], None] = say) -> Database:
    """Open a store's database and check its version, or raise a StoreError.

    With `create`, its tables are made where it is new, and it is brought to this version where it is older, which
    `tell` hears. Without, nothing is changed: an older store is open for reading.
    """
    database = Database(url, tell=tell)
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
    if version < SCHEMA_VERSION:
        if not create:
            database.version = version
            return
        version = _upgrade(database, version)
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"store {database.shown}: it has schema version {version}, this shopglot works with {SCHEMA_VERSION}; "
            "use the shopglot that wrote it, or name another store with --store"
        )


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


def _version(connection: Connection, shown: str) -> int | None:
    """Return the schema version of the store, None for an empty database."""
    tables = inspect(connection).get_table_names()
    if meta.name in tables and (found := migrations.version(connection)) is not None:
        return found
    if tables:
        raise StoreError(
            f"store {shown}: this database holds other tables ({tables[0]}, …); name another one with --store"
        )
    return None


def _create(database: Database, *, create: bool) -> int:
    """Make the tables, unless another process has just made them, and return the version that is there now."""
    if not create:
        raise StoreError(
            f"store {database.shown}: it is empty; name an existing store with --store, or run `shopglot run`"
        )
    with database.migrating() as connection:
        if connection.dialect.name == "postgresql":
            with connection.begin():
                encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            if encoding != "UTF8":
                raise StoreError(f"store {database.shown}: its encoding is {encoding}; make a database with UTF8")
        return migrations.create(connection)


def _upgrade(database: Database, version: int) -> int:
    """Bring an older store to this version, saying so, and return the version that it has then."""
    shown = database.shown
    database.tell(f"store {shown}: bringing it from version {version} to {SCHEMA_VERSION}; a large one takes a while")
    with database.migrating() as connection:
        return migrations.upgrade(connection, tell=lambda step: database.tell(f"store {shown}: {step}"))
