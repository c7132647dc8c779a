"""Putting pieces together again, with the spaces and the punctuation that a Latin target needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise

from shopglot.segment.markup import find_tags
from shopglot.segment.opaque import find_spans, is_space_entity
from shopglot.segment.spacing import Atom, lay_out, needs_space

_WIDE = "、。｡【】〔〕「」『』《》〈〉\u3000￥"
_NARROW = ",..[][]“”‘’“”‘’ ¥"
# ＜ ＞ and ＆ stay: in ASCII they would be markup.
_ASCII = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "＜＞＆"} | {
    ord(wide): narrow for wide, narrow in zip(_WIDE, _NARROW, strict=True)
}
_BAR = re.compile("(?<![ \u3000])[ \u3000]*+｜[ \u3000]*+")
_ORDINAL = re.compile(r"(?<![0-9０-９A-Za-z])([0-9０-９]{1,2}|[A-Ha-h])、(?=\s*$)")
_BULLETS = frozenset("-*+–—")


HASHTAG = "hashtag"
MARK = "mark"


@dataclass(frozen=True, slots=True)
class Piece:
    """An exact slice of a source text; `translatable` is False where it comes out as it went in.

    `field` is HASHTAG for a hashtag that stands in a text of another field, MARK for what ends one on its platform
    only (`[话题]#`, `#`: not translatable, and left out by `assemble`), and empty for everything else.
    """

    text: str
    translatable: bool
    field: str = ""


def join(pieces: Sequence[Piece]) -> str:
    """Return the source that the pieces were cut from."""
    return "".join(piece.text for piece in pieces)


def assemble(pieces: Sequence[Piece], targets: Sequence[str], *, spaced: bool) -> str:
    """Return the text with `targets` in place of the translatable pieces, in order.

    `spaced` is for languages that write spaces between words: full-width punctuation in the literal pieces becomes
    ASCII, and neighbours that Chinese writes together are set apart by one space. Tags are never changed.
    Without it literal pieces come out as they are: with the pieces' own texts as targets, the result is the source.
    Marks are left out; a hashtag that would then run into the text behind it is set apart by a space.
    Raises ValueError where the number of targets is not the number of translatable pieces.
    """
    wanted = sum(piece.translatable for piece in pieces)
    if len(targets) != wanted:
        raise ValueError(f"{wanted} pieces are to be translated, but {len(targets)} targets were given")
    rest = iter(targets)
    filled = [replace(piece, text=next(rest)) if piece.translatable else piece for piece in pieces]
    if not spaced:
        return "".join(_set_apart(filled))
    filled = [piece for piece in filled if piece.field != MARK]
    return lay_out(_read(filled), lambda left, _, right: needs_space(left.last, right.first))


def _set_apart(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield the texts without the marks, the hashtags that had one apart from the words beside them."""
    before = ""
    for piece, after in pairwise([*pieces, Piece("", False)]):
        if piece.field == MARK:
            if after.text[:1].isalnum() or after.text[:1] in ("#", "＃"):
                yield " "
                before = " "
            continue
        if piece.field == HASHTAG and after.field == MARK and before.isalnum():
            yield " "
        yield piece.text
        before = piece.text[-1:] or before


def _read(pieces: Sequence[Piece]) -> Iterator[Atom]:
    for piece in pieces:
        if piece.translatable:
            yield Atom(text=piece.text, first=piece.text[:1], last=piece.text[-1:])
        else:
            yield from _read_literal(piece.text)


def _read_literal(text: str) -> Iterator[Atom]:
    """Yield what is opaque in a literal piece as it is, and its visible runs in ASCII punctuation."""
    tags = {tag.start: tag for tag in find_tags(text)}
    position = 0
    for span in find_spans(text, markup=True):
        yield from _narrow(text[position : span.start])
        source = text[span.start : span.end]
        if span.kind == "tag":
            # At a block tag no space is ever missing: it stands for a line break.
            edge = "" if span.role == "edge" else "\n"
            yield Atom(text=source, first=edge, last=edge, opens=not tags[span.start].closing)
        else:
            shown = source
            if span.kind == "emoji":
                shown = "•"  # kaomoji stand apart as emoji do
            elif span.kind == "entity":
                shown = " " if is_space_entity(source) else unescape(source)
            yield Atom(text=source, first=shown[0], last=shown[-1])
        position = span.end
    yield from _narrow(text[position:])


def _narrow(text: str) -> Iterator[Atom]:
    """Yield a visible run with its full-width punctuation in ASCII, set apart where the run goes on."""
    if not text:
        return
    text = _ORDINAL.sub(r"\1.", _BAR.sub(" | ", text))
    narrow = text.translate(_ASCII)
    if narrow != text:
        parts = [narrow[0]]
        for (left, right), was in zip(pairwise(narrow), pairwise(text), strict=True):
            joined = (left, right) == was or (left.isalnum() and right.isalnum())
            parts += [" "] * (not joined and needs_space(left, right)) + [right]
        narrow = "".join(parts)
    # A lone hyphen at the start of a line is a bullet; elsewhere it joins.
    last = "•" if narrow.strip() in _BULLETS and narrow[-1] in _BULLETS else narrow[-1]
    yield Atom(text=narrow, first=narrow[0], last=last)
