"""What reviewers said of what a system wrote: the labels that the score and the gate are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shopglot.types import HUMAN
from shopglot_eval.records import Example, Output, Pair

Seen = Callable[[Example], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A pair with what reviewers said of it: `good` where all of them would publish it unedited."""

    pair: Pair
    good: bool


def judgement(pair: Pair) -> bool | None:
    """Return whether reviewers would publish a pair's target unedited, None where nobody judged this very text.

    Where a text was judged more than once, it is good if nobody would have changed it.
    """
    said = [good for target, good in pair.example.judged if target == pair.output.target]
    return all(said) if said else None


def label(pairs: Sequence[Pair], *, seen: Seen | None = None) -> list[Labelled]:
    """Return the pairs that somebody judged, in their order, without those whose example the estimator has `seen`."""
    found = []
    for pair in pairs:
        good = judgement(pair)
        if good is not None and (seen is None or not seen(pair.example)):
            found.append(Labelled(pair=pair, good=good))
    return found


def estimated(output: Output) -> float | None:
    """Return the score of a text where it is an estimate: None where there is none, or where a person approved it."""
    return None if output.signature == HUMAN else output.score


def listing_of(example: Example) -> str:
    """Return what an example is resampled and published with: its page, or itself where it stands alone."""
    return example.listing or example.id
