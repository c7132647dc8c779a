"""Reviewers' verdicts as files: JSON Lines in and out, CSV out for people.

A line is an object with the keys of `Judgement`; market, listing, path, source, target, origin and published are
required. `judged_at` is ISO 8601 with a zone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any, TextIO, get_args

from shopglot.catalog.decode import decode
from shopglot.catalog.reasons import LineError, broken, show
from shopglot.errors import DataError
from shopglot.market import MARKETS
from shopglot.store.reading import iso
from shopglot.types import Channel, ErrorKind, ErrorSeverity, Json, Judgement, Origin

KEYS = tuple(field.name for field in fields(Judgement))

_REQUIRED = tuple(field.name for field in fields(Judgement) if field.default is MISSING)
_CHOICES: dict[str, tuple[str, ...]] = {
    "market": tuple(MARKETS),
    "origin": get_args(Origin),
    "error": get_args(ErrorKind),
    "severity": get_args(ErrorSeverity),
    "channel": get_args(Channel),
}
_LARGEST = 2**31 - 1  # what every database counts to


def read_judgements(
    lines: Iterable[bytes], name: str, *, channel: Channel, reviewer: str | None, now: datetime
) -> Iterator[Judgement]:
    """Yield the judgement of each line that is not blank.

    `channel`, `reviewer` and `now` (as `judged_at`) stand in where a line does not say. A line that is no judgement
    raises a DataError that names the file by `name`, the line and the field.
    """
    given: dict[str, Any] = {"channel": channel, "judged_at": iso(now)}
    if reviewer is not None:
        given["reviewer"] = reviewer
    for number, line in enumerate(lines, start=1):
        where = f"{name}:{number}"
        text = _text(line, where)
        if text.strip():
            yield _judgement({**given, **_object(text, where)}, where)


def _text(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: byte {error.start + 1} is no UTF-8; save the file as UTF-8.") from error


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        found = decode(text)
    except LineError as error:
        raise DataError(f"{where}: no JSON object: {broken(error, line=0).message}") from error
    if not isinstance(found, dict):
        raise DataError(f"{where}: a JSON object is needed, one a line.")
    return found


def _judgement(found: Mapping[str, Any], where: str) -> Judgement:
    """Return the judgement that an object describes."""
    if unknown := [key for key in found if key not in KEYS]:
        raise DataError(f"{where}: field '{show(unknown[0])}' is not known; the fields are {', '.join(KEYS)}.")
    if lacking := [key for key in _REQUIRED if key not in found]:
        advice = ", or name a reviewer with --reviewer" if lacking[0] == "reviewer" else ""
        raise DataError(f"{where}: field '{lacking[0]}' is missing; add it{advice}.")
    values: dict[str, Any] = {}
    for key, value in found.items():
        try:
            values[key] = _READERS.get(key, _read_text)(value)
        except ValueError as error:
            raise DataError(f"{where}: field '{key}' {error}.") from error
        if key in _CHOICES and values[key] not in _CHOICES[key]:
            raise DataError(f"{where}: field '{key}' must be one of {', '.join(map(repr, _CHOICES[key]))}.")
        if key in ("listing", "reviewer") and not values[key]:
            raise DataError(f"{where}: field '{key}' is empty.")
    return Judgement(**values)


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004  # it becomes a DataError, which names the line
    return value


def _read_optional_text(value: object) -> str | None:
    return None if value is None else _read_text(value)


def _read_index(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise ValueError(f"must be a whole number from 0 to {_LARGEST}")
    return value


def _read_score(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError("must be a number from 0 to 1, or null")
    return float(value)


def _read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004  # as above
    return value


def _read_moment(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(_read_text(value))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a moment with its zone, such as 2026-08-02T01:30:00Z")


_READERS: dict[str, Callable[[object], Any]] = {
    "index": _read_index,
    "score": _read_score,
    "signature": _read_optional_text,
    "published": _read_flag,
    "judged_at": _read_moment,
}


def describe(judgement: Judgement) -> dict[str, Json]:
    """Return a judgement as the object of its line, every key written out."""
    found: dict[str, Json] = {key: getattr(judgement, key) for key in KEYS if key != "judged_at"}
    return {**found, "judged_at": iso(judgement.judged_at)}


def write_csv(judgements: Iterable[Judgement], out: TextIO) -> int:
    """Write a header and one record for each judgement, and return how many there were.

    `out` must not translate line ends. Cells are written as they are: import the file into a spreadsheet as text. None
    becomes an empty cell; only JSON Lines tell it from an empty text, and only they are read back.
    """
    writer = csv.writer(out)
    writer.writerow(KEYS)
    number = 0
    for judgement in judgements:
        row = describe(judgement)
        row["published"] = "true" if judgement.published else "false"
        writer.writerow([row[key] for key in KEYS])
        number += 1
    return number
