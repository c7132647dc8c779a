"""Plots as SVG, drawn here: nothing is loaded, colours are classes that the page gives a theme.

Each series has a colour, a dash and a shape of its own. What can be pointed at is a `g.pt` with a `title`, moved to its
place by `transform`: without a script it is the tooltip, with one it is read from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from shopglot_eval.reporting import texts
from shopglot_eval.reporting.document import Plot, Point, Series
from shopglot_eval.reporting.points import reach, sound, targets, told
from shopglot_eval.reporting.scales import NAME, NARROW, Scale, fit, named_scale, scale, width

WIDTH, HEIGHT = 540, 330
STYLES = 8  # series beyond them begin again
FEW = 15  # points of a line that are all drawn, with their intervals as bars; of more there is a band
ASIDE = 6.0  # pixels between points of several series that stand at the same place
FINE = 1.0  # pixels along x of which a line shows first, lowest, highest and last point: a finer line looks the same
NAMED = 24  # points that are called by their names within a plot
RIGHT, TOP, BOTTOM = 18, 12, 46
BAR, GAP = 17, 12
LABELS = 200  # pixels of the names of bars, at most
SHAPES = (
    '<circle r="4"/>', '<rect x="-3.6" y="-3.6" width="7.2" height="7.2"/>', '<path d="M0-5 4.6 3.6H-4.6Z"/>',
    '<path d="M0-5.2 5.2 0 0 5.2-5.2 0Z"/>', '<path d="M0 5 4.6-3.6H-4.6Z"/>',
    '<path d="M-4.4-4.4 4.4 4.4M-4.4 4.4 4.4-4.4" class="stroke"/>', '<path d="M-5 0H5M0-5V5" class="stroke"/>',
    '<path d="M-3-5H3L5 0 3 5H-3L-5 0Z"/>',
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A plot's axes and what is drawn within them."""

    plot: Plot
    x: Scale
    y: Scale
    height: float = HEIGHT


def draw(plot: Plot) -> Markup:
    """Return the plot as an SVG element; points whose x or y is no finite number are left out."""
    from shopglot_eval.reporting import bars

    own = [Series(name=one.name, points=tuple(sound(one.points))) for one in plot.series]
    if not any(one.points for one in own):
        return svg(plot, HEIGHT / 4, [f'<text x="{WIDTH / 2}" y="50" class="mid">Nothing to draw.</text>'])
    if plot.kind == "bars":
        return bars.draw(plot, own)
    y_values = [value for one in own for point in one.points for value in reach(point)]
    x_values = [point.x for one in own for point in one.points]
    if plot.diagonal:
        x_values, y_values = [*x_values, *y_values], [*y_values, *x_values]
    y = scale(y_values, start=HEIGHT - BOTTOM, end=TOP, given=plot.y_range, percent=plot.percent_y)
    left = margin(y)
    names = _called(plot, own)
    if names:
        x = named_scale(names, start=left, end=WIDTH - RIGHT, room=0.5 if plot.kind == "points" else 0.0)
    else:
        given = plot.x_range or _tight(x_values)
        x = scale(x_values, start=left, end=WIDTH - RIGHT, given=given, percent=plot.percent_x, count=7)
    frame = Frame(plot=plot, x=x, y=y)
    parts = [*grid(frame, horizontal=True), *_diagonal(frame)]
    aside = _aside(own)
    for style, one in enumerate(own):
        parts += _series(frame, one, style % STYLES, (style - (len(own) - 1) / 2) * aside)
    return svg(plot, HEIGHT, [*parts, *axes(frame), *([] if names else _names(frame, own))])


def target(x: float, y: float, style: int, inner: str, said: str, *, ghost: bool = False) -> str:
    """Return something that can be pointed at; a ghost is seen only then."""
    kind = f"pt s{style}{' ghost' if ghost else ''}"
    return f'<g class="{kind}" transform="translate({x:.1f} {y:.1f})"><title>{escape(said)}</title>{inner}</g>'


def svg(plot: Plot, height: float, parts: Sequence[str]) -> Markup:
    """Return the element with all its parts; its text alternative is the plot's own."""
    label = escape(texts.visible(plot.alt or plot.title))
    box = f'viewBox="0 0 {WIDTH} {height:.0f}"'
    return Markup(f'<svg {box} role="img" aria-label="{label}">{"".join(parts)}</svg>')  # noqa: S704 - parts are escaped


def margin(y: Scale) -> float:
    """Return the room for what is written beside the axis, and for its title."""
    return max(width(y.label(tick)) for tick in y.ticks) + 34


def grid(frame: Frame, *, horizontal: bool) -> Iterator[str]:
    """Yield the lines behind everything, one for each mark of an axis."""
    x, y = frame.x, frame.y
    if horizontal:
        lines = "".join(f"M{x.start:.0f} {y.place(tick):.1f}H{x.end:.0f}" for tick in y.ticks)
    else:
        lines = "".join(f"M{x.place(tick):.1f} {y.end:.0f}V{y.start:.0f}" for tick in x.ticks)
    yield f'<path class="grid" d="{lines}"/>'


def axes(frame: Frame, *, x_marks: bool = True, y_marks: bool = True, swap: bool = False) -> Iterator[str]:
    """Yield the axes with their marks and titles; `swap` where the value runs from left to right."""
    x, y, plot = frame.x, frame.y, frame.plot
    yield f'<path class="axis" d="M{x.start:.0f} {y.end:.0f}V{y.start:.0f}H{x.end:.0f}"/>'
    if x_marks:
        for tick in x.ticks:
            yield f'<text x="{x.place(tick):.1f}" y="{y.start + 17:.1f}" class="mid">{escape(x.label(tick))}</text>'
    if y_marks:
        for tick in y.ticks:
            yield f'<text x="{x.start - 7:.1f}" y="{y.place(tick) + 4:.1f}" class="end">{escape(y.label(tick))}</text>'
    below, beside = (plot.y_title, plot.x_title) if swap else (plot.x_title, plot.y_title)
    room = x.end - x.start
    below, beside = fit(texts.visible(below), room), fit(texts.visible(beside), y.start - y.end)
    middle = (y.start + y.end) / 2
    yield f'<text x="{(x.start + x.end) / 2:.1f}" y="{frame.height - 8:.1f}" class="mid name">{escape(below)}</text>'
    if not swap:
        yield f'<text transform="translate(14 {middle:.1f}) rotate(-90)" class="mid name">{escape(beside)}</text>'


def whisker(x: float, low: float, high: float, *, flat: bool = False) -> str:
    """Return the bar of an interval at a place, from one pixel to another; flat where it runs from left to right."""
    if flat:
        return f'<path class="whisker" d="M{low:.1f} {x - 4:.1f}v8m0-4H{high:.1f}m0-4v8"/>'
    return f'<path class="whisker" d="M{x - 4:.1f} {low:.1f}h8m-4 0V{high:.1f}m-4 0h8"/>'


def _series(frame: Frame, series: Series, style: int, aside: float) -> Iterator[str]:
    plot, x, y = frame.plot, frame.x, frame.y
    points = series.points
    places = [(x.place(point.x) + aside, y.place(point.y)) for point in points]
    if plot.kind != "points" and len(points) > FEW:
        yield from (_band(frame, run, style) for run in _runs(points))
    elif len(points) <= FEW or plot.kind == "points":
        for point, (at, _) in zip(points, places, strict=True):
            if point.low is not None and point.high is not None:
                yield f'<g class="s{style}">{whisker(at, y.place(point.low), y.place(point.high))}</g>'
    if plot.kind != "points" and len(points) > 1:
        yield f'<path class="line s{style}" d="{_path(_thinned(places), step=plot.kind == "step")}"/>'
    many = plot.kind != "points" and len(points) > FEW
    named = _few_names(plot, [series])
    for point in targets(points) if plot.kind != "points" else points:
        said = told(plot, series, point)
        ghost = many and not (point.label and named)
        yield target(x.place(point.x) + aside, y.place(point.y), style, SHAPES[style], said, ghost=ghost)


def _aside(series: Sequence[Series]) -> float:
    """Return the pixels that series stand aside from one another where their intervals would cover each other."""
    places = [point.x for one in series for point in one.points if point.low is not None]
    few = all(len(one.points) <= FEW for one in series) and len(series) <= 5
    return ASIDE if few and len(set(places)) < len(places) else 0.0


def _path(places: Sequence[tuple[float, float]], *, step: bool) -> str:
    first = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    if step:
        return first + "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:])
    return first + "".join(f"L{x:.1f} {y:.1f}" for x, y in places[1:])


def _thinned(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the places of a line that are seen: of each pixel the first, the lowest, the highest and the last."""
    if len(places) <= WIDTH:
        return list(places)
    kept: list[tuple[float, float]] = []
    column: list[tuple[float, float]] = []
    for place in [*places, (float("inf"), 0.0)]:
        if column and place[0] - column[0][0] >= FINE:
            numbers = range(len(column))
            lowest, highest = min(numbers, key=lambda n: column[n][1]), max(numbers, key=lambda n: column[n][1])
            kept += [column[number] for number in sorted({0, lowest, highest, len(column) - 1})]
            column = []
        column.append(place)
    return kept


def _runs(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    """Yield the stretches of neighbouring points that have an interval."""
    own: list[Point] = []
    for point in [*points, None]:
        if point is not None and point.low is not None:
            own.append(point)
            continue
        if len(own) > 1:
            yield own
        own = []


def _band(frame: Frame, points: Sequence[Point], style: int) -> str:
    x, y = frame.x, frame.y
    step = frame.plot.kind == "step"
    upper = _thinned([(x.place(point.x), y.place(point.high or 0.0)) for point in points])
    lower = _thinned([(x.place(point.x), y.place(point.low or 0.0)) for point in points])
    there = _path(upper, step=step)
    at_x, at_y = lower[-1]
    back = [f"L{at_x:.1f} {at_y:.1f}"]
    for to_x, to_y in lower[-2::-1]:
        back.append(f"V{to_y:.1f}H{to_x:.1f}" if step else f"L{to_x:.1f} {to_y:.1f}")
    return f'<path class="band s{style}" d="{there}{"".join(back)}Z"/>'


def _diagonal(frame: Frame) -> Iterator[str]:
    if frame.plot.diagonal:
        low, high = max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high)
        if low < high:
            begin, end = ((frame.x.place(value), frame.y.place(value)) for value in (low, high))
            yield f'<path class="diagonal" d="M{begin[0]:.1f} {begin[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"/>'


def _few_names(plot: Plot, series: Sequence[Series]) -> bool:
    """Return whether names stand beside their points: some in a cloud, or those of a line that stand out."""
    count = sum(1 for one in series for point in one.points if point.label)
    return count <= NAMED and (plot.kind == "points" or 2 * count <= sum(len(one.points) for one in series))


def _names(frame: Frame, series: Sequence[Series]) -> Iterator[str]:
    """Yield the names of points beside them, where there are few and none would stand over another."""
    if not _few_names(frame.plot, series):
        return
    taken: list[tuple[float, float, float]] = []
    for one in series:
        for point in one.points:
            if not point.label:
                continue
            name = fit(texts.visible(point.label), 160)
            x, y, wide = frame.x.place(point.x), frame.y.place(point.y) - 9, width(name)
            at = min(max(x, frame.x.start + wide / 2), frame.x.end - wide / 2 + RIGHT)
            place = next(
                (
                    to for to in (y, y + 25, y - 13, y + 38)
                    if frame.y.end < to < frame.y.start
                    and all(abs(to - b) > 12 or abs(at - a) > (wide + w) / 2 + NARROW for a, b, w in taken)
                ),
                None,
            )  # fmt: skip
            if place is not None:
                taken.append((at, place, wide))
                yield f'<text x="{at:.1f}" y="{place:.1f}" class="mid called">{escape(name)}</text>'


def _called(plot: Plot, series: Sequence[Series]) -> dict[float, str]:
    """Return what the places along x are called, where labels say that of every point: runs, weeks, markets.

    Where points of one place have several names, or long ones, or the points of a cloud have their own, labels are
    names of points.
    """
    points = [point for one in series for point in one.points]
    names = {point.x: texts.visible(point.label) for point in points}
    told_of_x = all(point.label and names[point.x] == texts.visible(point.label) for point in points)
    along = plot.kind != "points" or all(x == round(x) for x in names)
    short = all(width(name) <= NAME for name in names.values())
    return names if told_of_x and along and short and plot.x_range is None else {}


def _tight(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the ends of the data themselves where values follow one another, as runs do: no empty room beside them."""
    low, high = min(values), max(values)
    whole = all(value == round(value) for value in values)
    return (low, high) if whole and low < high and high - low <= 100 else None
