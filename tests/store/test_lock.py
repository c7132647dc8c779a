"""Two runs never share a store; the lock dies with its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Store, open_store

HOLD = """
import os, sys, time
from shopglot.store import RunSpec, open_store
store = open_store(sys.argv[1])
store.begin_run(RunSpec(catalog="c", markets=("us",), engines=(), policy=""))
child = os.fork() if "fork" in sys.argv else 0
if child or "fork" not in sys.argv:
    print(child, flush=True)
time.sleep(60)
"""
SPEC = RunSpec(catalog="c", markets=("us",), engines=(), policy="")


def hold(url: str, *options: str) -> tuple[subprocess.Popen[str], int]:
    """Start a process that holds the store's lock; return it, with the id of its own child, or 0."""
    command = [sys.executable, "-c", HOLD, url, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def end(process: subprocess.Popen[str]) -> None:
    """Kill the process, as the operating system does when memory runs out."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_second_run_is_told_who_is_running(url: str) -> None:
    """The message has the process and the host; killed, it leaves the store free and its run to be resumed."""
    process, _ = hold(url)
    with open_store(url) as store:
        try:
            with pytest.raises(StoreError, match=rf"a run is in progress \(process {process.pid} on .+ since 20"):
                store.begin_run(SPEC)
            assert "running" == store.status()["runs"][0]["status"]
        finally:
            end(process)
        assert store.begin_run(SPEC).resumed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_worker_that_outlives_its_run_does_not_keep_the_lock(url: str) -> None:
    """A run is killed while its pool's processes linger: the next run starts all the same."""
    process, child = hold(url, "fork")
    try:
        end(process)
        os.kill(child, 0)
        with open_store(url) as store:
            assert store.begin_run(SPEC).resumed
    finally:
        os.kill(child, signal.SIGKILL)


def test_one_process_does_not_run_twice_either(store: Store, url: str) -> None:
    """Neither through the same store object nor through another one, under another name of the file."""
    store.begin_run(SPEC)
    with pytest.raises(StoreError, match="a run has already begun here"):
        store.begin_run(SPEC)
    link = Path(url).with_name("link.db")
    link.symlink_to(url)
    with open_store(str(link)) as other, pytest.raises(StoreError, match=rf"process {os.getpid()} on"):
        other.begin_run(SPEC)
    with open_store(url) as third, pytest.raises(StoreError, match="a run is in progress"):
        third.begin_run(SPEC)


def test_a_finished_run_frees_the_store(store: Store, url: str) -> None:
    """The next run may be another process's."""
    store.finish_run(store.begin_run(SPEC), {})
    with open_store(url) as other:
        assert not other.begin_run(SPEC).resumed


def test_a_run_that_cannot_begin_frees_the_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while it begins does not leave the lock behind."""
    monkeypatch.setattr("shopglot.store.runs.begin", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.begin_run(SPEC)
    monkeypatch.undo()
    assert 1 == store.begin_run(SPEC).id


def test_a_lock_file_of_nonsense_is_no_obstacle(store: Store, url: str) -> None:
    """What the file says only names the holder."""
    Path(f"{url}.lock").write_text("{half")
    assert not store.begin_run(SPEC).resumed
