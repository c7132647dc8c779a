"""Numbers of a whole that come from sums over its texts: what makes resampling cheap.

BLEU, chrF and TER are computed from counts that add up, a mean from a sum and a count. With the counts of each listing
at hand, a resample is a sum, and a thousand of them are one product of matrices. Texts of one listing are no
independent observations, so listings are what is drawn and what is swapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from shopglot_eval.records import Better, Figure, Form, Measure, Pair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SEED = 12345  # sacrebleu's default: the same draws as its own
RESAMPLES = 1_000  # of a bootstrap
TRIALS = 10_000  # of an approximate randomisation
CELLS = 2**24  # numbers held at once while resampling
KEPT = 2**22  # draws of at most so many numbers are kept for the next measure

Unit = Literal["listing", "text"]


@runtime_checkable
class Additive(Measure, Protocol):
    """A measure whose figure comes from counts that add up over texts. Others are taken as the mean of their values."""

    def counts(self, pair: Pair) -> tuple[float, ...] | None:
        """Return what a pair adds, always as many numbers, or None where it has nothing to measure."""
        ...

    def scores(self, sums: Numbers) -> Numbers:
        """Return the figure of each row of sums (rows x numbers)."""
        ...


class Mean:
    """Any measure as the mean of its values over texts, which is additive."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self.name: str = measure.name
        self.title: str = measure.title
        self.better: Better = measure.better
        self.form: Form = measure.form

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the measure's own figure."""
        return self._measure.measure(pairs)

    def value(self, pair: Pair) -> float | None:
        """Return the measure's own value."""
        return self._measure.value(pair)

    def counts(self, pair: Pair) -> tuple[float, ...] | None:
        """Return the value and 1."""
        value = self._measure.value(pair)
        return None if value is None else (value, 1.0)

    def scores(self, sums: Numbers) -> Numbers:
        """Return the mean of each row."""
        return sums[:, 0] / sums[:, 1]


class Ratio:
    """Shares of things that stand in texts: hits of all there are, over all texts together.

    Whoever inherits has `count`. A text with many numbers weighs as much as its numbers, also where two systems are
    compared. One side of a comparison may have something to get wrong where the other has nothing (a number that only
    one of them invented): it adds nothing to the other's (see `significance.compare`).
    """

    def count(self, pair: Pair) -> tuple[float, float]:
        """Return the hits of a pair and what they are out of; 0 of 0 where there is nothing to measure."""
        raise NotImplementedError

    def value(self, pair: Pair) -> float | None:
        """Return the share of one text, None where it has nothing to measure."""
        hits, total = self.count(pair)
        return hits / total if total else None

    def counts(self, pair: Pair) -> tuple[float, ...] | None:
        """Return the hits and what they are out of, None where there is nothing."""
        found = self.count(pair)
        return found if found[1] else None

    def scores(self, sums: Numbers) -> Numbers:
        """Return the share of each row; where nothing was drawn nothing is wrong."""
        import numpy as np

        return np.divide(sums[:, 0], sums[:, 1], out=np.ones(len(sums)), where=sums[:, 1] > 0)


def as_additive(measure: Measure) -> Additive:
    """Return the measure itself where its figure comes from counts that add up, otherwise its mean."""
    return measure if isinstance(measure, Additive) else Mean(measure)


def add_up(rows: Sequence[tuple[float, ...]], groups: Sequence[str]) -> Numbers:
    """Return the sums of the rows of each group, groups in the order in which they first come."""
    import numpy as np

    places: dict[str, int] = {}
    where = np.array([places.setdefault(group, len(places)) for group in groups], dtype=np.intp)
    sums = np.zeros((len(places), len(rows[0]) if rows else 0))
    np.add.at(sums, where, np.array(rows, dtype=np.float64))
    return sums


def groups_of(pairs: Sequence[Pair], unit: Unit = "listing") -> list[str]:
    """Return what each pair is drawn with: its listing, or only itself."""
    return [(pair.example.listing if unit == "listing" else "") or pair.example.id for pair in pairs]


def resample(sums: Numbers, *, resamples: int = RESAMPLES) -> Numbers:
    """Return the sums of `resamples` draws with repetition of as many rows as there are: (resamples x numbers).

    The draws are those that sacrebleu's bootstrap makes for as many rows.
    """
    import numpy as np

    rows = len(sums)
    if rows * resamples <= KEPT:
        return _kept_draws(rows, resamples) @ sums
    chance = np.random.default_rng(SEED)
    step = max(1, CELLS // rows)
    parts = [
        _times_drawn(chance.integers(0, rows, size=(min(step, resamples - start), rows)), rows) @ sums
        for start in range(0, resamples, step)
    ]
    return np.concatenate(parts)


def swap(first: Numbers, second: Numbers, *, trials: int = TRIALS) -> Numbers:
    """Return the sums over rows, each from `first` or from `second` by the toss of a coin: (trials x numbers).

    The tosses are those of sacrebleu's approximate randomisation. What was not taken is the rest of the total.
    """
    import numpy as np

    chance = np.random.default_rng(SEED)
    differing = np.flatnonzero((first != second).any(axis=1))
    gained = (first - second)[differing]
    # A multiple of 32 tosses at a time: NumPy makes 32 of one random number, and throws away what is left of it.
    step = max(32, CELLS // max(len(first), 1) // 32 * 32)
    parts: list[Numbers] = []
    for start in range(0, trials, step):
        size = (min(step, trials - start), len(first))
        own = chance.integers(2, size=size, dtype=bool)[:, differing].astype(np.float64)
        parts.append(own @ gained)
    sums: Numbers = np.concatenate(parts) + second.sum(axis=0)
    return sums


def bounds(draws: Numbers) -> tuple[float, float]:
    """Return the 95% interval of draws as sacrebleu cuts it: a fortieth off at each end."""
    import numpy as np

    ordered = np.sort(draws)
    cut = len(ordered) // 40
    return float(ordered[cut]), float(ordered[len(ordered) - cut - 1])


def bound(measure: Additive, pairs: Sequence[Pair], unit: Unit = "listing") -> tuple[float, float] | None:
    """Return the 95% interval of a measure's figure, None where there are fewer than two listings to draw from."""
    known = [(pair, counts) for pair in pairs if (counts := measure.counts(pair)) is not None]
    sums = add_up([counts for _, counts in known], groups_of([pair for pair, _ in known], unit))
    return bounds(measure.scores(resample(sums))) if len(sums) > 1 else None


@lru_cache(maxsize=8)
def _kept_draws(rows: int, resamples: int) -> Numbers:
    import numpy as np

    chance = np.random.default_rng(SEED)
    return _times_drawn(chance.integers(0, rows, size=(resamples, rows)), rows)


def _times_drawn(drawn: NDArray[np.int64], rows: int) -> Numbers:
    """Return how often each row is in each draw, for a draw is then a product."""
    import numpy as np

    flat = (drawn + rows * np.arange(len(drawn))[:, None]).ravel()
    times = np.bincount(flat, minlength=len(drawn) * rows)
    return np.asarray(times.reshape(len(drawn), rows), dtype=np.float64)
