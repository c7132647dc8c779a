"""The points of a plot: those that can be drawn, those that can be pointed at, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shopglot_eval.reporting import numbers, texts
from shopglot_eval.reporting.document import Plot, Point, Series
from shopglot_eval.reporting.scales import exact

TARGETS = 60  # points of a series that can be pointed at and that stand in the table below


def sound(points: Sequence[Point]) -> Iterator[Point]:
    """Yield the points that can be drawn, their intervals only where both ends are numbers."""
    for point in points:
        if numbers.finite(point.x) is None or numbers.finite(point.y) is None:
            continue
        low, high = numbers.finite(point.low), numbers.finite(point.high)
        whole = low is not None and high is not None
        yield Point(x=point.x, y=point.y, low=low if whole else None, high=high if whole else None, label=point.label)


def reach(point: Point) -> Iterator[float]:
    """Yield the values that the axis of a point's value has to have on it."""
    yield point.y
    if point.low is not None and point.high is not None:
        yield from (point.low, point.high)


def targets(points: Sequence[Point]) -> list[Point]:
    """Return the points that can be pointed at: all of a few, evenly spread ones of many, and all that have a name."""
    if len(points) <= TARGETS:
        return list(points)
    last = len(points) - 1
    taken = {round(number * last / (TARGETS - 1)) for number in range(TARGETS)}
    named = [number for number, point in enumerate(points) if point.label]
    return [points[number] for number in sorted(taken | set(named if len(named) <= TARGETS else []))]


def told(plot: Plot, series: Series, point: Point) -> str:
    """Return what a reader is told of a point."""
    value = exact(point.y, percent=plot.percent_y)
    if point.low is not None and point.high is not None:
        low, high = (exact(end, percent=plot.percent_y) for end in (point.low, point.high))
        value += f" ({low} to {high})"
    own = [series.name] if series.name and len(plot.series) > 1 else []
    own += [point.label] if point.label else []
    if plot.kind != "bars" or not point.label:
        own.append(f"{plot.x_title}: {exact(point.x, percent=plot.percent_x)}")
    return texts.visible("\n".join([*own, f"{plot.y_title}: {value}"]))


def table(plot: Plot) -> tuple[list[str], list[list[str]], bool]:
    """Return the numbers of a plot: the titles of columns, the rows, and whether there are more points than rows."""
    own = [(one, list(sound(one.points))) for one in plot.series]
    taken = [(one, targets(points)) for one, points in own]
    several = len(plot.series) > 1
    named = any(point.label for _, points in taken for point in points)
    bounded = any(point.low is not None for _, points in taken for point in points)
    placed = plot.kind != "bars" or not named
    titles = [
        *(["Series"] if several else []), *(["Name"] if named else []), *([plot.x_title] if placed else []),
        plot.y_title, *(["95% interval"] if bounded else []),
    ]  # fmt: skip
    rows = []
    for one, points in taken:
        for point in points:
            ends = [] if point.low is None or point.high is None else [point.low, point.high]
            rows.append([
                *([one.name] if several else []), *([point.label] if named else []),
                *([exact(point.x, percent=plot.percent_x)] if placed else []), exact(point.y, percent=plot.percent_y),
                *([" to ".join(exact(end, percent=plot.percent_y) for end in ends)] if bounded else []),
            ])  # fmt: skip
    more = sum(len(points) for _, points in taken) < sum(len(points) for _, points in own)
    return [texts.visible(title) for title in titles], [[texts.visible(text) for text in row] for row in rows], more
