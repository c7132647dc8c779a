"""Finds the patterns of many rules in one pass over the plain view: Aho-Corasick first, regular expressions second."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

import ahocorasick_rs

from shopglot.sensitivity.patterns import PREFIX, alternatives, compile_expression, obligations
from shopglot.sensitivity.phrases import Phrases
from shopglot.sensitivity.plain import REMEMBERED, USUAL, Plain, fold

Spans: TypeAlias = "list[tuple[int, int]]"


_TELLING = 2  # characters from which a string is rare enough to be asked for
_MORE = 2  # choices that are asked for beside the most telling one


@dataclass(frozen=True, slots=True)
class _Expression:
    """A regular expression of the set at `number`; `forgives` marks an exception.

    A text that matches has a key of each of `needs`.
    """

    number: int
    forgives: bool
    source: str
    needs: tuple[frozenset[int], ...]


class Index:
    """Sets of phrases, ready to be found. Built once; an expression is compiled when a text first may match it."""

    def __init__(self, sets: Sequence[Phrases]) -> None:
        self._keys: dict[str, int] = {}
        literals: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        hinted: dict[int, list[int]] = defaultdict(list)
        self._expressions: list[_Expression] = []
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._always: list[int] = []
        for number, phrases in enumerate(sets):
            forgiving = frozenset(phrases.exceptions)
            for pattern in dict.fromkeys((*phrases.patterns, *phrases.exceptions)):
                forgives = pattern in forgiving
                if not pattern.startswith(PREFIX):
                    literals[self._key(fold(pattern))].append((number, forgives))
                    continue
                for source in alternatives(pattern.removeprefix(PREFIX)):
                    first = self._add(source, number, forgives=forgives)
                    for key in first:
                        hinted[key].append(len(self._expressions) - 1)
                    if not first:
                        self._always.append(len(self._expressions) - 1)
        self._literals = [tuple(literals.get(key, ())) for key in range(len(self._keys))]
        self._hinted = [tuple(hinted.get(key, ())) for key in range(len(self._keys))]
        self._automaton = ahocorasick_rs.AhoCorasick(list(self._keys)) if self._keys else None
        # Names of attributes and the like come back on every page, and every text of a page asks for its title.
        self._known = lru_cache(maxsize=REMEMBERED)(self._find)

    def _key(self, text: str) -> int:
        return self._keys.setdefault(text, len(self._keys))

    def _add(self, source: str, number: int, *, forgives: bool) -> frozenset[int]:
        """Keep an expression and return the keys of which one has to stand in a text for it to be tried at all."""
        chosen = obligations(source, beginnings=True)
        more = [choice for choice in chosen[1:] if min(map(len, choice)) >= _TELLING][:_MORE]
        needs = tuple(frozenset(map(self._key, choice)) for choice in more)
        self._expressions.append(_Expression(number, forgives, source, needs))
        return frozenset(map(self._key, chosen[0])) if chosen else frozenset()

    def find(self, plain: Plain) -> Mapping[int, Spans]:
        """Return the spans of the view that each set hits: those of its patterns that lie within no exception."""
        return self._known(plain) if len(plain.text) <= USUAL else self._find(plain)

    def _find(self, plain: Plain) -> Mapping[int, Spans]:
        hits: dict[int, Spans] = defaultdict(list)
        forgiven: dict[int, Spans] = defaultdict(list)
        self._collect(plain, hits, forgiven)
        return {number: left for number, spans in hits.items() if (left := _unforgiven(spans, forgiven.get(number)))}

    def _collect(self, plain: Plain, hits: dict[int, Spans], forgiven: dict[int, Spans]) -> None:
        text = plain.text
        due = set(self._always)
        seen: set[int] = set()
        if self._automaton:
            for key, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
                if self._literals[key] and plain.holds(start, end):
                    for number, forgives in self._literals[key]:
                        (forgiven if forgives else hits)[number].append((start, end))
                if key not in seen:
                    seen.add(key)
                    due.update(self._hinted[key])
        for place in sorted(due):
            expression = self._expressions[place]
            held = [span for span in self._matches(place, seen, text) if span[0] < span[1] and plain.holds(*span)]
            if held:
                (forgiven if expression.forgives else hits)[expression.number] += held

    def _matches(self, place: int, seen: set[int], text: str) -> Spans:
        """Return where an expression matches a text with these keys; it is compiled when it first may."""
        expression = self._expressions[place]
        for choice in expression.needs:
            if choice.isdisjoint(seen):
                return []
        if (pattern := self._compiled.get(place)) is None:
            pattern = self._compiled[place] = compile_expression(expression.source)
        # Most match nothing, and an iterator costs more than a look.
        return [] if pattern.search(text) is None else [match.span() for match in pattern.finditer(text)]


def longest(spans: Spans) -> Spans:
    """Return spans that do not overlap, the longer of two that would, by place."""
    kept: Spans = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
        elif end - start > kept[-1][1] - kept[-1][0]:
            kept[-1] = (start, end)
    return kept


def _unforgiven(spans: Spans, forgiven: Spans | None) -> Spans:
    """Return the spans that lie within no forgiven one."""
    if not forgiven:
        return spans
    forgiven = sorted(forgiven)
    starts = [start for start, _ in forgiven]
    covered = [0, *accumulate((end for _, end in forgiven), max)]  # how far the first n exceptions reach
    return [(start, end) for start, end in spans if end > covered[bisect_right(starts, start)]]
