"""Runaway repetition: found, and nothing else taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.engines.repetition import LEAST_SPAN, Runaway, ends_in_runaway, find_runaway


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        ([], None),
        ([1] * 11, None),  # 10000000000
        ([1] * 12, Runaway(start=0, cut=1)),
        ([7, 8, *[1] * 12, 9], Runaway(start=2, cut=3)),
        ([1, 2] * 4, None),  # no, no, no, no
        ([1, 2] * 6, Runaway(start=0, cut=2)),
        ([9, *[1, 2, 3] * 4], Runaway(start=1, cut=4)),
        ([9, *[1, 2, 3, 4, 5] * 3], None),
        ([9, *[1, 2, 3, 4, 5] * 4], Runaway(start=1, cut=6)),
        (list(range(25)) * 4, None),  # longer than the longest period
        (list(range(100)), None),
    ],
)
def test_find_runaway(tokens: list[int], found: Runaway | None) -> None:
    """The first piece is kept, the copies are not; short or few copies are speech."""
    assert found == find_runaway(tokens)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2), max_size=60))
def test_asking_at_every_token_finds_the_same(tokens: list[int]) -> None:
    """Something ends in a runaway after some token exactly where the whole has one."""
    heard = any(ends_in_runaway(tokens[:end]) for end in range(len(tokens) + 1))
    assert (find_runaway(tokens) is not None) == heard


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=24), st.lists(st.integers(6, 9), max_size=9), st.integers(4, 9))
def test_any_piece_over_and_over_is_found(piece: list[int], before: list[int], copies: int) -> None:
    """Whatever is written four times and over twelve tokens is cut within its first piece."""
    tokens = before + piece * max(copies, -(-LEAST_SPAN // len(piece)))
    found = find_runaway(tokens)
    assert found is not None
    assert found.cut <= len(before) + len(piece)
