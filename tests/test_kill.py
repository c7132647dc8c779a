"""kill -9, lost connections and several workers: the end is that of a story which nobody disturbed.

`scripts/soak/faults` tells hundreds of such stories; here are a few, and kills of the command line itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopglot_eval.faults import trials
from shopglot_eval.faults.catalogs import nights
from shopglot_eval.faults.command import stagehand, told_with, told_with_limit
from shopglot_eval.faults.content import compare, read
from shopglot_eval.faults.trials import Stagehand

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no SIGKILL")
TRIES = 1
COMMAND = [sys.executable, "-c", "from shopglot.cli import main; main()"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def hand(request: pytest.FixtureRequest) -> Iterator[Stagehand]:
    """Who tells the story on an engine."""
    with stagehand(request.param, seed=20261122, listings=16) as prepared:
        yield prepared


def test_killed_at_every_stage(hand: Stagehand) -> None:
    """Processes that are killed before random statements, and begun again, lose nothing and do nothing twice."""
    difference, struck = told_with(hand, "kill", 6)
    assert not difference, str(difference)
    assert 0 < struck


def test_no_room(hand: Stagehand) -> None:
    """Where the disk is full every stage says so, and goes on when there is room."""
    if hand.server is not None:
        pytest.skip("the server's disk is not ours to fill")
    difference, struck = told_with_limit(hand, "full")
    assert not difference, str(difference)
    assert 0 < struck


def test_connections_cut(hand: Stagehand) -> None:
    """Where the server ends connections in the middle of transactions nothing is lost or double."""
    if hand.server is None:
        pytest.skip("SQLite has no connections to cut")
    difference, _ = told_with(hand, "cut-all", 5)
    assert not difference, str(difference)


def test_clock_set_back(hand: Stagehand) -> None:
    """A clock that is set back again and again changes nothing but the times."""
    if hand.server is not None:
        pytest.skip("once is enough in the tests: scripts/soak/faults does it on both engines")
    difference, _ = told_with(hand, "clock", 4)
    assert not difference, str(difference)


def test_half_a_catalog(hand: Stagehand) -> None:
    """A catalog cut in the middle of a line loses nothing, publishes nothing of the line and takes nothing down."""
    if hand.server is not None:
        pytest.skip("once is enough in the tests: scripts/soak/faults does it on both engines")
    difference, _ = trials.halve_catalogs(hand)
    assert not difference, str(difference)


def test_two_at_once_one_dies(hand: Stagehand) -> None:
    """Two whole runs started at once, one of them killed: every page once."""
    difference, _ = trials.work_together(hand, 2, 1)
    assert not difference, str(difference)


def test_comparison_sees_loss(hand: Stagehand, tmp_path: Path) -> None:
    """The comparison is no rubber stamp: one event less, and one content more, are told."""
    rows = {name: rows.copy() for name, rows in hand.base.content.rows.items()}
    rows["outbox"].subtract([next(iter(rows["outbox"]))])
    rows["publications"].update([next(iter(rows["publications"]))])
    difference = compare(hand.base.content, type(hand.base.content)(rows=rows, broken=("a gap",)))
    assert (1, 1, ("a gap",)) == (len(difference.lost), len(difference.double), difference.broken)


def start(catalog: Path, store: Path, data: Path) -> subprocess.Popen[str]:
    """Start a run as a user does."""
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


def test_killed_commands_end_as_if_undisturbed(tmp_path: Path, data_folder: Path) -> None:
    """Runs of the command line that are killed at random moments and taken up again end as an undisturbed one."""
    catalog = tmp_path / "catalog.jsonl"
    catalog.write_bytes(nights(14)[0])
    began = time.monotonic()
    undisturbed = finish(start(catalog, tmp_path / "whole.db", data_folder))
    length = time.monotonic() - began
    expected = read(str(tmp_path / "whole.db"))
    assert expected.rows["publications"]
    chance = random.Random(20261122)  # noqa: S311 - when to kill, no secret
    for number in range(TRIES):
        store = tmp_path / f"{number}.db"
        process = start(catalog, store, data_folder)
        time.sleep(length * chance.uniform(0.4, 0.95))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        summary = finish(start(catalog, store, data_folder))
        difference = compare(expected, read(str(store)))
        assert not difference, str(difference)
        assert undisturbed["outcomes"] == summary["outcomes"]
