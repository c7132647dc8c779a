"""How often a metric orders systems, and rival texts of one source, as experts do.

- `accuracy`: of all pairs of machines that experts set apart by their mean penalty, the share that the metric orders
  the same way (Kocmi et al. 2021, "To Ship or Not to Ship"). A tie of the metric counts half, so
  that chance is one half for what rarely tells systems apart; what never does has none.
- `clear`: the same over the pairs alone whose difference is more than chance (paired permutation test, p < .05).
- `people`: the same with people's translations among the systems, for metrics that know no reference.
- `item`: Kendall's tau-b among the machines' texts of one segment, mean over segments. Segments whose texts have all
  the same penalty are left out; where the metric gives all the same it is 0.
- `kendall`, `pearson`: over all texts of all machines. A metric that sees nothing but how long a source is does well
  here, so that they are never to be read alone.

Intervals are percentiles of a bootstrap over segments, which draws penalties and metric together: the experts' own
order changes with it, so that an interval may lie mostly below its value.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopglot_eval.measures.ranking import kendall, pearson
from shopglot_eval.measures.resampling import CONFIDENCE, SEED, Interval
from shopglot_eval.meta.metrics import Metric
from shopglot_eval.meta.ratings import Ratings

ROUNDS = 1000
LEVEL = 0.05
TRIALS = 1000  # of a permutation test
NAMES = ("accuracy", "clear", "people", "item", "kendall", "pearson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a metric agrees with experts; `values` by the names above, None where there is nothing to measure.

    `counts` says of how many pairs of systems, segments or texts.
    """

    metric: Metric
    values: Mapping[str, float | None]
    intervals: Mapping[str, Interval]
    counts: Mapping[str, int]


def agree(ratings: Ratings, metrics: Sequence[Metric], *, rounds: int = ROUNDS, seed: int = SEED) -> list[Agreement]:
    """Return how each metric agrees with the experts; all are drawn the same segments."""
    import numpy as np

    penalties = np.array(ratings.penalties, dtype=float)
    count = penalties.shape[1]
    chance = np.random.default_rng(seed)
    drawn = np.stack([
        np.bincount(chance.integers(0, count, size=count), minlength=count) for _ in range(rounds)
    ]).astype(float)  # fmt: skip
    # The first row is the set itself.
    drawn = np.concatenate([np.ones((1, count)), drawn])
    clear = clear_pairs(ratings, seed=seed)
    return [_agree(metric, penalties, drawn, clear, len(ratings.machines)) for metric in metrics]


def clear_pairs(ratings: Ratings, *, trials: int = TRIALS, seed: int = SEED) -> list[tuple[int, int]]:
    """Return the pairs of machines whose mean penalties differ by more than chance: paired permutation, p < .05.

    Every pair is tested for itself: this chooses what to look at, it proves nothing of a system.
    """
    import numpy as np
    from scipy.stats import permutation_test

    penalties = np.array(ratings.penalties, dtype=float)
    found = []
    for one, other in itertools.combinations(range(len(ratings.machines)), 2):
        if (penalties[one] == penalties[other]).all():
            continue
        result = permutation_test(
            (penalties[one], penalties[other]), lambda first, second, axis: (first - second).mean(axis=axis),
            permutation_type="samples", n_resamples=trials, vectorized=True, rng=np.random.default_rng(seed),
        )  # fmt: skip
        if result.pvalue < LEVEL:
            found.append((one, other))
    return found


def item_taus(values: Any, penalties: Any) -> Any:
    """Return Kendall's tau-b of each segment (systems x segments of both); NaN where all penalties are the same.

    The same as scipy's for each segment by itself, for all of them at once.
    """
    import numpy as np

    pairs = np.array(list(itertools.combinations(range(len(values)), 2)))
    own = np.sign(values[pairs[:, 0]] - values[pairs[:, 1]])
    wanted = np.sign(penalties[pairs[:, 1]] - penalties[pairs[:, 0]])
    told, apart = (own != 0).sum(axis=0), (wanted != 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        taus = (own * wanted).sum(axis=0) / np.sqrt(told * apart)
    return np.where(apart == 0, np.nan, np.where(told == 0, 0.0, taus))


def _agree(metric: Metric, penalties: Any, drawn: Any, clear: Sequence[tuple[int, int]], machines: int) -> Agreement:
    import numpy as np

    own, truth = metric.of_systems(drawn), np.round(-drawn @ penalties.T / drawn.sum(axis=1, keepdims=True), 12)
    taus = item_taus(np.asarray(metric.values)[:machines], penalties[:machines])
    known = ~np.isnan(taus)
    every = list(itertools.combinations(range(machines), 2))
    rows: dict[str, Any] = {
        "accuracy": _accuracy(own, truth, every),
        "clear": _accuracy(own, truth, clear),
        "item": _ratio(drawn[:, known] @ taus[known], drawn[:, known].sum(axis=1)),
    }
    counts = {"accuracy": len(every), "clear": len(clear), "item": int(known.sum())}
    if metric.blind and len(penalties) > machines:
        everybody = list(itertools.combinations(range(len(penalties)), 2))
        rows["people"], counts["people"] = _accuracy(own, truth, everybody), len(everybody)
    flat, wanted = np.asarray(metric.values)[:machines].ravel(), -penalties[:machines].ravel()
    counts |= {"kendall": len(flat), "pearson": len(flat)}
    values = {name: _known(row[0]) for name, row in rows.items()}
    return Agreement(
        metric=metric, values=values | {"kendall": kendall(flat, wanted), "pearson": pearson(flat, wanted)},
        intervals={name: _middle(row[1:]) for name, row in rows.items() if values[name] is not None}, counts=counts,
    )  # fmt: skip


def _accuracy(own: Any, truth: Any, pairs: Sequence[tuple[int, int]]) -> Any:
    """Return the share of pairs that both order the same way, per draw; NaN where nothing is ordered at all."""
    import numpy as np

    if not pairs:
        return np.full(len(own), np.nan)
    first, second = np.array(pairs).T
    one, other = np.sign(own[:, first] - own[:, second]), np.sign(truth[:, first] - truth[:, second])
    share = _ratio(((other != 0) * (1 + one * other) / 2).sum(axis=1), (other != 0).sum(axis=1))
    # What gives the same to every system is no order, rather than a wrong one.
    return np.where((one != 0).any(axis=1), share, np.nan)


def _ratio(some: Any, every: Any) -> Any:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(every > 0, some / every, np.nan)


def _known(value: Any) -> float | None:
    return float(value) if value == value else None  # noqa: PLR0124 - NaN alone is not itself


def _middle(draws: Any) -> Interval:
    import numpy as np

    side = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(draws, [side, 1 - side])
    return float(low), float(high)
