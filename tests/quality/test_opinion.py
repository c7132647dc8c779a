"""A model's opinion: token scores summed up as named numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.engines.fake import FakeEngine
from shopglot.quality.opinion import DIGITS, UNLIKELY, WINDOW, read, summarize
from shopglot.types import View

TOKENS = st.lists(st.floats(-30, 0), max_size=30)


class Script:
    """A scorer that gives the same scores to a pair whatever its company, and keeps what it was asked."""

    views: frozenset[View] = frozenset({"forward", "backward", "alone"})

    def __init__(self) -> None:
        self.asked: list[tuple[View, list[tuple[str, str]]]] = []

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return a score per character of what the view reads."""
        self.asked.append((view, list(pairs)))
        base = {"forward": -1.0, "backward": -2.0, "alone": -3.0}[view]
        return [(base,) * len(source if view == "backward" else target) for source, target in pairs]


def test_numbers_of_hand_made_scores() -> None:
    """Mean, worst window, sum, unlikely tokens, and what the source explains."""
    forward = (-1.0, -1.0, -5.0, -5.0, -5.0, -5.0, -5.0, -1.0, -1.0, -1.0)
    found = dict(summarize({"forward": forward, "backward": (-0.5, -4.5), "alone": (-4.0, -6.0)}))
    assert {
        "forward": -3.0, "forward-worst": -5.0, "forward-total": -30.0, "forward-doubts": round(log(6), DIGITS),
        "backward": -2.5, "backward-worst": -2.5, "backward-total": -5.0, "backward-doubts": round(log(2), DIGITS),
        "alone": -5.0, "gain": 2.0,
    } == found  # fmt: skip


def test_worst_window_stands_anywhere() -> None:
    """The window that is worst is found at the start, in the middle and at the end."""
    bad, good = (-9.0,) * WINDOW, (-1.0,) * 7
    texts = [(*bad, *good), (*good, *bad, *good), (*good, *bad)]
    assert [-9.0] * 3 == [dict(summarize({"forward": text}))["forward-worst"] for text in texts]


def test_boundary_of_unlikely() -> None:
    """A token exactly as unlikely as the bound is not below it."""
    tokens = (UNLIKELY, UNLIKELY - 0.001)
    assert round(log(2), DIGITS) == dict(summarize({"backward": tokens}))["backward-doubts"]


def subjects(names: Iterable[str]) -> list[str]:
    """Return what names speak of: each view, or the gain, once."""
    return sorted({name.partition("-")[0] for name in names})


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ({}, []),
        ({"forward": (), "backward": (), "alone": ()}, []),
        ({"forward": (-1.0,)}, ["forward"]),
        ({"alone": (-1.0,)}, ["alone"]),
        ({"backward": (-1.0,), "alone": (-1.0,)}, ["alone", "backward"]),
        ({"forward": (-1.0,), "backward": (), "alone": ()}, ["forward"]),
        ({"forward": (-1.0,), "backward": (-1.0,), "alone": (-1.0,)}, ["alone", "backward", "forward", "gain"]),
    ],
    ids=range(7),
)
def test_missing_views_leave_their_numbers_out(tokens: dict[View, tuple[float, ...]], expected: list[str]) -> None:
    """A view that was not asked, or that had nothing to read, has no numbers; the others have theirs."""
    assert expected == subjects(name for name, _ in summarize(tokens))


def test_read_asks_each_view_once_with_all_pairs() -> None:
    """The model sees the pairs in their order, and each pair has its own numbers."""
    scorer = Script()
    pairs = [("甲", "one two"), ("乙乙乙", "x"), ("", ""), ("丙", "")]
    opinions = read(scorer, pairs, {"forward", "backward"})
    assert [("backward", pairs), ("forward", pairs)] == scorer.asked
    both = ["backward", "forward"]
    assert [both, both, [], ["backward"]] == [subjects(name for name, _ in opinion) for opinion in opinions]
    assert [-1.0, -1.0] == [dict(opinion)["forward"] for opinion in opinions[:2]]


def test_read_of_nothing() -> None:
    """No pairs give no opinions; no views give empty ones."""
    assert ([], [(), ()]) == (read(Script(), [], {"forward"}), read(Script(), [("甲", "a"), ("乙", "b")], ()))


def test_company_does_not_matter() -> None:
    """A pair has the same opinion alone, in another order, and beside others."""
    engine = FakeEngine()
    pairs = [("柔软的枕头", "Soft pillow"), ("面膜", "Face mask"), ("好", "\ud800\U00020000")]
    together = read(engine, pairs, engine.views)
    assert together == [read(engine, [pair], engine.views)[0] for pair in pairs]
    assert together[::-1] == read(engine, pairs[::-1], engine.views)


@given(TOKENS, TOKENS, TOKENS)
def test_laws(forward: list[float], backward: list[float], alone: list[float]) -> None:
    """The worst window is no better than the mean, doubts are counted once, and names are sorted."""
    found = summarize({"forward": forward, "backward": backward, "alone": alone})
    numbers = dict(found)
    assert sorted(numbers) == [name for name, _ in found]
    for view, scores in (("forward", forward), ("backward", backward)):
        assert bool(scores) == (view in numbers)
        if scores:
            assert min(scores) - 10**-DIGITS <= numbers[f"{view}-worst"] <= max(scores) + 10**-DIGITS
            assert 0 <= numbers[f"{view}-doubts"] <= log(1 + len(scores)) + 10**-DIGITS
        if 0 < len(scores) <= WINDOW or (scores and len(scores) % WINDOW == 0):
            assert numbers[f"{view}-worst"] <= numbers[view] + 10**-DIGITS
    assert all(round(value, DIGITS) == value for value in numbers.values())
