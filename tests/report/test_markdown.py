"""The report as Markdown: complete, and nobody's text is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shopglot.report import Report, as_markdown
from shopglot.report.markdown import bold, escape
from shopglot.report.texts import clean
from shopglot.store.merchants import Noted, ShopPage
from shopglot.types import Finding

HOSTILE = (
    "| <img src=x onerror=alert(1)> `code` **bold** [a](javascript:x) # 1. <!-- \u202e ~~x~~ _y_ &amp; \\ www.x.com"
)


def shown(text: str) -> str:
    """Return what a reader of Markdown sees."""
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    return unescape(re.sub(r"<[^<>]+>", "", rendered)).strip()


@pytest.mark.parametrize(
    "text", [HOSTILE, "# 标题", "- x", "1. x", "12) x", "+ x", "=== ", "> x", "a|b", "```", "http://x.cn"]
)
def test_escape(text: str) -> None:
    """A text is shown as it is: no heading, list, table, code, link or HTML comes of it."""
    assert clean(text, 200) == shown(escape(clean(text, 200)))


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_escape_of_anything(text: str) -> None:
    """Whatever the text."""
    assert clean(text, 80) == shown(escape(clean(text, 80)))


@pytest.mark.parametrize("words", ["治疗", "100%", "“治疗”", "_x_", "*", "Power Bank", "\U00020000", "<b>"])
def test_bold_beside_chinese(words: str) -> None:
    """Words are bold between Chinese signs too, whatever they begin and end with."""
    rendered = MarkdownIt("commonmark").render(f"能{bold(words)}的")
    inner = re.search(r"<(?:strong|b)>(.*?)</(?:strong|b)>", rendered)
    assert inner is not None
    assert words == unescape(inner[1])


def test_a_report(
    report_of: Callable[..., Report], noted_of: Callable[..., Noted], finding_of: Callable[..., Finding]
) -> None:
    """It has every part that has something, every page, and the closing words; hostile texts do no harm."""
    text = HOSTILE + "治疗"
    pages = [
        ShopPage(
            id=f"p{number}|`", market="us", line=number, listed=True, title=text, status="reject",
            noted=(noted_of(text, finding_of(text, "治疗")),),
        )
        for number in range(1, 4)
    ]  # fmt: skip
    line = ShopPage(
        id="", market="us", line=9, listed=False, status="failed", field="<x>", message_zh="“<x>”有误。"
    )  # fmt: skip
    quiet = [ShopPage(id=f"q{number}", market="us", line=number, listed=True, status="review") for number in range(40)]
    made = as_markdown(report_of(*pages, line, *quiet, merchant="<m>|"))
    assert made.endswith("不是法律意见。所列法规以官方文本为准；拿不准的地方，请咨询当地的专业人士。\n")
    assert "# 商品页出海报告：&lt;m&gt;\\|\n" in made
    assert "| 被拒绝，没有上架 | 3 |" in made
    assert "| 合计 | 44 |" in made
    assert "### 需要您处理（4）" in made
    assert "**共有问题 1**　【必须修改】“治疗”是治疗疾病的说法。" in made
    assert 3 == made.count("建议见共有问题 1")
    assert "- 第 9 行，没有编号：“&lt;x&gt;”。“&lt;x&gt;”有误。" in made
    assert all(f"编号 q{number}）" in made or f"编号 q{number}" in made for number in range(40))
    tokens = MarkdownIt("commonmark").enable("table").parse(made)
    inner = [child for token in tokens for child in (token.children or ())]
    assert {"text", "strong_open", "strong_close", "em_open", "em_close", "softbreak"} >= {
        child.type for child in inner
    }
    assert [] == [token for token in tokens if token.type in ("html_block", "code_block", "fence")]
