"""The section of a report that says whether scores order systems and texts as people do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shopglot.errors import UsageError
from shopglot.localizer import Localizer
from shopglot_eval.estimation.examples import Signals
from shopglot_eval.estimation.opinions import Opinions
from shopglot_eval.measures.resampling import SEED
from shopglot_eval.meta import metrics
from shopglot_eval.meta.metrics import Metric
from shopglot_eval.meta.ordering import NAMES, ROUNDS, Agreement, agree
from shopglot_eval.meta.ratings import Ratings, read_ratings
from shopglot_eval.records import Figure, Form, Measured, Place
from shopglot_eval.reporting.document import Block, Cell, Column, Plot, Point, Section, Series, Table, Text
from shopglot_eval.reporting.numbers import decimal, enclosed, share

LANGUAGE = "en"
FEWEST = 30  # segments that a model has read, for a table of their own
SHARES = ("accuracy", "clear", "people")
UNITS = dict.fromkeys(SHARES, "pairs of systems") | {"item": "segments", "kendall": "texts", "pearson": "texts"}
TITLES = {
    "accuracy": ("system pairs", "share of the pairs of machines that are ordered as experts order them"),
    "clear": ("clear system pairs", "of those whose difference in the experts' eyes is more than chance"),
    "people": ("with people's", "the same with people's own translations among the systems"),
    "item": ("item-level Kendall", "the order of rival texts of one source"),
    "kendall": ("Kendall of all texts", "high for whatever sees how long a source is"),
    "pearson": ("Pearson of all texts", "high for whatever sees how long a source is"),
}


def meta(
    shared: Path, localizer: Localizer, *, name: str = "mqm-2021news", opinions: Sequence[Path] = (),
    segments: int | None = None, rounds: int = ROUNDS, seed: int = SEED,
) -> tuple[Section, list[Measured]]:  # fmt: skip
    """Hold the localizer's score, its signals, BLEU and chrF against experts (a set of `SETS`), in one table.

    Without `opinions` (files of what a model thought of these texts, see `estimation.opinions`) the score is the one
    that needs no model; with them, the segments that it has read get a table of their own, for every metric.
    Raises as `read_ratings` does, and `UsageError` for a market that does not read English, as these sets are.
    """
    if localizer.market.language != LANGUAGE:
        raise UsageError(f"{name}: experts judged English; market '{localizer.market.name}' reads another language.")
    ratings = read_ratings(shared, name, segments=segments)
    estimator = localizer.estimator
    rows = metrics.measure(ratings, Signals(localizer, Opinions(estimator.scorer, opinions)))
    blocks, measured = _compare(ratings, _metrics(ratings, rows, localizer), "", localizer, rounds, seed)
    for variant in sorted(estimator.variants, key=lambda one: len(one.views)):
        places = metrics.read_in(rows, variant.views)
        if variant.views and FEWEST <= len(places) < len(ratings.segments):
            part = ratings.only(places)
            chosen = [[own[place] for place in places] for own in rows]
            more, figures = _compare(part, _metrics(part, chosen, localizer), variant.name, localizer, rounds, seed)
            blocks += more
            measured += figures
    return Section(
        id=f"meta-{name}", title="Does the score order as people do?", lead=_lead(ratings), blocks=tuple(blocks)
    ), measured


def _metrics(ratings: Ratings, rows: Any, localizer: Localizer) -> list[Metric]:
    return [*metrics.scores(rows, localizer.estimator), *metrics.overlaps(ratings), *metrics.signals(ratings, rows)]


def _compare(
    ratings: Ratings, chosen: Sequence[Metric], part: str, localizer: Localizer, rounds: int, seed: int
) -> tuple[list[Block], list[Measured]]:
    found = agree(ratings, chosen, rounds=rounds, seed=seed)
    suffix = f"-{part}" if part else ""
    suite = f"{ratings.name}{suffix}"
    measured = [
        Measured(
            place=Place(suite=suite, market=localizer.market.name, system=one.metric.name), figure=figure(one, name)
        )
        for one in found
        for name in NAMES
        if name != "people" or one.metric.blind
    ]
    blocks: list[Block] = []
    if part:
        many = f"{len(ratings.segments):,}"
        blocks.append(Text(text=f"The {many} segments whose texts a model has read ({part}), all metrics on the same."))
    blocks += [_table(ratings, found, suite), _plot(ratings, found, suite)]
    if not part:
        blocks.append(_systems(ratings, chosen, suite))
    return blocks, measured


def figure(one: Agreement, name: str) -> Figure:
    """Return one number of an agreement as the figure `meta.<name>`."""
    value = one.values.get(name)
    low, high = one.intervals.get(name, (None, None))
    form: Form = "share" if name in SHARES else "correlation"
    missing = "it gives the same to all systems" if name in SHARES else "it is the same in all texts"
    if not one.counts.get(name, 0):
        missing = f"no {UNITS[name]} that experts set apart"
    return Figure(
        measure=f"meta.{name}", value=value, low=low, high=high, count=one.counts.get(name, 0), unit=UNITS[name],
        form=form, note="" if value is not None else missing,
    )  # fmt: skip


def _lead(ratings: Ratings) -> str:
    people = f" and {len(ratings.people)} people" if ratings.people else ""
    return (
        f"{ratings.title}: {len(ratings.machines)} machines{people} translated {len(ratings.segments):,} segments, and "
        f"experts marked every error (MQM). Higher is better everywhere; .5 and 0 are chance. News is not a shop: "
        f"this says whether a number can tell better from worse at all."
    )


def _table(ratings: Ratings, found: Sequence[Agreement], suite: str) -> Table:
    shown = [name for name in NAMES if name != "people" or ratings.people]
    rows = [
        (Cell(text=one.metric.title, hint=one.metric.name), *(_cell(figure(one, name), one, name) for name in shown))
        for one in found
    ]
    people = " and ".join(ratings.people)
    return Table(
        id=f"meta-table-{suite}", title="Agreement with experts", rows=tuple(rows),
        columns=(
            Column(title="metric", align="text"),
            *(Column(title=TITLES[name][0], hint=TITLES[name][1]) for name in shown),
        ),
        note=(f"References of chrF and BLEU are {people}, people's translations in the same set. " if people else "")
        + "A signal is turned so that more of it means better. 95% intervals by bootstrap over segments, of "
        "experts' marks and metric drawn together.",
    )  # fmt: skip


def _cell(measured: Figure, one: Agreement, name: str) -> Cell:
    if name == "people" and not one.metric.blind:
        return Cell(text="–", tone="muted", hint="people's translations are its references")
    return Cell(
        text=enclosed(measured), value=measured.value, low=measured.low, high=measured.high,
        hint=measured.note or f"{measured.count:,} {measured.unit}", tone="muted" if measured.value is None else "",
    )  # fmt: skip


def _plot(ratings: Ratings, found: Sequence[Agreement], suite: str) -> Plot:
    known = [one for one in found if one.values["accuracy"] is not None and not one.metric.name.startswith("signal.")]
    points = []
    for place, one in enumerate(known):
        low, high = one.intervals.get("accuracy", (None, None))
        points.append(
            Point(x=float(place), y=one.values["accuracy"] or 0.0, low=low, high=high, label=one.metric.title)
        )
    said = "; ".join(f"{point.label} {share(point.y)}" for point in points)
    return Plot(
        id=f"meta-accuracy-{suite}", title="Pairs of machines ordered as experts order them", kind="bars",
        series=(Series(name=ratings.title, points=tuple(points)),), x_title="metric", y_title="pairs ordered alike",
        y_range=(0.0, 1.0), percent_y=True, alt=f"Share of pairs ordered alike: {said}.",
    )  # fmt: skip


def _systems(ratings: Ratings, chosen: Sequence[Metric], suite: str) -> Table:
    """Return what experts and metrics (the signals left out) say of each system, best first in the experts' eyes."""
    import numpy as np

    whole = np.ones((1, len(ratings.segments)))
    shown = [metric for metric in chosen if not metric.name.startswith("signal.")]
    numbers = [metric.of_systems(whole)[0] for metric in shown]
    means = [sum(row) / len(row) for row in ratings.penalties]
    rows = []
    for place in sorted(range(len(means)), key=lambda place: (means[place], ratings.systems[place])):
        cells = [Cell(text=decimal(means[place], 2), value=means[place])]
        for own in numbers:
            value = float(own[place]) if place < len(own) else None
            digits = 1 if value is not None and value > 1 else 3
            cells.append(Cell(text=decimal(value, digits), value=value, tone="" if value is not None else "muted"))
        rows.append((Cell(text=ratings.systems[place]), *cells))
    return Table(
        id=f"meta-systems-{suite}", title="What is said of each system", rows=tuple(rows),
        columns=(
            Column(title="system", align="text"), Column(title="experts' penalty", hint="a text, less is better"),
            *(Column(title=metric.title) for metric in shown),
        ),
    )  # fmt: skip
