"""Several processes on one run: each page is settled once, all hear of every outcome, a dead one is replaced."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shopglot.store import Store, open_store

COMMAND = [sys.executable, "-c", "from shopglot.cli import main; main()"]
MARKETS = ("us", "hk")
# What a store holds, without times and the order in which rows were written; {page} stands for merchant and id.
CONTENT = {
    "publications": "{page}, market, version, kind, document, content_hash",
    "outbox": "{page}, event_id, kind, market, version",
    "items": "{page}, market, inputs_key, status, reasons, version",
    "segments": "{page}, market, position, source, target, verdict, reasons, findings",
    "translations": "machine_key, target, attempt, attempts, lost, opinion",
    "audits": "{page}, run_id, market, version",
    "outcomes": "line, market, status, reasons",
}
PAGE = "(SELECT merchant || '/' || listings.id FROM listings WHERE listings.number = listing)"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory, sample: Path, broken: Path) -> Path:
    """The sample twice, under other ids and with other texts, and broken lines: several windows of every size."""
    path = tmp_path_factory.mktemp("workers") / "catalog.jsonl"
    bad = [line.decode("utf-8", "replace") for line in broken.read_bytes().split(b"\n") if len(line) < 2000][:12]
    lines = list[str]()
    for number, line in enumerate(sample.read_text("utf-8").splitlines()[:70]):
        document = json.loads(line)
        lines.append(line)
        lines.append(json.dumps(document | {"id": f"again-{number}", "stock": number}, ensure_ascii=False))
    path.write_text("\n".join(lines[:30] + bad + lines[30:]) + "\n", encoding="utf-8")
    return path


def begin(catalog: Path, url: str, data: Path, outcomes: Path, *options: str) -> subprocess.Popen[str]:
    """Start a run."""
    markets = [option for market in MARKETS for option in ("--market", market)]
    return subprocess.Popen(
        [
            *COMMAND, "run", str(catalog), *markets, "--model", "fake", "--allow-uncalibrated", "--store", url,
            "--outcomes", str(outcomes), "--json", *options,
        ],
        env=os.environ | {"SHOPGLOT_DATA": str(data)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture
def start(catalog: Path, url: str, data_folder: Path, tmp_path: Path) -> Iterator[Start]:
    """Start runs over one store."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str, path: Path = catalog) -> subprocess.Popen[str]:
        outcomes = tmp_path / f"outcomes-{len(started)}.jsonl"
        started.append(begin(path, url, data_folder, outcomes, *options))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a run and return its summary."""
    output, errors = process.communicate()
    assert 0 == process.returncode, errors
    summary: dict[str, Any] = json.loads(output)
    return summary


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return what a store holds."""
    found = {}
    with open_store(url) as store, store.database.read() as connection:
        for table, columns in CONTENT.items():
            rows = connection.exec_driver_sql(f"SELECT {columns.format(page=PAGE)} FROM {table}")  # noqa: S608
            found[table] = sorted((tuple(row) for row in rows), key=repr)
    return found


def until(store: Store, condition: str, *, seconds: float = 60) -> None:
    """Wait until a query answers with a number other than 0."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with store.database.read() as connection:
            if connection.exec_driver_sql(condition).scalar_one():
                return
        time.sleep(0.02)
    pytest.fail(f"nothing happened: {condition}")


class Alone(NamedTuple):
    """What one worker makes of the catalog: its summary, what its store holds, the outcomes in its file."""

    summary: dict[str, Any]
    content: dict[str, list[tuple[object, ...]]]
    outcomes: list[str]


@pytest.fixture(scope="module")
def alone(catalog: Path, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """What the stores and summaries of several workers have to be equal to."""
    folder = tmp_path_factory.mktemp("alone")
    store, outcomes = str(folder / "alone.db"), folder / "outcomes.jsonl"
    summary = finish(begin(catalog, store, data_folder, outcomes))
    return Alone(summary, contents(store), sorted(outcomes.read_text("utf-8").splitlines()))


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_share_a_run(workers: int, start: Start, url: str, tmp_path: Path, alone: Alone) -> None:
    """Each page is settled once, the store ends as if one had worked, and all tell the same outcomes of every line."""
    expected, content, outcomes = alone
    summaries = [finish(process) for process in [start() for _ in range(workers)]]
    assert content == contents(url)
    assert [expected["outcomes"]] * workers == [summary["outcomes"] for summary in summaries]
    assert [expected["reasons"]] * workers == [summary["reasons"] for summary in summaries]
    for name in ("run_id", "listings", "failed_lines", "published", "withdrawn", "audited"):
        assert [expected[name]] * workers == [summary[name] for summary in summaries]
    assert expected["segments"]["total"] == sum(summary["segments"]["total"] for summary in summaries)
    for number in range(workers):
        assert outcomes == sorted((tmp_path / f"outcomes-{number}.jsonl").read_text("utf-8").splitlines())
    assert 1 < sum(summary["segments"]["total"] > 0 for summary in summaries)


def test_a_killed_worker_is_replaced(start: Start, url: str, alone: Alone) -> None:
    """One of two is killed in the middle of a window: the other takes it over and leaves nothing undone."""
    expected, content, _ = alone
    victim = start()
    with open_store(url) as store:
        until(store, "SELECT count(*) FROM leases WHERE number >= 2 AND NOT done")
        os.kill(victim.pid, signal.SIGSTOP)  # while it is at work on a window, the other one comes to wait for it
        until(store, "SELECT count(*) FROM leases WHERE NOT done")
        other = start()
        until(store, "SELECT count(*) FROM windows WHERE number >= 4")
        until(store, "SELECT count(*) FROM leases WHERE number >= 4 AND done")
        victim.kill()
    summary = finish(other)
    assert (True, expected["outcomes"]) == (summary["joined"], summary["outcomes"])
    assert content == contents(url)


def test_a_worker_that_is_stopped_gives_back(start: Start, url: str, alone: Alone) -> None:
    """SIGTERM ends a worker with its leases given back; the next start takes the run up."""
    expected, content, _ = alone
    stopped = start()
    with open_store(url) as store:
        until(store, "SELECT count(*) FROM leases WHERE number >= 1")
        stopped.terminate()
        stopped.communicate()
        assert 0 != stopped.returncode
        with store.database.read() as connection:
            assert 0 == connection.exec_driver_sql("SELECT count(*) FROM leases WHERE NOT done").scalar_one()
            assert 0 == connection.exec_driver_sql("SELECT count(*) FROM workers WHERE ended_at IS NULL").scalar_one()
    summary = finish(start())
    assert (True, False, expected["outcomes"]) == (summary["resumed"], summary["joined"], summary["outcomes"])
    assert content == contents(url)


def test_another_run_is_refused(start: Start, url: str) -> None:
    """While workers are at a run, another one over the same store is not begun, and is told why."""
    first = start()
    with open_store(url) as store:
        until(store, "SELECT count(*) FROM leases")
    os.kill(first.pid, signal.SIGSTOP)
    _, errors = (second := start("--no-publish")).communicate()
    os.kill(first.pid, signal.SIGCONT)
    assert (1, True) == (second.returncode, f"a run is in progress (process {first.pid} on " in errors)
    finish(first)


def test_a_catalog_that_changed_is_refused(start: Start, url: str, catalog: Path, tmp_path: Path) -> None:
    """A process that reads other lines under the same name takes no part; the run is not disturbed."""
    own = tmp_path / "own.jsonl"
    own.write_bytes(catalog.read_bytes())
    first = start(path=own)
    with open_store(url) as store:
        until(store, "SELECT count(*) FROM leases")
    os.kill(first.pid, signal.SIGSTOP)
    changed = own.read_bytes().replace(b'"stock": 0', b'"stock": 9')
    assert changed != own.read_bytes()
    other = tmp_path / "other.jsonl"
    other.write_bytes(changed)
    other.replace(own)  # the first one has the old file open
    second = start(path=own)
    _, errors = second.communicate()
    os.kill(first.pid, signal.SIGCONT)
    assert (1, True) == (second.returncode, "a run is in progress (process" in errors), errors
    finish(first)
