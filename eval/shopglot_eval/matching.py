"""How much longer it takes to find the terms of a text among 50,000 of them than among 500.

    python -m shopglot_eval.matching eval/data/sample_catalog.jsonl --rounds 7

The few are the entries that the texts speak of most; the many are these and words made of the glossary's own, as a
merchant's list is: 加绒 + 外套, 儿童 + 加绒 + 外套. The texts are marketplace titles and product copy where shared
data is present (SHOPGLOT_SHARED), else those of the catalog. Rounds take turns, and the median of the rounds' ratios
counts, in seconds of the CPU. Exit status 1 above the bar.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from shopglot.catalog import read
from shopglot.config import glossary_root
from shopglot.market import load_market
from shopglot.termbase import Entry, Termbase, load_termbase
from shopglot.types import Json, Listing

BAR = 1.5
FEW, MANY = 500, 50_000
FILES = ("marketplace-titles.txt", "product-copy.txt", "cosmetics-titles.txt")
LINES = 3000  # of each file
SEED = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", help="the texts, where there is no shared data")
    parser.add_argument("--market", default="us", help="whose termbase (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="how often both are timed (default %(default)s)")
    parser.add_argument("--bar", type=float, default=BAR, help="the highest ratio allowed (default %(default)s)")
    options = parser.parse_args(arguments)
    lineage = load_market(glossary_root(), options.market).lineage
    texts = read_shared() or read_catalog(options.catalog)
    started = time.process_time()
    real = load_termbase(glossary_root(), lineage)
    loaded = time.process_time() - started
    figures = {"load_seconds": round(loaded, 3), **measure(texts, real, rounds=options.rounds)}
    print(json.dumps(figures))
    return int(figures["ratio"] > options.bar)


def measure(texts: Sequence[str], real: Termbase, *, rounds: int, few: int = FEW, many: int = MANY) -> dict[str, Any]:
    """Time the few and the many on the same texts, in turns, and return the figures.

    `first_seconds` is what the first match of the many takes, which loads the dictionary of words and adds the terms.
    """
    small = most_frequent(texts, real, few)
    large = grow(small, many)
    sizes = {"few": Termbase(small), "many": Termbase(large)}
    first: dict[str, float] = {}
    found: dict[str, int] = {}
    for name, termbase in sizes.items():
        started = time.process_time()
        termbase.match("新款连衣裙的面膜", field="title")
        first[name] = time.process_time() - started
        found[name] = _run(termbase, texts)[1]  # untimed: what is kept between texts is filled
    seconds: dict[str, list[float]] = {name: [] for name in sizes}
    for turn in range(rounds):
        for name in sorted(sizes, reverse=turn % 2 == 0):
            seconds[name].append(_run(sizes[name], texts)[0])
    ratios = [many_took / few_took for few_took, many_took in zip(seconds["few"], seconds["many"], strict=True)]
    characters = sum(map(len, texts))
    return {
        "texts": len(texts), "characters": characters, "few": len(small), "many": len(large),
        "found": found, "first_seconds": {name: round(value, 3) for name, value in first.items()},
        "characters_per_second": {name: round(characters / median(values)) for name, values in seconds.items()},
        "ratio": round(median(ratios), 2), "ratios": [round(ratio, 2) for ratio in sorted(ratios)],
    }  # fmt: skip


def most_frequent(texts: Sequence[str], termbase: Termbase, count: int) -> list[Entry]:
    """Return the entries that apply everywhere and are found most often, filled up with others where these are few."""
    everywhere = [entry for entry in termbase.entries() if not entry.category and not entry.field]
    found = Counter(match.source for text in texts for match in termbase.match(text, field="title"))
    return sorted(everywhere, key=lambda entry: (-found[entry.source], entry.source))[:count]


def grow(entries: Sequence[Entry], count: int) -> list[Entry]:
    """Return the entries (three at least) and others made of two or three of them, `count` in all, always the same."""
    chance = random.Random(SEED)  # noqa: S311 - a measure, no secret
    made = {entry.source: entry for entry in entries}
    while len(made) < count:
        parts = chance.sample(entries, chance.choice((2, 2, 3)))
        source = "".join(part.source for part in parts)
        made.setdefault(source, replace(parts[0], source=source, target=" ".join(part.target for part in parts)))
    return list(made.values())


def read_shared() -> list[str]:
    """Return lines of shops' titles and copy from the shared data, none where that is absent."""
    default = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SHOPGLOT_SHARED", default)) / "commerce-zh"
    if not folder.is_dir():
        print(f"matching: no marketplace titles in {folder} (set SHOPGLOT_SHARED): the catalog", file=sys.stderr)
        return []
    lines = [(folder / name).read_text(encoding="utf-8").split("\n")[:LINES] for name in FILES]
    return [line for file in lines for line in file if line]


def read_catalog(path: str) -> list[str]:
    """Return all texts of a catalog's fields."""
    return [text for line in read(path) if isinstance(line, Listing) for text in _texts(line.document.get("fields"))]


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _run(termbase: Termbase, texts: Sequence[str]) -> tuple[float, int]:
    started = time.process_time()
    found = sum(len(termbase.match(text, field="title")) for text in texts)
    return time.process_time() - started, found


if __name__ == "__main__":
    raise SystemExit(main())
