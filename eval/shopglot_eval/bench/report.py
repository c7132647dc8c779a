"""The report of a bench: bars, stages, who answered, memory and disk, and what a night of another size costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shopglot.types import Json
from shopglot_eval.bench.cost import Bar, Engine, Estimate, bars, estimate, per_thousand, shares, whole
from shopglot_eval.bench.records import STAGES, Night
from shopglot_eval.reporting.document import Cell, Column, Document, Plot, Point, Section, Series, Table, Text

BARS = {
    "ours": "seconds of everything but the model per 1,000 different texts",
    "time": "time per listing, the largest catalog against the smallest",
    "memory": "peak memory, the largest catalog against the smallest",
    "changed": "a night with changes against the first night",
}
KINDS = {"first": "all new", "unchanged": "nothing changed", "changed": "some changed"}
COLUMNS = (*STAGES[: STAGES.index("translate") + 1], "engine", *STAGES[STAGES.index("check") :])
MEGABYTE, GIGABYTE = 1e6, 1e9


def document(nights: Sequence[Night], *, engine: Engine, listings: int, changed: float) -> Document:
    """Return the report; with a model's `engine` and a size for the night that is derived."""
    found = bars(nights)
    last = nights[-1]
    fake = ", a stand-in that takes next to no time" if last.model == "fake" else ""
    lead = (
        f"Markets {', '.join(last.markets)}, cores {last.cores}, model {last.model}{fake}. "
        "Every night ran in a process of its own."
    )
    return Document(
        kind="cost", title="What a night costs",
        summary=(Text(text=lead), *(_said(bar) for bar in found)),
        sections=(
            Section(id="bars", title="Bars", blocks=(_bars(found),), volatile=True),
            Section(
                id="stages", title="Where the time goes", volatile=True,
                lead="Seconds of processor time per 1,000 listings of the catalog, by stage.",
                blocks=(_stages(nights), _plot(nights), _memory(nights)),
            ),
            Section(id="texts", title="Who answered", blocks=(_texts(nights),)),
            *_derived(nights, engine, listings, changed),
        ),
        volatile={"nights": [as_json(one) for one in nights]},
    )  # fmt: skip


def as_json(night: Night) -> dict[str, Json]:
    """Return a night for machines: seconds as {wall, cpu}, bytes, counts."""
    texts = night.texts
    return {
        "kind": night.kind, "listings": night.listings, "changed": night.changed, "markets": list(night.markets),
        "model": night.model, "cores": night.cores,
        "seconds": {"wall": round(night.spent.wall, 3), "cpu": round(night.spent.cpu, 3)},
        "ours": {"wall": round(night.ours.wall, 3), "cpu": round(night.ours.cpu, 3)},
        "stages": {
            name: {"wall": round(own.wall, 3), "cpu": round(own.cpu, 3)} for name, own in night.stages.items()
        },
        "engine": {"wall": round(night.engine.wall, 3), "cpu": round(night.engine.cpu, 3)},
        "texts": {
            "total": texts.total, "distinct": texts.distinct, "unique": texts.unique, "certain": texts.certain,
            "memory": texts.memory, "translated": texts.translated,
        },
        "asked": night.asked, "tokens": {"read": night.read, "generated": night.generated},
        "peak": night.peak, "ready": night.ready, "stored": night.stored, "published": night.published,
        "unchanged": night.unchanged, "pace": night.pace,
    }  # fmt: skip


def bars_as_json(found: Sequence[Bar]) -> list[Json]:
    """Return the bars for machines."""
    return [
        {"name": bar.name, "value": bar.value, "limit": bar.limit, "passed": bar.passed, "measured": bar.measured}
        for bar in found
    ]


def table(nights: Sequence[Night]) -> str:
    """Return the nights for a terminal: a line each."""
    rows = [
        (
            "listings",
            "night",
            "seconds",
            "cpu",
            "ours per 1,000 texts",
            "model",
            "memory",
            "peak MB",
            "store MB",
            "pace",
        )
    ]
    for one in nights:
        texts = one.texts
        ours = f"{1000 * one.ours.cpu / texts.distinct:.2f}" if texts.distinct else "–"
        rows.append((
            f"{one.listings:,}", KINDS[one.kind], f"{one.spent.wall:,.1f}", f"{one.spent.cpu:,.1f}", ours,
            f"{texts.translated:,}", f"{texts.memory + texts.duplicates:,}", f"{one.peak / MEGABYTE:,.0f}",
            f"{one.stored / MEGABYTE:,.1f}", f"{one.pace:.3f}",
        ))  # fmt: skip
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def say(bar: Bar) -> str:
    """Return a bar in a line."""
    if bar.value is None:
        return f"{BARS[bar.name]}: not measured"
    word = "at most" if bar.passed else "MISSED, at most"
    return f"{BARS[bar.name]}: {bar.value:.3f}, {word} {bar.limit:g} ({bar.measured})"


def _said(bar: Bar) -> Text:
    return Text(text=say(bar), tone="muted" if bar.passed is None else "good" if bar.passed else "bad")


def _bars(found: Sequence[Bar]) -> Table:
    rows = tuple(
        (
            Cell(text=BARS[bar.name]),
            Cell(text="–") if bar.value is None else Cell(
                text=f"{bar.value:.3f}", value=bar.value, tone="good" if bar.passed else "bad"
            ),
            Cell(text=f"{bar.limit:g}", value=bar.limit), Cell(text=bar.measured or "not measured"),
        )
        for bar in found
    )  # fmt: skip
    columns = (
        Column(title="What", align="text"), Column(title="Measured"), Column(title="At most"),
        Column(title="On", align="text"),
    )  # fmt: skip
    return Table(id="bars", title="What has to hold", columns=columns, rows=rows)


def _stages(nights: Sequence[Night]) -> Table:
    rows = []
    for one in nights:
        spent = per_thousand(one)
        rows.append((
            Cell(text=f"{one.listings:,}, {KINDS[one.kind]}"),
            *(_seconds(spent[name].cpu if name in spent else None) for name in COLUMNS),
            _seconds(1000 * one.run.cpu / one.listings), _seconds(1000 * one.run.wall / one.listings),
        ))  # fmt: skip
    columns = (
        Column(title="Listings", align="text"), *(Column(title=name) for name in COLUMNS),
        Column(title="all", hint="without the start of the process"), Column(title="on the clock"),
    )  # fmt: skip
    return Table(
        id="stages", title="Seconds per 1,000 listings", columns=columns, rows=tuple(rows),
        note="start: until the run begins. engine: what of translate the model took; translate is the rest of it.",
    )  # fmt: skip


def _plot(nights: Sequence[Night]) -> Plot:
    series = []
    for one in nights:
        if one.kind == "first":
            spent = per_thousand(one)
            points = tuple(
                Point(x=place, y=spent[name].cpu, label=name) for place, name in enumerate(COLUMNS) if name in spent
            )
            series.append(Series(name=f"{one.listings:,} listings", points=points))
    return Plot(
        id="stages-plot", title="Seconds per 1,000 new listings, by stage", kind="bars", series=tuple(series),
        x_title="stage", y_title="seconds of processor time",
        alt="Bars for each stage of a night over new listings, one for each size of the catalog.",
    )  # fmt: skip


def _memory(nights: Sequence[Night]) -> Table:
    rows = tuple(
        (
            Cell(text=f"{one.listings:,}, {KINDS[one.kind]}"), _megabytes(one.ready), _megabytes(one.peak),
            _megabytes(1000 * (one.peak - one.ready) / one.listings), _megabytes(one.stored),
            _megabytes(1000 * one.stored / one.listings),
        )
        for one in nights
    )  # fmt: skip
    columns = (
        Column(title="Listings", align="text"), Column(title="before the first line"), Column(title="peak"),
        Column(title="more, per 1,000 listings"), Column(title="store"), Column(title="store per 1,000 listings"),
    )  # fmt: skip
    return Table(id="memory", title="Memory and disk, in MB", columns=columns, rows=rows)


def _texts(nights: Sequence[Night]) -> Table:
    rows = []
    for one in nights:
        if one.texts.total:
            rows.append((
                Cell(text=f"{one.listings:,}, {KINDS[one.kind]}"),
                Cell(text=f"{one.texts.total:,}", value=one.texts.total),
                Cell(text=f"{one.texts.distinct:,}", value=one.texts.distinct),
                *(Cell(text=f"{share:.1%}", value=share, hint=f"{count:,}") for _, count, share in shares(one)),
                Cell(text=f"{one.asked:,}", value=one.asked), Cell(text=f"{one.generated:,}", value=one.generated),
            ))  # fmt: skip
    columns = (
        Column(title="Listings", align="text"), Column(title="Texts", hint="of all markets"),
        Column(title="Different", hint="of each market"), Column(title="Repeated in their window"),
        Column(title="Memory"), Column(title="Certain"), Column(title="Model"),
        Column(title="Questions to the model", hint="retries included"), Column(title="Tokens written"),
    )  # fmt: skip
    return Table(
        id="texts", title="Texts by who answered them", columns=columns, rows=tuple(rows),
        note="Repeated: the same text stands in its window of up to 96 pages already. Memory: it was translated "
        "before. Certain: glossary and policy leave nothing to translate.",
    )  # fmt: skip


def _derived(nights: Sequence[Night], engine: Engine, listings: int, changed: float) -> Iterator[Section]:
    night = estimate(nights, listings=listings, changed=changed, engine=engine)
    if night is None:
        return
    rows = tuple(_estimated(name, one) for name, one in (
        (f"{listings:,} listings, {changed:.1%} changed", night),
        (f"{listings:,} listings, all new", whole(nights, listings=listings, engine=engine)),
    ))  # fmt: skip
    columns = (
        Column(title="Night", align="text"), Column(title="pages as they were, h"), Column(title="changed pages, h"),
        Column(title="Questions to the model"), Column(title="model, h"), Column(title="together, h"),
        Column(title="memory, GB"), Column(title="store, GB"),
    )  # fmt: skip
    yield Section(
        id="derived", title="A night of another size", volatile=True,
        lead=f"Derived from the nights above, in one process. The model is {engine.name}: {engine.reads:g} tokens read "
        f"and {engine.writes:g} written a second, {engine.text_read:g} and {engine.text_written:g} of them a text.",
        blocks=(Table(id="derived", title="Hours, memory and disk", columns=columns, rows=rows),),
    )  # fmt: skip


def _estimated(name: str, one: Estimate) -> tuple[Cell, ...]:
    hours = (one.unchanged_seconds, one.changed_seconds)
    return (
        Cell(text=name), *(_hours(seconds) for seconds in hours), Cell(text=f"{one.asked:,.0f}", value=one.asked),
        _hours(one.model_seconds), _hours(one.seconds),
        *(Cell(text=f"{size / GIGABYTE:,.2f}", value=size) for size in (one.memory, one.stored)),
    )  # fmt: skip


def _seconds(value: float | None) -> Cell:
    return Cell(text="–") if value is None else Cell(text=f"{value:,.3f}", value=value)


def _megabytes(value: float) -> Cell:
    return Cell(text=f"{value / MEGABYTE:,.1f}", value=value)


def _hours(seconds: float) -> Cell:
    return Cell(text=f"{seconds / 3600:,.2f}", value=seconds)
