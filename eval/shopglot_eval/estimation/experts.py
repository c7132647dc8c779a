"""What other people's texts teach the estimator, and how it does on texts that it has not seen.

Learned from: MQM scores of WMT20 news (10 systems a segment; good is a penalty below 5), and generated errors in clean
pairs of everyday sentences. Measured on: MQM scores of WMT21 news (15
systems a segment), and generated errors in the first reference of the shop lines of WMT22. No segment is in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopglot.quality import Estimator
from shopglot.types import View
from shopglot_eval.damage import KINDS, TRAINING_ONLY, Damaged, generate
from shopglot_eval.estimation.correlation import MAJOR, Agreement, agree
from shopglot_eval.estimation.examples import Signals
from shopglot_eval.estimation.regression import Example
from shopglot_eval.estimation.texts import (
    MQM_TEST,
    MQM_TRAIN,
    Pair,
    Rated,
    read_everyday,
    read_mqm,
    read_shop_references,
)
from shopglot_eval.terms.texts import shared_folder

TRAIN_SEGMENTS = 28
CLEAN_EVERYDAY, CLEAN_SHOP = 80, 40
# How much an example counts beside a verdict of our own, which counts 1.
RATED_WEIGHT, DAMAGED_WEIGHT = 0.1, 0.5
SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """Texts of other people, some to learn from and some to be measured on."""

    train: tuple[Rated, ...]
    test: tuple[Rated, ...]
    damaged_train: tuple[Damaged, ...]
    damaged_test: tuple[Damaged, ...]

    @classmethod
    def read(cls, *, segments: int) -> Experts:
        """Read the shared data; `segments` is the size of the experts' test set."""
        folder = shared_folder()
        train = read_mqm(folder, MQM_TRAIN, segments=TRAIN_SEGMENTS)
        clean = read_everyday(folder, count=CLEAN_EVERYDAY)
        shop = [(one.source, one.target) for one in read_shop_references(folder)]
        tested = [kind for kind in KINDS if kind not in TRAINING_ONLY]
        # Few lines have a number that can be changed, so that all are tried for one.
        damaged = [*generate(shop[:CLEAN_SHOP], tested, SEED), *generate(shop, ["number"], SEED)]
        return cls(
            train=tuple(train),
            test=tuple(read_mqm(folder, MQM_TEST, segments=segments)),
            damaged_train=tuple(generate([(one.source, one.target) for one in clean], list(KINDS), SEED)),
            damaged_test=tuple(dict.fromkeys(damaged)),
        )

    def rated(self) -> list[Pair]:
        """Return the pairs that experts scored."""
        return [one.pair for one in (*self.train, *self.test)]

    def clean_and_damaged(self) -> list[Pair]:
        """Return the clean pairs and the damaged ones."""
        found = [pair for one in (*self.damaged_train, *self.damaged_test) for pair in (_clean(one), _damaged(one))]
        return list(dict.fromkeys(found))

    def examples(self, signals: Signals) -> list[Example]:
        """Return what there is to learn: experts' texts, clean pairs, damaged ones."""
        found = [
            Example(signals=signals.of(one.pair), good=one.penalty < MAJOR, weight=RATED_WEIGHT) for one in self.train
        ]
        clean = dict.fromkeys(_clean(one) for one in self.damaged_train)
        found += [Example(signals=signals.of(pair), good=True, weight=DAMAGED_WEIGHT) for pair in clean]
        found += [
            Example(signals=signals.of(_damaged(one)), good=False, weight=DAMAGED_WEIGHT) for one in self.damaged_train
        ]
        return found

    def figures(self, signals: Signals, estimator: Estimator, scorer: str) -> dict[str, Any]:
        """Return agreement with experts, of the score and of each signal alone, and accuracy on generated errors."""
        views = estimator.views(scorer)
        return {"experts": self._agreement(signals, estimator), "errors": self._errors(signals, estimator, views)}

    def _agreement(self, signals: Signals, estimator: Estimator) -> dict[str, Any]:
        measured = [signals.of(one.pair) for one in self.test]
        penalties = [one.penalty for one in self.test]
        segments = [one.segment for one in self.test]
        variants = {"surface": frozenset[View](), "forward": frozenset[View](("forward",))}
        found: dict[str, Any] = {}
        for name, views in variants.items():
            variant = estimator.variant(views)
            found[f"score ({name})"] = _shown(agree([variant.logit(one) for one in measured], penalties, segments))
        for name in sorted({name for one in measured for name in one}):
            # Not every text was read in every view.
            known = [index for index, one in enumerate(measured) if name in one]
            values = [measured[index][name] for index in known]
            if len(set(values)) > 1:
                own = [penalties[index] for index in known], [segments[index] for index in known]
                # A signal alone may point either way: it is shown the way that agrees.
                one, other = (agree([sign * v for v in values], *own, rounds=50) for sign in (1, -1))
                best = one if one.values["overall"] >= other.values["overall"] else other
                found[name if len(known) == len(measured) else f"{name} ({best.segments} segments)"] = _shown(best)
        return found

    def _errors(self, signals: Signals, estimator: Estimator, views: frozenset[View]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for label, chosen in (("", views), ("surface", frozenset[View]())):
            variant = estimator.variant(chosen)
            told: dict[str, list[bool]] = {}
            for one in self.damaged_test:
                better = variant.predict(signals.of(_clean(one))) > variant.predict(signals.of(_damaged(one)))
                told.setdefault(one.kind, []).append(better)
                told.setdefault(f"{one.kind}/{one.mechanism}", []).append(better)
            found[label or "score"] = {kind: (sum(row) / len(row), len(row)) for kind, row in sorted(told.items())}
        return found


def _clean(one: Damaged) -> Pair:
    return Pair(source=one.source, target=one.clean)


def _damaged(one: Damaged) -> Pair:
    return Pair(source=one.source, target=one.damaged)


def _shown(agreement: Agreement) -> Mapping[str, Sequence[float]]:
    return {name: (value, *agreement.intervals[name]) for name, value in agreement.values.items()}
