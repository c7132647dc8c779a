"""What a glossary does: the same texts translated without terms, with the proper ones, and with random ones.

As in the terminology task of WMT; see `terms.control` for what the random terms are and why. All modes are
measured by the proper terms, those that the market's glossary finds in the source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import sqrt
from typing import Literal

from shopglot.errors import UsageError
from shopglot_eval.measures import cells
from shopglot_eval.measures.fidelity import Names
from shopglot_eval.measures.shares import CONFIDENCE, cluster_of
from shopglot_eval.measures.terms import Consistency, Terms, glossary_terms, missing_terms
from shopglot_eval.records import Answers, Figure, Measured, Pair, Place
from shopglot_eval.reporting.document import Cell, Column, Section, Table, block_id

Mode = Literal["none", "proper", "random"]
TITLES: Mapping[Mode, str] = {"none": "No glossary", "proper": "Glossary", "random": "Random terms"}


def report_modes(answers: Mapping[Mode, Answers], link: cells.Link = str) -> tuple[Section, list[Measured]]:
    """Return the section on the modes, and how far each is from `none`: `terms.gain`, at the place of its system.

    Raises `UsageError` where `none` is absent, or the modes answer other texts.
    """
    none = answers.get("none")
    if none is None:
        raise UsageError("the modes of a glossary are compared with mode 'none', and there are no answers of it.")
    measures = (Terms(), Names(), Consistency())
    measured: list[Measured] = []
    rows = []
    for mode in (mode for mode in TITLES if mode in answers):
        own = answers[mode]
        row = [Cell(text=TITLES[mode], hint=own.system)]
        row += [cells.show(measure.measure(own.pairs), link, title=measure.title) for measure in measures]
        gain = measure_gain(none, own) if mode != "none" else None
        row.append(_gain_cell(gain, link) if gain else Cell(text="", hint="what the others are compared with"))
        rows.append(tuple(row))
        if gain:
            measured.append(Measured(place=Place(suite=own.suite, market=own.market, system=own.system), figure=gain))
    columns = (
        Column(title="Mode", align="text"), *(Column(title=measure.title) for measure in measures),
        Column(title="Terms gained", hint="against no glossary, over the same terms of the same texts"),
    )  # fmt: skip
    system = answers.get("proper", none).system
    name = block_id("modes", none.suite, none.market, system)
    table = Table(
        id=f"{name}-table", title=f"{system}: {', '.join(TITLES[mode].lower() for mode in TITLES if mode in answers)}",
        columns=columns, rows=tuple(rows),
    )  # fmt: skip
    title = f"What the glossary does: {none.suite}, {none.market}, {system}"
    return Section(id=name, title=title, lead=_lead(measured), blocks=(table,)), measured


def measure_gain(none: Answers, other: Answers) -> Figure:
    """Return how much larger the share of right terms is than in mode `none`, with its interval.

    Both are measured by the same terms of the same texts, so that the difference is a mean of paired ones; its interval
    is Student's with the variance that is robust to clusters (see `slices.bound_mean`). Against are the texts that lose
    terms, most first. Raises `UsageError` where the two do not answer the same texts.
    """
    if [pair.example.id for pair in none.pairs] != [pair.example.id for pair in other.pairs]:
        raise UsageError(f"'{none.system}' and '{other.system}' do not answer the same texts of '{none.suite}'.")
    total, clusters, lost = 0, defaultdict[str, list[int]](lambda: [0, 0]), list[tuple[int, str]]()
    for before, after in zip(none.pairs, other.pairs, strict=True):
        terms = len(glossary_terms(before.example))
        gained = _missing(before) - _missing(after)
        total += terms
        sums = clusters[cluster_of(before.example)]
        sums[0] += gained
        sums[1] += terms
        if gained < 0:
            lost.append((gained, before.example.id))
    if not total:
        return Figure(measure="terms.gain", value=None, unit="terms", note="no text has a term of the glossary")
    mean = sum(gained for gained, _ in clusters.values()) / total
    counted = [(gained, terms) for gained, terms in clusters.values() if terms]
    half = _half(counted, mean, total)
    return Figure(
        measure="terms.gain", value=mean, low=None if half is None else max(-1.0, mean - half),
        high=None if half is None else min(1.0, mean + half), count=total, unit="terms",
        note=f"against '{none.system}'", against=tuple(name for _, name in sorted(lost, key=lambda one: one[0])),
    )  # fmt: skip


def _half(clusters: list[tuple[int, int]], mean: float, total: int) -> float | None:
    count = len(clusters)
    if count < 2:
        return None
    from scipy.special import stdtrit

    scatter = sum((gained - mean * terms) ** 2 for gained, terms in clusters)
    return float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * sqrt(scatter * count / (count - 1)) / total


def _missing(pair: Pair) -> int:
    return len(missing_terms(pair.example, pair.output.target))


def _gain_cell(gain: Figure, link: cells.Link) -> Cell:
    shown = cells.show(gain, link, title="Texts that lose terms")
    if gain.value is None:
        return shown
    text = f"{gain.value:+.1%}"
    if gain.low is not None and gain.high is not None:
        text += f" ({gain.low:+.1%} to {gain.high:+.1%})"
    return Cell(
        text=text, value=gain.value, low=gain.low, high=gain.high, hint=gain.note, texts=shown.texts,
        texts_title=shown.texts_title,
    )  # fmt: skip


def _lead(measured: list[Measured]) -> str:
    sure = [one.figure for one in measured if one.figure.value is not None and one.figure.low is not None]
    if not sure:
        return "How many of the glossary's terms each mode has right; nothing could be compared with no glossary."
    first = sure[0]
    clear = first.low is not None and first.high is not None and not first.low <= 0 <= first.high
    word = "changes" if clear else "does not clearly change"
    return f"`{measured[0].place.system}` {word} the share of right terms: {first.value:+.1%} against no glossary."
