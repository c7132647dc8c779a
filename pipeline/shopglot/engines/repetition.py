"""Runaway repetition: what a model writes when it has lost its way, and where to cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_PERIOD = 24  # tokens: about a sentence
LEAST_COPIES = 4
LEAST_SPAN = 12  # tokens; "no, no, no, no" is a way to speak, and 100000000 a number


@dataclass(frozen=True, slots=True)
class Runaway:
    """A stretch that is one piece over and over: it starts at `start`, and the first piece ends before `cut`."""

    start: int
    cut: int


def find_runaway(tokens: Sequence[int]) -> Runaway | None:
    """Return the first runaway repetition, the shortest period where several fit; None where there is none."""
    found: Runaway | None = None
    for period in range(1, min(LONGEST_PERIOD, len(tokens) // LEAST_COPIES) + 1):
        start = _first_run(tokens, period)
        if start is not None and (found is None or start < found.start):
            found = Runaway(start=start, cut=start + period)
    return found


def ends_in_runaway(tokens: Sequence[int]) -> bool:
    """Whether the last tokens complete a runaway repetition. Cheap enough to ask after every token."""
    count = len(tokens)
    for period in range(1, min(LONGEST_PERIOD, count // LEAST_COPIES) + 1):
        needed = _needed(period)
        if count >= needed + period and all(
            tokens[count - 1 - back] == tokens[count - 1 - back - period] for back in range(needed)
        ):
            return True
    return False


def _first_run(tokens: Sequence[int], period: int) -> int | None:
    """Return where the first long enough run of a period starts."""
    matching, needed = 0, _needed(period)
    for place in range(period, len(tokens)):
        matching = matching + 1 if tokens[place] == tokens[place - period] else 0
        if matching >= needed:
            return place - matching - period + 1
    return None


def _needed(period: int) -> int:
    """Return how many tokens have to equal the one a period before them."""
    return max(LEAST_COPIES * period, LEAST_SPAN) - period
