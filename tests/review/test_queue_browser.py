"""The queue in a browser: filters that apply at once, keys, selection, and what a person sees in either theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shopglot.store import Store
from shopglot.store.desk.queue import Filter


@pytest.fixture
def enter(enter: Callable[..., Any]) -> Callable[..., Any]:
    """Open the queue as somebody."""
    return lambda name, path="/", **options: enter(name, path, **options)


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


def test_filters_apply_at_once(enter: Callable[..., Any], desk_store: Store, live: str) -> None:
    """A choice changes the list and the live, keeps the focus, and the way back leads back."""
    page = enter("theo", "/?market=us")
    whole = total(page)
    with changed(page):
        page.check("input[name=reason][value='number.changed']")
    narrowed = count(desk_store, reason="number.changed")
    settled(page, narrowed)
    assert page.url == f"{live}/?market=us&reason=number.changed"
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
    assert page.url == f"{live}/?market=us"


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


def test_keys(enter: Callable[..., Any], desk_store: Store, live: str) -> None:
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
    page.wait_for_url(f"{live}/pages/us/{first.listing}?market=us")


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
