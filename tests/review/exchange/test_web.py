"""The exchange as a browser sees it: a file out, a file back, a preview, and just that done."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from shopglot.review.exchange.records import FORMATS, MEDIA_TYPES, SUFFIXES, Format, Returned, read
from shopglot.review.exchange.web import SHOWN
from shopglot.store import Store
from shopglot.store.desk.entries import Filter

Client = Callable[[str], Any]


def exported(client: Any, form: str = "csv", **given: str) -> Any:
    """Export and return the answer."""
    return client.post("/exchange/export", data={"market": "us", "format": form, **given})


def units_of(answer: Any, form: Format = "csv") -> tuple[Returned, ...]:
    """Return the units of an exported file."""
    assert 200 == answer.status_code, answer.text
    reading = read(f"x{SUFFIXES[form]}", answer.content)
    assert () == reading.problems
    return reading.units


def back(units: list[Returned], texts: dict[str, tuple[str, str]]) -> bytes:
    """Return a file as an agency sends it: `texts` are target and state by unit."""
    lines = ["unit,source,target,state,exported"]
    for unit in units:
        name = f"{unit.market}.{unit.listing}.{unit.position}.{unit.seen}"
        target, state = texts.get(name, (unit.target, "translated"))
        cells = (name, unit.source, target, state, unit.base or "")
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    return "\r\n".join([*lines, ""]).encode()


def name_of(unit: Returned) -> str:
    """Return a unit's id."""
    return f"{unit.market}.{unit.listing}.{unit.position}.{unit.seen}"


def sent(client: Any, data: bytes, name: str = "back.csv", kind: str = "text/csv") -> Any:
    """Send a file and return the page that comes of it."""
    return client.post("/exchange/import", files={"file": (name, data, kind)})


def kinds(page: Any) -> list[str]:
    """Return what becomes of each unit that a page shows."""
    return re.findall(r'class="tag tag-\w+">.*?</svg>([^<]+)</span>', page.text, re.DOTALL)


def confirmed(client: Any, page: Any) -> Any:
    """Confirm a preview and return the page that comes of it."""
    token = re.search(r'name="preview" value="([^"]+)"', page.text)
    assert token is not None, page.text
    return client.post("/exchange/import", data={"preview": token[1]})


@pytest.mark.parametrize("form", FORMATS)
def test_every_format(client: Client, desk_store: Store, form: Format) -> None:
    """All that waits in a market is exported, and the file comes back with nothing to do."""
    lena = client("lena")
    answer = exported(lena, form)
    units = units_of(answer, form)
    held = desk_store.queue.page(Filter(market="us"), limit=1000)
    assert sum(row.open for row in held.rows) == len(units) == int(answer.headers["x-exchange-units"])
    assert MEDIA_TYPES[form] == answer.headers["content-type"]
    assert f'attachment; filename="shopglot-us-20260803-0900{SUFFIXES[form]}"' == answer.headers["content-disposition"]
    for unit in units:
        page = desk_store.pages.read(unit.market, unit.listing)
        assert page is not None
        segment = next(one for one in page.segments if one.position == unit.position)
        assert (segment.source, segment.text, segment.seen) == (unit.source, unit.target, unit.seen)
    page = sent(lena, answer.content, f"back{SUFFIXES[form]}", "application/octet-stream")
    assert {"Unchanged"} == set(kinds(page))
    assert "can be approved" in page.text


def test_only_what_the_filter_names(client: Client) -> None:
    """The queue's filters narrow the export; what nobody waits for is told."""
    lena = client("lena")
    everything = units_of(exported(lena))
    some = units_of(exported(lena, field="title"))
    assert 0 < len(some) < len(everything)
    answer = exported(lena, merchant="nobody")
    assert 422 == answer.status_code
    assert "no text waits that matches" in answer.text
    shown = lena.get("/exchange?market=us&field=title&q=%3Cb%3E").text
    assert "<b>Title</b>" in shown
    assert '<input type="hidden" name="q" value="&lt;b&gt;">' in shown


def test_the_limits_and_terms_travel(client: Client) -> None:
    """Findings, terms and limits are in the file, findings in the language of the interface."""
    root = etree.fromstring(exported(client("lena"), "xliff").content)
    names = {"x": "urn:oasis:names:tc:xliff:document:2.0", "g": "urn:oasis:names:tc:xliff:glossary:2.0"}
    assert "en-US" == root.get("trgLang")
    assert root.findall(".//x:note", names)
    assert root.findall(".//g:glossEntry", names)
    assert root.findall(".//x:ph", names)


TAKEN, COLLEAGUE = "The gift box opened: thirty small bags of nuts", "An open gift box with thirty small bags of nuts"
GOOD = {  # what a translator makes of texts of the sample
    "礼盒打开后三十小袋坚果": TAKEN,
    "三岁以下儿童请在家长看护下食用。": "Children under three should eat these under the eyes of a parent.",
}


@pytest.fixture
def agency(client: Client) -> tuple[Any, list[Returned]]:
    """A translator's browser, and what is exported for the agency: texts of one merchant's page."""
    theo = client("theo")
    units = [unit for unit in units_of(exported(theo)) if unit.source in GOOD or unit.source.startswith("每天的搭配")]
    assert 3 == len(units)
    assert 1 == len({unit.listing for unit in units})
    return theo, units


def test_the_whole_way(agency: tuple[Any, list[Returned]], desk_store: Store) -> None:
    """Good texts are approved once the preview is confirmed, as by hand; what is held is told, and left."""
    theo, units = agency
    texts = {name_of(unit): (GOOD.get(unit.source, unit.target), "final") for unit in units}
    page = sent(theo, back(units, texts), "<b>枕头.csv")
    assert ["Held", "Ready", "Ready"] == sorted(kinds(page))
    assert "Nothing has been done yet" in page.text
    assert "&lt;b&gt;枕头.csv" in page.text
    assert "<b>枕头" not in page.text
    assert 0 == desk_store.queue.today("theo").segments
    done = confirmed(theo, page)
    assert "2 of 3 texts were approved." in done.text
    assert ["Approved", "Approved", "Held"] == sorted(kinds(done))
    assert (2, 2) == ((today := desk_store.queue.today("theo")).segments, today.edits)
    opened = desk_store.pages.read("us", units[0].listing)
    assert opened is not None
    assert {*GOOD.values()} == {one.handled.target for one in opened.segments if one.handled is not None}
    verdicts = [one for one in desk_store.judgements("us") if one.reviewer == "theo"]
    assert [("import", False)] * 2 == [(one.channel, one.published) for one in verdicts]
    assert "undone" in theo.post("/api/undo", json={}).json()
    again = sent(theo, back(units, texts))
    assert 1 == kinds(again).count("Unchanged")


def test_confirmed_twice(agency: tuple[Any, list[Returned]], desk_store: Store) -> None:
    """A preview is applied once, however often it is confirmed, and stays to be read."""
    theo, units = agency
    page = sent(theo, back(units, {name_of(unit): (GOOD.get(unit.source, ""), "final") for unit in units}))
    first, second = confirmed(theo, page), confirmed(theo, page)
    assert first.text == second.text
    assert "2 of 3 texts were approved." in second.text
    assert 2 == desk_store.queue.today("theo").segments


def test_a_conflict_shows_three_texts(agency: tuple[Any, list[Returned]], client: Client, desk_store: Store) -> None:
    """What a colleague did in between is shown beside what was exported and what came back; nothing is lost."""
    theo, units = agency
    unit = next(one for one in units if one.source.startswith("礼盒打开"))
    page = sent(theo, back([unit], {name_of(unit): (TAKEN, "final")}))
    other = client("lena").post(
        f"/api/pages/us/{unit.listing}/segments/{unit.position}/approve",
        json={"target": COLLEAGUE, "seen": unit.seen, "seconds": 1, "dismiss": {"reason": "meant-so", "note": ""}},
    )
    assert 200 == other.status_code, other.text
    done = confirmed(theo, page)
    assert ["Conflict"] == kinds(done)
    again = sent(theo, back([unit], {name_of(unit): (TAKEN, "final")}))
    assert ["Conflict"] == kinds(again)
    for shown in (done, again):
        assert "lena has handled this text since the export." in shown.text
        assert all(f">{text}</dd>" in shown.text for text in (unit.base, COLLEAGUE, TAKEN))
    opened = desk_store.pages.read("us", unit.listing)
    assert opened is not None
    assert COLLEAGUE == next(one.text for one in opened.segments if one.position == unit.position)


def test_who_may(client: Client, agency: tuple[Any, list[Returned]]) -> None:
    """Viewers have no exchange; a translator of one market gets nothing of another, out or in."""
    vera, tess = client("vera"), client("tess")
    for answer in (vera.get("/exchange"), exported(vera), sent(vera, b"")):
        assert 403 == answer.status_code
    assert 404 == exported(tess).status_code
    assert 404 == tess.get("/exchange?market=us").status_code
    assert 200 == exported(tess, market="hk").status_code
    assert "/exchange?market=us" not in tess.get("/exchange").text
    _, units = agency
    page = sent(tess, back(units, {name_of(unit): ("mine", "final") for unit in units}))
    assert ["Not your market"] * 3 == kinds(page)
    assert "At the desk now" not in page.text


def test_a_preview_is_its_users(agency: tuple[Any, list[Returned]], client: Client, desk_clock: Any) -> None:
    """Nobody else sees or confirms it, and after an hour nobody does."""
    theo, units = agency
    page = sent(theo, back(units, {}))
    address = page.url.path
    lena = client("lena")
    assert 404 == lena.get(address).status_code
    token = address.rsplit("/", 1)[1]
    assert 404 == lena.post("/exchange/import", data={"preview": token}).status_code
    assert 200 == theo.get(address).status_code
    desk_clock.forward(minutes=61)
    assert 404 == theo.get(address).status_code
    for token in ("../../etc/passwd", "x" * 32, ""):
        assert 404 == theo.post("/exchange/import", data={"preview": token}).status_code
    assert 404 == theo.get("/exchange/preview/x?kind=evil").status_code


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("back.csv", b"", "has no column unit"),
        ("back.exe", b"MZ", "does not end with"),
        ("back.xlf", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "declares a document type"),
        ("back.xlsm", b"PK\x03\x04", "has macros"),
        ("back.xlsx", b"PK\x03\x04", "is no .xlsx file"),
        ("<img src=x onerror=alert(1)>.csv", b"unit,source\n", "&lt;img src=x onerror=alert(1)&gt;.csv was not read"),
        ("back.csv", b"unit,source,target\n", "holds no texts"),
    ],
)
def test_what_cannot_be_read(client: Client, name: str, data: bytes, told: str) -> None:
    """A file that cannot be read is told with the reason, and nothing is kept."""
    answer = sent(client("theo"), data, name, "image/png")
    assert 422 == answer.status_code
    assert told in answer.text
    assert "<img src=x" not in answer.text
    assert "line 1: line 1" not in answer.text


def test_no_file(client: Client) -> None:
    """A form without a file is told."""
    theo = client("theo")
    for files in ({}, {"file": ("", b"")}, {"other": ("a.csv", b"x")}):
        answer = theo.post("/exchange/import", files=files, data={"x": "y"})
        assert 422 == answer.status_code
        assert "Choose a file first" in answer.text


def test_a_large_file(client: Client) -> None:
    """A body over the limit is refused before it is read; a file that is just too large is told so."""
    theo = client("theo")
    assert 413 == sent(theo, b"x" * 20_200_000).status_code
    assert 422 == sent(theo, b"x" * 20_000_001).status_code


def test_wrong_requests(client: Client) -> None:
    """An export needs a format that there is; everything needs the token of a page of ours."""
    theo = client("theo")
    assert 400 == exported(theo, "exe").status_code
    assert 400 == exported(theo, state="evil").status_code
    assert 400 == theo.get("/exchange?low=x").status_code
    for path in ("/exchange/export", "/exchange/import"):
        assert "/exchange" == theo.get(path).url.path
    del theo.headers["X-CSRF-Token"]
    assert 403 == exported(theo).status_code
    assert 403 == theo.post("/exchange/import", data={"preview": "x" * 32}).status_code


def test_a_long_preview_has_pages(client: Client) -> None:
    """A preview of many units is shown a hundred at a time, by kind where that is asked for."""
    theo = client("theo")
    lines = [f"us.999.{n}.{'0' * 32},一,One,final" for n in range(SHOWN + 5)]
    page = sent(theo, "\n".join(["unit,source,target,state", *lines, "u,x,y,"]).encode())
    assert SHOWN == len(kinds(page))
    path = page.url.path
    assert ["No longer waiting"] * 5 + ["Unreadable"] == kinds(theo.get(f"{path}?page=2"))
    assert ["Unreadable"] == kinds(theo.get(f"{path}?kind=unreadable"))
    assert ["Unreadable"] == kinds(theo.get(f"{path}?kind=unreadable&page=9"))
    for wrong in ("?page=0", "?page=x", "?kind=evil"):
        assert 400 == theo.get(path + wrong).status_code


def test_a_file_that_is_too_long_to_wait_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take minutes to check is left to the command line, and said."""
    monkeypatch.setattr("shopglot.review.exchange.web.MOST_HERE", 2)
    lines = [f"us.999.{n}.{'0' * 32},一,One,final" for n in range(3)]
    answer = sent(client("theo"), "\n".join(["unit,source,target,state", *lines]).encode())
    assert 422 == answer.status_code
    assert "more than 2 texts" in answer.text


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_every_language(agency: tuple[Any, list[Returned]], language: str) -> None:
    """Both pages speak the reader's language, without a word that is missing."""
    theo, units = agency
    theo.post("/language", data={"language": language, "next": "/exchange"})
    page = sent(theo, back(units, {name_of(unit): (GOOD.get(unit.source, unit.target), "final") for unit in units}))
    for text in (theo.get("/exchange?market=us&field=title&state=open&state=done&mine=1").text, page.text):
        assert f'<html lang="{language}"' in text
        shown = re.sub(r"<(?:link|script)[^>]*>", "", text)
        assert [] == re.findall(r"\b(?:exchange|fields|base)\.[a-z_-]+", shown)
