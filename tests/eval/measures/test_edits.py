"""Edits are counted as sacrebleu counts them, only faster."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.lib_ter import BeamEditDistance, translation_edit_rate

from shopglot_eval.measures.edits import align, count_edits

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=45)


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Words, and the same after some were moved, lost and put in: what shifts are for."""
    words = draw(WORDS)
    other = list(words)
    for _ in range(draw(st.integers(0, 5))):
        start, length, target = (draw(st.integers(0, 45)) for _ in range(3))
        part = other[start : start + length % 12]
        del other[start : start + length % 12]
        at = target % (len(other) + 1)
        other[at:at] = part if target % 3 else ["x"]
    return words, other


@settings(max_examples=150, deadline=None)
@given(shuffled())
@example((list("abcdefgh"), list("efghabcd")))
@example((["a"] * 40 + ["b"], ["b"] + ["a"] * 40))
def test_moved_words(both: tuple[list[str], list[str]]) -> None:
    """The count is sacrebleu's, with and without shifts, within its beam and beyond."""
    assert translation_edit_rate(*both) == count_edits(*both)


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS)
@example([], ["a"])
@example(["a"], [])
@example([], [])
@example(["a"], ["b"] * 130)
@example(["a", "b"] * 60, ["b"] * 3)
def test_any_words(words: list[str], reference: list[str]) -> None:
    """For lists that have nothing to do with each other, too; distance and trace within the beam are the same."""
    assert translation_edit_rate(words, reference) == count_edits(words, reference)
    assert BeamEditDistance(reference)(words) == align(words, reference)


@pytest.mark.parametrize(("size", "turn"), [(30, 15), (60, 25), (90, 40), (120, 7)])
def test_limit_of_candidates(size: int, turn: int) -> None:
    """Where Tercom gives up looking for shifts, so does this."""
    reference = [str(number % 11) for number in range(size)]
    words = reference[turn:] + reference[: turn // 2] + ["q"] * 3
    assert translation_edit_rate(words, reference) == count_edits(words, reference)
