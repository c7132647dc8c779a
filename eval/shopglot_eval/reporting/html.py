"""The report as one HTML file: opens from disk, loads nothing, light and dark, on a screen and on paper.

The templates are the form; Jinja2 escapes every text that is put into them. Tables, plots and what stands open can be
read without the script; it sorts, opens the texts behind a number, and searches. The page's policy lets no other script
run and nothing be loaded.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shopglot_eval.reporting import intervals, numbers, plots, points, texts
from shopglot_eval.reporting.document import Block, Cell, Column, Document, Plot, Shown, Table
from shopglot_eval.reporting.payload import Payload

if TYPE_CHECKING:
    from jinja2 import Environment

    from shopglot.types import Json

FOLDED_FROM = 6  # passages of those that stand open in a section; the rest is folded away
LONG = 25  # rows of a table that are open at first, with a script
SCRIPTS = ("page.js", "tables.js", "texts.js", "figures.js", "plots.js")
KINDS = {"evaluation": "Evaluation", "nightly": "Nightly report", "regression": "Regression check", "cost": "Costs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the templates ask for beside the document: numbers of links, plots as SVG, texts in pieces."""

    document: Document
    payload: Payload

    def blocks(self, blocks: Sequence[Block]) -> Iterator[tuple[str, Sequence[Block]]]:
        """Yield blocks with the name of what they are; plots that follow one another come together."""
        together: list[Block] = []
        for block in blocks:
            if isinstance(block, Plot):
                together.append(block)
                continue
            if together:
                yield "plots", together
                together = []
            yield type(block).__name__.lower(), (block,)
        if together:
            yield "plots", together

    def passages(self, shown: Shown) -> list[str]:
        """Return the ids of what stands open that the document has."""
        return list(texts.known(shown.passages, self.document.passages))

    def about(self) -> Iterator[tuple[str, Json]]:
        """Yield what the report was made from, then what is not the same when it is made again."""
        yield from self.document.provenance.items()
        yield from self.document.volatile.items()


def as_html(document: Document) -> str:
    """Return the report; it ends with a line break."""
    view = View(document=document, payload=Payload(document))
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    template = _environment().get_template("report.html")
    return template.render(
        document=document, view=view, payload=view.payload, script=script, digest=digest, folded_from=FOLDED_FROM,
        long=LONG, kind=KINDS[document.kind],
    ).lstrip()  # fmt: skip


def _numbers(table: Table) -> list[list[str]]:
    return intervals.styles(table)


def _aligned(column: Column) -> str:
    return "num" if column.align == "number" else ""


def _sorted_by(cell: Cell) -> float | None:
    value = numbers.finite(cell.value)
    return None if value is None else float(f"{value:.9g}")  # as much as anybody sorts by


@cache
def _script() -> str:
    folder = Path(__file__).parent / "templates"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {
        "shown": texts.visible, "codes": texts.codes, "span": numbers.span, "intervals": _numbers, "plot": plots.draw,
        "points": points.table, "aligned": _aligned, "sorted_by": _sorted_by, "language": texts.language,
        "source_language": texts.source_language, "fit": texts.shown, "pieces": texts.pieces,
    }  # fmt: skip
    made.globals |= {"signs": texts.SIGNS, "shapes": plots.SHAPES}
    return made
