"""Entries of a termbase, and the files that they are read from.

`glossaries/<market>/terms.tsv` has the columns of `COLUMNS`, one row per (source, target);
`glossaries/common/brands.tsv` has one row per name with the form that each market writes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.errors import DataError
from shopglot.market import MARKETS

COLUMNS = ("source", "target", "status", "use", "category", "field", "pos", "note")
STATUSES = ("preferred", "admitted", "forbidden")
USES = ("enforce", "suggest", "keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a market calls a source term, under a condition (empty: always).

    `category` is a prefix of the listing's category path, `field` a field name as in `Field.name`.
    `brand` marks a name from the list of brands; its `use` is `keep`, as that of other do-not-translate texts.
    `pos` is the part of speech of the preferred target, as its row has it.
    """

    source: str
    target: str
    admitted: tuple[str, ...]
    forbidden: tuple[str, ...]
    use: str
    category: str
    field: str
    note: str
    brand: bool = False
    pos: str = ""


def read_terms(path: Path) -> list[Entry]:
    """Read a `terms.tsv`. Raises `DataError` with line and column for anything that is not as documented."""
    groups: dict[tuple[str, str, str], dict[str, list[tuple[int, dict[str, str]]]]] = {}
    for line, row in _rows(path, COLUMNS):
        for column, known in (("status", STATUSES), ("use", USES)):
            if row[column] not in known:
                raise DataError(f"{path}:{line}: {column} is '{row[column]}', not one of {', '.join(known)}.")
        if not row["source"] or not row["target"]:
            raise DataError(f"{path}:{line}: source and target must not be empty.")
        key = (row["source"], row["category"], row["field"])
        groups.setdefault(key, {}).setdefault(row["status"], []).append((line, row))
    return [_entry(path, key, by_status) for key, by_status in groups.items()]


def read_brands(path: Path, lineage: Sequence[str]) -> Iterator[Entry]:
    """Yield the brands in the form of the market that ends `lineage`; none where there is no such file.

    An empty cell means "as the market before it in the lineage writes it". Raises `DataError` where no form is left.
    """
    if not path.is_file():
        return
    for line, row in _rows(path, ("source", *MARKETS, "note")):
        forms = [row[folder] for folder in lineage if row.get(folder)]
        if not row["source"] or not forms:
            raise DataError(f"{path}:{line}: '{row['source']}' has no form for {lineage[-1]}.")
        yield Entry(
            source=row["source"], target=forms[-1], admitted=(), forbidden=(), use="keep", category="", field="",
            note=row["note"], brand=True,
        )  # fmt: skip


def _entry(path: Path, key: tuple[str, str, str], by_status: dict[str, list[tuple[int, dict[str, str]]]]) -> Entry:
    preferred = by_status.get("preferred", [])
    if len(preferred) != 1:
        line = (preferred[1:] or next(iter(by_status.values())))[0][0]
        raise DataError(f"{path}:{line}: '{key[0]}' needs exactly one preferred target, it has {len(preferred)}.")
    row = preferred[0][1]
    return Entry(
        source=row["source"],
        target=row["target"],
        admitted=tuple(other["target"] for _, other in by_status.get("admitted", [])),
        forbidden=tuple(other["target"] for _, other in by_status.get("forbidden", [])),
        use=row["use"],
        category=row["category"],
        field=row["field"],
        note=row["note"],
        pos=row["pos"],
    )


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = next(rows, [])
            if tuple(header) != tuple(columns):
                raise DataError(
                    f"{path}:1: the header must be {' '.join(columns)} (tab-separated), not {' '.join(header)}."
                )
            for line, row in enumerate(rows, start=2):
                if len(row) != len(columns):
                    raise DataError(f"{path}:{line}: {len(row)} columns, {len(columns)} are needed.")
                yield line, dict(zip(columns, row, strict=True))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from error
