"""Unrelated: fluent English of about the right length that translates something else."""

from __future__ import annotations

from random import Random

from shopglot_eval.damage.cases import TRIES, Case, Mechanism, draw_other, near_length
from shopglot_eval.damage.seams import clauses, content, count, ending, overlap, sentences, words


def listing(case: Case, chance: Random) -> str | None:
    """Put the target of another source, of similar length."""
    other = draw_other(case, chance, *near_length(case.pool, count(case.target)))
    return other.target if other else None


def closest(case: Case, chance: Random) -> str | None:
    """Put, of several targets of similar length, the one that shares most words: the hardest to tell."""
    low, high = near_length(case.pool, count(case.target), spread=0.4)
    drawn = [draw_other(case, chance, low, high) for _ in range(8)]
    mine = content(case.target)
    found = [other for other in drawn if other]
    return max(found, key=lambda other: overlap(other.words, mine), default=found[0]).target if found else None


def excerpt(case: Case, chance: Random) -> str | None:
    """Put the beginning or the end of a longer target, cut between sentences or clauses."""
    length = count(case.target)
    for _ in range(TRIES // 4):
        other = draw_other(case, chance, near_length(case.pool, round(length * 1.4))[0], len(case.pool.others))
        if other is None:
            return None
        text = other.target
        spans = sentences(text) if len(sentences(text)) > 1 else clauses(text)
        able = [
            span
            for start, end in spans[:30]
            for span in ((start, end), (spans[0][0], end), (start, spans[-1][1]))
            if abs(count(text, span) - length) <= max(2, length // 4)
        ]
        if able:
            start, end = chance.choice(able)
            return _closed(text[start:end], case.target)
    return None


def joined(case: Case, chance: Random) -> str | None:
    """Put two shorter targets of other sources, one behind the other."""
    length = count(case.target)
    if length < 8 or not ending(case.target):
        return None
    parts = []
    for share in (chance.uniform(0.35, 0.65),):
        for wanted in (length * share, length * (1 - share)):
            other = draw_other(case, chance, *near_length(case.pool, round(wanted)))
            parts.append(other.target.strip() if other else "")
    if not all(parts) or parts[0] == parts[1]:
        return None
    return " ".join(part if ending(part) else part.rstrip(",;:- ") + "." for part in parts)


def _closed(text: str, like: str) -> str:
    """Return a text that begins and ends as another does: a capital, a full stop."""
    first = words(text)[0][0]
    text = text[:first] + text[first].upper() + text[first + 1 :] if like[:1].isupper() else text
    return text if ending(text) or not ending(like) else text.rstrip(",;:- ") + ending(like)


MECHANISMS: tuple[Mechanism, ...] = (listing, closest, excerpt, joined)
