"""Texts as a reader sees them behind a number: the source, its references, and what each system made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from shopglot_eval.comparing.differences import marks
from shopglot_eval.records import Answers, Example, Output
from shopglot_eval.reporting.document import Passage, Tone, Version, passage_id

Marks = tuple[tuple[int, int, Tone], ...]


def passage(suite: str, example: Example, versions: Sequence[tuple[str, Output]]) -> Passage:
    """Return the passage of an example with what each system (name, output) made of it.

    Of two systems both are marked where they differ; of more, all but the first where they differ from the first. A
    single one is marked where the findings are. References come first and are not marked.
    """
    marked = _marked([output for _, output in versions])
    people = [
        Version(name="reference" if len(example.references) == 1 else f"reference {number}", text=text, reference=True)
        for number, text in enumerate(example.references, 1)
    ]
    return Passage(
        id=passage_id(suite, example.market, example.id), source=example.source, market=example.market,
        about=", ".join(filter(None, (suite, example.market, example.field, example.category, example.domain))),
        versions=(*people, *(
            Version(name=name, text=output.target, remarks=remarks(output), marks=spans)
            for (name, output), spans in zip(versions, marked, strict=True)
        )),
    )  # fmt: skip


def passages(answers: Sequence[Answers], ids: Iterable[str] | None = None) -> dict[str, Passage]:
    """Return the passages of examples by their id in a document; of all where `ids` (of examples) is None.

    `answers` are of one suite and market, a system each; an example that a system has not answered goes without it.
    """
    if not answers:
        return {}
    outputs: list[tuple[str, Mapping[str, Output]]] = [
        (one.system, {pair.example.id: pair.output for pair in one.pairs}) for one in answers
    ]
    examples = {pair.example.id: pair.example for one in answers for pair in one.pairs}
    wanted = examples if ids is None else dict.fromkeys(ids)
    made = (
        passage(answers[0].suite, examples[name], [(who, known[name]) for who, known in outputs if name in known])
        for name in wanted
        if name in examples
    )
    return {one.id: one for one in made}


def remarks(output: Output) -> tuple[str, ...]:
    """Return what is to be said of an output, a line each: findings, then the verdict with its reasons, and score."""
    found = Counter(
        f"{one.severity}: {one.check}{_quoted(one.text)}" for one in output.findings if one.severity != "info"
    )
    lines = [line if times == 1 else f"{line} ×{times}" for line, times in found.items()]
    said = []
    if output.verdict:
        why = f" ({', '.join(output.reasons)})" if output.reasons else ""
        said.append(f"{output.verdict}{why}")
    if output.score is not None:
        said.append(f"score {output.score:.2f}")
    return (*lines, *([", ".join(said)] if said else []))


def _quoted(words: str) -> str:
    short = words if len(words) <= 40 else f"{words[:39]}…"
    return f" “{short}”" if short.strip() else ""


def _marked(outputs: Sequence[Output]) -> list[Marks]:
    if len(outputs) == 1:
        return [_findings(outputs[0])]
    if len(outputs) == 2:
        one, other = marks(outputs[0].target, outputs[1].target)
        return [_toned(one), _toned(other)]
    return [_toned(marks(outputs[0].target, output.target)[1]) for output in outputs]


def _toned(spans: Iterable[tuple[int, int]]) -> Marks:
    return tuple((start, end, "warn") for start, end in spans)


def _findings(output: Output) -> Marks:
    """Return the spans of the findings on the translation, ascending and apart: the graver one keeps its place."""
    tones: Mapping[str, Tone] = {"error": "bad", "warning": "warn", "info": "muted"}
    spans = [
        (one.start, min(one.end, len(output.target)), tones[one.severity])
        for one in sorted(output.findings, key=lambda one: tuple(tones).index(one.severity))
        if one.side == "target" and one.start < min(one.end, len(output.target))
    ]
    kept: list[tuple[int, int, Tone]] = []
    for start, end, tone in spans:
        if all(end <= first or start >= last for first, last, _ in kept):
            kept.append((start, end, tone))
    return tuple(sorted(kept))
