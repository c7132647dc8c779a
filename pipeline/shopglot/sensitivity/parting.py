"""Chinese literals that a separator parts (失…眠, 催，情, 加微 信聊), where they are no meeting of two words.

The plain view takes symbols out, and says of a short word with one in it that it may be a meeting; commas and the like
it leaves where they are. Here the dictionary decides: what stands around must fall into words at the literal's edges,
whether it is read together or part by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import ahocorasick_rs

from shopglot.sensitivity.cutting import edges
from shopglot.sensitivity.lore import Lore
from shopglot.sensitivity.plain import HAN, Plain

_SEPARATORS = re.compile(f'(?<=[{HAN}])[^{HAN}a-z0-9\n()<>{{}}\\[\\]【】「」『』《》〈〉〔〕"“”]{{1,3}}(?=[{HAN}])')
_CHINESE = re.compile(f"[{HAN}]{{2,}}")
_WINDOW = 8


class Parting:
    """Finds literals of Chinese characters."""

    def __init__(self, literals: Iterable[str], lore: Lore) -> None:
        self._literals = [literal for literal in literals if _CHINESE.fullmatch(literal)]
        self._automaton = ahocorasick_rs.AhoCorasick(self._literals) if self._literals else None
        self._never = lore.never

    def find(self, plain: Plain) -> list[tuple[str, int, int]]:
        """Return (literal, start, end) for the literals with a separator in them."""
        text = plain.text
        if self._automaton is None or not (plain.gaps or _SEPARATORS.search(text)):
            return []
        compact = _SEPARATORS.sub("", text)
        matches = self._automaton.find_matches_as_indexes(compact, overlapping=True)
        if not matches:
            return []
        places = _places(text)
        gaps = set(plain.gaps)
        found = []
        for number, first, last in matches:
            start, end = places[first], places[last - 1] + 1
            parts = [
                place
                for place in range(first + 1, last)
                if places[place] in gaps or places[place] > places[place - 1] + 1
            ]
            if not parts or (end - start == last - first and plain.holds(start, end)):
                continue
            if self._is_one_word(compact, first, last, parts):
                found.append((self._literals[number], start, end))
        return found

    def _is_one_word(self, text: str, first: int, last: int, parts: Sequence[int]) -> bool:
        if text[first : last + 1] in self._never:
            return False
        low, high = max(0, first - _WINDOW), last + _WINDOW
        together = edges(text, low, high)
        if last - first == 2 and first + 1 in together:
            return False
        return (
            {first, last} <= together and first in edges(text, low, parts[0]) and last in edges(text, parts[-1], high)
        )


def _places(text: str) -> list[int]:
    """Return the places in `text` that are left when the separators between characters are taken out."""
    places: list[int] = []
    done = 0
    for match in _SEPARATORS.finditer(text):
        places += range(done, match.start())
        done = match.end()
    return [*places, *range(done, len(text))]
