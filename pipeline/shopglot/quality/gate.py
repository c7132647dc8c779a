"""The mathematics of the gate: which cut-off keeps the promise about the listings that nobody reads?

The promise: of the listings that are published unseen, at most the share `risk` is bad, with the given `confidence`.
Here are numbers only: a score of each listing that a reviewer judged, and whether the listing was bad.
Nothing in here is needed at night, when a cut-off is only compared with; scipy is imported where it is used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shopglot.errors import DataError, UsageError

# 0.995, 0.990, … 0.005, 0: written once, before any verdict was read, or the test would not be one.
GRID: tuple[float, ...] = tuple(step / 200 for step in range(199, -1, -1))
_TINY = 1e-9
SPARE = 3  # bad listings that the first test forgives; chosen by simulation, see `fit_cutoff`


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """A cut-off that keeps the promise, and what it was fitted on.

    Listings with score >= `cutoff` are published. Of the `total` listings judged, `published` are above it, `bad` of
    these were bad, and `coverage` is published / total. `bound` is the upper Clopper-Pearson bound of their risk at
    this confidence; it is at most `risk`, and what is promised is `risk`. `effective` is how many independent listings
    the published ones are worth: `published`, unless groups were named.
    """

    cutoff: float
    published: int
    bad: int
    total: int
    coverage: float
    bound: float
    effective: float
    risk: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """No cut-off keeps the promise, so none is given and everything goes to review.

    `few`: even without a single bad listing there are too few verdicts; `needed` is the least that could do.
    `risky`: there are enough, but the promise could not be shown at any of the cut-offs that were tried.
    """

    reason: Literal["few", "risky"]
    total: int
    bad: int
    needed: int
    risk: float
    confidence: float

    def __str__(self) -> str:
        """Return the reason as a sentence that says what to do."""
        promise = f"a risk of at most {self.risk:.0%} with confidence {self.confidence:.0%}"
        if self.reason == "few":
            return f"{self.total} verdicts are too few for {promise}: at least {self.needed} are needed."
        return (
            f"no cut-off keeps {promise} on {self.total} verdicts ({self.bad} of them bad): "
            f"gather more verdicts, better scores, or promise less."
        )


def upper_bound(bad: float, total: float, confidence: float) -> float:
    """Return the one-sided upper bound that the true share is below with this confidence, by Clopper and Pearson.

    The share p at which P(Bin(total, p) <= bad) = 1 - confidence, that is the `confidence` quantile of
    Beta(bad + 1, total - bad); 1 where all are bad or there is nothing at all. (Clopper & Pearson, 1934, Biometrika.)
    """
    _check_share(bad, total)
    _check_open("confidence", confidence)
    if bad >= total:
        return 1.0
    from scipy.special import betaincinv

    return float(betaincinv(bad + 1, total - bad, confidence))


def lower_bound(bad: float, total: float, confidence: float) -> float:
    """Return the one-sided lower bound that the true share is above with this confidence, by Clopper and Pearson.

    The 1 - `confidence` quantile of Beta(bad, total - bad + 1); 0 where none is bad or there is nothing at all.
    """
    return 1.0 - upper_bound(total - bad, total, confidence)


def interval(bad: float, total: float, confidence: float) -> tuple[float, float]:
    """Return the two-sided Clopper-Pearson interval of a share; (0, 1) where there is nothing to judge by."""
    _check_open("confidence", confidence)
    side = (1 + confidence) / 2
    return lower_bound(bad, total, side), upper_bound(bad, total, side)


def count_needed(risk: float, confidence: float, *, spare: int = 0) -> int:
    """Return the least number of listings that could show the promise, were `spare` of them bad.

    The least n with P(Bin(n, risk) <= spare) <= 1 - confidence; for none spared, (1 - risk)^n <= 1 - confidence.
    """
    _check_open("risk", risk)
    _check_open("confidence", confidence)
    if spare < 0:
        raise UsageError(f"spare {spare}: give how many bad listings the first test forgives, 0 or more.")
    from scipy.special import betainc

    low, high = spare, spare + 1  # never enough, perhaps enough
    while betainc(high - spare, spare + 1, 1 - risk) > _allow(confidence):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = betainc(middle - spare, spare + 1, 1 - risk) <= _allow(confidence)
        low, high = (low, middle) if enough else (middle, high)
    return high


def fit_cutoff(
    scores: Sequence[float],
    bad: Sequence[bool],
    *,
    risk: float,
    confidence: float,
    groups: Sequence[Hashable] | None = None,
    grid: Sequence[float] = GRID,
    spare: int = SPARE,
) -> Cutoff | Abstention:
    """Return the cut-off that publishes most while the promise holds, or why there is none.

    Learn Then Test (Angelopoulos, Bates, Candès, Jordan & Lei, 2021) with fixed-sequence testing: each cut-off of a
    fixed grid stands for the hypothesis "the risk above it is more than `risk`", with the exact p-value
    P(Bin(n, risk) <= bad) of the n listings above it. They are tested from the surest cut-off down, each at
    1 - `confidence`, up to the first that is not refuted; the last that was refuted is the answer. A wrong answer needs
    the first true hypothesis of the sequence to be refuted, so it has at most the chance 1 - `confidence`.

    The sequence starts at the first cut-off whose n could show the promise with `spare` bad listings among them, or at
    half of the verdicts where these are few, but never where not even n good ones would do. Started there with none to
    spare, one bad listing among the surest dozen ends everything. The start hangs on counts, never on verdicts: given
    n, `bad` is binomial, and the level holds exactly for the hypotheses below the start and errs to the safe side for
    the start itself, as long as risk does not rise with the score (where it does, see `shopglot_eval.gating`). In
    simulation (5 worlds, 3 risks, 100 / 250 / 600 verdicts) the share of the best possible coverage was .35 / .47 / .58
    with none to spare, .43 / .60 / .72 with three, .43 / .59 / .71 with eight, and no better with the allowance split
    over two to five starts and passed on from start to start (the fallback procedure of Wiens & Dmitrienko, 2005).

    `groups` names what each listing belongs to where verdicts of one group are alike (the sentences of a document):
    n and bad are divided by Kish's design effect 1 + (m - 1) x ICC, with m the mean size of the group of a published
    listing and the intraclass correlation by analysis of variance. That is an approximation, no longer exact.

    Scores are in 0..1; ties are published together. Raises DataError for scores and verdicts that do not fit together,
    UsageError for a risk, confidence, grid or spare outside its range.
    """
    values, labels = _check_verdicts(scores, bad)
    _check_grid(grid)
    needed, comfortable = count_needed(risk, confidence), count_needed(risk, confidence, spare=spare)
    counts, bads = _count_above(values, labels, grid)
    worth = counts / (1.0 if groups is None else _weigh(values, labels, groups, grid))
    most = float(worth.max())
    total, wrong = len(values), int(labels.sum())
    if most < needed - _TINY:
        return Abstention(reason="few", total=total, bad=wrong, needed=needed, risk=risk, confidence=confidence)
    start = int((worth >= min(comfortable, max(needed, most / 2)) - _TINY).argmax())
    shown = _chances(bads, counts, worth, risk)[start:] <= _allow(confidence)
    passed = len(shown) if shown.all() else int(shown.argmin())
    if not passed:
        return Abstention(reason="risky", total=total, bad=wrong, needed=needed, risk=risk, confidence=confidence)
    # Cut-offs that publish the same listings are equally proven; the highest of them is the one that was seen at work.
    index = int((counts == counts[start + passed - 1]).argmax())
    published, among, effective = int(counts[index]), int(bads[index]), float(worth[index])
    return Cutoff(
        cutoff=float(grid[index]), published=published, bad=among, total=total, coverage=published / total,
        bound=upper_bound(among * effective / published, effective, confidence), effective=effective,
        risk=risk, confidence=confidence,
    )  # fmt: skip


def _allow(confidence: float) -> float:
    """Return the level of a test, with room for the rounding of 1 - 0.9."""
    return (1 - confidence) * (1 + _TINY)


def _chances(bads: Any, counts: Any, worth: Any, risk: float) -> Any:
    """Return P(Bin(n, risk) <= bad) = I_{1-risk}(n - bad, bad + 1), also between whole numbers, 1 where all are bad."""
    import numpy as np
    from scipy.special import betainc

    fewer = bads * worth / np.maximum(counts, 1)
    chances = np.ones(len(worth))
    some = bads < counts
    chances[some] = betainc(worth[some] - fewer[some], fewer[some] + 1, 1 - risk)
    return chances


def _count_above(values: Any, labels: Any, grid: Sequence[float]) -> tuple[Any, Any]:
    """Return, per cut-off, how many listings are published and how many of these are bad."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    below = np.searchsorted(values[order], np.asarray(grid, dtype=float), side="left")
    sums = np.concatenate([[0], np.cumsum(labels[order])])
    return len(values) - below, sums[-1] - sums[below]


def _weigh(values: Any, labels: Any, groups: Sequence[Hashable], grid: Sequence[float]) -> Any:
    """Return Kish's design effect of the listings above each cut-off; 1 where there are none."""
    import numpy as np

    if len(groups) != len(values):
        raise DataError(f"{len(values)} scores and {len(groups)} groups: give one group for each score.")
    names = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    numbers = np.array([names[name] for name in groups], dtype=int)
    alike = correlation(labels, numbers)
    above = np.zeros((len(grid), len(names)))
    # The position of the first cut-off that publishes a listing: the grid descends.
    first = len(grid) - np.searchsorted(np.asarray(grid, dtype=float)[::-1], values, side="right")
    seen = first < len(grid)
    np.add.at(above, (first[seen], numbers[seen]), 1)
    sizes = np.cumsum(above, axis=0)
    counts = sizes.sum(axis=1)
    mean = (sizes**2).sum(axis=1) / np.maximum(counts, 1)
    return 1 + np.maximum(mean - 1, 0) * alike


def correlation(labels: Any, numbers: Any) -> float:
    """Return the intraclass correlation of verdicts within groups, by one-way analysis of variance, 0 at least.

    (MSB - MSW) / (MSB + (m0 - 1) MSW) with m0 = (N - sum of squared sizes / N) / (k - 1). (Donner 1986.) With one
    group, or nothing but groups of one, nothing can be said of it: 1 and 0.
    """
    import numpy as np

    sizes = np.bincount(np.asarray(numbers, dtype=int)).astype(float)
    labels = np.asarray(labels, dtype=float)
    total, kinds = len(labels), len(sizes)
    if kinds == total:
        return 0.0
    if kinds < 2:
        return 1.0
    means = np.bincount(numbers, weights=labels) / sizes
    between = float((sizes * (means - labels.mean()) ** 2).sum()) / (kinds - 1)
    within = float(((labels - means[numbers]) ** 2).sum()) / (total - kinds)
    size = (total - float((sizes**2).sum()) / total) / (kinds - 1)
    spread = between + (size - 1) * within
    return max(0.0, (between - within) / spread) if spread > 0 else 0.0


def _check_verdicts(scores: Sequence[float], bad: Sequence[bool]) -> tuple[Any, Any]:
    import numpy as np

    if len(scores) != len(bad):
        raise DataError(f"{len(scores)} scores and {len(bad)} verdicts: give one verdict for each score.")
    try:
        values = np.asarray(scores, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"a score is no number ({error}): scores are in 0..1.") from error
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))  # a NaN is neither
    if len(wrong):
        raise DataError(f"score {int(wrong[0]) + 1} of {len(values)} is {values[wrong[0]]}: scores are in 0..1.")
    labels = np.asarray(bad)
    if labels.size and not np.isin(labels, (0, 1)).all():
        raise DataError("a verdict is neither true nor false: give whether each listing was bad.")
    return values, labels.astype(int)


def _check_grid(grid: Sequence[float]) -> None:
    if not grid or any(high <= low for high, low in itertools.pairwise(grid)):
        raise UsageError("the grid of cut-offs must not be empty and must descend.")


def _check_open(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise UsageError(f"{name} {value}: give a share between 0 and 1, both excluded.")


def _check_share(bad: float, total: float) -> None:
    if not 0 <= bad <= total or math.isinf(total):
        raise DataError(f"{bad} of {total}: the bad ones cannot be fewer than none or more than all.")
