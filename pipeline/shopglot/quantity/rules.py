"""The engine that both grammars run on: a grammar is a list of cases, in the order in which they are tried at a place.

A case is a pattern and the function that reads what it matches:

    @case("half", r"半[价折]")
    def half_price(match: Found) -> list[Reading]: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from shopglot.quantity.reading import Bound, Meaning, Phrase, Reading
from shopglot.quantity.units import UNIT


class Found:
    """What a case matched, in the words of the text: like a `re.Match`, whatever stood there while matching."""

    __slots__ = ("_match", "string")

    def __init__(self, match: re.Match[str], text: str) -> None:
        self._match = match
        self.string = text

    def __getitem__(self, group: str | int) -> str:
        """Return the words of a group, "" where it took no part."""
        start, end = self._match.span(group)
        return self.string[start:end] if start >= 0 else ""

    def get(self, group: str) -> str:
        """Return the words of a group, "" where it took no part or the case has none of that name."""
        return self[group] if group in self._match.re.groupindex else ""

    def start(self, group: str | int = 0) -> int:
        """Return where a group begins."""
        return self._match.start(group)

    def end(self, group: str | int = 0) -> int:
        """Return where a group ends."""
        return self._match.end(group)

    def before(self, length: int) -> str:
        """Return so many characters before the match."""
        return self.string[max(0, self.start() - length) : self.start()]

    def behind(self, length: int) -> str:
        """Return so many characters behind the match."""
        return self.string[self.end() : self.end() + length]

    def about(self, words: re.Pattern[str]) -> bool:
        """Whether these words stand anywhere in the text."""
        return mentions(self.string, words)

    def alone(self) -> bool:
        """Whether there is nothing but the match, and space."""
        spaces = len(self.string) - (self.end() - self.start())
        # A long text is not stripped again at each of its numbers; nothing is alone among so much space.
        return spaces <= MOST_SPACES and self.string.strip() == self[0]


MOST_SPACES = 100


@lru_cache(maxsize=64)
def mentions(text: str, words: re.Pattern[str]) -> bool:
    """Whether these words stand anywhere in a text: looked for once, not at each of its numbers."""
    return words.search(text) is not None


Reader = Callable[[Found], "Sequence[Reading] | None"]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a grammar: `read` returns the readings of what `pattern` matches, or None where it is another case.

    `exact` says that capital letters matter in a grammar where they do not elsewhere.
    """

    name: str
    pattern: str
    read: Reader
    exact: bool = False

    def also(self, pattern: str, *, name: str = "") -> Case:
        """Return the case of another way to write the same, under the same name where none is given."""
        return replace(self, pattern=pattern, name=name or self.name)


def case(name: str, pattern: str, *, exact: bool = False) -> Callable[[Reader], Case]:
    """Make a case of the function that reads it."""
    return lambda read: Case(name, pattern, read, exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A case ready to be tried: `pattern` matches at the place where a number may begin.

    `marked` says that it has units in it (`units.UNIT`) and so reads the text in which they are marked. Where none of
    `needs` stands in a text it reads nothing there.
    """

    name: str
    pattern: re.Pattern[str]
    read: Reader
    marked: bool
    needs: tuple[str, ...] = ()


def build(one: Case, needs: str = "", *, flags: int = 0) -> Rule:
    """Return the rule of a case, its pattern compiled. `needs` are apart by spaces, `_` is a space in one."""
    return Rule(
        name=one.name, pattern=re.compile(one.pattern, flags), read=one.read, marked=UNIT in one.pattern,
        needs=tuple(need.replace("_", " ") for need in needs.split()),
    )  # fmt: skip


class Rules:
    """The rules of a kind of place, and which of them may read something in a text.

    Trying a rule at each number is most of the cost, so a text is looked at once for what the rules need.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._always = sum(1 << place for place, rule in enumerate(rules) if not rule.needs)
        self._signs: dict[str, int] = {}
        words: dict[str, int] = {}
        for place, rule in enumerate(rules):
            for need in rule.needs:
                table = self._signs if len(need) == 1 else words
                table[need] = table.get(need, 0) | 1 << place
        self._words = tuple(words.items())
        self._chosen: dict[int, tuple[Rule, ...]] = {}

    def useful(self, text: str) -> tuple[Rule, ...]:
        """Return the rules that may read something in a text, in their order."""
        wanted = self._always
        for sign in set(text):
            wanted |= self._signs.get(sign, 0)
        for word, places in self._words:
            if word in text:
                wanted |= places
        if wanted not in self._chosen:
            self._chosen[wanted] = tuple(rule for place, rule in enumerate(self._rules) if wanted >> place & 1)
        return self._chosen[wanted]


def with_words(phrase: Phrase, text: str, narrow: str) -> Phrase:
    """Return a phrase that was read in `narrow` with the words of its readings as `text` has them, wide ones too."""
    return (
        phrase
        if narrow == text
        else replace(phrase, readings=tuple(replace(one, text=text[one.start : one.end]) for one in phrase.readings))
    )


def scan(text: str, marked: str, places: Iterable[tuple[int, Sequence[Rule]]]) -> Iterator[Phrase]:
    """Yield what the rules read, left to right: at each place, the first of its rules that reads it.

    `marked` is the text with its units marked, as long as the text.
    """
    position = 0
    for start, rules in places:
        if start < position:
            continue
        for rule in rules:
            match = rule.pattern.match(marked if rule.marked else text, start)
            readings = rule.read(Found(match, text)) if match else None
            if match and readings is not None:
                position = match.end()
                yield Phrase(rule=rule.name, start=start, end=position, readings=tuple(readings))
                break


def reading(
    match: Found,
    meanings: Sequence[Meaning],
    *,
    group: str | int = 0,
    role: str = "",
    bound: Bound = "",
    strong: bool = True,
) -> Reading:
    """Return a reading that stands where `group` of `match` does."""
    return Reading(
        start=match.start(group), end=match.end(group), text=match[group], meanings=tuple(meanings), role=role,
        bound=bound, strong=strong,
    )  # fmt: skip
