"""Measures of calibration and the map to a probability."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError, UsageError
from shopglot.quality.calibration import Platt, brier, brier_skill, calibration_error, fit_platt, reliability

JUDGED = st.lists(st.tuples(st.integers(0, 10).map(lambda step: step / 10), st.booleans()), min_size=1, max_size=80)


def split(judged: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    """Return probabilities and labels."""
    return [probability for probability, _ in judged], [label for _, label in judged]


def drawn(count: int, seed: int, power: float = 1.0) -> tuple[list[float], list[bool]]:
    """Return scores whose event comes true with the chance logistic(power x logit(score))."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    scores = [0.02 + 0.96 * chance.random() for _ in range(count)]
    return scores, [chance.random() < Platt(slope=power, intercept=0.0)(score) for score in scores]


def test_figures_by_hand() -> None:
    """Four labels in two bins, worked out on paper."""
    probabilities, labels = [0.1, 0.3, 0.7, 0.9], [False, True, True, True]
    assert pytest.approx(0.25) == calibration_error(probabilities, labels, bins=2)
    assert pytest.approx((0.01 + 0.49 + 0.09 + 0.01) / 4) == brier(probabilities, labels)
    assert pytest.approx(1 - 0.15 / 0.1875) == brier_skill(probabilities, labels)
    low, high = reliability(probabilities, labels, bins=2)
    assert pytest.approx((0.2, 0.5, 2)) == (low.predicted, low.observed, low.count)
    assert pytest.approx((0.8, 1.0, 2, 1.0)) == (high.predicted, high.observed, high.count, high.high)


@given(judged=JUDGED, bins=st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_laws(judged: list[tuple[float, bool]], bins: int) -> None:
    """Bins hold everything once, ascend, are no more than asked for, and bound the error."""
    probabilities, labels = split(judged)
    rows = reliability(probabilities, labels, bins)
    assert len(judged) == sum(row.count for row in rows)
    assert len(rows) <= bins
    assert [row.predicted for row in rows] == sorted(row.predicted for row in rows)
    assert all(row.low <= row.observed <= row.high for row in rows)
    assert 0 <= calibration_error(probabilities, labels, bins) <= 1
    assert 0 <= brier(probabilities, labels) <= 1
    assert brier_skill(probabilities, labels) <= 1


@given(judged=JUDGED, data=st.data())
@settings(max_examples=50, deadline=None)
def test_order_does_not_matter(judged: list[tuple[float, bool]], data: st.DataObject) -> None:
    """The same labels in another order give the same bins."""
    other = data.draw(st.permutations(judged))
    assert reliability(*split(judged)) == reliability(*split(other))


def test_bins_are_of_equal_count() -> None:
    """Without ties ten bins of a hundred hold ten each."""
    rows = reliability([step / 100 for step in range(100)], [True] * 100)
    assert [10] * 10 == [row.count for row in rows]


def test_a_true_score_is_calibrated_and_a_flattering_one_is_not() -> None:
    """The error is near 0 for chances that are true and large for those that flatter."""
    scores, labels = drawn(5000, 1)
    assert calibration_error(scores, labels) < 0.03
    assert calibration_error([score**0.2 for score in scores], labels) > 0.2
    assert brier_skill(scores, labels) > 0.2


def test_base_rate_has_no_skill() -> None:
    """Saying the base rate is 0; where all labels are the same, only saying so is not -inf."""
    assert pytest.approx(0.0, abs=1e-12) == brier_skill([0.25] * 4, [True, False, False, False])
    assert 0.0 == brier_skill([1.0, 1.0], [True, True])
    assert -math.inf == brier_skill([0.9, 1.0], [True, True])


def test_platt_finds_the_map() -> None:
    """A score that is too sure by a known factor is put right."""
    fitted = fit_platt(*drawn(20_000, 2, power=0.5))
    assert pytest.approx(0.5, abs=0.03) == fitted.slope
    assert pytest.approx(0.0, abs=0.05) == fitted.intercept


def test_platt_solves_the_equations_of_its_targets() -> None:
    """At the optimum the mean probability is the mean of the smoothed targets."""
    scores, labels = drawn(60, 3)
    fitted, true = fit_platt(scores, labels), sum(labels)
    aims = [(true + 1) / (true + 2) if label else 1 / (60 - true + 2) for label in labels]
    assert pytest.approx(sum(aims), abs=1e-3) == sum(map(fitted, scores))


def test_platt_smooths_what_is_divided_perfectly() -> None:
    """Labels that a score divides perfectly do not make it certain, nor does having one kind only."""
    fitted = fit_platt([0.1, 0.2, 0.8, 0.9], [False, False, True, True])
    assert 0.5 < fitted(0.9) < 0.95
    alone = fit_platt([0.5, 0.6, 0.7], [True, True, True])
    assert pytest.approx(0.8, abs=0.01) == alone(0.6)


@given(score=st.floats(0, 1), slope=st.floats(0, 50), intercept=st.floats(-50, 50))
@settings(max_examples=100, deadline=None)
def test_platt_gives_probabilities(score: float, slope: float, intercept: float) -> None:
    """The map stays within 0..1, ends included, and does not fall."""
    to_probability = Platt(slope=slope, intercept=intercept)
    assert 0 <= to_probability(score) <= to_probability(1.0) <= 1


def test_sad_paths() -> None:
    """Nothing to measure, lengths that differ, numbers that are no probabilities, no bins."""
    with pytest.raises(DataError, match="no labels"):
        calibration_error([], [])
    with pytest.raises(DataError, match="2 probabilities and 1 labels"):
        brier([0.1, 0.2], [True])
    for wrong in (math.nan, -0.1, 1.1):
        with pytest.raises(DataError, match="probability 2"):
            fit_platt([0.5, wrong], [True, False])
    with pytest.raises(UsageError, match="bins"):
        reliability([0.5], [True], bins=0)
