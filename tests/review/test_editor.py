"""The editor's page as the server gives it: who sees it, what is in it, and that nothing in it is more than text."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from shopglot.review.editor import embed
from shopglot.review.rendering import LANGUAGES, messages
from shopglot.store import Store
from shopglot.store.desk.queue import Filter, Held

STATIC = Path(__file__).parents[2] / "pipeline/shopglot/review/static"
SCRIPTS = [STATIC / "editor.js", *sorted((STATIC / "editor").glob("*.js"))]
FAMILIES = (  # words that are named by a part of their key
    "group-", "status-", "error-", "reason-", "origin-", "act-", "said-", "keys-", "kind-", "is-", "key-", "fact-",
)  # fmt: skip


def held_pages(store: Store, market: str = "us") -> list[Held]:
    """Return the pages that wait in a market."""
    return list(store.queue.page(Filter(market=market)).rows)


def data_of(html: str, name: str = "page") -> dict[str, Any]:
    """Return the JSON that a page has under an id."""
    [found] = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    read: dict[str, Any] = json.loads(found)
    return read


def test_a_page_has_its_texts_and_leads_on(client: Callable[[str], TestClient], desk_store: Store) -> None:
    """The shell carries the page as JSON, and its links keep the queue's view."""
    held = held_pages(desk_store)[0]
    answer = client("theo").get(f"/pages/us/{held.listing}?market=us&sort=score&state=open&severity=error")
    assert answer.status_code == 200
    data = data_of(answer.text)
    opened, setup = data["opened"], data["setup"]
    assert opened["page"]["id"] == held.id
    assert sum(one["held"] for one in opened["segments"]) == held.segments
    assert (setup["user"], setup["role"], setup["locale"]) == ("theo", "translator", "en-US")
    assert setup["queue"] == "/?market=us&severity=error&sort=score"
    assert setup["next"] == f"/queue/next?market=us&severity=error&sort=score&after=us%3A{held.listing}"
    assert "<noscript>" in answer.text


@pytest.mark.parametrize("query", ["", "?low=nonsense", "?market=hk", "?market=xx", "?state=evil&sort=x"])
def test_the_way_on_stays_within_what_the_user_may_see(
    client: Callable[[str], TestClient], desk_store: Store, query: str
) -> None:
    """An address that nobody made, or that names another market, falls back to the page's own queue."""
    held = held_pages(desk_store, "hk")[0]
    answer = client("tess").get(f"/pages/hk/{held.listing}{query}")
    assert answer.status_code == 200
    assert data_of(answer.text)["setup"]["queue"] == "/?market=hk"


def test_pages_of_other_markets_and_pages_that_are_not_there_are_not_found(
    client: Callable[[str], TestClient], desk_store: Store
) -> None:
    """Nobody learns whether a page exists that is not theirs."""
    listing = held_pages(desk_store)[0].listing
    tess = client("tess")
    assert tess.get(f"/pages/us/{listing}").status_code == 404
    for path in ("/pages/hk/999999", "/pages/hk/0", f"/pages/hk/{2**70}", "/pages/xx/1", "/pages/hk/-1"):
        assert tess.get(path).status_code == 404
    for audit in ("1x", "", "-1", "９", "9" * 30, "99"):
        assert tess.get(f"/pages/hk/{held_pages(desk_store, 'hk')[0].listing}?audit={audit}").status_code == 404


def test_nobody_sees_a_page_without_a_login(browser: Callable[..., TestClient]) -> None:
    """The login comes first, and leads back."""
    answer = browser().get("/pages/us/1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


def test_an_audit_sample_is_read_as_it_was_published(
    client: Callable[[str], TestClient], desk_store: Store, desk_url: str
) -> None:
    """With a run in the address, the texts are those that this run published."""
    audits = [audit for market in ("us", "hk") for audit in desk_store.audits(market)]
    if not audits:
        pytest.skip("the run published nothing that could be drawn")
    audit = audits[0]
    page = next(
        number for number in range(1, 40)
        if (read := desk_store.pages.read(audit.market, number, audit=audit.run_id)) is not None
        and read.id == audit.listing
    )  # fmt: skip
    answer = client("theo").get(f"/pages/{audit.market}/{page}?audit={audit.run_id}")
    data = data_of(answer.text)
    assert data["opened"]["page"]["audit"] == audit.run_id
    assert data["setup"]["audit"] == f"?audit={audit.run_id}"
    assert data["setup"]["preview"].endswith(f"/preview?audit={audit.run_id}")
    assert len(data["opened"]["segments"]) == audit.segments


def test_nothing_that_a_merchant_wrote_is_more_than_text(
    client: Callable[[str], TestClient], desk_store: Store
) -> None:
    """Ids, names and texts with markup in them end no element and begin none."""
    hostile = next(held for held in held_pages(desk_store) if held.id.startswith("hostile"))
    html = client("vera").get(f"/pages/us/{hostile.listing}").text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<svg onload" not in html
    page = data_of(html)["opened"]["page"]
    assert page["id"] == hostile.id
    assert page["merchant"] == hostile.merchant
    assert unescape(html).count(hostile.id) >= 1


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_what_is_embedded_comes_out_as_it_went_in_and_ends_nothing(value: object) -> None:
    """Any JSON value survives, in ASCII and without a character that HTML knows."""
    text = str(embed(value))
    assert json.loads(text) == value
    assert text.isascii()
    assert not set("<>&") & set(text)


def test_half_a_surrogate_pair_is_embedded() -> None:
    """What no UTF-8 can hold is escaped."""
    assert json.loads(str(embed(["\ud83d</script><!--"]))) == ["\ud83d</script><!--"]


def test_every_word_that_the_scripts_use_is_there_in_every_language() -> None:
    """No key of a message is shown to anybody."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    used = set(re.findall(r'\bt\("([^"]+)"', code))
    assert len(used) > 100
    for language in LANGUAGES:
        words = messages()[language]
        missing = {key for key in used if f"editor.{key}" not in words and key not in words}
        assert missing == set(), language


def test_every_word_is_used_and_has_the_same_values_in_every_language() -> None:
    """No message is left over, and none lacks a value."""
    path = STATIC.parent / "messages" / "editor.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    code = "\n".join(one.read_text(encoding="utf-8") for one in SCRIPTS)
    others = [STATIC.parent / "templates" / "editor.html", STATIC.parent / "preview.py", STATIC.parent / "editor.py"]
    code += "\n".join(one.read_text(encoding="utf-8") for one in others)
    for key in tables["en"]:
        named = f'"{key}"' in code or f"editor.{key}" in code or key.startswith(FAMILIES)
        assert named, f"{key} is used nowhere"
        values = {language: set(re.findall(r"\{(\w+)\}", table[key])) for language, table in tables.items()}
        assert len({frozenset(found) for found in values.values()}) == 1, key


def test_the_keys_that_are_explained_are_those_that_work() -> None:
    """Each key of the table has words and a deed."""
    code = (STATIC / "editor" / "keyboard.js").read_text(encoding="utf-8")
    keymap = code.split("export const KEYMAP = [")[1].split("];")[0]
    words = set(re.findall(r'words: "([^"]+)"', keymap))
    assert {key for key in messages()["en"] if key.startswith("editor.key-")} == {f"editor.{word}" for word in words}
    editor = (STATIC / "editor.js").read_text(encoding="utf-8")
    for deed in re.findall(r'run: "([^"]+)"', keymap):
        assert re.search(rf"^  (?:async )?{deed}\(", editor, re.MULTILINE), deed


def test_scripts_make_no_markup_of_text() -> None:
    """Text goes into the page as text nodes only."""
    for path in SCRIPTS:
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code), (
            path
        )
