"""Segmenting: exact slices, sentences and phrases, HTML, and the way back into one text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.script import LETTER
from shopglot.segment import HASHTAG, MARK, Piece, assemble, join, segment
from shopglot.segment.markup import find_tags
from shopglot.segment.opaque import find_spans
from shopglot.types import Style

NASTY = [
    "防晒霜", "好", "的", "\U00020000", "\U00030000", "かな", "한", "Hello", "SPF50+", "3.5", "a", "，", "。",
    "！", "？", "；", "、", "：", "…", "……", "～", "~", ".", ". ", ",", "!", "?", ";", '"', "“", "”", "（",
    "）", "(", ")", "【", "】", "《", "》", "[", "]", "[1]", "【2】", "[ 3 ]", "<", ">", "<3", "a<b", "</",
    "<!--", "-->", "<p>", "</p>", "<b>", "</b>", "<br/>", '<a href="x>y">', "<span title='中文'>", "<script>",
    "</script>", "<style>.好{}</style>", "<![CDATA[", "]]>", "<!DOCTYPE html>", "<UNK>", "&nbsp;", "&amp;",
    "&#39;", "&", "&lt;", "https://a.cn/b?c=1", "www.x.com", "a@b.com", "@小红书", "{name}", "{{x}}", "${x}",
    "%s", "%1$s", "[[x]]", "KJ-2024X", "80-95kg", "👩‍👩‍👧", "👍🏽", "1️⃣", "🇭🇰", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️", "✅",
    "\u200d", "\ufe0f", "\U0001f3fd", "\u0301", "(^_^)", "①", "1、", "-", "•", "|", "｜", " / ", " ", "\u3000",
    "\u00a0", "\n", "\r\n", "\t", "\x00", "\x85", "\u2028", "\ufeff", "\ud83d", "\ude00", "\ufdd0", "\ufdd1",
    "\ufdd2", "=", "'", "/", "_", "^",
    "#显瘦穿搭[话题]#", "#平价#", "#百搭", "#", "＃", "[话题]#", "[超话]", "#fff", "#01", "{店铺名}", "{% if x %}",
    "{%",
    "<%= x %>", "[b]", "[/b]", '[gallery id="1"]', "[笑哭R]", "[微笑]", "__NAME__", "__", "{n, plural, one {# {m}}}",
    "￥a1B2c3D4e5F￥", "@小红薯123", "https://a.cn/商品/1", "KX2000A", "货号A1234B", "T_T", "＜", "<RMB 3",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(NASTY), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=30).map("".join),
    st.lists(st.sampled_from(["好", "长", "，", "、", " ", "\u0301", "👩‍👩‍👧", "<b>"]), min_size=200, max_size=500).map(
        "".join
    ),
)
STYLES = st.sampled_from(get_args(Style))
HOSTILE = [
    "<", "<a ", "</", "<!", "<!--", "<![CDATA[", "<a '", '<a "', "<a b='", "<script>", "&", "&#", "[", "(",
    "（^", "{{", "@", "a@", "a.", "a-", "1-", "www.", "https://.", "。", "！）", '。"', "…", "～好", "，", "、",
    " ", "\u0301", "\u200d", "\ud83d", "\x00", "👩‍👩‍👧", "1️⃣", "【", "｜", "<b>好</b>",
    "{", "}", "#", "[", "#a", "#好#", "#好[话题]", "[话题]", "{a,plural,", "{a,plural,{b", "{a,select,{}", "__", "__a",
    "%", "%1", "[aa b=", "[/aa]", "[aa]", "<%", "{%", "@小红薯", "￥a1", "(a1B", "货号", "货号A1", "a://", "/好", "=好",
    "T_", "^_", "{{#", "＜", "<a,",
]  # fmt: skip


def shown(text: str, style: Style = "prose", *, markup: bool = False) -> list[str]:
    """Return the pieces as texts, the literal ones in guillemets."""
    return [
        piece.text if piece.translatable else f"«{piece.text}»" for piece in segment(text, style=style, markup=markup)
    ]


def translated(text: str, targets: list[str], style: Style = "prose", *, markup: bool = False) -> str:
    """Return a text segmented and assembled for a language with spaces."""
    return assemble(segment(text, style=style, markup=markup), targets, spaced=True)


@settings(max_examples=200, deadline=None)
@given(TEXTS, STYLES, st.booleans(), st.booleans())
def test_join_returns_the_source(text: str, style: Style, markup: bool, inline: bool) -> None:
    """The pieces of any string, joined, are the string; none is empty, and no literal stands beside a literal."""
    pieces = segment(text, style=style, markup=markup, inline=inline)
    assert text == join(pieces)
    assert all(piece.text for piece in pieces)
    literal = [not piece.translatable and piece.field != MARK for piece in pieces]
    assert not any(left and right for left, right in pairwise(literal))


@settings(max_examples=200, deadline=None)
@given(TEXTS, STYLES, st.booleans(), st.booleans())
def test_assembling_the_sources_returns_the_source(text: str, style: Style, markup: bool, inline: bool) -> None:
    """Without spaces, and with the pieces' own texts as targets, assembling changes nothing but what ends a hashtag."""
    pieces = segment(text, style=style, markup=markup, inline=inline)
    result = assemble(pieces, [piece.text for piece in pieces if piece.translatable], spaced=False)
    if any(piece.field == MARK for piece in pieces):
        kept = "".join(piece.text for piece in pieces if piece.field != MARK)
        assert kept.replace(" ", "") == result.replace(" ", "")
    else:
        assert text == result


@settings(max_examples=200, deadline=None)
@given(TEXTS, STYLES, st.booleans(), st.booleans())
def test_every_letter_is_translated(text: str, style: Style, markup: bool, inline: bool) -> None:
    """A Han, kana or hangul letter outside opaque spans and marks is in a translatable piece, and each has one."""
    opaque = {at for span in find_spans(text, markup=markup) for at in range(span.start, span.end)}
    position = 0
    for piece in segment(text, style=style, markup=markup, inline=inline):
        letters = [m for m in LETTER.finditer(piece.text) if position + m.start() not in opaque]
        assert piece.translatable == bool(letters) or piece.field == MARK
        position += len(piece.text)


@settings(max_examples=100, deadline=None)
@given(TEXTS, STYLES)
def test_spaced_assembly_keeps_tags_and_targets(text: str, style: Style) -> None:
    """For a Latin target the targets and all tags outside of them come out as they are and in order."""
    pieces = segment(text, style=style, markup=True)
    targets = [f"Text{n}" for n, piece in enumerate(p for p in pieces if p.translatable)]
    kept, remaining = [], iter(targets)
    for piece in pieces:
        tags = [piece.text[tag.start : tag.end] for tag in find_tags(piece.text)]
        kept += [next(remaining)] if piece.translatable else tags
    result, position = assemble(pieces, targets, spaced=True), 0
    for one in kept:
        found = result.find(one, position)
        assert found >= 0
        position = found + len(one)


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_are_segmented_in_linear_work(unit: str) -> None:
    """100 kB of any unit that invites backtracking is done (quadratic work would take minutes) and comes back."""
    text = "好" + unit * (100_000 // len(unit))
    pieces = segment(text, style="prose", markup=True, inline=True)
    targets = [piece.text for piece in pieces if piece.translatable]
    assert text == join(pieces)
    assert len(assemble(pieces, targets, spaced=False)) > 0
    assert len(assemble(pieces, targets, spaced=True)) > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n", ["«  \n»"]),
        ("防晒霜", ["防晒霜"]),
        ("SPF50+ PA+++ 12:30", ["«SPF50+ PA+++ 12:30»"]),
        ("很好！真的？是；对。", ["很好！", "真的？", "是；", "对。"]),
        ("“好用！”她说。", ["“好用！”", "她说。"]),
        ('他说"好。"真的', ['他说"好。"', "真的"]),
        ("“好用！”的评价很多。", ["“好用！”的评价很多。"]),
        ("这款（超好用！）面霜", ["这款（超好用！）面霜"]),
        ("（超好用！）面霜", ["（超好用！）", "面霜"]),
        ("净重3.5kg。厚1.2cm", ["净重3.5kg。", "厚1.2cm"]),
        ("真的非常非常好用……下次还来", ["真的非常非常好用……", "下次还来"]),
        ("这……好吧。", ["这……好吧。"]),
        ("No. 5香水 very nice. 很好", ["No. 5香水 very nice.", "« »", "很好"]),
        ("很好. 真的.", ["很好.", "« »", "真的."]),
        ("见https://a.cn/b?c=1。好", ["见https://a.cn/b?c=1。", "好"]),
        ("补水&nbsp;保湿", ["补水&nbsp;保湿"]),
        ("姐妹们～冲呀~~快看", ["姐妹们～", "冲呀~~", "快看"]),
        ("周一～周五发货，80～95斤，三个月~一年", ["周一～周五发货，80～95斤，三个月~一年"]),
        ("绝了💕💕 夏天👩‍👩‍👧1️⃣好", ["绝了", "«💕💕 »", "夏天", "«👩‍👩‍👧1️⃣»", "好"]),
        (
            "① 清爽\n1、防水\n✅不腻\n- 控油\n• 好",
            ["«① »", "清爽", "«\n1、»", "防水", "«\n✅»", "不腻", "«\n- »", "控油", "«\n• »", "好"],
        ),
        ("一、清爽\n1.5小时\n-5℃保存", ["一、清爽", "«\n»", "1.5小时", "«\n»", "-5℃保存"]),
        ("如图①所示②透气", ["如图①所示", "«②»", "透气"]),
        ("【材质】棉。见【说明】", ["«【»", "材质", "«】»", "棉。", "见【说明】"]),
        ("好用(^_^)推荐", ["好用", "«(^_^)»", "推荐"]),
        ("\ufeff很好\u3000", ["«\ufeff»", "很好", "«\u3000»"]),
        ("\U00020000！\U00030000", ["\U00020000！", "\U00030000"]),
    ],
)  # fmt: skip
def test_prose_is_cut_into_sentences(text: str, expected: list[str]) -> None:
    """Sentences end where a Chinese reader ends them; bullets, emoji and edges are literal."""
    assert expected == shown(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("【新品】《三体》全集", ["«【»", "新品", "«】《»", "三体", "«》»", "全集"]),
        ("防晒｜清爽|不腻\t好 / 妙", ["防晒", "«｜»", "清爽", "«|»", "不腻", "«\t»", "好", "« / »", "妙"]),
        ("红、蓝 白/黑！好", ["红、蓝 白/黑！好"]),
        ("买一送一🎉限时", ["买一送一", "«🎉»", "限时"]),
        ("96cm", ["«96cm»"]),
        ("【未闭合 新品", ["«【»", "未闭合 新品"]),
    ],
)
def test_phrases_are_cut_at_lines_bars_and_brackets(text: str, expected: list[str]) -> None:
    """A title is cut at what sets its parts apart, not at spaces, 、 or a stop."""
    assert expected == shown(text, "phrase")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p><b>材质：</b>纯棉。</p>", ["«<p><b>»", "材质：</b>纯棉。", "«</p>»"]),
        ("<p>一<br/>二</p>\n<p>三</p>", ["«<p>»", "一", "«<br/>»", "二", "«</p>\n<p>»", "三", "«</p>»"]),
        ("<b>好。真</b>的", ["«<b>»", "好。", "真</b>的"]),
        ("价格<3元 a<b 长<宽 且 宽>高", ["价格<3元 a<b 长<宽 且 宽>高"]),
        ("a<b and c>d 好", ["a<b and c>d 好"]),
        ("好<script>var a='中文</p>'</script>妙", ["好", "«<script>var a='中文</p>'</script>»", "妙"]),
        ("好<STYLE>.中{}</STYLE >妙", ["好", "«<STYLE>.中{}</STYLE >»", "妙"]),
        ("好<script>没有结尾", ["好", "«<script>»", "没有结尾"]),
        ("好<!-- 注释 -->妙<!-- 没有结尾", ["好", "«<!-- 注释 -->»", "妙<!-- 没有结尾"]),
        ('<img src="a.jpg" alt="图>片">好', ['«<img src="a.jpg" alt="图>片">»', "好"]),
        ('<p class="a">好。<a href="x>妙</a>', ['«<p class="a">»', "好。", '«<a href="x>»', "妙", "«</a>»"]),
        ("好。<span title='中文'>ABC</span>", ["好。", "«<span title='中文'>ABC</span>»"]),
        ('好<img alt="a<b">妙', ["好", '«<img alt="a<b">»', "妙"]),
        ("<li>&nbsp;好&amp;妙;&nbsp;</li>", ["«<li>&nbsp;»", "好&amp;妙;", "«&nbsp;</li>»"]),
        ("<table><tr><td>尺码</td><td>M</td></tr>", ["«<table><tr><td>»", "尺码", "«</td><td>M</td></tr>»"]),
    ],
)
def test_html_is_cut_at_block_tags(text: str, expected: list[str]) -> None:
    """Block tags, comments and scripts are literal, inline tags are so at the edges only, and broken HTML is text."""
    assert expected == shown(text, markup=True)


def test_long_sentences_are_cut_at_commas() -> None:
    """A sentence of more than 120 characters is cut into parts of similar length at its commas."""
    text = "很好用的防晒霜，" * 40
    parts = [piece.text for piece in segment(text, style="prose", markup=False)]
    assert text == "".join(parts)
    assert all(60 <= len(part) <= 120 and part.endswith("，") for part in parts)


def test_a_comma_far_away_still_cuts() -> None:
    """Nothing longer than 120 characters is kept whole where it has a comma, an enumeration mark or a space."""
    assert ["好" * 390 + "，", "妙" * 300] == shown("好" * 390 + "，" + "妙" * 300)
    assert ["好" * 150, "« »", "妙" * 150] == shown("好" * 150 + " " + "妙" * 150)
    assert ["好" * 130 + "、", "妙" * 50] == shown("好" * 130 + "、" + "妙" * 50, "phrase")


def test_numbers_are_no_place_to_cut() -> None:
    """The comma of 1,000 and the colon of 12:30 do not cut a long sentence."""
    assert ["好" * 100 + "1,000" + "好" * 100] == shown("好" * 100 + "1,000" + "好" * 100)


def test_text_without_a_break_is_cut_at_a_thousand() -> None:
    """A run without any place to cut it is cut at 1,000 characters."""
    assert [1000, 1000, 500] == [len(text) for text in shown("好" * 2500)]


@pytest.mark.parametrize(
    "unit",
    [
        "e\u0301",
        "\ud83d\ude00",
        "人\U000e0100",
        "\u1112\u1161\u11ab",
        "<b title='0123456789'>",
        "https://a.cn/0123456789",
    ],
)
def test_a_hard_cut_never_falls_into_a_sequence(unit: str) -> None:
    """The cut at 1,000 characters moves out of combining sequences, surrogate pairs, joined signs and opaque spans."""
    text = "好" * (1000 - len(unit) // 2) + unit + "好" * 1500
    parts = [piece.text for piece in segment(text, style="prose", markup=True)]
    assert text == "".join(parts)
    assert any(unit in part for part in parts)
    assert len(parts) > 2


def test_endless_combining_marks_stay_together() -> None:
    """A sequence longer than the limit is kept whole rather than broken."""
    text = "好" + "\u0301" * 3000 + "好" * 1500
    assert ["好" + "\u0301" * 3000, "好" * 1000, "好" * 500] == shown(text)


@pytest.mark.parametrize(
    ("text", "targets", "expected"),
    [
        ("很好。真的。", ["Good.", "Really."], "Good. Really."),
        ("绝了💕夏天", ["Great", "Summer"], "Great 💕 Summer"),
        ("<b>很好。</b>真的", ["Good.", "Really"], "<b>Good.</b> Really"),
        ("很好。<i>真的</i>", ["Good.", "Really"], "Good. <i>Really</i>"),
        ("<p>很好。</p><p>真的</p>", ["Good.", "Really"], "<p>Good.</p><p>Really</p>"),
        ("很好。&nbsp;真的", ["Good.", "Really"], "Good.&nbsp;Really"),
        ("【新品】防晒", ["New", "Sunscreen"], "[New] Sunscreen"),
        ("1、防水\n①透气\n-控油", ["A", "B", "C"], "1. A\n① B\n- C"),
        ("SPF50+，PA+++。很好", ["Good"], "SPF50+, PA+++. Good"),
        ("ＡＢＣ　１２（ｘ）", [], "ABC 12 (x)"),
        ('<b title="，">ABC，DEF</b>', [], '<b title="，">ABC, DEF</b>'),
        ("很好。\n真的", ["Good.", "Really"], "Good.\nReally"),
        ("很好。真的。", ["", "Really."], "Really."),
    ],
)  # fmt: skip
def test_spaces_and_punctuation_for_latin_targets(text: str, targets: list[str], expected: str) -> None:
    """Neighbours that Chinese writes together are set apart once; literal punctuation outside tags becomes ASCII."""
    assert expected == translated(text, targets, markup=True)


def test_bars_of_titles_are_set_apart() -> None:
    """A full-width bar becomes an ASCII one with one space on each side."""
    assert "A | B | C|D" == translated("防晒｜清爽 ｜ 不腻|好", ["A", "B", "C", "D"], "phrase")


def test_chinese_targets_leave_literals_untouched() -> None:
    """Without spaces full-width punctuation and neighbours stay as the merchant wrote them."""
    pieces = segment("【新品】防晒💕，好", style="phrase", markup=False)
    assert "【新品】防曬💕，好" == assemble(pieces, ["新品", "防曬", "，好"], spaced=False)


@pytest.mark.parametrize("targets", [[], ["a"], ["a", "b", "c"]])
def test_a_wrong_number_of_targets_is_refused(targets: list[str]) -> None:
    """Assembling never guesses which target belongs where."""
    pieces = (Piece("好。", True), Piece("妙。", True), Piece("!", False))
    with pytest.raises(ValueError, match=f"2 pieces are to be translated, but {len(targets)} targets"):
        assemble(pieces, targets, spaced=True)


class Oracle(HTMLParser):
    """The standard library's parser, noting where it finds tags and comments."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[int] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.feed(text)
        self.close()

    def _note(self) -> None:
        line, column = self.getpos()
        self.found.append(self._lines[line - 1] + column)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: D102 - the base class says
        self._note()

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        self._note()

    def handle_startendtag(self, tag: str, attrs: object) -> None:  # noqa: D102
        self._note()

    def handle_comment(self, data: str) -> None:  # noqa: D102
        self._note()

    def handle_decl(self, decl: str) -> None:  # noqa: D102
        self._note()


ATTRIBUTES = st.sampled_from(["", ' class="a"', " data-x='好>妙'", ' style="a:b" hidden', "\nid=x", ' alt="" '])
TEXT_NODES = st.sampled_from(["好。", "Hello", " ", "\n", "&nbsp;", "&lt;b&gt;", "3 < 4", "❤️", ""])
LEAVES = st.one_of(
    TEXT_NODES,
    st.builds("<{}{}>".format, st.sampled_from(["br", "img", "hr", "wbr"]), ATTRIBUTES),
    st.sampled_from(["<!-- 注 <b> -->", "<!DOCTYPE html>", "<br/>"]),
)
HTML = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda name, attributes, children: f"<{name}{attributes}>{''.join(children)}</{name}>",
        st.sampled_from(["p", "div", "b", "span", "H2", "td", "my-box"]), ATTRIBUTES, st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(HTML)
def test_tags_are_where_the_standard_parser_finds_them(text: str) -> None:
    """On well-formed HTML our offsets are those of Python's own parser."""
    assert Oracle(text).found == [tag.start for tag in find_tags(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VX abc123 ✨ 加我", ["VX abc123", "加我"]),
        ("96cm", []),
        ("Soft pillow", ["Soft pillow"]),
        ("13800138000", ["13800138000"]),
    ],
)
def test_latin_text_may_be_read(text: str, expected: list[str]) -> None:
    """With `latin`, words and long numbers are pieces of their own; short measures stay literal."""
    pieces = segment(text, style="phrase", markup=False, latin=True)
    assert text == join(pieces)
    assert expected == [piece.text for piece in pieces if piece.translatable]


def cut(text: str, *, inline: bool = True) -> list[str]:
    """Return the pieces as texts: hashtags in `#()`, marks in `-()`, literal ones in guillemets."""
    signs = {HASHTAG: "#({})", MARK: "-({})"}
    pieces = segment(text, style="prose", markup=True, inline=inline)
    return [signs.get(piece.field, "{}" if piece.translatable else "«{}»").format(piece.text) for piece in pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天#显瘦穿搭[话题]#给大家", ["今天", "#(#显瘦穿搭)", "-([话题]#)", "给大家"]),
        ("#显瘦穿搭[话题]##平价好物[话题]#", ["#(#显瘦穿搭)", "-([话题]#)", "#(#平价好物)", "-([话题]#)"]),
        ("#显瘦🔥 穿搭[话题]#", ["#(#显瘦🔥 穿搭)", "-([话题]#)"]),
        ("#显瘦穿搭# 好看", ["#(#显瘦穿搭)", "-(#)", "« »", "好看"]),
        ("#给婆婆送礼送什么？# 来", ["#(#给婆婆送礼送什么？)", "-(#)", "« »", "来"]),
        ("好看 #显瘦穿搭 #小个子穿搭", ["好看", "« »", "#(#显瘦穿搭)", "« »", "#(#小个子穿搭)"]),
        ("#显瘦#百搭 #平价", ["#(#显瘦)", "#(#百搭)", "« »", "#(#平价)"]),
        ("#日本#黛珂植物韵律水乳组合套装", ["#(#日本)", "-(#)", "黛珂植物韵律水乳组合套装"]),
        ("＃显瘦，好", ["#(＃显瘦)", "«，»", "好"]),
        ("#显瘦 ，好", ["#(#显瘦)", "« »", "，好"]),
        ("<p>好#显瘦</p>", ["«<p>»", "好", "#(#显瘦)", "«</p>»"]),
        ("#KJ-2024X测评[话题]#", ["#(#KJ-2024X测评)", "-([话题]#)"]),
        ("#OOTD[话题]#好", ["«#OOTD»", "-([话题]#)", "好"]),
        ("#618大促 好", ["#(#618大促)", "« »", "好"]),
        ("好#1 C#语言 #01 烤奶茶 #01烤奶茶 #fff 色", ["好#1 C#语言 #01 烤奶茶 #01烤奶茶 #fff 色"]),
        ("尺码#38#39#40码 3#色", ["尺码#38#39#40码 3#色"]),
        ("好&#39;妙 # 标题", ["好&#39;妙 # 标题"]),
        ("#<b>显瘦</b>好", ["#<b>显瘦</b>好"]),
    ],
)
def test_hashtags_are_pieces_of_their_own(text: str, expected: list[str]) -> None:
    """A hashtag ends at its platform's mark, at the sign that closes it, or at the end of its word."""
    assert expected == cut(text)
    assert text == join(segment(text, style="prose", markup=True, inline=True))


def test_a_text_that_is_a_hashtag_stays_whole() -> None:
    """Outside running text only the mark at the end is cut off; spaces and shades are the hashtag's own."""
    assert ["#(#法式 穿搭)", "-([话题]#)"] == cut("#法式 穿搭[话题]#", inline=False)
    assert ["#法式 穿搭"] == cut("#法式 穿搭", inline=False)
    assert ["#01号色"] == cut("#01号色", inline=False)


@pytest.mark.parametrize(
    ("text", "targets", "expected"),
    [
        ("今天#显瘦[话题]##平价[话题]#给你！", ["Today", "#Slim", "#Cheap", "for you!"], "Today #Slim #Cheap for you!"),
        ("#显瘦[话题]#，好", ["#Slim", "Good"], "#Slim, Good"),
        ("好🔥#显瘦[话题]#", ["Good", "#Slim"], "Good 🔥 #Slim"),
        ("好<br>#显瘦[话题]#", ["Good", "#Slim"], "Good<br>#Slim"),
    ],
)
def test_marks_are_left_out(text: str, targets: list[str], expected: str) -> None:
    """What ends a hashtag on its platform is dropped, and the hashtag is set apart from the words beside it."""
    assert expected == assemble(segment(text, style="prose", markup=True, inline=True), targets, spaced=True)


def test_chinese_hashtags_are_set_apart() -> None:
    """Without its mark a hashtag would run into the Chinese behind it."""
    pieces = segment("今天#显瘦[话题]#给你#平价[话题]#！", style="prose", markup=True, inline=True)
    assert "今天 #顯瘦 給你 #平價！" == assemble(pieces, ["今天", "#顯瘦", "給你", "#平價"], spaced=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% if x %}好{% endif %}", ["«{% if x %}»", "好", "«{% endif %}»"]),
        ("[caption]好[/caption]妙", ["«[caption]»", "好", "«[/caption]»", "妙"]),
        ("好[笑哭R]妙[正品]", ["好", "«[笑哭R]»", "妙[正品]"]),
        ("亲{店铺名}好", ["亲{店铺名}好"]),
    ],
)
def test_template_blocks_are_walls(text: str, expected: list[str]) -> None:
    """No word leaves a condition, a shortcode or a line of emoji codes; a value is a word of its sentence."""
    assert expected == shown(text)


def test_opaque_literals_keep_their_width() -> None:
    """Full-width characters of kaomoji and addresses stay; angle brackets would be markup."""
    assert "Good （￣▽￣）. Fine" == translated("好（￣▽￣）。\n妙", ["Good", "Fine"]).replace("\n", " ")
    assert "<b>＜</b>" == translated("<b>＜</b>", [], markup=True)
