"""Finding text in the queue: whatever its case and its width, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from unicodedata import normalize

from sqlalchemy import ColumnElement, Connection, func, literal

from shopglot.store.columns import AnyText

LONGEST: Final = 200  # characters of a search that count
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")  # the store writes them with digits, which nobody searched for
_WILD = re.compile(r"([*?\[])")


def fold(text: str) -> str:
    """Return text as it is searched: NFKC, case folded, white space as one blank.

    U+FFFD stands for what no database stores as it is: lone surrogates, U+0000 and U+001A.
    """
    folded = text.lower() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())
    if _UNSTORABLE.search(folded) is not None:
        folded = _UNSTORABLE.sub("\ufffd", folded)
    return " ".join(folded.split())


def words(texts: Iterable[str]) -> str:
    """Return the text that a page is found by: a line each, so that no search finds the end of one and the next."""
    return "\n".join(folded for text in dict.fromkeys(texts) if (folded := fold(text)))


def contains(connection: Connection, column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a column has `text` in it, letter for letter: there are no wildcards."""
    if connection.dialect.name == "sqlite":  # GLOB takes half the time of `instr` and LIKE
        plain = _WILD.sub(r"[\1]", text)
        return column.op("GLOB", is_comparison=True)(f"*{plain}*")
    needle: ColumnElement[Any] = literal(text, AnyText())
    return func.strpos(column, needle) > 0
