"""Many paired differences at once: exact where that can be counted, and rarely wrong where nothing changed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import permutation_test

from shopglot_eval.comparing.flips import adjusted, can_tell, interval


def test_one_hypothesis_is_the_paired_permutation_test() -> None:
    """P is that of scipy's exact test with samples of each pair swapped."""
    worse = np.array([0.4, 1.0, -0.3, 0.8, 0.2, 0.9, -0.1, 0.5, 0.7, 0.3])
    exact = permutation_test(
        (worse, -worse), lambda one, other, axis: (one - other).sum(axis=axis), permutation_type="samples",
        alternative="greater", n_resamples=np.inf,
    )  # fmt: skip
    assert adjusted(worse[:, None], rounds=20_000)[0] == pytest.approx(exact.pvalue, abs=0.004)


def step_down(worse: np.ndarray) -> list[float]:
    """Return the adjusted p over all signs there are, by the definition and not by the way the code goes."""
    scale = np.sqrt((worse**2).sum(axis=0))
    observed = worse.sum(axis=0) / scale
    order = sorted(range(len(observed)), key=lambda h: -observed[h])
    draws = [(np.array(signs) @ worse) / scale for signs in product((-1, 1), repeat=len(worse))]
    result, highest = [0.0] * len(order), 0.0
    for rank, hypothesis in enumerate(order):
        rest = order[rank:]
        reached = sum(max(draw[h] for h in rest) >= observed[hypothesis] - 1e-9 for draw in draws)
        highest = max(highest, reached / len(draws))
        result[hypothesis] = highest
    return result


def test_the_correction_is_that_of_all_signs() -> None:
    """Against every arrangement of ten signs, for hypotheses that overlap."""
    chance = np.random.default_rng(4)
    worse = chance.normal(0.3, 1, size=(10, 6))
    worse[:, 3] = worse[:, 0] * (np.arange(10) < 6)
    worse[:, 5] = 0
    found = adjusted(worse, rounds=40_000)
    assert found[:5] == pytest.approx(step_down(worse[:, :5]), abs=0.01)
    assert found[5] == 1


def test_false_alarms_are_rare() -> None:
    """Of 300 runs in which nothing got worse, with 40 slices each, at most a few more than 5% have a p below .05."""
    chance = np.random.default_rng(11)
    alarms = 0
    for seed in range(300):
        worse = chance.normal(0, 1, size=(30, 40)) * (chance.random((30, 40)) < 0.4)
        alarms += bool((adjusted(worse, rounds=400, seed=seed) <= 0.05).any())
    assert alarms <= 15 + 2 * (300 * 0.05 * 0.95) ** 0.5


def test_what_only_got_better_is_no_harm() -> None:
    """One-sided: the other direction has a p near 1."""
    worse = np.ones((12, 1))
    assert adjusted(worse)[0] < 0.001
    assert adjusted(-worse)[0] == 1


def test_hypotheses_that_cannot_tell() -> None:
    """Six units have 64 arrangements: none has a p of 1%."""
    assert can_tell(np.ones((6, 1)), 0.01).tolist() == [False]
    assert can_tell(np.ones((7, 1)), 0.01).tolist() == [True]


def test_the_interval_is_that_of_the_mean() -> None:
    """Near the normal one for many units; nothing for no difference; nothing known of a single unit."""
    chance = np.random.default_rng(2)
    worse = chance.normal(1, 2, size=400)
    found = interval(worse, np.ones(400))
    assert found is not None
    low, high = found
    error = 1.96 * worse.std() / 20
    assert (low, high) == pytest.approx((worse.mean() - error, worse.mean() + error), abs=0.05)
    assert interval(np.zeros(5), np.ones(5)) == (0.0, 0.0)
    assert interval(np.array([3.0]), np.array([2.0])) is None


def test_nothing_to_test() -> None:
    """No unit, no hypothesis: no p."""
    assert adjusted(np.zeros((3, 2))).tolist() == [1, 1]
    assert adjusted(np.zeros((0, 0))).tolist() == []
