"""Parts of a suite that are looked at by themselves, and those of them that are worse than the rest.

A slice is all pairs that share a trait of their example (or, for `origin`, of where the text came from): a field, a
category, a length. Slices of different dimensions overlap, and so do a category and those below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from shopglot.script import simplify
from shopglot_eval.corpus.figures import SLANG
from shopglot_eval.measures.shares import CONFIDENCE, Trial, bound_share, cluster_of
from shopglot_eval.measures.sources import find_numbers, has_markup
from shopglot_eval.records import Dimension, Example, Figure, Measure, Pair

Key = tuple[Dimension, str]
DIMENSIONS: tuple[Dimension, ...] = (
    "field", "category", "length", "number", "slang", "markup", "domain", "origin",
)  # fmt: skip
LENGTHS = (5, 15, 30, 60)  # characters of the source that bands of length end with; what is longer is one more
LEVELS = 2  # of categories: 美妆 and 美妆/护肤
FEWEST = 30  # texts of a slice, and of the rest, below which nothing is said of it
MOST = 5  # slices that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class WorseSlice:
    """A slice that is worse than the rest.

    `mean` is that of the values of its `count` texts, `rest` that of all other texts, `deficit` (above 0) how much
    worse the slice is, whichever way the measure points; `low` and `high` bound it. `figure` is the measure's own
    figure of the slice. `texts` are ids of its examples, worst first.
    """

    dimension: Dimension
    part: str
    count: int
    mean: float
    rest: float
    deficit: float
    low: float
    high: float
    figure: Figure
    texts: tuple[str, ...]


def slices(pairs: Sequence[Pair]) -> dict[Key, list[Pair]]:
    """Return the slices of pairs, each in their order: by dimension, bands by length, other parts by their names.

    What a pair does not know of itself (no category, no domain) puts it into no slice; a part that all pairs are in is
    left out, for it is the whole.
    """
    return {key: [pairs[place] for place in places] for key, places in _places(pairs).items()}


def worst_slices(
    measure: Measure,
    pairs: Sequence[Pair],
    *,
    fewest: int = FEWEST,
    most: int = MOST,
    confidence: float = CONFIDENCE,
) -> list[WorseSlice]:
    """Return the slices that are worse than the rest of the pairs, those that are so by most at the least first.

    Compared are the means of what single texts have (`Measure.value`), of a slice and of all other texts, where there
    are `fewest` of both that can be measured. The interval of the difference is put together from those of the two
    means (MOVER; Zou and Donner 2008, Statistics in Medicine 27, 1693-1702), which take texts of a page as a cluster:
    for shares that of `bound_share`, else Student's with the cluster-robust variance. Texts of one page on both sides
    make it wider than need be. All intervals hold together with the `confidence` (Bonferroni, over the slices that
    were compared), and only slices whose interval excludes 0 are named. Of slices with the same texts the first stands
    for all. Measures that say neither better nor worse, or nothing of single texts, have no worst slices.
    """
    if measure.better == "":
        return []
    values = [measure.value(pair) for pair in pairs]
    known = [place for place, value in enumerate(values) if value is not None]
    trials = {
        place: Trial(id=pairs[place].example.id, cluster=cluster_of(pairs[place].example), hits=value, total=1.0)
        for place, value in enumerate(values)
        if value is not None
    }
    compared = _compared(_places(pairs), known, fewest)
    bound = bound_share if _is_share(measure, trials.values()) else bound_mean
    each = 1 - (1 - confidence) / max(len(compared), 1)
    sign = -1 if measure.better == "higher" else 1
    found = []
    for (dimension, part), inside in compared.items():
        chosen = set(inside)
        own = [trials[place] for place in inside]
        rest = [trials[place] for place in known if place not in chosen]
        bounds, others = bound(own, confidence=each), bound(rest, confidence=each)
        if bounds is None or others is None:
            continue
        mean, mean_rest = _mean(own), _mean(rest)
        if sign < 0:
            bounds, others = (-bounds[1], -bounds[0]), (-others[1], -others[0])
        deficit = sign * (mean - mean_rest)
        low = deficit - sqrt((sign * mean - bounds[0]) ** 2 + (others[1] - sign * mean_rest) ** 2)
        high = deficit + sqrt((bounds[1] - sign * mean) ** 2 + (sign * mean_rest - others[0]) ** 2)
        if low > 0:
            found.append(
                WorseSlice(
                    dimension=dimension, part=part, count=len(own), mean=mean, rest=mean_rest, deficit=deficit,
                    low=low, high=high, figure=measure.measure([pairs[place] for place in inside]),
                    texts=tuple(trial.id for trial in sorted(own, key=lambda one: -sign * one.hits)),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (-one.low, one.dimension, one.part))[:most]


def bound_mean(trials: Sequence[Trial], *, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """Return the interval of the mean of `hits`, None where there are fewer than two clusters.

    Student's, with one degree of freedom fewer than clusters and the cluster-robust variance of a mean (Liang and
    Zeger 1986, Biometrika 73, 13-22, with the factor G / (G - 1) for G clusters).
    """
    sums: dict[str, float] = defaultdict(float)
    mean = _mean(trials)
    for trial in trials:
        sums[trial.cluster] += trial.hits - mean
    if len(sums) < 2:
        return None
    from scipy.special import stdtrit

    count = len(sums)
    error = sqrt(sum(one**2 for one in sums.values()) * count / (count - 1)) / len(trials)
    half = float(stdtrit(count - 1, (1 + confidence) / 2)) * error
    return mean - half, mean + half


def has_slang(source: str) -> bool:
    """Whether a source has a word of the chat and the video rooms, by the list that the corpus is described with.

    The glossary marks no such words: what it only suggests are slang and all words of several senses alike. Latin ones
    (get, emo) count as words of their own only.
    """
    text = simplify(source)
    return any(_stands_alone(text, match.start(), match.end()) for match in SLANG.finditer(text))


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])
    return not before and not (end < len(text) and _is_latin(text[end]) and _is_latin(text[end - 1]))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _compared(places: Mapping[Key, Sequence[int]], known: Sequence[int], fewest: int) -> dict[Key, list[int]]:
    """Return the slices that are large enough, with the texts in them that can be measured, each set of texts once."""
    measured = set(known)
    compared: dict[Key, list[int]] = {}
    seen: set[tuple[int, ...]] = set()
    for key, own in places.items():
        inside = [place for place in own if place in measured]
        if len(inside) < fewest or len(known) - len(inside) < fewest or tuple(inside) in seen:
            continue
        seen.add(tuple(inside))
        compared[key] = inside
    return compared


def _is_share(measure: Measure, trials: Iterable[Trial]) -> bool:
    return measure.form == "share" and all(0 <= trial.hits <= 1 for trial in trials)


def _mean(trials: Sequence[Trial]) -> float:
    return sum(trial.hits for trial in trials) / len(trials)


def _places(pairs: Sequence[Pair]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        for key in _traits(pair.example):
            found[key].append(place)
        found["origin", pair.output.origin].append(place)
    order = sorted((key for key, own in found.items() if len(own) < len(pairs)), key=_rank)
    return {key: found[key] for key in order}


def _rank(key: Key) -> tuple[int, int, str]:
    dimension, part = key
    return DIMENSIONS.index(dimension), _BANDS.index(part) if dimension == "length" else 0, part


@lru_cache(maxsize=32_768)
def _traits(example: Example) -> tuple[Key, ...]:
    traits: list[Key] = [("field", example.field)] if example.field else []
    levels = [level for level in example.category.split("/") if level][:LEVELS]
    traits += [("category", "/".join(levels[: depth + 1])) for depth in range(len(levels))]
    traits.append(("length", _band(len(example.source))))
    traits += [(dimension, names[not test(example)]) for dimension, test, names in _TESTS]
    if example.domain:
        traits.append(("domain", example.domain))
    return tuple(traits)


def _band(length: int) -> str:
    return _BANDS[sum(length > end for end in LENGTHS)]


_BANDS = (
    f"to {LENGTHS[0]} characters",
    *(f"{low + 1} to {high} characters" for low, high in pairwise(LENGTHS)),
    f"over {LENGTHS[-1]} characters",
)
_TESTS: tuple[tuple[Dimension, Callable[[Example], bool], tuple[str, str]], ...] = (
    ("number", lambda example: bool(find_numbers(example)), ("with a number", "without a number")),
    ("slang", lambda example: has_slang(example.source), ("with slang", "without slang")),
    ("markup", has_markup, ("with markup", "without markup")),
)
