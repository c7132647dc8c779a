"""A pair of texts as a lesson: the turn that the pipeline would send, and the answer that it would have to get."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shopglot.batches import answer as certain_answer
from shopglot.engines.cards import Prompt
from shopglot.engines.frame import clean, write_turn
from shopglot.localizer import Localizer
from shopglot.protect import render, token
from shopglot.texts import Text, cut
from shopglot.types import Mask, Quantity, Request, TermMatch

# Why a pair is no lesson: the pipeline cuts it otherwise, never asks an engine about it, or its answer lacks a mask.
Reason = Literal["cut", "certain", "mask", "blank"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What the model is asked and should answer.

    `shown` counts the words written into the source for it, `kept` those that the pipeline would write in and the
    answer puts otherwise, which stay Chinese: a lesson must not teach that what is written in may be ignored.
    """

    user: str
    answer: str
    shown: int = 0
    kept: int = 0
    masks: int = 0


def make_lesson(
    text: Text,
    target: str,
    localizer: Localizer,
    prompt: Prompt,
    *,
    used: Collection[str] | None = None,
    bare: bool = False,
) -> Lesson | Reason:
    """Return the lesson of a pair, or why it is none.

    `used` are the source words whose glossary form the target has, None where nobody has said: the target is looked at
    then. `bare` shows no term; masks and quantities stay.
    """
    segments = cut(text, localizer).segments
    if len(segments) != 1 or segments[0].source != text.source:
        return "cut"
    unit = localizer.unit(segments[0])
    if certain_answer(unit, localizer) is not None:
        return "certain"
    request = unit.request()
    terms = [term for term in request.terms if not (bare and not term.keep)]
    said = [term for term in terms if not term.enforce or _is_said(term, target, used)]
    numbers = [number for number in request.quantities if not number.target or number.target in target]
    told = replace(request, terms=tuple(said), quantities=_plain(request.quantities, numbers))
    answer = _answer(told, target)
    if answer is None:
        return "mask"
    if not answer.strip() or not render(told).body.strip():
        return "blank"
    shown = sum(term.enforce and bool(term.target) for term in said) + sum(bool(one.target) for one in numbers)
    kept = len(terms) - len(said) + len(request.quantities) - len(numbers)
    return Lesson(
        user=write_turn(told, prompt), answer=clean(answer), shown=shown, kept=kept, masks=len(_inner(told))
    )  # fmt: skip


def _is_said(term: TermMatch, target: str, used: Collection[str] | None) -> bool:
    if term.rule or term.keep or used is None:
        return bool(term.target) and term.target.casefold() in target.casefold()
    return term.source in used


def _plain(all_of: Sequence[Quantity], kept: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """Return all quantities, those that are not kept without the form that the market prescribes."""
    own = set(kept)
    return tuple(one if one in own else replace(one, target="") for one in all_of)


def _inner(request: Request) -> list[tuple[str, Mask]]:
    """Return the masks that the engine sees, with the tokens that it sees for them."""
    rendering = render(request)
    start, end = len(rendering.head), len(request.source) - len(rendering.tail)
    inside = [mask for mask in request.masks if start <= mask.start and mask.end <= end]
    return [(token(number), mask) for number, mask in enumerate(inside, 1)]


def _answer(request: Request, target: str) -> str | None:
    """Return the target as an engine would have to answer it, None where its masks are not those of the source.

    What the pipeline sets at the edges is taken away, and masks are their tokens.
    """
    rendering = render(request)
    head = [mask.text for mask in request.masks if mask.end <= len(rendering.head)]
    tail = [mask.text for mask in request.masks if mask.start >= len(request.source) - len(rendering.tail)]
    text = target.strip()
    for edge in head:
        if not text.startswith(edge):
            return None
        text = text[len(edge) :].lstrip()
    for edge in reversed(tail):
        if not text.endswith(edge):
            return None
        text = text[: len(text) - len(edge)].rstrip()
    pieces: list[str] = []
    for name, mask in _inner(request):
        before, found, text = text.partition(mask.text)
        if not found:
            return None
        pieces += [before, name]
    if any(mask.text in piece for mask in request.masks for piece in (*pieces[::2], text)):
        return None
    return "".join(pieces) + text
