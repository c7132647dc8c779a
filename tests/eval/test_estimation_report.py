"""The report of a fit."""

from __future__ import annotations

import json
from math import nan
from pathlib import Path
from typing import Any

import pytest

from shopglot_eval.estimation.report import WIDTH, write_report

FIGURES: dict[str, Any] = {
    "market": "us", "signature": "en-2@00000000/surface", "segments": 10, "good_segments": 6, "listings": 4,
    "bad_listings": 3, "held_by_findings": 1, "calibration_error": 0.01234, "brier_skill": 0.2,
    "reliability": [(0.25, 0.75, 4, 0.2, 0.9), (0.5, 0.5, 4, 0.1, 0.9), (1.0, 0.0, 2, 0.0, 0.8)],
    "risks": {
        "0.1": {"cutoff": None, "reason": "few"},
        "0.2": {"cutoff": 0.905, "published": 3, "bad": 0, "coverage": 0.75, "bound": 0.199},
    },
    "risk": 0.2, "confidence": 0.9, "machine": {"count": 8, "good": 5, "auroc": 0.75},
    "by_listing": {"count": 4, "good": 1, "auroc": nan}, "signals": {"told": 0.7, "long": 0.3},
}  # fmt: skip
MORE: dict[str, Any] = {
    "experts": {"score (forward)": dict.fromkeys(("item", "overall", "pearson", "auroc"), (0.5, 0.4, 0.6))},
    "errors": {"score": {"number": (0.96, 25)}, "surface": {"number": (0.5, 25)}},
}


def written(folder: Path, figures: dict[str, Any]) -> str:
    """Write a report into a new folder and return it."""
    write_report(folder / "new", "us", figures)
    return (folder / "new" / "us.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "| expected calibration error (10 bins of equal count) | 0.012 |",
        "| AUROC, listings (4, 1 good), by the worst text | nan |",
        "| 10% | none (few) | 0% | | |",
        "| 20% (promised) | 0.905 | 75% (3) | 0 | 19.9% |",
        "| told | 0.700 |",
    ],
)
def test_lines(tmp_path: Path, line: str) -> None:
    """Every figure stands in its table, also where there is no number."""
    assert line in written(tmp_path, FIGURES).splitlines()


def test_diagram(tmp_path: Path) -> None:
    """The diagram has its marks where the shares are, one where they agree, and one width."""
    rows = [
        line.split("`")[1] for line in written(tmp_path, FIGURES).splitlines() if line.count("`") == 2 and "..." in line
    ]
    assert [(10, 30), (-1, 20), (40, 0)] == [(row.find("|"), row.find("o")) for row in rows]
    assert {WIDTH + 1} == set(map(len, rows))


def test_experts_are_shown_or_missed(tmp_path: Path) -> None:
    """The tables of other people's texts are there, or the report says that they are not."""
    without, whole = written(tmp_path, FIGURES), written(tmp_path, FIGURES | MORE)
    assert "were left out" in without
    assert "were left out" not in whole
    assert "| score (forward) | 0.500 (0.40 to 0.60) | 0.500" in whole
    assert "| number | 25 | 0.96 | 0.50 |" in whole


def test_tables_are_whole(tmp_path: Path) -> None:
    """Every row of a table has as many cells as its head, the diagram's bars aside."""
    cells: int | None = None
    for line in written(tmp_path, FIGURES | MORE).splitlines():
        if not line.startswith("|"):
            cells = None
            continue
        parts = line.split("`")
        count = "".join(parts[::2]).count("|")
        cells = cells or count
        assert cells == count, line


def test_all_figures_are_kept(tmp_path: Path) -> None:
    """The JSON beside the report has every figure."""
    written(tmp_path, FIGURES)
    found = json.loads((tmp_path / "new" / "us.json").read_text(encoding="utf-8"))
    assert set(FIGURES) == set(found)
