"""The report in a real browser: opened from disk, usable by everybody, in both themes and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from shopglot_eval.reporting import payload

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def violations(page: Page) -> list[str]:
    """Return what axe-core finds, of any impact."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in axe.run(page).response["violations"]]


def column(page: Page, table: str, number: int) -> list[str]:
    """Return the texts of the rows of a column that are seen."""
    rows = page.locator(f"#table-{table} tbody tr:visible")
    return [row.locator("th, td").nth(number).inner_text().split("\n")[0] for row in rows.all()]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 420)])
def test_usable_by_everybody(open_report: Open, theme: str, width: int) -> None:
    """Axe finds nothing, nothing is wider than the page, and each theme has its colours."""
    page = open_report(color_scheme=theme, viewport={"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.locator("#explorer").scroll_into_view_if_needed()
    page.wait_for_selector("#explorer tbody tr")
    assert [] == violations(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == ("rgb(246, 247, 249)" if theme == "light" else "rgb(18, 23, 29)")
    page.evaluate("location.hash = '#texts'")
    page.wait_for_selector("#reader-list article")
    assert [] == violations(page)


def test_the_theme_is_chosen(open_report: Open) -> None:
    """A reader's choice wins over the system's, and paper is always light."""
    page = open_report(color_scheme="dark")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_label("Theme").select_option("light")
    assert page.evaluate(background) != dark
    page.get_by_label("Theme").select_option("dark")
    assert page.evaluate(background) == dark
    page.emulate_media(media="print")
    assert page.evaluate(background) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("plain", [0, 10**9], ids=["packed", "plain"])
def test_a_number_leads_to_its_texts(open_report: Open, monkeypatch: pytest.MonkeyPatch, plain: int) -> None:
    """A number's texts, its marks at their place behind an emoji, filters, Escape, and the way back."""
    monkeypatch.setattr(payload, "PLAIN", plain)
    page = open_report()
    link = page.locator("#table-slices tbody tr").nth(9).locator("a.to")
    link.focus()
    page.keyboard.press("Enter")
    articles = page.locator("#reader-list article")
    articles.first.wait_for()
    assert page.locator("#reader-title").inner_text() == "slices · slice 9 · Numbers"
    assert page.locator("#reader-count").inner_text() == "27 texts"
    assert articles.count() == 20
    assert articles.nth(3).locator("mark").all_inner_texts() == ["🧥", "no."]
    assert "alert(1)" in articles.nth(0).inner_text()
    assert articles.nth(1).locator("dd").nth(3).inner_text() == "empty"
    page.locator("#reader-next").click()
    page.wait_for_function("document.querySelectorAll('#reader-list article').length === 7")
    assert page.locator("#reader-page").inner_text() == "2 of 2"
    page.get_by_label("Version").select_option("plain")
    page.wait_for_function("document.querySelectorAll('#reader-list article').length === 20")
    assert articles.nth(2).locator("dt").all_inner_texts() == ["Source", "people\nreference", "plain"]
    assert articles.nth(3).locator("dd").nth(2).inner_text() == "Down jacket 🧥 no. 3"
    page.get_by_label("with remarks only").check()
    page.wait_for_function("document.querySelectorAll('#reader-list article').length === 0")
    page.get_by_label("Version").select_option("")
    page.wait_for_function("document.querySelectorAll('#reader-list article').length === 3")
    page.get_by_label("Words").fill("第18件")
    page.wait_for_function("document.querySelectorAll('#reader-list article').length === 1")
    assert page.locator("#reader-count").inner_text() == "1 of 27 texts"
    page.keyboard.press("Escape")  # empties the field
    page.keyboard.press("Escape")
    assert not page.locator("#reader").is_visible()
    assert "#" not in page.url
    assert link.evaluate("one => one === document.activeElement")


def test_an_address_opens_texts(open_report: Open) -> None:
    """A link to all texts can be passed on; Back closes the dialog, and so does an unknown number."""
    page = open_report(anchor="#texts")
    page.wait_for_selector("#reader-list article")
    assert page.locator("#reader-count").inner_text() == "45 texts"
    page.evaluate("location.hash = '#texts-99999'")
    page.locator("#reader").wait_for(state="hidden")
    page.evaluate("location.hash = '#texts'")
    page.wait_for_selector("#reader-list article")
    page.go_back()
    page.locator("#reader").wait_for(state="hidden")
    page.go_forward()
    page.locator("#reader").wait_for(state="visible")


def test_tables_are_sorted(open_report: Open) -> None:
    """By number or by words, both ways, what is empty last; long tables are folded, and searched whole."""
    page = open_report()
    page.locator("#table-systems").get_by_role("button", name="Numbers").click()
    assert column(page, "systems", 2) == ["93.0%", "92.0%", "90.0%", "–"]
    page.locator("#table-systems").get_by_role("button", name="Numbers").click()
    assert column(page, "systems", 2) == ["90.0%", "92.0%", "93.0%", "–"]
    head = page.locator("#table-systems th").nth(2)
    assert head.get_attribute("aria-sort") == "ascending"
    slices = page.locator("#table-slices")
    assert len(column(page, "slices", 0)) == 25
    slices.get_by_role("button", name="Slice", exact=True).click()
    slices.get_by_role("button", name="Slice", exact=True).click()
    assert column(page, "slices", 0)[:2] == ["slice 39", "slice 38"]
    slices.get_by_role("searchbox").fill("slice 1")
    assert len(column(page, "slices", 0)) == 11
    slices.get_by_role("searchbox").fill("")
    slices.get_by_role("button", name="Show all 40 rows").click()
    assert len(column(page, "slices", 0)) == 40


def test_all_figures(open_report: Open) -> None:
    """Figures are filtered, sorted, and lead to the texts against them."""
    page = open_report()
    page.locator("#explorer").scroll_into_view_if_needed()
    rows = page.locator("#explorer tbody tr")
    rows.first.wait_for()
    assert rows.count() == 6
    page.locator("#explorer label", has_text="Slices").locator("select").select_option(label="all")
    assert rows.count() == 12
    page.locator("#explorer label", has_text="Measure").locator("select").select_option(label="numbers")
    page.locator("#explorer").get_by_role("button", name="Value").click()
    assert rows.locator("td:nth-of-type(5)").all_inner_texts() == ["80.0%", "70.0%", "60.0%", "50.0%"]
    rows.first.locator("a").click()
    page.wait_for_selector("#reader-list article")
    assert page.locator("#reader-count").inner_text() == "15 texts"
    page.keyboard.press("Escape")
    page.locator("#explorer label", has_text="Measure").locator("select").select_option(label="comet")
    assert "Its weights are not there." in rows.first.inner_text()
    assert rows.first.locator("td:nth-of-type(5)").inner_text() == "–"


def test_plots_are_told(open_report: Open) -> None:
    """The pointer and the arrow keys tell of points; every plot that has some has their numbers below."""
    page = open_report()
    plot = page.locator("#plot-reliable .plot")
    plot.focus()
    page.keyboard.press("ArrowRight")
    assert "a\npublished <b>: 0.1\nwrong: 0.1 (0 to 0.15)" == page.locator("#tip").inner_text()
    page.keyboard.press("End")
    assert "b\npublished <b>: 0.9" in page.locator("#tip").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()
    box: Any = page.locator("#plot-curve .plot").bounding_box()
    page.evaluate("y => scrollTo(0, y)", box["y"] - 100)
    page.wait_for_timeout(100)
    box = page.locator("#plot-curve .plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.55)
    assert re.search(r"wrong: [\d.]+% \(", page.locator("#tip").inner_text())
    assert page.locator("figure .data").count() == 5


def test_without_a_script(open_report: Open) -> None:
    """Tables, plots and what stands open are read without the script; it is said what needs it."""
    page = open_report(java_script_enabled=False)
    assert len(column(page, "slices", 0)) == 40
    assert page.locator("#shown-differ article:visible").count() == 6
    assert page.locator("#plot-curve .plot path.line").count() == 2
    assert "the JSON of this report has the same figures" in page.locator("#all-figures").inner_text()
    assert not page.locator("#theme").is_visible()


def test_on_paper(open_report: Open) -> None:
    """Everything that is folded is printed, and nothing that needs a hand."""
    page = open_report()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert len(column(page, "slices", 0)) == 40
    assert page.locator("#shown-differ article:visible").count() == 9
    assert page.locator("button:visible:not(.sort), nav:visible, select:visible, input:visible").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#shown-differ details[open]").count() == 0
    page.emulate_media(media="screen")
    assert len(page.pdf()) > 10_000
