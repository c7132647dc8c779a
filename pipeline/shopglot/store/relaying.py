"""What a relay needs of a store before it tells the outside anything: to be the only one, and durable versions."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import sys
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from shopglot.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shopglot.store.connection import Database

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        file.seek(1 << 30)  # Windows refuses even reading what is locked: a byte that the text never reaches
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_POSTGRESQL_LOCK = 0x73686F7072656C61  # "shoprela"

_held: dict[tuple[int, str], str] = {}  # POSIX locks do not keep a process out of its own files: (pid, path) -> holder
_held_guard = threading.Lock()


class RelayLock:
    """One relay at a time on one store: a lock that dies with the process that holds it.

    For a SQLite file it is a lock on `<store>.relay.lock`, which stays and whose content only names the holder. For
    PostgreSQL it is an advisory lock of a session of its own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: IO[str] | None = None
        self._key: tuple[int, str] | None = None
        self._connection: Connection | None = None

    def acquire(self) -> None:
        """Take the lock, or raise a StoreError that says who has it."""
        path = self._database.path
        if path is None:
            self._acquire_session()
            return
        real = path.resolve()
        beside = real.with_name(f"{real.name}.relay.lock")
        holder = json.dumps(
            {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        )
        key = (os.getpid(), str(beside))
        with _held_guard:
            # Asked first, because opening and closing the file would drop the lock that this process has on it.
            if (other := _held.get(key)) is not None:
                raise self._busy(_who(other))
            self._file = self._locked(beside, holder)
            _held[key], self._key = holder, key

    def require(self) -> None:
        """Raise a StoreError where the lock was lost: a session of PostgreSQL may have been cut off."""
        if self._connection is not None:
            try:
                self._connection.scalar(text("SELECT 1"))
            except SQLAlchemyError as error:
                raise StoreError(
                    f"store {self._database.shown}: the database cut the relay off; start it again, it goes on where "
                    "it was"
                ) from error

    def release(self) -> None:
        """Give the lock back; it may be called when it is not held."""
        with _held_guard:
            if self._file is not None and self._key is not None:
                self._file.close()
                _held.pop(self._key, None)
                self._file = self._key = None
        if self._connection is not None:
            # Said aloud, because the server may notice only later that a session has ended; ended, because the pool
            # would keep it.
            with suppress(SQLAlchemyError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _POSTGRESQL_LOCK})
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _locked(self, path: Path, holder: str) -> IO[str]:
        """Return the lock file, locked and naming `holder`."""
        try:
            file = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StoreError(
                f"store {self._database.shown}: the relay's lock {path} cannot be opened ({error.strerror}); make its "
                "folder writable"
            ) from error
        try:
            _lock(file)
        except OSError as error:
            with file:
                file.seek(0)
                raise self._busy(_who(file.read(1000))) from error
        file.truncate(0)
        file.write(holder)
        file.flush()
        return file

    def _acquire_session(self) -> None:
        """Take the lock of a PostgreSQL store."""
        try:
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise StoreError(f"store {self._database.shown}: {str(error.orig).strip()}; check the database") from error
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _POSTGRESQL_LOCK}):
            self._connection = connection
            return
        holder = connection.execute(
            text(
                "SELECT a.pid, a.client_addr, a.backend_start FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND a.datname = current_database()"
                " AND l.classid = CAST(:high AS bigint)::oid AND l.objid = CAST(:low AS bigint)::oid"
            ),
            {"high": _POSTGRESQL_LOCK >> 32, "low": _POSTGRESQL_LOCK & 0xFFFFFFFF},
        ).first()
        connection.close()
        raise self._busy(
            "another session"
            if holder is None
            else f"session {holder.pid} of {holder.client_addr or 'this host'} since {holder.backend_start}"
        )

    def _busy(self, who: str) -> StoreError:
        return StoreError(
            f"store {self._database.shown}: its events are being delivered already ({who}); one relay is enough: end "
            "that one first, or leave it to it"
        )


def _who(holder: str) -> str:
    """Return as much of the holder of a file lock as can be read."""
    try:
        known = json.loads(holder)
        return f"process {known['pid']} on {known['host']} since {known['since']}"
    except (ValueError, TypeError, KeyError):  # the holder is just writing it
        return "another process"


def make_durable(database: Database) -> None:
    """Make everything committed survive a power cut; PostgreSQL has done so already.

    A checkpoint does it for SQLite (https://sqlite.org/wal.html). PASSIVE, because the others keep writers out while
    they wait for a slow reader; what a reader holds back is then in the log alone, and the log itself is synchronised.
    """
    path = database.path
    if path is None:
        return
    try:
        with closing(database.engine.raw_connection()) as raw:
            connection = cast("sqlite3.Connection", raw.driver_connection)
            _, logged, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"store {database.shown}: {error}; check the disk, and run again") from error
    if logged != moved:
        _synchronise(path.with_name(f"{path.name}-wal"), database.shown)


def _synchronise(log: Path, shown: str) -> None:
    """Write a file through to the disk. SQLite keeps no locks on its log, so that closing the file drops none."""
    try:
        with log.open("r+b") as file:
            os.fsync(file.fileno())
    except FileNotFoundError:  # everything has been moved into the database meanwhile
        return
    except OSError as error:
        raise StoreError(f"store {shown}: {log} cannot be synchronised ({error.strerror}); check the disk") from error
