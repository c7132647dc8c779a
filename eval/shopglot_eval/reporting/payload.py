"""What the page's script reads: every passage once, the texts behind each number, and all figures, packed as JSON.

Strings that come again stand once in a list, and others name them by their place in it. Keys are short on purpose, and
explained here: the script `texts.js` reads them, nobody else.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from functools import cached_property

from shopglot.types import Json
from shopglot_eval.records import Measured
from shopglot_eval.reporting import numbers, texts
from shopglot_eval.reporting.document import Cell, Column, Document, Passage, Table, Version, passage_id

PLAIN = 1_000_000  # characters that are written as they are; more are packed, which makes them less than half


class _Names:
    """Strings by their place in a list."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(texts.visible(text), len(self.places))

    def all(self) -> list[str]:
        return list(self.places)


class Payload:
    """The data of one page. `link` is asked while the page is made; `text` when it is done.

    A passage is `[about, source, language, versions, id]`, a version `[name, text, marks, remarks]` without what is
    empty at its end: `text` is a number where it is the same as that of the version at this place of the passage;
    `marks` are start, end and tone in turn, in UTF-16 units as JavaScript counts. A link is `[title, passages]`.
    A figure is `[suite, market, system, dimension, part, measure, value, shown, interval, count, unit, note, link]`.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._numbers = {id_: number for number, id_ in enumerate(document.passages)}
        self._links: dict[tuple[str, tuple[int, ...]], int] = {}
        self._names = _Names()
        self._remarks = _Names()
        self._versions: dict[tuple[str, bool], int] = {}

    def link(self, title: str, ids: Iterable[str]) -> int | None:
        """Return the number under which the page shows these passages, None where it has none of them."""
        own = tuple(dict.fromkeys(self._numbers[one] for one in ids if one in self._numbers))
        return self._links.setdefault((texts.visible(title), own), len(self._links)) if own else None

    def cell(self, table: Table, column: Column, row: tuple[Cell, ...], cell: Cell) -> int | None:
        """Return the number of the passages behind a cell."""
        if not cell.texts:
            return None
        title = cell.texts_title or " · ".join(part for part in (table.title, row[0].text, column.title) if part)
        return self.link(title, cell.texts)

    def text(self) -> tuple[str, bool]:
        """Return the data, fit to stand in a script element, and whether they are packed (zlib, then base64)."""
        figures = [self._figure(measured) for measured in (*self._document.figures, *self._document.timed)]
        passages = [self._passage(passage) for passage in self._document.passages.values()]
        data: dict[str, Json] = {
            "passages": passages, "figures": figures, "names": self._names.all(), "remarks": self._remarks.all(),
            "versions": [[texts.visible(name), int(reference)] for name, reference in self._versions],
            "links": [[title, list(own)] for title, own in self._links],
        }  # fmt: skip
        written = escaped(data)
        if len(written) <= PLAIN:
            return written, False
        return base64.b64encode(zlib.compress(written.encode("utf-8"), 9)).decode("ascii"), True

    def _figure(self, measured: Measured) -> list[Json]:
        place, figure = measured.place, measured.figure
        against = (passage_id(place.suite, place.market, one) for one in figure.against)
        title = " · ".join(
            part
            for part in (figure.measure, place.system, place.suite, place.market, place.dimension, place.part)
            if part
        )
        at = self._names.place
        return [
            at(place.suite), at(place.market), at(place.system), at(place.dimension), at(place.part),
            at(figure.measure), numbers.finite(figure.value), numbers.alone(figure.value, figure.form),
            numbers.interval(figure), figure.count, at(figure.unit), at(figure.note), self.link(title, against),
        ]  # fmt: skip

    def _passage(self, passage: Passage) -> list[Json]:
        source, _ = texts.shown(passage.source)
        versions: list[Json] = []
        seen: dict[str, int] = {}
        for place, version in enumerate(passage.versions):
            versions.append(self._version(version, place, seen))
        about = self._names.place(passage.about)
        return [about, source, texts.language(passage.market), versions, texts.visible(passage.id)]

    def _version(self, version: Version, place: int, seen: dict[str, int]) -> Json:
        text, marks = texts.shown(version.text, version.marks)
        name = self._versions.setdefault((version.name, version.reference), len(self._versions))
        flat: list[Json] = []
        for start, end, tone in marks:
            flat += [_units(text, start), _units(text, end), tone]
        first = seen.setdefault(text, place)
        packed: list[Json] = [name, text if first == place else first]
        remarks = [self._remarks.place(remark) for remark in version.remarks]
        if flat or remarks:
            packed.append(flat)
        if remarks:
            packed.append(remarks)
        return packed

    @cached_property
    def browsable(self) -> bool:
        """Whether there are passages at all."""
        return bool(self._numbers)


def escaped(data: Mapping[str, Json]) -> str:
    """Return data as JSON that no parser of HTML takes for the end of the script, or for anything else."""
    written = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return (
        written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        .replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )  # fmt: skip


def _units(text: str, offset: int) -> int:
    """Return an offset in code points as one in UTF-16 units."""
    before = text[:offset]
    return offset + sum(1 for sign in before if ord(sign) > 0xFFFF) if not before.isascii() else offset
