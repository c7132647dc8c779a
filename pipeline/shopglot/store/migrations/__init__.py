"""A store's way from one version of its schema to another, with alembic: all of it or nothing.

Each module of `versions` is a revision whose name is the version that it leads to; `alembic_version` names the one that
a store has, and `meta.schema_version` says the same to every shopglot, so that one which is older than the store can
tell. A store of before alembic has only the latter.

Every function takes a connection of `Database.migrating()`. Outside a transaction it makes one of its own; SQLite has
to be given one without, because it can stop following foreign keys only between transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, String, Table, func, insert, inspect, select, update
from sqlalchemy.schema import PrimaryKeyConstraint

from shopglot.errors import StoreError
from shopglot.store.schema import SCHEMA_VERSION, meta, metadata

__all__ = ["create", "downgrade", "losses", "upgrade", "version"]

_VERSIONS = Path(__file__).with_name("versions")
_LOCK = 0x73686F70_6D696772  # "shopmigr": the advisory lock of whoever changes the schema
_TABLE = Table(  # as alembic makes it: a new store need not load alembic for it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def _quiet(_message: str) -> None:
    """Say nothing."""


def version(connection: Connection) -> int | None:
    """Return the version of the store that is there, None where there is none."""
    if not inspect(connection).has_table(meta.name):
        return None
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema_version"))
    return None if found is None else int(found)


def create(connection: Connection, version: int = SCHEMA_VERSION) -> int:
    """Make an empty store of a version, unless there is one already; return the version that is there then."""
    with _alone(connection, rebuilding=False):
        found = _version(connection)
        if found is not None:
            return found
        if version == SCHEMA_VERSION:
            metadata.create_all(connection)
            _stamp(connection, version)
        else:
            _run(connection, None, _known(version), _quiet)
        connection.execute(insert(meta).values(name="schema_version", value=str(version)))
    return version


def upgrade(connection: Connection, to: int | None = None, *, tell: Callable[[str], None] = _quiet) -> int:
    """Bring a store to version `to`, this shopglot's unless given, and return the version that it has then.

    The version is read behind a lock: of two processes that come at once, the second finds the work done. A store of a
    later version is left as it is. `tell` hears what is done, step by step.
    """
    return _go(connection, SCHEMA_VERSION if to is None else to, tell, back=False)


def downgrade(connection: Connection, to: int, *, tell: Callable[[str], None] = _quiet) -> int:
    """Take a store back to version `to` and return the version that it has then; `losses` says what is lost.

    A store of an earlier version is left as it is. Make a backup before: no upgrade brings back what is lost.
    """
    return _go(connection, to, tell, back=True)


def losses(begin: int, to: int) -> tuple[str, ...]:
    """Return what a store loses on the way back from version `begin` to version `to`, in words."""
    return tuple(
        loss for one in range(begin, to, -1) for loss in getattr(_script().get_revision(str(one)).module, "LOSES", ())
    )


def _go(connection: Connection, to: int, tell: Callable[[str], None], *, back: bool) -> int:
    """Run the steps that lead to version `to`, in one direction."""
    _known(to)
    with _alone(connection):
        found = _version(connection)
        if found is None:
            raise StoreError("this database is no store: it has no version")
        if found == to or (found < to) == back:
            return found
        _known(found)
        if back:
            lost = ", ".join(losses(found, to))
            tell(f"going back loses {lost}; only a backup made before (`shopglot store backup`) brings it back")
        _run(connection, found, to, tell)
        connection.execute(update(meta).where(meta.c.name == "schema_version").values(value=str(to)))
    return to


def _version(connection: Connection) -> int | None:
    """Return the version, having made sure that what alembic says is the same; a store of before gets its stamp."""
    found = version(connection)
    if found is None or not 1 <= found <= SCHEMA_VERSION:
        return found
    stamped = (
        connection.scalars(select(_TABLE.c.version_num)).all() if inspect(connection).has_table(_TABLE.name) else []
    )
    if not stamped:
        _stamp(connection, found)
    elif list(stamped) != [str(found)]:
        raise StoreError(
            f"the store says two things of its version: {found} in meta, {', '.join(stamped)} in alembic_version; "
            "restore it from a backup"
        )
    return found


def _stamp(connection: Connection, version: int) -> None:
    """Write which revision a store has that alembic has not seen yet."""
    _TABLE.create(connection, checkfirst=True)
    connection.execute(insert(_TABLE).values(version_num=str(version)))


def _run(connection: Connection, begin: int | None, to: int, tell: Callable[[str], None]) -> None:
    """Run the steps from one version to another, in the caller's transaction."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    back = begin is not None and to < begin
    script = _script()

    def steps(found: Any, _context: MigrationContext) -> Iterator[Any]:
        wanted = script._downgrade_revs(str(to), found) if back else script._upgrade_revs(str(to), found)
        for step in wanted:
            tell(f"version {step.info.up_revision_id}: {'going back' if back else 'upgrading'}")
            yield step

    context = MigrationContext.configure(connection, opts={"fn": steps})
    context.run_migrations(op=Operations(context))


def _script() -> Any:
    """Return alembic's view of `versions`."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_VERSIONS.parent), version_locations=[str(_VERSIONS)])


def _known(version: int) -> int:
    """Return a version that there is a step for, or raise a StoreError."""
    if not 1 <= version <= SCHEMA_VERSION:
        raise StoreError(f"there is no way to schema version {version}: this shopglot knows 1 to {SCHEMA_VERSION}")
    return version


@contextmanager
def _alone(connection: Connection, *, rebuilding: bool = True) -> Iterator[None]:
    """Change the schema in one transaction, one process at a time, and check foreign keys before it is committed."""
    if connection.in_transaction():
        if rebuilding and connection.dialect.name == "sqlite":
            raise ValueError("SQLite would follow foreign keys: give a connection that is in no transaction")
        _lock(connection)
        yield
        return
    with _unbound(connection), connection.begin():
        _lock(connection)
        yield
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise StoreError(f"{len(broken)} rows of {broken[0][0]} would point at nothing: nothing was changed")


def _lock(connection: Connection) -> None:
    """Keep other migrations away until the transaction ends; on SQLite it has the store for itself already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


@contextmanager
def _unbound(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others point at: not following foreign keys, it empties none of them."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
