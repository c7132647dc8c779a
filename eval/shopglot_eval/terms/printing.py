"""The terminology report as people read it, and as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopglot.errors import UsageError

COLUMNS = ("mode", "first", "final", "by model", "names", "given", "tokens", "seconds")
Record = Mapping[str, Any]


def describe(report: Record) -> Iterator[str]:
    """Yield the lines of the report: a table per set, and what it comes to."""
    yield f"{report['model']}, market {report['market']}, attempts {report['attempts']}, seed {report['seed']}"
    for name, figures in report["sets"].items():
        given = figures.get("random")
        drawn = f", {given['expected']} random for {given['wanted']} enforced terms" if given else ""
        yield ""
        yield f"{name}: {figures['texts']} texts, {figures['lines']} lines{drawn}"
        yield _row(COLUMNS)
        for mode, own in figures["modes"].items():
            yield _row(_cells(mode, own))
    yield ""
    yield "first, final: enforced terms present, at the first answer and after retries; by model: of these, where an"
    yield "engine was asked; names: kept texts unaltered; given: of the terms that this mode was given"
    yield from (f"missed: {what}" for what in report["missed"])
    yield "reached" if report["reached"] else "not reached"


def write_figures(folder: Path, report: Record) -> None:
    """Write `figures.json` over what stood there before. Raises `UsageError` where the folder cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: {error}") from error


def _cells(mode: str, own: Record) -> list[str]:
    return [
        mode, _part(own["first"]["right"], own["first"]["terms"]), _part(own["final"]["right"], own["final"]["terms"]),
        _part(own["final"]["asked_right"], own["final"]["asked"]),
        f"{own['final']['unaltered']}/{own['final']['kept']}", _part(own["given"]["right"], own["given"]["terms"]),
        str(own["tokens"]), f"{own['seconds']:.0f}",
    ]  # fmt: skip


def _row(cells: Sequence[str]) -> str:
    widths = (8, 16, 16, 16, 8, 16, 7, 7)
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _part(part: int, total: int) -> str:
    return f"{part / total:.1%} {part}/{total}" if total else "-"
