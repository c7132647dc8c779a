"""Texts and numbers made fit to be shown: nothing that a screen obeys or that hides, marks cut into pieces."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from shopglot_eval.records import Figure, Form
from shopglot_eval.reporting.document import Cell, Tone

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
_NUMBER = re.compile(r"([-−+]?)(\d[\d,]*)(?:\.(\d+))?(%| pp|)")
_POINTS = re.compile(r" to [-−+]?[\d.,]+ pp\)$")
_DIGITS = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?")
_BYTES = ("B", "kB", "MB", "GB", "TB")

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


def finite(value: float | None) -> float | None:
    """Return a number, or None for what is none: NaN and the infinities have no place in a report."""
    return value if value is not None and math.isfinite(value) else None


def number(value: float | None, form: Form) -> str:
    """Return a number as a reader knows its form: shares in percent, `–` where there is none."""
    value = finite(value)
    if value is None:
        return "–"
    if form == "share":
        return f"{value:.1%}"
    if form == "correlation":
        return f"{value:.3f}"
    if form == "bytes":
        return _bytes(value)
    if form == "number":
        return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
    return f"{value:,.2f}" if form == "score" else f"{value:,.1f} s"


def interval(figure: Figure) -> str:
    """Return the interval of a figure in words, "" where it has none."""
    low, high = finite(figure.low), finite(figure.high)
    return "" if low is None or high is None else f"{number(low, figure.form)} to {number(high, figure.form)}"


def span(cell: Cell) -> str:
    """Return the interval of a cell in words, written as its text writes the value.

    It is "" where the cell has none, and where the text itself says it: `88.76 (87.16 to 90.18)`.
    """
    low, high = finite(cell.low), finite(cell.high)
    if low is None or high is None:
        return ""
    ends = [_alike(cell.text, low), _alike(cell.text, high)]
    said = {found[0].lstrip("+") for found in _DIGITS.finditer(cell.text)}
    bare = {found[0].lstrip("+") for end in ends for found in _DIGITS.finditer(end)}
    told = " to " in cell.text and bare <= said
    # In points of a percent the ends of the cell are so too, and its text has them.
    return "" if told or _POINTS.search(cell.text) else " to ".join(ends)


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


def _alike(text: str, value: float) -> str:
    """Return a number written as a text writes its first: as many decimals, percent (or points of it) or not."""
    found = _NUMBER.search(text)
    if found is None:
        return f"{value:.3g}"
    sign, _, decimals, percent = found.groups()
    amount = value * 100 if percent else value
    written = f"{abs(amount):,.{len(decimals or '')}f}{percent}"
    if amount < 0 and any(digit in written for digit in "123456789"):
        return ("−" if "−" in text else "-") + written
    return f"+{written}" if sign and amount > 0 else written


def _bytes(value: float) -> str:
    power = min(len(_BYTES) - 1, int(math.log(max(1.0, abs(value)), 1000)))
    return f"{value / 1000**power:,.{0 if power == 0 else 1}f} {_BYTES[power]}"
