"""In which order English says words that stand side by side, where it is the order of the Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shopglot.certainty.atoms import Atom

# Colors and materials are nouns in the glossary, and say something of the noun behind them.
COLORS = frozenset(
    """black white red blue green yellow pink purple gray brown orange beige navy khaki gold silver ivory cream burgundy
    lavender turquoise coral peach apricot champagne camel tan teal mint oatmeal rose""".split()
)
MATERIALS = frozenset(
    """cotton linen silk wool cashmere polyester nylon spandex acrylic lyocell modal viscose denim canvas leather suede
    velvet corduroy fleece lace mesh tulle chiffon satin knit plush steel aluminum alloy copper brass titanium iron
    metal sterling plastic silicone rubber latex resin glass ceramic porcelain crystal wood bamboo rattan paper oxford
    down pearl jade""".split()
)
STEM = 4
# What any noun may be said of: pillowcase size, milk fiber.
HEADS = frozenset(
    """size length width height depth diameter circumference thickness weight capacity area color material style pattern
    dimensions quantity type shape features fiber blend yarn fabric""".split()
)
# Words for what is done to a thing stand before it: an alloy that is electroplated is no "alloy electroplated".
_DONE = re.compile(r"(?:[a-z]{2,}ed|[a-z]{2,}able|[a-z]{2,}ible|free|proof|resistant|safe|friendly|waisted)")
_PLURAL = re.compile(r"[a-z]{2,}[^su]s", re.IGNORECASE)
_USUAL_PLURALS = frozenset({"kids", "sports", "ladies", "mens", "womens", "sales"})


def say_words(words: Sequence[Atom]) -> str | None:
    """Return words that stand side by side as English says them, in small letters; None where nobody can tell.

    They are one thing, with what is said of it in front: white tulle skirt, sole thickness.
    """
    words = said_once(words)
    *before, thing = words
    return " ".join(word.text for word in words) if not before or _is_thing(thing, before) else None


def said_once(words: Sequence[Atom]) -> list[Atom]:
    """Return the words without those that the next one says as well: battery, battery life is battery life."""
    follow = [*words[1:], None]
    return [word for word, after in zip(words, follow, strict=True) if after is None or not _says(after, word)]


def in_order(atoms: Sequence[Atom], *, loose: bool) -> bool:
    """Whether all words that stand side by side in a text say the same in this order.

    `loose`: any noun may be said of another, as in a hashtag.
    """
    return all(len(group) == 1 or _is_thing(group[-1], group[:-1], loose=loose) for group in _side_by_side(atoms))


def is_said_of(words: Sequence[Atom]) -> bool:
    """Whether words only say something of a thing and name none."""
    return all(_is_said_of(word) for word in words)


def _side_by_side(atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    group: list[Atom] = []
    for atom in atoms:
        if atom.kind == "word":
            group.append(atom)
        elif atom.kind != "gap" and group:
            yield group
            group = []
    if group:
        yield group


def _is_thing(thing: Atom, before: Sequence[Atom], *, loose: bool = False) -> bool:
    if thing.pos != "noun" or _is_said_of(thing) or not all(map(_is_one_word, before)):
        return False
    if any(_last(word)[:STEM] == _last(thing)[:STEM] for word in before):
        return False  # a stylish style
    if _last(thing) in COLORS:
        return all(word.pos == "adj" and _last(word) not in COLORS for word in before)
    return all(
        word.keep
        or _is_said_of(word)
        or _last(word) in COLORS | MATERIALS
        or (word.pos == "noun" and (loose or _last(thing) in HEADS))
        for word in before
    )


def _is_one_word(word: Atom) -> bool:
    """Whether a word may stand before a noun: a rule's phrase, a verb and a plural may not."""
    last = _last(word)
    return word.pos in ("noun", "adj", "") and (
        word.keep or word.pos == "adj" or last in _USUAL_PLURALS or not _PLURAL.fullmatch(last)
    )


def _is_said_of(word: Atom) -> bool:
    return word.pos == "adj" or bool(_DONE.fullmatch(_last(word)))


def _last(word: Atom) -> str:
    return re.split(r"[\s-]+", word.text.casefold())[-1]


def _says(after: Atom, word: Atom) -> bool:
    return not word.keep and (
        after.text.casefold() == word.text.casefold() or after.text.casefold().startswith(word.text.casefold() + " ")
    )
