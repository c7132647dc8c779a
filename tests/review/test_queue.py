"""The queue page: what it lists, how it is narrowed, where it leads, and who may hand out its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from shopglot.review import queue
from shopglot.store import Store
from shopglot.store.desk.queue import Filter, Held

Client = Callable[[str], Any]
FRAGMENT = {"HX-Request": "true"}


def rows(text: str) -> list[str]:
    """Return the names of the pages that a queue page lists, in its order."""
    return re.findall(r'data-page="([a-z]+:\d+)"', text)


def held(store: Store, market: str = "us", **more: Any) -> list[Held]:
    """Return the pages of the queue as the store has them."""
    return list(store.queue.page(Filter(market=market, **more), limit=500).rows)


def name(page: Held) -> str:
    """Return how a page is named in forms and addresses."""
    return f"{page.market}:{page.listing}"


def notice(answer: Any) -> str:
    """Return what a page says of the deed before it."""
    found = re.findall(r'<p class="notice[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", "", one).strip() for one in found))


def test_lists_what_waits(client: Client, desk_store: Store) -> None:
    """Every held page of the market is there, in the order of the queue, with what holds it."""
    answer = client("theo").get("/?market=us")
    assert answer.status_code == 200
    wanted = held(desk_store)
    assert len(wanted) > 10
    assert rows(answer.text) == [name(page) for page in wanted]
    text = unescape(answer.text)
    for page in wanted:
        assert page.id in text
    assert f"Pages: {len(wanted)}" in text
    assert f'href="/pages/us/{wanted[0].listing}?market=us"' in text


def test_texts_are_text(client: Client) -> None:
    """What a merchant wrote is shown, and nothing of it is markup."""
    text = client("lena").get("/").text
    assert "hostile-&lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "onerror=alert(1)&gt;" in text


def test_first_market_of_the_user(client: Client, desk_store: Store) -> None:
    """Without a market in the address it is the user's first; others are not named."""
    text = client("tess").get("/").text
    assert rows(text) == [name(page) for page in held(desk_store, "hk")]
    assert 'href="/?market=us"' not in text
    assert client("tess").get("/?market=us").status_code == 404


def test_filters_by_address(client: Client, desk_store: Store) -> None:
    """A filter of the address shows what the store finds, and a chip to take it away."""
    browser = client("theo")
    wanted = held(desk_store, reason="number.changed", field="title")
    assert 0 < len(wanted) < len(held(desk_store))
    answer = browser.get("/?market=us&reason=number.changed&field=title")
    assert sorted(rows(answer.text)) == sorted(name(page) for page in wanted)
    chips = re.findall(r'class="chip" href="([^"]*)"', answer.text)
    assert [unescape(chip) for chip in chips] == ["/?market=us&reason=number.changed", "/?market=us&field=title"]
    assert re.search(r'<input type="radio"[^>]*value="number.changed"[^>]* checked>', answer.text)


def test_rule_in_words(client: Client, desk_store: Store) -> None:
    """A rule is called by what it is about; its id is there for whoever looks closer."""
    assert held(desk_store, reason="us.")
    text = client("theo").get("/?reason=us.").text
    assert "Medical claim" in text
    assert "us.fda.drug-claim" in text
    assert re.search(r'value="us\."[^>]* checked>', text)
    assert "醫療宣稱" in _in_language(client("theo"), "zh-Hant").get("/?market=hk").text


def _in_language(browser: Any, language: str) -> Any:
    answer = browser.post("/language", data={"language": language, "next": "/"}, follow_redirects=False)
    assert answer.status_code == 303
    return browser


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_no_words_are_missing(client: Client, language: str) -> None:
    """No key of a message is shown in place of its words."""
    browser = _in_language(client("lena"), language)
    for path in ("/?state=open&state=done&q=x&low=0.1&high=1&older=0&newer=9&run=1&assignee=-&outdated=1&mine=1", "/"):
        text = re.sub(r'(href|id|class|src|action|name|for)="[^"]*"', "", browser.get(path).text)
        assert re.findall(r"\b(?:queue|fields|audits|reasons|base)\.[a-z-]+", text) == []


def test_empty_states(client: Client, desk_store: Store) -> None:
    """Nothing found says how to find more; nothing held says that this is good."""
    browser = client("theo")
    text = browser.get("/?market=us&q=nothing-like-this").text
    assert "No page matches these filters" in text
    assert 'href="/?market=us">Clear filters' in text
    with desk_store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM held WHERE market = 'us'")
    text = browser.get("/?market=us").text
    assert "Everything is published or waits for a merchant." in text
    assert f"{len(held(desk_store, 'hk'))} wait in Hong Kong" in text


def test_markets_count_what_their_links_show(client: Client, desk_store: Store) -> None:
    """The links to the markets lead to all that waits there, and count it, whatever is filtered here."""
    text = client("theo").get("/?market=us&q=nothing-like-this").text
    links = re.findall(r'<a href="/\?market=(\w+)"[^>]*>[^<]*<span class="value-count">(\d+)</span>', text)
    assert links == [(market, str(len(held(desk_store, market)))) for market in ("us", "hk")]


@pytest.mark.parametrize(
    "query",
    ["market=xx", "state=gone", "low=nan", "run=0", "run=999999999999999999", "sort=up", "older=-1", "outdated=x"],
)
@pytest.mark.parametrize("path", ["/", "/queue/rows", "/queue/next"])
def test_nonsense_is_a_400(client: Client, path: str, query: str) -> None:
    """An address that the desk never made is refused with a page, not with a failure."""
    answer = client("theo").get(f"{path}?{query}", headers=FRAGMENT)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("after", ["x", "%00", "W10", "bnVsbA", "%F0%9F%98%80", "a" * 3000])
def test_bad_cursor_is_a_400(client: Client, after: str) -> None:
    """A place in the queue that there is not is refused."""
    assert client("theo").get(f"/?after={after}").status_code == 400


def test_strange_searches(client: Client) -> None:
    """Whatever is searched for, the page answers."""
    browser = client("theo")
    for text in ("%", "_", "'", '"', "\\", "%00", "%ED%A0%80", "%F0%9F%9B%8F", "(", "%E6%B2%BB%E7%96%97", "a%20b"):
        assert browser.get(f"/?q={text}").status_code == 200


def test_fragment(client: Client) -> None:
    """What htmx asks for is only the part that changes, and says which address the page has then."""
    browser = client("theo")
    answer = browser.get("/queue/rows?market=us&field=title&q=&sort=score", headers=FRAGMENT)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.headers["hx-push-url"] == "/?market=us&field=title&sort=score"
    assert 'id="desk"' in answer.text
    whole = browser.get("/queue/rows?market=us&field=title", follow_redirects=False)
    assert (whole.status_code, whole.headers["location"]) == (303, "/?market=us&field=title")


@pytest.mark.parametrize("sort", ["priority", "oldest", "score", "due"])
def test_further_pages(client: Client, desk_store: Store, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    """Screen after screen, every page comes once, with and without JavaScript."""
    monkeypatch.setattr(queue, "SHOWN", 4)
    browser = client("theo")
    wanted = sorted(name(page) for page in held(desk_store))
    for path in ("/", "/queue/rows"):
        answer = browser.get(f"/?market=us&sort={sort}")
        found = rows(answer.text)
        while more := re.search(r'id="more"><a class="button" href="/\?([^"]*)"', answer.text):
            answer = browser.get(f"{path}?{unescape(more[1])}", headers=FRAGMENT)
            assert len(rows(answer.text)) <= 4
            found += rows(answer.text)
        assert sorted(found) == wanted


def test_next(client: Client, desk_store: Store) -> None:
    """`next` goes on behind a page, passes over what others have open, and keeps the filter."""
    browser = client("theo")
    first, second, third, *_ = held(desk_store)
    start = browser.get("/queue/next?market=us", follow_redirects=False)
    assert (start.status_code, start.headers["location"]) == (303, f"/pages/us/{first.listing}?market=us")
    desk_store.queue.claim(second.listing, "us", "lena")
    behind = browser.get(f"/queue/next?market=us&sort=priority&after={name(first)}", follow_redirects=False)
    assert behind.headers["location"] == f"/pages/us/{third.listing}?market=us"
    narrow = browser.get(f"/queue/next?market=us&q={first.id}&after={name(first)}", follow_redirects=False)
    assert narrow.headers["location"] == f"/?market=us&q={first.id}&notice=finished:0"
    assert "Nothing is left" in notice(browser.get(narrow.headers["location"]))


def test_next_in_another_order(client: Client, desk_store: Store) -> None:
    """The order of the address is the order of `next`."""
    by_score = desk_store.queue.page(Filter(market="us"), sort="score").rows
    answer = client("theo").get(f"/queue/next?market=us&sort=score&after={name(by_score[0])}", follow_redirects=False)
    assert answer.headers["location"] == f"/pages/us/{by_score[1].listing}?market=us&sort=score"


@pytest.mark.parametrize("after", ["x", "us:0", "us:1:1", "us:-1", "xx:1"])
def test_next_behind_nonsense(client: Client, after: str) -> None:
    """A page that cannot be is refused."""
    assert client("theo").get(f"/queue/next?after={after}").status_code in (400, 404)


def test_next_behind_a_page_that_left(client: Client, desk_store: Store) -> None:
    """Behind a page that does not wait any more, the queue begins again."""
    first = held(desk_store)[0]
    answer = client("theo").get("/queue/next?market=us&after=us:999999", follow_redirects=False)
    assert answer.headers["location"] == f"/pages/us/{first.listing}?market=us"


# -- handing out ------------------------------------------------------------------------------------------------------


def assign(browser: Any, pages: list[str], **more: str) -> Any:
    """Send the form."""
    return browser.post(
        "/queue/assign", data={"page": pages, "back": "market=us&field=title", **more}, follow_redirects=False
    )


def test_lead_assigns(client: Client, desk_store: Store) -> None:
    """A lead gives pages to somebody until a day, and takes them away again."""
    lead = client("lena")
    pages = held(desk_store)[:3]
    answer = assign(lead, [name(page) for page in pages], assignee="theo", due="2026-08-09", deed="assign")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?market=us&field=title&notice=assigned:3")
    for page in pages:
        now = desk_store.queue.get(page.listing, "us")
        assert now is not None
        assert now.assignee == "theo"
        assert now.due_at is not None
        assert str(now.due_at.astimezone().date()) == "2026-08-09"
    text = client("theo").get("/?market=us&assignee=@me").text
    assert sorted(rows(text)) == sorted(name(page) for page in pages)
    assert "Due 2026-08-09" in text
    assert "Assigned to you" in text
    assert rows(lead.get("/?market=us&assignee=theo").text) == rows(text)
    answer = assign(lead, [name(pages[0])], assignee="", due="2026-08-09", deed="assign")
    assert answer.headers["location"].endswith("notice=released:1")
    now = desk_store.queue.get(pages[0].listing, "us")
    assert now is not None
    assert (now.assignee, now.due_at) == (None, None)


def test_overdue(client: Client, desk_store: Store, desk_clock: Any) -> None:
    """A page whose day is over says so."""
    page = held(desk_store)[0]
    desk_store.queue.assign([(page.listing, "us")], "theo", desk_clock.time - timedelta(days=2), "lena")
    assert "Overdue since 2026-08-01" in client("theo").get("/?assignee=theo").text


def test_translator_takes_and_gives_back(client: Client, desk_store: Store) -> None:
    """A translator takes what nobody has; what is somebody else's stays theirs."""
    one, two, three, *_ = held(desk_store)
    desk_store.queue.assign([(two.listing, "us")], "lena", None, "lena")
    theo = client("theo")
    answer = assign(theo, [name(one), name(two), name(three)], deed="take")
    assert answer.headers["location"] == "/?market=us&field=title&notice=taken:2&notice=kept:1"
    assert "someone else's: 1" in notice(theo.get(answer.headers["location"]))
    owners = [_assignee(desk_store, page) for page in (one, two, three)]
    assert owners == ["theo", "lena", "theo"]
    answer = assign(theo, [name(one), name(two)], deed="back")
    assert answer.headers["location"].endswith("notice=released:1&notice=kept:1")
    assert [_assignee(desk_store, page) for page in (one, two, three)] == [None, "lena", "theo"]


def _assignee(store: Store, page: Held) -> str | None:
    found = store.queue.get(page.listing, page.market)
    assert found is not None
    return found.assignee


def test_who_may_assign(client: Client, desk_store: Store) -> None:
    """Only leads hand out; nobody touches pages of a market that is not theirs; viewers only look."""
    page = held(desk_store)[0]
    assert assign(client("theo"), [name(page)], assignee="theo", deed="assign").status_code == 403
    assert assign(client("vera"), [name(page)], deed="take").status_code == 403
    tess = client("tess")
    body = {"page": [name(page)], "deed": "take", "back": "market=hk"}
    assert tess.post("/queue/assign", data=body, follow_redirects=False).status_code == 404
    assert _assignee(desk_store, page) is None
    assert 'name="page"' not in client("vera").get("/").text


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"assignee": "nobody-of-that-name"}, 422),
        ({"assignee": "vera"}, 422),
        ({"assignee": "tess"}, 422),
        ({"assignee": "theo", "due": "tomorrow"}, 422),
        ({"assignee": "theo", "due": "2026-02-30"}, 422),
        ({"assignee": "theo", "due": "20260809"}, 422),
        ({"assignee": "theo", "deed": "steal"}, 400),
        ({"assignee": "theo", "page": ["us"]}, 400),
        ({"assignee": "theo", "page": ["us:0"]}, 400),
        ({"assignee": "theo", "back": "market=xx"}, 400),
    ],
)
def test_bad_assignments(client: Client, desk_store: Store, more: dict[str, Any], status: int) -> None:
    """What cannot be assigned is refused, and nothing has changed."""
    page = held(desk_store)[0]
    body = {"page": [name(page)], "deed": "assign", "back": "market=us"} | more
    assert client("lena").post("/queue/assign", data=body, follow_redirects=False).status_code == status
    assert _assignee(desk_store, page) is None


def test_nothing_selected(client: Client) -> None:
    """A form without a page says what to do."""
    lead = client("lena")
    answer = assign(lead, [], assignee="theo", deed="assign")
    assert answer.headers["location"].endswith("notice=none:0")
    assert "Select at least one page." in notice(lead.get(answer.headers["location"]))


def test_no_way_out(client: Client, desk_store: Store) -> None:
    """The form leads back to the queue and nowhere else, and no notice is made up."""
    lead = client("lena")
    body = {
        "page": [name(held(desk_store)[0])],
        "deed": "assign",
        "assignee": "theo",
        "back": "//evil.example/?market=us",
    }
    answer = lead.post("/queue/assign", data=body, follow_redirects=False)
    assert answer.headers["location"].startswith("/?market=us")
    assert notice(lead.get("/?notice=<b>&notice=assigned:x&notice=unknown:1")) == ""


def test_progress_of_today(client: Client, desk_store: Store) -> None:
    """What the person has done today is counted."""
    from shopglot.store.desk.deeds import Place

    page = held(desk_store)[0]
    standing = desk_store.pages.read("us", page.listing)
    assert standing is not None
    segment = next(one for one in standing.segments if one.held)
    place = Place(market="us", listing=page.listing, position=segment.position, seen=segment.seen)
    desk_store.deeds.approve(place, "A text of a person", actor="theo", reuse="listing", judgement=None, seconds=120.0)
    text = client("theo").get("/").text
    figures = re.findall(r"<dt>(Segments|Pages|Minutes)</dt><dd>(\d+)</dd>", text)
    assert figures == [("Segments", "1"), ("Pages", "1"), ("Minutes", "2")]
    assert f"1 of {page.segments} done" in text
