"""Does the gate publish what it should? Per page, as the promise speaks, and per text, where one looks for the cause.

A page is published unseen when no finding holds it and each of its texts scores the cut-off or more; it is bad when a
reviewer would have changed any of them. The worst of its texts decides in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from shopglot.market import Market
from shopglot_eval.measures.cells import Link, place_id
from shopglot_eval.measures.gate_blocks import Level, show_level, show_passed, show_reasons
from shopglot_eval.measures.gate_cases import Case, aurc, bounds, by_listing, by_text
from shopglot_eval.measures.judgements import Seen
from shopglot_eval.measures.resampling import ROUNDS, SEED, intervals
from shopglot_eval.measures.scoring import check_one
from shopglot_eval.records import Answers, Figure, Measured, Place
from shopglot_eval.reporting.document import Block, Section, Text

Unit = Literal["listings", "texts"]


def gate(
    answers: Sequence[Answers],
    market: Market | None = None,
    *,
    link: Link = str,
    seen: Seen | None = None,
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> tuple[Section, list[Measured]]:
    """Measure what the gate makes of systems' answers to one suite in one market.

    `market` tells its promise and cut-offs; without it, only those of a fixed row are looked at. `link` gives the id of
    an example's passage in the report. Examples that score and gate were fitted on (`seen`) are left out with their
    pages. Where nobody judged anything, it is only said what was published and what was held, and why.

    Raises `DataError` where a score is not in 0..1, and `ValueError` where answers are of several suites or markets.
    """
    check_one(answers)
    decided = [
        one for one in answers if any(pair.output.verdict or pair.output.score is not None for pair in one.pairs)
    ]
    levels: dict[Unit, list[Level]] = {
        "listings": [Level(answers=one, cases=by_listing(one.pairs, seen=seen)) for one in decided],
        "texts": [Level(answers=one, cases=by_text(one.pairs, seen=seen)) for one in decided],
    }
    blocks: list[Block] = [Text(text=_promise(market, decided))] if market and decided else []
    measured: list[Measured] = []
    for unit in _units(levels):
        for level in levels[unit]:
            place = Place(suite=level.answers.suite, market=level.answers.market, system=level.answers.system)
            figures = measure_cases(level.cases, unit, rounds=rounds, seed=seed)
            measured += [Measured(place=place, figure=figure) for figure in figures]
        blocks += show_level(levels[unit], unit, market, link)
    if decided:
        blocks.append(show_reasons(levels["texts"], levels["listings"], link))
        blocks += show_passed(levels["texts"], link)
    return Section(
        id=place_id("gate", answers),
        title=f"Gate: {answers[0].suite}, {answers[0].market}",
        lead=_lead(levels),
        blocks=tuple(blocks),
    ), measured


def measure_cases(cases: Sequence[Case], unit: Unit, *, rounds: int = ROUNDS, seed: int = SEED) -> list[Figure]:
    """Return the figures of pages or texts; `unit` is part of their names.

    - `gate.<unit>.published`: the share that the verdicts publish;
    - `gate.<unit>.precision`: of what is published and judged, the share that reviewers would publish;
    - `gate.<unit>.recall`: of what reviewers would publish, the share that is published;
    - `gate.<unit>.aurc`: the area under the coverage-risk curve, over the scores, whatever the verdicts; lower is
      better. Its interval is a bootstrap over pages, those of shares are Clopper and Pearson's.

    `against` are the texts that speak against it: bad ones that are published, texts of good ones that are held.
    """
    decided = [case for case in cases if case.verdict is not None]
    judged = [case for case in decided if case.good is not None]
    published = [case for case in judged if case.verdict == "publish"]
    good = [case for case in judged if case.good]
    missed = [case for case in good if case.verdict != "publish"]
    return [
        _share(f"gate.{unit}.published", decided, [case.verdict == "publish" for case in decided], "no verdict", unit),
        _share(
            f"gate.{unit}.precision", published, [bool(case.good) for case in published],
            "nothing was judged" if not judged else "nothing that was judged is published", unit,
            against=tuple(one for case in published for one in case.wrong),
        ),
        _share(
            f"gate.{unit}.recall", good, [case.verdict == "publish" for case in good],
            "nothing was judged" if not judged else "nothing was judged good", unit,
            against=tuple(one for case in missed for one in case.examples),
        ),
        _area(cases, unit, rounds, seed),
    ]  # fmt: skip


def _share(
    name: str, cases: Sequence[Case], labels: Sequence[bool], missing: str, unit: Unit, against: tuple[str, ...] = ()
) -> Figure:
    if not labels:
        return Figure(measure=name, value=None, unit=unit, note=missing)
    low, high = bounds(labels, [case.listing for case in cases])
    return Figure(
        measure=name, value=sum(labels) / len(labels), low=low, high=high, count=len(labels), unit=unit, against=against
    )


def _area(cases: Sequence[Case], unit: Unit, rounds: int, seed: int) -> Figure:
    import numpy as np

    name = f"gate.{unit}.aurc"
    known = [case for case in cases if case.score is not None and case.good is not None]
    scores, bad = np.array([case.score for case in known], dtype=float), np.array([not case.good for case in known])
    value = aurc(scores, bad)
    if value is None:
        note = "nothing that was judged has a score"
        return Figure(measure=name, value=None, unit=unit, better="lower", form="number", note=note)

    def statistic(drawn: Any) -> dict[str, float | None]:
        return {name: aurc(scores[drawn], bad[drawn])}

    found = intervals([case.listing for case in known], statistic, rounds=rounds, seed=seed)
    low, high = found.get(name, (None, None))
    best = aurc(-bad.astype(float), bad) or 0.0
    note = f"{best:.3f} if every bad one came last, {bad.mean():.3f} in no order"
    return Figure(
        measure=name, value=value, low=low, high=high, count=len(known), unit=unit, better="lower", form="number",
        note=note,
    )  # fmt: skip


def _units(levels: dict[Unit, list[Level]]) -> list[Unit]:
    """Return the levels to look at: texts alone where each is a page of its own."""
    pages = any(len(case.examples) > 1 for level in levels["listings"] for case in level.cases)
    return ["listings", "texts"] if pages else ["texts"]


def _promise(market: Market, answers: Sequence[Answers]) -> str:
    promise = (
        f"Promise of market {market.name}: of the pages published unseen, at most {market.risk:.0%} are bad, with "
        f"confidence {market.confidence:.0%}."
    )
    fitted = market.gate
    if fitted is None:
        return f"{promise} No gate was fitted for it, so that every page waits for a reader."
    signatures = {pair.output.signature for one in answers for pair in one.pairs}
    if fitted.signature not in signatures:
        return f"{promise} Its gate speaks of scores of {fitted.signature}, and no score here is of that kind."
    if fitted.cutoff is None:
        return f"{promise} No cut-off kept it on the {fitted.listings} pages that it was fitted on: the gate is closed."
    return (
        f"{promise} The gate's cut-off is {fitted.cutoff:.3f}, fitted on {fitted.listings} pages: it published "
        f"{fitted.published} of them, {fitted.bad} of these bad."
    )


def _lead(levels: dict[Unit, list[Level]]) -> str:
    if not levels["texts"]:
        return "No text of these systems has a score or a verdict."
    rule = (
        "A page is published unseen when no finding holds it and each of its texts scores the cut-off or more. It is "
        "bad when a reviewer would have changed any of its texts."
    )
    judged = any(case.good is not None for level in levels["texts"] for case in level.cases)
    return rule if judged else f"{rule} Nobody judged these texts: what was held and why is all that can be said."
