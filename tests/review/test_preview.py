"""The shopper's view: what it shows, and what it never does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from shopglot.catalog.fields import walk
from shopglot.catalog.listing import parse
from shopglot.config import glossary_root
from shopglot.loading import load_localizer
from shopglot.market import load_market
from shopglot.review import preview
from shopglot.store import Store
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.store.desk.queue import Filter
from shopglot.types import Field, Listing, Verdict

TEXTS = st.text(
    st.sampled_from("棉质T恤100%，。！<b></b>&amp;#话题[] \n😀a1\"'/=") | st.characters(exclude_categories=["Cs"])
)


class Elements(HTMLParser):
    """Notes every element with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._quiet = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))
        self._quiet = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        """Note that a style is over."""
        self._quiet = self._quiet and tag != "style"

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += "" if self._quiet else data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a name."""
        return [attributes for name, attributes in self.found if name == tag]


def look(market: str = "us", theme: str = "auto") -> preview.Look:
    """Return how a preview is shown."""
    return preview.Look(market=load_market(glossary_root(), market), theme=theme, say=lambda key: key)


def listing_of(fields: dict[str, Any], **rest: Any) -> Listing:
    """Return a listing with these fields."""
    made = parse({"id": "p-1", "fields": fields, **rest}, line=1)
    assert isinstance(made, Listing)
    return made


def page_of(listing: Listing, targets: dict[tuple[str, int], str], held: frozenset[str] = frozenset()) -> DeskPage:
    """Return a page of a listing whose texts are these; those without one say what the source says."""
    segments: list[PageSegment] = []
    for field in walk(listing):
        texts = [piece.text for piece in preview.cut(field) if piece.translatable]
        for index, text in enumerate(texts):
            verdict: Verdict = "review" if field.path in held else "publish"
            segments.append(
                PageSegment(
                    position=len(segments), path=field.path, index=index, field=field.name, source=text,
                    target=targets.get((field.path, index), text), origin="machine", model="m@1", unit_key="u",
                    machine_key="k", score=0.5, signature="s", signals=(), verdict=verdict, reasons=(), findings=(),
                    handled=None, approved=None, approved_by="", seen="x",
                )
            )  # fmt: skip
    return DeskPage(
        number=1, market="us", merchant="", id=listing.id, status="review", reasons=(), run_id=1,
        updated_at=preview_time(), version=None, document=listing.document, digest=listing.digest,
        segments=tuple(segments), comments=(),
    )  # fmt: skip


def preview_time() -> Any:
    """Return a moment."""
    from datetime import UTC, datetime

    return datetime(2026, 8, 3, tzinfo=UTC)


FIELDS: dict[str, Any] = {
    "title": "加厚羽绒服",
    "subtitle": "冬天不冷",
    "bullets": ["防风面料", "可拆卸帽子"],
    "description": "<p>面料很软。<b>不起球</b>。</p><ul><li>可机洗</li></ul>",
    "attributes": {"材质": "棉"},
    "variants": [{"sku": "a", "options": {"颜色": "红色"}}, {"sku": "b", "options": {"颜色": "红色"}}],
    "size_chart": [["尺码", "胸围"], ["M", "96cm"]],
    "hashtags": ["#冬季穿搭"],
    "note": "很好穿！",
    "images": [{"url": "https://img.example.com/1.jpg", "alt": "正面图"}],
}


def test_every_text_stands_where_it_belongs() -> None:
    """Each part of a listing has its place; held texts are marked, spaces are as published."""
    targets = {
        ("/fields/title", 0): "Thick down jacket", ("/fields/bullets/0", 0): "Windproof shell",
        ("/fields/description", 0): "The shell is soft.", ("/fields/attributes/材质~key", 0): "Material",
        ("/fields/attributes/材质", 0): "Cotton", ("/fields/hashtags/0", 0): "#WinterLook",
        ("/fields/size_chart/0/0", 0): "Size", ("/fields/note", 0): "Wears very well!",
        ("/fields/images/0/alt", 0): "Front", ("/fields/variants/0/options/颜色", 0): "Red",
        ("/fields/variants/1/options/颜色", 0): "Red",
    }  # fmt: skip
    listing = listing_of(FIELDS, price={"amount": "89.00", "currency": "CNY"}, brand="云朵")
    html = preview.compose(page_of(listing, targets, frozenset({"/fields/title"})), look())
    found = Elements(html)
    for text in targets.values():
        assert text in found.text
    assert found.text.count("Red") == 1  # a shop shows a choice once
    assert "89.00 CNY" in found.text
    assert '<h1><span id="s1" class="text is-held">Thick down jacket</span></h1>' in html
    assert "The shell is soft.</span> <b>" in html  # spaces are set as the published page has them
    assert found.named("img") == [
        {"src": "https://img.example.com/1.jpg", "alt": "Front", "loading": "lazy", "referrerpolicy": "no-referrer"}
    ]
    assert '<html lang="en-US" data-theme="auto">' in html


def test_nothing_of_a_merchant_or_a_model_runs() -> None:
    """No element, attribute or address of theirs does anything."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)><a href=javascript:alert(4)>a</a>"
    fields = {
        "title": f"棉衣{bad}", "description": f"<p onclick=alert(5) style='color:red' id=s0 class=text>好看{bad}</p>"
        "<iframe src=https://evil.example></iframe><form action=https://evil.example><input name=a></form>"
        "<link rel=stylesheet href=https://evil.example/a.css><style>*{display:none}</style><base href=//evil.example>",
        "attributes": {f"材质{bad}": f"棉{bad}"}, "hashtags": [f"#穿搭{bad}"], "note": f"好{bad}",
        "size_chart": [[f"尺码{bad}"]],
        "images": [
            {"url": "javascript:alert(1)", "alt": bad + "图"}, {"url": "http://plain.example/a.jpg", "alt": "图"},
            {"url": 'https://img.example.com/a.jpg" onerror="alert(6)', "alt": '图" onload="alert(7)'},
        ],
    }  # fmt: skip
    listing = listing_of(fields, brand=f"牌子{bad}")
    targets = {("/fields/title", 0): f'Coat {bad}"><script>', ("/fields/note", 0): f"Good {bad}</span></article>"}
    html = preview.compose(page_of(listing, targets), look())
    found = Elements(html)
    names = {name for name, _ in found.found}
    assert not names & {"script", "svg", "iframe", "form", "input", "link", "base", "object", "embed"}
    assert html.count("<style>") == 1
    for _, attributes in found.found:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "href", "srcset")]
        assert not str(attributes.get("src", "https:")).startswith(("javascript", "http:"))
    ours = [attributes for _, attributes in found.found if str(attributes.get("id", "")).startswith("s")]
    assert len(ours) == len({attributes["id"] for attributes in ours})  # a merchant's id is never one of ours


def test_a_text_that_is_cut_otherwise_today_is_shown_as_the_merchant_wrote_it() -> None:
    """A translation is shown for the source that it was made from only."""
    listing = listing_of({"title": "加厚羽绒服"})
    page = page_of(listing, {("/fields/title", 0): "Down jacket"})
    changed = replace(page.segments[0], source="羽绒服")
    html = preview.compose(replace(page, segments=(changed,)), look())
    assert "Down jacket" not in html
    assert '<span class="text is-unknown">加厚羽绒服</span>' in html


@pytest.mark.parametrize("document", [None, {"id": "x", "fields": "broken"}])
def test_without_the_merchants_page_the_texts_are_listed(document: dict[str, Any] | None) -> None:
    """One below the other, as text."""
    page = page_of(listing_of({"title": "羽绒服"}), {("/fields/title", 0): "Down <b>jacket</b>"})
    html = preview.compose(replace(page, document=document), look())
    assert "Down &lt;b&gt;jacket&lt;/b&gt;" in html
    assert "editor.no-source" in html


def test_names_that_become_equal_are_told_apart_as_on_the_published_page() -> None:
    """The second has a number, as `rebuild` gives it."""
    listing = listing_of({"attributes": {"材质": "棉", "面料": "麻"}})
    targets = {("/fields/attributes/材质~key", 0): "Material", ("/fields/attributes/面料~key", 0): "Material"}
    text = Elements(preview.compose(page_of(listing, targets), look())).text
    assert "Material (2)" in text


def test_a_private_character_of_the_merchants_is_no_stand_in() -> None:
    """The character that marks our places is none of the page's."""
    listing = listing_of({"title": "羽绒服\ue0000\ue000很暖", "note": "\ue0010\ue001好"})
    text = Elements(preview.compose(page_of(listing, {}), look("hk"))).text
    assert "\ue0000\ue000" in text
    assert "\ue0010\ue001" in text


@settings(deadline=None)
@given(st.sampled_from(["title", "subtitle", "description", "note"]), TEXTS)
def test_any_text_is_cut_as_the_pipeline_cuts_it(name: str, text: str) -> None:
    """The same pieces, whatever the text is."""
    localizer = load_localizer("us", model="fake", plain=True)
    made = parse({"id": "p-1", "fields": {name: text}}, line=1)
    if not isinstance(made, Listing):
        return
    for part in localizer.prepare(made).parts:
        assert preview.cut(part.field) == part.pieces


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_makes_a_document_without_anything_that_runs(source: str, target: str) -> None:
    """Whatever is in a source or a target."""
    made = parse({"id": "p-1", "fields": {"title": f"棉{source}", "description": source, "hashtags": [source]}}, line=1)
    if not isinstance(made, Listing):
        return
    page = page_of(made, {("/fields/title", 0): target, ("/fields/description", 0): target})
    found = Elements(preview.compose(page, look()))
    assert not {name for name, _ in found.found} & {"script", "svg", "iframe", "form"}


def test_a_brand_is_never_cut() -> None:
    """A brand is one name."""
    assert [piece.text for piece in preview.cut(Field(path="/brand", name="brand", text="云朵 / 家居"))] == [
        "云朵 / 家居"
    ]


def test_the_page_has_a_policy_of_its_own(client: Callable[[str], TestClient], desk_store: Store) -> None:
    """Nothing loads but pictures, and only the desk frames it."""
    held = desk_store.queue.page(Filter(market="us")).rows[0]
    answer = client("vera").get(f"/pages/us/{held.listing}/preview")
    assert answer.status_code == 200
    told = answer.headers["content-security-policy"]
    assert told.startswith("default-src 'none'; img-src https: data:; style-src 'sha256-")
    assert told.endswith("frame-ancestors 'self'; sandbox")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["referrer-policy"]
    assert re.search(r'id="s\d+" class="text is-held"', answer.text)


def test_the_style_is_the_one_that_the_policy_names() -> None:
    """By its hash."""
    import base64
    import hashlib

    html = preview.compose(page_of(listing_of({"title": "羽绒服"}), {}), look())
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in preview.policy()


def test_pages_that_are_not_there_or_not_theirs_are_not_shown(
    client: Callable[[str], TestClient], desk_store: Store
) -> None:
    """Neither pages nor samples."""
    listing = desk_store.queue.page(Filter(market="us")).rows[0].listing
    theo, tess = client("theo"), client("tess")
    assert theo.get("/pages/us/999999/preview").status_code == 404
    assert theo.get("/pages/xx/1/preview").status_code == 404
    assert theo.get(f"/pages/us/{listing}/preview?audit=99").status_code == 404
    assert theo.get(f"/pages/us/{listing}/preview?audit=x").status_code == 404
    assert tess.get(f"/pages/us/{listing}/preview").status_code == 404
