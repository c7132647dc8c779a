"""Latin literals in disguise: digits and foreign letters that look like theirs, letters set apart, inserted symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import ahocorasick_rs

from shopglot.sensitivity.lore import Lore
from shopglot.sensitivity.plain import Plain
from shopglot.sensitivity.sounding import Sounds

_SHORTEST = 3
_LATIN = re.compile("[a-z0-9][a-z0-9 '-]*")
_SIGN = "[0-9@$!|+*_^`~·•.'-]"
_DOUBT = re.compile(
    f"[a-z]{_SIGN}|{_SIGN}[a-z]|[a-z] [a-z](?![a-z])|[\u00c0-\u058f\u1d00-\u1dff\u2c60-\u2c7f\ua640-\uab6f]"
)
_INSERTED = frozenset("*_^`~|·•.'-")
_JOINING = frozenset(" -_.")


class Lettering:
    """Finds Latin literals of three letters or more."""

    def __init__(self, literals: Iterable[str], lore: Lore, sounds: Sounds) -> None:
        self._leet = lore.leet
        self._sounds = sounds
        words = [word for word in literals if _LATIN.fullmatch(word) and len(_bare(word)) >= _SHORTEST]
        # One letter for all that a sign may stand for: `i` for l, too.
        self._table = {ord(sign): "i" if "i" in letters else letters[0] for sign, letters in lore.leet.items()}
        self._table[ord("l")] = "i"
        keys: dict[str, list[str]] = {}
        for word in words:
            keys.setdefault(_bare(word).translate(self._table), []).append(word)
        self._words = list(keys.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(keys)) if keys else None

    def find(self, plain: Plain) -> list[tuple[str, int, int]]:
        """Return (literal, start, end) for the words in disguise."""
        if self._automaton is None:
            return []
        if not _DOUBT.search(plain.text):
            return []
        text = self._sounds.skeleton(plain.text)
        folded = text.translate(self._table)
        places = [place for place, char in enumerate(folded) if "a" <= char <= "z"]
        compact = "".join(folded[place] for place in places)
        found = []
        for number, first, last in self._automaton.find_matches_as_indexes(compact, overlapping=True):
            for word in self._words[number]:
                if self._is_disguise(word, text, plain.text, places[first:last]):
                    found.append((word, places[first], places[last - 1] + 1))
        return found

    def _is_disguise(self, word: str, text: str, written: str, places: list[int]) -> bool:
        start, end = places[0], places[-1] + 1
        if written[start:end] == word or (start and _is_alnum(text[start - 1])) or _is_alnum(text[end : end + 1]):
            return False
        bare = _bare(word)
        signs = foreign = 0
        for letter, place in zip(bare, places, strict=True):
            if text[place] == letter:
                foreign += text[place] != written[place]
            elif letter in self._leet.get(text[place], ""):
                signs += 1
            else:
                return False
        if signs * 2 > len(bare) or (signs and len(bare) < 4) or not any(_is_alnum(text[place]) for place in places):
            return False
        inserted = self._inserted(word, text, places)
        return inserted is not None and signs + foreign + inserted > 0

    def _inserted(self, word: str, text: str, places: list[int]) -> int | None:
        """Return in how many places there are other symbols than in the literal, None where they separate words."""
        breaks = _breaks(word)
        between = [text[left + 1 : right] for left, right in pairwise(places)]
        apart = all(between)
        count = 0
        for number, gap in enumerate(between):
            if number in breaks:
                if len(gap) > 3 or not set(gap) <= _JOINING | _INSERTED:
                    return None
                count += gap != " "
                continue
            if not gap:
                continue
            if len(gap) > 3 or not (apart or set(gap) <= _INSERTED):
                return None
            count += 1
        return count


def _bare(word: str) -> str:
    return "".join(char for char in word if char.isalnum())


def _breaks(word: str) -> set[int]:
    """Return after how many letters, less one, the literal has a space or hyphen."""
    found, letters = set(), 0
    for char in word:
        if char.isalnum():
            letters += 1
        else:
            found.add(letters - 1)
    return found


def _is_alnum(char: str) -> bool:
    return char.isascii() and char.isalnum()
