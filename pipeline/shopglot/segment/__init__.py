"""Cutting a field into the pieces that are translated one by one, and putting it together again.

    pieces = segment(text, style="prose", markup=True)
    assert join(pieces) == text
    assemble(pieces, [translate(piece.text) for piece in pieces if piece.translatable], spaced=True)

Pieces are exact slices of the source. What nobody has to translate (block tags, emoji, bullets, white space, numbers,
text without a Han, kana or hangul letter) is a literal piece.
Hashtags are pieces of their own: `#显瘦穿搭[话题]#` is a piece of the field hashtag, `#显瘦穿搭`, and a mark that no
other platform writes, `[话题]#`, which `join` keeps and `assemble` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shopglot.script import LETTER
from shopglot.segment.assembly import HASHTAG, MARK, Piece, assemble, join
from shopglot.segment.breaks import (
    DECORATION,
    EDGE,
    HEADING,
    split_long,
    split_sentences,
    split_stretches,
    veil,
)
from shopglot.segment.opaque import INVISIBLE, Span, find_spans
from shopglot.segment.topics import Topic, find_topics
from shopglot.types import Style

# A word, or a number that may be a telephone's.
READABLE = re.compile(rf"{LETTER.pattern}|[A-Za-zÀ-ɏ]{{3}}|[0-9０-９]{{5}}")

_PAUSES = "，。！？、；：,.!?;:~～…"
_Cut = tuple[int, int, int, str]  # a text's start and end, the end of the mark behind it, its field

__all__ = ["HASHTAG", "MARK", "Piece", "assemble", "join", "segment"]


def segment(text: str, *, style: Style, markup: bool, latin: bool = False, inline: bool = False) -> tuple[Piece, ...]:
    """Return the pieces of `text`; literal pieces are never neighbours (marks aside), and no piece is empty.

    `style` is prose (cut into sentences) or phrase (cut at lines, bars, brackets); `markup` says that it is HTML.
    With `latin`, pieces with a Latin word or a long number count as text, too: nobody has to translate them, but
    somebody may have to read them. With `inline`, hashtags are looked for and are pieces of their own, whose `field`
    says so; without it the text may be one hashtag. What ends a hashtag on its platform (`[话题]#`) is a mark.
    """
    readable = READABLE if latin else LETTER
    veiled = veil(text, find_spans(text, markup=markup))
    topics = tuple(find_topics(text, veiled, inline=inline))
    pieces: list[Piece] = []
    position = 0
    for start, end, close, field in sorted([*_texts(veiled, topics, style), *_named(topics)]):
        if not readable.search(veiled, start, end) and close == end:
            continue
        if position < start:
            pieces.append(Piece(text[position:start], False))
        pieces.append(Piece(text[start:end], readable.search(veiled, start, end) is not None, field))
        if close > end:
            pieces.append(Piece(text[end:close], False, MARK))
        position = close
    if position < len(text):
        pieces.append(Piece(text[position:], False))
    return tuple(_merge(pieces))


def _named(topics: Sequence[Topic]) -> Iterator[_Cut]:
    yield from ((topic.start, topic.end, topic.close, HASHTAG) for topic in topics)


def _texts(veiled: str, topics: Sequence[Topic], style: Style) -> Iterator[_Cut]:
    """Yield the texts between the hashtags, without the punctuation that stands behind one."""
    closes = {topic.close for topic in topics}
    veiled = veil(veiled, (Span(topic.start, topic.close, "code", "wall") for topic in topics))
    for stretch_start, stretch_end in split_stretches(veiled, style):
        for start, end in _split(veiled, stretch_start, stretch_end, style):
            first = start
            while start in closes and first < end and veiled[first] in _PAUSES:
                first += 1
            yield first, end, end, ""


def _merge(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join literal neighbours, as a hashtag that nobody has to translate is one beside others."""
    literal = ""
    for piece in pieces:
        if not piece.translatable and piece.field != MARK:
            literal += piece.text
            continue
        if literal:
            yield Piece(literal, False)
            literal = ""
        yield piece
    if literal:
        yield Piece(literal, False)


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
