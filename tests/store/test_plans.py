"""A resumed run finds the batches that it planned, and which of them are done."""

from __future__ import annotations

from collections.abc import Callable

from shopglot.store import RunSpec, Store, open_store


def test_a_plan_outlives_the_process(url: str, spec: RunSpec) -> None:
    """The batches come back in their order, with their keys in theirs, and with what was done."""
    keys = [["k3", "k1"], ["k2"], ["k9", "k8", "k7"]]
    with open_store(url) as store:
        run = store.begin_run(spec)
        batches = store.save_plan(run.id, "w", "us", 0, keys)
        store.remember(batches[1], [])
    with open_store(url) as store:
        found = store.plan(store.begin_run(spec).id, "w", "us", 0)
    assert found is not None
    assert keys == [list(batch.machine_keys) for batch in found]
    assert [False, True, False] == [batch.done for batch in found]
    assert [batch.number for batch in batches] == [batch.number for batch in found]


def test_a_plan_is_of_one_window_market_and_attempt(store: Store, spec: RunSpec) -> None:
    """Nothing else finds it."""
    run = store.begin_run(spec)
    store.save_plan(run.id, "w", "us", 0, [["k"]])
    assert store.plan(run.id, "w", "us", 0) is not None
    assert store.plan(run.id, "v", "us", 0) is None
    assert store.plan(run.id, "w", "hk", 0) is None
    assert store.plan(run.id, "w", "us", 1) is None


def test_the_first_plan_stands(store: Store, spec: RunSpec) -> None:
    """Saving again gives back what was saved: batches never change under a run."""
    run = store.begin_run(spec)
    first = store.save_plan(run.id, "w", "us", 0, [["a"], ["b"]])
    assert first == store.save_plan(run.id, "w", "us", 0, [["b", "a"]])


def test_an_empty_plan_is_a_plan(store: Store, spec: RunSpec) -> None:
    """A window with nothing to translate is known as such."""
    run = store.begin_run(spec)
    assert () == store.save_plan(run.id, "w", "us", 0, [])
    assert () == store.plan(run.id, "w", "us", 0)


def test_plans_of_a_finished_run_are_deleted(store: Store, spec: RunSpec, count: Callable[[str], int]) -> None:
    """They have done their work, and do not pile up night by night."""
    run = store.begin_run(spec)
    store.save_plan(run.id, "w", "us", 0, [["a"], ["b"]])
    store.finish_run(run, {})
    assert (0, 0) == (count("plans"), count("batches"))
