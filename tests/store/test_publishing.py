"""A listing is published whole, once, with its event; or held, or withdrawn; or nothing has happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Settlement, Store, encoding, itemising, publishing, weighing
from shopglot.types import Json, JudgedSegment, Outcome

Settle = Callable[..., str]


@pytest.fixture
def run_id(store: Store, spec: RunSpec) -> int:
    """A run that has seen three listings."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in (1, 2, 3)])
    return run.id


@pytest.fixture
def settle(store: Store, run_id: int, outcome_of: Callable[..., Outcome]) -> Settle:
    """Settle the first listing with a title, or with None."""

    def ask(title: str | None, *, withdraw: bool = False, market: str = "us") -> str:
        document: dict[str, Json] | None = None if title is None else {"id": "xhs-1", "title": title}
        return store.settle(
            run_id, outcome_of(1, market=market), inputs_key="i", judged=[], document=document, withdraw=withdraw
        )

    return ask


def events(store: Store) -> list[dict[str, Any]]:
    """Return the payloads of the outbox in their order."""
    with store._database.read() as connection:
        return [encoding.load(row[0]) for row in connection.exec_driver_sql("SELECT payload FROM outbox ORDER BY seq")]


def version(store: Store, market: str = "us") -> int | None:
    """Return the published version of the first listing."""
    return store.standing(market, [("m", "xhs-1")])["m", "xhs-1"].version


def test_a_published_listing_has_item_segments_version_and_event(
    store: Store, run_id: int, settlement_of: Callable[..., Settlement], count: Callable[[str], int]
) -> None:
    """One settlement writes all of them, and the catalog has the document."""
    assert ["published"] == store.settle_many(run_id, [settlement_of(1, title="Pillow")])
    assert [1, 1, 1, 1, 1] == [count(name) for name in ("items", "segments", "publications", "outbox", "outcomes")]
    assert [{"id": "xhs-1", "fields": {"title": "Pillow"}}] == list(store.published("us"))
    document: Json = {"id": "xhs-1", "fields": {"title": "Pillow"}}
    assert [
        {
            "merchant": "m",
            "id": "xhs-1",
            "market": "us",
            "version": 1,
            "kind": "publish",
            "cause": "run",
            "epoch": 0,
            "content_hash": encoding.digest(document),
        }
    ] == events(store)


def test_the_same_content_is_published_once(store: Store, settle: Settle, count: Callable[[str], int]) -> None:
    """Publishing what is published makes no version and no event, whatever the order of its keys."""
    assert ["published", "unchanged", "unchanged"] == [settle("A") for _ in range(3)]
    assert (1, 1, 1) == (version(store), count("publications"), count("outbox"))


def test_changed_content_is_a_new_version(store: Store, settle: Settle) -> None:
    """Versions count up and are never changed; going back to old content is a version too."""
    assert ["published", "published", "published"] == [settle(title) for title in "ABA"]
    assert [1, 2, 3] == [event["version"] for event in events(store)]
    assert [{"id": "xhs-1", "title": "A"}] == list(store.published("us"))


def test_markets_have_versions_of_their_own(store: Store, settle: Settle) -> None:
    """What happens in one market says nothing of another."""
    for title, market in (("A", "us"), ("B", "us"), ("甲", "hk")):
        settle(title, market=market)
    assert (2, 1) == (version(store), version(store, "hk"))


def test_a_held_listing_leaves_what_is_published(store: Store, settle: Settle) -> None:
    """Without a document nothing is taken back: the page of yesterday stays on sale."""
    settle("A")
    assert "held" == settle(None)
    assert (1, [{"id": "xhs-1", "title": "A"}]) == (version(store), list(store.published("us")))


def test_withdrawing_is_a_version_with_an_event(store: Store, settle: Settle) -> None:
    """The page goes, once; publishing the same content again brings it back as a new version."""
    settle("A")
    assert ["withdrawn", "held"] == [settle(None, withdraw=True), settle(None, withdraw=True)]
    assert (None, []) == (version(store), list(store.published("us")))
    assert "published" == settle("A")
    assert [("publish", 1), ("withdraw", 2), ("publish", 3)] == [(e["kind"], e["version"]) for e in events(store)]


def test_what_was_never_published_cannot_be_withdrawn(settle: Settle, count: Callable[[str], int]) -> None:
    """There is nothing to take back, and no event says so."""
    assert "held" == settle(None, withdraw=True)
    assert 0 == count("outbox")


@pytest.mark.parametrize("step", ["publish", "emit", "write_items", "record"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_failure_at_any_step_leaves_nothing(
    store: Store,
    run_id: int,
    settlement_of: Callable[..., Settlement],
    count: Callable[[str], int],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    before: bool,
) -> None:
    """Neither item, segments, version, event nor outcome is there when the transaction fails in the middle."""
    room = itemising if step == "record" else publishing
    real = getattr(room, step)

    def fail(*given: Any) -> None:
        if not before:
            real(*given)
        raise RuntimeError("pulled the plug")

    one = settlement_of(1, title="A")
    with monkeypatch.context() as patched:
        patched.setattr(room, step, fail)
        with pytest.raises(RuntimeError, match="pulled the plug"):
            store.settle(run_id, one.outcome, inputs_key="i", judged=one.judged, document=one.document)
    assert [0] * 5 == [count(name) for name in ("items", "segments", "publications", "outbox", "outcomes")]
    assert ["published"] == store.settle_many(run_id, [settlement_of(1, title="A")])


def test_a_failure_keeps_the_listings_before_it(
    store: Store, run_id: int, settlement_of: Callable[..., Settlement], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many, whole listings are settled and whole listings are not."""
    real = publishing.emit

    def fail_on_the_second(connection: Any, change: publishing.Change, now: Any) -> None:
        if change.identity == ("m", "xhs-2"):
            raise RuntimeError("pulled the plug")
        real(connection, change, now)

    monkeypatch.setattr(publishing, "emit", fail_on_the_second)
    wanted = [settlement_of(line, title="A") for line in (1, 2, 3)]
    with pytest.raises(RuntimeError, match="pulled the plug"):
        store.settle_many(run_id, wanted)
    assert ["xhs-1"] == [document["id"] for document in store.published("us")]
    assert [("m", "xhs-1")] == list(store.standing("us", [("m", f"xhs-{line}") for line in (1, 2, 3)]))


def test_many_are_answered_in_their_order(store: Store, run_id: int, settlement_of: Callable[..., Settlement]) -> None:
    """Held, published, unchanged and withdrawn ones may be mixed, and markets too."""
    store.settle_many(run_id, [settlement_of(2, title="B"), settlement_of(3, title="C")])
    wanted = [
        settlement_of(1, title="A"),
        settlement_of(2, title="B"),
        settlement_of(2, market="hk"),
        replace(settlement_of(3), withdraw=True),
        settlement_of(1, title="甲", market="hk"),
    ]
    assert ["published", "unchanged", "held", "withdrawn", "published"] == store.settle_many(run_id, wanted)
    assert [] == store.settle_many(run_id, [])


def test_a_listing_is_settled_once_at_a_time(
    store: Store, run_id: int, settlement_of: Callable[..., Settlement], count: Callable[[str], int]
) -> None:
    """Twice the same listing in one call is a bug of the caller; nothing is written."""
    with pytest.raises(ValueError, match="only once in a market"):
        store.settle_many(run_id, [settlement_of(1, title="A"), settlement_of(1)])
    assert 0 == count("items")


def test_a_listing_is_seen_before_it_is_settled(
    store: Store, run_id: int, settlement_of: Callable[..., Settlement]
) -> None:
    """An identity that no run has seen has no place in the store; the message names it."""
    with pytest.raises(StoreError, match="'xhs-9': no run has seen it"):
        store.settle_many(run_id, [settlement_of(9, title="A")])


def test_publishing_and_withdrawing_at_once_is_refused(
    store: Store, run_id: int, settlement_of: Callable[..., Settlement]
) -> None:
    """A document to publish and a withdrawal contradict one another."""
    with pytest.raises(ValueError, match="either published or withdrawn"):
        store.settle_many(run_id, [replace(settlement_of(1, title="A"), withdraw=True)])


def test_a_version_is_never_written_twice(
    store: Store, run_id: int, settlement_of: Callable[..., Settlement], count: Callable[[str], int]
) -> None:
    """Where somebody else published since the listing was weighed, the database refuses; nothing is half done."""
    with store._database.read() as connection:
        [late] = weighing.weigh(connection, [settlement_of(1, title="B")])
    store.settle_many(run_id, [settlement_of(1, title="A")])
    with pytest.raises(StoreError, match="constraint"), store._database.write() as connection:
        publishing.settle(connection, run_id, late, store._now())
    assert (1, 1) == (count("publications"), count("outbox"))
    assert "A" in str(list(store.published("us")))


def test_segments_are_replaced(
    store: Store,
    run_id: int,
    outcome_of: Callable[..., Outcome],
    judged_of: Callable[..., JudgedSegment],
    count: Callable[[str], int],
) -> None:
    """A listing has the segments of its last settlement only."""
    for number in (3, 1, 2):
        judged = [judged_of(f"源{at}") for at in range(number)]
        store.settle(run_id, outcome_of(1), inputs_key="i", judged=judged)
        assert number == count("segments")


def test_a_score_outside_its_range_is_refused_by_the_database(
    store: Store, run_id: int, outcome_of: Callable[..., Outcome], judged_of: Callable[..., JudgedSegment]
) -> None:
    """A probability above one is a bug that must not be stored."""
    wrong = judged_of()
    wrong = replace(wrong, score=replace(wrong.score, value=1.5))
    with pytest.raises(StoreError, match="constraint"):
        store.settle(run_id, outcome_of(1), inputs_key="i", judged=[wrong])
    assert {} == store.standing("us", [("m", "xhs-1")])


def test_event_ids_are_the_same_on_every_machine() -> None:
    """Whoever gets an event twice knows it again: the id depends on what it announces and on nothing else."""
    assert "428b3644e5bc668c2070396cca4b54e071c50ce29e481a65ff0de9315879604c" == publishing.event_id("m", "a", "us", 1)
    assert publishing.event_id("m", "a", "us", 1) != publishing.event_id("m", "a", "us", 2)


def test_publications_of_a_run_are_counted(store: Store, run_id: int, settlement_of: Callable[..., Settlement]) -> None:
    """Versions put on sale count, withdrawals and other runs' versions do not."""
    store.settle_many(run_id, [settlement_of(1, title="A"), settlement_of(2, title="B"), settlement_of(3)])
    store.settle_many(run_id, [replace(settlement_of(1), withdraw=True)])
    assert (2, 0) == (store.count_publications(run_id), store.count_publications(run_id + 1))
