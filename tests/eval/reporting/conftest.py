"""A report with something of everything, hostile texts among it, and a browser that opens it from disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot_eval.records import Figure, Measured, Place
from shopglot_eval.reporting.document import (
    Cell,
    Column,
    Document,
    Passage,
    Plot,
    Point,
    Section,
    Series,
    Shown,
    Table,
    Text,
    Version,
    passage_id,
)
from shopglot_eval.reporting.html import as_html

HOSTILE = (
    "</script></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}|`$x$\u2028\u202e\x00\ud83d"
)
TEXTS = 45  # of the suite: three pages of the reader


def _passage(number: int) -> Passage:
    source = HOSTILE if number == 0 else f"加厚羽绒服 第{number}件"
    machine = f"Down jacket 🧥 no. {number}"
    versions = (
        Version(name="people", text=f"Down jacket, piece {number}", reference=True),
        Version(
            name="base", text=machine, remarks=(f"number.changed: {HOSTILE}",) if number % 9 == 0 else (),
            marks=((12, 13, "bad"), (14, 17, "warn")),
        ),
        Version(name="plain", text="" if number == 1 else machine if number % 2 else f"Jacket {number}"),
    )  # fmt: skip
    id_ = passage_id("suite", "us", f"p{number}")
    return Passage(id=id_, source=source, versions=versions, about=f"suite, us, title {number}", market="us")


def _plots() -> tuple[Plot, ...]:
    curve = tuple(
        Point(x=x / 300, y=x / 600, low=x / 800, high=x / 400, label="cut-off" if x == 150 else "") for x in range(301)
    )
    few = tuple(Point(x=x / 10, y=x / 10, low=max(0, x / 10 - 0.1), high=x / 10 + 0.05) for x in range(1, 10))
    bars = tuple(Point(x=x, y=0.2 + x / 10, low=0.1, high=0.9, label=f"字段 {x} <b>") for x in range(4))
    days = tuple(Point(x=x, y=x * 7 % 5, label=f"d{x}") for x in range(20))
    count = tuple(Point(x=x * 5, y=x % 4) for x in range(9))
    say: dict[str, Any] = {"x_title": "published <b>", "y_title": "wrong", "note": "A `note`."}
    return (
        Plot(
            id="curve", title="Coverage and risk", kind="step", alt="It rises.", percent_x=True, percent_y=True, **say,
            series=(Series(name="base", points=curve), Series(name="plain", points=curve[:100])),
        ),
        Plot(
            id="reliable", title="Reliability", kind="points", alt="Near the diagonal.", diagonal=True, **say,
            x_range=(0, 1), y_range=(0, 1), series=(Series(name="a", points=few), Series(name="b", points=few)),
        ),
        Plot(id="lying", title="By field", kind="bars", alt="Bars.", series=(Series(name="a", points=bars),), **say),
        Plot(id="upright", title="By day", kind="bars", alt="Bars.", series=(Series(name="a", points=days),), **say),
        Plot(id="histogram", title="Seconds", kind="bars", alt="Bars.", series=(Series(name="", points=count),), **say),
        Plot(id="empty", title="Nothing", kind="line", alt="Nothing.", series=(), **say),
    )  # fmt: skip


def _table(rows: int, title: str, passages: tuple[str, ...]) -> Table:
    columns = (Column(title="Slice", align="text"), Column(title="chrF", hint="of characters"), Column(title="Numbers"))
    return Table(
        id=title, title=title, columns=columns, note="By `sacrebleu`.",
        rows=tuple(
            (
                Cell(text=f"slice {row}" if row else HOSTILE),
                Cell(text=f"{40 + row * 7 % 30}.50", value=40.5 + row * 7 % 30, low=38.0 + row, high=45.0 + row),
                Cell(
                    text="–" if row == 1 else f"{90 + row % 9}.0%", value=None if row == 1 else 0.9 + row % 9 / 100,
                    tone="bad" if row == 2 else "", texts=passages[: row * 3], texts_title=HOSTILE if row == 2 else "",
                ),
            )
            for row in range(rows)
        ),
    )  # fmt: skip


@pytest.fixture
def document() -> Document:
    """A report with something of everything."""
    passages = {one.id: one for one in map(_passage, range(TEXTS))}
    ids = tuple(passages)
    figures = tuple(
        Measured(
            place=Place(suite="suite", market="us", system=system, dimension="field" if part else "", part=part),
            figure=Figure(
                measure=measure, value=None if measure == "comet" else 0.5 + number / 10, low=0.4, high=0.95,
                count=TEXTS, note="Its weights are not there." if measure == "comet" else "",
                against=tuple(f"p{n}" for n in range(number * 5)) if measure == "numbers" else ("gone",),
            ),
        )
        for number, (system, part) in enumerate([("base", ""), ("plain", ""), ("base", "title"), ("plain", HOSTILE)])
        for measure in ("chrf", "numbers", "comet")
    )  # fmt: skip
    systems = Section(
        id="systems", title="Systems", lead="`base` is best.",
        blocks=(
            _table(4, "systems", ids), *_plots(), Text(text="Look at these:", items=("`one`", HOSTILE), tone="warn"),
            Shown(id="differ", title="Differ most", passages=(*ids[:9], "gone"), note="By chrF."),
            Shown(id="none", title="None of them", passages=()),
        ),
    )  # fmt: skip
    slices = Section(id="slices", title="Slices", blocks=(_table(40, "slices", ids),))
    return Document(
        kind="evaluation", title=f"Evaluation {HOSTILE}",
        summary=(
            Text(text="`base` keeps numbers.", tone="good"), Text(text="Terms fell.", tone="bad"), Text(text="So."),
        ),
        sections=(systems, slices), figures=figures, passages=passages,
        provenance={"suites": {"suite": {"digest": "ab" * 32}}, "seeds": [1, 2], "html": HOSTILE, "none": None},
        volatile={"seconds": 12.5},
    )  # fmt: skip


@pytest.fixture
def open_report(chrome: Any, document: Document, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open a report from disk, offline; what the console says, and what is asked of a network, fails the test."""
    complaints: list[str] = []
    contexts = []

    def go(changes: dict[str, Any] | None = None, anchor: str = "", **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(as_html(replace(document, **(changes or {}))), encoding="utf-8")
        usual = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", "offline": True}
        context = chrome.new_context(**usual | options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text))
        context.on("request", lambda one: None if one.url.startswith("file:") else complaints.append(one.url))
        page = context.new_page()
        page.goto(path.as_uri() + anchor)
        return page

    yield go
    for context in contexts:
        context.close()
    assert [] == complaints
