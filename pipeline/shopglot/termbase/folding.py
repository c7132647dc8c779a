"""Spellings made alike, so that one term is found in all of them: width, case, Traditional and Simplified forms."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from shopglot.script import is_han


def fold(text: str) -> str:
    """Fold width, case and Traditional into Simplified forms, code point by code point, so that offsets stay."""
    return "".join(map(_fold_character, text))


@cache
def _fold_character(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"  # half of a surrogate pair, which the matcher cannot take
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) != 1:
        return character
    if is_han(folded):
        simplified: str = _simplifier().convert(folded)
        return simplified if len(simplified) == 1 else folded
    return folded


@cache
def _simplifier() -> Any:  # opencc ships no types
    from opencc import OpenCC

    return OpenCC("t2s")
