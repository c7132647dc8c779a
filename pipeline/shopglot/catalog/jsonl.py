"""JSONL: one JSON object a line, UTF-8, optionally gzipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shopglot.catalog.decode import decode
from shopglot.catalog.listing import parse
from shopglot.catalog.reasons import MAX_LINE_BYTES, LineError, broken
from shopglot.types import BrokenLine, Listing

_CHUNK = 1 << 20


def read(file: BinaryIO) -> Iterator[Listing | BrokenLine]:
    """Yield one item for each line of `file`, in order; no more than MAX_LINE_BYTES are held at a time.

    A byte order mark at the start of a line is dropped. The newline that ends the last line makes no line.
    """
    for number, raw in enumerate(lines(file), start=1):
        try:
            document = _decode(raw)
        except LineError as error:
            yield broken(error, line=number)
        else:
            yield parse(document, line=number)


def count(file: BinaryIO) -> int:
    """Return the number of lines in the rest of `file`."""
    total, last = 0, b"\n"
    while chunk := file.read(_CHUNK):
        total += chunk.count(b"\n")
        last = chunk[-1:]
    return total + (last != b"\n")


def lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line without its newline; None for one that is longer than MAX_LINE_BYTES, which is passed over."""
    # Two bytes more than a line may have: its newline, and one that shows that it has too many.
    while raw := file.readline(MAX_LINE_BYTES + 2):
        line = raw.removesuffix(b"\n")
        if len(line) <= MAX_LINE_BYTES:
            yield line
            continue
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(_CHUNK)
        yield None


def text_of(raw: bytes | None) -> str:
    """Return a line as text, without a byte order mark; raises LineError where it is none."""
    if raw is None:
        raise LineError("line.too-long", limit=MAX_LINE_BYTES)
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise LineError("encoding.invalid", offset=error.start) from None


def _decode(raw: bytes | None) -> object:
    text = text_of(raw)
    if not text.strip():
        raise LineError("line.empty")
    return decode(text)
