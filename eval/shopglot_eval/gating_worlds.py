"""Made-up worlds of listings whose true risk above every cut-off is known, for `gating`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_FINE = 20_000  # points at which a world is written down
_EDGE = 1.001  # times the risk promised: wrong by as little as can be


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Verdicts drawn from a world; `groups` where they are alike within one."""

    scores: Any
    bad: Any
    groups: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Ascending scores of equal weight, and the mean chance of being bad from each of them up."""

    scores: Any
    tail: Any

    def risk(self, cutoff: float) -> float:
        """Return the true risk of what is published at a cut-off, 0 where that is nothing."""
        index = int(np.searchsorted(self.scores, cutoff, side="left"))
        return float(self.tail[index]) if index < len(self.tail) else 0.0

    def coverage(self, cutoff: float) -> float:
        """Return the true share that is published."""
        return 1 - int(np.searchsorted(self.scores, cutoff, side="left")) / len(self.scores)

    def best(self, risk: float) -> float:
        """Return the most that can be published at a risk."""
        kept = np.flatnonzero(self.tail <= risk)
        return 1 - int(kept[0]) / len(self.scores) if len(kept) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Scores of a Beta distribution, and the chance of being bad at a score (given the risk that will be promised).

    `alike` is the correlation of verdicts within documents of `document` listings, 0 for listings on their own.
    """

    name: str
    shape: tuple[float, float]
    chance_of_bad: Callable[[Any, float], Any]
    alike: float = 0.0
    document: int = 1

    def truth(self, risk: float) -> Truth:
        """Return what is true of this world."""
        from scipy.special import betaincinv

        scores = betaincinv(*self.shape, (np.arange(_FINE) + 0.5) / _FINE)
        chances = np.broadcast_to(self.chance_of_bad(scores, risk), scores.shape)
        return Truth(scores=scores, tail=np.cumsum(chances[::-1])[::-1] / np.arange(_FINE, 0, -1))

    def draw(self, chance: np.random.Generator, size: int, risk: float) -> Drawn:
        """Return so many verdicts; a document's own chance of being bad is of a Beta distribution round the mean."""
        scores = chance.beta(*self.shape, size=size)
        chances = np.broadcast_to(self.chance_of_bad(scores, risk), scores.shape)
        if not self.alike:
            return Drawn(scores=scores, bad=chance.random(size) < chances)
        groups = np.arange(size) // self.document
        mean, spread = float(chances[0]), 1 / self.alike - 1
        own = chance.beta(mean * spread, (1 - mean) * spread, size=int(groups[-1]) + 1)
        return Drawn(scores=scores, bad=chance.random(size) < own[groups], groups=groups.tolist())


def _calibrated(scores: Any, risk: float) -> Any:
    return 1 - scores


def _overconfident(scores: Any, risk: float) -> Any:
    return 1 - scores**2


def _flat(scores: Any, risk: float) -> Any:
    return np.asarray(min(1.0, risk * _EDGE))


def _inverted(scores: Any, risk: float) -> Any:
    """The surest of all are worse than the rest: a model in love with its own words."""
    return np.where(scores > 0.9, np.maximum(1 - scores, min(1.0, risk * 1.5)), 1 - scores)


WORLDS = (
    World(name="strong", shape=(4, 1.5), chance_of_bad=_calibrated),
    World(name="typical", shape=(6, 2), chance_of_bad=_calibrated),
    World(name="weak", shape=(12, 4), chance_of_bad=_calibrated),
    World(name="overconfident", shape=(8, 1.5), chance_of_bad=_overconfident),
    World(name="easy", shape=(8, 1), chance_of_bad=_calibrated),
    World(name="edge", shape=(4, 1.5), chance_of_bad=_flat),
    World(name="inverted", shape=(8, 1.5), chance_of_bad=_inverted),
    World(name="documents", shape=(4, 1.5), chance_of_bad=_flat, alike=0.1, document=10),
)
