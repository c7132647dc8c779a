"""Texts made fit to be shown, and the words in which a merchant knows what is on a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.report.texts import clean, day, excerpts, field_name, market_name, minute

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  记忆棉\r\n枕头\t ", "记忆棉 枕头"),
        ("a\x00\x1b[31mb", "a [31mb"),
        ("价格\u202e00\u2066x", "价格00x"),
        ("微\u200b信\ufeff", "微信"),
        ("\ud83d半个", "\ufffd半个"),
        ("👨\u200d👩\u200d👧 \U00030edd", "👨\u200d👩\u200d👧 \U00030edd"),
        ("", ""),
        ("一二三四五六七八九十", "一二三四五六七八九十"),
        ("一二三四五六七八九十一", "一二三四五六七八九…"),
        ("一二三四五六七👨\u200d👩\u200d👧", "一二三四五六七👨…"),
        ("x" * 100_000, "xxxxxxxxx…"),
        (" " * 100_000 + "x", "…"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    """One line, nothing that a screen obeys or that hides, cut with an ellipsis and not through a sign."""
    assert shown == clean(text, 10)


@settings(max_examples=200)
@given(ANY, st.integers(min_value=1, max_value=50))
def test_clean_is_always_fit(text: str, limit: int) -> None:
    """Whatever the text: short enough, storable, on one line, and clean already when it comes again."""
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert shown == shown.encode("utf-8").decode("utf-8")
    assert "\n" not in shown
    assert shown == clean(shown, limit)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/fields/title", "标题"),
        ("/fields/subtitle", "副标题"),
        ("/fields/bullets/1", "卖点 2"),
        ("/fields/bullets", "卖点"),
        ("/fields/description", "详情"),
        ("/fields/attributes/材质", "属性“材质”"),
        ("/fields/attributes/材质~key", "属性名“材质”"),
        ("/fields/attributes/a~1b~0c", "属性“a/b~c”"),
        ("/fields/variants/0/options/颜色", "规格“颜色”（第 1 款）"),
        ("/fields/variants/2/options/颜色~key", "规格名“颜色”（第 3 款）"),
        ("/fields/variants/0", "规格"),
        ("/fields/size_chart/1/0", "尺码表第 2 行第 1 列"),
        ("/fields/hashtags/0", "话题 1"),
        ("/fields/note", "笔记正文"),
        ("/fields/images/0/alt", "图片 1 的说明"),
        ("/brand", "品牌"),
        ("markets", "销售市场"),
        ("/fields", "商品内容"),
        ("", "整行"),
        ("/fields/unknown/0", "“unknown”"),
        ("price_\u202ecolumn", "“price_column”"),
        ("/fields/bullets/\u0663", "卖点"),
    ],
)
def test_field_name(path: str, name: str) -> None:
    """Every place of a page has the name that a merchant knows it by."""
    assert name == field_name(path)


@settings(max_examples=100)
@given(ANY)
def test_field_name_of_anything(path: str) -> None:
    """No path is too odd."""
    assert field_name(path)


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        ("有效治疗失眠", [(2, 4)], [[("有效", False), ("治疗", True), ("失眠", False)]]),
        ("治疗", [(0, 2)], [[("治疗", True)]]),
        ("抗癌防癌", [(0, 2), (2, 4)], [[("抗癌防癌", True)]]),
        ("抗癌、防癌", [(3, 5), (0, 2)], [[("抗癌", True), ("、", False), ("防癌", True)]]),
        ("瘦身瘦", [(0, 2), (1, 3)], [[("瘦身瘦", True)]]),
        ("<b>治<i>疗</i></b>失眠", [(3, 8)], [[("治疗", True), (" 失眠", False)]]),
        (
            "一" * 200 + "治疗" + "二" * 200,
            [(200, 202)],
            [[("…" + "一" * 24, False), ("治疗", True), ("二" * 24 + "…", False)]],
        ),
        (
            "questions-asked returns and shipping insurance for everybody",
            [(28, 46)],
            [[("…returns and ", False), ("shipping insurance", True), (" for everybody", False)]],
        ),
        (
            "治疗" + "一" * 60 + "治疗",
            [(0, 2), (62, 64)],
            [[("治疗", True), ("一" * 24 + "…", False)], [("…" + "一" * 24, False), ("治疗", True)]],
        ),
    ],
)
def test_excerpts(text: str, spans: list[tuple[int, int]], shown: list[list[tuple[str, bool]]]) -> None:
    """The words stand within what is around them, without tags; words that are near share an excerpt."""
    assert shown == [list(pieces) for pieces in excerpts(text, spans)]


@settings(max_examples=200)
@given(ANY, st.lists(st.tuples(st.integers(0, 220), st.integers(0, 20)), min_size=1, max_size=8))
def test_excerpts_of_anything(text: str, places: list[tuple[int, int]]) -> None:
    """Whatever the text and the spans, an excerpt is short, and a span beyond the text does no harm."""
    for pieces in excerpts(text, [(start, start + length) for start, length in places]):
        assert sum(len(piece) for piece, _ in pieces) < 1000


def test_moments_and_markets() -> None:
    """Days and minutes are Beijing's; a market without a name is its own."""
    moment = datetime(2026, 8, 2, 18, 30, tzinfo=UTC)
    assert ("2026年8月3日", "2026年8月3日 02:30") == (day(moment), minute(moment))
    assert ("美国", "中国香港", "xx") == (market_name("us"), market_name("hk"), market_name("xx"))
