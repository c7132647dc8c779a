"""The report as JSON: its figures and what they were made from, and its sections; `report.schema.json` says the shape.

What is not the same when a report is made again stands apart, under `volatile`, and last: facts, and the `figures` and
`sections` that say how long something took. NaN and the infinities are
null. Of the passages those are there that stand open in a section: the outputs themselves are in the files of the
systems, found by the ids.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from shopglot.errors import DataError
from shopglot.types import Json
from shopglot_eval.records import Figure, Measured, Place
from shopglot_eval.reporting import numbers, texts
from shopglot_eval.reporting.document import Document, Section, Shown

FORMAT = "shopglot-report/1"

_SURROGATE = re.compile("[\ud800-\udfff]")
_PLACE = tuple(field.name for field in fields(Place))
_FIGURE = tuple(field.name for field in fields(Figure))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from a report's JSON."""

    kind: str
    title: str
    figures: tuple[Measured, ...]
    provenance: Mapping[str, Json]
    volatile: Mapping[str, Json]


def as_json(document: Document) -> str:
    """Return the report; the same document gives the same text. It ends with a line break."""
    open_ids = [one for section in document.sections for one in _open(section)]
    passages = {one: document.passages[one] for one in texts.known(open_ids, document.passages)}
    late = [_section(section) for section in document.sections if section.volatile]
    timed = {"figures": _figures(document.timed)} if document.timed else {}
    timed |= {"sections": late} if late else {}
    whole = {
        "format": FORMAT,
        "kind": document.kind,
        "title": document.title,
        "provenance": _sorted(document.provenance),
        "figures": _figures(document.figures),
        "summary": list(document.summary),
        "sections": [_section(section) for section in document.sections if not section.volatile],
        "passages": passages,
        "volatile": _sorted(document.volatile) | timed,
    }
    parts = (f"{_written(name)}: {_listed(_plain(value))}" for name, value in whole.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read_json(text: str) -> Reading:
    """Return the figures of a report and what they were made from.

    A text that is no report, or one of another format, is a DataError that names the place in it.
    """
    try:
        whole = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise DataError(f"This is no JSON of a report: {error}. Make the report again.") from None
    if not isinstance(whole, dict) or "format" not in whole:
        raise DataError("This JSON is no report: it has no `format`. Give a file that `shopglot eval` has written.")
    if whole["format"] != FORMAT:
        raise DataError(
            f"This report has the format {whole['format']!r}, and this version reads {FORMAT!r}. Make the report again."
        )
    kind, title = _take(whole, "kind", str), _take(whole, "title", str)
    listed = _take(whole, "figures", list)
    figures = tuple(_measured(one, f"figures[{number}]") for number, one in enumerate(listed))
    provenance, volatile = _take(whole, "provenance", dict), _take(whole, "volatile", dict)
    return Reading(kind=kind, title=title, figures=figures, provenance=provenance, volatile=volatile)


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of what `as_json` writes."""
    path = Path(__file__).parent / "report.schema.json"
    return cast("Mapping[str, Any]", json.loads(path.read_text(encoding="utf-8")))


def _figures(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    return [asdict(one.place) | asdict(one.figure) for one in measured]


def _open(section: Section) -> list[str]:
    return [one for block in section.blocks if isinstance(block, Shown) for one in block.passages]


def _section(section: Section) -> dict[str, Any]:
    blocks = [{"type": type(block).__name__.lower()} | _plain(block) for block in section.blocks]
    return {"id": section.id, "title": section.title, "lead": section.lead, "blocks": blocks}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: records as objects, numbers that are none as null, keys as text."""
    if isinstance(value, float):
        return numbers.finite(value)
    if value is None or isinstance(value, (str, int)):
        return value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_plain(inner) for inner in value]
    raise TypeError(f"A report cannot state {type(value).__name__} as JSON.")


def _sorted(facts: Mapping[str, Json]) -> dict[str, Any]:
    """Return facts with their keys in order, at every depth: whoever gathered them first makes no difference."""

    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: ordered(value[key]) for key in sorted(value)}
        return [ordered(inner) for inner in value] if isinstance(value, list) else value

    return cast("dict[str, Any]", ordered(_plain(facts)))


def _listed(value: Any) -> str:
    """Return a value as JSON, a line for each entry of a list or an object: a change of one is seen as one."""
    if isinstance(value, list) and value:
        return "[\n " + ",\n ".join(map(_written, value)) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n " + ",\n ".join(f"{_written(name)}: {_written(inner)}" for name, inner in value.items()) + "\n}"
    return _written(value)


def _written(value: Any) -> str:
    """Return a value as JSON on one line; half of a pair of surrogates is an escape, for UTF-8 has no bytes for it."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _take(whole: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = whole.get(name)
    if not isinstance(value, kind):
        raise DataError(f"The report's field `{name}` is missing or of another kind. Make the report again.")
    return value


def _measured(one: Any, where: str) -> Measured:
    if not isinstance(one, dict):
        raise DataError(f"The report's field `{where}` is no object. Make the report again.")
    missing = [name for name in (*_PLACE, *_FIGURE) if name not in one]
    if missing:
        raise DataError(f"The report's field `{where}` lacks `{missing[0]}`. Make the report again.")
    for name in ("value", "low", "high"):
        if one[name] is not None and (isinstance(one[name], bool) or not isinstance(one[name], (int, float))):
            raise DataError(f"The report's field `{where}.{name}` is no number: {one[name]!r}. Make the report again.")
    if not isinstance(one["against"], list):
        raise DataError(f"The report's field `{where}.against` is no list. Make the report again.")
    figure = {name: one[name] for name in _FIGURE} | {"against": tuple(map(str, one["against"]))}
    return Measured(place=Place(**{name: one[name] for name in _PLACE}), figure=Figure(**figure))
