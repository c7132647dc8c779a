"""Hugging Face datasets, from local folders; nothing here reaches a hub."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopglot import catalog
from shopglot.catalog import hub
from shopglot.errors import CatalogError
from shopglot.types import Listing

ROWS: list[dict[str, Any]] = [
    {"id": "1", "fields": {"title": "甲", "note": None}, "stock": 3},
    {"id": "2", "fields": {"title": None, "note": "乙"}, "stock": None},
]
EXPECTED = [{"id": "1", "fields": {"title": "甲"}, "stock": 3}, {"id": "2", "fields": {"note": "乙"}}]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the library's caches and the network out of the tests."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))


def dataset(rows: list[dict[str, Any]]) -> Any:
    """Return a dataset in memory."""
    import datasets

    return datasets.Dataset.from_list(rows)


def documents(location: Path) -> list[Any]:
    """Return the documents that a location gives."""
    items = list(catalog.read(location))
    assert list(range(1, len(items) + 1)) == [item.line for item in items]
    return [item.document if isinstance(item, Listing) else item.reason for item in items]


def test_saved(tmp_path: Path) -> None:
    """A dataset that save_to_disk wrote is read, and its length is known."""
    dataset(ROWS).save_to_disk(tmp_path / "saved")
    assert EXPECTED == documents(tmp_path / "saved")
    assert catalog.total(tmp_path / "saved") == 2


def test_saved_splits(tmp_path: Path) -> None:
    """Of several splits `train` is read; without it the message names them, and each can be named itself."""
    import datasets

    datasets.DatasetDict({"test": dataset(ROWS[:1]), "train": dataset(ROWS)}).save_to_disk(tmp_path / "a")
    assert EXPECTED == documents(tmp_path / "a")
    datasets.DatasetDict({"test": dataset(ROWS[:1]), "dev": dataset(ROWS)}).save_to_disk(tmp_path / "b")
    with pytest.raises(CatalogError, match=r"several splits \(dev, test\)"):
        catalog.read(tmp_path / "b")
    assert EXPECTED == documents(tmp_path / "b" / "dev")


def test_loadable_folder(tmp_path: Path) -> None:
    """A folder of data files that the library knows is streamed."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.jsonl").write_text('{"id": "1", "title": "甲"}\n{"id": "2", "title": "乙"}\n', encoding="utf-8")
    expected = [{"id": "1", "fields": {"title": "甲"}}, {"id": "2", "fields": {"title": "乙"}}]
    assert expected == documents(folder)
    assert catalog.total(folder) is None


def test_no_dataset(tmp_path: Path) -> None:
    """A folder that is no dataset, or has no ids, is an error that names it."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogError, match="empty: cannot be opened as a dataset"):
        catalog.read(tmp_path / "empty")
    dataset([{"name": "x"}]).save_to_disk(tmp_path / "other")
    with pytest.raises(CatalogError, match="other: there is no column `id`"):
        catalog.read(tmp_path / "other")


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("hf://owner/name", {"path": "owner/name", "name": None, "split": "train", "revision": None}),
        ("hf://name?split=test", {"path": "name", "name": None, "split": "test", "revision": None}),
        (
            "hf://Owner/Name?split=train[:5]&config=zh&revision=abc",
            {"path": "Owner/Name", "name": "zh", "split": "train[:5]", "revision": "abc"},
        ),
    ],
)
def test_address(monkeypatch: pytest.MonkeyPatch, location: str, expected: dict[str, Any]) -> None:
    """An hf:// address names dataset, split, configuration and revision, and is streamed."""
    import datasets

    asked: dict[str, Any] = {}

    def load(path: str, **options: Any) -> Any:
        asked.update(options, path=path)
        return dataset(ROWS).to_iterable_dataset()

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert ["1", "2"] == [item.id for item in catalog.read(location)]
    assert {**expected, "streaming": True} == asked
    assert catalog.total(location) is None


@pytest.mark.parametrize("location", ["hf://", "hf://a/b/c", "hf://a/b?splt=train", "hf://a/b?split="])
def test_bad_address(location: str) -> None:
    """An address that names no dataset or an unknown option is refused before anything is fetched."""
    with pytest.raises(CatalogError, match="expected hf://owner/name"):
        catalog.read(location)


def test_stream_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that breaks off is an error that says after which row, not a shorter catalog."""

    class Stream:
        """One row, then the connection is lost."""

        column_names = None

        def __iter__(self) -> Iterator[dict[str, Any]]:
            yield ROWS[0]
            raise ConnectionError("reset")

    monkeypatch.setattr(hub, "_open", lambda _: Stream())
    items = catalog.read("hf://owner/name")
    assert next(items).id == "1"
    with pytest.raises(CatalogError, match="after row 1: reset"):
        next(items)
