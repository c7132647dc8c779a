"""An open database: its transactions, its locks, and trying again when it was cut off.

SQLite runs in WAL, so that readers never wait for the nightly run, with `synchronous=NORMAL`: a killed process loses
nothing that was committed, because the pages are with the operating system. Only a power cut may take back the last few
transactions, whole ones, and the next run does them again; FULL would instead wait for the disk once per listing.
Whoever sends events to the outside has to make them durable first (`PRAGMA wal_checkpoint(FULL)`).

PostgreSQL, through psycopg 3, writes in READ COMMITTED: whoever changes a row locks it before reading what it holds
(`lock_rows`). It reads in REPEATABLE READ, so that one reading sees one state of the store. A transaction is durable
when it is committed, as far as the server's `synchronous_commit` says.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from hashlib import blake2b
from pathlib import Path
from random import uniform
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Connection, Engine, Insert, Select, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError

from shopglot.errors import StoreError
from shopglot.store.address import display, locate
from shopglot.store.complaints import InterruptedStoreError, explain, scrub
from shopglot.store.schema import SCHEMA_VERSION, listings

_T = TypeVar("_T")
_P = ParamSpec("_P")
_Ts = TypeVarTuple("_Ts")

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_BUSY_SECONDS = 30  # how long one statement waits for whoever else is writing
_STATEMENT_SECONDS = 600  # no statement of ours takes that long but on a server that hangs
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0)  # seconds before each new try: about a minute
_PATIENCE = 60.0  # seconds after which there is no new try, whatever they were spent on
_MARKET_LOCKS = b"shopglot market"  # sets the numbers of these advisory locks apart from others
_IDLE_SECONDS = 2.0  # after which a server may have hung up unnoticed: then it is asked first
_CHUNK = 500  # values in one IN (...): well under every database's limit


def say(message: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(message, file=sys.stderr, flush=True)


class Database:
    """An open database: `write` and `read` give a connection inside one transaction, `writer` one for several.

    `shown` is its name without password; `path` its file where it is one, else None. `version` is the schema version of
    what is there; a store of an older one can be read as far as that version goes, not written. `tell` hears what takes
    time; `sleep` waits, seconds.
    """

    def __init__(
        self, url: str, *, tell: Callable[[str], None] = say, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = locate(url)
        self.shown = display(self.url)
        self.version = SCHEMA_VERSION
        self.tell = tell
        self._sleep = sleep
        self._trying = False
        self._sitting: ExitStack | None = None
        self._shared: Connection | None = None
        self.engine = _engine(self.url, self.shown)
        self._writer = self.engine.execution_options(shopglot_begin="BEGIN IMMEDIATE")
        self._reader = self._glancer = self.engine
        if self.engine.dialect.name == "postgresql":
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._glancer = self.engine.execution_options(isolation_level="AUTOCOMMIT")

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
        with self.migrating() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Yield a connection as `writer` does, to a store of any version: for `store.migrations`."""
        self._end_reading()
        try:
            with self._explained(), self._writer.connect() as connection:
                yield connection
        finally:
            self._end_reading()  # what was read meanwhile is older than what has just been written

    def require_current(self) -> None:
        """Raise a StoreError where the store lacks what this version keeps."""
        if self.version != SCHEMA_VERSION:
            raise StoreError(
                f"store {self.shown}: it has schema version {self.version}, which lacks what is asked for; the next "
                f"`shopglot run` with it brings it to {SCHEMA_VERSION}, as `shopglot store upgrade` does"
            )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is committed at the end, rolled back on any exception."""
        with self.writer() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database; it is not for writing."""
        if self._sitting is None:
            with self._explained(), self._reader.connect() as connection, connection.begin():
                yield connection
            return
        try:
            with self._explained():
                if self._shared is None:
                    self._shared = self._sitting.enter_context(self._reader.connect())
                    self._sitting.enter_context(self._shared.begin())
                yield self._shared
        except BaseException:
            self._end_reading()  # it may have been cut off: whoever tries again gets another
            raise

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Yield a connection for one SELECT, without a transaction around it: a server is asked once, not thrice."""
        with self._explained(), self._glancer.connect() as connection:
            yield connection

    @contextmanager
    def sitting(self) -> Iterator[None]:
        """Let all readings within share one transaction, until something is written: they see one state.

        It spares most of what a short reading costs. Not for long work in between: a transaction stays open.
        """
        if self._sitting is not None:
            yield
            return
        self._sitting = ExitStack()
        try:
            yield
        finally:
            self._end_reading()
            self._sitting = None

    def _end_reading(self) -> None:
        """Give back the connection that the readings of a sitting share, if there is one."""
        self._shared = None
        if self._sitting is not None:
            with self._explained():
                self._sitting.close()

    def retrying(self, work: Callable[[], _T]) -> _T:
        """Return what `work` returns, doing all of it again where the connection was cut or the store was busy.

        For about a minute; then the last error is raised. A transaction that was cut while it was being committed may
        have been done: `work` has to be such that doing it twice is doing it once. Within another `retrying` it is
        done once, and the outer one tries again.
        """
        if self._trying:
            return work()
        self._trying = True
        end = time.monotonic() + _PATIENCE
        try:
            for longest in _PAUSES:
                try:
                    return work()
                except InterruptedStoreError as error:
                    if time.monotonic() + longest > end:
                        raise
                    pause = longest * uniform(0.75, 1)  # noqa: S311 - keeps workers that were cut off at once apart
                    self.tell(f"{error}; trying again in {pause:.1f} s")
                self._sleep(pause)
            return work()
        finally:
            self._trying = False

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a database's complaint into a StoreError that names the store and says what to do."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            complaint = explain(error, self.url, self.shown)
            if scrub(str(error), self.url) != str(error):
                raise complaint from None  # the error itself would show the password in a traceback
            raise complaint from error


class _HasDatabase(Protocol):
    """What keeps its database where `retried` finds it."""

    _database: Database


_Self = TypeVar("_Self", bound=_HasDatabase)


def retried(method: Callable[Concatenate[_Self, _P], _T], /) -> Callable[Concatenate[_Self, _P], _T]:
    """Let a method of an object with `_database` be tried again: see `Database.retrying` for which ones may be.

    Its arguments are given to it again: none may be an iterator, which the first try would use up.
    """

    @wraps(method)
    def tried(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return self._database.retrying(lambda: method(self, *args, **kwargs))

    return tried


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


def market_lock(connection: Connection, market: str, *, shared: bool) -> None:
    """Hold a market until the transaction ends: whoever publishes shares it, whoever approves has it alone.

    It is taken before any row is. On SQLite there is one writer at a time anyway, and nothing is done.
    """
    if connection.dialect.name == "postgresql":
        take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        connection.execute(select(take(_market_key(market))))


def lock_rows(statement: Select[*_Ts]) -> Select[*_Ts]:
    """Return the SELECT that keeps others from changing its rows until the transaction ends.

    Give it an ORDER BY, the same everywhere, so that no two wait for each other. Rows that name these by a foreign key
    may be added meanwhile. SQLite, which has one writer at a time, takes it as it was.
    """
    return statement.with_for_update(key_share=True)


def hold_listings(connection: Connection, numbers: Iterable[int]) -> None:
    """Hold these listings until the transaction ends, in ascending order, as everybody does who changes any of them.

    SQLite has one writer at a time anyway, and nothing is done.
    """
    if connection.dialect.name == "sqlite":
        return
    for part in chunks(sorted(set(numbers))):
        own = select(listings.c.number).where(listings.c.number.in_(part)).order_by(listings.c.number)
        connection.execute(lock_rows(own)).all()


def _market_key(market: str) -> int:
    """Return the number of a market's lock: far from those of the store's other locks, the same in every process."""
    return int.from_bytes(blake2b(market.encode(), digest_size=8, person=_MARKET_LOCKS).digest(), signed=True)


def chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield `values` in parts that fit one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _engine(url: URL, shown: str) -> Engine:
    """Return the engine, set up for what a store needs."""
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})
            _prepare_sqlite(engine)
        else:
            # A server that does not answer is noticed: when connecting, and in the middle of a transaction.
            watch = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
            watch |= {name: url.query[name] for name in watch if name in url.query}  # type: ignore[misc]
            engine = create_engine(
                url,
                hide_parameters=True,
                isolation_level="READ COMMITTED",
                connect_args=watch | {"fallback_application_name": "shopglot", "client_encoding": "utf8"},
            )
            _prepare_postgresql(engine)
            _ask_whether_alive(engine)
    except ImportError as error:
        raise StoreError(
            f"store {shown}: PostgreSQL needs its driver, psycopg 3 ({error}): pip install 'shopglot[postgres]'"
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(f"store {shown}: its URL cannot be used ({scrub(str(error), url)})") from None
    return engine


def _prepare_postgresql(engine: Engine) -> None:
    """Keep every connection from waiting for ever, and from answering in another time zone."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(
            f"SET lock_timeout = '{_BUSY_SECONDS}s'; SET statement_timeout = '{_STATEMENT_SECONDS}s';"
            " SET timezone = 'UTC'"
        )
        connection.autocommit = False


def _ask_whether_alive(engine: Engine) -> None:
    """Ask the server whether a connection is still there before it is used again, where it has been idle for a while.

    As `pool_pre_ping` does each time, which a desk with many short transactions would pay for dearly.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: object) -> None:
        idle = record.info.get("idle_since")
        if idle is None or time.monotonic() - idle < _IDLE_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError  # the pool makes another


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
