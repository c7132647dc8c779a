"""A store goes from any version of its schema to any other, with what it holds, on every database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, event, insert, inspect, select, text

from shopglot.errors import StoreError
from shopglot.store import migrations, open_store, opening
from shopglot.store.connection import Database
from shopglot.store.migrations.frozen import desk, first, people
from shopglot.store.schema import SCHEMA_VERSION, metadata
from shopglot.types import Judgement, Translation

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SEGMENT = {
    "listing": 1, "market": "us", "position": 0, "path": "/fields/title", "number": 0, "field": "title",
    "source": "枕头", "target": "Pillow", "origin": "machine", "model": "fake@0", "unit_key": "u1",
    "machine_key": "k1", "score": 0.5, "signature": "s", "signals": "[]", "verdict": "publish", "reasons": "[]",
    "findings": "[]",
}  # fmt: skip
ITEM = {
    "listing": 1, "market": "us", "run_id": 1, "line": 1, "inputs_key": "i", "status": "publish", "reasons": "[]",
    "field": "", "message": "", "message_zh": "", "version": 2, "updated_at": NOON,
}  # fmt: skip
TEXT = {
    "machine_key": "k1", "unit_key": "u1", "market": "us", "source": "枕头", "target": "Pillow\x00\ud800",
    "model": "fake@0", "origin": "machine", "logprob": -0.5, "tokens": 2, "attempt": 0, "attempts": 1, "lost": 0,
    "truncated": False, "repeated": False, "run_id": 1, "created_at": NOON,
}  # fmt: skip


def publication(version: int, **changed: Any) -> dict[str, Any]:
    """Return a row of `publications`, of listing 1."""
    row = {"listing": 1, "market": "us", "version": version, "kind": "publish", "document": "{}", "content_hash": "h"}
    return row | {"run_id": 1, "created_at": NOON} | changed


def announced(seq: int, version: int, **changed: Any) -> dict[str, Any]:
    """Return a row of `outbox`, of listing 1."""
    row = {"seq": seq, "event_id": f"e{seq}", "kind": "publish", "listing": 1, "market": "us", "version": version}
    return row | {"payload": "{}", "created_at": NOON, "delivered_at": None} | changed


ROWS: list[tuple[Table, list[dict[str, Any]]]] = [
    (first.runs, [
        {"id": number, "spec_key": f"s{number}", "catalog": "c", "spec": "{}", "status": status, "started_at": NOON,
         "resumes": 0}
        for number, status in ((1, "finished"), (2, "running"))
    ]),
    (first.listings, [{"number": 1, "key": "0" * 32, "merchant": "m", "id": "xhs-1", "seen_run": 2, "seen_line": 1}]),
    (first.publications, [publication(1), publication(2)]),
    (first.items, [ITEM]),
    (first.segments, [SEGMENT]),
    (first.outbox, [announced(1, 1, delivered_at=NOON), announced(2, 2)]),
    (first.plans, [{"id": 1, "run_id": 2, "window_key": "w", "market": "us", "attempt": 0}]),
    (first.batches, [{"plan_id": 1, "number": 0, "machine_keys": "[]", "done": True}]),
    (first.translations, [TEXT]),
    (first.approvals, [
        {"unit_key": f"u{number}", "market": "us", "source": "枕头", "target": f"Cushion {number}",
         "approved_by": "lin", "approved_at": NOON.replace(hour=20 - number)}
        for number in (1, 2)
    ]),
]  # fmt: skip


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """An open database with nothing in it."""
    opened = Database(empty_url)
    yield opened
    opened.close()


def make(database: Database, version: int) -> None:
    """Make a store of a version, with a night and two approvals in it."""
    with database.migrating() as link:
        assert version == migrations.create(link, version)
        with link.begin():
            for table, rows in ROWS if version < 3 else ROWS[:-1]:
                for row in rows:
                    link.execute(insert(table), row)
            if link.dialect.name == "sqlite":  # three more events were given numbers, and are gone
                link.exec_driver_sql("UPDATE sqlite_sequence SET seq = 5 WHERE name = 'outbox'")


def go(database: Database, to: int) -> int:
    """Take a store to a version."""
    with database.migrating() as link:
        found = migrations.version(link)
        link.rollback()
        assert found is not None
        return migrations.upgrade(link, to) if to > found else migrations.downgrade(link, to)


def dump(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    with database.read() as link:
        seen = MetaData()
        seen.reflect(link)
        return {
            table.name: sorted((dict(row) for row in link.execute(select(table)).mappings()), key=repr)
            for table in seen.sorted_tables
        }


def ask(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with database.read() as link:
        return [tuple(row) for row in link.execute(text(statement))]


def shape(database: Database) -> dict[str, Any]:
    """Return tables, columns, keys, indexes and checks of a database, without the order of columns."""
    with database.read() as link:
        seen = inspect(link)
        found: dict[str, Any] = {}
        for table in seen.get_table_names():
            found[table] = {
                "columns": sorted(
                    (c["name"], str(c["type"]), getattr(c["type"], "collation", None), c["nullable"], c["default"])
                    for c in seen.get_columns(table)
                ),
                "key": seen.get_pk_constraint(table),
                "foreign": sorted(map(str, seen.get_foreign_keys(table))),
                "indexes": sorted(map(indexed, seen.get_indexes(table))),
                "unique": sorted((str(u["name"]), u["column_names"]) for u in seen.get_unique_constraints(table)),
                "checks": sorted((str(c["name"]), c["sqltext"]) for c in seen.get_check_constraints(table)),
            }
        if link.dialect.name == "sqlite":
            for name, made in link.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")):
                if name in found:
                    found[name]["numbered"] = "AUTOINCREMENT" in made
        return found


def indexed(index: Any) -> tuple[str, list[str], bool, str]:
    """Return an index's name, columns, whether it is unique, and for which rows it is."""
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items() if key.endswith("_where")}
    return str(index["name"]), index["column_names"], bool(index["unique"]), str(options)


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_upgraded_store_is_like_a_new_one(database: Database, empty_twin: Database, version: int) -> None:
    """Tables, columns, keys, indexes and checks are the same; where they are not, a migration is missing.

    Whoever changes `store/schema` adds a revision to `store/migrations/versions` and raises SCHEMA_VERSION.
    """
    make(database, version)
    assert SCHEMA_VERSION == go(database, SCHEMA_VERSION)
    with empty_twin.migrating() as link:
        migrations.create(link)
    assert shape(empty_twin) == shape(database), "store/schema has changed without a migration"
    with database.engine.connect() as link:
        context = MigrationContext.configure(link, opts={"include_object": partial(is_of, link.dialect.name)})
        assert [] == compare_metadata(context, metadata), "store/schema has changed without a migration"


def is_of(dialect: str, thing: Any, *_: Any) -> bool:
    """Whether a thing of the schema is meant for a database: alembic does not ask an index for which one it is."""
    asked = getattr(thing, "_ddl_if", None)
    return asked is None or asked.dialect == dialect


@pytest.fixture
def empty_twin(request: pytest.FixtureRequest, empty_url: str, tmp_path: Any) -> Iterator[Database]:
    """Another empty database of the same kind."""
    sqlite = "://" not in empty_url
    opened = Database(str(tmp_path / "twin.db") if sqlite else request.getfixturevalue("make_database")(empty=True))
    yield opened
    opened.close()


@pytest.mark.parametrize(("begin", "to"), [(1, 2), (2, 3), (1, 3), (3, 4), (1, 4)])
def test_up_and_down_again_gives_what_was_there(database: Database, begin: int, to: int) -> None:
    """Schema and every row, when nothing was written meanwhile; and up again as the first time."""
    make(database, begin)
    before, looks = dump(database), shape(database)
    assert to == go(database, to)
    above = dump(database)
    assert begin == go(database, begin)
    assert before == dump(database)
    assert looks == shape(database)
    assert to == go(database, to)
    assert above == dump(database)


def test_what_was_written_before_stands_in_the_new_shape(database: Database) -> None:
    """Approvals speak for the whole market, in their order; versions were made by runs; events have not been tried."""
    make(database, 1)
    go(database, 3)
    wanted = [(1, "u2", "", "Cushion 2", "current"), (2, "u1", "", "Cushion 1", "current")]
    assert wanted == ask(database, "SELECT id, unit_key, listing_key, target, status FROM approvals ORDER BY id")
    assert [("run", 1, None)] * 2 == ask(database, "SELECT cause, run_id, action_id FROM publications")
    assert [(2, 0, None)] == ask(database, "SELECT seq, attempts, dead_at FROM outbox WHERE delivered_at IS NULL")
    assert [(None, False)] == [(a, bool(b)) for a, b in ask(database, "SELECT pinned_source, again FROM items")]
    assert [("[]",)] == ask(database, "SELECT opinion FROM translations")


@pytest.mark.parametrize("known", [True, False])
def test_what_waits_comes_into_the_queue(database: Database, known: bool) -> None:
    """A page that was held before there was a desk waits since it was settled, with its source's title where known."""
    make(database, 3)
    finding = {"check": "number.changed", "severity": "warning", "side": "target", "start": 0, "end": 1, "text": "P"}
    finding |= {"message": "m", "message_zh": "m", "suggestion": "", "basis": ""}
    waits = {"verdict": "review", "reasons": '["number.changed"]', "findings": json.dumps([finding])}
    document = json.dumps({"category": "家居", "fields": {"title": "ＡＢ枕头"}, "views": 99})
    with database.migrating() as link, link.begin():
        link.execute(people.items.update().values(status="review", source=1 if known else None))
        link.execute(first.segments.update().values(**waits))
        link.execute(insert(first.segments), {**SEGMENT, **waits, "position": 2, "score": 0.25, "target": "Cup\ud800"})
        link.execute(insert(first.segments), {**SEGMENT, "position": 3, "score": 0.1})
        page = {"listing": 1, "version": 1, "digest": "d", "document": document, "run_id": 1, "seen_at": NOON}
        link.execute(insert(people.sources), page)
        other = {"number": 2, "key": "2" * 32, "merchant": "m", "id": "xhs-2", "seen_run": 2, "seen_line": 2}
        link.execute(insert(first.listings), other)
        link.execute(insert(people.items), {**ITEM, "listing": 2, "status": "reject", "version": None})
    assert 4 == go(database, 4)
    with database.read() as link:
        [row] = link.execute(select(desk.held)).mappings().all()
    wanted = {
        "listing": 1, "market": "us", "merchant": "m", "id": "xhs-1", "verdict": "review", "severity": "warning",
        "fields": " title ", "reasons": " number.changed ", "score": 0.25, "segments": 2, "open": 2, "state": "open",
        "run_id": 1, "held_at": NOON, "assignee": None, "risk": 0.75, "exposure": 3.0 if known else 1.0,
        "title": "ＡＢ枕头" if known else "", "category": "家居" if known else "",
    }  # fmt: skip
    assert wanted == {name: row[name] for name in wanted}
    assert ("\nab枕头\n" in row["words"]) == known
    assert row["words"].endswith("cup\ufffd")
    with open_store(database.url.render_as_string(hide_password=False)) as store:
        assert [] == [line for line in store.upkeep.check() if "queue" in line]


def test_numbers_are_never_given_twice(sqlite_url: str) -> None:
    """SQLite would forget the highest one when the table is made anew."""
    database = Database(sqlite_url)
    make(database, 2)
    for version in (3, 2):
        go(database, version)
        assert [(5,)] == ask(database, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
    database.close()


def test_an_upgraded_store_works(database: Database, clock: Callable[[], datetime]) -> None:
    """What is old is read, what is new can be written."""
    make(database, 1)
    go(database, SCHEMA_VERSION)
    judged = Judgement(
        market="us", listing="xhs-1", path="/fields/title", source="枕头", target="Pillow", origin="machine",
        published=True, reviewer="lin", channel="seed", judged_at=NOON,
    )  # fmt: skip
    made = Translation(
        source="枕头", target="Pillow\x00\ud800", market="us", model="fake@0", origin="memory", unit_key="u1",
        machine_key="k2", opinion=(("a", -1.5), ("b", float("-inf"))),
    )  # fmt: skip
    with open_store(database.url.render_as_string(hide_password=False), now=clock) as store:
        store.remember(None, [made])
        known, _ = store.recall("us", ["k1", "k2"], [])
        assert ("Pillow\x00\ud800", ()) == (known["k1"].target, known["k1"].opinion)
        assert made == known["k2"]
        store.add_judgements([judged])
        assert [judged] == list(store.judgements("us"))
        assert [{}] == list(store.published("us"))


def enrich(link: Connection) -> None:
    """Write what only version 3 can hold."""
    act = {"id": 1, "at": NOON, "actor": "lin", "action": "rollback", "detail": "{}", "note": ""}
    link.execute(insert(people.actions), act)
    own: dict[str, Any] = {
        "market": "us",
        "listing_key": "",
        "merchant_key": "",
        "merchant": "",
        "listing": "",
        "path": "",
    }
    own |= {"number": 0, "field": "", "source": "s", "approved_by": "lin", "approved_at": NOON}
    for unit, listing, status, target in (
        ("u1", "", "superseded", "old"), ("u1", "", "current", "new"), ("u1", "1" * 32, "current", "of one page"),
        ("u2", "", "outdated", "gone"),
    ):  # fmt: skip
        row = own | {"unit_key": unit, "listing_key": listing, "status": status, "target": target}
        link.execute(insert(people.approvals), row)
    back = publication(3, run_id=None, cause="rollback", action_id=1, restores=1)
    link.execute(insert(people.publications), back)
    link.execute(people.items.update().values(version=3, pinned_source=1, pinned_by=1, again=True))
    link.execute(insert(people.outbox), announced(3, 3, dead_at=NOON, attempts=9))
    link.execute(insert(people.outbox), announced(4, 1, listing=None))


def test_going_back_keeps_what_fits(database: Database) -> None:
    """The catalog and its events stay; what version 2 has no place for is gone, and `losses` says what that is."""
    make(database, 3)
    with database.write() as link:
        enrich(link)
    go(database, 2)
    assert [("u1", "new"), ("u2", "gone")] == ask(database, "SELECT unit_key, target FROM approvals ORDER BY 1")
    assert [(1, 1), (2, 1), (3, 2)] == ask(database, "SELECT version, run_id FROM publications ORDER BY 1")
    assert [(3,)] == ask(database, "SELECT version FROM items")
    assert [(1,), (2,), (3,)] == ask(database, "SELECT seq FROM outbox ORDER BY seq")
    assert "the audit log" in migrations.losses(3, 2)
    assert set(migrations.losses(3, 2)) < set(migrations.losses(3, 1))
    assert () == migrations.losses(2, 3)
    assert "findings that people set aside" in migrations.losses(4, 3)
    go(database, 3)
    assert [(0,)] == ask(database, "SELECT count(*) FROM actions")


def test_whoever_goes_back_is_told_what_is_lost(database: Database) -> None:
    """Before it is done, with what to do first; then step by step."""
    make(database, 3)
    said: list[str] = []
    with database.migrating() as link:
        assert 1 == migrations.downgrade(link, 1, tell=said.append)
    assert "the audit log" in said[0]
    assert "reviewers' verdicts" in said[0]
    assert "shopglot store backup" in said[0]
    assert ["version 3: going back", "version 2: going back"] == said[1:]


def test_an_old_store_is_upgraded_when_it_is_opened_for_writing(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store of before alembic too; it says so, once; and a shopglot of before refuses it then."""
    make(database, 2)
    url = database.url.render_as_string(hide_password=False)
    with database.write() as link:
        link.exec_driver_sql("DROP TABLE alembic_version")
    open_store(url).close()
    said = capsys.readouterr().err
    assert f"store {database.shown}: bringing it from version 2 to {SCHEMA_VERSION}" in said
    assert [(str(SCHEMA_VERSION),)] == ask(database, "SELECT version_num FROM alembic_version")
    open_store(url).close()
    assert "" == capsys.readouterr().err
    monkeypatch.setattr(opening, "SCHEMA_VERSION", 2)
    with pytest.raises(StoreError, match=f"schema version {SCHEMA_VERSION}, this shopglot works with 2; use"):
        open_store(url)


def test_an_old_store_can_be_read_without_being_changed(database: Database) -> None:
    """What it has is shown; what it has not, or a write, is an error that says what to do."""
    make(database, 2)
    before, looks = dump(database), shape(database)
    with open_store(database.url.render_as_string(hide_password=False), create=False) as store:
        assert 2 == store.status()["schema_version"]
        assert [{}] == list(store.published("us"))
        for refused in (
            lambda: store.judgements("us"),
            lambda: store.recall("us", ["k1"], []),
            lambda: store.remember(None, []),
        ):
            with pytest.raises(StoreError, match=r"it has schema version 2.*next `shopglot run`"):
                refused()
    assert (before, looks) == (dump(database), shape(database))


def test_an_upgrade_is_all_or_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that breaks off near its end leaves the store as it was, and succeeds the next time."""
    make(database, 1)
    before, looks = dump(database), shape(database)
    monkeypatch.setattr(people, "approvals", Table("approvals", MetaData(), Column("id", Integer, primary_key=True)))
    with pytest.raises(StoreError, match="approvals"):
        go(database, 3)
    assert (before, looks) == (dump(database), shape(database))
    monkeypatch.undo()
    assert 3 == go(database, 3)


def test_a_step_that_would_leave_something_dangling_is_refused(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite follows no foreign keys meanwhile: they are checked before anything is committed."""
    database = Database(sqlite_url)
    make(database, 2)

    def lose(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "DROP TABLE approvals_2" in statement:
            _connection.exec_driver_sql("DELETE FROM publications")

    event.listen(database.engine, "before_cursor_execute", lose)
    with pytest.raises(StoreError, match="would point at nothing: nothing was changed"):
        go(database, 3)
    assert [(2,)] == ask(database, "SELECT count(*) FROM publications")
    with database.read() as link:
        assert 1 == link.exec_driver_sql("PRAGMA foreign_keys").scalar()
    database.close()


def test_of_two_processes_one_upgrades(database: Database) -> None:
    """Both then have an upgraded store; the second finds the work done."""
    make(database, 1)
    url = database.url.render_as_string(hide_password=False)
    code = "import sys; from shopglot.store import open_store; open_store(sys.argv[1]).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[1].decode() for process in started]
    assert [0, 0] == [process.returncode for process in started], said
    assert SCHEMA_VERSION - 1 == "".join(said).count("upgrading"), said  # each step once
    assert SCHEMA_VERSION == go(database, SCHEMA_VERSION)


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_a_version_that_nobody_knows_is_refused(database: Database, version: int) -> None:
    """There is no way there."""
    make(database, 1)
    for way in (migrations.upgrade, migrations.downgrade):
        with database.migrating() as link, pytest.raises(StoreError, match=f"no way to schema version {version}"):
            way(link, version)


def test_an_empty_database_is_no_store(database: Database) -> None:
    """It has no version, and cannot be upgraded."""
    with database.migrating() as link:
        assert migrations.version(link) is None
        link.rollback()
        with pytest.raises(StoreError, match="no store"):
            migrations.upgrade(link)


def test_a_store_that_contradicts_itself_is_left_alone(database: Database) -> None:
    """Two versions in one store: somebody has changed it by hand."""
    make(database, 2)
    with database.write() as link:
        link.exec_driver_sql("UPDATE meta SET value = '1'")
    with pytest.raises(StoreError, match="two things of its version: 1 in meta, 2 in alembic_version"):
        go(database, 3)


def test_sqlite_is_given_a_connection_in_no_transaction(sqlite_url: str) -> None:
    """Within one it would follow foreign keys, and empty the tables that are made anew."""
    database = Database(sqlite_url)
    make(database, 2)
    with database.migrating() as link, link.begin(), pytest.raises(ValueError, match="in no transaction"):
        migrations.upgrade(link)
    database.close()
