"""A night as a report: its sections, its summary, and its numbers as data."""

from __future__ import annotations

from collections.abc import Iterator

from shopglot.types import Json
from shopglot_eval.nightly import drifting, overview, people, sampling, shifts
from shopglot_eval.nightly.cells import SUITE
from shopglot_eval.nightly.passages import passages
from shopglot_eval.nightly.records import WINDOWS, Drift, Nightly, ShareShift
from shopglot_eval.records import Better, Figure, Measured, Place
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Document, Text


def document(nightly: Nightly) -> Document:
    """Return the report of a night. Everything in it depends on the store alone, so that nothing is volatile."""
    return Document(
        kind="nightly",
        title=f"Night of run {nightly.run.id}, {nightly.run.started_at:%Y-%m-%d}",
        summary=tuple(_summary(nightly)),
        sections=(
            overview.night(nightly), overview.held(nightly), overview.affected(nightly), drifting.drift(nightly),
            people.promise(nightly), people.translators(nightly), people.words(nightly),
        ),
        figures=tuple(_figures(nightly)), passages=passages(nightly), provenance=_provenance(nightly),
    )  # fmt: skip


def _summary(nightly: Nightly) -> Iterator[Text]:
    """Yield what somebody reads who reads nothing else: alarms first."""
    for one in nightly.promises:
        if one.alarm:
            yield Text(text=one.alarm, tone="bad")
    if nightly.run.status != "finished":
        yield Text(text=f"Run {nightly.run.id} is {nightly.run.status}, not finished.", tone="warn")
    for night in nightly.tonight:
        if night.judged:
            change = next(one for one in nightly.published if one.market == night.market)
            yield Text(
                text=f"{night.market}: {night.published:,} of {night.judged:,} judged pages were published "
                f"({numbers.share(night.published / night.judged)}), {night.held:,} held{_beside(change)}.",
                tone="warn" if any(change.shifted(window) for window in WINDOWS) else "",
            )  # fmt: skip
        elif night.lines:
            yield Text(text=f"{night.market}: {night.lines:,} lines, none of them judged.")
    if not nightly.tonight:
        yield Text(text="Nothing had changed: no page had to be worked on.")
    yield from _unusual(nightly)


def _unusual(nightly: Nightly) -> Iterator[Text]:
    """Yield what is not as it was, and what to do about words."""
    moved = [one for one in nightly.reasons if any(one.shifted(window) for window in WINDOWS)]
    if moved:
        items = tuple(f"{one.name} ({one.market}): {numbers.share(one.rate or 0.0)}{_beside(one)}" for one in moved[:5])
        yield Text(text="Reasons that are not as frequent as before:", items=items, tone="warn")
    shifted = [
        f"{value.name} ({own.market})"
        for own in nightly.drift
        for value in own.values
        if any(value.shift(window) == "shifted" for window in WINDOWS)
    ]
    if shifted:
        yield Text(text=f"Shifted against the runs before: {', '.join(shifted[:8])}.", tone="warn")
    if new := [one for one in nightly.candidates if not one.known]:
        best = ", ".join(f"{one.source} → {one.human} ({one.market})" for one in new[:5])
        yield Text(text=f"{len(new)} candidates for the glossary: {best}.")


def _beside(one: ShareShift) -> str:
    parts = [
        f"{numbers.share(count / of)} in the last {window} runs"
        for window in WINDOWS
        for count, of in [one.before.get(window, (0, 0))]
        if of
    ]
    return f"; {', '.join(parts)}" if parts else ""


def _figures(nightly: Nightly) -> Iterator[Measured]:
    """Yield the numbers as data."""
    run = f"run {nightly.run.id}"

    def at(market: str, figure: Figure) -> Measured:
        return Measured(place=Place(suite=SUITE, market=market, system=run), figure=figure)

    def count(measure: str, value: int, better: Better = "") -> Figure:
        return Figure(measure=measure, value=float(value), count=value, unit="pages", better=better, form="number")

    for night in nightly.tonight:
        for status, number in night.statuses.items():
            yield at(night.market, count(f"outcomes.{status}", number))
        yield at(night.market, count("versions", nightly.versions.get((night.market, "publish"), 0)))
        yield at(night.market, count("withdrawn", nightly.versions.get((night.market, "withdraw"), 0)))
    for one in nightly.published:
        yield at(one.market, _share("published", one, "higher"))
    for one in nightly.reasons:
        yield at(one.market, _share(f"held.{one.name}", one, "lower"))
    for own in nightly.drift:
        for figure in _of_drift(own):
            yield at(own.market, figure)
        yield at(own.market, count("words.new", len(own.new), "lower"))
    yield from _of_people(nightly, run)


def _of_drift(own: Drift) -> Iterator[Figure]:
    for one in own.shares:
        yield _share(f"texts.{one.name}", one, "lower")
    for value in own.values:
        yield _value(f"median.{value.name}", value.median, value.count)
        for window, index in sorted(value.index.items()):
            name = f"psi.{value.name}.{window or 'calibration'}"
            note = f"chance alone reaches {value.noise[window]:.3f}" if window in value.noise else ""
            yield _value(name, index, value.count, better="lower", note=note)


def _of_people(nightly: Nightly, run: str) -> Iterator[Measured]:
    for one in nightly.promises:
        low, high = one.bounds or (None, None)
        figure = Figure(
            measure="audit.bad", value=one.sample.rate, low=low, high=high, count=one.sample.judged, unit="pages",
            better="lower", note=one.alarm or ("" if one.sample.judged else "no audited page is judged yet"),
            against=one.refused,
        )  # fmt: skip
        yield Measured(place=Place(suite=SUITE, market=one.market, system=run), figure=figure)
    for group in nightly.desk.markets:
        place = Place(suite=SUITE, market=group.name, system=run)
        shares = (("approved", group.tally.approval), ("edited", group.tally.edit), ("refused", group.tally.rejection))
        for name, share in shares:
            low, high = share.interval
            better: Better = "higher" if name == "approved" else "lower"
            figure = Figure(
                measure=f"desk.{name}", value=share.rate, low=low, high=high, count=share.of, better=better,
            )  # fmt: skip
            yield Measured(place=place, figure=figure)
        seconds = Figure(
            measure="desk.seconds", value=group.tally.median, count=group.tally.timed, better="lower", form="seconds",
            note="" if group.tally.timed else "no decision was timed",
        )  # fmt: skip
        yield Measured(place=place, figure=seconds)


def _share(measure: str, one: ShareShift, better: Better) -> Figure:
    from shopglot.quality.gate import interval

    low, high = interval(one.count, one.of, 0.95) if one.of else (None, None)
    return Figure(
        measure=measure, value=one.rate, low=low, high=high, count=one.of, better=better,
        unit="texts" if one.name == "unknown" else "pages", note=_beside(one).removeprefix("; "), against=one.texts,
    )  # fmt: skip


def _value(measure: str, value: float, count: int, *, better: Better = "", note: str = "") -> Figure:
    return Figure(measure=measure, value=value, count=count, better=better, form="number", note=note)


def _provenance(nightly: Nightly) -> dict[str, Json]:
    run = nightly.run
    return {
        "run": run.id, "status": run.status, "catalog": run.catalog, "content": run.content, "policy": run.policy,
        "markets": list(nightly.markets), "engines": list(run.engines),
        "earlier_runs": [one.id for one in nightly.earlier], "until": nightly.until.isoformat(),
        "desk_since": nightly.desk.period.since.isoformat(), "desk_until": nightly.desk.period.until.isoformat(),
        "windows": list(WINDOWS), "pages_read_at_most": sampling.PAGES, "texts_read_at_most": sampling.SEGMENTS,
        "earlier_texts_at_most": sampling.EARLIER_TEXTS, "shift_alpha": shifts.ALPHA,
        "score_signatures": {own.market: own.signature for own in nightly.drift},
    }  # fmt: skip
