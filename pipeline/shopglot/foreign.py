"""Files that other tools write and read: what every format of theirs needs, and none of the formats themselves."""

from __future__ import annotations

import csv
import importlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from shopglot.errors import DataError, UsageError, WorkError

# What XML 1.0 has no place for, not even escaped.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# What a spreadsheet takes for a formula (OWASP, CSV injection), and what `guard` has made of it.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def require(module: str) -> Any:
    """Import a module of the extra `interchange`. Raises `UsageError` that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"this format needs '{error.name}', which is not installed: pip install 'shopglot[interchange]'."
        ) from error


def read_text(path: Path) -> str:
    """Return the content of a UTF-8 file, without the mark that some tools put in front.

    Raises `DataError` naming the file, and the line where it is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}:{line}: not UTF-8 ({error.reason}). Save the file as UTF-8.") from error


def read_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 file: what stands between line feeds, whatever else it holds. Raises `DataError`."""
    text = read_text(path)
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def read_objects(path: Path, *, like: str = "") -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a JSON lines file with the line of each; empty lines are skipped.

    `like` says what an object should be. Raises `DataError` naming file and line.
    """
    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            yield number, json_object(line, f"{path}:{number}", like=like)


def json_object(text: str, spot: str, *, like: str = "") -> dict[str, Any]:
    """Return the JSON object that a line is; `spot` says where it stands, `like` what is needed.

    Raises `DataError` for anything else, also for numbers and nestings that are too much for Python.
    """
    try:
        found = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise DataError(f"{spot}: no JSON: {error}") from error
    if not isinstance(found, dict):
        raise DataError(f"{spot}: a JSON object{like and ' '}{like} is needed.")
    return found


def local(element: Any) -> str:
    """Return the name of an XML element without its namespace, "" for a comment or a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def refuse_entities(path: Path, root: Any) -> None:
    """Raise `DataError` where a document declares entities.

    A DOCTYPE that names a DTD elsewhere is usual in TBX and TMX, and is not followed; entities have no business here.
    """
    subset = root.getroottree().docinfo.internalDTD
    if subset is not None and next(subset.iterentities(), None) is not None:
        raise DataError(f"{path}: declares XML entities, which can hide any text; remove the <!ENTITY …> lines.")


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguard` is the inverse."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Return the cell that `guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


@contextmanager
def long_cells(longest: int) -> Iterator[None]:
    """Let csv read cells of so many characters; the limit is the process's, so it is put back."""
    before = csv.field_size_limit(longest)
    try:
        yield
    finally:
        csv.field_size_limit(before)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes its place at `path` when all is written: others see the old or the new one.

    Raises `WorkError` where it cannot be written; what raises inside leaves the old one.
    """
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                yield file  # type: ignore[misc]
                file.flush()
                os.fsync(file.fileno())
                # A temporary file is private; the new one keeps the rights that the old one had.
                Path(file.name).chmod(path.stat().st_mode if path.exists() else 0o644)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except (OSError, UnicodeEncodeError) as error:
        raise WorkError(f"{path}: cannot be written: {error}") from error
