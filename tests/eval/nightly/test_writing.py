"""The night as a report: whole, the same each time, and fit for every form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from shopglot.localizer import Localizer
from shopglot.store import Store
from shopglot_eval.nightly import document, read
from shopglot_eval.reporting.document import Cell, Document, Plot, Shown, Table, passage_id
from shopglot_eval.reporting.html import as_html
from shopglot_eval.reporting.json import as_json
from shopglot_eval.reporting.markdown import as_markdown

from .conftest import Sheet, Work

HOSTILE = (
    "",
    "\ud800",
    "\x00\x1b[31m",
    "</script><script>alert(1)</script>",
    "🙂" * 300,
    "面膜" * 3000,
    "\u202e|`*_[x](y)",
)


@pytest.fixture
def whole(store: Store, us: Localizer, work: Work, edit: Callable[..., int]) -> Document:
    """The report of a night with something of everything."""
    for night in range(5):
        work([Sheet(name=f"{night}-{n}", source=f"枕头{night}{n}", target=f"Pillow {n}") for n in range(40)])
    work([
        *(Sheet(name=f"x{n}", source=f"我的鲨鲨裤{n}", target=f"Shark {n}", score=0.3, reasons=("score.low",))
          for n in range(20)),
        *(Sheet(name=f"y{n}", source=f"面膜{n}", reasons=("term.missing",), missing=("面膜", "sheet mask"))
          for n in range(20)),
        *(Sheet(name=f"z{n}", source=text, target=text, merchant=f"{text}!", category=text, reasons=("number.changed",))
          for n, text in enumerate(HOSTILE)),
    ])  # fmt: skip
    store.draw_audit(5, "us", 0.5)
    for at, source in enumerate(("晚安面膜", "急救面膜", "黄瓜面膜", "枕头")):
        edit(source, f"No {at} Facial Mask", f"No {at} Sheet Mask" if "面膜" in source else None, listing=f"p{at}")
    for at, text in enumerate(HOSTILE):
        edit(f"一{text}", f"a{text}", f"b{text}", listing=f"h{at}")
    return document(read(store, localizers=[us]))


def cells(made: Document) -> Iterator[Cell]:
    """Yield every cell."""
    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    yield from row


def test_a_report_is_whole(whole: Document) -> None:
    """Rows are as wide as their tables, ids are there once, what is linked is there."""
    blocks = [block for section in whole.sections for block in section.blocks]
    tables = [block for block in blocks if isinstance(block, Table)]
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    ids = [block.id for block in blocks if isinstance(block, Table | Plot | Shown)]
    assert len(ids) == len(set(ids))
    assert {section.id for section in whole.sections} == {
        "night", "held", "affected", "drift", "promise", "people", "words"
    }  # fmt: skip
    linked = {one for cell in cells(whole) for one in cell.texts}
    linked |= {one for block in blocks if isinstance(block, Shown) for one in block.passages}
    assert linked
    assert linked <= set(whole.passages)
    named = {passage_id(one.place.suite, one.place.market, id_) for one in whole.figures for id_ in one.figure.against}
    assert named <= set(whole.passages)
    for passage in whole.passages.values():
        for version in passage.versions:
            assert all(0 <= start < end <= len(version.text) for start, end, _ in version.marks)
    assert {"published-by-run", "speed-by-run", "scores-by-run"} <= set(ids)
    assert {"candidates", "terms-us", "new-words-us", "merchants-us", "categories-us", "desk", "audit"} <= set(ids)


def test_the_numbers_are_data(whole: Document) -> None:
    """The figures say what the tables say."""
    found = {one.figure.measure: one.figure for one in whole.figures}
    assert found["outcomes.review"].value == 47
    assert found["published"].value == 0.0
    assert (found["held.score.low"].value, found["held.score.low"].count) == (20 / 47, 47)
    assert found["held.score.low"].against
    assert found["audit.bad"].value is None
    assert found["audit.bad"].note == "no audited page is judged yet"
    assert found["desk.edited"].value == pytest.approx(10 / 11)
    assert found["texts.unknown"].value is not None
    assert any(name.startswith("psi.score") for name in found) or "median.score" in found
    names = [(one.place, one.figure.measure) for one in whole.figures]
    assert len(names) == len(set(names))


def test_the_same_store_the_same_report(store: Store, us: Localizer, whole: Document) -> None:
    """Nothing of it depends on the clock or on chance."""
    again = document(read(store, localizers=[us]))
    assert as_json(again) == as_json(whole)
    assert again == whole


def test_every_form_takes_it(whole: Document) -> None:
    """HTML, Markdown and JSON, with texts of any kind in it."""
    told = json.loads(as_json(whole))
    assert told["kind"] == "nightly"
    html = as_html(whole)
    assert "<script>alert(1)" not in html
    assert "us: 0 of 47 judged pages were published" in html
    assert "面膜" in as_markdown(whole)


def test_nobody_is_named(whole: Document) -> None:
    """A translator's name is no part of it."""
    assert "lin" not in {cell.text for cell in cells(whole)}
    assert '"lin"' not in as_json(whole)


def test_a_night_with_nothing_to_do(store: Store, us: Localizer, work: Work) -> None:
    """It says so, in every form."""
    work([])
    made = document(read(store, localizers=[us]))
    assert [text.text for text in made.summary] == ["Nothing had changed: no page had to be worked on."]
    assert as_html(made)
    assert as_markdown(made)
    assert as_json(made)


def test_alarms_come_first(store: Store, us: Localizer, work: Work) -> None:
    """A broken promise and an unfinished run are what a reader sees first."""
    work([Sheet(name="a")], finish=False)
    nightly = read(store, localizers=[us])
    broken = replace(nightly, promises=(replace(nightly.promises[0], alarm="us: the promise is broken"),))
    first, second, *_ = document(broken).summary
    assert (first.text, first.tone) == ("us: the promise is broken", "bad")
    assert (second.text, second.tone) == ("Run 1 is running, not finished.", "warn")
