"""How much the score of a text has in common with its overlap with references: what is left where nobody judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shopglot_eval.measures.judgements import listing_of
from shopglot_eval.measures.ranking import item_kendalls, kendall, pearson
from shopglot_eval.measures.resampling import Interval, intervals
from shopglot_eval.records import Figure, Pair

Row = tuple[Pair, float, float]  # a text, its score, and what it is worth

WEAK = (
    "Read this as how much score and overlap have in common, not as how right the score is: chrF of a single text "
    "hardly agrees with experts itself (Kendall .045 on the WMT23 news of zh-en, where a metric that reads the source "
    "alone has .397: Perrella et al. 2024, Guardians of the Machine Translation Meta-Evaluation)."
)


def correlate(rows: Sequence[Row], *, rounds: int, seed: int) -> dict[str, Figure]:
    """Return `score.chrf.kendall` and `score.chrf.pearson` of a system's texts, with intervals.

    Intervals are bootstraps over listings.
    """
    import numpy as np

    scores, truth = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])

    def statistic(drawn: Any) -> dict[str, float | None]:
        return {
            "score.chrf.kendall": kendall(scores[drawn], truth[drawn]),
            "score.chrf.pearson": pearson(scores[drawn], truth[drawn]),
        }

    values = statistic(np.arange(len(rows)))
    bounds = intervals([listing_of(row[0].example) for row in rows], statistic, rounds=rounds, seed=seed)
    return {name: _correlation(name, value, bounds.get(name), len(rows)) for name, value in values.items()}


def item_level(rows: Sequence[Row], name: str, *, rounds: int, seed: int) -> Figure:
    """Return item-level Kendall: its mean over the examples of which systems made texts of different worth.

    `rows` are of all systems together. A score that reads the source alone has 0 here, however well it does over all.
    """
    import numpy as np

    listings: Mapping[object, str] = {row[0].example.id: listing_of(row[0].example) for row in rows}
    found = item_kendalls([row[1] for row in rows], [row[2] for row in rows], [row[0].example.id for row in rows])
    if not found:
        note = "no example has texts of different worth: item-level figures need rival systems"
        return Figure(measure=name, value=None, form="correlation", unit="examples", note=note)
    values = np.array(list(found.values()))
    bounds = intervals(
        [listings[example] for example in found], lambda drawn: {name: float(values[drawn].mean())},
        rounds=rounds, seed=seed,
    )  # fmt: skip
    return replace(_correlation(name, float(values.mean()), bounds.get(name), len(found)), unit="examples")


def _correlation(name: str, value: float | None, bounds: Interval | None, counted: int) -> Figure:
    low, high = bounds if bounds and value is not None else (None, None)
    note = "" if value is not None else "too few texts, or all are the same"
    return Figure(measure=name, value=value, low=low, high=high, count=counted, form="correlation", note=note)
