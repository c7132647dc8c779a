"""Reading the numbers of an English text as what they mean, in the same terms as those of a Chinese one.

`grammar` is the table of cases; the readers of the cases stand by theme in `counts`, `measures`, `offers`, `times` and
`sizes`. What stands around a number and changes it (at most, off) is taken in when it has been read: `context`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shopglot.quantity.english.context import take_in
from shopglot.quantity.english.grammar import find_places
from shopglot.quantity.numeral import FRACTIONS, ONES, SCALES, TENS, narrowed
from shopglot.quantity.reading import Phrase
from shopglot.quantity.rules import scan, with_words
from shopglot.quantity.units import unit_table

__all__ = ["read_english"]

ARTICLES = (
    "a", "an", "per", "each", "every", "single", "full", "whole", "first", "of", "another", "extra", "additional",
)  # fmt: skip
# What a unit stands behind: a number, an article, "half".
BEFORE_UNIT = re.compile(
    r"(?:[0-9½¼¾⅓⅔⅛⅕](?![0-9])(?:\s(?:hundred|thousand|million|billion)(?![A-Za-z]))?|/|(?<![A-Za-z])(?:"
    + "|".join(sorted((*ONES, *TENS, *SCALES, *FRACTIONS, *ARTICLES), key=len, reverse=True))
    + r")(?![A-Za-z]))\s?[-(]?",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def read_english(text: str, *, around: bool = True) -> tuple[Phrase, ...]:
    """Return what the numbers of an English text mean, in order, none overlapping another. Offsets are into `text`.

    `around` is False where the bounds and the roles that the words around a number give it are of no interest.
    """
    narrow = narrowed(text)  # as long as the text: offsets stay
    marked = unit_table().english.mark(narrow, BEFORE_UNIT)
    return tuple(
        with_words(take_in(phrase, narrow, around=around), text, narrow)
        for phrase in scan(narrow, marked, find_places(narrow))
    )
