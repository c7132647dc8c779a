"""CSV and TSV in our own columns."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from shopglot import catalog
from shopglot.catalog.reasons import MAX_LINE_BYTES
from shopglot.catalog.tabular import Table, count, read
from shopglot.errors import CatalogError
from shopglot.types import BrokenLine, Listing


def items(text: str | bytes, delimiter: str = ",") -> list[Listing | BrokenLine]:
    """Return what a table gives."""
    data = text.encode("utf-8") if isinstance(text, str) else text
    result = list(read(io.BytesIO(data), delimiter=delimiter, name="t.csv"))
    assert len(result) == count(io.BytesIO(data), delimiter=delimiter, name="t.csv")
    return result


def outcomes(text: str | bytes) -> list[tuple[int, str]]:
    """Return the line with the id or the reason of each item."""
    return [(item.line, getattr(item, "reason", item.id)) for item in items(text)]


def document(columns: str, *cells: str) -> dict[str, Any]:
    """Return the document of one record."""
    out = io.StringIO()
    csv.writer(out).writerows([["id", *columns.split()], ["1", *cells]])
    (item,) = items(out.getvalue())
    assert isinstance(item, Listing), item
    return dict(item.document)


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("title subtitle note", ["甲", "", "a\nb"], {"fields": {"title": "甲", "note": "a\nb"}}),
        ("description", ['<p class="a">,</p>'], {"fields": {"description": '<p class="a">,</p>'}}),
        ("merchant brand category", ["店", "牌", ""], {"merchant": "店", "brand": "牌", "fields": {}}),
        ("markets", ["us| hk |"], {"markets": ["us", "hk"], "fields": {}}),
        ("bullets", ['["a", null]'], {"fields": {"bullets": ["a", None]}}),
        ("bullets", ["甲\r\n\r\n 乙 "], {"fields": {"bullets": ["甲", "乙"]}}),
        ("bullets", ["[新品] 甲\n[3件] 乙"], {"fields": {"bullets": ["[新品] 甲", "[3件] 乙"]}}),
        ("hashtags", ["#a　#b\n#c"], {"fields": {"hashtags": ["#a", "#b", "#c"]}}),
        ("hashtags", ['["#a b"]'], {"fields": {"hashtags": ["#a b"]}}),
        ("attributes", ['{"色": 1}'], {"fields": {"attributes": {"色": 1}}}),
        ("attribute:a attribute:b", ["x", ""], {"fields": {"attributes": {"a": "x"}}}),
        ("attributes attribute:b", ['{"a": "x"}', "y"], {"fields": {"attributes": {"a": "x", "b": "y"}}}),
        ("variants images", ['[{"sku": "A"}]', "[]"], {"fields": {"variants": [{"sku": "A"}], "images": []}}),
        ("size_chart", ['[["M", 1]]'], {"fields": {"size_chart": [["M", 1]]}}),
        ("price.amount", ["89.00"], {"price": {"amount": "89.00"}, "fields": {}}),
        ("stock", ["12"], {"stock": 12, "fields": {}}),
        ("stock", ["012"], {"stock": "012", "fields": {}}),
        ("Season url", ["夏", "x.jpg"], {"Season": "夏", "url": "x.jpg", "fields": {}}),
        ("fields markets", ['{"title": "甲"}', "hk"], {"fields": {"title": "甲"}, "markets": ["hk"]}),
        ("title extra.json", ["甲", '{"fields": {"note": ""}}'], {"fields": {"title": "甲", "note": ""}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_columns(columns: str, cells: list[str], expected: dict[str, Any]) -> None:
    """Each of our columns becomes its part of the listing, others pass through, empty cells are absent."""
    assert {"id": "1", **expected} == document(columns, *cells)


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ("1,2", "columns.count", ""),
        ("1,2,3,4", "columns.count", ""),
        ("", "line.empty", ""),
        (",,", "line.empty", ""),
        (",x,", "id.missing", "/id"),
        ("1,x,{bad", "cell.json", "/fields/attributes"),
        ("1,x,[1]", "field.type", "/fields/attributes"),
        ('1,x,"{""a"": 1, ""a"": 2}"', "json.duplicate-key", "/fields/attributes"),
        ('1,"x"y,', "csv.invalid", ""),
        ('1,"x,', "csv.invalid", ""),
        ("1,\x00,", "text.control", "/fields/title"),
        (b"1,\xc3(,", "encoding.invalid", ""),
        ("1," + "x" * 100_001 + ",", "field.too-long", "/fields/title"),
        ('1,,"' + "x" * MAX_LINE_BYTES + '"', "line.too-long", ""),
    ],
    ids=lambda value: str(value)[:20],
)
def test_broken_records(row: str | bytes, reason: str, field: str) -> None:
    """A bad record costs itself, is placed in the file, and leaves its neighbours alone."""
    data = row if isinstance(row, bytes) else row.encode("utf-8")
    first, bad, last = items(b'id,title,attributes\n0,"a\nb",\n' + data + b"\n2,x,\n")
    assert isinstance(bad, BrokenLine)
    assert (2, reason, field) == (bad.line, bad.reason, bad.field)
    assert bad.message.startswith("Line 4 of the file: ")
    assert bad.message_zh.startswith("文件第 4 行：")
    assert ("0", "2", 3) == (first.id, last.id, last.line)


def test_broken_record_names_what_it_can() -> None:
    """The merchant and id of a broken record are given where they can be read."""
    (item,) = items("merchant,id,title\n店,a1\n")
    assert ("店", "a1") == (item.merchant, item.id)


def test_cell_message_names_the_column() -> None:
    """The message for a cell that is no JSON names its column."""
    (item,) = items("id,images\n1,{\n")
    assert "images" in getattr(item, "message", "")


def test_unclosed_quote_costs_one_line() -> None:
    """The lines that an unclosed quote would swallow are read again on their own."""
    rows = "".join(f"{number},x\n" for number in range(2, 2_000))
    expected = [(1, "csv.invalid"), *((number, str(number)) for number in range(2, 2_000))]
    assert expected == outcomes('id,title\n1,"x\n' + rows)


def test_two_unclosed_quotes() -> None:
    """A quote that closes the wrong cell is an error as well, not a merged record."""
    assert [(1, "csv.invalid"), (2, "2"), (3, "csv.invalid"), (4, "4")] == outcomes('id,title\n1,"a\n2,b\n3,"c\n4,d\n')


def test_long_cells_leave_the_process_alone() -> None:
    """Cells beyond the csv module's limit are read, and the limit of the process stays as it was."""
    before = csv.field_size_limit()
    value = {"x" * 50_000: "y" * 90_000}
    text = str(value).replace("'", '""')
    (item,) = items(f'id,attributes\n1,"{text}"\n')
    assert isinstance(item, Listing), item
    assert {"attributes": value} == item.document["fields"]
    assert before == csv.field_size_limit()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no header"),
        (b"\nid\n", "no header"),
        (b"name,title\n1,2\n", "no column `id`"),
        (b"id,title,title\n", "`title` occurs twice"),
        ("编号,标题\n".encode("gb18030"), "UTF-8"),
        ('id,"title\n1,2\n', "line 1"),
        ("id,title\n".encode("utf-16"), "UTF-8"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bad_header(data: bytes | str, words: str) -> None:
    """A table without a usable header is no catalog; the message names file, line and what is wrong."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8")
    with pytest.raises(CatalogError, match=r"^t\.csv: line 1: ") as caught:
        Table(io.BytesIO(raw), delimiter=",", name="t.csv")
    assert words in str(caught.value)


def test_header_is_forgiving() -> None:
    """A byte order mark, spaces, upper case and unnamed empty columns at the end do not matter."""
    assert [(1, "1")] == outcomes("\ufeffID, Title ,,\n1,x,,\n")
    assert [(1, "columns.count")] == outcomes("id,title,\n1,x,y\n")


def test_tsv(tmp_path: Path) -> None:
    """TSV separates by tabs; commas are text."""
    path = tmp_path / "t.tsv"
    path.write_bytes("id\ttitle\n1\t甲,乙\n".encode())
    (item,) = catalog.read(path)
    assert isinstance(item, Listing)
    assert {"title": "甲,乙"} == item.document["fields"]
