"""Texts that stand alone, without a catalog and a store, taken through the flow whole.

    cut -> share out -> translate (see `batches`) -> settle

A text is cut into segments and put together again; what was found in a segment is told by its place in the whole text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shopglot.batches import Executor, LooseLedger, answer, translate
from shopglot.decide import fold
from shopglot.localizer import Localizer, Part, Unit
from shopglot.market import Market
from shopglot.segment import Piece, assemble
from shopglot.segment.markup import find_tags
from shopglot.types import Decision, Finding, JudgedSegment, Origin, Score, SegmentKey, Translation

_ORIGINS: tuple[Origin, ...] = ("machine", "memory", "human", "certain")  # a text is of the first that any part is of


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is to be localized: a text of a field, with what is known of the page that it is of, "" where nothing is."""

    source: str
    field: str = "title"
    category: str = ""
    brand: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a text. Offsets of `findings` are code points into the whole source and the whole target.

    `score` is that of the segment with the lowest one, None where nothing was to be translated; `decision` is the worst
    of the segments'. `origin` is `machine` where a model wrote any of it now, `memory` where it did so before, `human`
    where a person did, else `certain`.
    """

    source: str
    target: str
    origin: Origin
    findings: tuple[Finding, ...]
    score: Score | None
    decision: Decision
    segments: tuple[JudgedSegment, ...]


def localize(texts: Sequence[Text], localizer: Localizer, *, executor: Executor, attempts: int) -> list[Settled]:
    """Localize texts together, in order; nothing is remembered. `attempts` bounds how often a unit is asked."""
    parts = [cut(text, localizer) for text in texts]
    known, asked = share_out(parts, localizer)
    known |= translate(asked, localizer, executor=executor, ledger=LooseLedger(remembered={}), attempts=attempts)
    return [settle(text, part, known, localizer) for text, part in zip(texts, parts, strict=True)]


def cut(text: Text, localizer: Localizer) -> Part:
    """Return the segments of a text, ready to be translated."""
    key = SegmentKey(merchant="", listing="", path="", index=0)
    return localizer.segments(
        text.source, key, field=text.field, category=text.category, brand=text.brand, title=text.title
    )


def share_out(parts: Sequence[Part], localizer: Localizer) -> tuple[dict[str, Translation], list[Unit]]:
    """Return what glossary and policy answer with certainty, by machine key, and the units that an engine is asked."""
    units = {unit.machine_key: unit for part in parts for unit in map(localizer.unit, part.segments)}
    known = {key: certain for key, unit in units.items() if (certain := answer(unit, localizer)) is not None}
    return known, [unit for key, unit in units.items() if key not in known]


def settle(
    text: Text,
    part: Part,
    known: Mapping[str, Translation],
    localizer: Localizer,
    *,
    notices: Sequence[tuple[int, Finding]] = (),
) -> Settled:
    """Judge the translations of a text's segments, `known` by machine key, and put the text together.

    `notices` are findings on its page as a whole, each with the number of the segment that it stands on.
    """
    judged = [
        localizer.judge(
            item, known[localizer.unit(item).machine_key], category=text.category, title=text.title,
            notices=[finding for place, finding in notices if place == number],
        )
        for number, item in enumerate(part.segments)
    ]  # fmt: skip
    return put_together(part, judged, localizer.market)


def put_together(part: Part, judged: Sequence[JudgedSegment], market: Market) -> Settled:
    """Return what became of a text whose segments are judged, in order."""
    target = assemble(part.pieces, [item.translation.target for item in judged], spaced=market.latin)
    return Settled(
        source=part.field.text,
        target=target,
        origin=min((item.translation.origin for item in judged), key=_ORIGINS.index, default="certain"),
        findings=tuple(_placed(judged, part.pieces, target)),
        score=min((item.score for item in judged), key=lambda score: score.value, default=None),
        decision=fold(item.decision for item in judged),
        segments=tuple(judged),
    )


def _placed(judged: Sequence[JudgedSegment], pieces: Sequence[Piece], target: str) -> Iterator[Finding]:
    """Yield the findings with offsets into the whole texts.

    The source is its pieces. The target is looked for piece by piece, each behind the one before it: between them
    punctuation and spaces may have changed, and tags have not.
    """
    remaining = iter(judged)
    before = behind = 0
    for piece in pieces:
        if not piece.translatable:
            for tag in find_tags(piece.text):
                behind = _behind(target, piece.text[tag.start : tag.end], behind)
        else:
            item = next(remaining)
            found = target.find(item.translation.target, behind)
            at = {"source": before, "target": behind if found < 0 else found}
            behind = behind if found < 0 else found + len(item.translation.target)
            for finding in item.findings:
                offset = at[finding.side]
                yield replace(finding, start=finding.start + offset, end=finding.end + offset)
        before += len(piece.text)


def _behind(text: str, part: str, start: int) -> int:
    found = text.find(part, start)
    return start if found < 0 else found + len(part)
