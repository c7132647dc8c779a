"""Finds the patterns of many rules in one pass over the plain view: Aho-Corasick first, regular expressions second."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

import ahocorasick_rs

from shopglot.sensitivity.patterns import PREFIX, compile_expression, hints
from shopglot.sensitivity.phrases import Phrases
from shopglot.sensitivity.plain import Plain, fold

Spans: TypeAlias = "list[tuple[int, int]]"


@dataclass(frozen=True, slots=True)
class _Expression:
    """A regular expression of the set at `number`; `forgives` marks an exception."""

    number: int
    forgives: bool
    pattern: re.Pattern[str]


class Index:
    """Sets of phrases, ready to be found. Built once; it compiles every regular expression."""

    def __init__(self, sets: Sequence[Phrases]) -> None:
        literals: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        hinted: dict[str, list[_Expression]] = defaultdict(list)
        self._always: list[_Expression] = []
        for number, phrases in enumerate(sets):
            forgiving = frozenset(phrases.exceptions)
            for pattern in dict.fromkeys((*phrases.patterns, *phrases.exceptions)):
                forgives = pattern in forgiving
                if not pattern.startswith(PREFIX):
                    literals[fold(pattern)].append((number, forgives))
                    continue
                source = pattern.removeprefix(PREFIX)
                expression = _Expression(number, forgives, compile_expression(source))
                needed = hints(source)
                for hint in needed:
                    hinted[hint].append(expression)
                if not needed:
                    self._always.append(expression)
        keys = list(dict.fromkeys((*literals, *hinted)))
        self._literals = [tuple(literals.get(key, ())) for key in keys]
        self._hinted = [tuple(hinted.get(key, ())) for key in keys]
        self._automaton = ahocorasick_rs.AhoCorasick(keys) if keys else None

    def find(self, plain: Plain) -> dict[int, Spans]:
        """Return the spans of the view that each set hits: those of its patterns that lie within no exception."""
        hits: dict[int, Spans] = defaultdict(list)
        forgiven: dict[int, Spans] = defaultdict(list)
        self._collect(plain, hits, forgiven)
        return {number: left for number, spans in hits.items() if (left := _unforgiven(spans, forgiven.get(number)))}

    def _collect(self, plain: Plain, hits: dict[int, Spans], forgiven: dict[int, Spans]) -> None:
        due = dict.fromkeys(self._always)
        if self._automaton:
            for key, start, end in self._automaton.find_matches_as_indexes(plain.text, overlapping=True):
                for number, forgives in self._literals[key]:
                    if plain.holds(start, end):
                        (forgiven if forgives else hits)[number].append((start, end))
                if self._hinted[key]:
                    due.update(dict.fromkeys(self._hinted[key]))
        for expression in due:
            spans = [match.span() for match in expression.pattern.finditer(plain.text)]
            held = [span for span in spans if span[0] < span[1] and plain.holds(*span)]
            if held:
                (forgiven if expression.forgives else hits)[expression.number] += held


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
