"""Correlations: scipy's and scikit-learn's numbers, and what they say where nothing varies."""

from __future__ import annotations

from math import sqrt
from random import Random

import pytest
from scipy.stats import kendalltau, pearsonr
from sklearn.metrics import roc_auc_score

from shopglot_eval.estimation.correlation import agree
from shopglot_eval.measures.ranking import auroc, item_kendalls, kendall, pearson


def draw(seed: int, count: int = 60) -> tuple[list[float], list[bool]]:
    """Return scores with ties and labels that go with them."""
    rng = Random(seed)  # noqa: S311 - made-up data
    scores = [round(rng.random(), 1) for _ in range(count)]
    return scores, [rng.random() < score for score in scores]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_same_as_others(seed: int) -> None:
    """Kendall and Pearson are scipy's, AUROC is scikit-learn's, ties included."""
    scores, good = draw(seed)
    assert kendalltau(scores, good).statistic == pytest.approx(kendall(scores, good))
    grades = [label + (score > 0.7) for label, score in zip(good, scores, strict=True)]
    assert kendalltau(scores, grades).statistic == pytest.approx(kendall(scores, grades))
    assert pearsonr(scores, good).statistic == pytest.approx(pearson(scores, good))
    assert roc_auc_score(good, scores) == pytest.approx(auroc(scores, good))


def test_nothing_to_agree_with() -> None:
    """Judgements that are all the same have no order: there is nothing to measure."""
    assert [None] * 3 == [measure([0.1, 0.9], [1, 1]) for measure in (kendall, pearson, auroc)]
    assert [None] * 3 == [measure([], []) for measure in (kendall, pearson, auroc)]


def test_scores_that_order_nothing() -> None:
    """Equal scores agree with no order: chance."""
    assert [0.0, 0.0, 0.5] == [measure([0.4, 0.4], [1, 0]) for measure in (kendall, pearson, auroc)]


def test_item_level_is_scipys() -> None:
    """Each item has Kendall's tau of its own rivals, wherever they stand; the estimator's report has the mean."""
    rng = Random(5)  # noqa: S311 - made-up data
    items = [place % 10 for place in range(40)]
    scores, penalties = [[rng.random() for _ in items] for _ in range(2)]
    found = item_kendalls(scores, [-penalty for penalty in penalties], items)
    expected = {item: kendalltau(scores[item::10], penalties[item::10]).statistic for item in range(10)}
    assert {item: pytest.approx(-tau) for item, tau in expected.items()} == found
    assert agree(scores, penalties, items, rounds=1).values["item"] == pytest.approx(-sum(expected.values()) / 10)


def test_items_without_rivals_or_differences_have_none() -> None:
    """One text alone has no order, nor have texts of the same worth; equal scores of unequal texts count 0."""
    found = item_kendalls([1, 1, 2, 3, 3, 1, 1, 2], [1, 5, 5, 1, 2, 3, 2, 1], ["a", "b", "b", "c", "c", "d", "d", "d"])
    assert {"c": 0.0, "d": pytest.approx(-2 / sqrt(6))} == found
