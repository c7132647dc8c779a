"""Rules held against texts: the company that a text stands in, and denials."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.sensitivity import About, Rule
from shopglot.sensitivity.phrases import Phrases
from shopglot.sensitivity.plain import view
from shopglot.sensitivity.ruleset import Ruleset


def words(rule: Rule, text: str, about: About | None = None) -> list[str]:
    """Return the plain words that a rule hits."""
    return [hit.words for hit in Ruleset([rule]).find(view(text), about or About())]


@pytest.mark.parametrize(
    ("text", "about", "expected"),
    [
        ("缓解疲劳", About(), []),
        ("缓解疲劳的糖果", About(), ["缓解疲劳"]),
        ("缓解疲劳", About(category="食品/糖果"), ["缓解疲劳"]),
        ("缓解疲劳", About(title="人参糖果"), ["缓解疲劳"]),
        ("缓解疲劳", About(title="人參糖果"), ["缓解疲劳"]),
        ("缓解疲劳", About(title="糖果色眼罩"), []),
        ("缓解疲劳的糖果", About(title="糖果盒子"), []),
        ("缓解疲劳", About(category="食品", title="枕头"), []),
    ],
)
def test_company(rule: Callable[..., Rule], text: str, about: About, expected: list[str]) -> None:
    """A rule may hold only where something stands in the text, the category or the title, or only where nothing does.

    What is not known is not there: `when` asks for it, `unless` does not mind.
    """
    own = rule(
        patterns=("缓解疲劳",), when=Phrases(("糖果",), ("糖果色",)), unless=Phrases(("盒子",)),
    )  # fmt: skip
    assert expected == words(own, text, about)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("治疗失眠", False),
        ("不能代替药物治疗", True),
        ("本品不具有治疗作用", True),
        ("不错过的治疗仪", False),
        ("本店不卖，谨防治疗骗局", True),
        ("什么治疗失眠都是骗人的", True),
        ("什么治疗都是骗人的", True),
        ("治疗类商品一律谢绝", True),
        ("不用等，治疗失眠", False),
        ("not intended for 治疗", True),
        ("it cannot wait: 治疗", True),
        ("not only 治疗", False),
        ("治疗 is a myth", True),
        ("not intended to diagnose, 治疗 or prevent", True),
        ("if your cat won't eat it, 治疗", False),
        ("wake up without a single 治疗", False),
        ("no more 治疗", False),
        ("不治疗失眠", True),
        ("不具任何治疗作用", True),
        ("别指望它治疗失眠", True),
        ("不具有疾病预防、治疗功能", True),
        ("本產品不供作診斷、治療之用", True),
        ("不含酒精、治疗失眠", False),
        ("忍不治疗", False),
    ],
)
def test_denials(rule: Callable[..., Rule], text: str, denied: bool) -> None:
    """A claim that its own clause denies is none, where the rule minds denials."""
    hits = words(rule(patterns=("治疗", "治疗失眠"), negation=True), text)
    assert denied == (hits == [])
    assert words(rule(patterns=("治疗",)), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("加薇信领券", ["加薇信"]),
        ("加wei信领券", ["加wei信"]),
        ("加微信加薇信", ["加微信", "加薇信"]),
        ("加微信", ["加微信"]),
        ("治liao失眠", ["治liao失眠"]),
        ("本品不能治liao失眠", []),
        ("维新变法", []),
    ],
)
def test_hidden_words(rule: Callable[..., Rule], text: str, expected: list[str]) -> None:
    """A rule that asks for it finds its words hidden as well, where they are written."""
    own = rule(patterns=("加微信", "re:治疗(?:失眠|湿疹)"), disguise=True, negation=True)
    hits = list(Ruleset([own]).find(view(text), About()))
    assert expected == [text[hit.start : hit.end] for hit in hits]
    assert all(hit.words in ("加微信", "治疗失眠") for hit in hits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("skinned knees", ["skinned"]), ("skin", ["skin"]), ("skins", []), ("降50k", ["降50k"])],
)
def test_edges_of_words(rule: Callable[..., Rule], text: str, expected: list[str]) -> None:
    """An expression whose shorter form ends inside a word is tried with its longer one."""
    assert expected == words(rule(patterns=("re:(?:skin|skinned)", "re:降[0-9](?:0|0k)")), text)
