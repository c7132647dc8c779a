"""The report as HTML: complete, self-contained, and nobody's text is taken for markup."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from tests.outlines import Outline

from shopglot.report import Report, as_html
from shopglot.store.merchants import Noted, ShopPage
from shopglot.types import Finding

HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}\u202e\x00\ud83d"


def test_a_report(
    report_of: Callable[..., Report], noted_of: Callable[..., Noted], finding_of: Callable[..., Finding]
) -> None:
    """Hostile texts are text; nothing is loaded or run; links lead to places that are there."""
    text = HOSTILE + "治疗"
    pages = [
        ShopPage(
            id=f"p{number}<b>", market="us", line=number, listed=True, title=text, status="reject",
            noted=(noted_of(text, finding_of(text, "治疗")),),
        )
        for number in range(1, 4)
    ]  # fmt: skip
    quiet = [ShopPage(id=f"q{number}", market="us", line=number, listed=True, status="review") for number in range(40)]
    made = as_html(report_of(*pages, *quiet, merchant=HOSTILE))
    made.encode("utf-8")
    outline = Outline(made)
    assert {"script", "img", "iframe", "link", "object", "form"}.isdisjoint(outline.tags)
    assert 1 == outline.tags["style"]
    assert {"id", "class", "href", "lang", "name", "content", "charset", "http-equiv", "scope"} >= {
        name for _, name, _ in outline.attributes
    }
    targets = {value for _, name, value in outline.attributes if name == "href"}
    assert {f"#{value}" for _, name, value in outline.attributes if name == "id"} >= targets
    assert "url(" not in made
    assert "@import" not in made
    assert "\u202e" not in made
    assert "{{ 7*7 }}" in outline.text
    assert 3 == outline.tags["mark"]
    assert all(f"q{number}" in outline.text for number in range(40))
    assert "不是法律意见" in outline.text
    assert 3 == outline.text.count("建议见共有问题 1")


def test_nothing_to_tell(report_of: Callable[..., Report]) -> None:
    """A merchant without pages, and one whose pages are all on sale, have a report too."""
    assert "目前没有您的商品页" in Outline(as_html(report_of(markets=()))).text
    page = ShopPage(id="p", market="us", line=1, listed=True, status="publish", on_sale=True)
    text = Outline(as_html(report_of(page))).text
    assert "没有需要您处理的商品页" in text
    assert "不需要您处理" not in text


def test_a_long_list(
    report_of: Callable[..., Report], noted_of: Callable[..., Noted], finding_of: Callable[..., Finding]
) -> None:
    """Every page is there; what comes after the first twenty is folded away."""
    noted = (noted_of("治疗", finding_of("治疗", "治疗")),)
    pages = [
        ShopPage(id=f"p{number}", market="us", line=number, listed=True, status="reject", noted=noted)
        for number in range(1, 51)
    ]
    outline = Outline(as_html(report_of(*pages)))
    assert 50 == outline.tags["mark"]
    assert "其余 30 个商品页" in outline.text
    assert "其余" not in Outline(as_html(report_of(*pages[:20]))).text


def test_a_huge_title(report_of: Callable[..., Report]) -> None:
    """100,000 characters are cut with an ellipsis."""
    page = ShopPage(id="p", market="us", line=1, listed=True, title="枕" * 100_000, status="review")
    made = as_html(report_of(page))
    assert len(made) < 20_000
    assert "枕" * 59 + "…" in made


def test_templates_ship() -> None:
    """The template and its style are part of the package."""
    folder = files("shopglot.report") / "templates"
    assert ["report.css", "report.html"] == sorted(entry.name for entry in folder.iterdir())
