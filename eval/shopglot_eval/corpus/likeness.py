"""Sources that say the same twice, translations that disagree, and stretches that stand in texts not to be copied."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from shopglot.catalog.fields import walk
from shopglot.catalog.listing import parse
from shopglot.types import Listing
from shopglot_eval.corpus.authoring import Problem
from shopglot_eval.corpus.judging import Pair

STRETCH = 12
"""Letters and digits in a row that a source may not share with a text that must not be copied."""
SHORTEST = 8
"""Letters and digits from which sources are held against one another."""
ALIKE = 85.0
"""Percent of likeness (normalised Indel similarity of letters and digits) from which two sources count as one."""
CATALOGS = ("sample_catalog.jsonl", "held_back_catalog.jsonl")
_ROWS = 512


def plain(text: str) -> str:
    """Return a text's letters and digits, case folded: what is compared."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def key(source: str) -> str:
    """Return what two writings of one source share: it is one segment of the corpus, whatever its field."""
    return plain(source) or source


def find_repeats(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Pair]]:
    """Yield each pair whose source stood before, with the first one of that source."""
    first: dict[str, Pair] = {}
    for pair in pairs:
        before = first.setdefault(key(pair.block.source), pair)
        if before is not pair:
            yield pair, before


def is_same(pair: Pair, other: Pair) -> bool:
    """Whether two pairs of one source are translated alike, but for case and punctuation."""
    return plain(pair.block.us) == plain(other.block.us) and plain(pair.block.hk) == plain(other.block.hk)


def find_alike(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Pair, float]]:
    """Yield pairs of pairs whose different sources are alike, the later one first, with the percentage."""
    import numpy as np
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import cdist

    first = {key(pair.block.source): pair for pair in reversed(pairs)}
    long = [pair for text, pair in reversed(first.items()) if len(text) >= SHORTEST]
    texts = [plain(pair.block.source) for pair in long]
    for start in range(0, len(texts), _ROWS):
        rows = texts[start : start + _ROWS]
        scores = cdist(rows, texts, scorer=ratio, score_cutoff=ALIKE, dtype=np.uint8)
        for row, column in zip(*np.nonzero(scores), strict=True):
            if column < start + row:
                yield long[start + int(row)], long[int(column)], float(scores[row, column])


def find_copied(pairs: Iterable[Pair], stretches: Collection[int]) -> Iterator[tuple[Pair, str]]:
    """Yield each pair that shares a stretch with a text that must not be copied, and the stretch."""
    for pair in pairs:
        text = plain(pair.block.source)
        for start in range(len(text) - STRETCH + 1):
            if hash(text[start : start + STRETCH]) in stretches:
                yield pair, text[start : start + STRETCH]
                break


def stretches_of(texts: Iterable[str]) -> set[int]:
    """Return the hashes of all stretches of the texts; they hold within one process."""
    found: set[int] = set()
    for text in texts:
        line = plain(text)
        found.update(hash(line[start : start + STRETCH]) for start in range(len(line) - STRETCH + 1))
    return found


def read_foreign(data: Path, shared: Path) -> Iterator[str]:
    """Yield every text that must not be copied: our catalogs in `data`, and what is there of the shared data."""
    for name in CATALOGS:
        if (data / name).is_file():
            yield from _catalog(data / name)
    for path in sorted((shared / "commerce-zh").glob("*.txt")):
        yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
    flores = shared / "flores" / "zho_Hans.devtest"
    if flores.is_file():
        yield from flores.read_text(encoding="utf-8").splitlines()
    wmt = shared / "wmt22-zh-en" / "dev.segments.tsv"
    if wmt.is_file():
        with wmt.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["src_zh"]


def group_repeats(pairs: Sequence[Pair]) -> tuple[list[tuple[Pair, Pair]], list[Pair]]:
    """Return pairs that repeat a source in other words, with the first; and those that repeat it in the same."""
    repeats = list(find_repeats(pairs))
    return [one for one in repeats if not is_same(*one)], [pair for pair, before in repeats if is_same(pair, before)]


def problems_of(pairs: Sequence[Pair], stretches: Collection[int]) -> Iterator[Problem]:
    """Yield what is copied, and sources that are alike without a reason (`corpus.alike`) from their author."""
    for pair, stretch in find_copied(pairs, stretches):
        yield _problem(pair, "corpus.copied", f"'{stretch}' stands in a text that must not be copied: write it anew")
    near: dict[int, list[Pair]] = defaultdict(list)
    for pair, other, percent in find_alike(pairs):
        if any(excuse.check == "corpus.alike" for excuse in pair.block.excuses):
            continue
        if near[id(pair)]:
            continue  # one is enough
        near[id(pair)].append(other)
        where = f"{other.draft.file}:{other.block.line}"
        yield _problem(pair, "corpus.alike", f"{percent:.0f}% as '{other.block.source}' ({where}): say something else")


def _problem(pair: Pair, check: str, message: str) -> Problem:
    return Problem(file=pair.draft.file, line=pair.block.line, check=check, message=message)


def _catalog(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            document: Any = json.loads(line)
            listing = parse(document, line=number)
            if isinstance(listing, Listing):
                yield from (field.text for field in walk(listing))
