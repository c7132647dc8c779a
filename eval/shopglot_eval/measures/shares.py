"""Shares with an interval: of texts, of numbers, of terms, where those of one page are no independent observations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shopglot.quality.gate import interval
from shopglot_eval.records import Example, Figure, Measure, Pair

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one example adds to a share: `hits` of `total`. `cluster` names what it is resampled with (its page)."""

    id: str
    cluster: str
    hits: float
    total: float


def cluster_of(example: Example) -> str:
    """Return what an example is one observation with: its listing, or itself where it stands alone."""
    return example.listing or example.id


def count_trials(count: Callable[[Pair], tuple[float, float]], pairs: Iterable[Pair]) -> Iterator[Trial]:
    """Yield what each pair adds by a count of its hits and of what they are out of; nothing where that is 0."""
    for pair in pairs:
        hits, total = count(pair)
        if total:
            yield Trial(id=pair.example.id, cluster=cluster_of(pair.example), hits=hits, total=total)


def bound_share(trials: Sequence[Trial], *, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """Return the interval of the share of hits, None where there are fewer than two clusters to judge by.

    Clopper and Pearson's interval at the effective number of trials (Korn and Graubard 1998, Survey Methodology 24,
    193-201): the number of trials divided by the design effect of the clusters, with the variance of a ratio by
    linearisation, and corrected for the few clusters by the squared ratio of Student's quantiles; never more than the
    trials there are. Where all are hits or none is, the trials do not say how alike those of a cluster are, and each
    counts as one.
    """
    clusters: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for trial in trials:
        sums = clusters[trial.cluster]
        sums[0] += trial.hits
        sums[1] += trial.total
    hits, total = sum(one[0] for one in clusters.values()), sum(one[1] for one in clusters.values())
    if not total or len(clusters) < 2:
        return None
    share = min(1.0, max(0.0, hits / total))
    worth = _effective(list(clusters.values()), share, total, confidence)
    return interval(share * worth, worth, confidence)


def measure_share(measure: Measure, trials: Iterable[Trial], *, unit: str, nothing: str, note: str = "") -> Figure:
    """Return the share of hits as a figure of a measure; `nothing` is its note where there is nothing to measure.

    Against it speak the examples with misses, or with hits where lower is better, those with most of them first.
    """
    known = [trial for trial in trials if trial.total > 0]
    total = sum(trial.total for trial in known)
    if not total:
        return Figure(
            measure=measure.name, value=None, unit=unit, better=measure.better, form=measure.form, note=nothing
        )
    bounds = bound_share(known)
    return Figure(
        measure=measure.name,
        value=sum(trial.hits for trial in known) / total,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        count=round(total),
        unit=unit,
        better=measure.better,
        form=measure.form,
        note=note,
        against=_against(known, lower=measure.better == "lower"),
    )


def _against(trials: Sequence[Trial], *, lower: bool) -> tuple[str, ...]:
    wrong = [(trial.hits if lower else trial.total - trial.hits, trial.id) for trial in trials]
    return tuple(name for much, name in sorted(wrong, key=lambda one: -one[0]) if much > 0)


def _effective(clusters: Sequence[Sequence[float]], share: float, total: float, confidence: float) -> float:
    """Return how many independent trials those of the clusters, each with its hits and total, are worth."""
    if share in (0.0, 1.0):
        return total
    from scipy.special import stdtrit

    count = len(clusters)
    scatter = sum((hits - share * size) ** 2 for hits, size in clusters) * count / (count - 1)
    if not scatter:
        return total
    independent = total * share * (1 - share)  # what `scatter` would be, were all trials independent
    side = (1 + confidence) / 2
    few = (stdtrit(max(total - 1, 1), side) / stdtrit(count - 1, side)) ** 2
    return min(total, float(total * independent / scatter * few))
