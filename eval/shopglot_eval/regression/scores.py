"""Is the score still what it was? One that moved on texts that did not, and one that people's judgements contradict.

A score is fitted to mean a probability, and the gate's cut-offs rely on it. Where source and translation are the same
as in the baseline the score has no reason to be another: shifted, squeezed or shuffled, it no longer means what the
cut-offs were fitted on. How far it moved, whichever way, is therefore a change for the worse until somebody takes it
for the new baseline, which is what one does after a new fit. Where reviewers judged a translation, the Brier score
says besides whether the new score is the worse one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopglot_eval.records import Better, Figure, Form, Pair

MOVED = "score.moved"
ROUNDING = 1e-9
STILL = 0.01  # a score that moved by less has not moved: another order of sums, another rounding


@dataclass(frozen=True, slots=True)
class Brier:
    """(score - judgement) squared, averaged over the texts whose translation reviewers judged (Brier 1950)."""

    name: str = "score.brier"
    title: str = "Brier score of judged texts"
    better: Better = "lower"
    form: Form = "number"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the mean over the judged texts that have a score."""
        values = [(value, pair.example.id) for pair in pairs if (value := self.value(pair)) is not None]
        if not values:
            return Figure(
                measure=self.name, value=None, better=self.better, form=self.form, note="no judged translation"
            )
        return Figure(
            measure=self.name, value=sum(value for value, _ in values) / len(values), count=len(values),
            better=self.better, form=self.form,
            against=tuple(name for value, name in sorted(values, key=lambda one: -one[0]) if value > 0.25),
        )  # fmt: skip

    def value(self, pair: Pair) -> float | None:
        """Return the squared error, None where there is no score or nobody judged this very translation."""
        judged = dict(pair.example.judged).get(pair.output.target)
        if judged is None or pair.output.score is None:
            return None
        return (pair.output.score - judged) ** 2


def moved(before: Pair, after: Pair) -> float | None:
    """Return how far the score of a text moved beyond `STILL`, below 0 where it stood still.

    None where the translation is another one, or has no score on one side.
    """
    if before.output.target != after.output.target or before.output.score is None or after.output.score is None:
        return None
    return abs(after.output.score - before.output.score) - STILL


def describe(before: Sequence[float], after: Sequence[float]) -> str:
    """Say how scores of the same texts moved: shifted, squeezed or stretched, and whether their order is the same."""
    from statistics import stdev

    from scipy.stats import kendalltau

    shift = sum(after) / len(after) - sum(before) / len(before)
    words = [f"shifted by {shift:+.3f} on average"]
    # What differs by rounding alone has no spread that could be squeezed.
    if len(before) > 1 and max(before) - min(before) > ROUNDING:
        ratio = stdev(after) / stdev(before)
        kind = "squeezed to" if ratio < 0.95 else "stretched to" if ratio > 1.05 else "spread"
        words.append(f"{kind} {ratio:.2f} of what they were")
        order = float(kendalltau(before, after).statistic) if ratio > 0 else float("nan")
        words.append("all equal now" if order != order else f"order kept to tau {order:.2f}")  # noqa: PLR0124
    return f"scores of the same translations {', '.join(words)}"
