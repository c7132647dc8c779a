"""What the gate says to people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.eval.regression.conftest import MEASURES, answers, change, parts, plant

from shopglot_eval.regression import Ruling, check, describe, measured, passages, section, update
from shopglot_eval.reporting.document import Shown, Table, Text


def broken(tmp_path: Path) -> tuple[Ruling, dict[str, object]]:
    """Return the ruling on a broken category, and its passages."""
    baseline = update(tmp_path / "b.json", answers(), note="the first")
    new = plant(answers(), "term.missing", lambda p: p.example.category == "美妆/护肤", share=0.8)
    new = plant(new, "number.changed", lambda p: p.example.id == "3-1")
    ruling = check(baseline, new, MEASURES, slices=parts)
    return ruling, dict(passages(baseline, new, ruling))


def test_lines_for_a_terminal(tmp_path: Path) -> None:
    """The measure, the slice, both sides, and ids of texts."""
    ruling, _ = broken(tmp_path)
    lines = describe(ruling)
    assert lines[0] == "shop (us), model: significantly worse than the baseline in category: 美妆/护肤"
    assert lines[1] == "  worse in category: 美妆/护肤:"
    assert lines[2].startswith("    Without: ")
    assert lines[3].startswith("    texts: ")
    assert any("notice: number.changed is new in 1 text: 3-1" in line for line in lines)


def test_lines_where_it_passes(tmp_path: Path) -> None:
    """A pass says on how much it rests."""
    baseline = update(tmp_path / "b.json", answers(), note="n")
    assert describe(check(baseline, answers(), MEASURES, slices=parts)) == [
        "shop (us), model: not significantly worse than the baseline (360 of 360 texts the same)"
    ]


def test_a_terminal_obeys_no_id(tmp_path: Path) -> None:
    """Ids and notes come from files of others."""
    old = replace(answers(), system="m\x1b[2J")
    pairs = tuple(replace(p, example=replace(p.example, id=f"\x1b{p.example.id}\ud800")) for p in old.pairs)
    old = replace(old, pairs=tuple(replace(p, output=replace(p.output, id=p.example.id)) for p in pairs))
    baseline = update(tmp_path / "b.json", old, note="n")
    lines = describe(check(baseline, plant(old, "script.wrong", lambda p: True), MEASURES, slices=parts))
    "\n".join(lines).encode()
    assert not any("\x1b" in line for line in lines)


def test_the_section(tmp_path: Path) -> None:
    """Every row has a cell for each column, and every text that a cell leads to is there, marked on both sides."""
    ruling, texts = broken(tmp_path)
    found = section(ruling)
    assert "does not pass" in found.lead
    tables = [block for block in found.blocks if isinstance(block, Table)]
    assert ["alarms", "notices", "whole", "verdicts"] == [table.id.rsplit("-", 1)[1] for table in tables]
    assert len({table.id for table in tables}) == len(tables)
    for table in tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert all(name in texts for row in table.rows for cell in row for name in cell.texts)
    assert any(isinstance(block, Text) and block.tone == "bad" for block in found.blocks)
    shown = next(block for block in found.blocks if isinstance(block, Shown))
    passage = texts[shown.passages[0]]
    assert ["reference", "baseline", "model"] == [version.name for version in passage.versions]  # type: ignore[attr-defined]
    assert passage.versions[2].marks  # type: ignore[attr-defined]


def test_a_name_stands_for_one_system(tmp_path: Path) -> None:
    """A candidate that is called as its baseline, or as `baseline`, is no mistake."""
    old = replace(answers(), system="baseline")
    baseline = update(tmp_path / "b.json", old, note="n")
    new = change(old, lambda p: replace(p.output, target="x"))
    assert passages(baseline, new, check(baseline, new, MEASURES, slices=parts))


def test_figures(tmp_path: Path) -> None:
    """Every measure over all texts, then the alarms at their slices, each place and name once."""
    ruling, _ = broken(tmp_path)
    rows = measured(ruling)
    keys = [(row.place, row.figure.measure) for row in rows]
    assert len(set(keys)) == len(keys)
    terms = [row for row in rows if row.figure.measure == "regression.terms" and row.place.part == "美妆/护肤"]
    assert [True] == [(row.figure.value or 0) < 0 for row in terms]
