"""What damage is done to, and what it draws from: a case is one translation, a pool the others around it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from shopglot_eval.damage.seams import (
    CONJUNCTION,
    FUNCTION,
    Span,
    clauses,
    content,
    count,
    is_clean,
    is_title,
    overlap,
    plain,
    words,
)

TRIES = 24  # draws from a pool before it is given up
NEAR = 0.4  # the largest share of common words at which two texts speak of different things
NOUN = re.compile(
    r"(?<![^\W_])(?P<article>the|an?|this|these|my|your|our|their|its) (?P<noun>[a-z]{4,})"
    r"(?=[,.;:!?]| (?:of|in|on|for|with|is|are|was|were|has|have|at|from|by) )"
)


@dataclass(frozen=True, slots=True)
class Other:
    """A translation of a pool: its source, itself, the words that carry its meaning."""

    source: str
    target: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What can be borrowed of other translations. `others` and `lengths` (in words) are in order of length."""

    others: tuple[Other, ...] = ()
    lengths: tuple[int, ...] = ()
    clauses: tuple[tuple[str, str], ...] = ()  # the source that a clause belongs to, the clause
    names: Mapping[str, tuple[str, ...]]  # by shape
    nouns: Mapping[str, tuple[str, ...]]  # by shape
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A translation that is to be damaged."""

    source: str
    target: str
    pool: Pool


Mechanism = Callable[[Case, Random], "str | None"]
"""A way to do damage; None where it does not apply. Its function's name is its name."""


def gather(pairs: Iterable[tuple[str, str]]) -> Pool:
    """Return the pool of (source, target) pairs; targets without English, or with Chinese in them, are left out."""
    others = {pair: Other(*pair, content(pair[1])) for pair in pairs if is_clean(pair[1])}
    ordered = sorted(others.values(), key=lambda other: count(other.target))
    names: dict[str, dict[str, None]] = {}
    nouns: dict[str, dict[str, None]] = {}
    for other in ordered:
        for start, end in find_names(other.target):
            names.setdefault(name_shape(other.target[start:end]), {})[other.target[start:end]] = None
        for found in NOUN.finditer(other.target):
            if found["noun"] not in FUNCTION:
                nouns.setdefault(noun_shape(found["noun"]), {})[found["noun"]] = None
    return Pool(
        others=tuple(ordered),
        lengths=tuple(count(other.target) for other in ordered),
        clauses=tuple((other.source, part) for other in ordered for part in _clauses(other.target)),
        names={shape: tuple(found) for shape, found in names.items()},
        nouns={shape: tuple(found) for shape, found in nouns.items()},
        vocabulary=tuple({word: None for other in ordered for word in plain(other.target) if word.isalpha()}),
    )


def near_length(pool: Pool, length: int, *, spread: float = 0.25) -> tuple[int, int]:
    """Return the range of `others` whose number of words is within a share of a length (two words at least)."""
    slack = max(2.0, length * spread)
    return bisect_left(pool.lengths, length - slack), bisect_left(pool.lengths, length + slack + 1e-9)


def draw_other(case: Case, chance: Random, low: int, high: int) -> Other | None:
    """Return a translation in a range of the pool that is of another source and speaks of something else."""
    mine = content(case.target)
    for _ in range(TRIES if high > low else 0):
        other = case.pool.others[chance.randrange(low, high)]
        if other.source != case.source and (not mine or overlap(other.words, mine) < NEAR):
            return other
    return None


def draw_clause(case: Case, chance: Random) -> str | None:
    """Return a clause of another translation that says something else."""
    mine = content(case.target)
    for _ in range(TRIES if case.pool.clauses else 0):
        source, clause = chance.choice(case.pool.clauses)
        clause = CONJUNCTION.sub("", clause, count=1) if CONJUNCTION.match(clause) else clause
        if source != case.source and (not mine or overlap(content(clause), mine) < NEAR):
            return clause
    return None


def find_names(text: str) -> list[Span]:
    """Return runs of capitalised words that begin no sentence: names. None in a title, which may write all so."""
    spans = words(text)
    high = [text[start].isupper() for start, _ in spans]
    if is_title(text) or sum(high) > len(high) * 0.6:
        return []
    runs: list[Span] = []
    before, half = 0, False
    for (start, end), capital in zip(spans, high, strict=True):
        gap = text[before:start]
        word = text[start:end]
        inside = (
            bool(before) and not gap.strip("\"“‘('’ ,") and capital and word.partition("’")[0].partition("'")[0] != "I"
        )
        if inside and runs and runs[-1][1] == before and gap == " ":
            runs[-1] = (runs[-1][0], end)
        elif inside and not (gap == " " and half):
            runs.append((start, end))
        # A capitalised word that begins a sentence may be the first half of a name: Yang Xingche.
        half = capital and word.lower() not in FUNCTION and not inside
        before = end
    return [(start, _without_possessive(text, start, end)) for start, end in runs]


def name_shape(name: str) -> str:
    """Return what a name must share with another to stand in its place: letters' case, digits, number of words."""
    case = "upper" if name.isupper() else "title"
    return f"{case}-{min(count(name), 3)}{'-digit' * any(letter.isdigit() for letter in name)}"


def noun_shape(noun: str) -> str:
    """Return what a noun must share with another: its number, and whether it is an "an" that stands before it."""
    plural = noun.endswith("s") and not noun.endswith(("ss", "us", "is", "series"))
    abstract = noun.endswith(("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ing"))
    return (
        f"{'abstract-' * abstract}{'plural' if plural else 'single'}-{'vowel' if noun[:1] in 'aeiou' else 'consonant'}"
    )


def steps(text: str) -> list[tuple[Span, Span]]:
    """Return neighbouring words between which only a space stands."""
    return [(one, two) for one, two in pairwise(words(text)) if text[one[1] : two[0]] == " "]


def _clauses(text: str) -> list[str]:
    parts = [text[start:end] for start, end in clauses(text)]
    return [part for part in parts if 4 <= count(part) <= 16 and '"' not in part and not set("()“”[]") & set(part)]


def _without_possessive(text: str, start: int, end: int) -> int:
    return end - 2 if text[start:end].endswith(("’s", "'s")) else end
