"""What it costs: seconds, tokens and memory of a system, and what that makes of a thousand listings."""

from __future__ import annotations

from collections.abc import Sequence

from shopglot_eval.records import Answers, Better, Figure, Form, Measured, Place
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Cell, Column, Section, Table

MEGABYTE = 1 << 20


def measure_costs(answers: Sequence[Answers], *, whole: bool = True) -> list[Measured]:
    """Return seconds, texts and tokens a second, memory, and hours for 1,000 listings of systems that were timed.

    A listing is what its suite says belongs to one page. Where any text stands alone, or not `whole` pages were
    translated (--limit, --every), there is no such figure: it would be of the parts of pages. What the glossary
    answered took no time, as in a nightly run over pages that nobody has seen.
    """
    found = []
    for one in answers:
        if not one.seconds:
            continue
        place = Place(suite=one.suite, market=one.market, system=one.system)
        texts, tokens = len(one.pairs), sum(pair.output.tokens for pair in one.pairs)
        alone = any(pair.example.listing in ("", pair.example.id) for pair in one.pairs)
        listings = {pair.example.listing for pair in one.pairs}
        own = [
            _figure("cost.seconds", one.seconds, texts, better="lower", form="seconds"),
            _figure("cost.texts-per-second", texts / one.seconds, texts),
            _figure("cost.tokens-per-second", tokens / one.seconds, texts, note="tokens that the model wrote"),
        ]
        if one.memory is not None:
            own.append(_figure("cost.memory", float(one.memory), texts, better="lower", form="bytes"))
        if whole and not alone:
            hours = one.seconds / len(listings) * 1000 / 3600
            own.append(
                _figure("cost.hours-per-1000-listings", hours, len(listings), better="lower", unit="listings")
            )  # fmt: skip
        found += [Measured(place=place, figure=figure) for figure in own]
    return found


def costs(measured: Sequence[Measured], *, hourly_price: float | None = None) -> Section | None:
    """Return the section on what was timed, None where nothing was. `hourly_price` is of the machine, any currency."""
    rows = []
    places = list(dict.fromkeys(one.place for one in measured))
    for place in places:
        own = {one.figure.measure: one.figure for one in measured if one.place == place}
        hours = own.get("cost.hours-per-1000-listings")
        memory = own.get("cost.memory")
        price = None if hours is None or hours.value is None or hourly_price is None else hours.value * hourly_price
        rows.append(
            (
                Cell(text=f"{place.system}, {place.suite}, {place.market}"),
                _cell(own["cost.seconds"], 1),
                _cell(own["cost.texts-per-second"], 2),
                _cell(own["cost.tokens-per-second"], 1),
                Cell(text="–") if memory is None or memory.value is None else Cell(
                    text=f"{memory.value / MEGABYTE:,.0f} MB", value=memory.value
                ),
                Cell(text="–") if hours is None else _cell(hours, 2),
                Cell(text="–") if price is None else Cell(text=f"{price:,.2f}", value=price),
            )
        )  # fmt: skip
    if not rows:
        return None
    table = Table(
        id="costs-timed", title="Translating and reading",
        columns=(
            Column(title="System", align="text"), Column(title="Seconds"), Column(title="Texts/s"),
            Column(title="Tokens/s"), Column(title="Peak memory", hint="of the whole process"),
            Column(title="Hours per 1,000 listings"), Column(title="Price per 1,000 listings"),
        ),
        rows=tuple(rows),
        note=_note(measured, hourly_price),
    )  # fmt: skip
    return Section(
        id="costs", title="Cost", volatile=True, blocks=(table,),
        lead="Measured when the texts were translated; kept answers have the times of then.",
    )  # fmt: skip


def _note(measured: Sequence[Measured], hourly_price: float | None) -> str:
    if not any(one.figure.measure == "cost.hours-per-1000-listings" for one in measured):
        return "What 1,000 listings cost is known where whole pages are translated: without --limit and --every."
    return "" if hourly_price is not None else "Give --hourly-price to see what 1,000 listings cost."


def _figure(
    name: str, value: float, count: int, *, better: Better = "higher", form: Form = "number", unit: str = "texts",
    note: str = "",
) -> Figure:  # fmt: skip
    return Figure(measure=name, value=value, count=count, unit=unit, better=better, form=form, note=note)


def _cell(figure: Figure, digits: int) -> Cell:
    return Cell(text=numbers.decimal(figure.value, digits), value=figure.value, hint=figure.note)
