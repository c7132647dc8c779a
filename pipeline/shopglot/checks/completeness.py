"""Is a clause of the source missing, or does the translation say something that the source does not?

There is no alignment to go by, so two kinds of evidence are weighed against each other, as log-odds. Length: the
letters per Chinese character of human translations are log-normal (`_usual`), and a text without one of its clauses
should be shorter by that clause. Anchors: the glossary's terms and the Latin words and numbers of a clause, which come
back in 82 of 100 cases where the clause was translated, and hardly ever where it was not. The odds were fitted on the
447 lines of WMT22 zh-en with two human references each; `tests/checks/test_completeness.py` measures them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log

from shopglot.checks.kept import blank_masks
from shopglot.checks.words import count_letters
from shopglot.market import Market
from shopglot.script import HAN
from shopglot.types import Finding, Segment, TermMatch, Translation

# English letters per Chinese character below or above which a translation cannot be complete, or says more than its
# source; and characters per character for Chinese.
FEWEST_LETTERS, MOST_LETTERS = 1.0, 9.0
FEWEST_HAN, MOST_HAN = 0.5, 2.0
SHORTEST = 8  # Chinese characters from which the ratio says something
SHORTEST_CLAUSE = 5  # Chinese characters; 不错, 亲 and 其实 may go
FEWEST_IN_ONE_CLAUSE = 1.05  # how far, in logarithms, a text without clauses may be below the usual length

ABSENT, PRESENT = 0.8, -2.0  # log-odds that one anchor adds to "the clause is missing"
MISSING = 2.9  # log-odds from which a clause is called missing: 1 in 100 human translations
SENTENCE, CLAUSE = 1.0, 2.0  # log-odds of more sentences than the source has sentences; than it has clauses
STRANGE, FAMILIAR = 0.7, -2.0  # log-odds of a sentence without, and with, a word that the source asks for
INVENTED = 2.3  # log-odds from which a sentence is called invented

CLAUSE_END = re.compile(r"[，。！？!?；;：:…～~\n]+|,(?!\d)|\.(?!\d)|[ \t]+(?=[\u4e00-\u9fff])")
SENTENCE_END = re.compile(r"[。！？!?…～~\n]+|\.(?!\d)")
ENGLISH_END = re.compile(r"(?<=[.!?;])\s+")
WORD = re.compile(r"[A-Za-z]{2,}|\d+(?:\.\d+)?")
EMPTY = frozenset("a an and as at be but by for from in is it its of on or the to with you your".split())
CHATTER = re.compile(
    r"\b(?:as an ai|sorry, but i|i(?:'m| am) (?:sorry|unable to)|i (?:cannot|can't) (?:assist|help|provide|translate)"
    r"|here(?:'s| is) (?:the|your) translation|translated text|must contain|please provide)\b",
    re.IGNORECASE,
)
APOLOGY = re.compile("抱歉|对不起|對不起|不好意思|sorry|致歉", re.IGNORECASE)

Anchor = tuple[int, tuple[frozenset[str], ...]]  # where it stands in the source, and the words of each form


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair as it is weighed: the source with its opaque texts blanked out, offsets kept, and both sizes."""

    source: str
    target: str
    characters: int
    letters: int

    @property
    def excess(self) -> float:
        """How much longer than usual the English is: a difference of logarithms, 0 for the mean of human ones."""
        return log((self.letters + 3) / self.characters) - _usual(self.characters)[0]


def check_completeness(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`omission` and `addition`: less or more said than the source says, or the engine speaking of itself.

    An error where it is sure (far too short or long, cut off, chatter), a warning where a clause is likely missing or a
    sentence likely invented.
    """
    pair = _measure(segment, translation.target)
    yield from _omission(pair, segment, translation, market)
    yield from _addition(pair, segment, translation.target, market)


def _omission(pair: _Pair, segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    fewest = FEWEST_LETTERS if market.latin else FEWEST_HAN
    whole = segment.source
    if translation.truncated or (pair.characters >= SHORTEST and pair.letters < pair.characters * fewest):
        yield Finding(
            check="omission", severity="error", side="source", start=0, end=len(whole), text=whole,
            message="Part of the source is missing in the translation.",
            message_zh="译文比原文少了内容，须由译员补译。",
        )  # fmt: skip
        return
    span = _missing(pair, segment) if market.latin and pair.characters > SHORTEST_CLAUSE else None
    if span is not None:
        start, end = span
        words = whole[start:end]
        yield Finding(
            check="omission", severity="warning", side="source", start=start, end=end, text=words,
            message=f"'{words}' seems to be missing in the translation.",
            message_zh=f"译文中似乎漏译了“{words}”，请译员核对。",
        )  # fmt: skip


def _addition(pair: _Pair, segment: Segment, target: str, market: Market) -> Iterator[Finding]:
    chatter = CHATTER.search(target) if market.latin else None
    if chatter is not None and not APOLOGY.search(segment.source):
        yield Finding(
            check="addition", severity="error", side="target", start=chatter.start(), end=chatter.end(),
            text=chatter[0], message=f"'{chatter[0]}' is the machine speaking, no translation.",
            message_zh=f"“{chatter[0]}”是机器的说明文字，不是译文。",
        )  # fmt: skip
        return
    if pair.letters > max(pair.characters, 4) * (MOST_LETTERS if market.latin else MOST_HAN) + 12:
        yield Finding(
            check="addition", severity="error", side="target", start=0, end=len(target), text=target,
            message="The translation says more than the source.",
            message_zh="译文多出了原文没有的内容，须由译员核对。",
        )  # fmt: skip
        return
    span = _invented(pair, segment) if market.latin and pair.characters >= 2 else None
    if span is not None:
        start, end = span
        words = target[start:end]
        yield Finding(
            check="addition", severity="warning", side="target", start=start, end=end, text=words,
            message=f"The source does not seem to say '{words}'.",
            message_zh=f"原文中似乎没有“{words}”的内容，请译员核对。",
        )  # fmt: skip


def _measure(segment: Segment, target: str) -> _Pair:
    """Blank the opaque texts out of the source and count the Chinese characters and the letters that render them."""
    source = blank_masks(segment, "_")
    opaque = sum(count_letters(mask.text) for mask in segment.masks)
    characters = len(HAN.findall(source))
    small = target.casefold()
    latin = sum(len(word) for word in WORD.findall(source) if word.casefold() in small)
    letters = count_letters(target) - opaque - latin
    return _Pair(source=source, target=target, characters=characters, letters=max(0, letters))


def _usual(characters: int) -> tuple[float, float]:
    """Return mean and deviation of the logarithm of English letters per Chinese character in human translations."""
    return 1.27 + 1.0 / characters, 0.2 + 0.9 / characters


def _missing(pair: _Pair, segment: Segment) -> tuple[int, int] | None:
    """Return the clause of the source that is most likely missing, None where none is likely enough."""
    clauses = list(_spans(CLAUSE_END, pair.source))
    excess, deviation = pair.excess, _usual(pair.characters)[1]
    if len(clauses) < 2:
        return (0, len(pair.source)) if pair.characters >= SHORTEST and excess < -FEWEST_IN_ONE_CLAUSE else None
    anchors = _anchors(pair, segment)
    if _highest(min(excess, 0.0), deviation) + ABSENT * len(anchors) < MISSING:
        return None
    words = _stems(pair.target)
    evidence = [(at, PRESENT if _is_present(forms, words) else ABSENT) for at, forms in anchors]
    best, place = MISSING, None
    following = 0
    for start, end in clauses:
        weight = 0.0
        while following < len(evidence) and evidence[following][0] < end:
            weight += evidence[following][1] if evidence[following][0] >= start else 0.0
            following += 1
        size = len(HAN.findall(pair.source, start, end))
        if not SHORTEST_CLAUSE <= size < pair.characters:
            continue
        odds = weight + _odds(excess, log(1 - size / pair.characters), deviation)
        if odds > best:
            best, place = odds, (start, end)
    return place


def _invented(pair: _Pair, segment: Segment) -> tuple[int, int] | None:
    """Return the sentence of the target that the source most likely does not say, None where none is likely enough."""
    if ENGLISH_END.search(pair.target) is None:
        return None
    sentences = [
        (start, end) for start, end in _spans(ENGLISH_END, pair.target) if count_letters(pair.target[start:end]) >= 4
    ]
    if len(sentences) < 2:
        return None
    ended = sum(pair.target[end - 1] != ";" for _, end in sentences)
    more = SENTENCE * (ended > max(1, _count(SENTENCE_END, pair.source)))
    more += CLAUSE * (ended > max(1, _count(CLAUSE_END, pair.source)))
    deviation = _usual(pair.characters)[1]
    if more + STRANGE + _highest(max(pair.excess, 0.0), deviation) < INVENTED:
        return None
    known = frozenset(word for _, forms in _anchors(pair, segment) for form in forms for word in form)
    sizes = [count_letters(pair.target[start:end]) for start, end in sentences]
    total = sum(sizes)
    best, place = INVENTED, None
    for (start, end), size in zip(sentences, sizes, strict=True):
        odds = more + _odds(pair.excess, -log(1 - size / total), deviation)
        if known:
            odds += STRANGE if known.isdisjoint(_stems(pair.target[start:end])) else FAMILIAR
        if odds > best:
            best, place = odds, (start, end)
    return place


def _odds(excess: float, shift: float, deviation: float) -> float:
    """Return the log-odds that a length `excess` comes from a text whose usual length is moved by `shift`."""
    return (excess**2 - (excess - shift) ** 2) / (2 * deviation**2)


def _highest(excess: float, deviation: float) -> float:
    """Return the highest log-odds that any shift in the direction of `excess` may have."""
    return excess**2 / (2 * deviation**2)


def _anchors(pair: _Pair, segment: Segment) -> list[Anchor]:
    """Return what of a source should be found again in its translation, in order."""
    anchors: list[Anchor] = []
    for term in segment.terms:
        forms = _forms(term)
        if forms:
            anchors.append((term.start, forms))
    for match in WORD.finditer(pair.source):
        if len(match[0]) > 1:
            anchors.append((match.start(), (frozenset((_stem(match[0]),)),)))
    return sorted(anchors, key=lambda anchor: anchor[0])


def _is_present(forms: Iterable[frozenset[str]], words: frozenset[str]) -> bool:
    """Whether any form has a word among `words`: a paraphrase keeps one word of two more often than both."""
    return any(not form.isdisjoint(words) for form in forms)


def _forms(term: TermMatch) -> tuple[frozenset[str], ...]:
    return _form_stems(term.target, term.admitted)


@lru_cache(maxsize=65536)
def _form_stems(target: str, admitted: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    return tuple(filter(None, map(_stems, (target, *admitted))))


@lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    """Return the words of a text, cut to what their inflections share, without those that any sentence has."""
    return frozenset(_stem(word) for word in WORD.findall(text) if word.casefold() not in EMPTY)


def _stem(word: str) -> str:
    word = word.casefold()
    if len(word) > 5:
        return word[:5]
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _spans(end: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches between the matches of `end`, empty ones left out."""
    position = 0
    for match in end.finditer(text):
        if position < match.start():
            yield position, match.start()
        position = match.end()
    if position < len(text):
        yield position, len(text)


def _count(end: re.Pattern[str], text: str) -> int:
    return sum(HAN.search(text, start, stop) is not None for start, stop in _spans(end, text))
