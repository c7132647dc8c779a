"""The lead's figures, the export for the ML team, and the proposals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from starlette.applications import Starlette

from shopglot.glossary.rows import read_table
from shopglot.review import insight
from shopglot.review.rendering import messages
from shopglot.store import Store
from shopglot.store.actions import log
from shopglot.store.desk.examples import KEYS
from shopglot.store.records import Act
from shopglot.types import Judgement

Browser: TypeAlias = Any
DeskClock: TypeAlias = Any  # the fixture of conftest.py
Client: TypeAlias = Callable[[str], Browser]
SCRIPT = "<script>alert(1)</script>"
ODD = f"{SCRIPT}\"'&\ud800\x00😀"


def decide(store: Store, clock: DeskClock, action: str = "approve", **given: Any) -> int:
    """Write a decision of the desk into the log and return its number."""
    place = {"market": "us", "merchant": "m", "listing": "p1", "path": "/fields/title", "index": 0, "actor": "theo"}
    own = {name: given.pop(name, value) for name, value in place.items()}
    detail: dict[str, Any] = {
        "edited": False, "machine": "A pillow", "source": "枕头", "target": "Pillow", "reasons": ["term.missing"],
        "findings": ["term.missing"], "model": "fake@1", "score": 0.5, "signature": "s", "words": 2,
        "field": "title", "verdict": "review", "seconds": 12.5, "unit_key": "u", "handled": None,
    }  # fmt: skip
    if action in ("dismiss", "undo"):
        detail = {}
    note = given.pop("note", "")
    with store.database.write() as connection:
        act = Act(action=action, detail=detail | given, note=note, **own)
        return log(connection, act, clock())


def lines(client: Browser, query: str = "") -> list[dict[str, Any]]:
    """Return the export."""
    answer = client.get(f"/insight/verdicts.jsonl{query}")
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize(
    "path",
    ["/insight", "/insight/data.json", "/insight/verdicts.jsonl", "/proposals", "/proposals.tsv?market=us"],
)
def test_only_leads_see_it(client: Client, path: str) -> None:
    """Only leads see it."""
    assert client("theo").get(path).status_code == 403
    assert client("lena").get(path).status_code == 200
    assert client("ada").get(path).status_code == 200


def test_a_lead_of_one_market_sees_no_other(client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """A lead of one market sees no other, neither by asking for it nor in the sum of all."""
    desk_store.people.change("lena", actor="tests", markets=("hk",))
    decide(desk_store, desk_clock)
    decide(desk_store, desk_clock, market="hk", index=1)
    desk_store.proposals.add("us", "term", "枕头", "pillow", actor="theo")
    lena = client("lena")
    for path in ("/insight", "/insight/data.json", "/insight/verdicts.jsonl", "/proposals", "/proposals.tsv"):
        assert lena.get(f"{path}?market=us").status_code == 404
    assert lena.get("/insight/data.json").json()["total"]["decided"] == 1
    assert [line["market"] for line in lines(lena)] == ["hk"]
    assert "pillow" not in lena.get("/proposals").text
    assert lena.post("/proposals/1", data={"deed": "take"}).status_code == 404
    assert desk_store.proposals.count()["open"] == 1


@pytest.mark.parametrize(
    "query",
    ["from=yesterday", "to=2026-02-30", "from=1999-01-01", "from=2020-01-01&to=2026-01-01", "to=9999-12-31"],
)
def test_no_such_period(client: Client, query: str) -> None:
    """No such period: refused, whichever page is asked."""
    lena = client("lena")
    for path in ("/insight", "/insight/data.json", "/insight/verdicts.jsonl"):
        assert lena.get(f"{path}?{query}").status_code == 400


def test_no_such_market(client: Client) -> None:
    """No such market."""
    assert client("lena").get("/insight?market=xx").status_code == 404


def test_an_empty_desk_says_so(client: Client) -> None:
    """An empty desk says so, in every language."""
    lena = client("lena")
    for language in ("en", "zh-Hant", "zh-Hans"):
        lena.post("/language", data={"language": language})
        page = lena.get("/insight").text
        assert messages()[language]["insight.empty"] in page
        assert "data-chart" not in page


def test_the_page_has_the_numbers(client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """The page has the numbers of the plots, and links to the queue."""
    for index in range(6):
        decide(desk_store, desk_clock, index=index, edited=index % 2 == 1, seconds=10.0 + index)
    decide(desk_store, desk_clock, "reject", index=7, reasons=["omission"])
    lena = client("lena")
    page = lena.get("/insight?market=us").text
    assert re.search(r"42\.9%", page), "three of seven unedited"
    assert 'href="/?market=us&amp;field=title"' in page
    assert 'href="/?market=us&amp;reason=term.missing"' in page
    assert "too few" in page, "one decision on omission"
    assert "nothing before" in page
    data = lena.get("/insight/data.json?market=us").json()
    assert (data["total"]["decided"], data["total"]["unedited"], data["total"]["edited"]) == (7, 3, 3)
    [term, omission] = data["rules"]
    assert (term["alarms"]["count"], term["alarms"]["of"], term["alarms"]["few"]) == (3, 6, False)
    assert (omission["alarms"]["rate"], omission["alarms"]["few"]) == (0, True)
    assert data["fields"][0]["label"] == "Title"
    assert 'reason=term.missing"' not in lena.get("/insight").text, "of all markets: the queue shows one"


def test_compared_with_the_period_before(client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """Compared with the period before."""
    decide(desk_store, desk_clock)
    desk_clock.forward(days=10)
    decide(desk_store, desk_clock, index=1, edited=True)
    decide(desk_store, desk_clock, index=2)
    today = desk_clock().date()
    page = client("lena").get(f"/insight?from={today - timedelta(days=6)}&to={today}").text
    assert "+100%" in page
    assert "−50.0 points" in page
    swapped = client("lena").get(f"/insight?to={today - timedelta(days=6)}&from={today}").text
    assert "+100%" in swapped


def test_a_day_without_a_beginning(client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """Only the last day is given: the twelve weeks before it."""
    decide(desk_store, desk_clock)
    lena = client("lena")
    assert lena.get("/insight/data.json?to=2026-08-02").json()["total"]["decided"] == 0
    assert lena.get("/insight/data.json?to=2026-08-03").json()["period"]["from"] == "2026-05-12"


def test_the_export_has_everything(client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """The export has decisions with their dismissals, and the verdicts that were given elsewhere."""
    aside = {"finding": "term.missing", "version": 0, "side": "target", "words": "枕", "reason": "fine-here"}
    decide(desk_store, desk_clock, "dismiss", note="short", **aside)
    act = decide(desk_store, desk_clock, edited=True, signals=[["repeated", 0.0]])
    undone = decide(desk_store, desk_clock, index=1)
    decide(desk_store, desk_clock, "undo", index=1, act=undone)
    decide(desk_store, desk_clock, "reject", index=2, error="number", severity="major", note="price")
    said = Judgement(
        market="us", merchant="m", listing="p9", path="/fields/title", source="枕头", target="Pillow",
        origin="machine", published=True, score=0.9, reviewer="mei", channel="audit", judged_at=desk_clock(),
    )  # fmt: skip
    desk_store.add_judgements([said])
    edited, refused, audited = lines(client("lena"))
    assert tuple(edited) == tuple(refused) == tuple(audited) == KEYS
    assert (edited["act"], edited["deed"], edited["machine"], edited["final"]) == (act, "edit", "A pillow", "Pillow")
    assert edited["published"] is False
    assert (edited["seconds"], edited["score"], edited["signals"]) == (12.5, 0.5, [["repeated", 0.0]])
    assert edited["dismissed"] == [{**aside, "note": "short", "by": "theo"}]
    assert (refused["deed"], refused["final"], refused["error"], refused["note"]) == ("reject", None, "number", "price")
    assert refused["dismissed"] == []
    assert (audited["channel"], audited["deed"], audited["final"]) == ("audit", "approve", "Pillow")


def test_the_export_takes_more_than_a_page(
    client: Client, desk_store: Store, desk_clock: DeskClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The export takes more than a page, each text once and in order."""
    monkeypatch.setattr(insight, "_PAGE", 3)
    acts = [decide(desk_store, desk_clock, index=index) for index in range(8)]
    said = [
        Judgement(
            market="us", listing=f"p{number}", path="/fields/title", source="枕头", target="Pillow", origin="machine",
            published=False, reviewer="mei", channel="import", judged_at=desk_clock(),
        )
        for number in range(7)
    ]  # fmt: skip
    desk_store.add_judgements(said)
    found = lines(client("lena"))
    assert [line["act"] for line in found] == acts + [None] * 7
    assert [line["listing"] for line in found[8:]] == [f"p{number}" for number in range(7)]


def test_texts_of_any_kind(client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """Texts of any kind are shown as text, and come out of the export as they were."""
    decide(desk_store, desk_clock, source=ODD, target=ODD, model=ODD, reasons=[ODD], field="", path="/x")
    desk_store.proposals.add(
        "us", "term", ODD, ODD, actor="theo", note=f"{ODD}\n\t=cmd()", example=ODD * 9, merchant="m", listing=ODD
    )
    lena = client("lena")
    for path in ("/insight", "/insight?market=us", "/proposals", "/proposals?market=us"):
        answer = lena.get(path)
        assert answer.status_code == 200, path
        assert SCRIPT not in answer.text
    [line] = lines(lena)
    assert (line["source"], line["model"], line["reasons"]) == (ODD, ODD, [ODD])


def test_take_and_decline(client: Client, desk_store: Store) -> None:
    """A lead takes a proposal and declines another; the log has it."""
    first = desk_store.proposals.add("us", "term", "冰丝", "cooling fabric", actor="theo")
    second = desk_store.proposals.add("hk", "rule", "最好", "", actor="tess", note="superlative")
    lena = client("lena")
    page = lena.get("/proposals").text
    assert "冰丝" in page
    assert "superlative" in page
    answer = lena.post(f"/proposals/{first}", data={"deed": "take", "market": "us"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/proposals?market=us&state=open")
    lena.post(f"/proposals/{second}", data={"deed": "decline"})
    lena.post(f"/proposals/{second}", data={"deed": "take"})  # in another tab, too late
    assert [(one.became, one.closed_by) for one in desk_store.proposals.list()] == [
        ("taken", "lena"),
        ("declined", "lena"),
    ]
    assert "冰丝" in lena.get("/proposals?state=taken").text
    assert "冰丝" not in lena.get("/proposals").text


def test_sad_paths_of_closing(client: Client, desk_store: Store) -> None:
    """What is not there, not allowed or not understood."""
    number = desk_store.proposals.add("us", "term", "冰丝", "cooling fabric", actor="theo")
    lena = client("lena")
    assert lena.post("/proposals/99", data={"deed": "take"}).status_code == 404
    assert lena.post(f"/proposals/{10**40}", data={"deed": "take"}).status_code == 404
    assert lena.post(f"/proposals/{number}", data={"deed": "burn"}).status_code == 400
    assert lena.get("/proposals?state=burnt").status_code == 400
    assert lena.get("/proposals.tsv").status_code == 400
    assert client("theo").post(f"/proposals/{number}", data={"deed": "take"}).status_code == 403
    lena.headers["X-CSRF-Token"] = "other"
    assert lena.post(f"/proposals/{number}", data={"deed": "take"}).status_code == 403
    assert desk_store.proposals.count() == {"open": 1, "taken": 0, "declined": 0}


def test_terms_as_the_glossary_reads_them(client: Client, desk_store: Store, tmp_path: Path) -> None:
    """The download can be read as a terms.tsv, whatever was proposed; rules are no rows."""
    desk_store.proposals.add("us", "term", "冰\t丝", "cooling\nfabric", actor="theo", field="title", note="not\r\nsilk")
    desk_store.proposals.add("us", "rule", "最好", "", actor="theo", note="superlative")
    answer = client("lena").get("/proposals.tsv?market=us")
    assert answer.headers["content-disposition"] == 'attachment; filename="terms-us-open.tsv"'
    (tmp_path / "terms.tsv").write_bytes(answer.content)
    [row] = read_table(tmp_path / "terms.tsv").rows
    assert (row.source, row.target, row.field, row.status) == ("冰 丝", "cooling fabric", "title", "preferred")
    assert row.note == "not silk (proposed by theo, 2026-08-03)"


def test_primed_at_the_start(app: Starlette, client: Client, desk_store: Store, desk_clock: DeskClock) -> None:
    """A desk that was primed reads only what has come since."""
    decide(desk_store, desk_clock)
    insight.prime(app.state.context)
    decide(desk_store, desk_clock, index=1)
    assert client("lena").get("/insight/data.json").json()["total"]["decided"] == 2


def test_every_language_has_every_word() -> None:
    """Every language has every word, with the same values."""
    for area in ("insight.", "proposals."):
        spoken = [{key: text for key, text in own.items() if key.startswith(area)} for own in messages().values()]
        assert spoken[0]
        for own in spoken[1:]:
            assert own.keys() == spoken[0].keys()
            for key, text in own.items():
                assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", spoken[0][key])), key


def test_the_last_weeks() -> None:
    """The periods that are offered end today and are whole weeks long."""
    wish = insight.Wish(period=insight._usual(date(2026, 8, 3)), market="", markets=("us",), today=date(2026, 8, 3))
    assert wish.last(12) == {"from": wish.period.since.isoformat(), "to": "2026-08-03"}
    assert (wish.period.until - wish.period.since).days + 1 == 84
    assert wish.query() == "from=2026-05-12&to=2026-08-03"
