"""Who is alive: a lock for every worker, which dies with its process. No clock is asked.

For a SQLite store it is one byte of a file beside it, the one at the worker's number; the operating system takes it
back when the process ends, however it ends. The file stays, and holds nothing. For PostgreSQL it is an advisory lock of
a session of its own.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError

from shopglot.errors import StoreError
from shopglot.store.connection import Database

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO, byte: int) -> None:
        file.seek(byte)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO, byte: int) -> None:
        file.seek(byte)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

    _try = _lock
else:
    import fcntl

    def _lock(file: BinaryIO, byte: int) -> None:
        # lockf, not flock: processes that were forked by a worker and outlive it must not inherit its lock.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)

    def _unlock(file: BinaryIO, byte: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, byte)

    def _try(file: BinaryIO, byte: int) -> None:
        # Shared, so that two who ask at once do not take one another for the worker.
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, byte)


_WORKERS = 0x73686F70  # "shop": the first half of the key of a worker's advisory lock, the second is its number
_TIES = 0x676C6F74  # "glot": the same of locks that put transactions in a row
BEGINNING, SEEING = 0, 1  # the second half: runs that begin, listings that are seen

# A dead machine's session is noticed within a minute, and a living one's is not ended because it has nothing to say.
_SESSION = (
    "SET tcp_keepalives_idle = 20",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 4",
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'",
)


class WorkerLock(Protocol):
    """Holds this worker's lock, and asks for those of others."""

    def take(self, worker_id: int) -> None:
        """Take the lock of a worker, or raise a StoreError."""
        ...

    def keep(self) -> None:
        """Take the lock again where it got lost, with the connection that had it."""
        ...

    def alive(self, worker_id: int) -> bool:
        """Return whether somebody has the lock of a worker: this process or another."""
        ...

    def release(self) -> None:
        """Give back what was taken, and what is needed to ask; more may be asked afterwards."""
        ...


def worker_lock(database: Database) -> WorkerLock:
    """Return the lock that suits a store."""
    path = database.path
    return SessionLock(database) if path is None else FileLock(path)


def line_up(connection: Connection, what: int) -> None:
    """Wait until no other transaction has lined up for the same; SQLite lets one write at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:tie, :what)"), {"tie": _TIES, "what": what})


class _LockFile:
    """The open lock file of a store in this process: the bytes that it holds, and who uses it."""

    def __init__(self, path: Path) -> None:
        self.file: BinaryIO = path.open("a+b")
        self.held: set[int] = set()
        self.users: set[int] = set()


# POSIX locks belong to a process: it is never kept out of its own, and closing any descriptor of the file drops all of
# them. So a process has the file of a store open once, and knows itself what it holds. By (pid, path).
_open_files: dict[tuple[int, str], _LockFile] = {}
_guard = threading.Lock()


class FileLock:
    """The locks of a SQLite store, on `<store>.lock`."""

    def __init__(self, store: Path) -> None:
        real = store.resolve()
        self._store = store
        self._path = real.with_name(f"{real.name}.lock")
        self._own: int | None = None

    def take(self, worker_id: int) -> None:
        """Take the lock of a worker, or raise a StoreError: its number is new, so that nobody can have it."""
        with _guard:
            opened = self._opened()
            try:
                if worker_id in opened.held:
                    raise BlockingIOError
                _lock(opened.file, worker_id)
            except OSError as error:
                raise StoreError(
                    f"store {self._store}: {self._path} is locked by another process; end it, then run again"
                ) from error
            opened.held.add(worker_id)
            self._own = worker_id

    def keep(self) -> None:
        """Do nothing: a file's lock is lost with the process only."""

    def alive(self, worker_id: int) -> bool:
        """Return whether somebody has the lock of a worker: this process or another."""
        with _guard:
            opened = self._opened()
            if worker_id in opened.held:
                return True
            try:
                _try(opened.file, worker_id)
            except OSError:
                return True
            _unlock(opened.file, worker_id)
            return False

    def release(self) -> None:
        """Give the lock back; the file stays, because removing it would let two processes lock different files."""
        with _guard:
            opened = _open_files.get((os.getpid(), str(self._path)))
            if opened is None:
                return
            if self._own is not None and self._own in opened.held:
                _unlock(opened.file, self._own)
                opened.held.discard(self._own)
            self._own = None
            opened.users.discard(id(self))
            if not opened.users:
                opened.file.close()
                del _open_files[os.getpid(), str(self._path)]

    def _opened(self) -> _LockFile:
        """Return this process's lock file, with this object among its users."""
        place = os.getpid(), str(self._path)
        if place not in _open_files:
            try:
                _open_files[place] = _LockFile(self._path)
            except OSError as error:
                raise StoreError(f"store {self._store}: its lock {self._path} cannot be opened ({error})") from error
        _open_files[place].users.add(id(self))
        return _open_files[place]


class SessionLock:
    """The locks of a PostgreSQL store: advisory ones, each held by a session of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._session: Any = None  # the driver's connection behind it
        self._own: int | None = None

    def take(self, worker_id: int) -> None:
        """Take the lock of a worker, or raise a StoreError: its number is new, so that nobody can have it."""
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        session = connection.connection.dbapi_connection
        try:
            connection.detach()  # the pool would keep the session, and with it the lock
            for statement in _SESSION:
                connection.execute(text(statement))
            key = {"class": _WORKERS, "worker": worker_id}
            taken = connection.scalar(text("SELECT pg_try_advisory_lock(:class, :worker)"), key)
        except BaseException:
            _end(connection, session)
            raise
        if not taken:
            _end(connection, session)
            raise StoreError(f"store {self._database.shown}: worker {worker_id} is alive elsewhere; run again")
        self._session = session
        self._connection, self._own = connection, worker_id

    def keep(self) -> None:
        """Take the lock again where it got lost, with the connection that had it."""
        if self._connection is None or self._own is None:
            return
        try:
            self._connection.execute(text("SELECT 1"))
        except (DBAPIError, PendingRollbackError):
            _end(self._connection, self._session)
            self._connection = None
            self.take(self._own)

    def alive(self, worker_id: int) -> bool:
        """Return whether a session has the lock of a worker."""
        asked = text(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = CAST(CAST(:class AS bigint) AS oid) AND objid = CAST(CAST(:worker AS bigint) AS oid)"
        )
        with self._database.read() as connection:
            return connection.execute(asked, {"class": _WORKERS, "worker": worker_id}).first() is not None

    def release(self) -> None:
        """Give the lock back; a session that is broken has lost it already."""
        if self._connection is not None:
            # Said aloud, because the server may notice only later that a session has ended.
            # One that was interrupted in the middle of a statement has ended its session with it.
            with suppress(SQLAlchemyError):
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            _end(self._connection, self._session)
        self._connection = self._own = None


def _end(connection: Connection, session: Any) -> None:
    """End a session that no pool has: SQLAlchemy forgets one that was interrupted in a statement, still open."""
    with suppress(SQLAlchemyError):
        connection.close()
    if session is not None:
        with suppress(Exception):
            session.close()
