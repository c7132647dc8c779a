"""What ran, what was held and why, and who is most affected: the first sections of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopglot.types import Status
from shopglot_eval.nightly.cells import (
    before,
    links,
    moment,
    number,
    seconds,
    share,
    table,
    word,
)
from shopglot_eval.nightly.records import Affected, Night, Nightly
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Block, Cell, Plot, Point, Section, Series, Text

REASONS = 15  # of a market
_JUDGED: tuple[Status, ...] = ("publish", "review", "reject")


def night(nightly: Nightly) -> Section:
    """Return what the run did."""
    run = nightly.run
    rows = []
    for own in nightly.tonight:
        sale = nightly.on_sale.get(own.market, 0)
        rows.append((
            word(own.market), number(own.lines), *(number(own.statuses.get(status, 0)) for status in _JUDGED),
            _left(own), share(own.published, own.judged, bounds=True),
            number(nightly.versions.get((own.market, "publish"), 0)),
            number(nightly.versions.get((own.market, "withdraw"), 0)), number(sale),
        ))  # fmt: skip
    took = "" if run.finished_at is None else f" and took {seconds((run.finished_at - run.started_at).total_seconds())}"
    lead = f"Run {run.id} over {run.catalog} began on {moment(run.started_at)}{took}."
    blocks: list[Block] = [*map(_warning, nightly.notes), *_facts(nightly)]
    blocks.append(
        table(
            "night", "Lines worked on, by market",
            "=market|lines|publish|review|reject|not judged|published|versions|withdrawn|on sale", rows,
            note="A page that nothing had changed for is no line here: it stands as it was. "
            "Not judged: broken lines, and pages that are not for the market. Published: of those judged. "
            "Versions: written by the run. On sale: now.",
        )
    )  # fmt: skip
    if len(nightly.earlier) > 1:
        blocks.append(_over_runs(nightly))
    if (speed := _speed(nightly)) is not None:
        blocks.append(speed)
    return Section(id="night", title="What ran", lead=lead, blocks=tuple(blocks))


def _left(own: Night) -> Cell:
    failed, skipped = own.statuses.get("failed", 0), own.statuses.get("skipped", 0)
    return number(failed + skipped, hint=f"{failed:,} failed, {skipped:,} skipped")


def _warning(note: str) -> Text:
    return Text(text=note, tone="muted")


def _facts(nightly: Nightly) -> Iterator[Text]:
    """Yield what the run told of itself: texts, memory, time."""
    said: Mapping[str, Any] = nightly.run.summary
    texts = said.get("segments")
    items = []
    if isinstance(texts, dict) and texts.get("total"):
        items.append(
            f"{texts['total']:,} texts, {texts.get('unique', 0):,} of them different in a window: "
            f"{texts.get('translated', 0):,} translated, {texts.get('memory', 0):,} from the memory"
        )
        if said.get("seconds") and texts.get("translated"):
            items.append(f"{texts['translated'] / said['seconds']:.1f} texts translated a second, all work included")
    if "listings" in said:
        items.append(
            f"{said['listings']:,} lines in the catalog, {said.get('failed_lines', 0):,} of them broken, "
            f"{said.get('unchanged', 0):,} pages as they were"
        )
    if said.get("missing"):
        items.append(f"{said['missing']:,} pages left the catalog, {said.get('retired', 0):,} of them were taken down")
    if nightly.run.resumes:
        items.append(f"taken up again {nightly.run.resumes} times after a break")
    if items:
        yield Text(text="What the run said of itself:", items=tuple(items))


def _over_runs(nightly: Nightly) -> Plot:
    series = []
    for market in nightly.markets:
        own = sorted((one for one in nightly.nights if one.market == market and one.judged), key=lambda one: one.run)
        points = tuple(Point(x=one.run, y=one.published / one.judged, label=f"run {one.run}") for one in own)
        if points:
            series.append(Series(name=market, points=points))
    return Plot(
        id="published-by-run", title="Published of judged, by run", kind="line", series=tuple(series), x_title="run",
        y_title="published", percent_y=True, y_range=(0.0, 1.0),
        alt="The share of judged pages that each of the last runs published, a line for each market.",
    )  # fmt: skip


def _speed(nightly: Nightly) -> Plot | None:
    """Return how fast the runs went, None where fewer than two of them translated anything."""
    points = []
    for run in sorted((nightly.run, *nightly.earlier), key=lambda one: one.id):
        said: Mapping[str, Any] = run.summary
        texts, took = said.get("segments"), said.get("seconds")
        if isinstance(texts, dict) and texts.get("translated") and took:
            points.append(Point(x=run.id, y=texts["translated"] / took, label=f"run {run.id}"))
    if len(points) < 2:
        return None
    return Plot(
        id="speed-by-run", title="Texts translated a second, by run", kind="line",
        series=(Series(name="texts a second", points=tuple(points)),), x_title="run", y_title="texts a second",
        alt=f"How many texts a second each run translated, all work included; the last one {points[-1].y:.1f}.",
        note="Of runs that several processes shared, what the one says that finished it.",
    )  # fmt: skip


def held(nightly: Nightly) -> Section:
    """Return what was held, and why."""
    blocks: list[Block] = []
    for market in nightly.markets:
        own = [one for one in nightly.reasons if one.market == market]
        rows = [
            (
                word(one.name, texts=links(market, one.texts), title=f"Held for {one.name}, {market}"),
                number(one.count), share(one.count, one.of, bounds=True), before(one, 7), before(one, 28),
            )
            for one in own[:REASONS]
        ]  # fmt: skip
        left = f" {len(own) - REASONS} more reasons are rarer." if len(own) > REASONS else ""
        note = f"A page counts for each of its reasons. ≠: tonight is unlike those runs (p below .05).{left}"
        if rows:
            columns = "=reason|pages|of judged|last 7 runs|last 28 runs"
            blocks.append(table(f"held-{market}", f"Why pages are held: {market}", columns, rows, note=note))
    if nightly.waiting:
        waits = [
            (
                word(f"{one.market}, {one.state}"), number(one.pages), number(one.texts),
                Cell(text=moment(one.oldest), value=one.oldest.timestamp()),
            )
            for one in nightly.waiting
        ]  # fmt: skip
        blocks.append(table("waiting", "What waits for people now", "=market|pages|texts|=since", waits))
    total, of = sum(one.held for one in nightly.tonight), sum(one.judged for one in nightly.tonight)
    lead = f"{total:,} of {of:,} judged pages were held ({numbers.share(total / of)})." if of else "Nothing was judged."
    moved = [f"{one.name} ({one.market})" for one in nightly.reasons if one.shifted(7) or one.shifted(28)]
    if moved:
        lead += f" Unlike the runs before: {', '.join(moved[:5])}{' and others' if len(moved) > 5 else ''}."
    return Section(id="held", title="What was held, and why", lead=lead, blocks=tuple(blocks))


def affected(nightly: Nightly) -> Section:
    """Return the merchants and categories with the most held pages."""
    blocks = [
        *_groups("merchants", "Merchants", nightly.merchants, nightly),
        *_groups("categories", "Categories", nightly.categories, nightly),
    ]
    worst = [one for one in (*nightly.merchants, *nightly.categories) if one.excess]
    names = ", ".join(f"{word(one.name).text} ({one.market}, {one.held} of {one.pages})" for one in worst[:5])
    lead = f"Held more often than the others: {names}." if worst else "No shop and no category stands out."
    return Section(id="affected", title="Who is most affected", lead=lead, blocks=tuple(blocks))


def _groups(name: str, title: str, groups: tuple[Affected, ...], nightly: Nightly) -> Iterator[Block]:
    for market in nightly.markets:
        own = [one for one in groups if one.market == market]
        if not own:
            continue
        shops = name == "merchants"
        rows = [
            (
                word(one.name, texts=links(market, one.texts), title=f"Held texts of {word(one.name).text}, {market}"),
                number(one.total_held), number(one.pages),
                share(one.held, one.pages, bounds=True, tone="warn" if one.excess else ""),
                *([word(", ".join(f"{reason} {count}" for reason, count in one.reasons))] if shops else []),
            )
            for one in own
        ]  # fmt: skip
        sampled = "" if all(one.exact for one in own) else " Pages and shares are those of the sample."
        columns = f"={title.lower()}|held|judged|share" + ("|=for" if shops else "")
        note = f"Marked: held more often than all others together.{sampled}"
        yield table(f"{name}-{market}", f"{title}: {market}", columns, rows, note=note)
