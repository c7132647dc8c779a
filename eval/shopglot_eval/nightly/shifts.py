"""Is a night unlike those before it? Shares with the variation between nights allowed for, values by their deciles.

**Shares** (published, held for a reason, texts with an unknown word). Nights differ more than chance alone makes them:
shops load their pages in lots. The variation between the earlier nights is measured as Pearson's dispersion

    phi = sum over nights (x - n p)^2 / (n p (1 - p)) / (k - 1)        1 at least

and the chi-square statistic of tonight against all of them together is divided by it and read in the F distribution
with 1 and k - 1 degrees of freedom (quasi-binomial; McCullagh & Nelder 1989, 4.5). With fewer than `NIGHTS` nights phi
is not known, and nothing is called a shift. All shares that a reader looks through together are corrected for by
Benjamini and Hochberg's false discovery rate.

**Values** (scores, signals, lengths): the population stability index of `shopglot.quality.drift` against the deciles of
the earlier values. Of n values against m it is above 0 by chance: then about chi-square with 9 degrees of freedom times
(1/n + 1/m) (Yurdakul 2018). Texts of one page are alike, and one text stands on many pages: n and m are the pages or
the different texts, whichever are fewer. `noise` is the point that this passes with a chance of 5%, shared out among
all values that are looked at together (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopglot.quality.drift import BINS, LEAST, drift

NIGHTS = 3  # earlier nights with pages: with fewer, how much nights vary is not known
ALPHA = 0.05


def compare(count: int, of: int, before: Sequence[tuple[int, int]]) -> float | None:
    """Return the p value (two-sided) of a share tonight against those of earlier nights, each as (count, of).

    None where there is nothing tonight, or fewer than `NIGHTS` earlier nights have anything.
    """
    from scipy.special import fdtrc

    nights = [(x, n) for x, n in before if n > 0]
    if of <= 0 or len(nights) < NIGHTS:
        return None
    total, all_of = sum(x for x, _ in nights), sum(n for _, n in nights)
    pooled = (total + count) / (all_of + of)
    if pooled in (0.0, 1.0):
        return 1.0
    rate = total / all_of
    spread = 1.0
    if 0 < rate < 1:
        pearson = sum((x - n * rate) ** 2 / (n * rate * (1 - rate)) for x, n in nights)
        spread = max(1.0, pearson / (len(nights) - 1))
    difference = count / of - rate
    statistic = difference**2 / (pooled * (1 - pooled) * (1 / of + 1 / all_of))
    return float(fdtrc(1, len(nights) - 1, statistic / spread))


def corrected(ps: Sequence[float | None]) -> list[float | None]:
    """Return p values adjusted for the false discovery rate, in their order; None stays None."""
    from scipy.stats import false_discovery_control

    known = [p for p in ps if p is not None]
    adjusted = iter(false_discovery_control(known).tolist() if known else ())
    return [None if p is None else float(next(adjusted)) for p in ps]


def deciles(values: Sequence[float]) -> list[float] | None:
    """Return the nine deciles of values, None where they are fewer than an index needs."""
    import numpy as np

    if len(values) < LEAST:
        return None
    return [float(value) for value in np.quantile(np.asarray(values, dtype=float), [n / BINS for n in range(1, BINS)])]


def index(values: Sequence[float], earlier: Sequence[float]) -> float | None:
    """Return the stability index of values against earlier ones, None where either are fewer than `LEAST`."""
    edges = deciles(earlier)
    if edges is None or len(values) < LEAST:
        return None
    return drift(edges, values)


def noise(values: int, earlier: int, looked_at: int) -> float:
    """Return the index that so many values against so many reach by chance, when `looked_at` indices are looked at."""
    from scipy.special import chdtri

    return float(chdtri(BINS - 1, ALPHA / max(looked_at, 1))) * (1 / values + 1 / earlier)


def together(parts: Mapping[int, tuple[int, int]], runs: Sequence[int]) -> tuple[int, int]:
    """Return the sum of (count, of) over some runs."""
    own = [parts[run] for run in runs if run in parts]
    return sum(x for x, _ in own), sum(n for _, n in own)
