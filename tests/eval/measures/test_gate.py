"""The gate against reviewers: pages as the promise speaks, the curve, the cut-offs, and why what was held."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from shopglot.config import glossary_root
from shopglot.market import Gate, Market, load_market
from shopglot.quality.gate import interval
from shopglot.types import HUMAN, Finding, Verdict
from shopglot_eval.estimation.fitting import Measured as Fitted
from shopglot_eval.estimation.fitting import fold_listings
from shopglot_eval.estimation.texts import Judged
from shopglot_eval.estimation.texts import Pair as Text
from shopglot_eval.measures.gate import gate, measure_cases
from shopglot_eval.measures.gate_blocks import READABLE
from shopglot_eval.measures.gate_cases import (
    MOST_POINTS,
    Case,
    aurc,
    bounds,
    by_listing,
    by_text,
    coverage_risk,
    design_effect,
    step,
)
from shopglot_eval.records import Answers, Example, Figure, Measured, Output, Pair
from shopglot_eval.reporting.document import Plot, Section, Table
from shopglot_eval.reporting.document import Text as Paragraph

SIGNATURE = "en@1/surface"
HELD = Finding(
    check="number.changed", severity="error", side="target", start=0, end=1, text="1", message="m", message_zh="消息"
)
HINT = replace(HELD, check="style", severity="info")


def pair(
    name: str, score: float | None, good: bool | None, *, page: str = "", verdict: Verdict | None = "publish",
    reasons: tuple[str, ...] = (), findings: tuple[Finding, ...] = (), signature: str = SIGNATURE,
) -> Pair:  # fmt: skip
    """Return a text of a page with what the product says of it and perhaps a judgement."""
    return Pair(
        example=Example(
            id=name, market="us", source="茶", listing=page, judged=() if good is None else ((f"T {name}", good),)
        ),
        output=Output(
            id=name, target=f"T {name}", score=score, signature=signature, verdict=verdict, reasons=reasons,
            findings=findings,
        ),
    )  # fmt: skip


def answer(pairs: list[Pair], system: str = "ours") -> Answers:
    """Return answers to a suite."""
    return Answers(suite="s", market="us", system=system, pairs=tuple(pairs))


def case(score: float | None, good: bool | None, number: int = 0) -> Case:
    """Return a page of one text."""
    name = f"c{number}"
    wrong = (name,) if good is False else ()
    return Case(listing=name, examples=(name,), wrong=wrong, score=score, verdict=None, reasons=(), good=good)


def by_name(measured: list[Measured]) -> dict[str, Figure]:
    """Return the figures by measure."""
    return {one.figure.measure: one.figure for one in measured}


def tables(section: Section) -> dict[str, Table | Plot]:
    """Return tables and plots by the first part of their id."""
    return {block.id.removesuffix("-s-us"): block for block in section.blocks if isinstance(block, Table | Plot)}


@pytest.fixture
def market() -> Market:
    """A market whose gate was fitted on scores of our signature."""
    fitted = Gate(
        signature=SIGNATURE, cutoff=0.8, risk=0.3, confidence=0.9, listings=50, published=20, bad=2, bound=0.24
    )
    return replace(load_market(glossary_root(), "us"), risk=0.3, confidence=0.9, gate=fitted)


def test_the_worst_of_a_page_wins() -> None:
    """Lowest score, worst verdict, all reasons; one bad text makes a bad page."""
    page = [
        pair("a", 0.9, True, page="p"),
        pair("b", 0.4, False, page="p", verdict="review", reasons=("score.low",)),
        pair("c", 0.8, True, page="q"),
    ]
    first, second = by_listing(page)
    assert (("a", "b"), ("b",), 0.4, False) == (first.examples, first.wrong, first.score, first.good)
    assert ("review", ("score.low",)) == (first.verdict, first.reasons)
    assert (0.8, True, "publish") == (second.score, second.good, second.verdict)
    assert [0.9, 0.4, 0.8] == [one.score for one in by_text(page)]


def test_same_as_the_fit_of_the_gate() -> None:
    """Pages are folded as the gate was fitted on them."""
    rng = Random(6)  # noqa: S311 - made-up data
    pairs, fitted = [], []
    for number in range(60):
        score, good, held = round(rng.random(), 2), rng.random() < 0.8, rng.random() < 0.2
        page = f"p{number % 17}"
        pairs.append(pair(f"t{number}", score, good, page=page, findings=(HELD,) if held else (HINT,)))
        text = Text(source="茶", target="tea")
        judged = Judged(pair=text, listing=page, origin="machine", good=good)
        fitted.append(Fitted(judged=judged, signals={}, held=held))
    names, lowest, bad = fold_listings(fitted, [one.output.score or 0.0 for one in pairs])
    assert list(zip(names, lowest, bad, strict=True)) == [
        (one.listing, one.score, not one.good) for one in by_listing(pairs)
    ]


def test_pages_that_say_nothing() -> None:
    """A page is judged when all of it is, has a score when all of it has, and a verdict when all of it has."""
    half = by_listing([pair("a", None, False, page="p", verdict=None), pair("b", 0.5, None, page="p")])[0]
    assert (None, None, None) == (half.good, half.score, half.verdict)
    assert ("a",) == half.wrong


def test_scores_that_publish_nothing_and_everything() -> None:
    """What a finding holds scores 0 whatever its score; what a person approved scores 1."""
    held, hinted, human = by_text([
        pair("a", 0.99, True, findings=(HELD,)), pair("b", 0.5, True, findings=(HINT,)),
        pair("c", 0.2, True, signature=HUMAN),
    ])  # fmt: skip
    assert [0.0, 0.5, 1.0] == [held.score, hinted.score, human.score]


def test_seen_pages_are_left_out_whole() -> None:
    """A page of which the estimator has seen one text says nothing."""
    pairs = [pair("a", 0.9, True, page="p"), pair("b", 0.9, True, page="p"), pair("c", 0.9, True, page="q")]
    assert ["q"] == [one.listing for one in by_listing(pairs, seen=lambda example: example.id == "b")]
    assert 2 == len(by_text(pairs, seen=lambda example: example.id == "b"))


def test_area_under_the_curve() -> None:
    """The mean risk of the 1, 2, … n surest, counted by hand; a score that orders nothing has the share of bad ones."""
    assert (0 + 1 / 2 + 1 / 3 + 2 / 4) / 4 == pytest.approx(aurc([0.9, 0.8, 0.7, 0.6], [False, True, False, True]))
    assert (0 + 0 + 1 / 3) / 3 == pytest.approx(aurc([0.9, 0.8, 0.1], [False, False, True]))
    assert 0.25 == pytest.approx(aurc([0.5] * 8, [True, True] + [False] * 6))
    assert aurc([], []) is None


def test_area_of_ties_is_the_mean_over_orders() -> None:
    """Two good and one bad text with one score, behind a sure one: all three orders."""
    orders = [[False, True, False, False], [False, False, True, False], [False, False, False, True]]
    mean = sum(aurc([0.9, 0.3, 0.2, 0.1], order) or 0.0 for order in orders) / 3
    assert mean == pytest.approx(aurc([0.9, 0.2, 0.2, 0.2], orders[1]))


def test_curve() -> None:
    """A step a score, ties together, intervals of Clopper and Pearson; it ends where findings hold the rest."""
    cases = [case(0.9, True, 1), case(0.7, False, 2), case(0.7, True, 3), case(0.5, True, 4), case(0.0, False, 5)]
    found = coverage_risk([*cases, case(None, True, 6), case(0.8, None, 7)])
    assert [(0.9, 1, 0), (0.7, 3, 1), (0.5, 4, 1)] == [(one.cutoff, one.published, one.bad) for one in found]
    assert [0.2, 0.6, 0.8] == [one.coverage for one in found]
    assert interval(1, 3, 0.95) == pytest.approx((found[1].low, found[1].high))
    assert 1 / 3 == found[1].risk


def test_curve_of_many_and_of_none() -> None:
    """A long curve is thinned to what can be seen, and keeps its end; without anything there is none."""
    cases = [case((number + 1) / 1000, number % 3 > 0, number) for number in range(999)]
    found = coverage_risk(cases)
    assert MOST_POINTS - 1 <= len(found) <= MOST_POINTS + 1
    assert 1.0 == found[-1].coverage
    assert [] == coverage_risk([])
    assert [] == coverage_risk([case(0.0, True)])


def test_cutoff_that_publishes_nothing() -> None:
    """Nothing is known of what it publishes."""
    found = step([case(0.4, True)], 0.5)
    assert (0, 0.0, 0.0, 1.0) == (found.published, found.coverage, found.low, found.high)


def test_texts_of_a_page_are_alike() -> None:
    """Bounds widen where the texts of a page share their fate, and are exact where each stands alone."""
    labels, pages = [True] * 10 + [False] * 40, [f"p{number // 5}" for number in range(50)]
    alone = bounds(labels, [str(number) for number in range(50)])
    low, high = bounds(labels, pages)
    assert interval(10, 50, 0.95) == pytest.approx(alone)
    assert 5.0 == pytest.approx(design_effect(labels, pages))
    assert low < alone[0] < alone[1] < high
    assert 1.0 == design_effect([], [])


def test_figures() -> None:
    """Shares of verdicts with the texts that speak against them, by name."""
    pairs = [
        pair("a", 0.9, True), pair("b", 0.9, False), pair("c", 0.3, True, verdict="review", reasons=("score.low",)),
        pair("d", 0.2, None, verdict="reject", reasons=("us.x",)),
    ]  # fmt: skip
    found = {one.measure: one for one in measure_cases(by_text(pairs), "texts", rounds=50)}
    published, precision, recall = (found[f"gate.texts.{name}"] for name in ("published", "precision", "recall"))
    assert (0.5, 4) == (published.value, published.count)
    assert (0.5, 2, ("b",)) == (precision.value, precision.count, precision.against)
    assert (0.5, 2, ("c",)) == (recall.value, recall.count, recall.against)
    assert interval(1, 2, 0.95) == pytest.approx((precision.low, precision.high))
    area = found["gate.texts.aurc"]
    assert ("lower", 3) == (area.better, area.count)
    assert area.value is not None
    assert "if every bad one came last" in area.note


def test_figures_that_are_missing() -> None:
    """Without judgements, or with nothing published, there is a reason instead of a number."""
    plain = {one.measure: one for one in measure_cases(by_text([pair("a", 0.9, None)]), "texts")}
    assert (None, "nothing was judged") == (plain["gate.texts.recall"].value, plain["gate.texts.recall"].note)
    assert plain["gate.texts.aurc"].value is None
    assert 1.0 == plain["gate.texts.published"].value
    held = measure_cases(by_text([pair("a", 0.9, True, verdict="review")]), "texts")
    assert "nothing that was judged is published" == {one.measure: one.note for one in held}["gate.texts.precision"]


def test_cutoffs_with_the_fitted_one(market: Market) -> None:
    """Precision and recall at fixed cut-offs, at the fitted and the plain one, and as it was decided."""
    pairs = [
        pair("a", 0.95, True, page="p"), pair("b", 0.85, True, page="q"), pair("c", 0.82, False, page="q"),
        pair("d", 0.7, True, page="r", verdict="review", reasons=("score.low",)),
    ]  # fmt: skip
    section, measured = gate([answer(pairs)], market, rounds=20)
    table = tables(section)["gate-cutoffs-listings"]
    assert isinstance(table, Table)
    rows = {row[1].text: row for row in table.rows}
    fitted = rows["0.800 (fitted)"]
    assert ["66.7% (2)", "1"] == [cell.text for cell in fitted[2:4]]
    assert (0.5, 0.5, ("c",)) == (fitted[4].value, fitted[5].value, fitted[3].texts)
    assert f"{market.cutoff:.3f} (plain)" in rows
    assert [cell.text for cell in fitted[2:6]] == [cell.text for cell in rows["as decided"][2:6]]
    assert "bad" == fitted[6].tone
    assert 0.5 == by_name(measured)["gate.listings.precision"].value
    assert 2 / 3 == by_name(measured)["gate.texts.precision"].value
    assert any(isinstance(block, Paragraph) and "cut-off is 0.800" in block.text for block in section.blocks)


def test_promise_of_other_scores(market: Market) -> None:
    """A gate that was fitted on other scores, a closed one and none at all say so, and add no cut-off."""
    pairs = [pair("a", 0.9, True), pair("b", 0.6, False)]
    assert market.gate is not None
    gates = {
        "no score here is of that kind": replace(market.gate, signature="other"),
        "the gate is closed": replace(market.gate, cutoff=None),
        "No gate was fitted": None,
    }
    for words, fitted in gates.items():
        section, _ = gate([answer(pairs)], replace(market, gate=fitted), rounds=5)
        assert any(isinstance(block, Paragraph) and words in block.text for block in section.blocks)
        table = tables(section)["gate-cutoffs-texts"]
        assert isinstance(table, Table)
        assert not any("fitted" in row[1].text for row in table.rows)


def test_kept_promise_is_marked(market: Market) -> None:
    """With thirty good pages, at most 30% are bad with 90% confidence."""
    pairs = [pair(f"t{number}", 0.9, True, page=f"p{number // 2}") for number in range(60)]
    table = tables(gate([answer(pairs)], market, rounds=5)[0])["gate-cutoffs-listings"]
    assert isinstance(table, Table)
    row = next(row for row in table.rows if "fitted" in row[1].text)
    assert ("good", 1 - 0.1 ** (1 / 30)) == (row[6].tone, pytest.approx(row[6].value))


def test_why_good_texts_are_held() -> None:
    """By reason: how many, how many good, how many that nothing else holds; a shut gate hides no other reason."""
    low, both = ("score.low",), ("gate.closed", "number.changed")
    pairs = [
        pair("a", 0.3, True, verdict="review", reasons=low), pair("b", 0.2, False, verdict="review", reasons=low),
        pair("c", 0.9, True, verdict="review", reasons=both, findings=(HELD,)),
        pair("d", 0.9, None, verdict="review", reasons=("gate.closed",)),
    ]  # fmt: skip
    table = tables(gate([answer(pairs)], rounds=5)[0])["gate-reasons"]
    assert isinstance(table, Table)
    rows = {row[1].text: row for row in table.rows}
    assert {"score.low": 2.0, "gate.closed": 2.0, "number.changed": 1.0} == {k: row[2].value for k, row in rows.items()}
    assert (0.5, ("a",)) == (rows["score.low"][3].value, rows["score.low"][3].texts)
    assert ["c"] == list(rows["number.changed"][4].texts)
    assert ["d"] == list(rows["gate.closed"][4].texts)
    assert 1.0 == rows["gate.closed"][6].value


def test_why_bad_texts_pass() -> None:
    """By who wrote them and the kind of field, with the score that let them through."""
    pairs = [
        pair("a", 0.97, False),
        pair("b", 0.9, False),
        pair("c", 0.9, True),
        pair("d", 0.2, False, verdict="review"),
    ]
    table = tables(gate([answer(pairs)], rounds=5)[0])["gate-passed"]
    assert isinstance(table, Table)
    (row,) = table.rows
    assert ["machine", "title", "3", "2"] == [cell.text for cell in row[1:5]]
    assert (("a", "b"), "0.970") == (row[4].texts, row[6].text)


def test_nothing_bad_passes() -> None:
    """That is said as well."""
    section, _ = gate([answer([pair("a", 0.9, True), pair("b", 0.1, False, verdict="review")])], rounds=5)
    assert any(isinstance(block, Paragraph) and "No text that was judged bad" in block.text for block in section.blocks)


def test_nobody_judged() -> None:
    """What was held and why is all that there is."""
    pairs = [pair("a", 0.9, None), pair("b", 0.1, None, verdict="reject", reasons=("us.x",))]
    section, measured = gate([answer(pairs)], rounds=5)
    assert {"gate-verdicts-texts", "gate-reasons"} == set(tables(section))
    assert 0.5 == by_name(measured)["gate.texts.published"].value
    assert "Nobody judged" in section.lead


def test_outside_system_without_verdicts() -> None:
    """A system without scores and verdicts says nothing, and the others stand."""
    outside = answer([pair("a", None, True, verdict=None)], "theirs")
    section, measured = gate([answer([pair("a", 0.9, True)]), outside], rounds=5)
    assert {"ours"} == {one.place.system for one in measured}
    section, measured = gate([outside])
    assert ([], (), "No text of these systems has a score or a verdict.") == (measured, section.blocks, section.lead)


def test_rows_fit_columns_and_links(market: Market) -> None:
    """Every row has a cell for each column, and every text behind a cell is a passage of the report."""
    rng = Random(9)  # noqa: S311 - made-up data
    pairs = [
        pair(f"t{n}", round(rng.random(), 3), rng.random() < 0.7, page=f"p{n // 3}",
             verdict="publish" if rng.random() < 0.7 else "review", reasons=("score.low",))
        for n in range(90)
    ]  # fmt: skip
    section, _ = gate([answer(pairs), answer(pairs, "again")], market, link=lambda name: f"x/{name}", rounds=5)
    for block in section.blocks:
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows)
            assert all(text.startswith("x/t") for row in block.rows for cell in row for text in cell.texts)
    ids = [block.id for block in section.blocks if isinstance(block, Table | Plot)]
    assert len(set(ids)) == len(ids)
    curve = tables(section)["gate-risk-listings"]
    assert isinstance(curve, Plot)
    assert ["ours", "again", "promise of us"] == [series.name for series in curve.series]
    assert curve.y_range is not None
    assert market.risk <= curve.y_range[1] <= 1
    known = [point for point in curve.series[0].points if point.x >= READABLE]
    assert known
    assert all((point.high or 0) <= curve.y_range[1] for point in known)
