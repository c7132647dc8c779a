"""What people said: the audit and its promise, the translators' work, terms, rules, candidates for the glossary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from shopglot.store.desk.figures import Group, Share, Tally
from shopglot_eval.nightly.cells import NOTHING, decimal, links, number, share, table, word
from shopglot_eval.nightly.passages import shown
from shopglot_eval.nightly.records import Nightly, Promise
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Block, Cell, Plot, Point, Section, Series, Shown, Text

TERMS = 25
RULES = 25
CANDIDATES = 40


def promise(nightly: Nightly) -> Section:
    """Return the audit's estimate of the true share of bad pages, and whether the promise is kept."""
    rows = [_promise_row(one) for one in nightly.promises]
    columns = "=market|=gate|drawn|judged|bad|true share, 95%|promised|others drawn|drawn tonight|of them judged"
    note = (
        "Pages are drawn at random from what is published, whatever their score. A page is bad where a reviewer would "
        "not have published a text of it unedited. The interval is that of Clopper and Pearson."
    )
    blocks: list[Block] = [Text(text=one.alarm, tone="bad") for one in nightly.promises if one.alarm]
    blocks.append(table("audit", "The audit of what is published", columns, rows, note=note))
    points = tuple(
        Point(
            x=at, y=one.sample.rate, label=one.market, low=one.bounds[0] if one.bounds else None,
            high=one.bounds[1] if one.bounds else None,
        )
        for at, one in enumerate(nightly.promises)
        if one.sample.rate is not None
    )  # fmt: skip
    if points:
        promised = tuple(
            Point(x=at, y=one.gate.risk, label=one.market)
            for at, one in enumerate(nightly.promises)
            if one.gate is not None
        )
        series = [Series(name="audited", points=points)]
        series += [Series(name="promised at most", points=promised)] if promised else []
        blocks.append(
            Plot(
                id="audit-rates", title="Bad pages among the published", kind="points", series=tuple(series),
                x_title="market", y_title="share of bad pages", percent_y=True,
                alt="The share of bad pages that the audit found in each market with its 95% interval: "
                + ", ".join(f"{point.label} {numbers.share(point.y)}" for point in points) + ".",
            )
        )  # fmt: skip
    refused = tuple(one for own in nightly.promises for one in shown(nightly, own.refused))
    if refused:
        blocks.append(Shown(id="audit-texts", title="Published texts that reviewers refused", passages=refused))
    broken = [one.market for one in nightly.promises if one.alarm]
    judged = sum(one.sample.judged for one in nightly.promises)
    lead = f"{judged:,} audited pages are judged." if judged else "No audited page is judged yet: nothing is known."
    if broken:
        lead = f"The promise is broken in {', '.join(broken)}. {lead}"
    return Section(id="promise", title="The true error rate", lead=lead, blocks=tuple(blocks))


def _promise_row(one: Promise) -> tuple[Cell, ...]:
    sample = one.sample
    rate = NOTHING
    if sample.rate is not None and one.bounds is not None:
        low, high = one.bounds
        rate = Cell(
            text=numbers.share(sample.rate), value=sample.rate, low=low, high=high, tone="bad" if one.alarm else "",
            hint=f"{numbers.share(low)} to {numbers.share(high)}",
        )  # fmt: skip
    return (
        word(one.market), word(one.state), number(sample.drawn), number(sample.judged), number(sample.bad), rate,
        NOTHING if one.gate is None else Cell(text=f"{one.gate.risk:.0%}", value=one.gate.risk), number(one.others),
        number(one.tonight.drawn), number(one.tonight.judged),
    )  # fmt: skip


def translators(nightly: Nightly) -> Section:
    """Return how people's work went; nobody is named."""
    desk = nightly.desk
    period = f"{desk.period.since} to {desk.period.until}"
    blocks: list[Block] = []
    if desk.total.decided:
        columns = "=of|decisions|approved unedited|edited|refused|median seconds|90th percentile|hours"
        rows = [_tally_row("all", desk.total), _tally_row("the 28 days before", desk.before)]
        rows += [_tally_row(one.name, one.tally) for one in desk.markets]
        blocks.append(table("desk", f"Decisions from {period}", columns, rows))
        for name, title, groups in (("fields", "By field", desk.fields), ("models", "By model", desk.models)):
            blocks.append(table(f"desk-{name}", title, columns, _groups(groups)))
        weeks = [week for week in desk.weeks if week.tally.decided]
        if len(weeks) > 1:
            blocks.append(_weeks([(week.name, week.tally) for week in weeks]))
        approved, edited, refused = (
            numbers.share(one.rate or 0) for one in (desk.total.approval, desk.total.edit, desk.total.rejection)
        )
        lead = (
            f"{desk.total.decided:,} decisions from {period}: {approved} approved as they stood, {edited} edited, "
            f"{refused} refused."
        )
    else:
        lead = f"Nobody decided anything from {period}."
    return Section(id="people", title="Translators' verdicts", lead=lead, blocks=tuple(blocks))


def _groups(groups: Sequence[Group]) -> Iterator[tuple[Cell, ...]]:
    for one in groups:
        yield _tally_row(one.name, one.tally)


def _tally_row(name: str, tally: Tally) -> tuple[Cell, ...]:
    return (
        word(name), number(tally.decided), *(_share(one) for one in (tally.approval, tally.edit, tally.rejection)),
        decimal(tally.median, digits=0), decimal(tally.ninth, digits=0),
        decimal(tally.seconds / 3600 if tally.timed else None, digits=1),
    )  # fmt: skip


def _share(one: Share) -> Cell:
    return share(one.count, one.of, bounds=True)


def _weeks(weeks: Sequence[tuple[str, Tally]]) -> Plot:
    series = [
        Series(
            name=name,
            points=tuple(
                Point(x=at, y=one.rate or 0.0, low=one.interval[0], high=one.interval[1], label=week)
                for at, (week, one) in enumerate(found)
            ),
        )
        for name, found in (
            ("approved unedited", [(week, tally.approval) for week, tally in weeks]),
            ("edited", [(week, tally.edit) for week, tally in weeks]),
        )
    ]
    return Plot(
        id="desk-weeks", title="Decisions by week", kind="line", series=tuple(series), x_title="week",
        y_title="share of decisions", percent_y=True, y_range=(0.0, 1.0),
        alt="The share of held texts that people approved as they stood, and that they edited, week by week.",
    )  # fmt: skip


def words(nightly: Nightly) -> Section:
    """Return terms that are missed, rules that are set aside, and candidates for the glossary."""
    blocks = [*_candidates(nightly), *_terms(nightly), *_rules(nightly)]
    new = [one for one in nightly.candidates if not one.known]
    known = len(nightly.candidates) - len(new)
    lead = (
        f"{len(new)} candidates for the glossary in {nightly.edits:,} edited texts"
        + (f", {known} terms of the glossary that people render in another way" if known else "")
        + f"; {len(nightly.terms)} terms are missing somewhere tonight."
    )
    return Section(id="words", title="Terms, rules and candidates for the glossary", lead=lead, blocks=tuple(blocks))


def _candidates(nightly: Nightly) -> Iterator[Block]:
    if not nightly.candidates:
        return
    rows = [
        (
            word(one.source, texts=links(one.market, one.texts), title=f"{word(one.source).text}, {one.market}"),
            word(one.market), word(one.machine), word(one.human), number(one.pages), number(one.kept),
            word(one.known or "–", tone="muted"), word(", ".join(one.fields[:3])),
        )
        for one in nightly.candidates[:CANDIDATES]
    ]  # fmt: skip
    yield table(
        "candidates", "Candidates for the glossary",
        "=source|=market|=the machine says|=people write|pages|other pages left so|=glossary has|=fields", rows,
        note="Words whose rendering people change the same way on three pages and more. A row that the glossary has "
        "already is a term that the machine missed, or one that people see otherwise.",
    )  # fmt: skip


def _terms(nightly: Nightly) -> Iterator[Block]:
    read = {one.market: one.read for one in nightly.drift}
    for market in nightly.markets:
        own = [one for one in nightly.terms if one.market == market]
        if own:
            rows = [
                (
                    word(one.source, texts=links(market, one.texts), title=f"{word(one.source).text} is missing"),
                    word(one.target), number(one.pages), number(one.count),
                )
                for one in own[:TERMS]
            ]  # fmt: skip
            left = f" {len(own) - TERMS:,} more are rarer." if len(own) > TERMS else ""
            note = f"In {read.get(market, 0):,} texts that were read.{left}"
            columns = "=term|=should be|pages|texts"
            yield table(f"terms-{market}", f"Terms most missed: {market}", columns, rows, note=note)


def _rules(nightly: Nightly) -> Iterator[Block]:
    aside: Counter[str] = Counter()
    why: dict[str, Counter[str]] = {}
    for (_, finding, reason), count in nightly.dismissed.items():
        aside[finding] += count
        why.setdefault(finding, Counter())[reason] += count
    alarms = {one.name: one.alarms for one in nightly.desk.rules}
    names = sorted(
        set(aside) | {name for name, one in alarms.items() if one.count},
        key=lambda name: (-aside[name], -(alarms[name].count if name in alarms else 0), name),
    )
    if names:
        rows = [
            (
                word(name), number(aside[name]),
                _share(alarms[name]) if name in alarms else NOTHING,
                word(_ranked(why.get(name, Counter())) or "–"),
            )
            for name in names[:RULES]
        ]  # fmt: skip
        yield table(
            "rules", "Rules and checks most dismissed", "=rule or check|set aside|held in vain|=why", rows,
            note="Held in vain: of the decided texts that it held, those approved as they stood or set aside as a "
            "false alarm, as meant so or as fine here.",
        )  # fmt: skip


def _ranked(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common(3))
