"""Do texts still look as those did that the estimator was fitted on? The population stability index of a signal.

    PSI = sum over ten bins of (p - q) ln(p / q)        q = 1/10, p = share of the values in the bin

The bins are those that the nine deciles of the calibration set cut, one tenth of it in each. (Siddiqi, 2006, Credit
Risk Scorecards.) Customary readings: below .1 nothing to see, .1 to .2 some change, above .2 shifted. With
few values it is above 0 by chance alone: about 9 / n for n of them, .09 for the least that `drifts` speaks of.

Many signals pile up on a few values (`prose` is 0 or 1, most texts have no finding), and deciles do not say how many
values equal one: of deciles 0 x 7, 1, 1 the zeros may be 70% or 79%. Values that equal a decile are therefore shared
out among the bins that meet there so that the index is least: what is told is the shift that no reading of the deciles
explains. The set that the deciles come from has 0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import fabs, isnan, log

from shopglot.errors import DataError

SOME = 0.1
SHIFTED = 0.2
LEAST = 100  # values of a signal; of fewer nothing is said
BINS = 10
_DIGITS = 6e-5  # deciles are written with five digits, signals are kept with four decimals: equal but for that
_ROUNDS = 400  # the error shrinks by a tenth in each


class Tally:
    """Counts values against nine deciles: how many are below each, and how many are not above it."""

    def __init__(self, usual: Sequence[float]) -> None:
        if len(usual) != BINS - 1 or not all(low <= high for low, high in pairwise(usual)):
            raise DataError(f"deciles {list(usual)}: nine ascending numbers are needed; fit the estimator again.")
        self._lows = [edge - _DIGITS * (1 + fabs(edge)) for edge in usual]
        self._highs = [edge + _DIGITS * (1 + fabs(edge)) for edge in usual]
        self._below, self._upto = [0] * BINS, [0] * BINS
        self.count = 0

    def add(self, value: float) -> None:
        """Count a value; one that is not a number says nothing."""
        if isnan(value):
            return
        self.count += 1
        self._below[bisect_right(self._lows, value)] += 1
        self._upto[bisect_left(self._highs, value)] += 1

    def stability(self) -> float:
        """Return the population stability index, half a value added to each bin so that it is finite; 0 for none."""
        if not self.count:
            return 0.0
        bounds = list(zip(accumulate(self._below), accumulate(self._upto), strict=True))[: BINS - 1]
        total = self.count + BINS / 2
        shares = [(high - low + 0.5) / total for low, high in pairwise(_smoothest(bounds, self.count))]
        return max(0.0, sum((share - 1 / BINS) * log(share * BINS) for share in shares))


def drift(usual: Sequence[float], values: Iterable[float]) -> float:
    """Return the population stability index of `values` against the set with these nine deciles.

    0 or more, and finite. Raises DataError where the deciles are not nine ascending numbers.
    """
    tally = Tally(usual)
    for value in values:
        tally.add(value)
    return tally.stability()


def drifts(usual: Mapping[str, Sequence[float]], texts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the index of every signal by name, the largest first; `texts` gives the signals of each text.

    A signal that has no deciles, or fewer than `LEAST` values, is left out. Only what was calibrated compares: give
    texts that a machine wrote. `texts` is read once, and nothing of it is kept.
    """
    tallies = {name: Tally(deciles) for name, deciles in usual.items()}
    for signals in texts:
        for name, value in signals.items():
            if (tally := tallies.get(name)) is not None:
                tally.add(value)
    found = {name: tally.stability() for name, tally in tallies.items() if tally.count >= LEAST}
    return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


def _smoothest(bounds: Sequence[tuple[float, float]], total: float) -> list[float]:
    """Return cumulative counts from 0 to `total`, each within its bounds, that rise as evenly as can be.

    They have the least sum of squared steps, and with it the least sum of any convex function of the steps, the index
    among them: it is the shortest string through the gates (the taut string; Barlow et al. 1972). Found by moving each
    count to the middle of its neighbours, as far as its bounds allow.
    """
    heights = [0.0, *((low + high) / 2 for low, high in bounds), float(total)]
    for _ in range(_ROUNDS):
        for place, (low, high) in enumerate(bounds, 1):
            heights[place] = min(max((heights[place - 1] + heights[place + 1]) / 2, low), high)
    return heights
