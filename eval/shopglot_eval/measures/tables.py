"""Tables of what single texts show: rules that targets break, terms that are missing, and slices.

Systems are columns, in the order in which they are given; all answer the same suite and market.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopglot_eval.measures import cells
from shopglot_eval.measures.screening import measure_rules
from shopglot_eval.measures.slices import DIMENSIONS, slices, worst_slices
from shopglot_eval.measures.terms import Which, count_missing
from shopglot_eval.records import Answers, Measure, Pair
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Cell, Column, Table, block_id

MOST_TERMS = 30


def table_rules(answers: Sequence[Answers], link: cells.Link = str) -> Table:
    """Return the rules that any system's targets break, with the texts of each system, most texts first."""
    found = [{figure.measure.removeprefix("leaks."): figure for figure in measure_rules(one.pairs)} for one in answers]
    rules = sorted(
        {rule for own in found for rule in own},
        key=lambda rule: (-sum(len(own[rule].against) for own in found if rule in own), rule),
    )
    rows = []
    for rule in rules:
        ids = [own[rule].against if rule in own else () for own in found]
        rows.append((Cell(text=rule), *(cells.count(one, link, title=f"{rule} in the target") for one in ids)))
    return Table(
        id=_id("rules", answers), title="Rules that targets break", columns=_columns("Rule", answers), rows=tuple(rows),
        note="Texts whose target says what the rule blocks or holds for a person.",
    )  # fmt: skip


def table_missing(
    answers: Sequence[Answers], link: cells.Link = str, *, which: Which = "glossary", most: int = MOST_TERMS
) -> Table:
    """Return the terms that are missing most often in all systems together, with the texts of each system."""
    found = [{row[:2]: row for row in count_missing(one.pairs, which)} for one in answers]
    terms = sorted(
        {term for own in found for term in own},
        key=lambda term: (-sum(own[term][2] for own in found if term in own), term),
    )
    rows = []
    for source, right in terms[:most]:
        counted = [own.get((source, right), (source, right, 0, ())) for own in found]
        rows.append(
            (
                Cell(text=source),
                Cell(text=right),
                *(cells.count(ids, link, title=f"{source} = {right}", total=times) for *_, times, ids in counted),
            )
        )
    more = len(terms) - most
    return Table(
        id=_id(f"missing-{which}", answers),
        title="Glossary terms that are missing" if which == "glossary" else "Terms of the suite that are missing",
        columns=_columns("Term", answers, Column(title="Should be", align="text")), rows=tuple(rows),
        note=f"{more:,} more terms are missing less often." if more > 0 else "",
    )  # fmt: skip


def table_slices(measure: Measure, answers: Sequence[Answers], link: cells.Link = str) -> Table:
    """Return a measure's figure in every slice; slices are those of the first system's answers, `origin` left out."""
    parts = [{key: own for key, own in slices(one.pairs).items() if key[0] != "origin"} for one in answers]
    wholes: list[Sequence[Pair]] = [one.pairs for one in answers]
    rows = [(Cell(text="all"), Cell(text=""), _size(wholes[:1]), *_figures(measure, wholes, link))]
    rows += [
        (
            Cell(text=part, value=None),
            Cell(text=dimension),
            _size([parts[0][dimension, part]]),
            *_figures(measure, [own[dimension, part] for own in parts], link),
        )
        for dimension, part in (parts[0] if parts else ())
    ]
    return Table(
        id=_id(f"slices-{measure.name}", answers), title=f"{measure.title} by slice",
        columns=_columns(
            "Slice", answers, Column(title="Of", align="text", hint=", ".join(DIMENSIONS[:-1])),
            Column(title="Texts", hint="of the slice, also those that have nothing to measure"),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def table_worst(measures: Iterable[Measure], answers: Answers, link: cells.Link = str) -> Table:
    """Return the slices of a system that are worse than its other texts by any of the measures (see `worst_slices`)."""
    rows = []
    for measure in measures:
        share = measure.form == "share"
        for one in worst_slices(measure, answers.pairs):
            figures = [one.mean, one.rest, one.deficit, one.low, one.high]
            mean, rest, deficit, low, high = (numbers.share(x) if share else numbers.decimal(x, 2) for x in figures)
            rows.append(
                (
                    Cell(text=f"{one.dimension}: {one.part}", texts=tuple(map(link, one.texts[: cells.MOST_TEXTS])),
                         texts_title=f"{measure.title}, {one.part}: worst first"),
                    Cell(text=measure.title),
                    Cell(text=f"{one.count:,}", value=float(one.count)),
                    Cell(text=mean, value=one.mean, tone="bad"),
                    Cell(text=rest, value=one.rest),
                    Cell(text=f"{deficit} ({low} to {high})", value=one.deficit, low=one.low, high=one.high),
                )
            )  # fmt: skip
    return Table(
        id=block_id("worst", answers.suite, answers.market, answers.system),
        title=f"Slices that are worse than the rest: {answers.system}",
        columns=(
            Column(title="Slice", align="text"), Column(title="Measure", align="text"), Column(title="Texts"),
            Column(title="Mean of its texts"), Column(title="Of all others"),
            Column(title="Worse by", hint="95% intervals that hold for all slices of a measure together"),
        ),
        rows=tuple(rows),
        note="" if rows else "No slice is worse than the rest by more than chance explains.",
    )  # fmt: skip


def _size(parts: Sequence[Sequence[Pair]]) -> Cell:
    count = sum(map(len, parts))
    return Cell(text=f"{count:,}", value=float(count))


def _figures(measure: Measure, parts: Sequence[Sequence[Pair]], link: cells.Link) -> list[Cell]:
    return [cells.show(measure.measure(pairs), link, title=measure.title) for pairs in parts]


def _columns(first: str, answers: Sequence[Answers], *more: Column) -> tuple[Column, ...]:
    return (Column(title=first, align="text"), *more, *(Column(title=one.system) for one in answers))


def _id(kind: str, answers: Sequence[Answers]) -> str:
    return block_id(kind, *(part for one in answers[:1] for part in (one.suite, one.market)))
