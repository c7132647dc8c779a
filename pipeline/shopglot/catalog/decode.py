"""Strict JSON: what the standard library lets through and a catalog must not."""

from __future__ import annotations

import json
from typing import Any

from shopglot.catalog.reasons import MAX_DEPTH, LineError


def decode(text: str) -> Any:
    """Return the JSON value that `text` holds.

    Raises LineError for invalid JSON, a name that occurs twice in one object, an integer of thousands of digits, and
    nesting that exhausts the stack. NaN and Infinity come through as floats, for `parse` to refuse by their place.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        detail = f"{error.msg} (character {error.pos + 1})"
    except RecursionError:
        raise LineError("nesting.too-deep", limit=MAX_DEPTH) from None
    except ValueError:  # an integer longer than Python converts
        detail = "a number has thousands of digits"
    raise LineError("json.invalid", detail=detail)


def _build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise LineError("json.duplicate-key", key=key)
            seen.add(key)
    return result


_DECODER = json.JSONDecoder(object_pairs_hook=_build)
