"""The texts of the terminology report: WMT22 shop lines with references, and the pages of a catalog without."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shopglot.catalog import read
from shopglot.catalog.fields import walk
from shopglot.errors import UsageError
from shopglot.language import identify
from shopglot.localizer import Localizer, Part
from shopglot.types import Listing, SegmentKey

DOMAIN = "ecommerce"
FIELD = "description"  # what a line of WMT22 is taken for: prose of a product page


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line with its references, or a whole listing without any. `category` tells it from the others to a termbase."""

    id: str
    source: str = ""
    references: tuple[str, ...] = ()
    listing: Listing | None = None
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is shown, scored and counted as one: a line of WMT22, or one field of a listing, cut into segments."""

    text: int  # index of the text that it belongs to
    id: str
    references: tuple[str, ...]
    part: Part


def shared_folder() -> Path:
    """Return the folder of shared data, which need not exist."""
    return Path(os.environ.get("SHOPGLOT_SHARED", Path(__file__).parents[4] / "shared" / "data"))


def read_wmt22(folder: Path) -> list[Text]:
    """Return the shop lines of `wmt22-zh-en/dev.segments.tsv` with both references.

    Raises `UsageError` where the file is absent or lacks a column.
    """
    path = folder / "wmt22-zh-en" / "dev.segments.tsv"
    if not path.is_file():
        raise UsageError(f"no {path}: set SHOPGLOT_SHARED to the folder of shared data")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        try:
            return [
                Text(id=row["idx"], source=row["src_zh"], references=(row["refA_en"], row["refB_en"]))
                for row in rows
                if row["domain"] == DOMAIN
            ]
        except KeyError as error:
            raise UsageError(f"{path}:1: there is no column {error}") from error


def read_listings(path: str, market: str) -> list[Text]:
    """Return the Chinese listings of a catalog that are offered in a market."""
    return [
        Text(id=line.id, listing=line)
        for line in read(path)
        if isinstance(line, Listing)
        and (line.markets is None or market in line.markets)
        and identify(field.text for field in walk(line)) in ("zh-Hans", "zh-Hant")
    ]


def thin(texts: Sequence[Text], *, every: int, limit: int | None) -> list[Text]:
    """Return each n-th text, `limit` of them at most."""
    return list(texts[::every][:limit])


def cut(texts: Iterable[Text], localizer: Localizer) -> list[Line]:
    """Return the lines of the texts with what the localizer's termbase finds in them, fields without segments left out.

    How texts are cut does not depend on the termbase: localizers that differ in it alone give lines that correspond.
    """
    return [
        Line(text=number, id=text.id if text.listing is None else text.id + part.field.path,
             references=text.references, part=part)
        for number, text in enumerate(texts)
        for part in _parts(text, localizer)
        if part.segments
    ]  # fmt: skip


def _parts(text: Text, localizer: Localizer) -> Iterator[Part]:
    if text.listing is not None:
        own = text.category or text.listing.category
        yield from localizer.prepare(replace(text.listing, category=own)).parts
        return
    key = SegmentKey(merchant="", listing=text.id, path="", index=0)
    yield localizer.segments(text.source, key, field=FIELD, category=text.category)
