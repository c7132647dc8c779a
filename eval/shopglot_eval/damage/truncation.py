"""Truncation: the target ends in the middle of a sentence; for training only."""

from __future__ import annotations

from random import Random

from shopglot_eval.damage.cases import Case, Mechanism
from shopglot_eval.damage.seams import words

LEAST = 4  # words that a text needs to be cut off


def after_word(case: Case, chance: Random) -> str | None:
    """Stop after a word, anywhere from a third of the text on."""
    spans = words(case.target)
    if len(spans) < LEAST:
        return None
    return case.target[: spans[chance.randint(max(1, len(spans) // 3), len(spans) - 2)][1]]


def in_word(case: Case, chance: Random) -> str | None:
    """Stop within a word."""
    spans = words(case.target)
    able = [span for span in spans[max(1, len(spans) // 3) : -1] if span[1] - span[0] >= 4]
    if len(spans) < LEAST or not able:
        return None
    start, end = chance.choice(able)
    return case.target[: chance.randint(start + 2, end - 1)]


def early(case: Case, chance: Random) -> str | None:
    """Stop after a few words."""
    spans = words(case.target)
    return case.target[: spans[chance.randint(1, max(1, len(spans) // 4))][1]] if len(spans) >= 2 * LEAST else None


def trailing(case: Case, chance: Random) -> str | None:
    """Stop after a word, with dots."""
    made = after_word(case, chance)
    return made + chance.choice(("...", "…", " -")) if made else None


MECHANISMS: tuple[Mechanism, ...] = (after_word, in_word, early, trailing)
