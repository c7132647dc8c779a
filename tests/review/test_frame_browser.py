"""The frame of every page in a real browser: who can use it, keys, a lost connection, a session that is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.review.conftest import DeskClock, log_in, violations

from shopglot.store import Store

TABLET = {"width": 820, "height": 1180}
Enter = Callable[..., Any]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "zh-HK"])
def test_everybody_can_use_the_pages(enter: Enter, open_browser: Callable[..., Any], theme: str, locale: str) -> None:
    """Login, account, users with their dialogs, errors: in either theme, on a screen and on a tablet."""
    options = {"color_scheme": theme, "locale": locale}
    stranger = open_browser(**options).new_page()
    stranger.goto("/login")
    found = violations(stranger)
    for viewport in (TABLET, {"width": 1280, "height": 800}):
        page = enter("ada", viewport=viewport, **options)
        page.keyboard.press("?")
        found += violations(page)
        page.keyboard.press("Escape")
        page.click(".bar details.menu summary")
        page.evaluate(
            "desk.toast('done', 'good'); desk.toast('no', 'bad'); desk.toast('x', '', {label: 'y', run() {}})"
        )
        found += violations(page)
        page.goto("/users")
        found += violations(page)
        page.click("[data-opens=add-user]")
        found += violations(page)
        page.goto("/nothing")
        found += violations(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert [] == found


def test_keys_open_and_close_the_help(enter: Enter) -> None:
    """But a question mark in a field is a question mark."""
    page = enter("vera")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.focus("input[name=old]")
    page.keyboard.type("why?")
    assert not page.locator("#help").is_visible()
    assert "why?" == page.input_value("input[name=old]")


def test_messages_are_texts(enter: Enter) -> None:
    """Whatever a text says, a toast shows it."""
    page = enter("vera")
    page.evaluate("desk.toast('<img src=x onerror=alert(1)>', 'bad')")
    assert "<img src=x onerror=alert(1)>" == page.locator(".toast span").first.inner_text()
    assert 0 == page.locator(".toast img").count()


def test_times_are_the_readers_own(enter: Enter) -> None:
    """UTC from the server, their zone on the screen."""
    page = enter("ada", "/users", timezone_id="Asia/Hong_Kong", locale="en-GB")
    shown = page.locator("tbody time").first
    assert ("2026-08-03T01:00:00Z", "2026-08-03 01:00 UTC") == (
        shown.get_attribute("datetime"), shown.get_attribute("title")
    )  # fmt: skip
    assert "9:00" in shown.inner_text()


def test_what_is_sent_while_the_connection_is_lost_arrives(enter: Enter) -> None:
    """The page says so meanwhile, and tries again."""
    page = enter("vera")
    page.context.set_offline(True)
    page.evaluate("window.sent = desk.post('/account/nothing').catch((error) => error.status); 0")
    page.wait_for_selector("#offline:not([hidden])")
    assert "No connection" in page.locator("#offline").inner_text()
    page.context.set_offline(False)
    assert 404 == page.evaluate("window.sent")
    assert page.locator("#offline").is_hidden()


def test_a_page_goes_on_after_its_person_logged_in_again(enter: Enter, desk_clock: DeskClock) -> None:
    """In another tab: what stands in the first one is not lost."""
    page = enter("vera")
    desk_clock.forward(hours=9)
    ask = "desk.post('/account/nothing').catch((error) => [error.status, error.code, error.message])"
    status, code, message = page.evaluate(ask)
    assert (401, "login") == (status, code)
    assert "Log in again in another tab" in message
    log_in(page.context.new_page(), "vera")
    assert 404 == page.evaluate(ask)[0]


def test_a_page_does_not_go_on_as_somebody_else(enter: Enter) -> None:
    """Another person in the same browser: what the first one was at is not done in the second one's name."""
    page = enter("vera")
    other = page.context.new_page()
    other.goto("/account")
    other.click(".bar details.menu summary")
    other.click("form[action='/logout'] button")
    log_in(other, "theo")
    assert [403, "csrf"] == page.evaluate("desk.post('/account/nothing').catch((error) => [error.status, error.code])")


def test_markets_exclude_all_markets(enter: Enter, desk_store: Store) -> None:
    """Ticking one unticks `all`, and the other way round."""
    page = enter("ada", "/users")
    page.click("[data-opens=add-user]")
    dialog = page.locator("#add-user")
    every, one = dialog.locator("input[name=all]"), dialog.locator("input[name=markets][value=hk]")
    assert every.is_checked()
    one.check()
    assert not every.is_checked()
    every.check()
    assert not one.is_checked()
    one.check()
    dialog.locator("input[name=name]").fill("mei")
    dialog.locator("input[name=password]").fill("seven other words entirely")
    dialog.locator("button.primary").click()
    page.wait_for_selector(".notice-good")
    found = desk_store.people.get("mei")
    assert found is not None
    assert ("hk",) == found.markets


def test_deactivating_is_asked_about(enter: Enter, desk_store: Store) -> None:
    """Nobody is thrown out by a slip."""
    page = enter("ada", "/users")
    for answer, active in (("dismiss", True), ("accept", False)):
        page.once("dialog", lambda asked, answer=answer: getattr(asked, answer)())
        page.locator("tr", has_text="vera").locator("button").click()
        page.locator("dialog[open] .danger").click()
        if not active:
            page.wait_for_selector(".notice-good")
        vera = desk_store.people.get("vera")
        assert vera is not None
        assert active == vera.active
        page.goto("/users")


def test_theme_is_kept(enter: Enter) -> None:
    """Chosen in the menu, on every page from then on."""
    page = enter("vera", color_scheme="light")
    page.click(".bar details.menu summary")
    page.click("button[name=theme][value=dark]")
    page.wait_for_selector("html[data-theme=dark]")
    page.goto("/nothing")
    assert "dark" == page.get_attribute("html", "data-theme")
    assert "rgb(18, 23, 29)" == page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
