"""Windows are decided once; a lease is one worker's until it is done, given back, or its worker is dead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shopglot.store import Lease, LeaseLost, Run, RunOver, RunSpec, Settlement, Store, open_store
from shopglot.store.working import LAST, require
from shopglot.types import Outcome, Translation


@pytest.fixture
def other(url: str, store: Store) -> Iterator[Store]:
    """The same store, opened by another worker."""
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def run(store: Store, spec: RunSpec) -> Run:
    """A run that has begun, with one window."""
    begun = store.begin_run(spec)
    store.working.save_window(begun.id, 0, [1, 2], "k")
    return begun


@pytest.fixture
def second(other: Store, run: Run, spec: RunSpec) -> Run:
    """The same run as the other worker sees it."""
    return other.begin_run(spec)


def claimed(store: Store, run_id: int, number: int, market: str, worker_id: int) -> Lease:
    """Claim what is free."""
    lease = store.working.claim(run_id, number, market, worker_id)
    assert lease is not None
    return lease


def text(key: str) -> Translation:
    """Return a machine's text."""
    return Translation(
        source=key, target=key, market="us", model="e", origin="machine", unit_key=key, machine_key=key
    )  # fmt: skip


def die(store: Store) -> None:
    """Let a worker die without a word."""
    store.working.dismiss()


def test_the_first_decision_stands(store: Store, other: Store, run: Run, second: Run) -> None:
    """Whoever decides a window later gets the one that is there."""
    assert store.working.window(run.id, 1) is None
    mine = store.working.save_window(run.id, 1, [3, 4], "a")
    assert mine == other.working.save_window(second.id, 1, [3, 5], "b") == other.working.window(run.id, 1)
    assert ((3, 4), "a") == (mine.lines, mine.key)


def test_a_window_is_worked_on_by_one(store: Store, other: Store, run: Run, second: Run) -> None:
    """Claimed, it is busy for others and not done; in another market it is free; done, it is nobody's any more."""
    lease = claimed(store, run.id, 0, "us", run.worker)
    assert Lease(run_id=run.id, number=0, market="us", worker_id=run.worker) == lease
    assert (None, False) == (other.working.claim(run.id, 0, "us", second.worker), other.working.done(run.id, 0, "us"))
    assert [(0, "us")] == [(busy.number, busy.market) for busy in other.working.busy(run.id)]
    assert [] == other.working.busy(run.id, but=run.worker)
    assert other.working.claim(run.id, 0, "hk", second.worker) is not None
    store.working.finish(lease)
    assert (None, True) == (other.working.claim(run.id, 0, "us", second.worker), other.working.done(run.id, 0, "us"))
    assert store.working.claim(run.id, 0, "hk", run.worker) is None


def test_claiming_again_is_no_loss(store: Store, run: Run) -> None:
    """A worker whose answer got lost on the way asks again."""
    assert store.working.claim(run.id, 0, "us", run.worker) == store.working.claim(run.id, 0, "us", run.worker)


def test_a_dead_workers_window_is_taken_over(store: Store, other: Store, run: Run, second: Run) -> None:
    """What it left undone is free at once; what it had done stays done; whoever was taken for dead is told."""
    for market in ("us", "hk"):
        lease = claimed(store, run.id, 0, market, run.worker)
        if market == "hk":
            store.working.finish(lease)
    left = Lease(run_id=run.id, number=0, market="us", worker_id=run.worker)
    die(store)
    assert [] == other.working.busy(run.id)
    assert other.working.done(run.id, 0, "hk")
    taken = claimed(other, run.id, 0, "us", second.worker)
    with pytest.raises(LeaseLost, match=f"run {run.id}: window 0 in market 'us' is no longer this process's work"):
        store.working.finish(left)
    with other.database.write() as connection:
        require(connection, taken)
        with pytest.raises(LeaseLost):
            require(connection, left)


def test_whoever_ends_gives_back(store: Store, other: Store, run: Run, second: Run, url: str) -> None:
    """A worker that is stopped leaves nothing behind that is its own."""
    assert other.working.claim(run.id, 0, "us", second.worker) is not None
    other.close()
    assert [] == store.working.busy(run.id)
    assert store.working.claim(run.id, 0, "us", run.worker) is not None


def test_nothing_is_settled_without_the_lease(
    store: Store, other: Store, run: Run, second: Run, settlement_of: Callable[..., Settlement]
) -> None:
    """A worker that was taken for dead writes nothing more; the one that took over does."""
    store.see(run.id, [(1, "m", "xhs-1")])
    lost = claimed(store, run.id, 0, "us", run.worker)
    die(store)
    lease = claimed(other, run.id, 0, "us", second.worker)
    with pytest.raises(LeaseLost):
        store.settle_many(run.id, [settlement_of(1, title="A")], lease=lost)
    assert {} == store.standing("us", [("m", "xhs-1")])
    assert ["published"] == other.settle_many(run.id, [settlement_of(1, title="A")], lease=lease)
    other.working.finish(lease)
    with pytest.raises(LeaseLost):
        other.settle_many(run.id, [settlement_of(1, title="B")], lease=lease)


@pytest.mark.parametrize("how", ["window", "save", "claim", "done"])
def test_a_run_that_is_over_says_so(store: Store, other: Store, run: Run, second: Run, how: str) -> None:
    """Whoever asks for more work learns that another worker has finished the run, and reads its summary."""
    end = store.working.save_window(run.id, 1, [], "")
    lease = claimed(store, run.id, end.number, LAST, run.worker)
    store.finish_run(run, {"audited": 3}, lease=lease)
    asked: dict[str, Callable[[], object]] = {
        "window": lambda: other.working.window(run.id, 0),
        "save": lambda: other.working.save_window(run.id, 2, [9], "k"),
        "claim": lambda: other.working.claim(run.id, 0, "us", second.worker),
        "done": lambda: other.working.done(run.id, 0, "us"),
    }
    with pytest.raises(RunOver, match="it was finished meanwhile") as over:
        asked[how]()
    assert ("finished", {"audited": 3}) == (over.value.status, other.working.summary(run.id))


def test_a_run_is_finished_by_one(store: Store, other: Store, run: Run, second: Run) -> None:
    """Whoever was taken for dead while it finished the run does not finish it."""
    store.working.save_window(run.id, 1, [], "")
    lost = claimed(store, run.id, 1, LAST, run.worker)
    die(store)
    lease = claimed(other, run.id, 1, LAST, second.worker)
    with pytest.raises(LeaseLost):
        store.finish_run(run, {}, lease=lost)
    other.finish_run(second, {}, lease=lease)
    assert "finished" == store.status()["runs"][0]["status"]


def test_nothing_is_left_of_a_finished_run(
    store: Store, run: Run, count: Callable[[str], int], outcome_of: Callable[..., Outcome]
) -> None:
    """Windows, leases and workers go with it; what became of its lines stays."""
    assert store.working.claim(run.id, 0, "us", run.worker) is not None
    store.record(run.id, [outcome_of(1, status="failed", why="json.invalid")])
    store.finish_run(run, {})
    assert (0, 0, 0, 1) == tuple(count(table) for table in ("windows", "leases", "workers", "outcomes"))
    assert [(1, "us")] == list(store.working.recorded(run.id, [1, 2]))


def test_texts_that_another_worker_is_at_are_not_recalled(store: Store, other: Store, run: Run, second: Run) -> None:
    """They may be its first try: they count when its window is done; a text of an own plan counts at once."""
    store.working.save_window(run.id, 1, [3], "k1")
    mine, theirs = claimed(store, run.id, 0, "us", run.worker), claimed(other, run.id, 1, "us", second.worker)
    (batch,) = store.save_plan(run.id, "k", "us", 0, [["a", "b"]])
    store.remember(batch, [text("a"), text("b")])
    other.save_plan(run.id, "k1", "us", 0, [["b"]])
    known, hidden = other.working.recall("us", ["a", "b", "c"], theirs)
    assert (["b"], {"a"}) == (sorted(known), set(hidden))
    store.working.finish(mine)
    known, hidden = other.working.recall("us", ["a", "b", "c"], theirs)
    assert (["a", "b"], set()) == (sorted(known), set(hidden))
