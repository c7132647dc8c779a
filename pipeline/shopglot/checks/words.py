"""The words of an English text, found once for all checks that look at them one after another."""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[a-z]+")
SYMBOLS = bytes(code for code in range(128) if not chr(code).isalnum())


@lru_cache(maxsize=16)
def small_words(text: str) -> tuple[str, ...]:
    """Return the runs of Latin letters without accents, in small letters, in order."""
    return tuple(WORD.findall(text.casefold()))


def count_letters(text: str) -> int:
    """Return how many letters and digits a text has."""
    if text.isascii():
        return len(text.encode().translate(None, SYMBOLS))
    return sum(map(str.isalnum, text))
