"""Units as tables: CSV (RFC 4180, UTF-8 with a byte order mark) and XLSX. One row is one unit.

Columns are known by the names in the first row, in any order; more of them are overlooked. Only `target` and `state`
are for the agency to change. Texts with characters that a format has no place for are escaped in their whole row, which
`escaped` says (see `memory.units`). In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe
(`foreign.guard`), in XLSX every cell is text by its type and its format, and no formula is ever written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from shopglot.foreign import NOT_XML, guard, long_cells, unguard
from shopglot.memory.units import escape, needs_escape, unescape
from shopglot.review.exchange.archive import refuse_unsafe
from shopglot.review.exchange.records import (
    STATES,
    FileError,
    Gathering,
    Problem,
    Reading,
    Returned,
    Unit,
    Written,
    problem,
    returned,
)

COLUMNS = (
    "unit", "market", "merchant", "listing", "title", "field", "path", "number", "source", "target", "state",
    "findings", "terms", "limit", "exported", "escaped",
)  # fmt: skip
OPEN = ("target", "state")  # what an agency changes
REQUIRED = ("unit", "source", "target")
CELL = 32_767  # UTF-16 code units that a cell of Excel holds

_EXACT = ("source", "target", "exported")
_NOT_CSV = re.compile("[\x00\ud800-\udfff]")  # what UTF-8 and other tools' readers refuse
# What a workbook has no place for, and what Excel and openpyxl read as an escape of theirs.
_NOT_XLSX = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|x(?=005F_)")
_CONTROL = re.compile("_x00([01][0-9A-Fa-f])_")  # how Excel writes a control character
_WIDTHS = {
    "unit": 14, "market": 8, "merchant": 16, "listing": 16, "title": 28, "field": 14, "path": 20, "number": 8,
    "source": 48, "target": 60, "state": 12, "findings": 44, "terms": 36, "limit": 8, "exported": 30, "escaped": 9,
}  # fmt: skip
_SHEET, _LEFT_OUT = "Segments", "Left out"
_MOST_COLUMNS = 64
_MOST_ROWS = 200_000  # of a sheet, empty ones included
_KINDS: Sequence[tuple[type | tuple[type, ...], str]] = (
    (bool, "true or false"),
    ((datetime, date, time, timedelta), "a date or time"),
    (float, "a number"),
)


def _row(unit: Unit, odd: re.Pattern[str]) -> dict[str, str]:
    """Return the cells of a unit, escaped where the format has no place for its texts."""
    exact = {"source": unit.source, "target": unit.target, "exported": unit.target}
    escaped = needs_escape(exact.values(), odd)
    if escaped:
        exact = {name: escape(text, odd) for name, text in exact.items()}
    told = {
        "unit": unit.name, "market": unit.market, "merchant": unit.merchant, "listing": unit.id, "title": unit.title,
        "field": unit.field, "path": unit.path, "number": str(unit.number),
        "state": "translated" if unit.target else "initial",
        "findings": "\n".join(f"{note.severity}: {note.message} [{note.check}]" for note in unit.notes),
        "terms": "\n".join(
            f"{term.source} → {term.target}{f' ({term.note})' if term.note else ''}" for term in unit.terms
        ),
        "limit": "" if unit.limit is None else str(unit.limit),
        "escaped": "yes" if escaped else "",
    }  # fmt: skip
    return {name: NOT_XML.sub("\ufffd", text) for name, text in told.items()} | exact


# -- CSV --------------------------------------------------------------------------------------------------------------


def write_csv(units: Sequence[Unit]) -> tuple[bytes, Written]:
    """Return units as CSV, and what was written."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for unit in units:
        row = _row(unit, _NOT_CSV)
        writer.writerow([guard(row[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig"), Written(units=len(units))


def read_csv(name: str, data: bytes) -> Reading:
    """Return the units of a CSV file (commas, semicolons or tabs), and what is wrong with single rows.

    FileError where its header lacks a column, where it is not UTF-8 (or UTF-16 with a byte order mark), or no CSV.
    """
    text = io.StringIO(_decoded(name, data), newline="")
    first = text.readline()
    delimiter = max(",;\t", key=first.count)
    text.seek(0)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    gathering = Gathering(name)
    header: list[str] = []
    end = 0
    try:
        # A cell may be guarded and escaped; one that is too long is told by its row, not by the reader.
        with long_cells(len(data) + 1):
            for cells in reader:
                place, end = f"line {end + 1}", reader.line_num
                if not header:
                    header = _header(name, cells)
                elif any(cells):
                    gathering.add(_read_row(place, header, [unguard(cell) for cell in cells]))
    except csv.Error as error:
        raise FileError(name, problem("no-csv", f"line {end + 1}", why=error)) from error
    if not header:
        _header(name, [])
    return gathering.reading()


def _decoded(name: str, data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(name, problem("encoding", f"line {line}", byte=error.start + 1)) from error


# -- XLSX -------------------------------------------------------------------------------------------------------------


def write_xlsx(units: Sequence[Unit]) -> tuple[bytes, Written]:
    """Return units as a workbook, and what was written; what no cell has room for is listed on a second sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    _lay_out(sheet, [_WIDTHS[name] for name in COLUMNS])
    rows = [(unit, _row(unit, _NOT_XLSX)) for unit in units]
    left_out = [unit for unit, row in rows if any(_wide(row[name]) > CELL for name in _EXACT)]
    _validate(sheet, len(rows) + 1)
    make = _Cells(sheet)
    sheet.append([make.head(name) for name in COLUMNS])
    gone = {id(unit) for unit in left_out}
    for unit, row in rows:
        if id(unit) not in gone:
            sheet.append([make.text(row[name], locked=name not in OPEN) for name in COLUMNS])
    if left_out:
        _list_left_out(book, left_out)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), Written(units=len(units) - len(left_out), left_out=tuple(left_out))


def _list_left_out(book: Any, units: Sequence[Unit]) -> None:
    sheet = book.create_sheet(_LEFT_OUT)
    _lay_out(sheet, [40, 16, 16, 14, 60])
    make = _Cells(sheet)
    sheet.append([make.head(name) for name in ("left out", "merchant", "listing", "field", "why")])
    for unit in units:
        longest = max(_wide(unit.source), _wide(unit.target))
        why = f"its text has {longest} characters or needs as many to be written; a cell has room for {CELL}"
        told = (unit.name, unit.merchant, unit.id, unit.field, f"{why}: export it as XLIFF or CSV")
        sheet.append([make.text(NOT_XML.sub("\ufffd", text), locked=True) for text in told])


def _lay_out(sheet: Any, widths: Sequence[float]) -> None:
    """Freeze the header, set widths, and protect what is locked (without a password: it is no secret)."""
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "autoFilter"):
        setattr(sheet.protection, allowed, False)


def _validate(sheet: Any, last: int) -> None:
    """Let `state` be chosen from a list."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(COLUMNS.index("state") + 1)
    choice = DataValidation(type="list", formula1=f'"{",".join(STATES)}"', allow_blank=True)
    choice.add(f"{letter}2:{letter}{max(last, 2)}")
    sheet.data_validations.append(choice)


class _Cells:
    """Makes the cells of a sheet: text by type and format, wrapped, at the top."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.styles import Alignment, Font, PatternFill, Protection

        self._sheet = sheet
        self._wrap = Alignment(wrap_text=True, vertical="top")
        self._bold = Font(bold=True)
        self._grey = PatternFill("solid", fgColor="FFE8EAED")
        self._locks = {locked: Protection(locked=locked) for locked in (True, False)}

    def text(self, text: str, *, locked: bool) -> Any:
        """Return a cell that says exactly this, whatever it begins with; what people read is cut where it is long."""
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet)
        if text:
            cell._value = text if _wide(text) <= CELL else f"{text[: CELL // 2 - 1]}…"
        cell.data_type = "s"  # a value that is set in the usual way becomes a formula where it begins with =
        cell.number_format = "@"
        cell.quotePrefix = True
        cell.alignment = self._wrap
        cell.protection = self._locks[locked]
        return cell

    def head(self, text: str) -> Any:
        """Return a cell of the header."""
        cell = self.text(text, locked=True)
        cell.font = self._bold
        cell.fill = self._grey
        return cell


def _wide(text: str) -> int:
    """Return how many UTF-16 code units a text has."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def read_xlsx(name: str, data: bytes) -> Reading:
    """Return the units of a workbook, and what is wrong with single rows; of a formula its last value counts.

    The sheet `Segments` is read, else the first one. FileError where the archive is unsafe, has macros or is no
    workbook, or the header lacks a column.
    """
    refuse_unsafe(name, data)
    gathering = Gathering(name)
    header: list[str] = []
    for number, values in _sheet_rows(name, data):
        if not header:
            header = _header(name, [value if isinstance(value, str) else "" for value in values])
        elif any(value not in (None, "") for value in values):
            gathering.add(_read_values(f"row {number}", header, values))
    if not header:
        _header(name, [])
    return gathering.reading()


def _sheet_rows(name: str, data: bytes) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows of the sheet that holds the units, with their numbers."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
            for number, values in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), start=1):
                if number > _MOST_ROWS:
                    raise FileError(name, problem("units", most=_MOST_ROWS))
                yield number, values
        finally:
            book.close()
    except FileError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part of a workbook leads to
        why = f"{type(error).__name__}: {error}"[:120]
        raise FileError(name, problem("no-xlsx", why=why)) from error


def _read_values(place: str, header: Sequence[str], values: Sequence[Any]) -> Returned | Problem:
    """Return the unit of a row of a workbook, whose cells may be anything."""
    cells: list[str] = []
    for column, value in zip(header, values, strict=False):
        if (column in COLUMNS and not isinstance(value, str | int | None)) or isinstance(value, bool):
            kind = next((said for kind, said in _KINDS if isinstance(value, kind)), "something else")
            if column in _EXACT or column == "unit":
                return problem("no-text", place, column, kind=kind)
        text = "" if value is None else str(value)
        cells.append(_CONTROL.sub(lambda found: chr(int(found[1], 16)), text))
    cells += [""] * (len(header) - len(cells))
    return _read_row(place, header, cells)


# -- both -------------------------------------------------------------------------------------------------------------


def _header(name: str, cells: Sequence[str]) -> list[str]:
    """Return the names of the columns; FileError where one is missing, or one that counts is there twice."""
    found = [cell.strip().casefold() for cell in cells]
    while found and not found[-1]:
        found.pop()
    for column in COLUMNS:
        if found.count(column) > 1:
            raise FileError(name, problem("twice", "line 1", column=column))
    for column in REQUIRED:
        if column not in found:
            raise FileError(name, problem("header", "line 1", column=column))
    return found


def _read_row(place: str, header: Sequence[str], cells: Sequence[str]) -> Returned | Problem:
    if len(cells) < len(header) or any(cells[len(header) :]):
        return problem("cells", place, cells=len(cells), columns=len(header))
    row: Mapping[str, str] = dict(zip(header, cells, strict=False))
    freed: Callable[[str], str] = unescape if row.get("escaped", "").strip().casefold() == "yes" else str
    return returned(
        place, row["unit"], source=freed(row["source"]), target=freed(row["target"]),
        base=freed(row["exported"]) if "exported" in row else None, state=row.get("state", ""),
    )  # fmt: skip
