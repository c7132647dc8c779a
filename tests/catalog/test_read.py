"""Opening catalogs by their location."""

import gzip
import io
import json
import os
import sys
import threading
import tracemalloc
from pathlib import Path

import pytest

from shopglot import catalog
from shopglot.errors import CatalogError
from shopglot.types import BrokenLine

LINE = b'{"id": "%d", "fields": {"title": "\xe6\xa3\x89"}}\n'


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "A.JSONL", "a.b.jsonl"])
def test_jsonl(tmp_path: Path, name: str) -> None:
    """JSONL is known by its suffix, in any case."""
    path = tmp_path / name
    path.write_bytes(LINE % 1 + LINE % 2)
    assert ["1", "2"] == [item.id for item in catalog.read(str(path))]
    assert catalog.total(path) == 2


@pytest.mark.parametrize(
    ("name", "data"), [("a.jsonl.gz", LINE % 1), ("a.csv.gz", b"id\n1\n"), ("a.tsv.GZ", b"id\n1\n")]
)
def test_gzip(tmp_path: Path, name: str, data: bytes) -> None:
    """Packed files are read; how many lines there are is not known beforehand."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(data))
    assert ["1"] == [item.id for item in catalog.read(path)]
    assert catalog.total(path) is None


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is JSONL on standard input, in UTF-8 whatever the locale."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINE % 1 + b"\xff\n"), encoding="ascii"))
    assert ["1", "encoding.invalid"] == [getattr(item, "reason", item.id) for item in catalog.read("-")]
    assert catalog.total("-") is None


def test_pipe(tmp_path: Path) -> None:
    """A named pipe is read once, and not spoilt by asking for its length."""
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    assert catalog.total(path) is None
    writer = threading.Thread(target=path.write_bytes, args=(LINE % 1,))
    writer.start()
    assert ["1"] == [item.id for item in catalog.read(path)]
    writer.join()


@pytest.mark.parametrize("name", ["a.json", "a.txt", "a", "a.xlsx", "a.parquet.gz", "a.gz", "jsonl"])
def test_unknown_kind(tmp_path: Path, name: str) -> None:
    """A file of another kind is refused at once, saying what is accepted."""
    (tmp_path / name).write_bytes(LINE % 1)
    for open_ in (catalog.read, catalog.total):
        with pytest.raises(CatalogError, match=r"unknown kind of file; expected a file ending in \.jsonl"):
            open_(tmp_path / name)


@pytest.mark.parametrize("name", ["missing.jsonl", "missing", "x\x00y.csv", "a.jsonl/b.jsonl", ""])
def test_missing(tmp_path: Path, name: str) -> None:
    """A location that does not exist is an error at once, not when the first line is read."""
    (tmp_path / "a.jsonl").write_bytes(b"")
    location = f"{tmp_path}/{name}" if name else ""
    if not name:
        location = str(tmp_path / "none" / "x.jsonl")
    with pytest.raises(CatalogError, match="cannot be opened"):
        catalog.read(location)


def test_bad_header_fails_at_once(tmp_path: Path) -> None:
    """A CSV without ids fails when it is opened."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"name\n1\n")
    with pytest.raises(CatalogError, match="no column `id`"):
        catalog.read(path)


def test_damaged_gzip(tmp_path: Path) -> None:
    """A packed file that is cut off is an error that says how far it went, not a shorter catalog."""
    path = tmp_path / "a.jsonl.gz"
    data = gzip.compress(b"".join(LINE % number for number in range(20_000)))
    path.write_bytes(data[: len(data) // 2])
    items = catalog.read(path)
    assert next(items).id == "0"
    with pytest.raises(CatalogError, match=r"cannot be read after item \d{3,}"):
        list(items)
    path.write_bytes(b"not gzip")
    with pytest.raises(CatalogError, match="cannot be read after item 0"):
        catalog.read(path)


def test_empty_file(tmp_path: Path) -> None:
    """An empty JSONL file is a catalog of no lines."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"")
    assert [] == list(catalog.read(path))
    assert catalog.total(path) == 0


def test_memory_does_not_grow(tmp_path: Path) -> None:
    """Reading takes the memory of a line, not of the file."""
    path = tmp_path / "a.jsonl"
    text = json.dumps({"id": "x", "fields": {"title": "x" * 2_000}}).encode() + b"\n"
    with path.open("wb") as file:
        for _ in range(10_000):
            file.write(text)
    tracemalloc.start()
    try:
        number = sum(1 for _ in catalog.read(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert number == 10_000
    assert peak < 1_000_000 < path.stat().st_size


def test_sample_catalog(sample: Path) -> None:
    """Every line of the sample catalog is a listing with texts."""
    for item in catalog.read(sample):
        assert not isinstance(item, BrokenLine), item
        assert list(catalog.walk(item))


def test_broken_catalog(broken: Path) -> None:
    """Every line of the broken catalog gives exactly one item, with the reason that its line number stands for."""
    items = list(catalog.read(broken))
    assert catalog.total(broken) == len(items) == broken.read_bytes().count(b"\n") + 1
    assert list(range(1, len(items) + 1)) == [item.line for item in items]
    good = {1, 4, 6, 9, 11, 21, 22, 23, 26, 27, 28, 30, 36, 37}
    assert good == {item.line for item in items if not isinstance(item, BrokenLine)}
    reasons = {item.line: item.reason for item in items if isinstance(item, BrokenLine)}
    expected = {5: "encoding.invalid", 10: "id.type", 16: "line.empty", 31: "text.surrogate", 33: "nesting.too-deep"}
    assert expected.items() <= reasons.items()
