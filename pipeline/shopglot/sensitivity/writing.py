"""The ways in which a literal may be written, each as the codes that its sound makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice, product
from typing import Literal

from shopglot.sensitivity.lore import Lore
from shopglot.sensitivity.plain import view
from shopglot.sensitivity.sounding import Sounds

Kind = Literal["sound", "form", "within", "split", "look", "initial", "reversed"]
_MOST_READINGS = 4
_MOST_SPLITS = 4
_REMEMBERED = 1 << 15  # literals, and parts of them: more than all rules hide
_LONGEST = 12  # what is longer is found by what it is made of


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One way of writing a literal.

    `codes` are what it sounds like and `sources` how each of them is written; where the place is in `fixed` it counts
    only as it is written, elsewhere it may be written by sound.
    """

    literal: str
    kind: Kind
    codes: str
    sources: tuple[str, ...]
    fixed: frozenset[int]


class Writer:
    """Writes literals in every way that a lore knows."""

    def __init__(self, lore: Lore, sounds: Sounds) -> None:
        self.sounds = sounds
        self._lore = lore
        self._encode = lru_cache(maxsize=_REMEMBERED)(self._sound_out)
        self._known = lru_cache(maxsize=_REMEMBERED)(lambda literal: tuple(self._write(literal)))

    def write(self, literal: str) -> tuple[Writing, ...]:
        """Return the writings of a folded literal; none for one of a single character."""
        return self._known(literal)

    def _write(self, literal: str) -> Iterator[Writing]:
        if literal.isascii() and sum(map(str.isalnum, literal)) > 2:  # for `lettering`
            return
        codes, sources = self._encode(literal)
        if not 2 <= len(codes) <= _LONGEST:
            return
        for spoken in self._spoken(codes, sources):
            yield Writing(literal=literal, kind="sound", codes=spoken, sources=sources, fixed=frozenset())
        for word in self._parts(literal):
            place = literal.index(word)
            for form in self._lore.forms.get(word, ()):
                yield self._replace(literal, place, len(word), form, "form")
            for form in self._lore.within.get(word, ()) if word != literal else ():
                yield self._replace(literal, place, len(word), form, "within")
        yield from self._split(literal)
        if len(literal) == len(codes):
            yield from self._replaced(literal)

    def _parts(self, literal: str) -> list[str]:
        """Return the words in a literal that have listed forms."""
        ends = range(1, len(literal) + 1)
        parts = dict.fromkeys(literal[start:end] for start in range(len(literal)) for end in ends if start < end)
        return [part for part in parts if part in self._lore.forms or part in self._lore.within]

    def _sound_out(self, text: str) -> tuple[str, tuple[str, ...]]:
        if all(char in self._lore.readings for char in text):
            return self.sounds.sound(text), tuple(text)
        plain = view(text)
        stream = self.sounds.stream(plain, self.sounds.sound(plain.text))
        return "".join(stream.codes), tuple(stream.sources)

    def _spoken(self, codes: str, sources: tuple[str, ...]) -> Iterable[str]:
        """Return the codes with every other reading, and as its pinyin reads where that is cut in another way."""
        of = self.sounds.codes
        choices = [
            dict.fromkeys((code, *(of[sound] for sound in self._lore.more.get(source, ()))))
            for code, source in zip(codes, sources, strict=True)
        ]
        found = dict.fromkeys(map("".join, islice(product(*choices), _MOST_READINGS)))
        if all(source in self._lore.readings for source in sources):
            run = "".join(self._lore.readings[source] for source in sources)
            found["".join(of[syllable] for syllable in self.sounds.spell(run)) or codes] = None
        return [spoken for spoken in found if len(spoken) == len(codes)]

    def _replace(self, literal: str, place: int, length: int, form: str, kind: Kind) -> Writing:
        """Return a literal of which `length` characters from `place` on are written as `form`."""
        parts = [self._encode(part) for part in (literal[:place], form, literal[place + length :])]
        start = len(parts[0][0])
        return Writing(
            literal=literal,
            kind=kind,
            codes="".join(codes for codes, _ in parts),
            sources=tuple(source for _, sources in parts for source in sources),
            fixed=frozenset(range(start, start + len(parts[1][0]))),
        )

    def _split(self, literal: str) -> Iterator[Writing]:
        """Yield the literal with one character taken apart in every way, and with several."""
        splits = self._lore.splits
        able = [place for place, char in enumerate(literal) if char in splits]
        for place in able:
            for way in splits[literal[place]]:
                yield self._replace(literal, place, 1, way, "split")
        for size in range(2, (len(able) if len(able) <= _MOST_SPLITS else 2) + 1):
            for places in combinations(able, size):
                low, high = places[0], places[-1] + 1
                parts = [splits[literal[at]][0] if at in places else literal[at] for at in range(low, high)]
                yield self._replace(literal, low, high - low, "".join(parts), "split")

    def _replaced(self, literal: str) -> Iterator[Writing]:
        """Yield the literal with a character that looks alike, with an initial, and backwards."""
        for place, char in enumerate(literal):
            for other in self._lore.looks.get(char, ""):
                yield self._replace(literal, place, 1, other, "look")
            if len(literal) > 2 and char in self._lore.readings:
                yield self._replace(literal, place, 1, self._lore.readings[char][0], "initial")
                following = literal[place + 1 : place + 2]
                if following in self._lore.readings:
                    initials = self._lore.readings[char][0] + self._lore.readings[following][0]
                    yield self._replace(literal, place, 2, initials, "initial")
        if len(literal) > 2 and all(char in self._lore.readings for char in literal):
            yield self._replace(literal, 0, len(literal), literal[::-1], "reversed")
