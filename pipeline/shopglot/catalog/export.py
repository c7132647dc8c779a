"""Writing listings: JSONL as they are, CSV in our own columns such that reading it back gives the same listings.

CSV is written for `read`, not for a spreadsheet's formula engine: a cell that starts with = + - or @ is written
as it is, since anything put before it would end up on the product page. Import such files into a spreadsheet as
text (every column of type text) and never by double-click where merchants are not trusted.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from shopglot.catalog import rows
from shopglot.types import Json

# Legal inside JSON strings, but line ends to many readers of lines.
_LINE_ENDS = re.compile("[\u0085\u2028\u2029]")

_TOP = ("id", "merchant", "brand", "category", "markets", "stock")
_PARTS: dict[str, tuple[tuple[str, ...], str]] = {"fields": (rows.FIELDS, ""), "price": (rows.PRICES, "price.")}
_SEPARATORS = {"bullets": "\n", "hashtags": " ", "markets": "|"}


def write_jsonl(documents: Iterable[Mapping[str, Json]], out: TextIO) -> int:
    """Write one document a line to `out` and return how many there were."""
    number = 0
    for document in documents:
        out.write(_dump(document) + "\n")
        number += 1
    return number


def write_csv(documents: Iterable[Mapping[str, Json]], out: TextIO) -> int:
    """Write a header and one record for each document to `out`, and return how many documents there were.

    `out` must not translate line ends (open it with newline=""). Every valid document comes back from `read`
    unchanged: what the flat columns cannot say exactly stands in the column `extra.json`.
    """
    writer = csv.writer(out)  # ends lines with \r\n, which makes it quote a lone \r as well
    writer.writerow(rows.COLUMNS)
    number = 0
    for document in documents:
        cells = flatten(document)
        writer.writerow([cells.get(column, "") for column in rows.COLUMNS])
        number += 1
    return number


def flatten(document: Mapping[str, Any]) -> dict[str, str]:
    """Return a document as cells by column: the inverse of `rows.document_of`."""
    cells: dict[str, str] = {}
    extra: dict[str, Any] = {}
    for key, value in document.items():
        names, prefix = _PARTS.get(key, ((), ""))
        if isinstance(value, dict) and names and (value or key == "fields"):
            rest = {n: item for n, item in value.items() if n not in names or not _put(cells, prefix + n, item)}
            if rest:
                extra[key] = rest
        elif key not in _TOP or not _put(cells, key, value):
            extra[key] = value
    if extra:
        cells[rows.EXTRA] = _dump(extra)
    return cells


def _put(cells: dict[str, str], column: str, value: Any) -> bool:
    """Write a value as the cell of its column; tell whether there is a cell that says exactly that value."""
    for cell in _spellings(column, value):
        if cell and _dump(rows.value_of(column, cell)) == _dump(value):
            cells[column] = cell
            return True
    return False


def _spellings(column: str, value: Any) -> Iterator[str]:
    """Yield the cells that may say a value, the most readable first."""
    if isinstance(value, str) and column not in (*rows.LISTS, *rows.STRUCTURES):
        yield value
    elif column in _SEPARATORS and isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            yield _SEPARATORS[column].join(value)
        if column != "markets":
            yield _dump(value)
    elif column in rows.STRUCTURES and value is not None:
        yield _dump(value)
    elif column == "stock" and isinstance(value, int):
        yield str(value)


def _dump(value: object) -> str:
    """Return JSON on one line; half a surrogate pair, which no file can hold, is escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, allow_nan=False)
    return _LINE_ENDS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
