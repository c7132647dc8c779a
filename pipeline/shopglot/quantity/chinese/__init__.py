"""Reading the numbers of a Chinese text as what they mean.

`grammar` is the table of cases; the readers of the cases stand by theme in `counts`, `measures`, `offers`, `times` and
`sizes`. What stands around a number and changes it (不超过, 以上, 近视) is taken in when it has been read: `context`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shopglot.quantity.chinese.context import take_in
from shopglot.quantity.chinese.grammar import beginning, rules
from shopglot.quantity.numeral import FORMAL, NUMBER, narrowed
from shopglot.quantity.reading import Phrase
from shopglot.quantity.rules import scan, with_words
from shopglot.quantity.units import unit_table

__all__ = ["read_chinese"]

# 1点1毫米 is 1.1 mm; 8点30分 is a time.
SPOKEN_POINT = re.compile(r"(?<=[0-9])点(?=[0-9]+(?:毫|厘|公|米|克|升|寸|倍|元|斤|万|度|%|英))")
FORMAL_NUMERALS = str.maketrans(FORMAL)
# What a unit stands behind.
BEFORE_UNIT = re.compile(rf"(?:{NUMBER}|[百千万])\s?[多余来几]?\s?")


@lru_cache(maxsize=4096)
def read_chinese(text: str, *, around: bool = True) -> tuple[Phrase, ...]:
    """Return what the numbers of a Chinese text mean, in order, none overlapping another. Offsets are into `text`.

    `around` is False where the bounds and the roles that the words around a number give it are of no interest.
    """
    narrow = SPOKEN_POINT.sub(".", narrowed(text)).translate(FORMAL_NUMERALS)  # as long as the text: offsets stay
    marked = unit_table().chinese.mark(narrow, BEFORE_UNIT)
    tried = rules().useful(narrow)
    places = ((match.start(), tried) for match in beginning().finditer(narrow))
    return tuple(
        with_words(take_in(phrase, narrow, around=around), text, narrow) for phrase in scan(narrow, marked, places)
    )
