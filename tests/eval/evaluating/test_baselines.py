"""The regression gate over an evaluation: the first system of each suite and market."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.errors import UsageError
from shopglot_eval.evaluating import Plan, Wish, gather, make
from shopglot_eval.evaluating.baselines import baseline_folder, check, update
from shopglot_eval.records import Evaluation

WORK = Path("work")


def plan(table: str, limit: int | None = None) -> Plan:
    """Return a plan of the stand-in in two markets."""
    return Plan(suites=(table,), work=WORK, models=("fake",), markets=("us", "hk"), limit=limit)


def evaluation(table: str) -> Evaluation:
    """Return the stand-in's answers in two markets."""
    return gather(plan(table))


def test_a_baseline_for_each_market(table: str, tmp_path: Path) -> None:
    """Written, read again, and nothing has changed."""
    folder = tmp_path / "deep" / "b"
    found = evaluation(table)
    assert ["mine.us.fake.json", "mine.hk.opencc-hk.json"] == [path.name for path in update(found, folder, note="good")]
    rulings = list(check(found, folder))
    assert [True, True] == [ruling.passed for ruling, _, _ in rulings]
    assert [24, 24] == [ruling.same for ruling, _, _ in rulings]
    assert ["us", "hk"] == [answers.market for _, _, answers in rulings]
    made = make(plan(table), Wish(check=True, baselines=folder))
    assert made.passed
    assert ["regression", "regression"] == [section.id.split("-")[0] for section in made.report.sections[:2]]
    assert any("baseline" in version.name for one in made.report.passages.values() for version in one.versions)


def test_a_missing_baseline_says_how_to_make_it(table: str, tmp_path: Path) -> None:
    """And one of other data is refused with the way out."""
    folder = tmp_path / "b"
    with pytest.raises(UsageError, match=r"no baseline of fake for mine \(us\) yet; make it with --update-baseline"):
        list(check(evaluation(table), folder))
    list(update(evaluation(table), folder, note="good"))
    with pytest.raises(UsageError, match="drop --limit"):
        make(plan(table, limit=8), Wish(check=True, baselines=folder))


def test_a_folder_that_cannot_be_written(table: str, tmp_path: Path) -> None:
    """Is said with the way out."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="--baselines"):
        list(update(evaluation(table), tmp_path / "file" / "b", note="n"))


def test_the_project_has_baselines_of_its_own() -> None:
    """A file each, named after suite, market and system."""
    assert list(baseline_folder().glob("commerce-test.*.json"))
