"""The gate's tables and plots: what `gate` measured, for readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from shopglot.market import Market
from shopglot_eval.measures.cells import MOST_TEXTS, Link, count, place_id
from shopglot_eval.measures.gate_cases import Case, bounds, coverage_risk, highest
from shopglot_eval.records import Answers
from shopglot_eval.reporting.document import Block, Cell, Column, Plot, Point, Series, Table, Text
from shopglot_eval.reporting.numbers import decimal, share

CUTOFFS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
VERDICTS = ("publish", "review", "reject")
MOST_GROUPS = 20
READABLE = 0.1  # coverage from which on the band has to fit into the plot: of the first few, nothing is known
MOST_REASONS = 30  # of a system
SHUT = frozenset({"gate.closed", "gate.uncalibrated"})  # these hold every text, and would hide what else does


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A system's answers as cases: pages, or texts."""

    answers: Answers
    cases: Sequence[Case]

    @property
    def judged(self) -> list[Case]:
        """The cases all of which was judged."""
        return [case for case in self.cases if case.good is not None]


def show_level(levels: Sequence[Level], unit: str, market: Market | None, link: Link) -> list[Block]:
    """Return what there is to see of pages, or of texts: curve, cut-offs, verdicts."""
    judged = [level for level in levels if level.judged]
    scored = [level for level in judged if any(case.score is not None for case in level.judged)]
    blocks: list[Block] = []
    if scored:
        blocks += [_curve(scored, unit, market), _cutoffs(scored, unit, market, link)]
    if any(case.verdict for level in levels for case in level.cases):
        blocks.append(_verdicts(levels, unit, link))
    return blocks


def show_reasons(texts: Sequence[Level], listings: Sequence[Level], link: Link) -> Table:
    """Return why texts are held, and how often in vain: by reason, with those that nothing else holds."""
    rows = []
    dropped = 0
    for level, pages in zip(texts, listings, strict=True):
        held = [case for case in level.cases if case.verdict not in ("publish", None)]
        counted = Counter(reason for case in held for reason in case.reasons)
        dropped += max(0, len(counted) - MOST_REASONS)
        for reason, total in sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:MOST_REASONS]:
            own = [case for case in held if reason in case.reasons]
            alone = [case for case in own if _alone(case, reason)]
            page = [case for case in pages.cases if _alone(case, reason)]
            rows.append((
                Cell(text=level.answers.system), Cell(text=reason),
                count(_examples(own), link, title=f"held: {reason}", total=total), _vain(own, link),
                count(_examples(alone), link, title=f"held by {reason} alone", total=len(alone)), _vain(alone, link),
                Cell(text=f"{len(page):,}", value=float(len(page))), _vain(page, link),
            ))  # fmt: skip
    return Table(
        id=_id("gate-reasons", texts), title="Why texts are held", rows=tuple(rows),
        columns=(
            Column(title="system", align="text"), Column(title="reason", align="text"), Column(title="texts held"),
            Column(title="good among them", hint="of those that were judged"),
            Column(title="by this alone", hint="nothing else holds these texts, but for a gate that holds all"),
            Column(title="good among these"),
            Column(title="pages by this alone", hint="nothing else holds these pages, but for a gate that holds all"),
            Column(title="good among those"),
        ),
        note="Good ones are held in vain. Shares are of what was judged; what a rule stops may well be a good text."
        + (f" {dropped:,} rarer reasons are left out." if dropped else ""),
    )  # fmt: skip


def show_passed(texts: Sequence[Level], link: Link) -> list[Block]:
    """Return where the bad texts come from that the gate lets through: by who wrote them and the kind of field."""
    rows = []
    for level in texts:
        pairs = level.answers.by_id()
        groups: dict[tuple[str, str], list[Case]] = {}
        for case in level.judged:
            if case.verdict == "publish":
                pair = pairs[case.examples[0]]
                groups.setdefault((pair.output.origin, pair.example.field), []).append(case)
        worst = sorted(groups.items(), key=lambda row: (-sum(not case.good for case in row[1]), row[0]))
        for (origin, field), own in worst[:MOST_GROUPS]:
            if wrong := sorted((case for case in own if not case.good), key=lambda case: -(case.score or 0.0)):
                rows.append((
                    Cell(text=level.answers.system), Cell(text=origin), Cell(text=field),
                    Cell(text=f"{len(own):,}", value=float(len(own))),
                    count(_examples(wrong), link, title=f"bad and published: {field}", total=len(wrong)),
                    _ratio(wrong, own),
                    Cell(text=decimal(wrong[0].score, 3), value=wrong[0].score),
                ))  # fmt: skip
    if not rows:
        judged = any(case.verdict for level in texts for case in level.judged)
        return [Text(text="No text that was judged bad is published.", tone="good")] if judged else []
    titles = ("texts published and judged", "bad", "share", "highest score of a bad one")
    columns = (
        *(Column(title=title, align="text") for title in ("system", "written by", "field")),
        *(Column(title=title) for title in titles),
    )
    note = "No finding holds these texts and their score passes, whatever becomes of the rest of their page."
    return [
        Table(id=_id("gate-passed", texts), title="Bad texts that pass", columns=columns, rows=tuple(rows), note=note)
    ]


def _curve(levels: Sequence[Level], unit: str, market: Market | None) -> Plot:
    series, said, top = [], [], market.risk if market and unit == "listings" else 0.0
    for level in levels:
        steps = coverage_risk(level.judged)
        steps = coverage_risk(level.judged)
        top = max([top, *(one.high for one in steps if one.coverage >= READABLE)])
        points = [
            Point(x=one.coverage, y=one.risk, low=one.low, high=one.high, label=f"cut-off {one.cutoff:.3f}")
            for one in steps
        ]
        if points:
            series.append(Series(name=level.answers.system, points=tuple(points)))
            said.append(f"{level.answers.system} reaches {share(points[-1].x)} with {share(points[-1].y)} bad")
    if market and unit == "listings":
        ends = (Point(x=0.0, y=market.risk), Point(x=1.0, y=market.risk))
        series.append(Series(name=f"promise of {market.name}", points=ends))
    return Plot(
        id=_id(f"gate-risk-{unit}", levels), title=f"Coverage and risk, {_name(unit)}", kind="line",
        series=tuple(series),
        x_title=f"{_name(unit)} published", y_title="bad among them", x_range=(0.0, 1.0),
        y_range=(0.0, min(1.0, ceil(top * 10) / 10 or 1.0)), percent_x=True, percent_y=True,
        alt=f"Bad among the {_name(unit)} published, as the cut-off falls: {'; '.join(said) or 'none passes'}.",
        note="95% Clopper-Pearson band, a cut-off at a time. What findings hold is never published, so that a curve "
        "ends before full coverage.",
    )  # fmt: skip


def _cutoffs(levels: Sequence[Level], unit: str, market: Market | None, link: Link) -> Table:
    rows = []
    for level in levels:
        known = [case for case in level.judged if case.score is not None]
        for name, cutoff in _named(level, market):
            published = [case for case in known if (case.score or 0.0) >= cutoff]
            rows.append((
                Cell(text=level.answers.system), Cell(text=name, value=cutoff),
                *_published(published, known, link, name), _kept(published, market, unit),
            ))  # fmt: skip
        decided = [case for case in level.judged if case.verdict is not None]
        if decided:
            published = [case for case in decided if case.verdict == "publish"]
            rows.append((
                Cell(text=level.answers.system), Cell(text="as decided", value=1.0),
                *_published(published, decided, link, "decided"), _kept(published, market, unit),
            ))  # fmt: skip
    kept = Column(title="risk at most", hint="upper bound with the confidence of the promise")
    titles = ("cut-off", "published", "bad among them", "precision", "recall")
    return Table(
        id=_id(f"gate-cutoffs-{unit}", levels), title=f"Cut-offs, {_name(unit)}", rows=tuple(rows),
        columns=(Column(title="system", align="text"), *(Column(title=title) for title in titles), kept),
        note=f"Precision: good among the {_name(unit)} published. Recall: published among the good. Of what was judged "
        f"in whole; what findings hold is held at every cut-off. As decided: by the verdicts themselves.",
    )  # fmt: skip


def _published(published: Sequence[Case], known: Sequence[Case], link: Link, name: str) -> tuple[Cell, ...]:
    """Return the cells of what is published of some judged cases: how much, how many bad ones, precision, recall."""
    coverage = len(published) / len(known) if known else 0.0
    right = [case for case in published if case.good]
    return (
        Cell(text=f"{share(coverage)} ({len(published):,})", value=coverage),
        count(_wrong(published), link, title=f"bad and published, {name}", total=len(published) - len(right)),
        _ratio(right, published), _ratio(right, [case for case in known if case.good]),
    )  # fmt: skip


def _named(level: Level, market: Market | None) -> list[tuple[str, float]]:
    found = [(f"{cutoff:.3f}", cutoff) for cutoff in CUTOFFS]
    if market:
        found.append((f"{market.cutoff:.3f} (plain)", market.cutoff))
        signatures = {pair.output.signature for pair in level.answers.pairs}
        if market.gate and market.gate.cutoff is not None and market.gate.signature in signatures:
            found.append((f"{market.gate.cutoff:.3f} (fitted)", market.gate.cutoff))
    return sorted(found, key=lambda row: row[1])


def _verdicts(levels: Sequence[Level], unit: str, link: Link) -> Table:
    rows = []
    for level in levels:
        for verdict in VERDICTS:
            own = [case for case in level.cases if case.verdict == verdict]
            good, bad = [case for case in own if case.good], [case for case in own if case.good is False]
            rest = len(own) - len(good) - len(bad)
            rows.append((
                Cell(text=level.answers.system), Cell(text=verdict),
                Cell(text=f"{len(own):,}", value=float(len(own))),
                count(_examples(good), link, title=f"{verdict}: judged good", total=len(good)),
                count(_wrong(bad), link, title=f"{verdict}: judged bad", total=len(bad)),
                Cell(text=f"{rest:,}", value=float(rest)),
            ))  # fmt: skip
    columns = (
        Column(title="system", align="text"), Column(title="verdict", align="text"),
        *(Column(title=title) for title in (_name(unit), "judged good", "judged bad", "not judged in whole")),
    )  # fmt: skip
    return Table(
        id=_id(f"gate-verdicts-{unit}", levels), title=f"Verdicts, {_name(unit)}", columns=columns, rows=tuple(rows)
    )


def _alone(case: Case, reason: str) -> bool:
    return reason in case.reasons and not set(case.reasons) - SHUT - {reason}


def _vain(cases: Sequence[Case], link: Link) -> Cell:
    judged = [case for case in cases if case.good is not None]
    good = [case for case in judged if case.good]
    cell = _ratio(good, judged)
    texts = _examples(good)
    return Cell(
        text=cell.text, value=cell.value, low=cell.low, high=cell.high, tone=cell.tone, hint=cell.hint,
        texts=tuple(map(link, texts)), texts_title="held in vain" if texts else "",
    )  # fmt: skip


def _ratio(some: Sequence[Case], everything: Sequence[Case]) -> Cell:
    if not everything:
        return Cell(text="–", tone="muted")
    chosen = set(map(id, some))
    low, high = bounds([id(case) in chosen for case in everything], [case.listing for case in everything])
    value = len(some) / len(everything)
    text, hint = f"{share(value)} ({share(low)} to {share(high)})", f"{len(some):,} of {len(everything):,}"
    return Cell(text=text, value=value, low=low, high=high, hint=hint)


def _kept(published: Sequence[Case], market: Market | None, unit: str) -> Cell:
    """Return the bound that the promise speaks of; only pages can keep or break it."""
    if not published or not market:
        return Cell(text="–", tone="muted")
    bound = highest([not case.good for case in published], [case.listing for case in published], market.confidence)
    if unit != "listings":
        return Cell(text=share(bound), value=bound)
    kept = bound <= market.risk
    hint = f"the promise is {market.risk:.0%}"
    return Cell(text=share(bound), value=bound, tone="good" if kept else "bad", hint=hint)


def _examples(cases: Sequence[Case]) -> list[str]:
    return [text for case in cases for text in case.examples][:MOST_TEXTS]


def _wrong(cases: Sequence[Case]) -> list[str]:
    return [text for case in cases for text in case.wrong]


def _id(kind: str, levels: Sequence[Level]) -> str:
    return place_id(kind, [level.answers for level in levels])


def _name(unit: str) -> str:
    return "pages" if unit == "listings" else "texts"
