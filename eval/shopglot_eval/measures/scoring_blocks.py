"""The score's tables and plots: what `scoring` measured, for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shopglot_eval.measures.calibrating import Calibration, bins_of
from shopglot_eval.measures.cells import Link, count, place_id, show
from shopglot_eval.measures.overlap import WEAK
from shopglot_eval.records import Answers, Figure
from shopglot_eval.reporting.document import Block, Cell, Column, Plot, Point, Series, Table, Text
from shopglot_eval.reporting.numbers import decimal, share

Field = tuple[float, float | None, float | None]  # mean score, and its interval

RANKS = ("score.auroc", "score.auroc.machine", "score.kendall", "score.pearson")
KEEPS = ("score.ece", "score.brier-skill", "score.bias")
FAR = "where score and reviewers disagree most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A system some of whose scored texts were judged, with the figures."""

    answers: Answers
    calibration: Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A system some of whose scored texts have references, with the figures."""

    answers: Answers
    texts: int
    figures: Mapping[str, Figure]


def show_judged(judged: Sequence[Judged], item: Figure, link: Link) -> list[Block]:
    """Return what there is to see of scores and judgements."""
    ranks, keeps = [], []
    for one in judged:
        texts, figures = one.calibration.texts, one.calibration.figures
        bad = [row.pair.example.id for row in texts if not row.good]
        good = (len(texts) - len(bad)) / len(texts)
        ranks.append((
            Cell(text=one.answers.system), Cell(text=f"{len(texts):,}", value=float(len(texts))),
            replace(count(bad, link, title="judged bad"), text=share(good), value=good),
            *(show(figures[name], link, title=FAR) for name in RANKS),
        ))  # fmt: skip
        keeps.append((Cell(text=one.answers.system), *(show(figures[name], link, title=FAR) for name in KEEPS)))
    order = Table(
        id=_id("score-judged", judged), title="Does it rank?", rows=tuple(ranks), note=_left_out(judged),
        columns=_columns("system", "texts judged", "good", "AUROC", "AUROC, model's own", "Kendall", "Pearson"),
    )  # fmt: skip
    promise = Table(
        id=_id("score-calibration", judged), title="Does it keep its word?", rows=tuple(keeps), note=_chance(judged),
        columns=_columns("system", "calibration error", "Brier skill", "mean score less share of good"),
    )  # fmt: skip
    return [order, *_item(item, len(judged)), promise, _reliability(judged), _bins(judged, link)]


def show_overlap(compared: Sequence[Overlap], item: Figure, link: Link) -> list[Block]:
    """Return what there is to see of scores and references."""
    rows = [
        (
            Cell(text=one.answers.system), Cell(text=f"{one.texts:,}", value=float(one.texts)),
            show(one.figures["score.chrf.kendall"], link), show(one.figures["score.chrf.pearson"], link),
        )
        for one in compared
    ]  # fmt: skip
    table = Table(
        id=_id("score-overlap", compared), title="Score against chrF with references", rows=tuple(rows),
        columns=_columns("system", "texts", "Kendall", "Pearson"),
        note=f"Of texts that a model wrote, with references; 95% intervals by bootstrap over listings. {WEAK}",
    )  # fmt: skip
    return [table, *_item(item, len(compared))]


def show_fields(fields: Sequence[tuple[Answers, Mapping[str, Field]]]) -> Plot:
    """Return the plot of mean scores by kind of field; all kinds are shown at the same place for each system."""
    names = sorted({name for _, own in fields for name in own})
    series = tuple(
        Series(
            name=answers.system,
            points=tuple(
                Point(x=float(names.index(name)), y=mean, low=low, high=high, label=name)
                for name, (mean, low, high) in own.items()
            ),
        )
        for answers, own in fields
    )
    means = sorted((own[name][0], f"{name} of {answers.system}") for answers, own in fields for name in own)
    (low, lowest), (high, highest) = means[0], means[-1]
    return Plot(
        id=place_id("score-fields", [fields[0][0]]), title="Score by field", kind="bars", series=series,
        x_title="field", y_title="mean score", y_range=(0.0, 1.0), percent_y=True,
        note="95% intervals by bootstrap over listings.",
        alt=f"Mean score by kind of field, from {share(low)} ({lowest}) to {share(high)} ({highest}).",
    )  # fmt: skip


def _id(kind: str, systems: Sequence[Judged | Overlap]) -> str:
    return place_id(kind, [one.answers for one in systems])


def _columns(first: str, *others: str) -> tuple[Column, ...]:
    return (Column(title=first, align="text"), *(Column(title=title) for title in others))


def _left_out(judged: Sequence[Judged]) -> str:
    left = [(one.answers.system, len(one.answers.pairs) - len(one.calibration.texts)) for one in judged]
    rest = ", ".join(f"{system} {missing:,}" for system, missing in left if missing)
    why = f" Left out are texts that nobody judged, that have no score or were learned from: {rest}." if rest else ""
    signatures = sorted({str(row.pair.output.signature) for one in judged for row in one.calibration.texts})
    return f"95% intervals by bootstrap over listings. Scores are of {', '.join(signatures)}.{why}"


def _chance(judged: Sequence[Judged]) -> str:
    chance = "; ".join(f"{one.answers.system}: {one.calibration.figures['score.ece'].note}" for one in judged)
    return f"95% intervals by bootstrap over listings. Calibration error by chance alone: {chance}."


def _item(item: Figure, systems: int) -> list[Block]:
    if item.value is None:
        return [Text(text=f"Item-level Kendall is missing: {item.note}.", tone="muted")] if systems > 1 else []
    bounds = "" if item.low is None else f" ({decimal(item.low)} to {decimal(item.high)})"
    text = f"Item-level Kendall, the order of rival texts of one source: {decimal(item.value)}{bounds}"
    return [Text(text=f"{text} over {item.count:,} sources with texts of different worth.")]


def _reliability(judged: Sequence[Judged]) -> Plot:
    series = tuple(
        Series(
            name=one.answers.system,
            points=tuple(
                Point(x=row.predicted, y=row.observed, low=row.low, high=row.high) for row in one.calibration.bins
            ),
        )
        for one in judged
    )
    return Plot(
        id=_id("score-reliability", judged), title="Reliability", kind="points", series=series, x_title="mean score",
        y_title="share that reviewers would publish", x_range=(0.0, 1.0), y_range=(0.0, 1.0), percent_x=True,
        percent_y=True, diagonal=True,
        alt=f"Share of good texts by score, in bins of equal count. {'; '.join(map(_farthest, judged))}.",
        note="Bars are 95% Clopper-Pearson intervals. On the diagonal the score keeps its word; below it, it promises "
        "too much.",
    )  # fmt: skip


def _farthest(one: Judged) -> str:
    row = max(one.calibration.bins, key=lambda row: abs(row.observed - row.predicted))
    return f"{one.answers.system} is farthest off at {share(row.predicted)}, where {share(row.observed)} are good"


def _bins(judged: Sequence[Judged], link: Link) -> Table:
    rows = []
    for one in judged:
        texts_of = bins_of(one.calibration.texts, one.calibration.bins)
        for row, texts in zip(one.calibration.bins, texts_of, strict=True):
            high = row.predicted >= 0.5
            odd = [text.pair.example.id for text in texts if text.good != high]
            observed = f"{share(row.observed)} ({share(row.low)} to {share(row.high)})"
            rows.append((
                Cell(text=one.answers.system), Cell(text=share(row.predicted), value=row.predicted),
                Cell(text=observed, value=row.observed, low=row.low, high=row.high),
                Cell(text=f"{row.count:,}", value=float(row.count)),
                count(odd, link, title="bad ones" if high else "good ones"),
            ))  # fmt: skip
    return Table(
        id=_id("score-bins", judged), title="Reliability by score", rows=tuple(rows),
        columns=_columns("system", "mean score", "would be published", "texts", "that say otherwise"),
        note="Those that say otherwise: bad texts where the score is above one half, good ones below.",
    )  # fmt: skip
