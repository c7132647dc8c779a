"""Is the translation in the script of its market?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopglot.market import Market
from shopglot.script import CJK, has_han, simplified_only
from shopglot.types import Finding, Segment, Translation

LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def check_leak(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`script.leak`: Chinese left in Latin text, or a Simplified-only character in Traditional text; an error.

    Opaque texts and names that the glossary keeps are no leak.
    """
    target = _without_kept(segment, translation.target)
    for start, end in _runs(target, market):
        words = target[start:end]
        yield Finding(
            check="script.leak", severity="error", side="target", start=start, end=end, text=words,
            message=f"'{words}' was left {'untranslated' if market.latin else 'in Simplified characters'}.",
            message_zh=f"译文中残留“{words}”，未{'翻译' if market.latin else '转换为繁体'}。",
        )  # fmt: skip


def check_script(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`script.wrong`: the source speaks Chinese, the translation has no letter of the market's script; an error."""
    translatable = segment.source
    for mask in segment.masks:
        translatable = translatable.replace(mask.text, " ")
    if not has_han(translatable):
        return
    right = LATIN.search(translation.target) if market.latin else has_han(translation.target)
    numeric = re.search(r"\d", translation.target) and len(segment.source) <= 8
    if not right and not numeric:
        yield Finding(
            check="script.wrong", severity="error", side="target", start=0, end=len(translation.target),
            text=translation.target, message="The translation has no text in the script of this market.",
            message_zh="译文为空，或不是该市场使用的文字。",
        )  # fmt: skip


def _runs(target: str, market: Market) -> Iterator[tuple[int, int]]:
    if market.latin:
        yield from (match.span() for match in re.finditer(rf"(?:{CJK.pattern})+", target))
        return
    for position, character in enumerate(target):
        if character in simplified_only():
            yield position, position + 1


def _without_kept(segment: Segment, target: str) -> str:
    """Blank out what may stay, keeping offsets."""
    kept = [mask.text for mask in segment.masks] + [term.target for term in segment.terms if term.keep]
    for text in sorted(filter(None, kept), key=len, reverse=True):
        target = target.replace(text, " " * len(text))
    return target
