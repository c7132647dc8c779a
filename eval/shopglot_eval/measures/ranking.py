"""How well numbers go with other numbers: correlations that say what they mean where nothing varies.

All take two sequences of one length, higher meaning better in both. None is "nothing to measure": the second one is the
same everywhere, so that there is no order to agree with. Scores that are the same everywhere agree with no order: 0, or
.5 for `auroc`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

Correlation = Callable[[Any, Any], "float | None"]


def kendall(scores: Any, truth: Any) -> float | None:
    """Return Kendall's tau-b, in -1..1 (Kendall 1945; as scipy.stats.kendalltau)."""
    import numpy as np
    from scipy.stats import kendalltau

    known = _constant(scores, truth)
    if known:
        return known[0]
    grades = np.unique(np.asarray(truth, dtype=float))
    if len(grades) > 2:
        return float(kendalltau(scores, truth).statistic)
    # Two grades: AUROC says how many of their pairs are in order. The same number, several times as quickly.
    higher = np.asarray(truth, dtype=float) == grades[1]
    good, bad = _by_score(scores, higher)
    across, every = float(higher.sum()) * float((~higher).sum()), len(higher) * (len(higher) - 1)
    apart = (every - float(((good + bad) * (good + bad - 1)).sum())) / 2
    return float((2 * _in_order(good, bad) - 1) * across / (across * apart) ** 0.5)


def pearson(scores: Any, truth: Any) -> float | None:
    """Return Pearson's correlation, in -1..1."""
    import numpy as np

    known = _constant(scores, truth)
    return known[0] if known else float(np.corrcoef(np.asarray(scores, float), np.asarray(truth, float))[0, 1])


def auroc(scores: Any, good: Any) -> float | None:
    """Return the probability that a good one scores above a bad one, ties counting half (Mann and Whitney 1947)."""
    import numpy as np

    labels = np.asarray(good, dtype=bool)
    return _in_order(*_by_score(scores, labels)) if 0 < labels.sum() < len(labels) else None


def item_kendalls(scores: Any, truth: Any, items: Sequence[Hashable]) -> dict[Hashable, float]:
    """Return Kendall's tau-b among the rivals of each item (the translations of one source), by item.

    Items with one rival, or whose rivals are all equally good, have none and are left out.
    """
    groups: dict[Hashable, list[int]] = {}
    for position, item in enumerate(items):
        groups.setdefault(item, []).append(position)
    found: dict[Hashable, float] = {}
    for item, places in groups.items():
        value = kendall([scores[place] for place in places], [truth[place] for place in places])
        if value is not None:
            found[item] = value
    return found


def _by_score(scores: Any, good: Any) -> tuple[Any, Any]:
    """Return how many good and how many bad ones have each score, lowest score first."""
    import numpy as np

    values, places = np.unique(np.asarray(scores, dtype=float), return_inverse=True)
    true = np.bincount(places[good], minlength=len(values)).astype(float)
    return true, np.bincount(places, minlength=len(values)) - true


def _in_order(good: Any, bad: Any) -> float:
    """Return the share of pairs of a good and a bad one that stand in order, ties counting half."""
    import numpy as np

    below = np.cumsum(bad) - bad / 2
    return float((good * below).sum() / (good.sum() * bad.sum()))


def _constant(scores: Any, truth: Any) -> tuple[float | None] | None:
    import numpy as np

    if len(truth) < 2 or np.ptp(np.asarray(truth, dtype=float)) == 0:
        return (None,)
    return (0.0,) if np.ptp(np.asarray(scores, dtype=float)) == 0 else None
