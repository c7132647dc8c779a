"""The editor in a real browser: what its keys do, that nothing typed is lost, and that anybody can use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from shopglot.store import Store
from shopglot.store.desk.queue import Filter
from shopglot.store.schema import segments

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

STATIC = Path(__file__).parents[2] / "pipeline/shopglot/review/static"


@pytest.fixture
def listing(desk_store: Store) -> int:
    """A page with several open texts, none of which a rule blocks."""
    return next(
        held.listing for held in desk_store.queue.page(Filter(market="us")).rows
        if held.verdict == "review" and 4 <= held.open <= 40
    )  # fmt: skip


def go(page: Page, listing: int, market: str = "us", more: str = "") -> None:
    """Open the editor and wait until it listens."""
    page.goto(f"/pages/{market}/{listing}?market={market}{more}")
    page.wait_for_selector("html[data-ready=editor]")


def state(page: Page, expression: str) -> Any:
    """Return a value of the editor's state: `editor` is its object."""
    module = "document.querySelector('script[src*=\"editor.js\"]').src"
    return page.evaluate(f"async () => {{ const {{ editor }} = await import({module}); return {expression}; }}")


def settled(page: Page) -> None:
    """Wait until nothing is being saved or checked."""
    page.wait_for_timeout(200)
    for _ in range(200):
        if state(page, "editor.state.saving.size === 0 && !editor.open?.checking"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the editor does not come to rest")


def position(page: Page) -> int:
    """Return the position of the open text."""
    return int(state(page, "editor.open.position"))


# -- offsets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "abc", "😀a😀", "𠮷野家", "a👩‍👩‍👧b", "é̂😀\u200b", "\ud800x😀", "繁體字😀体"])
def test_offsets_of_code_points_and_of_units_are_each_others_inverse(chrome: Browser, live: str, text: str) -> None:
    """Emoji, rare characters and lone surrogates included; what lies outside goes to the ends."""
    page = chrome.new_page()
    page.goto(f"{live}/login")
    found = page.evaluate(
        """async (text) => {
          text = JSON.parse(text);
          const { Ruler } = await import("/static/editor/offsets.js");
          const ruler = new Ruler(text);
          const points = [...text];
          return Array.from({ length: points.length + 1 }, (_, at) => [
            ruler.unit(at), ruler.point(ruler.unit(at)), ruler.slice(0, at) === points.slice(0, at).join(""),
          ]).concat([[ruler.length, ruler.unit(-3), ruler.unit(1e6) === text.length]]);
        }""",
        json.dumps(text),
    )
    page.close()
    *inside, outside = found
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    assert inside == [[unit, at, True] for at, unit in enumerate(units)]
    assert outside == [len(text), 0, True]


def test_marks_move_with_the_text_around_them(chrome: Browser, live: str) -> None:
    """What a change touches is left out, what is behind it moves."""
    page = chrome.new_page()
    page.goto(f"{live}/login")
    found = page.evaluate(
        """async () => {
          const { moveSpans } = await import("/static/editor/offsets.js");
          const spans = [{ start: 0, end: 3 }, { start: 4, end: 7 }, { start: 8, end: 13 }];
          return [
            moveSpans(spans, "one two three", "one tw😀o three"), moveSpans(spans, "one two three", "one three"),
            moveSpans(spans, "one two three", "one two three"), moveSpans(spans, "one two three", ""),
          ].map((moved) => moved.map((span) => [span.start, span.end]));
        }"""
    )
    page.close()
    assert found == [[[0, 3], [10, 15]], [[0, 3]], [[0, 3], [4, 7], [8, 13]], []]


def test_differences_add_up_to_both_texts(chrome: Browser, live: str) -> None:
    """Without what went it is the new text, without what came the old one."""
    page = chrome.new_page()
    page.goto(f"{live}/login")
    pairs = [
        ["a soft bed", "a very soft bed"],
        ["加厚羽绒服", "加厚棉服😀"],
        ["", "x"],
        ["x", ""],
        ["aaa", "aa"],
        ["x " * 3000, "y " * 3000],
    ]
    found = page.evaluate(
        """async (pairs) => {
          const { diff } = await import("/static/editor/diff.js");
          return pairs.map(([before, after]) => diff(before, after));
        }""",
        pairs,
    )
    page.close()
    for (before, after), parts in zip(pairs, found, strict=True):
        assert "".join(text for op, text in parts if op != "+") == before
        assert "".join(text for op, text in parts if op != "-") == after
    assert ["+", "very "] in found[0]


# -- keys -------------------------------------------------------------------------------------------------------------


def test_approve_and_next_needs_three_keys_at_most(enter: Callable[..., Page], listing: int, desk_store: Store) -> None:
    """Enter, and a reason where something holds; `u` takes the last one back."""
    page = enter("theo")
    go(page, listing)
    before = desk_store.queue.get(listing, "us")
    assert before is not None
    for _ in range(3):
        here = position(page)
        left = state(page, "editor.state.open.length")
        page.keyboard.press("Enter")
        if page.locator(".ed-bar").count():
            page.keyboard.press("1")
        settled(page)
        assert position(page) != here
        assert state(page, "editor.state.open.length") == left - 1
        page.keyboard.press("Escape")
    after = desk_store.queue.get(listing, "us")
    assert after is not None
    assert after.open == before.open - 3
    page.keyboard.press("u")
    page.wait_for_selector(".toast")
    undone = desk_store.queue.get(listing, "us")
    assert undone is not None
    assert undone.open == before.open - 2


def test_a_text_is_edited_checked_while_it_is_written_and_saved(
    enter: Callable[..., Page], listing: int, desk_store: Store
) -> None:
    """Findings are marked where they stand, also behind an emoji."""
    page = enter("theo")
    go(page, listing)
    here = position(page)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("😀 It lasts for 77 months")
    page.wait_for_selector(".behind .finding")
    assert page.locator(".behind .finding").first.inner_text().endswith("77 months")  # behind an emoji: no unit off
    assert page.locator("#page-state .unsaved").count() == 1
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".ed-bar")
    page.keyboard.press("2")
    settled(page)
    read = desk_store.pages.read("us", listing)
    assert read is not None
    done = read.segments[here].handled
    assert done is not None
    assert (done.deed, done.target, done.actor) == ("edit", "😀 It lasts for 77 months", "theo")
    assert page.locator("#page-state .unsaved").count() == 0


def test_keys_of_an_input_method_are_its_own(enter: Callable[..., Page], listing: int) -> None:
    """While a text is composed no key does anything else."""
    page = enter("theo")
    go(page, listing)
    here, left = position(page), state(page, "editor.state.open.length")
    page.evaluate(
        """() => {
          const press = (what) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...what }));
          for (const key of ["Enter", "j", "x", "Escape"]) {
            press({ key, isComposing: true });
            press({ key: "Process", keyCode: 229 });
          }
        }"""
    )
    settled(page)
    assert (position(page), state(page, "editor.state.open.length")) == (here, left)
    assert page.locator(".ed-bar").count() == 0


def test_a_text_is_rejected_with_its_kind_of_error(enter: Callable[..., Page], listing: int, desk_store: Store) -> None:
    """Two keys reject and say why."""
    page = enter("theo")
    go(page, listing)
    here = position(page)
    page.keyboard.press("x")
    page.keyboard.press("1")
    settled(page)
    [judged] = list(desk_store.judgements("us"))
    assert (judged.published, judged.error, judged.reviewer) == (False, "mistranslation", "theo")
    assert page.locator(f"#text-{here}.is-rejected").count() == 1
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    assert page.locator(".ed-bar").count() == 0
    assert state(page, "editor.state.failed.size") == 0


def test_one_finding_is_set_aside_and_taken_back(enter: Callable[..., Page], desk_store: Store) -> None:
    """By its number and a reason; the text is then held by one less."""
    page = enter("theo")
    for held in desk_store.queue.page(Filter(market="us")).rows:
        go(page, held.listing)
        found = page.evaluate("() => JSON.parse(document.getElementById('page').textContent).opened.segments")
        own = [
            one
            for one in found
            if one["held"] and len([f for f in one["findings"] if f["holds"] and not f["blocks"]]) == 1
        ]
        if own:
            break
    page.evaluate("(at) => { location.hash = `text-${at}`; }", own[0]["position"])
    page.wait_for_function(
        "(at) => document.querySelector('.item.is-active').id === `text-${at}`", arg=own[0]["position"]
    )
    number = next(at for at, one in enumerate(own[0]["findings"], 1) if one["holds"])
    page.keyboard.press("d")
    if len(own[0]["findings"]) > 1:
        page.keyboard.press(str(number))
    page.keyboard.press("3")
    page.wait_for_selector(".findings .is-dismissed")
    assert state(page, "editor.state.holding(editor.open.segment).length") == 0
    page.locator(".findings .is-dismissed button").last.click()
    page.wait_for_selector(".findings .is-dismissed", state="detached")
    assert state(page, "editor.state.holding(editor.open.segment).length") == 1


def test_a_suggestion_is_taken_by_its_key(enter: Callable[..., Page], desk_store: Store) -> None:
    """Alt and its number put its words into the text, which is checked again; the keyboard's undo takes them back."""
    page = enter("theo")
    for held in desk_store.queue.page(Filter(market="us")).rows:
        go(page, held.listing)
        found = page.evaluate(
            """async (module) => {
              const { suggestions, offered } = await import(module);
              return JSON.parse(document.getElementById("page").textContent).opened.segments
                .filter((one) => one.held)
                .map((one) => [one.position, suggestions(one.findings).map((two) => offered(two.finding))])
                .filter(([, words]) => words.length > 0);
            }""",
            page.locator("script[src*='editor.js']")
            .get_attribute("src", timeout=5000)
            .replace(  # type: ignore[union-attr]
                "editor.js", "editor/findings.js"
            ),
        )
        if found:
            break
    at, words = found[0]
    page.evaluate("(at) => { location.hash = `text-${at}`; }", at)
    page.wait_for_function("(at) => document.querySelector('.item.is-active').id === `text-${at}`", arg=at)
    before = state(page, "editor.open.writing.value")
    page.keyboard.press("e")
    page.keyboard.press("Control+End")
    page.keyboard.press("Alt+1")
    page.wait_for_function("async () => document.querySelector('#page-state .unsaved') !== null")
    settled(page)
    after = state(page, "editor.open.writing.value")
    assert words[0] in after
    assert before != after
    assert after == state(page, "editor.state.check(editor.open.segment).text")
    page.keyboard.press("Control+Z")
    settled(page)
    assert before == state(page, "editor.open.writing.value")
    page.keyboard.press("Alt+9")  # there is no ninth
    assert before == state(page, "editor.open.writing.value")


# -- nothing is lost --------------------------------------------------------------------------------------------------


def test_what_is_typed_outlives_a_reload(enter: Callable[..., Page], listing: int) -> None:
    """It comes back to the person who typed it, and to nobody else."""
    page = enter("theo")
    go(page, listing)
    here = position(page)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Half a sentence 😀")
    page.reload()
    page.wait_for_selector("html[data-ready=editor]")
    page.evaluate("(at) => { location.hash = `text-${at}`; }", here)
    assert page.locator(".area").input_value() == "Half a sentence 😀"
    assert page.locator(".told .unsaved").count() == 1
    other = enter("lena")  # of another person's draft nobody sees anything
    go(other, listing)
    assert other.locator("#page-state .unsaved").count() == 0


def test_without_a_connection_nothing_is_said_to_be_saved(
    enter: Callable[..., Page], listing: int, desk_store: Store
) -> None:
    """The text stays, the failure is said, and a key tries again."""
    page = enter("theo")
    go(page, listing)
    here = position(page)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Kept without a connection")
    settled(page)
    holding = state(page, "editor.state.holding(editor.open.segment).length")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    if holding:
        page.keyboard.press("1")
    page.wait_for_selector(f"#text-{here} [role=alert]")
    assert page.locator(".area").input_value() == "Kept without a connection"
    read = desk_store.pages.read("us", listing)
    assert read is not None
    assert read.segments[here].handled is None
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    if page.locator(".ed-bar").count():
        page.keyboard.press("1")
    settled(page)
    read = desk_store.pages.read("us", listing)
    assert read is not None
    done = read.segments[here].handled
    assert done is not None
    assert done.target == "Kept without a connection"


@pytest.mark.parametrize("choice", ["1", "2", "3"])
def test_a_conflict_shows_both_texts_and_loses_neither(
    enter: Callable[..., Page], listing: int, choice: str, client: Callable[[str], Any], desk_store: Store
) -> None:
    """Theirs, mine or both by hand: what is chosen is what stands."""
    page = enter("theo")
    go(page, listing)
    here = position(page)
    seen = state(page, "editor.open.segment.seen")
    again = client("theo").post(  # the same person in another window
        f"/api/pages/us/{listing}/segments/{here}/approve",
        json={"target": "Theirs", "seen": seen, "dismiss": {"reason": "checked", "note": ""}},
    )
    assert again.status_code == 200, again.text
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Mine")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    if page.locator(".ed-bar .held-by").count():
        page.keyboard.press("1")
    page.wait_for_selector(".conflict")
    assert "Theirs" in page.locator(".conflict ins").first.inner_text()
    page.keyboard.press(choice)
    if choice == "1":
        page.wait_for_function("() => document.querySelector('.area').value === 'Theirs'")
    else:
        page.wait_for_timeout(300)
        assert "Mine" in page.locator(f"#text-{here}").inner_text() + page.locator(".area").first.input_value()
        if choice == "3":
            page.keyboard.press("Control+Enter")
            page.wait_for_timeout(300)
        if page.locator(".ed-bar .held-by").count():
            page.keyboard.press("1")
        settled(page)
    read = desk_store.pages.read("us", listing)
    assert read is not None
    assert read.segments[here].text == ("Theirs" if choice == "1" else "Mine")


def test_an_answer_that_comes_late_is_not_shown(enter: Callable[..., Page], listing: int) -> None:
    """Checks are about the newest text, whichever answer comes last."""
    page = enter("theo")
    go(page, listing)
    held: list[Route] = []

    def answer(route: Route) -> None:
        if json.loads(route.request.post_data or "{}")["target"] == "first":
            held.append(route)
            return
        route.continue_()

    page.route("**/recheck", answer)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("first")
    page.wait_for_timeout(300)
    page.keyboard.press("Control+A")
    page.keyboard.type("It lasts for 55 months")
    page.wait_for_selector(".behind .finding")
    for route in held:
        route.abort()
    assert held
    assert state(page, "editor.state.check(editor.open.segment).text") == "It lasts for 55 months"


# -- who may ----------------------------------------------------------------------------------------------------------


def test_a_viewer_reads_and_changes_nothing(enter: Callable[..., Page], listing: int) -> None:
    """Every key but those that move is without effect."""
    page = enter("vera")
    go(page, listing)
    assert page.locator(".area").get_attribute("readonly") is not None
    assert page.locator(".tools button").count() == 0
    left = state(page, "editor.state.open.length")
    for key in ("Enter", "x", "e", "Shift+A", "u", "g", "b"):
        page.keyboard.press(key)
    settled(page)
    assert state(page, "editor.state.open.length") == left
    page.keyboard.press("j")
    assert position(page) != state(page, "editor.state.queue[0].position")


def test_a_page_that_a_colleague_has_can_be_read(enter: Callable[..., Page], listing: int) -> None:
    """It says whose it is, and is free as soon as they leave."""
    first, second = enter("theo"), enter("lena")
    go(first, listing)
    first.wait_for_timeout(300)
    go(second, listing)
    second.wait_for_selector("#lines .notice-warning")
    assert "theo" in second.locator("#lines").inner_text()
    assert second.locator(".area").get_attribute("readonly") is not None
    first.goto("/")
    first.wait_for_timeout(400)
    second.locator("#lines button").first.click()
    second.wait_for_selector("#lines .notice-warning", state="detached")
    assert second.locator(".area").get_attribute("readonly") is None


def test_a_lead_lets_a_rule_pass_with_a_word_on_why(enter: Callable[..., Page], desk_store: Store) -> None:
    """Not without a reason, and not by a translator."""
    blocked = next(held for held in desk_store.queue.page(Filter(market="us")).rows if held.verdict == "reject")
    page = enter("lena")
    go(page, blocked.listing)
    opened = page.evaluate("() => JSON.parse(document.getElementById('page').textContent).opened.segments")
    own = next(one for one in opened if any(finding["blocks"] for finding in one["findings"]))
    page.evaluate("(at) => { location.hash = `text-${at}`; }", own["position"])
    page.wait_for_function("(at) => document.querySelector('.item.is-active').id === `text-${at}`", arg=own["position"])
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.wait_for_selector("dialog[open] textarea")
    page.keyboard.press("Control+Enter")  # without a reason nothing happens
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.type("The ministry's letter is with us")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast")
    settled(page)
    rules = {finding["check"] for finding in own["findings"] if finding["blocks"]}
    left = state(
        page, f"editor.state.segment({own['position']}).findings.filter((one) => one.blocks).map((one) => one.check)"
    )
    assert set(left) < rules
    translator = enter("theo")
    go(translator, blocked.listing)
    assert translator.locator(".finding-deeds button", has_text="Let it pass").count() == 0


def say_twice(store: Store) -> tuple[int, int]:
    """Let another page of a shop say what a held text of a first one says; return listing and position of the first.

    No text of the sample waits on two pages. What checks find of a text is set aside on all pages of its shop.
    """
    pages = [store.pages.read("us", held.listing) for held in store.queue.page(Filter(market="us")).rows]
    waiting = [
        (page, one)
        for page in pages
        if page is not None
        for one in page.segments
        if one.held and not any(finding.check.startswith(("us.", "common.")) for finding in one.findings)
    ]
    page, text, other, same = next(
        (page, text, other, same)
        for page, text in waiting
        for other, same in waiting
        if other.number != page.number and (other.merchant, same.field) == (page.merchant, text.field)
    )
    own = segments.c.listing == other.number, segments.c.market == "us", segments.c.position == same.position
    said = {"source": text.source, "target": text.target, "unit_key": text.unit_key}
    with store.database.write() as connection:
        connection.execute(update(segments).where(*own).values(said))
    assert store.pages.identical("us", page.number, text.unit_key)
    return page.number, text.position


def test_an_identical_text_elsewhere_is_asked_for_and_taken_back(enter: Callable[..., Page], desk_store: Store) -> None:
    """One key gives it to the other pages, one takes all of it back."""
    listing, at = say_twice(desk_store)
    before = sum(held.open for held in desk_store.queue.page(Filter(market="us")).rows)
    page = enter("theo")
    page.goto(f"/pages/us/{listing}?market=us#text-{at}")
    page.wait_for_selector("html[data-ready=editor]")
    page.keyboard.press("Enter")
    if page.locator(".ed-bar").count():
        page.keyboard.press("1")
    page.wait_for_selector("#offer:not([hidden])")
    page.keyboard.press("i")
    page.wait_for_selector(".toast")
    after = sum(held.open for held in desk_store.queue.page(Filter(market="us")).rows)
    assert after <= before - 2
    page.keyboard.press("u")
    page.wait_for_function("(at) => document.querySelector(`#text-${at}`)?.matches('.is-open')", arg=at)
    assert sum(held.open for held in desk_store.queue.page(Filter(market="us")).rows) == before


# -- for everybody ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (820, 1180)])
def test_axe_finds_nothing_serious(
    enter: Callable[..., Page], listing: int, scheme: str, size: tuple[int, int]
) -> None:
    """In both themes and at both sizes, with bars and panels open; nothing runs off the side."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = enter("theo", color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    go(page, listing)
    page.keyboard.press("e")
    page.keyboard.type(" 12 months")
    settled(page)
    for key in (None, "Escape", "x", "Escape", "v"):
        if key:
            page.keyboard.press(key)
        page.wait_for_timeout(150)
        found = axe.Axe().run(page, options={"iframes": False}).response["violations"]
        serious = [
            (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_the_preview_follows_the_open_text_and_runs_nothing(enter: Callable[..., Page], listing: int) -> None:
    """The frame is sandboxed without any permission, and goes where the editor goes."""
    page = enter("theo")
    go(page, listing)
    page.keyboard.press("v")
    frame = page.frame_locator("#panel-preview iframe")
    frame.locator(f"#s{position(page)}:target").wait_for()
    page.keyboard.press("j")
    frame.locator(f"#s{position(page)}:target").wait_for()
    assert page.locator("#panel-preview iframe").get_attribute("sandbox") == ""


def test_texts_with_markup_are_shown_as_texts(enter: Callable[..., Page], desk_store: Store) -> None:
    """What a merchant wrote is no element of the editor."""
    held = next(row for row in desk_store.queue.page(Filter(market="us")).rows if row.id.startswith("hostile"))
    page = enter("theo")
    go(page, held.listing)
    assert (
        page.evaluate(
            "() => document.querySelectorAll('main script:not([type]), main svg[onload], main img[onerror]').length"
        )
        == 0
    )
    assert "hostile-<script>alert(1)</script>" in page.locator("main").inner_text()
