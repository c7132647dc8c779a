"""The texts of a listing that a shopper reads: walking them, and putting others in their place."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from shopglot.types import Field, Json, Listing

KEY = "~key"
"""Ends the path of a name: a pointer never has `~` before anything but 0 or 1, so nothing else can end so."""


def walk(listing: Listing) -> Iterator[Field]:
    """Yield the listing's texts in a fixed order, leaving out what is no string or only white space.

    Names of attributes and options come before their values. The listing must have passed `parse`.
    """
    for path, name, value in _places(listing.document):
        if isinstance(value, str) and value.strip():
            yield Field(path=path, name=name, text=value)


def rebuild(listing: Listing, targets: Mapping[str, str]) -> dict[str, Json]:
    """Return a copy of the listing's document in which the text at each path of `targets` is replaced.

    Names keep their order; where two become equal, the later one gets " (2)" and so on, so that no value is lost.
    Everything else is as it was. Raises KeyError for a path that `walk` does not yield: a text without a place
    would be lost.
    """
    unknown = targets.keys() - {field.path for field in walk(listing)}
    if unknown:
        raise KeyError(f"listing {listing.id!r} has no text at {min(unknown)!r}")
    document: dict[str, Json] = copy.deepcopy(dict(listing.document))
    names: dict[str, dict[str, str]] = {}
    for path, text in targets.items():
        parent, _, token = path.removesuffix(KEY).rpartition("/")
        if path.endswith(KEY):
            names.setdefault(parent, {})[_unescape(token)] = text
        else:
            container = _resolve(document, parent)
            container[int(token) if isinstance(container, list) else _unescape(token)] = text
    for path, new in names.items():
        _rename(_resolve(document, path), new)
    return document


def pointer(*tokens: str | int) -> str:
    """Return the JSON Pointer (RFC 6901) of `tokens`, starting with a slash."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def _places(document: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    """Yield path, kind and value of every place where a text may stand."""
    fields = document["fields"]
    yield "/brand", "brand", document.get("brand")
    for name in ("title", "subtitle"):
        yield f"/fields/{name}", name, fields.get(name)
    yield from _items(fields, "bullets", "bullet")
    yield "/fields/description", "description", fields.get("description")
    yield from _pairs(fields.get("attributes"), "/fields/attributes", "attribute")
    for index, variant in enumerate(fields.get("variants") or ()):
        yield from _pairs((variant or {}).get("options"), f"/fields/variants/{index}/options", "option")
    for row, cells in enumerate(fields.get("size_chart") or ()):
        for column, cell in enumerate(cells or ()):
            yield f"/fields/size_chart/{row}/{column}", "size-cell", cell
    yield from _items(fields, "hashtags", "hashtag")
    yield "/fields/note", "note", fields.get("note")
    for index, image in enumerate(fields.get("images") or ()):
        yield f"/fields/images/{index}/alt", "alt", (image or {}).get("alt")


def _items(fields: Mapping[str, Any], key: str, name: str) -> Iterator[tuple[str, str, object]]:
    for index, text in enumerate(fields.get(key) or ()):
        yield f"/fields/{key}/{index}", name, text


def _pairs(mapping: Mapping[str, Any] | None, path: str, name: str) -> Iterator[tuple[str, str, object]]:
    """Yield each name of `mapping`, then its value."""
    for key, value in (mapping or {}).items():
        place = path + pointer(key)
        yield place + KEY, f"{name}-name", key
        yield place, f"{name}-value", value


def _resolve(document: Any, path: str) -> Any:
    """Return the object or list that a JSON Pointer names."""
    for token in path.split("/")[1:]:
        document = document[int(token) if isinstance(document, list) else _unescape(token)]
    return document


def _unescape(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")


def _rename(mapping: dict[str, Json], new: Mapping[str, str]) -> None:
    """Rename keys in place, keeping their order and every value."""
    items = list(mapping.items())
    mapping.clear()
    for key, value in items:
        name = new.get(key, key)
        candidate, count = name, 1
        while candidate in mapping:
            count += 1
            candidate = f"{name} ({count})"
        mapping[candidate] = value
