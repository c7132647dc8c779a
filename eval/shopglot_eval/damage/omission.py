"""Omission: something that the source says is missing, and the rest reads fluently."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from shopglot_eval.damage.cases import Case, Mechanism
from shopglot_eval.damage.seams import Span, balanced, clauses, count, cut, is_title, plain, sentences, words

LEAST = 3  # words that are cut out
LEFT = 3  # words that are left
DRAWN = 40  # parts that are looked at
LONGEST = 12  # words of a phrase
OPENERS = frozenset(
    "with for in on at from by which because while when after before including during through under over without "
    "and or as according who whose where until since between among against into".split()
)

CONNECTIVES = frozenset("which because while when after before and as who whose where until since".split())
VERBS = frozenset("is are was were has have had will would can could may might should must be do does did".split())
HEADS = frozenset("based due according such related subject".split())  # half of a preposition
SUBORDINATING = {(word,) for word in "when if although though after before because as while since for".split()}
ORPHANS = frozenset("which that who whose where including such than".split())  # nothing begins with these


def sentence(case: Case, chance: Random) -> str | None:
    """Leave out one sentence of several."""
    return _without(case.target, sentences(case.target), chance)


def clause(case: Case, chance: Random) -> str | None:
    """Leave out what stands between two marks of punctuation, or before the first or behind the last."""
    text, parts = case.target, clauses(case.target)
    # "When I came, they were closed": without its second half the first would hang in the air.
    kept = {
        two
        for one, two in pairwise(parts)
        if text[one[1] : one[1] + 1] == "," and plain(text[one[0] : one[0] + 12])[:1] in SUBORDINATING
    }
    return _without(text, [part for part in parts if part not in kept], chance)


def clause_run(case: Case, chance: Random) -> str | None:
    """Leave out several clauses in a row."""
    text, parts = case.target, clauses(case.target)
    if len(parts) < 3:
        return None
    length = chance.randint(2, max(2, len(parts) * 2 // 3))
    return _without(text, [(parts[at][0], parts[at + length - 1][1]) for at in range(len(parts) - length + 1)], chance)


def phrase(case: Case, chance: Random) -> str | None:
    """Leave out a phrase that a preposition or a conjunction opens, up to where the next one begins."""
    return _without(case.target, phrases(case.target), chance)


def modifiers(case: Case, chance: Random) -> str | None:
    """Leave out words of a title, which has no grammar that would tell."""
    text, spans = case.target, words(case.target)
    if not is_title(text) or len(spans) < LEAST + LEFT:
        return None
    length = chance.randint(LEAST, max(LEAST, len(spans) // 2))
    runs = [(spans[at][0], spans[at + length - 1][1]) for at in range(len(spans) - length + 1)]
    return _without(text, runs, chance)


def phrases(text: str) -> list[Span]:
    """Return phrases of 3 to 12 words that stand in the middle of a clause or at its end."""
    spans = words(text)
    lower = [text[start:end].lower() for start, end in spans]
    joined = [text[one[1] : two[0]] == " " for one, two in pairwise(spans)]
    found: list[Span] = []
    for at in range(2, len(spans)):
        # "as well as", "because of": the opener before is the one that opens.
        if lower[at] not in OPENERS or not joined[at - 1] or lower[at - 1] in OPENERS | VERBS:
            continue
        end = at + 1
        while (
            end < len(spans)
            and end - at < LONGEST
            and joined[end - 1]
            and not (_opens(lower[end]) and end - at >= LEAST)
        ):
            end += 1
        if end - at >= LEAST and (end == len(spans) or not joined[end - 1] or _opens(lower[end])):
            closed = end == len(spans) or not joined[end - 1]
            # What a preposition opens has no verb: with one, the verb's subject stands before it.
            if lower[end - 1] in HEADS:
                continue
            if closed if lower[at] == "and" else lower[at] in CONNECTIVES or not VERBS & set(lower[at:end]):
                found.append((spans[at][0], spans[end - 1][1]))
    return found


def _opens(word: str) -> bool:
    return word in OPENERS or word in ("to", "of", "that", "is", "are", "was", "were", "has", "have", "will", "can")


def _without(text: str, parts: Sequence[Span], chance: Random) -> str | None:
    total = count(text)
    # Runs overlap: counting the words of all would take the square of a long text's length.
    parts = chance.sample(list(parts), min(DRAWN, len(parts)))
    able = [
        (start, end)
        for start, end in parts
        if LEAST <= count(text, (start, end)) <= total - LEFT
        and '"' not in text[start:end]
        and balanced(text[start:end])
    ]
    made = cut(text, *chance.choice(able)) if able else ""
    orphaned = plain(made)[:1] != plain(text)[:1] and plain(made)[:1] and plain(made)[0] in ORPHANS
    return None if orphaned or not made else made


MECHANISMS: tuple[Mechanism, ...] = (sentence, clause, clause_run, phrase, modifiers)
