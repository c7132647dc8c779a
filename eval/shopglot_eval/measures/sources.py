"""What the product sees in an example's source: numbers, opaque texts, and the names and terms of the glossary.

Measures count these themselves, and do not take them from findings alone: what there was to be kept is the same for
every system, also for one that was judged without a glossary. Offsets are code points of the whole source.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from shopglot.checks.kept import blank_masks
from shopglot.checks.numbers import BLANK
from shopglot.loading import load_localizer
from shopglot.localizer import MARKUP, PROSE
from shopglot.protect import protect
from shopglot.quantity import read_chinese, read_english
from shopglot.script import has_han, simplify
from shopglot.types import Mask, Segment, SegmentKey, TermMatch
from shopglot_eval.records import Example

TAGS = frozenset({"tag", "entity"})
_KEY = SegmentKey(merchant="", listing="", path="", index=0)
_KEPT = 32_768  # examples whose readings are remembered: a report asks for them again for every measure and slice


@lru_cache(maxsize=_KEPT)
def find_masks(example: Example) -> tuple[Mask, ...]:
    """Return the opaque texts of the source: tags, entities, URLs, placeholders and the like."""
    return protect(example.source, markup=example.field in MARKUP)


def has_markup(example: Example) -> bool:
    """Whether the source has a tag or an entity."""
    return any(mask.kind in TAGS for mask in find_masks(example))


def has_opaque(example: Example) -> bool:
    """Whether the source has an opaque text other than markup: a URL, a placeholder, an emoji, a model number."""
    return any(mask.kind not in TAGS for mask in find_masks(example))


@lru_cache(maxsize=_KEPT)
def find_numbers(example: Example) -> tuple[tuple[int, int], ...]:
    """Return where the source has a number that its translation is asked for, in order.

    They are read as the product's check of numbers reads them (see `shopglot.checks.numbers`), opaque texts left out.
    """
    text = blank_masks(_whole(example), BLANK)
    english = not has_han(text) and load_localizer(example.market).market.latin
    phrases = read_english(text) if english else read_chinese(simplify(text))
    return tuple(sorted({(one.start, one.end) for phrase in phrases for one in phrase.readings if one.strong}))


@lru_cache(maxsize=_KEPT)
def find_terms(example: Example) -> tuple[TermMatch, ...]:
    """Return what the market's termbase finds in the source, as the product cuts it; words of rules are left out."""
    localizer = load_localizer(example.market)
    part = localizer.segments(example.source, _KEY, field=example.field, category=example.category, brand=example.brand)
    segments = iter(part.segments)
    found: list[TermMatch] = []
    position = 0
    for piece in part.pieces:
        if piece.translatable:
            found += [
                replace(term, start=term.start + position, end=term.end + position)
                for term in next(segments).terms
                if not term.rule
            ]
        position += len(piece.text)
    return tuple(found)


def with_terms(example: Example, terms: tuple[TermMatch, ...]) -> Segment:
    """Return the whole source as one segment that has these terms: what checks of terms compare a target with."""
    return replace(_whole(example), terms=terms)


def _whole(example: Example) -> Segment:
    return Segment(
        key=_KEY, field=example.field, style="prose" if example.field in PROSE else "phrase", source=example.source,
        masks=find_masks(example),
    )  # fmt: skip
