"""`shopglot memory`: import, export and search as people call them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Invoke = Callable[..., Result]
LINES = (
    '{"source": "慢回弹记忆棉枕头", "target": "Slow-rebound pillow", "note": "n"}\n'
    '{"source": "", "target": "nothing"}\n'
    '{"source": "被子", "target": "Quilt", "market": "hk"}\n'
    '{"source": "长12cm", "target": "12 cm long", "field": "value"}\n'
)


@pytest.fixture
def units(tmp_path: Path) -> str:
    """A file of units, one of them wrong and one for another market."""
    path = tmp_path / "units.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return str(path)


def imported(invoke: Invoke, *arguments: str) -> dict[str, Any]:
    """Import and return the summary."""
    result = invoke("memory", "import", *arguments, "--market", "us", "--json")
    assert 0 == result.exit_code, result.stderr
    summary: dict[str, Any] = json.loads(result.stdout)
    return summary


def test_import_search_export(invoke: Invoke, units: str) -> None:
    """What was imported is found, with how far it differs, and comes out again in every format."""
    expected = {
        "units": 4, "added": 2, "replaced": 0, "duplicates": 0, "failed": 1, "skipped": 1, "approved": False,
    }  # fmt: skip
    assert expected == imported(invoke, units, "--provider", "lingo")
    assert 2 == imported(invoke, units, "--provider", "lingo")["duplicates"]
    [found] = json.loads(invoke("memory", "search", "长15cm", "--market", "us", "--json").stdout)
    assert ("numbers", 0.8, "lingo", "12 cm long") == (
        found["difference"], found["similarity"], found["provider"], found["target"],
    )  # fmt: skip
    for form in ("tmx", "csv", "tsv", "jsonl"):
        result = invoke("memory", "export", "--market", "us", "--kind", "all", "--out", f"out.{form}")
        assert (0, "") == (result.exit_code, result.stdout)
        assert f"2 units written to out.{form}" in result.stderr
        summary = imported(invoke, f"out.{form}", "--store", f"{form}.db")
        assert (2, 0) == (summary["added"], summary["failed"])
        found = invoke("memory", "search", "慢回弹记忆棉枕头", "--market", "us", "--store", f"{form}.db").stdout
        assert "100%  reference  lingo  prose\n  原文  慢回弹记忆棉枕头\n  译文  Slow-rebound pillow\n" == found


def test_what_is_wrong_is_told(invoke: Invoke, units: str) -> None:
    """A unit that cannot be used is named with its line on stderr; --max-failed makes it an error."""
    result = invoke("memory", "import", units, "--market", "us")
    assert 0 == result.exit_code
    assert "units.jsonl: line 2: failed: has no source text" in result.stderr
    assert "units.jsonl: line 3: skipped: is a unit of market 'hk'; import it with --market hk" in result.stderr
    assert "4 units read: 2 added, 0 in place of another, 0 known already; 1 failed, 1 in other" in result.stdout
    result = invoke("memory", "import", units, "--market", "us", "--max-failed", "0")
    assert 1 == result.exit_code
    assert "1 units failed, more than --max-failed 0" in result.stderr


def test_many_wrong_units_are_counted(invoke: Invoke, tmp_path: Path) -> None:
    """Hundreds of wrong lines do not fill the terminal."""
    path = tmp_path / "bad.jsonl"
    path.write_text("{}\n" * 300, encoding="utf-8")
    result = invoke("memory", "import", str(path), "--market", "us", "--json")
    assert 300 == json.loads(result.stdout)["failed"]
    assert len(result.stderr.splitlines()) < 30


def test_approved_units_are_a_persons(invoke: Invoke, units: str) -> None:
    """With --approved they are exported as human, in the fields that are named, by whom."""
    summary = imported(invoke, units, "--approved", "--field", "title", "--field", "note", "--by", "lin")
    assert (True, 4) == (summary["approved"], summary["added"])
    assert 4 == imported(invoke, units, "--approved", "--field", "title", "--field", "note", "--by", "wu")["duplicates"]
    exported = invoke("memory", "export", "--market", "us", "--format", "jsonl").stdout
    found = [json.loads(line) for line in exported.splitlines()]
    assert {("human", "current", "lin")} == {(unit["kind"], unit["status"], unit["by"]) for unit in found}
    assert ["title", "note", "title", "note"] == [unit["field"] for unit in found]


def test_macau_takes_the_languages_of_hong_kong(invoke: Invoke, tmp_path: Path) -> None:
    """A market takes what the market takes that it inherits from, and no other script."""
    path = tmp_path / "a.tmx"
    variants = '<tuv xml:lang="zh-CN"><seg>枕头</seg></tuv><tuv xml:lang="zh-HK"><seg>枕頭</seg></tuv>'
    path.write_text(f'<tmx version="1.4"><header/><body><tu>{variants}</tu></body></tmx>', encoding="utf-8")
    counts = {}
    for market in ("mo", "hk", "tw", "us"):
        summary = json.loads(invoke("memory", "import", str(path), "--market", market, "--json").stdout)
        counts[market] = (summary["added"], summary["skipped"])
    assert {"mo": (1, 0), "hk": (1, 0), "tw": (0, 1), "us": (0, 1)} == counts


def test_nothing_alike(invoke: Invoke, units: str) -> None:
    """No match is no error, and the advice goes to stderr."""
    imported(invoke, units)
    result = invoke("memory", "search", "雨伞", "--market", "us")
    assert (0, "") == (result.exit_code, result.stdout)
    assert "--threshold" in result.stderr
    assert [] == json.loads(invoke("memory", "search", "雨伞", "--market", "us", "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("import", "none.tmx", "--market", "us"), 2, "none.tmx"),
        (("import", "none", "--market", "us"), 2, "--format"),
        (("search", "枕头", "--market", "us", "--store", "none.db"), 1, "none.db"),
        (("export", "--market", "us", "--out", "a.xls"), 2, "--format"),
        (("search", "枕头", "--market", "us", "--threshold", "0"), 2, "threshold"),
    ],
)
def test_sad_paths(invoke: Invoke, arguments: tuple[str, ...], status: int, words: str) -> None:
    """The message names the file, store or option."""
    result = invoke("memory", *arguments)
    assert (status, True) == (result.exit_code, words in result.stderr), result.stderr


@pytest.mark.parametrize("name", ["import", "export", "search"])
def test_help(invoke: Invoke, name: str) -> None:
    """Every command shows an example of itself."""
    assert re.search(rf"Example:\n\s+shopglot memory {name} ", invoke("memory", name, "--help").stdout)
