"""Going back is a new version; what a person chose stays, comes back after a pause, and never swings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from shopglot.errors import StoreError, UsageError
from shopglot.store import HumanText, RunSpec, Settlement, Store, publishing
from shopglot.store import rollback as rollback_module
from shopglot.store.rollback import Applied
from shopglot.store.schema import actions, items, publications

Settle = Callable[..., Settlement]
Publish = Callable[..., int]
A = ("m", "a")


@pytest.fixture
def publish(store: Store, spec: RunSpec, settlement_of: Settle) -> Publish:
    """Run a night that publishes these titles by id: None holds a page, '-' takes it down; return the run's number."""

    def night(market: str = "us", **titles: str | None) -> int:
        run = store.begin_run(spec)
        store.see(run.id, [(line, "m", name) for line, name in enumerate(titles, 1)])
        for line, (name, title) in enumerate(titles.items(), 1):
            shown = None if title == "-" else title
            settlement = settlement_of(line, title=shown, name=name, market=market)
            if title == "-":
                settlement = Settlement(outcome=settlement.outcome, inputs_key="i", judged=[], withdraw=True)
            store.settle_many(run.id, [settlement])
        store.finish_run(run, {})
        return run.id

    return night


def titles(store: Store, market: str = "us") -> list[str]:
    """Return the titles on sale."""
    return [cast("Any", document)["fields"]["title"] for document in store.published(market)]


def apply(store: Store, plan: rollback_module.Plan, actor: str = "lin") -> Applied:
    """Apply a plan."""
    return store.rollback.apply(plan, actor=actor, note="why")


def test_one_page_goes_back(store: Store, publish: Publish, count: Callable[[str], int]) -> None:
    """To the last different content; it is a new version with its event, its cause, its maker and what it restores."""
    publish(a="one")
    publish(a="two")
    plan = store.rollback.plan_page(A, "us")
    assert [(A, "us", 2, 1)] == [(step.identity, step.market, step.current, step.target) for step in plan.steps]
    assert Applied(changed=1) == apply(store, plan)
    assert ["one"] == titles(store)
    with store.database.read() as connection:
        row = connection.execute(select(publications).where(publications.c.version == 3)).one()
        act = connection.execute(select(actions)).one()
    assert ("rollback", 1, act.id, None) == (row.cause, row.restores, row.action_id, row.run_id)
    assert ("lin", "rollback", "us", "m", "a", "why") == (
        act.actor, act.action, act.market, act.merchant, act.listing, act.note
    )  # fmt: skip
    assert 3 == count("outbox")
    assert Applied(already=1) == apply(store, plan)


def test_going_back_twice_goes_back_further(store: Store, publish: Publish) -> None:
    """It does not swing between two versions; before the first there is nothing on sale, and further is an error."""
    for title in ("one", "two", "three"):
        publish(a=title)
    seen = []
    for _ in range(3):
        apply(store, store.rollback.plan_page(A, "us"))
        seen.append(titles(store))
    assert [["two"], ["one"], []] == seen
    with pytest.raises(UsageError, match="taken down by a rollback; say which version"):
        store.rollback.plan_page(A, "us")
    apply(store, store.rollback.plan_page(A, "us", to=3))
    assert ["three"] == titles(store)


def test_a_page_that_was_taken_down_goes_back_to_what_it_was(store: Store, publish: Publish) -> None:
    """The last content that was on sale."""
    publish(a="one")
    publish(a="-")
    apply(store, store.rollback.plan_page(A, "us"))
    assert ["one"] == titles(store)


@pytest.mark.parametrize(
    ("identity", "market", "to", "message"),
    [
        (A, "us", 9, "there is no version 9; it has 1 to 2"),
        (A, "us", 2, "version 2 is on sale already"),
        (A, "hk", None, "never published there"),
        (("m", "x"), "us", 1, "never published there"),
    ],
)
def test_there_has_to_be_a_way_back(
    store: Store, publish: Publish, identity: tuple[str, str], market: str, to: int | None, message: str
) -> None:
    """A version that is none, the current one, a page that was never on sale."""
    publish(a="one")
    publish(a="two")
    with pytest.raises(UsageError, match=message):
        store.rollback.plan_page(identity, market, to=to)


def test_an_id_names_one_page(store: Store, spec: RunSpec) -> None:
    """Unknown ones, and those of several merchants, are refused with what to do."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "a"), (2, "n", "a"), (3, "n", "b")])
    assert ("n", "b") == store.rollback.find("b")
    assert ("n", "a") == store.rollback.find("a", merchant="n")
    for name, merchant, message in (
        ("a", None, "2 merchants have this id .* say --merchant"),
        ("x", None, "has none; check the id"),
        ("b", "m", "of merchant 'm'"),
    ):
        with pytest.raises(UsageError, match=message):
            store.rollback.find(name, merchant=merchant)


def test_a_run_is_taken_back(store: Store, publish: Publish) -> None:
    """What it put on sale and what it took down, to what stood before it, whatever came later; other pages stay."""
    publish(a="a1", b="b1", c="c1", d="d1")
    night = publish(a="a2", b="-", c="c1", e="e2")
    publish(a="a3", d="d3")
    applied = apply(store, store.rollback.plan_run(night))
    assert Applied(changed=3) == applied
    assert ["a1", "b1", "c1", "d3"] == titles(store)
    assert () == store.rollback.plan_run(night).steps
    with pytest.raises(UsageError, match="run 9: the store has no such run"):
        store.rollback.plan_run(9)
    with pytest.raises(UsageError, match="published nothing in hk"):
        store.rollback.plan_run(night, markets=["hk"])


def test_half_a_rollback_is_finished(store: Store, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned and applied again, it does the rest and does not swing back; the log has both."""
    monkeypatch.setattr(rollback_module, "PAGES", 2)
    names = [f"p{number}" for number in range(7)]
    publish(**dict.fromkeys(names, "old"))
    night = publish(**{name: f"new {name}" for name in names})
    change, calls = publishing.change, 0

    def fail(*arguments: Any, **named: Any) -> int | None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise StoreError("the lights went out")
        return change(*arguments, **named)

    monkeypatch.setattr(publishing, "change", fail)
    with pytest.raises(StoreError):
        apply(store, store.rollback.plan_run(night))
    assert 2 == titles(store).count("old")
    assert 5 == len(store.rollback.plan_run(night).steps)
    assert Applied(changed=5) == apply(store, store.rollback.plan_run(night))
    assert ["old"] * 7 == titles(store)
    assert () == store.rollback.plan_run(night).steps


def test_a_market_as_of_a_moment(store: Store, publish: Publish, clock: Any) -> None:
    """The last version by number that was written by then: a clock that was set back changes nothing of that."""
    publish(a="a1")
    clock.time -= timedelta(hours=2)
    publish(a="a2", b="b1")
    moment = clock.time
    publish(a="a3", b="-", c="c1")
    apply(store, store.rollback.plan_moment(moment, "us"))
    assert ["a2", "b1"] == titles(store)
    assert () == store.rollback.plan_moment(moment, "us").steps
    with pytest.raises(UsageError, match="nothing was published in us by then"):
        store.rollback.plan_moment(datetime(2020, 1, 1, tzinfo=UTC), "us")
    with pytest.raises(UsageError, match="nothing of merchant 'n' was published"):
        store.rollback.plan_moment(moment, "us", merchant="n")


def test_what_a_person_did_is_taken_back(store: Store, publish: Publish, clock: Any) -> None:
    """The last act, or all since a moment; doing so twice does not bring it back, even by that person."""
    publish(a="a1", b="b1")
    publish(a="a2", b="b2")
    before = clock.time
    apply(store, store.rollback.plan_page(A, "us"))
    apply(store, store.rollback.plan_page(("m", "b"), "us"))
    apply(store, store.rollback.plan_person("lin"))
    assert ["a1", "b2"] == titles(store)
    assert () == store.rollback.plan_person("lin").steps
    apply(store, store.rollback.plan_person("lin", since=before))
    assert ["a2", "b2"] == titles(store)
    assert () == store.rollback.plan_person("lin", since=before).steps
    with pytest.raises(UsageError, match="person 'mei': nothing in the catalog was changed by them"):
        store.rollback.plan_person("mei")


def test_what_a_person_wrote_is_taken_back(store: Store, publish: Publish, clock: Any) -> None:
    """A run published a text that they approved: with a moment, the page goes back to before it."""
    publish(a="a1")
    before = clock.time
    store.approvals.approve(
        HumanText(unit_key="u", market="us", source="枕头", target="a2", approved_by="lin", merchant="m", listing="a")
    )
    publish(a="a2")
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE segments SET origin = 'human'")
    apply(store, store.rollback.plan_person("lin", since=before), actor="mei")
    assert ["a1"] == titles(store)


def test_a_pin_holds_until_it_is_released(store: Store, publish: Publish) -> None:
    """A run may not publish over it; a page that nobody pinned cannot be released."""
    publish(a="one")
    publish(a="two")
    apply(store, store.rollback.plan_page(A, "us"))
    publish(a="three")
    assert (["one"], "review") == (titles(store), store.standing("us", [A])[A].status)
    store.rollback.release(A, "us", actor="lin")
    assert (True, False) == (store.standing("us", [A])[A].again, store.standing("us", [A])[A].pinned)
    publish(a="three")
    assert ["three"] == titles(store)
    with pytest.raises(UsageError, match="nobody has pinned it"):
        store.rollback.release(A, "us", actor="lin")


def test_what_is_paused_stays_down_and_comes_back_as_chosen(store: Store, publish: Publish) -> None:
    """Also where nothing was chosen; choosing the same again changes nothing; the choice is used once."""
    publish(a="a1", b="b1")
    night = publish(a="a2", b="b2")
    store.enrolment.pause("us", "m", actor="lin")
    plan = store.rollback.plan_page(A, "us")
    assert [1] == [step.target for step in plan.steps]
    assert [True] == [step.paused for step in plan.steps]
    assert (Applied(waiting=1), []) == (apply(store, plan), titles(store))
    assert Applied(already=1) == apply(store, plan)
    assert 1 == store.enrolment.resume("us", "m", "a", actor="lin").back
    assert ["a1"] == titles(store)
    assert Applied(waiting=1) == apply(store, store.rollback.plan_run(night))
    assert () == store.rollback.plan_run(night).steps
    store.enrolment.resume("us", "m", actor="lin")
    assert ["a1", "b1"] == titles(store)
    apply(store, store.rollback.plan_page(A, "us", to=2))
    store.enrolment.pause("us", "m", actor="lin")
    store.enrolment.resume("us", "m", actor="lin")
    assert ["a2", "b1"] == titles(store)


def test_a_page_rolled_back_to_nothing_while_paused_stays_down(store: Store, publish: Publish) -> None:
    """Resuming puts nothing back and marks nothing."""
    first = publish(a="a1")
    store.enrolment.pause("us", "m", actor="lin")
    assert Applied(waiting=1) == apply(store, store.rollback.plan_run(first))
    resumed = store.enrolment.resume("us", "m", actor="lin")
    assert (0, 0, []) == (resumed.back, resumed.later, titles(store))


def test_a_pin_survives_a_pause(store: Store, publish: Publish) -> None:
    """The chosen version is what comes back, and runs still may not replace it."""
    publish(a="one")
    publish(a="two")
    apply(store, store.rollback.plan_page(A, "us"))
    store.enrolment.pause("us", "m", actor="lin")
    store.enrolment.resume("us", "m", actor="lin")
    publish(a="three")
    assert (["one"], True) == (titles(store), store.standing("us", [A])[A].pinned)


def test_a_refused_page_is_not_put_back(store: Store, publish: Publish) -> None:
    """A block holds against a rollback too; the plan says so."""
    publish(a="one")
    night = publish(a="-")
    with store.database.write() as connection:
        connection.execute(update(items).values(status="reject"))
    plan = store.rollback.plan_run(night)
    assert [True] == [step.refused for step in plan.steps]
    assert (Applied(refused=1), []) == (apply(store, plan), titles(store))


def test_what_changed_since_the_plan_is_left_alone(store: Store, publish: Publish) -> None:
    """Somebody published in between: planned again, it is done."""
    publish(a="one")
    night = publish(a="two")
    plan = store.rollback.plan_run(night)
    publish(a="three")
    assert (Applied(moved=1), ["three"]) == (apply(store, plan), titles(store))
    assert Applied(changed=1) == apply(store, store.rollback.plan_run(night))
