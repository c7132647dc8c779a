"""A store that cannot be opened or written says which one it is, why, and what to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import OperationalError

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Settlement, Store, open_store
from shopglot.store import connection as connection_module
from shopglot.store.address import display, locate
from shopglot.store.complaints import InterruptedStoreError
from shopglot.store.connection import Database, lock_rows, market_lock
from shopglot.store.schema import SCHEMA_VERSION, listings


def test_a_new_file_becomes_a_store(sqlite_url: str) -> None:
    """In WAL, with foreign keys on, so that readers do not wait and nothing dangles."""
    with open_store(sqlite_url) as store, store._database.read() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
        assert ["wal", 1] == pragmas
        assert sqlite_url == store.name
    with open_store(f"sqlite:///{sqlite_url}", create=False) as store:
        assert sqlite_url == store.status()["store"]


@pytest.mark.parametrize("name", ["no/such/folder/s.db", ".", "text.txt"])
def test_a_path_that_can_be_no_store_is_named(tmp_path: Path, name: str) -> None:
    """A missing folder, a folder and a file of something else: the message has the path."""
    (tmp_path / "text.txt").write_text("no database, but long enough to look at" * 30)
    with pytest.raises(StoreError) as caught:
        open_store(str(tmp_path / name))
    assert str(tmp_path / name) in str(caught.value)
    assert not (tmp_path / "no").exists()


def test_a_store_that_must_exist_is_not_made(tmp_path: Path) -> None:
    """Reading commands do not leave an empty file behind, and do not take an empty one for a store."""
    path = tmp_path / "shopglot.db"
    with pytest.raises(StoreError, match="there is no such file"):
        open_store(str(path), create=False)
    assert not path.exists()
    path.touch()
    with pytest.raises(StoreError, match="it is empty"):
        open_store(str(path), create=False)


def test_another_schema_version_is_refused(url: str) -> None:
    """The message says which version it has, which is wanted, and what to do; nothing is changed."""
    with open_store(url) as store, store.database.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(
        StoreError,
        match=rf"schema version 99, this shopglot works with {SCHEMA_VERSION}; use the shopglot that wrote it",
    ):
        open_store(url)


def test_somebody_else_s_database_is_left_alone(empty_url: str) -> None:
    """A database with other tables is no place for ours."""
    database = Database(empty_url)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id INTEGER)")
    with pytest.raises(StoreError, match=r"holds other tables \(orders"):
        open_store(empty_url)
    with database.read() as connection:
        assert ["orders"] == inspect(connection).get_table_names()
    database.close()


def test_a_database_of_another_encoding_is_refused(make_database: Callable[..., str], postgres: str) -> None:
    """Chinese text has no place in it."""
    database = Database(postgres)
    name = str(make_url(make_database(empty=True)).database)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")
        connection.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    database.close()
    with pytest.raises(StoreError, match="its encoding is LATIN1; make a database with UTF8"):
        open_store(make_url(postgres).set(database=name).render_as_string(hide_password=False))


def test_a_reading_sees_one_state(url: str) -> None:
    """What others commit meanwhile is not seen until the next one, and nothing can be written."""
    with open_store(url) as store, open_store(url) as other:
        with store.database.read() as connection:
            assert 0 == connection.exec_driver_sql("SELECT count(*) FROM units").scalar()
            with other.database.write() as writing:
                writing.exec_driver_sql(
                    "INSERT INTO units (key, market, policy, source, target, provider, note, created_at)"
                    " VALUES ('k', 'us', '', 's', 't', 'p', '', '2026-08-02 00:00:00')"
                )
            assert 0 == connection.exec_driver_sql("SELECT count(*) FROM units").scalar()
        with store.database.read() as connection:
            assert 1 == connection.exec_driver_sql("SELECT count(*) FROM units").scalar()


def test_market_locks_keep_approving_and_publishing_apart(postgres_url: str) -> None:
    """Those who publish share a market; who approves waits for them, in that market only."""
    with open_store(postgres_url) as store, open_store(postgres_url) as other:
        with store.database.write() as publishing:
            market_lock(publishing, "us", shared=True)
            with other.database.write() as another:
                market_lock(another, "us", shared=True)
                market_lock(another, "hk", shared=False)
            with other.database.migrating() as approving, approving.begin():
                approving.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
                with pytest.raises(OperationalError, match="lock timeout"):
                    market_lock(approving, "us", shared=False)
        with other.database.write() as approving:
            market_lock(approving, "us", shared=False)


def test_locked_rows_are_kept_until_the_end(
    url: str, spec: RunSpec, settlement_of: Callable[..., Settlement], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody changes them meanwhile: PostgreSQL locks the rows, on SQLite there is one writer at a time."""
    monkeypatch.setattr(connection_module, "_BUSY_SECONDS", 0.2 if "://" not in url else 1)
    with open_store(url) as store, open_store(url) as other:
        run = store.begin_run(spec)
        store.see(run.id, [(1, "m", "xhs-1")])
        with store.database.write() as connection:
            wanted = lock_rows(select(listings.c.number).order_by(listings.c.number))
            assert [1] == list(connection.scalars(wanted))
            with pytest.raises(InterruptedStoreError), other.database.write() as late:
                late.execute(listings.update().values(seen_line=2))


def test_a_read_only_store_says_so(sqlite_url: str) -> None:
    """Writing to it is an error with the path and the advice."""
    open_store(sqlite_url).close()
    with pytest.raises(StoreError, match=r"shopglot\.db.*make the file and its folder writable"):
        open_store(f"sqlite:///file:{sqlite_url}?mode=ro&uri=true").begin_run(
            RunSpec(catalog="c", markets=("us",), engines=(), policy="")
        )


def test_a_full_disk_stops_the_run_and_loses_nothing(
    sqlite_url: str, spec: RunSpec, settlement_of: Callable[..., Settlement]
) -> None:
    """What was committed stays, the listing that did not fit is not half there, and there is advice."""
    store = open_store(sqlite_url)
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 101)])
    with store._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    wanted = [settlement_of(line, title="t" * 3000) for line in range(1, 101)]
    with pytest.raises(StoreError, match="free some disk space") as caught:
        store.settle_many(run.id, wanted)
    assert sqlite_url in str(caught.value)
    published = [document["id"] for document in store.published("us")]
    assert 0 < len(published) < 100
    assert len(published) == store.status()["undelivered"]
    with store._database.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert ["published"] == store.settle_many(run.id, [settlement_of(100, title="t" * 3000)])
    store.close()


def test_a_damaged_file_says_so(sqlite_url: str, spec: RunSpec) -> None:
    """A file with garbage in its middle is told from a full disk or a busy one."""
    with open_store(sqlite_url) as store:
        run = store.begin_run(spec)
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 2001)])
    path = Path(sqlite_url)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="malformed"):
        open_store(sqlite_url, create=False).status()


@pytest.mark.parametrize("url", ["", ":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(url: str) -> None:
    """It would be gone with the process, and a killed run with it."""
    with pytest.raises(StoreError, match="has to outlive the run"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://ann:s3cret@db.example/shop", "postgresql+psycopg://ann:***@db.example/shop"),
        ("postgresql://db.example/shop?user=ann&password=s3cret", "postgresql+psycopg://db.example/shop"),
        ("postgres://ann@db.example:5433/shop", "postgresql+psycopg://ann@db.example:5433/shop"),
        ("catalog/shop.db", "catalog/shop.db"),
        ("sqlite:////var/shop.db", "/var/shop.db"),
    ],
)
def test_a_store_is_shown_without_its_password(url: str, shown: str) -> None:
    """Wherever the driver takes it, it is not printed."""
    assert shown == display(locate(url))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+nosuch://u:s3cret@h/x",
        "mysql://u:s3cret@h/x",
        "post gres://u:s3cret@h/x",
        "://u:s3cret@h/x",
        "postgresql+psycopg2://u:s3cret@h/x",
        "postgresql://u:s3@s3cret@h/x",
        "postgresql://u:s3cret@h:port/x",
    ],
)
def test_an_impossible_url_is_refused_without_its_password(url: str) -> None:
    """Another kind of database, a missing driver, or no URL at all."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "s3cret" not in str(caught.value)


def test_naive_times_are_refused(url: str, spec: RunSpec) -> None:
    """A moment without a zone is a bug that must not reach the database."""
    with open_store(url, now=lambda: datetime(2026, 8, 2)) as store, pytest.raises(Exception, match="no time zone"):  # noqa: DTZ001
        store.begin_run(spec)


def test_readers_do_not_wait_for_a_writer(store: Store, spec: RunSpec, url: str) -> None:
    """While a transaction is being written, another process's status reads what was there before it."""
    store.begin_run(spec)
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET catalog = 'changed'")
        with open_store(url, create=False) as reader:
            assert "catalog.jsonl" == reader.status()["runs"][0]["catalog"]


def test_two_processes_may_make_the_store_at_once(empty_url: str) -> None:
    """Whoever comes second finds it made."""
    failed: list[Exception] = []

    def make() -> None:
        try:
            open_store(empty_url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failed
