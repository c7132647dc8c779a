"""Plots as SVG: well formed, whatever is in them."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from shopglot_eval.reporting import plots, points
from shopglot_eval.reporting.document import Document, Plot, Point, Series

HOSTILE = "</svg><script>alert(1)</script>\"'&\x00\ud83d羽绒服"


def plot_of(kind: Any, *series: list[Point], **changes: Any) -> Plot:
    """Return a plot of these series."""
    named = tuple(Series(name=f"series {number}", points=tuple(own)) for number, own in enumerate(series))
    usual = {"id": "p", "title": "Plot", "x_title": "x", "y_title": "y", "alt": "What is seen."}
    return Plot(kind=kind, series=named, **usual | changes)


def drawn(plot: Plot) -> ET.Element:
    """Return what was drawn, read as XML is."""
    made = plots.draw(plot)
    assert not re.search(r"nan|inf", made)
    return ET.fromstring(made)  # noqa: S314 - we wrote it


def of_class(svg: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of a class."""
    return [one for one in svg.iter() if name in one.get("class", "").split()]


def places(svg: ET.Element) -> list[tuple[float, float]]:
    """Return where points can be pointed at."""
    found = [re.findall(r"-?[\d.]+", one.get("transform", "")) for one in of_class(svg, "pt")]
    return [(float(x), float(y)) for x, y in found]


def test_every_kind(document: Document) -> None:
    """Every plot of the sample is well formed, within its box, and says what is seen."""
    own = [block for block in document.sections[0].blocks if isinstance(block, Plot)]
    assert len(own) == 6
    for plot in own:
        svg = drawn(plot)
        assert svg.get("aria-label") == plot.alt
        height = float(svg.get("viewBox", "").split()[3])
        assert all(0 <= x <= plots.WIDTH and 0 <= y <= height for x, y in places(svg))


@pytest.mark.parametrize("kind", ["line", "step", "points", "bars"])
def test_hostile_texts_and_numbers(kind: str) -> None:
    """Texts are texts; points that are no numbers are left out, and their intervals only where one end is none."""
    own = [
        Point(x=0, y=0.5, low=0.1, high=0.9, label=HOSTILE), Point(x=1, y=math.nan), Point(x=math.inf, y=1),
        Point(x=2, y=0.7, low=math.nan, high=1.0), Point(x=3, y=-2.0, low=-2.5, high=-1.5),
    ]  # fmt: skip
    svg = drawn(plot_of(kind, own, x_title=HOSTILE, y_title=HOSTILE, alt=HOSTILE, title=HOSTILE))
    assert len(of_class(svg, "pt")) == 3
    assert len(of_class(svg, "whisker")) == 2
    assert "script" not in {one.tag for one in svg.iter()}


@pytest.mark.parametrize("kind", ["line", "step", "points", "bars"])
@pytest.mark.parametrize("values", [[], [math.nan], [0.0], [5.0, 5.0], [1e-300, 2e-300], [-1e15, 1e15]])
def test_odd_extents(kind: str, values: list[float]) -> None:
    """Nothing, one point, one value, tiny and huge ones: there is a picture."""
    svg = drawn(plot_of(kind, [Point(x=number, y=value) for number, value in enumerate(values)]))
    finite = [value for value in values if math.isfinite(value)]
    assert len(of_class(svg, "pt")) == len(finite)
    assert ("Nothing to draw." in "".join(svg.itertext())) == (not finite)


def test_a_step_goes_along_and_then_up() -> None:
    """A step keeps a value until the next point; a line goes straight."""
    own = [Point(x=0, y=0), Point(x=1, y=1)]
    step = of_class(drawn(plot_of("step", own)), "line")[0].get("d", "")
    line = of_class(drawn(plot_of("line", own)), "line")[0].get("d", "")
    assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+", step)
    assert re.fullmatch(r"M[\d.]+ [\d.]+L[\d.]+ [\d.]+", line)


def test_a_fine_line_keeps_its_peaks() -> None:
    """Of 20,000 points a line has far fewer, but the one peak; 60 can be pointed at, and that is said."""
    own = [Point(x=number / 7, y=1.0 if number == 12_345 else 0.0, low=0.0, high=1.0) for number in range(20_000)]
    plot = plot_of("line", own, y_range=(0.0, 1.0))
    svg = drawn(plot)
    path = of_class(svg, "line")[0].get("d", "")
    assert len(path) < 40_000
    assert f" {plots.TOP:.1f}" in path
    assert len(of_class(svg, "pt")) == points.TARGETS
    assert len(of_class(svg, "band")) == 1
    _, rows, more = points.table(plot)
    assert (len(rows), more) == (points.TARGETS, True)


def test_a_gap_in_a_band() -> None:
    """Where points have no interval the band is open."""
    own = [Point(x=x, y=1.0, low=None if x == 10 else 0.5, high=None if x == 10 else 1.5) for x in range(20)]
    assert len(of_class(drawn(plot_of("line", own)), "band")) == 2


def test_series_stand_aside() -> None:
    """Intervals of two series at the same places do not cover each other; those of one stand where they are."""
    own = [Point(x=x, y=x, low=x - 1, high=x + 1) for x in range(5)]
    two = places(drawn(plot_of("points", own, own)))
    assert [b[0] - a[0] for a, b in zip(two[:5], two[5:], strict=True)] == pytest.approx([plots.ASIDE] * 5, abs=0.11)
    one = places(drawn(plot_of("points", own)))
    assert [x for x, _ in one] == pytest.approx([x - plots.ASIDE / 2 for x, _ in two[5:]], abs=0.11)


def test_the_diagonal() -> None:
    """The line y = x is drawn where it is asked for, and both axes have room for it."""
    own = [Point(x=0.2, y=0.3), Point(x=0.9, y=0.8)]
    assert len(of_class(drawn(plot_of("points", own, diagonal=True)), "diagonal")) == 1
    assert of_class(drawn(plot_of("points", own)), "diagonal") == []


def test_bars_begin_at_nothing() -> None:
    """Bars of values far from 0 begin at 0, and those below it go the other way."""
    svg = drawn(plot_of("bars", [Point(x=0, y=90, label="a"), Point(x=1, y=-45, label="b")]))
    bars = [one.find("{*}rect") if one.find("{*}rect") is not None else one.find("rect") for one in of_class(svg, "pt")]
    wide = [float(bar.get("width", "")) for bar in bars if bar is not None]
    assert wide[0] == pytest.approx(2 * wide[1], abs=0.2)
    (left, _), (right, _) = sorted(places(svg))
    assert right - left == pytest.approx(sum(wide), abs=0.2)


def test_names_do_not_cover_one_another() -> None:
    """Of points at one place some names are left to the pointer; many names are not written at all."""
    heap = [Point(x=1.5, y=1, label=f"System {number}") for number in range(9)]
    written = of_class(drawn(plot_of("points", heap)), "called")
    assert 1 <= len(written) < 9
    rows = sorted(float(one.get("y", "")) for one in written)
    assert all(b - a > 12 for a, b in pairwise(rows))
    many = [Point(x=number / 2, y=number, label=f"n{number}") for number in range(plots.NAMED + 1)]
    assert of_class(drawn(plot_of("points", many)), "called") == []


def test_places_that_have_names() -> None:
    """Runs, weeks and markets stand at the axis by their names, as many as there is room for, the last one always."""
    runs = [Point(x=number, y=number % 3, label=f"run {number}") for number in range(3, 31)]
    svg = drawn(plot_of("line", runs, runs[5:]))
    marks = [one.text or "" for one in of_class(svg, "mid") if (one.text or "").startswith("run")]
    assert 4 <= len(marks) < 12
    assert marks[-1] == "run 30"
    assert of_class(svg, "called") == []
    markets = [Point(x=number, y=0.1, low=0.0, high=0.2, label=name) for number, name in enumerate(("us", "hk"))]
    svg = drawn(plot_of("points", markets))
    assert [one.text for one in of_class(svg, "mid")][:2] == ["us", "hk"]
    assert all(60 < x < plots.WIDTH - 60 for x, _ in places(svg))
    one = drawn(plot_of("line", [Point(x=7, y=1, label="run 7")]))
    assert "run 7" in [mark.text for mark in of_class(one, "mid")]
    long = [Point(x=number, y=1, label=f"run {number}, {number} texts") for number in range(5)]
    svg = drawn(plot_of("line", long))
    assert [one.text for one in of_class(svg, "mid")][:2] == ["0", "1"]
    assert of_class(svg, "called") == []  # every point has one: they are told when they are pointed at
    cloud = [Point(x=0.5, y=0.1, label="a"), Point(x=0.7, y=0.9, label="b")]
    assert [one.text for one in of_class(drawn(plot_of("points", cloud)), "called")] == ["a", "b"]


def test_the_numbers_of_a_plot() -> None:
    """The table has the columns that the plot needs, and what is told of a point is in it."""
    own = [Point(x=0.5, y=0.25, low=0.2, high=0.3, label="here"), Point(x=0.6, y=0.35)]
    plot = plot_of("line", own, percent_y=True)
    assert points.table(plot) == (
        ["Name", "x", "y", "95% interval"],
        [["here", "0.5", "25%", "20% to 30%"], ["", "0.6", "35%", ""]], False,
    )  # fmt: skip
    assert points.told(plot, plot.series[0], own[0]) == "here\nx: 0.5\ny: 25% (20% to 30%)"
    bars = replace(plot, kind="bars", series=(replace(plot.series[0], points=(own[0],)),) * 2)
    titles, rows, _ = points.table(bars)
    assert titles == ["Series", "Name", "y", "95% interval"]
    assert rows == [["series 0", "here", "25%", "20% to 30%"]] * 2
