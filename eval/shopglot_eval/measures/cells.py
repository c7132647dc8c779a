"""Figures as cells of a table: what is read, what it is sorted by, and the texts behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from shopglot_eval.records import Answers, Figure
from shopglot_eval.reporting.document import Cell, block_id

Link = Callable[[str], str]  # from an example's id to the id of its passage in the document
MOST_TEXTS = 50  # behind one cell


def share(value: float | None) -> str:
    """Return a share as percent with one digit, a dash for None."""
    return "–" if value is None else f"{value:.1%}"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many digits, never a minus before zero, a dash for None."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if not float(text) else text


def place_id(kind: str, answers: Sequence[Answers]) -> str:
    """Return the id of a section, table or plot of this kind about answers to one suite in one market."""
    return block_id(kind, answers[0].suite, answers[0].market)


def show(figure: Figure, link: Link = str, *, title: str = "") -> Cell:
    """Return the cell of a figure, with its interval; its note is the hint, and `against` are the texts behind it."""
    digits = 2 if figure.form == "score" else 3
    written = share if figure.form == "share" else partial(number, digits=digits)
    text = written(figure.value)
    if figure.value is not None and figure.low is not None and figure.high is not None:
        text = f"{text} ({written(figure.low)} to {written(figure.high)})"
    return Cell(
        text=text, value=figure.value, low=figure.low, high=figure.high, hint=figure.note,
        tone="muted" if figure.value is None else "",
        texts=tuple(link(one) for one in figure.against[:MOST_TEXTS]), texts_title=title if figure.against else "",
    )  # fmt: skip


def count(ids: Sequence[str], link: Link = str, *, title: str = "", total: int | None = None) -> Cell:
    """Return the cell of how many texts there are, which leads to the first of them. `total` where `ids` are fewer."""
    number_of = len(ids) if total is None else total
    return Cell(
        text=f"{number_of:,}", value=float(number_of), texts=tuple(link(one) for one in ids[:MOST_TEXTS]),
        texts_title=title if ids else "",
    )  # fmt: skip
