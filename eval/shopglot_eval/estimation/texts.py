"""The texts that the estimator learns from and is measured on: expert scores, clean pairs, verdicts.

Everything from the shared data is read from its folder (SHOPGLOT_SHARED) and never copied.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, replace
from pathlib import Path

from shopglot.errors import DataError, UsageError
from shopglot.foreign import json_object, read_lines

MQM_TRAIN, MQM_TEST = "train.2020news.tsv", "dev.2021news.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A source and a translation of it, `field` being what kind of text it is taken for.

    `category` and `brand` are those of its page, which decide what its words mean; "" where it has no page.
    """

    source: str
    target: str
    field: str = "note"
    category: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A pair with its MQM penalty (mean over raters, higher is worse). `segment` is the same for its rivals."""

    pair: Pair
    segment: str
    system: str
    penalty: float


def read_mqm(folder: Path, name: str, *, segments: int, seed: int = 7) -> list[Rated]:
    """Return all translations of `segments` segments, drawn by `seed` among those that every system translated.

    Raises `UsageError` where the file is not there.
    """
    path = folder / "mqm-zh-en" / name
    found: dict[str, list[Rated]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["mqm_penalty_mean"]:
                    segment = f"{row['doc']}#{row['seg_id']}"
                    pair = Pair(source=row["src_zh"], target=row["mt_en"])
                    rated = Rated(
                        pair=pair, segment=segment, system=row["system"], penalty=float(row["mqm_penalty_mean"])
                    )
                    found.setdefault(segment, []).append(rated)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; set SHOPGLOT_SHARED to the folder of shared data.") from error
    most = max(map(len, found.values()), default=0)
    whole = [segment for segment, rivals in found.items() if len(rivals) == most]
    random.Random(seed).shuffle(whole)  # noqa: S311 - a sample, nothing secret
    return [rated for segment in whole[:segments] for rated in found[segment]]


def read_shop_references(folder: Path) -> list[Pair]:
    """Return the e-commerce lines of WMT22 with their first reference: clean pairs, for measuring only."""
    path = folder / "wmt22-zh-en" / "dev.segments.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; set SHOPGLOT_SHARED to the folder of shared data.") from error
    return [Pair(source=row["src_zh"], target=row["refA_en"]) for row in rows if row["domain"] == "ecommerce"]


def read_everyday(folder: Path, *, count: int, seed: int = 7) -> list[Pair]:
    """Return `count` short everyday sentences of the parallel texts, drawn by `seed`: clean pairs for training."""
    path = folder / "parallel" / "zh-CN-en.tsv"
    pairs: list[Pair] = []
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                name, _, source, target = line.rstrip("\n").split("\t")[:4]
                if name == "tatoeba" and 8 <= len(source) <= 40:
                    pairs.append(Pair(source=source, target=target))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; set SHOPGLOT_SHARED to the folder of shared data.") from error
    random.Random(seed).shuffle(pairs)  # noqa: S311 - a sample, nothing secret
    return pairs[:count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A segment of a listing with the verdict of its reviewers: `good` where all of them would publish it unedited.

    `path` and `index` say where on the listing it stands.
    """

    pair: Pair
    listing: str
    origin: str
    good: bool
    path: str = ""
    index: int = 0


def read_verdicts(path: Path, market: str) -> list[Judged]:
    """Return the judged segments of a market from a file that `shopglot verdicts export` wrote, in its order.

    Raises `DataError`, naming the line, where the file is not one.
    """
    found: dict[tuple[str, str, int, str], Judged] = {}
    for number, line in enumerate(read_lines(path), start=1):
        row = json_object(line, f"{path}:{number}")
        try:
            if row["market"] != market:
                continue
            category = str(row.get("category") or "")
            pair = Pair(
                source=row["source"], target=row["target"], field=row.get("field") or "title", category=category
            )
            listing = f"{row.get('merchant', '')}/{row['listing']}"
            key = (listing, str(row["path"]), int(row.get("index", 0)), pair.target)
            good = _flag(row["published"]) and (key not in found or found[key].good)
            # What the memory gave, a machine wrote.
            origin = "machine" if row["origin"] == "memory" else str(row["origin"])
            found[key] = Judged(
                pair=pair, listing=listing, origin=origin, good=good, path=key[1], index=key[2]
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}:{number}: no verdict ({type(error).__name__}: {error}).") from error
    brands = {one.listing: one.pair.source for one in found.values() if one.pair.field == "brand"}
    return [replace(one, pair=replace(one.pair, brand=brands.get(one.listing, ""))) for one in found.values()]


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"published is {value!r}, not true or false")
    return value
