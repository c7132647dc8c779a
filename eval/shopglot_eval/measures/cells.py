"""Figures as cells of a table: what is read, what it is sorted by, and the texts behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shopglot_eval.records import Answers, Figure
from shopglot_eval.reporting.document import Cell, block_id
from shopglot_eval.reporting.numbers import enclosed

Link = Callable[[str], str]  # from an example's id to the id of its passage in the document
MOST_TEXTS = 50  # behind one cell


def place_id(kind: str, answers: Sequence[Answers]) -> str:
    """Return the id of a section, table or plot of this kind about answers to one suite in one market."""
    return block_id(kind, answers[0].suite, answers[0].market)


def show(figure: Figure, link: Link = str, *, title: str = "") -> Cell:
    """Return the cell of a figure, with its interval; its note is the hint, and `against` are the texts behind it."""
    return Cell(
        text=enclosed(figure), value=figure.value, low=figure.low, high=figure.high, hint=figure.note,
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
