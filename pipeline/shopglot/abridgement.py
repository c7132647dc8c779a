"""A segment without the words that a sensitivity rule leaves out of titles and other phrases: 枕头 包邮 -> 枕头.

The segment itself stays as the merchant wrote it; what is translated and checked is the abridged one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from shopglot.types import Finding, Mask, Quantity, Segment, TermMatch

_SEPARATORS = "\\s,，、;；|｜/·+&~～-"
_BEFORE = re.compile(f"[{_SEPARATORS}]+$")
_BEHIND = re.compile(f"[{_SEPARATORS}]+")
_Placed = TypeVar("_Placed", Mask, TermMatch, Quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Abridged:
    """A segment without some words, and what it kept of the whole: (start, end) stretches of the whole source."""

    segment: Segment
    kept: tuple[tuple[int, int], ...]

    def placed(self, finding: Finding, whole: Segment) -> Finding:
        """Return a finding on the abridged source with its place in the whole one."""
        if finding.side == "target" or self.segment is whole:
            return finding
        start, end = self._back(finding.start), self._back(finding.end, last=True)
        return replace(finding, start=start, end=end, text=whole.source[start:end])

    def _back(self, offset: int, *, last: bool = False) -> int:
        """Return where an offset stands in the whole source; at a cut, before it for the end of a stretch."""
        place = 0
        for start, end in self.kept:
            size = end - start
            if offset < place + size or (last and offset == place + size):
                return start + offset - place
            place += size
        return self.kept[-1][1] if self.kept else 0


def abridge(whole: Segment) -> Abridged:
    """Return a segment without its terms that a rule leaves out, and without the separators that would dangle."""
    dropped = [(term.start, term.end) for term in whole.terms if is_left_out(term)]
    if not dropped:
        return Abridged(segment=whole, kept=((0, len(whole.source)),))
    kept = _kept(whole.source, dropped)
    return Abridged(
        segment=replace(
            whole,
            source="".join(whole.source[start:end] for start, end in kept),
            masks=_moved(whole.masks, kept),
            terms=_moved(tuple(term for term in whole.terms if not is_left_out(term)), kept),
            quantities=_moved(whole.quantities, kept),
        ),
        kept=kept,
    )


def is_left_out(term: TermMatch) -> bool:
    """Whether a term stands for words that the page does not say."""
    return bool(term.rule) and not term.target


def _kept(source: str, dropped: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    position = 0
    for first, last in dropped:
        before = source[position:first]
        behind = _BEHIND.match(source, last)
        dangling = _BEFORE.search(before) if kept or before.strip() else None
        if dangling and (behind or last == len(source)):
            first -= len(dangling[0])  # noqa: PLW2901 - the separator goes with the words
        if position < first:
            kept.append((position, first))
        position = behind.end() if behind and not kept else last
    if position < len(source):
        kept.append((position, len(source)))
    return tuple(kept)


def _moved(records: tuple[_Placed, ...], kept: Sequence[tuple[int, int]]) -> tuple[_Placed, ...]:
    """Return the records that were kept whole, with their places in the abridged source."""
    moved = []
    place = 0
    for start, end in kept:
        for record in records:
            if start <= record.start and record.end <= end:
                moved.append(replace(record, start=record.start - start + place, end=record.end - start + place))
        place += end - start
    return tuple(moved)
