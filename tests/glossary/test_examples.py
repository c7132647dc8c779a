"""Examples of terms, on tables of a few lines and a converter of a few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.errors import DataError
from shopglot.glossary.examples import Example, Examples, is_examples, lint_examples, read_examples
from shopglot.glossary.rows import Row

HEADER = "source\tsentence\texpected\tnote\n"
TERMS = (
    Row(source="干发帽", target="乾髮帽", line=2),
    Row(source="衬衫", target="恤衫", line=3),
    Row(source="衬衫", target="襯衫", status="admitted", line=4),
    Row(source="衬衫", target="襯杉", status="forbidden", line=5),
    Row(source="高级感", target="高貴感", use="suggest", line=6),
)
WORDS = {"干发帽": "乾髮帽", "衬衫": "恤衫", "高级感": "高級感", "两件": "兩件", "新": "新新"}
GOOD = (
    Example(source="干发帽", sentence="干发帽两件", expected="乾髮帽兩件", note="", line=2),
    Example(source="衬衫", sentence="衬衫", expected="恤衫", note="", line=3),
    Example(source="高级感", sentence="衬衫高级感", expected="恤衫高級感", note="", line=4),
)


def convert(text: str) -> str:
    """Write a few words as a market does, and one of them differently every time."""
    for simplified, traditional in WORDS.items():
        text = text.replace(simplified, traditional)
    return text


def look(*rows: Example, path: Path, terms: tuple[Row, ...] = TERMS) -> list[tuple[int, str, str]]:
    """Return line, severity and id of what is wrong with examples that stand in a file."""
    path.write_text(HEADER, encoding="utf-8")
    found = lint_examples(
        Examples(path=path, rows=rows), terms, terms_path=path.with_name("terms.tsv"), convert=convert
    )
    return [(problem.line, problem.severity, problem.id) for problem in found]


def test_good_examples(tmp_path: Path) -> None:
    """What is converted as expected is no problem; of a suggestion the target is not demanded."""
    assert [] == look(*GOOD, path=tmp_path / "examples.tsv")


@pytest.mark.parametrize(
    ("source", "sentence", "expected", "ids"),
    [
        ("干发帽", "干发帽三件", "乾髮帽3件", ["example.differs"]),
        ("干发帽", "两件", "兩件", ["example.source", "example.target"]),
        ("干发帽", "白干发帽两件", "白乾髮帽两件", ["example.differs", "example.script"]),
        ("衬衫", "衬衫两件", "襯衫兩件", ["example.differs"]),  # admitted, but not what is written
        ("衬衫", "衬衫两件", "襯杉兩件", ["example.differs", "example.target"]),
        ("衬衫", "", "恤衫", ["cell.empty"]),
        ("衬衫", "白衬衫", " ", ["cell.empty"]),
        ("衬衫", "衬衫 ", "恤衫 ", ["text.spaces", "text.spaces"]),
        ("鞋", "鞋", "鞋", ["example.unknown"]),
        ("", "鞋", "鞋", ["example.unknown"]),
        ("衬衫", "新衬衫", "新新恤衫", ["example.unstable"]),
    ],
)
def test_bad_examples(tmp_path: Path, source: str, sentence: str, expected: str, ids: list[str]) -> None:
    """Each way in which an example may be wrong has its id."""
    example = Example(source=source, sentence=sentence, expected=expected, note="", line=9)
    assert ids == [check for line, _, check in look(*GOOD, example, path=tmp_path / "examples.tsv") if line == 9]


def test_terms_without_examples(tmp_path: Path) -> None:
    """Each source that no sentence shows is named once, at its first row, as a warning."""
    assert [(2, "warning", "example.missing"), (6, "warning", "example.missing")] == look(
        GOOD[1], path=tmp_path / "examples.tsv"
    )


def test_no_file(tmp_path: Path) -> None:
    """A table without a file of examples is told once, and an empty table needs none."""
    path = tmp_path / "examples.tsv"
    for terms, expected in ((TERMS, [(1, "example.missing")]), ((), [])):
        found = lint_examples(read_examples(path), terms, terms_path=tmp_path / "terms.tsv", convert=convert)
        assert expected == [(problem.line, problem.id) for problem in found]


def test_duplicates_and_broken_lines(tmp_path: Path) -> None:
    """A sentence that is there twice and a line with a tab too many are told with their lines."""
    path = tmp_path / "examples.tsv"
    path.write_text(HEADER + "衬衫\t衬衫\t恤衫\t\r\n衬衫\t衬衫\t恤衫\tagain\n衬衫\t衬衫\n", encoding="utf-8")
    found = lint_examples(read_examples(path), TERMS[1:4], terms_path=tmp_path / "terms.tsv", convert=convert)
    assert [(3, "example.duplicate", "衬衫"), (4, "example.columns", "")] == [
        (problem.line, problem.id, problem.source) for problem in found
    ]


@pytest.mark.parametrize("content", [b"", b"source\ttarget\n", b"source\tsentence\texpected\tnote\n\xff\n"])
def test_unreadable(tmp_path: Path, content: bytes) -> None:
    """Another header, none, and what is not UTF-8 are refused with the file's name."""
    path = tmp_path / "examples.tsv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"examples\.tsv:"):
        read_examples(path)


def test_name() -> None:
    """Examples are known by the name of their file."""
    assert [True, False] == [is_examples(Path(name)) for name in ("hk/examples.tsv", "hk/terms.tsv")]
