"""Did the opaque texts come back: tags, entities, URLs, placeholders, emoji, SKUs, and the tags in their order?

The target is read as the text it is: what an engine made of a mask before it came back does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shopglot.market import Market
from shopglot.segment.opaque import Span, find_spans
from shopglot.types import Finding, Mask, MaskKind, Segment, Side, Translation

MARKUP = ("tag", "entity")
# What a translation may say once more without harm: a name, an &amp;, an emoji.
_REPEATABLE = ("entity", "emoji", "brand")
_INVENTED = ("tag", "url", "email", "placeholder")
_WORTH_READING = re.compile(r"[<{\[%@]|://|www\.|\.(?:com|cn)")
# A browser takes these for tags, closed or not, so a translation has those of its source and no others.
_OPENING = re.compile(r"<[/!?]?[A-Za-z]")
_ADDRESS = re.compile(r"://|www\.|@|\.(?:com|cn|net|org)(?![a-z])")
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:_-]*)")


@dataclass(frozen=True, slots=True)
class _Place:
    """A mask that stands in the target, from `start` to `end`."""

    start: int
    end: int
    mask: Mask


@dataclass(frozen=True, slots=True)
class _Pair:
    """An opening tag and the tag that closes it, as indexes into a row of tags."""

    opening: int
    closing: int


def check_masks(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
    """`markup.broken` for tags and entities, `placeholder.lost` for any other opaque text; all errors.

    They speak of what is missing (on the source's side), and on the target's side of what was altered, doubled or
    made up, of tags in another order or nesting, and of a pair of tags that lost the text between them.
    """
    target = translation.target
    places, lost, doubled = _locate(segment.masks, target)
    made_up = _made_up(segment, target, places) if lost or _WORTH_READING.search(target) else []
    for mask in lost:
        twin = next((span for span in made_up if span.kind == mask.kind), None)
        if twin is None:
            yield _missing(mask)
        else:
            made_up.remove(twin)
            yield _altered(mask, target, twin)
    for place in doubled:
        yield _doubled(place)
    for span in made_up:
        yield _invented(target, span)
    rows = [place for place in places if place.mask.kind == "tag"]
    yield from _check_order(segment, target, rows)
    if "<" in target or "<" in segment.source:
        yield from _check_openings(segment, target, [*places, *doubled], made_up)


def _locate(masks: Sequence[Mask], target: str) -> tuple[list[_Place], list[Mask], list[_Place]]:
    """Return where the masks stand in the target, those that are missing, and what stands there too often.

    Each occurrence answers for one mask only, and longer texts take theirs first: `{{x}}` is no `{x}`.
    """
    by_text: dict[str, list[Mask]] = {}
    for mask in masks:
        by_text.setdefault(mask.text, []).append(mask)
    free = target
    places: list[_Place] = []
    doubled: list[_Place] = []
    lost: list[Mask] = []
    for text in sorted(by_text, key=len, reverse=True):
        wanted = by_text[text]
        starts = list(_find(text, free))
        if starts:
            free = free.replace(text, "\ufdd0" * len(text))
        places += [_Place(at, at + len(text), mask) for at, mask in zip(starts, wanted, strict=False)]
        lost += wanted[len(starts) :]
        if wanted[0].kind not in _REPEATABLE:
            doubled += [_Place(at, at + len(text), wanted[0]) for at in starts[len(wanted) :]]
    places.sort(key=lambda place: place.start)
    lost.sort(key=lambda mask: mask.start)
    return places, lost, doubled


def _find(text: str, within: str) -> Iterator[int]:
    at = within.find(text)
    while at >= 0:
        yield at
        at = within.find(text, at + len(text))


def _made_up(segment: Segment, target: str, places: Sequence[_Place]) -> list[Span]:
    """Return tags, addresses and placeholders of the target that neither the source nor the glossary has."""
    stands = {place.start for place in places}
    forms = [form for term in segment.terms for form in (term.target, *term.admitted) if form]  # JD.com is a name
    found: list[Span] = []
    for span in find_spans(target, markup=True):
        text = target[span.start : span.end]
        if span.kind not in _INVENTED or span.start in stands or text in segment.source:
            continue
        address = span.kind != "url" or _ADDRESS.search(text)
        if address and not any(form in text or text in form for form in forms):
            found.append(span)
    return found


def _check_openings(
    segment: Segment, target: str, places: Sequence[_Place], made_up: Sequence[Span]
) -> Iterator[Finding]:
    """Compare what a browser would take for a tag and this product takes for text: `a<b`, a tag without its end."""
    source = _blank(segment.source, [(mask.start, mask.end) for mask in segment.masks])
    spans = [(place.start, place.end) for place in places] + [(span.start, span.end) for span in made_up]
    was = [match[0] for match in _OPENING.finditer(source)]
    now = list(_OPENING.finditer(_blank(target, spans)))
    if was == [match[0] for match in now]:
        return
    start, end = now[0].span() if now else (0, len(target))
    yield Finding(
        check="markup.broken", severity="error", side="target", start=start, end=end, text=target[start:end],
        message="'<' before a letter opens a tag: there are others than in the source.",
        message_zh="“<”后接字母会被当作标签，与原文不一致。",
    )  # fmt: skip


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, position = [], 0
    for start, end in sorted(spans):
        parts += [text[position:start], " " * (end - start)]
        position = end
    return "".join([*parts, text[position:]])


def _check_order(segment: Segment, target: str, row: Sequence[_Place]) -> Iterator[Finding]:
    """Compare the row of tags with the source's; where some are missing, there is nothing to compare."""
    tags = [mask for mask in segment.masks if mask.kind == "tag"]
    if len(tags) != len(row):
        return
    was, now = [mask.text for mask in tags], [place.mask.text for place in row]
    if was != now:
        at = next(index for index, (old, new) in enumerate(zip(was, now, strict=True)) if old != new)
        start, end = row[at].start, row[-1].end
        how, how_zh = _describe(was, now)
        yield Finding(
            check="markup.broken", severity="error", side="target", start=start, end=end, text=target[start:end],
            message=f"{how}: '{was[at]}' should come before '{now[at]}'.",
            message_zh=f"{how_zh}：“{was[at]}”应在“{now[at]}”之前。", suggestion="".join(was),
        )  # fmt: skip
        return
    for pair in _pairs(was):
        old = _text_within(segment.source, [(mask.start, mask.end) for mask in tags], pair)
        new = _text_within(target, [(place.start, place.end) for place in row], pair)
        if old.strip() and not new.strip():
            start, end = row[pair.opening].start, row[pair.closing].end
            yield Finding(
                check="markup.broken", severity="error", side="target", start=start, end=end, text=target[start:end],
                message=f"'{now[pair.opening]}' has lost the text that it wraps: '{old.strip()}'.",
                message_zh=f"标签“{now[pair.opening]}”中的文字“{old.strip()}”没有了。",
            )  # fmt: skip


def _describe(was: Sequence[str], now: Sequence[str]) -> tuple[str, str]:
    if len(_pairs(now)) < len(_pairs(was)):
        return "The tags are no longer nested as in the source", "标签的嵌套与原文不符"
    return "The tags stand in another order than in the source", "标签的顺序与原文不符"


def _pairs(tags: Sequence[str]) -> list[_Pair]:
    """Return the tags that open and close each other, innermost first; a tag without its partner is in none."""
    found: list[_Pair] = []
    stack: list[tuple[str, int]] = []
    for index, tag in enumerate(tags):
        name = _TAG_NAME.match(tag)
        if name is None:
            continue
        if not tag.startswith("</"):
            stack.append((name[1].lower(), index))
        elif stack and stack[-1][0] == name[1].lower():
            found.append(_Pair(stack.pop()[1], index))
    return found


def _text_within(text: str, row: Sequence[tuple[int, int]], pair: _Pair) -> str:
    """Return the text between two tags of a row without the tags between them."""
    inside = row[pair.opening : pair.closing + 1]
    return "".join(text[left[1] : right[0]] for left, right in pairwise(inside))


def _id(kind: MaskKind) -> str:
    return "markup.broken" if kind in MARKUP else "placeholder.lost"


def _missing(mask: Mask) -> Finding:
    return Finding(
        check=_id(mask.kind), severity="error", side="source", start=mask.start, end=mask.end, text=mask.text,
        message=f"'{mask.text}' is missing in the translation.", message_zh=f"译文中缺少“{mask.text}”，须由译员补上。",
        suggestion=mask.text,
    )  # fmt: skip


def _altered(mask: Mask, target: str, span: Span) -> Finding:
    text = target[span.start : span.end]
    return _on_target(
        mask.kind, text, span.start, f"'{mask.text}' was altered to '{text}'.", f"“{mask.text}”被改成了“{text}”。",
        suggestion=mask.text,
    )  # fmt: skip


def _doubled(place: _Place) -> Finding:
    text = place.mask.text
    return _on_target(
        place.mask.kind, text, place.start, f"'{text}' stands in the translation more often than in the source.",
        f"“{text}”在译文中出现的次数多于原文。",
    )  # fmt: skip


def _invented(target: str, span: Span) -> Finding:
    text = target[span.start : span.end]
    return _on_target(span.kind, text, span.start, f"'{text}' is not in the source.", f"原文中没有“{text}”。")


def _on_target(
    kind: MaskKind, text: str, start: int, message: str, message_zh: str, *, suggestion: str = ""
) -> Finding:
    side: Side = "target"
    return Finding(
        check=_id(kind), severity="error", side=side, start=start, end=start + len(text), text=text,
        message=message, message_zh=message_zh, suggestion=suggestion,
    )  # fmt: skip
