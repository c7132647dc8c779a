"""How many people would agree that a difference between two systems is one.

A difference can be significant and still be one that nobody sees. Kocmi, Zouhar, Federmann and Post ("Navigating the
Metrics Maze: Reconciling Score Magnitudes and Accuracies", ACL 2024) compared 6,530 pairs of systems and fitted, per
metric, how often people's judgement of a pair orders it as the metric does, by the size of the difference:

    share = limit / (1 + exp(-steepness * difference))

The parameters are theirs (kocmitom/MT-Thresholds; COMET's are for scores times 100), and give the thresholds of their
table 1. They hold for whole systems on test sets of general text. For slices, for a shop's texts and for systems of one
kind they are a rule of thumb. Measures that they did not look at, chrF++ and TER among them, have no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

CHANCE = 0.5
SOURCE = "Kocmi et al. 2024"
_FITTED = {  # by measure: limit (a share), steepness (by one point of the measure)
    "bleu": (0.8833333333333225, 0.9663926931178954),
    "chrf": (0.92999999999972, 1.1142732157139852),
    "comet22": (0.9622374133884283, 2.8359194570556636),
    "cometkiwi22": (0.9888141616584615, 2.719280643871758),
    "xcomet-xl": (0.9656738237041118, 1.4535595865214588),
    "xcomet-xxl": (0.9893432477039522, 1.1629533711748128),
}
KNOWN = tuple(_FITTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The share of judgements (0.5 to 1) that agree with a difference, and the most that any difference gets."""

    share: float
    limit: float

    @property
    def words(self) -> str:
        """Say it in words for a table, a percentage or "a coin toss"."""
        return "a coin toss" if self.share <= CHANCE else f"{100 * self.share:.0f}%"


def agree(measure: str, difference: float) -> Agreement | None:
    """Return how many would agree with a difference in a measure (by name), None where nobody has published it.

    The difference is in points of the measure as it is printed (BLEU and chrF 0 to 100), its sign does not matter.
    Below the size at which half of the judgements agree, the answer is a half: there, the metric knows nothing.
    """
    fitted = _FITTED.get(measure)
    if fitted is None:
        return None
    limit, steepness = fitted
    return Agreement(share=max(CHANCE, limit / (1 + exp(-steepness * abs(difference)))), limit=limit)


def needed(measure: str, share: float) -> float | None:
    """Return the difference with which a share of judgements agrees, None where none is large enough or none is known.

    Raises ValueError where the share is not between a half and 1.
    """
    if not CHANCE <= share < 1:
        raise ValueError(f"a share of {share} is not between 0.5 and 1")
    fitted = _FITTED.get(measure)
    if fitted is None or share >= fitted[0]:
        return None
    limit, steepness = fitted
    return -log(limit / share - 1) / steepness
