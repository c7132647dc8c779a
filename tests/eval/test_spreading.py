"""The benchmark of workers: it says what a night on them costs, and finds a store that is another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shopglot_eval import spreading
from shopglot_eval.faults.content import read

pytest.importorskip("ray")
pytestmark = pytest.mark.usefixtures("cluster", "kind_data")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run the command; return its status, what it says, and its progress."""
    status = spreading.main([*arguments, "--rounds", "0"])
    told = capsys.readouterr()
    return status, json.loads(told.out), told.err


def test_a_killed_worker_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nights here, on workers, and on workers of which one dies leave one store; each is told as it ends."""
    status, told, progress = run(capsys, "--listings", "60", "--kill")
    assert (0, True, 1, 60) == (status, told["identical"], told["killed"], told["pages"])
    own = [line.partition(":")[0] for line in progress.splitlines() if line.endswith(" s")]
    assert ["local.db", "ray.db", "killed.db"] == own
    assert told["ratio"] == round(told["ray_first_s"] / told["local_s"], 3)


def test_another_store_is_found(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the workers leave something else, the difference is shown and the status is 1."""

    def lose(location: str) -> Any:
        content = read(location)
        if Path(location).name == "ray.db":
            content.rows["publications"].popitem()
        return content

    monkeypatch.setattr(spreading, "read", lose)
    status, told, progress = run(capsys, "--listings", "4")
    assert (1, False) == (status, told["identical"])
    assert "publications" in progress
