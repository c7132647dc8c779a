"""From a row of a table (CSV, Parquet, dataset) to the document of a listing.

Two shapes of tables are understood. Where there is a column `fields`, columns are the keys of the listing, and
`fields` holds an object or its JSON. Otherwise the columns are ours, flat:

    id merchant brand category markets title subtitle bullets description attributes attribute:NAME variants
    size_chart hashtags note images price.amount price.currency stock extra.json

and any other column is a key of the listing that passes through. An empty cell is an absent value.
`extra.json` is written by our own export: an object that is laid over the rest, for what a flat row cannot say.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from shopglot.catalog.decode import decode
from shopglot.catalog.fields import pointer
from shopglot.catalog.reasons import LineError

COLUMNS = (
    *("id", "merchant", "brand", "category", "markets", "title", "subtitle", "bullets", "description", "attributes"),
    *("variants", "size_chart", "hashtags", "note", "images", "price.amount", "price.currency", "stock", "extra.json"),
)
"""Our columns, in the order in which they are written; `attribute:NAME` is understood beside them."""

ATTRIBUTE = "attribute:"
EXTRA = "extra.json"

TEXTS = ("title", "subtitle", "description", "note")
LISTS = ("bullets", "hashtags")
STRUCTURES = ("attributes", "variants", "size_chart", "images")
FIELDS = (*TEXTS, *LISTS, *STRUCTURES)
PRICES = ("amount", "currency")

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
# What JSON lists of strings start with; a text may well start with a bracket: [新品] …
_JSON_LIST = re.compile(r'\s*\[\s*(?:"|\]|null\b)')


def document_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document that a row describes: column name to cell, strings or structured values.

    Raises LineError, naming the column, for a cell that should hold JSON and does not, and for values that JSON
    does not have. The document still has to pass `parse`.
    """
    cells = {name: to_json(cell, (name,)) for name, cell in row.items() if cell is not None and cell != ""}
    document: dict[str, Any] = {}
    understood: Iterable[str] = ("fields", "markets", "stock")
    if "fields" not in row:
        understood = COLUMNS
        document["fields"] = _take_fields(cells)
        price = {name: cells.pop(f"price.{name}") for name in PRICES if f"price.{name}" in cells}
        if price:
            document["price"] = price
    for name, cell in cells.items():
        if name in document:
            raise LineError("json.duplicate-key", field=pointer(name), key=name)
        document[name] = value_of(name, cell) if name in understood else cell
    extra = document.pop(EXTRA, None)
    if isinstance(extra, dict):
        _lay_over(document, extra)
    elif extra is not None:
        raise LineError("cell.json", column=EXTRA, detail="not an object")
    return document


def value_of(column: str, cell: Any) -> Any:
    """Return the value that a cell of one of our columns stands for; what is no string stands for itself.

    Raises LineError where the column holds JSON and the cell does not.
    """
    if not isinstance(cell, str):
        return cell
    if column in LISTS:
        return _split(cell, column)
    if column in (*STRUCTURES, EXTRA, "fields"):
        return _decode(cell, column)
    if column == "markets":
        return [name for name in (part.strip() for part in cell.split("|")) if name]
    if column == "stock" and _INTEGER.fullmatch(cell):
        return int(cell)
    return cell


def to_json(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Return a cell as a JSON value: dates as ISO 8601, decimals and UUIDs as strings.

    A null inside an object is dropped, because columnar formats give every object the names of all. Raises
    LineError for a type that JSON cannot hold.
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: to_json(item, (*path, key)) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [to_json(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    raise LineError("json.type", field=pointer(*path), found=type(value).__name__)


def _take_fields(cells: dict[str, Any]) -> dict[str, Any]:
    """Take the columns that are fields out of `cells`."""
    fields = {name: value_of(name, cells.pop(name)) for name in FIELDS if name in cells}
    for column in [name for name in cells if name.startswith(ATTRIBUTE)]:
        attributes = fields.setdefault("attributes", {})
        name = column.removeprefix(ATTRIBUTE)
        if not isinstance(attributes, dict):
            break  # parse will say what is wrong with it
        if name in attributes:
            raise LineError("json.duplicate-key", field=pointer("fields", "attributes", name), key=name)
        attributes[name] = cells.pop(column)
    return fields


def _split(cell: str, column: str) -> list[Any]:
    """Return the items of a cell of `bullets` (JSON, or one a line) or `hashtags` (JSON, or separated by spaces)."""
    if _JSON_LIST.match(cell):
        value: list[Any] = _decode(cell, column)
        return value
    if column == "hashtags":
        return cell.split()
    return [item for item in (line.strip() for line in cell.splitlines()) if item]


def _decode(cell: str, name: str) -> Any:
    try:
        return decode(cell)
    except LineError as error:
        reason = "cell.json" if error.reason == "json.invalid" else error.reason
        path = pointer("fields", name) if name in FIELDS else pointer(name)
        raise LineError(reason, field=path, column=name, **error.facts) from None


def _lay_over(document: dict[str, Any], extra: dict[str, Any]) -> None:
    """Put `extra` over `document`, object by object. Iterative: the nesting may be hostile."""
    stack = [(document, extra)]
    while stack:
        under, over = stack.pop()
        for key, value in over.items():
            below = under.get(key)
            if isinstance(below, dict) and isinstance(value, dict):
                stack.append((below, value))
            else:
                under[key] = value
