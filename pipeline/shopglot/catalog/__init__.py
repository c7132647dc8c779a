"""The catalog room: reading listings, walking and rebuilding their texts, exporting.

    read(location)   -> Listing or BrokenLine, one for each line, streaming
    total(location)  -> how many there will be, or None
    walk(listing)    -> the texts that a shopper reads
    rebuild(listing, targets) -> the listing's document with other texts
    write_jsonl, write_csv

One module per format: jsonl, tabular (with shopify), parquet, hub.
"""

from __future__ import annotations

import gzip
import itertools
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from shopglot.catalog.export import write_csv, write_jsonl
from shopglot.catalog.fields import rebuild, walk
from shopglot.catalog.listing import parse
from shopglot.errors import CatalogError
from shopglot.types import BrokenLine, Listing

__all__ = ["parse", "read", "rebuild", "total", "walk", "write_csv", "write_jsonl"]

ACCEPTED = (
    "a file ending in .jsonl, .ndjson, .csv or .tsv (each also with .gz), or in .parquet; "
    "hf://owner/name?split=train for a dataset on a hub; a folder that `datasets` saved or can load; "
    "or - for JSONL on standard input"
)
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSONL = (".jsonl", ".ndjson")


def read(location: str | os.PathLike[str]) -> Iterator[Listing | BrokenLine]:
    """Return an iterator over the lines of a catalog: one Listing or BrokenLine for each, in order.

    `location` is what ACCEPTED says. Memory is bounded by the longest line. Raises CatalogError: at once where the
    location is unknown or unreadable or has no usable header, while iterating where the data break off.
    """
    location = os.fspath(location)
    items = _guard(_open(location), location)
    if location == "-":
        return items
    # The first item is fetched here, so that a bad location fails before anything is started for it.
    return itertools.chain(list(itertools.islice(items, 1)), items)


def total(location: str | os.PathLike[str]) -> int | None:
    """Return the number of items that `read` will give, None where only reading could tell.

    Raises CatalogError as `read` does.
    """
    location = os.fspath(location)
    if location == "-" or location.startswith("hf://"):
        return None
    path = _check(location)
    kind, packed = _suffix(path)
    if path.is_dir():
        from shopglot.catalog import hub

        return hub.count(location)
    if kind == ".parquet":
        from shopglot.catalog import parquet

        return parquet.count(path)
    if packed or not path.is_file():  # unpacking is as slow as reading; a pipe can be read once only
        return None
    from shopglot.catalog import jsonl, tabular

    with path.open("rb") as file:
        if kind in _JSONL:
            return jsonl.count(file)
        return tabular.count(file, delimiter=_DELIMITERS[kind], name=location)


def _open(location: str) -> Iterator[Listing | BrokenLine]:
    """Yield the items of a location; the formats' libraries are imported when needed."""
    from shopglot.catalog import jsonl

    if location == "-":
        yield from jsonl.read(sys.stdin.buffer)
        return
    path = None if location.startswith("hf://") else _check(location)
    if path is None or path.is_dir():
        from shopglot.catalog import hub

        yield from hub.read(location)
        return
    kind, packed = _suffix(path)
    if kind == ".parquet":
        from shopglot.catalog import parquet

        yield from parquet.read(path)
        return
    with cast("BinaryIO", gzip.open(path, "rb")) if packed else path.open("rb") as file:
        if kind in _JSONL:
            yield from jsonl.read(file)
        else:
            from shopglot.catalog import tabular

            yield from tabular.read(file, delimiter=_DELIMITERS[kind], name=location)


def _guard(items: Iterator[Listing | BrokenLine], location: str) -> Iterator[Listing | BrokenLine]:
    """Pass the items on; data that break off become a CatalogError."""
    number = 0
    try:
        for item in items:
            yield item
            number += 1
    except (OSError, EOFError, zlib.error) as error:
        raise CatalogError(f"{location}: cannot be read after item {number}: {error}") from error


def _check(location: str) -> Path:
    """Return the path of a file or folder that exists and whose kind is known."""
    path = Path(location)
    try:
        path.stat()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise CatalogError(f"{location}: cannot be opened: {error}; expected {ACCEPTED}") from error
    if not path.is_dir() and _suffix(path)[0] not in (*_JSONL, *_DELIMITERS, ".parquet"):
        raise CatalogError(f"{location}: unknown kind of file; expected {ACCEPTED}")
    return path


def _suffix(path: Path) -> tuple[str, bool]:
    """Return the suffix that names the format, and whether the file is gzipped."""
    name = path.name.lower()
    packed = name.endswith(".gz")
    kind = Path(name.removesuffix(".gz")).suffix
    return ("" if packed and kind == ".parquet" else kind), packed
