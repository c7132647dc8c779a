"""A store of version 1 is brought to this version when it is opened for writing, and can be read before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Settlement, Store, open_store, upgrades
from shopglot.types import Judgement, Translation

# What version 1 had in place of today's table.
TRANSLATIONS_1 = """
CREATE TABLE translations (
    machine_key VARCHAR NOT NULL,
    unit_key VARCHAR NOT NULL,
    market VARCHAR NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    model TEXT NOT NULL,
    origin VARCHAR NOT NULL,
    logprob FLOAT,
    tokens INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    truncated BOOLEAN NOT NULL,
    repeated BOOLEAN NOT NULL,
    run_id INTEGER,
    created_at {time} NOT NULL,
    CONSTRAINT pk_translations PRIMARY KEY (machine_key),
    CONSTRAINT ck_translations_origin CHECK (origin IN ('memory', 'machine', 'human', 'certain')),
    CONSTRAINT fk_translations_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
)
"""
ROW_1 = """
INSERT INTO translations VALUES (
    'k1', 'u1', 'us', '枕头', 'Pillow', 'fake@0', 'machine', -0.5, 2, 0, 1, 0, false, false, NULL,
    '2026-07-01 00:00:00.000000'
)
"""
ADDED = ("audit_segments", "audits", "verdicts")
REMEMBERED = Translation(
    source="枕头", target="Pillow", market="us", model="fake@0", origin="memory", unit_key="u1", machine_key="k1",
    logprob=-0.5, tokens=2,
)  # fmt: skip
JUDGED = Judgement(
    market="us", listing="xhs-1", path="/fields/title", source="枕头", target="Pillow", origin="machine",
    published=True, reviewer="lin", channel="seed", judged_at=datetime(2026, 8, 2, tzinfo=UTC),
)  # fmt: skip


def take_back(engine: Engine) -> None:
    """Make a store of version 1 out of one of today, with a remembered text."""
    time = "DATETIME" if engine.dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    with engine.begin() as connection:
        for table in (*ADDED, "translations"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql(TRANSLATIONS_1.format(time=time))
        connection.exec_driver_sql(ROW_1)
        connection.exec_driver_sql("UPDATE meta SET value = '1' WHERE name = 'schema_version'")
    engine.dispose()


@pytest.fixture
def old(url: str, clock: Callable[[], datetime], spec: RunSpec, settlement_of: Callable[..., Settlement]) -> str:
    """A store of version 1 with a night in it."""
    with open_store(url, now=clock) as store:
        run = store.begin_run(spec)
        store.see(run.id, [(1, "m", "xhs-1")])
        store.settle_many(run.id, [settlement_of(1, title="Pillow")])
        store.finish_run(run, {})
    take_back(create_engine(f"sqlite:///{url}"))
    return url


def version(url: str) -> tuple[str, list[str]]:
    """Return the version that a file says it has, and which of the new tables it has."""
    with closing(sqlite3.connect(url)) as connection:
        [[found]] = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchall()
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return found, sorted(set(ADDED) & set(names))


def shape(engine: Engine) -> dict[str, object]:
    """Return tables, columns, keys, indexes and checks of a database, without the order of columns."""
    seen = inspect(engine)
    found: dict[str, object] = {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)),
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted(str(key) for key in seen.get_foreign_keys(table)),
            sorted((str(index["name"]), index["column_names"], index["unique"]) for index in seen.get_indexes(table)),
            sorted((str(key["name"]), key["column_names"]) for key in seen.get_unique_constraints(table)),
            sorted(str(check["sqltext"]) for check in seen.get_check_constraints(table)),
        )
        for table in seen.get_table_names()
    }
    engine.dispose()
    return found


def use(store: Store) -> None:
    """Do what version 1 could not, and read what it had written."""
    assert {"k1": REMEMBERED} == store.recall("us", ["k1"], [])[0]
    thought = replace(REMEMBERED, opinion=(("a", -1.5), ("b", float("-inf"))))
    store.remember(None, [thought])
    assert {"k1": thought} == store.recall("us", ["k1"], [])[0]
    store.add_judgements([JUDGED])
    assert [JUDGED] == list(store.judgements("us"))
    assert [] == store.audits("us")
    assert 2 == store.status()["schema_version"]


def test_an_old_store_is_upgraded_when_it_is_opened_for_writing(old: str) -> None:
    """Nothing of it is lost, everything new works, and the second time nothing is left to do."""
    assert ("1", []) == version(old)
    with open_store(old) as store:
        assert ("2", list(ADDED)) == version(old)
        assert ["xhs-1"] == [document["id"] for document in store.published("us")]
        use(store)
    with open_store(old) as store:
        assert [JUDGED] == list(store.judgements("us"))


def test_an_upgraded_store_is_like_a_new_one(old: str) -> None:
    """The same tables, columns, keys, indexes and checks."""
    open_store(old).close()
    open_store(f"{old}.new").close()
    assert shape(create_engine(f"sqlite:///{old}.new")) == shape(create_engine(f"sqlite:///{old}"))


def test_an_old_store_can_be_read_without_being_changed(old: str) -> None:
    """What it has is shown; what it has not, or a write, is an error that says what to do."""
    with open_store(old, create=False) as store:
        assert 1 == store.status()["schema_version"]
        assert ["xhs-1"] == [document["id"] for document in store.published("us")]
        assert store.history("xhs-1")
        for ask in (
            lambda: store.judgements("us"),
            lambda: store.count_judgements("us"),
            lambda: store.agreement("us"),
            lambda: store.audits("us"),
            lambda: store.audit_result("us"),
            lambda: store.recall("us", ["k1"], []),
            lambda: store.remember(None, [REMEMBERED]),
            lambda: store.add_judgements([JUDGED]),
            lambda: store.draw_audit(1, "us", 0.1),
        ):
            with pytest.raises(StoreError, match=r"shopglot\.db: it has schema version 1.*next `shopglot run`"):
                ask()
    assert ("1", []) == version(old)


def test_an_upgrade_is_all_or_nothing(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that breaks off in its middle leaves the store as it was."""
    step = upgrades.STEPS["1"]

    def breaks(connection: Connection) -> None:
        step(connection)
        raise StoreError("the disk is full")

    monkeypatch.setattr(upgrades, "STEPS", {"1": breaks})
    with pytest.raises(StoreError, match="the disk is full"):
        open_store(old)
    assert ("1", []) == version(old)
    monkeypatch.undo()
    with open_store(old) as store:
        use(store)


def test_whoever_comes_second_finds_it_upgraded(old: str) -> None:
    """The version is read again behind the lock, so that no step is taken twice."""
    open_store(old).close()
    with open_store(old) as store, store._database.write() as connection:
        assert "2" == upgrades.upgrade(connection)


def test_an_older_shopglot_at_work_goes_on(old: str) -> None:
    """What it writes without knowing the new column has no opinion."""
    open_store(old).close()
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(
            "INSERT INTO translations (machine_key, unit_key, market, source, target, model, origin, tokens, attempt, "
            "attempts, lost, truncated, repeated, created_at) VALUES ("
            "'k2', 'u', 'us', 's', 't', 'm', 'machine', 1, 0, 1, 0, 0, 0, '2026-07-01 00:00:00.000000')"
        )
        connection.commit()
    with open_store(old) as store:
        assert () == store.recall("us", ["k2"], [])[0]["k2"].opinion
