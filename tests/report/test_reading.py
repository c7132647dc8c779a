"""Where each page stands in a report, what is said of it, and that the numbers add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import UsageError
from shopglot.report import Report, as_html, as_markdown, read
from shopglot.report.records import State
from shopglot.store import Store
from shopglot.store.merchants import Noted, Shop, ShopPage
from shopglot.types import Finding

ReportOf = Callable[..., Report]

PAGE = ShopPage(id="p1", market="us", line=3, listed=True, title="枕头")
THEN = datetime(2026, 8, 2, 18, 30, tzinfo=UTC)
RULE = Finding(
    check="us.x", severity="warning", side="source", start=0, end=2, text="枕头", message="",
    message_zh="“枕头”要确认。"
)  # fmt: skip
HELD = Noted(
    path="/fields/title", index=0, source="枕头", target="", verdict="review", reasons=("us.x",), findings=(RULE,)
)
CHECKED = replace(HELD, reasons=("number.changed",), findings=())


def page(**facts: Any) -> ShopPage:
    """Return a page of which something is known."""
    return replace(PAGE, **facts)


@pytest.mark.parametrize(
    ("own", "state"),
    [
        (page(status="publish", on_sale=True), "on-sale"),
        (page(status="publish"), "waiting"),
        (page(status="publish", withdrawn_by="rollback", withdrawn_at=THEN), "taken-down"),
        (page(status="publish", withdrawn_by="pause", withdrawn_at=THEN), "waiting"),
        (page(status="reject"), "refused"),
        (page(status="reject", on_sale=True), "refused"),
        (page(status="reject", withdrawn_by="run", withdrawn_at=THEN), "taken-down"),
        (page(status="review", noted=(HELD,)), "held"),
        (page(status="review", noted=(CHECKED,)), "waiting"),
        (page(status="review", reasons=("version.pinned",), on_sale=True), "waiting"),
        (page(status="failed", reasons=("json.invalid",), listed=False), "failed"),
        (page(status="failed", reasons=("json.invalid",), paused=True), "failed"),
        (page(status="reject", paused=True, gone=True), "paused"),
        (page(status="reject", gone=True), "gone"),
        (page(), "pending"),
        (page(status="skipped", reasons=("market.not-offered",)), "not-offered"),
        (page(status="skipped", reasons=("language.ja",)), "unsuitable"),
    ],
)
def test_where_a_page_stands(report_of: ReportOf, own: ShopPage, state: State) -> None:
    """Each page has one state, and is told in one place."""
    [market] = report_of(own).markets
    assert {state: 1} == {name: count for name, count in market.counts.items() if count}
    lists = {
        "refused": market.refused, "taken-down": market.taken_down, "failed": market.failed,
        "unsuitable": market.unsuitable, "held": market.held,
    }  # fmt: skip
    told = [name for name, entries in lists.items() for _ in entries]
    quiet = [ref for entry in market.quiet for ref in entry.pages]
    assert ([state] if state in lists else []) == told
    assert (0 if state in lists or state == "on-sale" else 1) == len(quiet)
    assert len(told) == market.asking


@settings(max_examples=100)
@given(
    st.lists(
        st.builds(
            ShopPage, id=st.text(max_size=3), market=st.just("us"), line=st.integers(1, 9), listed=st.booleans(),
            status=st.sampled_from(["publish", "review", "reject", "failed", "skipped", None]), on_sale=st.booleans(),
            paused=st.booleans(), gone=st.booleans(), noted=st.sampled_from([(), (HELD,), (CHECKED,)]),
            withdrawn_by=st.sampled_from(["run", "rollback", "pause", None]), withdrawn_at=st.just(THEN),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_numbers_add_up(pages: list[ShopPage]) -> None:
    """Whatever is known: the counts are those of the lists, and their sum is the number of pages."""
    shop = Shop(merchant="m", run_id=1, run_at=None, finished=True, pages={"us": tuple(pages)})
    rooms = SimpleNamespace(read=lambda merchant, markets: shop)
    [market] = read(cast("Store", SimpleNamespace(merchants=rooms)), "m").markets
    assert len(pages) == market.known == sum(market.counts.values())
    quiet = sum(len(entry.pages) for entry in market.quiet)
    assert market.known == market.counts["on-sale"] + market.asking + quiet
    assert market.counts["refused"] == len(market.refused)
    assert market.counts["taken-down"] == len(market.taken_down)
    assert market.counts["held"] == len(market.held)
    assert market.counts["failed"] == len(market.failed)
    assert market.older <= market.visible <= market.known


def test_taken_down(report_of: ReportOf) -> None:
    """It says since when; where no finding is known any more, what the outcome says; a person's act is not refused."""
    rule = page(
        status="reject", reasons=("us.x.y",), field="/fields/note", message_zh="“抗癌”不行。建议：删掉。",
        withdrawn_by="run", withdrawn_at=THEN,
    )  # fmt: skip
    [own] = report_of(rule).markets[0].taken_down
    [problem] = own.problems
    assert ("2026年8月3日", "us.x.y", "“抗癌”不行。", "删掉。", ["笔记正文"]) == (
        own.since, problem.explanation.rule, problem.explanation.why, problem.explanation.way_out,
        [place.field for place in problem.places],
    )  # fmt: skip
    [own] = report_of(page(status="publish", withdrawn_by="rollback", withdrawn_at=THEN)).markets[0].taken_down
    assert ("已由工作人员撤下。", "") == (own.problems[0].explanation.why, own.problems[0].explanation.rule)


def test_notes(report_of: ReportOf) -> None:
    """A held page says whether an older version is on sale and whether a translator reads it besides."""
    [market] = report_of(page(status="review", on_sale=True, noted=(HELD, CHECKED))).markets
    [own] = market.held
    assert (True, True, "") == (own.still_on_sale, own.waits, own.since)
    assert (1, 1) == (market.visible, market.older)


def test_lines(report_of: ReportOf) -> None:
    """A line that failed names the field in the merchant's words, in the reason too."""
    own = page(
        listed=False, status="failed", reasons=("field.type",), field="/fields/bullets/1", title="",
        message_zh="“/fields/bullets/1” 的类型不对：应为文字，而不是数字。",
    )  # fmt: skip
    [line] = report_of(own).markets[0].failed
    assert (3, "卖点 2", "“卖点 2” 的类型不对：应为文字，而不是数字。") == (line.line, line.field, line.reason)


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (("score.low",), "把握不足"),
        (("gate.closed", "score.low"), "先经译员确认"),
        (("number.changed", "score.low"), "自动检查"),
        (("human.outdated",), "改回原文"),
        (("version.pinned",), "先前的版本"),
        (("human.newer",), "下一次处理"),
        ((), "译员确认"),
    ],
)
def test_what_waits(report_of: ReportOf, reasons: tuple[str, ...], words: str) -> None:
    """One sentence says what a page waits for; pages with the same share it."""
    own = page(status="review", reasons=reasons)
    [quiet] = report_of(own, replace(own, id="p2")).markets[0].quiet
    assert words in quiet.sentence
    assert ["p1", "p2"] == [ref.id for ref in quiet.pages]


def test_head(report_of: ReportOf) -> None:
    """Markets come in the project's order, the moment is Beijing's, and no name is a name too."""
    report = report_of(page(status="publish", on_sale=True), markets=("hk", "tw", "us"), merchant="")
    assert (["us", "hk", "tw"], "（没有填写商家编号）", "2026年8月3日 02:30") == (
        [market.market for market in report.markets], report.shop, report.run_at,
    )  # fmt: skip
    assert [1, 0, 0] == [market.known for market in report.markets]


@pytest.mark.parametrize(
    ("names", "asked", "said"),
    [
        (["shop-17", "shop-71", "zzz"], "Shop17", "did you mean 'shop-17'"),
        (["shop-17"], "\U00020000云", "none of its 1 merchants is called alike"),
        ([], "m", "it has no merchants yet"),
    ],
)
def test_unknown_merchant(names: list[str], asked: str, said: str) -> None:
    """The complaint names the store, and merchants that are called alike."""
    rooms = SimpleNamespace(read=lambda merchant, markets: None, names=lambda: names)
    with pytest.raises(UsageError, match=r"no merchant .* in store s\.db: ") as caught:
        read(cast("Store", SimpleNamespace(merchants=rooms, name="s.db")), asked)
    assert said in str(caught.value)


def test_what_a_translator_told_the_merchant(report_of: ReportOf) -> None:
    """A page that was sent back asks for something, in the translator's words, whatever else holds it."""
    told = "请修改：\n1. “第一”：不能用\x07绝对化用语\n\n谢谢"
    report = report_of(page(id="p1", status="review", reasons=("score.low",), told=told))
    [held] = report.markets[0].held
    assert held.told == ("请修改：", "1. “第一”：不能用 绝对化用语", "谢谢")
    assert held.problems == ()
    shown = as_html(report)
    assert "译员留言" in shown
    assert "不能用 绝对化用语" in shown
    assert "> 1\\. “第一”：不能用 绝对化用语" in as_markdown(report)
