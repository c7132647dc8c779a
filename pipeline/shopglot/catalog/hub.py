"""Hugging Face datasets: on a hub (`hf://owner/name?split=train&config=…&revision=…`) or in a local folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shopglot.catalog.parquet import check_columns, item_of
from shopglot.errors import CatalogError
from shopglot.types import BrokenLine, Listing

SCHEME = "hf://"
_OPTIONS = ("split", "config", "revision")


def read(location: str) -> Iterator[Listing | BrokenLine]:
    """Yield one item for each row of the dataset that `location` names, streaming.

    Raises CatalogError where it cannot be opened, is no table of listings, or breaks off.
    """
    dataset = _open(location)
    if dataset.column_names is not None:  # a stream may not know them
        check_columns(list(dataset.column_names), location)
    number = 0
    items = iter(dataset)
    while True:
        try:
            row = next(items)
        except StopIteration:
            return
        except Exception as error:  # whatever a builder or the network raises
            raise CatalogError(f"{location}: cannot be read after row {number}: {error}") from error
        number += 1
        yield item_of(row, line=number)


def count(location: str) -> int | None:
    """Return the number of rows of a folder saved with save_to_disk, None for anything else."""
    return len(_open(location)) if _is_saved(location) else None


def _open(location: str) -> Any:
    import datasets

    try:
        if location.startswith(SCHEME):
            name, options = _parse(location)
            config, revision = options.get("config"), options.get("revision")
            split = options.get("split", "train")
            return datasets.load_dataset(name, name=config, split=split, revision=revision, streaming=True)
        if _is_saved(location):
            return _pick(datasets.load_from_disk(location), location)
        return _pick(datasets.load_dataset(location, streaming=True), location)
    except CatalogError:
        raise
    except Exception as error:  # each builder, file system and hub client has its own errors
        raise CatalogError(f"{location}: cannot be opened as a dataset: {error}") from error


def _parse(location: str) -> tuple[str, dict[str, str]]:
    """Return the dataset's name and options. The name may lack an owner."""
    parts = urlsplit(location)
    name = (parts.netloc + parts.path).strip("/")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - set(_OPTIONS))
    if unknown or not name or name.count("/") > 1 or not all(options.values()):
        raise CatalogError(
            f"{location}: expected hf://owner/name?split=…&config=…&revision=…, each option with a value"
        )
    return name, options


def _is_saved(location: str) -> bool:
    """Tell whether a local folder was written by save_to_disk."""
    return any(Path(location, name).is_file() for name in ("state.json", "dataset_dict.json"))


def _pick(dataset: Any, location: str) -> Any:
    """Return the split `train`, or the only one there is."""
    if not isinstance(dataset, dict):
        return dataset
    if "train" in dataset:
        return dataset["train"]
    if len(dataset) == 1:
        return next(iter(dataset.values()))
    names = ", ".join(sorted(dataset))
    raise CatalogError(f"{location}: there are several splits ({names}) and none is `train`; name one folder of them")
