"""Intervals by resampling whole groups: texts of one page, or translations of one segment, are no independent ones.

Percentile intervals of a cluster bootstrap (Efron and Tibshirani 1993, chapter 13; clusters after Field and Welsh 2007,
"Bootstrapping clustered data"). Draws come from NumPy's PCG64 by seed, so that the same groups give the same intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from math import isfinite
from typing import Any

ROUNDS = 500
SEED = 20261
CONFIDENCE = 0.95

Interval = tuple[float, float]


def intervals(
    groups: Sequence[Hashable],
    statistic: Callable[[Any], Mapping[str, float | None]],
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> dict[str, Interval]:
    """Return the 95% interval of each number of `statistic`, from `rounds` draws of as many groups with repetition.

    `groups` names the group of each position; `statistic` gets an array of positions, a position once for each time
    that its group was drawn. A number that a draw does not have (None, or not finite) is left out there; what hardly a
    draw has (fewer than half of them) gets no interval, nor does anything where there is only one group.
    """
    import numpy as np

    names = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    if len(names) < 2:
        return {}
    numbers = np.array([names[group] for group in groups], dtype=int)
    order, sizes = np.argsort(numbers, kind="stable"), np.bincount(numbers)
    starts = np.cumsum(sizes) - sizes
    chance = np.random.default_rng(seed)
    draws: dict[str, list[float]] = {}
    for _ in range(rounds):
        chosen = chance.integers(0, len(names), size=len(names))
        drawn = sizes[chosen]
        # The n-th position of a drawn group is n behind its start, and its own place here is n behind those before it.
        first = np.repeat(starts[chosen] - (np.cumsum(drawn) - drawn), drawn)
        for name, value in statistic(order[first + np.arange(len(first))]).items():
            if value is not None and isfinite(value):
                draws.setdefault(name, []).append(value)
    return {name: _middle(drawn) for name, drawn in draws.items() if 2 * len(drawn) >= rounds}


def _middle(drawn: Sequence[float]) -> Interval:
    import numpy as np

    side = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [side, 1 - side])
    return float(low), float(high)
