"""Repetition: a decoder that loops says a word, a phrase, a clause or everything again."""

from __future__ import annotations

from random import Random

from shopglot_eval.damage.cases import Case, Mechanism, steps
from shopglot_eval.damage.seams import CONJUNCTION, FUNCTION, Span, clauses, count, ending, sentences, words


def word(case: Case, chance: Random) -> str | None:
    """Say a word two to six times."""
    text = case.target
    spans = [(start, end) for start, end in words(text) if text[start:end].lower() not in FUNCTION and end - start > 2]
    if not spans:
        return None
    start, end = chance.choice(spans)
    return _again(text, start, end, chance.choice((" ", " ", ", ")), chance.choice((1, 1, 2, 3, 5)))


def phrase(case: Case, chance: Random) -> str | None:
    """Say two to five words in a row two to five times."""
    text, joined = case.target, {one[0]: two for one, two in steps(case.target)}
    runs: list[Span] = []
    for start, _ in words(text):
        end = start
        last = -1
        for _ in range(chance.randint(1, 4)):
            if end not in joined:
                break
            end, last = joined[end]
        if last > start:
            runs.append((start, last))
    return _again(text, *chance.choice(runs), " ", chance.choice((1, 1, 2, 4))) if runs else None


def clause(case: Case, chance: Random) -> str | None:
    """Say a clause twice or three times, with a comma."""
    parts = [span for span in clauses(case.target) if count(case.target, span) >= 3]
    if not parts:
        return None
    start, end = chance.choice(parts)
    linked = CONJUNCTION.match(case.target, start)
    between = chance.choice((", ", "; ") if linked else (", ", "; ", ", and "))
    return _again(case.target, start, end, between, chance.choice((1, 1, 2)))


def sentence(case: Case, chance: Random) -> str | None:
    """Say a sentence twice."""
    spans = sentences(case.target)
    if not spans:
        return None
    start, end = chance.choice(spans)
    stop = "" if ending(case.target[start:end]) or case.target[end - 1 : end] in tuple('”"’…~') else "."
    return _again(case.target, start, end, stop + " ", 1)


def loop(case: Case, chance: Random) -> str | None:
    """Get stuck at the end: the last words again and again, and no full stop."""
    text, spans = case.target, words(case.target)
    if len(spans) < 4:
        return None
    at = chance.randint(max(2, len(spans) // 2), len(spans))
    length = chance.randint(1, min(4, at - 1))
    start, end = spans[at - length][0], spans[at - 1][1]
    return text[:end] + (" " + text[start:end]) * chance.randint(3, 10)


def _again(text: str, start: int, end: int, between: str, times: int) -> str:
    part = text[start:end]
    first = part if text[:start].strip() or between.strip().endswith(".") or ending(part) else _low(part, between)
    return text[:end] + (between + first) * times + text[end:]


def _low(part: str, between: str) -> str:
    word = part.split(" ", 1)[0]
    return part[0].lower() + part[1:] if word.lower() in FUNCTION and word != "I" else part


MECHANISMS: tuple[Mechanism, ...] = (word, phrase, clause, sentence, loop)
