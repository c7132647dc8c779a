"""Cutting a field into the pieces that are translated one by one, and putting it together again.

    pieces = segment(text, style="prose", markup=True)
    assert join(pieces) == text
    assemble(pieces, [translate(piece.text) for piece in pieces if piece.translatable], spaced=True)

Pieces are exact slices of the source. What nobody has to translate (block tags, emoji, bullets, white space, numbers,
text without a Han, kana or hangul letter) is a literal piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopglot.script import LETTER
from shopglot.segment.assembly import Piece, assemble, join
from shopglot.segment.breaks import (
    DECORATION,
    EDGE,
    HEADING,
    split_long,
    split_sentences,
    split_stretches,
    veil,
)
from shopglot.segment.opaque import INVISIBLE, find_spans
from shopglot.types import Style

# A word, or a number that may be a telephone's.
READABLE = re.compile(rf"{LETTER.pattern}|[A-Za-zÀ-ɏ]{{3}}|[0-9０-９]{{5}}")

__all__ = ["Piece", "assemble", "join", "segment"]


def segment(text: str, *, style: Style, markup: bool, latin: bool = False) -> tuple[Piece, ...]:
    """Return the pieces of `text`; literal pieces are never neighbours, and no piece is empty.

    `style` is prose (cut into sentences) or phrase (cut at lines, bars, brackets); `markup` says that it is HTML.
    With `latin`, pieces with a Latin word or a long number count as text, too: nobody has to translate them, but
    somebody may have to read them.
    """
    readable = READABLE if latin else LETTER
    veiled = veil(text, find_spans(text, markup=markup))
    pieces: list[Piece] = []
    position = 0
    for stretch_start, stretch_end in split_stretches(veiled, style):
        for start, end in _split(veiled, stretch_start, stretch_end, style):
            if readable.search(veiled, start, end):
                if position < start:
                    pieces.append(Piece(text[position:start], False))
                pieces.append(Piece(text[start:end], True))
                position = end
    if position < len(text):
        pieces.append(Piece(text[position:], False))
    return tuple(pieces)


def _split(veiled: str, start: int, end: int, style: Style) -> Iterator[tuple[int, int]]:
    """Yield the trimmed texts of a stretch; what it leaves out is literal."""
    start = _skip(veiled, start, end)
    while heading := HEADING.match(veiled, start, end):
        yield from _cut(veiled, heading.start(1), heading.end(1), style)
        start = _skip(veiled, heading.end(), end)
    yield from _cut(veiled, start, end, style)


def _cut(veiled: str, start: int, end: int, style: Style) -> Iterator[tuple[int, int]]:
    sentences = split_sentences(veiled, start, end) if style == "prose" else iter([(start, end)])
    for sentence_start, sentence_end in sentences:
        for part_start, part_end in split_long(veiled, sentence_start, sentence_end):
            yield _trim(veiled, part_start, part_end)


def _skip(veiled: str, start: int, end: int) -> int:
    """Return where the text of a line begins: behind white space, inline tags, bullets and ordinals."""
    while True:
        start, _ = _trim(veiled, start, end)
        decoration = DECORATION.match(veiled, start, end)
        if decoration is None:
            return start
        start = decoration.end()


def _trim(veiled: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without white space, invisible characters and inline tags at its two edges."""
    while start < end and _is_blank(veiled[start]):
        start += 1
    while end > start and _is_blank(veiled[end - 1]):
        end -= 1
    return start, end


def _is_blank(ch: str) -> bool:
    return ch == EDGE or ch.isspace() or ch in INVISIBLE
