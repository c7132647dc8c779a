"""One run at a time on one store: a lock that dies with the process that holds it.

For a SQLite file it is a lock on a file beside it, which the operating system takes back when the process ends, however
it ends; the file stays, and what it says only names the holder. For PostgreSQL it is an advisory lock of a session.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shopglot.errors import StoreError
from shopglot.store.connection import Database

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        file.seek(1 << 30)  # Windows refuses even reading what is locked: lock a byte that the text never reaches
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        # lockf, not flock: worker processes that outlive a killed run must not inherit its lock.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_POSTGRESQL_LOCK = 0x73686F70676C6F74  # "shopglot"

_held: dict[tuple[int, str], str] = {}  # POSIX locks do not keep a process out of its own files: (pid, path) -> holder
_held_guard = threading.Lock()


class RunLock(Protocol):
    """What keeps a second run away."""

    def acquire(self) -> None:
        """Take the lock, or raise a StoreError that says who has it."""
        ...

    def release(self) -> None:
        """Give it back; it may be called when it is not held."""
        ...


class FileLock:
    """The lock of a SQLite store, on `<store>.lock`."""

    def __init__(self, store: Path) -> None:
        real = store.resolve()
        self._store = store
        self._path = real.with_name(f"{real.name}.lock")
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock, or raise a StoreError that says who has it: process, host and since when."""
        holder = json.dumps(
            {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        )
        with _held_guard:
            # Asked first, because opening and closing the file would drop the lock that this process has on it.
            if (other := _held.get((os.getpid(), str(self._path)))) is not None:
                raise self._busy(other)
            self._file = self._locked(holder)
            _held[os.getpid(), str(self._path)] = holder

    def _locked(self, holder: str) -> IO[str]:
        """Return the lock file, locked and naming `holder`."""
        try:
            file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"store {self._store}: its lock {self._path} cannot be opened ({error})") from error
        try:
            _lock(file)
        except OSError as error:
            with file:
                file.seek(0)
                raise self._busy(file.read(1000)) from error
        file.truncate(0)
        file.write(holder)
        file.flush()
        return file

    def release(self) -> None:
        """Give the lock back; the file stays, because removing it would let two processes lock different files."""
        with _held_guard:
            if self._file is not None:
                self._file.close()
                self._file = None
                _held.pop((os.getpid(), str(self._path)), None)

    def _busy(self, holder: str) -> StoreError:
        """Return the complaint, with as much of the holder as can be read."""
        try:
            known = json.loads(holder)
            who = f"process {known['pid']} on {known['host']} since {known['since']}"
        except (ValueError, TypeError, KeyError):  # the holder is just writing it
            who = "another process"
        return StoreError(f"store {self._store}: a run is in progress ({who}); wait for it or end it, then run again")


class SessionLock:
    """The lock of a PostgreSQL store: an advisory lock, held by a session of its own."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._shown = database.shown
        self._connection: Connection | None = None

    def acquire(self) -> None:
        """Take the lock, or raise a StoreError that names the session that has it."""
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _POSTGRESQL_LOCK}):
            self._connection = connection
            return
        holder = connection.execute(
            text(
                "SELECT a.pid, a.client_addr, a.backend_start FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                " WHERE l.locktype = 'advisory' AND l.granted AND l.objid = CAST(:low AS bigint)::oid"
            ),
            {"low": _POSTGRESQL_LOCK & 0xFFFFFFFF},
        ).first()
        connection.close()
        who = (
            f"session {holder.pid} of {holder.client_addr} since {holder.backend_start}"
            if holder
            else "another session"
        )
        raise StoreError(f"store {self._shown}: a run is in progress ({who}); wait for it or end it, then run again")

    def release(self) -> None:
        """Give the lock back; a session that is broken has lost it already."""
        if self._connection is not None:
            # Said aloud, because the server may notice only later that a session has ended; ended, because the pool
            # would keep it.
            with suppress(DBAPIError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _POSTGRESQL_LOCK})
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
