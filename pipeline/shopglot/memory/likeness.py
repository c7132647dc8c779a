"""Which of 100,000 known texts are like this one: exact results in milliseconds, inside the process.

Similarity is one minus the edit distance (V. Levenshtein, Soviet Physics Doklady 10(8), 1966) over the length of the
longer text, in characters: `1 - d(a, b) / max(|a|, |b|)`, as translators' tools score a fuzzy match. It is taken of the
texts' `form`: compatibility composition (NFKC), case folded, no white space, since Chinese authors put spaces around
Latin words or leave them out. Two texts of one form that are not the same to `normalise` differ in width, case or
spaces; that costs `FORM`. Words and numbers as units instead of characters were tried: likeness of the sources then
foretold likeness of their translations less well (docs/memory.md has the figures).

The filter before the edit distance loses nothing. Two texts have at least as much distance as the longer one has
characters without a partner in the other: `d >= max(|a|, |b|) - m`, with m the size of the intersection of the two as
multisets. So a text of similarity t shares `m / max(|a|, |b|) >= t`. Every n-th occurrence of a character has a list of
the texts that have it; counting over the lists of the query's characters gives m for all texts at once.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shopglot.memory.keys import normalise

LONGEST = 1000  # characters of a form; longer texts are found by their form only: no sentence is that long
FORM = 0.01  # what another width, case or spacing costs
Difference = Literal["none", "form", "numbers", "text"]

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_OCCURRENCE = 21  # bits of a code point; the number of its occurrence stands above them


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A known text that is like the one that was asked for.

    `difference` is `none` where both are one text to the memory's keys, `form` where only width, case or spaces
    differ, `numbers` where nothing but numbers does, else `text`.
    """

    text: str
    similarity: float
    difference: Difference


def form(text: str) -> str:
    """Return what of a text is compared: NFKC, case folded, without white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).casefold())


def ratio(one: str, other: str) -> float:
    """Return the similarity of two forms, 0..1; two empty ones are equal."""
    from rapidfuzz.distance import Levenshtein

    longer = max(len(one), len(other))
    return 1.0 if not longer else (longer - Levenshtein.distance(one, other)) / longer


def compare(query: str, known: str) -> tuple[float, Difference]:
    """Return the similarity of two texts and the kind of their difference."""
    if normalise(query) == normalise(known):
        return 1.0, "none"
    one, other = form(query), form(known)
    if one == other:
        return 1.0 - FORM, "form"
    if max(len(one), len(other)) > LONGEST:
        return 0.0, "text"
    # Texts of unlike forms are never nearer than those of one form.
    return min(ratio(one, other), 1.0 - FORM), "numbers" if skeleton(one) == skeleton(other) else "text"


def skeleton(text: str) -> str:
    """Return a form with every number as one sign."""
    return _NUMBER.sub("#", text.replace("#", "##"))


class Likeness:
    """An index over texts that is asked for those like another one. Texts may come and go; not for two threads.

    A text without a character that is no white space is not indexed: it is like nothing.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts: list[str] = []
        self._forms: list[str] = []
        self._rows: dict[str, int] = {}  # by text
        self._same: dict[str, list[int]] = {}  # rows by form
        self._lengths = array("i")
        self._lists: dict[int, array[int]] = {}
        self._alive = bytearray()
        self._count = 0
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        """How many texts there are."""
        return self._count

    def add(self, text: str) -> None:
        """Add a text; one that is there already stays."""
        row = self._rows.get(text)
        if row is None:
            folded = form(text)
            if not folded:
                return
            row = self._insert(text, folded)
        self._count += not self._alive[row]
        self._alive[row] = 1

    def discard(self, text: str) -> None:
        """Take a text out; one that is not there is no error."""
        row = self._rows.get(text)
        if row is not None and self._alive[row]:
            self._alive[row] = 0
            self._count -= 1

    def search(self, text: str, *, threshold: float = 0.7) -> list[Hit]:
        """Return the texts of similarity `threshold` (above 0, up to 1) and more, most alike first, then by text."""
        if not 0 < threshold <= 1:
            raise ValueError(f"{threshold}: the threshold is above 0, and at most 1")
        folded = form(text)
        rows = set(self._same.get(folded, ()))
        if len(folded) <= LONGEST:
            rows.update(self._candidates(folded, threshold))
        hits = []
        for row in rows:
            if self._alive[row]:
                similarity, difference = compare(text, self._texts[row])
                if similarity >= threshold:
                    hits.append(Hit(text=self._texts[row], similarity=similarity, difference=difference))
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.text))

    def _insert(self, text: str, folded: str) -> int:
        row = len(self._texts)
        self._rows[text] = row
        self._texts.append(text)
        self._forms.append(folded)
        self._same.setdefault(folded, []).append(row)
        self._lengths.append(max(1, len(folded)))
        self._alive.append(0)
        if len(folded) <= LONGEST:
            for key in _occurrences(folded):
                found = self._lists.get(key)
                if found is None:
                    found = self._lists[key] = array("i")
                found.append(row)
        return row

    def _candidates(self, folded: str, threshold: float) -> list[int]:
        """Return the rows that the filter lets through and whose forms are near enough."""
        import numpy as np
        from rapidfuzz.distance import Levenshtein

        known = [found for key in _occurrences(folded) if (found := self._lists.get(key))]
        lists = [np.frombuffer(found, dtype=np.intc) for found in known]
        if not lists:
            return []
        shared = np.bincount(np.concatenate(lists), minlength=len(self._texts))
        # The longer text's length is at least the query's: most rows fall here, before anything is divided.
        rows = np.flatnonzero(shared / len(folded) >= threshold)
        longer = np.maximum(np.frombuffer(self._lengths, dtype=np.intc)[rows], len(folded))
        rows = rows[shared[rows] / longer >= threshold]
        near = []
        for row in rows.tolist():
            other = self._forms[row]
            longest = max(len(folded), len(other))
            if (longest - Levenshtein.distance(folded, other)) / longest >= threshold:
                near.append(row)
        return near


def _occurrences(folded: str) -> list[int]:
    """Return a number for every character: which it is, and how many like it stand before."""
    seen: dict[str, int] = {}
    found = []
    for character in folded:
        before = seen.get(character, 0)
        seen[character] = before + 1
        found.append(ord(character) | before << _OCCURRENCE)
    return found
