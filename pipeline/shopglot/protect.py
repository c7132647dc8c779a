"""Keeping opaque text away from the engines: masks, the tokens that stand for them, and their way back.

    masks = protect(source, markup=True)
    text = hide(source, masks)                        # '适合ZQ1敏感肌ZQ2使用'
    assert reveal(text, masks) == Restored(source)

`render` and `restore` do the same for a whole `Request`: they also keep what is opaque at its edges out of the
engine's sight, and write the glossary's and the market's own words into the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal

from shopglot.script import CJK
from shopglot.segment.markup import find_tags
from shopglot.segment.opaque import TOKEN, TOKEN_FORMS, find_spans, is_space_entity
from shopglot.segment.spacing import Atom, lay_out, needs_space
from shopglot.types import Mask, Request

__all__ = ["TOKEN", "Rendering", "Restored", "hide", "protect", "render", "restore", "reveal", "token"]

_OPENING = re.compile(r"<[/!?]?[A-Za-z]")
# A number by itself: not one inside of a name (A7, R2D2).
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])[0-9]+(?:[.:/][0-9]+)*%?")
_Stretch = tuple[int, int, str]  # start, end, and what is shown in its place
_Chunk = tuple[Literal["raw", "token", "word"], str]


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its masks back in place, and the masks whose token the engine did not return."""

    text: str
    lost: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendering:
    """A request as an engine reads it: `body` is to be translated, `head` and `tail` are kept for `restore`."""

    head: str
    body: str
    tail: str


@dataclass(slots=True)
class _Line:
    """Texts and masks in turn: there is one text more than there are masks, and any of them may be empty."""

    texts: list[str]
    masks: list[Mask]

    def parts(self) -> Iterator[str]:
        for text, mask in zip(self.texts, self.masks, strict=False):
            yield text
            yield mask.text
        yield self.texts[-1]

    def __add__(self, other: _Line) -> _Line:
        seam = self.texts[-1] + other.texts[0]
        return _Line([*self.texts[:-1], seam, *other.texts[1:]], self.masks + other.masks)


def protect(source: str, *, markup: bool = False) -> tuple[Mask, ...]:
    """Return the opaque spans of `source`, sorted and not overlapping.

    These are tags and entities (if `markup`), URLs, e-mail addresses, placeholders, mentions, model numbers, emoji,
    control characters, and text that looks like a mask token.
    """
    return tuple(
        Mask(start=span.start, end=span.end, text=source[span.start : span.end], kind=span.kind)
        for span in find_spans(source, markup=markup)
    )


def token(n: int) -> str:
    """Return what stands for the n-th mask of a text, n from 1."""
    prefix, digits = next((prefix, digits) for prefix, digits in TOKEN_FORMS if n < 10**digits)
    return f"{prefix}{n:0{digits}d}"


def hide(source: str, masks: Sequence[Mask]) -> str:
    """Return `source` with every mask replaced by its token."""
    return "".join(text for _, text in _chunks(source, 0, len(source), masks, ()))


def reveal(text: str, masks: Sequence[Mask]) -> Restored:
    """Put the masks back in place of their tokens.

    The first occurrence of a token counts, later ones are dropped, and so are tokens that stand for no mask. A larger
    number, which no engine would make up as a token (`QX002024` among few masks), is text.
    """
    line, lost = _reveal(text, masks)
    return Restored("".join(line.parts()), lost)


def render(request: Request) -> Rendering:
    """Return what an engine is shown.

    Masks at the edges, with the white space beside them, go into `head` and `tail`. In the body masks are tokens, and
    enforced terms and quantities that have a target are that target, set apart from a word beside it by a space unless
    both are Chinese; everything else is as written.
    """
    start, end, inner = _core(request)
    source = request.source
    parts: list[str] = []
    left: _Chunk = ("raw", "")
    for right in _chunks(source, start, end, inner, _replacements(request, start, end)):
        if _sets_apart(left, right):
            parts.append(" ")
        parts.append(right[1])
        left = right
    return Rendering(source[:start], "".join(parts), source[end:])


def demands(request: Request) -> tuple[str, ...]:
    """Return what the body shows and the answer has to have, each once.

    Mask tokens, enforced terms, quantities, and the numbers that stand in none of these.
    """
    body = render(request).body
    wanted = [match[0] for match in TOKEN.finditer(body)]
    wanted += [term.target for term in request.terms if term.enforce]
    wanted += [quantity.target for quantity in request.quantities]
    shown = [text for text in dict.fromkeys(wanted) if text and text in body]
    rest = body
    for text in sorted(shown, key=len, reverse=True):
        rest = rest.replace(text, " ")
    return tuple(dict.fromkeys([*shown, *_NUMBER.findall(rest)]))


def restore(request: Request, text: str) -> Restored:
    """Turn an engine's answer to `render(request).body` back into a whole target, head and tail included.

    Chinese sets no space beside a tag, a URL or a model number; where the answer has a Latin word there, one is set,
    and one that the answer has on the inner side of a tag moves to its outer side. A `<` that has come to stand before
    a letter is set apart from it, so that no browser takes it for a tag: 价格<3元 -> Price < RMB 3. A body that was
    rendered without terms and quantities restores to the source exactly.
    """
    start, end, inner = _core(request)
    source = request.source
    line, lost = _reveal(text.strip(), inner)
    line = _weave(source, request.masks, 0, start) + line + _weave(source, request.masks, end, len(source))
    _tidy(source, line)
    _disarm(source, request.masks, line)
    return Restored(lay_out(_atoms(source, line), _is_missing), lost)


def _weave(source: str, masks: Sequence[Mask], start: int, end: int) -> _Line:
    """Return the source between two offsets as texts and masks."""
    line = _Line([], [mask for mask in masks if start <= mask.start and mask.end <= end])
    for mask in line.masks:
        line.texts.append(source[start : mask.start])
        start = mask.end
    line.texts.append(source[start:end])
    return line


def _core(request: Request) -> tuple[int, int, Sequence[Mask]]:
    """Return where the body begins and ends, inside the masks and white space at the edges, and the masks in it."""
    source, masks = request.source, request.masks
    start, end, first, last = 0, len(source), 0, len(masks)
    while start < end:
        # A mask first: some control characters are white space too.
        if first < last and masks[first].start == start:
            start, first = masks[first].end, first + 1
        elif source[start].isspace():
            start += 1
        else:
            break
    while end > start:
        if last > first and masks[last - 1].end == end:
            end, last = masks[last - 1].start, last - 1
        elif source[end - 1].isspace():
            end -= 1
        else:
            break
    return start, end, masks[first:last]


def _replacements(request: Request, start: int, end: int) -> list[_Stretch]:
    """Return what the body shows as another text: enforced terms, and quantities that no term and no mask touches."""
    terms = [(term.start, term.end, term.target) for term in request.terms if term.enforce and term.target]
    numbers = [(number.start, number.end, number.target) for number in request.quantities if number.target]
    taken = [(mask.start, mask.end) for mask in request.masks]
    chosen = _free(terms, taken, start, end)
    taken = sorted([*taken, *((first, last) for first, last, _ in chosen)])
    return chosen + _free(numbers, taken, start, end)


def _free(found: list[_Stretch], taken: list[tuple[int, int]], start: int, end: int) -> list[_Stretch]:
    """Return those of `found` that lie between the offsets and overlap neither `taken` (sorted) nor one another."""
    free = []
    for one in sorted(found):
        at = bisect_left(taken, (one[1],))
        blocked = at > 0 and taken[at - 1][1] > one[0]
        if start <= one[0] < one[1] <= end and not blocked:
            free.append(one)
            start = one[1]
    return free


def _chunks(source: str, start: int, end: int, masks: Sequence[Mask], words: Sequence[_Stretch]) -> Iterator[_Chunk]:
    """Yield the text between two offsets with tokens in place of the masks and `words` in place of their stretches."""
    shown: list[tuple[int, int, _Chunk]] = [(m.start, m.end, ("token", token(n))) for n, m in enumerate(masks, 1)]
    shown += [(first, last, ("word", target)) for first, last, target in words]
    for first, last, chunk in sorted(shown):
        if start < first:
            yield "raw", source[start:first]
        yield chunk
        start = last
    if start < end:
        yield "raw", source[start:end]


def _sets_apart(left: _Chunk, right: _Chunk) -> bool:
    """Tell whether a space belongs between two chunks: beside a word that was written in, unless both are Chinese."""
    a, b = left[1][-1:], right[1][:1]
    if not a or not b or a.isspace() or b.isspace() or (CJK.match(a) and CJK.match(b)):
        return False
    return (left[0] == "word" and b.isalnum()) or (right[0] == "word" and a.isalnum())


def _reveal(text: str, masks: Sequence[Mask]) -> tuple[_Line, tuple[Mask, ...]]:
    """Return the text with masks in place of their tokens, and the masks that have none."""
    line = _Line([], [])
    seen: set[int] = set()
    done, position = "", 0
    for match in TOKEN.finditer(text):
        n = int(match[0][2:])
        known = 1 <= n <= len(masks)
        if not known and n > max(99, 2 * len(masks)):
            continue
        done += text[position : match.start()]
        position = match.end()
        if known and n not in seen:
            seen.add(n)
            line.masks.append(masks[n - 1])
            line.texts.append(done)
            done = ""
        elif done.endswith(" ") and text.startswith(" ", position):
            position += 1  # one of the two spaces around the token that is dropped
    line.texts.append(done + text[position:])
    return line, tuple(mask for n, mask in enumerate(masks, 1) if n not in seen)


def _tidy(source: str, line: _Line) -> None:
    """Move a space that an engine set on the inner side of an inline tag to its outer side: `a <b>b</b> c`."""
    for at, mask in enumerate(line.masks):
        left, right = line.texts[at], line.texts[at + 1]
        # A tag beside a tag, or at the very edge, has no inner and outer word to tell apart.
        if mask.kind != "tag" or not left.strip() or not right.strip():
            continue
        if mask.text.startswith("</"):
            if left.endswith(" ") and not _before(source, mask).isspace():
                left = left.rstrip(" ")
                right = " " * needs_space(left[-1], right[0]) + right
        elif right.startswith(" ") and not _after(source, mask).isspace():
            right = right.lstrip(" ")
            left += " " * needs_space(left[-1], right[0])
        line.texts[at : at + 2] = left, right


def _disarm(source: str, masks: Sequence[Mask], line: _Line) -> None:
    """Set a space behind each `<` that begins neither a tag nor anything that the source has."""
    if not any("<" in text for text in line.texts):
        return
    left = Counter(
        match[0] for text in _weave(source, masks, 0, len(source)).texts for match in _OPENING.finditer(text)
    )
    for at, text in enumerate(line.texts):
        tags = {tag.start for tag in find_tags(text)}
        parts, position = [], 0
        for match in _OPENING.finditer(text):
            if match.start() in tags:
                continue
            left[match[0]] -= 1
            if left[match[0]] < 0:
                parts += [text[position : match.start() + 1], " "]
                position = match.start() + 1
        line.texts[at] = "".join([*parts, text[position:]])


def _atoms(source: str, line: _Line) -> Iterator[Atom]:
    for text, mask in zip(line.texts, [*line.masks, None], strict=True):
        yield Atom(text=text, first=text[:1], last=text[-1:])
        if mask is not None:
            first, last = _edges(mask)
            yield Atom(
                text=mask.text, first=first, last=last, opens=not mask.text.startswith("</"), opaque=True,
                before=_before(source, mask), after=_after(source, mask),
            )  # fmt: skip


def _before(source: str, mask: Mask) -> str:
    return source[max(mask.start - 1, 0) : mask.start]


def _after(source: str, mask: Mask) -> str:
    return source[mask.end : mask.end + 1]


def _edges(mask: Mask) -> tuple[str, str]:
    """Return what decides about spaces beside a mask: nothing for a tag, a word for a URL or a model number."""
    if mask.kind == "tag":
        return "", ""
    if mask.kind == "entity":
        shown = " " if is_space_entity(mask.text) else unescape(mask.text)
        return shown[0], shown[-1]
    return (mask.text[0], mask.text[-1]) if mask.kind in ("emoji", "code") else ("0", "0")


def _is_missing(left: Atom, tags: Sequence[Atom], right: Atom) -> bool:
    """Tell whether a Latin word stands beside a mask where the source has Chinese, which sets no space there."""
    if not needs_space(left.last, right.first) or CJK.match(left.last) or CJK.match(right.first):
        return False
    chain = [left, *tags, right]
    beside = ["" if left.opaque else chain[1].before, "" if right.opaque else chain[-2].after]
    return any(CJK.match(ch) for ch in beside)
