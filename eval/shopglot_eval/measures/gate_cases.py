"""What the gate decides on, a text or a whole page: its score, its verdict, and whether reviewers would publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shopglot.decide import fold, verdict_of
from shopglot.quality.gate import correlation, interval, upper_bound
from shopglot.types import HUMAN, Decision, Verdict
from shopglot_eval.measures.judgements import Seen, judgement, listing_of
from shopglot_eval.measures.resampling import CONFIDENCE
from shopglot_eval.records import Pair

MOST_POINTS = 120  # of a curve: what a reader can tell apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text or a page in front of the gate. `examples` are its texts, `wrong` those judged bad.

    `score` is the lowest of its texts', and 0 where a finding holds one of them, because then no score publishes it;
    None where a text has none. `good` says that reviewers would publish all of it, None where not all of it was judged:
    a page is not taken for bad because of the part that somebody read. `listing` is what it is resampled with.
    """

    listing: str
    examples: tuple[str, ...]
    wrong: tuple[str, ...]
    score: float | None
    verdict: Verdict | None
    reasons: tuple[str, ...]
    good: bool | None


def by_text(pairs: Sequence[Pair], *, seen: Seen | None = None) -> list[Case]:
    """Return a case for each text, without those whose example the estimator has seen."""
    return [_case([pair]) for pair in pairs if seen is None or not seen(pair.example)]


def by_listing(pairs: Sequence[Pair], *, seen: Seen | None = None) -> list[Case]:
    """Return a case for each page (what stands alone is one), without those that the estimator has seen a text of."""
    pages: dict[str, list[Pair]] = {}
    for pair in pairs:
        pages.setdefault(listing_of(pair.example), []).append(pair)
    return [_case(page) for page in pages.values() if seen is None or not any(seen(pair.example) for pair in page)]


def _case(page: Sequence[Pair]) -> Case:
    labels = [judgement(pair) for pair in page]
    scores = [_score(pair) for pair in page]
    known = [score for score in scores if score is not None]
    decisions = [Decision(verdict=o.verdict, reasons=o.reasons) for o in (p.output for p in page) if o.verdict]
    decided = fold(decisions) if len(decisions) == len(page) else None
    return Case(
        listing=listing_of(page[0].example), examples=tuple(pair.example.id for pair in page),
        wrong=tuple(pair.example.id for pair, good in zip(page, labels, strict=True) if good is False),
        score=min(known) if len(known) == len(page) else None,
        verdict=decided.verdict if decided else None, reasons=decided.reasons if decided else (),
        good=None if None in labels else all(labels),
    )  # fmt: skip


def _score(pair: Pair) -> float | None:
    if any(verdict_of(finding) != "publish" for finding in pair.output.findings):
        return 0.0
    return 1.0 if pair.output.signature == HUMAN else pair.output.score


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a cut-off publishes: `published` of all cases, `bad` of these, with the 95% interval of their share."""

    cutoff: float
    coverage: float
    published: int
    bad: int
    low: float
    high: float

    @property
    def risk(self) -> float:
        """The share of bad ones among what is published."""
        return self.bad / self.published


def coverage_risk(cases: Sequence[Case]) -> list[Step]:
    """Return the coverage-risk curve of judged, scored cases, from the surest cut-off down: a step for each score.

    What findings hold counts among all cases and is never published, so that the curve ends before full coverage.
    At most `MOST_POINTS` steps, evenly by coverage; the last one is always there.
    """
    known = sorted((case for case in cases if case.score is not None and case.good is not None), key=_descending)
    steps: list[Step] = []
    last = -1
    for position, case in enumerate(known):
        score = case.score or 0.0
        ends = position + 1 == len(known) or known[position + 1].score != score
        final = position + 1 == len(known) or not known[position + 1].score
        if not score or not ends:
            continue
        place = (position + 1) * MOST_POINTS // len(known)
        if place > last or final:
            last = place
            steps.append(step(known, score))
    return steps


def step(cases: Sequence[Case], cutoff: float) -> Step:
    """Return what a cut-off above 0 makes of judged, scored cases; the interval is (0, 1) where it publishes none."""
    known = [case for case in cases if case.score is not None and case.good is not None]
    published = [case for case in known if (case.score or 0.0) >= cutoff]
    bad = sum(not case.good for case in published)
    low, high = bounds([not case.good for case in published], [case.listing for case in published])
    coverage = len(published) / len(known) if known else 0.0
    return Step(cutoff=cutoff, coverage=coverage, published=len(published), bad=bad, low=low, high=high)


def bounds(labels: Sequence[bool], listings: Sequence[str]) -> tuple[float, float]:
    """Return the 95% Clopper-Pearson interval of a share; (0, 1) where there is nothing.

    Texts of a page are alike: both counts are divided by Kish's design effect, as `quality.gate.fit_cutoff` does. It is
    1 where each has a page of its own.
    """
    worth = 1 / design_effect(labels, listings)
    return interval(sum(labels) * worth, len(labels) * worth, CONFIDENCE)


def highest(labels: Sequence[bool], listings: Sequence[str], confidence: float) -> float:
    """Return the upper bound that the true share is below with this confidence, as `bounds` divides counts."""
    worth = 1 / design_effect(labels, listings)
    return upper_bound(sum(labels) * worth, len(labels) * worth, confidence)


def design_effect(labels: Sequence[bool], listings: Sequence[str]) -> float:
    """Return Kish's design effect 1 + (m - 1) x ICC, with m the mean size of the page of a text; 1 for none."""
    import numpy as np

    if not labels:
        return 1.0
    names = {name: number for number, name in enumerate(dict.fromkeys(listings))}
    numbers = np.array([names[listing] for listing in listings], dtype=int)
    mean = float((np.bincount(numbers) ** 2).sum()) / len(labels)
    return 1 + (mean - 1) * correlation(np.asarray(labels, dtype=float), numbers)


def aurc(scores: Any, bad: Any) -> float | None:
    """Return the area under the coverage-risk curve: the mean risk over the 1, 2, … n surest cases; None for none.

    (Geifman, Uziel and El-Yaniv, 2019, "Bias-reduced uncertainty estimation for deep neural classifiers", ICLR.) Equal
    scores stand in no order: there it is the mean over all orders. A score that orders nothing has the share of bad
    cases.
    """
    import numpy as np

    values, wrong = np.asarray(scores, dtype=float), np.asarray(bad, dtype=float)
    if not len(values):
        return None
    order = np.argsort(-values, kind="stable")
    ends = np.concatenate([np.flatnonzero(np.diff(values[order])) + 1, [len(values)]])
    sums = np.cumsum(wrong[order])[ends - 1]
    counts = np.arange(1, len(values) + 1)
    return float((np.interp(counts, [0, *ends], [0, *sums]) / counts).mean())


def _descending(case: Case) -> tuple[float, str]:
    return (-(case.score or 0.0), case.examples[0])
