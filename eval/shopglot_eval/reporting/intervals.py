"""Intervals drawn beside the numbers of a table, on scales that make them comparable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Cell, Table

Bounds = tuple[float, float, float | None]  # low, high, and the value


def styles(table: Table) -> list[list[str]]:
    """Return for each cell where its interval is drawn (percent: left, width, value), as CSS; "" for none.

    What can be compared has one scale: all of a table of shares, from 0 to 1, or else 97% to 100% would look like 0% to
    100% a row above; a column; or a row where that tells more apart (rows of several measures).
    """
    spans = [[_bounds(cell) for cell in row] for row in table.rows]
    if _is_shares(table, spans):
        return [["" if one is None else _css(one, (0.0, 1.0)) for one in row] for row in spans]
    columns = [[row[number] for row in spans] for number in range(len(table.columns))]
    if _told(columns) >= _told(spans):
        drawn = [_drawn(column) for column in columns]
        return [[drawn[number][row] for number in range(len(table.columns))] for row in range(len(spans))]
    return [_drawn(row) for row in spans]


def _is_shares(table: Table, spans: Sequence[Sequence[Bounds | None]]) -> bool:
    """Whether all intervals of a table are of shares: written in percent, and within 0 and 1."""
    known = [
        (cell, one)
        for row, own in zip(table.rows, spans, strict=True)
        for cell, one in zip(row, own, strict=True)
        if one
    ]
    return bool(known) and all("%" in cell.text and one[0] >= 0 and one[1] <= 1 for cell, one in known)


def _bounds(cell: Cell) -> Bounds | None:
    low, high = numbers.finite(cell.low), numbers.finite(cell.high)
    return None if low is None or high is None or high < low else (low, high, numbers.finite(cell.value))


def _ends(group: Sequence[Bounds | None]) -> tuple[float, float] | None:
    """Return the ends of a scale for a group, None where there is nothing to compare."""
    there = [one for one in group if one is not None]
    if len(there) < 2:
        return None
    low, high = min(one[0] for one in there), max(one[1] for one in there)
    return (low, high) if low < high else None


def _told(groups: Sequence[Sequence[Bounds | None]]) -> float:
    """Return how much room intervals have on their groups' scales, on average; without a scale none."""
    room, count = 0.0, 0
    for group in groups:
        ends = _ends(group)
        for one in group:
            if one is not None:
                count += 1
                room += (one[1] - one[0]) / (ends[1] - ends[0]) if ends else 0.0
    return room / count if count else 0.0


def _drawn(group: Sequence[Bounds | None]) -> list[str]:
    ends = _ends(group)
    return [_css(one, ends) if one is not None and ends is not None else "" for one in group]


def _css(one: Bounds, ends: tuple[float, float]) -> str:
    return ";".join(_declared(one, ends))


def _declared(one: Bounds, ends: tuple[float, float]) -> Iterator[str]:
    low, high, value = one
    reach = ends[1] - ends[0]
    yield f"--a:{(low - ends[0]) / reach * 100:.0f}"
    yield f"--w:{(high - low) / reach * 100:.0f}"
    if value is not None and low <= value <= high:
        yield f"--v:{(value - ends[0]) / reach * 100:.0f}"
