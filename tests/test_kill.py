"""kill -9 at random moments: the next run ends with the same bytes and does not repeat finished work."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

TRIES = 20
COMMAND = [sys.executable, "-c", "from shopglot.cli import main; main()"]


def start(catalog: Path, store: Path, data: Path) -> subprocess.Popen[str]:
    """Start a run."""
    return subprocess.Popen(
        [
            *COMMAND, "run", str(catalog), "--market", "us", "--market", "hk", "--model", "fake",
            "--allow-uncalibrated", "--store", str(store), "--json",
        ],
        env=os.environ | {"SHOPGLOT_DATA": str(data)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a run and return its summary."""
    output, _ = process.communicate()
    assert 0 == process.returncode
    summary: dict[str, Any] = json.loads(output)
    return summary


def remembered(store: Path) -> int:
    """Return how many machine translations a store holds."""
    if not store.exists():
        return 0
    with sqlite3.connect(store) as connection:
        try:
            (count,) = connection.execute("SELECT count(*) FROM translations").fetchone()
        except sqlite3.OperationalError:  # killed before the tables were made
            return 0
    connection.close()
    return int(count)


def contents(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what a store holds, without times and without the order in which rows were written."""
    wanted = {
        "publications": "listing, market, version, kind, document, content_hash",
        "outbox": "event_id, kind, listing, market, version",
        "items": "listing, market, inputs_key, status, reasons, version",
        "segments": "listing, market, position, source, target, origin, score, signature, verdict, reasons, findings",
        "translations": "machine_key, target, attempt, attempts, lost, opinion",
        "audits": "run_id, market, listing, version",
        # A run that is killed at its very end was finished: the next one is another, with outcomes of its own.
        "outcomes WHERE run_id = 1": "line, market, status, reasons",
    }
    with sqlite3.connect(store) as connection:
        found = {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)  # noqa: S608
            for table, columns in wanted.items()
        }
    connection.close()
    return found


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory, sample: Path, broken: Path) -> Path:
    """A part of the sample with some broken lines: several windows."""
    path = tmp_path_factory.mktemp("kill") / "catalog.jsonl"
    good = sample.read_bytes().splitlines(keepends=True)[:24]
    bad = [line for line in broken.read_bytes().split(b"\n") if len(line) < 2000][:12]
    path.write_bytes(b"".join(good[:12]) + b"\n".join(bad) + b"\n" + b"".join(good[12:]))
    return path


def test_killed_runs_end_as_if_undisturbed(catalog: Path, tmp_path: Path, data_folder: Path) -> None:
    """Twenty runs are killed at random moments and taken up again: every store ends equal to the undisturbed one."""
    whole = tmp_path / "whole.db"
    began = time.monotonic()
    undisturbed = finish(start(catalog, whole, data_folder))
    length = time.monotonic() - began
    expected = contents(whole)
    assert any("forward" in repr(row) for row in expected["translations"]), "nothing was read"
    chance = random.Random(20261122)  # noqa: S311 - when to kill, no secret
    killed_midway = 0
    for number in range(TRIES):
        store = tmp_path / f"{number}" / "night.db"
        store.parent.mkdir()
        process = start(catalog, store, data_folder)
        # Most of the kills fall where the work is, some into the start.
        time.sleep(length * chance.uniform(0.25, 1.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        done = remembered(store)
        killed_midway += 0 < done < undisturbed["segments"]["translated"]
        summary = finish(start(catalog, store, data_folder))
        assert expected == contents(store)
        assert undisturbed["outcomes"] == summary["outcomes"]
        if summary["resumed"]:
            assert undisturbed["segments"]["translated"] - done == summary["segments"]["translated"]
        shutil.rmtree(store.parent)
    assert killed_midway >= TRIES // 5, "the kills missed the work; widen the window"
