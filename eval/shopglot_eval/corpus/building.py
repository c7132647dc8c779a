"""From an author's blocks to a listing in our format, with the place of every block in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shopglot.catalog.fields import KEY, pointer
from shopglot.catalog.listing import parse
from shopglot.types import Listing
from shopglot_eval.corpus.authoring import Block, Draft, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A listing, and the blocks at each of its paths in order."""

    draft: Draft
    listing: Listing
    places: dict[str, list[Block]]


@dataclass(slots=True)
class _Builder:
    fields: dict[str, Any] = field(default_factory=dict)
    places: dict[str, list[Block]] = field(default_factory=dict)

    def add(self, path: str, block: Block) -> None:
        """Note where a block stands."""
        self.places.setdefault(path, []).append(block)


def build(draft: Draft, *, line: int = 1) -> Built | list[Problem]:
    """Return the listing that a draft describes, or why our own reader of listings refuses it."""
    builder = _Builder()
    problems: list[Problem] = []
    rows: dict[int, list[Block]] = {}
    for block in draft.blocks:
        place = _PLACES.get(block.kind)
        if place is None:
            rows.setdefault(block.line, []).append(block)
        else:
            place(builder, block)
    for cells in rows.values():
        problems += _row(builder, draft, cells)
    if "description" in builder.fields:
        builder.fields["description"] += "</p>"
    document = {
        "id": draft.id, "merchant": draft.merchant, "brand": draft.brand, "category": draft.category,
        "fields": builder.fields,
    }  # fmt: skip
    listing = parse(document, line=line)
    if not isinstance(listing, Listing):
        problems.append(_problem(draft, draft.line, listing.message))
    if problems or not isinstance(listing, Listing):
        return problems
    return Built(draft=draft, listing=listing, places=builder.places)


def _phrase(builder: _Builder, block: Block) -> None:
    before = builder.fields.get(block.kind)
    between = block.before or ("｜" if before else "")
    builder.fields[block.kind] = (before or "") + between + block.source
    builder.add(f"/fields/{block.kind}", block)


def _item(builder: _Builder, block: Block) -> None:
    key = "bullets" if block.kind == "bullet" else "images"
    items = builder.fields.setdefault(key, [])
    if not items or not block.joined:
        items.append("" if key == "bullets" else {"alt": ""})
    if key == "bullets":
        items[-1] += block.before + block.source
        builder.add(f"/fields/bullets/{len(items) - 1}", block)
    else:
        items[-1]["alt"] += block.before + block.source
        builder.add(f"/fields/images/{len(items) - 1}/alt", block)


def _paragraph(builder: _Builder, block: Block) -> None:
    text = builder.fields.get("description")
    between = "<p>" if text is None else "" if block.joined else "</p><p>"
    builder.fields["description"] = (text or "") + between + block.before + block.source
    builder.add("/fields/description", block)


def _line(builder: _Builder, block: Block) -> None:
    text = builder.fields.get("note")
    between = "" if text is None or block.joined else "\n"
    builder.fields["note"] = (text or "") + between + block.before + block.source
    builder.add("/fields/note", block)


def _tag(builder: _Builder, block: Block) -> None:
    tags = builder.fields.setdefault("hashtags", [])
    tags.append(block.source)
    builder.add(f"/fields/hashtags/{len(tags) - 1}", block)


_PLACES: Mapping[str, Callable[[_Builder, Block], None]] = {
    "title": _phrase, "subtitle": _phrase, "bullet": _item, "alt": _item, "desc": _paragraph, "note": _line,
    "tag": _tag,
}  # fmt: skip


def _row(builder: _Builder, draft: Draft, cells: Sequence[Block]) -> list[Problem]:
    name = cells[0]
    if name.kind == "cell":
        chart = builder.fields.setdefault("size_chart", [])
        chart.append([cell.source for cell in cells])
        for column, cell in enumerate(cells):
            builder.add(f"/fields/size_chart/{len(chart) - 1}/{column}", cell)
        return []
    if name.kind == "attr-name":
        attributes = builder.fields.setdefault("attributes", {})
        if name.source in attributes:
            return [_problem(draft, name.line, f"the attribute {name.source} stands twice in the listing")]
        attributes[name.source] = cells[1].source
        path = "/fields/attributes" + pointer(name.source)
        builder.add(path + KEY, name)
        builder.add(path, cells[1])
        return []
    variants = builder.fields.setdefault("variants", [])
    for position, cell in enumerate(cells[1:]):
        variants.append({"options": {name.source: cell.source}})
        path = f"/fields/variants/{len(variants) - 1}/options" + pointer(name.source)
        if not position:
            builder.add(path + KEY, name)
        builder.add(path, cell)
    return []


def _problem(draft: Draft, line: int, message: str) -> Problem:
    return Problem(file=draft.file, line=line, check="corpus.listing", message=message)
