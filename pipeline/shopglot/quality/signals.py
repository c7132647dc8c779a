"""The signals: named numbers that say something about how good a translation is, each with what it sees.

Three kinds. Surface signals come from the two texts alone. Findings are what the checks said, counted by theme. The
model's opinion comes with the translation (see `quality.opinion`) and is missing where no model was asked.

A signal is a number of any size; what it is worth is the estimator's to learn. None of them knows a threshold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import log, log1p

from shopglot.quality.hant import AMBIGUOUS, AT_HOME
from shopglot.script import HAN
from shopglot.types import Finding, Segment, Translation

Signal = Callable[[Segment, Translation, Sequence[Finding]], float]

# Letters of the target per Chinese character, and characters per character: the medians of human translations.
LETTERS_PER_HAN = 3.3
SAME_SCRIPT = 1.0

_LETTER = re.compile(r"[^\W\d_]")
_CLAUSE = re.compile(r"[，。！？!?；;：:…～~\n、]+|,(?!\d)|\.(?!\d)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")

# Findings by theme. A check that is not named here has no signal: it holds a text by itself, or means little.
THEMES: Mapping[str, frozenset[str]] = {
    "numbers": frozenset({"number.changed", "unit.changed", "currency.changed"}),
    "terms": frozenset({"term.missing", "term.forbidden", "brand.changed", "brand.unknown", "dnt.changed"}),
    "coverage": frozenset({"omission", "addition", "length.exceeded"}),
    "form": frozenset({"markup.broken", "placeholder.lost", "script.leak", "script.wrong", "repetition"}),
}


def source_length(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return log(1 + Chinese characters of the source): long texts have more room for an error."""
    return log(1 + len(HAN.findall(segment.source)))


def short(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return how far the target is below its usual length, as a logarithm >= 0: something is left out."""
    return max(0.0, -_surprise(segment, translation))


def long(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return how far the target is above its usual length, as a logarithm >= 0: something is put in."""
    return max(0.0, _surprise(segment, translation))


def clauses(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the clauses of the source that the target has no counterpart for by number, as a share of them."""
    wanted, found = _count_clauses(segment.source), _count_clauses(translation.target)
    return max(0, wanted - found) / wanted if wanted else 0.0


def anchors_lost(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the share of the source's Latin words and Arabic numbers that the target does not show."""
    wanted = Counter(_anchors(segment.source))
    if not wanted:
        return 0.0
    return (wanted - Counter(_anchors(translation.target))).total() / wanted.total()


def numbers_added(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return how many Arabic numbers the target shows that the source does not, against its words."""
    added = Counter(_DIGITS.findall(translation.target)) - Counter(_DIGITS.findall(segment.source))
    return added.total() / (1 + len(_WORD.findall(translation.target)))


def repeated(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the share of the target's pairs of neighbouring words (characters, where Chinese) that came before."""
    pairs = list(pairwise(_tokens(translation.target)))
    return 1 - len(set(pairs)) / len(pairs) if pairs else 0.0


def kept_chinese(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the share of the target's letters that are Chinese: what was left untranslated, where it is English."""
    letters = len(_LETTER.findall(translation.target))
    return len(HAN.findall(translation.target)) / letters if letters else 0.0


def told(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the share of the source's Chinese characters that glossary, masks and quantities answer."""
    characters = len(HAN.findall(segment.source))
    spans = [(mask.start, mask.end) for mask in segment.masks]
    spans += [(term.start, term.end) for term in segment.terms if term.enforce]
    spans += [(item.start, item.end) for item in segment.quantities if item.target]
    known = sum(len(HAN.findall(segment.source[start:end])) for start, end in spans)
    return known / characters if characters else 1.0


def prose(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return 1 for running text, 0 for a phrase: a title, a label, a hashtag."""
    return float(segment.style == "prose")


def found_numbers(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the weight of the findings on numbers, units and currency: an error 1, a warning .5."""
    return _weigh(findings, "numbers")


def found_terms(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the weight of the findings on terms and names."""
    return _weigh(findings, "terms")


def found_coverage(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the weight of the findings on what is missing or too much."""
    return _weigh(findings, "coverage")


def found_form(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return the weight of the findings on markup, script and repetition."""
    return _weigh(findings, "form")


def ambiguous(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return log(1 + characters with several Traditional forms that no term decides); 0 for other targets.

    Only Traditional targets have it: there a wrong choice is the usual error.
    """
    places = (index for index, char in enumerate(segment.source) if char in AMBIGUOUS)
    return _count_undecided(places, segment, translation)


def at_home(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> float:
    """Return log(1 + mainland words that no term replaces), for Traditional targets; 0 for others."""
    places = (match.start() for match in AT_HOME.finditer(segment.source))
    return _count_undecided(places, segment, translation)


SURFACE: Mapping[str, Signal] = {
    "source-length": source_length,
    "short": short,
    "long": long,
    "clauses": clauses,
    "anchors-lost": anchors_lost,
    "numbers-added": numbers_added,
    "repeated": repeated,
    "kept-chinese": kept_chinese,
    "told": told,
    "prose": prose,
    "ambiguous": ambiguous,
    "at-home": at_home,
    "found-numbers": found_numbers,
    "found-terms": found_terms,
    "found-coverage": found_coverage,
    "found-form": found_form,
}


def measure(segment: Segment, translation: Translation, findings: Sequence[Finding]) -> dict[str, float]:
    """Return all signals that there are for a translation, by name."""
    signals = {name: signal(segment, translation, findings) for name, signal in SURFACE.items()}
    return signals | dict(translation.opinion)


def _surprise(segment: Segment, translation: Translation) -> float:
    """Return log(actual / usual letters of the target), 0 where there is nothing to compare."""
    source, target = len(HAN.findall(segment.source)), len(_LETTER.findall(translation.target))
    if not source:
        return 0.0
    usual = SAME_SCRIPT if HAN.search(translation.target) else LETTERS_PER_HAN
    # Two are added to both sides, so that single characters say little.
    return log((target + 2 * usual) / (usual * (source + 2)))


def _count_undecided(places: Iterable[int], segment: Segment, translation: Translation) -> float:
    """Return log(1 + places of the source that no term covers); 0 where the target is not Chinese."""
    if not HAN.search(translation.target):
        return 0.0
    decided = {place for term in segment.terms if term.enforce for place in range(term.start, term.end)}
    return log1p(sum(place not in decided for place in places))


def _count_clauses(text: str) -> int:
    return sum(1 for piece in _CLAUSE.split(text) if _LETTER.search(piece))


def _anchors(text: str) -> list[str]:
    return [found.casefold() for found in _LATIN.findall(text)] + _DIGITS.findall(text)


def _tokens(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(text.casefold()):
        words += HAN.findall(word) if HAN.search(word) else [word]
    return words


def _weigh(findings: Sequence[Finding], theme: str) -> float:
    return sum(
        {"error": 1.0, "warning": 0.5}.get(finding.severity, 0.0)
        for finding in findings
        if finding.check in THEMES[theme]
    )
