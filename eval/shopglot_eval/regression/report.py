"""A ruling for people: lines for a terminal, and a section of a report."""

from __future__ import annotations

from collections.abc import Sequence

from shopglot_eval.comparing.passages import passages as side_by_side
from shopglot_eval.records import Answers, Figure, Measured, Place
from shopglot_eval.regression.baseline import Baseline, answers_of
from shopglot_eval.regression.ruling import Change, Ruling
from shopglot_eval.regression.scores import MOVED
from shopglot_eval.reporting.document import (
    Block,
    Cell,
    Column,
    Passage,
    Section,
    Shown,
    Table,
    Text,
    Tone,
    block_id,
    passage_id,
)
from shopglot_eval.reporting.numbers import bounded, in_points, probability, value_of
from shopglot_eval.reporting.texts import visible

SHOWN = 10  # texts that stand open
BEHIND = 50  # texts behind one cell
_COLUMNS = (
    Column(title="Measure", align="text"),
    Column(title="Slice", align="text"),
    Column(title="Baseline"),
    Column(title="Now"),
    Column(title="Difference", hint="mean over the texts, with its 95% interval"),
    Column(title="p", hint="adjusted for every measure and slice that was tested, one-sided"),
    Column(title="Texts"),
    Column(title="Changed"),
    Column(title="Worse"),
)


def describe(ruling: Ruling, *, most: int = 5) -> list[str]:
    """Return the ruling in plain lines: what it says, each named alarm with the ids of its worst texts, the notices.

    What a terminal would obey, and no file could hold, is replaced by a sign.
    """
    head = f"{ruling.suite} ({ruling.market}), {ruling.system}"
    if ruling.passed:
        lines = [f"{head}: not significantly worse than the baseline ({ruling.same} of {ruling.texts} texts the same)"]
    else:
        lines = [f"{head}: significantly worse than the baseline in {_places(ruling)}"]
    for where, alarms in _by_slice(ruling.named).items():
        lines.append(f"  worse in {where}:")
        lines += [f"    {_sentence(alarm)}" for alarm in alarms]
        if alarms[0].worse:
            lines.append(f"    texts: {_some(alarms[0].worse, most)}")
    if others := len(ruling.alarms) - len(ruling.named):
        lines.append(f"  {others} more slice(s) show the same harm; the report has them")
    for notice in ruling.notices:
        lines.append(f"  notice: {notice.message}: {_some(notice.texts, most)}")
    for gain in ruling.gains:
        lines.append(f"  better in {slice_name(gain.place)}: {_sentence(gain)}")
    return [visible(line) for line in lines]


def section(ruling: Ruling) -> Section:
    """Return the section of one ruling. Texts behind its cells are those of `passages`."""
    name = block_id("regression", ruling.suite, ruling.market, ruling.system)
    blocks: list[Block] = []
    for where, alarms in _by_slice(ruling.named).items():
        blocks.append(Text(text=f"Worse in {where}:", items=tuple(map(_sentence, alarms)), tone="bad"))
    if ruling.alarms:
        blocks.append(
            Table(
                id=f"{name}-alarms", title="Significantly worse", columns=_COLUMNS,
                rows=tuple(_row(alarm, ruling, tone="bad") for alarm in ruling.alarms),
                note="Those that say where the harm is come first; the others are how it looks from other slices.",
            )
        )  # fmt: skip
    if ruling.notices:
        blocks.append(_notices(name, ruling))
    if worst := _worst(ruling):
        blocks.append(Shown(id=f"{name}-worst", title="Texts that got worse", passages=worst))
    blocks.append(
        Table(
            id=f"{name}-whole", title="All measures, all texts", columns=_COLUMNS,
            rows=tuple(_row(change, ruling) for change in ruling.whole),
        )
    )  # fmt: skip
    if ruling.verdicts:
        blocks.append(_verdicts(name, ruling))
    blocks.append(Text(text=_method(ruling), tone="muted"))
    title = f"Against the baseline: {ruling.suite}, {ruling.market}, {ruling.system}"
    return Section(id=name, title=title, lead=_lead(ruling), blocks=tuple(blocks))


def passages(baseline: Baseline, answers: Answers, ruling: Ruling) -> dict[str, Passage]:
    """Return the texts that the section of a ruling leads to, with the baseline's translation beside the new one."""
    ids = [name for change in (*ruling.alarms, *ruling.whole, *ruling.gains) for name in change.worse[:BEHIND]]
    ids += [name for notice in ruling.notices for name in notice.texts[:BEHIND]]
    return side_by_side((answers_of(baseline, answers), answers), dict.fromkeys(ids))


def measured(ruling: Ruling) -> list[Measured]:
    """Return the differences as data: every measure over all texts, then every alarm, as `regression.<measure>`."""
    whole = Place(suite=ruling.suite, market=ruling.market, system=ruling.system)
    return [
        Measured(
            place=change.place if change.place.dimension else whole,
            figure=Figure(
                measure=f"regression.{change.measure}", value=change.difference, low=change.low, high=change.high,
                count=change.texts, better=change.better, form=change.form, against=change.worse[:BEHIND],
                note=f"p {change.p:.4f}" if change.p is not None else "not tested",
            ),
        )
        for change in (*ruling.whole, *(alarm for alarm in ruling.alarms if alarm.place.dimension))
    ]  # fmt: skip


def _by_slice(alarms: Sequence[Change]) -> dict[str, list[Change]]:
    """Return alarms by what their slice is called, slices and alarms in their order."""
    found: dict[str, list[Change]] = {}
    for alarm in alarms:
        found.setdefault(slice_name(alarm.place), []).append(alarm)
    return found


def _places(ruling: Ruling) -> str:
    names = list(_by_slice(ruling.named))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _lead(ruling: Ruling) -> str:
    same = f"{ruling.same} of {ruling.texts} translations are the same as in the baseline (“{ruling.note}”)."
    if ruling.passed:
        return f"Nothing is significantly worse than the baseline. {same}"
    return f"Significantly worse in {_places(ruling)}: this change does not pass. {same}"


def _method(ruling: Ruling) -> str:
    return (
        f"{ruling.tested} pairs of measure and slice were tested together by paired randomisation ({ruling.rounds:,} "
        f"swaps, seed {ruling.seed}) with the step-down correction of Westfall and Young; the chance of a false alarm "
        f"in this report is at most {ruling.alpha:.0%}. Pages are randomised, or texts in slices of few pages."
    )


def _sentence(change: Change) -> str:
    sides = f"{value_of(change.before, change.form)} → {value_of(change.after, change.form)}"
    note = f"; {change.note}" if change.note and change.measure == MOVED else ""
    chance = probability(change.p)
    return (
        f"{change.title}: {sides}, per text {bounded(change.difference, change.low, change.high, change.form)}, "
        f"p {chance}, {len(change.worse)} of {change.texts} texts worse{note}"
    )


def slice_name(place: Place) -> str:
    """Return what a slice is called: `category: 美妆/护肤`; all texts where the place names none."""
    return f"{place.dimension}: {place.part}" if place.dimension else "all texts"


def _row(change: Change, ruling: Ruling, *, tone: Tone = "") -> tuple[Cell, ...]:
    texts = tuple(passage_id(ruling.suite, ruling.market, name) for name in change.worse[:BEHIND])
    title = f"{change.title}, {slice_name(change.place)}: worse than the baseline"
    return (
        Cell(text=change.title, hint=change.note),
        Cell(text=slice_name(change.place), tone="" if change.named or not tone else "muted"),
        Cell(text=value_of(change.before, change.form), value=change.before),
        Cell(text=value_of(change.after, change.form), value=change.after),
        Cell(
            text=bounded(change.difference, change.low, change.high, change.form),
            value=in_points(change.difference, change.form), low=in_points(change.low, change.form),
            high=in_points(change.high, change.form), tone=tone,
        ),
        Cell(text=probability(change.p), value=change.p, hint=f"by {change.unit}" if change.p is not None else ""),
        Cell(text=f"{change.texts:,}", value=change.texts),
        Cell(text=f"{change.changed:,}", value=change.changed),
        Cell(text=f"{len(change.worse):,}", value=len(change.worse), texts=texts, texts_title=title if texts else ""),
    )  # fmt: skip


def _notices(name: str, ruling: Ruling) -> Table:
    rows = tuple(
        (
            Cell(text=notice.what), Cell(text=notice.message, tone="warn"),
            Cell(
                text=f"{len(notice.texts):,}", value=len(notice.texts), texts_title=notice.message,
                texts=tuple(passage_id(ruling.suite, ruling.market, one) for one in notice.texts[:BEHIND]),
            ),
        )
        for notice in ruling.notices
    )  # fmt: skip
    columns = (Column(title="What", align="text"), Column(title="Notice", align="text"), Column(title="Texts"))
    note = "Named even where a single text is concerned and nothing is significant; they stop nothing by themselves."
    return Table(id=f"{name}-notices", title="To be looked at", columns=columns, rows=rows, note=note)


def _verdicts(name: str, ruling: Ruling) -> Table:
    columns = (Column(title="Baseline", align="text"), Column(title="Now", align="text"), Column(title="Texts"))
    rows = tuple(
        (Cell(text=was), Cell(text=now, tone="" if was == now else "warn"), Cell(text=f"{count:,}", value=count))
        for was, now, count in ruling.verdicts
    )
    return Table(id=f"{name}-verdicts", title="What the gate says", columns=columns, rows=rows)


def _worst(ruling: Ruling) -> tuple[str, ...]:
    """Return the passages of the named alarms' worst texts, in turn, each once."""
    queues = [list(alarm.worse) for alarm in ruling.named]
    found: dict[str, None] = {}
    for at in range(max(map(len, queues), default=0)):
        found |= dict.fromkeys(queue[at] for queue in queues if at < len(queue))
        if len(found) >= SHOWN:
            break
    return tuple(passage_id(ruling.suite, ruling.market, name) for name in list(found)[:SHOWN])


def _some(ids: Sequence[str], most: int) -> str:
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")
