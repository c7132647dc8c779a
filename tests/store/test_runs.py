"""A run is begun, killed, resumed and finished; other unfinished runs of its catalog are abandoned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shopglot.errors import StoreError
from shopglot.store import Run, RunSpec, Store, actions, open_store
from shopglot.store.records import Act
from shopglot.types import Outcome


def test_a_killed_run_is_resumed(url: str, spec: RunSpec) -> None:
    """The same spec gives the same run, with its first start, whatever the order of the markets."""
    with open_store(url) as store:
        first = store.begin_run(spec)
    with open_store(url) as store:
        second = store.begin_run(replace(spec, markets=("hk", "us")))
    assert Run(id=first.id, resumed=True, started_at=first.started_at, worker=second.worker) == second
    assert second.worker > first.worker
    assert not first.resumed


@pytest.mark.parametrize("market", ["us", None])
def test_a_killed_run_is_abandoned_where_a_person_has_acted_since(url: str, spec: RunSpec, market: str | None) -> None:
    """Also where the act was about several markets at once and names none, as going back behind a whole run does."""
    with open_store(url) as store:
        first = store.begin_run(spec)
    with open_store(url) as store, store.database.write() as connection:
        actions.log(connection, Act(actor="lin", action="rollback", market=market), datetime.now(UTC))
    with open_store(url) as store:
        second = store.begin_run(spec)
    assert (False, first.id + 1) == (second.resumed, second.id)


def test_a_finished_run_is_not_resumed(store: Store, spec: RunSpec) -> None:
    """The next night is a new run, and the first one's summary is kept."""
    first = store.begin_run(spec)
    store.finish_run(first, {"listings": 3})
    second = store.begin_run(spec)
    assert not second.resumed
    assert second.id != first.id
    assert {"listings": 3} == store.status()["runs"][1]["summary"]


@pytest.mark.parametrize(
    "change",
    [{"content": "c1"}, {"markets": ("us",)}, {"engines": ("fake@1",)}, {"policy": "p1"}],
    ids=lambda change: next(iter(change)),
)
def test_another_spec_abandons_what_was_unfinished(url: str, spec: RunSpec, change: dict[str, str]) -> None:
    """Whatever changes a result makes a new run; the old one cannot be finished any more."""
    with open_store(url) as store:
        old = store.begin_run(spec)
        store.save_plan(old.id, "w", "us", 0, [["k"]])
    with open_store(url) as store:
        new = store.begin_run(replace(spec, **change))  # type: ignore[arg-type]
        assert not new.resumed
        assert ["running", "abandoned"] == [run["status"] for run in store.status()["runs"]]
        assert store.plan(old.id, "w", "us", 0) is None
        with pytest.raises(StoreError, match=f"run {old.id} is not in progress"):
            store.finish_run(old, {})


def test_a_run_of_another_catalog_stays_resumable(url: str, spec: RunSpec) -> None:
    """Two catalogs share a store; a night over one does not give up the other."""
    with open_store(url) as store:
        first = store.begin_run(spec)
    with open_store(url) as store:
        store.begin_run(replace(spec, catalog="other.jsonl"))
    with open_store(url) as store:
        again = store.begin_run(spec)
    assert (first.id, True) == (again.id, again.resumed)


def test_status_names_the_unfinished_run(url: str, spec: RunSpec) -> None:
    """Whoever looks in the morning sees that the night was cut off, and how often it was resumed."""
    for _ in range(3):
        with open_store(url) as store:
            store.begin_run(spec)
    with open_store(url) as store:
        [unfinished] = store.status()["unfinished"]
    assert (2, None) == (unfinished["resumes"], unfinished["finished_at"])


def test_times_are_utc_with_their_zone(store: Store, spec: RunSpec) -> None:
    """Moments come back aware, and people read them as ISO 8601 with a Z."""
    run = store.begin_run(spec)
    assert "2026-08-02T01:30:01+00:00" == run.started_at.isoformat()
    assert "2026-08-02T01:30:01Z" == store.status()["runs"][0]["started_at"]


def test_recorded_outcomes_stay_and_are_not_doubled(
    store: Store, spec: RunSpec, outcome_of: Callable[..., Outcome], count: Callable[[str], int]
) -> None:
    """A resumed run, or another worker, meets the same broken lines; each has one outcome per market, the first."""
    run = store.begin_run(spec)
    broken = [
        outcome_of(7, market=market, status="failed", why=why)
        for why in ("json.invalid", "id.missing")
        for market in "ab"
    ]
    store.record(run.id, broken[:2])
    store.record(run.id, broken[2:])
    store.record(run.id, [])
    assert 2 == count("outcomes")
    assert {"json.invalid"} == {event["reasons"][0] for event in store.history("xhs-7") if event["event"] == "outcome"}
