"""All measures of several systems against the first one, the measures of each system tested together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shopglot_eval.measures.agreement import agree
from shopglot_eval.measures.significance import ALPHA, holm
from shopglot_eval.measures.significance import compare as compare_pairs
from shopglot_eval.records import Answers, Figure, Form, Measure, Measured, Place
from shopglot_eval.reporting.document import Cell, Column, Table, Tone
from shopglot_eval.reporting.numbers import gap, in_points, points, probability, value_of

if TYPE_CHECKING:
    from shopglot_eval.measures.significance import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A system against the first on one measure. `p` is corrected by Holm for all measures of the system.

    Each system is a question of its own: whether one is worse does not depend on how many others were asked about.
    """

    system: str
    measure: Measure
    difference: Difference
    p: float

    @property
    def outcome(self) -> Tone:
        """`good` where the system is significantly better, `bad` where it is significantly worse, else nothing."""
        if self.p >= ALPHA or not self.difference.gain:
            return ""
        return "good" if self.difference.gain > 0 else "bad"


def contrasts(answers: Sequence[Answers], measures: Sequence[Measure]) -> list[Contrast]:
    """Return every measure of every system but the first, by measure, tested by randomisation over listings.

    Measures that no text can be measured by are left out.
    """
    found = [
        (one.system, measure, difference)
        for measure in measures
        for one in answers[1:]
        if (difference := compare_pairs(measure, answers[0].pairs, one.pairs)) is not None
    ]
    chances: dict[str, Iterator[float]] = {
        one.system: iter(holm([difference.p for system, _, difference in found if system == one.system]))
        for one in answers[1:]
    }
    return [
        Contrast(system=system, measure=measure, difference=difference, p=next(chances[system]))
        for system, measure, difference in found
    ]


def table(name: str, first: str, rows: Sequence[Contrast]) -> Table:
    """Return the table: a row for each measure and system."""
    columns = (
        Column(title="Measure", align="text"),
        Column(title="System", align="text"),
        Column(title=first),
        Column(title="Its value"),
        Column(title="Difference", hint="with the 95% interval of the paired bootstrap over listings"),
        Column(
            title="p",
            hint="paired randomisation over listings, Holm's correction over the measures of a system",
        ),
        Column(title="People who agree", hint="Kocmi et al. 2024: whole systems on general text; here a rule of thumb"),
        Column(title="Texts"),
    )
    return Table(
        id=f"{name}-measures", title=f"Against {first}", columns=columns, rows=tuple(_row(row) for row in rows),
        note="Both were measured on the same texts. Green is significantly better, red significantly worse.",
    )  # fmt: skip


def measured(answers: Sequence[Answers], rows: Sequence[Contrast]) -> list[Measured]:
    """Return the differences as data: `difference.<measure>` at the place of each system."""
    first = answers[0]
    return [
        Measured(
            place=Place(suite=first.suite, market=first.market, system=row.system),
            figure=Figure(
                measure=f"difference.{row.measure.name}", value=row.difference.difference, low=row.difference.low,
                high=row.difference.high, count=row.difference.texts, better=row.measure.better, form=row.measure.form,
                note=f"against {first.system}, p {row.p:.4f} corrected by Holm",
            ),
        )
        for row in rows
    ]  # fmt: skip


def _row(row: Contrast) -> tuple[Cell, ...]:
    one, form = row.difference, row.measure.form
    people = agree(row.measure.name, one.difference) if one.difference else None
    return (
        Cell(text=row.measure.title, hint={"higher": "more is better", "lower": "less is better", "": ""}[one.better]),
        Cell(text=row.system),
        Cell(text=value_of(one.before, form), value=one.before),
        Cell(text=value_of(one.after, form), value=one.after),
        Cell(
            text=f"{gap(one.difference, form)} ({points(one.low, one.high, form)})", tone=row.outcome,
            value=in_points(one.difference, form), low=in_points(one.low, form), high=in_points(one.high, form),
        ),
        Cell(text=probability(row.p), value=row.p, hint=f"{one.listings:,} listings; {probability(one.p)} uncorrected"),
        Cell(text=people.words if people else "–", value=people.share if people else None),
        Cell(text=f"{one.texts:,}", value=one.texts),
    )  # fmt: skip


def say(row: Contrast) -> str:
    """Return a contrast as a part of a sentence: `chrF +2.10 (p 0.003)`."""
    form: Form = row.measure.form
    return f"{row.measure.title} {gap(row.difference.difference, form)} (p {probability(row.p)})"
