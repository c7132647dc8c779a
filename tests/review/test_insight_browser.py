"""The insight page in a real browser: plots under the content security policy, in both themes, and for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from shopglot.store import Store
from shopglot.store.actions import log
from shopglot.store.records import Act

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLOTS = ["weeks", "fields", "rules", "times", "scores", "words"]


@pytest.fixture
def lead(enter: Callable[..., Page]) -> Callable[..., Page]:
    """Log the lead in and return a page."""
    return lambda **options: enter("lena", **options)


@pytest.fixture
def decided(desk_store: Store, desk_clock: Any) -> None:
    """Some decisions, on more rules than one."""
    reasons = ["term.missing", "omission", "us.fda.drug-claim", "score.low"]
    with desk_store.database.write() as connection:
        for number in range(40):
            detail: dict[str, Any] = {
                "edited": number % 3 == 0, "machine": "A", "reasons": [reasons[number % 4]], "findings": [],
                "model": "fake@1", "score": number / 40, "signature": "s", "words": number, "verdict": "review",
                "field": ("title", "bullet")[number % 2], "seconds": 2.0 * number, "source": "枕头", "target": "P",
            }  # fmt: skip
            act = Act(
                actor="theo", action="approve", market="us", merchant="m", listing=f"p{number}", path="/fields/title",
                index=0, detail=detail,
            )  # fmt: skip
            log(connection, act, desk_clock())


def inked(page: Page, name: str) -> int:
    """Return how many different colours a plot has."""
    script = """name => {
        const canvas = document.querySelector(`[data-chart=${name}] canvas`);
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const colors = new Set();
        for (let at = 0; at < pixels.length; at += 4) {
            if (pixels[at + 3] > 250) colors.add(pixels.slice(at, at + 3).join());
        }
        return colors.size;
    }"""
    return int(page.evaluate(script, name))


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 820)])
def test_every_plot_is_drawn(lead: Callable[..., Page], theme: str, width: int) -> None:
    """Every plot is drawn, nothing is wider than the page, and axe finds nothing serious."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = lead(color_scheme=theme, viewport={"width": width, "height": 900})
    page.goto("/insight?market=us")
    page.wait_for_selector("#insight[data-drawn='6']")
    assert {name: inked(page, name) > 2 for name in PLOTS} == dict.fromkeys(PLOTS, True)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate("document.querySelectorAll('figure details').forEach(one => { one.open = true })")
    found = axe.run(page, context="main").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.usefixtures("decided")
def test_drawn_anew_when_the_theme_changes(lead: Callable[..., Page]) -> None:
    """The plots take the colours of the theme that the reader changes to."""
    page = lead(color_scheme="light")
    page.goto("/insight")
    page.wait_for_selector("#insight[data-drawn='6']")
    before = page.locator("[data-chart=words] canvas").screenshot()
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(200)
    assert page.locator("[data-chart=words] canvas").screenshot() != before


@pytest.mark.usefixtures("decided")
def test_without_data_the_tables_remain(lead: Callable[..., Page]) -> None:
    """Where the data do not come, every plot says so and its table is open."""
    page = lead()
    page.route("**/insight/data.json*", lambda route: route.abort())
    page.goto("/insight")
    page.wait_for_selector(".plot-failed")
    assert page.locator(".plot-failed").count() == len(PLOTS)
    assert page.locator("[data-chart=rules] table").is_visible()


@pytest.mark.usefixtures("decided")
def test_the_numbers_are_printed(lead: Callable[..., Page]) -> None:
    """What is printed has every table, and they are closed again afterwards."""
    page = lead()
    page.goto("/insight")
    page.wait_for_selector("#insight[data-drawn='6']")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("figure details[open]").count() == len(PLOTS)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("figure details[open]").count() == 0


def test_a_proposal_is_taken(lead: Callable[..., Page], desk_store: Store) -> None:
    """A lead takes a proposal with a click; the list is usable by everybody."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    desk_store.proposals.add("us", "term", "冰丝", "cooling fabric", actor="theo")
    page = lead()
    page.goto("/proposals")
    found = axe.run(page, context="main").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.get_by_role("button", name="Take 冰丝").click()
    page.wait_for_selector(".empty")
    assert desk_store.proposals.count()["taken"] == 1
