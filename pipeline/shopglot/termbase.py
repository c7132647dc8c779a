"""The termbase: how a market calls things, and where its entries stand in a text.

`glossaries/<market>/terms.tsv` has the columns of `COLUMNS`, one row per (source, target);
`glossaries/common/brands.tsv` has one row per name with the form that each market writes. There is no second matcher
elsewhere.
"""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from shopglot.errors import DataError
from shopglot.market import MARKETS
from shopglot.script import is_han
from shopglot.types import TermMatch

COLUMNS = ("source", "target", "status", "use", "category", "field", "pos", "note")
STATUSES = ("preferred", "admitted", "forbidden")
USES = ("enforce", "suggest", "keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a market calls a source term, under a condition (empty: always).

    `category` is a prefix of the listing's category path, `field` a field name as in `Field.name`.
    """

    source: str
    target: str
    admitted: tuple[str, ...]
    forbidden: tuple[str, ...]
    use: str
    category: str
    field: str
    note: str


class Termbase:
    """All entries of a market, ready to be found in texts."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        ordered = sorted(entries, key=lambda entry: (fold(entry.source), -len(entry.category), -len(entry.field)))
        self._by_source = {key: tuple(group) for key, group in groupby(ordered, key=lambda entry: fold(entry.source))}
        self._sources = tuple(self._by_source)
        self._automaton = AhoCorasick(self._sources, matchkind=MatchKind.Standard) if self._sources else None

    def __len__(self) -> int:
        return sum(len(group) for group in self._by_source.values())

    def entries(self) -> Iterator[Entry]:
        """Yield every entry, in the order of the sources."""
        for group in self._by_source.values():
            yield from group

    def match(
        self, text: str, *, field: str, category: str = "", taken: Sequence[tuple[int, int]] = ()
    ) -> tuple[TermMatch, ...]:
        """Return the terms in `text`, leftmost first and longest first, none overlapping another or a `taken` span.

        Matching folds width, case and Traditional into Simplified forms; offsets are into `text` as given.
        A source that begins or ends with a Latin letter or digit does not match inside a longer Latin word.
        """
        if self._automaton is None or not text:
            return ()
        folded = fold(text)
        hits = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        found: list[TermMatch] = []
        position = 0
        for index, start, end in sorted(hits, key=lambda hit: (hit[1], hit[1] - hit[2])):
            if start < position or not _bounded(folded, start, end) or overlaps(taken, start, end):
                continue
            entry = self._choose(self._sources[index], field, category)
            if entry is None:
                continue
            found.append(_record(entry, text, start, end))
            position = end
        return tuple(found)

    def whole(self, text: str, *, field: str, category: str = "") -> Entry | None:
        """Return the enforced entry whose source is all of `text`, if there is one."""
        entry = self._choose(fold(text), field, category)
        return entry if entry is not None and entry.use != "suggest" else None

    def _choose(self, source: str, field: str, category: str) -> Entry | None:
        for entry in self._by_source.get(source, ()):
            if category.startswith(entry.category) and entry.field in ("", field):
                return entry
        return None


def load_termbase(root: Path, lineage: Sequence[str]) -> Termbase:
    """Read the termbase of the market that ends `lineage`: brands first, each later folder overriding single keys."""
    entries: dict[tuple[str, str, str], Entry] = {}
    for entry in _read_brands(root / "common" / "brands.tsv", lineage):
        entries[fold(entry.source), entry.category, entry.field] = entry
    for folder in lineage:
        path = root / folder / "terms.tsv"
        if path.is_file():
            for entry in read_terms(path):
                entries[fold(entry.source), entry.category, entry.field] = entry
    return Termbase(entries.values())


def read_terms(path: Path) -> list[Entry]:
    """Read a `terms.tsv`. Raises `DataError` with line and column for anything that is not as documented."""
    groups: dict[tuple[str, str, str], dict[str, list[tuple[int, dict[str, str]]]]] = {}
    for line, row in _rows(path, COLUMNS):
        for column, known in (("status", STATUSES), ("use", USES)):
            if row[column] not in known:
                raise DataError(f"{path}:{line}: {column} is '{row[column]}', not one of {', '.join(known)}.")
        if not row["source"] or not row["target"]:
            raise DataError(f"{path}:{line}: source and target must not be empty.")
        key = (row["source"], row["category"], row["field"])
        groups.setdefault(key, {}).setdefault(row["status"], []).append((line, row))
    return [_entry(path, key, by_status) for key, by_status in groups.items()]


def fold(text: str) -> str:
    """Fold width, case and Traditional into Simplified forms, code point by code point, so that offsets stay."""
    return "".join(map(_fold_character, text))


def digest(matches: Iterable[TermMatch]) -> str:
    """Return a hash of what these matches ask of an engine: part of the machine key."""
    total = hashlib.sha256()
    for match in matches:
        total.update(f"{match.start}\0{match.source}\0{match.target}\0{match.enforce}\0{match.keep}\n".encode())
    return total.hexdigest()[:16]


def _entry(path: Path, key: tuple[str, str, str], by_status: dict[str, list[tuple[int, dict[str, str]]]]) -> Entry:
    preferred = by_status.get("preferred", [])
    if len(preferred) != 1:
        line = (preferred[1:] or next(iter(by_status.values())))[0][0]
        raise DataError(f"{path}:{line}: '{key[0]}' needs exactly one preferred target, it has {len(preferred)}.")
    row = preferred[0][1]
    return Entry(
        source=row["source"],
        target=row["target"],
        admitted=tuple(other["target"] for _, other in by_status.get("admitted", [])),
        forbidden=tuple(other["target"] for _, other in by_status.get("forbidden", [])),
        use=row["use"],
        category=row["category"],
        field=row["field"],
        note=row["note"],
    )


def _read_brands(path: Path, lineage: Sequence[str]) -> Iterator[Entry]:
    if not path.is_file():
        return
    for line, row in _rows(path, ("source", *MARKETS, "note")):
        # An empty cell means "as the market before it in the lineage writes it".
        forms = [row[folder] for folder in lineage if row.get(folder)]
        if not row["source"] or not forms:
            raise DataError(f"{path}:{line}: '{row['source']}' has no form for {lineage[-1]}.")
        yield Entry(
            source=row["source"], target=forms[-1], admitted=(), forbidden=(), use="keep", category="", field="",
            note=row["note"],
        )  # fmt: skip


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = next(rows, [])
            if tuple(header) != tuple(columns):
                raise DataError(
                    f"{path}:1: the header must be {' '.join(columns)} (tab-separated), not {' '.join(header)}."
                )
            for line, row in enumerate(rows, start=2):
                if len(row) != len(columns):
                    raise DataError(f"{path}:{line}: {len(row)} columns, {len(columns)} are needed.")
                yield line, dict(zip(columns, row, strict=True))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from error


def _record(entry: Entry, text: str, start: int, end: int) -> TermMatch:
    return TermMatch(
        start=start, end=end, source=text[start:end], target=entry.target, admitted=entry.admitted,
        forbidden=entry.forbidden, enforce=entry.use != "suggest", keep=entry.use == "keep", note=entry.note,
    )  # fmt: skip


def overlaps(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether the span from `start` to `end` shares a character with one of the `taken` spans."""
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether a match does not cut a Latin word or a number in two."""
    before = start > 0 and _latin(text[start - 1]) and _latin(text[start])
    after = end < len(text) and _latin(text[end]) and _latin(text[end - 1])
    return not before and not after


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


@cache
def _fold_character(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"  # half of a surrogate pair, which the matcher cannot take
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) != 1:
        return character
    if is_han(folded):
        simplified: str = _simplifier().convert(folded)
        return simplified if len(simplified) == 1 else folded
    return folded


@cache
def _simplifier() -> Any:  # opencc ships no types
    from opencc import OpenCC

    return OpenCC("t2s")
