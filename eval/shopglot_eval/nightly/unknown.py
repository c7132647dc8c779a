"""Words and characters that nobody knew: what makes a machine guess.

A word is **unknown** when it is a run of two and more Han characters that the cutter guesses to be one word, or leaves
as single characters of content in a row, or both side by side (穿|搭, 鲨|鲨裤; six characters at most, no single one a
word of grammar, a numeral or a pronoun), and

- the dictionary of general Chinese (rjieba's, some 350,000 words counted in 60 million) does not have it,
- it is no source of the termbase and no part of one, and no term of the termbase is found where it stands.

A character is unknown when it is a Han character outside GB 2312, whose 6,763 cover nearly all that is written on
shops' pages: models have seen the others rarely. Both are looked at with width, case and Traditional forms folded.

Neither says what a model has seen in its training, which nobody can ask. What the report calls **new** is, besides, in
no text of the store from before the night.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import NamedTuple

from shopglot.script import HAN_RANGES, is_han
from shopglot.termbase import Termbase, fold, overlaps
from shopglot.termbase.words import PARTICLES

GRAMMAR = tuple("cdefmopruxyt")  # tags of conjunctions, adverbs, numerals, particles, pronouns and the like
LONGEST_ROW = 6  # characters
LONGEST = 5_000  # characters of a text that are looked at
REMEMBERED, MOST_REMEMBERED = 200, 50_000  # characters of a text that is remembered, and how many are
_WORD = re.compile(f"[{HAN_RANGES}]{{2,}}")
_LONE = re.compile("[\ud800-\udfff]")  # what the matcher cannot take


class Unknown(NamedTuple):
    """An unknown word or character, folded, and where it stands in its text."""

    word: str
    start: int
    end: int


class Unknowns:
    """Finds what a market's termbase and general Chinese do not know."""

    def __init__(self, termbase: Termbase) -> None:
        self._termbase = termbase
        self._known: dict[tuple[str, str], list[Unknown]] = {}  # shops say the same again and again

    def words(self, text: str, *, field: str) -> list[Unknown]:
        """Return the unknown words of a text, in order."""
        key = text[:LONGEST], field
        if (found := self._known.get(key)) is None:
            found = self._words(*key)
            if len(text) <= REMEMBERED and len(self._known) < MOST_REMEMBERED:
                self._known[key] = found
        return found

    def _words(self, text: str, field: str) -> list[Unknown]:
        import rjieba

        folded = fold(text)
        found = [
            one for one in _pieces(rjieba.cut(folded, True)) if not is_general(one.word) and not self._is_term(one.word)
        ]
        if not found:
            return found
        terms = [(term.start, term.end) for term in self._termbase.match(text, field=field)]
        return [one for one in found if not overlaps(terms, one.start, one.end)]

    def characters(self, text: str) -> list[Unknown]:
        """Return the unknown characters of a text, in order."""
        folded = fold(text[:LONGEST])
        rare = {one for one in set(folded) if is_rare(one)}
        return [Unknown(one, at, at + 1) for at, one in enumerate(folded) if one in rare] if rare else []

    def _is_term(self, word: str) -> bool:
        return word in self._sources

    @cached_property
    def _sources(self) -> str:
        """All sources of the termbase: a word is looked for in them, whole or as a part."""
        return "\n".join(sorted({fold(entry.source) for entry in self._termbase.entries()}))


def _pieces(words: Iterable[str]) -> Iterator[Unknown]:
    """Yield what no word of the dictionary is: guesses, and single characters of content, joined where they touch."""
    at = begin = 0
    row, guessed = "", False
    for word in (*words, ""):
        single = len(word) == 1 and is_han(word) and is_content(word)
        guess = _WORD.fullmatch(word) is not None and not is_general(word)
        if row and (not (single or guess) or (guess and guessed)):
            if 2 <= len(row) <= LONGEST_ROW:
                yield Unknown(row, begin, begin + len(row))
            row, guessed = "", False
        if single or guess:
            begin, row, guessed = (begin if row else at), row + word, guessed or guess
        at += len(word)


@cache
def is_content(character: str) -> bool:
    """Whether a single character names or describes something, by the dictionary's tag."""
    import rjieba

    tagged = rjieba.tag(character)
    return character not in PARTICLES and bool(tagged) and not str(tagged[0][1]).startswith(GRAMMAR)


@cache
def is_general(word: str) -> bool:
    """Whether the dictionary of general Chinese has a word."""
    import rjieba

    return len(rjieba.cut(word, False)) == 1


@cache
def is_rare(character: str) -> bool:
    """Whether a character is a Han character outside GB 2312."""
    if not is_han(character):
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def seen(words: Iterable[str], texts: Iterable[str]) -> tuple[set[str], int]:
    """Return which of these words stand in earlier texts, as they are written, and how many texts were read."""
    from ahocorasick_rs import AhoCorasick

    wanted = sorted({word for word in words if word and not _LONE.search(word)})
    found: set[str] = set()
    count = 0
    automaton = AhoCorasick(wanted) if wanted else None
    for text in texts:
        count += 1
        if automaton is not None and len(found) < len(wanted):
            hits = automaton.find_matches_as_indexes(_LONE.sub("\ufffd", text), overlapping=True)
            found.update(wanted[hit] for hit, _, _ in hits)
    return found, count
