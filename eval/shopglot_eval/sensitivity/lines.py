"""Labelled lines: what a reviewer would hold back, and the harmless ones that look like it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from shopglot.errors import DataError
from shopglot.market import MARKETS
from shopglot.types import Side

COLUMNS = ("market", "side", "field", "category", "theme", "expected", "text", "why")
Label = Literal["flag", "pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One labelled text. `flag` lines must be blocked or reviewed, `pass` lines publish, with advice at most."""

    market: str
    side: Side
    field: str
    category: str
    theme: str
    expected: Label
    text: str
    why: str


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a set: UTF-8, tab-separated without quoting, with the columns of `COLUMNS`.

    Raises DataError, which names the file, the line and the column, where one is wrong.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise DataError(f"{path}:1: the columns must be {', '.join(COLUMNS)}")
            for number, row in enumerate(rows, start=2):
                yield _line(row, f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def _line(row: dict[str, str], where: str) -> Line:
    if None in row.values() or None in row:
        raise DataError(f"{where}: has not {len(COLUMNS)} columns")
    for column, allowed in (("market", MARKETS), ("side", ("source", "target")), ("expected", ("flag", "pass"))):
        if row[column] not in allowed:
            raise DataError(f"{where}: column {column}: must be one of {', '.join(allowed)}, not {row[column]!r}")
    if not row["text"].strip():
        raise DataError(f"{where}: column text: is empty")
    return Line(
        market=row["market"], side=cast("Side", row["side"]), field=row["field"], category=row["category"],
        theme=row["theme"], expected=cast("Label", row["expected"]), text=row["text"], why=row["why"],
    )  # fmt: skip
