"""Texts in tables: TSV, CSV and JSONL with named columns, and plain lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopglot.errors import DataError
from shopglot.foreign import long_cells, read_lines, read_objects, read_text

SUFFIXES = (".tsv", ".csv", ".jsonl", ".ndjson")
LONGEST = 10_000_000  # characters of a cell

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column is what; "" or () for what a table need not have.

    The names that stand here are those of a user's own table: `references` is then every column called `reference` or
    `reference2`, `reference3`, ...
    """

    source: str = "source"
    references: tuple[str, ...] | None = None
    id: str = "id"
    market: str = "market"
    field: str = "field"
    category: str = "category"
    brand: str = "brand"
    listing: str = "listing"
    domain: str = "domain"


def read_rows(path: Path, header: Sequence[str] = ()) -> list[tuple[int, Row]]:
    """Return the rows of a table with the line at which each begins.

    TSV has no quotes: a cell is what stands between tabs. CSV has. `header` names the columns where the first line does
    not. Raises `DataError` naming file and line.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path}: unknown kind of table; known: {', '.join(SUFFIXES)}.")
    if suffix in (".jsonl", ".ndjson"):
        return list(read_objects(path))
    cells = _split(path) if suffix == ".tsv" else _parse(path)
    return list(_named(cells, path, list(header)))


def _split(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(read_lines(path), start=1):
        if line:
            yield number, line.split("\t")


def _parse(path: Path) -> Iterator[tuple[int, list[str]]]:
    text = read_text(path)
    with long_cells(LONGEST):
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        begins = 1
        try:
            for cells in reader:
                if cells:
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as error:
            raise DataError(f"{path}:{begins}: no CSV: {error}") from error


def _named(lines: Iterable[tuple[int, list[str]]], path: Path, header: list[str]) -> Iterator[tuple[int, Row]]:
    for number, cells in lines:
        if not header:
            header = cells
            if twice := next((name for name in header if header.count(name) > 1), None):
                raise DataError(f"{path}:{number}: column '{twice}' stands twice.")
            continue
        if len(cells) != len(header):
            raise DataError(f"{path}:{number}: {len(cells)} cells, {len(header)} are needed: {', '.join(header)}.")
        yield number, dict(zip(header, cells, strict=True))


def chosen(
    rows: Iterable[tuple[int, Row]], *, where: Mapping[str, Sequence[str]], without: Mapping[str, Sequence[str]],
    spot: str,
) -> Iterator[tuple[int, Row]]:  # fmt: skip
    """Yield the rows whose columns have one of the values in `where` and none of those in `without`."""
    for number, row in rows:
        for column in (*where, *without):
            if column not in row:
                raise DataError(f"{spot}:{number}: there is no column '{column}'.")
        if all(str(row[column]) in values for column, values in where.items()) and not any(
            str(row[column]) in values for column, values in without.items()
        ):
            yield number, row


def cell(row: Row, column: str, spot: str) -> str:
    """Return a text of a row, "" where it has no such column or null there. Raises `DataError` where it is no text."""
    value = row.get(column)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # an id
    if not isinstance(value, str):
        raise DataError(f"{spot}: field '{column}' must be a text.")
    return value


def is_reference(column: str) -> bool:
    """Whether a column of a user's own table is one of references: `reference`, `reference2`, ..."""
    return column.startswith("reference") and (column[9:].isdecimal() or not column[9:])


def references_of(row: Row, columns: Columns, spot: str) -> tuple[str, ...]:
    """Return the references of a row; empty cells are none. Raises `DataError` where a column that is named lacks."""
    names = columns.references
    if names is None:
        names = tuple(filter(is_reference, row))
    elif absent := next((name for name in names if name not in row), None):
        raise DataError(f"{spot}: there is no column '{absent}'.")
    listed = row.get("references") if columns.references is None else None
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        return tuple(one for one in listed if one)
    return tuple(text for name in names if (text := cell(row, name, spot)))
