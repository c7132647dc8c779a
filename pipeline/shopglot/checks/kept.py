"""What of a translation may be written in any script, case and punctuation: opaque texts, and names of the glossary."""

from __future__ import annotations

from shopglot.types import Segment


def blank_kept(segment: Segment, target: str, mark: str) -> str:
    """Return the target with every such text blanked out by `mark`, one character, so that offsets stay."""
    kept = {mask.text for mask in segment.masks}
    kept |= {term.target for term in segment.terms if term.keep}
    for text in sorted(filter(None, kept), key=lambda text: (-len(text), text)):
        target = target.replace(text, mark * len(text))
    return target


def blank_masks(segment: Segment, mark: str) -> str:
    """Return the source with its opaque texts blanked out by `mark`, one character, so that offsets stay."""
    parts: list[str] = []
    position = 0
    for mask in segment.masks:
        parts += [segment.source[position : mask.start], mark * (mask.end - mask.start)]
        position = mask.end
    return "".join([*parts, segment.source[position:]])
