"""Whether goods may be offered: asked of the whole listing, answered once per rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.sensitivity import GoodsText, Rule, Screen
from shopglot.sensitivity.phrases import Phrases
from shopglot.types import Finding

TITLE = GoodsText("title", "磁吸充电宝2万毫安")


def found(rule: Rule, *texts: GoodsText, category: str = "") -> list[tuple[int, str, str]]:
    """Return place, severity and words of what a rule says of a listing."""
    return [(at, one.severity, one.text) for at, one in Screen([rule]).appraise(texts, category)]


def battery(rule: Callable[..., Rule]) -> Rule:
    """Return a rule that wants a test report for power banks."""
    return rule(
        id="us.eligibility.battery", scope="listing", patterns=("充电宝",), exceptions=("充电宝收纳包",),
        needs=Phrases(("un38.3",)), message="“{words}” is a battery.",
    )  # fmt: skip


def test_said_once_on_the_most_telling_text(rule: Callable[..., Rule]) -> None:
    """However often a listing says what it is, the rule speaks once, on the title if that has the words."""
    texts = (
        GoodsText("subtitle", "充电宝"),
        GoodsText("attribute-value", "充电宝"),
        TITLE,
        GoodsText("bullet", "充电宝"),
    )
    assert [(2, "warning", "充电宝")] == found(battery(rule), *texts)
    assert [(0, "warning", "充电宝")] == found(battery(rule), *texts[:2])


def test_mention_is_no_offer(rule: Callable[..., Rule]) -> None:
    """What a sentence mentions, or an exception covers, is not what is offered."""
    mentions = [GoodsText(field, "适配充电宝") for field in ("bullet", "description", "note", "hashtag")]
    assert [] == found(battery(rule), GoodsText("title", "露营灯"), *mentions)
    assert [] == found(battery(rule), GoodsText("title", "充电宝收纳包"))


@pytest.mark.parametrize(
    ("texts", "severity"),
    [
        ([("attribute-name", "UN38.3"), ("attribute-value", "有，编号 123")], "info"),
        ([("attribute-name", "认证"), ("attribute-value", "UN38.3")], "info"),
        ([("attribute-name", "UN38.3"), ("attribute-value", "暂无")], "warning"),
        ([("attribute-name", "UN38.3"), ("attribute-value", "N/A.")], "warning"),
        ([("attribute-name", "UN38.3"), ("attribute-name", "产地"), ("attribute-value", "中国")], "warning"),
        ([("attribute-name", "UN38.3")], "warning"),
        ([("bullet", "有UN38.3报告")], "warning"),
    ],
)
def test_what_was_supplied(rule: Callable[..., Rule], texts: list[tuple[str, str]], severity: str) -> None:
    """What the rule asks for makes it an advice where an attribute shows it; elsewhere, or empty, it proves nothing."""
    assert [(0, severity, "充电宝")] == found(battery(rule), TITLE, *(GoodsText(*text) for text in texts))


def test_category_alone(rule: Callable[..., Rule]) -> None:
    """Where only the category says it, the finding stands on the title and names the category's words."""
    texts = (GoodsText("bullet", "轻巧"), GoodsText("title", "小巧移动电源"))
    [(at, finding)] = Screen([battery(rule)]).appraise(texts, "数码/充电宝")
    assert (1, "小巧移动电源") == (at, finding.text)
    assert "“充电宝” is a battery." == finding.message
    assert () == Screen([battery(rule)]).appraise((), "数码/充电宝")


def test_company(rule: Callable[..., Rule]) -> None:
    """The category and the title of the listing decide whether a rule about goods holds."""
    toy = rule(id="us.eligibility.toy", scope="listing", patterns=("磁力",), when=Phrases(("儿童",)))
    texts = (GoodsText("title", "磁力片"),)
    assert [] == found(toy, *texts)
    assert [(0, "warning", "磁力")] == found(toy, *texts, category="儿童玩具")


def test_a_text_alone_is_a_title(rule: Callable[..., Rule]) -> None:
    """Asked about one text, the screen takes it for what is offered; as part of a listing it does not."""
    screen = Screen([battery(rule)])

    def checks(alone: bool) -> list[Finding]:
        return list(screen.screen("充电宝", side="source", alone=alone))

    assert ["us.eligibility.battery"] == [finding.check for finding in checks(True)]
    assert [] == checks(False)
