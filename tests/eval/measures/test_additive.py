"""Sums, draws and swaps: the same as sacrebleu's, and the same however they are cut into pieces."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest

from shopglot_eval.measures import additive
from shopglot_eval.measures.additive import Mean, add_up, as_additive, bound, groups_of, resample, swap
from shopglot_eval.measures.surface import BLEU, CHRF, CHRF_WORDS, TER, Surface, _metric
from shopglot_eval.records import Better, Example, Figure, Form, Output, Pair


class Length:
    """The length of a text as a made-up measure; empty ones have none."""

    name = "length"
    title = "Length"
    better: Better = ""
    form: Form = "number"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return how many there are."""
        return Figure(measure=self.name, value=float(len(pairs)))

    def value(self, pair: Pair) -> float | None:
        """Return the length."""
        return float(len(pair.output.target)) or None


def pair(number: int, target: str, listing: str = "") -> Pair:
    """Return a pair with a target."""
    example = Example(id=f"e{number}", market="us", source="s", listing=listing)
    return Pair(example=example, output=Output(id=example.id, target=target))


@pytest.mark.parametrize("measure", [BLEU, CHRF, CHRF_WORDS, TER], ids=lambda one: one.name)
def test_scores_of_sums(measure: Surface) -> None:
    """For many rows at once, the formulas give what sacrebleu gives for each, empty and matchless rows included."""
    metric, rng = _metric(measure.name, chinese=False), Random(5)  # noqa: S311 - made-up data
    rows: list[list[float]] = []
    for size in (0, 1, 2, 5, 40, 1000):
        for _ in range(40):
            if measure is TER:
                rows.append([float(rng.randint(0, size)), float(rng.randint(0, size))])
            elif measure is BLEU:
                length = rng.randint(0, size)
                total = [max(0, length - n) for n in range(4)]
                rows.append([length, rng.randint(0, size), *(rng.randint(0, n) for n in total), *total])
            else:
                row: list[float] = []
                for _ in range(8 if measure is CHRF_WORDS else 6):
                    own, wanted = rng.randint(0, size), rng.randint(0, size)
                    row += [own, wanted, rng.randint(0, min(own, wanted))]
                rows.append(row)
    expected = [metric._compute_score_from_stats(list(row)).score for row in rows]
    assert expected == pytest.approx(list(measure.scores(np.array(rows, dtype=np.float64))), abs=1e-9)


def test_draws_are_those_of_sacrebleu() -> None:
    """A resample is the sum of the rows that sacrebleu's seed draws."""
    rows = np.arange(60, dtype=np.float64).reshape(20, 3)
    drawn = np.random.default_rng(12345).choice(20, size=(7, 20), replace=True)
    assert np.array_equal(rows[drawn].sum(axis=1), resample(rows, resamples=7))


def test_swaps_are_those_of_sacrebleu() -> None:
    """A swap takes each row from where sacrebleu's coin says, rows that are equal included."""
    chance = np.random.default_rng(3)
    first, second = chance.integers(9, size=(2, 33, 4)).astype(np.float64)
    second[5:9] = first[5:9]
    toss = np.random.default_rng(12345).integers(2, size=(70, 33), dtype=bool)
    assert np.array_equal(toss @ first + ~toss @ second, swap(first, second, trials=70))


def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into small pieces for want of memory, draws and swaps are the same."""
    first, second = np.random.default_rng(3).integers(9, size=(2, 37, 2)).astype(np.float64)
    whole = resample(first, resamples=50), swap(first, second, trials=100)
    monkeypatch.setattr(additive, "KEPT", 0)
    monkeypatch.setattr(additive, "CELLS", 37 * 32)
    assert np.array_equal(whole[0], resample(first, resamples=50))
    assert np.array_equal(whole[1], swap(first, second, trials=100))


def test_sums_of_groups() -> None:
    """Rows of a group are added up, groups come in the order in which they first do."""
    assert [[4.0, 6.0], [5.0, 5.0]] == add_up([(1, 2), (5, 5), (3, 4)], ["b", "a", "b"]).tolist()
    pairs = [pair(1, "a", "x"), pair(2, "b", "x"), pair(3, "c")]
    assert ["x", "x", "e3"] == groups_of(pairs)
    assert ["e1", "e2", "e3"] == groups_of(pairs, "text")


def test_any_measure_has_a_mean() -> None:
    """What is no sum is taken as the mean of its values, texts without one left out."""
    mean = as_additive(Length())
    assert isinstance(mean, Mean)
    assert as_additive(CHRF) is CHRF
    assert (3.0, 1.0) == mean.counts(pair(1, "abc"))
    assert mean.counts(pair(1, "")) is None
    assert [2.0, 5.0] == mean.scores(np.array([[4.0, 2.0], [5.0, 1.0]])).tolist()


def test_bound_of_a_mean() -> None:
    """A percentile interval of the mean; none where there is only one listing."""
    pairs = [pair(n, "a" * (1 + n % 7)) for n in range(200)]
    low, high = bound(as_additive(Length()), pairs) or (0.0, 0.0)
    assert low < 4.0 < high
    assert high - low == pytest.approx(2 * 1.96 * 2 / 200**0.5, rel=0.15)
    assert bound(as_additive(Length()), [pair(1, "a", "x"), pair(2, "ab", "x")]) is None
    assert bound(as_additive(Length()), []) is None
