"""The screen: disguises, places, exceptions, disclaimers, conditions, and that no text can break it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.sensitivity import About, Rule, Screen, action, load_rules
from shopglot.sensitivity.plain import view
from shopglot.sensitivity.rules import Example
from shopglot.types import Finding, Side

ROOT = Path(__file__).parents[2]
GLOSSARIES = ROOT / "glossaries"
MARKETS = ("us", "hk", "mo", "tw")
SCREENS = {market: Screen(load_rules(GLOSSARIES / market, market, common=GLOSSARIES / "common")) for market in MARKETS}


def example(text: str) -> Example:
    """Return an example of which only the text is known."""
    return Example(text=text)


RULE = Rule(
    id="us.test.word",
    category="test",
    severity="block",
    side="both",
    patterns=("治疗", "高仿", "加微信", "a货", "weight loss", "re:一周.{0,4}瘦"),
    exceptions=("高仿真", "re:治疗师"),
    fields=(),
    categories=(),
    negation=False,
    basis="Custom.",
    message="{words} is bad.",
    message_zh="{words}不好。",
    suggestion="good",
    suggestion_zh="换一个词。",
    positive=tuple(map(example, ("治疗", "高仿", "加微信"))),
    negative=tuple(map(example, ("一", "二", "三"))),
    author="test",
    version=1,
)
SCREEN = Screen([RULE])


def found(text: str, screen: Screen = SCREEN, side: Side = "source") -> list[str]:
    """Return the words that were found, as they are written."""
    return [finding.text for finding in screen.screen(text, side=side)]


def changed(**keys: object) -> Screen:
    """Return a screen with the rule of the tests, some keys changed."""
    return Screen([dataclasses.replace(RULE, **keys)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有效治疗失眠", ["治疗"]),
        ("有效治療失眠", ["治療"]),
        ("治*疗", ["治*疗"]),
        ("治·疗", ["治·疗"]),
        ("治\u200b\u200c疗", ["治\u200b\u200c疗"]),
        ("治\u0336疗\u0336", ["治\u0336疗"]),
        ("治丶疗", ["治丶疗"]),
        ("治<b>疗</b>失眠", ["治<b>疗"]),
        ("治&#8203;疗", ["治&#8203;疗"]),
        ("加 微 信", ["加 微 信"]),
        ("加🌸微🌸信", ["加🌸微🌸信"]),
        ("加-微-信", ["加-微-信"]),
        ("可以加微 信哦", []),
        ("可以加 微 信哦", ["加 微 信"]),
        ("\u2f00 周 狂 瘦", ["\u2f00 周 狂 瘦"]),
        ("Ａ货包", ["Ａ货"]),
        ("🅰货", ["🅰货"]),
        ("WEIGHT\u00a0LOSS", ["WEIGHT\u00a0LOSS"]),
        ("weight   loss", ["weight   loss"]),
        ("weight\u00ad loss", ["weight\u00ad loss"]),
        ("overweight lossless", []),
        ("aa货", []),
        ("👩‍👩‍👧\U00020000治疗\U0001f600", ["治疗"]),
        ("显高 仿皮草", []),
        ("超显高🌸仿皮草外套", []),
        ("<p>显高</p><p>仿</p>", []),
        ("显高。仿皮", []),
        ("高 仿 包", ["高 仿"]),
        ("治疗治疗", ["治疗", "治疗"]),
    ],
)
def test_disguises(text: str, expected: list[str]) -> None:
    """Disguised words are found where they stand as they are written; words that only meet are not."""
    assert expected == found(text)


def test_finding() -> None:
    """A finding carries the place, the words, both messages with the words in them, the advice and the basis."""
    text = "😀可治\u200b療失眠"
    expected = Finding(
        check="us.test.word",
        severity="error",
        side="target",
        start=2,
        end=5,
        text="治\u200b療",
        message="治\u200b療 is bad.",
        message_zh="治\u200b療不好。建议：换一个词。",
        suggestion="good",
        basis="Custom.",
    )
    assert (expected,) == SCREEN.screen(text, side="target")
    assert expected.text == text[expected.start : expected.end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("高仿真玫瑰", []), ("高仿真玫瑰和高仿包", ["高仿"]), ("治疗师推荐的治疗", ["治疗"]), ("高 仿 真玫瑰", [])],
)
def test_exceptions(text: str, expected: list[str]) -> None:
    """A hit within an exception is dropped, another one beside it is kept."""
    assert expected == found(text)


def test_longest_wins() -> None:
    """Of overlapping hits of one rule the longest is kept."""
    screen = changed(patterns=("抗菌", "抗菌率", "re:率.{1,3}%", "菌率99"), exceptions=())
    assert ["菌率99"] == found("抗菌率99%", screen)
    assert ["抗菌率"] == found("抗菌率九成", screen)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本品不能代替药物治疗", []),
        ("并非用于治疗", []),
        ("不可错过的治疗", ["治疗"]),
        ("不能代替药物，但能治疗", ["治疗"]),
        ("Not intended for weight loss", []),
        ("It isn't for weight loss. Weight loss is here", ["Weight loss"]),
        ("Not only weight loss", ["weight loss"]),
        ("Knot weight loss", ["weight loss"]),
    ],
)
def test_negation(text: str, expected: list[str]) -> None:
    """Where a rule minds negation, a disclaimer in the same clause is no claim."""
    assert expected == found(text, changed(negation=True))
    assert found(text) != []


def test_side() -> None:
    """A rule speaks only of its side."""
    screen = changed(side="target")
    assert [] == found("治疗", screen)
    assert ["治疗"] == found("治疗", screen, side="target")


@pytest.mark.parametrize(
    ("field", "category", "expected"),
    [
        ("title", "美妆/護膚", 1),
        ("note", "美妆/护肤", 0),
        ("title", "服装", 0),
        ("", "美妆/护肤", 1),
        ("title", "", 1),
    ],
)
def test_conditions(field: str, category: str, expected: int) -> None:
    """A rule may be narrowed to fields and categories; what is unknown does not narrow it."""
    screen = changed(fields=("title", "bullet"), categories=("护肤",))
    assert expected == len(screen.screen("治疗", side="source", about=About(field=field, category=category)))


@pytest.mark.parametrize(
    ("severity", "expected", "asked"),
    [("block", "error", "block"), ("review", "warning", "review"), ("advise", "info", "pass")],
)
def test_action(severity: str, expected: str, asked: str) -> None:
    """A rule's severity is one finding severity and one action; the worst finding decides."""
    findings = changed(severity=severity).screen("治疗", side="source")
    assert [expected] == [finding.severity for finding in findings]
    assert asked == action(findings)
    mild = changed(severity="advise").screen("治疗", side="source")
    assert asked == action([*mild, *findings, *mild])


def test_action_of_nothing() -> None:
    """Nothing found passes."""
    assert "pass" == action(())


def test_digest() -> None:
    """The digest tells any change of a rule, and does not mind the order of the rules."""
    other = dataclasses.replace(RULE, id="us.test.other")
    assert Screen([RULE, other]).digest == Screen([other, RULE]).digest
    assert Screen([RULE]).digest != changed(message_zh="{words}很不好。").digest
    assert 64 == len(SCREEN.digest)


def test_no_rules() -> None:
    """A screen without rules finds nothing."""
    assert () == Screen(()).screen("治疗", side="source")


@pytest.mark.parametrize(
    ("market", "side", "text", "expected"),
    [
        ("us", "source", "七天无理由退换，送运费险，三件包邮", "review"),
        ("us", "target", "7-day no-reason returns", "review"),
        ("hk", "target", "支持七天無理由退換", "review"),
        ("hk", "target", "三件包郵", "review"),
        ("us", "target", "Free shipping on 3 pieces", "review"),
        ("us", "source", "美白保湿水乳", "pass"),
        ("us", "target", "Whitening moisturizing set", "review"),
        ("hk", "target", "美白保濕水乳", "pass"),
        ("us", "source", "销量第一的瑜伽裤", "review"),
        ("us", "source", "最好看的裙子，美到窒息", "pass"),
        ("us", "source", "高仿包加V信", "block"),
        ("mo", "source", "高仿包", "block"),
        ("us", "source", "防晒霜SPF50+", "review"),
        ("hk", "source", "防晒霜SPF50+", "pass"),
        ("us", "source", "上游行业资讯，第一次使用请先清洗", "pass"),
        ("us", "source", "绝对值编码器", "pass"),
        ("us", "source", "国家公园徒步鞋", "pass"),
    ],
)
def test_policy(market: str, side: Side, text: str, expected: str) -> None:
    """The rules say in each market what that market minds."""
    assert expected == action(SCREENS[market].screen(text, side=side))


def assert_lawful(text: str) -> None:
    """Assert that every finding in a text lies where it says, in order."""
    for market in MARKETS:
        sides: tuple[Side, ...] = ("source", "target")
        for side in sides:
            findings = SCREENS[market].screen(text, side=side)
            assert [] == [found for found in findings if found.text != text[found.start : found.end]]
            assert [] == [found for found in findings if not found.text or found.side != side]
            assert sorted(found.start for found in findings) == [found.start for found in findings]


WORDS = st.sampled_from(
    [
        *(
            "治疗",
            "治療",
            "高仿",
            "加微信",
            "包邮",
            "不能",
            "第一",
            "100%",
            "spf50+",
            "13812345678",
            "７天无理由",
            "㎏",
            "ﷺ",
        ),
        *(" ", "*", "·", "\u200b", "\ud800", "\U00020000", "\x00", "e\u0301", "👩‍👩‍👧", "kills 99.9% of germs", "not "),
        *("<b>", "</p>", "<", "&nbsp;", "&"),
    ]
)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map("".join), st.text(st.characters(), max_size=40))
)
def test_any_text(text: str) -> None:
    """No text breaks the screen, and every finding's offsets cut out its words."""
    assert_lawful(text)


@pytest.mark.parametrize(
    "text", ["", "\ud800\udfff", "\x00\x01\x7f", "治疗" * 5000, "<" * 20000, "&#x110000;&#0;", "\u0301治"]
)
def test_odd_texts(text: str) -> None:
    """Empty, broken, long and malformed texts are texts like any other."""
    assert_lawful(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS | st.characters(), max_size=12).map("".join))
def test_view(text: str) -> None:
    """The plain view keeps the order of the text, and every part of it comes from some part of the text."""
    plain = view(text)
    assert len(plain.text) == len(plain.starts) == len(plain.ends)
    assert list(plain.starts) == sorted(plain.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(plain.starts, plain.ends, strict=True))
    assert list(plain.gaps) == sorted(set(plain.gaps))
    assert plain.text.encode("utf-8").decode("utf-8") == plain.text


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_words_are_found_in_any_company(before: str, after: str) -> None:
    """A blocked word on a line of its own is found whatever stands on the lines around it."""
    text = f"{before.replace('<', '').replace('&', '')}\n治疗\n{after}"
    assert "治疗" in found(text, changed(exceptions=()))


def test_import_is_light() -> None:
    """The room loads neither a model nor OpenCC before the first Chinese character is read."""
    code = (
        "import sys, shopglot.sensitivity; print([m for m in ('torch', 'transformers', 'opencc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
