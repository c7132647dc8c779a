"""What a person chose stands: pins, pauses, and changes of what is on sale that no run made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from shopglot.errors import StoreError
from shopglot.script import has_cjk
from shopglot.store import RunSpec, Settlement, Standing, Store, actions, encoding, open_store, publishing
from shopglot.store.records import Act, Cause, Lease
from shopglot.types import Json, JudgedSegment, Outcome

OWN = ("m", "xhs-1")


@pytest.fixture
def run_id(store: Store, spec: RunSpec) -> int:
    """A run that has seen two listings."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in (1, 2)])
    return run.id


def page(
    title: str | None, source: str | None = "枕头", *, withdraw: bool = False, line: int = 1, market: str = "us"
) -> Settlement:
    """Return the result of a listing: published with a title, held without one, made from a source."""
    status = "publish" if title else "reject" if withdraw else "review"
    outcome = Outcome(line=line, merchant="m", id=f"xhs-{line}", market=market, status=status)  # type: ignore[arg-type]
    document: Mapping[str, Json] | None = None if title is None else {"id": outcome.id, "title": title}
    made: Mapping[str, Json] | None = None if source is None else {"z": 1, "title": source}
    return Settlement(
        outcome=outcome, inputs_key="i", judged=(), document=document, withdraw=withdraw, source=made,
        source_digest="" if made is None else encoding.digest(made),
    )  # fmt: skip


def shown(store: Store, market: str = "us") -> list[Any]:
    """Return the titles on sale."""
    return [document["title"] for document in store.published(market)]


def standing(store: Store) -> Standing:
    """Return where the first listing stands."""
    return store.standing("us", [OWN])[OWN]


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Ask the database behind the store's back."""
    with store.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def change(
    store: Store, title: str | None, *, cause: Cause = "rollback", pin: bool = False, restores: int | None = None
) -> int | None:
    """Put a title on sale as a person, or take the page down."""
    document = None if title is None else encoding.dump({"id": "xhs-1", "title": title})
    with store.database.write() as connection:
        now = store._now()
        act = Act(actor="lin", action="rollback", market="us", note="wrong price 价格")
        action_id = actions.log(connection, act, now)
        version = publishing.change(
            connection, OWN, "us", document, cause=cause, action_id=action_id, restores=restores, now=now
        )
        if pin:
            publishing.pin(connection, OWN, "us", action_id)
    return version


def test_a_change_is_a_version_with_its_event(store: Store, run_id: int) -> None:
    """Version, event and pointer say who did it and what it brings back; the same content again is nothing."""
    store.settle_many(run_id, [page("A"), page("B", line=2)])
    store.settle_many(run_id, [page("C", "新枕头")])
    assert (3, None) == (change(store, "A", restores=1), change(store, "A"))
    assert (["A", "B"], 3) == (shown(store), standing(store).version)
    columns = "version, kind, cause, run_id, action_id, restores, source"
    versions = rows(store, f"SELECT {columns} FROM publications WHERE listing = 1 ORDER BY version")  # noqa: S608
    assert [
        (1, "publish", "run", run_id, None, None, 1),
        (2, "publish", "run", run_id, None, None, 2),
        (3, "publish", "rollback", None, 1, 1, 1),
    ] == versions
    [last] = rows(store, "SELECT payload FROM outbox ORDER BY seq DESC LIMIT 1")
    payload = encoding.load(last[0])
    assert ("rollback", 3, "publish") == (payload["cause"], payload["version"], payload["kind"])
    assert payload["content_hash"] == encoding.digest({"id": "xhs-1", "title": "A"})


def test_taking_down_is_done_once(store: Store, run_id: int) -> None:
    """A page that is not on sale cannot be taken down; one that is comes back with the next version."""
    store.settle_many(run_id, [page("A")])
    assert (2, None) == (change(store, None, cause="pause"), change(store, None, cause="pause"))
    assert ([], None) == (shown(store), standing(store).version)
    assert (3, ["A"]) == (change(store, "A", cause="resume"), shown(store))


def test_what_was_never_settled_cannot_be_changed(store: Store, run_id: int) -> None:
    """Neither a listing that was only seen nor one that nobody knows; the message names it."""
    with pytest.raises(StoreError, match=r"'xhs-1' of merchant 'm'.*market us"):
        change(store, "A")
    assert [(0,)] == rows(store, "SELECT count(*) FROM actions")


def test_every_source_is_kept_once(store: Store, run_id: int) -> None:
    """Item and publication name the version of the page that they were made from; an old page has its old number."""
    for title, source in [("A", "枕头"), ("B", "新枕头"), ("C", "枕头"), (None, "旧枕头"), ("D", None)]:
        store.settle_many(run_id, [page(title, source)])
    assert [(1, 1), (2, 2), (3, 1), (4, None)] == rows(
        store, "SELECT version, source FROM publications ORDER BY version"
    )
    kept = rows(store, "SELECT version, document FROM sources ORDER BY version")
    assert [(1, "枕头"), (2, "新枕头"), (3, "旧枕头")] == [(row[0], encoding.load(row[1])["title"]) for row in kept]
    assert ["z", "title"] == list(encoding.load(kept[0][1]))


def test_markets_share_a_source(store: Store, run_id: int) -> None:
    """A page that is settled in two markets at once, one published and one held, is one source."""
    store.settle_many(run_id, [page("A"), page(None, market="hk"), page("B", line=2), page("乙", line=2, market="hk")])
    assert [(1, 1), (2, 1)] == rows(store, "SELECT listing, version FROM sources ORDER BY listing")
    assert [(1,)] * 4 == rows(store, "SELECT source FROM items")


def test_nothing_is_published_over_a_pin(store: Store, run_id: int) -> None:
    """The item waits for review and says who went back and why, in English and in Chinese; so does the outcome."""
    store.settle_many(run_id, [page("A")])
    store.settle_many(run_id, [page("B")])
    change(store, "A", pin=True)
    assert ["pinned"] == store.settle_many(run_id, [page("C")])
    found = standing(store)
    assert ("review", ("version.pinned",), 3, True) == (found.status, found.reasons, found.version, found.pinned)
    assert all("lin" in message and "wrong price 价格" in message for message in (found.message, found.message_zh))
    assert has_cjk(found.message_zh)
    assert [("review", '["version.pinned"]')] == rows(store, "SELECT status, reasons FROM outcomes")
    assert (["A"], ["pinned"]) == (shown(store), store.settle_many(run_id, [page("C")]))


def test_a_pin_lets_the_same_content_pass(store: Store, run_id: int) -> None:
    """What a person chose and the run finds right is on sale already; the pin stays."""
    store.settle_many(run_id, [page("A")])
    store.settle_many(run_id, [page("B")])
    change(store, "A", pin=True)
    assert ["unchanged", "held", "pinned"] == [
        store.settle_many(run_id, [page(title)])[0] for title in ("A", None, "B")
    ]


def test_a_pin_lapses_with_its_source(store: Store, run_id: int) -> None:
    """The merchant wrote something new: the run has the word again, also when the old page comes back."""
    store.settle_many(run_id, [page("A"), page("X", line=2)])
    change(store, "B", pin=True)
    assert ["published"] == store.settle_many(run_id, [page("C", "新枕头")])
    assert not standing(store).pinned
    assert ["published"] == store.settle_many(run_id, [page("D")])


def test_a_pin_that_holds_nothing_lapses_too(store: Store, run_id: int) -> None:
    """A new source that is held for review ends the pin as well."""
    store.settle_many(run_id, [page("A")])
    change(store, "B", pin=True)
    assert ["held"] == store.settle_many(run_id, [page(None, "新枕头")])
    assert (False, 2) == (standing(store).pinned, standing(store).version)


def test_a_block_takes_a_pinned_page_down(store: Store, run_id: int) -> None:
    """A person's choice does not beat a rule that blocks; with the page the pin goes."""
    store.settle_many(run_id, [page("A")])
    change(store, "B", pin=True)
    assert ["withdrawn"] == store.settle_many(run_id, [page(None, withdraw=True)])
    assert ([], False) == (shown(store), standing(store).pinned)


def test_what_a_person_took_down_stays_down(store: Store, run_id: int) -> None:
    """Nothing is on sale, and nothing comes back while the page is as it was; a block changes nothing about that."""
    store.settle_many(run_id, [page("A")])
    change(store, None, pin=True)
    assert ["pinned", "held", "pinned"] == [
        store.settle_many(run_id, [settlement])[0] for settlement in (page("A"), page(None, withdraw=True), page("A"))
    ]
    assert [] == shown(store)


def test_a_pin_from_before_sources_were_kept(store: Store, run_id: int) -> None:
    """Nobody knows whether the page has changed since: the first source that comes is taken for that of then."""
    store.settle_many(run_id, [page("A", None)])
    change(store, "B", pin=True)
    assert ["pinned"] * 2 == [store.settle_many(run_id, [page("C", source)])[0] for source in (None, "枕头")]
    assert ["pinned", "published"] == [
        store.settle_many(run_id, [page("C", source)])[0] for source in ("枕头", "新枕头")
    ]


def test_a_page_that_was_paused_meanwhile_is_not_put_on_sale(store: Store, run_id: int) -> None:
    """A run that had let it in writes that it is paused, and leaves it due for when it is opened again."""
    store.settle_many(run_id, [page("A")])
    store.enrolment.pause("us", "m", actor="lin")
    assert [] == shown(store)
    assert ["pinned"] == store.settle_many(run_id, [page("B")], revision={"us": 0})
    found = standing(store)
    assert ("skipped", ("market.paused",), True, None) == (found.status, found.reasons, found.again, found.version)
    assert [] == shown(store)


def test_a_run_and_a_person_at_once(store: Store, run_id: int, url: str, count: Callable[[str], int]) -> None:
    """However they meet, nobody fails, every version is there once, and the pointer names the newest."""
    rounds = 10
    store.settle_many(run_id, [page("A")])
    started = threading.Barrier(2)
    failed: list[BaseException] = []

    def roll_back() -> None:
        try:
            with open_store(url) as other:
                for turn in range(rounds):
                    started.wait(30)
                    change(other, None if turn % 3 == 2 else f"person {turn}")
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
            started.abort()

    thread = threading.Thread(target=roll_back)
    thread.start()
    for turn in range(rounds):
        started.wait(30)
        settlements = [page(f"run {turn}"), page(f"run {turn}", line=2)]
        assert ["published"] * 2 == store.settle_many(run_id, settlements)
    thread.join(30)
    assert [] == failed
    versions = [row[0] for row in rows(store, "SELECT version FROM publications WHERE listing = 1 ORDER BY version")]
    assert list(range(1, len(versions) + 1)) == versions
    assert count("publications") == count("outbox")
    [(pointer,)] = rows(store, "SELECT version FROM items WHERE listing = 1")
    [(last,)] = rows(store, "SELECT kind FROM publications WHERE listing = 1 ORDER BY version DESC LIMIT 1")
    assert (versions[-1] if last == "publish" else None) == pointer


def test_a_lost_lease_writes_nothing(
    store: Store, run_id: int, judged_of: Callable[..., JudgedSegment], count: Callable[[str], int]
) -> None:
    """A worker whose work another one has taken over may neither hold nor publish."""
    lost = Lease(run_id=run_id, number=1, market="us", worker_id=99)
    for settlement in (page("A"), page(None), replace(page("A"), judged=(judged_of(),))):
        with pytest.raises(StoreError, match="no longer"):
            store.settle_many(run_id, [settlement], lease=lost)
    assert [0] * 4 == [count(table) for table in ("items", "publications", "outbox", "outcomes")]
