"""The texts behind the numbers: each once, under an id that says where it is from."""

from __future__ import annotations

from dataclasses import replace

from shopglot.store.encoding import digest
from shopglot_eval.nightly.records import TextOf

LONGEST = 2_000  # characters of a text that are shown


class Evidence:
    """Collects texts. `found` has them by id, in the order in which they were first named."""

    def __init__(self) -> None:
        self.found: dict[str, TextOf] = {}

    def add(self, text: TextOf) -> str:
        """Take in a text and return its id: that of the same text, if it is there, as it stands and as it became."""
        key = digest([
            text.market, text.merchant, text.listing, text.path, text.index, text.source, text.version, text.other,
        ])[:16]  # fmt: skip
        self.found.setdefault(key, replace(_short(text), id=key))
        return key


def _short(text: TextOf) -> TextOf:
    return replace(
        text, source=_cut(text.source), version=_cut(text.version), other=_cut(text.other),
        marks=tuple((start, end) for start, end in text.marks if end <= min(len(text.version), LONGEST)),
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
