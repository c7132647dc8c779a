"""Some rules, ready to be held against texts: which of them say something about one, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from shopglot.sensitivity.index import Index, longest
from shopglot.sensitivity.negation import is_negated
from shopglot.sensitivity.patterns import PREFIX
from shopglot.sensitivity.phrases import Phrases
from shopglot.sensitivity.plain import Plain, fold, view
from shopglot.sensitivity.rules import Rule

if TYPE_CHECKING:
    from shopglot.sensitivity.disguise import Disguises


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of where a text stands: the kind of its field, its listing's category and title. "" is unknown."""

    field: str = ""
    category: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule and a place in the plain view that it speaks of."""

    rule: Rule
    start: int
    end: int


class Ruleset:
    """Rules of one side and scope. Patterns are compiled when the first text comes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: Sequence[Rule] = tuple(rules)
        self._conditions: dict[Phrases, Index] = {}

    @cached_property
    def _index(self) -> Index:
        return Index([Phrases(rule.patterns, rule.exceptions) for rule in self.rules])

    @cached_property
    def _disguised(self) -> tuple[dict[str, list[int]], Disguises] | None:
        """Return which rules have a literal that may be disguised, and what finds those; None where no rule asks."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            for pattern in rule.patterns if rule.disguise else ():
                if not pattern.startswith(PREFIX):
                    numbers[fold(pattern)].append(number)
        if not numbers:
            return None
        from shopglot.sensitivity.disguise import Disguises

        return numbers, Disguises(numbers)

    def find(self, plain: Plain, about: About) -> Iterator[Hit]:
        """Yield what the rules hit, rule by rule; of overlapping hits of one rule the longest counts."""
        for number, spans in self._index.find(plain, self._written_otherwise(plain)).items():
            rule = self.rules[number]
            if not self._concerns(rule, plain, about):
                continue
            for start, end in longest(spans):
                if not (rule.negation and is_negated(plain.text, start, end)):
                    yield Hit(rule, start, end)

    def _written_otherwise(self, plain: Plain) -> list[tuple[int, tuple[int, int]]]:
        if self._disguised is None:
            return []
        numbers, disguises = self._disguised
        return [(number, (start, end)) for literal, start, end in disguises.find(plain) for number in numbers[literal]]

    def _concerns(self, rule: Rule, plain: Plain, about: About) -> bool:
        """Whether a rule holds for the field, the category and the company that a text stands in."""
        if rule.fields and about.field and about.field not in rule.fields:
            return False
        if rule.categories and about.category:
            category = fold(about.category)
            if not any(fold(name) in category for name in rule.categories):
                return False
        if rule.when is not None and not self._stands(rule.when, plain, about):
            return False
        return rule.unless is None or not self._stands(rule.unless, plain, about)

    def _stands(self, phrases: Phrases, plain: Plain, about: About) -> bool:
        """Whether one of the phrases stands in the text, the category or the title."""
        if phrases not in self._conditions:
            self._conditions[phrases] = Index([phrases])
        index = self._conditions[phrases]
        if index.find(plain):
            return True
        return any(index.find(_known(text)) for text in (about.category, about.title) if text)


@lru_cache(maxsize=256)
def _known(text: str) -> Plain:
    """Return the view of a category or a title, which every text of a listing asks for."""
    return view(text)
