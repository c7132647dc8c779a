"""The lint of whole tables, and of those that the project ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shopglot.glossary.lint import count, lint_brands, lint_terms
from shopglot.glossary.rows import Brand, Row, Table
from shopglot.glossary.surface import Place

TableOf = Callable[..., Table]


def test_terms(us: Place, table: TableOf) -> None:
    """Problems come by line, each once, with file and source; broken lines and brands are part of it."""
    brands = Table(path=Path("brands.tsv"), brands=(Brand(source="小米", forms={"us": "Xiaomi"}, note="", line=2),))
    terms = table(Row(source="小米", target="millet"), Row(source="杯", target="cup,"))
    problems = lint_terms(replace(terms, broken=((4, 3),)), us, brands=brands, lineage=("us",))
    assert [
        (2, "error", "brand.conflict", "小米"),
        (3, "warning", "text.ending", "杯"),
        (4, "error", "row.columns", ""),
    ] == [(problem.line, problem.severity, problem.id, problem.source) for problem in problems]
    assert {str(terms.path)} == {problem.file for problem in problems}
    assert {"error": 2, "warning": 1, "info": 0} == count(problems)


def test_overlaps_are_asked_for(us: Place, table: TableOf) -> None:
    """Sources that run into each other are many, and are only named when asked for."""
    terms = table(Row(source="羊毛大衣", target="wool coat"), Row(source="大衣柜", target="wardrobe"))
    assert [] == lint_terms(terms, us)
    assert ["overlap.ambiguous"] == [problem.id for problem in lint_terms(terms, us, overlaps=True)]


@pytest.mark.parametrize(
    ("brands", "expected"),
    [
        ([Brand(source="韩束", forms={"us": "KANS", "hk": "韓束"}, note="", line=2)], []),
        ([Brand(source="韩束", forms={"us": "韩束", "hk": "韓束"}, note="", line=2)], ["script.chinese"]),
        ([Brand(source="韩束", forms={"us": "KANS", "hk": "韩束"}, note="", line=2)], ["script.simplified"]),
        ([Brand(source="韩束", forms={"us": "KANS"}, note="", line=2)], ["cell.empty", "cell.empty"]),
        ([Brand(source="", forms={"us": "KANS", "hk": "韓束"}, note="", line=2)], ["cell.empty"]),
        ([Brand(source="韩束", forms={"us": "KANS ", "hk": "韓束"}, note="", line=2)], ["text.spaces"]),
        ([Brand(source="韩束", forms={"us": "KANS", "hk": "韓束"}, note="", line=2),
          Brand(source="韓束", forms={"us": "Kans", "hk": "韓束"}, note="", line=3)], ["row.duplicate"]),
    ],
)  # fmt: skip
def test_brands(us: Place, hk: Place, brands: list[Brand], expected: list[str]) -> None:
    """Every market has a form in its script, its own or inherited, and a name stands once."""
    lineages = {"us": ("us",), "hk": ("hk",), "mo": ("hk", "mo")}
    places = [us, hk, replace(hk, market="mo")]
    table = Table(path=Path("brands.tsv"), kind="brands", brands=tuple(brands))
    assert expected == [problem.id for problem in lint_brands(table, places, lineages)]
