"""Where an English text can be opened and how it is closed again: words, sentences, clauses, and what mends a seam.

Positions are offsets into the text. Nothing here touches the text away from the seam, so that damage leaves no other
trace than itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from shopglot.script import LETTER

Span = tuple[int, int]

WORD = re.compile(r"[^\W_]+(?:[’'.\-/&][^\W_]+|,\d{3}(?!\d))*")
BREAK = re.compile(r"[,;:!?…]+(?=\s)|(?<=[^\W_]{3})\.(?=\s)|\s[-–—](?=\s)|—")
STOP = re.compile(r"(?<=[^\W_]{3})[.!?…][\"”’)]*(?=\s)")
FUNCTION = frozenset(
    "a an the this that these those it its i me my we our you your he she they them their his her is are was were be "
    "been am do does did has have had will would can could may might shall should must of in on at to for from by with "
    "and or but so as if not no than then when while which who what there here all also very too just".split()
)
ENDING = ".!?~…"
LOOSE = ",;:-–— "  # what may not stand at the edge of a text, nor before another mark
CONJUNCTION = re.compile(r"(?:and|but|or|so|then|while|yet)\s+(?=\S)", re.IGNORECASE)


def words(text: str) -> list[Span]:
    """Return where the words stand, numbers and hyphenated words whole."""
    return [found.span() for found in WORD.finditer(text)]


def plain(text: str) -> tuple[str, ...]:
    """Return the words in small letters: two texts that have the same differ in punctuation or case only."""
    return tuple(text[start:end].casefold() for start, end in words(text))


def content(text: str) -> frozenset[str]:
    """Return the words that carry meaning, in small letters."""
    return frozenset(word for word in plain(text) if word not in FUNCTION)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the smaller set that the other has as well, 0 to 1; 1 where one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 1.0


def sentences(text: str) -> list[Span]:
    """Return the sentences with their full stops, without the space around them."""
    edges = [found.end() for found in STOP.finditer(text)]
    return _trimmed(text, zip([0, *edges], [*edges, len(text)], strict=True))


def clauses(text: str) -> list[Span]:
    """Return what stands between marks of punctuation, without those marks and the space around it."""
    marks = [found.span() for found in BREAK.finditer(text)]
    end = len(text.rstrip(ENDING + LOOSE + '"”’)'))
    starts, ends = [0, *(mark[1] for mark in marks)], [*(mark[0] for mark in marks), max(end, 0)]
    return [
        (start, end) for start, end in _trimmed(text, zip(starts, ends, strict=True)) if WORD.search(text, start, end)
    ]


def count(text: str, span: Span | None = None) -> int:
    """Return the number of words, of a part where one is given."""
    start, end = span or (0, len(text))
    return sum(1 for _ in WORD.finditer(text, start, end))


def balanced(text: str) -> bool:
    """Tell whether brackets and quotes are closed within the text, so that it can be taken out."""
    paired = all(text.count(left) == text.count(right) for left, right in ("()", "“”", "[]", "{}"))
    return paired and text.count('"') % 2 == 0


def cut(text: str, start: int, end: int) -> str:
    """Return the text without a part; marks that would meet, an orphaned "and" and a lost capital are mended."""
    left, right = text[:start].rstrip(), text[end:].lstrip()
    if not left or left[-1] in ENDING:
        right = right.lstrip(LOOSE + (ENDING if not left else ""))
        right = CONJUNCTION.sub("", right, count=1) if CONJUNCTION.match(right) else right
        right = raised(right) if begins_high(text) else right
    elif not right or right[0] in ENDING + LOOSE + ")”":
        left = left.rstrip(LOOSE)
    space = "" if not left or not right or right[0] in ENDING + ",;:)”’" or left[-1] in "(“‘" else " "
    return left + space + right


def put(text: str, start: int, end: int, new: str) -> str:
    """Return the text with a part replaced, with a capital where the part had one at the start of a sentence."""
    first = not WORD.search(text, 0, start) or text[:start].rstrip()[-1:] in tuple(ENDING)
    return text[:start] + (raised(new) if first and text[start : start + 1].isupper() else new) + text[end:]


def begins_high(text: str) -> bool:
    """Tell whether the first letter is a capital."""
    found = WORD.search(text)
    return bool(found) and text[found.start()].isupper() if found else False


def raised(text: str) -> str:
    """Return the text with a capital first letter, as far as its first word is not spelt as iPhone is."""
    found = WORD.search(text)
    if not found or any(letter.isupper() for letter in found.group()):
        return text
    return text[: found.start()] + text[found.start()].upper() + text[found.start() + 1 :]


def lowered(text: str) -> str:
    """Return the text with a small first letter where the first word is an ordinary one and no name."""
    found = WORD.match(text)
    return text[0].lower() + text[1:] if found and found.group().casefold() in FUNCTION - {"i"} else text


def ending(text: str) -> str:
    """Return the mark that ends the text, "" for none."""
    return text[-1] if text and text[-1] in ".!?" else ""


def is_title(text: str) -> bool:
    """Tell whether a text is a heap of words, as titles of listings are, and no sentence."""
    found = plain(text)
    return len(found) >= 3 and not ending(text) and sum(word in FUNCTION for word in found) <= len(found) * 0.12


def is_clean(text: str) -> bool:
    """Tell whether a text has no letter of an East Asian script and a word of Latin letters."""
    return LETTER.search(text) is None and re.search(r"[A-Za-z]{2}", text) is not None


def _trimmed(text: str, spans: Iterable[Span]) -> list[Span]:
    made: list[Span] = []
    for start, end in spans:
        part = text[start:end]
        if part.strip():
            made.append((start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())))
    return made
