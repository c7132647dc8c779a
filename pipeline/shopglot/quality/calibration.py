"""Is a score a probability? Measures of that, and the map that makes it one.

A label is whether the thing came true that the probability speaks of (the translation was good enough).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from shopglot.errors import DataError, UsageError
from shopglot.quality.gate import interval

_EDGE = 1e-6  # no score is surer than this; its logit would be infinite


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Probabilities of like size: their mean, the share that came true, with its 95% Clopper-Pearson interval."""

    predicted: float
    observed: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Platt:
    """A map of a score to a probability: logistic(slope x logit(score) + intercept).

    A slope below 0 turns the order round: then the score says the opposite of what it should, and must not be used.
    """

    slope: float
    intercept: float

    def __call__(self, score: float) -> float:
        """Return the probability, in 0..1."""
        power = self.slope * _logit(score) + self.intercept
        # exp of what is below 0 never overflows
        return 1 / (1 + math.exp(-power)) if power >= 0 else math.exp(power) / (1 + math.exp(power))


def reliability(probabilities: Sequence[float], labels: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Return the rows of a reliability diagram, lowest probabilities first: bins of (almost) equal count.

    Equal probabilities are never divided, so there may be fewer bins than asked for, and order does not matter.
    """
    pairs = sorted(_check(probabilities, labels))
    if bins < 1:
        raise UsageError(f"bins {bins}: give 1 or more.")
    rows: list[Bin] = []
    part: list[tuple[float, bool]] = []
    done = 0
    for _, ties in itertools.groupby(pairs, key=lambda pair: pair[0]):
        part.extend(ties)
        if (done + len(part)) * bins >= (len(rows) + 1) * len(pairs):
            done += len(part)
            rows.append(_fill(part))
            part = []
    return rows


def calibration_error(probabilities: Sequence[float], labels: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error: sum over bins of count / total x |observed - predicted|, in 0..1.

    (Naeini, Cooper & Hauskrecht, AAAI 2015; bins of equal count after Nguyen & O'Connor, EMNLP 2015.) It is above 0 by
    chance alone: about .06, .03 and .02 for 250, 1000 and 3000 labels of a perfect score in 10 bins.
    """
    rows = reliability(probabilities, labels, bins)
    return sum(row.count * abs(row.observed - row.predicted) for row in rows) / len(labels)


def brier(probabilities: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the mean squared distance between probability and label, in 0..1, 0 being best (Brier 1950)."""
    pairs = _check(probabilities, labels)
    return math.fsum((probability - label) ** 2 for probability, label in pairs) / len(pairs)


def brier_skill(probabilities: Sequence[float], labels: Sequence[bool]) -> float:
    """Return 1 - brier / (brier of always saying the base rate of these labels): 1 is perfect, 0 no better than that.

    Where all labels are the same there is nothing to tell apart: 0 for a score that says so everywhere, -inf else.
    """
    reached = brier(probabilities, labels)
    rate = sum(map(bool, labels)) / len(labels)
    base = rate * (1 - rate)
    if not base:
        return 0.0 if not reached else -math.inf
    return 1 - reached / base


def fit_platt(scores: Sequence[float], labels: Sequence[bool]) -> Platt:
    """Return the map fitted by logistic regression on the logit of the scores, without a penalty.

    The targets are smoothed against overfitting: (n1 + 1) / (n1 + 2) for the n1 true labels, 1 / (n0 + 2) for the n0
    others. (Platt, 1999, "Probabilistic outputs for support vector machines", in Advances in Large Margin Classifiers.)
    """
    pairs = _check(scores, labels)
    from sklearn.linear_model import LogisticRegression

    true = sum(label for _, label in pairs)
    target = {True: (true + 1) / (true + 2), False: 1 / (len(pairs) - true + 2)}
    logits = [[_logit(score)] for score, _ in pairs]
    aims = [target[label] for _, label in pairs]
    # A soft target t is the same point twice: as true with weight t, as false with weight 1 - t.
    model = LogisticRegression(C=1e10, tol=1e-8, max_iter=1000)
    model.fit(logits * 2, [1] * len(pairs) + [0] * len(pairs), sample_weight=aims + [1 - aim for aim in aims])
    return Platt(slope=float(model.coef_[0][0]), intercept=float(model.intercept_[0]))


def _fill(part: Sequence[tuple[float, bool]]) -> Bin:
    count, true = len(part), sum(label for _, label in part)
    low, high = interval(true, count, 0.95)
    predicted = math.fsum(probability for probability, _ in part) / count
    return Bin(predicted=predicted, observed=true / count, count=count, low=low, high=high)


def _logit(score: float) -> float:
    held = min(max(score, _EDGE), 1 - _EDGE)
    return math.log(held / (1 - held))


def _check(probabilities: Sequence[float], labels: Sequence[bool]) -> list[tuple[float, bool]]:
    """Return the pairs; raises DataError where they do not fit together or are none."""
    if len(probabilities) != len(labels):
        raise DataError(f"{len(probabilities)} probabilities and {len(labels)} labels: give one label for each.")
    if not len(labels):
        raise DataError("no labels: there is nothing to measure.")
    pairs = [(float(probability), bool(label)) for probability, label in zip(probabilities, labels, strict=True)]
    for number, (probability, _) in enumerate(pairs, 1):
        if not 0 <= probability <= 1:  # a NaN is neither
            raise DataError(f"probability {number} of {len(pairs)} is {probability}: give numbers in 0..1.")
    return pairs
