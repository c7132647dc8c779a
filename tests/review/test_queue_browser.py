"""The queue in a browser: filters that apply at once, keys, selection, and what a person sees in either theme."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.review.conftest import PASSWORD

from shopglot.store import Store
from shopglot.store.desk.queue import Filter

pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("SHOPGLOT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine; set SHOPGLOT_TEST_CHROMIUM")


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    """Serve the desk to a browser; its address."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listener.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser, without windows."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def enter(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the queue as somebody; whatever the page complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(name: str, path: str = "/", **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _complains(said) else None)
        page.goto(f"{address}/login")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button.primary")
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _complains(said: Any) -> bool:
    """Return whether a message of the console is about the desk: the merchants' images are elsewhere, or nowhere."""
    return said.type == "error" and "net::ERR_" not in said.text


def total(page: Any) -> int:
    """Return how many pages the queue says that there are."""
    return int(page.inner_text("#total").rsplit(" ", 1)[1])


def changed(page: Any) -> Any:
    """Wait until the answer to what happens inside is on the page."""
    return page.expect_response(lambda answer: "/queue/rows" in answer.url)


def count(store: Store, **more: Any) -> int:
    """Return how many pages the store has."""
    return store.queue.page(Filter(market="us", **more)).total


def settled(page: Any, expected: int) -> None:
    """Wait until the queue says so many pages."""
    page.wait_for_function(
        "wanted => document.querySelector('#total').textContent.endsWith(` ${wanted}`)", arg=expected
    )


def test_filters_apply_at_once(enter: Callable[..., Any], desk_store: Store, address: str) -> None:
    """A choice changes the list and the address, keeps the focus, and the way back leads back."""
    page = enter("theo", "/?market=us")
    whole = total(page)
    with changed(page):
        page.check("input[name=reason][value='number.changed']")
    narrowed = count(desk_store, reason="number.changed")
    settled(page, narrowed)
    assert page.url == f"{address}/?market=us&reason=number.changed"
    assert page.evaluate("document.activeElement.value") == "number.changed"
    page.keyboard.press("/")
    with changed(page):
        page.keyboard.type("zzzz")
    settled(page, 0)
    assert page.url.endswith("&reason=number.changed&q=zzzz")
    assert page.input_value("#q") == "zzzz"
    assert page.evaluate("document.activeElement.id") == "q"
    page.go_back()
    settled(page, narrowed)
    assert page.input_value("#q") == ""
    with changed(page):
        page.click(".chip")
    settled(page, whole)
    assert page.url == f"{address}/?market=us"


def test_composing_is_not_disturbed(enter: Callable[..., Any]) -> None:
    """While an input method composes, nothing is searched for; afterwards it is."""
    page = enter("theo", "/?market=us")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/queue/rows" in request.url else None)
    page.focus("#q")
    compose = page.context.new_cdp_session(page)
    compose.send("Input.imeSetComposition", {"selectionStart": 3, "selectionEnd": 3, "text": "zhe"})
    page.wait_for_timeout(700)
    assert asked == []
    with changed(page):
        compose.send("Input.insertText", {"text": "这"})
    page.wait_for_function("document.querySelector('.chip')")
    assert page.input_value("#q") == "这"


def test_keys(enter: Callable[..., Any], desk_store: Store, address: str) -> None:
    """Rows are walked, selected, taken and opened without a mouse."""
    page = enter("theo", "/?market=us")
    first, second, third, *_ = desk_store.queue.page(Filter(market="us")).rows
    for key in "jjjk":
        page.keyboard.press(key)
    here = "document.activeElement.closest('.page').dataset.page"
    assert page.evaluate(here) == f"us:{second.listing}"
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.inner_text("#picked") == "2"
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*notice=taken:2")
    owners = [desk_store.queue.get(one.listing, "us").assignee for one in (first, second, third)]  # type: ignore[union-attr]
    assert owners == ["theo", "theo", None]
    page.keyboard.press("f")
    assert page.evaluate("!!document.activeElement.closest('#filters-box')")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/pages/us/{first.listing}?market=us")


def test_keys_are_letters_in_fields(enter: Callable[..., Any]) -> None:
    """Whoever types a word types a word."""
    page = enter("theo", "/?market=us")
    page.focus("#q")
    with changed(page):
        page.keyboard.type("jkxafs?")
    assert page.input_value("#q") == "jkxafs?"
    assert page.evaluate("document.querySelector('dialog[open]')") is None


def test_without_javascript(enter: Callable[..., Any], desk_store: Store) -> None:
    """Filters, selection and further pages are plain forms and links."""
    page = enter("theo", "/?market=us", java_script_enabled=False)
    page.check("input[name=field][value=title]")
    page.select_option("#sort", "score")
    page.click(".queue-apply")
    assert total(page) == count(desk_store, field="title")
    assert "field=title" in page.url
    page.check(".page-pick input >> nth=0")
    page.click("#assign button[value=take]")
    assert "notice=taken:1" in page.url
    assert count(desk_store, mine="theo") == 1


@pytest.mark.parametrize(("width", "theme"), [(820, "light"), (1280, "dark"), (1920, "light")])
def test_accessible(enter: Callable[..., Any], width: int, theme: str) -> None:
    """Nothing that axe calls serious, nothing wider than the window: queue, filtered queue, nothing found, audits."""
    from axe_playwright_python.sync_playwright import Axe

    page = enter("lena", "/?market=us", color_scheme=theme, viewport={"width": width, "height": 900})
    origin = page.url.split("/?")[0]
    for path in ("/?market=us", "/?market=us&reason=us.&state=open&state=done&low=0", "/?q=zzzz", "/audits"):
        page.goto(origin + path)
        if path == "/?market=us":
            page.keyboard.press("j")
            page.keyboard.press("x")
            page.evaluate("document.querySelector('#filters-box').open = true")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
