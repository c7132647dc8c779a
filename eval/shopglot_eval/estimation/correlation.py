"""How well scores agree with experts' penalties: four numbers, for a single one of them says little.

A score that reads only the length of the source does well over all segments, because long ones have more errors, and
says nothing about which of two translations of the same segment is better. So all four are always shown:

- `item`: Kendall's tau-b among the translations of one segment, averaged over segments. Segments whose penalties are
  all equal have none; where the scores are all equal it is 0.
- `overall`: Kendall's tau-b over all translations.
- `pearson`: Pearson's correlation over all translations.
- `auroc`: the probability that a translation with a penalty below 5 (no major error) scores above one with more.

Intervals are percentiles of a bootstrap over segments (Efron and Tibshirani 1993, chapter 13), because translations of
one segment are no independent observations.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from shopglot_eval.measures.ranking import auroc, item_kendalls, kendall, pearson

MAJOR = 5.0  # MQM penalty of one major error
NAMES = ("item", "overall", "pearson", "auroc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The four numbers, each with its interval."""

    segments: int
    translations: int
    values: dict[str, float]
    intervals: dict[str, tuple[float, float]]


def agree(
    scores: Sequence[float],
    penalties: Sequence[float],
    segments: Sequence[Hashable],
    *,
    rounds: int = 200,
    seed: int = 1,
) -> Agreement:
    """Return how scores (higher is better) agree with penalties (higher is worse); `segments` groups the translations.

    Intervals hold 95% of `rounds` resamplings. Raises ValueError where the three are not of one length, or are empty.
    """
    import numpy as np

    if not len(scores) == len(penalties) == len(segments) or not scores:
        raise ValueError(f"{len(scores)} scores, {len(penalties)} penalties and {len(segments)} segments do not agree")
    groups: dict[Hashable, list[int]] = {}
    for index, segment in enumerate(segments):
        groups.setdefault(segment, []).append(index)
    own, truth = np.asarray(scores, dtype=float), -np.asarray(penalties, dtype=float)
    good = truth > -MAJOR
    members = [np.array(group) for group in groups.values()]
    taus = item_kendalls(own, truth, segments)
    items = [taus.get(segment) for segment in groups]
    values = {"item": _mean(items), **_overall(own, truth, good)}
    draws: dict[str, list[float]] = {name: [] for name in NAMES}
    rng = random.Random(seed)  # noqa: S311 - a bootstrap, nothing secret
    for _ in range(rounds):
        chosen = [rng.randrange(len(members)) for _ in members]
        drawn = np.concatenate([members[number] for number in chosen])
        found = {"item": _mean([items[number] for number in chosen]), **_overall(own[drawn], truth[drawn], good[drawn])}
        for name, value in found.items():
            draws[name].append(value)
    intervals = {name: _interval(drawn) for name, drawn in draws.items()}
    return Agreement(segments=len(members), translations=len(scores), values=values, intervals=intervals)


def _interval(draws: Sequence[float]) -> tuple[float, float]:
    import numpy as np

    known = [draw for draw in draws if not np.isnan(draw)]
    return (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975))) if known else (float("nan"),) * 2


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else float("nan")


def _overall(scores: Any, truth: Any, good: Any) -> dict[str, float]:
    area = auroc(scores, good)
    # Where penalties are all equal, or all on one side, there is nothing to agree with: chance.
    return {
        "overall": kendall(scores, truth) or 0.0,
        "pearson": pearson(scores, truth) or 0.0,
        "auroc": 0.5 if area is None else area,
    }
