"""`shopglot rules` as editors call it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from shopglot.config import glossary_root
from shopglot.market import MARKETS

Invoke = Callable[..., Result]


def test_lint(invoke: Invoke) -> None:
    """The project's own rules have no error in any market; the summary counts them on stderr."""
    result = invoke("rules", "lint", "--json")
    assert 0 == result.exit_code, result.stdout
    assert 0 == json.loads(result.stdout)["errors"]
    result = invoke("rules", "lint", "--market", "us")
    assert "in 1 markets, 0 errors" in result.stderr


def test_lint_tells(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is told with market, rule, kind and remedy, and is the exit status."""
    shutil.copytree(glossary_root(), tmp_path / "glossaries")
    monkeypatch.setenv("SHOPGLOT_DATA", str(tmp_path))
    path = tmp_path / "glossaries" / "us" / "sensitivity.toml"
    text = path.read_text(encoding="utf-8")
    rule = text[text.index("[[rule]]") :].split("[[rule]]")[1]
    start = rule.index("positive = [")
    end = rule.index("\n", start)
    broken = rule[:start] + 'positive = ["甲乙丙", "丁戊己", "庚辛壬"]' + rule[end:]
    path.write_text(text.replace(rule, broken, 1), encoding="utf-8")
    result = invoke("rules", "lint", "--market", "us")
    assert 1 == result.exit_code
    assert "example.missed  finds nothing in its positive example '甲乙丙'" in result.stdout
    path.write_text("[[rule]]\n", encoding="utf-8")
    result = invoke("rules", "lint")
    assert 2 == result.exit_code
    assert f"{path}: rule (without id): key id: must be a text that is not empty" in result.stderr


@pytest.mark.parametrize("market", MARKETS)
def test_list(invoke: Invoke, market: str) -> None:
    """The rules of a market are its own and the shared ones, each with severity, side and basis."""
    listed = json.loads(invoke("rules", "list", "--market", market, "--json").stdout)
    assert {market, "common"} == {rule["id"].split(".")[0] for rule in listed}
    table = invoke("rules", "list", "--market", market, "--severity", "block").stdout.splitlines()
    assert table[0].startswith("rule")
    assert len(table) - 1 == sum(rule["severity"] == "block" for rule in listed)


def test_show(invoke: Invoke) -> None:
    """Everything about a rule is shown as it holds in the market that its id names, or in the one that is asked for."""
    shown = invoke("rules", "show", "common.diversion").stdout
    assert "severity      block" in shown
    here, there = (
        json.loads(invoke("rules", "show", "common.counterfeit", "--market", market, "--json").stdout)["basis"]
        for market in ("us", "hk")
    )
    assert here != there


def test_show_unknown(invoke: Invoke) -> None:
    """An id that does not hold in the market is an error that says where to look."""
    result = invoke("rules", "show", "hk.nothing")
    assert 2 == result.exit_code
    assert "market hk has none of that id; see shopglot rules list --market hk" in result.stderr
