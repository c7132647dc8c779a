"""`shopglot pause` and `shopglot resume` as people call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

LISTING = {"id": "a", "merchant": "云朵", "fields": {"title": "记忆棉枕头"}}


@pytest.fixture
def published(invoke: Invoke, catalog: Callable[..., str], kind_data: Path) -> Invoke:
    """A store where one page is on sale in two markets."""
    assert kind_data.is_dir()
    path = catalog(LISTING, LISTING | {"id": "b"})
    result = invoke("run", path, "--market", "hk", "--market", "mo", "--allow-uncalibrated")
    assert 0 == result.exit_code, result.stderr
    return invoke


def ids(invoke: Invoke, market: str) -> list[str]:
    """Return the ids on sale."""
    return [json.loads(line)["id"] for line in invoke("export", "--market", market).stdout.splitlines()]


def test_pause_and_resume(published: Invoke) -> None:
    """In the markets that are named; the night leaves the page alone, and everything comes back at once."""
    result = published(
        "pause", "--merchant", "云朵", "--listing", "a", "--market", "hk", "--by", "lin", "--note", "w", "--json"
    )
    [row] = json.loads(result.stdout)
    expected: dict[str, Any] = {
        "market": "hk", "merchant": "云朵", "listing": "a", "taken_down": 1, "already": False, "known": True,
    }  # fmt: skip
    assert (expected, "") == (row, result.stderr)
    assert (["b"], ["a", "b"]) == (ids(published, "hk"), ids(published, "mo"))
    run = published("run", "catalog.jsonl", "--market", "hk", "--allow-uncalibrated", "--json")
    assert {"publish": 1, "review": 0, "reject": 0, "failed": 0, "skipped": 1} == json.loads(run.stdout)["outcomes"][
        "hk"
    ]
    assert "page a" in published("status").stdout
    history = published("history", "a").stdout
    assert "pause by lin in hk: w" in history
    assert "taken down as version 2 by a pause" in history
    result = published("resume", "--merchant", "云朵", "--listing", "a", "--market", "hk", "--market", "mo")
    name = "listing 'a' of merchant '云朵'"
    assert [
        f"hk: {name} is open; 1 pages back on sale, 0 follow with the next run",
        f"mo: {name} is open; 0 pages back on sale, 0 follow with the next run (it was open already)",
    ] == result.stdout.splitlines()
    assert ["a", "b"] == ids(published, "hk")


def test_a_shop_that_nobody_knows(invoke: Invoke) -> None:
    """It is paused for the pages that come; a word on stderr says that there are none."""
    result = invoke("pause", "--merchant", "x", "--market", "us", "--by", "lin")
    assert 0 == result.exit_code
    assert "has no page of merchant 'x' so far" in result.stderr
    assert "us: merchant 'x' is paused; 0 pages taken down\n" == result.stdout


def test_what_has_to_be_said(invoke: Invoke) -> None:
    """Whose pages, and where."""
    assert 2 == invoke("pause", "--market", "us").exit_code
    assert 2 == invoke("resume", "--merchant", "x").exit_code
