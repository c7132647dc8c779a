"""Whether a worker lives is known by a lock that dies with its process; runs that others are at are joined or left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Store, open_store
from shopglot.store.lock import FileLock, SessionLock

HOLD = """
import os, sys, time
from shopglot.store import RunSpec, open_store
store = open_store(sys.argv[1])
run = store.begin_run(RunSpec(catalog=sys.argv[2], markets=("us",), engines=(), policy=""))
child = os.fork() if "fork" in sys.argv else 0
if child or "fork" not in sys.argv:
    print(child, run.worker, flush=True)
time.sleep(60)
"""
SPEC = RunSpec(catalog="c", markets=("us",), engines=(), policy="")
OTHER = RunSpec(catalog="other", markets=("us",), engines=(), policy="")
Holder = tuple[subprocess.Popen[str], int, int]


@pytest.fixture
def hold(url: str) -> Iterator[Callable[..., Holder]]:
    """Start processes that work on a run of the store; each with the id of its own child, or 0, and its number."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, catalog: str = "c") -> Holder:
        command = [sys.executable, "-c", HOLD, url, catalog, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        child, worker = map(int, process.stdout.readline().split())
        return process, child, worker

    yield start
    for process in started:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Kill the process, as the operating system does when memory runs out."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def gone(store: Store, worker_id: int) -> None:
    """Wait until a killed process's lock is gone: a server takes a moment to notice that a session has ended."""
    while store.working.lock.alive(worker_id):
        time.sleep(0.01)


def test_another_run_is_told_who_is_running(url: str, hold: Callable[..., Holder]) -> None:
    """The message has the process, the host and the time; killed, it leaves the store free and its run resumable."""
    process, _, worker = hold()
    with open_store(url) as store:
        with pytest.raises(StoreError, match=rf"a run is in progress \(process {process.pid} on .+ since 20"):
            store.begin_run(OTHER)
        assert ["running"] == [run["status"] for run in store.status()["runs"]]
        end(process)
        gone(store, worker)
        assert not store.begin_run(OTHER).joined
    with open_store(url) as store:
        assert store.begin_run(SPEC).resumed


def test_the_same_run_is_joined(url: str, hold: Callable[..., Holder]) -> None:
    """Whoever starts the same work gets the same run and a number of its own; with nobody left it is resumed."""
    process, _, first = hold()
    with open_store(url) as store:
        run = store.begin_run(SPEC)
        assert (1, True, False) == (run.id, run.joined, run.resumed)
        assert (True, True) == (store.working.lock.alive(first), store.working.lock.alive(run.worker))
        end(process)
        gone(store, first)
        assert store.working.lock.alive(run.worker)
    with open_store(url) as store:
        run = store.begin_run(SPEC)
        assert (1, False, True) == (run.id, run.joined, run.resumed)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_child_that_outlives_its_worker_does_not_keep_it_alive(
    sqlite_url: str, url: str, hold: Callable[..., Holder]
) -> None:
    """A worker is killed while its pool's processes linger: on a file its lock is gone all the same."""
    if url != sqlite_url:
        pytest.skip("a forked child has the server's connection too, and ends with its parent's pool")
    process, child, worker = hold("fork")
    try:
        end(process)
        os.kill(child, 0)
        with open_store(url) as store:
            assert not store.working.lock.alive(worker)
            assert store.begin_run(SPEC).resumed
    finally:
        os.kill(child, signal.SIGKILL)


def test_two_stores_of_one_process_are_two_workers(store: Store, url: str) -> None:
    """They join one run; closing one leaves the other alive, though the process holds both locks."""
    first = store.begin_run(SPEC)
    with open_store(url) as other:
        second = other.begin_run(SPEC)
        assert (first.id, True) == (second.id, second.joined)
        assert other.working.lock.alive(first.worker)
        with pytest.raises(StoreError, match="a run has already begun here"):
            other.begin_run(SPEC)
    with open_store(url) as third:
        assert (True, False) == (third.working.lock.alive(first.worker), third.working.lock.alive(second.worker))
        with pytest.raises(StoreError, match=rf"process {os.getpid()} on"):
            third.begin_run(OTHER)


def test_a_file_of_two_names_has_one_lock(tmp_path: Path) -> None:
    """A link to the store is the store."""
    path, link = tmp_path / "shopglot.db", tmp_path / "link.db"
    link.symlink_to(path)
    with open_store(str(path)) as store, open_store(str(link)) as other:
        store.begin_run(SPEC)
        assert other.begin_run(SPEC).joined


def test_other_processes_see_a_lock_after_a_neighbour_has_closed(
    store: Store, url: str, hold: Callable[..., Holder]
) -> None:
    """Opening and closing the lock file elsewhere in this process does not drop what this process holds."""
    run = store.begin_run(SPEC)
    for _ in range(2):
        with open_store(url) as other:
            other.begin_run(SPEC)
            assert not other.working.lock.alive(999)
    _, _, joiner = hold()
    assert {"resumes": 0} == {"resumes": store.status()["runs"][0]["resumes"]}
    assert store.working.lock.alive(run.worker)
    assert store.working.lock.alive(joiner)


def test_a_finished_run_frees_the_store(store: Store, url: str) -> None:
    """The next run may be another process's."""
    store.finish_run(store.begin_run(SPEC), {})
    with open_store(url) as other:
        run = other.begin_run(SPEC)
        assert (False, False) == (run.resumed, run.joined)


def test_a_run_that_cannot_begin_frees_the_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while it begins leaves nobody alive."""
    monkeypatch.setattr("shopglot.store.runs._enlist", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.begin_run(SPEC)
    monkeypatch.undo()
    run = store.begin_run(SPEC)
    assert (False, False) == (run.resumed, run.joined)
    assert [run.id] == [known["run_id"] for known in store.status()["runs"]]


def test_a_number_is_locked_once(store: Store) -> None:
    """A worker's number is new: whoever finds it locked is told."""
    run = store.begin_run(SPEC)
    path = store.database.path
    lock = SessionLock(store.database) if path is None else FileLock(path)
    with pytest.raises(StoreError, match="run again"):
        lock.take(run.worker)
    lock.release()
    assert store.working.lock.alive(run.worker)


def test_a_lock_file_of_nonsense_is_no_obstacle(sqlite_url: str) -> None:
    """What the file says means nothing."""
    Path(f"{sqlite_url}.lock").write_text("{half")
    with open_store(sqlite_url) as store:
        assert not store.begin_run(SPEC).resumed


def test_a_lock_that_went_with_its_connection_is_taken_again(postgres_url: str) -> None:
    """A cut connection makes a worker look dead; it is alive again before it claims anything."""
    with open_store(postgres_url) as store, open_store(postgres_url) as other:
        run = store.begin_run(SPEC)
        with other.database.write() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
            )
        while other.working.lock.alive(run.worker):
            pass
        store.working.save_window(run.id, 0, [1], "k")
        assert store.working.claim(run.id, 0, "us", run.worker) is not None
        assert other.working.lock.alive(run.worker)


@pytest.mark.parametrize("statement", ["pg_advisory_unlock_all", "pg_try_advisory_lock"])
def test_an_interruption_at_the_lock_leaves_nothing_behind(postgres_url: str, statement: str) -> None:
    """Ctrl-C in the middle of taking or giving it back: the store can be closed, and the run is free for others."""

    def interrupt(_connection: object, _cursor: object, text: str, *_: object) -> None:
        if armed and statement in text:
            armed.clear()
            raise KeyboardInterrupt

    armed: list[bool] = []
    with open_store(postgres_url) as store:
        event.listen(store.database.engine, "before_cursor_execute", interrupt)
        if "try" in statement:
            armed.append(True)
            with pytest.raises(KeyboardInterrupt):
                store.begin_run(SPEC)
        else:
            run = store.begin_run(SPEC)
            armed.append(True)
            with pytest.raises(KeyboardInterrupt):
                store.finish_run(run, {})
    with open_store(postgres_url) as other:
        other.finish_run(other.begin_run(OTHER), {})
