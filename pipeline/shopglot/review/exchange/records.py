"""What travels between the desk and an agency: units out, the same units back, and what is wrong with a file.

A unit is one held segment in a market. Its id names the place and what stood there (`PageSegment.seen`), so that a file
that comes back weeks later says by itself whether anything has changed in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal, get_args

from shopglot.errors import DataError
from shopglot.market import MARKETS
from shopglot.types import Mask

Format = Literal["xliff", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: Mapping[Format, str] = {"xliff": ".xlf", "csv": ".csv", "xlsx": ".xlsx"}
MEDIA_TYPES: Mapping[Format, str] = {
    "xliff": "application/xliff+xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
State = Literal["initial", "translated", "reviewed", "final"]  # XLIFF's words, in their order
STATES: tuple[State, ...] = get_args(State)

MAX_BYTES = 20_000_000  # of a file that comes back
MAX_UNITS = 50_000  # in a file, out or in
LONGEST = 100_000  # characters of one text that comes back, as at the desk

_BY_SUFFIX: Mapping[str, Format] = {
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
}
_ID = re.compile(r"([a-z]{2,8})\.([0-9]{1,18})\.([0-9]{1,9})\.([0-9a-f]{32}(?:\.[0-9]{1,18}\.[0-9]{1,18})?)")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Excel 97, and what is encrypted
_ZIP = b"PK\x03\x04"

# What may be wrong, by id: said in English here, in the interface's languages in messages/exchange.toml.
PROBLEMS: Mapping[str, str] = {
    "size": "has {bytes} bytes, more than {most}; split it",
    "units": "has more than {most} units; split it",
    "format": "its name does not end with .xlf, .csv or .xlsx; send the file in the format in which it was exported",
    "old-office": "is encrypted or of Excel 97 to 2003; save it as .xlsx without a password",
    "macros": "has macros, which are never taken; save it as .xlsx",
    "no-xlsx": "is no .xlsx file ({why}); save it as .xlsx again",
    "zip-many": "has {entries} files inside, more than {most}; save the table alone in a new .xlsx",
    "zip-large": "unpacks to more than {most} bytes; save the table alone in a new .xlsx",
    "zip-ratio": "unpacks to more than {most} times its size, as no table does; save the table alone in a new .xlsx",
    "zip-path": "has a file inside whose name leads elsewhere; save the table alone in a new .xlsx",
    "doctype": "declares a document type, which can hide any text; remove <!DOCTYPE …>",
    "no-xml": "is no XML: {why}; export it from the translation tool again",
    "encoding": "is not in UTF-8 (byte {byte}); save it as UTF-8",
    "no-xliff": "is no XLIFF 2.0 or 2.1 but {found}; export it as XLIFF 2",
    "packed": "is packed; unpack it and send the .xlf inside",
    "header": "has no column {column} in its first row; keep the header as it was exported",
    "twice": "has the column {column} twice; keep the header as it was exported",
    "no-csv": "is no CSV: {why}; is a quote not closed?",
    "cells": "has {cells} cells, the header has {columns}",
    "unit": "names no unit; leave the column or attribute as it was exported",
    "long": "has {length} characters, more than {most}",
    "no-text": "is {kind}, not text; format the cell as text",
    "state": "must be one of initial, translated, reviewed, final",
    "no-source": "has no source",
    "code": "has an inline code whose text the file does not have; export it with its original data",
    "element": "has an element <{name}> that no text has",
    "repeated": "stands in the file again, with another text ({places}); leave one",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong: `place` is a line, a row or a unit ("" for the whole file), `field` a column or an element."""

    code: str
    place: str = ""
    field: str = ""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        """The problem in English, without its place."""
        return PROBLEMS[self.code].format_map(dict(self.values))

    def __str__(self) -> str:
        """Return place, field and message."""
        return ": ".join(part for part in (self.place, self.field, self.message) if part)


def problem(code: str, place: str = "", field_: str = "", /, **values: object) -> Problem:
    """Return a problem; `values` fill its sentence."""
    return Problem(
        code=code, place=place, field=field_, values=tuple((name, str(value)) for name, value in values.items())
    )


class FileError(DataError):
    """A file that cannot be read as a whole: nothing of it is taken."""

    def __init__(self, name: str, what: Problem) -> None:
        super().__init__(f"{name}: {what}.")
        self.name = name
        self.problem = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A finding in words, for the translator."""

    check: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A glossary entry that is found in the source."""

    source: str
    target: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A held segment as it leaves.

    `listing` is the page's number, `id` what its merchant calls it; `number` is the segment's index within its field
    and `position` that on the page. `target` is what stands, `seen` names source and target as they stood.
    `masks` are the opaque spans of the source; `limit` is the longest text of the field, in characters, None where
    there is none.
    """

    market: str
    merchant: str
    listing: int
    id: str
    title: str
    path: str
    number: int
    field: str
    position: int
    source: str
    target: str
    seen: str
    notes: tuple[Note, ...] = ()
    terms: tuple[Term, ...] = ()
    limit: int | None = None
    masks: tuple[Mask, ...] = ()

    @property
    def name(self) -> str:
        """The unit's id: unique, and a name token of XML."""
        return f"{self.market}.{self.listing}.{self.position}.{self.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A unit as it came back, from `place` of the file.

    `base` is the target that was exported, as far as the file still has it. `state` is what the agency says of it.
    """

    place: str
    market: str
    listing: int
    position: int
    seen: str
    source: str
    target: str
    base: str | None = None
    state: State = "translated"

    @property
    def done(self) -> bool:
        """Whether somebody says that they have read it and stand for it, changed or not."""
        return self.state in ("reviewed", "final")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file holds: its units in their order, and what of it could not be read."""

    units: tuple[Returned, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: how many units, and which were left out because the format has no room for them."""

    units: int
    left_out: tuple[Unit, ...] = ()


@dataclass(slots=True)
class Gathering:
    """A file while it is read: counts units, and takes each id once."""

    file: str
    units: list[Returned] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, found: Returned | Problem) -> None:
        """Take a unit or what is wrong with one; FileError where there are too many."""
        if isinstance(found, Problem):
            self.problems.append(found)
        else:
            self.units.append(found)
        if len(self.units) + len(self.problems) > MAX_UNITS:
            raise FileError(self.file, problem("units", most=MAX_UNITS))

    def reading(self) -> Reading:
        """Return what was read; of a unit that is there with several texts none is taken."""
        places: dict[tuple[str, int, int], list[Returned]] = {}
        for unit in self.units:
            places.setdefault((unit.market, unit.listing, unit.position), []).append(unit)
        kept: list[Returned] = []
        problems = list(self.problems)
        for group in places.values():
            if len({(unit.seen, unit.target, unit.done) for unit in group}) == 1:
                kept.append(group[0])
            else:
                told = ", ".join(unit.place for unit in group)
                problems += [problem("repeated", unit.place, "target", places=told) for unit in group]
        return Reading(units=tuple(kept), problems=tuple(problems))


def parse_name(name: str) -> tuple[str, int, int, str] | None:
    """Return market, listing, position and `seen` of a unit's id; None where it is none."""
    found = _ID.fullmatch(name.strip())
    if found is None or found[1] not in MARKETS:
        return None
    return found[1], int(found[2]), int(found[3]), found[4]


def returned(place: str, name: str, *, source: str, target: str, base: str | None, state: str) -> Returned | Problem:
    """Return a unit from the texts of its file, or what is wrong with it."""
    parts = parse_name(name)
    if parts is None:
        return problem("unit", place, "unit")
    if len(target) > LONGEST:
        return problem("long", place, "target", length=len(target), most=LONGEST)
    said = state.strip().casefold() or "translated"
    if said not in STATES:
        return problem("state", place, "state")
    market, listing, position, seen = parts
    return Returned(
        place=place, market=market, listing=listing, position=position, seen=seen, source=source, target=target,
        base=base, state=next(one for one in STATES if one == said),
    )  # fmt: skip


def format_by_name(name: str) -> Format:
    """Return the format that a file's name promises. FileError where it promises none that is taken."""
    found = _BY_SUFFIX.get(PurePath(name).suffix.casefold())
    if found is None:
        raise FileError(name, problem("format"))
    return found


def format_of(name: str, data: bytes) -> Format:
    """Return the format of a file by its name and its first bytes. FileError where it is none that is taken."""
    if len(data) > MAX_BYTES:
        raise FileError(name, problem("size", bytes=len(data), most=MAX_BYTES))
    suffix = PurePath(name).suffix.casefold()
    if data.startswith(_OLE) or suffix == ".xls":
        raise FileError(name, problem("old-office"))
    if suffix in (".xlsm", ".xltm", ".xlsb"):
        raise FileError(name, problem("macros"))
    found = format_by_name(name)
    if data.startswith(_ZIP) and found != "xlsx":
        raise FileError(name, problem("packed") if found == "xliff" else problem("format"))
    return found


def read(name: str, data: bytes) -> Reading:
    """Return what a file holds; `name` says its format. FileError where nothing of it can be taken."""
    form = format_of(name, data)
    if form == "xliff":
        from shopglot.review.exchange.xliff import read_xliff

        return read_xliff(name, data)
    from shopglot.review.exchange.tables import read_csv, read_xlsx

    return read_csv(name, data) if form == "csv" else read_xlsx(name, data)


def write(units: Sequence[Unit], form: Format, *, language: str) -> tuple[bytes, Written]:
    """Return units of one market as a file and what was written; `language` is the tag of the targets."""
    if form == "xliff":
        from shopglot.review.exchange.xliff import write_xliff

        return write_xliff(units, language=language)
    from shopglot.review.exchange.tables import write_csv, write_xlsx

    return write_csv(units) if form == "csv" else write_xlsx(units)
