"""From examples to the two files that the product reads: the estimator's and the gate's.

The order of things, and what is kept apart from what:

1. Verdicts are divided by listing into three parts. `learn` teaches the regression, together with experts' scores of
   other texts and generated errors; its out-of-fold predictions calibrate it. `gate` is seen by nothing but the fit of
   the gate, and by the report, which measures calibration on it: a promise must not rest on texts that were learned.
2. One regression per set of views, each calibrated for itself.
3. The gate: a listing's score is the lowest of its segments', and 0 where findings hold any of them, because it is then
   not published unseen whatever the score; it is bad where a reviewer would not have published one of them unedited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from shopglot.quality.calibration import fit_platt
from shopglot.quality.signals import SURFACE
from shopglot.types import View
from shopglot_eval.estimation.regression import Example, Regression, fit
from shopglot_eval.estimation.texts import Judged

FOLDS = 5
LEARN = 0.4  # of the listings
CAREFUL = 1.645  # standard errors by which a score that lacks a view is lowered: one-sided 95%
VIEW_SIGNALS: Mapping[View, tuple[str, ...]] = {
    "forward": ("forward", "forward-worst", "forward-doubts", "forward-total"),
    "backward": ("backward", "backward-worst", "backward-doubts", "backward-total"),
    "alone": ("alone", "gain"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A judged segment with its signals; `held` says that findings hold it."""

    judged: Judged
    signals: Mapping[str, float]
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """One variant, ready to be written."""

    views: tuple[View, ...]
    regression: Regression
    caution: float


def part_of(listing: str) -> str:
    """Return the part of the verdicts that a listing belongs to: `learn` or `gate`, by its hash."""
    number = int.from_bytes(hashlib.sha256(listing.encode("utf-8", "surrogatepass")).digest()[:4], "big") / 2**32
    return "learn" if number < LEARN else "gate"


def names_for(views: Iterable[View]) -> list[str]:
    """Return the signals that a variant with these views has. `gain` needs both the views that it compares."""
    views = set(views)
    chosen = [*SURFACE, *(name for view in sorted(views) for name in VIEW_SIGNALS[view])]
    return [name for name in chosen if name != "gain" or {"forward", "alone"} <= views]


def fit_variant(
    views: Sequence[View], others: Sequence[Example], learn: Sequence[Measured], *, most: bool, strength: float = 0.3
) -> Fitted:
    """Fit one variant on other examples and the machine's judged texts, and calibrate it on the latter, out of fold.

    `most` says that no variant has more views; the others are lowered by what the calibration's intercept may be wrong.
    """
    names = names_for(views)
    machine = [one for one in learn if one.judged.origin == "machine"]
    own = [Example(signals=one.signals, good=one.judged.good) for one in machine]
    folds = [_fold_of(one.judged.listing) for one in machine]
    logits = [0.0] * len(own)
    for fold in range(FOLDS):
        rest = [example for example, where in zip(own, folds, strict=True) if where != fold]
        regression = fit([*others, *rest], names, strength=strength)
        for index, where in enumerate(folds):
            if where == fold:
                logits[index] = regression.predict(own[index].signals)
    platt = fit_platt(logits, [example.good for example in own])
    if platt.slope <= 0:
        raise ValueError(f"the variant {'+'.join(views) or 'surface'} ranks the verdicts the wrong way round")
    final = fit([*others, *own], names, strength=strength).rescale(platt.slope, platt.intercept)
    return Fitted(
        views=tuple(views), regression=final, caution=0.0 if most else _uncertainty([platt(p) for p in logits], own)
    )


def _fold_of(listing: str) -> int:
    return int.from_bytes(hashlib.sha256(listing.encode("utf-8", "surrogatepass")).digest(), "big") % FOLDS


def _uncertainty(predicted: Sequence[float], examples: Sequence[Example]) -> float:
    """Return `CAREFUL` standard errors of a logit's level: 1 / sqrt(sum of p (1 - p)), as of any logistic intercept."""
    return CAREFUL / sqrt(sum(p * (1 - p) for p in predicted)) if examples else 0.0


def document(
    *, name: str, scorer: str, fitted: Sequence[Fitted], certain: Sequence[Measured], usual: Sequence[Measured],
    made: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return the content of an estimator's file (see `quality.estimator`), numbers rounded to what they are worth."""
    published = sum(one.judged.good for one in certain)
    return {
        "format": 1,
        "name": name,
        "made": dict(made),
        "scorer": scorer,
        # Laplace's rule: never quite certain.
        "certain": {"published": _round((published + 1) / (len(certain) + 2)), "judged": len(certain)},
        "variants": [
            {
                "views": list(one.views), "bias": _round(one.regression.bias), "caution": _round(one.caution),
                "signals": {
                    signal: {key: _round(value) for key, value in column.items()}
                    for signal, column in one.regression.columns.items()
                },
            }
            for one in fitted
        ],
        "usual": _deciles(usual),
    }  # fmt: skip


def fold_listings(measured: Sequence[Measured], scores: Sequence[float]) -> tuple[list[str], list[float], list[bool]]:
    """Return listings, their scores and whether they are bad, in order of first appearance."""
    worst: dict[str, float] = {}
    bad: dict[str, bool] = {}
    for one, score in zip(measured, scores, strict=True):
        listing = one.judged.listing
        worst[listing] = min(worst.get(listing, 1.0), 0.0 if one.held else score)
        bad[listing] = bad.get(listing, False) or not one.judged.good
    return list(worst), list(worst.values()), list(bad.values())


def _deciles(measured: Sequence[Measured]) -> dict[str, list[float]]:
    import numpy as np

    found: dict[str, list[float]] = {}
    for name in sorted({name for one in measured for name in one.signals}):
        values = [one.signals[name] for one in measured if name in one.signals]
        found[name] = [_round(float(value)) for value in np.quantile(values, [step / 10 for step in range(1, 10)])]
    return found


def _round(value: float) -> float:
    return float(f"{value:.5g}")
