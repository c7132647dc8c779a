"""What the editor asks for and does, over HTTP, on a store that a real run has filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shopglot.store import Store
from shopglot.store.desk.entries import Filter

Client = Callable[[str], Any]


@pytest.fixture
def held(desk_store: Store) -> Any:
    """A page of the United States that waits, with a finding of a check or a review rule on it and nothing blocked."""
    for row in desk_store.queue.page(Filter(market="us"), limit=50).rows:
        page = desk_store.pages.read("us", row.listing)
        assert page is not None
        findings = [finding for one in page.segments if one.held for finding in one.findings]
        if row.verdict == "review" and any(one.severity == "warning" for one in findings) and row.segments > 1:
            return row
    raise AssertionError("the sample has no such page any more")


def url(row: Any, *parts: object) -> str:
    """Return the address of a page, or of something of it."""
    return "/".join((f"/api/pages/{row.market}/{row.listing}", *map(str, parts)))


def waiting(answer: Any) -> list[dict[str, Any]]:
    """Return the segments of an open page that wait."""
    return [one for one in answer.json()["segments"] if one["held"] and one["handled"] is None]


def test_open(client: Client, held: Any) -> None:
    """A page comes with its texts, what is found on them, and spans that fit."""
    answer = client("vera").get(url(held))
    assert answer.status_code == 200
    found = answer.json()
    assert found["page"]["listing"] == held.listing
    assert found["page"]["open"] == len(waiting(answer)) == held.open
    assert not found["stale"]
    one = waiting(answer)[0]
    assert {"position", "path", "field", "source", "target", "machine", "findings", "terms", "masks", "seen"} <= set(
        one
    )
    for segment in found["segments"]:
        for finding in segment["findings"]:
            text = segment["source"] if finding["side"] == "source" else segment["target"]
            assert 0 <= finding["start"] <= finding["end"] <= len(text)
        for term in segment["terms"]:
            assert segment["source"][term["start"] : term["end"]] == term["source"]


def test_messages_in_the_readers_language(client: Client, held: Any) -> None:
    """Findings speak the language of the interface."""
    vera = client("vera")
    page = vera.get(url(held)).json()
    findings = [finding for one in page["segments"] for finding in one["findings"]]
    assert {finding["message_lang"] for finding in findings} == {"en"}


def test_recheck_while_typing(client: Client, held: Any) -> None:
    """A text is checked and screened as it is typed; nothing is written."""
    vera = client("vera")
    one = waiting(vera.get(url(held)))[0]
    said = vera.post(url(held, "segments", one["position"], "recheck"), json={"target": "全是中文"}).json()
    assert "script.leak" in {finding["check"] for finding in said["findings"]}
    assert said["holds"] >= 1
    assert said["length"] == 4
    empty = vera.post(url(held, "segments", one["position"], "recheck"), json={"target": ""})
    assert empty.status_code == 200


def test_work_through_a_page(client: Client, held: Any, desk_store: Store) -> None:
    """Approve, set aside where something holds, mend, take back."""
    theo = client("theo")
    assert theo.post(url(held, "claim")).json()["mine"]
    for one in waiting(theo.get(url(held))):
        place = url(held, "segments", one["position"])
        body = {"target": one["target"], "seen": one["seen"], "seconds": 4}
        answer = theo.post(f"{place}/approve", json=body)
        if answer.status_code == 422:
            assert answer.json()["code"] == "holding"
            assert answer.json()["findings"]
            why = {"reason": "false-alarm", "note": ""}
            answer = theo.post(f"{place}/approve", json={**body, "dismiss": why})
        assert answer.status_code == 200, answer.text
        assert answer.json()["segment"]["handled"]["deed"] == "approve"
        assert all(not finding["holds"] for finding in answer.json()["segment"]["findings"])
    page = theo.get(url(held)).json()["page"]
    assert (page["state"], page["open"]) == ("done", 0)
    row = desk_store.queue.get(held.listing, "us")
    assert row is not None
    assert row.state == "done"
    assert desk_store.dismissals.listed("us")
    for _ in range(held.open):
        assert theo.post("/api/undo").status_code == 200
    assert theo.get(url(held)).json()["page"]["open"] == held.open
    assert desk_store.dismissals.listed("us") == []
    assert theo.post("/api/undo").json()["code"] == "nothing"


def test_an_edit_is_a_persons_text(client: Client, held: Any, desk_store: Store) -> None:
    """An edited text is approved as it is, and the machine's is a verdict of "not unedited"."""
    theo = client("theo")
    one = waiting(theo.get(url(held)))[0]
    body = {"target": "A text that nobody has held", "seen": one["seen"], "dismiss": {"reason": "checked", "note": ""}}
    answer = theo.post(url(held, "segments", one["position"], "approve"), json=body)
    assert answer.status_code == 200, answer.text
    segment = answer.json()["segment"]
    assert segment["target"] == "A text that nobody has held"
    assert segment["machine"] == one["target"]
    assert segment["handled"]["deed"] == "edit"
    [judgement] = desk_store.judgements("us", channel="desk")
    assert (judgement.published, judgement.target, judgement.reviewer) == (False, one["target"], "theo")
    told = theo.get(url(held, "segments", one["position"], "help")).json()
    assert [act["what"] for act in told["history"]][-1] in ("approve", "dismiss")
    assert {"matches", "others", "history", "identical"} == set(told)


def test_conflict_shows_both(client: Client, held: Any) -> None:
    """Whoever comes second is shown what stands, and may still have their way knowingly."""
    theo, lena = client("theo"), client("lena")
    one = waiting(theo.get(url(held)))[0]
    place = url(held, "segments", one["position"], "approve")
    why = {"reason": "meant-so", "note": ""}
    assert lena.post(place, json={"target": "Hers", "seen": one["seen"], "dismiss": why}).status_code == 200
    answer = theo.post(place, json={"target": "His", "seen": one["seen"], "dismiss": why})
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    assert answer.json()["theirs"]["target"] == "Hers"
    assert answer.json()["theirs"]["actor"] == "lena"
    again = theo.post(place, json={"target": "His", "seen": answer.json()["segment"]["seen"], "dismiss": why})
    assert again.status_code == 200, "he has seen hers now"


def test_a_page_belongs_to_one(client: Client, held: Any) -> None:
    """A page that somebody has claimed is not for others until it is given back."""
    theo, lena = client("theo"), client("lena")
    assert theo.post(url(held, "claim")).status_code == 200
    answer = lena.post(url(held, "claim"))
    assert answer.status_code == 409
    assert answer.json()["by"] == "theo"
    one = waiting(lena.get(url(held)))[0]
    body = {"target": one["target"], "seen": one["seen"], "dismiss": {"reason": "meant-so", "note": ""}}
    taken = lena.post(url(held, "segments", one["position"], "approve"), json=body)
    assert (taken.status_code, taken.json()["code"]) == (409, "claimed")
    theo.post(url(held, "release"))
    assert lena.post(url(held, "claim")).status_code == 200


def test_one_finding_is_set_aside_and_comes_back(client: Client, held: Any) -> None:
    """One finding is set aside with a reason, and taken back."""
    theo = client("theo")
    one, finding = next(
        (one, finding)
        for one in waiting(theo.get(url(held)))
        for finding in one["findings"]
        if finding["holds"] and not finding["blocks"]
    )
    place = url(held, "segments", one["position"])
    body = {"target": one["target"], "finding": finding["key"], "reason": "false-alarm", "note": ""}
    after = theo.post(f"{place}/dismiss", json=body).json()
    same = next(found for found in after["findings"] if found["key"] == finding["key"])
    assert not same["holds"]
    assert same["dismissed"] == {"by": "theo", "reason": "false-alarm", "note": ""}
    before = theo.post(f"{place}/restore-finding", json=body).json()
    assert next(found for found in before["findings"] if found["key"] == finding["key"])["holds"]
    assert theo.post(f"{place}/dismiss", json={**body, "reason": "because"}).status_code == 400
    assert theo.post(f"{place}/dismiss", json={**body, "reason": "other"}).status_code == 400
    assert theo.post(f"{place}/dismiss", json={**body, "finding": "none"}).status_code == 400


def test_what_a_rule_blocks_is_a_leads(client: Client, desk_store: Store) -> None:
    """No reason of a translator's releases a block; a lead's override does."""
    rows = desk_store.queue.page(Filter(market="us", severity="error"), limit=50).rows
    theo, lena = client("theo"), client("lena")
    row, one, finding = next(
        (row, one, finding)
        for row in rows
        if row.verdict == "reject"
        for one in waiting(lena.get(url(row)))
        for finding in one["findings"]
        if finding["blocks"] and finding["side"] == "source"
    )
    place = url(row, "segments", one["position"], "approve")
    body = {"target": one["target"], "seen": one["seen"], "dismiss": {"reason": "false-alarm", "note": ""}}
    assert theo.post(place, json=body).json()["code"] == "holding"
    assert theo.post(url(row, "override"), json={"rule": finding["check"], "note": "a book's title"}).status_code == 403
    assert lena.post(url(row, "override"), json={"rule": finding["check"], "note": ""}).status_code == 400
    said = lena.post(url(row, "override"), json={"rule": finding["check"], "note": "a book's title"})
    assert said.status_code == 200
    assert finding["text"] in said.json()["words"]
    after = next(s for s in lena.get(url(row)).json()["segments"] if s["position"] == one["position"])
    assert all(not found["blocks"] for found in after["findings"] if found["check"] == finding["check"])


def test_reject_escalate_send_back(client: Client, held: Any, desk_store: Store) -> None:
    """A text is refused, a page goes to the leads, then to its merchant, and back."""
    theo = client("theo")
    one = waiting(theo.get(url(held)))[0]
    place = url(held, "segments", one["position"], "reject")
    assert theo.post(place, json={"seen": one["seen"], "error": "nonsense"}).status_code == 400
    assert theo.post(place, json={"seen": one["seen"], "error": "number", "severity": "major"}).status_code == 200
    assert theo.post(url(held, "escalate"), json={"note": ""}).status_code == 400
    assert theo.post(url(held, "escalate"), json={"note": "is this a claim?"}).status_code == 200
    message = theo.get(url(held, "send-back")).json()["message_zh"]
    assert "您的商品" in message
    assert theo.post(url(held, "send-back"), json={"message_zh": message}).status_code == 200
    row = desk_store.queue.get(held.listing, "us")
    assert row is not None
    assert row.state == "returned"
    assert theo.post(url(held, "reopen")).json()["open"] == held.open


def test_the_machine_is_asked_again(client: Client, held: Any) -> None:
    """Candidates come from the market's machine, for whoever may use them."""
    theo = client("theo")
    one = waiting(theo.get(url(held)))[0]
    answer = theo.post(url(held, "segments", one["position"], "candidates"))
    assert answer.status_code == 200, answer.text
    assert all(found["target"] and found["model"].startswith("fake") for found in answer.json()["candidates"])
    assert client("vera").post(url(held, "segments", one["position"], "candidates")).status_code == 403


def test_comments_and_proposals(client: Client, held: Any, desk_store: Store) -> None:
    """Remarks and proposals are kept as they were written."""
    theo = client("theo")
    assert theo.post(url(held, "comments"), json={"position": None, "text": "<b>look</b>"}).status_code == 200
    assert theo.get(url(held)).json()["comments"][0]["text"] == "<b>look</b>"
    term = {
        "market": "us", "kind": "term", "source": "奶fufu", "target": "plush", "field": "", "note": "",
        "listing": held.listing, "position": 0,
    }  # fmt: skip
    assert theo.post("/api/proposals", json=term).status_code == 200
    assert [one.source for one in desk_store.proposals.list()] == ["奶fufu"]
    assert theo.post("/api/proposals", json={**term, "kind": "wish"}).status_code == 400
    assert client("tess").post("/api/proposals", json=term).status_code == 404, "not her market"


@pytest.mark.parametrize("body", [[], {"target": 1, "seen": "x"}, {"seen": "x"}, {"target": "x", "seen": None}])
def test_nonsense_is_refused(client: Client, held: Any, body: Any) -> None:
    """A body of another shape is a bad request."""
    theo = client("theo")
    one = waiting(theo.get(url(held)))[0]
    assert theo.post(url(held, "segments", one["position"], "approve"), json=body).status_code == 400


def test_what_is_not_there(client: Client, held: Any) -> None:
    """What is not there, and what is not theirs, looks the same."""
    theo = client("theo")
    assert theo.get("/api/pages/us/999999").status_code == 404
    assert theo.get("/api/pages/xx/1").status_code == 404
    assert theo.post(url(held, "segments", 9999, "recheck"), json={"target": "x"}).status_code == 404
    assert theo.get(url(held) + "?audit=99").status_code == 404
    assert client("tess").get(url(held)).status_code == 404, "not her market"


def test_an_audit_sample(client: Client, desk_store: Store) -> None:
    """An audit sample is judged text by text or as a whole, and the estimate follows."""
    audit = next(audit for market in ("us", "hk") for audit in desk_store.audits(market, judged=False))
    market = audit.market
    drawn = (audit.merchant, audit.listing)
    known = ((number, desk_store.pages.read(market, number)) for number in range(1, 60))
    number = next(number for number, page in known if page is not None and (page.merchant, page.id) == drawn)
    theo = client("theo")
    page = f"/api/pages/{market}/{number}"
    found = theo.get(f"{page}?audit={audit.run_id}").json()
    assert found["page"]["audit"] == audit.run_id
    assert len(found["segments"]) == audit.segments
    one = found["segments"][0]
    body = {"target": one["target"], "seen": one["seen"], "audit": audit.run_id}
    assert theo.post(f"{page}/segments/0/approve", json=body).json()["segment"]["handled"]["deed"] == "approve"
    said = theo.post(f"{page}/audit", json={"run": audit.run_id, "published": True})
    assert said.status_code == 200
    assert [one.listing for one in desk_store.audits(market, judged=True)] == [audit.listing]
    assert desk_store.audit_result(market) == (1, 0)
    theo.post("/api/undo")
    theo.post("/api/undo")
    assert desk_store.audit_result(market) == (0, 0)
    refused = {"seen": one["seen"], "audit": audit.run_id, "error": "style", "severity": "minor"}
    assert theo.post(f"{page}/segments/0/reject", json=refused).status_code == 200
    assert desk_store.audit_result(market) == (1, 1)
