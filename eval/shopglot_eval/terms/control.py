"""Random terms: as many words as there are terms in the same texts, that are no terms, with everyday translations.

A gain by random terms is one that any English word in the text would bring; only what proper terms gain beyond it is
owed to the termbase.

WMT takes proper and random terms alike from the references, so that its random mode shows how much of a gain is the
reference leaking. Our proper terms come from a glossary that has seen no reference; random ones taken from the
reference would leak what proper ones do not, and be no control. So what is kept equal is the number of words, the text
and how the engine is told, and what differs is the words: random ones are words of the text, as a general dictionary
cuts it, that the termbase does not know, with the everyday translation that taxonomy and parallel text of the shared
data give them. Nothing of it depends on a reference or a model. Where a text has too few such words, others of the same
set have one more. Terms that are only suggested have no counterpart.
"""

from __future__ import annotations

import csv
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.checks.terms import contains
from shopglot.errors import UsageError
from shopglot.script import is_han
from shopglot.termbase import Entry, Termbase, fold, overlaps
from shopglot.types import Segment
from shopglot_eval.terms.texts import Line

TAXONOMY = ("attributes", "categories", "values")
ATTESTED = 0.25  # share of the lines with a word that have its translation
ALIKE = 0.3
OFTEN = 3  # lines that two words share before that is no accident
_ENGLISH = re.compile(r"(?:(?:to|the|an?) )?([a-z]+(?:[ '-][a-z]+){0,2})")

_EDGES = re.compile(r"[^a-z' -]+")  # what a word ends at

_MARKS = " 。.！!？?：:"

Lexicon = Mapping[str, str]
Cut = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The random terms, each under the category of its text, and how many matches were wanted and are expected."""

    entries: tuple[Entry, ...]
    wanted: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    text: int
    source: str
    target: str
    count: int


def category(text: int) -> str:
    """Return the category that ties a term to one text. It ends in a slash, so that it begins no other."""
    return f"random/{text}/"


def find_words(lines: Iterable[Line], termbase: Termbase) -> frozenset[str]:
    """Return the Chinese words of the lines that are no entry, and that no term, mask or quantity touches."""
    known = {fold(entry.source) for entry in termbase.entries()}
    cutter = _cutter()
    words = {word for line in lines for item in line.part.segments for word in _free_words(item, cutter)}
    return frozenset(word for word in words if len(word) > 1 and all(map(is_han, word)) and fold(word) not in known)


def read_lexicon(folder: Path, words: frozenset[str]) -> dict[str, str]:
    """Return everyday translations of the words, as far as taxonomy names and parallel text tell them.

    First choice is the translation of lines that are this word alone, the one that most lines with the word have; none
    where fewer than `ATTESTED` of them have it: 真的 is no "is that true". For other words it is the English word that
    stands in the same lines and in few others, measured by the Dice coefficient, `ALIKE` at least. English is in small
    letters, three words at most, without article. Raises `UsageError` where there is no such data.
    """
    lines = list(_pairs(folder))
    if not lines:
        raise UsageError(f"no {folder}/taxonomy and no {folder}/parallel: random terms are translated by one of them")
    known: dict[str, set[str]] = defaultdict(set)
    for chinese, english in lines:
        match = _ENGLISH.fullmatch(english.strip(" .!?:").lower())
        if match:
            known[chinese.strip(_MARKS)].add(match[1])
    cutter = _cutter()
    total: Counter[str] = Counter()  # of lines, by English word
    seen: Counter[str] = Counter()  # of lines, by Chinese word
    told: dict[str, Counter[str]] = defaultdict(Counter)
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for chinese, english in lines:
        spaced = f" {_EDGES.sub(' ', english.lower())} "
        tokens = set(spaced.split())
        total.update(tokens)
        for word in words & {chinese.strip(_MARKS), *cutter(chinese)}:
            seen[word] += 1
            told[word].update(target for target in known.get(word, ()) if f" {target} " in spaced)
            beside[word].update(tokens)
    found = {word: _told(told[word], seen[word]) or _beside(beside[word], seen[word], total) for word in seen}
    return {word: target for word, target in sorted(found.items()) if target}


def _told(counts: Counter[str], lines: int) -> str:
    best = min(counts, key=lambda one: (-counts[one], len(one), one), default="")
    return best if counts[best] >= ATTESTED * lines else ""


def _beside(counts: Counter[str], lines: int, total: Counter[str]) -> str:
    alike = {
        token: 2 * count / (lines + total[token])
        for token, count in counts.items()
        if count >= OFTEN and len(token) > 2 and token.isalpha()
    }
    best = min(alike, key=lambda one: (-alike[one], one), default="")
    return best if best and alike[best] >= ALIKE else ""


def choose(lines: Sequence[Line], lexicon: Lexicon, *, seed: int) -> Control:
    """Return a random term for each enforced one in the lines: in the same text where its words allow, else in others.

    The lexicon is one of words that `find_words` gives. A translation that contains a form of a term in its text, or is
    contained in one, is not used.
    """
    chance = random.Random(seed)  # noqa: S311 - a control, no secret
    cutter = _cutter()
    texts: dict[int, list[Segment]] = defaultdict(list)
    for line in lines:
        texts[line.text] += line.part.segments
    chosen: list[_Candidate] = []
    rest: list[_Candidate] = []
    wanted = 0
    for text, segments in texts.items():
        quota = sum(term.enforce for item in segments for term in item.terms)
        pool = list(_candidates(text, segments, lexicon, cutter))
        chance.shuffle(pool)
        taken = _fill(pool, quota)
        chosen += taken
        rest += [one for one in pool if one not in taken]
        wanted += quota
    chance.shuffle(rest)
    chosen += _fill(rest, wanted - sum(one.count for one in chosen))
    entries = tuple(_entry(one) for one in sorted(chosen, key=lambda one: (one.text, one.source)))
    return Control(entries=entries, wanted=wanted, expected=sum(one.count for one in chosen))


def _fill(pool: Iterable[_Candidate], quota: int) -> list[_Candidate]:
    """Return candidates in the order given whose counts do not exceed the quota together."""
    taken = []
    for one in pool:
        if one.count <= quota:
            taken.append(one)
            quota -= one.count
    return taken


def _candidates(text: int, segments: Sequence[Segment], lexicon: Lexicon, cutter: Cut) -> Iterator[_Candidate]:
    words = Counter(word for item in segments for word in _free_words(item, cutter))
    forms = {form for item in segments for term in item.terms for form in (term.target, *term.admitted)}
    for word in sorted(words):
        target = lexicon.get(word)
        if target is None:
            continue
        if not any(contains(form, target) or contains(target, form) for form in forms):
            yield _Candidate(text=text, source=word, target=target, count=words[word])


def _free_words(item: Segment, cutter: Cut) -> Iterator[str]:
    taken = [(term.start, term.end) for term in item.terms]
    taken += [(mask.start, mask.end) for mask in item.masks]
    taken += [(quantity.start, quantity.end) for quantity in item.quantities]
    end = 0
    for word in cutter(item.source):
        start, end = end, end + len(word)
        if not overlaps(taken, start, end):
            yield word


def _cutter() -> Cut:
    from rjieba import Jieba

    jieba = Jieba()
    # Half a surrogate pair is more than it takes; one character stands for one, so that offsets stay.
    return lambda text: jieba.cut(re.sub(r"[\ud800-\udfff]", "\ufffd", text), False)


def _entry(one: _Candidate) -> Entry:
    return Entry(
        source=one.source, target=one.target, admitted=(), forbidden=(), use="enforce", category=category(one.text),
        field="", note="",
    )  # fmt: skip


def _pairs(folder: Path) -> Iterator[tuple[str, str]]:
    for name in TAXONOMY:
        path = folder / "taxonomy" / f"trilingual.{name}.tsv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    if row.get("field") == "name":
                        yield row.get("zh-CN") or "", row.get("en") or ""
    path = folder / "parallel" / "zh-CN-en.tsv"
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            for line in file:
                columns = line.rstrip("\n").split("\t")
                if len(columns) == 4:
                    yield columns[2], columns[3]
