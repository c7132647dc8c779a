"""The choice among matches that overlap: what covers most of the text with the fewest terms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeVar

Payload = TypeVar("Payload")
Span = tuple[int, int, Payload]


def best_cover(spans: Sequence[Span[Payload]]) -> list[Span[Payload]]:
    """Return spans that do not overlap, in order: most characters covered, then fewest spans, then leftmost, longest.

    `spans` are half-open and not empty, sorted by start, the longer first; no two are equal. Of 玻尿酸 | 玻尿酸面膜 |
    面膜 the longest is chosen; where the longest would leave the next one cut (防晒衣|服), the two that fit are.
    """
    chosen: list[Span[Payload]] = []
    first = 0
    while first < len(spans):
        reach, last = spans[first][1], first + 1
        while last < len(spans) and spans[last][0] < reach:
            reach = max(reach, spans[last][1])
            last += 1
        # What holds all that it overlaps cannot be beaten: the usual case.
        chosen += spans[first : first + 1] if spans[first][1] == reach else _cover(spans[first:last])
        first = last
    return chosen


def _cover(spans: Sequence[Span[Payload]]) -> list[Span[Payload]]:
    """Solve it from the right: what is best from each span on, with it or without it."""
    starts = [span[0] for span in spans]
    best: list[tuple[int, int]] = [(0, 0)] * (len(spans) + 1)  # characters covered, minus the number of spans
    taken = [False] * len(spans)
    following = [bisect_left(starts, span[1]) for span in spans]
    for at in range(len(spans) - 1, -1, -1):
        start, end, _ = spans[at]
        covered, count = best[following[at]]
        taken[at] = (covered + end - start, count - 1) >= best[at + 1]
        best[at] = (covered + end - start, count - 1) if taken[at] else best[at + 1]
    chosen = []
    at = 0
    while at < len(spans):
        if taken[at]:
            chosen.append(spans[at])
        at = following[at] if taken[at] else at + 1
    return chosen
