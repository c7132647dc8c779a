"""The audit samples: which wait, and their approval in one go after a confirmation."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select

from shopglot.review import audits
from shopglot.store import Store
from shopglot.store.judging import text_key
from shopglot.store.schema import audit_segments, listings, publications
from shopglot.store.schema import audits as drawn

Client = Callable[[str], Any]


def samples(text: str) -> list[str]:
    """Return the names of the samples that a page offers for approval."""
    return [unescape(one) for one in re.findall(r'name="sample" value="([^"]*)"', text)]


@pytest.fixture
def names(desk_store: Store) -> list[str]:
    """Draw everything that the run published; return the names of the samples, as forms have them.

    The first of Hong Kong's is published and drawn in the United States as well, where the run held everything.
    """
    desk_store.draw_audit(1, "hk", 1.0)
    with desk_store.database.write() as connection:
        row = connection.execute(select(drawn).order_by(drawn.c.listing)).first()
        assert row is not None
        _copy(connection, publications, row.listing)
        _copy(connection, drawn, row.listing)
        _copy(connection, audit_segments, row.listing)
        rows = connection.execute(select(drawn).order_by(drawn.c.market.desc(), drawn.c.listing)).all()
    assert [row.market for row in rows[:3]] == ["us", "hk", "hk"]
    return [f"{row.market}:{row.listing}:{row.run_id}" for row in rows]


def _copy(connection: Connection, table: Table, listing: int) -> None:
    """Copy what a table says of a listing in Hong Kong to the United States."""
    where = table.c.listing == listing, table.c.market == "hk"
    for row in connection.execute(select(table).where(*where)).mappings().all():
        values = dict(row) | {"market": "us"}
        if table is audit_segments:
            owner = connection.execute(select(listings).where(listings.c.number == listing)).one()
            values["text_key"] = text_key(
                market="us", merchant=owner.merchant, listing=owner.id, path=row["path"], index=row["number"],
                source=row["source"], target=row["target"],
            )  # fmt: skip
        connection.execute(insert(table), values)


def approve(browser: Any, chosen: list[str], **more: str) -> Any:
    """Send the form."""
    return browser.post("/audits/approve", data={"sample": chosen, **more}, follow_redirects=False)


def waiting(store: Store) -> int:
    """Return how many samples wait."""
    return sum(len(store.audits(market, judged=False)) for market in ("us", "hk"))


def test_lists_what_waits(client: Client, names: list[str], desk_store: Store) -> None:
    """Every sample of the user's markets is there, with its page as it was published."""
    text = client("theo").get("/audits").text
    assert samples(text) == names
    market, listing, run = names[0].split(":")
    assert f'href="/pages/{market}/{listing}?audit={run}"' in text
    [audit] = desk_store.audits("us")
    assert f"<code>{audit.listing}</code>" in text
    assert f"0 of {audit.segments} texts judged" in text
    only = client("theo").get("/audits?market=hk").text
    assert samples(only) == [name for name in names if name.startswith("hk:")]


def test_markets_of_the_user(client: Client, names: list[str]) -> None:
    """Whoever sees one market sees its samples only, and approves no other."""
    tess = client("tess")
    assert samples(tess.get("/audits").text) == [name for name in names if name.startswith("hk:")]
    assert tess.get("/audits?market=us").status_code == 404
    foreign = next(name for name in names if name.startswith("us:"))
    assert approve(tess, [foreign], confirmed="1").status_code == 404


def test_viewers_only_look(client: Client, names: list[str], desk_store: Store) -> None:
    """A viewer sees the samples and cannot approve any."""
    vera = client("vera")
    text = vera.get("/audits").text
    assert samples(text) == []
    assert f"Samples: {len(names)}" in text
    assert approve(vera, names, confirmed="1").status_code == 403
    assert waiting(desk_store) == len(names)


def test_approval_asks_first(client: Client, names: list[str], desk_store: Store) -> None:
    """Nothing is approved before the person has seen how many pages and texts it is."""
    theo = client("theo")
    chosen = names[:2]
    texts = sum(one.segments for one in _named(desk_store, chosen))
    answer = approve(theo, chosen)
    assert answer.status_code == 200
    assert samples(answer.text) == chosen
    assert f"Approve 2 pages with {texts} texts" in answer.text
    assert waiting(desk_store) == len(names)


def _named(store: Store, chosen: list[str]) -> list[Any]:
    """Return audits by the names of their samples."""
    with store.database.read() as connection:
        rows = {f"{row.market}:{row.listing}:{row.run_id}": row for row in connection.execute(select(drawn))}
    found = []
    for name in chosen:
        market = name.split(":")[0]
        found += [one for one in store.audits(market) if store.pages.read(market, rows[name].listing).id == one.listing]  # type: ignore[union-attr]
    return found


def test_approval(client: Client, names: list[str], desk_store: Store) -> None:
    """What is confirmed is judged, text by text, in the reviewer's name, and waits no more."""
    theo = client("theo")
    chosen = names[:2]
    texts = sum(one.segments for one in _named(desk_store, chosen))
    answer = approve(theo, [*chosen, chosen[0]], confirmed="1", market="us")
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/audits?market=us&approved=2&texts={texts}&failed=0",
    )  # fmt: skip
    said = list(desk_store.judgements(channel="audit"))
    assert len(said) == texts
    assert {(one.reviewer, one.published) for one in said} == {("theo", True)}
    assert waiting(desk_store) == len(names) - 2
    page = theo.get(answer.headers["location"]).text
    assert f"Samples approved: 2 pages, {texts} texts" in page
    assert not set(chosen) & set(samples(page))


def test_what_is_judged_already_is_left_out(client: Client, names: list[str], desk_store: Store) -> None:
    """A sample that somebody else was quicker with is not judged again, and the page says so."""
    approve(client("lena"), names[:1], confirmed="1")
    before = desk_store.count_judgements()
    theo = client("theo")
    asked = approve(theo, names[:2])
    assert samples(asked.text) == names[1:2]
    assert "no longer wait and were left out: 1" in asked.text
    done = approve(theo, names[:1], confirmed="1")
    assert done.headers["location"] == "/audits?approved=0&texts=0&failed=1"
    assert "could not be approved: 1" in theo.get(done.headers["location"]).text
    assert desk_store.count_judgements() == before


@pytest.mark.parametrize(
    "bad", ["", "us", "us:1", "us:x:1", "us:1:1:1", "us:-1:1", "us:1:99999999999", "us:１:1", "us:1:1\n", "../x:1:1"]
)
def test_nonsense_is_a_400(client: Client, bad: str) -> None:
    """A sample that cannot be is refused."""
    assert approve(client("theo"), [bad], confirmed="1").status_code == 400


def test_samples_that_there_are_not(client: Client, names: list[str], desk_store: Store) -> None:
    """A sample that was never drawn is none, and leaves the others alone."""
    answer = approve(client("theo"), ["us:999999:1", "us:1:77", names[0]], confirmed="1")
    assert "approved=1" in answer.headers["location"]
    assert "failed=2" in answer.headers["location"]
    assert waiting(desk_store) == len(names) - 1


def test_nothing_selected(client: Client, names: list[str]) -> None:
    """A form without a sample says what to do."""
    assert names
    theo = client("theo")
    answer = approve(theo, [])
    assert answer.headers["location"] == "/audits?picked=0"
    assert "Select at least one sample." in theo.get(answer.headers["location"]).text


@pytest.mark.parametrize("query", ["start=x", "start=-1", "start=1e3", "approved=<b>", "start=99999999999999"])
def test_bad_addresses(client: Client, query: str) -> None:
    """An address that the desk never made is refused."""
    assert client("theo").get(f"/audits?{query}").status_code == 400


def test_many(client: Client, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list comes in parts, and each sample once."""
    monkeypatch.setattr(audits, "SHOWN", 2)
    browser = client("theo")
    text = browser.get("/audits").text
    found = samples(text)
    while more := re.search(r'href="(/audits\?[^"]*start=[^"]*)"', text):
        text = browser.get(unescape(more[1])).text
        assert len(samples(text)) <= 2
        found += samples(text)
    assert found == names


def test_nothing_waits(client: Client, desk_store: Store) -> None:
    """Without samples the page says when there will be some."""
    with desk_store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit_segments")
        connection.exec_driver_sql("DELETE FROM audits")
    assert "The next run draws new ones" in client("theo").get("/audits").text
