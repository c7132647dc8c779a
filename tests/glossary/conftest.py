"""Small tables and the places that they are judged by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shopglot.glossary.rows import Row, Table
from shopglot.glossary.surface import Place

TableOf = Callable[..., Table]


@pytest.fixture
def us() -> Place:
    """The place of an English table."""
    return Place(market="us", latin=True, fields=("title", "size-cell", "attribute-value"))


@pytest.fixture
def hk() -> Place:
    """The place of a Hong Kong table, whose converter only knows 裡."""
    return Place(market="hk", latin=False, fields=("title",), convert=lambda text: text.replace("裡", "裏"))


@pytest.fixture
def table(tmp_path: Path) -> TableOf:
    """Return a function that makes a table of rows, numbered as in a file."""

    def make(*rows: Row) -> Table:
        from dataclasses import replace

        return Table(
            path=tmp_path / "terms.tsv", rows=tuple(replace(row, line=line) for line, row in enumerate(rows, start=2))
        )

    return make
