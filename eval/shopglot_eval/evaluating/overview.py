"""The tables that everybody looks at first: every measure of every system, and where a system is weak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopglot_eval.measures import ALL, cells, tables
from shopglot_eval.measures.slices import slices
from shopglot_eval.records import Answers, Better, Figure, Measure, Measured, Place
from shopglot_eval.reporting.document import Block, Cell, Column, Section, Table, Text, passage_id

Figures = Mapping[tuple[str, str], Figure]  # by system and measure
ARROWS: Mapping[Better, str] = {"higher": "↑", "lower": "↓", "": ""}
# What is measured slice by slice; the rest would make a report nobody reads.
SLICED = ("chrf", "numbers", "terms", "names", "untranslated", "leaks")


def linked(answers: Answers) -> cells.Link:
    """Return what gives the id of an example's passage."""
    return lambda example: passage_id(answers.suite, answers.market, example)


def measure_all(answers: Sequence[Answers], measures: Sequence[Measure]) -> Iterator[Measured]:
    """Yield every measure of every system."""
    for one in answers:
        place = Place(suite=one.suite, market=one.market, system=one.system)
        for measure in measures:
            yield Measured(place=place, figure=measure.measure(one.pairs))


def measure_slices(answers: Sequence[Answers], measures: Sequence[Measure]) -> Iterator[Measured]:
    """Yield the measures of `SLICED` in every slice of every system."""
    chosen = [measure for measure in measures if measure.name in SLICED]
    for one in answers:
        for (dimension, part), pairs in slices(one.pairs).items():
            place = Place(suite=one.suite, market=one.market, system=one.system, dimension=dimension, part=part)
            for measure in chosen:
                yield Measured(place=place, figure=measure.measure(pairs))


def overview(answers: Sequence[Answers], measured: Sequence[Measured], measures: Sequence[Measure] = ALL) -> Section:
    """Return the tables of all measures of the systems of one suite and market, from what was `measured`.

    Scores and shares have a table each: their intervals are drawn on one scale.
    """
    first = answers[0]
    figures: Figures = {
        (one.place.system, one.figure.measure): one.figure for one in measured if not one.place.dimension
    }
    known = [one for one in measures if any(figures[own.system, one.name].value is not None for own in answers)]
    shares = [one for one in known if one.form == "share"]
    scores = [one for one in known if one.form != "share"]
    blocks: list[Block] = []
    if scores:
        blocks.append(_table("scores", "Beside what people wrote", answers, figures, scores))
    if shares:
        blocks.append(_table("shares", "What has to be right", answers, figures, shares))
    absent = [
        f"{one.title}: {figures[first.system, one.name].note or 'nothing to measure'}"
        for one in measures
        if one not in known
    ]
    if absent:
        blocks.append(Text(text="Not measured here:", items=tuple(absent), tone="muted"))
    return Section(
        id=f"overview-{first.suite}-{first.market}", title=f"{first.suite}, {first.market}",
        lead=_lead(answers, figures), blocks=tuple(blocks),
    )  # fmt: skip


def _table(
    name: str, title: str, answers: Sequence[Answers], figures: Figures, measures: Sequence[Measure]
) -> Table:  # fmt: skip
    first = answers[0]
    link = linked(first)
    rows: list[tuple[Cell, ...]] = []
    signatures: dict[str, None] = {}
    for measure in measures:
        own = [figures[one.system, measure.name] for one in answers]
        signatures |= {figure.signature: None for figure in own if figure.signature}
        counted = max(figure.count for figure in own)
        rows.append(
            (
                Cell(text=f"{measure.title} {ARROWS[measure.better]}".strip(), hint=measure.name),
                *(cells.show(figure, link, title=f"{measure.title}: worst first") for figure in own),
                Cell(text=f"{counted:,} {own[0].unit}", value=float(counted)),
            )
        )
    return Table(
        id=f"{name}-{first.suite}-{first.market}", title=title,
        columns=(
            Column(title="Measure", align="text", hint="arrow: the better side"),
            *(Column(title=one.system) for one in answers), Column(title="Measured on"),
        ),
        rows=tuple(rows),
        note=f"Signatures: {'; '.join(f'`{one}`' for one in signatures)}" if signatures else "",
    )  # fmt: skip


def weaknesses(answers: Sequence[Answers], measures: Sequence[Measure] = ALL) -> Section:
    """Return where systems are weak: worst slices, slices of the chief measures, missing terms, rules broken."""
    first = answers[0]
    link = linked(first)
    chosen = [measure for measure in measures if measure.name in SLICED]
    blocks: list[Block] = [tables.table_worst(measures, one, link) for one in answers[:3]]
    blocks += [
        table for measure in chosen if (table := tables.table_slices(measure, answers, link)) and _says(table)
    ]  # fmt: skip
    blocks += [
        table
        for table in (
            tables.table_missing(answers, link),
            tables.table_missing(answers, link, which="suite"),
            tables.table_rules(answers, link),
        )
        if table.rows
    ]  # fmt: skip
    return Section(
        id=f"weak-{first.suite}-{first.market}", title=f"Where it is weak: {first.suite}, {first.market}",
        lead="Slices whose texts are worse than all others by more than chance explains come first.",
        blocks=tuple(blocks),
    )  # fmt: skip


def _says(table: Table) -> bool:
    """Whether a table has a number beside its names of slices."""
    return any(cell.value is not None for row in table.rows for cell in row[2:])


def _lead(answers: Sequence[Answers], figures: Figures) -> str:
    said = []
    for one in answers:
        chrf = figures.get((one.system, "chrf"))
        numbers = figures.get((one.system, "numbers"))
        parts = []
        if chrf is not None and chrf.value is not None:
            parts.append(f"chrF {cells.number(chrf.value, 1)}")
        if numbers is not None and numbers.value is not None:
            parts.append(f"{cells.share(numbers.value)} of numbers right")
        if parts:
            said.append(f"{one.system}: {', '.join(parts)}")
    return f"{len(answers[0].pairs):,} texts. {'; '.join(said)}."
