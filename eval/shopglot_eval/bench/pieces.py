"""A listing as the texts that a run translates one by one, and put together again from others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shopglot.catalog.fields import rebuild, walk
from shopglot.localizer import MARKUP, PROSE
from shopglot.segment import Piece, assemble, segment
from shopglot.types import Field, Json, Listing, Style


def texts_of(listing: Listing) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of every segment, in reading order: those that a run has for a Latin market."""
    for field in walk(listing):
        for piece in pieces_of(field):
            if piece.translatable:
                yield piece.field or field.name, piece.text


def rewritten(listing: Listing, write: Callable[[str, str], str]) -> dict[str, Json]:
    """Return a listing's document with every segment replaced by what `write` makes of its kind and text."""
    texts = {}
    for field in walk(listing):
        pieces = pieces_of(field)
        own = [write(piece.field or field.name, piece.text) for piece in pieces if piece.translatable]
        texts[field.path] = assemble(pieces, own, spaced=False)
    return rebuild(listing, texts)


def pieces_of(field: Field) -> tuple[Piece, ...]:
    """Return the pieces that a field is cut into, as `Localizer.segments` does."""
    if field.name == "brand":
        return (Piece(field.text, translatable=True),)
    markup = field.name in MARKUP
    style: Style = "prose" if field.name in PROSE else "phrase"
    return segment(field.text, style=style, markup=markup, latin=True, inline=markup)
