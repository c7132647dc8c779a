"""Metrics against experts: who orders systems and rival texts as people do, and how sure one may be of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import isnan
from typing import Any

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from scipy.stats import kendalltau

from shopglot_eval.estimation.correlation import agree as agree_on_texts
from shopglot_eval.meta import Agreement, Metric, Ratings, agree, clear_pairs, overlaps, scores, signals
from shopglot_eval.meta.ordering import item_taus

SYSTEMS, SEGMENTS = 5, 40


def rate(penalties: Any, *, people: int = 1) -> Ratings:
    """Return ratings with these penalties, systems x segments; the last rows are people's."""
    count = len(penalties)
    names = tuple(f"m{place}" for place in range(count - people))
    return Ratings(
        name="set", title="A set", machines=names, people=tuple(f"p{place}" for place in range(people)),
        segments=tuple(f"s{place}" for place in range(len(penalties[0]))),
        sources=tuple(f"原文{place}" for place in range(len(penalties[0]))),
        targets=tuple(tuple(f"target {row} of {place}" for place in range(len(penalties[0]))) for row in range(count)),
        penalties=tuple(tuple(map(float, row)) for row in penalties),
    )  # fmt: skip


@pytest.fixture(scope="module")
def penalties() -> Any:
    """Penalties of systems of different worth, with ties among the texts of a segment."""
    chance = np.random.default_rng(3)
    return np.maximum(0, np.round(chance.normal(4, 3, (SYSTEMS, SEGMENTS)) + np.arange(SYSTEMS)[:, None]))


def metric(values: Any, *, blind: bool = True) -> Metric:
    """Return a metric with these values."""
    return Metric(name="m", title="A metric", blind=blind, values=np.asarray(values, dtype=float))


def test_perfect_and_inverted(penalties: Any) -> None:
    """A metric that is the penalty turned round agrees in everything, the penalty itself in nothing."""
    good, bad = agree(rate(penalties), [metric(-penalties), metric(penalties)], rounds=20)
    assert {name: pytest.approx(1.0) for name in good.values} == good.values
    for name in ("accuracy", "clear", "people"):
        assert 0.0 == bad.values[name]
    for name in ("item", "kendall", "pearson"):
        assert -1.0 == pytest.approx(bad.values[name])
    assert {"accuracy": 6, "people": 10} == {name: good.counts[name] for name in ("accuracy", "people")}


def test_accuracy_counted_by_hand(penalties: Any) -> None:
    """The share of pairs of machines whose means stand in the same order."""
    values = np.random.default_rng(8).normal(size=penalties.shape)
    (found,) = agree(rate(penalties), [metric(values)], rounds=5)
    own, truth = values.mean(axis=1), -penalties.mean(axis=1)
    for name, machines in (("accuracy", SYSTEMS - 1), ("people", SYSTEMS)):
        pairs = list(combinations(range(machines), 2))
        right = sum((own[one] > own[other]) == (truth[one] > truth[other]) for one, other in pairs)
        assert right / len(pairs) == pytest.approx(found.values[name])


def test_ties_count_half() -> None:
    """Where a metric gives two of three systems the same, that pair counts half."""
    found = agree(rate([[1, 1], [2, 2], [3, 3], [0, 0]]), [metric([[3, 3], [3, 3], [1, 1], [9, 9]])], rounds=5)[0]
    assert 2.5 / 3 == pytest.approx(found.values["accuracy"])


def test_systems_that_experts_do_not_set_apart_are_no_pair() -> None:
    """Two systems with one mean penalty say nothing of a metric."""
    ratings = rate([[1, 3], [3, 1], [5, 5]], people=0)
    assert 1.0 == agree(ratings, [metric([[9, 9], [7, 7], [1, 1]])], rounds=5)[0].values["accuracy"]


def test_metric_of_the_source(penalties: Any) -> None:
    """What is the same for all rivals orders no system, and has item-level Kendall 0 however well it does over all."""
    source = np.tile(-penalties.mean(axis=0), (SYSTEMS, 1))
    (found,) = agree(rate(penalties), [metric(source)], rounds=30)
    assert (None, None, 0.0) == tuple(found.values[name] for name in ("accuracy", "people", "item"))
    assert "accuracy" not in found.intervals
    assert (0.0, 0.0) == found.intervals["item"]
    assert (found.values["kendall"] or 0.0) > 0.2


def test_item_level_is_scipys(penalties: Any) -> None:
    """Tau-b of all segments at once is scipy's of each by itself, ties in both included."""
    values = np.random.default_rng(1).integers(0, 4, penalties.shape)
    found = item_taus(values, penalties)
    for place in range(SEGMENTS):
        own, truth = values[:, place], -penalties[:, place]
        expected = float(kendalltau(own, truth).statistic) if np.ptp(own) and np.ptp(truth) else None
        if expected is None:
            assert isnan(found[place]) if not np.ptp(truth) else found[place] == 0
        else:
            assert expected == pytest.approx(found[place])


def test_item_level_is_that_of_the_estimators_report(penalties: Any) -> None:
    """The same number as `estimation.correlation` has."""
    values = np.random.default_rng(2).normal(size=penalties.shape)
    (found,) = agree(rate(penalties, people=0), [metric(values)], rounds=5)
    other = agree_on_texts(
        values.ravel().tolist(), penalties.ravel().tolist(), list(range(SEGMENTS)) * SYSTEMS, rounds=1
    )
    assert other.values["item"] == pytest.approx(found.values["item"])
    assert other.values["overall"] == pytest.approx(found.values["kendall"])
    assert other.values["pearson"] == pytest.approx(found.values["pearson"])


def test_intervals(penalties: Any) -> None:
    """They hold the value of a noisy metric, are drawn by seed, and are narrower with more segments."""
    noisy = metric(-penalties + np.random.default_rng(4).normal(0, 4, penalties.shape))
    first, again, other = (agree(rate(penalties), [noisy], rounds=200, seed=seed)[0] for seed in (1, 1, 2))
    assert first.intervals == again.intervals
    assert first.intervals != other.intervals
    low, high = first.intervals["item"]
    assert low < (first.values["item"] or 0.0) < high
    wide = np.tile(penalties, (1, 9))
    (many,) = agree(rate(wide), [replace(noisy, values=np.tile(noisy.values, (1, 9)))], rounds=200)
    assert many.intervals["item"][1] - many.intervals["item"][0] < 0.5 * (high - low)


def test_clear_pairs() -> None:
    """Systems that differ by far more than their noise are told apart; noise is not, nor what is the same."""
    chance = np.random.default_rng(5)
    noise = chance.normal(5, 2, (2, 200))
    ratings = rate([noise[0], noise[1], noise[0] + 3, noise[0]], people=0)
    found = clear_pairs(ratings)
    assert {(0, 2), (1, 2), (2, 3)} == set(found)
    assert found == clear_pairs(ratings)


def test_overlaps_are_sacrebleus() -> None:
    """System numbers are sacrebleu's of the whole texts, with people's as references; a text's, its sentence scores."""
    ratings = replace(
        rate([[1, 2, 3], [2, 3, 1], [0, 0, 0], [0, 0, 0]], people=2),
        targets=(
            ("the red hat is here", "a cup of green tea for you", "two plates"),
            ("red hats", "green tea in a cup", "two white plates and one bowl"),
            ("the red hat is there", "a cup of green tea", "two white plates"),
            ("a red hat lies there", "one cup of the green tea", "a pair of white plates"),
        ),
    )
    chrf, bleu = overlaps(ratings)
    references = [list(ratings.targets[2]), list(ratings.targets[3])]
    for found, theirs in ((chrf, CHRF()), (bleu, BLEU())):
        expected = [theirs.corpus_score(list(own), references).score for own in ratings.targets[:2]]
        assert expected == pytest.approx(found.of_systems(np.ones((1, 3)))[0].tolist())
        twice = theirs.corpus_score([ratings.targets[0][0]] * 2, [[one[0]] * 2 for one in references]).score
        assert twice == pytest.approx(found.of_systems(np.array([[2.0, 0, 0]]))[0][0])
    sentence = CHRF().sentence_score(ratings.targets[0][1], [references[0][1], references[1][1]]).score
    assert sentence == pytest.approx(chrf.values[0][1])
    assert (2, 3) == chrf.values.shape
    (agreement,) = agree(ratings, [bleu], rounds=5)
    assert "people" not in agreement.values


def test_no_people_no_references() -> None:
    """Then nothing can be compared with references, and no number is made up."""
    assert [] == overlaps(rate([[1, 2], [2, 1]], people=0))


def test_signals_are_turned_so_that_more_is_better() -> None:
    """Chinese left in English counts against a text, likelihood for it; what never varies or is missing is left out."""
    given = [[(0.5, -3.0), (0.0, -1.0)], [(0.1, -2.0), (0.2, -0.5)]]
    rows = [[{"kept-chinese": kept, "forward": read, "same": 1.0} for kept, read in own] for own in given]
    rows[0][0]["some"] = 1.0
    found = {one.name: one.values.tolist() for one in signals(rate([[1, 2], [2, 1]], people=0), rows)}
    assert {"signal.kept-chinese": [[-0.5, 0.0], [-0.1, -0.2]], "signal.forward": [[-3.0, -1.0], [-2.0, -0.5]]} == found


def test_scores_of_the_views_that_are_there() -> None:
    """The score without a model is always there, those with views only where all texts were read in them."""
    from shopglot.loading import load_localizer

    estimator = load_localizer("us", model="fake").estimator
    bare = {"source-length": 2.0, "told": 0.5}
    rich = bare | {"forward": -1.0}
    names = [[one.name for one in scores([[row], [rich]], estimator)] for row in (bare, rich)]
    assert ["score.surface"] == names[0]
    assert "score.forward" in names[1]
    (found,) = scores([[bare]], estimator)[:1]
    assert estimator.variant(frozenset()).predict(bare) == found.values[0][0]


def test_agreement_knows_its_metric(penalties: Any) -> None:
    """One agreement a metric, in their order."""
    given = [metric(-penalties), metric(penalties, blind=False)]
    found = agree(rate(penalties), given, rounds=5)
    assert given == [one.metric for one in found]
    assert all(isinstance(one, Agreement) for one in found)
