"""`shopglot models`: the list, and what is said of a model that nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from shopglot.config import card_root

Invoke = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here sees the models of the machine."""
    monkeypatch.setenv("SHOPGLOT_HOME", str(tmp_path))


def test_list_for_machines(invoke: Invoke) -> None:
    """Every card is listed with licence, revision and whether it is here."""
    result = invoke("models", "list", "--json")
    rows = json.loads(result.stdout)
    assert sorted(path.stem for path in card_root().glob("*.toml")) == [row["name"] for row in rows]
    assert {False} == {row["ready"] for row in rows if row["runtime"] != "builtin"}
    assert all(row["licence"] and row["title"] for row in rows)


def test_list_for_people(invoke: Invoke) -> None:
    """One line a model says that it is not here."""
    (line,) = [line for line in invoke("models", "list").stdout.splitlines() if line.startswith("qwen2.5-coder-1.5b ")]
    assert "not here" in line


@pytest.mark.parametrize("command", ["pull", "verify"])
def test_unknown_model(command: str, invoke: Invoke) -> None:
    """A name without a card is bad usage; the message lists the names that there are."""
    result = invoke("models", command, "nothing")
    assert (2, "") == (result.exit_code, result.stdout)
    assert "Known models: " in result.stderr
    assert "qwen2.5-coder-1.5b" in result.stderr


def test_verify_what_is_not_here(invoke: Invoke) -> None:
    """A model that was never pulled fails the verification and says how to get it."""
    result = invoke("models", "verify", "qwen2.5-coder-1.5b")
    assert (1, "") == (result.exit_code, result.stdout)
    assert "shopglot models pull qwen2.5-coder-1.5b" in result.stderr
