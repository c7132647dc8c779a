"""The population stability index: laws of it, and the piles of equal values that signals really have."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError
from shopglot.quality.drift import LEAST, SHIFTED, SOME, drift, drifts

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=200)
PILES = st.lists(st.sampled_from([-1.0, 0.0, 0.0, 0.0, 0.5, 1.0]), min_size=20, max_size=200)


def deciles(values: list[float]) -> list[float]:
    """Return the nine deciles, each a value that there is, with the digits that an estimator's file keeps."""
    ordered = sorted(values)
    return [float(f"{ordered[math.ceil(step * len(ordered) / 10) - 1]:.5g}") for step in range(1, 10)]


def test_the_formula() -> None:
    """Without ties it is the sum over the bins as written, half a value added to each."""
    usual = [float(edge) for edge in range(1, 10)]
    counts = [40, 0, 10, 10, 10, 10, 10, 10, 10, 10]
    values = [place + 0.5 for place, count in enumerate(counts) for _ in range(count)]
    shares = [(count + 0.5) / 125 for count in counts]
    expected = sum((share - 0.1) * math.log(share / 0.1) for share in shares)
    assert pytest.approx(expected) == drift(usual, values)
    assert expected > SHIFTED


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30) | st.lists(st.sampled_from([0.0, 1.0]), min_size=1)
)
@settings(max_examples=150, deadline=None)
def test_the_calibration_set_has_none(values: list[float]) -> None:
    """The set that the deciles come from has none, however its values pile up."""
    whole = values * 10  # so that a tenth of it is a whole number of values
    assert drift(deciles(whole), [round(value, 4) for value in whole]) < 1e-6


@given(usual=VALUES | PILES, values=st.lists(st.floats(), max_size=100))
@settings(max_examples=150, deadline=None)
def test_it_is_finite_and_never_negative(usual: list[float], values: list[float]) -> None:
    """Whatever the values, infinite ones and NaN among them; the order does not matter."""
    found = drift(deciles(usual), values)
    assert 0 <= found < math.inf
    assert pytest.approx(found) == drift(deciles(usual), values[::-1])


@given(usual=VALUES | PILES, values=VALUES | PILES)
@settings(max_examples=100, deadline=None)
def test_ties_are_given_the_benefit(usual: list[float], values: list[float]) -> None:
    """Sharing tied values out never tells of more drift than putting all of them into the bin below the edge."""
    edges, counts = deciles(usual), [0] * 10
    for value in values:
        counts[bisect_left([edge + 6e-5 * (1 + abs(edge)) for edge in edges], value)] += 1
    shares = [(count + 0.5) / (len(values) + 5) for count in counts]
    assert drift(edges, values) <= sum((share - 0.1) * math.log(share / 0.1) for share in shares) + 1e-6


def test_it_grows_with_the_shift() -> None:
    """The further a distribution moves, the larger the index; a small move is small."""
    draw = random.Random(4)  # noqa: S311 - a sample, no secret
    usual = deciles([draw.gauss(0, 1) for _ in range(5000)])
    values = [draw.gauss(0, 1) for _ in range(5000)]
    found = [drift(usual, [value + shift for value in values]) for shift in (0.0, 0.2, 0.5, 1.0, 2.0)]
    assert all(low < high for low, high in pairwise(found))
    assert found[0] < 0.01 < found[1] < SOME < SHIFTED < found[2]


@pytest.mark.parametrize(("ones", "shifted"), [(0.0, True), (0.2, False), (0.25, False), (0.3, False), (0.7, True)])
def test_a_yes_or_no(ones: float, shifted: bool) -> None:
    """Deciles of 0 x 7, 1, 1 say that 20 to 30% are ones: no more and no less is no drift."""
    values = [1.0] * round(1000 * ones) + [0.0] * round(1000 * (1 - ones))
    found = drift([0.0] * 7 + [1.0] * 2, values)
    assert (shifted, not shifted) == (found > SHIFTED, found < 0.001)


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0.0, 0, 0.001), (0.1, 0, 0.001), (0.15, 0.005, SOME), (0.4, 0.3, 1)]
)
def test_what_hardly_ever_happened(share: float, low: float, high: float) -> None:
    """A finding that fewer than one in ten texts had: the index speaks when many have it."""
    values = [0.5] * round(1000 * share) + [0.0] * round(1000 * (1 - share))
    assert low <= drift([0.0] * 9, values) <= high


def test_digits_are_no_drift() -> None:
    """An edge is written with five digits, a signal kept with four decimals: ln 2 and 2 / 23 still meet."""
    edges = [0.0] * 3 + [0.086957] * 3 + [0.69315] * 3
    assert drift(edges, [0.0] * 33 + [0.087] * 33 + [0.6931] * 34) < 0.001


@pytest.mark.parametrize("usual", [[], [0.0] * 8, [0.0] * 10, [2.0] + [1.0] * 8, [math.nan] * 9])
def test_deciles_that_are_none(usual: list[float]) -> None:
    """An estimator with other than nine ascending deciles has to be fitted again."""
    with pytest.raises(DataError, match="nine ascending numbers"):
        drift(usual, [1.0])


def test_of_all_signals() -> None:
    """The largest first; signals with few values, without deciles or without texts are left out."""
    usual = {name: [float(edge) for edge in range(1, 10)] for name in ("still", "moved", "few", "gone")}
    texts = [
        {"still": number % 10 + 0.5, "moved": 12.0, "new": 1.0} | ({} if number < LEAST + 1 else {"few": 1.5})
        for number in range(2 * LEAST)
    ]
    found = drifts(usual, iter(texts))
    assert ["moved", "still"] == list(found)
    assert found["moved"] > SHIFTED > SOME > found["still"]
    assert {} == drifts(usual, []) == drifts({}, texts)
