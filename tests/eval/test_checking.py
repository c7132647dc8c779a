"""The bench of the checks: what it measures, and when it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot.checks import CHECKS
from shopglot_eval.checking import main


def figures(arguments: list[str], capsys: pytest.CaptureFixture[str], status: int) -> dict[str, object]:
    """Run the bench and return what it prints."""
    assert status == main(arguments)
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_figures(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check has its cost, every pair was checked, and the broken ones were found."""
    found = figures([str(sample), "--pairs", "60", "--bar", "0"], capsys, 0)
    assert (60, 0.0) == (found["pairs"], found["bar"])
    assert {check.__name__ for check in CHECKS} == set(found["microseconds"])  # type: ignore[call-overload]
    assert found["findings"]


def test_same_work_every_time(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs check the same pairs."""
    one, two = (figures([str(sample), "--pairs", "40", "--bar", "0"], capsys, 0) for _ in range(2))
    assert one["findings"] == two["findings"]


def test_below_the_bar(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bar that no machine reaches is missed, with exit status 1."""
    found = figures([str(sample), "--pairs", "5", "--bar", "1e12"], capsys, 1)
    assert 1e12 == found["bar"]


def test_table_first(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pairs of a table are checked before generated ones."""
    table = tmp_path / "pairs.tsv"
    table.write_text("src_zh\trefA_en\trefB_en\n柔软面料\tSoft 面料\tSoft 面料\n", encoding="utf-8")
    found = figures([str(sample), "--tsv", str(table), "--pairs", "2", "--bar", "0"], capsys, 0)
    assert 2 == found["findings"]["script.leak"]  # type: ignore[index]


def test_nothing_to_check(tmp_path: Path) -> None:
    """A catalog without text is refused."""
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(SystemExit, match="no text to check"):
        main([str(empty)])
