"""Files that other tools write and read: what every format of theirs needs, and none of the formats themselves."""

from __future__ import annotations

import csv
import importlib
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
