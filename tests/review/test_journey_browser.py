"""A working day in a real browser: the queue, pages by keyboard, files, samples, and three languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.review.conftest import violations

from shopglot.store import Store
from shopglot.store.desk.queue import Filter

if TYPE_CHECKING:
    from playwright.sync_api import Page

Enter = Callable[..., Any]
ITEMS = 50  # that are cleared by keyboard
PRESSES = 3  # at most, to approve one and come to the next


def ready(page: Page) -> None:
    """Wait until the editor listens and nothing is being saved or checked."""
    page.wait_for_selector("html[data-ready=editor]")
    module = "document.querySelector('script[src*=\"editor.js\"]').src"
    rest = "editor.state.saving.size === 0 && !editor.open?.checking"
    quiet = f"async () => {{ const {{ editor }} = await import({module}); return {rest}; }}"
    for _ in range(400):
        if page.evaluate(quiet):
            return
        page.wait_for_timeout(25)
    raise AssertionError("the editor does not come to rest")


def handled(store: Store) -> int:
    """Return how many texts people have handled."""
    with store.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM handled").scalar_one())


def handled_texts(store: Store) -> list[Any]:
    """Return the segments of every page that somebody has handled."""
    with store.database.read() as connection:
        places = connection.exec_driver_sql("SELECT DISTINCT listing, market FROM handled").all()
    pages = [store.pages.read(market, listing) for listing, market in places]
    return [one for page in pages if page is not None for one in page.segments if one.handled is not None]


def test_fifty_items_by_keyboard(enter: Enter, desk_store: Store) -> None:
    """Start, then Enter, and a reason where something holds; every seventh is edited. Pages follow one another."""
    page = enter("lena", "/?market=us&verdict=review&severity=none&severity=warning&severity=error")
    page.keyboard.press("s")
    presses: list[int] = []
    for number in range(ITEMS):
        ready(page)
        before, count = handled(desk_store), 0
        if number % 7 == 3 and page.locator("textarea").count():
            page.keyboard.press("e")
            page.keyboard.press("End")
            page.keyboard.type("!")
            page.keyboard.press("Escape")
            ready(page)
        if page.locator(".card .tag.blocks").count():
            page.keyboard.press("s")  # what a rule blocks is not for this hand
            continue
        for key in ("Enter", "1"):
            page.keyboard.press(key)
            count += 1
            page.wait_for_timeout(150)
            ready(page)
            if handled(desk_store) > before:
                break
        if handled(desk_store) == before:
            page.keyboard.press("Escape")
            page.keyboard.press("j")
            continue
        presses.append(count)
    assert len(presses) >= ITEMS // 2
    assert max(presses) <= PRESSES
    assert handled(desk_store) >= len(presses)


def test_files_go_out_and_come_back(enter: Enter, desk_store: Store, tmp_path: Path) -> None:
    """An agency's XLIFF: exported, changed by hand, looked at, confirmed, and in the store."""
    page = enter("theo", "/exchange?market=us")
    with page.expect_download() as started:
        page.locator("main form[action='/exchange/export'] button").first.click()
    file = tmp_path / "units.xlf"
    started.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert 'version="2.1"' in text
    from lxml import etree

    tree = etree.parse(file)
    name = {"x": "urn:oasis:names:tc:xliff:document:2.0"}
    for target in tree.iterfind(".//x:segment/x:target", name):
        if len(target) == 0 and target.text:  # a text that loses a number or a name would be held back
            target.text += " by the agency"
    tree.write(file, encoding="utf-8", xml_declaration=True)
    before = handled(desk_store)
    page.goto("/exchange")
    page.set_input_files("main input[type=file]", str(file))
    page.locator("main form[action='/exchange/import'] button").first.click()
    page.wait_for_selector("main h1")
    assert handled(desk_store) == before, "nothing is applied before it is confirmed"
    body = page.locator("main").inner_text()
    assert "by the agency" in body
    assert violations(page) == []
    page.locator("main form[action='/exchange/import'] button.primary").click()
    page.wait_for_selector("main [role=status]")
    assert handled(desk_store) > before
    assert any(one.text.endswith(" by the agency") for one in handled_texts(desk_store))


def test_a_sample_is_approved_as_a_whole(enter: Enter, desk_store: Store) -> None:
    """Picked, looked at once more, confirmed; the audit is judged."""
    waiting = [audit for market in ("us", "hk") for audit in desk_store.audits(market, judged=False)]
    assert waiting
    page = enter("theo", f"/audits?market={waiting[0].market}")
    page.locator("main input[type=checkbox]").last.check()
    page.locator("main form[action='/audits/approve'] button").first.click()
    page.wait_for_url("**/audits/approve**")
    assert desk_store.audits(waiting[0].market, judged=True) == []
    page.locator("main form[action='/audits/approve'] button.primary").click()
    page.wait_for_url(lambda url: "/audits/approve" not in url)
    assert desk_store.audits(waiting[0].market, judged=True)


@pytest.mark.parametrize(
    ("label", "lang", "word"),
    [("繁體中文", "zh-Hant", "待審列表"), ("简体中文", "zh-Hans", "待审"), ("English", "en", "Queue")],
)
def test_the_language_is_switched(enter: Enter, label: str, lang: str, word: str) -> None:
    """From the menu, on every page; what merchants wrote stays as it is."""
    page = enter("theo", "/?market=us")
    title = page.locator("main a[href*='/pages/us/']").first.inner_text()
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name=label).click()
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang").startswith(lang)
    assert word in page.locator("nav").first.inner_text()
    page.goto("/?market=us")
    assert page.locator("main a[href*='/pages/us/']").first.inner_text() == title


def test_nothing_is_fetched_from_elsewhere(enter: Enter, desk_store: Store) -> None:
    """All but the merchants' images comes from the desk itself."""
    page = enter("lena", "/?market=us")
    own = page.url.split("/", 3)[2]
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda asked: (
            elsewhere.append(asked.url)
            if own not in asked.url and asked.resource_type != "image" and not asked.url.startswith("data:")
            else None
        ),
    )
    listing = desk_store.queue.page(Filter(market="us")).rows[0].listing
    for path in ("/", f"/pages/us/{listing}", "/insight", "/exchange", "/audits", "/proposals", "/account"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert elsewhere == []
