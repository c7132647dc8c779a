"""The section that compares the systems of one suite in one market."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shopglot.errors import UsageError
from shopglot_eval.comparing.contrast import Contrast, contrasts, measured, say
from shopglot_eval.comparing.contrast import table as contrast_table
from shopglot_eval.comparing.differences import distance
from shopglot_eval.comparing.passages import passages
from shopglot_eval.comparing.winning import BEHIND, Estimated, gains, plot, wins
from shopglot_eval.comparing.winning import table as wins_table
from shopglot_eval.records import Answers, Dimension, Measure, Measured, Pair
from shopglot_eval.reporting.document import Block, Passage, Section, Shown, Text, block_id, passage_id

SHOWN = 10  # texts that stand open on either side
CLOSE = 3  # systems that are looked at text by text; more are in the table of all measures

Slices = Callable[[Sequence[Pair]], Mapping[tuple[Dimension, str], Sequence[Pair]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A section, the numbers in it as data, and the texts that it leads to, by their id in a document."""

    section: Section
    measured: tuple[Measured, ...]
    passages: Mapping[str, Passage]


def compare(answers: Sequence[Answers], measures: Sequence[Measure], *, slices: Slices | None = None) -> Compared:
    """Compare systems with the first of them.

    `answers` are of one suite and market, a system each. Texts are compared one by one by the first measure that has a
    better side, is finer than yes and no, and has a value of at least one text of both; then by the quality score, if
    both have one of the same signature; else by how different they are. `slices` are those of
    `shopglot_eval.measures.slices` where none are given. Systems after the first `CLOSE` others are in the table of
    measures only. The same input gives the same section.

    Raises UsageError with fewer than two systems, two of one name, or answers to different examples.
    """
    _check(answers)
    first, others = answers[0], answers[1:]
    name = block_id("compare", first.suite, first.market)
    rows = contrasts(answers, measures)
    blocks: list[Block] = [contrast_table(name, first.system, rows)] if rows else []
    ids: dict[str, None] = {}
    for number, other in enumerate(others[:CLOSE]):
        found, texts = _closely(f"{name}-{number}", first, other, measures, slices)
        blocks += found
        ids |= dict.fromkeys(texts)
    if len(others) > CLOSE:
        left = ", ".join(other.system for other in others[CLOSE:])
        blocks.append(Text(text=f"Not looked at text by text: {left}.", tone="muted"))
    return Compared(
        section=Section(
            id=name, title=f"{first.system} and others: {first.suite}, {first.market}", lead=_lead(first, others, rows),
            blocks=tuple(blocks),
        ),
        measured=tuple(measured(answers, rows)), passages=passages(answers, ids),
    )  # fmt: skip


def _closely(
    name: str, first: Answers, other: Answers, measures: Sequence[Measure], slices: Slices | None
) -> tuple[list[Block], list[str]]:
    """Return the blocks of two systems text by text, and the ids of the examples that they lead to."""
    same = sum(a.output.target == b.output.target for a, b in zip(first.pairs, other.pairs, strict=True))
    alike = f"{same:,} of {len(first.pairs):,} translations of {other.system} are those of {first.system}."
    place = (first.suite, first.market)
    measure = _chosen(measures, first, other)
    order = _by_distance(first, other)[: 2 * SHOWN]
    differ = _shown(f"{name}-differ", "Translations that differ most", order, place)
    if measure is None:
        return [Text(text=alike), *differ], order
    if slices is None:
        from shopglot_eval.measures import slices as parting

        slices = parting.slices
    better = gains(measure, first.pairs, other.pairs)
    rows = wins(better, other.pairs, slices(other.pairs))
    drawn = plot(name, other.system, first.system, measure, rows)
    decided = bool(rows[0].wins or rows[0].losses)
    best, worst = list(rows[0].wins[:SHOWN]), list(rows[0].losses[:SHOWN])
    blocks: list[Block] = [
        Text(text=alike),
        wins_table(name, other.system, first.system, measure, rows, place),
        *([drawn] if drawn else []),
        *_shown(f"{name}-better", f"Where {other.system} is better by most", best, place),
        *_shown(f"{name}-worse", f"Where {other.system} is worse by most", worst, place),
        *([] if decided else differ),
    ]
    return blocks, [*order, *(one for row in rows for one in (*row.wins[:BEHIND], *row.losses[:BEHIND]))]


def _chosen(measures: Sequence[Measure], first: Answers, other: Answers) -> Measure | None:
    """Return what texts are compared by one by one, None where nothing has a value of both."""
    fine = [measure for measure in measures if measure.better and measure.form != "share"]
    signatures = {
        pair.output.signature for one in (first, other) for pair in one.pairs if pair.output.score is not None
    }
    estimated = [Estimated()] if len(signatures) == 1 else []
    return next((one for one in (*fine, *estimated) if gains(one, first.pairs, other.pairs)), None)


def _by_distance(first: Answers, other: Answers) -> list[str]:
    apart = {
        one.example.id: distance(one.output.target, two.output.target)
        for one, two in zip(first.pairs, other.pairs, strict=True)
    }
    return [name for name in sorted(apart, key=lambda name: -apart[name]) if apart[name]]


def _shown(name: str, title: str, ids: Sequence[str], place: tuple[str, str]) -> list[Shown]:
    if not ids:
        return []
    return [Shown(id=name, title=title, passages=tuple(passage_id(*place, one) for one in ids))]


def _lead(first: Answers, others: Sequence[Answers], rows: Sequence[Contrast]) -> str:
    """Say what is significantly better and worse of each system, or that nothing is; of many, only which ones are."""
    lines, plain, more = [], [], []
    for number, other in enumerate(others):
        own = [row for row in rows if row.system == other.system]
        good, bad = ([row for row in own if row.outcome == tone] for tone in ("good", "bad"))
        told = [f"{word} in {', '.join(map(say, some))}" for word, some in (("better", good), ("worse", bad)) if some]
        if not told:
            plain.append(other.system)
        elif number < CLOSE:
            lines.append(f"{other.system} against {first.system}: {'; '.join(told)}.")
        else:
            counts = (f"{word} in {len(some)}" for word, some in (("better", good), ("worse", bad)) if some)
            more.append(f"{other.system} ({', '.join(counts)})")
    if more:
        lines.append(f"Significantly other in some measures than {first.system}: {'; '.join(more)}.")
    if plain:
        lines.append(f"{', '.join(plain)} against {first.system}: no significant difference.")
    return " ".join(lines)


def _check(answers: Sequence[Answers]) -> None:
    if len(answers) < 2:
        raise UsageError("a comparison needs two systems at least.")
    systems = [one.system for one in answers]
    if len(set(systems)) < len(systems):
        raise UsageError(f"two systems have one name ({', '.join(systems)}): give them different ones.")
    first = answers[0]
    asked = [pair.example.id for pair in first.pairs]
    for one in answers[1:]:
        if (one.suite, one.market) != (first.suite, first.market):
            raise UsageError(
                f"{one.system} answered {one.suite} ({one.market}), {first.system} {first.suite} ({first.market}): "
                "only answers to one suite in one market compare."
            )
        if [pair.example.id for pair in one.pairs] != asked:
            raise UsageError(f"{one.system} and {first.system} answered different texts of {first.suite}.")
