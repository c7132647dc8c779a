"""What a zip archive has to be before anything is unpacked: few files, of a sane size, with plain names, no macros.

What the archive says of itself is not believed: every file is unpacked once, a block at a time, and counted.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from shopglot.review.exchange.records import FileError, problem

MAX_FILES = 1000
MAX_UNPACKED = 100 * 1024 * 1024  # bytes, all files together
MAX_RATIO = 100  # unpacked to packed
_FREE = 1024 * 1024  # bytes below which no ratio is asked: small files of one letter pack well
_BLOCK = 1 << 16
_DANGER = ("vbaproject", "macrosheets", "activex", "oleobject", "dialogsheets")


def refuse_unsafe(name: str, data: bytes) -> None:
    """Raise FileError where a workbook is a bomb, leads outside, has macros, or declares a document type in a part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(name, archive, len(data))
            total = 0
            for entry in archive.infolist():
                total += _check_part(name, archive, entry, total)
            if total > _FREE and total > MAX_RATIO * len(data):
                raise FileError(name, problem("zip-ratio", most=MAX_RATIO))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise FileError(name, problem("no-xlsx", why=str(error)[:120] or type(error).__name__)) from error
    except (NotImplementedError, RuntimeError) as error:  # another method of packing; a password
        raise FileError(name, problem("old-office")) from error


def _check_entries(name: str, archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise FileError(name, problem("zip-many", entries=len(entries), most=MAX_FILES))
    for entry in entries:
        path = PurePosixPath(entry.orig_filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.orig_filename or "\x00" in entry.orig_filename:
            raise FileError(name, problem("zip-path"))
        if any(word in entry.filename.casefold() for word in _DANGER):
            raise FileError(name, problem("macros"))
    told = sum(entry.file_size for entry in entries)
    if told > MAX_UNPACKED:
        raise FileError(name, problem("zip-large", most=MAX_UNPACKED))
    if told > _FREE and told > MAX_RATIO * size:
        raise FileError(name, problem("zip-ratio", most=MAX_RATIO))


def _check_part(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, before: int) -> int:
    """Unpack a part without keeping it, and return how many bytes it has."""
    size, head = 0, b""
    types = entry.filename == "[Content_Types].xml"
    tail = b""
    with archive.open(entry) as part:
        while block := part.read(_BLOCK):
            size += len(block)
            if before + size > MAX_UNPACKED:
                raise FileError(name, problem("zip-large", most=MAX_UNPACKED))
            if types:
                head += block
            plain = tail + block.replace(b"\x00", b"")  # UTF-16 too
            if _is_xml(entry.filename) and (b"<!DOCTYPE" in plain or b"<!ENTITY" in plain):
                raise FileError(name, problem("doctype", entry.filename[:80]))
            tail = plain[-16:]
    if b"macroenabled" in head.lower() or b"vbaproject" in head.lower():
        raise FileError(name, problem("macros"))
    return size


def _is_xml(filename: str) -> bool:
    return filename.casefold().endswith((".xml", ".rels", ".vml"))
