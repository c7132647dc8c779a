"""Is something left out, made up, said over and over, or too long for the shop?

The bounds were set on human references: of the 236 e-commerce lines of WMT22 zh-en, none of the references falls
outside them; see tests/checks/test_length.py for how they are measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopglot.market import Market
from shopglot.script import HAN
from shopglot.types import Finding, Segment, Translation

# English letters per Chinese character below or above which a translation cannot be complete, or says more than its
# source.
FEWEST_LETTERS = 1.0
MOST_LETTERS = 9.0
SHORTEST = 8  # Chinese characters from which the ratio says something
CHATTER = re.compile(
    r"\b(?:as an ai|i'm sorry|i am sorry|i cannot|i can't|here(?:'s| is) (?:the|your) translation|translated text"
    r"|must contain|please provide)\b",
    re.IGNORECASE,
)
LOOP = re.compile(r"(?P<unit>\b\w[\w',.!-]{0,40}(?:\s+[\w',.!-]{1,40}){0,5})(?:\s+(?P=unit)\b){2,}", re.IGNORECASE)


def check_length(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`length.exceeded`: longer than the market's shop shows in this field; a warning."""
    limit = market.length.get(segment.field)
    if limit is not None and len(translation.target) > limit:
        yield _target_finding(
            "length.exceeded", "warning", translation.target, limit, len(translation.target),
            f"{len(translation.target)} characters; this field shows {limit}.",
            f"译文有 {len(translation.target)} 个字符，该栏位最多显示 {limit} 个，请缩短原文或译文。",
        )  # fmt: skip


def check_omission(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`omission`: far less text than the source has; an error. Also where generation was cut off at its limit."""
    characters, letters = _sizes(segment, translation.target, market)
    short = characters >= SHORTEST and letters < characters * (FEWEST_LETTERS if market.latin else 0.5)
    if short or translation.truncated:
        yield Finding(
            check="omission", severity="error", side="source", start=0, end=len(segment.source), text=segment.source,
            message="Part of the source is missing in the translation.",
            message_zh="译文比原文少了内容，须由译员补译。",
        )  # fmt: skip


def check_addition(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`addition`: far more text than the source has, or the engine speaking of itself; an error."""
    match = CHATTER.search(translation.target) if market.latin else None
    if match is not None:
        yield _target_finding(
            "addition", "error", translation.target, match.start(), match.end(),
            f"'{match[0]}' is the machine speaking, no translation.", f"“{match[0]}”是机器的说明文字，不是译文。",
        )  # fmt: skip
        return
    characters, letters = _sizes(segment, translation.target, market)
    if letters > max(characters, 4) * (MOST_LETTERS if market.latin else 2) + 12:
        yield _target_finding(
            "addition", "error", translation.target, 0, len(translation.target),
            "The translation says more than the source.", "译文多出了原文没有的内容，须由译员核对。",
        )  # fmt: skip


def check_repetition(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`repetition`: the same words three times in a row that the source does not repeat; an error."""
    match = LOOP.search(translation.target) if market.latin else None
    if match is not None and re.search(r"(.{1,12}?)\1\1", segment.source):
        match = None
    if match is None and not translation.repeated:
        return
    start, end = match.span() if match is not None else (0, len(translation.target))
    yield _target_finding(
        "repetition",
        "error",
        translation.target,
        start,
        end,
        "The translation repeats itself.",
        "译文出现重复，须由译员改写。",
    )


def _sizes(segment: Segment, target: str, market: Market) -> tuple[int, int]:
    """Return the Chinese characters of the source and the letters of the target, opaque texts left out."""
    source = segment.source
    for mask in segment.masks:
        source = source.replace(mask.text, " ")
        target = target.replace(mask.text, " ", 1)
    characters = len(HAN.findall(source))
    latin = sum(map(str.isalnum, re.sub(rf"(?:{HAN.pattern})", "", source)))
    letters = sum(map(str.isalnum, target))
    return characters, max(0, letters - latin)


def _target_finding(
    check: str, severity: str, target: str, start: int, end: int, message: str, message_zh: str
) -> Finding:
    return Finding(
        check=check, severity="error" if severity == "error" else "warning", side="target", start=start, end=end,
        text=target[start:end], message=message, message_zh=message_zh,
    )  # fmt: skip
