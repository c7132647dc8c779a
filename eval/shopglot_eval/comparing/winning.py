"""Which of two systems has the better text, how often, and where: wins, ties and losses by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopglot_eval.comparing.flips import adjusted, interval
from shopglot_eval.records import Better, Dimension, Figure, Form, Measure, Pair
from shopglot_eval.reporting.document import Cell, Column, Plot, Point, Series, Table, Tone, passage_id
from shopglot_eval.reporting.numbers import bounded, gap, in_points, probability

LEAST = 10  # texts of a slice: of fewer, nothing is said
MOST = 14  # bars of a plot
BEHIND = 50  # texts behind a cell
ALPHA = 0.05
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """The product's own quality score, as a measure: what is left to compare texts by where nobody wrote references."""

    name: str = "score"
    title: str = "Quality score"
    better: Better = "higher"
    form: Form = "number"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the mean of the scores that there are."""
        scores = [pair.output.score for pair in pairs if pair.output.score is not None]
        mean = sum(scores) / len(scores) if scores else None
        note = "" if scores else "no text has a score"
        return Figure(measure=self.name, value=mean, count=len(scores), form=self.form, note=note)

    def value(self, pair: Pair) -> float | None:
        """Return the score."""
        return pair.output.score


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """How a system stands against the first in a slice (or in all texts, where there is no dimension).

    `wins` and `losses` are ids of the texts that it has better and worse, the largest difference first; `texts` counts
    all that both have a value of. `gain` is the mean difference of values, above 0 where it is better, with its 95%
    interval over listings (None where they are of one listing). `p` is two-sided and adjusted for all slices.
    """

    dimension: Dimension
    part: str
    texts: int
    wins: tuple[str, ...]
    losses: tuple[str, ...]
    gain: float
    low: float | None
    high: float | None
    p: float

    @property
    def ties(self) -> int:
        """The texts that neither has better."""
        return self.texts - len(self.wins) - len(self.losses)

    @property
    def name(self) -> str:
        """What the slice is called."""
        return f"{self.dimension}: {self.part}" if self.dimension else "all texts"


def gains(measure: Measure, first: Sequence[Pair], second: Sequence[Pair]) -> dict[str, float]:
    """Return by id how much better each text of the second is, for those that the measure has on both sides."""
    sign = -1.0 if measure.better == "lower" else 1.0
    before = {pair.example.id: measure.value(pair) for pair in first}
    found: dict[str, float] = {}
    for pair in second:
        old, new = before.get(pair.example.id), measure.value(pair)
        if old is not None and new is not None:
            found[pair.example.id] = sign * (new - old)
    return found


def wins(
    better: Mapping[str, float], pairs: Sequence[Pair], slices: Mapping[tuple[Dimension, str], Sequence[Pair]]
) -> list[Win]:
    """Return how a system stands in all texts, and in each slice of at least `LEAST` of them, in the slices' order.

    `better` is what `gains` returns, `pairs` are the system's. Every slice is tested by swapping whole listings, all
    slices together (`flips`), both ways.
    """
    import numpy as np

    known = [pair for pair in pairs if pair.example.id in better]
    if not known:
        return []
    drafts: list[tuple[Dimension, str, Sequence[Pair]]] = [("", "", known)]
    for (dimension, part), members in slices.items():
        inside = list({pair.example.id: pair for pair in members if pair.example.id in better}.values())
        if LEAST <= len(inside) <= len(known) - LEAST:  # what nearly all are in is told by the first row
            drafts.append((dimension, part, inside))
    numbers: dict[str, int] = {}
    units = {pair.example.id: numbers.setdefault(_page(pair), len(numbers)) for pair in known}
    sums, sizes = np.zeros((2, len(numbers), len(drafts)))
    for at, (_, _, members) in enumerate(drafts):
        for pair in members:
            sums[units[pair.example.id], at] += better[pair.example.id]
            sizes[units[pair.example.id], at] += 1
    chances = np.minimum(1.0, 2 * np.minimum(adjusted(sums), adjusted(-sums)))
    return [
        _win(dimension, part, inside, better, sums[:, at], sizes[:, at], float(chances[at]))
        for at, (dimension, part, inside) in enumerate(drafts)
    ]


def _win(
    dimension: Dimension, part: str, pairs: Sequence[Pair], better: Mapping[str, float], sums: Any, sizes: Any, p: float
) -> Win:
    members = sizes > 0
    low, high = interval(sums[members], sizes[members]) or (None, None)
    order = sorted((pair.example.id for pair in pairs), key=lambda name: -better[name])
    return Win(
        dimension=dimension, part=part, texts=len(pairs), gain=float(sums.sum() / sizes.sum()), low=low, high=high, p=p,
        wins=tuple(name for name in order if better[name] > _EQUAL),
        losses=tuple(name for name in reversed(order) if better[name] < -_EQUAL),
    )  # fmt: skip


def _page(pair: Pair) -> str:
    return pair.example.listing or f"\0{pair.example.id}"


def table(name: str, system: str, first: str, measure: Measure, rows: Sequence[Win], place: tuple[str, str]) -> Table:
    """Return the table of wins, ties and losses by slice; `place` is the suite and the market."""
    columns = (
        Column(title="Slice", align="text"), Column(title="Texts"), Column(title="Wins"), Column(title="Ties"),
        Column(title="Losses"),
        Column(title="Gain", hint=f"mean difference of {measure.title} of single texts, with its 95% interval"),
        Column(title="p", hint="two-sided, listings swapped, adjusted for all slices of this table"),
    )  # fmt: skip
    return Table(
        id=f"{name}-wins", title=f"{system} against {first}, text by text, by {measure.title}", columns=columns,
        rows=tuple(_row(row, measure.form, system, first, place) for row in rows),
    )  # fmt: skip


def plot(name: str, system: str, first: str, measure: Measure, rows: Sequence[Win]) -> Plot | None:
    """Return the gain of the slices that differ most, by the end of their interval that is nearer to 0.

    None with fewer than two; slices of one listing have no interval and are left out.
    """
    known = [row for row in rows if row.dimension and row.low is not None]
    sliced = sorted(known, key=lambda row: (-max(row.low or 0.0, -(row.high or 0.0)), -abs(row.gain)))[:MOST]
    if len(sliced) < 2:
        return None
    chosen = sorted(sliced, key=lambda row: -row.gain)
    share = measure.form == "share"
    return Plot(
        id=f"{name}-gain", title=f"Where {system} differs most from {first}", kind="bars", x_title="",
        y_title=f"gain in {measure.title}", percent_y=share,
        alt=(
            f"Gain of {system} over {first} in {measure.title} by slice: from {gap(chosen[0].gain, measure.form)} "
            f"({chosen[0].name}) to {gap(chosen[-1].gain, measure.form)} ({chosen[-1].name})."
        ),
        series=(
            Series(
                name=system,
                points=tuple(
                    Point(x=at, y=row.gain, low=row.low, high=row.high, label=row.name) for at, row in enumerate(chosen)
                ),
            ),
        ),
    )  # fmt: skip


def _row(row: Win, form: Form, system: str, first: str, place: tuple[str, str]) -> tuple[Cell, ...]:
    tone: Tone = "" if row.p >= ALPHA else "good" if row.gain > 0 else "bad"
    return (
        Cell(text=row.name),
        Cell(text=f"{row.texts:,}", value=row.texts),
        _texts(row.wins, f"{row.name}: {system} is better than {first}", place),
        Cell(text=f"{row.ties:,}", value=row.ties),
        _texts(row.losses, f"{row.name}: {system} is worse than {first}", place),
        Cell(
            text=bounded(row.gain, row.low, row.high, form), tone=tone, value=in_points(row.gain, form),
            low=in_points(row.low, form), high=in_points(row.high, form),
        ),
        Cell(text=probability(row.p), value=row.p),
    )  # fmt: skip


def _texts(ids: Sequence[str], title: str, place: tuple[str, str]) -> Cell:
    return Cell(
        text=f"{len(ids):,}", value=len(ids), texts=tuple(passage_id(*place, name) for name in ids[:BEHIND]),
        texts_title=title if ids else "",
    )  # fmt: skip
