"""Fitting one variant of the estimator: a logistic regression over clipped, standardised signals, then calibrated.

The regression learns from examples of several kinds at once (expert scores, generated errors, verdicts), each kind
with a weight of its own. What it then says is no probability yet of anything: the last step fits a slope and an
intercept on verdicts about the pipeline's own output that it has not learned from (Platt 1999), and both steps are
written as the one regression that `quality.estimator` applies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isnan
from typing import Any

EDGE = 0.005  # of each signal's values, on either side, that are clipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One translation: its signals, whether it is good, and how much it counts."""

    signals: Mapping[str, float]
    good: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A fitted variant: `columns` holds center, scale, weight, low and high of each signal."""

    bias: float
    columns: Mapping[str, Mapping[str, float]]

    def logit(self, signals: Mapping[str, float]) -> float:
        """Return the logit for signals; one that is missing counts as the usual value of it."""
        total = self.bias
        for name, column in self.columns.items():
            value = signals.get(name, column["center"])
            # What is no number counts as missing, as it does in the fit; clipped, it would pass for the best.
            value = column["center"] if isnan(value) else min(max(value, column["low"]), column["high"])
            total += column["weight"] * (value - column["center"]) / column["scale"]
        return total

    def predict(self, signals: Mapping[str, float]) -> float:
        """Return the probability."""
        return 1 / (1 + exp(-max(-50.0, min(50.0, self.logit(signals)))))

    def rescale(self, slope: float, intercept: float) -> Regression:
        """Return the regression whose logit is slope * logit + intercept."""
        columns = {name: {**column, "weight": slope * column["weight"]} for name, column in self.columns.items()}
        return Regression(bias=slope * self.bias + intercept, columns=columns)


def fit(examples: Sequence[Example], names: Sequence[str], *, strength: float = 0.3) -> Regression:
    """Fit a logistic regression on the named signals.

    `strength` is scikit-learn's `C`, the inverse of the ridge penalty. A signal that never varies gets no column.
    Raises ValueError where all examples are good, or none is, or no signal varies.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    good = np.array([example.good for example in examples])
    if not 0 < good.sum() < len(good):
        raise ValueError(f"{len(good)} examples, {int(good.sum())} of them good: both kinds are needed")
    table = np.array([[example.signals.get(name, np.nan) for name in names] for example in examples])
    columns: dict[str, dict[str, float]] = {}
    used: list[Any] = []
    for position, name in enumerate(names):
        values = table[:, position]
        known = values[~np.isnan(values)]
        if not len(known) or np.ptp(known) == 0:
            continue
        low, high = np.quantile(known, (EDGE, 1 - EDGE))
        if low == high:  # rare, but it happens: a finding that hardly any text has
            low, high = known.min(), known.max()
        clipped = np.clip(known, low, high)
        center, scale = float(clipped.mean()), float(clipped.std()) or 1.0
        columns[name] = {"center": center, "scale": scale, "weight": 0.0, "low": float(low), "high": float(high)}
        used.append((np.clip(np.nan_to_num(values, nan=center), low, high) - center) / scale)
    if not used:
        raise ValueError(f"{len(good)} examples, and no signal that varies: more texts are needed")
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(np.stack(used, axis=1), good, sample_weight=[example.weight for example in examples])
    for column, weight in zip(columns.values(), model.coef_[0], strict=True):
        column["weight"] = float(weight)
    return Regression(bias=float(model.intercept_[0]), columns=columns)
