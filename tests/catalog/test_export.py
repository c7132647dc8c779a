"""Writing JSONL and CSV."""

import csv
import io
from typing import Any

import pytest

from shopglot.catalog import export


def cells(document: dict[str, Any]) -> dict[str, str]:
    """Return the cells of a document's record that are not empty."""
    out = io.StringIO()
    export.write_csv([document], out)
    (record,) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    return {column: cell for column, cell in record.items() if cell}


def test_jsonl_is_readable() -> None:
    """Characters are written as themselves, and the order of keys stays."""
    out = io.StringIO()
    assert export.write_jsonl([{"id": "1", "fields": {"title": "棉\U00020000"}}, {"id": "2"}], out) == 2
    assert '{"id": "1", "fields": {"title": "棉\U00020000"}}\n{"id": "2"}\n' == out.getvalue()


def test_jsonl_is_always_utf8() -> None:
    """Half of a surrogate pair is escaped, and no character inside a line ends it for other readers."""
    out = io.StringIO()
    export.write_jsonl([{"id": "\ud83d棉"}, {"id": "a\u2028b\u0085"}], out)
    assert '{"id": "\\ud83d\\u68c9"}\n{"id": "a\\u2028b\\u0085"}\n' == out.getvalue()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"fields": {"title": "甲", "bullets": ["a", "b"]}}, {"title": "甲", "bullets": "a\nb"}),
        ({"fields": {"hashtags": ["#a", "#b"]}}, {"hashtags": "#a #b"}),
        ({"fields": {"bullets": ["a\nb", " c"]}}, {"bullets": '["a\\nb", " c"]'}),
        ({"fields": {"hashtags": ["#a b"]}}, {"hashtags": '["#a b"]'}),
        ({"fields": {"attributes": {"材质": "棉"}, "images": []}}, {"attributes": '{"材质": "棉"}', "images": "[]"}),
        ({"fields": {}, "markets": ["us", "hk"], "stock": 3}, {"markets": "us|hk", "stock": "3"}),
        ({"fields": {}, "price": {"amount": "9", "currency": "CNY"}}, {"price.amount": "9", "price.currency": "CNY"}),
        ({"fields": {}, "stock": "3"}, {"extra.json": '{"stock": "3"}'}),
        ({"fields": {}, "stock": True}, {"extra.json": '{"stock": true}'}),
        ({"fields": {}, "price": {"amount": 9.5}}, {"extra.json": '{"price": {"amount": 9.5}}'}),
        ({"fields": {"title": "", "x": 1}, "y": {}}, {"extra.json": '{"fields": {"title": "", "x": 1}, "y": {}}'}),
    ],
    ids=str,
)  # fmt: skip
def test_cells(document: dict[str, Any], expected: dict[str, str]) -> None:
    """A value has its own column where a cell can say it exactly; else it stands in the last column."""
    assert {"id": "1", **expected} == cells({"id": "1", **document})


def test_formulas_are_not_altered() -> None:
    """A text that a spreadsheet would take for a formula is written as it is."""
    assert {"id": "1", "title": "=1+1", "note": "@x"} == cells({"id": "1", "fields": {"title": "=1+1", "note": "@x"}})


def test_header_alone() -> None:
    """No documents make a table without records."""
    out = io.StringIO()
    assert export.write_csv([], out) == 0
    assert out.getvalue().startswith("id,merchant,brand,")
    assert out.getvalue().endswith("extra.json\r\n")
