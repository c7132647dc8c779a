"""CSV and TSV: our own columns, or the Shopify product export; UTF-8, quoted as RFC 4180 says, optionally gzipped.

A listing's `line` is the number of its record, the header not counted; messages name the line of the file as well,
because a quoted cell may hold line breaks.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from shopglot.catalog import jsonl, rows
from shopglot.catalog.listing import identity_of, parse
from shopglot.catalog.reasons import MAX_LINE_BYTES, LineError, broken, show
from shopglot.errors import CatalogError
from shopglot.foreign import long_cells
from shopglot.types import BrokenLine, Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a table: its number, the line of the file where it starts, and its cells by column.

    Where `error` is set, `cells` holds what could be read, perhaps nothing.
    """

    number: int
    place: int
    cells: dict[str, str]
    error: LineError | None = None


def read(file: BinaryIO, *, delimiter: str, name: str) -> Iterator[Listing | BrokenLine]:
    """Yield one item for each record of `file`, or for each product of a Shopify export.

    `name` is what messages call the file. Raises CatalogError where the header is none.
    """
    table = Table(file, delimiter=delimiter, name=name)
    if table.is_shopify:
        from shopglot.catalog import shopify

        yield from shopify.read(table)
        return
    for record in table:
        yield _listing(record)


def count(file: BinaryIO, *, delimiter: str, name: str) -> int | None:
    """Return the number of records in `file`, None for a Shopify export, whose products span records."""
    table = Table(file, delimiter=delimiter, name=name)
    return None if table.is_shopify else sum(1 for _ in table)


def broken_record(error: LineError, record: Record, *, merchant: str = "", identity: str = "") -> BrokenLine:
    """Return the BrokenLine for an error in a record, which is placed in the file."""
    return _placed(broken(error, line=record.number, merchant=merchant, identity=identity), record)


def parse_record(document: object, record: Record) -> Listing | BrokenLine:
    """Return what `parse` makes of a document that starts at `record`."""
    item = parse(document, line=record.number)
    return _placed(item, record) if isinstance(item, BrokenLine) else item


class Table:
    """A CSV file as an iterable of Records; the header is read at once."""

    def __init__(self, file: BinaryIO, *, delimiter: str, name: str) -> None:
        self._source = _Source(file)
        # Strict: a quote in the wrong place is an error instead of another text.
        self._reader = csv.reader(self._source, delimiter=delimiter, strict=True)
        self.header = self._read_header(name)
        self.is_shopify = "id" not in self.header and {"handle", "title"} <= {c.casefold() for c in self.header}
        if not self.is_shopify and "id" not in self.header:
            raise CatalogError(
                f"{name}: line 1: the header has no column `id` (found: {show(', '.join(self.header))}); "
                "the columns of a listing or those of a Shopify product export are accepted, in UTF-8"
            )

    def __iter__(self) -> Iterator[Record]:
        """Yield each record after the header; only the current one is held."""
        number = 0
        while True:
            number += 1
            cells, error = self._next()
            if cells is None and error is None:
                return
            place = self._source.taken[0][0]
            if error is None and cells is not None:
                error = self._source.encoding_error() or self._shape_error(cells)
            named = {name: cell for name, cell in zip(self.header, cells or (), strict=False) if name}
            yield Record(number=number, place=place, cells=named, error=error)

    def _next(self) -> tuple[list[str] | None, LineError | None]:
        """Return the next row of cells, or what is wrong with it; neither at the end."""
        self._source.begin()
        try:
            with long_cells(MAX_LINE_BYTES + 2):
                return next(self._reader), None
        except StopIteration:
            return None, None
        except csv.Error as error:
            self._source.give_back()
            return None, LineError("csv.invalid", detail=str(error))
        except LineError as error:
            if not self._source.give_back():
                return None, error
            return None, LineError("csv.invalid", detail="a quote is opened and not closed")

    def _shape_error(self, cells: list[str]) -> LineError | None:
        if not any(cells):
            return LineError("line.empty")
        if len(cells) != len(self.header):
            return LineError("columns.count", found=len(cells), expected=len(self.header))
        unnamed = any(cell for name, cell in zip(self.header, cells, strict=True) if not name)
        if unnamed:
            return LineError("columns.count", found=len(cells), expected=sum(1 for name in self.header if name))
        return None

    def _read_header(self, name: str) -> list[str]:
        cells, error = self._next()
        error = error or self._source.encoding_error()
        if error is not None:
            raise CatalogError(f"{name}: line 1: {broken(error, line=1).message}")
        if not cells:
            raise CatalogError(f"{name}: line 1: the table has no header; its first line must name the columns")
        header = [_column(cell) for cell in cells]
        for column, times in Counter(header).items():
            if column and times > 1:
                raise CatalogError(f"{name}: line 1: the column `{show(column)}` occurs twice; remove or rename one")
        return header


class _Source:
    """The lines of a file for csv.reader: counted, bounded, and able to be taken back.

    An unclosed quote makes csv.reader swallow line after line; those lines are given back and read again on their
    own, so that one bad line costs one item and no more than MAX_LINE_BYTES.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._lines = enumerate(jsonl.lines(file), start=1)
        self._back: deque[tuple[int, bytes | None]] = deque()
        self.taken: list[tuple[int, bytes | None]] = []
        self._size = 0

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        """Return the next line as text; bytes that are no UTF-8 become lone surrogates, to be refused later."""
        number, raw = self._back.popleft() if self._back else next(self._lines)
        if number == 1 and raw is not None:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        self.taken.append((number, raw))
        if raw is None or self._size + len(raw) > MAX_LINE_BYTES:
            raise LineError("line.too-long", limit=MAX_LINE_BYTES)
        self._size += len(raw) + 1
        return raw.decode("utf-8", "surrogateescape") + "\n"

    def begin(self) -> None:
        """Start a new record."""
        self.taken = []
        self._size = 0

    def give_back(self) -> bool:
        """Give back all lines of the record but its first; tell whether there were any."""
        self._back.extendleft(reversed(self.taken[1:]))
        return len(self.taken) > 1

    def encoding_error(self) -> LineError | None:
        """Return what is wrong with the record's encoding; the offset counts from the start of the record."""
        before = 0
        for _, raw in self.taken:
            try:
                (raw or b"").decode("utf-8")
            except UnicodeDecodeError as error:
                return LineError("encoding.invalid", offset=before + error.start)
            before += len(raw or b"") + 1
        return None


def _listing(record: Record) -> Listing | BrokenLine:
    error = record.error
    if error is None:
        try:
            return parse_record(rows.document_of(record.cells), record)
        except LineError as caught:
            error = caught
    merchant, identity = identity_of(record.cells)
    return broken_record(error, record, merchant=merchant, identity=identity)


def _placed(item: BrokenLine, record: Record) -> BrokenLine:
    return replace(
        item,
        message=f"Line {record.place} of the file: {item.message}",
        message_zh=f"文件第 {record.place} 行：{item.message_zh}",
    )


def _column(cell: str) -> str:
    """Return a column's name as rows knows it: ours in lower case, others as they are written."""
    name = cell.strip()
    return name.lower() if name.lower() in (*rows.COLUMNS, "fields") else name
