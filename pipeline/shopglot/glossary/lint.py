"""What is wrong with tables of `glossaries/`, with the place and what to do. Nothing is changed.

An `error` means that the table says something other than its editor thinks, or cannot be loaded; a `warning` that it
should be looked at; an `info` is worth knowing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.glossary.groups import look_at_brands, look_at_groups
from shopglot.glossary.nesting import look_at_nesting, look_at_overlaps
from shopglot.glossary.rows import Brand, Table
from shopglot.glossary.surface import Place, Remark, look_at_row, look_at_target, look_at_text
from shopglot.termbase import fold

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding about a table: where it is, what it is about, and what to do."""

    file: str
    line: int
    source: str
    id: str
    severity: str
    message: str


def lint_terms(
    table: Table, place: Place, *, brands: Table | None = None, lineage: Sequence[str] = (), overlaps: bool = False
) -> list[Problem]:
    """Return the problems of a term table, by line. `overlaps` adds the terms that may run into each other."""
    found = [(row, remark) for row in table.rows for remark in look_at_row(row, place)]
    whole = [row for row in table.rows if row.source.strip() and row.target.strip()]
    found += look_at_groups(whole, latin=place.latin)
    found += look_at_nesting(whole, latin=place.latin)
    if brands is not None:
        found += look_at_brands(whole, brands.brands, lineage)
    if overlaps:
        found += look_at_overlaps(whole)
    return in_order([placed(table.path, row.line, row.source, remark) for row, remark in found] + _broken(table))


def lint_brands(table: Table, places: Iterable[Place], lineages: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Return the problems of a brand table, by line; `lineages` says where each market takes its forms from."""
    found = [(brand, remark) for brand in table.brands for remark in look_at_text(brand.source, "source")]
    first: dict[str, Brand] = {}
    for brand in table.brands:
        other = first.setdefault(fold(brand.source), brand)
        if other is not brand:
            found.append((brand, ("error", "row.duplicate", f"line {other.line} names it too: delete one of them.")))
        if not brand.source.strip():
            found.append((brand, ("error", "cell.empty", "source is empty: fill it in or delete the row.")))
    for place in places:
        for brand in table.brands:
            found += [(brand, remark) for remark in _form(brand, place, lineages[place.market])]
    return in_order([placed(table.path, brand.line, brand.source, remark) for brand, remark in found] + _broken(table))


def count(problems: Iterable[Problem]) -> dict[str, int]:
    """Return how many problems there are of each severity."""
    totals: dict[str, int] = defaultdict(int)
    for problem in problems:
        totals[problem.severity] += 1
    return {severity: totals[severity] for severity in SEVERITIES}


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems of one file by line, the worst first, each once."""
    return sorted(set(problems), key=lambda problem: (problem.line, SEVERITIES.index(problem.severity), problem.id))


def placed(path: Path, line: int, source: str, remark: Remark) -> Problem:
    """Return a remark as the problem of a line of a file."""
    severity, check, message = remark
    return Problem(file=str(path), line=line, source=source, id=check, severity=severity, message=message)


def _form(brand: Brand, place: Place, lineage: Sequence[str]) -> Iterator[Remark]:
    if not any(market in brand.forms for market in lineage):
        yield "error", "cell.empty", f"{place.market} has no form: write what this market calls it."
    if form := brand.forms.get(place.market, ""):
        remarks = [*look_at_text(form, "target"), *look_at_target(form, place)]
        yield from ((severity, check, f"{place.market}: {message}") for severity, check, message in remarks)


def _broken(table: Table) -> list[Problem]:
    wanted = "8" if table.rows else "the header's number of"
    return [
        placed(table.path, line, "", ("error", "row.columns", (
            f"{columns} columns, {wanted} are needed: is a tab missing, or one too many?"
        )))
        for line, columns in table.broken
    ]  # fmt: skip
