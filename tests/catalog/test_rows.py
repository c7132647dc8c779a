"""From a row of a table to a document; the columns themselves are tested with CSV and Parquet."""

import datetime as dt
import decimal
import uuid
from typing import Any

import pytest

from shopglot.catalog.reasons import LineError
from shopglot.catalog.rows import document_of, to_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ({"a": None, "b": [None, {"c": None}]}, {"b": [None, {}]}),
        ((1, "x"), [1, "x"]),
        (dt.date(2025, 5, 1), "2025-05-01"),
        (dt.time(8, 30), "08:30:00"),
        (decimal.Decimal("89.00"), "89.00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_to_json(value: Any, expected: Any) -> None:
    """Values of columnar formats become JSON; a null inside an object is absent, in a list it keeps its place."""
    assert expected == to_json(value)


def test_to_json_refuses() -> None:
    """What JSON does not have is refused, with its place."""
    with pytest.raises(LineError) as caught:
        to_json({"b": [b"x"]}, ("a",))
    assert ("json.type", "/a/b/0") == (caught.value.reason, caught.value.field)


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({"id": "1", "price": "9", "price.amount": "9"}, "json.duplicate-key", "/price"),
        (
            {"id": "1", "attributes": '{"a/b": 1}', "attribute:a/b": "2"},
            "json.duplicate-key",
            "/fields/attributes/a~1b",
        ),
        ({"id": "1", "extra.json": "[]"}, "cell.json", ""),
        ({"id": "1", "extra.json": "{"}, "cell.json", "/extra.json"),
        ({"id": "1", "bullets": '["a",]'}, "cell.json", "/fields/bullets"),
        ({"id": "1", "variants": "[" * 100_000}, "nesting.too-deep", "/fields/variants"),
    ],
)
def test_refused(row: dict[str, Any], reason: str, field: str) -> None:
    """Two columns for one value, and cells that are no JSON, are refused."""
    with pytest.raises(LineError) as caught:
        document_of(row)
    assert (reason, field) == (caught.value.reason, caught.value.field)


def test_brackets_are_text() -> None:
    """A cell of a list that starts with a bracket is JSON only where a list of strings could follow."""
    assert {"hashtags": ["[" * 9_000], "bullets": ["[1]"]} == document_of({"hashtags": "[" * 9_000, "bullets": "[1]"})[
        "fields"
    ]


def test_extra_is_laid_over() -> None:
    """`extra.json` adds to objects and replaces everything else."""
    row = {"id": "1", "title": "甲", "stock": "3", "extra.json": '{"fields": {"x": {"y": 1}}, "stock": null, "z": 1}'}
    assert {"id": "1", "fields": {"title": "甲", "x": {"y": 1}}, "stock": None, "z": 1} == document_of(row)
