"""Retention: what is old and not needed goes; what is on sale, waits, proves or was restored stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from shopglot.errors import UsageError
from shopglot.store import RunSpec, Settlement, Store
from shopglot.store.schema import (
    actions,
    audits,
    handled,
    items,
    outbox,
    outcomes,
    publications,
    sessions,
    sources,
    translations,
    users,
)
from shopglot.store.upkeep import Keep

VERSIONS = 6
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def nights(store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]) -> Store:
    """A store after six nights, each of which published both pages anew; every event is delivered."""
    for night in range(1, VERSIONS + 1):
        run = store.begin_run(spec)
        store.see(run.id, [(1, "m", "xhs-1"), (2, "m", "xhs-2")])
        store.settle_many(run.id, [settlement_of(line, title=f"night {night}", key=f"i{night}") for line in (1, 2)])
        store.finish_run(run, {})
    with store.database.write() as connection:
        connection.execute(update(outbox).values(delivered_at=outbox.c.created_at))
    return store


def versions(store: Store, listing: int = 1) -> list[int]:
    """Return the versions of a page that are there."""
    with store.database.read() as connection:
        found = select(publications.c.version).where(publications.c.listing == listing)
        return sorted(connection.scalars(found))


def later(store: Store, **keep: int) -> dict[str, int]:
    """Prune as if it were months later, and check that the preview said so and the store is sound."""
    store.upkeep._now = lambda: LATER
    wanted = Keep(**{"days": 90, "versions": 2} | keep)
    planned = store.upkeep.preview_pruning(wanted)
    gone = store.upkeep.prune(wanted)
    assert all(planned[name] <= gone[name] for name in gone)
    assert [] == store.upkeep.check()
    assert dict.fromkeys(gone, 0) == store.upkeep.prune(wanted)
    return gone


def test_the_last_versions_stay(nights: Store) -> None:
    """The last two versions of every page stay, and what is on sale is as it was."""
    before = list(nights.published("us"))
    gone = later(nights)
    assert [5, 6] == versions(nights) == versions(nights, 2)
    assert (8, 12, 10) == (gone["publications"], gone["outbox"], gone["outcomes"])
    assert before == list(nights.published("us"))


def test_what_is_young_stays(nights: Store) -> None:
    """Nothing of the last days goes."""
    assert {0} == set(nights.upkeep.prune(Keep(days=90, versions=1)).values())
    assert list(range(1, VERSIONS + 1)) == versions(nights)


@pytest.mark.parametrize("dead", [False, True])
def test_what_is_to_be_delivered_stays(nights: Store, dead: bool) -> None:
    """A version whose event waits, or was given up, stays with its event."""
    with nights.database.write() as connection:
        mine = (outbox.c.listing == 1) & (outbox.c.version == 2)
        connection.execute(update(outbox).where(mine).values(delivered_at=None, dead_at=LATER if dead else None))
    later(nights)
    assert ([2, 5, 6], [5, 6]) == (versions(nights), versions(nights, 2))


def test_what_was_drawn_for_the_audit_stays(nights: Store) -> None:
    """A version that a reviewer judged stays: the gate rests on it."""
    with nights.database.write() as connection:
        connection.execute(insert(audits).values(run_id=1, market="us", listing=1, version=1, drawn_at=LATER))
    later(nights)
    assert ([1, 5, 6], [5, 6]) == (versions(nights), versions(nights, 2))


def test_what_a_kept_version_restores_stays(nights: Store) -> None:
    """A version that a kept one brought back stays."""
    with nights.database.write() as connection:
        newest = (publications.c.listing == 1) & (publications.c.version == VERSIONS)
        connection.execute(update(publications).where(newest).values(restores=3))
    later(nights)
    assert ([3, 5, 6], [5, 6]) == (versions(nights), versions(nights, 2))


def test_numbers_of_versions_go_on(nights: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]) -> None:
    """A page that is off sale keeps its newest version, so that the next one has a new number."""
    run = nights.begin_run(spec)
    nights.see(run.id, [(1, "m", "xhs-1")])
    made = settlement_of(1, key="i7")
    nights.settle(run.id, made.outcome, inputs_key="i7", judged=made.judged, withdraw=True)
    nights.finish_run(run, {})
    with nights.database.write() as connection:
        connection.execute(update(outbox).values(delivered_at=outbox.c.created_at))
    later(nights, versions=1)
    assert [VERSIONS + 1] == versions(nights)


def test_sources_that_are_named_stay(nights: Store) -> None:
    """A version of the merchant's page goes when nothing was made from it, but for the newest."""
    with nights.database.write() as connection:
        old = datetime(2026, 8, 2, tzinfo=UTC)
        connection.execute(
            insert(sources),
            [
                {"listing": 1, "version": n, "digest": f"d{n}", "document": "{}", "run_id": 1, "seen_at": old}
                for n in range(1, 6)
            ],
        )
        connection.execute(update(items).where(items.c.listing == 1).values(source=2, pinned_source=3))
        gone_too = (publications.c.listing == 1) & (publications.c.version == 1)
        connection.execute(update(publications).where(gone_too).values(source=4))
    assert 2 == later(nights)["sources"]
    with nights.database.read() as connection:
        assert [2, 3, 5] == sorted(connection.scalars(select(sources.c.version)))


def test_machine_text_that_is_shown_stays(nights: Store) -> None:
    """Old machine text goes where no page has it."""
    row: dict[str, Any] = {
        "market": "us", "source": "s", "target": "t", "model": "fake@0", "origin": "machine", "tokens": 1, "attempt": 1,
        "attempts": 1, "lost": 0, "truncated": False, "repeated": False, "opinion": "[]",
    }  # fmt: skip
    times = {"shown": ("u", 0), "unused": ("x", 0), "young": ("x", 200)}
    with nights.database.write() as connection:
        for key, (unit, days) in times.items():
            at = datetime(2026, 8, 2, tzinfo=UTC) + timedelta(days=days)
            connection.execute(insert(translations), row | {"machine_key": key, "unit_key": unit, "created_at": at})
        connection.execute(update(translations).where(translations.c.machine_key == "young").values(created_at=LATER))
    later(nights)
    with nights.database.read() as connection:
        assert ["shown", "young"] == sorted(connection.scalars(select(translations.c.machine_key)))


def test_an_unfinished_run_keeps_its_outcomes(nights: Store, spec: RunSpec) -> None:
    """Outcomes of the last run of a catalog, and of one that can be resumed, stay."""
    with nights.database.read() as connection:
        before = connection.scalars(select(outcomes.c.run_id).where(outcomes.c.run_id == VERSIONS)).all()
    later(nights)
    with nights.database.read() as connection:
        assert before == connection.scalars(select(outcomes.c.run_id)).all()


def test_a_keep_that_takes_what_is_needed_is_refused() -> None:
    """No version at all, or days that are still to come, cannot be kept."""
    for wrong in ({"days": -1, "versions": 1}, {"days": 1, "versions": 0}):
        with pytest.raises(UsageError):
            Keep(**wrong)


def test_the_store_says_its_size(nights: Store) -> None:
    """Every table has its rows and, on these databases, its bytes; the sum is said per 1,000 listings."""
    found = nights.upkeep.size()
    sizes = {table.name: table for table in found.tables}
    assert (2, 12) == (found.listings, sizes["publications"].rows)
    assert all(table.size for table in found.tables)
    assert found.per_thousand == found.total * 500
    assert sum(table.size or 0 for table in found.tables) <= found.total


DAMAGE = {
    "has no event": "DELETE FROM outbox WHERE seq = (SELECT max(seq) FROM outbox)",
    "version 3 is on sale, but the newest is publish 6": "UPDATE items SET version = 3 WHERE listing = 1",
    "the document of version 2 is not what it was": "UPDATE publications SET document = '{}' WHERE version = 2",
    "the document of version 1 is not what it was": "UPDATE publications SET document = '{' WHERE version = 1",
    "nothing is on sale, but the newest": "UPDATE items SET version = NULL",
    "to be delivered, but its version is not": "UPDATE outbox SET delivered_at = NULL, version = 99 WHERE seq = 1",
}


@pytest.mark.parametrize("complaint", DAMAGE)
def test_what_is_wrong_is_said(nights: Store, complaint: str) -> None:
    """Each law that is broken behind the store's back is named, with the page."""
    assert [] == nights.upkeep.check()
    with nights.database.write() as connection:
        connection.exec_driver_sql(DAMAGE[complaint])
    found = nights.upkeep.check()
    assert [] != [line for line in found if complaint in line]


QUEUE_DAMAGE = {
    "it waits for people, but is not in the queue": "DELETE FROM held",
    "it is in the queue, but does not wait": "UPDATE items SET status = 'publish'",
    "the queue has review and 1 segments, not reject and 1": "UPDATE items SET status = 'reject'",
    "the queue has 1 open segments, not 0": "UPDATE segments SET position = 1",
    "it is done in the queue with 1 open segments": "UPDATE held SET state = 'done'",
    "it is open in the queue with 0 open segments": "UPDATE held SET open = 0",
}


@pytest.mark.parametrize("complaint", QUEUE_DAMAGE)
def test_a_queue_that_contradicts_the_pages_is_said(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], judged_of: Callable[..., Any], complaint: str
) -> None:
    """What waits is in the queue, as often as it waits, and open as far as nobody has done anything with it."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "xhs-1")])
    store.settle_many(run.id, [replace(settlement_of(1), judged=[judged_of(verdict="review")])])
    assert [] == store.upkeep.check()
    with store.database.write() as connection:
        if complaint.endswith("not 0"):
            connection.execute(insert(actions).values(id=1, at=LATER, actor="lin", action="a", detail="{}", note=""))
            row = {"listing": 1, "market": "us", "position": 1, "text_key": "k", "deed": "edit", "target": "t"}
            row |= {"actor": "lin", "at": LATER, "seconds": 1.0, "action_id": 1}
            connection.execute(insert(handled).values(**row))
        connection.exec_driver_sql(QUEUE_DAMAGE[complaint])
        if complaint.startswith("it is open"):
            connection.exec_driver_sql("DELETE FROM handled")
    [found] = store.upkeep.check()
    assert found.startswith("page 'xhs-1' of merchant 'm' in us: ")
    if not complaint.startswith("it is open"):  # the number is wrong first
        assert complaint in found


def test_logins_that_have_run_out_go(nights: Store) -> None:
    """Whatever is kept; one that may go on stays, and so do users."""
    with nights.database.write() as connection:
        row: dict[str, Any] = {
            "name": "lin",
            "shown": "Lin",
            "role": "lead",
            "markets": "[]",
            "password": "p",
            "language": "en",
        }
        row |= {"theme": "auto", "created_at": LATER, "changed_at": LATER}
        connection.execute(insert(users).values(id=1, **row))
        for key, days in (("a", -1), ("b", 1)):
            login: dict[str, Any] = {"key": key, "user_id": 1, "csrf": "c", "created_at": LATER, "seen_at": LATER}
            connection.execute(insert(sessions).values(**login, expires_at=LATER + timedelta(days=days)))
    assert 1 == later(nights, days=9_999)["sessions"]
    with nights.database.read() as connection:
        assert ["b"] == list(connection.scalars(select(sessions.c.key)))
        assert ["lin"] == list(connection.scalars(select(users.c.name)))


def test_a_row_that_refers_to_nothing_is_said(nights: Store) -> None:
    """SQLite follows references only where it is told to: what was written without is found."""
    path = nights.database.path
    if path is None:
        return
    import sqlite3

    raw = sqlite3.connect(path)
    raw.execute("DELETE FROM listings WHERE number = 1")
    raw.commit()
    raw.close()
    assert "refers to a row of listings" in " ".join(nights.upkeep.check())


def test_many_complaints_are_cut_off(store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]) -> None:
    """A store that is wrong everywhere does not print a line for every page."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 31)])
    store.settle_many(run.id, [settlement_of(line, title="t") for line in range(1, 31)])
    store.finish_run(run, {})
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
    assert (21, "… and more of this kind") == (len(found := store.upkeep.check()), found[-1])
