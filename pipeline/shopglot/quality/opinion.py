"""What a model thinks of a finished translation when it reads it: token log-probabilities, summed up as named numbers.

| number | what it sees |
|---|---|
| `forward` | mean log-probability of the target's tokens when the source is known: is this a likely translation? |
| `forward-worst` | the lowest mean over `WINDOW` neighbouring tokens: one bad phrase in a good text |
| `forward-doubts` | log(1 + tokens below `UNLIKELY`): errors are counted, and a long text has room for more |
| `forward-total` | the sum over all tokens: how much there is to doubt in the whole text |
| `backward`, `-worst`, `-doubts`, `-total` | the same of the source when the target is known: is all of it said? |
| `alone` | mean log-probability of the target when nothing is known: is it fluent? |
| `gain` | `forward` less `alone`: how much the source explains; a fluent text of something else has none |

A model reads the text as it will be published, masks and terms in place, and never the one that its own decoding
reported: that one is of another prompt, and of a machine that is proud of its words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from math import isfinite, log1p

from shopglot.types import Scorer, View

WINDOW = 5  # tokens: about three English words, four Chinese characters
UNLIKELY = -4.0  # natural logarithm: one in 55
DIGITS = 3

Opinion = tuple[tuple[str, float], ...]


def read(scorer: Scorer, pairs: Sequence[tuple[str, str]], views: Collection[View]) -> list[Opinion]:
    """Return a model's opinion on each (source, target) pair in these views, in order, names sorted.

    Numbers of an empty text are left out. Raises `ModelError` for a view that the model cannot take.
    """
    scores = {view: scorer.score(pairs, view=view) for view in sorted(views)}
    return [summarize({view: found[number] for view, found in scores.items()}) for number in range(len(pairs))]


def summarize(tokens: Mapping[View, Sequence[float]]) -> Opinion:
    """Return the named numbers of one pair from the log-probabilities of the tokens of each view."""
    found: dict[str, float] = {}
    both: tuple[View, ...] = ("forward", "backward")
    for view in both:
        if scores := tokens.get(view):
            found[view] = _mean(scores)
            found[f"{view}-worst"] = _worst(scores)
            found[f"{view}-total"] = sum(scores)
            found[f"{view}-doubts"] = log1p(sum(score < UNLIKELY for score in scores))
    if scores := tokens.get("alone"):
        found["alone"] = _mean(scores)
        if "forward" in found:
            found["gain"] = found["forward"] - found["alone"]
    # What is no number counts as not read, so that the text waits for review.
    # Rounded, so that the last bits, which depend on the company in a batch, do not reach what is stored.
    return tuple(sorted((name, round(value, DIGITS)) for name, value in found.items() if isfinite(value)))


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


def _worst(scores: Sequence[float]) -> float:
    """Return the lowest mean of `WINDOW` neighbours; of all where there are fewer."""
    if len(scores) <= WINDOW:
        return _mean(scores)
    sums = list(accumulate(scores, initial=0.0))
    return min(after - before for before, after in zip(sums, sums[WINDOW:], strict=False)) / WINDOW
