"""Words in disguise: by sound or initials, taken apart, or in look-alike letters (加薇信, jia v, 氵台疗, cur3).

What the plain view undoes is no business of this module. A place is a find only where it can hardly be read otherwise:
part of the literal is literally there, or a form that the lore lists is, and it is no meeting of ordinary words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache

import ahocorasick_rs

from shopglot.sensitivity.evidence import Judge
from shopglot.sensitivity.lettering import Lettering
from shopglot.sensitivity.lore import load_lore
from shopglot.sensitivity.parting import Parting
from shopglot.sensitivity.plain import REMEMBERED, SYMBOLS, USUAL, Plain
from shopglot.sensitivity.sounding import HAN_OR_CODE, Sounds
from shopglot.sensitivity.writing import Writer, Writing

_RUN = re.compile("[a-z]+")


class Disguises:
    """Finds literals in disguise. Build it once; `literals` are folded (`plain.fold`), Chinese, Latin or mixed."""

    def __init__(self, literals: Iterable[str]) -> None:
        lore = load_lore()
        words = [word for word in dict.fromkeys(literals) if word.strip()]
        self._judge = Judge(lore)
        self._foreign = lore.latin
        writer = _writer()
        self._sounds = writer.sounds
        self._lettering = Lettering(words, lore, self._sounds)
        self._parting = Parting(words, lore)
        writings: dict[str, dict[Writing, None]] = defaultdict(dict)
        for word in words:
            for writing in writer.write(word):
                writings[writing.codes][writing] = None
        self._writings = [tuple(found) for found in writings.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(writings)) if writings else None
        self._mind(writings)
        self._known = lru_cache(maxsize=REMEMBERED)(self._restore)

    def _mind(self, writings: dict[str, dict[Writing, None]]) -> None:
        """Note which letters, runs of letters and syllables a text must have to be worth a second look."""
        spoken = {code: syllable for syllable, code in self._sounds.codes.items()}
        self._syllables = {spoken[code] for codes in writings for code in codes if code in spoken}
        listed = [codes for codes, found in writings.items() if any(writing.kind != "initial" for writing in found)]
        self._runs = {run for codes in listed for run in _RUN.findall(codes)}
        letters = "".join(sorted(run for run in self._runs if len(run) == 1)) or "\n"
        self._lone = re.compile(
            f"[{HAN_OR_CODE}]{SYMBOLS}{{1,3}}[{letters}](?![a-z0-9])"
            f"|(?<![a-z0-9])[{letters}]{SYMBOLS}{{1,3}}[{HAN_OR_CODE}]"
        )
        self._is_near = lru_cache(maxsize=1 << 14)(self._may_be_meant)

    def find(self, plain: Plain) -> list[tuple[str, int, int]]:
        """Return (literal, start, end) by place, for `plain.text[start:end]` that are a literal in disguise.

        What is literally there is left out; finds may overlap. Total, and linear in the length of the text.
        """
        found = self._lettering.find(plain) + self._parting.find(plain)
        if self._automaton is not None:
            sound = self._sounds.sound(plain.text)
            if self._needs_care(sound, plain) or self._is_suspicious(sound, plain):
                stream = self._sounds.stream(plain, sound)
                codes = "".join(stream.codes)
                for number, first, last in self._automaton.find_matches_as_indexes(codes, overlapping=True):
                    for writing in self._writings[number]:
                        if self._judge.is_disguise(writing, plain, stream, first, last):
                            found.append((writing.literal, stream.starts[first], stream.ends[last - 1]))
        whole = [hit for hit in dict.fromkeys(found) if not _cuts_word(plain.text, hit[1], hit[2])]
        return sorted(whole, key=lambda hit: (hit[1], hit[2], hit[0]))

    def restore(self, plain: Plain) -> Plain | None:
        """Return the view with every literal in disguise written out, None where there is none.

        Of finds that overlap, the first counts, and of those that begin together the longest. Each character that is
        written out comes from all of its disguise. What is said on every page is looked at once.
        """
        return self._known(plain) if len(plain.text) <= USUAL else self._restore(plain)

    def _restore(self, plain: Plain) -> Plain | None:
        text = ""
        starts: list[int] = []
        ends: list[int] = []
        gaps: list[tuple[int, str]] = []
        done = 0
        for literal, start, end in sorted(self.find(plain), key=lambda hit: (hit[1], -hit[2])):
            if start < done:
                continue
            gaps += _moved(plain, done, start, len(text) - done)
            text += plain.text[done:start] + literal
            first, last = plain.span(start, end)
            starts += [*plain.starts[done:start], *[first] * len(literal)]
            ends += [*plain.ends[done:start], *[last] * len(literal)]
            done = end
        if not done:
            return None
        gaps += _moved(plain, done, len(plain.text), len(text) - done)
        return Plain(
            text=text + plain.text[done:],
            starts=(*starts, *plain.starts[done:]),
            ends=(*ends, *plain.ends[done:]),
            gaps=tuple(place for place, _ in gaps),
            taken=tuple(taken for _, taken in gaps),
        )

    def _needs_care(self, sound: str, plain: Plain) -> bool:
        """Say whether a text may hold more than its characters and letters say one by one."""
        near = [run for run in _RUN.findall(sound) if self._is_near(run)]
        if near and not (sound.isascii() and self._foreign.issuperset(near)):
            return True
        if self._lone.search(sound):
            return True
        return self._sounds.is_taken_apart(sound, plain)

    def _is_suspicious(self, sound: str, plain: Plain) -> bool:
        """Say whether a text sounds, as it stands, like a literal that is not literally there."""
        return self._automaton is not None and any(
            writing.literal != plain.text[start:end]
            for number, start, end in self._automaton.find_matches_as_indexes(sound, overlapping=True)
            for writing in self._writings[number]
        )

    def _may_be_meant(self, run: str) -> bool:
        """Say whether a run of Latin letters may be part of a literal; a single one only by what stands around it."""
        return len(run) > 1 and (run in self._runs or not self._syllables.isdisjoint(self._sounds.spell(run)))


@cache
def _writer() -> Writer:
    """Return what writes words: one for both sides of all markets, which hide nearly the same ones."""
    lore = load_lore()
    return Writer(lore, Sounds(lore))


def _cuts_word(text: str, start: int, end: int) -> bool:
    """Say whether letters are only a part of a longer Latin word: the da-ma of "damage" is no 打码."""
    if not text[start:end].isascii():
        return False
    before, behind = text[start - 1 : start], text[end : end + 1]
    return (_is_letter(before) and _is_letter(text[start])) or (_is_letter(behind) and _is_letter(text[end - 1]))


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _moved(plain: Plain, start: int, end: int, shift: int) -> list[tuple[int, str]]:
    """Return the gaps between two places of a view, moved by `shift`."""
    taken = plain.taken or ("",) * len(plain.gaps)
    return [(gap + shift, what) for gap, what in zip(plain.gaps, taken, strict=True) if start < gap < end]
