"""Outputs of outside systems, and answers in files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shopglot.errors import DataError, UsageError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot_eval import suites
from shopglot_eval.records import Answers, Example, Output, Pair, Suite
from shopglot_eval.systems import outside, read_outputs, systems_in, translate, write_outputs

Write = Callable[[str, str], Path]
TARGETS = ["PROYA Sheet Mask, 5 Sheets, 250 ml", "<p>Light.</p>", "记忆棉枕头 pillow", "\ud800"]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the test's folder."""

    def to(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return to


def checks(output: Output) -> set[str]:
    """Return what was found in an output."""
    return {finding.check for finding in output.findings}


def targets(answers: Answers) -> list[str]:
    """Return the texts in order."""
    return [pair.output.target for pair in answers.pairs]


def test_lines(suite: Suite, write: Write) -> None:
    """A text a line: findings are those of checks and rules on the whole text, as of one that a person wrote."""
    path = write("sys-A.txt", "PROYA Mask 250 ml\n<p>Light.</p>\n记忆棉枕头 pillow\n\n")
    answers = read_outputs(path, suite, "us")
    assert ["PROYA Mask 250 ml", "<p>Light.</p>", "记忆棉枕头 pillow", ""] == targets(answers)
    assert ("sys-A", "small", "us") == (answers.system, answers.suite, answers.market)
    first, second, third, empty = (pair.output for pair in answers.pairs)
    assert "number.changed" in checks(first)  # 5片 is gone
    assert "markup.broken" in checks(second)
    assert "script.leak" in checks(third)
    assert "script.wrong" in checks(empty)
    for pair in answers.pairs:
        own = pair.output
        assert ("outside", None, None, None) == (own.origin, own.score, own.signature, own.verdict)
    for pair in answers.pairs:
        wholes = {"source": pair.example.source, "target": pair.output.target}
        for finding in pair.output.findings:
            assert finding.text in ("", wholes[finding.side][finding.start : finding.end])


def test_nothing_is_rewritten(suite: Suite, write: Write) -> None:
    """A text stays as it was written, even where a rule has other words for the machine's texts."""
    path = write("a", "x\nx\nx\nFree shipping\n")
    assert "Free shipping" == targets(read_outputs(path, suite, "us"))[3]


def test_score_where_asked(suite: Suite, write: Write) -> None:
    """The score is that of the variant without a model; no gate of the machine's scores speaks of it."""
    path = write("a", "PROYA Sheet Mask, 5 Sheets, 250 ml\nx\nMemory foam pillow\nx\n")
    outputs = [pair.output for pair in read_outputs(path, suite, "us", score=True).pairs]
    estimator = load_localizer("us", model="fake").estimator
    assert {estimator.signature()} == {output.signature for output in outputs}
    assert all(output.score is not None and 0 <= output.score < 1 for output in outputs)
    assert {"review"} == {output.verdict for output in outputs} - {"reject"}
    assert all("gate.uncalibrated" in output.reasons for output in outputs)


@pytest.mark.parametrize("suffix", ["tsv", "csv", "jsonl"])
def test_tables_by_id(suffix: str, suite: Suite, write: Write) -> None:
    """Rows are found by id, in any order, among others, and rows of another market are none of this one's."""
    rows = [
        ("e3", "us", "d"),
        ("e1", "us", "b"),
        ("zz", "us", "?"),
        ("e0", "us", "a"),
        ("e2", "us", "c"),
        ("e2", "hk", "x"),
    ]
    if suffix == "jsonl":
        content = "\n".join(json.dumps({"id": name, "market": market, "target": text}) for name, market, text in rows)
    else:
        mark = "\t" if suffix == "tsv" else ","
        content = "\n".join(map(mark.join, [("id", "market", "target"), *rows]))
    assert list("abcd") == targets(read_outputs(write(f"t.{suffix}", content), suite, "us"))


def test_column_of_a_table(suite: Suite, write: Write) -> None:
    """`FILE:COLUMN` is one system of several; without ids the order counts."""
    path = write("t.tsv", "domain\tA\tB:2\nx\ta\t1\nx\tb\t2\nx\tc\t3\nx\td\t4\n")
    assert ["A", "B:2"] == systems_in(path)
    answers = read_outputs(f"{path}:A", suite, "us")
    assert ("A", list("abcd")) == (answers.system, targets(answers))
    assert "own" == read_outputs(f"{path}:A", suite, "us", name="own").system
    with pytest.raises(DataError, match=r"t\.tsv:2: there is no column 'target'; there are A, B:2"):
        read_outputs(path, suite, "us")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "1\n2\n3\n", "3 texts, but the suite has 4 and there are no ids"),
        ("a.txt", "", "0 texts, but the suite has 4"),
        ("a.tsv", "target\n1\n2\n3\n", "3 texts, but the suite has 4"),
        ("a.tsv", "idx\ttarget\ne0\ta\ne1\tb\n", "2 of 4 texts have no answer, the first is 'e2'"),
        ("a.tsv", "id\ttarget\ne0\ta\ne0\tb\n", r"a\.tsv:3: column 'id' has 'e0' a second time"),
        ("a.jsonl", '{"id": "e0", "target": 3.5}\n', r"a\.jsonl:1: field 'target' must be a text"),
        ("a.jsonl", '{"id": "e0"}\n', r"a\.jsonl:1: there is no column 'target'"),
    ],
)
def test_what_is_wrong_with_outputs(name: str, content: str, message: str, suite: Suite, write: Write) -> None:
    """What does not fit the suite is told with file, line and column."""
    with pytest.raises(DataError, match=message):
        read_outputs(write(name, content), suite, "us")


def test_absent(suite: Suite, write: Write, tmp_path: Path) -> None:
    """A file or a market that is not there is told."""
    with pytest.raises(UsageError, match="gone: no such file"):
        read_outputs(tmp_path / "gone", suite, "us")
    with pytest.raises(UsageError, match="no text in market 'mo'"):
        read_outputs(write("a", ""), suite, "mo")


def test_kept_is_not_judged_again(suite: Suite, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder the findings are kept, until a text changes."""
    path = write("a", "1\n2\n3\n4\n")
    first = read_outputs(path, suite, "us", store=tmp_path / "kept")
    judged: list[str] = []
    real = outside.judge

    def judge(example: Example, target: str, localizer: Localizer, *, score: bool = False) -> Output:
        judged.append(target)
        return real(example, target, localizer, score=score)

    monkeypatch.setattr(outside, "judge", judge)
    assert first == read_outputs(path, suite, "us", store=tmp_path / "kept")
    assert [] == judged
    path.write_text("1\n2\n3\n5\n", encoding="utf-8")
    assert "5" == targets(read_outputs(path, suite, "us", store=tmp_path / "kept"))[3]
    assert ["1", "2", "3", "5"] == judged


@pytest.mark.parametrize("market", ["us", "hk"])
def test_answers_come_back_whole(market: str, suite: Suite, tmp_path: Path) -> None:
    """What was written is read back equal: findings, scores, verdicts, reasons, odd texts, seconds and memory."""
    made = translate(suite, market, load_localizer(market, model="fake"), name="x")
    odd = [Pair(example=pair.example, output=replace(pair.output, target=text))
           for pair, text in zip(made.pairs, TARGETS, strict=True)]  # fmt: skip
    answers = replace(made, pairs=tuple(odd))
    assert any(pair.output.findings for pair in answers.pairs)
    write_outputs(tmp_path / "deep" / "a.jsonl", answers)
    assert answers == read_outputs(tmp_path / "deep" / "a.jsonl", suite, market)
    assert "y" == read_outputs(tmp_path / "deep" / "a.jsonl", suite, market, name="y").system


def test_kept_answers_that_do_not_fit(suite: Suite, tmp_path: Path) -> None:
    """Another market, another text, a text too few, another format and a broken line are told, not taken."""
    path = tmp_path / "a.jsonl"
    made = translate(suite, "us", load_localizer("us", model="fake"))
    write_outputs(path, made)
    with pytest.raises(DataError, match=r"a\.jsonl:1: answers for market 'us', not for 'hk'"):
        read_outputs(path, suite, "hk")
    first, *rest = suite.examples
    with pytest.raises(DataError, match="the source of 'e0' is another one"):
        read_outputs(path, replace(suite, examples=(replace(first, source="?"), *rest)), "us")
    with pytest.raises(DataError, match="no answer to 'new'"):
        read_outputs(path, replace(suite, examples=(replace(first, id="new"), *rest)), "us")
    part = replace(suite, examples=(first,))
    assert made.pairs[:1] == read_outputs(path, part, "us").pairs
    lines = path.read_text().splitlines()
    for broken, message in (
        ([lines[0].replace('"shopglot_answers":1', '"shopglot_answers":9'), *lines[1:]], r":1: no answers of format 1"),
        ([*lines[:2], lines[2][:40]], r":3: no JSON"),
        ([*lines[:2], "[]"], r":3: a JSON object is needed"),
        ([*lines[:2], '{"id": "e1"}'], r":3: no answer \(KeyError"),
        ([*lines[:2], lines[2].replace('"verdict":"', '"verdict":"un')], r":3: no answer \(ValueError"),
    ):
        path.write_text("\n".join(broken))
        with pytest.raises(DataError, match=message):
            read_outputs(path, suite, "us")


@pytest.mark.shared
def test_systems_of_wmt22(shared: Path) -> None:
    """The twelve systems of WMT22 by their columns, each text beside its own source."""
    suite = suites.read("wmt22-ecommerce", shared=shared, limit=3)
    table = shared / "wmt22-zh-en" / "dev.systems.tsv"
    assert 12 == len(systems_in(table))
    answers = read_outputs(f"{table}:Online-B", suite, "us")
    assert [one.id for one in suite.examples] == [pair.output.id for pair in answers.pairs]
    lines = [line.split("\t") for line in table.read_text(encoding="utf-8").split("\n")]
    by_id = {cells[0]: cells[lines[0].index("Online-B")] for cells in lines[1:] if cells[0]}
    assert [by_id[one.id] for one in suite.examples] == targets(answers)
