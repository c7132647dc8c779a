"""What a report is made of, before it has a form: sections of text, tables, plots and texts side by side.

Whoever measures builds sections; `html`, `markdown` and `json` give them a form. The numbers themselves are in
`figures`, and every form shows the same ones. Texts here are plain: a form escapes them. In `Text` and `lead`, words
between backticks are code; nothing else is markup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shopglot.types import Json
from shopglot_eval.records import Measured

Tone = Literal["", "good", "bad", "warn", "muted"]
Align = Literal["text", "number"]
PlotKind = Literal["line", "step", "bars", "points"]

LONGEST_ID = 120
_UNFIT = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: what is read, and what it is sorted by (`text` where `value` is None).

    `low` and `high` are drawn as an interval beside the text. `texts` are ids into `Document.passages` that the reader
    sees on following the cell; `texts_title` heads them.
    """

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tone: Tone = ""
    hint: str = ""
    texts: tuple[str, ...] = ()
    texts_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    title: str
    align: Align = "number"
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that a reader can sort by any column. Every row has a cell for each column; the first names the row."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of a plot. `low` and `high` bound `y`; `label` is the category of a bar, or what a point is called."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points that belong together, in the order of x."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot. `x_range` and `y_range` are chosen from the data where they are None. `diagonal` draws y = x.

    `percent_x`, `percent_y`: values 0..1 are shown as percent. `alt` says in a sentence what a reader sees.
    """

    id: str
    title: str
    kind: PlotKind
    series: tuple[Series, ...]
    x_title: str
    y_title: str
    alt: str
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    percent_x: bool = False
    percent_y: bool = False
    diagonal: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph, or with `items` a list behind it."""

    text: str
    items: tuple[str, ...] = ()
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One rendering of a source: by a system, or a reference. `remarks` are findings and the like, a line each.

    `marks` are spans (start, end, tone) of `text`: where it differs, or what a finding speaks of.
    """

    name: str
    text: str
    remarks: tuple[str, ...] = ()
    marks: tuple[tuple[int, int, Tone], ...] = ()
    reference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A source with its versions: what the reader sees behind a number. `id` is unique in the document."""

    id: str
    source: str
    versions: tuple[Version, ...]
    about: str = ""  # "commerce-test, us, title, 美妆/护肤": where it is from
    market: str = ""  # says the language of the versions, where known


def passage_id(suite: str, market: str, example: str) -> str:
    """Return the id of the passage that shows an example: the forms find by it what speaks against a figure."""
    return f"{suite}/{market}/{example}"


def block_id(kind: str, *names: str) -> str:
    """Return an id for a section, table or plot that is about what has these names (of a suite, market, system, ...).

    It can be the id of an HTML element and the end of an address, whatever people call their files: of other signs than
    letters, digits, `.`, `_` and `-` it keeps none. What lost some has the beginning of a digest of the names behind
    it, so that `a b` and `a/b` have two ids.
    """
    plain = "-".join((kind, *names))
    kept = _UNFIT.sub("-", plain)[:LONGEST_ID]
    if kept == plain:
        return plain
    digest = hashlib.sha256("\0".join((kind, *names)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kept.rstrip('-')}-{digest[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Passages that stand open in a section: the segments that differ most, the worst of a slice."""

    id: str
    title: str
    passages: tuple[str, ...]
    note: str = ""


Block = Text | Table | Plot | Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: its lead says in a sentence or two what a reader should take from it.

    One that is `volatile` is not the same when the report is made again (it says how long something took).
    """

    id: str
    title: str
    lead: str = ""
    blocks: tuple[Block, ...] = ()
    volatile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. `provenance` has what it was made from: data hashes, code version, signatures, seeds.

    `summary` are the few lines that somebody reads who reads nothing else. `volatile` has what is not the same when the
    report is made again (date, seconds, memory), `timed` are such figures: forms show them, comparisons leave them out.
    """

    kind: Literal["evaluation", "nightly", "regression", "cost"]
    title: str
    summary: tuple[Text, ...]
    sections: tuple[Section, ...]
    figures: tuple[Measured, ...] = ()
    timed: tuple[Measured, ...] = ()
    passages: Mapping[str, Passage] = field(default_factory=dict)
    provenance: Mapping[str, Json] = field(default_factory=dict)
    volatile: Mapping[str, Json] = field(default_factory=dict)
