"""The first, uncalibrated score: the machine's own confidence, lowered by what its length and retries say.

It orders segments; it is not yet a probability, and every signature says so. It is replaced by one that is fitted on
reviewers' verdicts.
"""

from __future__ import annotations

import math

from shopglot.script import HAN
from shopglot.types import Score, Segment, Translation

SIGNATURE = "uncalibrated/1"

# A text that is certain (a glossary entry, a human's word) or converted character by character has no log-probability.
CERTAIN = 0.99
CONVERTED = 0.9
RETRIED = 0.9  # factor per retry: a text that only came out right when pressed is a weaker text


def estimate(segment: Segment, translation: Translation) -> Score:
    """Return the score of one translation with the signals behind it.

    With a log-probability it is exp(mean log-probability per token), the geometric mean of the token probabilities.
    """
    signals: list[tuple[str, float]] = [("attempt", float(translation.attempt))]
    if translation.origin in ("certain", "human"):
        value = CERTAIN
    elif translation.logprob is None:
        value = CONVERTED
    else:
        value = math.exp(min(0.0, translation.logprob))
        signals.append(("logprob", translation.logprob))
    characters = len(HAN.findall(segment.source))
    if characters:
        signals.append(("letters-per-character", round(len(translation.target) / characters, 3)))
    value *= RETRIED**translation.attempt
    return Score(value=round(value, 4), signature=SIGNATURE, signals=tuple(sorted(signals)))
