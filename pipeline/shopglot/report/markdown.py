"""The report as Markdown (CommonMark with tables). Every text that is not ours is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shopglot.report import sentences
from shopglot.report.records import (
    Explanation,
    LineReport,
    MarketReport,
    PageRef,
    PageReport,
    Place,
    Problem,
    Quiet,
    Report,
    Shared,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_BEGINS = re.compile(r"^(?:[#+=-]|\d{1,9}(?=[.)]))")  # a heading, a list, a rule
_WORD = re.compile(r"[^\W_]")  # what may stand within asterisks that make bold, beside Chinese
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", ":": "&#58;", ".": "&#46;", "@": "&#64;"}


def as_markdown(report: Report) -> str:
    """Return the report; it ends with a line break."""
    lines = [f"# {sentences.TITLE}：{escape(report.shop)}", "", f"{sentences.dated(report)}。", ""]
    lines += _overview(report)
    for market in report.markets:
        lines += ["", f"## {market.name}", "", *_market(market)]
    return "\n".join([*lines, "", "---", "", sentences.NOTICE, ""])


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is, in a line, a table or a list, and that begins nothing by itself."""
    shown = _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), text)
    begins = _BEGINS.match(shown)
    if begins is None:
        return shown
    number = begins[0].isdigit()
    return f"{begins[0]}\\{shown[begins.end() :]}" if number else f"\\{shown}"


def bold(text: str) -> str:
    """Return a text in bold, escaped: beside Chinese, asterisks do it only around letters and figures."""
    if not text:
        return ""
    plain = _WORD.match(text[0]) and _WORD.match(text[-1])
    return f"**{escape(text)}**" if plain else f"<b>{escape(text)}</b>"


def _overview(report: Report) -> Iterator[str]:
    if not report.markets:
        yield sentences.EMPTY
        return
    yield "| 商品页 | " + " | ".join(market.name for market in report.markets) + " |"
    yield "| --- |" + " ---: |" * len(report.markets)
    for name, counts in sentences.rows(report):
        yield f"| {name} | " + " | ".join(map(str, counts)) + " |"
    yield from ("", sentences.COUNTED, "")
    for market in report.markets:
        yield f"- {sentences.visible(market)}"


def _market(market: MarketReport) -> Iterator[str]:
    if not market.known:
        yield sentences.EMPTY
        return
    yield f"### 需要您处理（{market.asking}）"
    if not market.asking:
        yield from ("", sentences.NOTHING)
    if market.shared:
        yield from ("", f"#### 多个商品页共有的问题（{len(market.shared)}）", "", sentences.SHARED)
        for entry in market.shared:
            yield from ("", *_shared(entry, heading=f"**共有问题 {entry.number}**　"))
    yield from _pages("被拒绝，没有上架", sentences.REFUSED, market.refused)
    yield from _pages("上架后撤下", sentences.TAKEN_DOWN, market.taken_down)
    yield from _lines("数据读不出来", sentences.FAILED, market.failed)
    yield from _lines("没有可用的中文内容", sentences.UNSUITABLE, market.unsuitable)
    yield from _pages("暂缓上架", sentences.HELD, market.held)
    yield from _rest(market)


def _rest(market: MarketReport) -> Iterator[str]:
    """Yield what needs nothing from the merchant."""
    if not (market.quiet or market.advice or market.rewritten):
        return
    yield from ("", "### 不需要您处理", "", sentences.QUIET)
    for quiet in market.quiet:
        yield from ("", *_quiet(quiet))
    for name, meaning, entries in (
        ("已换成当地说法的词句", sentences.REWRITTEN, market.rewritten),
        ("写作提示", sentences.ADVICE, market.advice),
    ):
        if entries:
            yield from ("", f"#### {name}（{len(entries)}）", "", meaning)
        for entry in entries:
            yield from ("", *_shared(entry, heading=""))


def _pages(name: str, meaning: str, pages: Sequence[PageReport]) -> Iterator[str]:
    if not pages:
        return
    yield from ("", f"#### {name}（{len(pages)}）", "", meaning)
    for page in pages:
        yield from ("", f"**{_title(page.page)}**", "")
        for note in sentences.notes(page):
            yield from (f"*{note}*", "")
        if page.told:
            yield from (f"{sentences.TOLD}：", "", *(f"> {escape(line)}\n>" for line in page.told), "")
        for number, problem in enumerate(page.problems, 1):
            yield from _problem(number, problem)


def _problem(number: int, problem: Problem) -> Iterator[str]:
    explanation = problem.explanation
    see = f"（建议见共有问题 {problem.shared}）" if problem.shared else ""
    yield f"{number}. 【{sentences.SEVERITIES[explanation.severity]}】{escape(explanation.why)}{see}"
    indent = " " * (len(str(number)) + 2)
    yield from (f"{indent}- {_place(place)}" for place in problem.places)
    if not problem.shared:
        yield from (f"{indent}- {line}" for line in _help(explanation))


def _shared(entry: Shared, *, heading: str) -> Iterator[str]:
    severity = f"【{sentences.SEVERITIES[entry.explanation.severity]}】" if entry.number else ""
    yield f"{heading}{severity}{escape(entry.explanation.why)}"
    yield ""
    yield from (f"- {line}" for line in _help(entry.explanation))
    yield f"- 涉及 {len(entry.pages)} 个商品页：{_names(entry.pages)}"


def _help(explanation: Explanation) -> Iterator[str]:
    """Yield the way out, what to write, the law and the rule."""
    if explanation.way_out:
        yield f"{sentences.WAY_OUT}：{escape(explanation.way_out)}"
    if explanation.suggestion:
        yield f"{sentences.SUGGESTION}：{escape(explanation.suggestion)}"
    if explanation.basis:
        yield f"{sentences.BASIS}：{escape(explanation.basis)}"
    if explanation.rule:
        yield f"{sentences.RULE}：{escape(explanation.rule)}"


def _place(place: Place) -> str:
    side = "的译文" if place.side == "target" else ""
    words = "".join(bold(text) if found else escape(text) for text, found in place.pieces)
    original = f"（原文：{escape(place.original)}）" if place.original else ""
    return f"{escape(place.field)}{side}{words and f'：{words}'}{original}"


def _lines(name: str, meaning: str, lines: Sequence[LineReport]) -> Iterator[str]:
    if not lines:
        return
    yield from ("", f"#### {name}（{len(lines)}）", "", meaning, "")
    for line in lines:
        still = " 修改前的版本仍在售。" if line.still_on_sale else ""
        yield f"- 第 {line.line} 行，{_title(line.page)}：{escape(line.field)}。{escape(line.reason)}{still}"


def _quiet(quiet: Quiet) -> Iterator[str]:
    yield f"- {len(quiet.pages)} 个商品页：{quiet.sentence}"
    yield f"  {_names(quiet.pages)}"


def _names(pages: Sequence[PageRef]) -> str:
    return "；".join(_title(page) for page in pages)


def _title(page: PageRef) -> str:
    identity = f"编号 {escape(page.id)}" if page.id else "没有编号"
    return f"{escape(page.title)}（{identity}）" if page.title else identity
