"""Where a text may be cut: between sentences, between the phrases of a title, and inside what is too long.

All functions read a *veiled* text (see `veil`): as long as the source, with opaque spans blacked out by characters
that no rule of this module takes for a letter or a punctuation mark, so that offsets mean the same in both.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from shopglot.script import LETTER
from shopglot.segment.opaque import Span
from shopglot.types import Style

# Noncharacters: Unicode promises that no text uses them. One that does is cut a little differently, and loses nothing.
WALL, EDGE, INSIDE = "\ufdd0", "\ufdd1", "\ufdd2"

LONG = 120
"""Characters from which a segment is cut at a comma too."""
HARD = 1_000
"""Characters at which a segment without any place to cut it is cut anyway."""

_HESITATION = 8  # an ellipsis before this many characters is a pause ("这……好吧"), not an end
_LINES = "\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_CIRCLED = "(?<![图见第骤表])[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]"
_WALLS: dict[Style, re.Pattern[str]] = {
    "prose": re.compile(f"[{WALL}{_LINES}]|{_CIRCLED}"),
    "phrase": re.compile(f"[{WALL}{_LINES}|｜【】《》]|(?<=\\s)[/／](?=\\s)|{_CIRCLED}"),
}
DECORATION = re.compile(
    r"[•·●○■□▪▫◆◇★☆※✦✧✓✔→►▶▷*+~～–—]++"
    r"|-++(?![0-9])"
    r"|[0-9０-９]{1,2}(?:[、.．](?![0-9０-９])|[)）])|[(（][0-9０-９]{1,2}[)）]|[A-Ha-h](?:[、)）]|[.](?![A-Za-z0-9]))"
)
"""A bullet or an ordinal at the start of a line. Ordinals in Han (一、) are text: they have to be translated."""
HEADING = re.compile(r"【([^【】]{1,60})】")

_CLOSING = "”’」』）)\\]】》〉\ufe00-\ufe0f\u0300-\u036f"
_TERMINATOR = re.compile(f"(?P<run>[。！？｡!?；;…⋯.~～]++)(?P<closing>[{_CLOSING}]*+)")
_ABBREVIATIONS = frozenset("no dr mr mrs ms st vs vol fig inc ltd co approx dept max min etc eg ie".split())
_RANGE_START = re.compile(r"(?:[0-9一二三四五六七八九十百千万两]\w{0,2}|周[一二三四五六日]|[SMLX])$")
_ENTITY_END = re.compile(r"&#?\w{2,31}$")
_STRONG = re.compile("[，；：。！？；,;:!?](?<![0-9][,:](?=[0-9]))[”’」』）)】》]*+")
_WEAK = re.compile(r"、|\s++")


def veil(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with every opaque span replaced by as many WALL, EDGE or INSIDE characters as it is long."""
    fill = {"wall": WALL, "edge": EDGE, "inside": INSIDE}
    parts = []
    position = 0
    for span in spans:
        parts += [text[position : span.start], fill[span.role] * (span.end - span.start)]
        position = span.end
    return "".join([*parts, text[position:]])


def split_stretches(veiled: str, style: Style) -> Iterator[tuple[int, int]]:
    """Yield the stretches of text between walls: lines, cells, and what stands between emoji or block tags."""
    position = 0
    for wall in _WALLS[style].finditer(veiled):
        if wall.start() > position:
            yield position, wall.start()
        position = wall.end()
    if position < len(veiled):
        yield position, len(veiled)


def split_sentences(veiled: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a stretch; closing quotes and brackets stay with the sentence that they close."""
    begin = counted = start
    quoted = 0  # straight double quotes seen in the sentence
    for match in _TERMINATOR.finditer(veiled, start, end):
        if match.start() < counted:
            continue
        quoted += veiled.count('"', counted, match.end())
        counted = cut = match.end()
        if quoted % 2 and veiled[cut : cut + 1] == '"' and cut < end:
            counted = cut = cut + 1
            quoted += 1
        if cut < end and _ends_sentence(veiled, begin, match, veiled[cut]):
            yield begin, cut
            begin, quoted = cut, 0
    if begin < end:
        yield begin, end


def split_long(veiled: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a sentence: itself, or where it is longer than `LONG` parts of about equal length."""
    if end - start > LONG:
        strong = [match.end() for match in _STRONG.finditer(veiled, start, end) if match.end() < end]
        weak = [match.end() for match in _WEAK.finditer(veiled, start, end) if match.end() < end]
        while end - start > LONG:
            cut = _choose(strong, weak, start, end)
            if cut - start > HARD:
                cut = _clear(veiled, start, min(start + HARD, end), end)
            if cut >= end:
                break
            yield start, cut
            start = cut
    yield start, end


def _ends_sentence(veiled: str, begin: int, match: re.Match[str], after: str) -> bool:
    """Tell whether the terminator ends the sentence that began at `begin`, `after` being the character behind it."""
    run, closing = match["run"], match["closing"]
    before = veiled[match.start() - 1] if match.start() > begin else ""
    inside = any(ch in closing for ch in "）)") and not _opens_with_bracket(veiled, begin, match.start())
    if inside or after in "，,、：:" or (closing and after == "的"):
        return False
    if any(ch in run for ch in "。！？；｡"):
        return True
    if any(ch in run for ch in "!?;"):
        entity = run == ";" and _ENTITY_END.search(veiled[max(begin, match.start() - 33) : match.start()])
        return not entity and before != "<" and not (_is_ascii_word(before) and _is_ascii_word(after))
    if run == ".":
        return _stop_ends(veiled, begin, match.start(), after)
    letter_follows = after.isspace() or LETTER.match(after) is not None
    if any(ch in run for ch in "…⋯."):
        return letter_follows and match.start() - begin >= _HESITATION
    # A wave is drawn out at the end of a clause (好用～), or it is a range (周一～周五).
    is_range = len(run) == 1 and _RANGE_START.search(veiled[max(begin, match.start() - 3) : match.start()])
    return letter_follows and LETTER.match(before) is not None and not is_range


def _opens_with_bracket(veiled: str, begin: int, end: int) -> bool:
    """Tell whether the bracket that closes at `end` opened at the start of the sentence; looks 200 characters back."""
    opening = max(veiled.rfind(ch, max(begin, end - 200), end) for ch in "（(")
    return opening >= 0 and not veiled[begin:opening].strip(f" \u00a0\u3000{EDGE}")


def _stop_ends(veiled: str, begin: int, stop: int, after: str) -> bool:
    """Tell whether the single full stop at `stop` ends a sentence: not in `3.5`, `No. 5`, `U.S. `, `1. `."""
    before = veiled[stop - 1] if stop > begin else ""
    if LETTER.match(before) or before in tuple("）)”」』】%"):
        return after.isspace() or LETTER.match(after) is not None
    word = re.search(r"[A-Za-z]{2,12}$", veiled[max(begin, stop - 12) : stop])
    if word is None or word.group().lower() in _ABBREVIATIONS:
        return False
    following = re.compile(r"\s*(.?)").match(veiled, stop + 1)
    return LETTER.match(after) is not None or (after.isspace() and following is not None and not following[1].islower())


def _is_ascii_word(ch: str) -> bool:
    return ch == INSIDE or (ch.isascii() and ch.isalnum())


def _choose(strong: list[int], weak: list[int], start: int, end: int) -> int:
    """Return the best cut of a part that begins at `start`: near an equal share, `end` where there is none."""
    parts = -(-(end - start) // LONG)
    ideal = start + (end - start) // parts
    for cuts in (strong, weak):
        near = cuts[bisect_left(cuts, start + LONG // 4) : bisect_right(cuts, start + LONG)]
        if near:
            return min(near, key=lambda cut: (abs(cut - ideal), cut))
    # None is near: the last one before, else the first one behind.
    every = (start, *(cuts[at - 1] for cuts in (strong, weak) if (at := bisect_right(cuts, start + LONG))))
    following = (cuts[at] for cuts in (strong, weak) if (at := bisect_right(cuts, start)) < len(cuts))
    return max(every) if max(every) > start else min(following, default=end)


def _clear(veiled: str, start: int, cut: int, end: int) -> int:
    """Move a cut that falls into a character sequence or an opaque span: back where it can, else forward."""
    back = cut
    while back > start and _is_joined(veiled, back):
        back -= 1
    if back > start:
        return back
    while cut < end and _is_joined(veiled, cut):
        cut += 1
    return cut


def _is_joined(veiled: str, at: int) -> bool:
    """Tell whether the characters on the two sides of `at` belong together.

    Emoji sequences and surrogates need no rule of their own: they are opaque.
    """
    left, right = veiled[at - 1 : at], veiled[at : at + 1]
    if right in (EDGE, INSIDE):
        return left == right
    # Combining marks, and the vowels and finals of decomposed hangul.
    return right != "" and (unicodedata.category(right)[0] == "M" or "\u1160" <= right <= "\u11ff")
