"""The archive that a backup is: a ZIP file with one JSON-lines member per table and a manifest, `manifest.json`.

A line of `<table>.jsonl` is a JSON array with the values of one row in the order of the manifest's columns, the rows in
the order of their primary key. Text is as it is stored (`encoding.escape`), a moment is ISO 8601 in UTC. The manifest
has, for each table in an order in which rows may be written, its columns, rows, bytes, SHA-256 and the highest number
that was ever given.

An archive may come from elsewhere: nothing in it is unpacked to a disk, no name in it becomes a path or SQL, its lines
and its sizes are bounded, and nothing of it is believed before its checksum is.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeAlias, cast

from shopglot.errors import DataError

FORMAT = "shopglot store"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"

MAX_LINE_BYTES = 512 << 20  # a row; a page is far smaller
_MAX_MANIFEST_BYTES = 1 << 20
_MAX_MEMBERS = 200
_FREE_BYTES = 1 << 30  # an archive may always unpack to this much,
_MAX_RATIO = 200  # and beyond it to so many times its size; stores have some 5 to 20
_STEP = 5_000  # rows between two signs of life

Progress: TypeAlias = Callable[[str], None]  # told what is being done; may be called often


def silent(_doing: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEntry:
    """What the manifest says of a table. `counter` is the highest number ever given, None where none is kept."""

    name: str
    columns: tuple[str, ...]
    rows: int
    size: int
    sha256: str
    counter: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive says of itself. `engine` is the database that it came from; `created_at` is ISO 8601."""

    schema_version: int
    shopglot: str
    created_at: str
    engine: str
    tables: tuple[TableEntry, ...]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)

    def dump(self) -> bytes:
        """Return the manifest as it is written."""
        value = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return json.dumps(value, ensure_ascii=False, indent=1).encode()


class Archive:
    """An archive that is open for reading; DataError wherever it is not what a backup wrote."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._stream: BinaryIO = file.open("rb")
        except OSError as error:
            raise DataError(
                f"archive {file}: {error.strerror}; name a file that `shopglot store backup` wrote"
            ) from error
        try:
            self._zip, self._members = self._open()
            self.manifest = self._read_manifest()
            self._compare()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        """Return the archive itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._zip.close()
        self._stream.close()

    def verify(self, progress: Progress = silent) -> None:
        """Read all of it, and raise a DataError where a table is not what the manifest says."""
        for table in self.manifest.tables:
            for _row in self.rows(table, progress=progress, doing="checking"):
                pass

    def rows(self, table: TableEntry, *, progress: Progress = silent, doing: str = "reading") -> Iterator[list[Any]]:
        """Yield the rows of a table; at the end their number, size and checksum have to be those of the manifest."""
        seen, size, checksum = 0, 0, hashlib.sha256()
        with self._explained(), self._zip.open(self._members[f"{table.name}.jsonl"]) as member:
            lines = io.BufferedReader(cast("io.RawIOBase", member), 1 << 20)
            while line := lines.readline(MAX_LINE_BYTES + 1):
                if len(line) > MAX_LINE_BYTES:
                    raise self._wrong(f"a row of table {table.name} is longer than {MAX_LINE_BYTES >> 20} MiB")
                seen, size = seen + 1, size + len(line)
                checksum.update(line)
                yield self._row(table, seen, line)
                if seen % _STEP == 0:
                    progress(f"{doing} {table.name}: {seen} of {table.rows} rows")
        if (seen, size, checksum.hexdigest()) != (table.rows, table.size, table.sha256):
            raise self._wrong(f"table {table.name} is not what was backed up")

    def _row(self, table: TableEntry, number: int, line: bytes) -> list[Any]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, list) or len(row) != len(table.columns):
            raise self._wrong(f"row {number} of table {table.name} cannot be read")
        return row

    def _open(self) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
        """Return the ZIP file and its members by name, once their number and their sizes are sound."""
        size = self._stream.seek(0, io.SEEK_END)
        try:
            opened = zipfile.ZipFile(self._stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self._wrong(f"it is no backup, or its end is missing ({error})") from error
        listed = opened.infolist()
        members = {member.filename: member for member in listed}
        if len(members) != len(listed) or len(listed) > _MAX_MEMBERS or MANIFEST not in members:
            raise self._wrong("it is no backup of a store: its members are not those of one")
        if any(member.flag_bits & 1 or member.compress_type not in (0, zipfile.ZIP_DEFLATED) for member in listed):
            raise self._wrong("it is encrypted, or compressed in another way than a backup")
        unpacked = sum(member.file_size for member in listed)
        if unpacked > max(_FREE_BYTES, _MAX_RATIO * size) or sum(member.compress_size for member in listed) > size:
            raise self._wrong(f"it would unpack to {unpacked} bytes, which no backup of its size does")
        return opened, members

    def _read_manifest(self) -> Manifest:
        """Return the manifest, or raise a DataError that says what is wrong with it."""
        if self._members[MANIFEST].file_size > _MAX_MANIFEST_BYTES:
            raise self._wrong("its manifest is too long")
        with self._explained():
            data = self._zip.read(MANIFEST)
        try:
            value = json.loads(data)
            if value["format"] != FORMAT:
                raise self._wrong("it is no backup of a store")
            if value["format_version"] != FORMAT_VERSION:
                raise self._wrong(
                    f"its format is {value['format_version']}; restore it with the shopglot that wrote it"
                )
            tables = tuple(_entry(table) for table in value["tables"])
            datetime.fromisoformat(value["created_at"])
            return Manifest(
                schema_version=int(value["schema_version"]),
                shopglot=str(value["shopglot"]),
                created_at=str(value["created_at"]),
                engine=str(value["engine"]),
                tables=tables,
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._wrong("its manifest cannot be read") from error

    def _compare(self) -> None:
        """Raise a DataError unless the members are those that the manifest names, no more and no fewer."""
        named = [f"{table.name}.jsonl" for table in self.manifest.tables]
        if sorted([*named, MANIFEST]) != sorted(self._members):
            raise self._wrong("its members are not those that its manifest names")
        for table, name in zip(self.manifest.tables, named, strict=True):
            if self._members[name].file_size != table.size:
                raise self._wrong(f"table {table.name} is not what was backed up")

    def _explained(self) -> _Explained:
        return _Explained(self)

    def _wrong(self, what: str) -> DataError:
        return DataError(f"archive {self._file}: {what}; take another backup")


class _Explained:
    """Turns what a damaged archive makes of reading it into a DataError."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Raise the DataError."""
        if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError | OSError | NotImplementedError):
            raise self._archive._wrong(f"it is damaged ({error})") from error


def _entry(value: Any) -> TableEntry:
    """Return the manifest's entry of a table; ValueError, TypeError or KeyError where it is none."""
    columns, counter = value["columns"], value["counter"]
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise ValueError("columns")
    if not all(type(value[key]) is int and value[key] >= 0 for key in ("rows", "size")):
        raise ValueError("rows")
    if counter is not None and (type(counter) is not int or not 0 <= counter < 1 << 63):
        raise ValueError("counter")
    return TableEntry(
        name=str(value["name"]), columns=tuple(columns), rows=value["rows"], size=value["size"],
        sha256=str(value["sha256"]), counter=counter,
    )  # fmt: skip
