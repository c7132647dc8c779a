"""The score against reviewers and references: numbers, what is left out, and what a reader is told."""

from __future__ import annotations

from math import nan
from random import Random

import pytest

from shopglot.errors import DataError
from shopglot.quality.calibration import brier_skill, calibration_error
from shopglot.types import HUMAN
from shopglot_eval.measures.calibrating import bins_of, calibrate, chance_error
from shopglot_eval.measures.judgements import judgement, label
from shopglot_eval.measures.scoring import ALL, scoring
from shopglot_eval.records import Answers, Came, Example, Figure, Measured, Output, Pair
from shopglot_eval.reporting.document import Plot, Section, Table, Text


def pair(
    number: int, score: float | None, good: bool | None = None, *, target: str | None = None, came: Came = "machine",
    signature: str | None = "en@1/surface", references: tuple[str, ...] = (), field: str = "title",
) -> Pair:  # fmt: skip
    """Return a text with its score and perhaps a judgement; four of them make a page."""
    target = f"Target {number}" if target is None else target
    return Pair(
        example=Example(
            id=f"t{number}", market="us", source=f"原文{number}", listing=f"p{number // 4}", field=field,
            references=references, judged=() if good is None else ((target, good),),
        ),
        output=Output(id=f"t{number}", target=target, origin=came, score=score, signature=signature),
    )  # fmt: skip


def answer(pairs: list[Pair], system: str = "ours") -> Answers:
    """Return answers to a suite."""
    return Answers(suite="s", market="us", system=system, pairs=tuple(pairs))


def honest(count: int = 400, seed: int = 1) -> list[Pair]:
    """Return texts whose scores keep their word."""
    rng = Random(seed)  # noqa: S311 - made-up data
    scores = [round(rng.random(), 4) for _ in range(count)]
    return [pair(number, score, rng.random() < score) for number, score in enumerate(scores)]


def by_name(measured: list[Measured], system: str = "ours") -> dict[str, Figure]:
    """Return the figures of a system."""
    return {one.figure.measure: one.figure for one in measured if one.place.system == system}


def blocks(section: Section) -> dict[str, Table | Plot]:
    """Return tables and plots by the first part of their id."""
    return {block.id.removesuffix("-s-us"): block for block in section.blocks if isinstance(block, Table | Plot)}


def test_numbers_are_those_of_the_product() -> None:
    """Calibration error and Brier skill are computed by `shopglot.quality`; each value lies in its interval."""
    pairs = honest()
    scores = [one.output.score or 0.0 for one in pairs]
    good = [one.example.judged[0][1] for one in pairs]
    found = by_name(scoring([answer(pairs)], rounds=100)[1])
    assert calibration_error(scores, good) == found["score.ece"].value
    assert brier_skill(scores, good) == pytest.approx(found["score.brier-skill"].value)
    assert sum(scores) / 400 - sum(good) / 400 == pytest.approx(found["score.bias"].value)
    for name in ("score.auroc", "score.kendall", "score.pearson", "score.brier-skill", "score.bias"):
        figure = found[name]
        assert figure.low is not None
        assert figure.value is not None
        assert figure.high is not None
        assert figure.low < figure.value < figure.high
        assert 400 == figure.count


def test_honest_score_is_within_chance_and_a_squeezed_one_is_not() -> None:
    """The error that chance alone makes is told, and a score moved to the middle is far above it."""
    pairs = honest()
    squeezed = [
        pair(number, 0.3 + 0.2 * (one.output.score or 0.0), one.example.judged[0][1])
        for number, one in enumerate(pairs)
    ]
    error, moved = (by_name(scoring([answer(one)], rounds=20)[1])["score.ece"].value for one in (pairs, squeezed))
    chance = chance_error([one.output.score or 0.0 for one in pairs])
    assert error is not None
    assert moved is not None
    assert error < chance < moved


def test_chance_error_falls_with_texts() -> None:
    """About .06, .03 and .02 for 250, 1000 and 3000 texts are usual (see `calibration_error`); the bound is above."""
    rng = Random(4)  # noqa: S311 - made-up data
    few, many = (chance_error([rng.random() for _ in range(count)], rounds=300) for count in (250, 3000))
    assert 0.06 < few < 0.11
    assert 0.015 < many < 0.035
    assert 0.0 == chance_error([1.0] * 50)


def test_what_is_left_out() -> None:
    """Texts that nobody judged, another target, what a person approved, no score, what the estimator has seen."""
    other = pair(3, 0.1, True)
    pairs = [
        pair(0, 0.9, True), pair(1, 0.2, False), pair(2, 0.5), Pair(example=other.example, output=pair(4, 0.1).output),
        pair(5, 1.0, False, came="human", signature=HUMAN), pair(6, None, True), pair(7, 0.1, True),
    ]  # fmt: skip
    section, measured = scoring([answer(pairs)], seen=lambda example: example.id == "t7", rounds=10)
    found = by_name(measured)
    assert (1.0, 2) == (found["score.auroc"].value, found["score.auroc"].count)
    table = blocks(section)["score-judged"]
    assert isinstance(table, Table)
    assert "learned from: ours 5" in table.note


def test_judged_twice_is_good_if_nobody_would_change_it() -> None:
    """One reviewer who would have edited a text is enough."""
    example = Example(id="a", market="us", source="甲", judged=(("A", True), ("A", False), ("B", True)))
    said = [judgement(Pair(example=example, output=Output(id="a", target=target))) for target in "ABC"]
    assert [False, True, None] == said
    assert 1 == len(label([Pair(example=example, output=Output(id="a", target="A"))]))


def test_against_are_the_worst() -> None:
    """Texts where score and reviewer are farthest apart come first, those on the right side not at all."""
    pairs = [pair(0, 0.99, False), pair(1, 0.7, False), pair(2, 0.02, True), pair(3, 0.9, True), pair(4, 0.1, False)]
    assert ("t0", "t2", "t1") == by_name(scoring([answer(pairs)], rounds=10)[1])["score.auroc"].against


def test_bins_hold_the_texts_they_count() -> None:
    """The texts behind a bin are those that it was made of."""
    found = calibrate(label(honest(100)), rounds=5)
    for row, texts in zip(found.bins, bins_of(found.texts, found.bins), strict=True):
        scores = [one.pair.output.score or 0.0 for one in texts]
        assert row.count == len(texts)
        assert row.predicted == pytest.approx(sum(scores) / len(scores))
        assert row.observed == sum(one.good for one in texts) / len(texts)


def test_judgements_all_alike() -> None:
    """Where everything is good there is nothing to tell apart, and the report says so instead of a number."""
    found = by_name(scoring([answer([pair(n, n / 10, True) for n in range(8)])], rounds=10)[1])
    for name in ("score.auroc", "score.kendall", "score.pearson", "score.brier-skill"):
        assert (None, None, None) == (found[name].value, found[name].low, found[name].high)
        assert "all the same" in found[name].note
    assert found["score.ece"].value is not None


def test_rivals_have_item_level_numbers() -> None:
    """Two systems' texts of the same sources: one order right, one wrong, one without a difference."""
    first = [pair(0, 0.9, True), pair(1, 0.9, True), pair(2, 0.9, True)]
    second = [pair(0, 0.5, False, target="x"), pair(1, 0.95, False, target="y"), pair(2, 0.1, True, target="z")]
    section, measured = scoring([answer(first), answer(second, "theirs")], rounds=10)
    item = by_name(measured, ALL)["score.item"]
    assert (0.0, 2, "examples") == (item.value, item.count, item.unit)
    assert any(isinstance(block, Text) and "over 2 sources" in block.text for block in section.blocks)


def test_references_where_nobody_judged() -> None:
    """The score is then held against chrF, of the model's own texts, and the report says how weak that is."""
    given = [("green tea cup", 0.9), ("green tea", 0.6), ("a red hat", 0.3), ("zzz", 0.1)]
    pairs = [pair(n, score, target=text, references=("green tea cup",)) for n, (text, score) in enumerate(given)]
    pairs += [pair(8, 0.99, target="q", references=("green tea cup",), came="certain"), pair(9, 0.5, references=("",))]
    section, measured = scoring([answer(pairs)], rounds=30)
    found = by_name(measured)
    assert (1.0, 4) == (found["score.chrf.kendall"].value, found["score.chrf.kendall"].count)
    assert "score.auroc" not in found
    assert "not as how right the score is" in section.lead
    assert "score-reliability" not in blocks(section)


def test_no_scores_at_all() -> None:
    """Outside systems have none, and the section says so."""
    section, measured = scoring([answer([pair(n, None, True) for n in range(3)])])
    assert ([], ()) == (measured, section.blocks)
    assert "No text of these systems has a score" in section.lead


def test_scores_without_anything_to_compare() -> None:
    """Then their means by field are what there is."""
    section, measured = scoring([answer([pair(0, 0.5), pair(1, 0.7), pair(4, 0.1, field="note")])], rounds=10)
    plot = blocks(section)["score-fields"]
    assert isinstance(plot, Plot)
    assert [("note", 0.1), ("title", 0.6)] == [(point.label, round(point.y, 9)) for point in plot.series[0].points]
    assert [] == measured
    assert "cannot be said" in section.lead


def test_plot_and_tables_lead_to_passages() -> None:
    """Cells name the passages that the report has, by the link that it gives."""
    section, _ = scoring([answer(honest(40))], link=lambda example: f"s/{example}", rounds=10)
    found = blocks(section)
    table, plot = found["score-judged"], found["score-reliability"]
    assert isinstance(table, Table)
    assert isinstance(plot, Plot)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all(text.startswith("s/t") for row in table.rows for cell in row for text in cell.texts)
    assert any(cell.texts for cell in table.rows[0])
    assert plot.diagonal
    bins = found["score-bins"]
    assert isinstance(bins, Table)
    assert 40 == sum(row[3].value or 0 for row in bins.rows)
    assert [point.y for point in plot.series[0].points] == [row[2].value for row in bins.rows]
    assert "ours" in plot.alt


@pytest.mark.parametrize("score", [nan, -0.1, 1.5])
def test_scores_out_of_range(score: float) -> None:
    """A score that is no probability is refused, with suite, market, system and text."""
    with pytest.raises(DataError, match="s, us, ours: the score of 't3'"):
        scoring([answer([pair(3, score, True)])])


def test_one_suite_and_market() -> None:
    """Answers of two markets are not measured together, nor none at all."""
    other = Answers(suite="s", market="hk", system="ours", pairs=())
    for answers in ([answer([]), other], []):
        with pytest.raises(ValueError, match="one suite in one market"):
            scoring(answers)


def test_odd_texts() -> None:
    """Empty targets, lone surrogates, emoji and control characters are texts like any other."""
    odd = ["", "\ud83d", "👩‍👩‍👧 <b>", "\x00\x1b[31m", "繁簡混排简繁"]
    pairs = [pair(n, n / 5, n > 2, target=text, references=("茶", "tea")) for n, text in enumerate(odd)]
    section, measured = scoring([answer(pairs)], rounds=10)
    assert 5 == by_name(measured)["score.auroc"].count
    assert section.blocks


def test_same_inputs_same_section() -> None:
    """Nothing depends on chance but by its seed."""
    assert scoring([answer(honest(60))], rounds=20) == scoring([answer(honest(60))], rounds=20)
