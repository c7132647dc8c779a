"""The search for cycles is rare during a run, and afterwards as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from shopglot.collecting import YOUNG, seldom


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the collector as it was."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize(("before", "within"), [(700, YOUNG), (YOUNG + 1, YOUNG + 1), (0, 0)])
def test_it_is_rare_for_a_while(before: int, within: int) -> None:
    """Who has made it rarer, or ended it, keeps that; a failure changes nothing."""
    gc.set_threshold(before, 11, 12)
    found = []

    @seldom()
    def fail() -> None:
        found.append(gc.get_threshold())
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [(within, 11, 12)] == found
    assert (before, 11, 12) == gc.get_threshold()


def test_a_function_that_is_called_twice() -> None:
    """It stands before functions, too."""

    @seldom()
    def called() -> int:
        return gc.get_threshold()[0]

    assert [YOUNG, YOUNG] == [called(), called()]
    assert gc.get_threshold()[0] != YOUNG
