"""Agreement with experts: what each of the four numbers says, and where there is nothing to say."""

from __future__ import annotations

from math import isnan
from random import Random

import pytest

from shopglot_eval.estimation.correlation import NAMES, agree

SEGMENTS = [number // 4 for number in range(40)]
PENALTIES = [float(number * 7 % 11) for number in range(40)]  # no two equal among four neighbours


def test_perfect_score() -> None:
    """A score that is the penalty turned round agrees fully, in all numbers."""
    found = agree([-penalty for penalty in PENALTIES], PENALTIES, SEGMENTS, rounds=5)
    assert dict.fromkeys(NAMES, 1.0) == pytest.approx(found.values)
    assert (10, 40) == (found.segments, found.translations)


def test_inverted_score() -> None:
    """A score that is the penalty itself disagrees fully."""
    found = agree(PENALTIES, PENALTIES, SEGMENTS, rounds=5)
    assert {"item": -1.0, "overall": -1.0, "pearson": -1.0, "auroc": 0.0} == pytest.approx(found.values)


def test_score_of_the_source_is_worth_nothing_within_items() -> None:
    """A score that is equal within each segment has item-level Kendall 0, however well it does over all."""
    penalties = [segment + step / 10 for segment, step in zip(SEGMENTS, [0, 1, 2, 3] * 10, strict=True)]
    found = agree([-float(segment) for segment in SEGMENTS], penalties, SEGMENTS, rounds=20)
    assert 0.0 == found.values["item"]
    assert found.values["overall"] > 0.9
    assert (0.0, 0.0) == found.intervals["item"]


def test_segments_without_a_difference_do_not_count() -> None:
    """A segment whose penalties are all equal has no rank correlation, and does not pull the mean to 0."""
    found = agree([1, 2, 3, 4], [2, 1, 5, 5], ["a", "a", "b", "b"])
    assert 1.0 == pytest.approx(found.values["item"])


def test_ties_are_tau_b() -> None:
    """One tie among three scores: two concordant pairs, over the root of 2 x 3."""
    found = agree([1, 1, 2], [3, 2, 1], ["a"] * 3)
    assert 2 / 6**0.5 == pytest.approx(found.values["item"])


def test_major_errors_begin_at_five() -> None:
    """A penalty of 5 is bad, one below it is good."""
    found = agree([1, 2, 3], [5.0, 4.9, 6.0], ["a", "a", "a"])
    assert 0.5 == found.values["auroc"]


def test_nothing_to_tell() -> None:
    """Equal penalties everywhere: no item-level number, and chance for the others."""
    found = agree([1, 2], [3, 3], ["a", "a"])
    assert isnan(found.values["item"])
    assert all(map(isnan, found.intervals["item"]))
    assert (0.0, 0.0, 0.5) == (found.values["overall"], found.values["pearson"], found.values["auroc"])


def test_intervals_are_of_segments() -> None:
    """Copies of a translation within its segment add no certainty."""
    rng = Random(3)  # noqa: S311 - made-up data
    scores = [rng.random() - penalty / 11 for penalty in PENALTIES]
    once = agree(scores, PENALTIES, SEGMENTS, rounds=100)
    often = agree(scores * 3, PENALTIES * 3, SEGMENTS * 3, rounds=100)
    for name in ("overall", "pearson"):
        (low, high), (low3, high3) = once.intervals[name], often.intervals[name]
        assert high3 - low3 > 0.8 * (high - low)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_intervals_contain_the_value(seed: int) -> None:
    """The four numbers of noisy scores lie within their own intervals, low before high."""
    rng = Random(seed)  # noqa: S311 - made-up data
    scores = [rng.gauss(0, 3) - penalty for penalty in PENALTIES]
    found = agree(scores, PENALTIES, SEGMENTS, rounds=60)
    for name in NAMES:
        low, high = found.intervals[name]
        assert low <= found.values[name] <= high


def test_same_seed_same_intervals() -> None:
    """The bootstrap is drawn from its seed."""
    scores = [float(number * 5 % 13) for number in range(40)]
    first, second, other = (agree(scores, PENALTIES, SEGMENTS, rounds=20, seed=seed) for seed in (1, 1, 2))
    assert first == second
    assert first.intervals != other.intervals
    assert first.values == other.values


@pytest.mark.parametrize(
    ("scores", "penalties", "segments"), [([1], [1, 2], [1, 2]), ([1, 2], [1, 2], [1]), ([], [], [])]
)
def test_lengths_must_agree(scores: list[float], penalties: list[float], segments: list[int]) -> None:
    """Lists of different length, or empty ones, are refused with their lengths."""
    with pytest.raises(ValueError, match=f"{len(scores)} scores, {len(penalties)} penalties"):
        agree(scores, penalties, segments)
