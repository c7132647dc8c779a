"""Some rules, ready to be held against texts: which of them say something about one, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from shopglot.sensitivity.index import Index, longest
from shopglot.sensitivity.negation import is_negated
from shopglot.sensitivity.patterns import PREFIX, hints
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
    """A rule and a place that it speaks of: half-open offsets into the text as written, and the plain words there."""

    rule: Rule
    start: int
    end: int
    words: str


class Ruleset:
    """Rules of one side and scope. Patterns are compiled when the first text comes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: Sequence[Rule] = tuple(rules)
        self._hidden = tuple(rule for rule in self.rules if rule.disguise)
        self._conditions: dict[Phrases, Index] = {}

    @cached_property
    def _index(self) -> Index:
        return Index([Phrases(rule.patterns, rule.exceptions) for rule in self.rules])

    @cached_property
    def _hidden_index(self) -> Index:
        return Index([Phrases(rule.patterns, rule.exceptions) for rule in self._hidden])

    @cached_property
    def _disguises(self) -> Disguises:
        """What finds the words of rules that people hide: literals, and what expressions cannot do without."""
        from shopglot.sensitivity.disguise import Disguises

        words: dict[str, None] = {}
        for rule in self._hidden:
            for pattern in rule.patterns:
                own = hints(pattern.removeprefix(PREFIX)) if pattern.startswith(PREFIX) else (fold(pattern),)
                words.update(dict.fromkeys(word for word in own if len(word) > 1))
        return Disguises(words)

    def find(self, plain: Plain, about: About) -> Iterator[Hit]:
        """Yield what the rules hit, rule by rule; of overlapping hits of one rule the longest counts."""
        found: dict[str, list[Hit]] = defaultdict(list)
        for hit in self._read(self._index, self.rules, plain, about):
            found[hit.rule.id].append(hit)
        if self._hidden and (restored := self._disguises.restore(plain)) is not None:
            for hit in self._read(self._hidden_index, self._hidden, restored, about):
                found[hit.rule.id].append(hit)
        for hits in found.values():
            yield from _apart(hits)

    def _read(self, index: Index, rules: Sequence[Rule], plain: Plain, about: About) -> Iterator[Hit]:
        for number, spans in index.find(plain).items():
            rule = rules[number]
            if not self._concerns(rule, plain, about):
                continue
            for start, end in longest(spans):
                if not (rule.negation and is_negated(plain.text, start, end)):
                    yield Hit(rule, *plain.span(start, end), plain.text[start:end])

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


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    """Yield hits that do not overlap, the longer of two that would, by place."""
    if len(hits) == 1:
        yield hits[0]
        return
    by_span = {(hit.start, hit.end): hit for hit in reversed(hits)}
    yield from (by_span[span] for span in longest(list(by_span)))


@lru_cache(maxsize=256)
def _known(text: str) -> Plain:
    """Return the view of a category or a title, which every text of a listing asks for."""
    return view(text)
