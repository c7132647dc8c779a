"""CSV and TSV: what is written is read again, and a spreadsheet is not made to calculate."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError
from shopglot.glossary.rows import Row
from shopglot.glossary.sheet import read_csv, read_tsv, write_csv, write_tsv

cell = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\x85"))
full = cell.filter(bool)
rows = st.builds(
    Row,
    source=full,
    target=full,
    status=st.sampled_from(["preferred", "admitted", "forbidden"]),
    use=st.sampled_from(["enforce", "suggest", "keep"]),
    category=cell,
    field=cell,
    pos=cell,
    note=cell,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=6), st.booleans())
def test_csv_round_trip(written: list[Row], mark: bool) -> None:
    """Every row comes back from CSV as it was, formulas, quotes, commas and all."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(write_csv(written, mark=mark))
        assert written == read_csv(path, status="preferred", use="enforce")


@settings(max_examples=50, deadline=None)
@given(st.lists(rows, max_size=6))
def test_tsv_round_trip(written: list[Row]) -> None:
    """Every row comes back from a table as it was."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.tsv"
        path.write_bytes(write_tsv(written))
        assert written == read_tsv(path, status="preferred", use="enforce")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", "\t=1", "'=1", "＝1"])
def test_formulas(tmp_path: Path, text: str) -> None:
    """No cell begins as a formula does, and it is read back as it was."""
    path = tmp_path / "x.csv"
    path.write_bytes(write_csv([Row(source="面膜", target=text)]))
    assert f"面膜,'{text}," in path.read_text(encoding="utf-8")
    assert [text] == [row.target for row in read_csv(path, status="preferred", use="enforce")]


@pytest.mark.parametrize("content", ["source;target\n面膜;mask\n", "\ufeffTarget,SOURCE\r\nmask,面膜\r\n\r\n",
                                     "source\ttarget\n面膜\tmask"])  # fmt: skip
def test_what_spreadsheets_save(tmp_path: Path, content: str) -> None:
    """Separators, a byte order mark, other cases and orders of columns and missing columns are understood."""
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8", newline="")
    assert [Row(source="面膜", target="mask", status="admitted", use="")] == read_csv(path, status="admitted", use="")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"x\.csv:1: the header must have source and target"),
        ("source,target,statsu\n", r"x\.csv:1: .*unknown: statsu"),
        ("source,note\n", r"x\.csv:1: .*missing: target"),
        ("source,target,target\n", r"x\.csv:1: .*twice"),
        ("source,target\na,b,c\n", r"x\.csv:2: 3 columns, the header has 2"),
        ('source,target\n"a,b\n', r"x\.csv:2: not CSV"),
    ],
)
def test_wrong(tmp_path: Path, content: str, message: str) -> None:
    """The message names the line and the column."""
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_csv(path, status="preferred", use="enforce")
