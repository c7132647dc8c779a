"""The numbers of the score against reviewers' judgements, each with its interval."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopglot.quality.calibration import Bin, calibration_error, reliability
from shopglot_eval.measures.judgements import Labelled, estimated, listing_of
from shopglot_eval.measures.ranking import auroc, kendall, pearson
from shopglot_eval.measures.resampling import CONFIDENCE, ROUNDS, SEED, Interval, intervals
from shopglot_eval.records import Figure

MODEL = ("machine", "memory", "outside")  # written by a model: the memory gives what a machine wrote
SIMULATED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How the score of some judged texts agrees with their judgements; `figures` by measure."""

    texts: tuple[Labelled, ...]
    figures: Mapping[str, Figure]
    bins: tuple[Bin, ...]


def calibrate(texts: Sequence[Labelled], *, rounds: int = ROUNDS, seed: int = SEED) -> Calibration:
    """Measure the score of judged texts, those left out that have no estimate. Intervals are by listing.

    - `score.auroc`: the probability that a good text scores above a bad one; `score.auroc.machine`: of the texts alone
      that a model wrote, which is harder, because all others have one probability and are nearly always good.
    - `score.kendall`, `score.pearson`: rank and linear correlation of score and judgement (1 good, 0 bad). Kendall's
      tau-b with two grades stays below 1 even for a perfect order, unless all scores of a grade are equal.
    - `score.ece`: expected calibration error in ten bins of equal count. It is above 0 by chance alone, and a bootstrap
      makes that worse, so that it has no interval; its note says how much a perfect score would show.
    - `score.brier-skill`: 1 - Brier score / that of always saying the share of good texts.
    - `score.bias`: mean score less the share of good texts: above 0 the score promises too much.
    """
    known = tuple(one for one in texts if estimated(one.pair.output) is not None)
    scores = [float(one.pair.output.score or 0.0) for one in known]
    good = [one.good for one in known]
    if not known:
        return Calibration(texts=(), figures=_empty("no judged text has a score"), bins=())
    own = [one.pair.output.origin in MODEL for one in known]
    values = _values(scores, good, own)
    bounds = _bounds(known, scores, good, own, rounds, seed)
    against = _worst(known, scores)
    figures = {
        name: Figure(
            measure=name, value=value, low=bounds.get(name, (None, None))[0] if value is not None else None,
            high=bounds.get(name, (None, None))[1] if value is not None else None,
            count=sum(own) if name == "score.auroc.machine" else len(known), form=FORMS[name][0],
            better=FORMS[name][1], note="" if value is not None else "the judgements are all the same",
            against=against if name in ("score.auroc", "score.brier-skill") else (),
        )
        for name, value in values.items()
    }  # fmt: skip
    figures["score.ece"] = Figure(
        measure="score.ece", value=calibration_error(scores, good), count=len(known), form="share", better="lower",
        note=f"a score without any fault would show up to {chance_error(scores, seed=seed):.1%} on so many texts",
        against=against,
    )  # fmt: skip
    return Calibration(texts=known, figures=figures, bins=tuple(reliability(scores, good)))


FORMS: Mapping[str, Any] = {
    "score.auroc": ("number", "higher"),
    "score.auroc.machine": ("number", "higher"),
    "score.kendall": ("correlation", "higher"),
    "score.pearson": ("correlation", "higher"),
    "score.ece": ("share", "lower"),
    "score.brier-skill": ("number", "higher"),
    "score.bias": ("number", ""),
}


def chance_error(scores: Sequence[float], *, bins: int = 10, rounds: int = SIMULATED, seed: int = SEED) -> float:
    """Return the calibration error that a score without any fault stays below in 95 of 100 cases.

    Judgements are drawn as the scores say they should be (consistency resampling: Bröcker and Smith, 2007, "Increasing
    the reliability of reliability diagrams", Weather and Forecasting 22), each text for itself; texts of a page are
    alike, so that the true bound is a little higher.
    """
    import numpy as np

    ordered = np.sort(np.asarray(scores, dtype=float))
    counts = np.array([row.count for row in reliability(ordered.tolist(), [True] * len(ordered), bins)])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(rounds):
        drawn = (chance.random(len(ordered)) < ordered) - ordered
        found.append(float(np.abs(np.add.reduceat(drawn, starts)).sum()) / len(ordered))
    return float(np.quantile(found, CONFIDENCE))


def bins_of(texts: Sequence[Labelled], bins: Sequence[Bin]) -> list[list[Labelled]]:
    """Return the texts of each bin of a reliability diagram of these texts, in the order of their scores."""
    ordered = sorted(texts, key=lambda one: (one.pair.output.score or 0.0, one.pair.example.id))
    ends = list(itertools.accumulate(row.count for row in bins))
    return [ordered[start:end] for start, end in itertools.pairwise([0, *ends])]


def _values(scores: Any, good: Any, own: Any) -> dict[str, float | None]:
    import numpy as np

    values, labels, machine = np.asarray(scores, float), np.asarray(good, float), np.asarray(own, bool)
    return {
        "score.auroc": auroc(values, labels),
        "score.auroc.machine": auroc(values[machine], labels[machine]),
        "score.kendall": kendall(values, labels),
        "score.pearson": pearson(values, labels),
        "score.brier-skill": _skill(values, labels),
        "score.bias": float(values.mean() - labels.mean()),
    }


def _skill(values: Any, labels: Any) -> float | None:
    """Return `quality.calibration.brier_skill` of arrays: a bootstrap asks for it often."""
    rate = float(labels.mean())
    return 1 - float(((values - labels) ** 2).mean()) / (rate * (1 - rate)) if 0 < rate < 1 else None


def _bounds(
    known: Sequence[Labelled],
    scores: Sequence[float],
    good: Sequence[bool],
    own: Sequence[bool],
    rounds: int,
    seed: int,
) -> dict[str, Interval]:
    import numpy as np

    values, labels, machine = np.asarray(scores, float), np.asarray(good, float), np.asarray(own, bool)
    groups = [listing_of(one.pair.example) for one in known]
    return intervals(
        groups, lambda drawn: _values(values[drawn], labels[drawn], machine[drawn]), rounds=rounds, seed=seed
    )


def _worst(known: Sequence[Labelled], scores: Sequence[float]) -> tuple[str, ...]:
    """Return the texts that speak against the score: where it is farthest from the judgement, on the wrong side."""
    far = [
        (abs(score - one.good), one.pair.example.id)
        for one, score in zip(known, scores, strict=True)
        if abs(score - one.good) > 0.5
    ]
    return tuple(name for _, name in sorted(far, key=lambda row: (-row[0], row[1])))


def _empty(note: str) -> dict[str, Figure]:
    return {
        name: Figure(measure=name, value=None, form=form, better=better, note=note)
        for name, (form, better) in FORMS.items()
    }
