"""Whether what sounds like a literal is the literal in disguise: what is there of it, and what else it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from shopglot.sensitivity.cutting import edges
from shopglot.sensitivity.lore import Lore
from shopglot.sensitivity.plain import HAN, Plain
from shopglot.sensitivity.sounding import Stream
from shopglot.sensitivity.writing import Writing

_HAN = re.compile(f"[{HAN}]")
_ALNUM = re.compile("[a-z0-9]")
_ACCOUNT = re.compile("[0-9]{5}")
_MODEL = re.compile("[- ]?[0-9]")
_WINDOW = 8  # characters on each side that are cut into words together with a find
_NEAR = 4  # elements on each side that are looked at
_BREAK = "\n"


@dataclass(slots=True)
class Evidence:
    """What of a writing is there, and how, in `plain.text[start:end]`.

    `same` characters are literally there, those at `heard` by a character of the same sound, `pinyin` in letters
    (`words` are its runs), `signs` as a sign; those at `fixed` are as the writing has them. `around` counts the
    syllables of pinyin in a row that the find stands in; it is `inside` where their run of letters goes on beyond it.
    """

    start: int
    end: int
    size: int
    fits: bool = True
    same: int = 0
    pinyin: int = 0
    signs: int = 0
    heard: list[int] = field(default_factory=list)
    fixed: list[int] = field(default_factory=list)
    fixed_sources: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    joined: bool = True
    around: int = 0
    inside: bool = False


def gather(writing: Writing, stream: Stream, first: int, last: int) -> Evidence:
    """Return the evidence for a writing in the elements `first` to `last` of a stream."""
    seen = Evidence(stream.starts[first], stream.ends[last - 1], last - first)
    for place, meant in enumerate(writing.sources):
        at = first + place
        source, start = stream.sources[at], stream.starts[at]
        if place and stream.ends[at - 1] < start:
            seen.joined = False
        if place in writing.fixed:
            seen.fits = seen.fits and source == meant
            seen.fixed.append(start)
            seen.fixed_sources.append(source)
        elif source == meant:
            seen.same += 1
        elif not _HAN.match(meant):
            seen.fits = False
        elif is_syllable(source):
            seen.pinyin += 1
            goes_on = place and seen.words and is_syllable(stream.sources[at - 1]) and stream.ends[at - 1] == start
            seen.words[-1:] = [seen.words[-1] + source] if goes_on else [*seen.words[-1:], source]
        elif _HAN.match(source):
            seen.heard.append(start)
        elif source == "+" or not source.isascii():
            seen.signs += 1
        else:
            seen.fits = False
    _look_around(seen, stream, first, last)
    return seen


def is_syllable(source: str) -> bool:
    """Say whether an element of a stream is written as a syllable of pinyin."""
    return len(source) > 1 and source.isascii()


def _look_around(seen: Evidence, stream: Stream, first: int, last: int) -> None:
    low, high = first, last
    while low > first - _NEAR and low and is_syllable(stream.sources[low - 1]):
        low -= 1
    while high < min(last + _NEAR, len(stream.sources)) and is_syllable(stream.sources[high]):
        high += 1
    before = low < first and stream.ends[first - 1] == seen.start
    after = last < high and seen.end == stream.starts[last]
    seen.around = high - low
    seen.inside = (before or after) and all(map(is_syllable, stream.sources[first:last]))


class Judge:
    """Decides by the evidence."""

    def __init__(self, lore: Lore) -> None:
        self._lore = lore

    def is_disguise(self, writing: Writing, plain: Plain, stream: Stream, first: int, last: int) -> bool:
        """Say whether elements `first` to `last` of the stream are a disguise of the literal, and not itself."""
        text = plain.text
        start, end = stream.starts[first], stream.ends[last - 1]
        written = text[start:end]
        # A word that others disguise, such as 微信, is no disguise of 徽信.
        if start >= end or written == writing.literal or written in self._lore.never:
            return False
        if written in self._lore.forms and len(written) == last - first:
            return False
        seen = gather(writing, stream, first, last)
        return (
            seen.fits
            and self._is_enough(writing, seen, text)
            and _is_whole(seen, text)
            and _is_apart_throughout(stream, first, last)
        )

    def _is_enough(self, writing: Writing, seen: Evidence, text: str) -> bool:
        """Say whether what is there is enough, and no ordinary words."""
        others = seen.size - len(seen.fixed)
        if writing.kind == "sound":
            return self._sounds_like(writing.literal, seen, text)
        if writing.kind in {"form", "within"}:
            return _is_listed(writing, seen, text)
        if seen.heard:
            return False
        if writing.kind == "initial":
            return seen.same == others > 0 and (others > 1 or len(seen.fixed) > 1)
        if writing.kind == "split":
            return self._is_split(writing.literal, seen, text)
        return (seen.same > 0 or writing.kind == "reversed") and _is_no_meeting(text, seen, seen.fixed)

    def _is_split(self, literal: str, seen: Evidence, text: str) -> bool:
        """Say whether characters are taken apart: into what is no character, or in good company, or several at once."""
        if seen.same > 1 or not self._lore.bare.isdisjoint(seen.fixed_sources):
            return True
        return _is_no_meeting(text, seen, [] if seen.size - len(literal) > 1 else seen.fixed)

    def _sounds_like(self, literal: str, seen: Evidence, text: str) -> bool:
        if seen.heard:
            if not seen.same or not (seen.same > 1 or seen.size > 3 or literal in self._lore.sounds):
                return False
            return _is_no_meeting(text, seen, [] if seen.same > 1 else seen.heard)
        if seen.pinyin and (seen.same or seen.signs):
            return seen.joined or not self._lore.latin.issuperset(seen.words)
        if seen.pinyin:
            return self._reads_as_pinyin(seen, text)
        return not seen.signs or (seen.same > 1 and _is_no_meeting(text, seen, []))

    def _reads_as_pinyin(self, seen: Evidence, text: str) -> bool:
        """Say whether syllables alone are pinyin: no English words; two of them only beside Chinese or with tones."""
        is_foreign = self._lore.latin.issuperset(seen.words)
        if seen.size > 2:
            return seen.around > seen.size or not is_foreign
        near = _is_beside_chinese(seen, text) or not text[seen.start : seen.end].isascii()
        return (near or seen.around > 2) and (seen.around > 3 or not is_foreign)


def _is_listed(writing: Writing, seen: Evidence, text: str) -> bool:
    """Say whether a listed form is meant, and not the ordinary words that it may be part of."""
    if seen.heard and not seen.same and len(seen.fixed) < 2:
        return False
    if not seen.same and not seen.heard and all(source.isascii() for source in seen.fixed_sources):
        return _stands_out(seen, text)
    return _is_no_meeting(text, seen, [] if writing.kind == "form" else seen.heard)


def _is_beside_chinese(seen: Evidence, text: str) -> bool:
    if seen.end - seen.start == len(text):
        return True
    return bool(_HAN.match(text, seen.end) or (seen.start and _HAN.match(text, seen.start - 1)))


def _stands_out(seen: Evidence, text: str) -> bool:
    """Say whether Latin letters alone are meant as a word: beside Chinese, or before an account; not a model's name."""
    if _ACCOUNT.match(text, seen.end) or text[seen.end : seen.end + 1] == ":":
        return True
    return not _MODEL.match(text, seen.end) and _is_beside_chinese(seen, text)


def _is_whole(seen: Evidence, text: str) -> bool:
    """Say whether letters and digits begin and end where the find does; an account may follow, a digit lead."""
    if seen.inside:
        return True
    if seen.start and _ALNUM.match(text, seen.start) and _ALNUM.match(text, seen.start - 1):
        return text[seen.start - 1].isdigit() and seen.pinyin > 0 and seen.same > 0
    if _ALNUM.match(text, seen.end - 1) and _ALNUM.match(text, seen.end):
        return text[seen.end].isdigit() and (seen.same > 0 or _ACCOUNT.match(text, seen.end) is not None)
    return True


def _is_apart_throughout(stream: Stream, first: int, last: int) -> bool:
    """Say whether characters that stand apart do so throughout, or the first is alone on its line.

    Two that stand apart are a word only where those beside them stand apart as well: 根、治、痛、风.
    """
    gaps = sum(_is_gap(stream, place) for place in range(first, last - 1))
    if gaps != 1 or first == 0 or stream.sources[first - 1] == _BREAK:
        return True
    return sum(_is_gap(stream, place) for place in range(max(0, first - 2), min(last + 2, len(stream.codes)) - 1)) > 2


def _is_gap(stream: Stream, place: int) -> bool:
    """Say whether something was left out between a character and the next."""
    if stream.sources[place].isascii() or stream.sources[place + 1].isascii():
        return False
    return stream.ends[place] < stream.starts[place + 1]


def _is_no_meeting(text: str, seen: Evidence, changed: list[int]) -> bool:
    """Say whether no dictionary word reaches over an edge of the find, or takes in one of its changed places."""
    cuts = sorted(edges(text, max(0, seen.start - _WINDOW), min(len(text), seen.end + _WINDOW)))
    for start, end in pairwise(cuts):
        over = start < seen.start < end or start < seen.end < end or any(start <= spot < end for spot in changed)
        if over and end - start > 1 and _HAN.match(text, start):
            return False
    return True
