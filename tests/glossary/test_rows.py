"""Tables read without judging, and written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.errors import DataError, WorkError
from shopglot.glossary.rows import Row, format_table, parse_delimited, read_table, write_whole
from shopglot.termbase import COLUMNS

HEADER = "\t".join(COLUMNS)


def test_read_terms(tmp_path: Path) -> None:
    """Rows have their lines; a line with a missing tab is told apart; line ends and a byte order mark do not matter."""
    path = tmp_path / "terms.tsv"
    path.write_bytes(
        f"\ufeff{HEADER}\r\n面膜\tmask\tpreferred\tenforce\t\t\tnoun\t\r\nbroken\n".encode()
    )  # fmt: skip
    table = read_table(path)
    assert (Row(source="面膜", target="mask", pos="noun"),) == table.rows
    assert (2,) == tuple(row.line for row in table.rows)
    assert ((3, 1),) == table.broken


def test_read_brands(tmp_path: Path) -> None:
    """A brand table is known by its header; empty forms are none."""
    path = tmp_path / "brands.tsv"
    path.write_text("source\tus\thk\tmo\ttw\tnote\n韩束\tKANS\t韓束\t\t韓束\tskincare\n", encoding="utf-8")
    (brand,) = read_table(path).brands
    assert {"us": "KANS", "hk": "韓束", "tw": "韓束"} == brand.forms


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "terms.tsv:1: the header must be source target"),
        (b"source,target\n", "terms.tsv:1: the header must be"),
        (HEADER.encode() + b"\n\xff\n", "terms.tsv:2: not UTF-8"),
    ],
)
def test_unreadable(tmp_path: Path, content: bytes, message: str) -> None:
    """The message names file and line."""
    path = tmp_path / "terms.tsv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_table(path)


def test_missing(tmp_path: Path) -> None:
    """A file that is not there is a usage error that names it."""
    with pytest.raises(DataError, match=r"none\.tsv: No such file"):
        read_table(tmp_path / "none.tsv")


def test_written_whole(tmp_path: Path) -> None:
    """Writing keeps the rights of the file and leaves nothing else behind, also where it fails."""
    path = tmp_path / "terms.tsv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert (b"new", 0o640) == (path.read_bytes(), path.stat().st_mode & 0o777)
    with pytest.raises(WorkError, match="cannot be written"):
        write_whole(tmp_path / "no" / "terms.tsv", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WorkError, match="cannot be written"):
        write_whole(tmp_path / "folder", b"")
    assert {"terms.tsv", "folder"} == {entry.name for entry in tmp_path.iterdir()}


def test_cells_that_no_table_holds() -> None:
    """A tab or line break is refused, not written as two cells."""
    with pytest.raises(WorkError, match="'面膜': note has a tab"):
        format_table([Row(source="面膜", target="mask", note="a\tb")])


def test_broken_quotes(tmp_path: Path) -> None:
    """A quote that is not closed names its line."""
    with pytest.raises(DataError, match=r"x\.csv:2: not CSV"):
        parse_delimited(tmp_path / "x.csv", 'a,b\n"c,d\n', ",")
