"""Untranslated: words, clauses or all of the source stand in the target in Chinese, or in pinyin."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from shopglot.script import HAN
from shopglot_eval.damage.cases import Case, Mechanism
from shopglot_eval.damage.pinyin import spell
from shopglot_eval.damage.seams import FUNCTION, Span, balanced, clauses, count, raised, words

LONG = 2_000  # characters of a source that are cut into words
_ZH_BREAK = re.compile(r"[，。！？；：、,;:!?\s（）()【】“”\"~～…]+")


def word(case: Case, chance: Random) -> str | None:
    """Put a Chinese word for an English one at about the same place."""
    return _word(case, chance, lambda zh, en: zh)


def several_words(case: Case, chance: Random) -> str | None:
    """Put Chinese words for two to four English ones."""
    found = _source_words(case.source)
    text = case.target
    spans = _content(text)
    number = min(chance.randint(2, 4), len(found), len(spans) // 2)
    if number < 2:
        return None
    chosen = sorted(chance.sample(found, number))
    used: list[tuple[Span, str]] = []
    for at, zh in chosen:
        able = [span for span in spans if not used or span[0] >= used[-1][0][1]]
        if able:
            used.append((_nearest(able, at * len(text)), zh))
    for (start, end), zh in reversed(used):
        text = text[:start] + zh + text[end:]
    return text


def beside(case: Case, chance: Random) -> str | None:
    """Leave a Chinese word beside its translation, in brackets or bare."""
    shape = chance.choice(("{en} ({zh})", "{zh} ({en})", "{zh} {en}", "{en}{zh}"))
    return _word(case, chance, lambda zh, en: shape.format(zh=zh, en=en))


def pinyin(case: Case, chance: Random) -> str | None:
    """Put the sound of a Chinese word for an English one."""
    found = [(at, sound) for at, zh in _source_words(case.source) if (sound := spell(zh))]
    if not found or not _content(case.target):
        return None
    at, sound = chance.choice(found)
    start, end = _nearest(_content(case.target), at * len(case.target))
    shaped = sound.replace(" ", "") if chance.random() < 0.7 else sound
    high = case.target[start].isupper() or chance.random() < 0.3
    return case.target[:start] + (raised(shaped) if high else shaped) + case.target[end:]


def clause(case: Case, chance: Random) -> str | None:
    """Put a Chinese clause for an English one at about the same place."""
    mine = [
        span for span in clauses(case.target) if count(case.target, span) >= 2 and balanced(case.target[slice(*span)])
    ]
    theirs = _source_clauses(case.source)
    if len(mine) < 2 or len(theirs) < 2:
        return None
    at, zh = chance.choice(theirs)
    start, end = _nearest(mine, at * len(case.target))
    return case.target[:start] + zh + case.target[end:]


def tail(case: Case, chance: Random) -> str | None:
    """Translate the beginning and leave the rest in Chinese, or the other way round."""
    spans, zh = words(case.target), case.source.strip()
    found = [round(at * len(zh)) for at, _ in _source_words(zh)]
    if len(spans) < 4 or len(found) < 3:
        return None
    share = chance.uniform(0.2, 0.8)
    edge = min(found, key=lambda at: abs(at - share * len(zh)))
    start = spans[min(max(1, round(share * len(spans))), len(spans) - 1)][0]
    if chance.random() < 0.7:
        return case.target[:start].rstrip(" ,;") + " " + zh[edge:]
    return zh[:edge] + " " + case.target[start:]


def whole(case: Case, chance: Random) -> str | None:
    """Leave all of the source as it was."""
    return case.source.strip() if HAN.search(case.source) else None


def _word(case: Case, chance: Random, shape: Callable[[str, str], str]) -> str | None:
    found, spans = _source_words(case.source), _content(case.target)
    if not found or not spans:
        return None
    at, zh = chance.choice(found)
    start, end = _nearest(spans, at * len(case.target))
    return case.target[:start] + shape(zh, case.target[start:end]) + case.target[end:]


def _content(text: str) -> list[Span]:
    return [
        (start, end)
        for start, end in words(text)
        if end - start > 2 and text[start:end].lower() not in FUNCTION and text[start:end].isalpha()
    ]


def _source_words(source: str) -> list[tuple[float, str]]:
    """Return Chinese words of meaning, each with its place in the source, 0 to 1."""
    import rjieba

    text = source[:LONG]
    if not HAN.search(text):
        return []
    found, at = [], 0
    # A lone surrogate cannot be handed over.
    for zh, tag in rjieba.tag(text.encode("utf-8", "replace").decode("utf-8")):
        if len(zh) > 1 and tag[:1] in "nvazjl" and all(HAN.match(letter) for letter in zh):
            found.append((at / len(text), zh))
        at += len(zh)
    return found


def _source_clauses(source: str) -> list[tuple[float, str]]:
    found, at = [], 0
    for match in _ZH_BREAK.finditer(source + "。"):
        part = source[at : match.start()]
        if len(HAN.findall(part)) >= 3:
            found.append((at / len(source), part))
        at = match.end()
    return found


def _nearest(spans: list[Span], place: float) -> Span:
    return min(spans, key=lambda span: abs(span[0] - place))


MECHANISMS: tuple[Mechanism, ...] = (word, several_words, beside, pinyin, clause, tail, whole)
