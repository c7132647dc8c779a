"""Agreement of reviewers: numbers worked out by hand and by another implementation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.store.agreement import agreement

TABLE = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15


def test_a_worked_example() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: raw .7, chance .5, kappa .4, as in every textbook."""
    found = agreement([("ann", first), ("bo", second)] for first, second in TABLE)
    assert (50, 50) == (found.segments, found.judged_pairs)
    assert pytest.approx(0.7) == found.raw
    assert pytest.approx(0.4) == found.kappa
    [pair] = found.pairs
    assert (("ann", "bo"), 50, 35, 0.5) == (pair.reviewers, pair.segments, pair.agreed, pair.chance)
    assert found.kappa == pair.kappa


def test_no_pairs() -> None:
    """Nothing judged, or each segment once, has no agreement at all."""
    for judged in ([], [[("ann", True)], [("bo", False)]]):
        found = agreement(judged)
        assert (0, 0, None, None, ()) == (
            found.segments, found.judged_pairs, found.raw, found.kappa, found.pairs
        )  # fmt: skip


def test_kappa_does_not_exist_where_both_always_say_the_same() -> None:
    """Agreement by chance is certain there, and nothing is left to measure."""
    found = agreement([("ann", True), ("bo", True)] for _ in range(3))
    assert (1.0, None) == (found.raw, found.kappa)


def test_three_reviewers_are_three_pairs() -> None:
    """Raw agreement and chance are means over pairs of verdicts; the pairs stand by name."""
    found = agreement([[("c", True), ("a", True), ("b", False)], [("a", False), ("b", False)]])
    assert (2, 4) == (found.segments, found.judged_pairs)
    assert [("a", "b"), ("a", "c"), ("b", "c")] == [pair.reviewers for pair in found.pairs]
    assert [(2, 1, 0.5), (1, 1, 1.0), (1, 0, 0.0)] == [
        (pair.segments, pair.agreed, pair.chance) for pair in found.pairs
    ]
    assert pytest.approx(2 / 4) == found.raw
    assert pytest.approx((0.5 - 0.5) / 0.5) == found.kappa


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_it_is_cohen_s(table: list[tuple[bool, bool]]) -> None:
    """For two reviewers it is what scikit-learn computes, wherever that is a number."""
    metrics = pytest.importorskip("sklearn.metrics")
    found = agreement([("a", first), ("b", second)] for first, second in table)
    if len({verdict for pair in table for verdict in pair}) == 1:
        assert found.kappa is None
    else:
        expected = metrics.cohen_kappa_score([first for first, _ in table], [second for _, second in table])
        assert pytest.approx(expected, abs=1e-12) == found.kappa
