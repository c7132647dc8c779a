"""Is the translation punctuated as its market punctuates?

`wording` writes machine answers in the market's punctuation; what is found here was written by somebody else, or stands
where wording cannot tell what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from shopglot.checks.kept import blank_kept, blank_masks
from shopglot.market import Market
from shopglot.script import CJK_RANGES, HAN_RANGES, has_letter
from shopglot.types import Finding, Segment, Translation

WIDE_RUN = re.compile(f"[{CJK_RANGES}]+")
NARROW = {
    "、": ",",
    "。": ".",
    "〈": '"',
    "〉": '"',
    "《": '"',
    "》": '"',
    "「": '"',
    "」": '"',
    "【": "[",
    "】": "]",
    "　": " ",
}
# In Chinese: straight or mainland quotation marks around Chinese, half-width commas and stops between Chinese.
STRAIGHT = re.compile(r'["“](?P<inner>[^"“”\n]{1,200})["”]')
HALF = re.compile(rf"(?<=[{HAN_RANGES}])[,;:!?](?=[{HAN_RANGES}])")
FULL = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}

OPENING = {"(": ")", "[": "]", "{": "}", "“": "”", "「": "」"}
CLOSING = {closing: opening for opening, closing in OPENING.items()}
SAME = str.maketrans(
    {"（": "(", "）": ")", "【": "[", "】": "]", "［": "[", "］": "]", "｛": "{", "｝": "}", "『": "「", "』": "」"}
)
PAIRED = re.compile('[()\\[\\]{}“”「」"（）【】［］｛｝『』]')
NO_BRACKET = re.compile(r"(?<!\w)[:;]-?[()\[\]]|(?<=\d)\"")  # :) smiles, and 15.6" is in inches
NUMBERED = re.compile(r"(?:^|[\s;,.:])(?:\d{1,2}|[A-Za-z])$")  # 1) and a) number a list
DOUBLED = re.compile(r"[,;:](?:\s*[,;:.!?])+|(?<![.!?])[.!?]\s*[,;:]|(?<!\.)\.\.(?!\.)|(?:[!?]\s?){2,}|(?<=\w) +[,;!?]")
IN_A_ROW = re.compile(r"[,;:.!?]\s*[,;:.!?]| [,;!?]")
ABBREVIATION = re.compile(r"(?:[A-Za-z]\.){2,}$|\b(?:etc|approx|no|vs|inc|co|ltd|jr|st|oz|lb|in|ft)\.$", re.IGNORECASE)


def check_punctuation(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`punctuation.width`, `punctuation.pair`, `punctuation.doubled`.

    Full-width forms in English are a warning; the rest is for information: half-width marks in Chinese, a bracket or
    quotation mark without its other half, and marks in a row that the source does not have in a row.
    """
    target = blank_kept(segment, translation.target, "_")
    yield from _wide(target) if market.latin else _half(target)
    yield from _unpaired(segment, target)
    if market.latin:
        yield from _doubled(segment, target)


def _wide(target: str) -> Iterator[Finding]:
    if target.isascii():
        return
    for match in WIDE_RUN.finditer(target):
        words = match[0]
        if has_letter(words):  # a leak
            continue
        narrow = unicodedata.normalize("NFKC", "".join(NARROW.get(character, character) for character in words))
        yield Finding(
            check="punctuation.width", severity="warning", side="target", start=match.start(), end=match.end(),
            text=words, suggestion=narrow, message=f"'{words}' is full-width; English writes '{narrow}'.",
            message_zh=f"“{words}”是全角字符，英文应使用半角“{narrow}”。",
        )  # fmt: skip


def _half(target: str) -> Iterator[Finding]:
    quoted = next((match for match in STRAIGHT.finditer(target) if has_letter(match["inner"])), None)
    found = [(quoted, f"「{quoted['inner']}」")] if quoted else []
    mark = HALF.search(target)
    found += [(mark, FULL[mark[0]])] if mark else []
    for match, right in found:  # the first of each says enough
        yield Finding(
            check="punctuation.width", severity="info", side="target", start=match.start(), end=match.end(),
            text=match[0], suggestion=right, message=f"'{match[0]}' should be '{right}' in Traditional Chinese.",
            message_zh=f"繁体中文里“{match[0]}”一般写作“{right}”。",
        )  # fmt: skip


def _unpaired(segment: Segment, target: str) -> Iterator[Finding]:
    places = _single(target)
    # What the source leaves open, the translation may: a sentence may be cut inside a bracket.
    if not places or _single(blank_masks(segment, "_")):
        return
    start = places[0]
    mark = target[start]
    yield Finding(
        check="punctuation.pair", severity="info", side="target", start=start, end=start + 1, text=mark,
        message=f"'{mark}' has no other half.", message_zh=f"“{mark}”没有成对出现。",
    )  # fmt: skip


def _single(text: str) -> list[int]:
    """Return where brackets and quotation marks stand that have no other half, in order."""
    if PAIRED.search(text) is None:
        return []
    text = NO_BRACKET.sub(lambda match: " " * len(match[0]), text.translate(SAME))
    open_marks: list[int] = []
    single: list[int] = []
    for place, character in enumerate(text):
        if character in OPENING:
            open_marks.append(place)
        elif character in CLOSING:
            if open_marks and text[open_marks[-1]] == CLOSING[character]:
                open_marks.pop()
            elif NUMBERED.search(text, max(0, place - 3), place) is None:
                single.append(place)
    straight = [place for place, character in enumerate(text) if character == '"']
    return sorted([*single, *open_marks, *straight[len(straight) - len(straight) % 2 :]])


def _doubled(segment: Segment, target: str) -> Iterator[Finding]:
    """Yield marks in a row: where the source has none in a row, and no ellipsis."""
    if IN_A_ROW.search(target) is None:
        return
    for match in DOUBLED.finditer(target):
        marks = "".join(match[0].split())
        if ABBREVIATION.search(target, max(0, match.start() - 12), match.start() + 1):
            continue
        if set(marks) <= set("!?") and len(marks) > 1 and _shouts(segment.source):
            continue
        right = marks[0] if len(marks) == 1 else max(marks, key=",;:.!?".index)
        yield Finding(
            check="punctuation.doubled", severity="info", side="target", start=match.start(), end=match.end(),
            text=match[0], suggestion=right, message=f"'{match[0]}' should be '{right}'.",
            message_zh=f"标点“{match[0]}”应为“{right}”。",
        )  # fmt: skip


def _shouts(source: str) -> bool:
    return re.search(r"[!！?？][!！?？]", source) is not None
