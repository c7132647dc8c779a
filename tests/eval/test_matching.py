"""The measure of matching: its two termbases, its texts, its figures and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot.termbase import Entry, Termbase
from shopglot_eval import matching

ROUNDS = ["--rounds", "1"]


def entry(source: str, *, field: str = "") -> Entry:
    """Return an entry."""
    return Entry(
        source=source, target=f"the {source}", admitted=(), forbidden=(), use="enforce", category="", field=field,
        note="",
    )  # fmt: skip


def test_grow_keeps_what_it_had() -> None:
    """The many contain the few, each source once, and are the same ones every time."""
    few = [entry(source) for source in ("加绒", "外套", "儿童", "连衣裙")]
    many = matching.grow(few, 30)
    assert few == many[:4]
    assert 30 == len({one.source for one in many})
    assert many == matching.grow(few, 30)


def test_most_frequent_are_the_few() -> None:
    """Entries are ranked by how often texts have them; those with a condition are left out."""
    termbase = Termbase([entry("外套"), entry("面膜"), entry("加绒"), entry("中码", field="size-cell")])
    texts = ["加绒外套", "外套", "面膜外套", "加绒"]
    assert ["外套", "加绒"] == [one.source for one in matching.most_frequent(texts, termbase, 2)]
    assert ["外套", "加绒", "面膜"] == [one.source for one in matching.most_frequent(texts, termbase, 9)]


def test_figures() -> None:
    """The figures speak of what was measured."""
    termbase = Termbase([entry("外套"), entry("面膜"), entry("加绒")])
    figures = matching.measure(["加绒外套", "面膜"], termbase, rounds=3, few=3, many=5)
    assert (2, 6, 3, 5) == tuple(figures[name] for name in ("texts", "characters", "few", "many"))
    assert figures["ratios"] == sorted(figures["ratios"])
    assert figures["ratio"] == figures["ratios"][1]


@pytest.mark.parametrize(("bar", "status"), [("0", 1), ("1000", 0)])
def test_exit_status(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    bar: str, status: int,
) -> None:  # fmt: skip
    """Above the bar it fails; without shared data it reads the catalog and says so."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    assert status == matching.main([str(sample), *ROUNDS, "--bar", bar])
    told = capsys.readouterr()
    assert matching.MANY == json.loads(told.out)["many"]
    assert "SHOPGLOT_SHARED" in told.err


def test_reads_lines_of_shared_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where shared data is, its lines are the texts, empty ones left out."""
    folder = tmp_path / "commerce-zh"
    folder.mkdir()
    for name in matching.FILES:
        (folder / name).write_text(f"{name}\n\n面膜\n", encoding="utf-8")
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    assert [text for name in matching.FILES for text in (name, "面膜")] == matching.read_shared()
