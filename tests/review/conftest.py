"""What the desk's tests share: a store that a real run has filled, users of each role, and a browser for each of them.

The run is made once in a session, with the fake engine; every test has a copy of its file.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.clocks import Clock

from shopglot.executors.local import LocalExecutor
from shopglot.review.app import create_app
from shopglot.review.context import Settings
from shopglot.run import Night, run
from shopglot.store import Store, open_store

BASE = "http://127.0.0.1:8765"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody but the tests' users
LISTINGS = 16  # of the sample catalog
MARKETS = ("us", "hk")
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {  # name: role, markets
    "vera": ("viewer", ()),
    "theo": ("translator", ()),
    "tess": ("translator", ("hk",)),  # sees one market only
    "lena": ("lead", ()),
    "ada": ("admin", ()),
}
SCRIPT = "<script>alert(1)</script>"  # in the texts of a listing that every page has to show as text
HOSTILE: dict[str, Any] = {
    "id": f"hostile-{SCRIPT}",
    "merchant": f'm"><img src=x onerror=alert(1)>{SCRIPT}',
    "category": f"服饰 {SCRIPT}",
    "fields": {
        "title": f'加厚保暖羽绒服{SCRIPT}"><svg onload=alert(1)>',
        "description": f'全网第一的品质{SCRIPT}，治疗失眠。<a href="javascript:alert(1)">点击</a>{{{{7*7}}}}',
        "bullets": ["'\"><img src=x onerror=alert(1)>最好的面料", "防水100%"],
    },
    "images": [{"url": "javascript:alert(1)", "alt": f"图{SCRIPT}"}],
}


class DeskClock(Clock):
    """The store's clock: it stands still until a test lets time pass."""

    def ticks(self) -> float:
        """Return the time in seconds, as the limits count it."""
        return self.time.timestamp()


class Browser(TestClient):
    """A client that sends its CSRF token, as the pages of the desk do."""

    csrf = ""

    def enter(self, name: str, password: str = PASSWORD) -> Browser:
        """Log in as a browser does: by the form."""
        self.read_csrf("/login")
        answer = self.post("/login", data={"name": name, "password": password}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        self.read_csrf("/account")
        return self

    def read_csrf(self, path: str) -> str:
        """Read the CSRF token from a page, and send it from now on."""
        found = re.search(r'name="csrf-token" content="([^"]*)"', self.get(path).text)
        assert found is not None
        self.csrf = found[1]
        self.headers["X-CSRF-Token"] = self.csrf
        return self.csrf


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little work; tests of the store look at the true parameters."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("shopglot.store.desk.passwords._hasher", lambda: cheap)


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory, data_folder: Path, sample: Path) -> Path:
    """A SQLite store after a real run over listings of the sample for two markets, with users of each role."""
    folder = tmp_path_factory.mktemp("desk")
    lines = sample.read_text(encoding="utf-8").splitlines()[:LISTINGS]
    catalog = folder / "catalog.jsonl"
    catalog.write_text("\n".join([*lines, json.dumps(HOSTILE, ensure_ascii=False)]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOPGLOT_DATA", str(data_folder))
        from argon2 import PasswordHasher

        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("shopglot.store.desk.passwords._hasher", lambda: cheap)
        from shopglot.loading import load_localizer

        localizers = tuple(load_localizer(market, model="fake", plain=True) for market in MARKETS)
        with open_store(str(folder / "desk.db"), now=lambda: datetime(2026, 8, 3, 1, 0, tzinfo=UTC)) as store:
            run(
                Night(
                    catalog=str(catalog), content="", total=None, localizers=localizers, store=store,
                    executor=LocalExecutor(), publish=True,
                )
            )  # fmt: skip
            for name, (role, markets) in PEOPLE.items():
                store.people.add(name, role=role, markets=markets, password=PASSWORD, actor="tests", shown=name.title())
            with store.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "desk.db"


@pytest.fixture
def desk_clock() -> DeskClock:
    """The clock of the desk's store and of its limits."""
    return DeskClock()


@pytest.fixture
def desk_url(filled_store: Path, tmp_path: Path) -> str:
    """A copy of the filled store."""
    path = tmp_path / "desk.db"
    shutil.copyfile(filled_store, path)
    return str(path)


@pytest.fixture
def desk_settings(desk_url: str, desk_clock: DeskClock) -> Settings:
    """The settings of the desk under test; the fake model can be asked for candidates."""
    return Settings(store=desk_url, model="fake", markets=MARKETS, now=desk_clock, ticks=desk_clock.ticks)


@pytest.fixture
def app(desk_settings: Settings, kind_data: Path) -> Iterator[Starlette]:
    """The desk on a copy of the filled store."""
    made = create_app(desk_settings)
    yield made
    made.state.context.close()


@pytest.fixture
def desk_store(desk_url: str, desk_clock: DeskClock) -> Iterator[Store]:
    """The desk's store, opened beside the desk: to look at what became of it."""
    with open_store(desk_url, now=desk_clock) as opened:
        yield opened


@pytest.fixture
def browser(app: Starlette) -> Callable[..., Browser]:
    """Make browsers that nobody has logged in with."""

    def make(**options: Any) -> Browser:
        return Browser(app, base_url=BASE, raise_server_exceptions=True, **options)

    return make


@pytest.fixture
def client(browser: Callable[..., Browser]) -> Callable[[str], Browser]:
    """Make a browser that somebody is logged in with, by name: see PEOPLE."""
    return lambda name: browser().enter(name)


@pytest.fixture
def live(app: Starlette) -> Iterator[str]:
    """The desk, served to browsers; its address."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listener.close()


@pytest.fixture
def open_browser(chrome: Any, live: str) -> Iterator[Callable[..., Any]]:
    """Make browsers with nothing in them; a script that fails, or that the policy refuses, fails the test."""
    complaints: list[str] = []
    made = []

    def make(**options: Any) -> Any:
        usual = {"base_url": live, "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        context = chrome.new_context(**usual | options)
        context.set_default_timeout(20_000)
        made.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None
        )
        return context

    yield make
    for context in made:
        context.close()
    assert [] == complaints


@pytest.fixture
def enter(open_browser: Callable[..., Any]) -> Callable[..., Any]:
    """Log in with a new browser and return its page."""

    def go(name: str, path: str = "/account", **options: Any) -> Any:
        page = open_browser(**options).new_page()
        log_in(page, name)
        page.goto(path)
        return page

    return go


def log_in(page: Any, name: str) -> None:
    """Fill in the form of the login."""
    page.goto("/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url(lambda url: "/login" not in url)


def violations(page: Any) -> list[str]:
    """Return what axe-core finds on a page that is serious or critical."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [f"{page.url}: {one['id']}" for one in found if one["impact"] in ("serious", "critical")]
