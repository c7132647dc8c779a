"""The rules for Simplified characters that stand for several Traditional ones, and what they answer to."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.engines import senses
from shopglot.engines.hant import HantConverter
from shopglot.market import load_market
from shopglot.script import has_han
from shopglot.termbase import load_termbase

ROOT = Path(__file__).parents[2]
DATA = ROOT / "eval" / "data" / "hant"
BAR = 0.995  # of the judged characters

# What a Simplified character may become. The judged characters of an output are those of these groups, in order, so
# that a word of another length beside them does not matter.
FORMS = {
    group[0]: frozenset(group)
    for group in (
        "干乾幹 发發髮 后後 里裏裡 面麵 台臺枱檯颱 系係繫 复復複覆 只隻 卷捲 松鬆 "
        "冲衝沖 制製 表錶 钟鐘鍾 谷穀 咸鹹 丑醜 斗鬥 云雲 范範 采採 准準 折摺 卜蔔 "
        "纤纖縴 签簽籤 借藉 了瞭 几幾 叶葉 回迴 尽盡儘 并並併 当當噹 志誌 托託 扎紮 "
        "据據 板闆 核 淀澱 症癥 私 种種 累纍 胡鬍 胜勝 脏髒臟 腊臘 舍捨 致緻 "
        "苏蘇甦 荐薦 蒙矇濛 郁鬱 须須鬚 杆桿 柜櫃 熏燻薰 游遊 漓灕 炼鍊煉 喂餵 占佔 "
        "周週 扣釦 布佈 帘簾 于於 出齣 升昇 家傢 弥彌瀰 别別彆 刮颳 杯盃 栗慄 欲慾 "
        "注註 秋鞦 筑築 着著 药藥 获獲穫 蔑衊 虫蟲 蜡蠟 赞贊讚 踪蹤 适適 酸痠 铲鏟 "
        "闲閒閑 雇僱 雕鵰 霉黴 克剋 夸誇 娘孃 背揹 姜薑 余餘 御禦 征徵 曲麴 朱硃 "
        "沈瀋沉 涂塗 千韆 向嚮 凶兇 划劃 汇匯彙滙 汤湯 才纔 佣傭 奸姦 恶惡噁 困睏 "
        "梁樑 仆僕 卤滷鹵 摆擺襬 团團糰 坛壇罈 伙夥 术術朮 朴樸 辟闢 账賬帳 著着 "
        "瞭了 挡擋檔"
    ).split()
}
OWNERS = [character for character, cases in senses.RULES.items() for _ in cases]


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table beside the set."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def converter() -> HantConverter:
    """Return the Hong Kong converter with the terms of the product (names aside)."""
    glossaries = ROOT / "glossaries"
    termbase = load_termbase(glossaries, load_market(glossaries, "hk").lineage)
    return HantConverter("hk", {entry.source: entry.target for entry in termbase.entries() if entry.use != "keep"})


def missed(character: str, expected: str, actual: str) -> tuple[int, int]:
    """Return how many forms of `character` are judged in `expected`, and how many of them `actual` writes otherwise."""
    wanted = [form for form in expected if form in FORMS[character]]
    written = [form for form in actual if form in FORMS[character]]
    judged = max(len(wanted), 1)
    if len(wanted) != len(written):
        return judged, judged
    return judged, sum(one != other for one, other in zip(wanted, written, strict=True))


def test_the_set_is_large_and_names_what_it_judges() -> None:
    """Every row judges characters that stand in its sentence, and no sentence comes twice."""
    table = rows("senses.tsv")
    sentences = [row["sentence"] for row in table]
    assert len(table) >= 420
    assert len(sentences) == len(set(sentences))
    assert [] == [row for row in table if not row["characters"] or set(row["characters"]) - set(row["sentence"])]
    assert set() == {character for row in table for character in row["characters"]} - set(FORMS)


def test_the_set_is_written_as_hong_kong_does() -> None:
    """At least 99.5 percent of the judged characters are right; what is wrong is shown."""
    total = wrong = 0
    shown: list[str] = []
    for row in rows("senses.tsv"):
        actual = converter().convert(row["sentence"])
        for character in dict.fromkeys(row["characters"]):
            judged, misses = missed(character, row["expected"], actual)
            total += judged
            wrong += misses
            if misses:
                shown.append(f"{character}: {row['sentence']} -> {actual}, not {row['expected']}")
    assert wrong <= total * (1 - BAR), "\n".join(shown)


def test_words_are_written_as_hong_kong_does() -> None:
    """The list of words, each judged as a whole."""
    wrong = {
        row["source"]: actual
        for row in rows("words.tsv")
        if (actual := converter().convert(row["source"])) != row["expected"]
    }
    # A market's word may come to stand for one of them: the list is about characters.
    assert len(wrong) <= len(rows("words.tsv")) * (1 - BAR), wrong


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Return sentences and words with what Hong Kong writes for them."""
    sentences = [(row["sentence"], row["expected"]) for row in rows("senses.tsv")]
    return (*sentences, *((row["source"], row["expected"]) for row in rows("words.tsv")))


@pytest.mark.parametrize("rule", range(len(senses.TARGETS)), ids=lambda rule: f"{OWNERS[rule]}-{rule}")
def test_every_rule_is_shown_by_examples(rule: int) -> None:
    """Two examples where the rule holds and is right, and two with its character where it does not hold."""
    character, target = OWNERS[rule], senses.TARGETS[rule].partition("/")[0]
    holds: list[str] = []
    rests: list[str] = []
    for source, expected in examples():
        if character not in source:
            continue
        if all(number != rule for _, number in senses.held(source)):
            rests.append(source)
        elif target in expected:
            holds.append(source)
    assert len(holds) >= 2, f"only {holds} show the rule"
    assert len(rests) >= 2, f"only {rests} show where the rule does not hold"


def test_the_first_rule_of_a_character_decides() -> None:
    """不冲 with a nose is a rush, 冲水 is water; the order of the rules settles what both would take."""
    assert {2: "衝"} == senses.decide("味道冲鼻")
    assert {0: "沖"} == senses.decide("冲水")


def test_taiwan_has_its_own_form_or_none() -> None:
    """A target of two halves is Hong Kong's and Taiwan's; an empty half leaves the character to OpenCC."""
    assert {0: "枱"} == senses.decide("台面")
    assert {0: "檯"} == senses.decide("台面", "tw")
    assert {1: "煉"} == senses.decide("锻炼")
    assert {} == senses.decide("锻炼", "tw")


@given(st.text(max_size=200).filter(lambda text: not has_han(text)))
@settings(max_examples=200, deadline=None)
def test_text_without_chinese_is_not_touched(text: str) -> None:
    """No rule holds in text without Chinese."""
    assert {} == senses.decide(text)


@given(st.text(alphabet=[*senses.RULES, *"0123两每的了，。 x\ud800\x00"], max_size=80), st.sampled_from(["hk", "tw"]))
@settings(max_examples=200, deadline=None)
def test_decisions_lie_on_their_characters(text: str, variant: str) -> None:
    """Every decision stands at a character of the rules, and is one of its targets."""
    for place, target in senses.decide(text, variant).items():
        targets = {half for _, both in senses.RULES[text[place]] for half in both.split("/")}
        assert target in targets
