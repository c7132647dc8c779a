"""The tables that everybody looks at first: every measure of every system, and where a system is weak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopglot_eval.measures import ALL, cells, tables
from shopglot_eval.measures.shares import cluster_of
from shopglot_eval.measures.slices import slices
from shopglot_eval.records import Answers, Better, Figure, Measure, Measured, Place
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Block, Cell, Column, Section, Table, Text, passage_id

Figures = Mapping[tuple[str, str], Figure]  # by system and measure
ARROWS: Mapping[Better, str] = {"higher": "↑", "lower": "↓", "": ""}
CHIEF = {"chrf": "chrF", "numbers": "numbers kept", "terms": "glossary terms"}  # what a summary says
# What is measured slice by slice; the rest would make a report nobody reads.
LOOKED_AT = 3  # systems whose worst slices are looked for
NAMED = 4  # systems whose numbers a sentence gives one by one
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
        id=cells.place_id("overview", answers), title=f"{first.suite}, {first.market}", lead=_lead(first),
        blocks=tuple(blocks),
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
                Cell(text=f"{measure.title}\u00a0{ARROWS[measure.better]}".strip(), hint=measure.name),
                *(cells.show(figure, link, title=f"{measure.title}: worst first") for figure in own),
                Cell(text=f"{counted:,} {own[0].unit}", value=float(counted)),
            )
        )
    return Table(
        id=cells.place_id(name, answers), title=title,
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
    worst = [(one.system, tables.table_worst(measures, one, link)) for one in answers[:LOOKED_AT]]
    blocks: list[Block] = [table for _, table in worst if table.rows]
    if even := [system for system, table in worst if not table.rows]:
        blocks.append(Text(text=f"No slice of {', '.join(even)} is worse than the rest by more than chance explains."))
    wrong = {measure.name: any(measure.measure(one.pairs).against for one in answers) for measure in chosen}
    blocks += [tables.table_slices(measure, answers, link) for measure in chosen if wrong[measure.name]]
    if spotless := [measure.title for measure in chosen if not wrong[measure.name]]:
        blocks.append(
            Text(text=f"Not shown by slice, because no text speaks against them: {', '.join(spotless)}.", tone="muted")
        )
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
        id=cells.place_id("weak", answers), title=f"Where it is weak: {first.suite}, {first.market}",
        lead="Slices whose texts are worse than all others by more than chance explains come first.",
        blocks=tuple(blocks),
    )  # fmt: skip


def _lead(first: Answers) -> str:
    texts = len(first.pairs)
    pages = len({cluster_of(pair.example) for pair in first.pairs})
    if pages == texts:
        return f"{texts:,} texts, each by itself."
    return (
        f"{texts:,} texts of {pages:,} pages. Intervals and tests are over pages, because texts of one page are no "
        "independent observations."
    )


def summarize(answers: Sequence[Answers], measured: Sequence[Measured]) -> str:
    """Return the chief numbers of one suite and market in a sentence; of many systems, from the lowest to the highest.

    `measured` are the figures of whole answers, as `measure_all` yields them.
    """
    figures: Figures = {
        (one.place.system, one.figure.measure): one.figure for one in measured if not one.place.dimension
    }
    said = _each(answers, figures) if len(answers) <= NAMED else _range(answers, figures)
    first = answers[0]
    return " ".join(filter(None, (f"{first.suite}, {first.market}: {len(first.pairs):,} texts.", said)))


def _each(answers: Sequence[Answers], figures: Figures) -> str:
    said = []
    for one in answers:
        known = [(name, figures.get((one.system, name))) for name in CHIEF]
        parts = [f"{CHIEF[name]} {_short(figure)}" for name, figure in known if figure and figure.value is not None]
        if parts:
            said.append(f"{one.system}: {', '.join(parts)}")
    return f"{'; '.join(said)}." if said else ""


def _range(answers: Sequence[Answers], figures: Figures) -> str:
    said = []
    for name, title in CHIEF.items():
        known = [(own, one.system) for one in answers if (own := figures.get((one.system, name))) and own.value]
        if known:
            (low, worst), (high, best) = (end(known, key=lambda own: own[0].value or 0.0) for end in (min, max))
            said.append(f"{title} {_short(low)} ({worst}) to {_short(high)} ({best})")
    return f"{len(answers)} systems: {'; '.join(said)}." if said else f"{len(answers)} systems."


def _short(figure: Figure) -> str:
    return numbers.share(figure.value) if figure.form == "share" else numbers.decimal(figure.value, 1)
