"""Where two renderings of one source differ: by words in English, by characters in Chinese.

The opcodes of the Levenshtein distance over tokens (rapidfuzz): a run of Latin letters and digits is one token in both
languages, so that a model number is marked whole; every other character is one, spaces included. Differences that only
a space parts are one mark, because a reader sees one phrase.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

# A word is letters with what stands inside one ("won't", "3.5-inch"); Han and kana are characters by themselves.
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"(?:[^\W_{_WIDE}]+(?:[.,'’-](?=[^\W_{_WIDE}]))?)+|.", re.DOTALL)
MOST = 20_000  # tokens of a side; beyond that, what differs is marked as one piece


def marks(one: str, other: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans (start, end in code points) of each text that the other has not, ascending and apart.

    A text that lacks something and has nothing in its place has no span there. Equal texts have none.
    """
    if one == other:
        return (), ()
    left, right = _tokens(one), _tokens(other)
    spans: tuple[list[Span], list[Span]] = ([], [])
    for start, end, first, last in _changes([text for text, _ in left], [text for text, _ in right]):
        _add(spans[0], left, start, end, one)
        _add(spans[1], right, first, last, other)
    return tuple(spans[0]), tuple(spans[1])


def distance(one: str, other: str) -> float:
    """Return how different two renderings are, 0 (equal) to 1: the normalized Levenshtein distance of their tokens."""
    from rapidfuzz.distance import Levenshtein

    if one == other:
        return 0.0
    return float(
        Levenshtein.normalized_distance([text for text, _ in _tokens(one)], [text for text, _ in _tokens(other)])
    )


def _tokens(text: str) -> list[tuple[str, int]]:
    return [(match[0], match.start()) for match in _TOKEN.finditer(text)]


def _changes(left: list[str], right: list[str]) -> list[tuple[int, int, int, int]]:
    from rapidfuzz.distance import Levenshtein

    if max(len(left), len(right)) > MOST:
        ahead = _common(left, right)
        least = min(len(left), len(right)) - ahead
        behind = min(_common(left[::-1], right[::-1]), least)
        return [(ahead, len(left) - behind, ahead, len(right) - behind)]
    return [
        (code.src_start, code.src_end, code.dest_start, code.dest_end)
        for code in Levenshtein.opcodes(left, right)
        if code.tag != "equal"
    ]


def _common(left: list[str], right: list[str]) -> int:
    least = min(len(left), len(right))
    return next((at for at in range(least) if left[at] != right[at]), least)


def _add(spans: list[Span], tokens: list[tuple[str, int]], start: int, end: int, text: str) -> None:
    if start == end:
        return
    words, place = tokens[end - 1]
    first, last = tokens[start][1], place + len(words)
    if spans and not text[spans[-1][1] : first].strip():
        first = spans.pop()[0]
    spans.append((first, last))
