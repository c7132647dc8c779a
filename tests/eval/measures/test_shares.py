"""Shares with an interval: what they are, and that they hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from shopglot_eval.measures.shares import Trial, bound_share, measure_share
from shopglot_eval.measures.terms import Terms


def trials(hits: list[float], *, size: int = 1, total: float = 1.0) -> list[Trial]:
    """Return trials of clusters of a size."""
    return [Trial(id=f"t{place}", cluster=f"c{place // size}", hits=hit, total=total) for place, hit in enumerate(hits)]


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (20, 20), (0, 2)])
def test_extremes_are_those_of_clopper_and_pearson(hits: int, count: int) -> None:
    """Where all trials are alike, each counts as one, and the interval is scipy's exact one."""
    exact = binomtest(hits, count).proportion_ci(method="exact")
    assert bound_share(trials([1.0] * hits + [0.0] * (count - hits))) == pytest.approx((exact.low, exact.high))


def test_texts_on_their_own_are_nearly_exact() -> None:
    """Without clusters only the correction for estimating the variance is left."""
    exact = binomtest(90, 100).proportion_ci(method="exact")
    bounds = bound_share(trials([1.0] * 90 + [0.0] * 10))
    assert bounds == pytest.approx((exact.low, exact.high), abs=0.002)


def test_pages_that_are_alike_are_worth_less() -> None:
    """Pages that are right or wrong as wholes widen the interval to that of the pages, and for their being few."""
    alike = [1.0] * 80 + [0.0] * 20
    apart = bound_share(trials(alike))
    pages = bound_share(trials(alike, size=10))
    exact = binomtest(8, 10).proportion_ci(method="exact")
    assert apart is not None
    assert pages is not None
    assert pages[0] < apart[0] < apart[1] < pages[1]
    assert 0.3 < pages[0] <= exact.low
    assert pages[1] >= exact.high


def test_one_page_says_nothing_of_others() -> None:
    """One cluster, or none, has no interval."""
    assert bound_share(trials([1.0, 0.0, 1.0], size=3)) is None
    assert bound_share([]) is None


@pytest.mark.parametrize("alike", [2.0, 20.0])
def test_holds_the_truth(alike: float) -> None:
    """Over 400 worlds with a known share, whose pages are more or less alike, the interval has it in 95 of 100."""
    chance = np.random.default_rng(3)
    share, held = 0.9, 0
    for _ in range(400):
        pages = chance.beta(share * alike, (1 - share) * alike, size=40)
        drawn = (chance.random((40, 8)) < pages[:, None]).ravel().astype(float)
        bounds = bound_share(trials(drawn.tolist(), size=8))
        assert bounds is not None
        held += bounds[0] <= share <= bounds[1]
    assert held >= 0.94 * 400


def test_a_figure_names_the_worst_first() -> None:
    """Texts with most misses come first; with nothing to measure there is no value, and a note."""
    known = [
        Trial(id="one", cluster="a", hits=2, total=3), Trial(id="none", cluster="b", hits=3, total=3),
        Trial(id="empty", cluster="c", hits=0, total=0), Trial(id="three", cluster="d", hits=0, total=3),
    ]  # fmt: skip
    figure = measure_share(Terms(), known, unit="terms", nothing="no term")
    assert figure.value == pytest.approx(5 / 9)
    assert (figure.count, figure.against) == (9, ("three", "one"))
    nothing = measure_share(Terms(), known[2:3], unit="terms", nothing="no term")
    assert (nothing.value, nothing.low, nothing.note, nothing.count) == (None, None, "no term", 0)
