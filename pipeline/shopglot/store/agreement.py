"""How far reviewers agree on what may be published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """Two reviewers, by name, on the segments that both judged.

    `segments` of them were judged by both, on `agreed` of them the verdicts are the same; `chance` is the agreement
    that their own shares of yes and no would give if they judged blindly; `kappa` is None where chance alone agrees
    always.
    """

    reviewers: tuple[str, str]
    segments: int
    agreed: int
    chance: float
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement in a market on publishing unedited or not.

    `segments` were judged by two reviewers or more, which makes `judged_pairs` pairs of verdicts; `raw` is the share of
    those that are equal and `kappa` what is left of it beyond chance. Both are None where they have no meaning.
    """

    segments: int
    judged_pairs: int
    raw: float | None
    kappa: float | None
    pairs: tuple[PairAgreement, ...]


def agreement(judged: Iterable[Sequence[tuple[str, bool]]]) -> Agreement:
    """Return the agreement over segments, each given as its (reviewer, would publish) pairs, a reviewer once.

    Cohen's kappa (Cohen 1960, Educational and Psychological Measurement 20:37-46) of two reviewers a and b over the n
    segments that both judged, with p the share of them that a reviewer would publish:

        kappa = (raw - chance) / (1 - chance),   raw = agreed / n,   chance = p_a p_b + (1 - p_a)(1 - p_b)

    Over several pairs of reviewers, raw and chance are each the mean over all pairs of verdicts: for one pair of
    reviewers that is Cohen's kappa itself.
    """
    tables: dict[tuple[str, str], Counter[tuple[bool, bool]]] = {}
    segments = 0
    for verdicts in judged:
        ordered = sorted(verdicts)
        segments += len(ordered) > 1
        for (first, yes), (second, too) in combinations(ordered, 2):
            tables.setdefault((first, second), Counter())[yes, too] += 1
    pairs = tuple(_pair(reviewers, table) for reviewers, table in sorted(tables.items()))
    number = sum(pair.segments for pair in pairs)
    if not number:
        return Agreement(segments=segments, judged_pairs=0, raw=None, kappa=None, pairs=())
    raw = sum(pair.agreed for pair in pairs) / number
    chance = sum(pair.chance * pair.segments for pair in pairs) / number
    return Agreement(segments=segments, judged_pairs=number, raw=raw, kappa=_kappa(raw, chance), pairs=pairs)


def _pair(reviewers: tuple[str, str], table: Counter[tuple[bool, bool]]) -> PairAgreement:
    """Return the agreement of two reviewers from the counts of what (the first, the second) said."""
    number = table.total()
    agreed = table[True, True] + table[False, False]
    first, second = table[True, True] + table[True, False], table[True, True] + table[False, True]
    # In whole numbers up to the one division, so that a chance of 1 is exactly 1.
    chance = (first * second + (number - first) * (number - second)) / number**2
    return PairAgreement(
        reviewers=reviewers, segments=number, agreed=agreed, chance=chance, kappa=_kappa(agreed / number, chance)
    )


def _kappa(raw: float, chance: float) -> float | None:
    """Return the agreement beyond chance, None where chance alone agrees always."""
    return None if chance >= 1 else (raw - chance) / (1 - chance)
