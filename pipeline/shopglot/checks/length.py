"""Does the translation fit where the shop shows it?"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

from shopglot.market import Market
from shopglot.types import Finding, Segment, Translation

BREAKS = " ,;，；、。|/"


def check_length(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`length.exceeded`: more characters than the market's shop shows in this field; a warning.

    Tags are not counted and an entity is one character. The span is what hangs over; the suggestion is the text up to
    the last word that fits, where there is no markup that this would cut through.
    """
    limit, target = market.length.get(segment.field), translation.target
    if limit is None or len(target) <= limit:
        return
    shown = _shown(segment, target)
    if len(shown) <= limit:
        return
    length, start = len(shown), shown[limit]
    over = length - limit
    yield Finding(
        check="length.exceeded", severity="warning", side="target", start=start, end=len(target), text=target[start:],
        message=f"{length} characters, {over} too many: this field shows {limit}.",
        message_zh=f"译文有 {length} 个字符，超出 {over} 个；该栏位最多显示 {limit} 个，请缩短原文或译文。",
        suggestion="" if segment.masks else _cut(target, limit),
    )  # fmt: skip


def _shown(segment: Segment, target: str) -> list[int]:
    """Return where each character that a shopper sees stands in the target: one place for an entity, none for a tag."""
    places: list[int] = []
    position = 0
    for mask in segment.masks:
        if mask.kind not in ("tag", "entity"):
            continue
        start = target.find(mask.text, position)
        if start < 0:
            continue
        places.extend(range(position, start))
        if mask.kind == "entity":
            places.extend([start] * len(unescape(mask.text)))
        position = start + len(mask.text)
    places.extend(range(position, len(target)))
    return places


def _cut(text: str, limit: int) -> str:
    """Return as many whole words of a text as fit; nothing where the first is too long already."""
    last = max((text.rfind(character, 0, limit + 1) for character in BREAKS), default=-1)
    return text[: max(last, 0)].rstrip(BREAKS)
