"""Intervals beside the numbers of a table."""

from __future__ import annotations

import math

from shopglot_eval.reporting import intervals
from shopglot_eval.reporting.document import Cell, Column, Table


def table_of(*rows: list[Cell]) -> Table:
    """Return a table of these rows."""
    columns = tuple(Column(title=str(number)) for number in range(len(rows[0])))
    return Table(id="t", title="t", columns=columns, rows=tuple(map(tuple, rows)))


def cell(low: float | None, high: float | None, value: float | None = None) -> Cell:
    """Return a cell with an interval."""
    return Cell(text="x", value=value, low=low, high=high)


def test_a_column_has_one_scale() -> None:
    """Slices of one measure: the ends of the scale are those of the column, whatever the other columns hold."""
    made = intervals.styles(
        table_of([cell(0.0, 0.5, 0.25), cell(100, 150)], [cell(0.5, 1.0, 0.9), cell(150, 200)], [Cell(text="–")] * 2)
    )
    assert made == [["--a:0;--w:50;--v:25", "--a:0;--w:50"], ["--a:50;--w:50;--v:90", "--a:50;--w:50"], ["", ""]]


def test_a_row_has_one_scale_where_rows_are_measures() -> None:
    """Systems side by side, measures one below another: a row is compared."""
    made = intervals.styles(table_of([cell(0.1, 0.2), cell(0.2, 0.3)], [cell(40.0, 50.0), cell(50.0, 60.0)]))
    assert made == [["--a:0;--w:50", "--a:50;--w:50"], ["--a:0;--w:50", "--a:50;--w:50"]]


def test_nothing_to_compare() -> None:
    """One interval alone, ends that are no numbers or the wrong way round, no extent: nothing is drawn."""
    assert intervals.styles(table_of([cell(0.1, 0.2)])) == [[""]]
    odd = [[cell(math.nan, 1.0)], [cell(None, 1.0)], [cell(2.0, 1.0)], [cell(1.0, 1.0)], [cell(1.0, 1.0)]]
    assert intervals.styles(table_of(*odd)) == [[""]] * 5
    assert intervals.styles(Table(id="t", title="t", columns=(Column(title="a"),), rows=())) == []


def test_a_value_beyond_its_interval() -> None:
    """It is not drawn at a place where it is not."""
    made = intervals.styles(table_of([cell(0.0, 0.5, 0.9)], [cell(0.5, 1.0, math.nan)]))
    assert made == [["--a:0;--w:50"], ["--a:50;--w:50"]]


def test_shares_have_one_scale_from_0_to_1() -> None:
    """97% to 100% is a short bar, whatever stands in the same row and column."""
    sure, unsure = Cell(text="100.0%", value=1.0, low=0.97, high=1.0), Cell(text="50.0%", value=0.5, low=0.0, high=1.0)
    assert intervals.styles(table_of([sure, sure], [unsure, Cell(text="–")])) == [
        ["--a:97;--w:3;--v:100"] * 2, ["--a:0;--w:100;--v:50", ""],
    ]  # fmt: skip
    below = Cell(text="-3.0%", value=-0.03, low=-0.1, high=0.1)
    assert "--a:0;" in intervals.styles(table_of([below, sure]))[0][0]
