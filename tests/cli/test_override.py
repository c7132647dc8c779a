"""`shopglot override` as a lead calls it, over a night's run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Invoke = Callable[..., Result]
PAGE = ("--market", "hk", "--merchant", "m", "--listing", "a")
RULE = "common.counterfeit"


@pytest.fixture
def night(invoke: Invoke, catalog: Callable[..., str], kind_data: Path) -> Callable[..., str]:
    """Return a function that runs a page with a title, and returns what became of it."""
    assert kind_data.is_dir()

    def run(title: str) -> str:
        path = catalog({"id": "a", "merchant": "m", "fields": {"title": title}})
        result = invoke("run", path, "--market", "hk", "--allow-uncalibrated", "--json")
        assert 0 == result.exit_code, result.stderr
        outcomes: dict[str, Any] = json.loads(result.stdout)["outcomes"]["hk"]
        return next(status for status, count in outcomes.items() if count)

    return run


def test_a_lead_decides(invoke: Invoke, night: Callable[..., str]) -> None:
    """A refused page publishes once a lead let it pass, its history says why, and it goes when that is taken back."""
    assert "reject" == night("高仿包枕头")
    done = invoke("override", "allow", RULE, *PAGE, "--by", "lin", "--note", "书名", "--json")
    assert {"rule": RULE, "words": ["高仿"]} == json.loads(done.stdout)
    assert "publish" == night("高仿包枕头")
    assert 1 == len(invoke("export", "--market", "hk").stdout.splitlines())
    history = invoke("history", "a").stdout
    assert "override" in history
    assert "书名" in history
    [row] = json.loads(invoke("override", "list", "--json").stdout)
    assert ("高仿", "lin", "书名") == (row["words"], row["by"], row["note"])
    assert "高仿" in invoke("override", "list", "--market", "hk").stdout
    done = invoke("override", "revoke", RULE, *PAGE, "--by", "lin")
    assert "高仿: taken back" in done.stdout
    assert "reject" == night("高仿包枕头")
    assert "" == invoke("export", "--market", "hk").stdout
    assert [] == json.loads(invoke("override", "list", "--json").stdout)


def test_only_these_words(invoke: Invoke, night: Callable[..., str]) -> None:
    """What the rule finds besides is refused as before."""
    night("高仿包枕头")
    assert 0 == invoke("override", "allow", RULE, *PAGE, "--note", "w").exit_code
    assert "reject" == night("高仿包枕头，精仿")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("allow", RULE, *PAGE), 2, "an override needs a reason"),
        (("allow", "common.nothing", *PAGE, "--note", "w"), 2, "market hk has none of that id"),
        (("allow", "common.stereotype", *PAGE, "--note", "w"), 2, "only blocks are let pass"),
        (("allow", "common.gambling", *PAGE, "--note", "w"), 2, "blocks nothing on it in market hk"),
        (("allow", RULE, *PAGE[:-1], "nobody", "--note", "w"), 2, "blocks nothing on it in market hk"),
        (("revoke", RULE, *PAGE), 2, "nothing of rule common.counterfeit is let pass"),
    ],
)
def test_refused(invoke: Invoke, night: Callable[..., str], arguments: tuple[str, ...], status: int, said: str) -> None:
    """What makes no sense is an error that says why."""
    night("高仿包枕头")
    result = invoke("override", *arguments)
    assert status == result.exit_code
    assert said in result.stderr
