"""Planted regressions are caught and named; what did not change, or did no harm, raises no alarm."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.eval.regression.conftest import MEASURES, Words, answers, change, parts, plant, reword

from shopglot.errors import UsageError
from shopglot_eval.records import Answers, Output, Pair
from shopglot_eval.regression import Baseline, Ruling, check, digest_of, update


@pytest.fixture
def old() -> Answers:
    """Return the answers that the baseline was made of."""
    return answers()


@pytest.fixture
def baseline(old: Answers, tmp_path: Path) -> Baseline:
    """Return the baseline."""
    return update(tmp_path / "b.json", old, note="the first")


def rule(baseline: Baseline, new: Answers) -> Ruling:
    """Return the ruling with this file's measures and slices."""
    return check(baseline, new, MEASURES, slices=parts)


def named(ruling: Ruling) -> set[tuple[str, str, str]]:
    """Return measure, dimension and part of the named alarms."""
    return {(alarm.measure, alarm.place.dimension, alarm.place.part) for alarm in ruling.named}


def test_nothing_changed_is_no_alarm(baseline: Baseline, old: Answers) -> None:
    """The same answers, measured again twenty times, are never an alarm, whatever the seed."""
    for seed in range(20):
        ruling = check(baseline, old, MEASURES, slices=parts, seed=seed, rounds=500)
        assert (ruling.alarms, ruling.notices, ruling.gains) == ((), (), ())
        assert ruling.same == ruling.texts == 360
        assert all(change.difference == 0 and change.p == 1 for change in ruling.whole)


@pytest.mark.parametrize("seed", range(20))
def test_a_harmless_run_is_no_alarm(baseline: Baseline, old: Answers, seed: int) -> None:
    """A twentieth of the texts reworded, with scores to match, is no alarm."""
    new = reword(old, seed=seed)
    assert new.pairs != old.pairs
    assert rule(baseline, new).passed


@pytest.mark.parametrize("noise", [False, True])
def test_terms_of_one_category(baseline: Baseline, old: Answers, noise: bool) -> None:
    """A category whose terms broke is named, alone and among reworded texts, and no other slice."""
    new = plant(
        reword(old, seed=50) if noise else old, "term.missing", lambda p: p.example.category == "美妆/护肤", share=0.6
    )
    ruling = rule(baseline, new)
    assert not ruling.passed
    assert {("terms", "category", "美妆/护肤")} == named(ruling)
    alarm = ruling.named[0]
    assert (alarm.before or 0) > (alarm.after or 0)
    assert alarm.low is not None
    assert alarm.high is not None
    assert alarm.low <= alarm.difference <= alarm.high < 0
    assert alarm.p is not None
    assert alarm.p <= 0.005
    broken = {pair.example.id for pair in new.pairs if pair.example.category == "美妆/护肤"}
    assert set(alarm.worse) <= broken
    assert len(alarm.worse) > 20


def test_numbers(baseline: Baseline, old: Answers) -> None:
    """Numbers broken evenly in a third of the texts that have one are named as a whole, in no slice by chance."""
    ruling = rule(baseline, plant(old, "number.changed", lambda p: "120" in p.example.source, share=0.33))
    assert {("numbers", "", "")} == named(ruling)
    assert "number.changed" in {notice.what for notice in ruling.notices}


def test_a_number_where_there_was_none(baseline: Baseline, old: Answers) -> None:
    """A number in the translation of a source without one counts, though nothing could be measured there before."""
    ruling = rule(baseline, plant(old, "number.changed", lambda p: "120" not in p.example.source, share=0.5))
    assert ("numbers", "number", "no") in named(ruling)


def test_the_script_of_a_market(tmp_path: Path) -> None:
    """A market whose script broke everywhere is named as a whole, with its market; the other market passes."""
    us, hk = answers("us"), answers("hk")
    broken = plant(hk, "script.wrong", lambda p: True, share=0.9)
    ruling = rule(update(tmp_path / "hk.json", hk, note="n"), broken)
    assert ("script", "", "") in named(ruling)
    assert {alarm.place.market for alarm in ruling.alarms} == {"hk"}
    assert rule(update(tmp_path / "us.json", us, note="n"), us).passed


def squeeze(pair: Pair) -> Output:
    """Return the output with its score pulled towards the middle."""
    return replace(pair.output, score=0.65 + 0.5 * ((pair.output.score or 0) - 0.65))


def shift(pair: Pair) -> Output:
    """Return the output with a higher score."""
    return replace(pair.output, score=min((pair.output.score or 0) + 0.1, 1.0))


def shift_titles(pair: Pair) -> Output:
    """Return the output with a higher score if it is a title."""
    return shift(pair) if pair.example.field == "title" else pair.output


@pytest.mark.parametrize(
    ("alter", "place", "word"),
    [
        (squeeze, ("", ""), "squeezed to 0.50"),
        (shift, ("", ""), "shifted by +0.0"),
        (shift_titles, ("field", "title"), "shifted"),
    ],
)
def test_calibration(baseline: Baseline, old: Answers, alter: object, place: tuple[str, str], word: str) -> None:
    """Scores that were shifted or squeezed are an alarm that says which, where they were; the rest of it passes."""
    ruling = rule(baseline, change(old, alter))  # type: ignore[arg-type]
    assert {("score.moved", *place)} == named(ruling)
    assert word in ruling.named[0].note


def test_a_new_fit_is_told_by_its_signature(baseline: Baseline, old: Answers) -> None:
    """Scores of another signature that moved are an alarm that says so; until it is taken for the baseline."""
    new = change(old, lambda p: replace(p.output, score=(p.output.score or 0) ** 2, signature="s2"))
    assert "signature s → s2" in rule(baseline, new).named[0].note


def test_shuffled_scores_are_an_alarm(baseline: Baseline, old: Answers) -> None:
    """Scores of the same mean and spread that are other texts' scores are no longer what they were."""
    scores = [pair.output.score for pair in old.pairs]
    random.Random(1).shuffle(scores)  # noqa: S311 - made-up data
    pairs = tuple(replace(p, output=replace(p.output, score=s)) for p, s in zip(old.pairs, scores, strict=True))
    ruling = rule(baseline, replace(old, pairs=pairs))
    assert ("score.moved", "", "") in named(ruling)
    assert "order kept to tau" in ruling.named[0].note


def test_judgements_tell_a_worse_score_from_a_better_one(tmp_path: Path) -> None:
    """Where people judged the very translation, a score that contradicts them is worse, and one that agrees is not."""

    def judge(pair: Pair) -> Pair:
        good = (pair.output.score or 0) > 0.6
        return replace(pair, example=replace(pair.example, judged=((pair.output.target, good),)))

    old = replace(answers(), pairs=tuple(judge(pair) for pair in answers().pairs))
    baseline = update(tmp_path / "b.json", old, note="n")
    worse = rule(baseline, change(old, lambda p: replace(p.output, score=1 - (p.output.score or 0))))
    assert "score.brier" in {alarm.measure for alarm in worse.named}
    better = rule(baseline, change(old, lambda p: replace(p.output, score=0.9 if p.example.judged[0][1] else 0.1)))
    assert "score.brier" not in {alarm.measure for alarm in better.alarms}
    assert "score.brier" in {gain.measure for gain in better.gains}


def test_two_harms_are_both_named(baseline: Baseline, old: Answers) -> None:
    """Two categories that broke are two names, not one name for everything."""
    new = plant(old, "term.missing", lambda p: p.example.category in {"美妆/彩妆", "家居/收纳"}, share=0.8)
    assert {("terms", "category", "美妆/彩妆"), ("terms", "category", "家居/收纳")} == named(rule(baseline, new))


def test_one_wrong_number_is_a_notice(baseline: Baseline, old: Answers) -> None:
    """A single new number error stops nothing and is named with its text."""
    ruling = rule(baseline, plant(old, "number.changed", lambda p: p.example.id == "8-0"))
    assert ruling.passed
    assert [("number.changed", ("8-0",))] == [(notice.what, notice.texts) for notice in ruling.notices]


def test_a_leak_is_a_notice_and_the_sources_own_is_not(baseline: Baseline, old: Answers) -> None:
    """A rule's finding in the translation is named; one on the source, and an advice, say nothing of the change."""
    from tests.eval.regression.conftest import finding

    found = {
        "1-0": finding("us.fda.drug-claim"),
        "1-1": finding("us.fda.drug-claim", side="source"),
        "1-2": finding("us.eligibility.cosmetic", "info"),
    }
    new = change(
        old, lambda p: replace(p.output, findings=(found[p.example.id],)) if p.example.id in found else p.output
    )
    notices = rule(baseline, new).notices
    assert [("us.fda.drug-claim", ("1-0",))] == [(notice.what, notice.texts) for notice in notices]


def test_lost_scores_and_lost_texts_are_notices(baseline: Baseline, old: Answers) -> None:
    """Texts without a score any more, and texts without words, are named."""
    new = change(old, lambda p: replace(p.output, score=None, target=" ") if p.example.listing == "page3" else p.output)
    found = {notice.what: notice.texts for notice in rule(baseline, new).notices}
    ids = tuple(f"3-{place}" for place in range(6))
    assert found["text.empty"] == ids
    assert found["value.lost:score.moved"] == ids


def test_better_is_no_alarm(tmp_path: Path, old: Answers) -> None:
    """What got significantly better is said, and passes."""
    broken = plant(old, "number.changed", lambda p: "120" in p.example.source, share=0.5)
    ruling = rule(update(tmp_path / "b.json", broken, note="n"), old)
    assert ruling.passed
    assert "numbers" in {gain.measure for gain in ruling.gains}


def test_a_difference_that_is_too_small_to_count(baseline: Baseline, old: Answers) -> None:
    """What is significant and below the smallest difference is no alarm."""
    new = plant(old, "script.wrong", lambda p: True, share=0.1)
    whole = check(baseline, new, MEASURES, slices=lambda _: {})
    assert [("script", "pages")] == [(alarm.measure, alarm.unit) for alarm in whole.alarms]
    assert check(baseline, new, MEASURES, slices=lambda _: {}, smallest={"script": 0.5}).passed


def test_the_same_input_gives_the_same_ruling(baseline: Baseline, old: Answers) -> None:
    """Twice the same, to the last digit."""
    new = plant(reword(old, seed=9), "number.changed", lambda p: p.example.field == "title", share=0.5)
    assert rule(baseline, new) == rule(baseline, new)


def test_one_more_wrong_text_is_never_better(baseline: Baseline, old: Answers) -> None:
    """An alarm stays one when more texts of the slice break."""
    for share in (0.5, 0.7, 1.0):
        new = plant(old, "term.missing", lambda p: p.example.category == "服饰/女装", share=share)
        assert ("terms", "category", "服饰/女装") in named(rule(baseline, new))


def test_a_reference_that_was_added_needs_no_new_baseline(baseline: Baseline, old: Answers) -> None:
    """References and judgements are what is measured with, on both sides."""
    pairs = tuple(replace(p, example=replace(p.example, references=(*p.example.references, "x"))) for p in old.pairs)
    assert rule(baseline, replace(old, pairs=pairs)).passed


def test_other_data_are_refused_with_the_way_out(baseline: Baseline, old: Answers) -> None:
    """Fewer texts, another source or another market do not compare."""
    with pytest.raises(UsageError, match=r"1 texts of it are gone.*--limit.*--update-baseline"):
        rule(baseline, replace(old, pairs=old.pairs[1:]))
    first = replace(old.pairs[0], example=replace(old.pairs[0].example, source="别的"))
    with pytest.raises(UsageError, match="the same ids, but other texts"):
        rule(baseline, replace(old, pairs=(first, *old.pairs[1:])))
    with pytest.raises(UsageError, match=r"is of shop \(us\), the answers are to shop \(hk\)"):
        rule(baseline, replace(old, market="hk"))
    with pytest.raises(UsageError, match="alpha"):
        check(baseline, old, MEASURES, slices=parts, alpha=0)


def test_two_measures_of_one_name_are_a_mistake(baseline: Baseline, old: Answers) -> None:
    """Their alarms could not be told apart."""
    with pytest.raises(ValueError, match="one name"):
        check(baseline, old, (MEASURES[0], MEASURES[0]), slices=parts)


def test_a_slice_too_small_for_an_alarm_is_a_notice(baseline: Baseline, old: Answers) -> None:
    """Ten of twelve texts of two pages that got worse among many other changes are named, though no test is sure."""
    pages = {"page0": "玩具", "page6": "玩具"}
    pairs = tuple(
        replace(p, example=replace(p.example, category=pages.get(p.example.listing, p.example.category)))
        for p in old.pairs
    )
    toys = reword(replace(old, pairs=pairs), seed=4, share=0.5)
    new = plant(toys, "script.wrong", lambda p: p.example.category == "玩具" and p.example.field != "title")
    ruling = rule(replace(baseline, digest=digest_of(p.example for p in pairs)), new)
    assert ruling.passed
    notice = next(notice for notice in ruling.notices if notice.what == "slice.worse:script")
    assert "(category: 玩具): 10 of 12 texts are worse" in notice.message
    assert {"0", "6"} == {name.split("-")[0] for name in notice.texts}


def test_scores_that_jitter_are_no_alarm(baseline: Baseline, old: Answers) -> None:
    """Another machine rounds otherwise."""
    chance = random.Random(5)  # noqa: S311 - made-up data
    new = change(old, lambda p: replace(p.output, score=min(max((p.output.score or 0) + chance.gauss(0, 0.003), 0), 1)))
    assert rule(baseline, new).passed


def test_what_has_no_better_side_is_not_tested(baseline: Baseline, old: Answers) -> None:
    """A figure that only says how something is cannot get worse."""
    measures = (replace(Words(), name="length", better=""),)
    ruling = check(baseline, change(old, lambda p: replace(p.output, target="x")), measures, slices=parts)
    assert ruling.passed
    assert [("length", None)] == [(one.measure, one.p) for one in ruling.whole]
