"""Is a difference between two systems more than chance: the two paired tests of sacrebleu, for every measure.

- `p`: paired approximate randomisation. Were the systems equal, each listing could as well have come from the other;
  `p` is the share of such swaps that give a difference as large (Riezler and Maxwell 2005).
- `p_bootstrap`: paired bootstrap (Koehn 2004), by sacrebleu's formula. `low` and `high` bound the difference: the
  percentiles of the same draws.

Draws and trials are those of `sacrebleu.significance.PairedTest`, with one deliberate difference: sacrebleu counts
trials with a *larger* difference, and so calls it significant when a single text changed, or none. Here those with an
*equal* one count too, as a permutation test has it. On real corpora, where no two trials are equal, it is the same.
Where listings have several texts, the listing is what is swapped and drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shopglot_eval.measures.additive import (
    RESAMPLES,
    TRIALS,
    Additive,
    Ratio,
    Unit,
    add_up,
    as_additive,
    bounds,
    groups_of,
    resample,
    swap,
)
from shopglot_eval.records import Better, Measure, Pair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shopglot_eval.measures.additive import Numbers

ALPHA = 0.05
TOLERANCE = 1e-9  # of rounding, by the size of the scores: what differs by less is equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a system has of a measure, against a baseline. Both were measured on the same texts.

    `before` is the baseline's, `after` the system's. For measures that are no sums they are means of the texts' values;
    shares of numbers, names and terms are of all of them together, as in the table of all measures.
    """

    measure: str
    better: Better
    before: float
    after: float
    low: float
    high: float
    p: float
    p_bootstrap: float
    texts: int
    listings: int

    @property
    def difference(self) -> float:
        """How much more the system has."""
        return self.after - self.before

    @property
    def gain(self) -> float:
        """How much better the system is: negative where it is worse, 0 where neither is better."""
        return {"higher": self.difference, "lower": -self.difference, "": 0.0}[self.better]

    def is_significant(self, alpha: float = ALPHA) -> bool:
        """Return whether the randomisation calls it more than chance. Correct for many tests with `holm` first."""
        return self.p < alpha


def compare(
    measure: Measure,
    baseline: Sequence[Pair],
    system: Sequence[Pair],
    *,
    unit: Unit = "listing",
    trials: int = TRIALS,
    resamples: int = RESAMPLES,
) -> Difference | None:
    """Compare a system with a baseline on the texts that the measure has for both; None where there are none.

    Raises ValueError where the two answer different examples.
    """
    import numpy as np

    additive = as_additive(measure)
    before, after, shared = _shared(additive, baseline, system)
    if not shared:
        return None
    groups = groups_of(shared, unit)
    first, second = add_up(before, groups), add_up(after, groups)
    old, new = (float(additive.scores(sums.sum(axis=0, keepdims=True))[0]) for sums in (first, second))
    if np.array_equal(first, second):
        drawn, p, p_bootstrap = np.zeros(2), 1.0, 1.0
    else:
        apart = abs(new - old) - TOLERANCE * max(abs(old), abs(new))
        p = _randomise(additive, first, second, apart, trials)
        drawn = additive.scores(resample(second, resamples=resamples)) - additive.scores(
            resample(first, resamples=resamples)
        )
        sizes = np.abs(drawn)
        p_bootstrap = _share(sizes - sizes.mean() >= apart)
    low, high = bounds(drawn)
    return Difference(
        measure=measure.name,
        better=measure.better,
        before=old,
        after=new,
        low=low,
        high=high,
        p=p,
        p_bootstrap=p_bootstrap,
        texts=len(shared),
        listings=len(first),
    )


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values corrected for being many (Holm 1979), in the same order: one below `ALPHA` may be believed.

    Among all tests whose systems are equal, the chance that any comes out below alpha is at most alpha.
    """
    corrected, highest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=lambda index: ps[index])):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        corrected[index] = highest
    return corrected


def _shared(
    measure: Additive, baseline: Sequence[Pair], system: Sequence[Pair]
) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]], list[Pair]]:
    answered = {pair.example.id: pair for pair in system}
    if answered.keys() != {pair.example.id for pair in baseline} or len(answered) != len(system):
        raise ValueError("two systems can be compared on the same examples only, each answered once")
    before, after, shared = [], [], []
    for pair in baseline:
        old, new = measure.counts(pair), measure.counts(answered[pair.example.id])
        if isinstance(measure, Ratio):
            old, new = old or (new and (0.0, 0.0)), new or (old and (0.0, 0.0))
        if old is not None and new is not None:
            before.append(old)
            after.append(new)
            shared.append(pair)
    return before, after, shared


def _randomise(measure: Additive, first: Numbers, second: Numbers, apart: float, trials: int) -> float:
    import numpy as np

    taken = swap(first, second, trials=trials)
    rest = first.sum(axis=0) + second.sum(axis=0) - taken
    return _share(np.abs(measure.scores(taken) - measure.scores(rest)) >= apart)


def _share(reached: NDArray[np.bool_]) -> float:
    """Return the share of trials, the observed one counted among them."""
    return (int(reached.sum()) + 1) / (len(reached) + 1)
