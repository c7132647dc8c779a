"""Did the opaque texts come back: tags, entities, URLs, placeholders, emoji, SKUs?"""

from __future__ import annotations

from collections.abc import Iterator

from shopglot.market import Market
from shopglot.types import Finding, Segment, Translation

MARKUP = ("tag", "entity")


def check_masks(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`markup.broken` for a lost tag or entity, `placeholder.lost` for any other opaque text; both errors."""
    remaining = translation.target
    for mask in segment.masks:
        head, found, tail = remaining.partition(mask.text)
        if found:
            # Each occurrence answers for one mask only.
            remaining = head + tail
            continue
        broken = mask.kind in MARKUP
        yield Finding(
            check="markup.broken" if broken else "placeholder.lost",
            severity="error",
            side="source",
            start=mask.start,
            end=mask.end,
            text=mask.text,
            message=f"'{mask.text}' is missing in the translation.",
            message_zh=f"译文中缺少“{mask.text}”，须由译员补上。",
            suggestion=mask.text,
        )
