"""What phrases become before a market writes them: a body is two measures, and a mass said twice is one.

男生178cm 136斤 is a height and a weight, each written by its own rule. 125g（2.5两） says one mass in two units; with
the mainland one converted it would say the same twice, so the two are written as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from shopglot.quantity.equality import equal
from shopglot.quantity.reading import Phrase

# What may stand between two ways to say a mass, and behind the second.
OPENED = re.compile(r"\s*[(（]\s*(?:约|合|即|也就是|相当于)?\s*")
CLOSED = re.compile(r"\s*[)）]")
JOINED = re.compile(r"\s*(?:[/=＝]|即|合)\s*")


def prepare(text: str, phrases: Sequence[Phrase]) -> Iterator[tuple[Phrase, int]]:
    """Yield each phrase to be written, and where it ends: behind the other way to say it, where there is one."""
    apart = [part for phrase in phrases for part in _apart(phrase)]
    skip = -1
    for one, following in zip_longest(apart, apart[1:]):
        if one.start < skip:
            continue
        end = _twin_end(text, one, following) if following is not None else 0
        if following is not None and end:
            skip = end
            metric = one if _system(one) == "metric" else following
            yield replace(metric, start=one.start, end=end), end
        else:
            yield one, one.end


def _apart(phrase: Phrase) -> list[Phrase]:
    if phrase.rule != "body":
        return [phrase]
    return [Phrase(rule="measure", start=one.start, end=one.end, readings=(one,)) for one in phrase.readings]


def _twin_end(text: str, one: Phrase, other: Phrase) -> int:
    """Return where two phrases end that say the same mass, one of them in mainland units; 0 where they do not."""
    if {_system(one), _system(other)} != {"metric", "zh"} or len(one.readings) > 1 or len(other.readings) > 1:
        return 0
    if not equal(one.readings[0].meanings[0], other.readings[0].meanings[0]):
        return 0
    if JOINED.fullmatch(text, one.end, other.start):
        return other.end
    closed = CLOSED.match(text, other.end)
    return closed.end() if closed and OPENED.fullmatch(text, one.end, other.start) else 0


def _system(phrase: Phrase) -> str:
    """Return whose unit a phrase is in where it weighs something, "" otherwise."""
    unit = phrase.readings[0].meanings[0].unit if phrase.readings else None
    return unit.system if unit is not None and unit.dimension == "[mass]" else ""
