"""A row of a `terms.tsv` with its place; tables read without judging them, and written whole or not at all."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shopglot.errors import DataError, WorkError
from shopglot.foreign import long_cells, read_text, whole_file
from shopglot.market import MARKETS
from shopglot.termbase import COLUMNS

BRAND_COLUMNS = ("source", *MARKETS, "note")
LONGEST_CELL = 1_000_000  # characters; the csv module's own limit stops at 131,072


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a term table; the fields are `termbase.COLUMNS`.

    `line` counts from 1 and is 0 where the row comes from no line; it takes no part in comparisons.
    """

    source: str
    target: str
    status: str = "preferred"
    use: str = "enforce"
    category: str = ""
    field: str = ""
    pos: str = ""
    note: str = ""
    line: int = dataclasses.field(default=0, compare=False)

    @property
    def condition(self) -> tuple[str, str]:
        """When the row holds: category and field."""
        return self.category, self.field

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns, in the order of the file."""
        return self.source, self.target, self.status, self.use, self.category, self.field, self.pos, self.note


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A row of `brands.tsv`: `forms` maps a market to what it writes, without the empty cells."""

    source: str
    forms: Mapping[str, str]
    note: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A term or brand table that could be read.

    `broken` are the lines that have a wrong number of columns, as (line, columns); their content is in no row.
    """

    path: Path
    kind: str = "terms"
    """terms or brands"""
    rows: tuple[Row, ...] = ()
    brands: tuple[Brand, ...] = ()
    broken: tuple[tuple[int, int], ...] = ()


def read_table(path: Path) -> Table:
    """Read a term or brand table, told apart by the header.

    Raises `DataError`, with the line, where the file cannot be read, is not UTF-8, or has another header.
    """
    lines = read_text(path).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    header = tuple(lines[0].rstrip("\r").split("\t")) if lines else ()
    if header not in (COLUMNS, BRAND_COLUMNS):
        raise DataError(
            f"{path}:1: the header must be {' '.join(COLUMNS)} (tab-separated; brands: {' '.join(BRAND_COLUMNS)}), "
            f"not {' '.join(header)[:200]!r}."
        )
    whole: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, int]] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.rstrip("\r").split("\t")
        if len(cells) == len(header):
            whole.append((number, cells))
        else:
            broken.append((number, len(cells)))
    if header == COLUMNS:
        return Table(path=path, rows=tuple(_row(cells, number) for number, cells in whole), broken=tuple(broken))
    return Table(
        path=path, kind="brands", brands=tuple(_brand(cells, number) for number, cells in whole), broken=tuple(broken)
    )


def format_table(rows: Iterable[Row]) -> str:
    """Return the text of a `terms.tsv`. Raises `WorkError` for a cell that such a file cannot hold."""
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        for column, cell in zip(COLUMNS, row.cells, strict=True):
            if any(sign in cell for sign in "\t\n\r"):
                raise WorkError(f"'{row.source}': {column} has a tab or a line break; write a space instead.")
        lines.append("\t".join(row.cells))
    return "\n".join(lines) + "\n"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file at once: whoever reads it meanwhile sees the old or the new one. Raises `WorkError`."""
    with whole_file(path) as file:
        file.write(content)


def parse_delimited(path: Path, text: str, delimiter: str) -> Sequence[tuple[int, list[str]]]:
    """Return the records of quoted text as (line at which it ends, cells). Raises `DataError` with the line."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        with long_cells(LONGEST_CELL):
            return [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: not CSV: {error}. Is a quote not closed or not doubled?") from error


def _row(cells: Sequence[str], line: int) -> Row:
    return Row(**dict(zip(COLUMNS, cells, strict=True)), line=line)


def _brand(cells: Sequence[str], line: int) -> Brand:
    forms = {market: form for market, form in zip(MARKETS, cells[1:-1], strict=True) if form}
    return Brand(source=cells[0], forms=forms, note=cells[-1], line=line)
