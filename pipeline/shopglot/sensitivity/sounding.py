"""A text as it sounds: one code per syllable, whether it is written as a character, in pinyin or as a sign.

A code is a code point of private use; what is no syllable keeps its letter, and what separates is a line break.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from shopglot.sensitivity.lore import Lore
from shopglot.sensitivity.plain import HAN, SYMBOLS, Plain

_FIRST_CODE = 0xF0000
HAN_OR_CODE = f"{HAN}\U000f0000-\U000f0fff"
_BREAK = "\n"
_LONGEST = 36  # letters of a run of pinyin
_SEPARATOR = re.compile(f"{SYMBOLS}|[,:]")
_REGIONAL = 0x1F1E6

# Characters that stand apart throughout, three or more, or a first one that stands alone.
_APART = re.compile(
    f"[{HAN_OR_CODE}](?:[^{HAN_OR_CODE}a-z0-9]{{1,4}}[{HAN_OR_CODE}]){{2,}}|(?:(?<=\n)|^)[{HAN_OR_CODE}][^{HAN_OR_CODE}a-z0-9\n]{{1,2}}(?=[{HAN_OR_CODE}])"
)
_SPELLED = re.compile(f"(?<![a-z0-9])[a-z](?:(?:{SYMBOLS}|,){{1,3}}[a-z](?![a-z0-9]))+")
_TOKEN = re.compile(
    f"(?P<spelled>{_SPELLED.pattern})|(?P<run>[a-z]+)"
    f"|(?P<word>[{HAN_OR_CODE}])|(?P<tone>[1-5](?![0-9]))|(?P<digit>[0-9])|(?P<other>.)",
    re.DOTALL,
)


@dataclass(slots=True)
class Stream:
    """The codes of a text, the half-open places in the plain view where each is written, and how it is written there.

    What was taken out of the view and put back here (`+` between two characters) has an empty place.
    """

    codes: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def add(self, code: str, start: int, end: int, source: str) -> None:
        """Add one element."""
        self.codes.append(code)
        self.starts.append(start)
        self.ends.append(end)
        self.sources.append(source)


class Sounds:
    """The sounds of a lore."""

    def __init__(self, lore: Lore) -> None:
        syllables = sorted({*lore.readings.values(), *(sound for more in lore.more.values() for sound in more)})
        self.codes = {sound: chr(_FIRST_CODE + number) for number, sound in enumerate(syllables)}
        self._spoken = {sound for sound in syllables if sound not in {"n", "o"}}
        self._lore = lore
        self._table = _Table(self._sound)
        self._looks = _Table(self._look)
        self.spell = lru_cache(maxsize=1 << 14)(self._spell)

    def _sound(self, char: str) -> str:
        char = self._looks[ord(char)]
        char = self._lore.signs.get(char, char)
        return self.codes[self._lore.readings[char]] if char in self._lore.readings else char

    def _look(self, char: str) -> str:
        """Return the Latin letter, or the character, that a character looks like: itself where there is none."""
        if char in self._lore.letters:
            return self._lore.letters[char]
        if 0 <= (place := ord(char) - _REGIONAL) < 26:
            return chr(ord("a") + place)
        if char in "üǖǘǚǜ":
            return "v"
        base = unicodedata.normalize("NFD", char)[0]
        return base if "a" <= base <= "z" else char

    def skeleton(self, text: str) -> str:
        """Return the text with every letter as the one that it looks like; of the same length."""
        return text.translate(self._looks)

    def sound(self, text: str) -> str:
        """Return the text with every character as its code and every letter as the one that it looks like."""
        return text.translate(self._table)

    def _spell(self, run: str) -> tuple[str, ...]:
        """Return the syllables of a run of letters, the longest first; () where it is no pinyin."""
        if not 1 < len(run) <= _LONGEST:
            return ()
        ways: list[tuple[str, ...] | None] = [None] * len(run) + [()]
        for start in range(len(run) - 1, -1, -1):
            for length in range(min(6, len(run) - start), 0, -1):
                rest = ways[start + length]
                if rest is not None and run[start : start + length] in self._spoken:
                    ways[start] = (run[start : start + length], *rest)
                    break
        return ways[0] or ()

    def is_taken_apart(self, sound: str, plain: Plain) -> bool:
        """Say whether characters or letters stand apart, or a symbol was taken out that may have a meaning."""
        if _APART.search(sound) or _SPELLED.search(sound):
            return True
        return any(self._put_back(taken) for taken in plain.taken)

    def _put_back(self, taken: str) -> str:
        """Return what of the symbols that were taken out may have been meant."""
        return "".join(
            char
            for char in taken.replace("\\/", "v")
            if char in self._lore.signs or char == "v" or 0 <= ord(char) - _REGIONAL < 26
        )

    def stream(self, plain: Plain, sound: str) -> Stream:
        """Return the text element by element: separators within pinyin and between lone characters are left out."""
        return _Streamer(self, plain, sound).run()


class _Table(dict[int, str]):
    """A table for `str.translate` that works out each character once."""

    def __init__(self, work: Callable[[str], str]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, code: int) -> str:
        found = self[code] = self._work(chr(code))
        return found


class _Streamer:
    """Turns one text into a stream."""

    def __init__(self, sounds: Sounds, plain: Plain, sound: str) -> None:
        self._sounds = sounds
        self._plain = plain
        self._sound = sound
        self._skeleton = sounds.skeleton(plain.text)
        self._stream = Stream()
        self._pending: list[int] = []
        self._was_latin = False
        self._apart = {place for match in _APART.finditer(sound) for place in range(*match.span())}

    def run(self) -> Stream:
        backs = self._backs()
        due, back = next(backs, (len(self._sound) + 1, ""))
        for match in _TOKEN.finditer(self._sound):
            while match.start() >= due:
                self._insert(due, back)
                due, back = next(backs, (len(self._sound) + 1, ""))
            self._take(str(match.lastgroup), match.start(), match[0])
        while due <= len(self._sound):
            self._insert(due, back)
            due, back = next(backs, (len(self._sound) + 1, ""))
        return self._stream

    def _backs(self) -> Iterator[tuple[int, str]]:
        for gap, taken in zip(self._plain.gaps, self._plain.taken, strict=False):
            back = self._sounds._put_back(taken)
            if back:
                yield gap, back

    def _insert(self, place: int, back: str) -> None:
        for char in back:
            code = self._sounds.sound(char)
            self._join(latin=code.isascii())
            self._stream.add(code, place, place, self._sounds.skeleton(char))

    def _take(self, kind: str, start: int, text: str) -> None:
        stream = self._stream
        if kind in {"spelled", "run"}:
            self._join(latin=True)
            self._latin([start + place for place, char in enumerate(text) if "a" <= char <= "z"])
        elif kind == "word":
            self._join(latin=False)
            stream.add(text, start, start + 1, self._skeleton[start])
        elif (
            kind == "tone"
            and not self._pending
            and stream.ends
            and len(stream.sources[-1]) > 1
            and stream.ends[-1] == start
        ):
            stream.ends[-1] = start + 1
        elif kind in {"tone", "digit"}:
            self._join(latin=False)
            stream.add(text, start, start + 1, text)
        else:
            self._pending.append(start)

    def _join(self, *, latin: bool) -> None:
        """Leave the separators out, or break the stream where they separate."""
        pending, self._pending = self._pending, []
        near = latin or self._was_latin
        self._was_latin = latin
        if not pending:
            return
        if near and len(pending) <= 3 and all(_SEPARATOR.match(self._plain.text, place) for place in pending):
            return
        if not self._apart.issuperset(pending):
            self._stream.add(_BREAK, pending[0], pending[-1] + 1, _BREAK)

    def _latin(self, places: list[int]) -> None:
        run = "".join(self._sound[place] for place in places)
        done = 0
        for syllable in self._sounds.spell(run) or tuple(run):
            end = done + len(syllable)
            code = self._sounds.codes[syllable] if len(syllable) > 1 else syllable
            self._stream.add(code, places[done], places[end - 1] + 1, syllable)
            done = end
