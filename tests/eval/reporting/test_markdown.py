"""The report as Markdown: read as GitHub's readers read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shopglot_eval.reporting import markdown, texts
from shopglot_eval.reporting.document import Cell, Column, Document, Section, Table, Text
from shopglot_eval.reporting.markdown import as_markdown, escape


def parsed(text: str) -> list[Any]:
    """Return the tokens of a text: CommonMark with tables, HTML allowed as GitHub allows it."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)


def html_of(text: str) -> set[str]:
    """Return every piece of HTML in a text."""
    found = set()
    for token in parsed(text):
        if token.type == "html_block":
            found |= set(token.content.split("\n"))
        found |= {child.content for child in token.children or [] if child.type == "html_inline"}
    return found


def words(text: str) -> str:
    """Return what a reader reads of a text, a line for each block."""
    return "\n".join(
        "".join(child.content for child in token.children if child.type in {"text", "code_inline", "text_special"})
        for token in parsed(text) if token.type == "inline"
    )  # fmt: skip


def test_nothing_is_taken_for_markup(document: Document) -> None:
    """The only HTML is ours; hostile texts stand there as they are, in one line or cell each."""
    made = as_markdown(document)
    made.encode("utf-8")
    ours = {"<sub>", "</sub>", "<ins>", "</ins>", "</details>", ""}
    assert {one for one in html_of(made) - ours if not one.startswith("<details><summary>")} == set()
    assert "<script>" not in made.split("<summary>How this was made")[0]
    assert "<script>alert(1)</script>" in words(made)
    tables = [token for token in parsed(made) if token.type == "table_open"]
    assert len(tables) == 6  # two tables, four plots of few points


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("54.1%", "54.1%"), ("a|b", "a\\|b"), ("-22.47 (-1 to 2)", "-22.47 (-1 to 2)"),
        ("#12 and GH-3", "&#35;12 and GH&#45;3"), ("$x$", "&#36;x&#36;"),
        ("@me", "&#64;me"), ("a\nb\r\n c", "a b c"), ("`", "\\`"), ("", ""), ("x" * 400, "x" * 300 + "…"),
        ("- a", "- a"), ("&lt;", "&amp;lt;"),
    ],
)  # fmt: skip
def test_escape(text: str, expected: str) -> None:
    """What GitHub would make a link, a mention, a formula or markup of stays what it is."""
    assert expected == escape(text)


@pytest.mark.parametrize("text", ["- a", "1. a", "# a", "= a", "+ a", "* a", "> a", "| a |", "12) a"])
def test_a_line_begins_nothing(text: str) -> None:
    """At the beginning of a line nothing begins a list, a heading or a table."""
    assert [token.type for token in parsed(escape(text, begins=True))] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    section = Section(id="s", title="s", lead=text, blocks=(Text(text=text),))
    made = as_markdown(Document(kind="nightly", title="t", summary=(), sections=(section,)))
    assert words(made).split("\n")[2:] == [text, text]


@given(st.text(st.characters(), max_size=60))
def test_every_text_is_read_in_a_cell(text: str) -> None:
    """Whatever stands in a cell is read there, blanks as one, and the table stays a table."""
    table = Table(
        id="t", title="", columns=(Column(title="a"), Column(title="b")), rows=((Cell(text=text), Cell(text="z")),)
    )
    section = Section(id="s", title="s", blocks=(table,))
    made = as_markdown(Document(kind="nightly", title="t", summary=(), sections=(section,)))
    rows = words(made).split("\n")
    assert len(rows) == 6
    assert rows[5] == "z"
    assert rows[4] == texts.visible(markdown._BLANK.sub(" ", text)).strip()


def test_what_is_read(document: Document) -> None:
    """Signs for tones, code, intervals, plots in a sentence, marks, and what it was made from."""
    made = as_markdown(document)
    for text in (
        "✓ `base` keeps numbers.", "✗ Terms fell.", "| slice 2 | 54.50 <sub>40.00 to 47.00</sub> | ✗ 92.0% |",
        "**Coverage and risk**: It rises. A `note`.", "<details><summary>Numbers of this plot</summary>",
        "<details><summary>slices (40 rows)</summary>", "<details><summary>Differ most (9)</summary>",
        "Down jacket <ins>🧥</ins> <ins>no.</ins> 2", "**None of them**: none.", "- people (reference): Down",
        '"seconds": 12.5', "  - plain: *empty*",
    ):  # fmt: skip
        assert text in made


def test_there_is_room(document: Document) -> None:
    """What a comment has no room for is left out where it is longest, and it is said where."""
    section = document.sections[1]
    table = section.blocks[0]
    assert isinstance(table, Table)
    long = replace(table, rows=table.rows * 200)
    made = as_markdown(replace(document, sections=(document.sections[0], replace(section, blocks=(long,)))))
    assert len(made) < markdown.ROOM + 1_000
    assert "**slices**: 8000 rows, left out here for want of room" in made
    assert "| slice 3 |" in made
    assert "How this was made" in made
    many = replace(document, summary=(Text(text="A line of the summary."),) * 10_000)
    made = as_markdown(many)
    assert len(made) < markdown.ROOM + 1_000
    assert made.endswith("*What follows has no room here; the HTML of this report has it.*\n")


def test_huge_texts_are_cut(document: Document) -> None:
    """100 kB of a passage leave a report that can be read; marks within what is shown stay."""
    passages = {
        key: replace(
            one, source="枕" * 100_000,
            versions=tuple(replace(own, text="頭" * 100_000, marks=((5, 7, "bad"),)) for own in one.versions),
        )
        for key, one in document.passages.items()
    }  # fmt: skip
    made = as_markdown(replace(document, passages=passages), room=10**6)
    assert f"頭<ins>頭頭</ins>{'頭' * (markdown.PASSAGE - 7)}…\n" in made
    assert len(made) < 80_000
