"""Where a dictionary of general Chinese sees the words of a text begin and end."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rjieba import Jieba


def edges(text: str, start: int, end: int) -> set[int]:
    """Return the places between the dictionary's words in `text[start:end]`, its ends included."""
    return set(accumulate(map(len, _cutter().cut(text[start:end], False)), initial=start))


@cache
def _cutter() -> Jieba:
    """Return the cutter, loaded at the first doubt: it takes a tenth of a second."""
    from rjieba import Jieba

    return Jieba()
