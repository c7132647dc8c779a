"""Intervals by resampling groups: they hold what they should, know no order, and never divide a group."""

from __future__ import annotations

from math import nan
from random import Random
from typing import Any

import numpy as np
import pytest

from shopglot_eval.measures.resampling import intervals


def mean_of(values: list[float]) -> Any:
    """Return a statistic: the mean of what was drawn."""
    given = np.array(values)
    return lambda drawn: {"mean": float(given[drawn].mean())}


def test_width_is_that_of_the_mean() -> None:
    """For independent values, the interval is about 1.96 standard errors to each side."""
    rng = Random(1)  # noqa: S311 - made-up data
    values = [rng.gauss(0, 1) for _ in range(400)]
    low, high = intervals(range(400), mean_of(values), rounds=2000)["mean"]
    error = float(np.std(values)) / 20
    assert low < np.mean(values) < high
    assert 2 * 1.96 * error == pytest.approx(high - low, rel=0.1)


def test_groups_stay_whole() -> None:
    """A group is drawn with all its members, wherever they stand, as often as it is drawn."""
    groups = ["a", "b", "a", "c", "b", "a"]
    seen = []

    def statistic(drawn: Any) -> dict[str, float | None]:
        seen.append(np.bincount(drawn, minlength=6).tolist())
        return {}

    intervals(groups, statistic, rounds=50)
    for times in seen:
        assert (times[0], times[1]) == (times[2], times[4])
        assert times[0] == times[5]
        assert 3 == times[0] + times[1] + times[3]
    assert len({tuple(times) for times in seen}) > 5


def test_copies_add_no_certainty() -> None:
    """Texts ten times over within their page have the interval of the page."""
    rng = Random(2)  # noqa: S311 - made-up data
    values = [rng.random() for _ in range(50)]
    once = intervals(range(50), mean_of(values))["mean"]
    often = intervals([place // 10 for place in range(500)], mean_of([v for v in values for _ in range(10)]))["mean"]
    assert once == pytest.approx(often)


def test_same_seed_same_interval() -> None:
    """The draws come from the seed."""
    values = [float(place * 7 % 11) for place in range(30)]
    first, again, other = (intervals(range(30), mean_of(values), rounds=40, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_draws_lack() -> None:
    """What is missing in a draw is left out; what most draws lack has no interval; one group alone has none."""
    groups = range(4)
    often = intervals(groups, lambda drawn: {"x": 1.0 if 0 in drawn else None, "y": nan}, rounds=60)
    assert {"x": (1.0, 1.0)} == often
    assert {} == intervals(["a", "a"], mean_of([1, 2]))
    assert {} == intervals([], mean_of([]))
