"""Makes new texts of old ones: clauses in another company, other words of the same class, other numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random

from shopglot.script import has_han
from shopglot_eval.bench.words import ANY, CHINESE_NUMBER, COLOUR, COLOURS, GOODS, NUMBER, OF, QUALITIES

_CLAUSE = re.compile("[^，、；,;/ 　]+[，、；,;/ 　]*")
_EDGE = "，、；,;/ 　。！？!?～~…"
_OPAQUE = re.compile("[<>&@#{}\\[\\]【】《》“”()（）]|https?:")  # what must stay where it is, and in one piece
_SWAPPED = 0.5  # of a text's clauses come from elsewhere
_PATIENCE = 6  # tries before a text is told from all others by a number of its own


class Writer:
    """Writes new texts of a kind; `texts` are pairs of kind and text that clauses are taken from."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._clauses: dict[str, list[str]] = defaultdict(list)
        for kind, text in texts:
            if not _OPAQUE.search(text):
                self._clauses[kind] += [
                    own for clause in _CLAUSE.findall(text) if has_han(own := clause.strip(_EDGE)) and len(own) > 1
                ]

    def write(self, kind: str, like: str, chance: Random) -> Iterator[str]:
        """Yield texts like a given one, without end and ever further from it."""
        for attempt in count():
            text = _reworded(self._recombined(kind, like, chance), chance)
            if attempt >= 1:
                text = _with_quality(text, chance)
            if attempt >= _PATIENCE:
                text = f"{text}{chance.randrange(10 ** (attempt // 2))}款"
            yield text

    def _recombined(self, kind: str, like: str, chance: Random) -> str:
        clauses = self._clauses.get(kind)
        if not clauses or _OPAQUE.search(like) or not has_han(like):
            return like
        parts = []
        for clause in _CLAUSE.findall(like):
            body = clause.rstrip(_EDGE)
            if has_han(body) and chance.random() < _SWAPPED:
                parts.append(chance.choice(clauses) + clause[len(body) :])
            else:
                parts.append(clause)
        return "".join(parts)


def altered(text: str, chance: Random) -> str:
    """Return a text with other numbers and colours; one that has neither stays as it is."""
    text = COLOUR.sub(lambda match: _other(match[0], COLOURS, chance), text)
    return _renumbered(text, chance)


def _reworded(text: str, chance: Random) -> str:
    """Return a text with words replaced by others of their class, and other numbers."""
    return _renumbered(ANY.sub(lambda match: _other(match[0], OF[match[0]], chance), text), chance)


def _renumbered(text: str, chance: Random) -> str:
    text = NUMBER.sub(lambda match: _number(match[0], chance), text)
    return CHINESE_NUMBER.sub(lambda match: _other(match[0], "两三四五六八", chance), text)


def _number(old: str, chance: Random) -> str:
    """Return a number with as many digits, so that it stays as likely as it was."""
    whole, _, part = old.partition(".")
    low = 10 ** (len(whole) - 1) if len(whole) > 1 else 1
    new = str(chance.randrange(low, 10 ** len(whole)))
    return f"{new}.{chance.randrange(1, 10)}" if part else new


def _with_quality(text: str, chance: Random) -> str:
    """Return a text with one more word in front, behind what opens it."""
    word = chance.choice(chance.choice((QUALITIES, GOODS)))
    place = next((at for at, char in enumerate(text) if has_han(char)), 0)
    return f"{text[:place]}{word}{text[place:]}"


def _other(old: str, row: Iterable[str], chance: Random) -> str:
    return chance.choice([word for word in row if word != old])
