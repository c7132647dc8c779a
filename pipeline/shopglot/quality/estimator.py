"""The estimator: signals in, the probability that a reviewer would publish the translation unedited out.

It is a logistic regression, one per set of views that a model may have given its opinion in, and was fitted elsewhere
(see `docs/quality.md`); here it is read from a JSON file and applied:

    logit = bias + sum of weight * (clip(signal) - center) / scale          value = 1 / (1 + exp(caution - logit))

Signals are clipped to the range that the fit has seen, so that an odd text cannot score better than every known one.
Texts that no model wrote (glossary and policy answered them) have a probability of their own, the share of such texts
that reviewers published; what a person approved needs no estimate.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite, isnan
from pathlib import Path
from typing import Any, get_args

from shopglot.errors import DataError
from shopglot.quality.signals import measure
from shopglot.types import HUMAN, Finding, Score, Segment, Translation, View

FORMAT = 1
SURFACE_ONLY = "surface"
DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What one signal is worth: logits per `scale` away from `center`, within `low` and `high`."""

    center: float
    scale: float
    weight: float
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what cannot be applied."""
        if self.scale <= 0 or self.low > self.high:
            raise ValueError(f"scale {self.scale}, range {self.low} to {self.high}")

    def apply(self, value: float) -> float:
        """Return the logits that a signal of this value adds."""
        return self.weight * (min(max(value, self.low), self.high) - self.center) / self.scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The regression for one set of views. `caution` is subtracted from the logit; 0 where nothing is missing."""

    views: frozenset[View]
    bias: float
    caution: float
    weights: Mapping[str, Weight]

    @property
    def name(self) -> str:
        """The views in the order of the alphabet, or `surface`."""
        return "+".join(sorted(self.views)) or SURFACE_ONLY

    def logit(self, signals: Mapping[str, float]) -> float:
        """Return the logit of the probability. A signal that is missing counts as the usual value of it."""
        total = self.bias - self.caution
        return total + sum(weight.apply(signals.get(name, weight.center)) for name, weight in self.weights.items())

    def predict(self, signals: Mapping[str, float]) -> float:
        """Return the probability."""
        logit = self.logit(signals)
        if isnan(logit):  # never let what cannot be computed pass for sure
            return 0.0
        return 1 / (1 + exp(-max(-50.0, min(50.0, logit))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """All that a market's score needs.

    `scorer` is the model (`card@revision`) whose opinion it was fitted on: another model's log-probabilities mean
    something else and are not used. `certain` is the probability of texts that no model wrote. `usual` holds, per
    signal, the deciles that the calibration set had, for measuring drift.
    """

    name: str
    digest: str
    scorer: str
    certain: float
    variants: tuple[Variant, ...]
    usual: Mapping[str, tuple[float, ...]]

    def views(self, scorer: str) -> frozenset[View]:
        """Return the views worth asking a model for: those of the richest variant, if it is the model of the fit."""
        return self.variant(frozenset(get_args(View))).views if scorer == self.scorer else frozenset()

    def signature(self, views: frozenset[View] = frozenset()) -> str:
        """Return what a score depends on: the estimator, its content, and the views that it had."""
        return f"{self.name}@{self.digest[:8]}/{self.variant(views).name}"

    def estimate(
        self, segment: Segment, translation: Translation, findings: Sequence[Finding], *, views: frozenset[View]
    ) -> Score:
        """Return the score of one translation with the signals behind it.

        `views` are those that this run asks a model for; a machine's text that lacks one of them (an empty one, say)
        is scored with what is there, and its signature says so.
        """
        signals = measure(segment, translation, findings)
        if translation.origin == "human":
            return Score(value=1.0, signature=HUMAN, signals=_listed(signals))
        if translation.origin == "certain":
            return Score(value=round(self.certain, DIGITS), signature=self.signature(views), signals=_listed(signals))
        read = frozenset(view for view in views if view in signals)
        variant = self.variant(read)
        return Score(
            value=round(variant.predict(signals), DIGITS), signature=self.signature(read), signals=_listed(signals)
        )

    def variant(self, views: frozenset[View]) -> Variant:
        """Return the richest variant that needs no other views than these."""
        return max((one for one in self.variants if one.views <= views), key=lambda one: len(one.views))


def load_estimator(path: Path) -> Estimator:
    """Read an estimator's file. Raises `DataError`, naming the file and the key, where it is not one."""
    try:
        content = path.read_bytes()
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise DataError(f"{path}: format {document['format']!r}, this program reads {FORMAT}: fit it again.")
        variants = tuple(_variant(one) for one in document["variants"])
        if frozenset[View]() not in {variant.views for variant in variants}:
            raise DataError(f"{path}: a variant without views is missing; it is what is left without a model.")
        certain = _number(document["certain"]["published"])
        if not 0 <= certain <= 1:
            raise DataError(f"{path}: certain.published must lie between 0 and 1, not {certain}.")
        return Estimator(
            name=str(document["name"]),
            digest=hashlib.sha256(content).hexdigest(),
            scorer=str(document["scorer"]),
            certain=certain,
            variants=variants,
            usual={name: tuple(map(float, deciles)) for name, deciles in document["usual"].items()},
        )
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: no estimator ({type(error).__name__}: {error}); fit it again.") from error


def _number(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{value!r} is no finite number")
    return number


def _variant(table: Mapping[str, Any]) -> Variant:
    return Variant(
        views=frozenset(table["views"]),
        bias=_number(table["bias"]),
        caution=_number(table["caution"]),
        weights={
            name: Weight(**{key: _number(one[key]) for key in ("center", "scale", "weight", "low", "high")})
            for name, one in table["signals"].items()
        },
    )


def _listed(signals: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((name, round(value, DIGITS)) for name, value in signals.items()))
