"""From a decoded JSON value to a Listing, or to the reason why it is none."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from shopglot.catalog.fields import pointer, walk
from shopglot.catalog.reasons import MAX_DEPTH, MAX_FIELD_CHARS, MAX_ID_CHARS, MAX_LINE_BYTES, LineError, broken, kind
from shopglot.types import BrokenLine, Json, Listing

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TEXT = ("a string", "字符串")
_LIST = ("a list", "列表")
_OBJECT = ("an object", "对象")
_SCALAR = ("a string, a number or a boolean", "字符串、数字或布尔值")


def parse(document: object, *, line: int) -> Listing | BrokenLine:
    """Return the listing that `document`, a decoded JSON value, describes, or the reason why it is none.

    Only `id` and `fields` are required. null inside `fields` counts as absent. Numbers and booleans are welcome as
    attribute values, option values and cells of the size chart; other texts must be strings. Keys that are not ours
    are not looked at, wherever they stand, except that the whole document must be storable: finite numbers, no lone
    surrogates, no U+0000, at most MAX_DEPTH levels. The document is kept, not copied.
    """
    try:
        return _parse(document, line=line)
    except LineError as error:
        merchant, identity = identity_of(document)
        return broken(error, line=line, merchant=merchant, identity=identity)


def identity_of(document: object) -> tuple[str, str]:
    """Return merchant and id of a document that is no listing, each "" where it cannot be read or stored."""
    return _read(document, "merchant"), _read(document, "id")


def canonical(document: Mapping[str, Json]) -> bytes:
    """Return the document's canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _parse(document: object, *, line: int) -> Listing:
    if not isinstance(document, dict):
        raise LineError("object.expected", **kind(document))
    _check_storable(document)
    identity = _check_id(document)
    merchant = _check_name(document, "merchant")
    for name in ("brand", "category"):
        _check(document.get(name), _is_text, _TEXT, "/" + name)
    _check_fields(document.get("fields"))
    markets = _check_markets(document.get("markets"))
    data = canonical(document)
    if len(data) > MAX_LINE_BYTES:
        raise LineError("line.too-long", limit=MAX_LINE_BYTES)
    listing = Listing(
        line=line,
        merchant=merchant,
        id=identity,
        document=document,
        digest=hashlib.sha256(data).hexdigest(),
        category=document.get("category") or "",
        markets=markets,
    )
    for field in walk(listing):
        if len(field.text) > MAX_FIELD_CHARS:
            raise LineError("field.too-long", field=field.path, found=len(field.text), limit=MAX_FIELD_CHARS)
    return listing


def _check_storable(document: object) -> None:
    """Refuse what no store or JSON writer can hold, wherever it stands. Iterative: the nesting may be hostile."""
    # An entry's path is a chain of (parent's path, token), so that it costs nothing until an error names it.
    stack: list[tuple[Any, Any, int]] = [(document, None, 1)]
    while stack:
        node, path, depth = stack.pop()
        if not isinstance(node, (dict, list)):
            _check_scalar(node, path)
            continue
        if depth > MAX_DEPTH:
            raise LineError("nesting.too-deep", field=_spell(path), limit=MAX_DEPTH)
        if isinstance(node, dict):
            for key, child in node.items():
                if not isinstance(key, str):
                    raise LineError("json.type", field=_spell((path, key)), found=type(key).__name__)
                _check_scalar(key, (path, key))
                stack.append((child, (path, key), depth + 1))
        else:
            stack.extend((child, (path, index), depth + 1) for index, child in enumerate(node))


def _check_scalar(value: object, path: Any) -> None:
    if isinstance(value, str):
        found = _UNSTORABLE.search(value)
        if found:
            reason = "text.control" if found.group() == "\x00" else "text.surrogate"
            raise LineError(reason, field=_spell(path))
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise LineError("number.not-finite", field=_spell(path))
    elif value is not None and not isinstance(value, int):
        raise LineError("json.type", field=_spell(path), found=type(value).__name__)


def _spell(path: Any) -> str:
    tokens = []
    while path is not None:
        path, token = path
        tokens.append(token)
    return pointer(*reversed(tokens))


def _check_id(document: dict[str, Any]) -> str:
    value = document.get("id")
    if value is None:
        raise LineError("id.missing", field="/id")
    if not isinstance(value, str):
        raise LineError("id.type", field="/id", **kind(value))
    if not value.strip():
        raise LineError("id.missing", field="/id")
    return _check_name(document, "id")


def _check_name(document: dict[str, Any], name: str) -> str:
    """Return the string under a key of the store, "" where it is absent."""
    value = document.get(name)
    _check(value, _is_text, _TEXT, "/" + name)
    if value is not None and len(value) > MAX_ID_CHARS:
        raise LineError("field.too-long", field="/" + name, found=len(value), limit=MAX_ID_CHARS)
    return value or ""


def _check_markets(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    for index, market in enumerate(_list(value, "/markets")):
        if not isinstance(market, str):
            raise _type_error(market, _TEXT, pointer("markets", index))
    return tuple(cast("list[str]", value))


def _check_fields(fields: object) -> None:
    if fields is None:
        raise LineError("fields.missing", field="/fields")
    if not isinstance(fields, dict):
        raise LineError("fields.type", field="/fields", **kind(fields))
    for name in ("title", "subtitle", "description", "note"):
        _check(fields.get(name), _is_text, _TEXT, pointer("fields", name))
    for name in ("bullets", "hashtags"):
        for path, item in _items(fields, name):
            _check(item, _is_text, _TEXT, path)
    _check_mapping(fields.get("attributes"), pointer("fields", "attributes"))
    for path, row in _items(fields, "size_chart"):
        for index, cell in enumerate(_list(row, path)):
            _check(cell, _is_scalar, _SCALAR, f"{path}/{index}")
    for path, variant in _items(fields, "variants"):
        _check(variant, _is_object, _OBJECT, path)
        _check_mapping((variant or {}).get("options"), path + "/options")
    for path, image in _items(fields, "images"):
        _check(image, _is_object, _OBJECT, path)
        _check((image or {}).get("alt"), _is_text, _TEXT, path + "/alt")


def _check_mapping(value: Any, path: str) -> None:
    """Check an object of names and scalar values."""
    _check(value, _is_object, _OBJECT, path)
    for name, item in (value or {}).items():
        _check(item, _is_scalar, _SCALAR, path + pointer(name))


def _items(fields: dict[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Yield the path and value of each item of a list of `fields` that may be absent."""
    path = pointer("fields", name)
    for index, item in enumerate(_list(fields.get(name), path)):
        yield f"{path}/{index}", item


def _list(value: object, path: str) -> list[Any]:
    _check(value, lambda v: isinstance(v, list), _LIST, path)
    return cast("list[Any]", value or [])


def _check(value: object, accepts: Callable[[object], bool], expected: tuple[str, str], path: str) -> None:
    """Refuse a value of another type; null counts as absent."""
    if value is not None and not accepts(value):
        raise _type_error(value, expected, path)


def _type_error(value: object, expected: tuple[str, str], path: str) -> LineError:
    return LineError("field.type", field=path, expected=expected[0], expected_zh=expected[1], **kind(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_scalar(value: object) -> bool:
    return isinstance(value, (str, int, float))  # a boolean is an int


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _read(document: object, name: str) -> str:
    """Return a key of the listing as far as it can be read and stored, else ""."""
    value = document.get(name) if isinstance(document, Mapping) else None
    if isinstance(value, str) and len(value) <= MAX_ID_CHARS and not _UNSTORABLE.search(value):
        return value
    return ""
