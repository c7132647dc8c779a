"""The keys of the translation memory.

A unit is a source text in a market under a field policy. Human text is looked up by `unit_key`; machine text by
`machine_key`, which adds everything that would make the same machine answer differently. Both use the source as
written, never a source with terms rendered into it.
"""

from __future__ import annotations

import hashlib
import unicodedata

from shopglot.termbase import digest
from shopglot.types import Segment

NORMALISER = "2"  # Part of the machine key: raise it when `normalise` or the rendering of requests changes.

# Fields that are written alike in a market share their translations.
FIELD_POLICY = {
    "title": "title",
    "subtitle": "title",
    "attribute-name": "label",
    "option-name": "label",
    "attribute-value": "value",
    "option-value": "value",
    "size-cell": "value",
    "hashtag": "hashtag",
    "brand": "brand",
}


def field_policy(field: str) -> str:
    """Return the policy under which texts of this field are written: title, label, value, hashtag, brand or prose."""
    return FIELD_POLICY.get(field, "prose")


def normalise(source: str) -> str:
    """Return the form of a source in which two writings of one text meet: canonical composition, single spaces."""
    return " ".join(word for word in unicodedata.normalize("NFC", source).split(" ") if word).strip()


def unit_key(segment: Segment, *, market: str) -> str:
    """Return the hash of normalised source, market and field policy (64 hex digits)."""
    return _hash("unit", normalise(segment.source), market, field_policy(segment.field))


def machine_key(segment: Segment, *, market: str, model: str, decoding: str, unit: str = "") -> str:
    """Return the hash of the unit plus model and revision, matched terms, decoding and normaliser (64 hex digits).

    The exact source, the style and the localized quantities count too: they decide what the engine is shown.
    `unit` is the segment's unit key where it is known already.
    """
    quantities = "\n".join(f"{quantity.start} {quantity.target}" for quantity in segment.quantities)
    return _hash(
        "machine", unit or unit_key(segment, market=market), segment.source, segment.style, model, decoding,
        digest(segment.terms), quantities, NORMALISER,
    )  # fmt: skip


def _hash(*parts: str) -> str:
    total = hashlib.sha256()
    for part in parts:
        # Length first, so that no two lists of parts run together.
        encoded = part.encode("utf-8", "surrogatepass")
        total.update(f"{len(encoded)}:".encode())
        total.update(encoded)
    return total.hexdigest()
