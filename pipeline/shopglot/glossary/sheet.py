"""Term rows as a spreadsheet has them: CSV for Excel and its like, TSV as the tables themselves are written.

A CSV cell that a spreadsheet would take for a formula is written with an apostrophe before it, which reading takes
away again (OWASP, CSV injection); a cell that looks like that already gets one more, so that nothing is lost.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from shopglot.errors import DataError
from shopglot.foreign import guard, read_text, unguard
from shopglot.glossary.rows import Row, format_table, parse_delimited
from shopglot.termbase import COLUMNS


def write_csv(rows: Iterable[Row], *, mark: bool = False) -> bytes:
    """Return the rows as CSV (RFC 4180, UTF-8). `mark` puts a byte order mark first, by which Excel sees the UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(list(map(guard, row.cells)))
    return text.getvalue().encode("utf-8-sig" if mark else "utf-8")


def write_tsv(rows: Iterable[Row]) -> bytes:
    """Return the rows as a `terms.tsv` has them. Raises `WorkError` for a cell with a tab or a line break."""
    return format_table(rows).encode("utf-8")


def read_csv(path: Path, *, status: str, use: str) -> list[Row]:
    """Read a CSV file: comma, semicolon or tab, as its header says; with or without a byte order mark.

    `source` and `target` are needed, the other columns may be missing; empty cells of `status` and `use` get the
    values given. Raises `DataError` with the line.
    """
    text = read_text(path)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    return _rows(path, parse_delimited(path, text, delimiter), status=status, use=use, guarded=True)


def read_tsv(path: Path, *, status: str, use: str) -> list[Row]:
    """Read tab-separated rows without quoting, as the tables themselves are; columns as for `read_csv`."""
    lines = read_text(path).split("\n")
    records = [(number, line.rstrip("\r").split("\t")) for number, line in enumerate(lines, start=1) if line.strip()]
    return _rows(path, records, status=status, use=use, guarded=False)


def _rows(path: Path, records: Sequence[tuple[int, list[str]]], *, status: str, use: str, guarded: bool) -> list[Row]:
    header = [name.strip().casefold() for name in records[0][1]] if records else []
    _check_header(path, header)
    rows: list[Row] = []
    for line, cells in records[1:]:
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise DataError(f"{path}:{line}: {len(cells)} columns, the header has {len(header)}.")
        values = dict(zip(header, map(unguard, cells) if guarded else cells, strict=True))
        for column, default in (("status", status), ("use", use)):
            values[column] = values.get(column) or default
        rows.append(Row(**values, line=line))
    return rows


def _check_header(path: Path, header: Sequence[str]) -> None:
    unknown = sorted(set(header) - set(COLUMNS))
    missing = [column for column in ("source", "target") if column not in header]
    if unknown or missing or len(set(header)) < len(header):
        said = f"unknown: {', '.join(unknown)}" if unknown else f"missing: {', '.join(missing)}" if missing else "twice"
        raise DataError(
            f"{path}:1: the header must have source and target, and may have {', '.join(COLUMNS[2:])} ({said})."
        )
