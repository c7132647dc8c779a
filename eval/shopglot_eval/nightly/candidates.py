"""Candidates for the glossary in what people changed: a source word whose rendering they change the same way.

Machine text and approved text are compared word by word: what stands in the place of what is a **change**, such as
"facial" to "sheet". Of the words of the source, the one that a change speaks of is that which goes with it best over
all decided texts (Dice's coefficient of the pages with the word and those with the change), after the words are set
aside whose rendering by the termbase stands unchanged in the text. A text translated within Chinese has the changed
word in its source, which names it directly. Words of the text beside a change that are the same each time belong to
the rendering: "facial mask" to "sheet mask".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from shopglot.checks.terms import contains
from shopglot.script import HAN_RANGES, has_han
from shopglot.termbase import Termbase, fold
from shopglot.termbase.words import PARTICLES

LEAST = 3  # pages that make a candidate
LONGEST_TEXT = 2_000  # characters: a longer one is not compared
LONGEST_CHANGE = 4  # words on either side
LONGEST_WORD = 8  # characters of a source word
_PARTS = 3  # words of the dictionary that make one of a shop
_SHARE = 0.8  # of a change's pages that have the word it speaks of
_CHANCE = 0.05
_SHORTLIST = 40
_LOOKED_AT = 200  # pages of a change, one text each
_BESIDE = 2  # words that a rendering is made longer by, on each side
_HAN_WORD = re.compile(f"[{HAN_RANGES}]+")
_TOKEN = re.compile(rf"[{HAN_RANGES}]+|[^\W_]+(?:['’\-][^\W_]+)*|\S")
# Words that say how a sentence goes, not what a thing is called.
_GRAMMAR = PARTICLES | frozenset(
    """a an the of for with and or in on at to from by as is are it its this that these those you your be can will
    not so very more all has have just""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A text that people decided about: `final` is what they approved, `machine` where they changed nothing."""

    id: str
    market: str
    page: tuple[str, str]
    field: str
    category: str
    source: str
    machine: str
    final: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A candidate, with the decided texts in which the change was made."""

    market: str
    source: str
    machine: str
    human: str
    texts: tuple[Decided, ...]
    kept: int
    known: str

    @property
    def pages(self) -> int:
        """The pages on which the change was made."""
        return len({one.page for one in self.texts})


class Change(NamedTuple):
    """What stands in the place of what, folded in case, and where in the two lists of words."""

    machine: tuple[str, ...]
    human: tuple[str, ...]
    of: tuple[int, int]
    to: tuple[int, int]


class _Made(NamedTuple):
    """A change in its text."""

    change: Change
    text: Decided
    before: tuple[str, ...]
    after: tuple[str, ...]


def find(decided: Sequence[Decided], termbases: Mapping[str, Termbase], *, least: int = LEAST) -> list[Found]:
    """Return candidates of all markets, those on most pages first. A market without a termbase knows no words."""
    found: list[Found] = []
    for market in sorted({one.market for one in decided}):
        own = [one for one in decided if one.market == market and len(one.source + one.machine) <= LONGEST_TEXT]
        found += _of_market(own, termbases.get(market), least)
    return sorted(found, key=lambda one: (-one.pages, -len(one.texts), one.market, one.source, one.human))


def changes(machine: str, final: str) -> list[tuple[Change, tuple[str, ...], tuple[str, ...]]]:
    """Return the changes from one text to the other, with the words of both that stand before and behind each."""
    one, other = tokens(machine), tokens(final)
    folded, wanted = [word.casefold() for word in one], [word.casefold() for word in other]
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, folded, wanted, autojunk=False).get_opcodes():
        if kind == "replace" and b - a <= LONGEST_CHANGE and d - c <= LONGEST_CHANGE:
            change = Change(tuple(folded[a:b]), tuple(wanted[c:d]), (a, b), (c, d))
            if not _is_grammar(change):
                found.append((change, tuple(folded[:a]), tuple(folded[b:])))
    return found


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text, Chinese ones by the dictionary, marks by themselves, no white space."""
    import rjieba

    found: list[str] = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if not _HAN_WORD.fullmatch(word):
            found.append(word)
            continue
        at = 0
        for part in rjieba.cut(fold(word), False):
            found.append(word[at : at + len(part)])
            at += len(part)
    return tuple(found)


def _is_grammar(change: Change) -> bool:
    """Whether a change says nothing of what a thing is called: marks, figures, words of grammar."""
    return any(
        not any(any(map(str.isalpha, word)) and word not in _GRAMMAR for word in side)
        for side in (change.machine, change.human)
    )


def _of_market(decided: Sequence[Decided], termbase: Termbase | None, least: int) -> Iterator[Found]:
    made: dict[tuple[tuple[str, ...], tuple[str, ...]], list[_Made]] = defaultdict(list)
    for one in decided:
        if one.final != one.machine:
            for change, before, after in changes(one.machine, one.final):
                made[change.machine, change.human].append(_Made(change, one, before, after))
    folded = {one.id: fold(one.source) for one in decided}
    for group in made.values():
        if len({own.text.page for own in group}) < least:
            continue
        word = _named(group, folded) or _associated(group, decided, folded, termbase)
        if word is None:
            continue
        own = [one for one in group if word in folded[one.text.id]]
        if len({one.text.page for one in own}) >= least:
            yield _found(word, own, decided, folded, termbase)


def _found(
    word: str, group: Sequence[_Made], decided: Sequence[Decided], folded: Mapping[str, str], termbase: Termbase | None
) -> Found:
    before, after = _shared(group)
    changed = {one.text.page for one in group}
    machine = _joined((*before, *group[0].change.machine, *after))
    same = tokens(machine)
    kept = {
        one.page
        for one in decided
        if one.final == one.machine and word in folded[one.id] and _has(one.machine, same) and one.page not in changed
    }
    entry = None if termbase is None else termbase.whole(word, field="title")
    texts = {one.text.id: one.text for one in group}
    return Found(
        market=group[0].text.market, source=_as_written(word, texts.values()), machine=machine,
        human=_human(group, len(before), len(after)), texts=tuple(texts.values()), kept=len(kept),
        known="" if entry is None else entry.target,
    )  # fmt: skip


def _shared(group: Sequence[_Made]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words right before and right behind a change that are the same each time, in different texts."""
    if len({one.text.source for one in group}) < 2:  # of one text all is the same
        return (), ()
    before: list[str] = []
    after: list[str] = []
    for at in range(1, _BESIDE + 1):
        words = {one.before[-at] if len(one.before) >= at else "" for one in group}
        if len(words) > 1 or not _is_content(word := words.pop()):
            break
        before.insert(0, word)
    for at in range(_BESIDE):
        words = {one.after[at] if len(one.after) > at else "" for one in group}
        if len(words) > 1 or not _is_content(word := words.pop()):
            break
        after.append(word)
    return tuple(before), tuple(after)


def _is_content(word: str) -> bool:
    return any(map(str.isalpha, word)) and word not in _GRAMMAR


def _human(group: Sequence[_Made], before: int, after: int) -> str:
    """Return the rendering as people write it most often, with the words beside it."""
    forms: Counter[str] = Counter()
    for one in group:
        words = tokens(one.text.final)
        start, end = one.change.to
        forms[_joined(words[start - before : end + after])] += 1
    return min(forms, key=lambda form: (-forms[form], form))


def _named(group: Sequence[_Made], folded: Mapping[str, str]) -> str | None:
    """Return the changed word where the sources have it: within Chinese."""
    word = fold("".join(group[0].change.machine))
    return word if has_han(word) and all(word in folded[one.text.id] for one in group) else None


def _associated(
    group: Sequence[_Made], decided: Sequence[Decided], folded: Mapping[str, str], termbase: Termbase | None
) -> str | None:
    """Return the word of the sources that goes with a change best, None where none does."""
    of_page = {one.text.page: one for one in group}
    some = dict(list(of_page.items())[:_LOOKED_AT])
    for told in (termbase, None):  # where nothing else is left, what the glossary explains may be meant all the same
        pages: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for page, one in some.items():
            for word in _words(one, folded[one.text.id], told):
                pages[word].add(page)
        if (best := _best(pages, some.keys(), decided, folded)) is not None:
            return best
        if termbase is None:
            break
    return None


def _best(
    pages: Mapping[str, set[tuple[str, str]]],
    changed: Collection[tuple[str, str]],
    decided: Sequence[Decided],
    folded: Mapping[str, str],
) -> str | None:
    """Return the word that goes with a change best; `pages` are those of the `changed` ones that have each word."""
    from scipy.stats import hypergeom

    shortlist = sorted(pages, key=lambda word: (-len(pages[word]), -len(word), word))[:_SHORTLIST]
    whole = len({one.page for one in decided})
    best: tuple[float, int, str] | None = None
    for word in shortlist:
        both = len(pages[word])
        if both < _SHARE * len(changed):
            continue
        having = len({one.page for one in decided if word in folded[one.id]})
        # Every page that has the word has the change, or more of them do than chance would have it.
        if having > both and hypergeom.sf(both - 1, whole, having, len(changed)) > _CHANCE:
            continue
        rank = (2 * both / (having + len(changed)), len(word), word)
        if best is None or rank[:2] > best[:2]:
            best = rank
    return None if best is None else best[2]


def _words(made: _Made, source: str, termbase: Termbase | None) -> set[str]:
    """Return the words of a source that a change may speak of: one of the dictionary, or some in a row."""
    import rjieba

    explained = _explained(made, termbase)
    found: set[str] = set()
    for run in _HAN_WORD.finditer(source):
        parts = [(run.start() + start, run.start() + end) for start, end in _offsets(rjieba.cut(run[0], False))]
        for first in range(len(parts)):
            for last in range(first, min(first + _PARTS, len(parts))):
                start, end = parts[first][0], parts[last][1]
                if 2 <= end - start <= LONGEST_WORD and not any(a < end and start < b for a, b in explained):
                    found.add(source[start:end])
    return found


def _offsets(words: Iterable[str]) -> Iterator[tuple[int, int]]:
    at = 0
    for word in words:
        yield at, at + len(word)
        at += len(word)


def _explained(made: _Made, termbase: Termbase | None) -> list[tuple[int, int]]:
    """Return where the source has terms whose rendering stands unchanged in the text."""
    if termbase is None:
        return []
    rest = f"{' '.join(made.before)} | {' '.join(made.after)}"
    text = made.text
    return [
        (term.start, term.end)
        for term in termbase.match(text.source, field=text.field, category=text.category)
        if any(contains(rest, form) for form in (term.target, *term.admitted))
    ]


def _has(text: str, words: Sequence[str]) -> bool:
    own = [word.casefold() for word in tokens(text)]
    return any(own[at : at + len(words)] == list(words) for at in range(len(own) - len(words) + 1))


def _joined(words: Sequence[str]) -> str:
    """Return words as they are written in a row: Chinese ones without a space."""
    out = ""
    for word in words:
        out += f" {word}" if out and not (has_han(word[:1]) or has_han(out[-1:])) else word
    return out


def _as_written(word: str, texts: Iterable[Decided]) -> str:
    """Return a folded word as the first source that has it writes it."""
    for one in texts:
        at = fold(one.source).find(word)
        if at >= 0:
            return one.source[at : at + len(word)]
    return word
