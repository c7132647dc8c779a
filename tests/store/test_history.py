"""One listing's history says who, what, when and why, in an order that no clock can change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from shopglot.store import HumanText, RunSpec, Settlement, Store
from shopglot.telling import tell_history

Settle = Callable[..., Settlement]


def brief(event: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells events apart."""
    kind = event["event"]
    if kind == "version":
        return kind, event["version"], event["cause"]
    return kind, event.get("run_id") or event["action"]


def test_people_stand_between_the_runs_they_acted_between(
    store: Store, spec: RunSpec, settlement_of: Settle, clock: Any
) -> None:
    """Acts with their versions, on the page and on its shop, though the clock goes back an hour each time."""

    def night(title: str) -> int:
        run = store.begin_run(spec)
        store.see(run.id, [(1, "m", "a")])
        store.settle_many(run.id, [settlement_of(1, title=title, name="a")])
        clock.time -= timedelta(hours=1)
        store.finish_run(run, {})
        return run.id

    night("one")
    night("two")
    store.rollback.apply(store.rollback.plan_page(("m", "a"), "us"), actor="lin", note="wrong size")
    clock.time -= timedelta(hours=1)
    store.enrolment.pause("us", "m", actor="mei", note="holiday")
    store.enrolment.pause("us", "n", actor="mei")
    store.begin_run(spec)
    store.enrolment.resume("us", "m", actor="mei")
    store.rollback.release(("m", "a"), "us", actor="lin")
    assert [
        ("run", 1), ("outcome", 1), ("version", 1, "run"),
        ("run", 2), ("outcome", 2), ("version", 2, "run"),
        ("action", "rollback"), ("version", 3, "rollback"),
        ("action", "pause"), ("version", 4, "pause"),
        ("run", 3),
        ("action", "resume"), ("version", 5, "resume"), ("action", "release"),
    ] == [brief(event) for event in store.history("a")]  # fmt: skip
    rolled = store.history("a")[6:8]
    assert ("lin", "wrong size") == (rolled[0]["by"], rolled[0]["note"])
    assert (1, 1, "lin", "wrong size") == tuple(rolled[1][name] for name in ("restores", "action_id", "by", "note"))
    told = tell_history("a", store.history("a"))
    assert "rollback by lin in us: wrong size" in told
    assert "published as version 3 by a rollback, with the content of version 1" in told
    assert "pause by mei in us: holiday" in told


def test_an_act_during_a_run_stands_before_what_the_run_wrote_later(
    store: Store, spec: RunSpec, settlement_of: Settle
) -> None:
    """Version numbers say so; an earlier act without a version stays before it."""
    first = store.begin_run(spec)
    store.see(first.id, [(1, "m", "a")])
    store.settle_many(first.id, [settlement_of(1, title="one", name="a")])
    store.finish_run(first, {})
    second = store.begin_run(spec)
    store.see(second.id, [(1, "m", "a")])
    store.enrolment.pause("hk", "m", actor="mei")
    store.enrolment.pause("us", "m", actor="mei")
    store.enrolment.resume("us", "m", actor="mei")
    store.settle_many(second.id, [settlement_of(1, title="two", name="a")])
    store.enrolment.pause("us", "m", actor="mei")
    assert [
        ("run", 1), ("outcome", 1), ("version", 1, "run"),
        ("run", 2),
        ("action", "pause"),
        ("action", "pause"), ("version", 2, "pause"),
        ("action", "resume"), ("version", 3, "resume"),
        ("outcome", 2), ("version", 4, "run"),
        ("action", "pause"), ("version", 5, "pause"),
    ] == [brief(event) for event in store.history("a")]  # fmt: skip


def test_approved_texts_are_told_with_what_became_of_them(store: Store, spec: RunSpec, settlement_of: Settle) -> None:
    """A text whose words left the page is outdated, and shown beside what stands in its place."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "a")])
    store.settle_many(run.id, [settlement_of(1, title="Pillow", name="a")])
    text = HumanText(
        unit_key="u", market="us", source="记忆棉枕头", target="Foam pillow", approved_by="lin", merchant="m",
        listing="a", path="/fields/title",
    )  # fmt: skip
    store.approvals.approve(text, note="house style")
    [act] = [event for event in store.history("a") if event["event"] == "action"]
    assert ("approve", "lin", "house style", "/fields/title", 0, "current", "Foam pillow") == (
        act["action"], act["by"], act["note"], act["path"], act["index"], act["approval"]["status"],
        act["approval"]["target"],
    )  # fmt: skip
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE approvals SET status = 'outdated'")
        connection.exec_driver_sql("UPDATE segments SET unit_key = 'v', source = '乳胶枕头', target = 'Latex pillow'")
    [act] = [event for event in store.history("a") if event["event"] == "action"]
    assert {"path": "/fields/title", "index": 0, "source": "乳胶枕头", "target": "Latex pillow"} == act["approval"][
        "now"
    ]
    told = tell_history("a", store.history("a"))
    assert "approve by lin in us /fields/title: house style" in told
    assert "outdated: the page no longer says what it was approved for" in told
    assert "现译文  Latex pillow" in told


def test_a_page_that_waits_for_its_merchant_says_so(store: Store, spec: RunSpec, settlement_of: Settle) -> None:
    """The rollback of a paused page wrote no version; the act tells what will come back."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "a")])
    for title in ("one", "two"):
        store.settle_many(run.id, [settlement_of(1, title=title, name="a")])
    store.enrolment.pause("us", "m", actor="mei")
    store.rollback.apply(store.rollback.plan_page(("m", "a"), "us", to=1), actor="lin")
    told = tell_history("a", store.history("a"))
    assert "the page is paused: it stays down, and version 1 goes on sale when it is resumed" in told


def test_an_approval_older_than_the_log_is_told(store: Store, spec: RunSpec, settlement_of: Settle) -> None:
    """It has no act; it comes first."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "a")])
    store.settle_many(run.id, [settlement_of(1, title="Pillow", name="a")])
    store.approvals.approve(
        HumanText(unit_key="u", market="us", source="枕", target="P", approved_by="lin", merchant="m", listing="a")
    )
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM actions")
    first = store.history("a")[0]
    assert ("approval", "approve", "lin", "P", "current") == tuple(
        first[name] for name in ("event", "action", "by", "target", "status")
    )
    assert "approve by lin in us" in tell_history("a", [first])
