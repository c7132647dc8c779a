"""Is the quality score right? Against reviewers where there are any, against references where there is nothing better.

Judgements are what the score speaks of: would a reviewer publish this text unedited? A reference is not: a good text
may share few words with it. So what is measured against references is how much the score and chrF have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopglot.errors import DataError
from shopglot_eval.measures.calibrating import MODEL, calibrate
from shopglot_eval.measures.cells import Link, place_id
from shopglot_eval.measures.judgements import Seen, estimated, label, listing_of
from shopglot_eval.measures.overlap import WEAK, Row, correlate, item_level
from shopglot_eval.measures.resampling import ROUNDS, SEED, intervals
from shopglot_eval.measures.scoring_blocks import Field, Judged, Overlap, show_fields, show_judged, show_overlap
from shopglot_eval.measures.surface import CHRF
from shopglot_eval.records import Answers, Figure, Measured, Pair, Place
from shopglot_eval.reporting.document import Block, Section

ALL = "*"  # the system of a figure that is of all systems together


def scoring(
    answers: Sequence[Answers], *, link: Link = str, seen: Seen | None = None, rounds: int = ROUNDS, seed: int = SEED
) -> tuple[Section, list[Measured]]:
    """Measure the scores of systems' answers to one suite in one market.

    `link` gives the id of an example's passage in the report. Examples that the estimator has `seen` when it was fitted
    are left out, or the score would be held against what it learned. Intervals are bootstraps over listings.

    Raises `DataError` where a score is not in 0..1, and `ValueError` where answers are of several suites or markets.
    """
    check_one(answers)
    judged = [
        Judged(answers=one, calibration=calibrate(label(one.pairs, seen=seen), rounds=rounds, seed=seed))
        for one in answers
    ]
    judged = [one for one in judged if one.calibration.texts]
    rows = {one.system: _overlapping(one) for one in answers}
    compared = [
        Overlap(answers=one, texts=len(own), figures=correlate(own, rounds=rounds, seed=seed))
        for one in answers
        if (own := rows[one.system])
    ]
    place = Place(suite=answers[0].suite, market=answers[0].market, system=ALL)
    blocks: list[Block] = []
    measured = [_at(one.answers, figure) for one in judged for figure in one.calibration.figures.values()]
    measured += [_at(one.answers, figure) for one in compared for figure in one.figures.values()]
    if judged:
        item = item_level(_judged_rows(judged), "score.item", rounds=rounds, seed=seed)
        measured.append(Measured(place=place, figure=item))
        blocks += show_judged(judged, item, link)
    if compared:
        item = item_level([row for own in rows.values() for row in own], "score.chrf.item", rounds=rounds, seed=seed)
        measured.append(Measured(place=place, figure=item))
        blocks += show_overlap(compared, item, link)
    fields = [(one, means) for one in answers if (means := _by_field(one.pairs, rounds, seed))]
    if fields:
        blocks.append(show_fields(fields))
    lead = _lead(judged=bool(judged), compared=bool(compared), scored=bool(fields))
    return Section(
        id=place_id("score", answers),
        title=f"Quality score: {place.suite}, {place.market}",
        lead=lead,
        blocks=tuple(blocks),
    ), measured


def check_one(answers: Sequence[Answers]) -> None:
    """Raise `ValueError` unless there are answers, all to one suite in one market, and `DataError` on a wrong score."""
    if len({(one.suite, one.market) for one in answers}) != 1:
        raise ValueError("give answers to one suite in one market")
    for one in answers:
        for pair in one.pairs:
            score = pair.output.score
            if score is not None and not 0 <= score <= 1:
                raise DataError(
                    f"{one.suite}, {one.market}, {one.system}: the score of {pair.example.id!r} is {score}: "
                    f"scores are in 0..1."
                )


def _overlapping(answers: Answers) -> list[Row]:
    own = [pair for pair in answers.pairs if pair.output.origin in MODEL and estimated(pair.output) is not None]
    return [(pair, float(pair.output.score or 0.0), chrf) for pair in own if (chrf := CHRF.value(pair)) is not None]


def _judged_rows(judged: Sequence[Judged]) -> list[Row]:
    return [
        (one.pair, float(one.pair.output.score or 0.0), float(one.good))
        for system in judged
        for one in system.calibration.texts
    ]


def _by_field(pairs: Sequence[Pair], rounds: int, seed: int) -> Mapping[str, Field]:
    """Return the mean score of each kind of field, with its interval, in the order of the alphabet."""
    import numpy as np

    scored = [pair for pair in pairs if estimated(pair.output) is not None]
    names = sorted({pair.example.field for pair in scored})
    kinds = np.array([names.index(pair.example.field) for pair in scored], dtype=int)
    scores = np.array([float(pair.output.score or 0.0) for pair in scored])

    def statistic(drawn: Any) -> dict[str, float | None]:
        counts = np.bincount(kinds[drawn], minlength=len(names))
        sums = np.bincount(kinds[drawn], weights=scores[drawn], minlength=len(names))
        return {name: float(sums[place] / counts[place]) if counts[place] else None for place, name in enumerate(names)}

    means = statistic(slice(None))
    bounds = intervals([listing_of(pair.example) for pair in scored], statistic, rounds=rounds, seed=seed)
    return {name: (float(means[name] or 0.0), *bounds.get(name, (None, None))) for name in names}


def _at(answers: Answers, figure: Figure) -> Measured:
    return Measured(place=Place(suite=answers.suite, market=answers.market, system=answers.system), figure=figure)


def _lead(*, judged: bool, compared: bool, scored: bool) -> str:
    if judged:
        return (
            "The score of a text is the probability that a reviewer would publish it unedited. Here it is held against "
            "what reviewers said of the very same texts."
        )
    if compared:
        return f"Nobody judged these texts, so that the score is held against their overlap with references. {WEAK}"
    if scored:
        return "Nobody judged these texts and there are no references: it cannot be said whether the scores are right."
    return "No text of these systems has a score."
