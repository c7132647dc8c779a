"""Entries made ready to be found in texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from shopglot.script import is_han
from shopglot.termbase.cover import best_cover
from shopglot.termbase.entries import Entry, read_brands, read_terms
from shopglot.termbase.folding import fold
from shopglot.termbase.words import Cutter, Words
from shopglot.types import TermMatch

LEAST_NAME = 2  # characters; a shorter one is part of too many words


class Termbase:
    """All entries of a market, ready to be found in texts."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        ordered = sorted(entries, key=lambda entry: (fold(entry.source), -len(entry.category), -len(entry.field)))
        self._by_source = {key: tuple(group) for key, group in groupby(ordered, key=lambda entry: fold(entry.source))}
        self._sources = tuple(self._by_source)
        self._automaton = AhoCorasick(self._sources, matchkind=MatchKind.Standard) if self._sources else None
        self._cutter = Cutter(self._sources)

    def __len__(self) -> int:
        return sum(len(group) for group in self._by_source.values())

    def entries(self) -> Iterator[Entry]:
        """Yield every entry, in the order of the sources."""
        for group in self._by_source.values():
            yield from group

    def match(
        self, text: str, *, field: str, category: str = "", taken: Sequence[tuple[int, int]] = (), name: str = ""
    ) -> tuple[TermMatch, ...]:
        """Return the terms in `text`, in order, none overlapping another or a `taken` span.

        Matching folds width, case and Traditional into Simplified forms; offsets are into `text` as given.
        A source that begins or ends with a Latin letter or digit does not match inside a longer Latin word; a Chinese
        one does not match across words (see `words`). Of terms that overlap, those that cover most of the text are
        meant, the longest first (see `cover`). `name` is the listing's own brand: where it stands, what the field
        `brand` calls it is meant, and where that has no form for it, no term inside it is found (云包包 has no 包包).
        Time grows with the text's length alone, and with what is found.
        """
        if self._automaton is None or not text:
            return ()
        folded = fold(text)
        hits = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        if not hits:
            return ()
        words = Words(folded, self._cutter, self._by_source.__contains__)
        own = self._own(folded, fold(name))
        blocked = sorted([*taken, *own])
        chosen: dict[str, Entry | None] = {}
        spans: list[tuple[int, int, Entry]] = []
        at, reach = 0, 0  # the first blocked span not yet passed, and where those before it end
        for index, start, end in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
            while at < len(blocked) and blocked[at][0] <= start:
                reach = max(reach, blocked[at][1])
                at += 1
            if reach > start or (at < len(blocked) and blocked[at][0] < end) or not _bounded(folded, start, end):
                continue
            source = self._sources[index]
            if source not in chosen:
                chosen[source] = self._choose(source, field if source != fold(name) else "brand", category)
            entry = chosen[source]
            if entry is not None and words.admit(start, end):
                spans.append((start, end, entry))
        return tuple(_record(entry, text, start, end) for start, end, entry in best_cover(spans))

    def _own(self, folded: str, name: str) -> list[tuple[int, int]]:
        """Return where a name that has no form of the market's stands in a text."""
        if len(name) < LEAST_NAME or not any(map(is_han, name)) or self.whole(name, field="brand") is not None:
            return []
        places = re.finditer(re.escape(name), folded)
        return [match.span() for match in places]

    def whole(self, text: str, *, field: str, category: str = "") -> Entry | None:
        """Return the enforced entry whose source is all of `text`, if there is one."""
        entry = self._choose(fold(text), field, category)
        return entry if entry is not None and entry.use != "suggest" else None

    def part_of_speech(self, term: TermMatch) -> str:
        """Return what the entry of a found term says of its target: `noun`, `adj`, ...; "" where there is none."""
        entries = self._by_source.get(fold(term.source), ())
        return next((entry.pos for entry in entries if entry.target == term.target), "")

    def _choose(self, source: str, field: str, category: str) -> Entry | None:
        for entry in self._by_source.get(source, ()):
            if field == "brand" and not (entry.brand or entry.use == "keep" or entry.field == "brand"):
                continue  # a name is not made of terms
            if category.startswith(entry.category) and entry.field in ("", field):
                return entry
        return None


def load_termbase(root: Path, lineage: Sequence[str]) -> Termbase:
    """Read the termbase of the market that ends `lineage`: brands first, each later folder overriding single keys."""
    entries: dict[tuple[str, str, str], Entry] = {}
    for entry in read_brands(root / "common" / "brands.tsv", lineage):
        entries[fold(entry.source), entry.category, entry.field] = entry
    for folder in lineage:
        path = root / folder / "terms.tsv"
        if path.is_file():
            for entry in read_terms(path):
                entries[fold(entry.source), entry.category, entry.field] = entry
    return Termbase(entries.values())


def digest(matches: Iterable[TermMatch]) -> str:
    """Return a hash of what these matches ask of an engine: part of the machine key."""
    total = hashlib.sha256()
    for match in matches:
        total.update(f"{match.start}\0{match.source}\0{match.target}\0{match.enforce}\0{match.keep}\n".encode())
    return total.hexdigest()[:16]


def overlaps(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether the span from `start` to `end` shares a character with one of the `taken` spans."""
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def _record(entry: Entry, text: str, start: int, end: int) -> TermMatch:
    return TermMatch(
        start=start, end=end, source=text[start:end], target=entry.target, admitted=entry.admitted,
        forbidden=entry.forbidden, enforce=entry.use != "suggest", keep=entry.use == "keep", brand=entry.brand,
        note=entry.note,
    )  # fmt: skip


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether a match does not cut a Latin word or a number in two."""
    before = start > 0 and _latin(text[start - 1]) and _latin(text[start])
    after = end < len(text) and _latin(text[end]) and _latin(text[end - 1])
    return not before and not after


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
