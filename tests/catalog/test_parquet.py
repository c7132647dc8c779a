"""Parquet: listings as structs, as JSON, or in our flat columns."""

import datetime as dt
import decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from shopglot import catalog
from shopglot.errors import CatalogError
from shopglot.types import BrokenLine, Listing


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    """Write a table and return where."""
    pq.write_table(pa.table(columns), path, **options)
    return path


def documents(path: Path) -> list[Any]:
    """Return each document, or the reason why there is none."""
    return [item.document if isinstance(item, Listing) else item.reason for item in catalog.read(path)]


def test_structs(tmp_path: Path) -> None:
    """`fields` may be a struct; a name that another row has is absent, not null."""
    fields = [{"title": "甲", "bullets": ["a"]}, {"title": "乙", "attributes": {"材质": "棉"}}]
    path = write(tmp_path / "a.parquet", {"id": ["1", "2"], "fields": fields, "stock": [3, None]})
    assert [{"id": "1", "fields": fields[0], "stock": 3}, {"id": "2", "fields": fields[1]}] == documents(path)
    assert catalog.total(path) == 2


def test_maps(tmp_path: Path) -> None:
    """Attributes may be a map; an empty one is an object, and a key that occurs twice is refused for its row only."""
    kind = pa.struct([("title", pa.string()), ("attributes", pa.map_(pa.string(), pa.string()))])
    fields = [
        {"title": "甲", "attributes": [("材质", "棉")]},
        {"title": "乙", "attributes": []},
        {"title": "丙", "attributes": [("a", "1"), ("a", "2")]},
    ]
    path = write(tmp_path / "a.parquet", {"id": ["1", "2", "3"], "fields": pa.array(fields, kind)})
    expected = [
        {"id": "1", "fields": {"title": "甲", "attributes": {"材质": "棉"}}},
        {"id": "2", "fields": {"title": "乙", "attributes": {}}},
        "cell.json",
    ]
    assert expected == documents(path)


def test_json_column(tmp_path: Path) -> None:
    """`fields` may be JSON; what is none is that row's reason."""
    path = write(
        tmp_path / "a.parquet", {"id": ["1", "2"], "fields": ['{"title": "甲"}', "{"], "markets": ["us|hk", ""]}
    )
    first, second = catalog.read(path)
    assert isinstance(first, Listing)
    assert {"id": "1", "fields": {"title": "甲"}, "markets": ["us", "hk"]} == first.document
    assert isinstance(second, BrokenLine)
    assert (2, "cell.json", "/fields", "2") == (second.line, second.reason, second.field, second.id)


def test_flat_columns(tmp_path: Path) -> None:
    """Our CSV columns are understood, structured or as text; dates and decimals become strings."""
    columns = {
        "id": ["1"],
        "title": ["甲"],
        "bullets": [["a", "b"]],
        "attributes": ['{"材质": "棉"}'],
        "price.amount": [decimal.Decimal("89.00")],
        "listed": [dt.datetime(2025, 5, 1, 8, 30)],  # noqa: DTZ001 - as Parquet files have them
        "rank": [1.5],
    }
    fields = {"title": "甲", "bullets": ["a", "b"], "attributes": {"材质": "棉"}}
    price = {"amount": "89.00"}
    expected = {"id": "1", "fields": fields, "price": price, "listed": "2025-05-01T08:30:00", "rank": 1.5}
    assert [expected] == documents(write(tmp_path / "a.parquet", columns))


def test_bad_rows(tmp_path: Path) -> None:
    """A row that cannot be converted is refused with its reason; the rows of its batch are not."""
    text = pa.array([b"ok", b"\xff\xfe", b"ok"], pa.binary()).view(pa.string())
    path = write(tmp_path / "a.parquet", {"id": ["1", "2", "3"], "title": text, "raw": [None, None, b"\x00"]})
    assert [{"id": "1", "fields": {"title": "ok"}}, "encoding.invalid", "json.type"] == documents(path)


def test_number_as_id(tmp_path: Path) -> None:
    """An id that is a number is refused as in JSON."""
    assert ["id.type"] == documents(write(tmp_path / "a.parquet", {"id": [1], "title": ["x"]}))


def test_batches_and_row_groups(tmp_path: Path) -> None:
    """Rows are counted across batches and row groups."""
    ids = [str(number) for number in range(1, 1_001)]
    path = write(tmp_path / "a.parquet", {"id": ids, "title": ids}, row_group_size=300)
    assert [(int(number), number) for number in ids] == [(item.line, item.id) for item in catalog.read(path)]
    assert len(ids) == catalog.total(path)


def test_no_id(tmp_path: Path) -> None:
    """A table without ids is no catalog; the message names what is there and what is expected."""
    path = write(tmp_path / "a.parquet", {"name": ["1"], "title": ["x"]})
    with pytest.raises(CatalogError, match=r"a\.parquet: there is no column `id` \(found: name, title\)"):
        catalog.read(path)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"not parquet at all"])
def test_no_parquet(tmp_path: Path, data: bytes) -> None:
    """A file that is no Parquet is an error that names it."""
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    for open_ in (catalog.read, catalog.total):
        with pytest.raises(CatalogError, match=r"a\.parquet"):
            open_(path)


def test_damaged_data(tmp_path: Path) -> None:
    """Data that break off under a good footer are an error, not a shorter catalog."""
    ids = [str(number) for number in range(20_000)]
    path = write(tmp_path / "a.parquet", {"id": ids, "title": ids}, compression="zstd")
    data = bytearray(path.read_bytes())
    data[100 : len(data) // 2] = bytes(len(data) // 2 - 100)
    path.write_bytes(data)
    with pytest.raises(CatalogError, match=r"a\.parquet: cannot be read after row"):
        list(catalog.read(path))
