"""Translation units in and out of files: TMX 1.4, CSV, TSV and JSON Lines, a unit at a time.

CSV and TSV have a header with `source` and `target` at least, and are quoted as RFC 4180 says; a cell that a
spreadsheet would take for a formula is guarded (`foreign.guard`). JSON Lines have one object a line with the same
names. Both are UTF-8, or UTF-16 where a byte order mark says so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from shopglot.catalog.export import write_jsonl
from shopglot.errors import DataError, UsageError
from shopglot.foreign import guard, long_cells, unguard
from shopglot.memory.units import KINDS, Unit, Unusable, checked, escape, needs_escape, read_moment, unescape
from shopglot.types import Json

FORMATS = ("tmx", "csv", "tsv", "jsonl")
COLUMNS = ("source", "target", "market", "field", "kind", "status", "provider", "by", "at", "note", "uses")
ESCAPED = "escaped"  # a further column: `yes` where the texts of the row are escaped
LONGEST = 4_000_000  # characters of a cell or a line: a quote that is never closed stops here

_TEXTS = tuple(column for column in COLUMNS if column not in ("at", "uses"))
_DELIMITERS = {"csv": ",;\t", "tsv": "\t"}
_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")  # in CSV: what UTF-8 and other tools' readers refuse
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a wrong byte


def format_of(path: Path) -> str:
    """Return the format that a file's name says. Raises `UsageError` where it says none."""
    found = {"ndjson": "jsonl"}.get(path.suffix[1:].casefold(), path.suffix[1:].casefold())
    if found not in FORMATS:
        raise UsageError(f"{path}: its name does not say what it is; give --format {'|'.join(FORMATS)}.")
    return found


def read_units(path: Path, form: str, market: str, *, languages: Sequence[str]) -> Iterator[Unit | Unusable]:
    """Yield the units of a file for a market, and what cannot be used; `languages` are the tags it takes, best first.

    Raises `DataError` where the whole file cannot be read, perhaps after some units.
    """
    if form == "tmx":
        from shopglot.memory.tmx import read_tmx

        yield from read_tmx(path, market, languages=languages)
        return
    try:
        with path.open("rb") as file:
            encoding = "utf-16" if file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            errors = "strict" if encoding == "utf-16" else "surrogateescape"
            with io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="") as text:
                rows = _read_lines(text) if form == "jsonl" else _read_table(text, path, _DELIMITERS[form])
                for place, found in rows:
                    yield found if isinstance(found, Unusable) else _unit(found, place, market)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: no UTF-16, which its first bytes promise ({error.reason}); save it as UTF-8."
        ) from error


def write_units(units: Iterable[Unit], out: BinaryIO, form: str, *, language: str) -> int:
    """Write units to `out` as they come, return how many there were; `language` is the tag of targets in TMX."""
    if form == "tmx":
        from shopglot.memory.tmx import write_tmx

        return write_tmx(units, out, language=language)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        if form == "jsonl":
            return write_jsonl(map(_holdable, units), text)
        return _write_table(units, text, delimiter=_DELIMITERS[form][0])
    finally:
        text.detach()  # `out` is the caller's to close


def describe(unit: Unit) -> dict[str, Json]:
    """Return a unit as the object of its line: what is not empty, `at` in ISO 8601."""
    found: dict[str, Json] = {name: value for name in _TEXTS if (value := getattr(unit, name))}
    if unit.at is not None:
        found["at"] = unit.at.isoformat()
    if unit.uses is not None:
        found["uses"] = unit.uses
    return found


def _holdable(unit: Unit) -> dict[str, Json]:
    """Return a unit as `describe` does, escaped and marked so where a file cannot hold it as it is."""
    found = describe(unit)
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    if not needs_escape(texts.values(), _UNHOLDABLE):
        return found
    return found | {name: escape(text, _UNHOLDABLE) for name, text in texts.items()} | {ESCAPED: "yes"}


def _write_table(units: Iterable[Unit], out: TextIO, *, delimiter: str) -> int:
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow((*COLUMNS, ESCAPED))
    number = 0
    for unit in units:
        row = _holdable(unit)
        writer.writerow([guard(str(row.get(name, ""))) for name in (*COLUMNS, ESCAPED)])
        number += 1
    return number


def _read_table(text: TextIO, path: Path, delimiters: str) -> Iterator[tuple[str, Mapping[str, Any] | Unusable]]:
    first = text.readline(LONGEST)
    delimiter = max(delimiters, key=first.count)
    header = [name.strip().casefold() for name in next(csv.reader([first], delimiter=delimiter), [])]
    _check_header(path, header)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        place = f"line {reader.line_num + 2}"
        try:
            with long_cells(LONGEST):
                cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield place, Unusable(place=place, message=f"is no CSV: {error}. Is a quote not closed or not doubled?")
            continue
        if not any(cells):
            continue
        if any(map(_NOT_UTF8.search, cells)):
            yield place, Unusable(place=place, message="is not UTF-8")
            continue
        if len(cells) != len(header):
            message = f"has {len(cells)} columns, the header has {len(header)}"
            yield place, Unusable(place=place, message=message)
            continue
        yield place, dict(zip(header, map(unguard, cells), strict=True))


def _check_header(path: Path, header: Sequence[str]) -> None:
    unknown = sorted(set(header) - {*COLUMNS, ESCAPED})
    missing = [name for name in ("source", "target") if name not in header]
    if unknown or missing or len(set(header)) < len(header):
        said = f"unknown: {', '.join(unknown)}" if unknown else f"missing: {', '.join(missing)}" if missing else "twice"
        raise DataError(f"{path}:1: the header needs source and target, may have {', '.join(COLUMNS[2:])} ({said}).")


def _read_lines(text: TextIO) -> Iterator[tuple[str, Mapping[str, Any] | Unusable]]:
    number = 0
    while line := text.readline(LONGEST):
        number += 1
        place = f"line {number}"
        if len(line) == LONGEST and not line.endswith("\n"):
            while (rest := text.readline(LONGEST)) and not rest.endswith("\n"):
                pass
            yield place, Unusable(place=place, message=f"is longer than {LONGEST} characters")
        elif _NOT_UTF8.search(line):
            yield place, Unusable(place=place, message="is not UTF-8")
        elif line.strip():
            yield place, _object(line, place)


def _object(line: str, place: str) -> Mapping[str, Any] | Unusable:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Unusable(place=place, message=f"is no JSON: {error}")
    if not isinstance(found, dict):
        return Unusable(place=place, message="is no JSON object")
    if unknown := sorted(set(found) - {*COLUMNS, ESCAPED}):
        return Unusable(place=place, message=f"has the unknown field '{unknown[0]}'; known: {', '.join(COLUMNS)}")
    return found


def _unit(row: Mapping[str, Any], place: str, market: str) -> Unit | Unusable:
    """Return the unit of a row or an object, or what is wrong with it."""
    texts = {name: row.get(name, "") for name in (*_TEXTS, "at")}
    for name, value in texts.items():
        if not isinstance(value, str):
            return Unusable(place=place, message=f"field '{name}' is no text")
    if row.get(ESCAPED) == "yes":
        texts = {name: unescape(text) for name, text in texts.items()}
    at, uses = texts.pop("at"), row.get("uses", "")
    moment = read_moment(at) if at else None
    if at and moment is None:
        return Unusable(place=place, message=f"field 'at' is no moment: write 2026-08-02T01:30:00Z, not {at[:40]!r}")
    named = texts.pop("kind") or "reference"
    kind = next((kind for kind in KINDS if kind == named), None)
    if kind is None:
        return Unusable(place=place, message=f"field 'kind' must be human, reference or machine, not {named[:40]!r}")
    if isinstance(uses, str) and uses.isascii() and uses.isdigit() and len(uses) < 10:
        uses = int(uses)
    if uses != "" and (not isinstance(uses, int) or isinstance(uses, bool)):
        return Unusable(place=place, message="field 'uses' is no whole number")
    return checked(Unit(**texts, kind=kind, at=moment, uses=None if uses == "" else uses, place=place), market)
