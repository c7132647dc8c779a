"""The termbase: how a market calls things, and where its entries stand in a text.

    termbase = load_termbase(glossary_root(), ("us",))
    termbase.match("韩束玻尿酸面膜", field="title")       # KANS, hyaluronic acid, sheet mask

`entries` reads the files, `folding` makes spellings alike, `words` knows where Chinese words begin and end, `cover`
chooses among matches that overlap, `matcher` puts them together. There is no second matcher elsewhere.
"""

from __future__ import annotations

from shopglot.termbase.entries import COLUMNS, STATUSES, USES, Entry, read_terms
from shopglot.termbase.folding import fold
from shopglot.termbase.matcher import Termbase, digest, load_termbase, overlaps

__all__ = [
    "COLUMNS", "STATUSES", "USES", "Entry", "Termbase", "digest", "fold", "load_termbase", "overlaps", "read_terms",
]  # fmt: skip
