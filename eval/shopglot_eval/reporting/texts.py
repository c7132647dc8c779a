"""Texts made fit to be shown: nothing that a screen obeys or that hides, marks cut into pieces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from shopglot_eval.reporting.document import Tone

LONGEST = 6_000  # code points of a text that are shown; a report is for reading
BEFORE = 400  # of those before the first mark, where it stands further in than what is shown
SIGNS: dict[Tone, str] = {"good": "✓", "bad": "✗", "warn": "⚠"}  # beside the colour, which is never the only sign
LANGUAGES = {"us": "en", "hk": "zh-Hant-HK", "mo": "zh-Hant-MO", "tw": "zh-Hant-TW"}

_WORST: tuple[Tone, ...] = ("bad", "warn", "good", "", "muted")  # what shows where marks overlap
_REPLACED = "\ufffd"
# What a screen would obey or swallow becomes a sign, each one exactly one sign: offsets stay right. Joiners of emoji
# and line breaks stay.
_SHOWN = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_SHOWN |= dict.fromkeys((*range(0x80, 0xA0), 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F), _REPLACED)
_SHOWN |= dict.fromkeys((*range(0x2028, 0x202F), *range(0x2060, 0x206A), 0xFEFF, *range(0xFFF9, 0xFFFC)), _REPLACED)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")

Marks = Sequence[tuple[int, int, Tone]]


def visible(text: str) -> str:
    """Return a text with a sign in the place of whatever cannot be seen or encoded; it is as long as before."""
    return _SURROGATE.sub(_REPLACED, text.translate(_SHOWN))


def shown(text: str, marks: Marks = ()) -> tuple[str, tuple[tuple[int, int, Tone], ...]]:
    """Return a text fit to be shown, and its marks, sorted and without overlap.

    Of a text longer than `LONGEST` the beginning is shown, or what stands around the first mark; it says so.
    """
    flat = flatten(len(text), marks)
    if len(text) <= LONGEST:
        return visible(text), tuple(flat)
    first = flat[0][0] if flat else 0
    start = 0 if first < LONGEST - BEFORE else first - BEFORE
    end = min(len(text), start + LONGEST)
    before = f"[{start:,} characters] …" if start else ""
    after = f"… [{len(text) - end:,} characters]" if end < len(text) else ""
    shift = len(before) - start
    kept = tuple((max(a, start) + shift, min(b, end) + shift, tone) for a, b, tone in flat if a < end and b > start)
    return before + visible(text[start:end]) + after, kept


def flatten(length: int, marks: Marks) -> list[tuple[int, int, Tone]]:
    """Return marks within a text of this length, sorted, none over another: where they overlap the worst tone shows."""
    edges: list[tuple[int, int, Tone]] = []
    for start, end, tone in marks:
        low, high = max(0, start), min(length, end)
        if low < high:
            edges += [(low, 1, tone), (high, -1, tone)]
    edges.sort(key=lambda edge: edge[0])
    found: list[tuple[int, int, Tone]] = []
    open_marks: Counter[Tone] = Counter()
    since = 0
    for at, change, tone in edges:
        current = next((one for one in _WORST if open_marks[one] > 0), None)
        if current is not None and since < at:
            if found and found[-1][1] == since and found[-1][2] == current:
                found[-1] = (found[-1][0], at, current)
            else:
                found.append((since, at, current))
        open_marks[tone] += change
        since = at
    return found


def pieces(text: str, marks: Marks) -> Iterator[tuple[str, Tone | None]]:
    """Yield a text in pieces with the tone of each, None where it is not marked. The marks are those of `shown`."""
    done = 0
    for start, end, tone in marks:
        if done < start:
            yield text[done:start], None
        yield text[start:end], tone
        done = end
    if done < len(text):
        yield text[done:], None


def codes(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, with whether each stood between backticks; a backtick without its other half is text."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    for number, part in enumerate(parts):
        if part:
            yield part, number % 2 == 1


def language(market: str) -> str:
    """Return the language tag of what is written for a market, "" where that is not known."""
    return LANGUAGES.get(market, "")


def source_language(text: str) -> str:
    """Return the language tag of a source: that of Simplified Chinese where it has Chinese characters, else ""."""
    return "zh-Hans" if _CHINESE.search(text[:LONGEST]) else ""


def known(ids: Iterable[str], passages: Iterable[str]) -> tuple[str, ...]:
    """Return those ids that are passages, in their order, each once."""
    there = passages if isinstance(passages, (dict, set, frozenset)) else set(passages)
    return tuple(dict.fromkeys(one for one in ids if one in there))
