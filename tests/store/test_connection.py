"""A store that cannot be opened or written says which one it is, why, and what to do."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Settlement, Store, open_store
from shopglot.store.connection import display, locate


def test_a_new_file_becomes_a_store(url: str) -> None:
    """In WAL, with foreign keys on, so that readers do not wait and nothing dangles."""
    with open_store(url) as store, store._database.read() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
        assert ["wal", 1] == pragmas
        assert url == store.name
    with open_store(f"sqlite:///{url}", create=False) as store:
        assert url == store.status()["store"]


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
    open_store(url).close()
    with sqlite3.connect(url) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    connection.close()
    with pytest.raises(
        StoreError, match=r"schema version 99, this shopglot works with 2; use the shopglot that wrote it"
    ):
        open_store(url)


def test_somebody_else_s_database_is_left_alone(url: str) -> None:
    """A database with other tables is no place for ours."""
    with sqlite3.connect(url) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    connection.close()
    with pytest.raises(StoreError, match=r"holds other tables \(orders"):
        open_store(url)
    with sqlite3.connect(url) as connection:
        assert [("orders",)] == connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()


def test_a_read_only_store_says_so(url: str) -> None:
    """Writing to it is an error with the path and the advice."""
    open_store(url).close()
    with pytest.raises(StoreError, match=r"shopglot\.db.*make the file and its folder writable"):
        open_store(f"sqlite:///file:{url}?mode=ro&uri=true").begin_run(
            RunSpec(catalog="c", markets=("us",), engines=(), policy="")
        )


def test_a_full_disk_stops_the_run_and_loses_nothing(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], url: str
) -> None:
    """What was committed stays, the listing that did not fit is not half there, and there is advice."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 101)])
    with store._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
    wanted = [settlement_of(line, title="t" * 3000) for line in range(1, 101)]
    with pytest.raises(StoreError, match="free some disk space") as caught:
        store.settle_many(run.id, wanted)
    assert url in str(caught.value)
    published = [document["id"] for document in store.published("us")]
    assert 0 < len(published) < 100
    assert len(published) == store.status()["undelivered"]
    with store._database.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert ["published"] == store.settle_many(run.id, [settlement_of(100, title="t" * 3000)])


def test_a_damaged_file_says_so(url: str, spec: RunSpec) -> None:
    """A file with garbage in its middle is told from a full disk or a busy one."""
    with open_store(url) as store:
        run = store.begin_run(spec)
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 2001)])
    path = Path(url)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="malformed"):
        open_store(url, create=False).status()


@pytest.mark.parametrize("url", ["", ":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(url: str) -> None:
    """It would be gone with the process, and a killed run with it."""
    with pytest.raises(StoreError, match="has to outlive the run"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://ann:s3cret@db.example/shop", "postgresql+psycopg://ann:***@db.example/shop"),
        ("postgresql://db.example/shop?user=ann&password=s3cret", "postgresql://db.example/shop"),
        ("catalog/shop.db", "catalog/shop.db"),
        ("sqlite:////var/shop.db", "/var/shop.db"),
    ],
)
def test_a_store_is_shown_without_its_password(url: str, shown: str) -> None:
    """Wherever the driver takes it, it is not printed."""
    assert shown == display(locate(url))


@pytest.mark.parametrize(
    "url", ["postgresql+nosuch://u:s3cret@h/x", "mysql://u:s3cret@h/x", "post gres://u:s3cret@h/x", "://u:s3cret@h/x"]
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


def test_two_processes_may_make_the_store_at_once(url: str) -> None:
    """Whoever comes second finds it made."""
    failed: list[Exception] = []

    def make() -> None:
        try:
            open_store(url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failed
