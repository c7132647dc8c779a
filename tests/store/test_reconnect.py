"""A connection that is cut, a server that restarts and a store that is busy: tried again; no password is ever shown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, func, insert, literal, make_url, select

from shopglot.errors import StoreError
from shopglot.store import complaints, open_store, schema
from shopglot.store import connection as connection_module
from shopglot.store.complaints import InterruptedStoreError
from shopglot.store.connection import Database
from shopglot.types import Translation

SECRET = "s3cret/ word%"  # noqa: S105
MADE = Translation(
    source="枕头", target="Pillow", market="us", model="fake@0", origin="memory", unit_key="u1", machine_key="k1"
)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open store's database that does not really wait, and keeps what it says."""
    open_store(url).close()
    said: list[str] = []
    opened = Database(url, tell=said.append, sleep=lambda _: None)
    opened.said = said  # type: ignore[attr-defined]
    yield opened
    opened.close()


def cut(connection: Connection) -> None:
    """End the session of a connection from another one."""
    pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = create_engine(connection.engine.url)
    with other.connect() as killer:
        killer.execute(select(func.pg_terminate_backend(pid, 5000)))
    other.dispose()


def add_unit(connection: Connection, key: str) -> None:
    """Write a row."""
    row = {"key": key, "market": "us", "policy": "", "source": "源", "target": "t", "provider": "p", "note": ""}
    connection.execute(insert(schema.units).values(**row, created_at=datetime(2026, 8, 2, tzinfo=UTC)))


def units(database: Database) -> list[str]:
    """Return which rows are there."""
    with database.read() as connection:
        return list(connection.exec_driver_sql("SELECT key FROM units ORDER BY key").scalars())


def test_a_cut_in_the_middle_of_a_transaction_is_made_good(postgres_url: str) -> None:
    """Everything of it is done again, once, and the person is told; of the first try nothing is left."""
    said: list[str] = []
    slept: list[float] = []
    database = Database(postgres_url, tell=said.append, sleep=slept.append)
    tries = 0

    def work() -> int:
        nonlocal tries
        tries += 1
        with database.write() as connection:
            add_unit(connection, f"a{tries}")
            if tries < 3:
                cut(connection)
            add_unit(connection, f"b{tries}")
        return tries

    assert 3 == database.retrying(work)
    assert ["a3", "b3"] == units(database)
    assert 2 == len(slept)
    assert slept[0] < slept[1]
    assert re.search(
        r"store postgresql\+psycopg://.*; check that the database server.*trying again in 0\.\d s", said[0]
    )
    database.close()


def test_a_reading_that_is_cut_is_done_again(postgres_url: str) -> None:
    """So is one that finds the pool's connections dead."""
    database = Database(postgres_url, tell=lambda _: None, sleep=lambda _: None)
    tries = 0

    def work() -> int:
        nonlocal tries
        tries += 1
        with database.read() as connection:
            if tries == 1:
                cut(connection)
            return int(connection.exec_driver_sql("SELECT 7").scalar_one())

    assert (7, 2) == (database.retrying(work), tries)
    database.close()


def test_patience_ends(database: Database) -> None:
    """After about a minute of pauses the last complaint is raised."""
    tries = 0

    def work() -> None:
        nonlocal tries
        tries += 1
        raise InterruptedStoreError("store x: gone")

    with pytest.raises(InterruptedStoreError, match="gone"):
        database.retrying(work)
    assert len(connection_module._PAUSES) + 1 == tries
    assert 50 < sum(connection_module._PAUSES) < 70


def test_time_counts_as_well_as_tries(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every try takes long, there are few."""
    hours = iter(range(0, 10**6, 25))
    monkeypatch.setattr("shopglot.store.connection.time.monotonic", lambda: float(next(hours)))
    tries = 0

    def work() -> None:
        nonlocal tries
        tries += 1
        raise InterruptedStoreError("store x: gone")

    with pytest.raises(InterruptedStoreError):
        database.retrying(work)
    assert 3 == tries


def test_what_would_fail_again_is_not_tried_again(database: Database) -> None:
    """A row that does not fit fails at once; what is within another `retrying` is tried by that one."""
    tries = 0

    def work() -> None:
        nonlocal tries
        tries += 1
        with database.write() as connection:
            add_unit(connection, "a")
            add_unit(connection, "a")

    with pytest.raises(StoreError, match="an error of the program") as caught:
        database.retrying(work)
    assert 1 == tries
    assert "源" not in str(caught.value)
    failed: list[int] = []

    def fail() -> None:
        failed.append(1)
        raise InterruptedStoreError("store x: gone")

    with pytest.raises(InterruptedStoreError):
        database.retrying(lambda: database.retrying(fail))
    assert len(connection_module._PAUSES) + 1 == len(failed)


def test_a_busy_sqlite_store_is_waited_for(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the time for which SQLite waits by itself."""
    monkeypatch.setattr(connection_module, "_BUSY_SECONDS", 0.05)
    with open_store(sqlite_url) as other:
        holding = other.database.write()
        connection = holding.__enter__()
        add_unit(connection, "first")
        said: list[str] = []

        def release(_pause: float) -> None:
            holding.__exit__(None, None, None)

        database = Database(sqlite_url, tell=said.append, sleep=release)

        def work() -> None:
            with database.write() as link:
                add_unit(link, "second")

        database.retrying(work)
        assert ["first", "second"] == units(database)
        assert "is locked; another process is writing to it" in said[0]
        database.close()


def test_a_server_that_restarts_is_waited_for(own_postgres: Any) -> None:
    """A store's methods go on when it is back, with what was committed before."""
    with open_store(own_postgres.new_database()) as store:
        said: list[str] = []
        store.database.tell = said.append
        store.remember(None, [MADE])
        own_postgres.stop()

        def start(_pause: float) -> None:
            if len(said) == 2:
                own_postgres.start()

        store.database._sleep = start
        store.remember(None, [MADE])
        assert {"k1": MADE} == store.recall("us", ["k1"], [])[0]
        assert 2 == len(said)


def test_a_commit_whose_answer_was_lost_is_done_once(postgres_url: str) -> None:
    """It is tried again although it was done: remembering the same again changes nothing."""
    with open_store(postgres_url) as store:
        store.database.tell = lambda _: None
        store.database._sleep = lambda _: None
        lost: list[int] = []

        @event.listens_for(store.database.engine, "commit")
        def lose(connection: Connection) -> None:
            if not lost:
                lost.append(1)
                connection.connection.driver_connection.commit()  # type: ignore[union-attr]
                cut(connection)

        store.remember(None, [MADE])
        assert {"k1": MADE} == store.recall("us", ["k1"], [])[0]
        assert [1] == lost


@pytest.fixture(scope="module")
def guarded(own_postgres: Any) -> str:
    """The URL, without its password, of a store whose server asks for one."""
    url = make_url(own_postgres.new_database())
    own_postgres.require_password("ann", SECRET, str(url.database))
    return url._replace(username="ann").render_as_string(hide_password=False)


def with_password(url: str, password: str) -> str:
    """Return the URL with a password in it."""
    return make_url(url).set(password=password).render_as_string(hide_password=False)


def test_the_password_may_stand_in_url_environment_or_file(
    guarded: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever PostgreSQL's own programs take it from."""
    open_store(with_password(guarded, SECRET)).close()
    with monkeypatch.context() as patch:
        patch.setenv("PGPASSWORD", SECRET)
        open_store(guarded).close()
    (tmp_path / "pgpass").write_text(f"*:*:*:ann:{SECRET}\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    open_store(guarded, create=False).close()


def test_a_wrong_password_is_not_shown(guarded: str) -> None:
    """Neither it nor the right one: in no message, and not in the traceback of a program that lets it pass."""
    code = "import sys; from shopglot.store import open_store; open_store(sys.argv[1])"
    for password in ("wrong-one", "pass word=x host"):
        url = with_password(guarded, password)
        with pytest.raises(StoreError, match=r"authentication failed.*check user and password") as caught:
            open_store(url)
        assert not isinstance(caught.value, InterruptedStoreError)
        assert password not in str(caught.value)
        said = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=False).stderr
        assert "StoreError" in said
        assert password not in said.replace("sys.argv[1]", "")


@pytest.mark.parametrize("written", ["{secret}", "{quoted}", "password={secret} host"])
def test_what_a_driver_quotes_is_scrubbed(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of the URL, of its query and of the environment, as they are and as a URL has them."""
    quoted = "s3cret%2F%20word%25"
    for url in (f"postgresql://u:{quoted}@h/x", f"postgresql://h/x?password={quoted}", "postgresql://h/x"):
        if "@" not in url and "?" not in url:
            monkeypatch.setenv("PGPASSWORD", SECRET)
        text = complaints.scrub(f"bad: {written.format(secret=SECRET, quoted=quoted)}!", make_url(url))
        assert "s3cret" not in text
        assert text.startswith("bad: ")
        assert text.endswith("!")


def test_a_database_that_is_not_there_is_named(postgres: str) -> None:
    """With what to do, at once."""
    url = make_url(postgres).set(database="no_such_shop").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match=r'database "no_such_shop" does not exist; make it first') as caught:
        open_store(url)
    assert not isinstance(caught.value, InterruptedStoreError)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra that brings it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"PostgreSQL needs its driver.*pip install 'shopglot\[postgres\]'"):
        open_store("postgresql://ann@db.example/shop")


def test_a_connection_that_died_while_idle_is_replaced(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked before it is used again; where it was used a moment ago it is not, which costs as much as a query."""
    open_store(postgres_url).close()
    database = Database(postgres_url, tell=lambda _: None, sleep=lambda _: None)
    asked: list[object] = []
    ping = database.engine.dialect.do_ping

    def ask(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(database.engine.dialect, "do_ping", ask)
    assert [] == units(database)
    assert [] == units(database)
    assert [] == asked
    monkeypatch.setattr(connection_module, "_IDLE_SECONDS", 0.0)
    with database.read() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    killer = create_engine(database.engine.url)
    with killer.connect() as connection:
        connection.execute(select(func.pg_terminate_backend(pid, 5000)))
    killer.dispose()
    assert [] == units(database)
    assert asked
    database.close()


def test_a_glance_begins_no_transaction(database: Database) -> None:
    """One SELECT asks a server once; who reads with the same connection afterwards has a transaction as before."""
    status = []
    for reading in (database.glance, database.read, database.glance):
        with reading() as connection:
            assert 1 == connection.scalar(select(literal(1)))
            driver: Any = connection.connection.driver_connection
            status.append("" if database.path is not None else driver.info.transaction_status.name)
    assert ["IDLE", "INTRANS", "IDLE"] == status or database.path is not None


def test_a_glance_at_a_store_that_is_gone_is_explained(database: Database) -> None:
    """A complaint names the store, as it does for every reading."""
    with pytest.raises(StoreError, match="no_such_table"), database.glance() as connection:
        connection.exec_driver_sql("SELECT * FROM no_such_table")


def test_readings_of_a_sitting_share_a_transaction(database: Database) -> None:
    """They see one state, whatever others write meanwhile, until this process writes itself."""
    began: list[object] = []
    event.listen(database.engine, "begin", began.append)
    url = database.engine.url.render_as_string(hide_password=False)
    other = Database(url)
    with other.write() as connection:
        add_unit(connection, "before")
    with database.sitting():
        assert ["before"] == units(database)
        with other.write() as connection:
            add_unit(connection, "meanwhile")
        other.close()
        with database.sitting():  # one within another is the same
            assert ["before"] == units(database)
        assert ["before"] == units(database)
        assert 1 == len(began)
        with database.write() as connection:
            add_unit(connection, "own")
        assert ["before", "meanwhile", "own"] == units(database)
    assert 3 == len(began)
    assert ["before", "meanwhile", "own"] == units(database)
    assert 4 == len(began)
    assert 0 == database.engine.pool.checkedout()  # type: ignore[attr-defined]


def test_a_sitting_goes_on_after_an_error(database: Database) -> None:
    """A reading that fails, or is cut off, takes its connection with it; the next one gets another."""
    with database.sitting():
        with pytest.raises(StoreError), database.read() as connection:
            connection.exec_driver_sql("SELECT nonsense FROM nowhere")
        assert [] == units(database)
        with pytest.raises(KeyError), database.read():
            raise KeyError
        assert [] == units(database)
    assert 0 == database.engine.pool.checkedout()  # type: ignore[attr-defined]
