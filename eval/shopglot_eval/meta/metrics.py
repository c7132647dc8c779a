"""What is held against experts: our score, its signals, and BLEU and chrF with references."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopglot.quality import Estimator
from shopglot.types import View
from shopglot_eval.estimation.examples import Signals
from shopglot_eval.estimation.texts import Pair as Text
from shopglot_eval.measures.surface import BLEU, CHRF, Surface
from shopglot_eval.meta.ratings import Ratings
from shopglot_eval.records import Example, Output, Pair

TELL_EVERY = 10.0  # seconds
MARKET = "us"  # MQM sets are English: what decides is the tokenizer
# A signal has no direction of its own; these are higher where a text is better, all others lower.
BETTER_HIGH = frozenset(
    "told forward forward-worst forward-total backward backward-worst backward-total alone gain".split()
)

Row = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number for each text, higher meaning better: `values` has a row for each system, a column for each segment.

    `blind` metrics know no reference, and have rows for people's translations too; the others have them for machines
    only. A system's own number is the mean of its texts', or where `counts` (systems x segments x numbers) are given,
    `pool` of their sums, as corpus BLEU is.
    """

    name: str
    title: str
    blind: bool
    values: Any
    counts: Any = None
    pool: Callable[[Any], Any] | None = None

    def of_systems(self, drawn: Any) -> Any:
        """Return the number of each system (draws x systems) for draws x segments: how often each was drawn."""
        import numpy as np

        if self.counts is None or self.pool is None:
            return np.round(drawn @ np.asarray(self.values).T / drawn.sum(axis=1, keepdims=True), 12)
        return np.stack([self.pool(drawn @ own) for own in self.counts], axis=1)


def overlaps(ratings: Ratings) -> list[Metric]:
    """Return chrF and BLEU (sacrebleu) of the machines, with what people wrote as references; none where nobody did."""
    if not ratings.people:
        return []
    return [_overlap(ratings, CHRF), _overlap(ratings, BLEU)]


def signals(ratings: Ratings, rows: Sequence[Sequence[Row]]) -> list[Metric]:
    """Return a metric for each signal that all texts have and that is not the same in all of them."""
    import numpy as np

    known = set.intersection(*(set(row) for own in rows for row in own))
    found = []
    for name in sorted(known):
        values = np.array([[row[name] for row in own] for own in rows], dtype=float)
        if np.ptp(values) > 0:
            sign = 1.0 if name in BETTER_HIGH else -1.0
            found.append(Metric(name=f"signal.{name}", title=name, blind=True, values=sign * values))
    return found


def scores(rows: Sequence[Sequence[Row]], estimator: Estimator) -> list[Metric]:
    """Return the score of each variant whose views all texts were read in, the one without views among them."""
    import numpy as np

    found = []
    for variant in sorted(estimator.variants, key=lambda one: len(one.views)):
        if all(view in row for own in rows for row in own for view in variant.views):
            values = np.array([[variant.predict(row) for row in own] for own in rows], dtype=float)
            title = f"our score ({variant.name})"
            found.append(Metric(name=f"score.{variant.name}", title=title, blind=True, values=values))
    return found


def measure(ratings: Ratings, signal: Signals) -> list[list[dict[str, float]]]:
    """Return all signals of all texts, as rows of `ratings.targets`; tells on stderr how far it is."""
    started = told = time.monotonic()
    found: list[list[dict[str, float]]] = [[] for _ in ratings.systems]
    for place, source in enumerate(ratings.sources):
        for own, targets in zip(found, ratings.targets, strict=True):
            own.append(signal.of(Text(source=source, target=targets[place])))
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            done = f"{place + 1} of {len(ratings.sources)} segments"
            print(f"{ratings.name}: {done} in {told - started:.0f} s", file=sys.stderr, flush=True)
    return found


def read_in(rows: Sequence[Sequence[Row]], views: frozenset[View]) -> list[int]:
    """Return the places of the segments all of whose texts were read in these views."""
    return [place for place in range(len(rows[0])) if all(view in own[place] for own in rows for view in views)]


def _overlap(ratings: Ratings, measure: Surface) -> Metric:
    import numpy as np

    pairs = [
        [
            Pair(
                example=Example(id=segment, market=MARKET, source=source, references=references),
                output=Output(id=segment, target=target, origin="outside"),
            )
            for segment, source, references, target in zip(
                ratings.segments, ratings.sources, ratings.references, targets, strict=True
            )
        ]
        for targets in ratings.targets[: len(ratings.machines)]
    ]
    counts = [[measure.counts(pair) for pair in own] for own in pairs]
    width = max(len(one) for own in counts for one in own if one is not None)
    filled = [[one or (0.0,) * width for one in own] for own in counts]  # an empty reference adds nothing
    return Metric(
        name=measure.name, title=f"{measure.title} with references", blind=False,
        values=np.array([[measure.value(pair) or 0.0 for pair in own] for own in pairs]),
        counts=np.array(filled, dtype=float), pool=measure.scores,
    )  # fmt: skip
