"""The report as HTML: complete, self-contained, and nobody's text is taken for markup."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections import Counter
from dataclasses import replace
from importlib.resources import files

from tests.outlines import Outline

from shopglot_eval.reporting.document import Cell, Column, Document, Section, Table, Text
from shopglot_eval.reporting.html import SCRIPTS, as_html


def test_nothing_is_taken_for_markup(document: Document) -> None:
    """Hostile texts are text: two scripts, ours; nothing is loaded, nothing hears an event."""
    made = as_html(document)
    made.encode("utf-8")
    outline = Outline(made)
    assert {"img", "iframe", "link", "object", "form", "embed", "base"}.isdisjoint(outline.tags)
    assert (outline.tags["script"], outline.tags["style"]) == (2, 1)
    names = {name for _, name, _ in outline.attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "srcset", "action"})
    assert all(value.startswith("#") for value in outline.values("href"))
    assert "url(" not in made
    assert "@import" not in made
    assert not {"\u202e", "\x00", "\u2028"} & set(made)
    assert "{{ 7*7 }}" in outline.text
    assert all(value.startswith("--a:") for value in outline.values("style"))


def test_links_and_names(document: Document) -> None:
    """Every id is there once, and every link that leads to a place in the page finds it."""
    outline = Outline(as_html(document))
    ids = outline.values("id")
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    places = {value.removeprefix("#") for value in outline.values("href")}
    assert {one for one in places if not re.fullmatch(r"texts(-\d+)?", one)} <= set(ids)
    assert set(outline.values("aria-labelledby")) <= set(ids)


def test_the_policy_names_our_script(document: Document) -> None:
    """The page's policy lets the one script run that is in it, and nothing be loaded."""
    made = as_html(document)
    script = made[made.rindex("<script>") + len("<script>") : made.rindex("</script>")]
    assert "</" not in script
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', made)
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")


def test_what_is_read(document: Document) -> None:
    """Every block is there, signs and words beside colours, what it was made from and what is not the same again."""
    made = as_html(document)
    outline = Outline(made)
    assert 'class="notice good"' in made.replace("text notice", "notice")
    for text in (
        "Systems, ",
        "base",
        "It rises.",
        "A ",
        "sacrebleu",
        "95% interval",
        "By chrF.",
        "None.",
        "ab" * 32,
        "12.5",
    ):
        assert text.strip(", ") in outline.text
    assert outline.text.count("good: ") == 1  # in tables the style says it
    assert outline.tags["figure"] == 6
    assert outline.tags["article"] == 9
    assert ["🧥", "no."] == re.findall(r'<mark class="(?:bad|warn)">([^<]*)</mark>', made)[:2]
    assert 'lang="en"' in made
    assert 'data-v="40.5"' in made


def test_the_same_document_gives_the_same_page(document: Document) -> None:
    """Nothing of the moment is in the page."""
    assert as_html(document) == as_html(document)


def test_little(document: Document) -> None:
    """A report without anything is a page; so are a table without rows and one with numbers that are none."""
    bare = Document(kind="nightly", title="", summary=(), sections=())
    outline = Outline(as_html(bare))
    assert "Nightly report" in outline.text
    assert "All figures" not in outline.text
    assert "All texts" not in outline.text
    columns = (Column(title="a", align="text"), Column(title="b"))
    odd = Table(
        id="odd", title="", columns=columns,
        rows=((Cell(text=""), Cell(text="", value=math.nan, low=math.inf, high=1.0, tone="muted")),),
    )  # fmt: skip
    empty = Table(id="empty", title="Empty", columns=columns, rows=())
    section = Section(id="s", title="S", blocks=(odd, empty, Text(text="", items=("one",))))
    made = as_html(replace(bare, sections=(section,)))
    Outline(made)
    assert "nan" not in made.split("<body>")[1].split("<script")[0]
    assert 'data-v="' not in made.split("<script")[0]


def test_huge_texts(document: Document) -> None:
    """100 kB in every place that a text can stand at leave a page that can be opened."""
    huge = "枕<b>" * 25_000
    passages = {
        key: replace(one, source=huge, versions=tuple(replace(version, text=huge) for version in one.versions))
        for key, one in document.passages.items()
    }
    assert len(as_html(replace(document, passages=passages)).encode("utf-8")) < 5_000_000


def test_templates_ship() -> None:
    """The templates, their style and the scripts are part of the package."""
    folder = files("shopglot_eval.reporting") / "templates"
    assert {*SCRIPTS, "blocks.html", "report.css", "report.html"} == {entry.name for entry in folder.iterdir()}
    assert (files("shopglot_eval.reporting") / "report.schema.json").is_file()
