"""Is the translation in the script of its market?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopglot.checks.kept import blank_kept, blank_masks
from shopglot.market import Market
from shopglot.script import CJK_RANGES, HANGUL_RANGES, KANA_RANGES, has_han, has_letter, simplified_only
from shopglot.types import Finding, Segment, Translation

LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
CJK_RUN = re.compile(f"[{CJK_RANGES}]+")
# Scripts that no market reads, of two letters or more: an α, a μ or a π is a symbol.
OTHER_RUN = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u05d0-\u05ea\u0620-\u06ff\u0900-\u0dff\u0e01-\u0eff\u1000-\u10ff\u1780-\u17ff]{2,}"
)
FOREIGN_RUN = re.compile(f"[{KANA_RANGES}{HANGUL_RANGES}]{{2,}}")  # in Chinese, where a lone の is fashion
NAMES = ("brand", "mention")


def check_leak(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`script.leak`: Chinese left in Latin text, a Simplified-only character in Traditional text, or a third script.

    An error. Opaque texts, names that the glossary keeps and, for a third script, what the source has itself are no
    leak; full-width punctuation and digits are the business of `punctuation`.
    """
    if translation.target.isascii():
        return
    target = blank_kept(segment, translation.target, " ")
    for start, end in _runs(target, segment.source, market):
        words = target[start:end]
        left = market.latin or len(words) > 1
        yield Finding(
            check="script.leak", severity="error", side="target", start=start, end=end, text=words,
            message=f"'{words}' was left {'untranslated' if left else 'in Simplified characters'}.",
            message_zh=f"译文中残留“{words}”，未{'翻译' if left else '转换为繁体'}。",
        )  # fmt: skip


def check_script(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`script.wrong`: the source speaks Chinese, the translation has no letter of the market's script; an error."""
    right = LATIN.search(translation.target) if market.latin else has_han(translation.target)
    if right or not has_han(blank_masks(segment, " ")):
        return
    numeric = re.search(r"\d", translation.target) and len(segment.source) <= 8
    if not numeric:
        yield Finding(
            check="script.wrong", severity="error", side="target", start=0, end=len(translation.target),
            text=translation.target, message="The translation has no text in the script of this market.",
            message_zh="译文为空，或不是该市场使用的文字。",
        )  # fmt: skip


def check_names(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`brand.unknown`: a name without a known Latin form stays Chinese in English text; for information."""
    if not market.latin:
        return
    told: set[str] = set()
    for mask in segment.masks:
        if mask.kind not in NAMES or mask.text in told or not has_letter(mask.text):
            continue
        start = translation.target.find(mask.text)
        if start < 0:
            continue
        told.add(mask.text)
        yield Finding(
            check="brand.unknown", severity="info", side="target", start=start, end=start + len(mask.text),
            text=mask.text, message=f"'{mask.text}' stays Chinese: nobody has told us how it writes itself in English.",
            message_zh=f"“{mask.text}”没有已知的英文写法，译文保留中文。请补充官方英文名。",
        )  # fmt: skip


def _runs(target: str, source: str, market: Market) -> Iterator[tuple[int, int]]:
    """Yield what is in a wrong script, in order."""
    found = [match.span() for match in OTHER_RUN.finditer(target) if match[0] not in source]
    if market.latin:
        found += [match.span() for match in CJK_RUN.finditer(target) if has_letter(match[0])]
    else:
        simplified = simplified_only()
        found += [(place, place + 1) for place, character in enumerate(target) if character in simplified]
        found += [match.span() for match in FOREIGN_RUN.finditer(target) if match[0] not in source]
    yield from sorted(found)
