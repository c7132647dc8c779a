"""What rules found, told so that a merchant can act on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shopglot.dismissals import mark, set_aside
from shopglot.report import Report
from shopglot.sensitivity.rewriting import Rewrite, tell
from shopglot.sensitivity.rules import Rule
from shopglot.store import Dismissal
from shopglot.store.merchants import Noted, ShopPage
from shopglot.types import Finding

FindingOf = Callable[..., Finding]
NotedOf = Callable[..., Noted]
ReportOf = Callable[..., Report]


def refused(number: int, *noted: Noted) -> ShopPage:
    """Return a page that a rule refuses."""
    return ShopPage(id=f"p{number}", market="us", line=number, listed=True, title="枕头", status="reject", noted=noted)


def test_one_rule_once_with_every_place(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """A rule is told once of a page: why with all words, the way out, law and suggestion, and each place."""
    title, note = "有效治疗痘痘", "抗癌神药"
    own = noted_of(title, finding_of(title, "治疗"))
    other = noted_of(note, finding_of(note, "抗癌"), path="/fields/note")
    [page] = report_of(refused(1, own, other)).markets[0].refused
    [problem] = page.problems
    explanation = problem.explanation
    assert "“治疗”“抗癌”是治疗疾病的说法。" == explanation.why
    assert ("改写外观和手感。", "Describe feel & look.", "21 U.S.C. 321(g)(1)") == (
        explanation.way_out, explanation.suggestion, explanation.basis,
    )  # fmt: skip
    assert [
        ("标题", (("有效", False), ("治疗", True), ("痘痘", False))), ("笔记正文", (("抗癌", True), ("神药", False))),
    ] == [(place.field, place.pieces) for place in problem.places]  # fmt: skip


def test_both_sides_of_a_text(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """A rule that hits source and translation is told of the source; what only the translation says is told as such."""
    source, target = "有效治疗痘痘", "Treats acne"
    both = noted_of(source, finding_of(source, "治疗"), finding_of(target, "Treats", side="target"), target=target)
    [problem] = report_of(refused(1, both)).markets[0].refused[0].problems
    assert ["source"] == [place.side for place in problem.places]
    only = noted_of(source, finding_of(target, "Treats", side="target"), target=target)
    [problem] = report_of(refused(1, only)).markets[0].refused[0].problems
    told = [(place.side, place.pieces, place.original) for place in problem.places]
    assert [("target", (("Treats", True), (" acne", False)), source)] == told


def test_worst_first(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """What refuses a page stands before what holds it; pages with more of it stand before others."""
    text = "国家级，治疗，抗癌"
    held = finding_of(text, "国家级", check="common.superlative", severity="warning")
    drug, cancer = finding_of(text, "治疗"), finding_of(text, "抗癌", check="us.x.cancer")
    report = report_of(refused(1, noted_of(text, held, drug)), refused(2, noted_of(text, drug, cancer)))
    pages = report.markets[0].refused
    assert ["p2", "p1"] == [page.page.id for page in pages]
    assert ["us.fda.drug-claim", "common.superlative"] == [own.explanation.rule for own in pages[1].problems]


def test_what_many_pages_share(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """From three pages on an explanation is told once, with the words and the pages; the pages keep their places."""
    texts = ["治疗失眠", "抗癌", "治疗痘痘"]
    pages = [refused(number, noted_of(text, finding_of(text, text[:2]))) for number, text in enumerate(texts, 1)]
    two = report_of(*pages[:2]).markets[0]
    assert ((), [0, 0]) == (two.shared, [page.problems[0].shared for page in two.refused])
    market = report_of(*pages).markets[0]
    [shared] = market.shared
    assert (1, ("治疗", "抗癌"), ["p1", "p2", "p3"]) == (
        shared.number,
        shared.words,
        [page.id for page in shared.pages],
    )
    assert [(1, 1)] * 3 == [(page.problems[0].shared, len(page.problems[0].places)) for page in market.refused]


def test_words_that_are_not_at_their_place(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """A finding whose offsets are not its words' is told without what is around; one without words marks none."""
    odd = finding_of("别处", "治疗")
    [problem] = report_of(refused(1, noted_of("有效治疗痘痘", odd))).markets[0].refused[0].problems
    assert [(("治疗", True),)] == [place.pieces for place in problem.places]
    none = finding_of("", "", message_zh="“”缺少资料。建议：请补充。")
    [problem] = report_of(refused(1, noted_of("枕头", none))).markets[0].refused[0].problems
    assert ("该内容缺少资料。", [(("枕头", False),)]) == (
        problem.explanation.why,
        [place.pieces for place in problem.places],
    )


def test_a_flood_of_hits(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """Of one text some excerpts are shown, and how many more there are; the sentence names some words."""
    text = ("治疗" + "一" * 200) * 50
    findings = [
        Finding(
            check="us.x", severity="error", side="source", start=at, end=at + 2, text="治疗", message="",
            message_zh="“治疗”不行。",
        )
        for at in range(0, len(text), 202)
    ]  # fmt: skip
    [problem] = report_of(refused(1, noted_of(text, *findings))).markets[0].refused[0].problems
    assert (13, (("（同一段里还有 38 处）", False),)) == (len(problem.places), problem.places[-1].pieces)
    words = [f"词{number}" for number in range(9)]
    many = [finding_of("".join(words), word) for word in words]
    [problem] = report_of(refused(1, noted_of("".join(words), *many))).markets[0].refused[0].problems
    assert "“词0”“词1”“词2”“词3”“词4”“词5”等是治疗疾病的说法。" == problem.explanation.why


def test_advice_and_what_was_rewritten(
    report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf, rule: Rule
) -> None:
    """Advice of rules, and of the check that asks for a brand's name, is told apart from what a rule wrote anew."""
    text = "七天无理由退货，燃燃"
    done = tell(Rewrite(rule=rule, start=0, end=7, words="七天无理由退货", target="returns as stated"), "source")
    advice = finding_of(text, "七天", check="common.x", severity="info")
    brand = finding_of(
        text, "燃燃", check="brand.unknown", severity="info", side="target", message_zh="“燃燃”没有英文名。"
    )
    noise = finding_of(text, "天", check="case.title", severity="info")
    page = ShopPage(
        id="p", market="us", line=1, listed=True, status="publish", on_sale=True,
        noted=(noted_of(text, done, advice, brand, noise, target=text),),
    )  # fmt: skip
    market = report_of(page).markets[0]
    assert ["brand.unknown", "common.x"] == [entry.explanation.rule for entry in market.advice]
    [entry] = market.rewritten
    assert (
        "“七天无理由退货”在该市场不适用，译文已按规则改写为“returns as stated”，无需您处理。" == entry.explanation.why
    )
    assert ("", 0, 0) == (entry.explanation.suggestion, entry.number, market.asking)


def test_what_was_set_aside_asks_nothing(report_of: ReportOf, noted_of: NotedOf, finding_of: FindingOf) -> None:
    """It is neither a problem nor advice, and does not hide what the same rule says of the translation."""
    source, target = "国家级枕头", "State-level pillow"
    found = finding_of(source, "国家级", check="common.superlative", severity="warning")
    own = mark(found, target, {"common.superlative": 1})
    said = Dismissal(
        market="us", merchant="m", listing="p1", unit_key="u", reason="false-alarm", actor="lin", **own._asdict()
    )
    [aside] = set_aside([found], {own: said}, target, {"common.superlative": 1})
    there = finding_of(target, "State-level", check="common.superlative", severity="warning", side="target")
    page = ShopPage(id="p1", market="us", line=1, listed=True, title="枕头", status="review")
    on_sale = replace(page, status="publish", on_sale=True, noted=(noted_of(source, aside, target=target),))
    market = report_of(on_sale).markets[0]
    assert ((), (), ()) == (market.held, market.advice, market.rewritten)
    held = replace(page, noted=(noted_of(source, aside, there, target=target),))
    [problem] = report_of(held).markets[0].held[0].problems
    assert [("target", source)] == [(place.side, place.original) for place in problem.places]
