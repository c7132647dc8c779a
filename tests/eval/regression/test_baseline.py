"""Baselines: what is written comes back, a note is needed, and what is no baseline is refused at its place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.eval.regression.conftest import answers, finding

from shopglot.errors import DataError, UsageError
from shopglot_eval.records import Answers, Example, Output, Pair
from shopglot_eval.regression import answers_of, path_of, read, update
from shopglot_eval.regression.baseline import join

TARGETS = (
    "",
    "plain",
    "<b>&amp;</b>",
    "\ud800 lone",
    "a\u2028b\x00\x1b[31m",
    "👩‍👩‍👧 繁體简体",
    '"\\\n',
    "長" * 100_000,
)


def odd() -> Answers:
    """Return answers whose texts are all that a text may be."""
    pairs = [
        Pair(
            example=Example(id=f"id {number}", market="hk", source=f"源\ud83d {target[:9]}"),
            output=Output(
                id=f"id {number}", target=target, origin="human" if number else "machine", reasons=("score.low",),
                findings=(replace(finding("omission", side="source"), end=1), finding("number.changed")),
                score=1 / 3 if number % 2 else None, verdict="review", tokens=number, attempts=2,
            ),
        )
        for number, target in enumerate(TARGETS)
    ]  # fmt: skip
    return Answers(suite="odd", market="hk", system="a/b 模型", pairs=tuple(pairs), about={"revision": "r"})


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    """Every output comes back, scores to six digits, findings with their words read off the texts."""
    made = update(tmp_path / "b.json", odd(), note="  why\n it is good ", made={"by": "Ada"})
    back = read(tmp_path / "b.json")
    assert back.note == "why it is good"
    assert (back.made, back.about, back.digest) == ({"by": "Ada"}, {"revision": "r"}, made.digest)
    for (before, _), pair in zip(join(back, odd()), odd().pairs, strict=True):
        assert before.example == pair.example
        assert before.output.target == pair.output.target
        assert (before.output.origin, before.output.reasons, before.output.verdict) == (
            pair.output.origin, ("score.low",), "review",
        )  # fmt: skip
        assert (before.output.tokens, before.output.attempts) == (pair.output.tokens, 2)
        assert before.output.score == (None if pair.output.score is None else pytest.approx(1 / 3, abs=1e-6))
        assert ["omission", "number.changed"] == [one.check for one in before.output.findings]
        assert before.output.findings[0].text == pair.example.source[:1]
        assert before.output.findings[1].text == pair.output.target[:2]


def test_the_same_answers_make_the_same_bytes(tmp_path: Path) -> None:
    """An output stands on one line, whatever is in it, and nothing depends on the day."""
    update(tmp_path / "a.json", odd(), note="n")
    update(tmp_path / "b.json", odd(), note="n")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "b.json").read_text(encoding="utf-8")
    assert len(TARGETS) == sum(line.startswith("    {") for line in text.split("\n"))
    assert {"a.json", "b.json"} == {path.name for path in tmp_path.iterdir()}


def test_an_update_keeps_the_notes(tmp_path: Path) -> None:
    """The notes of earlier baselines stay, the latest first."""
    path = tmp_path / "deep" / "b.json"
    for note in ("one", "two", "three"):
        update(path, answers(), note=note)
    assert ("three", ("two", "one")) == (read(path).note, read(path).history)


@pytest.mark.parametrize("note", ["", "  \n\t"])
def test_an_update_needs_a_note(tmp_path: Path, note: str) -> None:
    """Without a word nothing is written."""
    with pytest.raises(UsageError, match="needs a note"):
        update(tmp_path / "b.json", answers(), note=note)
    assert not list(tmp_path.iterdir())


def test_an_update_of_another_systems_baseline_is_refused(tmp_path: Path) -> None:
    """A file is one system's; nothing is written over by mistake, nor what is no baseline at all."""
    path = tmp_path / "b.json"
    update(path, answers(), note="n")
    with pytest.raises(UsageError, match=r"b.json: is the baseline of shop, us, model"):
        update(path, answers(system="other"), note="n")
    path.write_text("[]")
    with pytest.raises(DataError, match="an object is needed"):
        update(path, answers(), note="n")
    with pytest.raises(UsageError, match="no answers"):
        update(tmp_path / "c.json", replace(answers(), pairs=()), note="n")
    with pytest.raises(UsageError, match="cannot be written"):
        update(path / "c.json", answers(), note="n")


def test_names_of_files() -> None:
    """A system's name may be a path or Chinese; its file stays in the folder."""
    folder = Path("eval/baselines")
    assert path_of(folder, answers()) == folder / "shop.us.model.json"
    assert path_of(folder, answers(system="../../etc/x")) == folder / "shop.us.etc-x.json"
    names = [path_of(folder, answers(system=name)).name for name in ("模型", "模型二", "长" * 300)]
    assert len(set(names)) == 3
    assert all(len(name) < 200 and name.isascii() for name in names)


def test_a_baseline_is_a_system_like_others(tmp_path: Path) -> None:
    """It can stand beside what it is compared with."""
    baseline = update(tmp_path / "b.json", answers(), note="n")
    there = answers_of(baseline, answers())
    assert there.system == "baseline"
    assert [pair.output.target for pair in there.pairs] == [pair.output.target for pair in answers().pairs]


def spoil(row: dict[str, Any]) -> dict[str, Any]:
    """Return a whole baseline with one output."""
    head = {"format": 1, "suite": "s", "market": "us", "system": "m", "digest": "d", "note": "n"}
    return {**head, "outputs": [{"id": "1", "target": "t", **row}]}


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("{", "this is no baseline"),
        ("[" * 100_000, "this is no baseline"),
        ({"format": 9}, "format 9 is not 1"),
        ({**spoil({}), "note": ""}, "note: a text"),
        ({**spoil({}), "outputs": 3}, "outputs: a list"),
        ({**spoil({}), "outputs": [3]}, r"outputs\[0\]: an object"),
        ({**spoil({}), "outputs": spoil({})["outputs"] * 2}, "an id stands there twice"),
        ({**spoil({}), "history": [1]}, "history"),
        ({**spoil({}), "about": []}, "about: an object"),
        (spoil({"target": None}), r"outputs\[0\]: target: a text"),
        (spoil({"score": True}), "score: True is of the wrong kind"),
        (spoil({"score": 1.5}), "score: 1.5 is not within"),
        (spoil({"verdict": "fine"}), "verdict: 'fine'"),
        (spoil({"origin": "heaven"}), "origin: 'heaven'"),
        (spoil({"reasons": [1]}), "reasons"),
        (spoil({"findings": {}}), "findings: a list"),
        (spoil({"findings": [["a"]]}), r"findings\[0\]: \[check, severity"),
        (spoil({"findings": [["a", "bad", "target", 0, 1]]}), "check, severity or side"),
        (spoil({"findings": [["a", "error", "target", 2, 1]]}), "no span"),
        (spoil({"tokens": -1}), "tokens: a whole number"),
    ],
)
def test_what_is_no_baseline(tmp_path: Path, data: object, word: str) -> None:
    """The error names the file, the place and the field."""
    path = tmp_path / "b.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError, match=rf"b\.json: .*{word}"):
        read(path)


def test_no_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    """The first run has none."""
    with pytest.raises(UsageError, match=r"none.json: there is no baseline .*--update-baseline NOTE"):
        read(tmp_path / "none.json")


def test_a_baseline_that_lacks_a_text_is_refused(tmp_path: Path) -> None:
    """The digest agrees, a line was taken out by hand."""
    baseline = update(tmp_path / "b.json", answers(), note="n")
    with pytest.raises(DataError, match="lacks 0-0"):
        join(replace(baseline, outputs=baseline.outputs[1:]), answers())
