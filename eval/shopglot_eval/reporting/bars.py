"""Bars of named categories, of one series or of several side by side; without names they are a histogram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from shopglot_eval.reporting import plots, texts
from shopglot_eval.reporting.document import Plot, Point, Series
from shopglot_eval.reporting.plots import BAR, BOTTOM, GAP, HEIGHT, LABELS, RIGHT, STYLES, TOP, WIDTH, Frame
from shopglot_eval.reporting.points import reach, told
from shopglot_eval.reporting.scales import Scale, exact, fit, scale, width

UPRIGHT = 12  # more categories than these stand side by side where their names are short; fewer lie one below another
SHORT = 60  # pixels of a short name


def draw(plot: Plot, series: Sequence[Series]) -> Markup:
    """Return the bars. Categories are those of all series, in the order in which they come."""
    names = list(dict.fromkeys(point.label for one in series for point in one.points))
    if names == [""]:
        return _histogram(plot, series)
    if len(names) > UPRIGHT and max(width(texts.visible(name)) for name in names) <= SHORT:
        return _upright(plot, series, names)
    return _lying(plot, series, names)


def _value_scale(plot: Plot, series: Sequence[Series], start: float, end: float) -> Scale:
    values = [value for one in series for point in one.points for value in reach(point)]
    return scale(values, start=start, end=end, given=plot.y_range, percent=plot.percent_y, zero=True)


def _lying(plot: Plot, series: Sequence[Series], names: Sequence[str]) -> Markup:
    """Return bars that lie one below another: room for names of any length."""
    left = min(LABELS, max(width(texts.visible(name)) for name in names)) + 16
    group = len(series) * BAR + GAP
    end = TOP + len(names) * group
    x = _value_scale(plot, series, left, WIDTH - RIGHT - 46)
    y = Scale(low=0, high=len(names), start=end, end=TOP, ticks=(0.0, 1.0))
    frame = Frame(plot=plot, x=x, y=y, height=end + BOTTOM)
    parts = list(plots.grid(frame, horizontal=False))
    for row, name in enumerate(names):
        middle = TOP + (row + 0.5) * group
        said = fit(texts.visible(name), LABELS)
        parts.append(f'<text x="{left - 8:.1f}" y="{middle + 4:.1f}" class="end">{escape(said)}</text>')
    for style, one in enumerate(series):
        for point in one.points:
            at = TOP + names.index(point.label) * group + GAP / 2 + style * BAR
            parts += _bar_lying(plot, one, point, x, at, style % STYLES)
    zero = [f'<path class="axis" d="M{x.place(0.0):.1f} {TOP}V{end}"/>'] if x.low < 0 else []
    return plots.svg(plot, frame.height, [*parts, *zero, *plots.axes(frame, y_marks=False, swap=True)])


def _bar_lying(plot: Plot, series: Series, point: Point, x: Scale, at: float, style: int) -> Iterator[str]:
    zero, tip = x.place(0.0), x.place(point.y)
    low, high = min(zero, tip) - tip, max(zero, tip) - tip
    inner = f'<rect x="{low:.1f}" y="{1 - BAR / 2}" width="{high - low:.1f}" height="{BAR - 2}"/>'
    yield plots.target(tip, at + BAR / 2, style, inner, told(plot, series, point))
    right = tip
    if point.low is not None and point.high is not None:
        right = x.place(point.high)
        yield f'<g class="over">{plots.whisker(at + BAR / 2, x.place(point.low), right, flat=True)}</g>'
    shown = exact(point.y, percent=plot.percent_y)
    yield f'<text x="{max(right, tip, zero) + 6:.1f}" y="{at + BAR / 2 + 4:.1f}" class="value">{escape(shown)}</text>'


def _upright(plot: Plot, series: Sequence[Series], names: Sequence[str]) -> Markup:
    """Return many bars side by side; of their names as many are written as there is room for."""
    y = _value_scale(plot, series, HEIGHT - BOTTOM, TOP)
    x = Scale(low=0, high=len(names), start=plots.margin(y), end=WIDTH - RIGHT, ticks=(0.0, 1.0))
    frame = Frame(plot=plot, x=x, y=y)
    slot = (x.end - x.start) / len(names)
    parts = list(plots.grid(frame, horizontal=True))
    every = max(1, -(-int(max(width(texts.visible(name)) for name in names) + 10) // max(1, int(slot))))
    for column, name in list(enumerate(names))[::every]:
        place = x.place(column + 0.5)
        parts.append(f'<text x="{place:.1f}" y="{y.start + 17:.1f}" class="mid">{escape(texts.visible(name))}</text>')
    wide = min(36.0, slot * 0.8 / len(series))
    for style, one in enumerate(series):
        for point in one.points:
            middle = x.place(names.index(point.label) + 0.5) + (style - (len(series) - 1) / 2) * wide
            parts += _bar_upright(plot, one, point, y, middle - wide / 2, wide, style % STYLES)
    return plots.svg(plot, HEIGHT, [*parts, *plots.axes(frame, x_marks=False)])


def _histogram(plot: Plot, series: Sequence[Series]) -> Markup:
    """Return bars along a scale, as wide as the places of their points are apart."""
    y = _value_scale(plot, series, HEIGHT - BOTTOM, TOP)
    places = sorted({point.x for one in series for point in one.points})
    apart = min((b - a for a, b in pairwise(places)), default=1.0)
    ends = (places[0] - apart / 2, places[-1] + apart / 2)
    x = scale(
        ends, start=plots.margin(y), end=WIDTH - RIGHT, given=plot.x_range or ends, percent=plot.percent_x, count=8
    )
    frame = Frame(plot=plot, x=x, y=y)
    parts = list(plots.grid(frame, horizontal=True))
    slot = apart / (x.high - x.low) * (x.end - x.start)
    wide = max(1.0, slot * 0.9 / len(series))
    for style, one in enumerate(series):
        for point in one.points:
            middle = x.place(point.x) + (style - (len(series) - 1) / 2) * wide
            parts += _bar_upright(plot, one, point, y, middle - wide / 2, wide, style % STYLES)
    return plots.svg(plot, HEIGHT, [*parts, *plots.axes(frame)])


def _bar_upright(
    plot: Plot, series: Series, point: Point, y: Scale, left: float, wide: float, style: int
) -> Iterator[str]:
    zero, tip = y.place(0.0), y.place(point.y)
    low, high = min(zero, tip) - tip, max(zero, tip) - tip
    inner = f'<rect x="{-wide / 2:.1f}" y="{low:.1f}" width="{wide:.1f}" height="{high - low:.1f}"/>'
    yield plots.target(left + wide / 2, tip, style, inner, told(plot, series, point))
    if point.low is not None and point.high is not None:
        yield f'<g class="over">{plots.whisker(left + wide / 2, y.place(point.low), y.place(point.high))}</g>'
