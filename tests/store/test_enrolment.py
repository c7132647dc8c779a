"""A merchant's word on a shop or a page: taken down at once, put back at once, nothing deleted, nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Settlement, Store, encoding, open_store, publishing
from shopglot.store import shelving as shelving_module
from shopglot.store.schema import actions, items, outbox

Settle = Callable[..., Settlement]
PAGES = [("m", "a"), ("m", "b"), ("n", "a")]


@pytest.fixture
def run_id(store: Store, spec: RunSpec, settlement_of: Settle) -> int:
    """A run that has put three pages of two shops on sale in two markets."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, *page) for line, page in enumerate(PAGES, 1)])
    for market in ("us", "hk"):
        store.settle_many(
            run.id,
            [
                settlement_of(line, title=f"T{line}", merchant=merchant, name=name, market=market)
                for line, (merchant, name) in enumerate(PAGES, 1)
            ],
        )
    return run.id


def titles(store: Store, market: str = "us") -> list[str]:
    """Return the titles on sale."""
    return [cast("Any", document)["fields"]["title"] for document in store.published(market)]


def logged(store: Store) -> list[tuple[str, str, str | None]]:
    """Return the log: who did what to which page."""
    with store.database.read() as connection:
        return [
            (row.actor, row.action, row.listing) for row in connection.execute(select(actions).order_by(actions.c.id))
        ]


def causes(store: Store) -> list[str]:
    """Return what the events of the outbox say of their cause."""
    with store.database.read() as connection:
        rows = connection.scalars(select(outbox.c.payload).order_by(outbox.c.seq))
        return [encoding.load(payload)["cause"] for payload in rows]


@pytest.mark.usefixtures("run_id")
def test_a_shop_is_paused_and_resumed(store: Store) -> None:
    """Its pages go from that market only, with events, and come back as they were, with who did it in the log."""
    paused = store.enrolment.pause("us", "m", actor="lin", note="holiday")
    assert (2, False, True) == (paused.pages, paused.already, paused.known)
    assert (["T3"], ["T1", "T2", "T3"]) == (titles(store), titles(store, "hk"))
    assert {("m", "a"), ("m", "new")} == store.enrolment.paused("us", [("m", "a"), ("n", "a"), ("m", "new")])
    assert set() == store.enrolment.paused("hk", PAGES)
    [entry] = store.enrolment.list("us")
    assert ("m", None, True, "lin", "holiday") == (entry.merchant, entry.listing, entry.paused, entry.actor, entry.note)
    resumed = store.enrolment.resume("us", "m", actor="mei")
    assert (2, 0, False) == (resumed.back, resumed.later, resumed.already)
    assert ["T1", "T2", "T3"] == titles(store)
    assert ["run"] * 6 + ["pause"] * 2 + ["resume"] * 2 == causes(store)
    assert [("lin", "pause", None), ("mei", "resume", None)] == logged(store)
    assert [] == store.enrolment.list()


@pytest.mark.usefixtures("run_id")
def test_doing_it_again_changes_nothing(store: Store, count: Callable[[str], int]) -> None:
    """No version, no event, no line in the log; and the answer says so."""
    store.enrolment.pause("us", "m", actor="lin")
    again = store.enrolment.pause("us", "m", actor="mei")
    assert (0, True) == (again.pages, again.already)
    store.enrolment.resume("us", "m", actor="lin")
    before = count("publications"), count("actions"), count("outbox")
    resumed = store.enrolment.resume("us", "m", actor="mei")
    assert (0, 0, True) == (resumed.back, resumed.later, resumed.already)
    assert before == (count("publications"), count("actions"), count("outbox"))


@pytest.mark.usefixtures("run_id")
def test_a_page_beats_its_shop(store: Store) -> None:
    """An exception opens one page of a paused shop; a page paused by itself stays down when the shop comes back."""
    store.enrolment.pause("us", "m", actor="lin")
    assert 1 == store.enrolment.resume("us", "m", "a", actor="lin").back
    assert (["T1", "T3"], {("m", "b")}) == (titles(store), store.enrolment.paused("us", PAGES))
    store.enrolment.pause("us", "m", "b", actor="lin")
    assert 0 == store.enrolment.resume("us", "m", actor="lin").back
    assert (["T1", "T3"], {("m", "b")}) == (titles(store), store.enrolment.paused("us", PAGES))
    assert 1 == store.enrolment.resume("us", "m", "b", actor="lin").back
    assert [] == store.enrolment.list()


@pytest.mark.usefixtures("run_id")
def test_pausing_the_shop_ends_its_exceptions(store: Store) -> None:
    """Also where the shop was paused all the time."""
    store.enrolment.pause("us", "m", actor="lin")
    store.enrolment.resume("us", "m", "a", actor="lin")
    paused = store.enrolment.pause("us", "m", actor="lin")
    assert (1, False) == (paused.pages, paused.already)
    assert [("m", None)] == [(entry.merchant, entry.listing) for entry in store.enrolment.list()]


@pytest.mark.usefixtures("run_id")
def test_what_changed_meanwhile_follows_with_the_next_run(store: Store) -> None:
    """A page that is due again is not put back as it was, nor is one that was refused; neither is forgotten."""
    store.enrolment.pause("us", "m", actor="lin")
    with store.database.write() as connection:
        connection.execute(update(items).where(items.c.listing == 1, items.c.market == "us").values(again=True))
        connection.execute(update(items).where(items.c.listing == 2, items.c.market == "us").values(status="reject"))
    resumed = store.enrolment.resume("us", "m", actor="lin")
    assert (0, 1) == (resumed.back, resumed.later)
    standing = store.standing("us", PAGES)
    assert [True, False, False] == [standing[page].again for page in PAGES]
    assert ["T3"] == titles(store)


def test_an_older_version_on_sale_comes_back_as_well(store: Store, run_id: int, settlement_of: Settle) -> None:
    """A newer text waits for review; what stood before the pause stands after it."""
    store.settle_many(run_id, [settlement_of(1, merchant="m", name="a")])
    store.enrolment.pause("us", "m", "a", actor="lin")
    assert 1 == store.enrolment.resume("us", "m", "a", actor="lin").back
    assert ["T1", "T2", "T3"] == titles(store)


def test_a_page_that_passed_while_it_was_down_is_marked(store: Store, run_id: int, settlement_of: Settle) -> None:
    """It was never on sale, so that nothing can be put back; the next run publishes it."""
    store.see(run_id, [(4, "m", "c")])
    store.settle_many(run_id, [settlement_of(4, title="T4", merchant="m", name="c")])
    with store.database.write() as connection:
        publishing.change(connection, ("m", "c"), "us", None, cause="missing", run_id=run_id, now=store._now())
    store.enrolment.pause("us", "m", actor="lin")
    resumed = store.enrolment.resume("us", "m", actor="lin")
    assert (2, 1) == (resumed.back, resumed.later)


def test_a_shop_without_pages_can_be_paused(store: Store) -> None:
    """The answer says that nobody knows it yet; names may be anything."""
    for name in ("", "云朵家居", "a\ud800\x00", "m" * 10_000):
        paused = store.enrolment.pause("us", name, actor="lin")
        assert (0, False, False) == (paused.pages, paused.already, paused.known)
        assert {(name, "x")} == store.enrolment.paused("us", [(name, "x"), ("other", "x")])
        assert not store.enrolment.resume("us", name, actor="lin").already


def test_a_pause_that_was_cut_off_is_finished(
    url: str, clock: Callable[[], Any], spec: RunSpec, settlement_of: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches that were written stay written; the same call does the rest, both ways, each page once."""
    monkeypatch.setattr(shelving_module, "PAGES", 2)
    change, calls = publishing.change, 0

    def fail(*arguments: Any, **named: Any) -> int | None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise StoreError("the lights went out")
        return change(*arguments, **named)

    with open_store(url, now=clock) as store:
        run = store.begin_run(spec)
        names = [f"p{line}" for line in range(1, 8)]
        store.see(run.id, [(line, "m", name) for line, name in enumerate(names, 1)])
        store.settle_many(run.id, [settlement_of(line, title=name, name=name) for line, name in enumerate(names, 1)])
        monkeypatch.setattr(publishing, "change", fail)
        with pytest.raises(StoreError):
            store.enrolment.pause("us", "m", actor="lin")
        assert names[2:] == titles(store)
        calls = 10
        paused = store.enrolment.pause("us", "m", actor="lin")
        assert (5, True, []) == (paused.pages, paused.already, titles(store))
        calls = 0
        with pytest.raises(StoreError):
            store.enrolment.resume("us", "m", actor="lin")
        assert names[:2] == titles(store)
        resumed = store.enrolment.resume("us", "m", actor="mei")
        assert (5, True, names) == (resumed.back, resumed.already, titles(store))
        assert [("lin", "pause", None), ("lin", "resume", None), ("mei", "resume", None)] == logged(store)


@pytest.mark.usefixtures("run_id")
def test_status_names_what_is_paused(store: Store) -> None:
    """Shops and pages, with who and why."""
    store.enrolment.pause("us", "n", "a", actor="lin", note="why")
    [entry] = store.status()["paused"]
    assert ("us", "n", "a", True, "lin", "why") == tuple(
        entry[name] for name in ("market", "merchant", "listing", "paused", "by", "note")
    )
