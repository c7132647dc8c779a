"""The formats of import and export by name and by the suffix of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shopglot.errors import UsageError
from shopglot.glossary.rows import Row
from shopglot.glossary.sheet import read_csv, read_tsv, write_csv, write_tsv
from shopglot.glossary.tbx import read_tbx, write_tbx
from shopglot.glossary.tmx import read_tmx, write_tmx

EXPORTS = ("csv", "tsv", "tbx", "tmx")
IMPORTS = (*EXPORTS, "shopify-taxonomy")


def format_of(path: Path) -> str:
    """Return the format that the suffix of a file says. Raises `UsageError` where it says none."""
    suffix = path.suffix.removeprefix(".").casefold()
    if suffix not in EXPORTS:
        raise UsageError(f"{path}: no format is known by '{path.suffix}'; name one with --format {'|'.join(IMPORTS)}.")
    return suffix


def write_form(rows: Sequence[Row], form: str, market: str, *, mark: bool = False) -> bytes:
    """Return rows in a format of `EXPORTS`; `mark` puts a byte order mark before CSV."""
    if form == "csv":
        return write_csv(rows, mark=mark)
    if form == "tsv":
        return write_tsv(rows)
    return (write_tbx if form == "tbx" else write_tmx)(rows, market)


def read_form(path: Path, form: str, market: str, *, status: str, use: str) -> list[Row]:
    """Read rows from a file in a format of `EXPORTS`; `status` and `use` are for what the file does not say."""
    if form in ("csv", "tsv"):
        return (read_csv if form == "csv" else read_tsv)(path, status=status, use=use)
    return (read_tbx if form == "tbx" else read_tmx)(path, market, status=status, use=use)
