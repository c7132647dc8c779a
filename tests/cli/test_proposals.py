"""`shopglot glossary proposals`: what translators proposed at the desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from shopglot.store import open_store

Invoke = Callable[..., Result]
ODD = "冰丝\ud800\x1b[31m\n"


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with an open term, a rule that was taken, and something for another market."""
    url = str(tmp_path / "shop.db")
    with open_store(url) as opened:
        opened.proposals.add("us", "term", ODD, "cooling fabric", actor="lin", field="title", note="not\nsilk")
        rule = opened.proposals.add("us", "rule", "最好", "", actor="mei", note="superlative")
        opened.proposals.close(rule, taken=True, actor="wong")
        opened.proposals.add("hk", "term", "充电宝", "外置充電器", actor="lin")
    return url


def test_lines_for_people(invoke: Invoke, store: str) -> None:
    """A line for each that is open, without what a terminal would obey; how many there are goes to stderr."""
    done = invoke("glossary", "proposals", "--market", "us", "--store", store)
    assert done.exit_code == 0
    [line] = done.stdout.splitlines()
    assert line.startswith("1 open term [title]: 冰丝")
    assert "-> cooling fabric (lin, 20" in line
    assert line.endswith("not silk")
    assert "\x1b" not in line
    assert done.stderr == "1 proposals\n"


@pytest.mark.parametrize(
    ("state", "numbers"), [("open", [1]), ("taken", [2]), ("declined", []), ("all", [1, 2])]
)  # fmt: skip
def test_json_for_machines(invoke: Invoke, store: str, state: str, numbers: list[int]) -> None:
    """All of each, as it was proposed."""
    done = invoke("glossary", "proposals", "--market", "us", "--store", store, "--state", state, "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)["proposals"]
    assert [one["id"] for one in found] == numbers
    for one in found:
        assert one["state"] == ("open" if one["id"] == 1 else "taken")
        assert one["source"] == (ODD.strip() if one["id"] == 1 else "最好")


def test_no_such_store(invoke: Invoke) -> None:
    """A store that is not there is not made."""
    done = invoke("glossary", "proposals", "--market", "us", "--store", "none.db")
    assert done.exit_code == 1
    assert "none.db" in done.stderr
    assert not Path("none.db").exists()


def test_help_has_an_example(invoke: Invoke) -> None:
    """The help shows an example."""
    assert "shopglot glossary proposals --market us" in invoke("glossary", "proposals", "--help").stdout
