"""Chinese words have edges that are not written: what is a term in a text, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.termbase import Entry, Termbase, fold
from shopglot.termbase.words import Cutter

# Some are there to be tempting: a city official, a kimono, a buyer.
TERMS = """
市长 和服 买手 上衣 大衣 衣柜 毛衣 羊毛 羊毛衫 连衣裙 衣裙 裙子 裙摆 百褶 百褶裙 鞋子 女鞋 男鞋 童鞋 女童 男女 帽子
帽 鞋 红 黑 白 大 面霜 眼霜 亮眼 乳液 乳霜 水乳液 化妆水 洁面 洁面乳 补水 水润 美白 神仙水 精华 精华液 玻尿酸 面膜
玻尿酸面膜 防晒 防晒衣 防晒霜 衣服 个性 性感 气质 质感 秋冬 冬款 春夏 夏天 上身 显高 高挑 合身 身形 手机 手机壳 生日
蛋糕 学生 宿舍 儿童 幼儿 女孩 小女孩 图书 书籍 包装 装修 直筒裤 裤型 水光 套盒 盒装 运动 运动鞋 家居 居家 雪纺 t恤
a字裙 usb-c 夹克 充电 电动车 文胸
""".split()

MEANT = [
    # a term by itself, beside punctuation, digits, Latin, emoji, other terms
    ("上衣", "上衣"), ("【上衣】", "上衣"), ("春季上衣女", "上衣"), ("2件上衣", "上衣"), ("上衣XL码", "上衣"),
    ("👗连衣裙👗", "连衣裙"), ("秋冬女童毛衣", "秋冬 女童 毛衣"), ("男女童鞋", "男女 童鞋"), ("纯棉T恤女", "T恤"),
    ("A字裙夏", "A字裙"), ("雪纺连衣裙", "雪纺 连衣裙"), ("手机充电", "手机 充电"), ("\U00020000上衣", "上衣"),
    # neighbours that belong to nobody
    ("上衣好看", "上衣"), ("新款上衣的搭配", "上衣"), ("这款上衣着实好看", "上衣"), ("大衣和毛衣", "大衣 毛衣"),
    ("羊毛衫外套", "羊毛衫"), ("帽子鞋子", "帽子 鞋子"), ("日本和服", "和服"), ("和服出租", "和服"),
    ("穿和服的女孩", "和服 女孩"), ("市长信箱", "市长"), ("南京市市长", "市长"),
    # inside a longer word that is made of the term and something else
    ("生日蛋糕", "生日 蛋糕"), ("学生宿舍", "学生 宿舍"), ("女孩子的最爱", "女孩"), ("小女孩", "小女孩"),
    ("手机游戏", "手机"), ("儿童节礼物", "儿童"), ("运动鞋", "运动鞋"), ("大衣柜", "衣柜"),
    # the dictionary cuts it elsewhere
    ("更具个性感", "个性"), ("这种气质感", "气质"), ("秋冬款外套", "秋冬"), ("上身后很显瘦", "上身"),
    ("在上身穿着时", "上身"), ("直筒裤型很显瘦", "直筒裤"), ("神仙水面霜七件套", "神仙水 面霜"),
    ("神仙水乳液", "神仙水 乳液"), ("化妆水乳液修护", "化妆水 乳液"), ("大粉水润肤水", "水润"),
    ("美白水淡斑", "美白"), ("夏款男鞋子", "男鞋"), ("百褶裙摆拼接", "百褶 裙摆"), ("百褶裙", "百褶裙"),
    # what overlaps
    ("玻尿酸面膜", "玻尿酸面膜"), ("玻尿酸和面膜", "玻尿酸 面膜"), ("防晒衣服", "防晒 衣服"), ("防晒衣", "防晒衣"),
    ("焕亮眼霜", "眼霜"), ("精华液", "精华液"), ("精华乳液", "精华 乳液"), ("洁面乳霜", "洁面 乳霜"),
    ("更显高挑", "高挑"), ("贴合身形", "身形"), ("畅销图书籍", "书籍"), ("半包装修", "装修"), ("幼儿童装", "幼儿"),
    ("充电动车", "电动车"), ("春夏天", "夏天"), ("居家居室", "居家"),
    # a single character, where it stands alone
    ("红", "红"), ("颜色：红", "红"), ("红/黑/白", "红 黑 白"), ("大 / 红", "大 红"), ("（黑）", "黑"),
    ("紅、黑", "紅 黑"), ("帽👒", "帽"),
    # Traditional, full width, mixed
    ("女童連衣裙", "女童 連衣裙"), ("Ｔ恤", "Ｔ恤"), ("ＵＳＢ－Ｃ", "ＵＳＢ－Ｃ"), ("手機殼", "手機殼"),
]  # fmt: skip

NOT_MEANT = [
    "南京市长江大桥", "武汉市长江", "款式和服务", "质量和服务态度", "发货和服装搭配", "购买手机壳保护套的",
    "身上衣着", "他身上衣着得体", "骑行包装备", "红色", "黑白", "大码", "白领", "小红帽", "红2", "2红", "red红",
    "红A", "帽檐", "鞋带", "平底鞋", "最大", "南京市長江大橋", "XUSB-C", "T恤衫厂USB-CX",
]  # fmt: skip

CUTTER = Cutter(("面膜", "t恤"))


@pytest.fixture(scope="module")
def termbase() -> Termbase:
    """Return the terms above, each of them its own target."""
    return Termbase(
        Entry(source=t, target=t, admitted=(), forbidden=(), use="enforce", category="", field="", note="")
        for t in TERMS
    )


@pytest.mark.parametrize(("text", "expected"), MEANT)
def test_what_is_meant_is_found(termbase: Termbase, text: str, expected: str) -> None:
    """Terms whose edges are the edges of words are found, and where terms overlap, those that fit together."""
    found = termbase.match(text, field="title")
    assert expected.split() == [match.source for match in found]
    assert all(text[match.start : match.end] == match.source for match in found)


@pytest.mark.parametrize("text", NOT_MEANT)
def test_what_is_not_meant_is_not_found(termbase: Termbase, text: str) -> None:
    """Pieces of two words, single characters that something stands beside, and pieces of Latin words are no terms."""
    tempting = {"市长", "和服", "买手", "上衣", "包装", "红", "黑", "白", "大", "帽", "鞋", "usb-c"}
    assert set() == tempting & {fold(match.source) for match in termbase.match(text, field="title")}


def test_table_is_tempting(termbase: Termbase) -> None:
    """What is not found is not only absent: each of those texts has a term's characters in a row."""
    assert [] == [text for text in NOT_MEANT if not any(term in fold(text) for term in TERMS)]


@settings(deadline=None)  # the first one loads the dictionary
@given(st.text(max_size=60))
def test_words_make_up_the_text(text: str) -> None:
    """Whatever the text, its words begin at 0, end at its end, and none is empty."""
    cuts = CUTTER.cut(fold(text))
    assert (0, len(text)) == (cuts[0], cuts[-1])
    assert sorted(set(cuts)) == cuts or not text


def test_order_of_the_terms_does_not_matter(termbase: Termbase) -> None:
    """What is found does not depend on the order in which the terms were given."""
    other = Termbase(reversed(list(termbase.entries())))
    texts = [text for text, _ in MEANT] + NOT_MEANT
    assert [termbase.match(text, field="title") for text in texts] == [
        other.match(text, field="title") for text in texts
    ]
