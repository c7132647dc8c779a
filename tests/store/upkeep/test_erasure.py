"""Erasing a merchant: nothing of theirs is left, nothing of others is touched, and the catalog hears of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from shopglot.errors import StoreError, UsageError
from shopglot.store import RunSpec, Settlement, Store
from shopglot.store.columns import AnyText
from shopglot.store.encoding import escape, load
from shopglot.store.schema import actions, items, metadata, outbox, translations
from shopglot.store.upkeep import Keep, erasure

GONE, STAYS = "丝语家居", "别家百货"
SECRET = {GONE: "只有丝语才这样写", STAYS: "只有别家才这样写"}
PAGES = 3


@pytest.fixture
def shops(store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], fill: Callable[..., None]) -> Store:
    """A store with pages of two merchants, something of both in every table, and no run at work."""
    run = store.begin_run(spec)
    wanted = [(line, GONE if line <= PAGES else STAYS) for line in range(1, 2 * PAGES + 1)]
    store.see(run.id, [(line, merchant, f"xhs-{line}") for line, merchant in wanted])
    for market in ("us", "hk"):
        made = [settlement_of(line, title=SECRET[who], merchant=who, market=market) for line, who in wanted]
        store.settle_many(run.id, made)
    store.finish_run(run, {})
    with store.database.write() as connection:
        for merchant in (GONE, STAYS):
            fill(connection, run.id, merchant)
    return store


@pytest.fixture
def fill() -> Callable[..., None]:
    """Write what only people and later nights write, of a merchant."""
    return fill_shop


def fill_shop(connection: Connection, run_id: int, merchant: str) -> None:
    """Write rows of a merchant, with their text in every column, into the tables that a first night leaves empty."""
    tables, text = metadata.tables, SECRET[merchant]
    number = connection.scalar(select(tables["listings"].c.number).where(tables["listings"].c.merchant == merchant))
    key = connection.scalar(select(tables["listings"].c.key).where(tables["listings"].c.number == number))
    given: dict[str, Any] = {
        "listing": number, "run_id": run_id, "market": "us", "version": 1, "number": 0, "merchant": merchant,
        "listing_key": key, "merchant_key": key, "origin": "human", "error": "other", "severity": "minor",
        "channel": "desk", "status": "current", "key": f"{number}-key", "text_key": "t", "score": 0.5, "paused": True,
        "position": 0, "unit_key": f"u-{number}", "field": text, "verdict": "review", "state": "done", "segments": 1,
        "open": 0, "deed": "edit", "side": "target", "kind": "term",
    }  # fmt: skip
    for name in ("items", "segments"):  # what is to be in the queue has to wait
        own = tables[name].c.listing == number, tables[name].c.market == "us"
        connection.execute(
            update(tables[name]).where(*own).values({"status" if name == "items" else "verdict": "review"})
        )
    for name in (
        "sources", "actions", "approvals", "verdicts", "audits", "audit_segments", "enrolments", "held", "handled",
        "dismissals", "comments", "proposals",
    ):  # fmt: skip
        table = tables[name]
        row = {column.name: value_of(column, text) for column in table.c if column.name != "id" or table.name == "held"}
        row |= {key: value for key, value in given.items() if key in table.c}
        if "listing" in table.c and isinstance(table.c.listing.type, AnyText):
            row["listing"] = text
        if name == "actions":
            row |= {"action": "approve"}
        if name == "held":
            row["severity"] = "error"
        if "action_id" in table.c:
            row["action_id"] = connection.scalar(select(actions.c.id).where(actions.c.merchant == merchant))
        connection.execute(insert(table), row)
    row = {column.name: value_of(column, text) for column in translations.c}
    row |= {"machine_key": f"m-{number}", "unit_key": f"u-{number}", "market": "us", "run_id": run_id}
    connection.execute(insert(translations), row | {"origin": "machine"})


def value_of(column: Any, text: str) -> Any:
    """Return a value for a column: the text where it takes one."""
    from datetime import UTC, datetime

    if isinstance(column.type, AnyText):
        return text
    python = column.type.python_type if not hasattr(column.type, "impl") else type(None)
    if python is bool:
        return False
    if python in (int, float):
        return 1
    return datetime(2026, 8, 2, tzinfo=UTC) if python is type(None) else "x"


def places_of(store: Store, *texts: str) -> dict[str, int]:
    """Return, by table and column, how many rows have one of the texts."""
    found: dict[str, int] = {}
    with store.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()).mappings():
                for name, value in row.items():
                    if any(text in str(value) for text in texts):
                        found[f"{table.name}.{name}"] = found.get(f"{table.name}.{name}", 0) + 1
    return found


def deliver(store: Store) -> None:
    """Deliver every event."""
    with store.database.write() as connection:
        connection.execute(update(outbox).values(delivered_at=outbox.c.created_at))


def test_nothing_is_left(shops: Store) -> None:
    """No column of any table has the merchant's name or their text, once their last events are delivered."""
    own = {"sources", "approvals", "verdicts", "held", "handled", "dismissals", "comments", "proposals"}
    assert {"listings", *own} <= set(shops.upkeep.remains(GONE))
    before = places_of(shops, STAYS, SECRET[STAYS])
    done = shops.upkeep.erase(GONE, actor="lin", note="contract ended")
    assert (2 * PAGES, {}) == (done.withdrawn, done.remains)
    assert {"outbox.payload"} == set(places_of(shops, GONE, SECRET[GONE]))
    deliver(shops)
    shops.upkeep.prune(Keep(days=9_999, versions=10))
    assert {} == places_of(shops, GONE, SECRET[GONE]) == shops.upkeep.remains(GONE)
    assert before == places_of(shops, STAYS, SECRET[STAYS])
    assert [] == shops.upkeep.check()


def test_the_catalog_hears_of_it(shops: Store) -> None:
    """Every page is taken down by an event that says so, and that waits until it is delivered."""
    deliver(shops)
    shops.upkeep.erase(GONE, actor="lin")
    with shops.database.read() as connection:
        waiting = connection.execute(select(outbox).where(outbox.c.delivered_at.is_(None)).order_by(outbox.c.seq)).all()
        kept = connection.execute(select(outbox.c.payload).where(outbox.c.delivered_at.is_not(None))).all()
    told = sorted((load(row.payload)["id"], row.market, row.kind, row.version, row.listing) for row in waiting)
    pages = sorted(f"xhs-{line}" for line in range(1, PAGES + 1))
    assert [(page, market, "withdraw", 2, None) for page in pages for market in ("hk", "us")] == told
    assert {STAYS} == {load(row.payload)["merchant"] for row in kept}


def test_the_log_says_who_and_how_many(shops: Store) -> None:
    """One act stays: who, why, how many, and no text of the merchant."""
    shops.upkeep.erase(GONE, actor="lin", note="contract ended")
    with shops.database.read() as connection:
        rows = connection.execute(select(actions).where(actions.c.action.in_(("erase", "erasing")))).all()
    [row] = rows
    assert ("erase", "lin", "contract ended", None, None) == (
        row.action,
        row.actor,
        row.note,
        row.merchant,
        row.listing,
    )
    assert PAGES == load(row.detail)["listings"]


@pytest.mark.parametrize("stop", range(1, 12))
def test_a_killed_erasure_goes_on(shops: Store, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    """Cut off before any of its transactions, it is finished by the next call, with one act and one event a page."""
    monkeypatch.setattr(erasure, "_PAGE", 2)
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erasure.erase(shops.database, GONE, actor="lin", note="", now=shops._now, check=check)
    assert {} == shops.upkeep.erase(GONE, actor="lin").remains
    with shops.database.read() as connection:
        acts = connection.scalars(select(actions.c.action).where(actions.c.action.like("eras%"))).all()
        events = connection.execute(select(outbox.c.event_id).where(outbox.c.kind == "withdraw")).all()
    assert (["erase"], 2 * PAGES) == (list(acts), len(events))


def test_a_preview_changes_nothing(shops: Store) -> None:
    """What would be done is said beforehand, and is what is done."""
    before = places_of(shops, "")
    planned = shops.upkeep.preview_erasure(GONE)
    assert before == places_of(shops, "")
    done = shops.upkeep.erase(GONE, actor="lin")
    named = {"listings", "items", "segments", "sources", "approvals", "verdicts", "audits", "enrolments", "outcomes"}
    named |= {"held", "handled", "dismissals", "comments", "proposals"}
    assert {name: planned.rows[name] for name in named} == {name: done.rows[name] for name in named}
    assert planned.withdrawn == done.withdrawn


def test_text_that_others_have_stays(shops: Store) -> None:
    """Machine text goes with the last page that has it: what another merchant's page says is theirs as well."""
    with shops.database.write() as connection:
        connection.execute(update(translations).where(translations.c.machine_key == "m-1").values(unit_key="u"))
    shops.upkeep.erase(GONE, actor="lin")  # every page has a segment with the unit key `u`
    with shops.database.read() as connection:
        assert "m-1" in connection.scalars(select(translations.c.machine_key)).all()


def test_a_run_at_work_is_in_the_way(shops: Store, spec: RunSpec) -> None:
    """While a run is at work, nothing is erased."""
    shops.begin_run(spec)
    before = places_of(shops, GONE)
    with pytest.raises(StoreError, match="a run is in progress"):
        shops.upkeep.erase(GONE, actor="lin")
    assert before == places_of(shops, GONE)


def test_nobody_is_nobody(shops: Store) -> None:
    """Pages without a merchant are no shop, and a merchant whom nobody knows has nothing to erase."""
    with pytest.raises(UsageError, match="say whose data"):
        shops.upkeep.erase("", actor="lin")
    done = shops.upkeep.erase("nobody", actor="lin")
    assert (0, {}, {}) == (
        done.withdrawn,
        {name: n for name, n in done.rows.items() if name != "translations"},
        done.remains,
    )


def test_a_merchant_who_comes_back_is_not_taken_for_an_old_event(
    shops: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]
) -> None:
    """Pages that come back go on above the versions that were heard of, also while the last events still wait."""
    shops.upkeep.erase(GONE, actor="lin")
    run = shops.begin_run(spec)
    shops.see(run.id, [(1, GONE, "xhs-1")])
    shops.settle_many(run.id, [settlement_of(1, title="back", merchant=GONE)])
    made = shops.events.listed("undelivered", limit=100)[-1]
    assert (GONE, "xhs-1", "publish", 3) == (made["merchant"], made["id"], made["kind"], made["version"])
    assert [] == shops.upkeep.check()


def test_the_file_has_nothing_left(shops: Store) -> None:
    """On SQLite the bytes are gone from the file and from its log."""
    path = shops.database.path
    if path is None:
        assert shops.upkeep.scrub()
        return
    deliver(shops)
    shops.upkeep.erase(GONE, actor="lin")
    deliver(shops)
    shops.upkeep.prune(Keep(days=0, versions=1))
    assert shops.upkeep.scrub()
    files = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
    for text in (GONE, SECRET[GONE]):
        assert [] == [file.name for file in files if escape(text).encode() in file.read_bytes()]
    assert SECRET[STAYS].encode() in path.read_bytes()


def test_a_reader_keeps_the_bytes(shops: Store) -> None:
    """Where somebody still reads the old state of a SQLite file, it is said that the bytes are not gone."""
    if shops.database.path is None:
        return
    with shops.database.read() as connection:
        connection.execute(select(items)).all()
        shops.upkeep.erase(GONE, actor="lin")
        shops.database.engine.dispose()
        assert not shops.upkeep.scrub()
