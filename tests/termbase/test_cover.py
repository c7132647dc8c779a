"""The choice among overlapping matches, against the same choice made by trying everything."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.termbase.cover import best_cover


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(0, 2)], [(0, 2)]),
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 5), (0, 3), (3, 5)], [(0, 5)]),  # the longest, though two cover as much
        ([(0, 3), (2, 4)], [(0, 3)]),
        ([(0, 3), (0, 2), (2, 4)], [(0, 2), (2, 4)]),  # the longest would leave the next one cut
        ([(0, 2), (1, 3)], [(0, 2)]),  # equal: leftmost
        ([(0, 2), (1, 3), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 2), (1, 6), (5, 7)], [(1, 6)]),
    ],
)
def test_cases(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    """Most characters first, then fewest spans, then leftmost and longest."""
    assert [(*span, "") for span in expected] == best_cover([(*span, "") for span in spans])


def all_covers(spans: list[tuple[int, int, str]]) -> list[tuple[tuple[int, int, str], ...]]:
    """Return every choice of spans that do not overlap."""
    chosen = [chosen for count in range(len(spans) + 1) for chosen in combinations(spans, count)]
    return [spans for spans in chosen if all(left[1] <= right[0] for left, right in pairwise(spans))]


@settings(max_examples=150)
@given(st.sets(st.tuples(st.integers(0, 12), st.integers(1, 5)), max_size=8))
def test_is_the_best_of_all(found: set[tuple[int, int]]) -> None:
    """No other choice covers more, or as much with fewer spans."""
    spans = sorted(((start, start + length, "") for start, length in found), key=lambda span: (span[0], -span[1]))
    worth = [(sum(end - start for start, end, _ in cover), -len(cover)) for cover in all_covers(spans)]
    best = best_cover(spans)
    assert tuple(best) in all_covers(spans)
    assert max(worth) == (sum(end - start for start, end, _ in best), -len(best))
