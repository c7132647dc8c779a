"""Which language a listing is in."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.language import identify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "und"),
        ("12345 — 🙂 !!! €", "und"),
        ("<p class='x'><br/></p>&nbsp;", "und"),
        ("https://example.com/item?id=1 a.b@example.com SKU-1234X", "und"),
        ("\ud800\x00", "und"),
        # Chinese
        ("夏季新款连衣裙", "zh-Hans"),
        ("你好", "zh-Hans"),
        ("\U00020000\U00020001", "zh-Hans"),
        ("干后里面系只", "zh-Hans"),
        ("繁體字裡面的連衣裙", "zh-Hant"),
        ("裡面", "zh-Hant"),
        ("这款连衣裙由周大福鐘錶店发货", "zh-Hans"),
        ("Apple iPhone 15 Pro Max 256GB 手机壳", "zh-Hans"),
        ("Nike Air Jordan 1 Retro High OG Chicago 男鞋", "zh-Hans"),
        ("#OOTD #夏日穿搭", "zh-Hans"),
        ("<p>Brand</p><p>棉</p>", "zh-Hans"),
        ("优の良品 北欧风杯子", "zh-Hans"),
        (
            "资生堂（シセイドー）日本进口保湿补水乳液敏感肌适用温和不刺激官方旗舰店正品保证七天无理由退货顺丰包邮送礼",
            "zh-Hans",
        ),
        ("韩国进口 이니스프리 悦诗风吟绿茶洁面乳", "zh-Hans"),
        # Others
        ("これは綿のシャツです", "ja"),
        ("綿１００％の長袖シャツ（洗濯機可）", "ja"),
        ("国内発送 会員様限定 学生服セット", "ja"),
        ("ｶﾀｶﾅ", "ja"),
        ("순면 긴팔 셔츠 大韓民國", "ko"),
        ("Cotton shirt", "en"),
        ("ＮＩＫＥ　ＡＩＲ", "en"),
        ("Wireless earbuds with charging case, waterproof, for running and the gym", "en"),
        ("Hailan Home men's shirt with long sleeves, soft and light, for every day of the year " * 2 + "海澜", "en"),
        ("Robe d'été légère pour femme, coton biologique, coupe ample", "fr"),
        ("Kleid für Damen aus Baumwolle mit Taschen und Gürtel", "de"),
        ("Vestido de verano para mujer, algodón orgánico, muy cómodo y fresco", "es"),
        ("Sepatu wanita murah untuk anak dan dewasa dengan kualitas terbaik dan harga terjangkau, " * 2, "id"),
        ("Sommerkleid Damen", "en"),
        ("Платье летнее женское Zara", "ru"),
        ("Сукня літня жіноча", "uk"),
        ("เสื้อยืดผ้าฝ้าย", "th"),
        ("قميص قطن", "ar"),
        ("חולצת כותנה", "he"),
    ],
)
def test_identify(text: str, expected: str) -> None:
    """Script decides first; short Latin text is English; a page's few foreign words do not change its language."""
    assert expected == identify([text])


def test_texts_count_together() -> None:
    """The texts of a listing are one sample: a Chinese page with an English title is Chinese."""
    assert identify(["Summer Dress", "夏季新款连衣裙收腰显瘦", "棉"]) == "zh-Hans"
    assert identify([]) == "und"


def test_tie_is_simplified() -> None:
    """As many characters of one standard as of the other: Simplified, the standard of our merchants."""
    assert identify(["这這"]) == "zh-Hans"


def test_vote_is_stable() -> None:
    """The statistical vote gives the same answer every time."""
    text = "Camicia da uomo in cotone biologico, perché è più morbida e leggera"
    assert {"it"} == {identify([text]) for _ in range(5)}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=60), max_size=4))
def test_never_raises(texts: list[str]) -> None:
    """Any text has an answer, lone surrogates and unassigned characters included."""
    assert identify(texts) == identify(texts)


@pytest.mark.parametrize("piece", ["<", "<a ", "&", "&a", "a@", "a.", "-_/.", "http://", "中", "ab1"])
def test_long_text(piece: str) -> None:
    """Patterns stay linear on text that is made to stop them."""
    assert identify([piece * (200_000 // len(piece))])


@pytest.mark.shared
def test_flores(shared: Path) -> None:
    """Sentences of professional translators are told apart without a mistake."""
    folder = shared / "flores"
    for name, expected in (
        ("eng_Latn", "en"),
        ("zho_Hans", "zh-Hans"),
        ("zho_Hant", "zh-Hant"),
        ("yue_Hant", "zh-Hant"),
    ):
        lines = (folder / f"{name}.devtest").read_text(encoding="utf-8").splitlines()[::10]
        assert {expected} == {identify([line]) for line in lines}
