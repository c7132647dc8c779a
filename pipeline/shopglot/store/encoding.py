r"""How text and records are written into the database, and read back unchanged.

Two alphabets meet here. A Python string may hold anything, lone surrogates from `\ud800` and U+0000 included; SQLite
takes no lone surrogate and PostgreSQL no U+0000 either. `escape` makes every string storable and leaves ordinary text
as it is, so that it can still be searched and read; `unescape` is its exact inverse.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from shopglot.types import Finding, Json

_ESCAPE = "\x1a"  # U+001A SUBSTITUTE: in no sane text, and JSON always writes it as \u001a, so JSON text needs none
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")
_KEYS = 4096  # identities that are remembered: a block of lines is looked up several times in a row
_FINDING_FIELDS = tuple(field.name for field in fields(Finding))


def escape(text: str) -> str:
    """Return `text` with what a database refuses written as U+001A and four hex digits."""
    if _UNSTORABLE.search(text) is None:
        return text
    return _UNSTORABLE.sub(lambda match: f"{_ESCAPE}{ord(match[0]):04x}", text)


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    if _ESCAPE not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _plain(value: object) -> object:
    """Return the JSON form of a mapping or sequence that is neither dict, list nor tuple."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


_sorted = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
_ordered = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def canonical(value: Json) -> str:
    """Return `value` as JSON with sorted keys: equal values, equal text."""
    return _sorted.encode(value)


def dump(value: Json) -> str:
    """Return `value` as JSON with its keys in their own order, which is the merchant's."""
    return _ordered.encode(value)


def load(text: str) -> Any:
    """Return the value that `canonical` or `dump` was given; tuples come back as lists."""
    return json.loads(text)


def digest(value: Json) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=_KEYS)
def identity_key(merchant: str, listing: str) -> str:
    """Return the key of a listing: 32 hex digits, whatever the length and the script of its identity."""
    return digest([merchant, listing])[:32]


@lru_cache(maxsize=_KEYS)
def merchant_key(merchant: str) -> str:
    """Return the key of a merchant: 32 hex digits, and never the key of a listing."""
    return digest([merchant])[:32]


def encode_reasons(reasons: Sequence[str]) -> str:
    """Return reason ids as JSON, in their order: worst first."""
    return canonical(list(reasons)) if reasons else "[]"


def decode_reasons(text: str) -> tuple[str, ...]:
    """Return the reasons that `encode_reasons` was given."""
    return () if text == "[]" else tuple(load(text))


def encode_findings(findings: Sequence[Finding]) -> str:
    """Return findings as a JSON list of objects with sorted keys, every field written out."""
    if not findings:
        return "[]"
    return canonical([{name: getattr(finding, name) for name in _FINDING_FIELDS} for finding in findings])


def decode_findings(text: str) -> tuple[Finding, ...]:
    """Return the findings that `encode_findings` was given."""
    return () if text == "[]" else tuple(Finding(**fields) for fields in load(text))


def encode_signals(signals: Sequence[tuple[str, float]]) -> str:
    """Return a score's signals, or an opinion, as a JSON list of [name, value], in their order."""
    return canonical([[name, value] for name, value in signals]) if signals else "[]"


def decode_signals(text: str) -> tuple[tuple[str, float], ...]:
    """Return the signals that `encode_signals` was given."""
    return () if text == "[]" else tuple((name, value) for name, value in load(text))
