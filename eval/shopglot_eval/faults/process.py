"""Processes that die on command.

Each is a fork of the harness, which has loaded everything that every process would load: it takes milliseconds to
start, it is a process of its own all the same, and `SIGKILL` ends it as it ends any other.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal, LiteralString

from sqlalchemy import Connection, Engine, event

from shopglot.errors import ShopglotError

Trouble = Literal["", "kill", "cut", "cut-all", "clock", "full", "limit"]
SECONDS = 120  # after which a process hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to a process, and before which of its statements and commits, counted from 1.

    `kill`: SIGKILL. `cut`, `cut-all`: the server ends this connection, or every one of the database. `clock`: the clock
    is set back by a day, there and at every tenth statement after. `full`: the disk has room for `at` more pages
    (SQLite only). `limit`: no file may grow beyond `at` KiB (SQLite only).
    """

    trouble: Trouble = ""
    at: int = 0


@dataclass(slots=True)
class Process:
    """A process and what it said. `statements` is how many it made where it ended by itself."""

    pid: int
    folder: Path
    name: str
    status: int | None = field(default=None)

    def wait(self, seconds: float = SECONDS) -> int:
        """Wait until it has ended and return its exit status, minus the signal where one ended it."""
        until = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise RuntimeError(f"{self.name}: it has not ended after {seconds} s")
            else:
                time.sleep(0.002)
        return self.status

    def kill(self) -> None:
        """End it at once."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)

    @property
    def statements(self) -> int:
        """How many statements and commits it made."""
        path = self.folder / f"{self.name}.count"
        return int(path.read_text()) if path.exists() else 0

    @property
    def said(self) -> str:
        """What it wrote, errors among it."""
        path = self.folder / f"{self.name}.out"
        return path.read_text(errors="replace") if path.exists() else ""


def start(work: Callable[[], None], name: str, folder: Path, fault: Fault = Fault()) -> Process:
    """Start a process that does `work` and meets a fault."""
    sys.stdout.flush()
    sys.stderr.flush()
    (folder / f"{name}.count").unlink(missing_ok=True)
    pid = os.fork()
    if pid:
        return Process(pid=pid, folder=folder, name=name)
    status = 1
    try:
        out = os.open(folder / f"{name}.out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        # Who started us may have put something else in their place.
        sys.stdout = sys.stderr = os.fdopen(out, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
        status = _live(work, folder / f"{name}.count", fault)
    except BaseException:  # noqa: BLE001 - whatever it is, it is told and ends this process
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _live(work: Callable[[], None], counted: Path, fault: Fault) -> int:
    """Do the work of a process and return its exit status."""
    hook = _Hook(fault=fault)
    hook.install()
    try:
        work()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except ShopglotError as error:
        print(f"shopglot: {error}")
        status = error.exit_status
    else:
        status = 0
    if fault.trouble != "limit":
        counted.write_text(str(hook.statements))
    return status


@dataclass(slots=True)
class _Hook:
    """Counts statements and commits, and lets the fault happen."""

    fault: Fault
    statements: int = 0
    back: timedelta = field(default_factory=timedelta)

    def install(self) -> None:
        """Listen to every engine of this process."""
        event.listen(Engine, "before_cursor_execute", lambda connection, *_: self.tick(connection))
        event.listen(Engine, "commit", self.tick)
        match self.fault.trouble:
            case "full":
                event.listen(Engine, "connect", self._limit_pages)
            case "limit":
                size = self.fault.at * 1024
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            case "clock":
                from shopglot.store import store

                assert callable(store._utc_now)
                store._utc_now = lambda: datetime.now(UTC) - self.back

    def tick(self, connection: Connection) -> None:
        """Note a statement; it may be the last."""
        self.statements += 1
        if self.fault.trouble == "clock":
            if self.statements >= self.fault.at and (self.statements - self.fault.at) % 10 == 0:
                self.back += timedelta(days=1)
        elif self.statements == self.fault.at:
            self._strike(connection)

    def _strike(self, connection: Connection) -> None:
        match self.fault.trouble:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "cut" | "cut-all":
                _cut(connection, everybody=self.fault.trouble == "cut-all")

    def _limit_pages(self, connection: Any, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={max(pages + self.fault.at, 1)}")


def _cut(connection: Connection, *, everybody: bool) -> None:
    """Let the server end this connection, or all of its database."""
    import psycopg

    own: Any = connection.connection.dbapi_connection
    target = connection.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    which: LiteralString = "datname = current_database() AND pid <> pg_backend_pid()" if everybody else "pid = %s"
    with psycopg.connect(target, autocommit=True) as other:
        other.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {which}",  # noqa: S608 - our own words
            None if everybody else (own.info.backend_pid,),
        )


def finish(
    work: Callable[[], None], name: str, folder: Path, faults: Sequence[Fault], *, chance: Random, tries: int = 8,
    failed: Callable[[str], None] = lambda said: None,
) -> list[int]:  # fmt: skip
    """Start a process until it has done its work, each time with the next fault; return the exit statuses.

    Where it fails without a fault it is started again after a short while: a server may be slow to notice a death.
    `failed` gets what each process said that failed and was not killed.
    """
    ended: list[int] = []
    pending = list(faults)
    while not ended or ended[-1] != 0:
        fault = pending.pop(0) if pending else Fault()
        process = start(work, name, folder, fault)
        ended.append(process.wait())
        if ended[-1] > 0:
            failed(process.said)
        if ended[-1] and not fault.trouble:
            tries -= 1
            if not tries:
                raise RuntimeError(f"{name}: it failed again and again, at last so:\n{process.said[-3000:]}")
            time.sleep(chance.uniform(0.05, 0.3))
    return ended
