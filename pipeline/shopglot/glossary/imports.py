"""An import from reading to writing: rows are laid into a market's table, and what would spoil it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from shopglot.errors import DataError
from shopglot.glossary.lint import Problem, lint_terms
from shopglot.glossary.merge import Merge, merge
from shopglot.glossary.rows import Brand, Row, Table, format_table, read_table, write_whole
from shopglot.glossary.surface import Place
from shopglot.termbase import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What an import would do: `merge` is the outcome, `problems` the errors that it would bring into the table.

    `refused` are the sources (folded) of imported rows that were left out for such errors.
    """

    merge: Merge
    problems: tuple[Problem, ...]
    refused: frozenset[str]


def read_own(path: Path) -> Table:
    """Read the table that is imported into, an empty one where there is none. Raises `DataError`."""
    if not path.exists():
        return Table(path=path)
    table = read_table(path)
    if table.broken:
        line, columns = table.broken[0]
        raise DataError(f"{path}:{line}: {columns} columns; mend this line first, an import writes the file anew.")
    return table


def name_rows(brands: Sequence[Brand], lineage: Sequence[str]) -> list[Row]:
    """Return the names as rows of a market: kept, in its own form or that of the market it inherits from."""
    rows: list[Row] = []
    for brand in brands:
        forms = [brand.forms[market] for market in lineage if market in brand.forms]
        if forms:
            rows.append(Row(source=brand.source, target=forms[-1], use="keep", note=brand.note, line=brand.line))
    return rows


def prepare(
    own: Table,
    imported: Sequence[Row],
    place: Place,
    *,
    brands: Table,
    lineage: Sequence[str],
    file: Path,
    use: str = "enforce",
    override: bool = False,
    loose: bool = False,
    skip: bool = False,
) -> Import:
    """Lay `imported` (read from `file`) into `own` and lint what comes of it.

    `skip` leaves out the sources that would bring errors; without it the errors are `problems` and nothing may be
    written. Errors that the table had before are no reason to refuse.
    """  # fmt: skip
    names = name_rows(brands.brands, lineage)

    def lay(rows: Sequence[Row]) -> tuple[Merge, tuple[Problem, ...]]:
        merged = merge(own.rows, rows, names=names, override=override, loose=loose, use=use)
        if not merged.written:
            return merged, ()
        lint = partial(lint_terms, place=place, brands=brands, lineage=lineage)
        return merged, tuple(_new_errors(lint, own, merged, imported, file))

    merged, problems = lay(imported)
    if not skip or not problems:
        return Import(merge=merged, problems=problems, refused=frozenset())
    refused = frozenset(fold(problem.source) for problem in problems)
    merged, problems = lay([row for row in imported if fold(row.source) not in refused])
    return Import(merge=merged, problems=problems, refused=refused)


def write_own(own: Table, merged: Merge) -> None:
    """Write the table with what was imported, at once. Raises `WorkError`."""
    write_whole(own.path, format_table(merged.rows).encode("utf-8"))


def summarize(done: Import) -> dict[str, Any]:
    """Return how many terms were added, changed and so on, each conflict and each error, as JSON has them."""
    merged = done.merge
    return {
        "added": len(merged.added),
        "changed": len(merged.changed),
        "unchanged": len(merged.unchanged),
        "conflicting": len(merged.conflicting),
        "refused": len(done.refused),
        "conflicts": [
            {
                "source": conflict.theirs.source, "category": conflict.theirs.category, "field": conflict.theirs.field,
                "ours": conflict.ours.target, "our_line": conflict.ours.line, "theirs": conflict.theirs.target,
                "their_line": conflict.theirs.line, "reason": conflict.reason,
            }
            for conflict in merged.conflicts
        ],
        "errors": [asdict(problem) for problem in done.problems],
    }  # fmt: skip


def _new_errors(
    lint: Callable[[Table], list[Problem]], own: Table, merged: Merge, imported: Sequence[Row], file: Path
) -> list[Problem]:
    """Return the errors of the merged table that the import brings, at the lines of the imported file."""
    lines: Mapping[str, int] = {fold(row.source): row.line for row in reversed(imported)}
    before = {(problem.id, fold(problem.source)) for problem in lint(own) if problem.severity == "error"}
    rows = tuple(replace(row, line=line) for line, row in enumerate(merged.rows, start=2))
    return [
        replace(problem, file=str(file), line=lines.get(fold(problem.source), 0))
        for problem in lint(replace(own, rows=rows))
        if problem.severity == "error"
        and fold(problem.source) in merged.written
        and (problem.id, fold(problem.source)) not in before
    ]
