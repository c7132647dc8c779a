"""How the nightly report writes its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shopglot.quality.gate import interval
from shopglot.report.texts import clean
from shopglot_eval.nightly.records import ShareShift, Window
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Cell, Column, Table, Tone, passage_id

SUITE = "nightly"  # what stands where an evaluation names its suite
LONGEST_NAME = 100
NOTHING = Cell(text="–", value=-1.0, tone="muted")


def number(value: int, *, tone: Tone = "", hint: str = "", texts: tuple[str, ...] = (), title: str = "") -> Cell:
    """Return a count."""
    return Cell(text=f"{value:,}", value=float(value), tone=tone, hint=hint, texts=texts, texts_title=title)


def decimal(value: float | None, *, digits: int = 2, tone: Tone = "", hint: str = "") -> Cell:
    """Return a number with a fraction; a dash for None."""
    return NOTHING if value is None else Cell(text=numbers.decimal(value, digits), value=value, tone=tone, hint=hint)


def plain(value: float | None) -> Cell:
    """Return a value of any size with three digits that count; a dash for None."""
    return (
        NOTHING if value is None else Cell(text=f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}", value=value)
    )


def share(
    count: int, of: int, *, bounds: bool = False, tone: Tone = "", texts: tuple[str, ...] = (), title: str = ""
) -> Cell:
    """Return a share as percent, a dash of nothing; with `bounds` its exact 95% interval."""
    if not of:
        return NOTHING
    low, high = interval(count, of, 0.95) if bounds else (None, None)
    return Cell(
        text=numbers.share(count / of), value=count / of, low=low, high=high, tone=tone, hint=f"{count:,} of {of:,}",
        texts=texts, texts_title=title,
    )  # fmt: skip


def before(found: ShareShift, window: Window) -> Cell:
    """Return the share in the runs of a window, marked where tonight's is another."""
    count, of = found.before.get(window, (0, 0))
    if not of:
        return NOTHING
    p = found.p.get(window)
    hint = f"{count:,} of {of:,}" + ("" if p is None else f"; p {p:.3f}")
    shifted = found.shifted(window)
    text = f"{numbers.share(count / of)}{' ≠' if shifted else ''}"
    return Cell(text=text, value=count / of, tone="warn" if shifted else "", hint=hint)


def word(text: str, *, tone: Tone = "", hint: str = "", texts: tuple[str, ...] = (), title: str = "") -> Cell:
    """Return a name or text of somebody's, clean and short."""
    return Cell(text=clean(text, LONGEST_NAME) or "(none)", tone=tone, hint=hint, texts=texts, texts_title=title)


def links(market: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of passages that show these texts."""
    return tuple(passage_id(SUITE, market, one) for one in ids)


def table(name: str, title: str, columns: str, rows: Iterable[tuple[Cell, ...]], *, note: str = "") -> Table:
    """Return a table. `columns` are titles between bars; one that begins with `=` is of text."""
    made = tuple(
        Column(title=one.strip().removeprefix("="), align="text" if one.strip().startswith("=") else "number")
        for one in columns.split("|")
    )
    return Table(id=name, title=title, columns=made, rows=tuple(rows), note=note)


def moment(value: datetime | None) -> str:
    """Return a moment to the minute, in UTC."""
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def seconds(value: float) -> str:
    """Return a length of time in a sentence."""
    if value < 90:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 5400 else f"{value / 3600:.1f} h"
