"""Which of many paired differences are worse than chance, all at once: randomisation with a step-down correction.

If nothing changed for the worse, it is chance which of two outputs is called the new one. So the labels are swapped at
random, unit by unit (a page, or a text), and each swap changes the sign of what that unit adds to every hypothesis
(paired approximate randomisation: Noreen 1989; Riezler and Maxwell 2005). A hypothesis is a measure on a slice, and

    t = sum(d) / sqrt(sum(d squared))        d: how much worse each unit got, summed over its texts in the slice

is its statistic; the root is the same under every swap. Hypotheses are corrected together by the step-down maxT of
Westfall and Young (1993, algorithm 4.1): adjusted p is the share of swaps in which the largest t of this hypothesis and
of all less striking ones is as large. It holds the chance of one false alarm at `alpha`, whichever hypotheses are true,
as Holm's correction does, but it knows that slices overlap, and that a measure which nothing changed cannot raise an
alarm. Holm's would need p below alpha / 700 for each, and never see it with 10,000 swaps. A false discovery rate is no
choice here: one false alarm stops a release.

A hypothesis with k units that changed has no p below 2 ** -k. Those which cannot come below alpha are left out, for
they would only blunt the others (Tarone 1990).
"""

from __future__ import annotations

from typing import Any

ROUNDS = 10_000
SEED = 20_231
_CHUNK = 500  # swaps at a time: 500 x 1,000 hypotheses are 4 MB
_SLACK = 1e-9  # sums of the same numbers in another order


def can_tell(worse: Any, alpha: float) -> Any:
    """Return for each column of `worse` (units x hypotheses) whether any arrangement of its signs has p <= alpha."""
    import numpy as np

    return np.exp2(-np.count_nonzero(worse, axis=0).astype(float)) <= alpha


def adjusted(worse: Any, *, rounds: int = ROUNDS, seed: int = SEED) -> Any:
    """Return the adjusted p of each column of `worse`, (units x hypotheses): float64 in (0, 1].

    `worse[u, h]` is how much worse unit u got in hypothesis h, summed; 0 where it has nothing to do with it. One-sided:
    what got better has a p near 1. p is (count + 1) / (rounds + 1), never 0 (Phipson and Smyth 2010). Columns that are
    all 0 have 1. The same input gives the same p.
    """
    import numpy as np

    result = np.ones(worse.shape[1])
    live = np.flatnonzero(np.any(worse != 0, axis=0))
    if not live.size:
        return result
    columns = worse[:, live]
    columns = columns[np.any(columns != 0, axis=1)] / np.sqrt((columns**2).sum(axis=0))
    observed = columns.sum(axis=0)
    order = np.argsort(-observed, kind="stable")
    columns, observed = columns[:, order], observed[order]
    counts = np.zeros(len(order))
    chance = np.random.default_rng(seed)
    for start in range(0, rounds, _CHUNK):
        signs = chance.integers(0, 2, size=(min(_CHUNK, rounds - start), len(columns))) * 2.0 - 1.0
        drawn = signs @ columns
        # From the least striking up: the largest of each and of all behind it.
        largest = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
        counts += (largest >= observed - _SLACK).sum(axis=0)
    stepped = np.maximum.accumulate((counts + 1) / (rounds + 1))
    result[live[order]] = stepped
    return result


def interval(worse: Any, sizes: Any, *, rounds: int = 1000, seed: int = SEED) -> tuple[float, float] | None:
    """Return the 95% interval of sum(worse) / sum(sizes) by a bootstrap over units: both arrays have one number each.

    Percentiles (Efron and Tibshirani 1993, chapter 13). None where there are fewer than two units: of one page nobody
    knows how much the next would differ, and an interval as narrow as its value would say the opposite.
    """
    import numpy as np

    if len(worse) < 2:
        return None
    if not np.any(worse):
        return 0.0, 0.0
    chance = np.random.default_rng(seed)
    weights = chance.multinomial(len(worse), np.full(len(worse), 1 / len(worse)), size=rounds)
    totals = weights @ sizes
    means = (weights @ worse)[totals > 0] / totals[totals > 0]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))
